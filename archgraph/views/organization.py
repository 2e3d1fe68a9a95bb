"""Organization: accounts and what stands in them, the policies over them, and what reaches across."""

from __future__ import annotations

from collections import defaultdict

from archgraph.analysis.facts import Facts
from archgraph.catalog.types import ElementType
from archgraph.model.model import Element, ElementId, Model, Reference
from archgraph.views.compose import Choice, is_frame
from archgraph.views.fold import services
from archgraph.views.lines import RELATION, Lines
from archgraph.views.things import things
from archgraph.views.view import EdgeStyle
from archgraph.views.vocabulary import listed, short_name

_SAYS = "Accounts and what stands in them, the policies over them, and what reaches from one into another."
_ACROSS = ("TRUSTS", "LOGS_TO", "RECORDS", "GRANTS", "ENCRYPTED_BY", "BACKS_UP_TO", "REPLICATES_TO")
_PLACES = ("Account", "OrganizationalUnit", "Organization")
_POLICIES = ("ServiceControlPolicy", "ResourceControlPolicy")


def organization(model: Model, facts: Facts) -> Choice | None:
    """The accounts as icons in their units; ``None`` for a model with one account and no organization."""
    accounts = list(model.of_type("Account"))
    if len(accounts) < 2 and not any(model.of_type("Organization")):
        return None
    lines = Lines()
    for reference in model.references_of("GOVERNED_BY"):
        if reference.target is not None and model.elements[reference.target].parent != reference.source:
            lines.add(reference.target, reference.source, "", RELATION)
    for verb in _ACROSS:
        for reference in model.references_of(verb):
            _add_across(lines, model, reference)
    _add_shares(lines, model)
    wanted = (*_PLACES, *_POLICIES)
    ends = lines.ends()
    shown = [e for e in model.elements.values() if e.type.name in wanted or e.id in ends]
    contents = _contents(model)
    details: dict[str, str] = {
        account.id: contents.get(account.id, "outside the model" if account.external else "empty")
        for account in accounts
    }
    details |= {policy.id: _reach(model, policy) for policy in model.of_type(*_POLICIES)}
    icons = frozenset(account.id for account in accounts)
    return Choice("organization", "organization", _SAYS, shown, lines.edges(), details=details, as_icons=icons)


def _add_across(lines: Lines, model: Model, reference: Reference) -> None:
    """A line between two accounts, or between an account and a unit or somebody outside."""
    source, target = _home(model, reference.source), _home(model, reference.target)
    if source is None or target is None or source == target:
        return
    verb = reference.relationship
    if verb == "TRUSTS":
        role = short_name(model.elements[reference.source])
        lines.add(target, source, f"may assume {role}", EdgeStyle.MANAGEMENT)
    else:
        lines.add(source, target, _LABELS[verb], RELATION)


def _add_shares(lines: Lines, model: Model) -> None:
    """What one account offers to others, by name."""
    offers: dict[tuple[ElementId, ElementId], list[str]] = {}
    for reference in model.references_of("SHARED_WITH"):
        source, target = _home(model, reference.source), _home(model, reference.target)
        if source is not None and target is not None:
            shared = [short_name(element) for element in model.targets(reference.source, "SHARES")]
            offers.setdefault((source, target), []).extend(shared)
    for (source, target), names in offers.items():
        lines.add(source, target, f"shares {listed(names)}", RELATION)


_LABELS = {
    "LOGS_TO": "logs",
    "RECORDS": "records",
    "GRANTS": "access",
    "ENCRYPTED_BY": "key",
    "BACKS_UP_TO": "backups",
    "REPLICATES_TO": "copies",
}


def _home(model: Model, name: ElementId | None) -> ElementId | None:
    """The account of an element, or the element itself if it is a unit or has no account."""
    if name is None:
        return None
    element = model.elements[name]
    return element.account or (element.id if element.type.name in _PLACES or element.part_of is None else None)


def _contents(model: Model) -> dict[ElementId, str]:
    """``23 elements: 8 EC2, 6 RDS ...`` for each account that holds anything."""
    kinds: defaultdict[ElementId, list[ElementType]] = defaultdict(list)
    for element in things(model):
        if element.account is not None and element.account != element.id and not is_frame(element):
            kinds[element.account].append(element.type)
    return {
        account: f"{len(found)} element{'s' if len(found) > 1 else ''}: {services(found)}"
        for account, found in kinds.items()
    }


def _reach(model: Model, policy: Element) -> str:
    """What a policy limits: ``3 units and accounts``, or the whole organization."""
    governed = [model.elements[r.source] for r in model.references_to(policy.id, "GOVERNED_BY")]
    if any(element.type.name == "Organization" for element in governed):
        return "over everything"
    return f"over {len(governed)} unit{'' if len(governed) == 1 else 's'}" if governed else "not attached"
