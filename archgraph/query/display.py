"""Text as a terminal shows it: without its control characters, and as wide as it will be."""

from __future__ import annotations

import unicodedata

INVISIBLE = "\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff"
"""Ranges of characters beyond ASCII that cannot be seen or that turn the text around them, for ``[...]``."""


def visible(text: str) -> str:
    """The text with control and other invisible characters escaped, safe to show on a terminal."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible_character(character) for character in text)


def width(text: str) -> int:
    """How many columns of a terminal the text takes; East Asian wide characters take two."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def _visible_character(character: str) -> str:
    if character.isprintable() or character in "\u3000":
        return character
    escapes = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
    code = ord(character)
    if character in escapes:
        return escapes[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
