"""Cases of own rules: small models with the result that is expected for each element."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from archgraph.dsl.load import load_document
from archgraph.rules.engine import evaluate
from archgraph.rules.results import Result, Results
from archgraph.rules.rule import Rule
from archgraph.source.diagnostics import Location
from archgraph.source.document import Mapping as Document


@dataclass(frozen=True, slots=True)
class Case:
    """A named model and what the rule must conclude: statuses, and where stated, what is missing and how severe."""

    name: str
    model: Document
    file: Path
    expect: Mapping[str, str]
    missing: Mapping[str, tuple[str, ...]]
    severity: Mapping[str, str]
    as_of: date | None
    location: Location


def run_case(rule: Rule, case: Case, *, as_of: date) -> list[str]:
    """What differs from what the case expects, a sentence each; nothing if it holds.

    A case that states its day is judged as of it.
    """
    loaded = load_document(case.model, case.file)
    if loaded.model is None:
        return [f"{found.location}: {found.code}: {found.message}" for found in loaded.diagnostics.errors]
    results = evaluate(loaded.model, as_of=case.as_of or as_of, rules=[rule])
    return list(_differences(case, results))


def _differences(case: Case, results: Results) -> Iterator[str]:
    for crash in results.crashes:
        yield f"the rule crashes: {crash.error}"
    if results.crashes:
        return
    found = {result.element: result for result in results.results}
    for element in sorted({*case.expect, *found}):
        got = found[element].status.value if element in found else "no result"
        wanted = case.expect.get(element, "no result")
        if got != wanted:
            yield f"{element}: {got} instead of {wanted}{_reason(found.get(element))}"
    for element, missing in case.missing.items():
        if element in found and found[element].missing != missing:
            yield f"{element}: misses {', '.join(found[element].missing) or 'nothing'} instead of {', '.join(missing)}"
    for element, severity in case.severity.items():
        if element in found and found[element].severity != severity:
            yield f"{element}: severity {found[element].severity} instead of {severity}"


def _reason(result: Result | None) -> str:
    return f" ({result.message})" if result else ""
