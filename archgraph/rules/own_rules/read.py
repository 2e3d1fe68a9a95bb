"""From the YAML of an own rule to a rule: its metadata checked as a built-in rule's, its queries let through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from archgraph.catalog.catalog import Catalog
from archgraph.dsl.shapes import as_map, as_text, as_texts, check_keys
from archgraph.rules.framework import Practice, practices
from archgraph.rules.own_rules.cases import Case
from archgraph.rules.own_rules.judge import Queries, judge
from archgraph.rules.own_rules.read_cases import read_cases
from archgraph.rules.own_rules.read_parameters import read_parameters
from archgraph.rules.own_rules.read_queries import read_queries
from archgraph.rules.results import Pillar, Severity
from archgraph.rules.rule import Remediation, Rule
from archgraph.source.diagnostics import Diagnostics, Location
from archgraph.source.document import Mapping, Node, Scalar

REQUIRED = ("id", "title", "pillar", "severity", "rationale", "remediation", "query")
OPTIONAL = (
    "practices",
    "population",
    "false_positives",
    "references",
    "parameters",
    "waivable",
    "applies_to",
    "unknown",
    "cases",
)
_SLUG = re.compile(r"[a-z]+(?:-[a-z0-9]+)+")


@dataclass(frozen=True, slots=True)
class OwnRule:
    """A rule that a user wrote, with its cases and where it was written."""

    rule: Rule
    cases: tuple[Case, ...]
    location: Location


def read_own_rule(body: Mapping, file: Path, catalog: Catalog | None, diagnostics: Diagnostics) -> OwnRule | None:
    """The rule of a file, or ``None`` after reporting what is wrong with it."""
    before = len(diagnostics.errors)
    complete = check_keys(body, (*REQUIRED, *OPTIONAL), REQUIRED, "a rule", diagnostics)
    texts = {key: _text(body, key, diagnostics) for key in ("title", "rationale", "population", "false_positives")}
    id_ = _id(body, diagnostics)
    pillar = _word(body, "pillar", [pillar.value for pillar in Pillar], diagnostics)
    severity = _word(body, "severity", [severity.value for severity in Severity], diagnostics)
    waivable = _word(body, "waivable", ["true", "false"], diagnostics)
    remediation = _remediation(body.get("remediation"), diagnostics)
    mapped = tuple(_practices(body.get("practices"), diagnostics))
    references = tuple(_references(body, diagnostics))
    parameters = tuple(read_parameters(body.get("parameters"), diagnostics))
    queries = read_queries(body, {p.name: p.default for p in parameters}, catalog, diagnostics)
    cases = tuple(read_cases(body.get("cases"), file, diagnostics))
    if texts["title"].endswith("."):
        diagnostics.add("AG801", "the title ends with a full stop", body.entries["title"][1].location)
    if not complete or body.partial or len(diagnostics.errors) > before:
        return None
    asked = Queries(queries["query"] or "", queries["applies_to"], queries["unknown"], texts["title"], remediation.text)
    rule = Rule(
        id=id_,
        title=texts["title"],
        pillar=Pillar(pillar),
        practices=mapped,
        severity=Severity(severity),
        population=texts["population"],
        rationale=texts["rationale"],
        remediation=remediation,
        false_positives=texts["false_positives"],
        references=references,
        check=partial(judge, asked),
        parameters=parameters,
        waivable=waivable != "false",
    )
    return OwnRule(rule, cases, body.entries["id"][1].location)


def is_rule_id(text: str) -> bool:
    """Whether the text can be the id of a rule: words of small letters and digits, joined by ``-``."""
    return len(text) <= 80 and _SLUG.fullmatch(text) is not None


def _text(body: Mapping, key: str, diagnostics: Diagnostics) -> str:
    """A text on one line; an empty one is reported."""
    node = as_text(body.get(key), f"'{key}'", diagnostics)
    if node is not None and not node.text.strip():
        diagnostics.add("AG801", f"'{key}' is empty", node.location)
    return " ".join(node.text.split()) if node else ""


def _id(body: Mapping, diagnostics: Diagnostics) -> str:
    node = as_text(body.get("id"), "'id'", diagnostics)
    if node is None:
        return ""
    if not is_rule_id(node.text):
        hint = "small letters and digits in words joined by '-', like acme-bucket-without-team"
        diagnostics.add("AG801", f"'{node.text[:60]}' is not the id of a rule", node.location, hint)
    return node.text


def _word(body: Mapping, key: str, words: list[str], diagnostics: Diagnostics) -> str:
    node = as_text(body.get(key), f"'{key}'", diagnostics)
    if node is None:
        return ""
    if node.text not in words:
        hint = diagnostics.did_you_mean(node.text, words) or f"allowed: {', '.join(words)}"
        diagnostics.add("AG419", f"'{key}' cannot be '{node.text[:40]}'", node.location, hint)
    return node.text


def _remediation(node: Node | None, diagnostics: Diagnostics) -> Remediation:
    """Words alone, or a map of ``text`` and ``yaml``."""
    if isinstance(node, Scalar):
        if not node.text.strip():
            diagnostics.add("AG801", "'remediation' is empty", node.location)
        return Remediation(" ".join(node.text.split()), "")
    body = as_map(node, "'remediation'", diagnostics)
    if body is None or not check_keys(body, ("text", "yaml"), ("text",), "'remediation'", diagnostics):
        return Remediation("", "")
    yaml = as_text(body.get("yaml"), "'yaml'", diagnostics)
    return Remediation(_text(body, "text", diagnostics), yaml.text.strip("\n") + "\n" if yaml else "")


def _practices(node: Node | None, diagnostics: Diagnostics) -> Iterator[Practice]:
    """Practices by id, each with its title, so that a new revision that moves a number is noticed."""
    body = as_map(node, "'practices'", diagnostics)
    for key, value in body.entries.values() if body else ():
        practice = practices().get(key.text)
        title = as_text(value, f"the title of {key.text[:20]}", diagnostics)
        if practice is None:
            hint = diagnostics.did_you_mean(key.text, practices())
            diagnostics.add("AG805", f"the framework has no practice '{key.text[:40]}'", key.location, hint)
        elif title is not None and title.text != practice.title:
            hint = f"write: {practice.title}"
            diagnostics.add("AG805", f"{practice.id} is called otherwise", title.location, hint)
        else:
            yield practice


def _references(body: Mapping, diagnostics: Diagnostics) -> Iterator[str]:
    for node in as_texts(body.get("references"), "'references'", diagnostics):
        if not re.fullmatch(r"https://[^\s<>\"]+", node.text):
            diagnostics.add("AG801", f"'{node.text[:60]}' is not an https address", node.location)
        yield node.text
