"""Waivers and attestations as the subjects of rules."""

from __future__ import annotations

from typing import NamedTuple

from archgraph.source.diagnostics import Location


class Statement(NamedTuple):
    """What a model says about itself, named by its content, so that its identity survives moving it."""

    id: str
    location: Location


def statement(name: str, location: Location, seen: set[str]) -> Statement:
    """The statement of that name; a second one that says the same is numbered. ``seen`` grows."""
    number = 1
    candidate = name
    while candidate in seen:
        number += 1
        candidate = f"{name} ({number})"
    seen.add(candidate)
    return Statement(candidate, location)
