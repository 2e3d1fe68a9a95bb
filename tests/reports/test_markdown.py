"""The Markdown report: what fails first, the rest folded away, and nothing of a model is markup."""

from __future__ import annotations

import re
from dataclasses import replace

from archgraph.reports.markdown import to_markdown
from archgraph.rules.results import Results, Status


def test_the_heading_counts_by_severity(results: Results) -> None:
    first = to_markdown(results).splitlines()
    assert first[0] == "## shop: 2 findings (1 critical, 1 low)"
    assert first[2] == "1 passed, 1 not known, 1 waived, 1 not applicable."


def test_findings_stand_open_and_the_rest_is_folded(results: Results) -> None:
    page = to_markdown(results)
    visible = page.partition("<details>")[0]
    assert "| critical | `admin-sg` | lets the internet reach 22 (SSH) |" in visible
    assert "`logs`" not in visible
    for title in ("Evidence and fixes", "Not known (1)", "Waived (1)"):
        assert f"<summary>{title}</summary>" in page
    assert "| `cdn` | `sec-public-entry-without-waf` | shop-team | 2027-03-31 | static preview |" in page
    assert "- low because its environment is test" in page
    assert "`cost-no-lifecycle`" in page.partition("**Rules that failed to run**")[2]


def test_known_findings_are_folded(results: Results) -> None:
    marked = tuple(replace(r, known=r.element == "db" and r.status is Status.FAIL) for r in results.results)
    page = to_markdown(replace(results, results=marked))
    assert page.startswith("## shop: 1 new finding (1 critical)\n\n1 known, ")
    assert "<summary>Known findings (1)</summary>" in page
    assert "`db`" not in page.partition("<details>")[0]


def test_a_comment_stays_short_enough_to_be_posted(results: Results) -> None:
    one = results.findings()[0]
    many = tuple(replace(one, element=f"e{number}", evidence=("x" * 80,) * 4) for number in range(500))
    page = to_markdown(replace(results, results=many))
    assert len(page) < 65_536
    assert "and 470 more, which the JSON report lists" in page


def test_no_findings_is_said(results: Results) -> None:
    fine = replace(results, results=(), crashes=())
    assert to_markdown(fine).startswith("## shop: 0 findings\n")


def test_nothing_of_a_model_becomes_markup(hostile: Results) -> None:
    page = to_markdown(hostile)
    assert "\x1b" not in page
    assert "\n# heading" not in page
    assert "\n```" not in page
    outside = re.sub(r"(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)", "CODE", page)
    assert "&lt;script&gt;" in outside
    assert "<script>" not in outside
    assert "](http" not in outside.replace("\\]", "")
    table = [line for line in outside.splitlines() if line.startswith("| ")]
    assert {line.count("|") for line in table[:3]} == {6}
