"""From a path to a model: the whole way of a YAML file, stage by stage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from archgraph.dsl.declare import declare
from archgraph.dsl.drafts import Draft
from archgraph.dsl.expand import expand
from archgraph.dsl.flows import FlowReader
from archgraph.dsl.includes import Outline, merged_outline, read_outline
from archgraph.dsl.names import Names, check_id
from archgraph.dsl.own_types import extended_catalog
from archgraph.dsl.places import place_elements
from archgraph.dsl.properties import read_element
from archgraph.dsl.reading import Lookup
from archgraph.dsl.reviews import read_attestations, read_objectives, read_waivers
from archgraph.dsl.scenarios import read_scenarios
from archgraph.dsl.shapes import as_text
from archgraph.dsl.views import check_views, read_views
from archgraph.model.checks import check
from archgraph.model.model import Element, ElementId, Model
from archgraph.source.diagnostics import Diagnostics
from archgraph.source.document import Mapping, Source
from archgraph.source.files import MAX_BYTES

MAIN_FILE = "architecture.yaml"


class Loaded(NamedTuple):
    """What loading gave: the model if there are no errors, all problems, and the files that were read."""

    model: Model | None
    diagnostics: Diagnostics
    sources: dict[str, Source]


def load(path: Path) -> Loaded:
    """Load a model from its file, or from a folder with an ``architecture.yaml``.

    Never raises for what an author wrote: every problem is in ``diagnostics``, all of one run.
    """
    with _without_collector():
        return _load(path / MAIN_FILE if _is_folder(path) else path)


def load_document(document: Mapping, path: Path) -> Loaded:
    """Load a model that is a part of the file ``path``, like a case of a rule; its includes are beside the file."""
    diagnostics = Diagnostics()
    with _without_collector():
        return _loaded(merged_outline(document, path, diagnostics), diagnostics)


def find_models(path: Path) -> list[Path]:
    """The models that a path means: a file, a folder with an ``architecture.yaml``, or a folder of such."""
    if not _is_folder(path) or (path / MAIN_FILE).is_file():
        return [path]
    return sorted(child for child in path.iterdir() if (child / MAIN_FILE).is_file())


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _load(path: Path) -> Loaded:
    diagnostics = Diagnostics()
    outline = read_outline(path, diagnostics)
    return _loaded(outline, diagnostics, path)


def _loaded(outline: Outline | None, diagnostics: Diagnostics, path: Path | None = None) -> Loaded:
    if outline is None:
        return Loaded(None, diagnostics, _partial_source(path) if path else {})
    model = _resolve(outline, diagnostics)
    return Loaded(None if diagnostics.has_errors else model, diagnostics, outline.sources)


def _resolve(outline: Outline, diagnostics: Diagnostics) -> Model:
    """Everything between the merged outline and the checked model."""
    root = outline.root
    catalog, wrong_types = extended_catalog(outline, diagnostics)
    expansion = expand(outline, catalog, diagnostics)
    expansion.lost.types |= wrong_types
    names = Names(expansion.lost, expansion.removed)
    drafts = declare(expansion.drafts, names, outline.defaults, catalog, diagnostics)
    lookup = Lookup(drafts, names, diagnostics)
    elements = {
        ElementId(draft.id): read_element(draft, draft.type, lookup)
        for draft in drafts.values()
        if draft.type is not None
    }
    if len(elements) < len(drafts):
        _drop_dangling(elements)
    place_elements(elements, lookup)
    flow_reader = FlowReader(lookup, elements, diagnostics)
    flows = flow_reader.read(expansion.flows)
    identity = _id(root, diagnostics)
    model = Model(
        id=identity,
        name=_text(root, "name", diagnostics) or identity,
        catalog=catalog,
        sources=outline.sources,
        location=root.location,
        owner=_text(root, "owner", diagnostics),
        description=_text(root, "description", diagnostics),
        objectives=read_objectives(root.get("objectives"), diagnostics),
        elements=elements,
        flows=flows,
        scenarios=read_scenarios(outline.scenarios, flow_reader, diagnostics),
        waivers=list(read_waivers(outline, diagnostics)),
        attestations=list(read_attestations(outline, diagnostics)),
        views={view.id: view for view in read_views(outline, diagnostics)},
    )
    check(model, diagnostics, lookup.damaged)
    check_views(outline, model, names, diagnostics)
    _release(drafts)
    return model


def _release(drafts: dict[str, Draft]) -> None:
    """Undo the cycles between owners and what they define in place, lest the collector have to find them."""
    for draft in drafts.values():
        draft.inline.clear()


def _drop_dangling(elements: dict[ElementId, Element]) -> None:
    """References to elements whose type is unknown (and reported) would lead nowhere later."""
    for element in elements.values():
        element.references = [
            r for r in element.references if (r.target is None or r.target in elements) and r.source in elements
        ]


def _id(root: Mapping, diagnostics: Diagnostics) -> str:
    node = as_text(root.get("id"), "id", diagnostics)
    if node is None:
        return "model"
    check_id(node, diagnostics)
    return node.text


def _text(root: Mapping, key: str, diagnostics: Diagnostics) -> str | None:
    node = as_text(root.get(key), f"'{key}'", diagnostics)
    return node.text if node else None


def _partial_source(path: Path) -> dict[str, Source]:
    """The text of a file that could not be read as YAML, for the snippet in the message."""
    try:
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            return {}
        return {path.name: Source(path.name, path.read_text(encoding="utf-8", errors="replace"))}
    except (OSError, ValueError):
        return {}


@contextmanager
def _without_collector() -> Iterator[None]:
    """Loading makes many objects and no cycles worth collecting; the collector would take half the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
