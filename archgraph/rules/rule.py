"""What a rule is: its metadata, what it may look at, and what it may conclude."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from archgraph.model.model import Element, Model, Waiver
from archgraph.rules.framework import Practice
from archgraph.rules.results import Pillar, Result, Severity, Status
from archgraph.source.diagnostics import Location

if TYPE_CHECKING:
    from archgraph.analysis.facts import Facts
    from archgraph.query.store import GraphStore


class Subject(Protocol):
    """What a rule concludes about: an element, a flow, or a statement of the model."""

    @property
    def id(self) -> str: ...

    @property
    def location(self) -> Location: ...


class Conclusion(NamedTuple):
    """One verdict about one subject; made by :func:`passed`, :func:`failed` and their siblings."""

    status: Status
    subject: Subject
    message: str
    evidence: Sequence[str] = ()
    missing: Sequence[str] = ()
    fix: str | None = None
    at: Location | None = None
    """Where the fault was written, if not where the subject begins."""


# Names of the module, since finding a member in its class takes as long as making a conclusion.
_PASS, _FAIL, _UNKNOWN, _NOT_APPLICABLE = Status.PASS, Status.FAIL, Status.UNKNOWN, Status.NOT_APPLICABLE


def passed(subject: Subject, message: str, evidence: Sequence[str] = ()) -> Conclusion:
    """The good condition holds."""
    return Conclusion(_PASS, subject, message, evidence)


def failed(
    subject: Subject, message: str, *, evidence: Sequence[str], fix: str, at: Location | None = None
) -> Conclusion:
    """The good condition does not hold; evidence and the smallest fix are required."""
    return Conclusion(_FAIL, subject, message, evidence, (), fix, at)


def unknown(subject: Subject, message: str, *, missing: Sequence[str], evidence: Sequence[str] = ()) -> Conclusion:
    """The model does not say enough; ``missing`` names what it would have to say."""
    return Conclusion(_UNKNOWN, subject, message, evidence, missing)


def not_applicable(subject: Subject, message: str) -> Conclusion:
    """The rule has nothing to say about this subject, and why."""
    return Conclusion(_NOT_APPLICABLE, subject, message)


ParameterValue = int | str | tuple[str, ...] | tuple[int, ...]


class Parameter(NamedTuple):
    """A setting of a rule. Its type is its default's: a whole number, a text, or a tuple of either."""

    name: str
    default: ParameterValue
    description: str
    minimum: int | None = None

    @property
    def kind(self) -> str:
        if isinstance(self.default, tuple):
            return "list of integers" if isinstance(self.default[0], int) else "list of texts"
        return "integer" if isinstance(self.default, int) else "text"

    def read(self, value: object) -> ParameterValue:
        """The value of a setting that a user gave. Raises ``ValueError`` if it is of another type."""
        if isinstance(self.default, tuple):
            wanted = type(self.default[0])
            if isinstance(value, (list, tuple)) and value and all(type(v) is wanted for v in value):
                return tuple(value)
        elif type(value) is type(self.default):
            if isinstance(value, int) and self.minimum is not None and value < self.minimum:
                raise ValueError(f"parameter {self.name} must be at least {self.minimum}")
            return value
        raise ValueError(f"parameter {self.name} must be a {self.kind}")


class Remediation(NamedTuple):
    """How to make the good condition hold: in words, and as YAML to copy from."""

    text: str
    yaml: str


class Adjusted(NamedTuple):
    """A severity that the context raised or lowered, and why."""

    severity: Severity
    reason: str


@dataclass(slots=True)
class Context:
    """What a rule may look at: the model, the facts, its parameters, and the day it is judged on."""

    model: Model
    as_of: date
    parameters: Mapping[str, Any]
    derive: Callable[[], Facts] = field(repr=False)
    open_store: Callable[[], GraphStore] = field(repr=False)
    concluded: Mapping[str, Sequence[Result]] = field(default_factory=dict)
    """What the other rules concluded, by rule; only housekeeping rules see it."""
    ran: Collection[str] = ()
    """Ids of the rules that ran; only housekeeping rules see it."""
    known: Mapping[str, Rule] = field(default_factory=dict)
    """Every rule that there is by its id, run or not; only housekeeping rules see it."""
    in_force: Collection[Waiver] = ()
    """The waivers that hold on that day; only housekeeping rules see it."""

    @property
    def facts(self) -> Facts:
        """What follows from the model; derived once per evaluation, when first asked for."""
        return self.derive()

    @property
    def store(self) -> GraphStore:
        """The model's graph with the facts in it, to be asked in Cypher; built when first asked for."""
        return self.open_store()

    def of_type(self, *names: str) -> Iterator[Element]:
        """The model's own elements of the named types; rules do not apply to external ones."""
        return (element for element in self.model.of_type(*names) if not element.external)

    def with_trait(self, *traits: str) -> Iterator[Element]:
        """The model's own elements whose type has every one of the traits."""
        return (element for element in self.model.with_trait(*traits) if not element.external)


Check = Callable[[Context], Iterable[Conclusion]]
Adjust = Callable[[Context, Subject, Severity], Adjusted | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A check and everything that documentation, reports and the coverage page say about it."""

    id: str
    title: str
    """The good condition, as a statement."""
    pillar: Pillar
    practices: tuple[Practice, ...]
    severity: Severity
    population: str
    """What it looks at, and when it passes, fails, is unknown or does not apply."""
    rationale: str
    remediation: Remediation
    false_positives: str
    references: tuple[str, ...]
    """AWS pages that state the facts it rests on."""
    check: Check = field(repr=False, compare=False)
    parameters: tuple[Parameter, ...] = ()
    adjust: Adjust | None = field(default=None, repr=False, compare=False)
    housekeeping: bool = False
    """Looks at waivers and attestations instead of the architecture; cannot be waived."""
    waivable: bool = True
    """Whether its findings may be accepted as a risk; a waiver of another rule is a finding itself."""
