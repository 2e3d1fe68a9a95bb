"""Results for a terminal: findings by severity, then what is not known, what is accepted, the counts."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from archgraph.rules.results import Result, Results, Severity, Status
from archgraph.rules.rule import Rule

_COLOURS: Mapping[Severity, str] = {
    Severity.CRITICAL: "1;31",
    Severity.HIGH: "31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
    Severity.INFO: "2",
}
_NARROWEST = 30


def to_text(results: Results, *, colour: bool = False, width: int = 100) -> str:
    """The report as lines of at most ``width`` columns where words allow it; ends with a newline.

    ``colour`` adds ANSI colours. Whatever the model says is printed without control characters, so
    that a model cannot steer the terminal.
    """
    page = _Page(max(width, _NARROWEST), colour)
    rules = {rule.id: rule for rule in results.rules}
    findings = results.findings()
    for severity in reversed(Severity):
        found = [result for result in findings if result.severity is severity and not result.known]
        if found:
            page.heading(f"{severity.value.upper()} ({len(found)})", _COLOURS[severity])
            for result in found:
                _finding(page, result, rules[result.rule])
    known = [result for result in findings if result.known]
    if known:
        page.heading(f"KNOWN ({len(known)}): findings of the baseline", "2")
        for result in known:
            _known(page, result, rules[result.rule])
    unknown = results.with_status(Status.UNKNOWN)
    if unknown:
        page.heading(f"NOT KNOWN ({len(unknown)}): what the model does not say", "35")
        for result in unknown:
            _unknown(page, result, rules[result.rule])
    waived = results.with_status(Status.WAIVED)
    if waived:
        page.heading(f"WAIVED ({len(waived)})", "2")
        for result in waived:
            _waived(page, result, rules[result.rule])
    if results.crashes:
        page.heading(f"RULES THAT FAILED TO RUN ({len(results.crashes)})", "1;31")
        for crash in results.crashes:
            page.write(f"{crash.rule}: {crash.error}", indent=2)
    _summary(page, results)
    return page.text()


def plain(text: str) -> str:
    """The text without characters that steer terminals, reorder text or break lines.

    They are shown as ``\\x1b`` or ``\\u202e``; spaces of all kinds become one space.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character in "\n\t\r" or unicodedata.category(character) in ("Zs", "Zl", "Zp"):
        return " "
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Cn", "Co"):
        code = ord(character)
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
    return character


class _Page:
    """Collects wrapped lines."""

    def __init__(self, width: int, colour: bool) -> None:
        self._width = width
        self._colour = colour
        self._lines: list[str] = []

    def heading(self, text: str, colour: str) -> None:
        if self._lines:
            self._lines.append("")
        self._lines += [self._painted(line, colour) for line in self._wrapped(text, 0, 0)]

    def write(self, text: str, *, indent: int = 0, hanging: int = 0, colour: str = "") -> None:
        lines = self._wrapped(text, indent, hanging)
        self._lines += [self._painted(line, colour) for line in lines] if colour and self._colour else lines

    def gap(self) -> None:
        self._lines.append("")

    def text(self) -> str:
        return "\n".join(self._lines) + "\n"

    def _wrapped(self, text: str, indent: int, hanging: int) -> Sequence[str]:
        shown = plain(text)
        if indent + len(shown) <= self._width and shown == shown.strip() != "":
            return (" " * indent + shown,)  # most lines fit, and wrapping is slow
        return _wrap(shown, self._width, indent, hanging)

    def _painted(self, line: str, colour: str) -> str:
        return f"\x1b[{colour}m{line}\x1b[0m" if self._colour else line


@lru_cache(maxsize=1024)  # titles and fixes come again with every finding of a rule
def _wrap(text: str, width: int, indent: int, hanging: int) -> tuple[str, ...]:
    lines = textwrap.wrap(
        text,
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hanging),
        break_on_hyphens=False,
        break_long_words=False,
    )
    return tuple(lines) or ("",)


def _finding(page: _Page, result: Result, rule: Rule) -> None:
    page.gap()
    page.write(f"{result.element}: {result.message}", indent=2, hanging=2, colour="1")
    page.write(f"{rule.title} ({rule.id})", indent=4, hanging=2)
    for evidence in result.evidence:
        page.write(f"- {evidence}", indent=4, hanging=2)
    if result.severity_reason:
        page.write(f"severity: {result.severity} because {result.severity_reason}", indent=4, hanging=2)
    if result.fix:
        page.write(f"fix: {result.fix}", indent=4, hanging=5)
    page.write(f"at {result.location}", indent=4, hanging=2, colour="2")


def _known(page: _Page, result: Result, rule: Rule) -> None:
    page.gap()
    page.write(f"{result.element}: {result.message}", indent=2, hanging=2)
    page.write(f"{rule.title} ({rule.id}), {result.severity}", indent=4, hanging=2)


def _unknown(page: _Page, result: Result, rule: Rule) -> None:
    page.gap()
    page.write(f"{result.element}: {result.message}", indent=2, hanging=2)
    page.write(f"{rule.title} ({rule.id})", indent=4, hanging=2)
    page.write(f"not said: {', '.join(result.missing)}", indent=4, hanging=2)
    page.write(f"at {result.location}", indent=4, hanging=2, colour="2")


def _waived(page: _Page, result: Result, rule: Rule) -> None:
    page.gap()
    page.write(f"{result.element}: {result.message}", indent=2, hanging=2)
    page.write(f"{rule.title} ({rule.id})", indent=4, hanging=2)
    if result.waiver is not None:
        waiver = result.waiver
        page.write(f"accepted by {waiver.owner} until {waiver.expires}: {waiver.reason}", indent=4, hanging=2)


def _summary(page: _Page, results: Results) -> None:
    page.heading("SUMMARY", "1")
    statuses = results.summary.statuses
    severities = results.summary.severities
    findings = ", ".join(f"{severities[s]} {s}" for s in reversed(Severity) if severities[s])
    noun = "finding" if statuses[Status.FAIL] == 1 else "findings"
    page.write(
        f"{statuses[Status.FAIL]} {noun}{f' ({findings})' if findings else ''}, "
        f"{statuses[Status.UNKNOWN]} not known, {statuses[Status.WAIVED]} waived, "
        f"{statuses[Status.PASS]} passed, {statuses[Status.NOT_APPLICABLE]} not applicable",
        indent=2,
        hanging=2,
    )
    for line in _pillars(results):
        page.write(line, indent=2, hanging=4)


def _pillars(results: Results) -> Iterator[str]:
    longest = max(len(pillar) for pillar in results.summary.pillars)
    for pillar, counts in results.summary.pillars.items():
        yield (
            f"{pillar.ljust(longest)}  {counts[Status.FAIL]} failed, {counts[Status.UNKNOWN]} not known, "
            f"{counts[Status.PASS]} passed"
        )
