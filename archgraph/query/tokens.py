"""The words of a query: names, texts, numbers, parameters and signs, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from archgraph.query.display import INVISIBLE, visible
from archgraph.query.errors import Position, QueryRefused

MAXIMUM_LENGTH = 100_000


class Kind(Enum):
    WORD = auto()
    QUOTED = auto()
    """A name in backticks; ``value`` is the name without them."""
    TEXT = auto()
    INTEGER = auto()
    FLOAT = auto()
    PARAMETER = auto()
    """``$name``; ``value`` is the name."""
    SIGN = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    value: str
    start: int
    end: int


class Source:
    """The text of a query, by which refusals find their line and column."""

    def __init__(self, text: str) -> None:
        self.text = text

    def position(self, offset: int) -> Position:
        before = self.text[:offset]
        first = before.rfind("\n") + 1
        last = self.text.find("\n", offset)
        line = self.text[first : last if last >= 0 else len(self.text)].rstrip("\r")
        return Position(before.count("\n") + 1, offset - first + 1, line)

    def refusal(self, code: str, message: str, offset: int, hint: str | None = None) -> QueryRefused:
        return QueryRefused(code, message, self.position(offset), hint)


def tokenise(source: Source) -> list[Token]:
    """The tokens of a query without its comments, and an ``END``. Raises :class:`QueryRefused`."""
    text = source.text
    if len(text) > MAXIMUM_LENGTH:
        message = f"the query has {len(text):,} characters; at most {MAXIMUM_LENGTH:,} are read"
        raise source.refusal("too-long", message, 0)
    tokens: list[Token] = []
    offset = 0
    while offset < len(text):
        match = _TOKEN.match(text, offset)
        if match is None:
            raise _no_token(source, offset)
        offset = match.end()
        if match.lastgroup not in (None, "SPACE"):
            tokens.append(_token(source, match))
    tokens.append(Token(Kind.END, "", len(text), len(text)))
    return tokens


_TOKEN = re.compile(
    r"""(?P<SPACE>[ \t\r\n]+|//[^\n]*|/\*(?s:.*?)\*/)
      | (?P<FLOAT>(?:[0-9]+\.[0-9]+|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![A-Za-z0-9_])
                 |[0-9]+[eE][+-]?[0-9]+(?![A-Za-z0-9_]))
      | (?P<INTEGER>[0-9]+(?![A-Za-z0-9_]))
      | (?P<WORD>[^\W\d]\w*)
      | (?P<QUOTED>`(?:[^`\x00-\x1f\x7f]|``)+`)
      | (?P<TEXT>'(?:[^'\\]|\\(?s:.))*'|"(?:[^"\\]|\\(?s:.))*")
      | (?P<PARAMETER>\$[A-Za-z_][A-Za-z0-9_]*)
      | (?P<SIGN>\.\.|<>|<=|>=|=~|\+=|[()\[\]{}<>=+\-*/%^,.:;|&!])""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_INVISIBLE = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f{INVISIBLE}]")


def _token(source: Source, match: re.Match[str]) -> Token:
    kind = Kind[match.lastgroup or ""]
    raw, start = match[0], match.start()
    hidden = _INVISIBLE.search(raw)
    if hidden:
        message = f"the character {_name(hidden[0])} cannot be seen"
        raise source.refusal("character", message, start + hidden.start(), "pass such texts as a parameter")
    if kind is Kind.TEXT:
        for escape in _ESCAPE.finditer(raw):
            if escape[1] not in "\\'\"ntrbf":
                hint = "write the character itself; \\\\ \\' \\\" \\n \\t \\r \\b \\f are escapes"
                message = f"'\\{visible(escape[1])}' is not an escape that every store reads alike"
                raise source.refusal("string", message, start + escape.start(), hint)
    if kind is Kind.INTEGER and (len(raw) > 19 or int(raw) >= 2**63):
        raise source.refusal("number", "the number does not fit 64 bits", start)
    if kind is Kind.INTEGER and len(raw) > 1 and raw[0] == "0":
        raise source.refusal("number", "a decimal number has no leading zero", start)
    if kind is Kind.FLOAT and float(raw) == float("inf"):
        raise source.refusal("number", "the number does not fit 64 bits", start)
    if kind is Kind.QUOTED:
        return Token(kind, raw[1:-1].replace("``", "`"), start, match.end())
    return Token(kind, raw[1:] if kind is Kind.PARAMETER else raw, start, match.end())


def _no_token(source: Source, offset: int) -> QueryRefused:
    rest = source.text[offset : offset + 2]
    if rest == "/*":
        return source.refusal("syntax", "the comment is not closed", offset, "close it with */")
    if rest[0] in "'\"":
        return source.refusal("string", "the text is not closed", offset, f"close it with {rest[0]}")
    if rest[0] == "`":
        return source.refusal("string", "the name in backticks is empty or not closed", offset)
    if rest[0].isdigit():
        return source.refusal("number", "this is not a decimal number", offset, "write 10, 2.5 or 1e6")
    if rest[0] == "$":
        return source.refusal("parameter-name", "a parameter is `$` and a name of ASCII letters", offset)
    return source.refusal("character", f"the character {_name(rest[0])} has no place in Cypher", offset)


def _name(character: str) -> str:
    return f"'{character}'" if character.isprintable() else f"U+{ord(character):04X}"
