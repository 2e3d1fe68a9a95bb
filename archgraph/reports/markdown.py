"""Results as Markdown, for a comment on a pull request or a summary of a job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from archgraph.markdown import code, escaped
from archgraph.model.model import Waiver
from archgraph.rules.results import Result, Results, Severity, Status
from archgraph.rules.rule import Rule

MOST_ROWS = 30
"""Rows of a table at most: a comment holds 65,536 characters on GitHub, and nobody reads more."""
_FINDINGS = ("Severity", "Element", "Finding", "Rule", "Where")


def to_markdown(results: Results) -> str:
    """A heading, the counts, a table of the findings, and the rest folded away; ends with a newline.

    Of many results the first are shown, the most severe, and the number of the others.
    """
    rules = {rule.id: rule for rule in results.rules}
    new = results.new_findings()
    known = [result for result in results.findings() if result.known]
    unknown, waived = results.with_status(Status.UNKNOWN), results.with_status(Status.WAIVED)
    parts = [f"## {escaped(results.model)}: {_headline(results)}", _counts(results)]
    if new:
        parts.append(_table(_FINDINGS, [_finding(result, rules) for result in new]))
        parts += _folded("Evidence and fixes", _explained(new[:MOST_ROWS], rules))
    if known:
        table = _table(_FINDINGS, [_finding(result, rules) for result in known])
        parts += _folded(f"Known findings ({len(known)})", table)
    if unknown:
        rows = [(code(r.element), code(", ".join(r.missing)), _rule(r, rules)) for r in unknown]
        parts += _folded(f"Not known ({len(unknown)})", _table(("Element", "The model does not say", "Rule"), rows))
    if waived:
        accepted = [(code(r.element), code(r.rule), *_accepted(r.waiver)) for r in waived if r.waiver]
        table = _table(("Element", "Rule", "Owner", "Until", "Reason"), accepted)
        parts += _folded(f"Waived ({len(waived)})", table)
    if results.crashes:
        crashes = [(code(crash.rule), escaped(crash.error)) for crash in results.crashes]
        parts += ["**Rules that failed to run**", _table(("Rule", "Error"), crashes)]
    return "\n\n".join(parts) + "\n"


def _headline(results: Results) -> str:
    new = results.new_findings()
    counts = {severity: sum(result.severity is severity for result in new) for severity in reversed(Severity)}
    said = ", ".join(f"{count} {severity}" for severity, count in counts.items() if count)
    noun = "new finding" if len(new) < len(results.findings()) else "finding"
    return f"{len(new)} {noun}{'' if len(new) == 1 else 's'}" + (f" ({said})" if said else "")


def _counts(results: Results) -> str:
    counts = results.summary.statuses
    known = len(results.findings()) - len(results.new_findings())
    said = [f"{counts[Status.PASS]} passed", f"{counts[Status.UNKNOWN]} not known", f"{counts[Status.WAIVED]} waived"]
    return (
        ", ".join(([f"{known} known"] if known else []) + said) + f", {counts[Status.NOT_APPLICABLE]} not applicable."
    )


def _finding(result: Result, rules: Mapping[str, Rule]) -> Sequence[str]:
    where = code(result.location)
    return (result.severity.value, code(result.element), escaped(result.message), _rule(result, rules), where)


def _accepted(waiver: Waiver) -> tuple[str, str, str]:
    return escaped(waiver.owner), waiver.expires.isoformat(), escaped(waiver.reason)


def _explained(found: Sequence[Result], rules: Mapping[str, Rule]) -> str:
    blocks = []
    for result in found:
        lines = [
            f"**{result.severity.value}** {code(result.element)} {escaped(result.message)} ({_rule(result, rules)})",
            "",
        ]
        lines += [f"- {escaped(text)}" for text in result.evidence]
        if result.severity_reason:
            lines.append(f"- {result.severity.value} because {escaped(result.severity_reason)}")
        if result.fix:
            lines += ["", f"Fix: {escaped(result.fix)}"]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _rule(result: Result, rules: Mapping[str, Rule]) -> str:
    return f"{code(result.rule)}: {escaped(rules[result.rule].title)}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows[:MOST_ROWS]]
    text = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    more = len(rows) - MOST_ROWS
    return f"{text}\n\nand {more} more, which the JSON report lists" if more > 0 else text


def _folded(title: str, content: str) -> list[str]:
    """A part that GitHub and GitLab show closed."""
    return [f"<details>\n<summary>{title}</summary>", content, "</details>"]
