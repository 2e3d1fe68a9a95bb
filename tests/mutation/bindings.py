"""Which modules know a module's table, by which name, and which lines of functions read it."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

Line = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Bindings:
    """Where each ``(module, name)`` is bound too, and the lines that read it when a test runs."""

    elsewhere: Mapping[tuple[str, str], tuple[tuple[str, str], ...]]
    reads: Mapping[tuple[str, str], frozenset[Line]]

    def rebind(self, module: str, name: str, value: object) -> None:
        """Give a name of a module another value, there and wherever it was imported."""
        for place, its_name in ((module, name), *self.elsewhere.get((module, name), ())):
            setattr(sys.modules[place], its_name, value)


def bindings(modules: Iterable[ModuleType]) -> Bindings:
    """What the imports and functions of these modules say."""
    elsewhere: defaultdict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    reads: defaultdict[tuple[str, str], set[Line]] = defaultdict(set)
    for module in modules:
        file = str(Path(str(module.__file__)))
        tree = ast.parse(Path(file).read_text(encoding="utf-8"))
        origins = {name: (module.__name__, name) for name in vars(module)}
        for origin, name in _imported(tree, module):
            origins[name] = origin
            elsewhere[origin].append((module.__name__, name))
        for name, line in _read_in_functions(tree):
            if name in origins:
                reads[origins[name]].add((file, line))
    return Bindings(
        {key: tuple(places) for key, places in elsewhere.items()},
        {key: frozenset(lines) for key, lines in reads.items()},
    )


def _imported(tree: ast.Module, module: ModuleType) -> Iterator[tuple[tuple[str, str], str]]:
    """``(module, name)`` as it is there, and the name here."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            package = (module.__package__ or "").split(".")
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                if source in sys.modules:
                    yield (source, alias.name), alias.asname or alias.name


def _read_in_functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            for part in node.body if isinstance(node.body, list) else [node.body]:
                for inner in ast.walk(part):
                    if isinstance(inner, ast.Name):
                        yield inner.id, inner.lineno
