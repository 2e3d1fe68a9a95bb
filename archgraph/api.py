"""The public Python interface: what the command line does, as functions on values.

>>> from pathlib import Path
>>> from archgraph import api
>>> loaded = api.load(Path("models/three-tier-web-app"))
>>> results = api.check(loaded.model, as_of=date(2026, 11, 1))
>>> svg = api.draw(loaded.model, "overview")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from archgraph.dsl.load import Loaded, find_models, load
from archgraph.model.model import Model

if TYPE_CHECKING:
    import networkx

    from archgraph.analysis.facts import Facts
    from archgraph.query.store import Result as Answer
    from archgraph.rules.results import Results

__all__ = [
    "Loaded",
    "Model",
    "build",
    "check",
    "draw",
    "facts",
    "find_models",
    "graph",
    "load",
    "page",
    "query",
]


def facts(model: Model) -> Facts:
    """What follows from the model: routing, exposure to the internet, the address plan."""
    from archgraph.analysis.facts import derive

    return derive(model)


def check(
    model: Model,
    *,
    as_of: date,
    settings: Mapping[str, Mapping[str, object]] | None = None,
    rules: Sequence[str] = (),
) -> Results:
    """Judge a model as of a day, by all rules or by those named. ``ValueError`` for an unknown rule."""
    from archgraph.rules.engine import evaluate
    from archgraph.rules.registry import builtin_rules

    known = {rule.id: rule for rule in builtin_rules()}
    for name in rules:
        if name not in known:
            raise ValueError(f"there is no rule {name}")
    chosen = [known[name] for name in rules] or None
    return evaluate(model, as_of=as_of, rules=chosen, settings=settings)


def graph(model: Model) -> networkx.MultiDiGraph[str]:
    """The typed property graph with the facts in it."""
    from archgraph.analysis.annotate import annotate
    from archgraph.graph.build import build as build_graph

    built = build_graph(model)
    annotate(built, facts(model))
    return built


def query(
    model: Model,
    text: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    timeout: float = 10,
    limit: int = 10_000,
) -> Answer:
    """Ask the model's graph in Cypher. ``QueryError`` if the query is refused or fails."""
    from archgraph.query.embedded import EmbeddedStore

    return EmbeddedStore(graph(model), model.catalog).query(text, dict(parameters or {}), timeout=timeout, limit=limit)


def draw(model: Model, view: str = "overview") -> str:
    """A picture of the model as SVG. ``KeyError`` for a view that the model does not have."""
    from archgraph.render.layout import lay_out
    from archgraph.render.svg import to_svg
    from archgraph.views.pictures import pictures

    return to_svg(lay_out(pictures(model, facts(model))[view]))


def page(model: Model, *, as_of: date) -> str:
    """The generated page of the model, as Markdown."""
    return build(model, as_of=as_of)["index.md"].decode()


def build(model: Model, *, as_of: date, settings: Mapping[str, Mapping[str, object]] | None = None) -> dict[str, bytes]:
    """Every file that `archgraph build` writes for the model, by relative path."""
    from archgraph.build import artifacts

    return artifacts(model, as_of=as_of, settings=settings)[0]
