"""Views that the model names: what its selectors, its focus or its query choose, joined as it asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from archgraph.analysis.facts import Facts
from archgraph.catalog.vocabulary import RELATIONSHIPS
from archgraph.model.model import FLOW_KINDS, Element, ElementId, Flow, FlowId, Model, ViewSpec
from archgraph.model.selectors import Selector, SelectorKind, select
from archgraph.views.compose import Choice
from archgraph.views.lines import RELATION, Lines, add_connections, add_firewalls, flow_lines
from archgraph.views.things import bystanders, is_drawable, observes, things
from archgraph.views.view import Direction, EdgeStyle, Hints

Ask = Callable[[ViewSpec], set[ElementId]]
"""The elements that the query of a view returns."""

_STYLES = {"network": EdgeStyle.NETWORK, "replication": EdgeStyle.REPLICATION, "event": EdgeStyle.EVENT}


def own_view(model: Model, facts: Facts, spec: ViewSpec, ask: Ask) -> Choice:
    """The picture of a view; ``ask`` runs its query.

    What it includes, what its query returns, and its focus with what is near, without what it
    excludes; if it states none of these, what the overview shows. Settings of other things are shown
    where they are named: by id, by type or by a query.
    """
    out = set(select(model, spec.exclude))
    asked = ask(spec) if spec.cypher is not None else set()
    named = asked | _named(model, (*spec.include, *spec.focus))
    may_show = named | {element.id for element in model.elements.values() if is_drawable(element)}
    chosen = asked | (_picked(model, spec.include) & may_show)
    if spec.focus:
        chosen |= _near(model, facts, spec, _picked(model, spec.focus) & may_show, may_show - out, out)
    if not spec.include and not spec.focus and spec.cypher is None:
        chosen = {element.id for element in things(model)} - bystanders(model)
    shown = [element for element in model.elements.values() if element.id in chosen and element.id not in out]
    ids = {element.id for element in shown}
    edges = _lines(model, facts, spec, shown, out).edges()
    edges = [edge for edge in edges if edge.source in ids and edge.target in ids]
    says = spec.description or f"{spec.title}: what the author of the model chose to show."
    return Choice(
        f"view-{spec.id}", spec.title, says, shown, edges, subtitle=spec.description or "", hints=_hints(model, spec)
    )


def verbs_of(words: Iterable[str]) -> frozenset[str]:
    """The relationships that words mean: each a verb, or a kind of which every verb is meant."""
    wanted = set(words)
    return frozenset(verb for verb, known in RELATIONSHIPS.items() if verb in wanted or known.kind in wanted)


def _picked(model: Model, selectors: Iterable[str | Selector]) -> set[ElementId]:
    """The elements that selectors choose, and the ends of the flows that they choose."""
    found: set[ElementId] = set()
    for name in select(model, selectors):
        flow = model.flows.get(FlowId(name))
        found |= {flow.source, flow.target} if flow else {ElementId(name)}
    return found


def _named(model: Model, selectors: Iterable[str]) -> set[ElementId]:
    """The elements that are meant one by one: by id, by type, or as the ends of a flow."""
    parsed = map(Selector.parse, selectors)
    return _picked(model, [one for one in parsed if one.kind in _NAMING or _is_id(one, model)])


_NAMING = (SelectorKind.TYPE, SelectorKind.FLOW)


def _is_id(selector: Selector, model: Model) -> bool:
    return selector.kind is SelectorKind.ID and selector.text in model.elements


def _near(
    model: Model, facts: Facts, spec: ViewSpec, focus: set[ElementId], may_show: set[ElementId], out: set[str]
) -> set[ElementId]:
    """The focus, and what can be reached from it along so many of the view's lines, in either direction.

    Being measured leads nowhere unless the view asks for it, and an internet gateway is no step of its own.
    """
    passing = [model.elements[n] for n in may_show if model.elements[n].type.name != "InternetGateway"]
    measures = set() if spec.relationships else {str(flow.id) for flow in model.flows.values() if observes(flow)}
    neighbours: defaultdict[str, set[str]] = defaultdict(set)
    for edge in _lines(model, facts, spec, passing, out | measures).edges():
        if not {edge.source, edge.target} & out:
            neighbours[edge.source].add(edge.target)
            neighbours[edge.target].add(edge.source)
    reached: set[str] = {*focus}
    border: set[str] = reached
    for _ in range(spec.depth):
        border = {name for here in border for name in neighbours.get(here, ())} - reached
        reached |= border
    return {ElementId(name) for name in reached}


def _lines(model: Model, facts: Facts, spec: ViewSpec, shown: Collection[Element], out: set[str]) -> Lines:
    """The lines that the view draws: its relationships, or else those that the overview draws."""
    verbs = verbs_of(spec.relationships)
    flows = [flow for flow in model.flows.values() if flow.id not in out and (not verbs or _is_one(flow, verbs))]
    lines = flow_lines(model, facts, flows, shown)
    if verbs:
        _add_relationships(lines, model, verbs, {id(flow.implied_by) for flow in flows}, shown)
    else:
        add_firewalls(lines, model, shown)
        add_connections(lines, model, shown)
    return lines


def _is_one(flow: Flow, verbs: Collection[str]) -> bool:
    return FLOW_KINDS[flow.kind] in verbs or (flow.implied_by is not None and flow.implied_by.relationship in verbs)


def _add_relationships(
    lines: Lines, model: Model, verbs: Collection[str], as_flows: Collection[int], shown: Iterable[Element]
) -> None:
    """References of the verbs; those that are drawn as flows already are left out.

    What was defined in place acts through its owner, and is itself what others, or its owner, refer to.
    """
    ids = {element.id for element in shown}
    for verb in sorted(verbs):
        style = _STYLES.get(RELATIONSHIPS[verb].kind, RELATION)
        for reference in model.references_of(verb):
            if reference.target is None or id(reference) in as_flows:
                continue
            source = model.elements[reference.source]
            while source.id not in ids and source.part_of is not None:
                source = model.elements[source.part_of]
            target = model.elements[reference.target]
            while target.type.part and target.part_of is not None:
                target = model.elements[target.part_of]
            if target.id not in (source.account, source.vpc, source.parent, *source.subnets):
                lines.add(source.id, target.id, verb.lower().replace("_", " "), style)


def _hints(model: Model, spec: ViewSpec) -> Hints:
    return Hints(
        direction=Direction(spec.direction) if spec.direction else None,
        order=_places(model, spec.order),
        rows=tuple(_places(model, row) for row in spec.same_row),
        columns=tuple(_places(model, column) for column in spec.same_column),
    )


def _places(model: Model, names: Iterable[str]) -> tuple[str, ...]:
    """Ids of nodes and groups; a Region, ``account.region`` as it is written, has the id of its frame."""
    return tuple(name if name in model.elements else "/".join(name.rsplit(".", 1)) for name in names)
