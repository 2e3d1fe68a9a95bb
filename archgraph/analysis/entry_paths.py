"""By how many entries the internet gets to an element, and by which way from each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from archgraph.analysis.reach import FORWARDING
from archgraph.catalog.vocabulary import RELATIONSHIPS
from archgraph.model.model import ElementId, Flow, Model


class EntryPaths(NamedTuple):
    """Per element, the entries that lead to it, nearest first, each with the flow by which it comes last."""

    last: Mapping[ElementId, Mapping[ElementId, Flow | None]]

    def entries(self, element: ElementId) -> list[ElementId]:
        """The entries from which flows lead to an element, nearest first; itself if it is one."""
        return list(self.last.get(element, ()))

    def way(self, element: ElementId, entry: ElementId) -> list[ElementId]:
        """The shortest way from the entry to the element, both included."""
        way = [element]
        while (flow := self.last[way[-1]][entry]) is not None:
            way.append(flow.source)
        return way[::-1]


def entry_paths(model: Model, entries: Iterable[ElementId], *, hops: int, at_most: int) -> EntryPaths:
    """Follow flows from all entries at once, over so many flows and to so many entries per element.

    An element passes each entry on once and takes ``at_most`` of them, so the time is linear in flows.
    """
    last: dict[ElementId, dict[ElementId, Flow | None]] = {entry: {entry: None} for entry in entries}
    fresh = [(entry, entry) for entry in last]
    onward: dict[ElementId, list[Flow]] = {}
    for _ in range(hops):
        following: list[tuple[ElementId, ElementId]] = []
        for element, entry in fresh:
            if element not in onward:
                onward[element] = [flow for flow in model.flows_from(element) if _forwards(flow)]
            for flow in onward[element]:
                known = last.setdefault(flow.target, {})
                if entry not in known and len(known) < at_most:
                    known[entry] = flow
                    following.append((flow.target, entry))
        fresh = following
    return EntryPaths(last)


def _forwards(flow: Flow) -> bool:
    """Whether what a caller sent moves on along a flow; what alarms and logs observe does not."""
    if flow.kind not in FORWARDING:
        return False
    return flow.implied_by is None or RELATIONSHIPS[flow.implied_by.relationship].kind != "observation"
