"""Zones as columns and subnets as rows: which subnet stands where."""

from __future__ import annotations

from dataclasses import dataclass, field

from archgraph.render.containers import Place
from archgraph.views.view import Group, GroupKind, Node, Role

SUBNETS = (GroupKind.PUBLIC_SUBNET, GroupKind.PRIVATE_SUBNET)
IN_GRID = (GroupKind.ZONE, *SUBNETS)
"""Kinds of frames that the grid of a network draws."""

RowKey = tuple[int, int]
"""A row from the internet inwards, and the number among a zone's subnets that share it."""


@dataclass(slots=True)
class Column:
    """A zone, or a column of subnets whose zone the view does not name."""

    zone: Group | None
    cells: dict[RowKey, Place] = field(default_factory=dict)
    rest: Place | None = None
    """What stands in the zone but in none of its subnets."""


def is_grid(place: Place) -> bool:
    """Whether a frame holds zones or subnets."""
    return any(_in_grid(child) for child in place.places)


def grid_members(place: Place) -> set[str]:
    """Ids of the children that the grid draws: zones, subnets, and the nodes that span them."""
    columns = columns_of(place)
    subnets = {cell.group.id for column in columns for cell in column.cells.values() if cell.group}
    members = {child.group.id for child in place.places if child.group and _in_grid(child)}
    return members | {node.id for node in place.nodes if _spans(node, subnets)}


def columns_of(place: Place) -> list[Column]:
    """The columns of a frame: its zones, then subnets that stand in no zone, dealt out by rows."""
    columns: list[Column] = []
    loose: list[Column] = []
    for child in place.places:
        if child.group is None or not _in_grid(child):
            continue
        if child.group.kind is GroupKind.ZONE:
            column = Column(child.group)
            others = [inner for inner in child.places if not (inner.group and inner.group.kind in SUBNETS)]
            for inner in child.places:
                if inner.group and inner.group.kind in SUBNETS:
                    column.cells[_free_row(column, inner.group.row)] = inner
            if others or child.nodes:
                column.rest = Place(None, others, child.nodes, child.lifted, child.leaving, child.entered)
            columns.append(column)
        else:
            row = child.group.row if child.group.row is not None else len(loose)
            target = next((column for column in loose if (row, 0) not in column.cells), None)
            if target is None:
                target = Column(None)
                loose.append(target)
            target.cells[(row, 0)] = child
    return columns + loose


def _free_row(column: Column, row: int | None) -> RowKey:
    first = row if row is not None else max((key[0] for key in column.cells), default=-1) + 1
    number = 0
    while (first, number) in column.cells:
        number += 1
    return (first, number)


def _in_grid(place: Place) -> bool:
    return place.group is not None and place.group.kind in IN_GRID


def _spans(node: Node, subnets: set[str]) -> bool:
    return node.role is Role.SPANNING and not subnets.isdisjoint(node.spans)
