"""Texts are measured as the bundled font draws them, and broken where a reader would."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgraph.render import fonts, text
from archgraph.render.fonts.subset import FACES, widths

FOLDER = Path(fonts.__file__).parent


@pytest.mark.parametrize("face", FACES)
def test_the_table_of_widths_is_that_of_the_font(face: str) -> None:
    table = json.loads((FOLDER / "widths.json").read_text(encoding="utf-8"))
    assert table[face] == widths(FOLDER / f"open-sans-{face}.ttf")


def test_the_licence_lies_beside_the_font() -> None:
    assert "SIL OPEN FONT LICENSE" in (FOLDER / "OFL.txt").read_text(encoding="utf-8").upper()


def test_characters_outside_the_font_take_a_full_em_and_marks_nothing() -> None:
    assert text.width("日", 10) == 10
    assert text.width("e\u0301", 10) == text.width("e", 10)


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("web-alb", ("web-alb",)),
        ("Application Load Balancer", ("Application", "Load Balancer")),
        ("zone-a.public-subnet-name", ("zone-a.public-", "subnet-name")),
        ("", ()),
    ],
)
def test_titles_break_at_spaces_then_at_hyphens_and_dots(words: str, lines: tuple[str, ...]) -> None:
    assert text.wrap(words, 12, 108, 2) == lines


@given(st.text(max_size=300), st.integers(1, 3))
def test_wrapped_lines_fit(words: str, lines: int) -> None:
    wrapped = text.wrap(text.clean(words), 12, 90, lines)
    assert len(wrapped) <= lines
    assert all(text.width(line, 12) <= 90 for line in wrapped)


@given(st.text())
def test_clean_text_is_one_line_of_characters_that_xml_allows(words: str) -> None:
    cleaned = text.clean(words)
    assert "\n" not in cleaned
    assert all(c == "\t" or 0x20 <= ord(c) < 0xD800 or 0xE000 <= ord(c) < 0xFFFE or ord(c) > 0xFFFF for c in cleaned)
