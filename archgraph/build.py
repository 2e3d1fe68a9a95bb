"""Everything that `archgraph build` writes for one model, as a value: path -> content."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from archgraph import __version__
from archgraph.analysis.annotate import annotate
from archgraph.analysis.facts import derive
from archgraph.documents.index import index_page
from archgraph.documents.review import review_page
from archgraph.graph.build import build as build_graph
from archgraph.graph.export import to_json as graph_json
from archgraph.model.model import Model
from archgraph.render.drawio import to_drawio
from archgraph.render.layout import lay_out
from archgraph.render.mermaid import to_mermaid
from archgraph.render.sequence import to_sequence
from archgraph.render.svg import to_svg
from archgraph.reports.json import to_json
from archgraph.reports.sarif import to_sarif
from archgraph.rules.engine import Settings
from archgraph.rules.results import Results
from archgraph.rules.review import review
from archgraph.rules.rule import Rule
from archgraph.rules.selection import EVERYTHING, Selection, evaluate_selected
from archgraph.views.pictures import pictures
from archgraph.views.sequence import sequences


def artifacts(
    model: Model,
    *,
    as_of: date,
    settings: Settings | None = None,
    selection: Selection = EVERYTHING,
    own_rules: Sequence[Rule] = (),
) -> tuple[dict[str, bytes], Results]:
    """All files of a model's output folder by relative path, sorted, and the results they show.

    Findings are judged as of the given day, so that the same model and day give the same bytes.
    """
    facts = derive(model)
    results = evaluate_selected(model, selection, as_of=as_of, own_rules=own_rules, settings=settings)
    views = pictures(model, facts)
    told = sequences(model)
    graph = build_graph(model)
    annotate(graph, facts)
    texts = {
        "findings.json": to_json(results, as_of=as_of),
        "findings.sarif": to_sarif(results, version=__version__),
        "graph.json": graph_json(graph),
        "index.md": index_page(model, facts, results, views, told, as_of=as_of),
        "review.md": review_page(review(results, model, as_of=as_of)),
    }
    for view in views.values():
        scene = lay_out(view)
        texts[f"diagrams/{view.id}.svg"] = to_svg(scene)
        texts[f"diagrams/{view.id}.drawio"] = to_drawio(scene, view)
        texts[f"diagrams/{view.id}.mmd"] = to_mermaid(view)
    for sequence in told.values():
        texts[f"diagrams/{sequence.id}.mmd"] = to_sequence(sequence)
    return {path: texts[path].encode() for path in sorted(texts)}, results
