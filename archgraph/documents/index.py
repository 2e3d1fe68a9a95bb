"""``index.md``: the page of a model. Rows are prepared here; ``templates/index.md.j2`` sets them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from archgraph.analysis.facts import Exposure, Facts, Verdict
from archgraph.documents.templates import page_environment
from archgraph.model.model import Element, Flow, Model, Scenario
from archgraph.render.sequence import to_sequence
from archgraph.rules.coverage import Answer, coverage
from archgraph.rules.results import Results, Status
from archgraph.views.sequence import Sequence
from archgraph.views.view import View

OBJECTIVE_TITLES = {
    "availability": "Availability",
    "rto": "Recovery time objective",
    "rpo": "Recovery point objective",
    "latency_p99": "Latency, 99th percentile",
    "throughput": "Throughput",
    "users": "Users",
    "monthly_budget": "Budget per month",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the page: its title, and its files beside the page."""

    title: str
    file: str
    drawio: str


@dataclass(frozen=True, slots=True)
class StepRow:
    badge: str
    source: str
    arrow: str
    target: str
    text: str


def index_page(
    model: Model,
    facts: Facts,
    results: Results,
    views: Mapping[str, View],
    told: Mapping[str, Sequence],
    *,
    as_of: date,
) -> str:
    """The page as Markdown, ending in one newline."""
    page = (
        page_environment()
        .get_template("index.md.j2")
        .render(
            model=model,
            as_of=as_of.isoformat(),
            pictures=[_picture(view) for name, view in views.items() if not name.startswith("scenario-")],
            objectives=_objectives(model),
            scenarios=[
                (
                    scenario,
                    _scenario_picture(views, scenario),
                    to_sequence(told[f"sequence-{scenario.id}"]),
                    _steps(model, scenario),
                )
                for scenario in model.scenarios.values()
            ],
            flows=[_flow_row(model, flow) for flow in model.flows.values()],
            inventory=_inventory(model),
            exposed=_exposed(facts),
            addresses=facts.addresses,
            routing=facts.subnets,
            findings=results.findings(),
            unknowns=results.with_status(Status.UNKNOWN),
            waived=results.with_status(Status.WAIVED),
            rules={rule.id: rule for rule in results.rules},
            counts=_counts(results),
            coverage=_coverage(results, model, as_of),
            attestations=model.attestations,
            elements=model.elements,
        )
    )
    return page.rstrip("\n") + "\n"


def _picture(view: View) -> Picture:
    return Picture(view.title, f"diagrams/{view.id}.svg", f"diagrams/{view.id}.drawio")


def _scenario_picture(views: Mapping[str, View], scenario: Scenario) -> Picture | None:
    view = views.get(f"scenario-{scenario.id}")
    return _picture(view) if view else None


def _objectives(model: Model) -> list[tuple[str, str]]:
    return [(OBJECTIVE_TITLES[name], str(value)) for name, value in model.objectives.items()]


def _steps(model: Model, scenario: Scenario) -> list[StepRow]:
    rows = []
    for step in scenario.steps:
        flow = model.flows[step.flow]
        ends = (flow.target, flow.source) if step.reply else (flow.source, flow.target)
        arrow = "reply" if step.reply else flow.kind
        rows.append(StepRow(step.badge, ends[0], arrow, ends[1], step.text))
    return rows


def _flow_row(model: Model, flow: Flow) -> dict[str, Any]:
    properties = flow.properties
    said = [
        f"{name.replace('_', ' ')} {_shown(properties[name])}"
        for name in (
            "auth",
            "encryption",
            "timeout",
            "retries",
            "rate",
            "carries",
            "batch_size",
            "loop_guard",
        )
        if name in properties
    ]
    protocol = " ".join(_shown(properties[name]) for name in ("protocol", "port") if name in properties)
    return {
        "source": flow.source,
        "target": flow.target,
        "kind": flow.kind,
        "protocol": protocol,
        "said": "; ".join(said),
        "origin": "declared" if flow.declared else f"implied by {flow.implied_by.property}" if flow.implied_by else "",
    }


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_shown(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(item)}" for key, item in value.items())
    return str(value)


def _inventory(model: Model) -> list[tuple[str, list[Element]]]:
    """The elements by category, in the catalogue's order of categories; parts stay with their owners."""
    groups: dict[str, list[Element]] = {}
    for element in model.elements.values():
        if not element.type.part:
            groups.setdefault(element.type.category, []).append(element)
    return sorted(groups.items())


def _exposed(facts: Facts) -> list[Exposure]:
    return [fact for fact in facts.exposures.values() if fact.verdict is not Verdict.BLOCKED]


def _counts(results: Results) -> list[tuple[str, int]]:
    return [(status.replace("_", " "), count) for status, count in results.summary.statuses.items()]


def _coverage(results: Results, model: Model, as_of: date) -> dict[str, int]:
    answers: Iterable[Answer] = [entry.answer for entry in coverage(results, model, as_of)]
    return {answer.value: sum(1 for found in answers if found is answer) for answer in Answer}
