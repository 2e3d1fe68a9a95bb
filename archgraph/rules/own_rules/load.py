"""Own rules from folders, files and installed packages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from archgraph.catalog.catalog import Catalog
from archgraph.rules.own_rules.read import OwnRule, read_own_rule
from archgraph.rules.registry import builtin_rules
from archgraph.rules.rule import Rule
from archgraph.source.diagnostics import Diagnostics, Location
from archgraph.source.document import Source
from archgraph.source.files import read_file

ENTRY_POINTS = "archgraph.rules"
"""The group of entry points by which an installed package offers rules: name -> package that holds YAML files."""


@dataclass(frozen=True, slots=True)
class OwnRules:
    """What was read: the rules in the order of their files, all problems, and the files for messages."""

    found: tuple[OwnRule, ...]
    diagnostics: Diagnostics
    sources: dict[str, Source] = field(default_factory=dict)

    @property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(own.rule for own in self.found)


def load_own_rules(places: Iterable[str], catalog: Catalog | None = None) -> OwnRules:
    """The rules of the places, each a file, a folder, or the name of an installed package's entry point.

    ``catalog`` gives the labels that their queries may name; without one, a label that archgraph
    does not know may be that of a model's own type. Raises ``ValueError`` for a place that is none
    of the three, or holds no rule file. What is wrong inside the files is in ``diagnostics``.
    """
    diagnostics = Diagnostics()
    taken = {rule.id: "a built-in rule" for rule in builtin_rules()}
    found: list[OwnRule] = []
    sources: dict[str, Source] = {}
    for file in dict.fromkeys(file for place in places for file in rule_files(place)):
        own = _load(file, catalog, diagnostics, sources)
        if own is None:
            continue
        if own.rule.id in taken:
            message = f"there is a rule '{own.rule.id}' already: {taken[own.rule.id]}"
            diagnostics.add("AG802", message, own.location)
            continue
        taken[own.rule.id] = f"the one in {file.as_posix()}"
        found.append(own)
    return OwnRules(tuple(found), diagnostics, sources)


def rule_files(place: str) -> list[Path]:
    """The rule files of a place, sorted by name. Raises ``ValueError`` if there is none."""
    path = Path(place)
    if path.is_file():
        return [path]
    folders = [path] if path.is_dir() else _packages(place)
    if not folders:
        raise ValueError(f"{place} is neither a rule file, nor a folder of them, nor a package of rules")
    files = sorted(file for folder in folders for file in folder.glob("*.yaml"))
    if not files:
        raise ValueError(f"{place} holds no rule file (*.yaml)")
    return files


def _packages(name: str) -> Sequence[Path]:
    """The folders of the packages that the entry points of that name give; none of their code runs."""
    folders: list[Path] = []
    for entry in entry_points(group=ENTRY_POINTS, name=name):
        top, *inner = entry.value.split(".")  # looking for the inner package itself would import the outer one
        spec = find_spec(top)
        folders += (Path(root, *inner) for root in (spec.submodule_search_locations or () if spec else ()))
    return [folder for folder in folders if folder.is_dir()]


def _load(file: Path, catalog: Catalog | None, diagnostics: Diagnostics, sources: dict[str, Source]) -> OwnRule | None:
    shown = file.as_posix()
    before = len(diagnostics.errors)
    body = read_file(file, shown, diagnostics)
    if body is None:
        sources[shown] = Source(shown, _text(file))
        return None
    sources[shown] = body.source
    if not body.entries and not body.partial:
        diagnostics.add("AG801", "the file holds no rule", Location(shown, 1, 1), "`archgraph rules new` writes one")
        return None
    own = read_own_rule(body, file, catalog, diagnostics)
    return own if len(diagnostics.errors) == before else None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
