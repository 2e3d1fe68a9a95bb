"""The closed vocabulary of relationships, read from ``catalog/relationships.yaml`` when first asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from archgraph.catalog.files import FOLDER, read_data


class Relationship(NamedTuple):
    """One verb: its kind, what a relationship of it says, and whether it is derived, never written.

    ``kind`` is placement, network, flow, event, identity, protection, replication, observation or
    delivery. ``description`` completes the sentence "the source ...".
    """

    name: str
    kind: str
    description: str
    derived: bool = False


class _Vocabulary(Mapping[str, Relationship]):
    """Reads the file on first use, so that importing this module costs nothing."""

    def __getitem__(self, name: str) -> Relationship:
        return _load()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_load())

    def __len__(self) -> int:
        return len(_load())


RELATIONSHIPS: Mapping[str, Relationship] = _Vocabulary()
"""Every relationship by its verb, in the order of the file."""


@cache
def _load() -> dict[str, Relationship]:
    entries = read_data((FOLDER / "relationships.yaml").read_text(encoding="utf-8"))
    return {
        name: Relationship(name, entry["kind"], entry["description"], entry.get("derived") == "true")
        for name, entry in entries.items()
    }
