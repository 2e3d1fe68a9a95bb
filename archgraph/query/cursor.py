"""Where the reading of a query stands: the next token, the variables in sight, what was found so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, NoReturn

from archgraph.query.display import visible
from archgraph.query.tokens import Kind, Source, Token, tokenise
from archgraph.source.diagnostics import did_you_mean

MAXIMUM_DEPTH = 30
MAXIMUM_CHAIN = 200
"""Operators or properties in a row; engines read each one level deeper than the one before."""
MAXIMUM_UNIONS = 10
"""kglite takes so much of the stack for each that a few hundred would end the process."""

NAME_KINDS = (Kind.WORD, Kind.QUOTED)


class Role(Enum):
    """What a variable or expression holds, as far as the text tells."""

    NODE = auto()
    NODES = auto()
    RELATIONSHIP = auto()
    RELATIONSHIPS = auto()
    PATH = auto()
    VALUE = auto()

    @property
    def one(self) -> Role:
        """The role of one item of it."""
        return {Role.NODES: Role.NODE, Role.RELATIONSHIPS: Role.RELATIONSHIP}.get(self, Role.VALUE)

    @property
    def many(self) -> Role:
        """The role of a list of it."""
        return {Role.NODE: Role.NODES, Role.RELATIONSHIP: Role.RELATIONSHIPS}.get(self, Role.VALUE)


@dataclass(frozen=True, slots=True)
class Names:
    """The labels and relationship types that a query may name, and the parameters that it is given."""

    labels: frozenset[str]
    relationships: frozenset[str]
    parameters: frozenset[str] = frozenset()


@dataclass(slots=True)
class Context:
    """What the expression being read may hold."""

    aggregates: bool = False
    patterns: bool = False
    """Whether a pattern may stand as a condition."""
    bar: bool = False
    """Whether ``|`` ends the expression (in a comprehension)."""


class Cursor:
    """Walks over the tokens of one query. Everything that is read wrong raises ``QueryRefused``."""

    def __init__(self, text: str, names: Names) -> None:
        self.source = Source(text)
        self.tokens = tokenise(self.source)
        self.names = names
        self.index = 0
        self.depth = 0
        self.unions = 0
        self.scope: dict[str, Role] = {}
        self.context = Context()
        self._spellings: dict[int, str] = {}
        """How engines get a token, where that differs from how it is written; by its start."""

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def at_end(self) -> bool:
        return self.index == len(self.tokens) - 1

    def ahead(self, steps: int = 1) -> Token:
        """A token further on, or the end."""
        return self.tokens[min(self.index + steps, len(self.tokens) - 1)]

    def advance(self) -> Token:
        token = self.token
        self.index = min(self.index + 1, len(self.tokens) - 1)
        return token

    def at(self, *signs: str) -> bool:
        return self.token.kind is Kind.SIGN and self.token.value in signs

    def at_word(self, *words: str) -> bool:
        """Whether a keyword is next; ``words`` in capitals."""
        return self.token.kind is Kind.WORD and self.token.value.upper() in words

    def take(self, sign: str) -> bool:
        """Step over a sign, if it is next."""
        found = self.at(sign)
        if found:
            self.advance()
        return found

    def take_word(self, *words: str) -> str | None:
        """Step over one of the keywords, if one is next; in capitals."""
        return self.advance().value.upper() if self.at_word(*words) else None

    def expect(self, sign: str) -> Token:
        if not self.at(sign):
            self.unexpected(f"'{sign}'")
        return self.advance()

    def expect_word(self, word: str) -> Token:
        if not self.at_word(word):
            self.unexpected(word)
        return self.advance()

    def items(self, close: str) -> Iterator[None]:
        """Once for each item of a list that commas separate, up to the closing sign."""
        if not self.at(close):
            yield
            while self.take(","):
                yield

    def chain(self, *signs: str, words: tuple[str, ...] = ()) -> Iterator[str]:
        """Step over one of the signs or keywords again and again, while one is next; as often as engines bear."""
        count = 0
        while self.at(*signs) or self.at_word(*words):
            count += 1
            if count > MAXIMUM_CHAIN:
                self.refuse("too-deep", f"more than {MAXIMUM_CHAIN} of '{self.token.value}' in a row")
            yield self.advance().value.upper()

    def name(self, what: str) -> str:
        """A name: a variable, property, label or alias. Engines get reserved words in backticks."""
        token = self.token
        if token.kind is Kind.PARAMETER:
            self.refuse("parameter-name", f"{what} cannot be a parameter", hint="write the name itself")
        if token.kind not in NAME_KINDS:
            self.unexpected(what)
        reserved = not token.value.isascii() or token.value.upper() in QUOTED_FOR_ENGINES
        if token.kind is Kind.WORD and reserved:
            self.respell(token, f"`{token.value}`")
        self.advance()
        return token.value

    def respell(self, token: Token, text: str) -> None:
        """Give engines another text for a token: a name in backticks, ``*`` written out."""
        self._spellings[token.start] = text

    def spelling(self, token: Token) -> str:
        """The text of a token as engines get it."""
        return self._spellings.get(token.start, self.source.text[token.start : token.end])

    def bind(self, token: Token, name: str, role: Role) -> None:
        """Make a variable known from here on, or see that it is known as the same."""
        known = self.scope.setdefault(name, role)
        if known not in (role, Role.VALUE) and known.one is not role:
            what = known.name.lower()
            self.refuse("variable-kind", f"'{visible(name)[:60]}' is a {what} already", token, "use another name")

    def unexpected(self, expected: str) -> NoReturn:
        """Refuse what is next, for something else should be."""
        token = self.token
        found = "the end of the query" if token.kind is Kind.END else f"'{visible(self.text_of(token))[:40]}'"
        self.refuse("syntax", f"expected {expected}, found {found}")

    def refuse(self, code: str, message: str, token: Token | None = None, hint: str | None = None) -> NoReturn:
        raise self.source.refusal(code, message, (token or self.token).start, hint)

    def text_of(self, token: Token) -> str:
        return self.source.text[token.start : token.end]

    def unknown(self, code: str, what: str, token: Token, known: Mapping[str, Any] | frozenset[str]) -> NoReturn:
        """Refuse a name that is not among the known ones, suggesting the nearest."""
        found = sorted(known)
        listed = f"known here: {', '.join(found)}" if 0 < len(found) < 9 else None
        hint = did_you_mean(token.value, found) or listed
        self.refuse(code, f"{what} '{visible(token.value)[:60]}' is not known", token, hint)

    @contextmanager
    def inside(self, **changes: bool) -> Iterator[None]:
        """Read an inner expression in a changed context, counting how deep it nests."""
        outer = self.context
        self.depth += 1
        if self.depth > MAXIMUM_DEPTH:
            self.refuse("too-deep", f"more than {MAXIMUM_DEPTH} levels of nesting")
        self.context = Context(**changes)
        try:
            yield
        finally:
            self.context = outer
            self.depth -= 1

    @contextmanager
    def local(self, scope: dict[str, Role] | None = None) -> Iterator[None]:
        """Variables made inside are forgotten afterwards; inside, ``scope`` or a copy of what is known."""
        outer = self.scope
        self.scope = dict(outer) if scope is None else scope
        try:
            yield
        finally:
            self.scope = outer

    def text_for_engines(self) -> str:
        """The query without comments, as engines get it, every token on its line."""
        parts: list[str] = []
        end = 0
        for token in self.tokens[:-1]:
            gap = self.source.text[end : token.start]
            parts.append("".join(character if character == "\n" else " " for character in gap))
            parts.append(self.spelling(token))
            end = token.end
        while parts and parts[-1].strip() in ("", ";"):
            parts.pop()
        return "".join(parts)


def keywords(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


QUOTED_FOR_ENGINES = keywords(
    """ALL ALTER AND ANY AS ASC ASCENDING BETWEEN BY CALL CASE COLLECT CONSTRAINT CONTAINS COUNT CREATE CSV
    DELETE DESC DESCENDING DETACH DISTINCT DROP ELSE END ENDS EXCEPT EXISTS EXPLAIN FALSE FIELDTERMINATOR
    FILTER FINISH FOR FOREACH FORMAT FROM GROUP HAVING HEADERS IN INDEX INSERT INTERSECT IS JOIN KEY LET
    LIMIT LOAD MATCH MERGE NEXT NODETACH NONE NOT NULL NULLS OF OFFSET ON OPTIONAL OR ORDER OVER PARTITION
    PROFILE REDUCE REMOVE REQUIRE RETURN SCAN SET SHORTEST SHOW SINGLE SKIP STARTS THEN TO TRUE UNION UNIQUE
    UNWIND USE USING WHEN WHERE WITH XOR YIELD"""
)
"""Words that an engine may reserve; as names they are sent in backticks."""
