"""Places of large models: one view for each account, and for VPCs and Regions that even that folds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from archgraph.model.model import Model
from archgraph.views.fit import fit
from archgraph.views.fold import folded
from archgraph.views.view import Group, GroupKind, View

_PREFIXES = {GroupKind.ACCOUNT: "account", GroupKind.REGION: "region", GroupKind.VPC: "vpc"}
_TITLES = {GroupKind.ACCOUNT: "account", GroupKind.REGION: "Region", GroupKind.VPC: "VPC"}
_FOREIGN = frozenset({GroupKind.ACCOUNT, GroupKind.VPC, GroupKind.ON_PREMISES})
"""Places that a view of another place shows as one icon."""


class PlaceView(NamedTuple):
    """The view of a place."""

    place: str
    view: View


def place_views(whole: View, overview: View, model: Model) -> list[PlaceView]:
    """The views of places, from the unfolded view of everything and the folded overview.

    Every account has one, if there are several; a VPC if the view around it folds it, and so a Region
    if its account has several.
    """
    index = _Index(whole)
    accounts = [group for group in whole.groups if group.kind is GroupKind.ACCOUNT and index.contents(group.id)]
    found: list[PlaceView] = []
    if len(accounts) > 1:
        found += [_view_of(account, index, model) for account in accounts]
    for kind in (GroupKind.REGION, GroupKind.VPC):
        for group in whole.groups:
            if group.kind is kind and _tells_more(group, found, overview, index):
                found.append(_view_of(group, index, model))
    return found


class _Index:
    """What stands in each place, and the lines at each end, of one view."""

    def __init__(self, whole: View) -> None:
        self.whole = whole
        self.groups = {group.id: group for group in whole.groups}
        self.nodes = {node.id: node for node in whole.nodes}
        self.inside: dict[str, list[str]] = {}
        for node in whole.nodes:
            for place in self.around(node.parent):
                self.inside.setdefault(place, []).append(node.id)
        self.frames: dict[str, list[str]] = {}
        for group in whole.groups:
            for place in self.around(group.parent):
                self.frames.setdefault(place, []).append(group.id)
        self.lines: dict[str, list[int]] = {}
        for number, edge in enumerate(whole.edges):
            for end in (edge.source, edge.target):
                self.lines.setdefault(end, []).append(number)

    def contents(self, place: str) -> list[str]:
        """The icons and frames in a place."""
        return [*self.inside.get(place, ()), *self.frames.get(place, ())]

    def around(self, place: str | None) -> Iterator[str]:
        """The place and all places around it, inner ones first."""
        while place is not None:
            yield place
            place = self.groups[place].parent


def _tells_more(group: Group, found: list[PlaceView], overview: View, index: _Index) -> bool:
    """Whether a place is part of another one only, and the innermost view around does not show all of it."""
    around = list(index.around(group.parent))
    if group.kind is GroupKind.REGION and not any(
        other.kind is GroupKind.REGION and other.parent == group.parent and other.id != group.id
        for other in index.whole.groups
    ):
        return False
    outer = next((known.view for place in around for known in found if known.place == place), overview)
    shown = {node.id for node in outer.nodes} | {frame.id for frame in outer.groups}
    return len(index.contents(group.id)) > 1 and not shown.issuperset(index.contents(group.id))


def _view_of(group: Group, index: _Index, model: Model) -> PlaceView:
    """What stands in a place and what that exchanges anything with; other places are one icon each."""
    ends = {group.id, *index.contents(group.id)}
    numbers = sorted({number for end in ends for number in index.lines.get(end, ())})
    edges = [index.whole.edges[number] for number in numbers]
    names = ends | {end for edge in edges for end in (edge.source, edge.target)}
    nodes = [node for node in index.whole.nodes if node.id in names]
    spanned = {name for node in nodes for name in node.spans}
    frames = {place for name in names | spanned if name in index.groups for place in index.around(name)}
    frames |= {place for node in nodes for place in index.around(node.parent)}
    title = f"{_TITLES[group.kind]} {group.title}"
    says = f"What stands in {title}, and what that exchanges anything with."
    view = replace(
        index.whole,
        id=_view_id(group),
        title=f"{model.name}: {title}",
        subtitle=says,
        description=says,
        groups=tuple(g for g in index.whole.groups if g.id in frames),
        nodes=tuple(nodes),
        edges=tuple(edges),
    )
    own = {*index.around(group.id), *ends}
    return PlaceView(group.id, fit(folded(view, model, _foreign(view, own, index)), model, keep=[group.id]))


def _foreign(view: View, own: set[str], index: _Index) -> list[str]:
    """Other places of which more than one element is in the view."""
    counts = Counter(place for node in view.nodes for place in index.around(node.parent))
    return [g.id for g in view.groups if g.kind in _FOREIGN and g.id not in own and counts[g.id] > 1]


def _view_id(group: Group) -> str:
    """``account-prod``, ``vpc-net.vpc``, ``region-prod-eu-west-1``."""
    return f"{_PREFIXES[group.kind]}-{group.id.replace('/', '-')}"
