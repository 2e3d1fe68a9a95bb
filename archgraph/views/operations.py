"""Operations: what is measured, logged, recorded and backed up, and who is told."""

from __future__ import annotations

from archgraph.analysis.backups import backup_plans
from archgraph.analysis.facts import Facts
from archgraph.model.model import Element, ElementId, Model
from archgraph.views.compose import Choice
from archgraph.views.lines import RELATION, Lines
from archgraph.views.things import notified, observes, thing_for
from archgraph.views.view import EdgeStyle
from archgraph.views.vocabulary import FLOW_STYLES, flow_label

_SAYS = "What is measured, logged, recorded and backed up, and who is told."

_CATEGORIES = ("Observability", "Recovery")
_TYPES = frozenset({"Budget", "ConfigRecorder", "ConfigRule", "ConfigAggregator", "HealthCheck"})

_RELATIONS: tuple[tuple[str, str], ...] = (
    ("LOGS_TO", "logs to"),
    ("TRACED_BY", "traced by"),
)


def operations(model: Model, facts: Facts) -> Choice | None:
    """What watches over the system, with what it watches and tells; ``None`` if nothing does."""
    watching = [e for e in model.elements.values() if _watches_over(e) and e.part_of is None]
    if not watching:
        return None
    lines = Lines()
    _add_measures(lines, model)
    _add_messages(lines, model, watching)
    for verb, label in _RELATIONS:
        for reference in model.references_of(verb):
            if reference.target is not None:
                for source in _recorded(model, reference.source):
                    lines.add(source.id, thing_for(model, reference.target).id, label, RELATION)
    _add_records(lines, model)
    _add_backups(lines, model)
    ends = lines.ends() | {element.id for element in watching if element.type.name != "FlowLog"}
    shown = [element for element in model.elements.values() if element.id in ends]
    details: dict[str, str] = {
        alarm.id: text for alarm in model.of_type("CloudWatchAlarm") if (text := _threshold(alarm))
    }
    return Choice("operations", "operations", _SAYS, shown, lines.edges(), details=details)


def _watches_over(element: Element) -> bool:
    return element.type.category in _CATEGORIES or element.type.name in _TYPES


def _add_measures(lines: Lines, model: Model) -> None:
    """From what is measured to the alarm, filter or dashboard that shows it."""
    for reference in model.references_of("WATCHES"):
        if reference.target is None:
            continue
        source, target = model.elements[reference.source], model.elements[reference.target]
        if source.type.category == "Actor":
            lines.add(target.id, source.id, "seen by", RELATION)
        else:
            lines.add(thing_for(model, target.id).id, source.id, "watched by", EdgeStyle.EVENT)


def _add_messages(lines: Lines, model: Model, watching: list[Element]) -> None:
    """What is told, to the last recipient, and where log groups send their events."""
    told = notified(model, watching)
    sources = [element.id for element in watching]
    sources += [name for name in told if model.elements[name].type.name == "SnsTopic"]
    for source in dict.fromkeys(sources):
        for flow in model.flows_from(source):
            if not observes(flow):
                target = thing_for(model, flow.target)
                lines.add(source, target.id, flow_label(flow), FLOW_STYLES[flow.kind])


def _recorded(model: Model, name: ElementId) -> list[Element]:
    """Whose records these are: what a flow log records, or else the element itself or its owner."""
    element = model.elements[name]
    if element.type.name != "FlowLog":
        return [thing_for(model, name)]
    return [thing_for(model, recorded.id) for recorded in model.targets(name, "RECORDS")]


def _add_records(lines: Lines, model: Model) -> None:
    """From what is recorded to the trail or recorder; flow logs were drawn with where they write to."""
    for reference in model.references_of("RECORDS"):
        if reference.target is not None and model.elements[reference.source].type.name != "FlowLog":
            target = thing_for(model, reference.target)
            lines.add(target.id, thing_for(model, reference.source).id, "recorded by", RELATION)


def _add_backups(lines: Lines, model: Model) -> None:
    for name, plans in backup_plans(model).items():
        for plan in plans:
            lines.add(thing_for(model, name).id, plan.id, "backup", EdgeStyle.REPLICATION)
    for reference in model.references_of("BACKS_UP_TO"):
        if reference.target is not None:
            target = thing_for(model, reference.target)
            lines.add(reference.source, target.id, "", EdgeStyle.REPLICATION)


def _threshold(alarm: Element) -> str:
    """``CPUUtilization above 80 %``: when the alarm goes off."""
    metric = alarm.properties.get("metric")
    bounds = [f"{word} {alarm.properties[word]}" for word in ("above", "below") if word in alarm.properties]
    return " ".join([metric, *bounds]) if isinstance(metric, str) else ""
