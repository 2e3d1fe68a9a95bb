"""draw.io's AWS stencils: which one stands for an icon, a category or a kind of frame."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from archgraph.render.palette import category_colour
from archgraph.views.view import GroupKind


@dataclass(frozen=True, slots=True)
class Stencil:
    """A drawing of draw.io's library ``mxgraph.aws4``.

    A service's is white on a square of the colour; a resource's is drawn in the colour itself.
    """

    name: str
    colour: str
    service: bool = False


def stencil(icon: str | None, category: str) -> Stencil | None:
    """The stencil for an icon of the catalogue, else the one for a category; ``None`` if draw.io has neither."""
    found = icons().get(icon or "")
    if found is None and category in categories():
        return Stencil(categories()[category], category_colour(category))
    return found


@cache
def icons() -> dict[str, Stencil]:
    """Icon path of the catalogue -> stencil."""
    return {
        icon: Stencil(name, colour, service)
        for section, service in (("services", True), ("resources", False))
        for colour, named in _table()[section].items()
        for icon, name in named.items()
    }


@cache
def categories() -> dict[str, str]:
    """Category -> the name of the stencil for its types that have no icon."""
    return dict(_table()["categories"])


@cache
def corners() -> dict[GroupKind, str]:
    """Kind of frame -> the name of the stencil in its corner."""
    return {GroupKind(kind): name for kind, name in _table()["groups"].items()}


@cache
def _table() -> dict[str, dict[str, Any]]:
    table: dict[str, dict[str, Any]] = yaml.safe_load((files(__package__) / "stencils.yaml").read_bytes())
    return table
