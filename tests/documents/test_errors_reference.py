"""The reference of error codes in ``docs/`` is what the program says."""

from __future__ import annotations

from pathlib import Path

from archgraph.documents.errors_reference import errors_page
from archgraph.source.codes import CODES, Code

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == errors_page()


def test_every_code_has_a_row_under_the_heading_of_its_section() -> None:
    page = errors_page()

    assert [line.split("`")[1] for line in page.splitlines() if line.startswith("| `AG")] == sorted(CODES)
    assert page.index("## Text and YAML") < page.index("`AG101`") < page.index("## Structure") < page.index("`AG201`")


def test_a_warning_says_so() -> None:
    page = errors_page({"AG101": Code("a thing", "What it is.", warning=True)})

    assert "| `AG101` | a thing (warning) | What it is. |" in page


def test_explanations_are_sentences() -> None:
    for code in CODES.values():
        assert code.explanation.endswith((".", ")"))
        assert not code.title.endswith(".")
        assert code.title[0] == code.title[0].lower() or code.title.startswith(
            ("YAML", "UTF", "AWS", "Windows", "Region")
        )
