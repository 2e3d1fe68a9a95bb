"""Scenarios: the ends of their steps, with the steps as numbered badges on the flows."""

from __future__ import annotations

from dataclasses import replace

from archgraph.analysis.facts import Facts
from archgraph.model.model import Model, Scenario
from archgraph.views.compose import Choice
from archgraph.views.lines import flow_lines, gateway_between


def scenario_choice(model: Model, facts: Facts, scenario: Scenario) -> Choice:
    """The ends of a scenario's steps, and the internet gateways between them."""
    badges: dict[str, list[str]] = {}
    for step in scenario.steps:
        badges.setdefault(step.flow, []).append(step.badge)
    flows = [replace(model.flows[flow_id], label=None) for flow_id in badges]  # type: ignore[index]
    ends = {end for flow in flows for end in (flow.source, flow.target)}
    ends |= {gateway for flow in flows if (gateway := gateway_between(model, facts, flow.source, flow.target))}
    shown = [element for element in model.elements.values() if element.id in ends]
    lines = flow_lines(model, facts, flows, shown, badges)
    count = len({step.number for step in scenario.steps})
    says = f"{scenario.title}, in {count} step{'s' if count > 1 else ''} along the numbered connections."
    return Choice(f"scenario-{scenario.id}", scenario.title, says, shown, lines.edges())
