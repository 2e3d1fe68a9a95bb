"""The reference of the rules: a page in Markdown, and the same as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import Any

from archgraph.rules.framework import REVISION
from archgraph.rules.results import Pillar
from archgraph.rules.rule import Parameter, Rule

_HEAD = f"""# Rules

Every built-in rule: what it looks at, why, how to fix what it finds, and when it may be wrong. A rule
answers *pass*, *fail*, *unknown* (it names what the model does not say), *not applicable*, or, for an
accepted risk, *waived*. Practices are those of the AWS Well-Architected Framework, revision of
{REVISION}.

This page is generated from the rules themselves; `archgraph rules list --format json` gives the same
as data.
"""


_OWN_HEAD = "# Own rules\n"


def to_markdown(rules: Iterable[Rule], *, own: bool = False) -> str:
    """The reference page ``docs/rules.md``, or one of a user's ``own`` rules: an index, then a section per rule."""
    ordered = list(rules)
    checks = [rule for rule in ordered if not rule.housekeeping]
    keeping = [rule for rule in ordered if rule.housekeeping]
    parts = [_OWN_HEAD if own else _HEAD, _index(ordered)]
    for pillar in Pillar:
        chosen = [rule for rule in checks if rule.pillar is pillar]
        if chosen:
            parts.append(f"## {pillar.value}\n")
            parts += [_section(rule) for rule in chosen]
    if keeping:
        parts.append("## Housekeeping\n\nRules about the waivers and attestations themselves. They cannot be waived.\n")
        parts += [_section(rule) for rule in keeping]
    return "\n".join(parts)


def to_json(rules: Iterable[Rule]) -> str:
    """The list of rules with all their metadata, as UTF-8 text that ends with a newline."""
    return json.dumps([_data(rule) for rule in rules], indent=2, ensure_ascii=False) + "\n"


@cache
def cases_text(rule_id: str) -> str:
    """The YAML cases of a rule, as they ship; empty if it has none."""
    entry = resources.files("archgraph.rules.packs") / "cases" / f"{rule_id}.yaml"
    return entry.read_text(encoding="utf-8") if entry.is_file() else ""


def _index(rules: Sequence[Rule]) -> str:
    rows = [
        f"| [{rule.id}](#{rule.id}) | {rule.title} | {rule.severity.value} | "
        f"{', '.join(practice.id for practice in rule.practices)} |"
        for rule in rules
    ]
    return "\n".join(["| rule | what must hold | severity | practices |", "|---|---|---|---|", *rows]) + "\n"


def _section(rule: Rule) -> str:
    facts = [f"Severity: {rule.severity.value}" + ("" if rule.waivable or rule.housekeeping else "; cannot be waived")]
    facts += [f"[{p.id}]({p.url}) {p.title}" for p in rule.practices]
    parts = [
        f"### {rule.id}\n\n**{rule.title}.**\n",
        "\n".join(f"- {fact}" for fact in facts) + "\n",
        f"{rule.population}\n" if rule.population else "",
        f"*Why.* {rule.rationale}\n",
        f"*Fix.* {rule.remediation.text}\n",
        f"```yaml\n{rule.remediation.yaml}```\n" if rule.remediation.yaml else "",
        f"*When it may be wrong.* {rule.false_positives}\n" if rule.false_positives else "",
    ]
    if rule.parameters:
        rows = [_parameter_row(parameter) for parameter in rule.parameters]
        parts.append("\n".join(["| parameter | type | default | meaning |", "|---|---|---|---|", *rows]) + "\n")
    if rule.references:
        parts.append("*Sources.* " + ", ".join(f"<{url}>" for url in rule.references) + "\n")
    cases = cases_text(rule.id)
    if cases:
        parts.append(f"<details>\n<summary>Cases</summary>\n\n```yaml\n{cases}```\n\n</details>\n")
    return "\n".join(part for part in parts if part)


def _parameter_row(parameter: Parameter) -> str:
    return f"| `{parameter.name}` | {parameter.kind} | `{_shown(parameter)}` | {parameter.description} |"


def _shown(parameter: Parameter) -> str:
    default = parameter.default
    return json.dumps(list(default) if isinstance(default, tuple) else default)


def _data(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "pillar": rule.pillar.value,
        "severity": rule.severity.value,
        "housekeeping": rule.housekeeping,
        "waivable": rule.waivable,
        "practices": [{"id": p.id, "title": p.title, "revision": p.revision, "url": p.url} for p in rule.practices],
        "population": rule.population,
        "rationale": rule.rationale,
        "remediation": {"text": rule.remediation.text, "yaml": rule.remediation.yaml},
        "false_positives": rule.false_positives,
        "parameters": [
            {
                "name": parameter.name,
                "type": parameter.kind,
                "default": list(parameter.default) if isinstance(parameter.default, tuple) else parameter.default,
                "description": parameter.description,
            }
            for parameter in rule.parameters
        ],
        "references": list(rule.references),
    }
