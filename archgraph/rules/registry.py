"""The registry of built-in rules: a rule registers itself, and a malformed one fails at import."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

from archgraph.rules.framework import Practice, practices
from archgraph.rules.results import Pillar, Severity
from archgraph.rules.rule import Adjust, Check, Parameter, Remediation, Rule

PREFIXES: Mapping[Pillar, str] = {
    Pillar.OPERATIONAL_EXCELLENCE: "ops",
    Pillar.SECURITY: "sec",
    Pillar.RELIABILITY: "rel",
    Pillar.PERFORMANCE_EFFICIENCY: "perf",
    Pillar.COST_OPTIMIZATION: "cost",
    Pillar.SUSTAINABILITY: "sus",
}
"""How the id of a rule begins, by its pillar."""


class RuleError(ValueError):
    """A rule's metadata is malformed; the message names the rule and the fault."""


@cache
def builtin_rules() -> tuple[Rule, ...]:
    """Every built-in rule, housekeeping last, each group by pillar and id."""
    packs = Path(__file__).with_name("packs")
    for module in sorted(path.stem for path in packs.glob("[!_]*.py")):
        import_module(f"archgraph.rules.packs.{module}")
    import_module("archgraph.rules.housekeeping")
    order = list(Pillar)
    return tuple(sorted(_REGISTERED.values(), key=lambda r: (r.housekeeping, order.index(r.pillar), r.id)))


def rule(
    *,
    id: str,
    title: str,
    pillar: Pillar,
    severity: Severity,
    population: str,
    rationale: str,
    remediation: Remediation,
    false_positives: str,
    references: Sequence[str],
    practices: Mapping[str, str] | None = None,
    parameters: Sequence[Parameter] = (),
    adjust: Adjust | None = None,
    housekeeping: bool = False,
    waivable: bool = True,
) -> Callable[[Check], Check]:
    """Register a check as a built-in rule. Raises :class:`RuleError` for malformed metadata.

    ``practices`` maps the ids of the framework's practices to their titles; both must be right, so
    that a new revision that moves a number is noticed.
    """

    def register(check: Check) -> Check:
        found = Rule(
            id=id,
            title=title,
            pillar=pillar,
            practices=_practices(id, practices or {}),
            severity=severity,
            population=_paragraph(population),
            rationale=_paragraph(rationale),
            remediation=Remediation(_paragraph(remediation.text), remediation.yaml.strip("\n") + "\n"),
            false_positives=_paragraph(false_positives),
            references=tuple(references),
            check=check,
            parameters=tuple(parameters),
            adjust=adjust,
            housekeeping=housekeeping,
            waivable=waivable and not housekeeping,
        )
        _verify(found)
        _REGISTERED[id] = found
        return check

    return register


_REGISTERED: dict[str, Rule] = {}
_SLUG = re.compile(r"[a-z]+(?:-[a-z0-9]+)+")


def _practices(rule_id: str, named: Mapping[str, str]) -> tuple[Practice, ...]:
    known = practices()
    for practice_id, title in named.items():
        practice = known.get(practice_id)
        if practice is None:
            raise RuleError(f"rule {rule_id}: the framework has no practice {practice_id}")
        if practice.title != title:
            raise RuleError(f"rule {rule_id}: {practice_id} is called {practice.title!r}")
    return tuple(known[practice_id] for practice_id in named)


def _paragraph(text: str) -> str:
    return " ".join(text.split())


def _verify(found: Rule) -> None:
    """Raise :class:`RuleError` for the first fault of a rule's metadata."""
    texts = (found.title, found.population, found.rationale, found.false_positives, found.remediation.text)
    faults = {
        "its id is not a slug that begins with its pillar": not _SLUG.fullmatch(found.id)
        or not found.id.startswith(PREFIXES[found.pillar] + "-"),
        "its id is taken": found.id in _REGISTERED,
        "a text is empty": not all(texts) or not found.remediation.yaml.strip(),
        "its title ends with a full stop": found.title.endswith("."),
        "it names no practice": not found.practices and not found.housekeeping,
        "a practice is of another pillar": any(p.pillar is not found.pillar for p in found.practices),
        "it has no https reference": not found.references
        or not all(url.startswith("https://") for url in found.references),
        "two parameters share a name": len({p.name for p in found.parameters}) < len(found.parameters),
        "a parameter has no description": not all(p.description for p in found.parameters),
    }
    for fault, present in faults.items():
        if present:
            raise RuleError(f"rule {found.id}: {fault}")
