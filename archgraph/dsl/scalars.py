"""Texts read as the catalogue says, and held against its bounds."""

from __future__ import annotations

import re
from collections.abc import Sized
from functools import lru_cache
from typing import Any

from archgraph.catalog.types import Property
from archgraph.catalog.values import SCALARS, Quantity
from archgraph.dsl.reading import SKIPPED, Reading
from archgraph.source.document import Scalar, Sequence

MAX_MATCHED = 2_000
"""Longer texts match no pattern, so that no pattern can take long."""


def read_scalar(reading: Reading, prop: Property, node: Scalar) -> Any:
    """The value of a text, or ``SKIPPED`` after reporting what is wrong with it."""
    text = node.text
    if not text and node.empty:
        reading.report(
            "AG403", f"'{reading.path}' has no value", node.location, "write one, or `unknown`, or leave the line out"
        )
        return SKIPPED
    if prop.values:
        if text not in prop.values:
            allowed = reading.lookup.diagnostics.did_you_mean(text, prop.values) or f"allowed: {', '.join(prop.values)}"
            message = f"'{reading.path}' cannot be '{text[:60]}'"
            reading.report("AG419", message, node.location, with_source(allowed, prop))
            return SKIPPED
        return text
    try:
        value = SCALARS[prop.kind](text)
    except ValueError as error:
        reading.report("AG403", f"'{reading.path}' {error}", node.location)
        return SKIPPED
    if prop.pattern and (len(text) > MAX_MATCHED or not re.fullmatch(prop.pattern, text)):
        hint = with_source(prop.description or None, prop)
        reading.report("AG403", f"'{reading.path}' must match {prop.pattern}", node.location, hint)
        return SKIPPED
    if prop.minimum is not None or prop.maximum is not None:
        _check_bounds(reading, prop, value, node)
    return value


def check_count(reading: Reading, prop: Property, node: Sequence, values: Sized) -> None:
    """Report a list with fewer or more items than AWS allows."""
    low = int(prop.minimum) if prop.minimum else 0
    high = int(prop.maximum) if prop.maximum else None
    too_few = len(values) < low and not node.partial
    if too_few or (high is not None and len(values) > high):
        limit = f"at least {low}" if too_few else f"at most {high}"
        code = "AG406" if prop.adjustable and not too_few else "AG420"
        count = f"{len(values)} item" if len(values) == 1 else f"{len(values)} items"
        reading.report(
            code, f"'{reading.path}' has {count}; AWS allows {limit}", node.location, with_source(None, prop)
        )


def with_source(hint: str | None, prop: Property) -> str | None:
    """The hint, with the AWS page that states the limit."""
    if prop.source is None:
        return hint
    return f"{hint} ({prop.source})" if hint else f"see {prop.source}"


def _check_bounds(reading: Reading, prop: Property, value: Any, node: Scalar) -> None:
    if prop.kind == "cidr" and value.version != 4:
        return
    low, high = _bounds(prop.kind, prop.minimum, prop.maximum)
    measure = _measure(value)
    if (low is None or measure >= low) and (high is None or measure <= high):
        return
    if prop.minimum is None:
        limit = f"at most {prop.maximum}"
    elif prop.maximum is None:
        limit = f"at least {prop.minimum}"
    else:
        limit = f"{prop.minimum} to {prop.maximum}"
    stated = f"has {len(node.text)} characters" if prop.kind == "text" else f"is {node.text[:60]}"
    code = "AG406" if prop.adjustable else "AG405"
    reading.report(code, f"'{reading.path}' {stated}; AWS allows {limit}", node.location, with_source(None, prop))


@lru_cache(maxsize=4096)
def _bounds(kind: str, minimum: str | None, maximum: str | None) -> tuple[float | None, float | None]:
    """The bounds of the catalogue as numbers; of two CIDR blocks the smaller one has the longer prefix."""
    low, high = _bound(kind, minimum), _bound(kind, maximum)
    return (high, low) if kind == "cidr" else (low, high)


def _bound(kind: str, text: str | None) -> float | None:
    """A bound of the catalogue as a number; for CIDR blocks a prefix length, for texts a number of characters."""
    if text is None:
        return None
    if kind in ("cidr", "text"):
        return int(text.lstrip("/"))
    return _measure(SCALARS[kind](text))


def _measure(value: Any) -> float:
    """What bounds are compared with: prefix length, amount, length of a text, or the number itself."""
    if isinstance(value, Quantity):
        return value.amount
    if isinstance(value, str):
        return len(value)
    return value.prefixlen if hasattr(value, "prefixlen") else value  # type: ignore[no-any-return]
