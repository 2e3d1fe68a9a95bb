"""The overview: how the system works, without settings and without what only measures it."""

from __future__ import annotations

from dataclasses import replace

from archgraph.analysis.facts import Facts
from archgraph.model.model import Model
from archgraph.views.compose import Choice
from archgraph.views.lines import add_connections, add_firewalls, flow_lines
from archgraph.views.things import bystanders, observes, things
from archgraph.views.view import View

_SAYS = "How requests, events and data run between the elements."


def everything(model: Model, facts: Facts) -> Choice:
    """Everything that is not a setting of something else, with all flows but measurements."""
    shown = list(things(model))
    lines = flow_lines(model, facts, (flow for flow in model.flows.values() if not observes(flow)), shown)
    add_firewalls(lines, model, shown)
    add_connections(lines, model, shown)
    return Choice("overview", "overview", _SAYS, shown, lines.edges(), subtitle=model.description or "")


def without_bystanders(view: View, model: Model) -> View:
    """The view without what measures the system and who is told; a view of nothing else stays as it is."""
    left_out = bystanders(model)
    nodes = tuple(node for node in view.nodes if node.id not in left_out)
    if not nodes:
        return view
    edges = tuple(edge for edge in view.edges if edge.source not in left_out and edge.target not in left_out)
    return replace(view, nodes=nodes, edges=edges)
