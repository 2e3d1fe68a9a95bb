"""Flows: arrows read, ends looked up, the flows that references imply refined by declared ones."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from archgraph.catalog.catalog import read_property
from archgraph.catalog.files import FOLDER, read_data
from archgraph.catalog.types import Property
from archgraph.dsl.drafts import FlowDraft
from archgraph.dsl.names import check_id, joined
from archgraph.dsl.properties import read_lone
from archgraph.dsl.reading import SKIPPED, Carried, Lookup
from archgraph.dsl.shapes import as_text, with_article
from archgraph.model.model import FLOW_KINDS, Element, ElementId, Flow, FlowId, Reference
from archgraph.source.diagnostics import Diagnostics, Location
from archgraph.source.document import Entry, Mapping, Node, Scalar, Sequence

_AWS_NAMES = {"internet": "the internet is never named; declare an EndUser, SaasService or ExternalSystem"}
MAX_FLOWS = 250_000
_ARROW = re.compile(r"\s+->\s+")
_SIDE = re.compile(r"[^\s&]+(?:\s*&\s*[^\s&]+)*")
_END = re.compile(r"[^\s&]+")
_NOT_ENDS = frozenset({"Network", "Place", "Governance", "Data", "Identity"})
_ENDS_ALL_THE_SAME = frozenset({"vpc", "on-premises"})
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
        self.unread = False
        """True if a flow could not be read, so that one which seems to be missing may have been it."""

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
        known = flow_properties()
        properties = {
            name: value
            for name, value in carried.reference.properties.items()
            if name in known and carried.kind in known[name][1]
        }
        at = carried.reference.location
        self._keep(Flow(flow_id, source, target, carried.kind, at, properties, None, False, carried.reference))

    def _whole(self, name: ElementId) -> ElementId:
        """The element that a part belongs to; an element itself."""
        element = self.elements[name]
        while element.type.part and element.part_of in self.elements:
            element = self.elements[element.part_of]
        return element.id

    def _declare(self, draft: FlowDraft) -> None:
        """One written flow, or several if ``&`` fans it out."""
        arrow, body = self._written(draft.node)
        sides = _ARROW.split(arrow.text.strip()) if arrow else []
        if arrow is None or len(sides) != 2:
            self.unread = True
            if arrow is not None:
                self.diagnostics.add(
                    "AG501", f"'{arrow.text[:80]}' is not a flow", arrow.location, arrow_hint(arrow.text)
                )
            return
        begin = arrow.text.index(sides[0])
        sources = self._ends(sides[0], begin, arrow, draft.namespace)
        begin = arrow.text.index(sides[1], begin + len(sides[0]))
        targets = self._ends(sides[1], begin, arrow, draft.namespace)
        stated_id = body.get("id") if isinstance(body, Mapping) else None
        if stated_id is not None and len(sources) * len(targets) > 1:
            self.unread = True
            self.diagnostics.add("AG503", "one id cannot name several flows", stated_id.location, "write one flow each")
            return
        for source in sources:
            for target in targets:
                if self.diagnostics.full or len(self.flows) > MAX_FLOWS:
                    self.diagnostics.add("AG313", f"more than {MAX_FLOWS:,} flows", arrow.location)
                    return
                self._flow(source, target, arrow, body, draft.namespace)

    def _written(self, node: Node) -> tuple[Scalar | None, Node | None]:
        """The arrow and what is said about it: ``a -> b``, ``a -> b: tls`` or ``a -> b: {...}``."""
        if isinstance(node, Scalar):
            return node, None
        if isinstance(node, Mapping) and len(node.entries) == 1:
            (arrow, body) = next(iter(node.entries.values()))
            if not isinstance(body, Sequence):
                return arrow, body
            self.diagnostics.add("AG501", "a flow says a protocol or a map of properties, not a list", body.location)
        elif not (isinstance(node, Mapping) and node.partial):
            self.diagnostics.add("AG501", "a flow is `a -> b`, `a -> b: protocol` or `a -> b: {...}`", node.location)
        return None, None

    def _ends(self, side: str, begin: int, arrow: Scalar, namespace: str) -> list[ElementId]:
        """The elements that one side of an arrow names; unknown ones are reported where they stand."""
        if not _SIDE.fullmatch(side):
            self.unread = True
            hint = "one id, or several joined with &"
            self.diagnostics.add("AG501", f"'{side[:60]}' cannot be the end of a flow", arrow.within(begin), hint)
            return []
        names = self.lookup.names
        found: dict[ElementId, None] = {}
        for match in _END.finditer(side):
            name, at = match[0], arrow.within(begin + match.start())
            resolved = names.resolve(name, namespace)
            ends = names.matching(name, namespace) if "*" in name else [resolved] if resolved else []
            if not ends:
                self._report_unknown(name, at, namespace)
            for end in ends:
                if ElementId(end) not in self.elements:
                    self.unread = True
                elif self._may_end(self.elements[ElementId(end)], at):
                    found[ElementId(end)] = None
        return list(found)

    def _report_unknown(self, name: str, at: Location, namespace: str) -> None:
        names = self.lookup.names
        if names.removed & {name, joined(namespace, name)}:
            return  # whoever removes an element removes its flows
        self.unread = True
        if names.lost.excuses(name, namespace):
            return
        if "*" in name:
            hint = names.wildcard_hint(name, namespace, self.diagnostics)
            self.diagnostics.add("AG310", f"'{name[:60]}' matches nothing", at, hint)
        else:
            self.diagnostics.add(
                "AG502",
                f"nothing is called '{name[:60]}' here",
                at,
                names.suggestion(name, namespace, self.diagnostics),
            )

    def _may_end(self, element: Element, at: Location) -> bool:
        kind = element.type
        passes = "gateway" in kind.traits or (kind.category in _NOT_ENDS and kind.group not in _ENDS_ALL_THE_SAME)
        if not passes or "internet-entry" in kind.traits or element.external:
            return True
        self.unread = True
        self.diagnostics.add(
            "AG505",
            f"'{element.id}' is {with_article(kind.title)}, which is never the end of a flow",
            at,
            "name the two ends; what lies between is derived from routes",
        )
        return False

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


def arrow_hint(text: str) -> str:
    """What would be right instead of a text that is no arrow between two ends."""
    if text.count("->") > 1:
        return "write one flow for each pair"
    if "<-" in text:
        return "write it from source to target: `a -> b`"
    if "->" in text:
        return "write a space before and after ->"
    return "write `a -> b`, or `a & b -> c & d`"


def _stated(value: Any) -> Any:
    """A value of a flow: references become the ids that they lead to."""
    if isinstance(value, Reference):
        return value.target or value.literal
    return [_stated(item) for item in value] if isinstance(value, list) else value
