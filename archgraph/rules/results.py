"""What a check concludes: results, their statuses, fingerprints and counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from archgraph.model.model import Waiver
from archgraph.source.diagnostics import Location

if TYPE_CHECKING:
    from archgraph.rules.rule import Rule


class Status(StrEnum):
    """The outcome of one rule on one subject."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    WAIVED = "waived"


class Severity(StrEnum):
    """How much a failed rule matters, from ``INFO`` up to ``CRITICAL``."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class Pillar(StrEnum):
    """The six pillars of the AWS Well-Architected Framework."""

    OPERATIONAL_EXCELLENCE = "Operational Excellence"
    SECURITY = "Security"
    RELIABILITY = "Reliability"
    PERFORMANCE_EFFICIENCY = "Performance Efficiency"
    COST_OPTIMIZATION = "Cost Optimization"
    SUSTAINABILITY = "Sustainability"


@dataclass(slots=True)
class Result:
    """One rule's conclusion about one subject.

    A value, though not frozen: a check makes tens of thousands, and freezing trebles what each costs.

    ``subjects`` are the sorted ids of the elements (or flows) concluded about; ``element`` is the
    first of them to show. ``evidence`` are short sentences, each naming elements and properties.
    ``missing`` names what the model does not say, for ``unknown``: ``("shop-db.multi_az",)``.
    ``severity_reason`` says why the severity is not the rule's own, if it is not.
    """

    rule: str
    status: Status
    severity: Severity
    pillar: Pillar
    practices: tuple[str, ...]
    element: str
    subjects: tuple[str, ...]
    message: str
    location: Location
    model: str
    """The id of the model, which is a part of the result's identity."""
    evidence: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    fix: str | None = None
    severity_reason: str | None = None
    waiver: Waiver | None = field(default=None, compare=False)
    known: bool = field(default=False, compare=False)
    """Whether it is a finding that the baseline knows: still shown, but no reason to fail."""

    @property
    def fingerprint(self) -> str:
        """The identity of the finding, whatever its wording and place; see :func:`fingerprint`."""
        return fingerprint(self.rule, self.model, self.subjects)


class Crash(NamedTuple):
    """A rule that failed to run: an error of the rule, not of the model. Its results are missing."""

    rule: str
    error: str


class Summary(NamedTuple):
    """How many results have each status: in all, per rule and per pillar; and findings per severity.

    Every status, every rule that ran and every pillar has its count, zero included.
    """

    statuses: Mapping[Status, int]
    rules: Mapping[str, Mapping[Status, int]]
    pillars: Mapping[Pillar, Mapping[Status, int]]
    severities: Mapping[Severity, int]


@dataclass(frozen=True)
class Results:
    """Everything that one evaluation concluded about one model, in a fixed order.

    ``rules`` are those that ran, with their metadata, for reports. ``crashes`` names those of them
    that failed to run.
    """

    model: str
    rules: tuple[Rule, ...]
    results: tuple[Result, ...]
    summary: Summary
    crashes: tuple[Crash, ...] = ()

    def with_status(self, status: Status) -> list[Result]:
        """The results of that status, the most severe first."""
        return sorted(self._by_status.get(status, ()), key=lambda result: _RANKS[result.severity], reverse=True)

    def findings(self, at_least: Severity = Severity.INFO) -> list[Result]:
        """The failed results of that severity or above, the most severe first."""
        return [r for r in self.with_status(Status.FAIL) if r.severity.rank >= at_least.rank]

    def new_findings(self, at_least: Severity = Severity.INFO) -> list[Result]:
        """The :meth:`findings` that no baseline knows: those that fail a run."""
        return [result for result in self.findings(at_least) if not result.known]

    @cached_property
    def _by_status(self) -> dict[Status, list[Result]]:
        groups: defaultdict[Status, list[Result]] = defaultdict(list)
        for result in self.results:
            groups[result.status].append(result)
        return dict(groups)


def summarize(rules: Collection[Rule], results: Mapping[str, Sequence[Result]]) -> Summary:
    """Count the results of an evaluation, given by the ids of their rules."""
    by_rule = {rule.id: dict.fromkeys(Status, 0) for rule in rules}
    pillars = {rule.id: rule.pillar for rule in rules}
    severities = dict.fromkeys(Severity, 0)
    for rule_id, found in results.items():
        by_rule[rule_id].update(Counter(map(attrgetter("status"), found)))
        if by_rule[rule_id][Status.FAIL]:
            for result in found:
                if result.status is Status.FAIL:
                    severities[result.severity] += 1
    statuses = dict.fromkeys(Status, 0)
    by_pillar = {pillar: dict.fromkeys(Status, 0) for pillar in Pillar}
    for rule_id, counts in by_rule.items():
        for status, count in counts.items():
            statuses[status] += count
            by_pillar[pillars[rule_id]][status] += count
    return Summary(statuses, by_rule, by_pillar, severities)


def fingerprint(rule: str, model_id: str, subjects: Iterable[str]) -> str:
    """Identity of a finding: 32 hex digits over rule, model id and sorted subject ids.

    Lines, paths and wording stay out, so that a finding keeps its identity when the file is
    reordered, elements are moved, or a message is improved.
    """
    import hashlib  # takes OpenSSL with it, and the report on a terminal shows no fingerprints

    identity = "\n".join([rule, model_id, *sorted(subjects)])
    return hashlib.sha256(identity.encode()).hexdigest()[:32]
