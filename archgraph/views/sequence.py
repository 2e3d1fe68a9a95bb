"""A scenario as a sequence: who takes part, and what passes between them, one message after another."""

from __future__ import annotations

from dataclasses import dataclass

from archgraph.catalog.values import Quantity
from archgraph.model.model import ElementId, Flow, Model, Scenario, Step
from archgraph.views.vocabulary import detail, flow_label, short_name


@dataclass(frozen=True, slots=True)
class Participant:
    """Someone or something with a lifeline; people are drawn as people."""

    id: str
    title: str
    subtitle: str = ""
    person: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A step of the scenario. ``waits`` is false for events: whoever sends them goes on at once."""

    badge: str
    source: str
    target: str
    text: str
    reply: bool = False
    waits: bool = True
    note: str = ""
    """What the flow states of itself: its time limit, its retries, the data that it carries."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """What a sequence diagram shows. Messages of one tuple happen at the same time."""

    id: str
    title: str
    participants: tuple[Participant, ...]
    rounds: tuple[tuple[Message, ...], ...]


def sequences(model: Model) -> dict[str, Sequence]:
    """The sequence of each scenario of a model, by its id: ``sequence-<scenario>``."""
    found = (sequence(model, scenario) for scenario in model.scenarios.values())
    return {made.id: made for made in found}


def sequence(model: Model, scenario: Scenario) -> Sequence:
    """The scenario's steps in order; participants stand in the order in which they first take part."""
    ends: dict[ElementId, None] = {}
    rounds: dict[int, list[Message]] = {}
    noted: set[str] = set()
    for step in scenario.steps:
        flow = model.flows[step.flow]
        message = _message(model, step, flow, first=flow.id not in noted)
        noted.add(flow.id)
        ends.update(dict.fromkeys((ElementId(message.source), ElementId(message.target))))
        rounds.setdefault(step.number, []).append(message)
    return Sequence(
        id=f"sequence-{scenario.id}",
        title=f"{model.name}: {scenario.title}",
        participants=tuple(_participant(model, end) for end in ends),
        rounds=tuple(map(tuple, rounds.values())),
    )


def _message(model: Model, step: Step, flow: Flow, *, first: bool) -> Message:
    source, target = (flow.target, flow.source) if step.reply else (flow.source, flow.target)
    return Message(
        badge=step.badge,
        source=source,
        target=target,
        text=step.text or ("" if step.reply else flow_label(flow)),
        reply=step.reply,
        waits=flow.synchronous,
        note=_note(model, flow) if first else "",
    )


def _participant(model: Model, element_id: ElementId) -> Participant:
    element = model.elements[element_id]
    return Participant(element.id, short_name(element), detail(element), element.type.category == "Actor")


def _note(model: Model, flow: Flow) -> str:
    timeout, retries, carries = (flow.properties.get(name) for name in ("timeout", "retries", "carries"))
    said = []
    if isinstance(timeout, Quantity):
        said.append(f"timeout {timeout.text}")
    if isinstance(retries, dict) and isinstance(most := retries.get("max"), int):
        said.append("1 retry" if most == 1 else f"{most} retries")
    if isinstance(carries, list) and carries:
        said.append("carries " + ", ".join(short_name(model.elements[asset]) for asset in carries))
    return ", ".join(said)
