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
    from archgraph.rules.engine import Timed
    from archgraph.rules.results import Results
    from archgraph.rules.review import Review
    from archgraph.rules.rule import Rule
    from archgraph.rules.selection import Selection

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
    "review",
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
    selection: Selection | None = None,
    own_rules: Sequence[Rule] = (),
    timed: Timed | None = None,
) -> Results:
    """Judge a model as of a day, by all rules or by those selected. ``ValueError`` for an unknown rule.

    ``own_rules`` run beside the built-in ones; ``load_own_rules`` of :mod:`archgraph.rules.own_rules.load`
    reads them. ``timed`` is told the seconds that each rule took.
    """
    from archgraph.rules.selection import EVERYTHING, evaluate_selected

    return evaluate_selected(
        model, selection or EVERYTHING, as_of=as_of, own_rules=own_rules, settings=settings, timed=timed
    )


def review(model: Model, results: Results, *, as_of: date) -> Review:
    """The results in the order of the Well-Architected Framework, and what to answer next."""
    from archgraph.rules.review import review as reviewed

    return reviewed(results, model, as_of=as_of)


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


def build(
    model: Model,
    *,
    as_of: date,
    settings: Mapping[str, Mapping[str, object]] | None = None,
    own_rules: Sequence[Rule] = (),
) -> dict[str, bytes]:
    """Every file that `archgraph build` writes for the model, by relative path."""
    from archgraph.build import artifacts

    return artifacts(model, as_of=as_of, settings=settings, own_rules=own_rules)[0]
