"""Security: what the internet reaches, who may act as whom, and what keys, secrets and firewalls protect."""

from __future__ import annotations

from archgraph.analysis.facts import Certainty, Facts, Verdict
from archgraph.analysis.policies import statements
from archgraph.catalog.values import SERVICE_PRINCIPAL
from archgraph.graph.relationships import INTERNET
from archgraph.model.model import Element, ElementId, Model
from archgraph.views.compose import Choice, Extra
from archgraph.views.lines import RELATION, Lines
from archgraph.views.things import is_drawable, thing_for
from archgraph.views.view import EdgeStyle, Node, Role
from archgraph.views.vocabulary import listed, ports_text, short_name

_SAYS = "What the internet reaches, who may act as whom, and what keys, secrets and firewalls protect."

_INTERNET = Node(INTERNET, "Internet", "anyone", "aws/general/internet-alt1", "Actor", role=Role.ACTOR)

_RELATIONS: tuple[tuple[str, str], ...] = (
    ("ENCRYPTED_BY", "encrypted by"),
    ("USES_SECRET", "reads"),
    ("PROTECTED_BY", "protected by"),
    ("AUTHENTICATES_WITH", "signs in with"),
    ("ASSUMES", "acts as"),
)
_CATEGORIES = ("Security", "Identity")


def security(model: Model, facts: Facts) -> Choice | None:
    """Identity, protection and exposure; ``None`` for a model that states nothing of it."""
    lines = Lines()
    _add_exposures(lines, model, facts)
    roles = {role.id for role in model.of_type("IamRole") if role.part_of is None or _trusts_elements(model, role)}
    for verb, label in _RELATIONS:
        for reference in model.references_of(verb):
            if reference.target is not None:
                source, target = _shown(model, reference.source, roles), _shown(model, reference.target, roles)
                lines.add(source.id, target.id, label, RELATION)
    for secret in model.of_type("Secret"):
        for flow in model.flows_to(secret.id):
            lines.add(_shown(model, flow.source, roles).id, _shown(model, secret.id, roles).id, "reads", RELATION)
    for reference in model.references_of("TRUSTS"):
        if reference.target is not None and reference.source in roles:
            lines.add(_shown(model, reference.target, roles).id, reference.source, "may assume", EdgeStyle.MANAGEMENT)
    own = {e.id for e in model.elements.values() if e.type.category in _CATEGORIES and is_drawable(e) and not e.part_of}
    ends = lines.ends() | own | roles
    shown = [element for element in model.elements.values() if element.id in ends]
    if not shown:
        return None
    extras = [Extra(_INTERNET)] if INTERNET in ends else []
    people = {user.id for user in model.of_type("IamUser", "IamGroup")}
    details: dict[str, str] = {name: text for name in roles | people if (text := _powers(model, name))}
    return Choice("security", "security", _says(model, facts), shown, lines.edges(), extras, details)


def _says(model: Model, facts: Facts) -> str:
    """What the picture shows, and of what the model does not say whether the internet reaches it."""
    unknown = [e.element for e in facts.exposures.values() if e.verdict is Verdict.UNKNOWN]
    if not unknown:
        return _SAYS
    names = listed(short_name(model.elements[name]) for name in unknown)
    return f"{_SAYS} Not known for lack of a statement: whether it reaches {names}."


def _add_exposures(lines: Lines, model: Model, facts: Facts) -> None:
    """From the internet to whatever it can open a connection to, with the open ports."""
    for exposure in facts.exposures.values():
        if exposure.verdict is Verdict.EXPOSED:
            label = ports_text(exposure.ports)
            if exposure.certainty is Certainty.POSSIBLE:
                label = f"{label} (possibly)"
            lines.add(INTERNET, thing_for(model, exposure.element).id, label, EdgeStyle.REQUEST)


def _shown(model: Model, name: ElementId, roles: set[ElementId]) -> Element:
    """The icon for an element: a role with trust of its own, or else the owner of what was defined in place."""
    element = model.elements[name]
    while element.part_of is not None and element.id not in roles:
        element = model.elements[element.part_of]
    return element


def _trusts_elements(model: Model, role: Element) -> bool:
    return any(reference.target is not None for reference in model.references_from(role.id, "TRUSTS"))


def _powers(model: Model, name: ElementId) -> str:
    """``trusts ec2; AdministratorAccess``: whom a role trusts that is no element, and AWS's policies that it has."""
    element = model.elements[name]
    drawn = {written for e in model.targets(name, "TRUSTS") for written in (e.id, e.id.rpartition(".")[2])}
    trust = statements(element.get("trust")) if "trust" in element.type.properties else []
    named = [
        principal.removesuffix(".amazonaws.com") if SERVICE_PRINCIPAL.fullmatch(principal) else principal
        for statement in trust
        if statement["effect"].startswith("allow")
        for principal in statement["principals"]
        if principal not in drawn
    ]
    policies = element.properties.get("policies")
    managed = [str(p["managed"]) for p in policies if "managed" in p] if isinstance(policies, list) else []
    parts = [f"trusts {listed(dict.fromkeys(named))}" if named else "", listed(managed)]
    return "; ".join(filter(None, parts))
