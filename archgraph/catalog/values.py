"""How text becomes values: one reader per scalar kind of the catalogue.

A reader takes the text of a scalar and returns its value, or raises ``ValueError`` with a sentence
that says what would be right. Nothing is guessed: ``yes`` is not a boolean, ``30`` is not a duration.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with a unit: ``amount`` in the base unit of its kind, ``text`` as it was written.

    Base units: seconds (durations), bytes (sizes), percent, per second (rates), bits per second
    (bandwidths). Plain quantities keep the number that was written.
    """

    amount: int | float
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Ports:
    """A protocol (``tcp``, ``udp``, ``icmp`` or ``all``) and an inclusive range of ports."""

    protocol: str
    first: int
    last: int

    def __str__(self) -> str:
        if self.protocol in ("all", "icmp"):
            return self.protocol
        span = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        if (self.first, self.last) == (0, 65535):
            span = "all"
        return span if self.protocol == "tcp" and span != "all" else f"{self.protocol}/{span}"

    def contains(self, port: int, protocol: str = "tcp") -> bool:
        """Whether traffic of the protocol to the port matches."""
        return self.protocol in ("all", protocol) and self.first <= port <= self.last


SECOND_UNITS: Mapping[str, float] = {
    "ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_536_000,
}  # fmt: skip
BYTE_UNITS: Mapping[str, int] = {
    "B": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3, "TB": 1000**4, "PB": 1000**5,
    "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3, "TiB": 1024**4, "PiB": 1024**5,
}  # fmt: skip
BIT_RATE_UNITS: Mapping[str, int] = {"bps": 1, "Kbps": 10**3, "Mbps": 10**6, "Gbps": 10**9, "Tbps": 10**12}
PER_UNITS: Mapping[str, int] = {"s": 1, "m": 60, "h": 3600, "d": 86_400}

_NUMBER_UNIT = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,9})?)[ ]?([A-Za-z%]*)")
_RATE = r"([0-9]{1,15}(?:\.[0-9]{1,9})?)/([smhd])"
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_NUMBER = r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,17})?"
_PORTS = re.compile(r"(?:(tcp|udp)/)?(?:([0-9]{1,5})(?:-([0-9]{1,5}))?|(all))")
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DOMAIN = r"(?:\*\.)?(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+[A-Za-z][A-Za-z0-9-]{0,62}\.?"
_EMAIL = r"[^@\s]{1,64}@[^@\s]{1,255}"
_URL = r"https?://[^\s<>\"]+"
ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(?:[0-9]{12}|aws)?:[^\s]+")
REGION = re.compile(r"(?:af|ap|ca|cn|eu|eusc|il|me|mx|sa|us|us-gov|us-iso[a-z]?)-(?:[a-z]+-)?[a-z]+-[0-9]")
ZONE = r"[a-z]|(?:[a-z]{2,4}-(?:[a-z]+-)*[0-9])[a-z]"
ACCOUNT_ID = re.compile(r"[0-9]{12}")
PREFIX_LIST = r"com\.amazonaws\.[a-z0-9.-]+|pl-[0-9a-f]{8,17}"
SERVICE_PRINCIPAL = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?")
_SCHEDULE = r"cron\([^()]+\)|rate\([1-9][0-9]* (?:minute|hour|day)s?\)|at\([0-9T:-]+\)"


@lru_cache(maxsize=4096)
def read_duration(text: str) -> Quantity:
    """``30s``, ``5m``, ``1h``, ``14d``, ``2w``, ``7y``, ``250ms``; amount in seconds."""
    return _with_unit(text, SECOND_UNITS, "a duration with its unit, like 30s, 5m, 1h or 14d")


@lru_cache(maxsize=4096)
def read_size(text: str) -> Quantity:
    """``512 MiB``, ``100GiB``, ``20 GB``; amount in bytes."""
    return _with_unit(text, BYTE_UNITS, "a size with its unit, like 512MiB or 100GiB")


@lru_cache(maxsize=4096)
def read_bandwidth(text: str) -> Quantity:
    """``100Mbps``, ``1Gbps``; amount in bits per second."""
    return _with_unit(text, BIT_RATE_UNITS, "a bandwidth with its unit, like 100Mbps or 1Gbps")


@lru_cache(maxsize=4096)
def read_percent(text: str) -> Quantity:
    """``80%``, ``99.95%``; amount in percent."""
    return _with_unit(text, {"%": 1}, "a percentage, like 80% or 99.95%")


@lru_cache(maxsize=4096)
def read_rate(text: str) -> Quantity:
    """``100/s``, ``2000/m``; amount per second."""
    match = re.fullmatch(_RATE, text)
    if not match:
        raise ValueError("must be a rate with its unit, like 100/s or 2000/m")
    return Quantity(_plain(_decimal(match[1]) / PER_UNITS[match[2]]), text)


@lru_cache(maxsize=4096)
def read_quantity(text: str) -> Quantity:
    """A number with any unit or none, for thresholds whose unit the metric decides."""
    match = _NUMBER_UNIT.fullmatch(text)
    if not match:
        raise ValueError("must be a number, with a unit where the metric has one, like 10, 80% or 5s")
    scale = {**SECOND_UNITS, **BYTE_UNITS}.get(match[2], 1)
    return Quantity(_plain(_decimal(match[1]) * scale), text)


