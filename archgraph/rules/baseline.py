"""Baselines: the findings that a team knows already, so that only new ones fail a build.

A baseline is a JSON file, committed beside the models. Findings are told apart by fingerprint; rule
and element stand beside it for people. One file serves several models.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from archgraph.rules.results import Result, Results, Status

SCHEMA_VERSION = "1.0"
_FIELDS = ("fingerprint", "rule", "element")


class Entry(NamedTuple):
    """A finding that is known."""

    rule: str
    element: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """Known findings by the id of their model and their fingerprint."""

    models: Mapping[str, Mapping[str, Entry]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comparison:
    """An evaluation beside a baseline: the results, known ones marked, and the counts of all three."""

    results: Results
    new: int
    known: int
    resolved: int


def read_baseline(text: str) -> Baseline:
    """A baseline from its JSON text. Raises ``ValueError`` with what is wrong."""
    try:
        document = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"is not JSON: {error}") from None
    if not isinstance(document, dict) or document.get("schema_version") != SCHEMA_VERSION:
        raise ValueError(f"is not a baseline of version {SCHEMA_VERSION}")
    models = document.get("models")
    if not isinstance(models, dict):
        raise ValueError("has no 'models'")
    return Baseline({model: _entries(model, entries) for model, entries in models.items()})


def to_json(baseline: Baseline) -> str:
    """The baseline as JSON, sorted so that changes of it are easy to review; ends with a newline."""
    models = {
        model: [
            {"rule": entry.rule, "element": entry.element, "fingerprint": fingerprint}
            for fingerprint, entry in sorted(entries.items(), key=lambda item: (item[1], item[0]))
        ]
        for model, entries in sorted(baseline.models.items())
    }
    return json.dumps({"schema_version": SCHEMA_VERSION, "models": models}, indent=2, ensure_ascii=False) + "\n"


def compare(results: Results, baseline: Baseline) -> Comparison:
    """Mark the findings that the baseline knows.

    What it knows of a rule that ran and no longer finds is resolved; nothing is said about rules
    that did not run, or crashed.
    """
    known = baseline.models.get(results.model, {})
    marked = tuple(_marked(result, known) for result in results.results)
    found = {result.fingerprint: result for result in marked if result.status is Status.FAIL}
    ran = _ran(results)
    resolved = [name for name, entry in known.items() if entry.rule in ran and name not in found]
    old = sum(result.known for result in found.values())
    return Comparison(replace(results, results=marked), len(found) - old, old, len(resolved))


def updated(baseline: Baseline, results: Results) -> Baseline:
    """The baseline that knows exactly the findings of the rules that ran; the rest of it stays."""
    ran = _ran(results)
    kept = {name: e for name, e in baseline.models.get(results.model, {}).items() if e.rule not in ran}
    found = {result.fingerprint: Entry(result.rule, result.element) for result in results.findings()}
    return Baseline({**baseline.models, results.model: {**kept, **found}})


def _entries(model: str, entries: Any) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for entry in entries if isinstance(entries, list) else [None]:
        fields: list[Any] = [entry.get(key) for key in _FIELDS] if isinstance(entry, dict) else [None]
        if not all(isinstance(value, str) for value in fields):
            raise ValueError(f"has an entry of model {model!r:.60} without {', '.join(_FIELDS)}")
        fingerprint, rule, element = fields
        found[fingerprint] = Entry(rule, element)
    return found


def _marked(result: Result, known: Mapping[str, Entry]) -> Result:
    is_known = result.status is Status.FAIL and result.fingerprint in known
    return replace(result, known=True) if is_known else result


def _ran(results: Results) -> frozenset[str]:
    return frozenset(rule.id for rule in results.rules) - {crash.rule for crash in results.crashes}
