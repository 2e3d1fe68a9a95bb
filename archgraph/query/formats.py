"""Answers as text: a table for people, JSON, CSV and Markdown for files and other programs.

Models are written by others: a text of theirs can neither command a terminal, nor become a formula
in a spreadsheet, nor markup in a page.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from archgraph.query.display import INVISIBLE, visible, width
from archgraph.query.store import NodeValue, PathValue, RelationshipValue, Result, plain

NARROWEST = 6
"""Columns of a table are never cut below this width."""


def to_table(result: Result, columns: int | None = None) -> str:
    """A table with aligned columns, cut to ``columns`` of a terminal (``None``: as wide as it is)."""
    header = [visible(name) for name in result.columns]
    cells = [[visible(_text(value)) for value in row] for row in result.rows]
    widths = [max(width(row[i]) for row in [header, *cells]) for i in range(len(header))]
    if columns is not None:
        widths = _fitting(widths, columns - 2 * (len(widths) - 1))
    numeric = [
        bool(result.rows) and all(_is_number(row[i]) or row[i] is None for row in result.rows)
        for i in range(len(header))
    ]
    lines = [_table_line(header, widths, numeric), "  ".join("-" * size for size in widths)]
    lines += [_table_line(row, widths, numeric) for row in cells]
    return "\n".join([*lines, _count(result)]) + "\n"


def to_json(result: Result) -> str:
    """``{"columns": [...], "rows": [{column: value}], "truncated": false}``; nodes and paths as maps."""
    rows = [{name: plain(value) for name, value in zip(result.columns, row, strict=True)} for row in result.rows]
    answer = {"columns": list(result.columns), "rows": rows, "truncated": result.truncated}
    text = json.dumps(answer, ensure_ascii=False, indent=2, allow_nan=False)
    return _INVISIBLE.sub(lambda match: json.dumps(match[0])[1:-1], text) + "\n"


def to_csv(result: Result) -> str:
    """RFC 4180 with line feeds; a text that a spreadsheet would run as a formula gets a leading ``'``."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_csv_cell(name) for name in result.columns])
    writer.writerows([_csv_cell(value) for value in row] for row in result.rows)
    return out.getvalue()


def to_markdown(result: Result) -> str:
    """A table of GitHub Flavored Markdown, every sign of markup escaped."""
    rows = [result.columns, ["---"] * len(result.columns), *result.rows]
    lines = [
        "| " + " | ".join(cell if number == 1 else _markdown_cell(cell) for cell in row) + " |"
        for number, row in enumerate(rows)
    ]
    if result.truncated:
        lines += ["", _count(result)]
    return "\n".join(lines) + "\n"


FORMATS: Mapping[str, Callable[[Result], str]] = {
    "table": to_table,
    "json": to_json,
    "csv": to_csv,
    "markdown": to_markdown,
}
"""The formats by the name that the command line gives them."""

_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_MARKUP = re.compile(r"([\\`*_{}\[\]#|~$!])")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _text(value: Any) -> str:
    """A value for people: nodes by id, relationships and paths as Cypher draws them."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, NodeValue):
        return value.id
    if isinstance(value, RelationshipValue):
        return f"{value.source} -[{value.type}]-> {value.target}"
    if isinstance(value, PathValue):
        return _path_text(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_text, value)) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_text(item)}" for key, item in value.items()) + "}"
    return str(value)


def _path_text(path: PathValue) -> str:
    parts = [path.nodes[0].id]
    for node, edge in zip(path.nodes, path.relationships, strict=False):
        forward = edge.source == node.id
        parts.append(f"-[{edge.type}]->" if forward else f"<-[{edge.type}]-")
        parts.append(edge.target if forward else edge.source)
    return " ".join(parts)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _fitting(widths: list[int], available: int) -> list[int]:
    """The widest columns cut to one size, so that all fit."""
    size = max(widths)
    while size > NARROWEST and sum(min(w, size) for w in widths) > available:
        size -= 1
    return [min(w, size) for w in widths]


def _table_line(cells: list[str], widths: list[int], numeric: list[bool]) -> str:
    parts = []
    for cell, size, right in zip(cells, widths, numeric, strict=True):
        shown = _cut(cell, size)
        space = " " * (size - width(shown))
        parts.append(space + shown if right else shown + space)
    return "  ".join(parts).rstrip()


def _cut(text: str, size: int) -> str:
    if width(text) <= size:
        return text
    kept = ""
    used = 0
    for character in text:
        used += width(character)
        if used > size - 1:
            break
        kept += character
    return kept + "…"


def _count(result: Result) -> str:
    number = len(result.rows)
    if result.truncated:
        return f"(the first {number} rows; there are more)"
    return f"({number} row{'' if number == 1 else 's'})"


def _csv_cell(value: Any) -> Any:
    if value is None or _is_number(value):
        return value
    if not isinstance(value, (str, bool)):
        value = value.id if isinstance(value, NodeValue) else json.dumps(plain(value), ensure_ascii=False)
    text = _text(value)
    shown = "\n".join(visible(line) for line in text.split("\n"))
    return f"'{shown}" if text.startswith(_FORMULA) else shown


def _markdown_cell(value: Any) -> str:
    text = visible(_text(value)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKUP.sub(r"\\\1", text)
