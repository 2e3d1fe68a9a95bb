"""Which places a view folds, so that a page is not fuller than a reader can take in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from archgraph.model.model import ElementId, Model
from archgraph.views.fold import SUBNETS, empty_frames, folded, fullness
from archgraph.views.view import Group, GroupKind, Role, View

MOST_ICONS = 60
"""A view with more icons than this is folded. Frames with nothing in them count as icons: they take as much room."""

_FEWEST_ICONS = 4
"""A view folded to fewer icons would show nothing."""

_SMALLEST_SET = 3
"""Fewer icons of one type are shown each for itself."""

_ALIKE: frozenset[GroupKind] = frozenset()
"""In place of kinds of frames: things of one type in one place."""

_LEVELS: tuple[frozenset[GroupKind], ...] = (
    SUBNETS,
    frozenset({GroupKind.VPC, GroupKind.ON_PREMISES}),
    _ALIKE,
    frozenset({GroupKind.REGION}),
    frozenset({GroupKind.ACCOUNT}),
    frozenset({GroupKind.ORGANIZATIONAL_UNIT}),
    frozenset({GroupKind.ORGANIZATION}),
)
"""What is folded, in the order in which it is tried, innermost first."""

_PLACES = frozenset({GroupKind.REGION, GroupKind.ACCOUNT})
"""Frames that are folded with the only thing inside them."""


def fit(view: View, model: Model, keep: Collection[str] = ()) -> View:
    """The view, folded if it is too full (:data:`MOST_ICONS`); ``keep`` names places that stay open.

    The innermost kind of place that suffices is folded, and of that kind only the places that hold
    most, unless that is most of them. If no kind suffices by itself, everything up to the last useful
    kind is folded, and then what is alike.
    """
    size = fullness(view)
    if size <= MOST_ICONS:
        return view
    bundles = _Bundles(view, model, keep)
    used: list[_Bundle] = []
    for level in _LEVELS:
        found = bundles.of(level)
        for chosen in _fullest_first(found):
            if _FEWEST_ICONS <= size - sum(bundle.saved for bundle in chosen) <= MOST_ICONS:
                return bundles.fold(chosen)
        if found and bundles.count([*used, *found]) >= _FEWEST_ICONS:
            used += found
    smaller = bundles.fold(used)
    return _to_the_last(smaller, model, keep) if fullness(smaller) > MOST_ICONS else smaller


def _to_the_last(view: View, model: Model, keep: Collection[str]) -> View:
    """The view with all that is alike folded, and then every place from the inside out, until it fits."""
    for level in (_ALIKE, *_LEVELS):
        bundles = _Bundles(view, model, keep)
        view = bundles.fold(bundles.of(level))
        if fullness(view) <= MOST_ICONS:
            break
    return view


class _Bundle(NamedTuple):
    """What may become one icon: a place, or nodes of one type; and how many icons that saves."""

    place: str | None
    nodes: tuple[str, ...]
    saved: int


class _Bundles:
    """The bundles of one view."""

    def __init__(self, view: View, model: Model, keep: Collection[str]) -> None:
        self._view = view
        self._model = model
        self._groups = {group.id: group for group in view.groups}
        self._keep = _with_surroundings(self._groups, keep)
        self._inside = self._counts()
        self._direct = self._contents()

    def of(self, kinds: Collection[GroupKind]) -> list[_Bundle]:
        """The bundles of a level, none inside another; those that save nothing are left out."""
        if not kinds:
            return [_Bundle(None, ids, len(ids) - 1) for ids in self._alike()]
        found: dict[str, None] = {}
        for group in self._view.groups:
            if group.kind in kinds and group.id not in self._keep and self._inside.get(group.id, 0) > 1:
                found[self._outermost(group)] = None
        tops = [name for name in found if not any(name != other and other in found for other in self._around(name))]
        return [_Bundle(name, (), self._inside[name] - 1) for name in tops]

    def count(self, bundles: list[_Bundle]) -> int:
        """How full the view is with these folded."""
        return fullness(self.fold(bundles))

    def fold(self, bundles: list[_Bundle]) -> View:
        places = {bundle.place for bundle in bundles if bundle.place is not None}
        return folded(self._view, self._model, places, [bundle.nodes for bundle in bundles if bundle.nodes])

    def _counts(self) -> Mapping[str, int]:
        """How many icons and empty frames stand in each place, at any depth."""
        counts: dict[str, int] = {}
        empty = empty_frames(self._view)
        for parent in (*(node.parent for node in self._view.nodes), *(frame.parent for frame in empty)):
            if parent is not None:
                counts[parent] = counts.get(parent, 0) + 1
        for group in reversed(self._view.groups):  # inner ones first
            if group.parent is not None and group.id in counts:
                counts[group.parent] = counts.get(group.parent, 0) + counts[group.id]
        return counts

    def _contents(self) -> Mapping[str, int]:
        """How many things stand directly in each place: icons and frames."""
        counts: dict[str, int] = {}
        for parent in (*(node.parent for node in self._view.nodes), *(group.parent for group in self._view.groups)):
            if parent is not None:
                counts[parent] = counts.get(parent, 0) + 1
        return counts

    def _outermost(self, group: Group) -> str:
        """The place itself, or the one around it that holds nothing else."""
        while group.kind not in SUBNETS and group.parent is not None:
            around = self._groups[group.parent]
            if around.kind not in _PLACES or around.id in self._keep or self._direct[around.id] > 1:
                break
            group = around
        return group.id

    def _around(self, name: str) -> Iterator[str]:
        parent = self._groups[name].parent
        while parent is not None:
            yield parent
            parent = self._groups[parent].parent

    def _alike(self) -> Iterator[tuple[str, ...]]:
        """Sets of icons of one type that stand in one place."""
        sets: dict[tuple[object, ...], list[str]] = {}
        for node in self._view.nodes:
            if node.id in self._model.elements and node.role is not Role.GATEWAY:
                kind = self._model.elements[ElementId(node.id)].type.name
                sets.setdefault((node.parent, kind, node.role, node.spans), []).append(node.id)
        return (tuple(ids) for ids in sets.values() if len(ids) >= _SMALLEST_SET)


def _fullest_first(bundles: list[_Bundle]) -> Iterator[list[_Bundle]]:
    """Ever more bundles: those that save at least half of what the best saves, then a quarter, and so on.

    Once that is most of them, all: a few that stay open among many would seem to matter more.
    """
    threshold = max((bundle.saved for bundle in bundles), default=0)
    size = 0
    while threshold >= 1:
        threshold //= 2
        chosen = [bundle for bundle in bundles if bundle.saved > threshold]
        if 2 * len(chosen) > len(bundles):
            chosen, threshold = bundles, 0
        if len(chosen) > size:
            size = len(chosen)
            yield chosen


def _with_surroundings(groups: Mapping[str, Group], keep: Collection[str]) -> set[str]:
    """The places, and all around them."""
    found: set[str] = set()
    for name in keep:
        current: str | None = name
        while current is not None and current in groups and current not in found:
            found.add(current)
            current = groups[current].parent
    return found
