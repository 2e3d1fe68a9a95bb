"""A scene as one self-contained SVG: no reference leaves the file, no script is in it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from struct import unpack

from archgraph.render import sizes, text
from archgraph.render.glyphs import BADGES, FIGURES, initials
from archgraph.render.icons import icon_bytes
from archgraph.render.palette import FRAMES, INK, LINES, PAPER, LineLook, category_colour
from archgraph.render.scene import Box, Frame, Icon, Label, LegendEntry, Line, Point, Scene, Strip, Text
from archgraph.views.view import EdgeStyle, GroupKind

_FAMILY = "Open Sans, Helvetica, Arial, sans-serif"
_CORNER = 6.0
_ARROW = 8.0


def to_svg(scene: Scene) -> str:
    """The picture as SVG 1.1 text. Elements carry the model's ids as ``data-id``."""
    return "\n".join(_document(scene)) + "\n"


def _document(scene: Scene) -> Iterator[str]:
    width, height = number(scene.width), number(scene.height)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="{_FAMILY}" '
        f'data-id="{attribute(scene.id)}">'
    )
    yield f"<title>{content(scene.title)}</title>"
    yield f"<desc>{content(scene.description)}</desc>"
    yield from _symbols(scene.icons)
    yield f'<rect width="{width}" height="{height}" fill="{PAPER}"/>'
    yield from map(_text, scene.heading)
    yield from map(_frame, scene.frames)
    yield from map(_strip, scene.strips)
    yield from map(_edge, scene.lines)
    yield from map(_icon, scene.icons)
    yield from (_label(line) for line in scene.lines if line.label)
    if scene.legend:
        yield '<g class="legend">'
        yield from map(_legend_entry, scene.legend)
        yield "</g>"
    yield "</svg>"


def number(value: float) -> str:
    """A length with at most two decimals and no needless zeros."""
    short = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if short in ("-0", "") else short


def content(words: str) -> str:
    """Text for an element's content: characters that XML allows, markup escaped."""
    return escape(text.clean(words), quote=False)


def attribute(words: str) -> str:
    """Text for a quoted attribute."""
    return escape(text.clean(words), quote=True)


def _symbols(icons: Iterable[Icon]) -> Iterator[str]:
    """Each icon file once, whatever the number of its uses."""
    paths = sorted({icon.path for icon in icons if icon.path})
    found = [(path, data) for path in paths if (data := icon_bytes(path)) is not None]
    if not found:
        return
    yield "<defs>"
    for path, data in found:
        wide, tall = unpack(">II", data[16:24])
        yield (
            f'<symbol id="{_symbol_id(path)}" viewBox="0 0 {wide} {tall}">'
            f'<image width="{wide}" height="{tall}" xlink:href="data:image/png;base64,{b64encode(data).decode()}"/>'
            "</symbol>"
        )
    yield "</defs>"


def _symbol_id(path: str) -> str:
    return "icon-" + path.replace("/", "-")


def _text(line: Text) -> str:
    weight = ' font-weight="600"' if line.semibold else ""
    return (
        f'<text x="{number(line.x)}" y="{number(line.y)}" font-size="{number(line.size)}"{weight} '
        f'fill="{line.colour}" textLength="{number(line.width)}" lengthAdjust="spacingAndGlyphs">'
        f"{content(line.text)}</text>"
    )


def _rect(box: Box, rest: str) -> str:
    place = f'x="{number(box.x)}" y="{number(box.y)}"'
    return f'<rect {place} width="{number(box.width)}" height="{number(box.height)}" {rest}/>'


def _frame(frame: Frame) -> str:
    look = FRAMES[frame.kind]
    dash = f' stroke-dasharray="{look.dash}"' if look.dash else ""
    parts = [
        f'<g class="frame {frame.kind.value}" data-id="{attribute(frame.id)}">',
        f"<title>{content(frame.title)}</title>",
        _rect(frame.box, f'fill="{look.fill or "none"}" stroke="{look.colour}" stroke-width="1.25"{dash}'),
    ]
    if frame.badge and look.badge:
        corner = Box(frame.box.x, frame.box.y, sizes.HEADER, sizes.HEADER)
        parts.append(_rect(corner, f'fill="{look.colour}"'))
        parts.append(_glyph(BADGES[look.badge], corner, PAPER, 1.5, 3.0))
    parts += map(_text, frame.lines)
    parts.append("</g>")
    return "".join(parts)


def _glyph(path: str, box: Box, colour: str, width: float, inset: float = 0.0) -> str:
    scale = (box.width - 2 * inset) / 24
    return (
        f'<path d="{path}" transform="translate({number(box.x + inset)} {number(box.y + inset)}) '
        f'scale({number(scale)})" fill="none" stroke="{colour}" stroke-width="{number(width)}" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
    )


def _strip(strip: Strip) -> str:
    look = FRAMES[strip.kind] if strip.kind else None
    colour = look.colour if look else category_colour(strip.category)
    dash = f' stroke-dasharray="{look.dash}"' if look and look.dash else ""
    width = "1.5" if look else "1"
    return _rect(strip.box, f'class="strip" rx="8" fill="{PAPER}" stroke="{colour}" stroke-width="{width}"{dash}')


