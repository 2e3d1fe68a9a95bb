"""Texts: cleaned for XML, measured with the bundled font, broken into lines.

Measuring sums advance widths, without kerning; drawing pins each line to the width measured here,
so that a picture keeps its shape with any font a viewer may have.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib.resources import files

_FULL_WIDTH = 1000
"""Width of a character that the font lacks, in thousandths of an em."""
_ELLIPSIS = "…"
_LONGEST = 400
"""Characters of a text that are looked at; no label shows more."""
_BREAK_AFTER = re.compile(r"(?<=[-/._:@,;|])|(?<=[a-z0-9])(?=[A-Z])")


def clean(text: str) -> str:
    """The text as one line of characters that XML 1.0 allows, spaces collapsed.

    Control characters and spaces become one space; lone surrogates and noncharacters become U+FFFD;
    marks that switch the reading direction go, since they would reorder what follows them.
    """
    return " ".join("".join(map(_legal, text[:_LONGEST])).split())


def width(text: str, size: float, semibold: bool = False) -> float:
    """Width of a line at a font size, in pixels, rounded to hundredths."""
    advances = _advances()[semibold]
    total = sum(advances.get(ord(character), _other(character)) for character in text)
    return round(total * size / 1000, 2)


def wrap(text: str, size: float, limit: float, lines: int, semibold: bool = False) -> tuple[str, ...]:
    """Break a cleaned text into at most ``lines`` lines not wider than ``limit`` pixels.

    Breaks at spaces, then after hyphens, slashes and dots or before capitals inside a word, then
    anywhere. What does not fit ends in an ellipsis. The lines of a text that needs two are made
    about equally long.
    """
    if not text:
        return ()
    whole = width(text, size, semibold)
    if whole <= limit:
        return (text,)
    if lines > 1:
        balanced = _fill(text, size, max(limit * 0.55, whole / 2 * 1.12), lines, semibold)
        if balanced is not None and whole <= limit * 1.9 and all(width(x, size, semibold) <= limit for x in balanced):
            return balanced
    filled = _fill(text, size, limit, lines, semibold)
    return filled if filled is not None else _cut(text, size, limit, lines, semibold)


def shorten(text: str, size: float, limit: float, semibold: bool = False) -> str:
    """The text, or as much of it as fits with an ellipsis."""
    if width(text, size, semibold) <= limit:
        return text
    room = limit - width(_ELLIPSIS, size, semibold)
    kept = ""
    for character in text:
        room -= width(character, size, semibold)
        if room < 0:
            break
        kept += character
    return kept.rstrip(" -/._,;:") + _ELLIPSIS


def _legal(character: str) -> str:
    code = ord(character)
    if code < 0x20 or 0x7F <= code < 0xA0 or code in (0x2028, 0x2029):
        return " "
    if 0xD800 <= code < 0xE000 or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code < 0xFDF0:
        return "\ufffd"
    if code in (0x200E, 0x200F, 0x061C, 0xFEFF) or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069:
        return ""
    return character


def _other(character: str) -> int:
    return 0 if unicodedata.combining(character) or unicodedata.category(character) == "Cf" else _FULL_WIDTH


def _fill(text: str, size: float, limit: float, lines: int, semibold: bool) -> tuple[str, ...] | None:
    """Greedy lines at spaces and soft breaks; ``None`` if they do not suffice."""
    done: list[str] = []
    current = ""
    for piece in _pieces(text):
        if width((current + piece).rstrip(), size, semibold) <= limit:
            current += piece
            continue
        if current.strip():
            done.append(current.strip())
        current = piece.lstrip()
        if len(done) >= lines or width(current.rstrip(), size, semibold) > limit:
            return None
    done.append(current.strip())
    return tuple(done) if len(done) <= lines else None


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for word in text.split(" "):
        parts = [part for part in _BREAK_AFTER.split(word) if part] or [""]
        parts[0] = (" " if pieces else "") + parts[0]
        pieces += parts
    return pieces


def _cut(text: str, size: float, limit: float, lines: int, semibold: bool) -> tuple[str, ...]:
    """Lines cut wherever they are full, the last with an ellipsis if text is left."""
    done: list[str] = []
    rest = text
    while rest and len(done) < lines - 1:
        count = 0
        room = limit
        while count < len(rest) and (room := room - width(rest[count], size, semibold)) >= 0:
            count += 1
        at = rest.rfind(" ", count // 2, count + 1)
        count = at if at > 0 else max(count, 1)
        done.append(rest[:count].strip())
        rest = rest[count:].strip()
    if rest:
        done.append(shorten(rest, size, limit, semibold))
    return tuple(line for line in done if line)


@cache
def _advances() -> tuple[dict[int, int], dict[int, int]]:
    table = json.loads((files("archgraph.render.fonts") / "widths.json").read_text(encoding="utf-8"))
    regular, semibold = (
        {run[0] + offset: advance for run in table[face] for offset, advance in enumerate(run[1:])}
        for face in ("regular", "semibold")
    )
    return regular, semibold
