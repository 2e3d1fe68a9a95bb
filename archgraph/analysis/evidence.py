"""What facts about reach carry: a verdict, how sure it is, and the steps that prove it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from archgraph.model.model import ElementId


class Certainty(StrEnum):
    """``CERTAIN`` follows from what the model states; ``POSSIBLE`` leans on a default of AWS."""

    CERTAIN = "certain"
    POSSIBLE = "possible"


class Hop(NamedTuple):
    """One step of evidence: the element that decides, and a sentence such as
    "web-sg allows 443 from 0.0.0.0/0".
    """

    element: str
    text: str


class Verdict(StrEnum):
    """Whether anyone on the internet can open a connection."""

    EXPOSED = "exposed"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Exposure:
    """Whether the internet can open a connection to an element.

    ``hops`` are the steps that let the connection pass, ``blocked_by`` the first that does not;
    ``ports`` what is open, or for ``unknown`` what would be (empty if blocked); ``missing`` what the
    model would have to say for the verdict to be known, or certain.
    """

    element: ElementId
    verdict: Verdict
    certainty: Certainty
    ports: tuple[str, ...] = ()
    hops: tuple[Hop, ...] = ()
    blocked_by: Hop | None = None
    missing: tuple[str, ...] = ()


class PathVerdict(StrEnum):
    """Whether one end can open a connection to another."""

    OPEN = "open"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


class Path(NamedTuple):
    """Whether ``source`` can open a connection to ``target``, and by which way.

    ``ports`` are those that are open, or for ``unknown`` those that would be (empty if blocked);
    ``hops`` the steps that let the connection pass, ``blocked_by`` the first that does not;
    ``missing`` what the model would have to say for the verdict to be known, or certain.
    """

    source: str
    target: str
    verdict: PathVerdict
    certainty: Certainty
    ports: tuple[str, ...] = ()
    hops: tuple[Hop, ...] = ()
    blocked_by: Hop | None = None
    missing: tuple[str, ...] = ()
