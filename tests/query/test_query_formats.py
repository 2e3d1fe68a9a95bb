"""Answers as tables, JSON, CSV and Markdown."""

from __future__ import annotations

import csv
import io
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgraph.query.embedded import EmbeddedStore
from archgraph.query.formats import FORMATS, to_csv, to_json, to_markdown, to_table
from archgraph.query.store import Result

HOSTILE = "a\x1b[2J\x07b\r\nc\u202ed\x9be"


def test_a_table_aligns_columns_and_counts_rows() -> None:
    result = Result(("name", "size", "zones"), [("web", 2, ["a", "b"]), ("日本", 10, None), ("x", None, [])])
    assert to_table(result).splitlines() == [
        "name  size  zones",
        "----  ----  ------",
        "web      2  [a, b]",
        "日本    10  null",
        "x     null  []",
        "(3 rows)",
    ]


def test_a_table_fits_its_terminal() -> None:
    result = Result(("id", "description"), [("a", "long " * 50), ("日本" * 40, "x")])
    lines = to_table(result, 40).splitlines()
    assert max(map(columns_of, lines)) <= 40
    assert all("…" in line for line in lines[2:4])


def test_a_table_says_that_there_is_more() -> None:
    assert to_table(Result(("n",), [(1,)], truncated=True)).endswith("(the first 1 rows; there are more)\n")
    assert to_table(Result(("n",), [])).splitlines() == ["n", "-", "(0 rows)"]


def test_shows_nodes_by_id_and_paths_as_arrows(store: EmbeddedStore) -> None:
    result = store.query("MATCH p = (q:SqsQueue)-[r:FEEDS]->(w)-[:CALLS]->(:S3Bucket)<-[:CALLS]-(w) RETURN q, r, p")
    assert result.rows == []
    result = store.query("MATCH p = (b:S3Bucket)<-[r:CALLS]-(w)-[:CALLS]->(d:RdsInstance) RETURN b, r, p")
    row = to_table(result).splitlines()[2]
    assert row == "assets  worker -[CALLS]-> assets  assets <-[CALLS]- worker -[CALLS]-> db"


def test_json_holds_everything(store: EmbeddedStore) -> None:
    result = store.query("MATCH p = (q:SqsQueue)-[r:FEEDS]->(w) RETURN q.id, r, p, [1, {a: null}] AS l")
    answer = json.loads(to_json(result))
    assert answer["columns"] == ["q.id", "r", "p", "l"]
    assert answer["truncated"] is False
    (row,) = answer["rows"]
    assert row["r"]["type"] == "FEEDS"
    assert (row["r"]["source"], row["r"]["target"]) == ("jobs", "worker")
    assert [node["id"] for node in row["p"]["nodes"]] == ["jobs", "worker"]
    assert row["l"] == [1, {"a": None}]


def test_csv_can_be_read_back() -> None:
    result = Result(("a,b", "n", "l"), [('x "y", z', 1.5, ["a", None]), (None, True, {"k": 1}), ("two\nlines", -1, 0)])
    rows = list(csv.reader(io.StringIO(to_csv(result))))
    assert rows == [
        ["a,b", "n", "l"],
        ['x "y", z', "1.5", '["a", null]'],
        ["", "true", '{"k": 1}'],
        ["two\nlines", "-1", "0"],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")'])
def test_csv_has_no_formulas(text: str) -> None:
    ((header,), (cell,)) = csv.reader(io.StringIO(to_csv(Result((text,), [(text,)]))))
    assert header.startswith("'")
    assert cell.startswith("'")


def test_markdown_escapes_markup() -> None:
    text = to_markdown(Result(("a|b",), [("<b>*x*</b> | `y` [z](w) _v_ $m$ # \n &",)]))
    assert text.splitlines() == [
        "| a\\|b |",
        "| --- |",
        "| &lt;b&gt;\\*x\\*&lt;/b&gt; \\| \\`y\\` \\[z\\](w) \\_v\\_ \\$m\\$ \\# \\\\n &amp; |",
    ]


@pytest.mark.parametrize("name", FORMATS)
def test_no_text_of_a_model_reaches_the_terminal_unescaped(name: str) -> None:
    shown = FORMATS[name](Result((HOSTILE,), [(HOSTILE,), ([HOSTILE],), ({HOSTILE: HOSTILE},)]))
    assert not set(shown) & set("\x1b\x07\r\u202e\x9b")


@given(
    st.lists(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=5,
        )
    ),
    st.sampled_from(sorted(FORMATS)),
)
def test_any_value_has_a_text(values: list[object], name: str) -> None:
    shown = FORMATS[name](Result(("x",), [(value,) for value in values]))
    assert not any(unicodedata.category(c) in ("Cc", "Cs") and c != "\n" for c in shown)


def columns_of(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
