"""A line from something to itself."""

from __future__ import annotations

from archgraph.render.scene import Box, Point


def loop(box: Box) -> list[Point]:
    """Out at the upper right corner and back in, as a small square."""
    out = 6.5
    x, y = box.right - 12, box.y + 12
    return [
        (x, box.y),
        (x, box.y - out),
        (box.right + out, box.y - out),
        (box.right + out, y),
        (box.right, y),
    ]
