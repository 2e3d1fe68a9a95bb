"""Results as Markdown, for a comment on a pull request or a summary of a job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from archgraph.markdown import code, escaped
from archgraph.rules.results import Result, Results, Severity, Status
from archgraph.rules.rule import Rule


def to_markdown(results: Results) -> str:
    """A heading, the counts, a table of the findings, and the rest folded away; ends with a newline."""
    rules = {rule.id: rule for rule in results.rules}
    new, findings = results.new_findings(), results.findings()
    parts = [f"## {escaped(results.model)}: {_headline(results)}", _counts(results)]
    if new:
        parts += [_table(("Severity", "Element", "Finding", "Rule", "Where"), _findings(new, rules))]
        parts += _folded("Evidence and fixes", _explained(new, rules))
    known = [result for result in findings if result.known]
    if known:
        rows = _findings(known, rules)
        parts += _folded(
            f"Known findings ({len(known)})", _table(("Severity", "Element", "Finding", "Rule", "Where"), rows)
        )
    unknown = results.with_status(Status.UNKNOWN)
    if unknown:
        rows = ((code(r.element), code(", ".join(r.missing)), _rule(r, rules)) for r in unknown)
        parts += _folded(f"Not known ({len(unknown)})", _table(("Element", "The model does not say", "Rule"), rows))
    waived = results.with_status(Status.WAIVED)
    if waived:
        parts += _folded(
            f"Waived ({len(waived)})", _table(("Element", "Rule", "Owner", "Until", "Reason"), _accepted(waived))
        )
    if results.crashes:
        rows = ((code(crash.rule), escaped(crash.error)) for crash in results.crashes)
        parts += ["**Rules that failed to run**", _table(("Rule", "Error"), rows)]
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


def _findings(found: Sequence[Result], rules: Mapping[str, Rule]) -> Iterator[Sequence[str]]:
    for result in found:
        where = code(result.location)
        yield (result.severity.value, code(result.element), escaped(result.message), _rule(result, rules), where)


def _accepted(waived: Sequence[Result]) -> Iterator[Sequence[str]]:
    for result in waived:
        if result.waiver is not None:
            waiver = result.waiver
            yield (
                code(result.element),
                code(result.rule),
                escaped(waiver.owner),
                waiver.expires.isoformat(),
                escaped(waiver.reason),
            )


def _explained(found: Sequence[Result], rules: Mapping[str, Rule]) -> str:
    blocks = []
    for result in found:
        lines = [f"{code(result.element)} {escaped(result.message)} ({_rule(result, rules)})", ""]
        lines += [f"- {escaped(text)}" for text in result.evidence]
        if result.severity_reason:
            lines.append(f"- {result.severity.value} because {escaped(result.severity_reason)}")
        if result.fix:
            lines += ["", f"Fix: {escaped(result.fix)}"]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _rule(result: Result, rules: Mapping[str, Rule]) -> str:
    return f"{code(result.rule)}: {escaped(rules[result.rule].title)}"


def _table(head: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _folded(title: str, content: str) -> list[str]:
    """A part that GitHub and GitLab show closed."""
    return [f"<details>\n<summary>{title}</summary>", content, "</details>"]
