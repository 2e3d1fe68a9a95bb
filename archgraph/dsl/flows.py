"""Flows: those that references imply, and those that are declared and may refine them."""

from __future__ import annotations

from collections.abc import Mapping as Bindings
from functools import cache
from typing import Any

from archgraph.catalog.catalog import read_property
from archgraph.catalog.files import FOLDER, read_data
from archgraph.catalog.types import Property
from archgraph.dsl.arrows import ArrowReader
from archgraph.dsl.drafts import FlowDraft
from archgraph.dsl.names import check_id, joined
from archgraph.dsl.properties import read_lone
from archgraph.dsl.reading import SKIPPED, Carried, Lookup
from archgraph.dsl.shapes import as_text
from archgraph.model.model import FLOW_KINDS, Element, ElementId, Flow, FlowId, Reference
from archgraph.source.diagnostics import Diagnostics
from archgraph.source.document import Entry, Mapping, Node, Scalar

MAX_FLOWS = 250_000
_EVENT_TYPES = frozenset({"SnsTopic", "EventBus", "EventRule", "EventSchedule", "CloudWatchAlarm", "S3Bucket"})
_STREAM_TYPES = frozenset({"KinesisStream", "DynamoDbTable", "DynamoDbStream"})


@cache
def flow_properties() -> dict[str, tuple[Property, frozenset[str]]]:
    """What a flow may say: each property, and the kinds of flow that it fits."""
    found = {}
    for name, data in read_data((FOLDER / "flows.yaml").read_text(encoding="utf-8")).items():
        kinds = frozenset(data.pop("for", FLOW_KINDS))
        found[name] = (read_property(name, data), kinds)
    return found


