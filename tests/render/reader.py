"""An independent reader of pictures: measures a scene, and reads an SVG back, without the renderer's code."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

from archgraph.render.scene import Box, Frame, Scene
from archgraph.views.view import View

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}"
_SLACK = 0.6


def overlapping(scene: Scene) -> list[tuple[str, str]]:
    """Pairs of icons, labels and titles that share room."""
    rooms: list[tuple[str, Box]] = []
    for icon in scene.icons:
        rooms.append((f"icon {icon.id}", icon.box))
        rooms += [(f"text {icon.id}", line.box) for line in icon.lines[:1]]
    rooms += [(f"title {frame.id}", frame.header) for frame in scene.frames if frame.header]
    rooms.sort(key=lambda room: room[1].x)
    found = []
    for index, (name, box) in enumerate(rooms):
        for other_name, other in rooms[index + 1 :]:
            if other.x >= box.right - _SLACK:
                break
            if name.split(" ", 1)[1] != other_name.split(" ", 1)[1] and shared(box, other):
                found.append((name, other_name))
    return found


def labels_overlapping(scene: Scene) -> list[tuple[str, str]]:
    """Labels of lines that cover an icon, a text, a title, another label, or another line."""
    found = []
    labelled = [line for line in scene.lines if line.label]
    for line in labelled:
        assert line.label is not None
        box = line.label.box
        for icon in scene.icons:
            if any(shared(box, other) for other in (icon.box, *(text.box for text in icon.lines))):
                found.append((line.id, icon.id))
        found += [(line.id, frame.id) for frame in scene.frames if frame.header and shared(box, frame.header)]
        for other_line in scene.lines:
            if other_line is line:
                continue
            if other_line.label and shared(box, other_line.label.box):
                found.append((line.id, f"label {other_line.id}"))
            if any(crosses(a, b, box) for a, b in pairwise(other_line.points)):
                found.append((line.id, f"line {other_line.id}"))
    return found


def lines_through(scene: Scene) -> list[tuple[str, str]]:
    """Lines that run through an icon, its label or a frame's title."""
    found = []
    for line in scene.lines:
        for a, b in pairwise(line.points):
            for icon in scene.icons:
                if crosses(a, b, icon.box) or any(crosses(a, b, text.box) for text in icon.lines):
                    found.append((line.id, icon.id))
            found += [(line.id, frame.id) for frame in scene.frames if frame.header and crosses(a, b, frame.header)]
    return found


def slanted(scene: Scene) -> list[str]:
    """Lines with a piece that is neither level nor upright."""
    return [
        line.id
        for line in scene.lines
        if any(abs(ax - bx) > 0.01 and abs(ay - by) > 0.01 for (ax, ay), (bx, by) in pairwise(line.points))
    ]


def loose_ends(scene: Scene) -> list[str]:
    """Lines that do not touch what they join, or end in the middle of nowhere."""
    boxes: dict[str, Box] = {frame.id: frame.box for frame in scene.frames}
    for icon in scene.icons:
        parts = [icon.box, *(text.box for text in icon.lines)]
        left, top = min(part.x for part in parts), min(part.y for part in parts)
        right, bottom = max(part.right for part in parts), max(part.bottom for part in parts)
        boxes[icon.id] = Box(left, top, right - left, bottom - top)
    found = []
    for line in scene.lines:
        for name, (x, y) in ((line.source, line.points[0]), (line.target, line.points[-1])):
            box = boxes[name].grown(2)
            if not (box.x <= x <= box.right and box.y <= y <= box.bottom):
                found.append(line.id)
    return found


def outside_parent(scene: Scene, view: View) -> list[str]:
    """Frames and icons that are not within the frame they belong to; gateways sit on its border."""
    frames: dict[str, Frame] = {frame.id: frame for frame in scene.frames}
    parents = {group.id: group.parent for group in view.groups}
    found = []
    for frame in scene.frames:
        above = frames.get(parents.get(frame.id) or "")
        if above is not None and not above.box.grown(0.1).contains(frame.box):
            found.append(frame.id)
    for icon in scene.icons:
        above = frames.get(icon.parent or "")
        if above is None:
            continue
        if icon.on_border:
            x, y = icon.box.centre
            on_side = min(abs(x - above.box.x), abs(x - above.box.right)) < 0.1
            if not (on_side and above.box.y <= y <= above.box.bottom):
                found.append(icon.id)
        elif not all(above.box.grown(0.1).contains(box) for box in (icon.box, *(text.box for text in icon.lines))):
            found.append(icon.id)
    return found


def off_page(scene: Scene) -> list[str]:
    """Whatever leaves the page."""
    page = Box(0, 0, scene.width, scene.height)
    found = [frame.id for frame in scene.frames if not page.contains(frame.box)]
    found += [icon.id for icon in scene.icons if not page.contains(icon.box)]
    for line in scene.lines:
        if not all(0 <= x <= page.right and 0 <= y <= page.bottom for x, y in line.points):
            found.append(line.id)
    found += [entry.text.text for entry in scene.legend if not page.contains(entry.text.box)]
    return found + [text.text for text in scene.heading if not page.contains(text.box)]


def crossings(scene: Scene) -> int:
    """How often lines cross each other."""
    level, upright = [], []
    for number, line in enumerate(scene.lines):
        for (ax, ay), (bx, by) in pairwise(line.points):
            if ay == by:
                level.append((ay, min(ax, bx), max(ax, bx), number))
            else:
                upright.append((ax, min(ay, by), max(ay, by), number))
    return sum(
        1
        for y, left, right, one in level
        for x, top, bottom, other in upright
        if one != other and left < x < right and top < y < bottom
    )


def shared(box: Box, other: Box) -> bool:
    """Whether two rectangles share more than a hairline."""
    return (
        min(box.right, other.right) - max(box.x, other.x) > _SLACK
        and min(box.bottom, other.bottom) - max(box.y, other.y) > _SLACK
    )


def crosses(a: tuple[float, float], b: tuple[float, float], box: Box) -> bool:
    """Whether a level or upright piece runs through the inside of a rectangle."""
    left, right = sorted((a[0], b[0]))
    top, bottom = sorted((a[1], b[1]))
    return (
        left < box.right - _SLACK and right > box.x + _SLACK and top < box.bottom - _SLACK and bottom > box.y + _SLACK
    )


def read_svg(text: str) -> ElementTree.Element:
    """Parse an SVG strictly, and check that it stands alone."""
    root = ElementTree.fromstring(text)  # noqa: S314 - our own output
    for element in root.iter():
        assert element.tag.split("}")[1] not in ("script", "foreignObject", "style"), element.tag
        assert not any(name.split("}")[-1].startswith("on") for name in element.attrib), element.attrib
        href = element.get(f"{XLINK}href", "#")
        assert href.startswith(("#", "data:image/png;base64,")), href[:40]
        for name, value in element.attrib.items():
            if name in ("x", "y", "width", "height", "font-size", "textLength"):
                assert re.fullmatch(r"-?\d+(\.\d{1,2})?", value), (name, value)
    return root
