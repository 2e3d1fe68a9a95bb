"""Data flow: data assets, what holds them, the flows that carry them, and every copy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from archgraph.analysis.backups import backup_plans, vaults_of
from archgraph.analysis.data_flows import DataFlows, copies_all, data_flows
from archgraph.analysis.facts import Facts
from archgraph.model.model import Element, ElementId, Model
from archgraph.views.compose import Choice, Extra
from archgraph.views.lines import RELATION, Lines
from archgraph.views.things import thing_for
from archgraph.views.view import EdgeStyle, Node
from archgraph.views.vocabulary import FLOW_STYLES, listed, short_name

_SAYS = "Data assets, what holds them, the flows that carry them, and their copies and backups."


def data(model: Model, facts: Facts) -> Choice | None:
    """Everything that keeps or moves a data asset; ``None`` for a model in which nothing does."""
    found = data_flows(model)
    if not found.stored and not found.carried:
        return None
    lines = Lines()
    _add_assets(lines, model, found)
    _add_flows(lines, model, found)
    _add_backups(lines, model, found)
    copies = list(_region_copies(model, found))
    for copy in copies:
        lines.add(copy.node.id.rpartition("/")[0], copy.node.id, "copy", EdgeStyle.REPLICATION)
    ends = lines.ends() | {thing_for(model, name).id for name in found.stored}
    shown = [element for element in model.elements.values() if element.id in ends]
    details: dict[str, str] = {asset.id: _classified(asset) for asset in model.of_type("DataAsset")}
    stated = {reference.source for reference in model.references_of("HOLDS")}
    for name, assets in found.stored.items():
        if name not in stated:  # no line leads from an asset to what has it by a copy or a flow
            details[thing_for(model, name).id] = f"holds {_titles(model, assets)}"
    return Choice("data", "data flow", _says(model, found), shown, lines.edges(), copies, details)


def _says(model: Model, found: DataFlows) -> str:
    """What the picture shows, and which stores it cannot show since the model does not say what they hold."""
    silent = [e for e in model.with_trait("data-store") if e.id not in found.stored and e.part_of is None]
    if not silent:
        return _SAYS
    return f"{_SAYS} The model does not say what is in {listed(map(short_name, silent))}."


def _add_assets(lines: Lines, model: Model, found: DataFlows) -> None:
    """From each asset to what states that it holds it."""
    for reference in model.references_of("HOLDS"):
        if reference.target is not None:
            lines.add(reference.target, thing_for(model, reference.source).id, "held in", RELATION)


def _add_flows(lines: Lines, model: Model, found: DataFlows) -> None:
    """The flows that are said to carry assets, and those that copy all that a store has."""
    for flow in model.flows.values():
        source, target = thing_for(model, flow.source).id, thing_for(model, flow.target).id
        assets = found.carried.get(flow.id)
        if assets:
            lines.add(source, target, _titles(model, assets), FLOW_STYLES[flow.kind])
        elif copies_all(flow) and flow.source in found.stored:
            lines.add(source, target, "copy", EdgeStyle.REPLICATION)


def _add_backups(lines: Lines, model: Model, found: DataFlows) -> None:
    """From a store to the plan that backs it up, and on to vaults that stand for themselves."""
    plans = backup_plans(model)
    for name in found.stored:
        for plan in plans.get(name, ()):
            lines.add(thing_for(model, name).id, plan.id, "backup", EdgeStyle.REPLICATION)
            for vault in vaults_of(model, plan):
                lines.add(plan.id, thing_for(model, vault.id).id, "", EdgeStyle.REPLICATION)


def _region_copies(model: Model, found: DataFlows) -> Iterable[Extra]:
    """Copies that AWS keeps in other Regions, which are no elements of their own."""
    for name, copies in found.copies.items():
        store = thing_for(model, name)
        for copy in copies:
            if copy.region == store.region:
                continue
            node = Node(
                id=f"{store.id}/{copy.region}",
                title=f"Copy of {short_name(store)}",
                subtitle=f"holds {_titles(model, found.stored[name])}",
                icon=store.type.icon,
                category=store.type.category,
            )
            yield Extra(node, store.account, copy.region)


def _classified(asset: Element) -> str:
    """``confidential, personal``: what makes an asset worth protecting."""
    words = [asset.properties.get("classification"), "personal" if asset.properties.get("personal") is True else None]
    return ", ".join(word for word in words if isinstance(word, str)) or "not classified"


def _titles(model: Model, assets: Iterable[ElementId] | Mapping[ElementId, str]) -> str:
    return ", ".join(short_name(model.elements[asset]) for asset in assets)
