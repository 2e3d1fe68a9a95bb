"""The cases of an own rule, in the form that the cases of built-in rules have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from archgraph.catalog.values import read_date
from archgraph.dsl.shapes import as_list, as_map, as_text, as_texts, check_keys
from archgraph.rules.own_rules.cases import Case
from archgraph.rules.results import Severity, Status
from archgraph.source.diagnostics import Diagnostics
from archgraph.source.document import Mapping, Node


def read_cases(node: Node | None, file: Path, diagnostics: Diagnostics) -> Iterator[Case]:
    """The well-formed cases; the others are reported."""
    required = ("name", "model", "expect")
    names: set[str] = set()
    for item in as_list(node, "'cases'", diagnostics):
        body = as_map(item, "a case", diagnostics)
        known = (*required, "missing", "severity", "as_of")
        if body is None or not check_keys(body, known, required, "a case", diagnostics):
            continue
        name = as_text(body.get("name"), "'name'", diagnostics)
        model = as_map(body.get("model"), "'model'", diagnostics)
        if name is None or model is None:
            diagnostics.add("AG806", "the case has no name or no model", body.location)
            continue
        if name.text in names:
            diagnostics.add("AG806", f"there are two cases '{name.text[:60]}'", name.location)
        names.add(name.text)
        yield Case(
            name=name.text,
            model=model,
            file=file,
            expect=_words(body, "expect", [status.value for status in Status], diagnostics),
            missing=_lists(body, "missing", diagnostics),
            severity=_words(body, "severity", [severity.value for severity in Severity], diagnostics),
            as_of=_day(body, diagnostics),
            location=body.location,
        )


def _words(body: Mapping, key: str, words: list[str], diagnostics: Diagnostics) -> dict[str, str]:
    """Element -> one of the words."""
    found = {}
    given = as_map(body.get(key), f"'{key}'", diagnostics)
    for element, value in given.entries.values() if given else ():
        text = as_text(value, f"'{element.text[:40]}'", diagnostics)
        if text is None:
            continue
        if text.text not in words:
            hint = diagnostics.did_you_mean(text.text, words) or f"allowed: {', '.join(words)}"
            diagnostics.add("AG806", f"'{key}' cannot be '{text.text[:40]}'", text.location, hint)
        found[element.text] = text.text
    return found


def _lists(body: Mapping, key: str, diagnostics: Diagnostics) -> dict[str, tuple[str, ...]]:
    given = as_map(body.get(key), f"'{key}'", diagnostics)
    return {
        element.text: tuple(text.text for text in as_texts(value, f"'{element.text[:40]}'", diagnostics))
        for element, value in (given.entries.values() if given else ())
    }


def _day(body: Mapping, diagnostics: Diagnostics) -> date | None:
    node = as_text(body.get("as_of"), "'as_of'", diagnostics)
    if node is None:
        return None
    try:
        return read_date(node.text)
    except ValueError as error:
        diagnostics.add("AG403", f"'as_of' {error}", node.location)
        return None
