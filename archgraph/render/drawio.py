"""A scene as a draw.io file, for people who go on drawing: frames nest, lines hang on, icons are draw.io's own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from archgraph.render import drawio_styles as styles
from archgraph.render import text
from archgraph.render.containers import Place, build
from archgraph.render.drawio_cells import LAYER, Cells, Words, to_file
from archgraph.render.glyphs import initials
from archgraph.render.palette import PAPER
from archgraph.render.scene import Box, Frame, Icon, LegendEntry, Line, Scene, Strip, Text, around
from archgraph.render.stencils import stencil
from archgraph.render.svg import number
from archgraph.views.view import EdgeStyle, Group, GroupKind, Node, View

_Thing = Frame | Strip | Icon | Line


def to_drawio(scene: Scene, view: View) -> str:
    """The picture of a view as an uncompressed draw.io file. Its cells have the ids of the view.

    Everything stands in the cell of its frame: who moves a frame moves what is inside. Where a label is cut
    short, or found no room, its whole text is the cell's tooltip.
    """
    page = _Page(scene, view)
    page.heading()
    page.fill(LAYER)
    page.legend()
    size = {"pageWidth": number(scene.width), "pageHeight": number(scene.height)}
    fixed = {"grid": "0", "page": "1", "pageScale": "1", "math": "0", "background": PAPER}
    return to_file(page.cells, scene.id, scene.title, {**fixed, **size})


class _Page:
    """The cells of a scene: ``ids`` of its frames and icons, ``above`` each cell the one that it stands in."""

    def __init__(self, scene: Scene, view: View) -> None:
        self.scene = scene
        self.cells = Cells()
        titled: list[Group | Node] = [*view.groups, *view.nodes]
        self.whole = {thing.id: _words(thing.title, thing.subtitle) for thing in titled}
        placed: list[Frame | Icon] = [*scene.frames, *scene.icons]
        self.ids = {thing.id: self.cells.claim(thing.id) for thing in placed}
        frames = _frames_around(build(view).root, self.ids)
        self.above = {self.ids[name]: self.ids.get(frame or "", LAYER) for name, frame in frames}
        things: list[tuple[str, _Thing]] = [(self.ids[frame.id], frame) for frame in scene.frames]
        things += [(self._strip_cell(strip), strip) for strip in scene.strips]
        things += [(self.ids[icon.id], icon) for icon in scene.icons]
        things += [(self._line_cell(line), line) for line in scene.lines]
        self.inside: dict[str, list[tuple[str, _Thing]]] = defaultdict(list)
        for cell, thing in things:
            self.inside[self.above[cell]].append((cell, thing))

    def _strip_cell(self, strip: Strip) -> str:
        """The cell of a strip, into which the icons go that stand on it."""
        cell = self.cells.claim(f"{strip.node}/strip")
        self.above[cell] = self.above[self.ids[strip.node]]
        for icon in self.scene.icons:
            if strip.box.contains(icon.box) and self.above[self.ids[icon.id]] == self.above[cell]:
                self.above[self.ids[icon.id]] = cell
        return cell

    def _line_cell(self, line: Line) -> str:
        """The cell of a line, in the innermost one that holds both ends: draw.io keeps lines there too."""
        cell = self.cells.claim(line.id)
        source, target = self.ids[line.source], self.ids[line.target]
        around_target = [*([target] if source != target else []), *self._chain(target)]
        self.above[cell] = next(place for place in (source, *self._chain(source)) if place in around_target)
        return cell

    def _chain(self, cell: str) -> Iterator[str]:
        while cell != LAYER:
            cell = self.above[cell]
            yield cell

    def heading(self) -> None:
        """The page's title."""
        lines = self.scene.heading
        if lines:
            style = styles.WORDS + styles.font(lines)
            self.cells.shape(self.cells.claim("title"), LAYER, style, _room(lines), Words(_html(lines)))

    def fill(self, parent: str) -> None:
        """Everything that stands in a cell, and in the cells there."""
        for cell, thing in self.inside[parent]:
            match thing:
                case Frame():
                    self.cells.shape(cell, parent, styles.frame_style(thing), thing.box, self._label(thing))
                    self.fill(cell)
                case Strip():
                    self.cells.shape(cell, parent, styles.strip_style(thing), thing.box)
                    self.fill(cell)
                case Icon():
                    self._icon(cell, parent, thing)
                case Line():
                    self._line(cell, parent, thing)

    def _icon(self, cell: str, parent: str, icon: Icon) -> None:
        words, box = self._label(icon), icon.box
        label = styles.label_style(box, icon.lines)
        drawing = stencil(icon.path, icon.category)
        if drawing is None:
            self.cells.shape(cell, parent, styles.box_style(icon.category) + label, box, words)
            self._initials(cell, icon)
        elif icon.on_border and not drawing.service:
            self.cells.shape(cell, parent, styles.GROUND + label, box, words)
            style = styles.PART + styles.stencil_style(drawing)
            self.cells.shape(self.cells.claim(f"{icon.id}/icon"), cell, style, box)
        else:
            self.cells.shape(cell, parent, styles.stencil_style(drawing) + label, box, words)

    def _initials(self, cell: str, icon: Icon) -> None:
        letters = initials(icon.title)
        size = min(17.0, 17.0 * 38 / text.width(letters, 17.0, semibold=True))
        style = f"{styles.WORDS}{styles.PART}align=center;fontSize={number(size)};fontStyle=1;fontColor={PAPER};"
        self.cells.shape(self.cells.claim(f"{icon.id}/initials"), cell, style, icon.box, Words(escape(letters)))

    def _label(self, thing: Frame | Icon) -> Words:
        cut = any("…" in line.text for line in thing.lines)
        return Words(_html(thing.lines), escape(self.whole[thing.id]) if cut else "")

    def _line(self, cell: str, parent: str, line: Line) -> None:
        label = line.label
        lines = label.lines if label else ()
        shown = "".join(words.text for words in lines)
        tooltip = "" if shown.replace(" ", "") == line.text.replace(" ", "") else escape(line.text)
        padded = f'<div style="padding: 0 4px">{_html(lines)}</div>' if lines else ""
        words = Words(padded, tooltip, _room(lines).centre if lines else None)
        style = styles.line_style(line.style) + styles.font(lines)
        self.cells.line(cell, parent, style, (self.ids[line.source], self.ids[line.target]), line.points, words)
        for badge in label.badges if label else ():
            step = self.cells.claim(f"{line.id}/step {badge.text.text}")
            style = styles.BADGE + styles.font([badge.text])
            self.cells.mark(step, cell, style, line.points, badge.box, Words(escape(badge.text.text)))

    def legend(self) -> None:
        """The legend, as one thing to move or delete."""
        entries = self.scene.legend
        box = around(box for entry in entries for box in (entry.box, entry.text.box))
        if box is None:
            return
        cell = self.cells.claim("legend")
        self.cells.shape(cell, LAYER, "group;", box)
        for count, entry in enumerate(entries, 1):
            self._sample(self.cells.claim(f"legend/sample {count}"), cell, entry)
            style = styles.WORDS + styles.font([entry.text])
            words = Words(_html([entry.text]))
            self.cells.shape(self.cells.claim(f"legend/text {count}"), cell, style, entry.text.box, words)

    def _sample(self, cell: str, parent: str, entry: LegendEntry) -> None:
        box = entry.box
        if isinstance(entry.sample, GroupKind):
            self.cells.shape(cell, parent, styles.frame_sample(entry.sample), box)
        elif isinstance(entry.sample, EdgeStyle):
            y = box.centre[1]
            self.cells.loose_line(cell, parent, styles.line_style(entry.sample), (box.x, y), (box.right, y))


def _frames_around(
    place: Place, shown: Mapping[str, str], frame: str | None = None
) -> Iterator[tuple[str, str | None]]:
    """Everything that is shown, each with the frame that it stands in."""
    yield from ((node.id, frame) for node in place.nodes if node.id in shown)
    for inner in place.places:
        name = inner.group.id if inner.group else ""
        if name in shown:
            yield name, frame
        yield from _frames_around(inner, shown, name if name in shown else frame)


def _words(title: str, subtitle: str) -> str:
    return ", ".join(part for part in (text.clean(title), text.clean(subtitle)) if part)


def _room(lines: Sequence[Text]) -> Box:
    return around(line.box for line in lines) or Box(0, 0, 0, 0)


def _html(lines: Sequence[Text]) -> str:
    """The lines of a label. What names hold is escaped here for HTML, and again for XML when it is written."""
    found = []
    for line in lines:
        words = escape(line.text)
        words = f"<b>{words}</b>" if line.semibold else words
        if (line.size, line.colour) != (lines[0].size, lines[0].colour):
            words = f'<font style="font-size: {number(line.size)}px" color="{line.colour}">{words}</font>'
        found.append(words)
    return "<br>".join(found)
