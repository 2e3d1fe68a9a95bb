"""``docs/cypher.md`` says what is so: its queries run, its tables are whole."""

from __future__ import annotations

import re
from pathlib import Path

import networkx
import pytest

from archgraph.analysis.annotate import annotate
from archgraph.analysis.facts import derive
from archgraph.catalog.catalog import Catalog, builtin
from archgraph.catalog.vocabulary import RELATIONSHIPS
from archgraph.dsl.load import load
from archgraph.graph.build import build
from archgraph.query.embedded import EmbeddedStore
from archgraph.query.errors import REFUSALS
from archgraph.query.functions import AGGREGATES, FUNCTIONS, PREDICATES, SPELLING
from archgraph.query.gate import admit

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "cypher.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```cypher\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    loaded = load(ROOT / "models" / "three-tier-web-app")
    assert loaded.model is not None, list(loaded.diagnostics)
    graph: networkx.MultiDiGraph[str] = build(loaded.model)
    annotate(graph, derive(loaded.model))
    return EmbeddedStore(graph, loaded.model.catalog)


def test_there_are_twelve_questions() -> None:
    assert len(QUERIES) == 12


@pytest.mark.parametrize("query", QUERIES)
def test_a_documented_query_passes_the_gate(query: str) -> None:
    catalog: Catalog = builtin()
    admit(query, {}, catalog)


@pytest.mark.parametrize("query", QUERIES)
def test_a_documented_query_has_an_answer_in_the_reference_model(store: EmbeddedStore, query: str) -> None:
    result = store.query(query)
    assert result.rows
    assert all(any(value is not None for value in row) for row in result.rows)


def test_the_page_lists_every_verb() -> None:
    for relationship in RELATIONSHIPS.values():
        kind = relationship.kind + (", derived" if relationship.derived else "")
        assert f"| `{relationship.name}` | {kind} | {relationship.description} |" in PAGE


def test_the_page_lists_every_refusal() -> None:
    for code, why in REFUSALS.items():
        assert f"| `{code}` | {why.replace('|', chr(92) + '|')} |" in PAGE


def test_the_page_lists_every_function() -> None:
    assert {name.lower() for name in SPELLING} == {*FUNCTIONS, *AGGREGATES, *PREDICATES, "reduce"}
    assert ", ".join(f"`{name}`" for name in SPELLING) in PAGE