class FlowReader:
    """Reads the flows of one model, after all its elements are known."""

    def __init__(self, lookup: Lookup, elements: dict[ElementId, Element], diagnostics: Diagnostics) -> None:
        self.lookup = lookup
        self.elements = elements
        self.diagnostics = diagnostics
        self.flows: dict[FlowId, Flow] = {}
        self.between: dict[tuple[ElementId, ElementId], list[FlowId]] = {}
        self.arrows = ArrowReader(lookup, elements)

    def read(self, drafts: list[FlowDraft]) -> dict[FlowId, Flow]:
        """All flows: the implied ones in the order of the elements, refined by the declared ones."""
        for carried in self.lookup.carried:
            self._imply(carried)
        for draft in drafts:
            self._declare(draft)
        return self.flows

    def _imply(self, carried: Carried) -> None:
        """The flow that a reference carries (origins, targets, subscriptions, event sources ...)."""
        if carried.source not in self.elements or carried.target not in self.elements:
            return
        source, target = self._whole(carried.source), self._whole(carried.target)
        flow_id = FlowId(f"{source} -> {target}")
        if source == target or flow_id in self.flows:
            return
        reference = carried.reference
        properties = _fitting(reference.properties, carried.kind) if reference.properties else {}
        self._keep(Flow(flow_id, source, target, carried.kind, reference.location, properties, None, False, reference))

    def _whole(self, name: ElementId) -> ElementId:
        """The element that a part belongs to; an element itself."""
        element = self.elements[name]
        while element.type.part and element.part_of in self.elements:
            element = self.elements[element.part_of]
        return element.id

    def _declare(self, draft: FlowDraft) -> None:
        """One written flow, or several if ``&`` fans it out."""
        arrow = self.arrows.read(draft)
        if arrow is None:
            return
        stated_id = arrow.body.get("id") if isinstance(arrow.body, Mapping) else None
        if stated_id is not None and len(arrow.sources) * len(arrow.targets) > 1:
            self.arrows.unread = True
            self.diagnostics.add("AG503", "one id cannot name several flows", stated_id.location, "write one flow each")
            return
        for source in arrow.sources:
            for target in arrow.targets:
                if self.diagnostics.full or len(self.flows) > MAX_FLOWS:
                    self.diagnostics.add("AG313", f"more than {MAX_FLOWS:,} flows", arrow.key.location)
                    return
                self._flow(source, target, arrow.key, arrow.body, draft.namespace)

    def _flow(self, source: ElementId, target: ElementId, arrow: Scalar, body: Node | None, namespace: str) -> None:
        """Keep one declared flow; it takes the place of the implied one that it refines."""
        entries = body.entries if isinstance(body, Mapping) else {}
        implied = self._implied_between(source, target)
        kind = self._kind(source, target, entries.get("kind"), implied)
        own_id = self._flow_id(entries["id"][1], namespace) if "id" in entries else None
        flow_id = FlowId(own_id or f"{source} -> {target}")
        if flow_id in self.flows and not (implied and implied.id == flow_id):
            first = self.flows[flow_id].location
            self.diagnostics.add(
                "AG503",
                f"a flow '{flow_id[:120]}' exists already",
                arrow.location,
                f"give each an id; the first is at {first}",
            )
            return
        if isinstance(body, Scalar) and body.text:
            entries = {"protocol": (body, body)}
        consumer = self.elements[target if kind in ("poll", "stream") else source]
        properties = self._properties(entries, consumer, kind, namespace)
        label = properties.pop("label", None)
        if implied is not None:
            self._forget(implied)
            properties = {**implied.properties, **properties}
        reference = implied.implied_by if implied else None
        self._keep(Flow(flow_id, source, target, kind, arrow.location, properties, label, True, reference))

    def _implied_between(self, source: ElementId, target: ElementId) -> Flow | None:
        flows = [self.flows[flow_id] for flow_id in self.between.get((source, target), ())]
        return next((flow for flow in flows if not flow.declared), None)

    def _kind(self, source: ElementId, target: ElementId, stated: Entry | None, implied: Flow | None) -> str:
        """The kind that is stated, that the refined flow has, or that follows from the two types."""
        if stated is not None:
            text = as_text(stated[1], "kind", self.diagnostics)
            if text is not None and text.text in FLOW_KINDS:
                return text.text
            if text is not None:
                hint = self.diagnostics.did_you_mean(text.text, FLOW_KINDS) or f"known: {', '.join(FLOW_KINDS)}"
                self.diagnostics.add("AG419", f"'{text.text[:40]}' is not a kind of flow", text.location, hint)
        if implied is not None:
            return implied.kind
        start, end = self.elements[source].type, self.elements[target].type
        if "queue" in start.traits:
            return "poll"
        if start.name in _STREAM_TYPES:
            return "stream"
        if start.name in _EVENT_TYPES or "queue" in end.traits or end.name in ("SnsTopic", "EventBus"):
            return "event"
        return "request"

    def _properties(self, entries: dict[str, Entry], consumer: Element, kind: str, namespace: str) -> dict[str, Any]:
        """What a flow states. References among it are related to the flow's consumer."""
        known = flow_properties()
        values: dict[str, Any] = {}
        for name, (key, node) in entries.items():
            if name in ("kind", "id"):
                continue
            if name not in known:
                meant = self.diagnostics.closest(name, [*known, "id", "kind"])
                hint = f"did you mean '{meant}'?" if meant else f"known: {', '.join(known)}"
                self.diagnostics.add("AG203", f"a flow has no '{name[:60]}'", key.location, hint)
                continue
            prop, kinds = known[name]
            if kind not in kinds:
                hint = f"it fits {', '.join(sorted(kinds))}; state `kind` if this is one"
                self.diagnostics.add("AG504", f"a flow of kind {kind} has no '{name}'", key.location, hint)
                continue
            value = read_lone(prop, node, consumer, namespace, self.lookup)
            if value is not SKIPPED:
                values[name] = _stated(value)
        return values

    def _flow_id(self, node: Node, namespace: str) -> str | None:
        text = as_text(node, "id", self.diagnostics)
        if text is None:
            return None
        return joined(namespace, text.text) if check_id(text, self.diagnostics) else None

    def _keep(self, flow: Flow) -> None:
        self.flows[flow.id] = flow
        self.between.setdefault((flow.source, flow.target), []).append(flow.id)

    def _forget(self, flow: Flow) -> None:
        del self.flows[flow.id]
        self.between[flow.source, flow.target].remove(flow.id)


def _fitting(properties: Bindings[str, Any], kind: str) -> dict[str, Any]:
    """Those properties of a reference that a flow of the kind may have."""
    known = flow_properties()
    return {name: value for name, value in properties.items() if name in known and kind in known[name][1]}


def _stated(value: Any) -> Any:
    """A value of a flow: references become the ids that they lead to."""
    if isinstance(value, Reference):
        return value.target or value.literal
    return [_stated(item) for item in value] if isinstance(value, list) else value
