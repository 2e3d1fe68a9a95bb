"""The resolved model: what an author described, typed by the catalogue, every name looked up."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from operator import attrgetter
from typing import Any, NamedTuple, NewType, TypeVar

from archgraph.catalog.catalog import Catalog
from archgraph.catalog.types import ElementType
from archgraph.source.diagnostics import Location
from archgraph.source.document import Scalar, Source

ElementId = NewType("ElementId", str)
FlowId = NewType("FlowId", str)
Key = TypeVar("Key")
Value = TypeVar("Value")


class Absent(Enum):
    """Why a property has no value: nobody said (``UNKNOWN``), or the author said there is none."""

    UNKNOWN = "unknown"
    NONE = "none"

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return self.value


@dataclass(slots=True)
class Reference:
    """A typed relationship that a property states: from ``source`` to ``target``.

    A value, though not frozen: a model has tens of thousands, and freezing trebles what each costs.

    ``property`` is the path of the property as written (``listeners.targets``). Exactly one of
    ``target`` (an element of this model) and ``literal`` (an ARN, CIDR, service principal ...) is
    set. Direction is the relationship's own: ``source`` may be the element that is pointed at.
    """

    source: ElementId
    target: ElementId | None
    relationship: str
    property: str
    location: Location
    literal: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    path: str | None = None
    """What follows ``/`` in ``assets/*``: a path inside the target."""


@dataclass(slots=True, eq=False)
class Element:
    """A thing in the model.

    ``properties`` holds what was stated, read to Python values: text, ``bool``, ``int``,
    :class:`~archgraph.catalog.values.Quantity`, ``date``, ``ip_network``, lists, dicts;
    references appear as :class:`Reference`, parts as the :data:`ElementId` of the part.
    Use :meth:`get`, which knows what absence means.
    """

    id: ElementId
    type: ElementType
    location: Location
    properties: dict[str, Any] = field(default_factory=dict)
    property_keys: dict[str, Scalar] = field(default_factory=dict)
    """The keys under which its properties were written; :meth:`where` tells the place."""
    title: str | None = None
    description: str | None = None
    part_of: ElementId | None = None
    """The owner of a part or of an element defined in place."""
    parent: ElementId | None = None
    """The element that it stands in, as written or derived from its subnets: VPC, subnet, account ..."""
    account: ElementId | None = None
    region: str | None = None
    vpc: ElementId | None = None
    subnets: tuple[ElementId, ...] = ()
    zones: tuple[str, ...] = ()
    """Full zone names (``eu-west-1a``) of its subnets, or its own zone; sorted."""
    external: bool = False
    """Stands for a thing outside the model; rules do not apply."""
    arn: str | None = None
    owner: str | None = None
    environment: str | None = None
    criticality: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    """Relationships that its properties (and those of parts without an id) state."""

    def get(self, name: str) -> Any:
        """The value of a property, with the language's meaning of absence.

        A stated value as it is; ``Absent.NONE`` for a stated ``none``; for what is not stated, an
        empty list for lists and maps, ``Absent.NONE`` for references, statements and parts (what a
        model does not draw does not exist) and ``Absent.UNKNOWN`` for scalar settings (what it does
        not state about a thing is not known). ``KeyError`` if the type has no such property.
        """
        if name in self.properties:
            return self.properties[name]
        kind = self.type.properties[name].kind
        if kind in ("list", "map", "statements"):
            return []
        return Absent.NONE if kind in ("reference", "part") else Absent.UNKNOWN

    def has(self, *traits: str) -> bool:
        """Whether its type has every one of the traits."""
        return self.type.traits.issuperset(traits)

    @property
    def label(self) -> str:
        """What pictures and pages call it: its title, or its id's last name."""
        return self.title or self.id

    def where(self, name: str) -> Location:
        """Where a property was written, or the element if it was not."""
        key = self.property_keys.get(name)
        return self.location if key is None else key.location


@dataclass(slots=True)
class Flow:
    """A movement of requests, data or events between two elements, declared or implied.

    ``source -> target`` is the direction in which the conversation starts (for ``poll`` and
    ``stream``: in which the data moves). ``implied_by`` is the reference that carries it, if one
    does; a declared flow on the same pair refines the implied one and keeps ``implied_by``.
    """

    id: FlowId
    source: ElementId
    target: ElementId
    kind: str
    location: Location
    properties: Mapping[str, Any] = field(default_factory=dict)
    label: str | None = None
    declared: bool = True
    implied_by: Reference | None = None

    @property
    def synchronous(self) -> bool:
        """Whether the caller waits: requests and management calls do, events and streams do not."""
        return self.kind in ("request", "manage")


FLOW_KINDS: dict[str, str] = {
    "request": "CALLS",
    "event": "TRIGGERS",
    "poll": "FEEDS",
    "stream": "STREAMS_TO",
    "replicate": "REPLICATES_TO",
    "manage": "MANAGES",
}
"""The kinds of flow and the relationship each becomes."""


class Step(NamedTuple):
    """One step of a scenario: along a flow, or back along it as a reply.

    ``number`` is ``1``, ``2`` ... in order; steps of one parallel group share it, told apart by
    ``branch`` (``a``, ``b`` ...).
    """

    number: int
    branch: str
    flow: FlowId
    reply: bool
    text: str
    location: Location

    @property
    def badge(self) -> str:
        return f"{self.number}{self.branch}"


class Scenario(NamedTuple):
    id: str
    title: str
    steps: tuple[Step, ...]
    location: Location


class Waiver(NamedTuple):
    """An accepted risk. ``selectors`` as written (id, glob, flow id, ``type:``, ``in:``, ``tag:``)."""

    rule: str
    selectors: tuple[str, ...]
    reason: str
    owner: str
    accepted: datetime.date
    expires: datetime.date
    location: Location


class Attestation(NamedTuple):
    """A dated, owned answer to a practice that no rule can decide."""

    practice: str
    answer: str
    owner: str
    date: datetime.date
    expires: datetime.date
    evidence: str | None
    location: Location


class ViewSpec(NamedTuple):
    """A view that the model names: what it shows, and what it asks of the layout.

    ``include``, ``exclude`` and ``focus`` are selectors. ``depth`` is how many lines away from the
    focus things may be; ``relationships`` are verbs and kinds of the vocabulary, empty for the lines
    of the overview; ``cypher`` is a query whose nodes are shown. The rest are hints: ``direction`` is
    ``right``, ``down`` or ``None``; the lists name elements, and Regions as ``account.region``.
    """

    id: str
    title: str
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    location: Location
    description: str | None = None
    focus: tuple[str, ...] = ()
    depth: int = 1
    relationships: tuple[str, ...] = ()
    cypher: Scalar | None = None
    direction: str | None = None
    order: tuple[str, ...] = ()
    same_row: tuple[tuple[str, ...], ...] = ()
    same_column: tuple[tuple[str, ...], ...] = ()


@dataclass(eq=False, repr=False)
class Model:
    """One resolved model. Dictionaries keep the author's order, which is a layout hint."""

    id: str
    name: str
    catalog: Catalog
    sources: dict[str, Source]
    location: Location
    owner: str | None = None
    description: str | None = None
    objectives: dict[str, Any] = field(default_factory=dict)
    elements: dict[ElementId, Element] = field(default_factory=dict)
    flows: dict[FlowId, Flow] = field(default_factory=dict)
    scenarios: dict[str, Scenario] = field(default_factory=dict)
    waivers: list[Waiver] = field(default_factory=list)
    attestations: list[Attestation] = field(default_factory=list)
    views: dict[str, ViewSpec] = field(default_factory=dict)

    def of_type(self, *names: str) -> Iterator[Element]:
        """The elements of the named types, in the author's order."""
        for name in names:
            yield from self._by_type.get(name, ())

    def with_trait(self, *traits: str) -> Iterator[Element]:
        """The elements whose type has every one of the traits, in the author's order."""
        names = {name for name, elements in self._by_type.items() if elements[0].has(*traits)}
        return (element for element in self.elements.values() if element.type.name in names)

    def whose_type(self, test: Callable[[ElementType], bool]) -> Iterator[Element]:
        """The elements whose type passes a test, which is made once for each; type after type."""
        for elements in self._by_type.values():
            if test(elements[0].type):
                yield from elements

    def inside(self, place: ElementId) -> Iterator[Element]:
        """The elements whose parent is the place, in the author's order."""
        yield from self._by_parent.get(place, ())

    def references_to(self, target: ElementId, *relationships: str) -> list[Reference]:
        """The references that end at an element, of the given relationships or of any."""
        found = self._incoming.get(target, [])
        return [r for r in found if not relationships or r.relationship in relationships]

    def references_from(self, source: ElementId, *relationships: str) -> list[Reference]:
        """The references that begin at an element, of the given relationships or of any."""
        found = self._outgoing.get(source, [])
        return [r for r in found if not relationships or r.relationship in relationships]

    def references_of(self, relationship: str) -> list[Reference]:
        """All references of a relationship, in the author's order."""
        return self._by_relationship.get(relationship, [])

    def targets(self, source: ElementId, *relationships: str) -> list[Element]:
        """The elements at the end of :meth:`references_from`, without what lies outside the model."""
        return [self.elements[r.target] for r in self.references_from(source, *relationships) if r.target is not None]

    def flows_from(self, source: ElementId) -> list[Flow]:
        return self._flows_out.get(source, [])

    def flows_to(self, target: ElementId) -> list[Flow]:
        return self._flows_in.get(target, [])

    def flows_of(self, kind: str) -> list[Flow]:
        """The flows of one kind, in the author's order."""
        return self._flows_by_kind.get(kind, [])

    @cached_property
    def _by_type(self) -> dict[str, list[Element]]:
        return _grouped((element.type.name, element) for element in self.elements.values())

    @cached_property
    def _by_parent(self) -> dict[ElementId, list[Element]]:
        return _grouped((e.parent, e) for e in self.elements.values() if e.parent is not None)

    @cached_property
    def _outgoing(self) -> dict[ElementId, list[Reference]]:
        return _references_by("source", self)

    @cached_property
    def _incoming(self) -> dict[ElementId, list[Reference]]:
        found = _references_by("target", self)
        found.pop(None, None)  # what leads out of the model
        return found

    @cached_property
    def _by_relationship(self) -> dict[str, list[Reference]]:
        return _references_by("relationship", self)

    @cached_property
    def _flows_out(self) -> dict[ElementId, list[Flow]]:
        return _grouped((flow.source, flow) for flow in self.flows.values())

    @cached_property
    def _flows_by_kind(self) -> dict[str, list[Flow]]:
        return _grouped((flow.kind, flow) for flow in self.flows.values())

    @cached_property
    def _flows_in(self) -> dict[ElementId, list[Flow]]:
        return _grouped((flow.target, flow) for flow in self.flows.values())


def _references_by(name: str, model: Model) -> dict[Any, list[Reference]]:
    """All references by one of their attributes; a model has tens of thousands, so without a generator."""
    key = attrgetter(name)
    groups: dict[Any, list[Reference]] = {}
    for element in model.elements.values():
        for reference in element.references:
            value = key(reference)
            if value in groups:
                groups[value].append(reference)
            else:
                groups[value] = [reference]
    return groups


def _grouped(pairs: Iterator[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    groups: defaultdict[Key, list[Value]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return dict(groups)
