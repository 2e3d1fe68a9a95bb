"""A model's files: the main one and what it includes, merged into one outline."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from archgraph.dsl.shapes import as_list, as_map, as_text, only_keys
from archgraph.source.diagnostics import Diagnostics, Location
from archgraph.source.document import Entry, Mapping, Node, Scalar, Source
from archgraph.source.files import read_file, read_text
from archgraph.source.reader import read

VERSION = "1"
MAX_INCLUDES_DEEP = 50
TOP_LEVEL_KEYS = (
    "archgraph",
    "id",
    "name",
    "description",
    "owner",
    "objectives",
    "include",
    "types",
    "defaults",
    "patterns",
    "elements",
    "flows",
    "scenarios",
    "views",
    "change",
    "waivers",
    "attestations",
)


@dataclass(slots=True, eq=False, repr=False)
class Outline:
    """The top level of a model with its includes merged in, includes first, nothing resolved yet."""

    root: Mapping
    incomplete: bool = False
    """True if an include or an entry could not be read, so that anything unknown may have been in it."""
    sources: dict[str, Source] = field(default_factory=dict)
    types: dict[str, Entry] = field(default_factory=dict)
    defaults: list[Entry] = field(default_factory=list)
    patterns: dict[str, Entry] = field(default_factory=dict)
    elements: list[Entry] = field(default_factory=list)
    flows: list[Node] = field(default_factory=list)
    scenarios: dict[str, Entry] = field(default_factory=dict)
    views: dict[str, Entry] = field(default_factory=dict)
    change: list[Entry] = field(default_factory=list)
    waivers: list[Node] = field(default_factory=list)
    attestations: list[Node] = field(default_factory=list)


def read_outline(main: Path, diagnostics: Diagnostics) -> Outline | None:
    """Read a model file and everything that it includes, each file once.

    Returns ``None`` after reporting if the main file cannot be read, or is not a model at all.
    """
    document = read_file(main, main.name, diagnostics)
    return None if document is None else merged_outline(document, main, diagnostics)


def merged_outline(document: Mapping, main: Path, diagnostics: Diagnostics) -> Outline | None:
    """The outline of a model that was read from the file ``main``, or from a part of it."""
    version = document.get("archgraph")
    if version is not None and not _is_known(version):
        _report_version(version, diagnostics)
        return None
    outline = Outline(root=document)
    _Merger(main.parent, outline, diagnostics).merge(document, main.resolve(), [])
    return outline


class _Merger:
    def __init__(self, root: Path, outline: Outline, diagnostics: Diagnostics) -> None:
        self.root = root.resolve()
        self.outline = outline
        self.diagnostics = diagnostics
        self.seen: set[Path] = set()

    def merge(self, document: Mapping, path: Path, above: list[Path]) -> None:
        """Merge one file: first what it includes, then what it says itself."""
        self.seen.add(path)
        diagnostics, outline = self.diagnostics, self.outline
        outline.sources[document.source.path] = document.source
        meant = only_keys(document, TOP_LEVEL_KEYS, "a model", diagnostics)
        _check_header(document, meant, not above, diagnostics)
        for item in as_list(document.get("include"), "include", diagnostics):
            name = as_text(item, "an include", diagnostics)
            if name is not None and not name.empty:
                self._include(name, [*above, path])
        for section in ("types", "patterns", "scenarios", "views"):
            self._named(getattr(outline, section), document.get(section), section)
        defaults = as_map(document.get("defaults"), "defaults", diagnostics)
        outline.defaults.extend(defaults.entries.values() if defaults else ())
        elements = as_map(document.get("elements"), "elements", diagnostics)
        outline.elements.extend(elements.entries.values() if elements else ())
        outline.incomplete = outline.incomplete or document.partial or (elements is not None and elements.partial)
        change = as_map(document.get("change"), "change", diagnostics)
        outline.change.extend(change.entries.values() if change else ())
        for section in ("flows", "waivers", "attestations"):
            getattr(outline, section).extend(as_list(document.get(section), section, diagnostics))

    def _named(self, into: dict[str, Entry], node: Node | None, section: str) -> None:
        found = as_map(node, section, self.diagnostics)
        for name, entry in found.entries.items() if found else ():
            if name in into:
                first = into[name][0].location
                self.diagnostics.add(
                    "AG206",
                    f"{section[:-1]} '{name[:60]}' is defined twice",
                    entry[0].location,
                    f"it was first defined at {first}",
                )
            into.setdefault(name, entry)
        if found and found.partial:
            self.outline.incomplete = True

    def _include(self, name: Scalar, above: list[Path]) -> None:
        """Read one included file, unless it was read before."""
        path = self._inside(name)
        if path is None:
            self.outline.incomplete = True
        elif path in above:
            self.diagnostics.add("AG303", f"{name.text[:80]} is being included already", name.location)
        elif path not in self.seen:
            self.seen.add(path)
            document = self._read(path, name, len(above))
            if document is None:
                self.outline.incomplete = True
            else:
                self.merge(document, path, above)

    def _read(self, path: Path, name: Scalar, depth: int) -> Mapping | None:
        if depth > MAX_INCLUDES_DEEP:
            self.diagnostics.add("AG115", f"includes nest more than {MAX_INCLUDES_DEEP} levels", name.location)
            return None
        shown = path.relative_to(self.root).as_posix()
        text = read_text(path, shown, self.diagnostics)
        if text is None:
            return None
        self.outline.sources[shown] = Source(shown, text)
        return read(text, shown, self.diagnostics)

    def _inside(self, name: Scalar) -> Path | None:
        """The file that an include names, or ``None`` after reporting that it may not or cannot be read."""
        absolute = name.text.startswith(("/", "\\", "~")) or ":" in name.text
        try:
            path = None if absolute else (self.root / name.text).resolve()
            if path is None or not path.is_relative_to(self.root):
                self.diagnostics.add(
                    "AG301",
                    f"{name.text[:80]} is outside the model's folder",
                    name.location,
                    "includes are relative to the model's main file and stay inside its folder",
                )
                return None
            if path.is_file() and os.access(path, os.R_OK):
                return path
            problem = "cannot be read" if path.is_file() else "is not a file" if path.exists() else "does not exist"
            hint = _hint(path, name, self.root, self.diagnostics)
        except (OSError, RuntimeError, ValueError):
            problem, hint = "is not a path", None
        self.diagnostics.add("AG302", f"{name.text[:80]} {problem}", name.location, hint)
        return None


def _hint(path: Path, name: Scalar, root: Path, diagnostics: Diagnostics) -> str | None:
    """The file that was probably meant: beside the including file, or with a similar name."""
    beside = (root / name.source.path).parent / name.text
    if beside.is_file() and beside.resolve().is_relative_to(root):
        shown = beside.resolve().relative_to(root).as_posix()
        return f"includes are relative to the model's main file: did you mean '{shown}'?"
    if not path.parent.is_dir():
        return None
    nearby = islice(path.parent.iterdir(), 1_000)
    siblings = sorted(found.relative_to(root).as_posix() for found in nearby if found.is_file())
    return diagnostics.did_you_mean(path.relative_to(root).as_posix(), siblings)


def _check_header(document: Mapping, meant: set[str], main: bool, diagnostics: Diagnostics) -> None:
    """The version and, of the main file, the id; ``meant`` are keys that were misspelt (and reported)."""
    at = Location(document.source.path, 1, 1)
    version = document.get("archgraph")
    if version is not None and not _is_known(version):
        _report_version(version, diagnostics)
    elif version is None and "archgraph" not in meant and not document.partial:
        diagnostics.add("AG201", "the version of the language is missing", at, "begin the file with `archgraph: 1`")
    if main and "id" not in document.entries and "id" not in meant and not document.partial:
        diagnostics.add("AG202", "a model needs 'id'", at, "a stable key, like `id: web-shop`")


def _is_known(version: Node) -> bool:
    return isinstance(version, Scalar) and version.text == VERSION


def _report_version(version: Node, diagnostics: Diagnostics) -> None:
    diagnostics.add("AG201", "this archgraph reads version 1 of the language", version.location, "write `archgraph: 1`")
