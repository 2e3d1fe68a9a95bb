"""A rule to start from."""

from __future__ import annotations

from importlib import resources

from archgraph.rules.own_rules.read import is_rule_id
from archgraph.rules.results import Pillar


def starter(id_: str, pillar: Pillar) -> str:
    """The YAML of a rule that is right as it stands. Raises ``ValueError`` for what cannot be the id of a rule."""
    if not is_rule_id(id_):
        raise ValueError(f"{id_!r} is not the id of a rule: small letters and digits in words joined by '-'")
    text = (resources.files(__package__ or __name__) / "starter.yaml").read_text(encoding="utf-8")
    return text.replace("id: acme-starter\n", f"id: {id_}\n").replace("pillar: Security\n", f"pillar: {pillar.value}\n")
