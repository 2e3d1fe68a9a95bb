"""Scenarios: numbered steps along the flows of the model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as Bindings

from archgraph.dsl.flows import FlowReader
from archgraph.dsl.names import ID, check_id
from archgraph.dsl.shapes import as_map, as_text, check_keys, shape
from archgraph.model.model import ElementId, FlowId, Scenario, Step
from archgraph.source.diagnostics import Diagnostics, Location
from archgraph.source.document import Entry, Mapping, Node, Scalar, Sequence

_STEP = re.compile(r"\s*(\S+)\s+(->|<-)\s+(\S+)\s*")


def read_scenarios(written: Bindings[str, Entry], flows: FlowReader, diagnostics: Diagnostics) -> dict[str, Scenario]:
    """Read the scenarios of a model. Steps along flows that do not exist are reported."""
    reader = _ScenarioReader(flows, diagnostics)
    found = {}
    for name, (key, node) in written.items():
        scenario = reader.read(key, node)
        if scenario is not None:
            found[name] = scenario
    return found


class _ScenarioReader:
    def __init__(self, flows: FlowReader, diagnostics: Diagnostics) -> None:
        self.flows = flows
        self.names = flows.lookup.names
        self.diagnostics = diagnostics
        self._ends: dict[ElementId, list[ElementId]] | None = None
        self._named: list[FlowId] | None = None

    def read(self, key: Scalar, node: Node) -> Scenario | None:
        what = f"scenario '{key.text[:60]}'"
        body = as_map(node, what, self.diagnostics)
        if body is None:
            if isinstance(node, Scalar) and node.empty:
                self.diagnostics.add("AG202", f"{what} needs 'steps'", key.location)
            return None
        check_id(key, self.diagnostics)
        if not check_keys(body, ("title", "description", "steps"), ("steps",), what, self.diagnostics):
            return None
        title = as_text(body.get("title"), "title", self.diagnostics)
        steps = tuple(self._steps(body.entries["steps"][1]))
        return Scenario(key.text, title.text if title else _words(key.text), steps, key.location)

    def _steps(self, node: Node) -> Iterator[Step]:
        """The steps in order, those of a nested list under one number."""
        if not isinstance(node, Sequence):
            self.diagnostics.add("AG204", f"steps must be a list, not {shape(node)}", node.location)
            return
        number = 1
        for item in node.items:
            branches = item.items if isinstance(item, Sequence) else [item]
            steps = [step for branch in branches if (step := self._step(branch)) is not None]
            for index, step in enumerate(steps):
                yield Step(number, _letter(index) if len(steps) > 1 else "", *step)
            number += bool(steps)

    def _step(self, node: Node) -> tuple[FlowId, bool, str, Location] | None:
        """The flow of one step, whether it is a reply, what it says, and where it stands."""
        text = ""
        if isinstance(node, Mapping) and len(node.entries) == 1:
            arrow, value = next(iter(node.entries.values()))
            said = as_text(value, "what a step says", self.diagnostics)
            text = said.text if said else ""
        elif isinstance(node, Scalar):
            arrow = node
        else:
            if not (isinstance(node, Mapping) and node.partial):
                self.diagnostics.add("AG507", f"a step is `a -> b: text`, not {shape(node)}", node.location)
            return None
        if FlowId(arrow.text) in self.flows.flows:
            return FlowId(arrow.text), False, text, arrow.location
        match = _STEP.fullmatch(arrow.text)
        if match is None:
            self._report_no_step(arrow)
            return None
        flow = self._flow(match, arrow)
        return (flow, match[2] == "<-", text, arrow.location) if flow else None

    def _report_no_step(self, arrow: Scalar) -> None:
        if ID.fullmatch(arrow.text) and self.flows.arrows.unread:
            return
        if self._named is None:
            self._named = [flow for flow in self.flows.flows if "->" not in flow]
        meant = self.diagnostics.did_you_mean(arrow.text, self._named)
        message = f"'{arrow.text[:80]}' is not a step"
        self.diagnostics.add("AG507", message, arrow.location, meant or _step_hint(arrow.text))

    def _flow(self, match: re.Match[str], arrow: Scalar) -> FlowId | None:
        """The one flow from the left to the right end; of a reply, ``a <- b``, it also begins at ``a``."""
        known = [self._is_known(match, group, arrow) for group in (1, 3)]
        if not all(known):
            return None
        source, target = ElementId(match[1]), ElementId(match[3])
        between = self.flows.between.get((source, target), [])
        if len(between) == 1:
            return between[0]
        if between:
            hint = f"name one of {', '.join(sorted(between))}"
            self.diagnostics.add("AG508", f"several flows lead from '{source}' to '{target}'", arrow.location, hint)
        elif not self._excused(source, target):
            self.diagnostics.add(
                "AG506", f"no flow leads from '{source}' to '{target}'", arrow.location, self._hint(source, target)
            )
        return None

    def _is_known(self, match: re.Match[str], group: int, arrow: Scalar) -> bool:
        name = match[group]
        if name in self.names:
            return True
        if name not in self.names.removed and not self.names.lost.excuses(name, ""):
            at = arrow.within(match.start(group))
            self.diagnostics.add(
                "AG502", f"nothing is called '{name[:60]}'", at, self.names.suggestion(name, "", self.diagnostics)
            )
        return False

    def _excused(self, source: ElementId, target: ElementId) -> bool:
        """Whether a reported mistake may have kept the flow from existing."""
        damaged = self.flows.lookup.damaged
        missing = not {source, target} <= self.flows.elements.keys()
        return missing or self.flows.arrows.unread or bool({source, target} & damaged)

    def _hint(self, source: ElementId, target: ElementId) -> str:
        if self.flows.between.get((target, source)):
            return f"one leads from '{target}' to '{source}'; its reply is `{target} <- {source}`"
        if self._ends is None:
            self._ends = {}
            for flow in self.flows.flows.values():
                self._ends.setdefault(flow.source, []).append(flow.target)
        there = sorted(set(self._ends.get(source, ())))[:8]
        return f"flows from '{source}' lead to {', '.join(there)}" if there else "declare the flow first"


def _step_hint(text: str) -> str:
    unspaced = "->" in text or "<-" in text
    return "write a space before and after the arrow" if unspaced else "write `a -> b: text`"


def _letter(index: int) -> str:
    return chr(ord("a") + index) if index < 26 else f"-{index + 1}"


def _words(name: str) -> str:
    return name.replace("-", " ").replace("_", " ").capitalize()
