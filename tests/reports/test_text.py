"""The terminal report: what needs attention first, readable at any width, safe in any terminal."""

from __future__ import annotations

import re

import pytest

from archgraph.reports.text import plain, to_text
from archgraph.rules.results import Results

from .conftest import results_of

EXPECTED = """\
CRITICAL (1)

  admin-sg: lets the internet reach 22 (SSH)
    No administration or database port is open to the internet (sec-admin-port-open-to-internet)
    - admin-sg allows 22 from 0.0.0.0/0
    - public routes 0.0.0.0/0 to igw
    fix: close the port
    at network/vpc one.yaml:12:7

LOW (1)

  db: stands in one zone
    Every component that can span zones does (rel-single-az-component)
    - db.multi_az is false
    severity: low because its environment is test
    fix: state 'multi_az: true'
    at network/vpc one.yaml:12:7

NOT KNOWN (1): what the model does not say

  logs: the model does not say how long its logs are kept
    Every log group has a retention period (ops-log-retention-undefined)
    not said: logs.retention
    at network/vpc one.yaml:12:7

WAIVED (1)

  cdn: takes requests from the internet without a web ACL
    Every internet entry point is protected by AWS WAF (sec-public-entry-without-waf)
    accepted by shop-team until 2027-03-31: static preview

RULES THAT FAILED TO RUN (1)
  cost-no-lifecycle: KeyError: 'gone'

SUMMARY
  2 findings (1 critical, 1 low), 1 not known, 1 waived, 1 passed, 1 not applicable
  Operational Excellence  0 failed, 1 not known, 1 passed
  Security                1 failed, 0 not known, 0 passed
  Reliability             1 failed, 0 not known, 0 passed
  Performance Efficiency  0 failed, 0 not known, 0 passed
  Cost Optimization       0 failed, 0 not known, 0 passed
  Sustainability          0 failed, 0 not known, 0 passed
"""


def test_the_whole_report(results: Results) -> None:
    assert to_text(results) == EXPECTED


def test_colour_only_when_asked(results: Results) -> None:
    assert "\x1b[" not in to_text(results)
    coloured = to_text(results, colour=True)
    assert "\x1b[1;31mCRITICAL (1)\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == EXPECTED


@pytest.mark.parametrize("width", [1, 30, 40, 60])
def test_lines_are_wrapped_between_words(results: Results, width: int) -> None:
    longest_word = max(len(word) for word in EXPECTED.split())
    for line in to_text(results, width=width).splitlines():
        assert len(line) <= max(width, 30) or len(line.strip().split()) <= 2 or len(line) <= longest_word + 10


def test_the_model_cannot_steer_the_terminal(hostile: Results) -> None:
    text = to_text(hostile)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "ev\\x1b[31mil \\u202e<script>" in text


def test_nothing_to_report() -> None:
    assert to_text(results_of()).startswith("SUMMARY\n  0 findings, 0 not known")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("übermäßig ☁", "übermäßig ☁"),
        ("tab\tand\nline", "tab and line"),
        ("\x07bell\x7f", "\\x07bell\\x7f"),
        ("\x9b31m", "\\x9b31m"),
        ("a\u200bb\u2028c", "a\\u200bb c"),
        ("\ud800", "\\ud800"),
    ],
)
def test_plain(text: str, shown: str) -> None:
    assert plain(text) == shown
