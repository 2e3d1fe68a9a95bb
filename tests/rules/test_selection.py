"""Which rules run: by id, glob and pillar, without some, and with severities of the user's own."""

from __future__ import annotations

import pytest

from archgraph.model.model import Model
from archgraph.rules.registry import builtin_rules
from archgraph.rules.results import Pillar, Severity
from archgraph.rules.selection import Selection, evaluate_selected, select_rules

from .conftest import AS_OF


def chosen(**selection: object) -> set[str]:
    return {rule.id for rule in select_rules(builtin_rules(), Selection(**selection))}  # type: ignore[arg-type]


def test_nothing_selected_is_everything() -> None:
    assert select_rules(builtin_rules(), Selection()) == builtin_rules()


def test_rules_are_chosen_by_id_and_by_glob() -> None:
    assert chosen(rules=("ops-owner-missing",)) == {"ops-owner-missing"}
    assert chosen(rules=("ops-waiver-*", "ops-owner-missing")) >= {"ops-waiver-unused", "ops-owner-missing"}
    assert all(id_.startswith("sec-") for id_ in chosen(rules=("sec-*",)))


def test_what_is_excluded_does_not_run() -> None:
    assert "ops-owner-missing" not in chosen(exclude=("ops-owner-*",))
    assert chosen(rules=("ops-*",), exclude=("ops-*",)) == set()


def test_a_pillar_narrows_what_the_rules_say() -> None:
    security = chosen(pillars=(Pillar.SECURITY,))
    assert security
    assert security == {rule.id for rule in builtin_rules() if rule.pillar is Pillar.SECURITY}
    assert chosen(pillars=(Pillar.SECURITY,), rules=("ops-owner-missing",)) == set()


@pytest.mark.parametrize(
    "selection",
    [
        Selection(rules=("ops-owner-mising",)),
        Selection(exclude=("ops-owner-mising",)),
        Selection(severities={"ops-owner-mising": Severity.LOW}),
    ],
)
def test_a_name_that_matches_no_rule_is_an_error(selection: Selection) -> None:
    with pytest.raises(ValueError, match="there is no rule ops-owner-mising; did you mean 'ops-owner-missing'"):
        select_rules(builtin_rules(), selection)


def test_a_severity_that_is_set_holds_in_every_context(shop: Model) -> None:
    lowered = Selection(severities={"ops-*": Severity.INFO, "ops-owner-missing": Severity.CRITICAL})
    found = evaluate_selected(shop, lowered, as_of=AS_OF).findings()
    assert {r.severity for r in found if r.rule == "ops-owner-missing"} == {Severity.CRITICAL}
    assert {r.severity for r in found if r.rule == "ops-log-retention-undefined"} == {Severity.INFO}
    assert all(r.severity_reason is None for r in found if r.rule.startswith("ops-"))


def test_a_waiver_of_a_rule_that_is_left_out_is_not_judged(shop: Model) -> None:
    settings = {"ops-owner-missing": {"owner_tags": ["team"]}}
    results = evaluate_selected(shop, Selection(exclude=("ops-owner-missing",)), as_of=AS_OF, settings=settings)
    assert "ops-owner-missing" not in results.summary.rules
