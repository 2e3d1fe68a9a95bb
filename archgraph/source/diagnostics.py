"""Diagnostics: the one way in which archgraph reports a problem with what an author wrote.

Every stage takes a :class:`Diagnostics` collector and adds to it; no stage prints. Codes and their
explanations live in :mod:`archgraph.source.codes`, from which ``docs/errors.md`` is generated.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from archgraph.source.codes import CODES

MAX_DIAGNOSTICS = 5_000
MAX_COMPARISONS = 400_000
_MANY_WORDS = 2_000


class Level(StrEnum):
    """How much a diagnostic matters: an error makes the model invalid, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Location(NamedTuple):
    """A place in a source file: path relative to the model's root, 1-based line and column."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Diagnostic(NamedTuple):
    """One problem: a code of :data:`CODES`, what is wrong, where, and what would be right."""

    code: str
    message: str
    location: Location
    hint: str | None = None

    @property
    def level(self) -> Level:
        return Level.WARNING if CODES[self.code].warning else Level.ERROR


class Diagnostics:
    """Collects the problems of one run, in any order, and hands them out by file and position."""

    def __init__(self) -> None:
        self._found: dict[Diagnostic, None] = {}
        self.has_errors = False
        self.full = False
        """True once so many problems were reported that further ones are not kept."""
        self._comparisons = MAX_COMPARISONS

    def add(self, code: str, message: str, location: Location, hint: str | None = None) -> None:
        """Report a problem once, however many stages notice it.

        ``code`` is a key of :data:`CODES`; an unknown one is a programming error (``KeyError``).
        """
        if self.full:
            return
        if len(self._found) >= MAX_DIAGNOSTICS:
            self.full = True
            code, message, hint = "AG122", f"more than {MAX_DIAGNOSTICS} problems; the others are not listed", None
        self.has_errors = self.has_errors or not CODES[code].warning
        self._found[Diagnostic(code, message, location, hint)] = None

    def may_compare(self, words: int) -> bool:
        """Whether a hint may still look at so many words, so that a thousand mistakes cost no more than some."""
        self._comparisons -= words + 20
        return self._comparisons > 0

    def closest(self, word: str, known: Collection[str]) -> str | None:
        """:func:`closest`, as long as not too many words of this run were compared already."""
        return closest(word, known) if self.may_compare(len(known)) else None

    def did_you_mean(self, word: str, known: Collection[str]) -> str | None:
        """:func:`did_you_mean`, with the same limit."""
        close = self.closest(word, known)
        return f"did you mean '{close}'?" if close else None

    def __iter__(self) -> Iterator[Diagnostic]:
        """By file and position. A warning about what an error is about already is left out."""
        wrong = {found.location for found in self._found if found.level is Level.ERROR}
        shown = (found for found in self._found if found.level is Level.ERROR or found.location not in wrong)
        return iter(sorted(shown, key=lambda found: (found.location, found.code, found.message)))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @property
    def errors(self) -> list[Diagnostic]:
        return [diagnostic for diagnostic in self if diagnostic.level is Level.ERROR]

    @property
    def warnings(self) -> list[Diagnostic]:
        return [diagnostic for diagnostic in self if diagnostic.level is Level.WARNING]


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """The hint "did you mean 'x'?" for the known word that is most like ``word``, if one is."""
    close = closest(word, known)
    return f"did you mean '{close}'?" if close else None


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like ``word``, if one is; of equally like ones the first by name.

    Among very many words only those are compared that share a beginning or an end with ``word``.
    """
    import difflib  # most models have no misspelt word

    asked = word.lower()[:80]
    lowered = {candidate.lower(): candidate for candidate in sorted(known, reverse=True)}
    if asked in lowered:
        return lowered[asked]
    near = [text for text in lowered if abs(len(text) - len(asked)) <= max(len(text), len(asked)) // 2]
    if len(near) > _MANY_WORDS:
        near = [text for text in near if text[:3] == asked[:3] or text[-4:] == asked[-4:]][:_MANY_WORDS]
    close = difflib.get_close_matches(asked, sorted(near), n=1, cutoff=0.6)
    return lowered[close[0]] if close else None
