"""What a model says about itself: objectives, waivers and attestations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from archgraph.catalog.values import SCALARS, read_date
from archgraph.dsl.includes import Outline
from archgraph.dsl.shapes import as_map, as_text, as_texts, check_keys, only_keys
from archgraph.model.model import Attestation, Waiver
from archgraph.model.selectors import Selector
from archgraph.source.diagnostics import Diagnostics
from archgraph.source.document import Mapping, Node, Scalar

OBJECTIVES: dict[str, str] = {
    "availability": "percent",
    "rto": "duration",
    "rpo": "duration",
    "latency_p99": "duration",
    "throughput": "rate",
    "users": "text",
    "monthly_budget": "text",
}
"""What `objectives` may state, and how each is read."""

ANSWERS = ("met", "not_met", "not_applicable")
_PRACTICE = re.compile(r"(?:OPS|SEC|REL|PERF|COST|SUS)[0-9]{2}-BP[0-9]{2}")


def read_objectives(node: Node | None, diagnostics: Diagnostics) -> dict[str, Any]:
    """The workload's objectives, read to quantities."""
    body = as_map(node, "objectives", diagnostics)
    if body is None:
        return {}
    only_keys(body, OBJECTIVES, "objectives", diagnostics)
    found: dict[str, Any] = {}
    for name, kind in OBJECTIVES.items():
        value = as_text(body.get(name), f"objective '{name}'", diagnostics)
        if value is None:
            continue
        try:
            found[name] = SCALARS[kind](value.text)
        except ValueError as error:
            diagnostics.add("AG403", f"'{name}' {error}", value.location)
    return found


def read_waivers(outline: Outline, diagnostics: Diagnostics) -> Iterator[Waiver]:
    """The accepted risks. Whether they match anything is judged with the results."""
    keys = ("rule", "elements", "reason", "owner", "accepted", "expires")
    for node in outline.waivers:
        body = as_map(node, "a waiver", diagnostics)
        if body is None or not check_keys(body, (*keys, "ticket"), keys, "a waiver", diagnostics):
            continue
        texts = _texts(body, ("rule", "reason", "owner"), "a waiver", diagnostics)
        days = _dates(body, ("accepted", "expires"), diagnostics)
        selectors = read_selectors(body, "elements", diagnostics)
        if texts is None or days is None or not selectors:
            continue
        yield Waiver(
            rule=texts["rule"],
            selectors=selectors,
            reason=texts["reason"],
            owner=texts["owner"],
            accepted=days["accepted"],
            expires=days["expires"],
            location=body.location,
        )


def read_attestations(outline: Outline, diagnostics: Diagnostics) -> Iterator[Attestation]:
    """The team's own answers to practices. Whether the practice exists is judged with the results."""
    keys = ("practice", "answer", "owner", "date", "expires")
    for node in outline.attestations:
        body = as_map(node, "an attestation", diagnostics)
        if body is None or not check_keys(body, (*keys, "evidence"), keys, "an attestation", diagnostics):
            continue
        texts = _texts(body, ("practice", "answer", "owner"), "an attestation", diagnostics)
        days = _dates(body, ("date", "expires"), diagnostics)
        if texts is None or days is None or not _is_answer(body, texts, diagnostics):
            continue
        evidence = as_text(body.get("evidence"), "evidence", diagnostics)
        yield Attestation(
            practice=texts["practice"],
            answer=texts["answer"],
            owner=texts["owner"],
            date=days["date"],
            expires=days["expires"],
            evidence=evidence.text if evidence else None,
            location=body.location,
        )


def _is_answer(body: Mapping, texts: dict[str, str], diagnostics: Diagnostics) -> bool:
    """Whether practice and answer are words that can be right; reported if not."""
    practice, answer = texts["practice"], texts["answer"]
    if not _PRACTICE.fullmatch(practice):
        at = body.entries["practice"][1].location
        diagnostics.add("AG703", f"'{practice[:40]}' is not the id of a practice", at, "like OPS02-BP01 or REL10-BP01")
    if answer not in ANSWERS:
        at = body.entries["answer"][1].location
        hint = diagnostics.did_you_mean(answer, ANSWERS) or f"allowed: {', '.join(ANSWERS)}"
        diagnostics.add("AG419", f"'answer' cannot be '{answer[:40]}'", at, hint)
    return answer in ANSWERS and _PRACTICE.fullmatch(practice) is not None


def read_selectors(body: Mapping, key: str, diagnostics: Diagnostics) -> tuple[str, ...]:
    """The well-formed selectors of a list."""
    found = []
    node = body.get(key)
    if isinstance(node, Scalar) and not node.empty:
        diagnostics.add("AG701", f"'{key}' is a list of selectors", node.location, f"write [{node.text[:60]}]")
        return ()
    for text in as_texts(node, key, diagnostics):
        try:
            Selector.parse(text.text)
        except ValueError as error:
            diagnostics.add("AG701", str(error), text.location)
        else:
            found.append(text.text)
    return tuple(found)


def _texts(body: Mapping, keys: tuple[str, ...], what: str, diagnostics: Diagnostics) -> dict[str, str] | None:
    found = {}
    for key in keys:
        value = as_text(body.get(key), f"'{key}' of {what}", diagnostics)
        if value is None or not value.text.strip():
            if value is not None:
                diagnostics.add("AG202", f"'{key}' of {what} is empty", value.location)
            return None
        found[key] = value.text
    return found


def _dates(body: Mapping, keys: tuple[str, str], diagnostics: Diagnostics) -> dict[str, date] | None:
    found: dict[str, date] = {}
    for key in keys:
        value = as_text(body.get(key), f"'{key}'", diagnostics)
        if value is None:
            return None
        try:
            found[key] = read_date(value.text)
        except ValueError as error:
            diagnostics.add("AG403", f"'{key}' {error}", value.location)
            return None
    first, last = keys
    if found[last] <= found[first]:
        at = body.entries[last][1].location
        diagnostics.add("AG704", f"'{last}' must come after '{first}'", at)
        return None
    return found
