"""What pictures show as icons: things, not the settings of things, and not what only looks at them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archgraph.model.model import Element, ElementId, Flow, Model
from archgraph.views.vocabulary import SETTINGS_TYPES

WATCHERS = frozenset({"CloudWatchAlarm", "MetricFilter", "CloudWatchDashboard", "XRayTracing", "Budget"})
"""Types that measure other things, and act by telling somebody."""

_TOLD = frozenset({"SnsTopic", "EmailRecipient", "SmsRecipient"})
"""Types that pass a message on, or get it in the end."""


def is_drawable(element: Element) -> bool:
    """Whether an element is a thing of its own: no setting of another, no part that lives in its owner."""
    return element.type.name not in SETTINGS_TYPES and not element.type.part


def is_thing(element: Element, model: Model) -> bool:
    """Whether the overview shows an element: not a setting, and not folded into its owner."""
    if not is_drawable(element):
        return False
    return element.part_of is None or bool(model.flows_from(element.id) or model.flows_to(element.id))


def things(model: Model) -> Iterator[Element]:
    """All that :func:`is_thing`, in the author's order."""
    return (element for element in model.elements.values() if is_thing(element, model))


def observes(flow: Flow) -> bool:
    """Whether a flow only carries measurements (an alarm watching a load balancer)."""
    return flow.implied_by is not None and flow.implied_by.relationship == "WATCHES"


def notified(model: Model, sources: Iterable[Element]) -> list[ElementId]:
    """What passes on the messages of the sources, or gets them: topics, and those who subscribe to them."""
    reached: dict[ElementId, None] = {}
    waiting = [element.id for element in sources]
    while waiting:
        for flow in model.flows_from(waiting.pop()):
            if flow.target not in reached and flow.kind == "event" and not observes(flow):
                reached[flow.target] = None
                if model.elements[flow.target].type.name in _TOLD:
                    waiting.append(flow.target)
    return list(reached)


def bystanders(model: Model) -> set[ElementId]:
    """What measures the system, and what only passes on or gets the messages of that: no part of how it works."""
    found = {element.id for element in model.of_type(*WATCHERS)}
    told = [name for name in notified(model, model.of_type(*WATCHERS)) if model.elements[name].type.name in _TOLD]
    waiting = sorted(told, key=lambda name: model.elements[name].type.name != "SnsTopic")
    for name in waiting:  # topics first, so that a recipient knows whether its topics are bystanders
        if all(flow.source in found for flow in model.flows_to(name)):
            found.add(name)
    return found


@dataclass(frozen=True, slots=True)
class StandIns:
    """Which shown element stands for an element: itself, or the owner of what was defined in place."""

    model: Model
    shown: frozenset[ElementId]

    def of(self, element_id: ElementId) -> ElementId | None:
        """The id of the stand-in, or ``None`` if neither the element nor an owner is shown."""
        current: ElementId | None = element_id
        while current is not None and current not in self.shown:
            current = self.model.elements[current].part_of
        return current


def thing_for(model: Model, element_id: ElementId) -> Element:
    """The element, or the outermost owner of what was defined in place in another."""
    element = model.elements[element_id]
    while element.part_of is not None:
        element = model.elements[element.part_of]
    return element
