"""Where a line may leave or enter: the sides of an icon or of a frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from archgraph.render import sizes
from archgraph.render.scene import Box, Frame, Icon


class Side(IntEnum):
    """A side of a box; also the direction of a line that leaves through it."""

    RIGHT = 0
    DOWN = 1
    LEFT = 2
    UP = 3

    @property
    def horizontal(self) -> bool:
        """Whether a line through this side runs left or right."""
        return self in (Side.RIGHT, Side.LEFT)

    @property
    def opposite(self) -> Side:
        """The side across."""
        return Side((self + 2) % 4)


@dataclass(frozen=True, slots=True)
class Port:
    """One side: lines end at ``at`` (x of an upright side, y of a level one), between ``low`` and ``high``."""

    side: Side
    at: float
    low: float
    high: float
    middle: float
    cost: float = 0.0
    heading: Side = Side.RIGHT
    """The direction of a line that leaves here: outwards, or inwards for what is inside a frame."""


def icon_ports(icon: Icon) -> tuple[Port, ...]:
    """The sides of an icon. A line leaves below or beside the label where that is in the way.

    Traffic runs left to right, so lines end at the left and right where they can; in a strip over
    several zones it runs from one row to the next, so there they end above and below.
    """
    box = icon.box
    x, y = box.centre
    reach = 10.0
    right, bottom = box.right, box.bottom
    label = icon.label
    beside = label is not None and label.x >= box.right
    if label is not None:
        right, bottom = (max(right, label.right + 6), bottom) if beside else (right, label.bottom + 1)
    return (
        _port(Side.RIGHT, right, box.y + reach, box.bottom - reach, y, right - box.right + (70 if beside else 0)),
        _port(
            Side.DOWN,
            bottom,
            box.x + reach,
            box.right - reach,
            x,
            bottom - box.bottom + (0 if beside else 50),
        ),
        _port(Side.LEFT, box.x, box.y + reach, box.bottom - reach, y, 70 if beside else 0),
        _port(Side.UP, box.y, box.x + reach, box.right - reach, x, 0 if beside else 50),
    )


def frame_ports(frame: Frame, gateways: Sequence[Icon], inwards: bool) -> tuple[Port, ...]:
    """The sides of a frame, without what its header and the ``gateways`` on its border take."""
    box = frame.box
    x, y = box.centre
    header = frame.header
    left = box.x + 12 if header is None else min(header.right + 10, box.right - 14)
    top = box.y + sizes.HEADER + 10
    sides = (
        (Side.RIGHT, box.right, box.y + 12, box.bottom - 12, y),
        (Side.DOWN, box.bottom, box.x + 12, box.right - 12, x),
        (Side.LEFT, box.x, min(top, box.bottom - 14), box.bottom - 12, y),
        (Side.UP, box.y, left, box.right - 12, x),
    )
    ports = []
    for side, at, low, high, middle in sides:
        if side.horizontal:
            on_side = [icon for icon in gateways if abs(icon.box.centre[0] - at) < 1]
            low, high = _widest(low, high, on_side)
        if high >= low:
            ports.append(_port(side, at, low, high, min(max(middle, low), high), 0.0, inwards))
    return tuple(ports)


def _widest(low: float, high: float, icons: Sequence[Icon]) -> tuple[float, float]:
    """The longest part of a side that no icon or label covers."""
    best = (low, low - 1)
    for icon in sorted(icons, key=lambda one: one.box.y):
        best = max(best, (low, icon.box.y - 10), key=lambda part: part[1] - part[0])
        low = (icon.label.bottom if icon.label else icon.box.bottom) + 10
    return max(best, (low, high), key=lambda part: part[1] - part[0])


def _port(
    side: Side, at: float, low: float, high: float, middle: float, cost: float = 0.0, inwards: bool = False
) -> Port:
    return Port(side, at, low, high, middle, cost, side.opposite if inwards else side)


def obstacles(icons: tuple[Icon, ...], frames: tuple[Frame, ...]) -> list[Box]:
    """What no line may run through: icons, labels, headers of frames."""
    found = [icon.box for icon in icons]
    found += [label for icon in icons if (label := icon.label) is not None]
    found += [frame.header for frame in frames if frame.header is not None]
    return found
