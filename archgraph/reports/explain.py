"""What lies behind a rule, a practice or one result, for reading in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from archgraph.reports.text import plain
from archgraph.rules.framework import Practice
from archgraph.rules.results import Result
from archgraph.rules.rule import Rule


def explain_rule(rule: Rule) -> str:
    """Everything that is known about a rule."""
    practices = ", ".join(f"{practice.id} {practice.title}" for practice in rule.practices)
    cannot = "" if rule.waivable else "; cannot be waived"
    lines = [
        f"{rule.id}: {rule.title}",
        f"{rule.pillar}, {rule.severity}{f'; {practices}' if practices else ''}{cannot}",
    ]
    if rule.population:
        lines += ["", f"What it looks at: {rule.population}"]
    lines += ["", f"Why: {rule.rationale}", "", f"What to do: {rule.remediation.text}"]
    if rule.remediation.yaml:
        lines += ["", *(f"    {line}" for line in rule.remediation.yaml.strip("\n").splitlines())]
    if rule.false_positives:
        lines += ["", f"When it may be wrong: {rule.false_positives}"]
    if rule.parameters:
        lines += ["", "Parameters (archgraph.toml, table [rules." + rule.id + "]):"]
        lines += [f"  {p.name} = {p.default!r}: {p.description}" for p in rule.parameters]
    if rule.references:
        lines += ["", "References:", *(f"  {url}" for url in rule.references)]
    return "\n".join(plain(line) for line in lines) + "\n"


def explain_practice(practice: Practice, rules: Sequence[Rule]) -> str:
    """A practice of the framework, and the rules that check a part of it."""
    mapped = [rule for rule in rules if practice in rule.practices]
    lines = [
        f"{practice.id}: {practice.title}",
        f"{practice.pillar}, risk if not met: {practice.risk}",
        practice.url,
        "",
    ]
    if mapped:
        lines += ["Rules that check a part of it:", *(f"  {rule.id}: {rule.title}" for rule in mapped)]
    else:
        lines.append("No rule checks it; the team may attest it (`attestations:`).")
    return "\n".join(lines) + "\n"


def explain_result(result: Result, rule: Rule) -> str:
    """One result: what was concluded, from what, and what would mend it; then its rule."""
    lines = [
        f"{result.status.replace('_', ' ')}: {plain(result.element)}: {plain(result.message)}",
        f"at {plain(str(result.location))}, fingerprint {result.fingerprint}",
        "",
    ]
    lines += [f"  - {plain(text)}" for text in result.evidence]
    if result.missing:
        lines.append(f"The model does not say: {plain(', '.join(result.missing))}")
    if result.fix:
        lines.append(f"What to do: {plain(result.fix)}")
    if result.waiver:
        lines.append(
            f"Waived until {result.waiver.expires} by {plain(result.waiver.owner)}: {plain(result.waiver.reason)}"
        )
    return "\n".join(lines) + "\n\n" + explain_rule(rule)
