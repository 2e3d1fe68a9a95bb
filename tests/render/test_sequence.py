"""Sequence diagrams of scenarios: who speaks to whom, in which order, and whether they wait."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgraph import api
from archgraph.render import text
from archgraph.render.sequence import to_sequence
from archgraph.views.sequence import Message, Participant, Sequence, sequences

from .hostile import NAMES
from .mermaid_page import draw, mermaid

__all__ = ["mermaid"]

MODELS = Path(__file__).parents[2] / "models"


def written(model: str, scenario: str) -> list[str]:
    loaded = api.load(MODELS / model).model
    assert loaded is not None
    return [line.strip() for line in to_sequence(sequences(loaded)[f"sequence-{scenario}"]).splitlines()]


def test_participants_stand_in_the_order_in_which_they_take_part() -> None:
    lines = written("three-tier-web-app", "checkout")
    assert lines[0] == "sequenceDiagram"
    shown = [line.split()[1] for line in lines if line.startswith(("actor", "participant"))]
    assert shown[:4] == ["p_customers", "p_dns", "p_cdn", "p_web_alb"]
    assert "actor p_customers as Customers" in lines
    assert "participant p_shop_db as Shop database<br/>PostgreSQL, Multi-AZ" in lines


def test_parallel_steps_stand_in_one_block() -> None:
    lines = written("three-tier-web-app", "checkout")
    block = lines[lines.index("par in parallel") : lines.index("end") + 1]
    assert [line for line in block if "->>" in line or line in ("and", "end")] == [
        "p_web->>p_sessions: (5a) read the cart",
        "and",
        "p_web->>p_shop_db: (5b) reserve the goods",
        "end",
    ]


def test_replies_are_dashed_and_events_do_not_wait() -> None:
    assert "p_cdn-->>p_customers: (8) 201 Created" in written("three-tier-web-app", "checkout")
    assert "p_db_busy-)p_ops: (2) alarm" in written("three-tier-web-app", "database-alarm")


def test_what_a_flow_states_is_noted_once() -> None:
    lines = written("three-tier-web-app", "checkout")
    note = "Note over p_web,p_shop_db: timeout 3s, 2 retries, carries Customer data"
    assert lines.count(note) == 1
    assert lines.index(note) == lines.index("p_web->>p_shop_db: (5b) reserve the goods") + 1
    assert "p_web->>p_shop_db: (7) insert the order" in lines


def hostile(name: str) -> Sequence:
    """The name as a participant, a person, a message, an event to oneself, a note and a title."""
    ends = (Participant("a", name, name), Participant("b", name, person=True))
    return Sequence(
        "hostile",
        name,
        ends,
        (
            (Message("1", "a", "b", name, note=name),),
            (Message("2a", "a", "b", name, waits=False), Message("2b", "b", "a", name, reply=True, note=name)),
            (Message("3", "a", "a", name, waits=False, reply=True, note=name),),
        ),
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_name_adds_no_line(name: str) -> None:
    plain = [line.split(":")[0].split(" as ")[0] for line in to_sequence(hostile("plain")).splitlines()]
    lines = [line.split(":")[0].split(" as ")[0] for line in to_sequence(hostile(name)).splitlines()]
    if text.clean(name):
        assert lines == plain
    assert "```" not in to_sequence(hostile(name))


@pytest.mark.chromium
@pytest.mark.node
def test_mermaid_shows_hostile_names_as_they_are(mermaid: Path) -> None:
    for name, drawn in zip(NAMES, draw(mermaid, [to_sequence(hostile(name)) for name in NAMES]), strict=True):
        assert drawn.error == ""
        assert drawn.live == []
        shown = text.clean(name)
        read = {" ".join(label.replace("\u200b", "").split()) for label in drawn.labels}
        if 0 < len(shown) <= 100:
            assert {shown, *(f"({badge}) {shown}" for badge in ("1", "2a", "2b", "3"))} <= read, name


@pytest.mark.chromium
@pytest.mark.node
def test_mermaid_draws_a_scenario_without_steps(mermaid: Path) -> None:
    (drawn,) = draw(mermaid, [to_sequence(Sequence("s", "Nothing yet", (), ()))])
    assert drawn.error == ""