def read_boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("must be true or false")
    return text == "true"


def read_integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise ValueError("must be a whole decimal number without leading zeros")
    return int(text)


def read_number(text: str) -> int | float:
    if not re.fullmatch(_NUMBER, text):
        raise ValueError("must be a decimal number")
    return _decimal(text)


def read_date(text: str) -> date:
    try:
        if not re.fullmatch(_DATE, text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a date, like 2026-10-31") from None


@lru_cache(maxsize=65_536)
def read_cidr(text: str) -> Network:
    try:
        if "/" not in text:
            raise ValueError
        return ipaddress.ip_network(text)
    except ValueError:
        pass
    try:
        exact = ipaddress.ip_network(text, strict=False) if "/" in text else None
    except ValueError:
        exact = None
    if exact is not None:
        raise ValueError(f"has bits set after its prefix; the block is {exact}")
    raise ValueError("must be a CIDR block, like 10.0.0.0/16 or 2001:db8::/56")


def read_network(text: str) -> str:
    """The end of a route or a security group rule: a CIDR block or an AWS-managed prefix list."""
    if re.fullmatch(PREFIX_LIST, text):
        return text
    try:
        return str(read_cidr(text))
    except ValueError:
        raise ValueError("must be a CIDR block, or a prefix list like com.amazonaws.eu-west-1.s3") from None


def read_ip(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ValueError("must be an IP address, like 198.51.100.1") from None


def read_port(text: str) -> int:
    if not _INTEGER.fullmatch(text) or not 0 <= int(text) <= 65535:
        raise ValueError("must be a port from 0 to 65535")
    return int(text)


@lru_cache(maxsize=4096)
def read_ports(text: str) -> Ports:
    """``443``, ``8000-8100``, ``udp/53``, ``tcp/all``, ``icmp``, ``all`` (every protocol)."""
    if text == "all":
        return Ports("all", 0, 65535)
    if text == "icmp":
        return Ports("icmp", 0, 65535)
    match = _PORTS.fullmatch(text)
    if match:
        protocol = match[1] or "tcp"
        if match[4]:
            return Ports(protocol, 0, 65535)
        first = int(match[2])
        last = int(match[3] or match[2])
        if first <= last <= 65535:
            return Ports(protocol, first, last)
    raise ValueError("must be ports, like 443, 8000-8100, udp/53, icmp or all")


def read_text(text: str) -> str:
    return text


def _matching(pattern: str | re.Pattern[str], expected: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"must be {expected}")
        return text

    return read


def _principal(text: str) -> str:
    if text == "*" or SERVICE_PRINCIPAL.fullmatch(text) or ARN.fullmatch(text) or ACCOUNT_ID.fullmatch(text):
        return text
    raise ValueError("must be a service principal (ec2.amazonaws.com), an account id, an ARN or *")


SCALARS: dict[str, Callable[[str], Any]] = {
    "text": read_text,
    "choice": read_text,
    "boolean": read_boolean,
    "integer": read_integer,
    "number": read_number,
    "duration": read_duration,
    "size": read_size,
    "percent": read_percent,
    "rate": read_rate,
    "bandwidth": read_bandwidth,
    "quantity": read_quantity,
    "date": read_date,
    "cidr": read_cidr,
    "network": read_network,
    "ip": read_ip,
    "port": read_port,
    "ports": read_ports,
    "arn": _matching(ARN, "an ARN, like arn:aws:s3:::bucket"),
    "domain": _matching(_DOMAIN, "a domain name, like shop.example.com"),
    "url": _matching(_URL, "an http or https URL"),
    "email": _matching(_EMAIL, "an e-mail address"),
    "schedule": _matching(_SCHEDULE, "a schedule, like cron(0 5 ? * * *) or rate(5 minutes)"),
    "zone": _matching(ZONE, "an Availability Zone: its letter (a) or its name (eu-west-1a)"),
    "region": _matching(REGION, "a Region code, like eu-west-1"),
    "account_id": _matching(ACCOUNT_ID, "the 12 digits of an AWS account id"),
    "prefix_list": _matching(PREFIX_LIST, "an AWS-managed prefix list, like com.amazonaws.eu-west-1.s3"),
    "principal": _principal,
}
"""Reader of every scalar kind that a catalogue entry may name."""


def _with_unit(text: str, units: Mapping[str, float], expected: str) -> Quantity:
    match = _NUMBER_UNIT.fullmatch(text)
    if not match or match[2] not in units:
        raise ValueError(f"must be {expected}")
    return Quantity(_plain(_decimal(match[1]) * units[match[2]]), text)


def _decimal(text: str) -> int | float:
    return float(text) if "." in text else int(text)


def _plain(number: int | float) -> int | float:
    """An integral float as ``int``, so that 1.5h is 5400 and not 5400.0."""
    rounded = round(number, 9)
    return int(rounded) if rounded == int(rounded) else rounded