def _icon(icon: Icon) -> str:
    box = icon.box
    name = ", ".join(part for part in (icon.title, icon.subtitle) if part)
    parts = [f'<g class="node" data-id="{attribute(icon.id)}">', f"<title>{content(name)}</title>"]
    if icon.on_border:
        parts.append(_rect(box, f'rx="{number(box.width / 2)}" fill="{PAPER}"'))
        parts += (_rect(line.box.grown(1), f'fill="{PAPER}"') for line in icon.lines)
    if icon.path and icon_bytes(icon.path) is not None:
        parts.append(
            f'<use xlink:href="#{_symbol_id(icon.path)}" x="{number(box.x)}" y="{number(box.y)}" '
            f'width="{number(box.width)}" height="{number(box.height)}"/>'
        )
    else:
        parts.append(_fallback(icon))
    parts += map(_text, icon.lines)
    parts.append("</g>")
    return "".join(parts)


def _fallback(icon: Icon) -> str:
    colour = category_colour(icon.category)
    if icon.category in FIGURES:
        return _glyph(FIGURES[icon.category], icon.box, colour, 1.1)
    letters = initials(icon.title)
    size = min(17.0, 17.0 * 38 / text.width(letters, 17.0, semibold=True))
    wide = text.width(letters, size, semibold=True)
    x, y = icon.box.centre
    return _rect(icon.box, f'rx="4" fill="{colour}"') + _text(
        Text(letters, x - wide / 2, y + size * 0.36, wide, size, PAPER, semibold=True)
    )


def _edge(line: Line) -> str:
    look = LINES[line.style]
    return (
        f'<g class="edge {line.style.value}" data-id="{attribute(line.id)}" '
        f'data-source="{attribute(line.source)}" data-target="{attribute(line.target)}">'
        f"<title>{content(line.text)}</title>{_stroke(line.points, look)}</g>"
    )


def _stroke(points: Sequence[Point], look: LineLook) -> str:
    if len(points) < 2:
        return ""
    shortened = _towards(points[-1], points[-2], _ARROW - 1)
    path = _path([*points[:-1], shortened])
    dash = f' stroke-dasharray="{look.dash}"' if look.dash else ""
    drawn = f'<path d="{path}" fill="none" stroke="{look.colour}" stroke-width="{number(look.width)}"{dash}/>'
    if look.double:
        drawn += f'<path d="{path}" fill="none" stroke="{PAPER}" stroke-width="{number(look.width - 2.4)}"/>'
    return drawn + f'<path d="{_arrow(points[-1], points[-2])}" fill="{look.colour}"/>'


def _path(points: Sequence[Point]) -> str:
    """The polyline with rounded corners."""
    parts = [f"M{_pair(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_CORNER, _length(before, corner) / 2, _length(corner, after) / 2)
        parts.append(
            f"L{_pair(_towards(corner, before, radius))}Q{_pair(corner)} {_pair(_towards(corner, after, radius))}"
        )
    parts.append(f"L{_pair(points[-1])}")
    return "".join(parts)


def _arrow(tip: Point, before: Point) -> str:
    length = _length(tip, before) or 1.0
    dx, dy = (tip[0] - before[0]) / length, (tip[1] - before[1]) / length
    back = (tip[0] - dx * _ARROW, tip[1] - dy * _ARROW)
    half = _ARROW * 0.45
    left, right = (back[0] - dy * half, back[1] + dx * half), (back[0] + dy * half, back[1] - dx * half)
    return f"M{_pair(tip)}L{_pair(left)}L{_pair(right)}Z"


def _towards(start: Point, end: Point, by: float) -> Point:
    length = _length(start, end)
    share = min(by / length, 1.0) if length else 0.0
    return (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)


def _length(a: Point, b: Point) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _pair(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _label(line: Line) -> str:
    label = line.label
    assert label is not None  # noqa: S101 - the caller looked
    parts = [f'<g class="label" data-id="{attribute(line.id)}">']
    parts.append(_ground(label))
    for badge in label.badges:
        parts.append(_rect(badge.box, f'rx="{number(badge.box.height / 2)}" fill="{INK}"'))
        parts.append(_text(badge.text))
    parts += map(_text, label.lines)
    parts.append("</g>")
    return "".join(parts)


def _ground(label: Label) -> str:
    return _rect(label.box, f'rx="3" fill="{PAPER}"')


def _legend_entry(entry: LegendEntry) -> str:
    return _sample(entry) + _text(entry.text)


def _sample(entry: LegendEntry) -> str:
    box = entry.box
    if isinstance(entry.sample, GroupKind):
        look = FRAMES[entry.sample]
        dash = ' stroke-dasharray="4 2.5"' if look.dash else ""
        inner = Box(box.x + 1, box.y + 1, box.width - 2, box.height - 2)
        return _rect(inner, f'fill="{look.fill or "none"}" stroke="{look.colour}" stroke-width="1.25"{dash}')
    if isinstance(entry.sample, EdgeStyle):
        y = box.y + box.height / 2
        return _stroke([(box.x, y), (box.right, y)], LINES[entry.sample])
    return ""
