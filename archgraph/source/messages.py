"""Diagnostics as people read them: file:line:column, the line, a caret, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from archgraph.source.diagnostics import Diagnostic, Level
from archgraph.source.document import Source

_WIDTH = 120
_COLOURS = {Level.ERROR: "31", Level.WARNING: "33"}
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def render(diagnostics: Iterable[Diagnostic], sources: Mapping[str, Source], *, colour: bool = False) -> str:
    """All diagnostics, one block each, in the order given."""
    return "\n".join(_block(diagnostic, sources, colour) for diagnostic in diagnostics)


def printable(text: str) -> str:
    """A text of a model made safe for a terminal: control and direction characters become visible."""
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text.replace("\n", " ").replace("\t", " "))


def _block(diagnostic: Diagnostic, sources: Mapping[str, Source], colour: bool) -> str:
    at = diagnostic.location
    head = f"{at.file}:{at.line}:{at.column}: {diagnostic.level} {diagnostic.code}: {printable(diagnostic.message)}"
    if colour:
        head = f"\x1b[1;{_COLOURS[diagnostic.level]}m{head}\x1b[0m"
    lines = [head]
    source = sources.get(at.file)
    written = source.line(at.line) if source else ""
    if written:
        lines += _snippet(written, at.line, at.column)
    if diagnostic.hint:
        lines.append(f"  = {printable(diagnostic.hint)}")
    return "\n".join(lines)


def _snippet(written: str, line: int, column: int) -> list[str]:
    """The line, cut to the part around the column if it is long, and a caret below the column."""
    start = max(0, column - 1 - _WIDTH // 2) if len(written) > _WIDTH else 0
    shown = written[start : start + _WIDTH]
    before = printable(shown[: column - 1 - start])
    margin = f"{line:>5} | "
    return [margin + printable(shown), " " * (len(margin) - 2) + "| " + " " * _columns(before) + "^"]


def _columns(text: str) -> int:
    """How many terminal columns a text takes; East Asian wide characters take two, marks none."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
