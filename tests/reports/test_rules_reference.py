"""docs/rules.md and the list of rules come from the rules themselves."""

from __future__ import annotations

import json
from pathlib import Path

from archgraph.reports.rules_reference import to_json, to_markdown
from archgraph.rules.registry import builtin_rules

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == to_markdown(builtin_rules())


def test_every_rule_has_a_section_that_the_index_links() -> None:
    page = to_markdown(builtin_rules())
    for rule in builtin_rules():
        assert f"\n### {rule.id}\n" in page
        assert f"[{rule.id}](#{rule.id})" in page


def test_the_list_as_data() -> None:
    listed = json.loads(to_json(builtin_rules()))
    assert [entry["id"] for entry in listed] == [rule.id for rule in builtin_rules()]
    assert sum(not entry["housekeeping"] for entry in listed) >= 12
    assert all(entry["practices"] for entry in listed if not entry["housekeeping"])
