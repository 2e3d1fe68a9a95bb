"""The vocabulary of relationships."""

from __future__ import annotations

import re
import subprocess
import sys

from archgraph.catalog.catalog import builtin
from archgraph.catalog.vocabulary import RELATIONSHIPS
from archgraph.model.model import FLOW_KINDS

KINDS = {
    "placement", "network", "flow", "event", "identity", "protection", "replication", "observation", "delivery",
}  # fmt: skip


def test_every_verb_has_one_kind_and_a_meaning() -> None:
    for name, relationship in RELATIONSHIPS.items():
        assert re.fullmatch(r"[A-Z]+(_[A-Z]+)*", name)
        assert relationship.name == name
        assert relationship.kind in KINDS
        assert relationship.description
    assert {r.name for r in RELATIONSHIPS.values() if r.derived} >= {"REACHES"}


def test_flows_and_types_use_the_vocabulary_and_never_its_names() -> None:
    assert set(FLOW_KINDS.values()) <= RELATIONSHIPS.keys()
    assert not RELATIONSHIPS.keys() & set(builtin().names())


def test_nothing_is_read_before_it_is_asked_for() -> None:
    code = "import sys\nfrom archgraph.catalog import vocabulary\nsys.exit(vocabulary._load.cache_info().currsize)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
