"""``docs/errors.md``: every error code, generated from the table that the program itself uses."""

from __future__ import annotations

from collections.abc import Mapping

from archgraph.source.codes import CODES, Code

_SECTIONS = {
    "1": "Text and YAML",
    "2": "Structure",
    "3": "Reuse",
    "4": "Elements and properties",
    "5": "Flows and scenarios",
    "6": "AWS limits and contradictions",
    "7": "Reviews",
    "8": "Own rules",
}


def errors_page(codes: Mapping[str, Code] = CODES) -> str:
    """The page as Markdown."""
    lines = [
        "# Error codes",
        "",
        "Every problem names file, line and column, shows the line with a caret, and says what would be right.",
        "Errors make a model invalid; warnings do not. `archgraph explain AG407` prints one entry.",
    ]
    section = ""
    for name, code in sorted(codes.items()):
        if name[2] != section:
            section = name[2]
            lines += [
                "",
                f"## {_SECTIONS[section]}",
                "",
                "| Code | Problem | What it means |",
                "|---|---|---|",
            ]
        title = f"{code.title} (warning)" if code.warning else code.title
        lines.append(f"| `{name}` | {title} | {code.explanation} |")
    return "\n".join(lines) + "\n"
