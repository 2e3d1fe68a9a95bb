"""The mutants of a module's functions, compiled: what differs in them, and what runs instead of what."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType
from typing import Any

from .edits import Edit, edits


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mutant is: the module's file, what it is in, its line, and that line's text."""

    file: Path
    name: str
    line: int
    source: str


@dataclass(slots=True)
class Mutant:
    """A change of the program, the lines of which a test has to run to notice it, and how it is made.

    ``lines`` are pairs of a file and a line. ``codes`` pairs code with its changed form; ``rebound`` names
    a module's table with its other value. ``hindrance`` says why the mutant cannot be tried.
    """

    place: Place
    change: str
    lines: frozenset[tuple[str, int]]
    codes: list[tuple[CodeType, CodeType]] = field(default_factory=list)
    rebound: tuple[str, str, Any] | None = None
    hindrance: str = ""

    @property
    def text(self) -> str:
        """The mutant as the list of survivors names it, free of line numbers."""
        return f"{self.change} in `{self.place.source}`"


def mutants(file: Path) -> Iterator[Mutant]:
    """Every mutant of the functions of a module, those left out that compile to what was there before."""
    texts: Counter[tuple[str, str]] = Counter()
    for mutant in _mutants(file):
        # A line may hold the same part twice, and a function the same line.
        texts[mutant.place.name, mutant.text] += 1
        if (often := texts[mutant.place.name, mutant.text]) > 1:
            mutant.change += f" (#{often})"
        yield mutant


def _mutants(file: Path) -> Iterator[Mutant]:
    source = file.read_text(encoding="utf-8")
    lines = source.splitlines()
    body = ast.parse(source).body
    imports = [statement for statement in body if isinstance(statement, (ast.Import, ast.ImportFrom))]
    for chunk in body:
        found = list(edits(chunk))
        if not found:
            continue
        original = _compiled([*imports, chunk], file)
        seen = {_meaning(original)}
        for edit in found:
            line = getattr(edit.shown, "lineno", edit.scope.first_line)
            place = Place(file, edit.scope.name, line, lines[line - 1].strip())
            mutant = Mutant(place, edit.text, _run_lines(edit, file))
            try:
                with edit.applied():
                    changed = _compiled([*imports, chunk], file)
            except (SyntaxError, ValueError) as error:
                mutant.hindrance = f"does not compile: {error}"
                yield mutant
                continue
            if (meaning := _meaning(changed)) not in seen:
                seen.add(meaning)
                mutant.codes = list(_changed_functions(original, changed))
                yield mutant


def _compiled(body: list[ast.stmt], file: Path) -> CodeType:
    """Code as the whole module has it: how a call compiles depends on what is imported."""
    return compile(ast.Module(body, []), str(file), "exec", dont_inherit=True)


def _run_lines(edit: Edit, file: Path) -> frozenset[tuple[str, int]]:
    return frozenset((str(file), line) for line in range(edit.scope.first_line, edit.scope.last_line + 1))


def _meaning(code: CodeType) -> tuple[Any, ...]:
    """What code does, apart from where it stands."""
    constants = tuple(
        _meaning(value) if isinstance(value, CodeType) else (type(value).__name__, repr(value))
        for value in code.co_consts
    )
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    return code.co_name, code.co_flags, code.co_code, constants, names, code.co_exceptiontable


def _changed_functions(original: CodeType, changed: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """Each piece of code that differs, outer ones first, with what takes its place."""
    for before, after in _paired(original, changed):
        if before != after:
            yield before, after
            yield from _changed_functions(before, after)


def _paired(original: CodeType, changed: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """The pieces of code inside two forms of one piece; one that an edit removed has no partner."""
    others = [value for value in changed.co_consts if isinstance(value, CodeType)]
    for before in original.co_consts:
        if isinstance(before, CodeType):
            same = (after for after in others if _label(after) == _label(before))
            if (partner := next(same, None)) is not None:
                others.remove(partner)
                yield before, partner


def _label(code: CodeType) -> tuple[str, int]:
    return code.co_name, code.co_firstlineno
