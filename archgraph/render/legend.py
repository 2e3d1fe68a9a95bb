"""The legend: what is used in this picture, and the words of lines that found no room on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from archgraph.render import text
from archgraph.render.palette import FRAMES, GREY, LINES
from archgraph.render.scene import Box, LegendEntry, Text
from archgraph.views.view import EdgeStyle, GroupKind

_SIZE = 10.5
_SAMPLE = 24.0
_ROW = 22.0
_BETWEEN = 20.0


def legend(
    kinds: Iterable[GroupKind],
    styles: Iterable[EdgeStyle],
    notes: Sequence[str],
    left: float,
    top: float,
    width: float,
) -> tuple[tuple[LegendEntry, ...], float]:
    """Entries in rows from ``left`` and ``top``, and the height that they take.

    Kinds and styles appear in the vocabulary's order, each once; a picture with a single style of
    line needs no explanation of it.
    """
    used_kinds, used_styles = set(kinds), set(styles)
    samples: list[tuple[GroupKind | EdgeStyle | str, str]] = [
        (kind, FRAMES[kind].name) for kind in GroupKind if kind in used_kinds
    ]
    samples += [(style, LINES[style].name) for style in EdgeStyle if style in used_styles]
    samples += [("note", note) for note in notes]
    entries: list[LegendEntry] = []
    x, y = left, top
    for sample, words in samples:
        words = text.shorten(words, _SIZE, width - _SAMPLE - 8)
        length = text.width(words, _SIZE)
        mark = _SAMPLE if sample != "note" else 0.0
        first_note = sample == "note" and (not entries or entries[-1].sample != "note")
        if x > left and (x + mark + 6 + length > left + width or first_note):
            x, y = left, y + _ROW
        baseline = Text(words, round(x + mark + (6 if mark else 0), 2), y + 13.0, length, _SIZE, GREY)
        entries.append(LegendEntry(sample, Box(x, y + 1, mark, 16), baseline))
        x = round(x + mark + 6 + length + _BETWEEN, 2)
    return tuple(entries), (y + _ROW - top if entries else 0.0)
