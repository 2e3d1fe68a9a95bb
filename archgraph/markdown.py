"""Text of a model made safe for Markdown: it shows what was written and never becomes markup."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~#!$])")
_AUTOLINK = re.compile(r"(?i)\b(https?|ftp|mailto|www)([:.])")
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def escaped(value: object) -> str:
    """A text on one line in which nothing is Markdown or HTML; also safe in a table cell."""
    text = _INVISIBLE.sub("\ufffd", " ".join(str(value).split()))
    text = text.replace("&", "&amp;")
    text = _SPECIAL.sub(lambda match: _ENTITIES.get(match[1], "\\" + match[1]), text)
    return _AUTOLINK.sub(lambda match: f"{match[1]}&#{ord(match[2])};", text)


_ENTITIES = {"<": "&lt;", ">": "&gt;", "|": "&#124;"}


def code(value: object) -> str:
    """A text as inline code, whatever backticks it holds; bars are escaped for tables."""
    text = _INVISIBLE.sub("\ufffd", " ".join(str(value).split())).replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if text.startswith("`") or text.endswith("`") or not text else ""
    return f"{fence}{padding}{text}{padding}{fence}"
