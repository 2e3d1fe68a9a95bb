"""Mutants of the tables that functions read: a member of a module's set, dict or tuple gone or different."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from math import isfinite
from pathlib import Path
from types import ModuleType
from typing import Any

from .edits import ANOTHER
from .mutants import Mutant, Place


def table_mutants(
    module: ModuleType, file: Path, reads: Mapping[tuple[str, str], frozenset[tuple[str, int]]]
) -> Iterator[Mutant]:
    """Every mutant of a module's tables. ``reads`` holds the lines in functions that read each of them."""
    source = file.read_text(encoding="utf-8")
    lines = source.splitlines()
    for statement in ast.parse(source).body:
        for name in _assigned(statement):
            place = Place(file, name, statement.lineno, lines[statement.lineno - 1].strip())
            where = reads.get((module.__name__, name), frozenset())
            for change, new in _others(getattr(module, name)):
                hindrance = "" if where else "no function reads it"
                yield Mutant(place, change, where, rebound=(module.__name__, name, new), hindrance=hindrance)


def _assigned(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement gives a value; not those of dicts that only code fills."""
    match statement:
        case ast.Assign(value=ast.Dict(keys=[])) | ast.AnnAssign(value=ast.Dict(keys=[]) | None):
            return
        case ast.Assign(targets=targets):
            named = [part for target in targets for part in ast.walk(target)]
        case ast.AnnAssign(target=target):
            named = [target]
        case _:
            return
    yield from (part.id for part in named if isinstance(part, ast.Name) and not part.id.startswith("__"))


def _others(value: Any) -> Iterator[tuple[str, Any]]:
    """What a value may be instead: a container with a member less, or with another one; another word or number."""
    kind = type(value)
    if kind in (set, frozenset):
        for member in sorted(value, key=repr):
            yield f"`{_shown(member)}` dropped", value - {member}
    elif kind in (tuple, list):
        for index, member in enumerate(value):
            if all(type(other) is type(value[0]) for other in value):
                yield f"`{_shown(member)}` dropped", value[:index] + value[index + 1 :]
            for change, new in _others(member):
                yield change, kind([*value[:index], new, *value[index + 1 :]])
    elif kind is dict:
        for key, member in value.items():
            yield f"`{_shown(key)}` dropped", {other: value[other] for other in value if other != key}
            for change, new in _others(member):
                yield f"{change} at `{_shown(key)}`", {**value, key: new}
    else:
        for new in _other_leaves(value):
            yield f"`{value!r}` -> `{new!r}`", new


def _other_leaves(value: Any) -> Iterator[Any]:
    """Another word, number or truth; texts for people and addresses of pages stay as they are."""
    if type(value) is bool:
        yield not value
    elif type(value) is int:
        yield value + 1
        yield value - 1
    elif type(value) is float and isfinite(value):
        yield value + 1
    elif type(value) is str and value and "://" not in value and not any(map(str.isspace, value)):
        yield ANOTHER


def _shown(value: Any) -> str:
    name = getattr(value, "name", None) or getattr(value, "__name__", None)
    return f"{type(value).__name__}.{name}" if name and not isinstance(value, str) else repr(value)
