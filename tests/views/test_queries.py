"""Queries of views that give no picture, and what is said about them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archgraph.analysis.facts import derive
from archgraph.model.model import Model
from archgraph.source.diagnostics import Diagnostic, Diagnostics
from archgraph.views.pictures import pictures
from archgraph.views.queries import ViewError, check_queries

HEAD = "elements: {web: {type: EndUser}, app: {type: SaasService}}\nflows: [web -> app: https]\nviews:\n  v:\n"


def problems(model: Model) -> list[Diagnostic]:
    diagnostics = Diagnostics()
    check_queries(model, diagnostics)
    return list(diagnostics)


def test_a_query_that_the_gate_lets_through_is_no_problem(model_from: Callable[[str], Model]) -> None:
    assert problems(model_from(HEAD + "    cypher: MATCH (n:EndUser) RETURN n\n")) == []


def test_a_refused_query_is_reported_where_it_is_wrong(model_from: Callable[[str], Model]) -> None:
    found = problems(model_from(HEAD + "    cypher: MATCH (n:EndUsr) RETURN n\n"))
    assert [(one.code, str(one.location)) for one in found] == [("AG708", "architecture.yaml:7:22")]
    assert "did you mean 'EndUser'?" in str(found[0].hint)


def test_a_query_of_several_lines_says_which_is_wrong(model_from: Callable[[str], Model]) -> None:
    found = problems(model_from(HEAD + "    cypher: |\n      MATCH (n:EndUser)\n      DELETE n\n"))
    assert [one.location.line for one in found] == [7]
    assert "(line 2, column 1 of the query)" in found[0].message


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("MATCH (n) DELETE n", "architecture.yaml:7:23: the query of view 'v' is refused"),
        ("MATCH (n) RETURN n.id", "returns values, but no element"),
        ("MATCH (n) RETURN 1 / 0 AS x", "architecture.yaml:7:13: the query of view 'v'"),
    ],
)
def test_a_picture_whose_query_fails_is_not_drawn(model_from: Callable[[str], Model], query: str, said: str) -> None:
    model = model_from(HEAD + f"    cypher: {query}\n")
    with pytest.raises(ViewError) as failed:
        pictures(model, derive(model))
    assert said in str(failed.value)


def test_a_query_that_finds_nothing_gives_an_empty_view(model_from: Callable[[str], Model]) -> None:
    model = model_from(HEAD + "    cypher: MATCH (n:S3Bucket) RETURN n\n")
    assert pictures(model, derive(model))["view-v"].nodes == ()
