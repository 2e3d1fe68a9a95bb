"""Ways between two ends, and what several of them come to together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from archgraph.analysis.evidence import Certainty, Hop, Path, PathVerdict
from archgraph.analysis.passage import merged, shared
from archgraph.catalog.values import Ports

EVERY_PORT = (Ports("all", 0, 65535),)


class Way(NamedTuple):
    """One way: the ports that are open on it for sure, and those that would be if what the model does
    not say were in its favour.

    ``certain`` tells whether the ports are open whatever AWS picks and whatever its defaults are;
    ``stop`` is the first thing that lets nothing through, ``depth`` how far a packet gets before it.
    """

    sure: tuple[Ports, ...] = ()
    hoped: tuple[Ports, ...] = ()
    certain: bool = True
    hops: tuple[Hop, ...] = ()
    stop: Hop | None = None
    missing: tuple[str, ...] = ()
    depth: int = 0


def open_way(*hops: Hop, ports: tuple[Ports, ...] = EVERY_PORT, certain: bool = True) -> Way:
    """A way that nothing stands in."""
    return Way(ports, ports, certain, hops)


def blocked_way(stop: Hop, hops: tuple[Hop, ...] = (), *, depth: int = 0, missing: tuple[str, ...] = ()) -> Way:
    """A way that something blocks; for sure, unless something is missing."""
    return Way(hops=hops, stop=stop, depth=depth, missing=missing, certain=not missing)


def unknown_way(missing: tuple[str, ...], *hops: Hop, ports: tuple[Ports, ...] = EVERY_PORT) -> Way:
    """A way of which the model does not say whether it is open."""
    return Way(hoped=ports, hops=hops, missing=missing)


def either(ways: Sequence[Way]) -> Way:
    """Alternatives of which a client may take any: open if one is, blocked if all are."""
    return _together(ways, every=False)


def every(ways: Sequence[Way]) -> Way:
    """Ways between all the places where two ends may stand: certainly open only if all are."""
    return _together(ways, every=True)


def through(first: Way, second: Way) -> Way:
    """Two ways that a packet takes one after the other, such as out to the internet and in again."""
    sure, hoped = shared(first.sure, second.sure), shared(first.hoped, second.hoped)
    missing = tuple(dict.fromkeys((*first.missing, *second.missing)))
    if not first.hoped or (not sure and not hoped and first.stop is not None):
        return first
    if not hoped:
        stop = second.stop or Hop(
            first.hops[-1].element if first.hops else "", "no port is open on both halves of the way"
        )
        return Way(
            (), (), first.certain and second.certain, (*first.hops, *second.hops), stop, missing, first.depth + 20
        )
    return Way(sure, hoped, first.certain and second.certain, (*first.hops, *second.hops), None, missing)


def narrowed(way: Way, ports: Iterable[Ports] | None) -> Way:
    """The way with only some of its ports."""
    if ports is None:
        return way
    wanted = tuple(ports)
    sure = shared(way.sure, wanted)
    return way._replace(sure=sure, hoped=sure if way.hoped == way.sure else shared(way.hoped, wanted))


def path_of(source: str, target: str, way: Way) -> Path:
    """The path that a way comes to."""
    certainty = Certainty.CERTAIN if way.certain else Certainty.POSSIBLE
    if way.sure:
        ports = tuple(map(str, way.sure))
        missing = () if way.certain else way.missing
        return Path(source, target, PathVerdict.OPEN, certainty, ports, way.hops, None, missing)
    if way.hoped:
        ports = tuple(map(str, way.hoped))
        missing = way.missing or (f"{target}.port",)
        return Path(source, target, PathVerdict.UNKNOWN, Certainty.CERTAIN, ports, way.hops, None, missing)
    stop = way.stop or Hop(target, f"{target} does not take what gets through")
    return Path(source, target, PathVerdict.BLOCKED, certainty, (), way.hops, stop, way.missing)


def _together(ways: Sequence[Way], *, every: bool) -> Way:
    if len(ways) == 1:
        return ways[0]
    best = min(ways, key=_distance)
    if best.sure:
        sure = merged(port for way in ways for port in way.sure)
        alike = [way.certain and way.sure == sure for way in ways]
        certain = all(alike) if every else any(alike)
        missing = tuple(dict.fromkeys(name for way in ways if way.sure for name in way.missing))
        return best._replace(sure=sure, hoped=merged(port for way in ways for port in way.hoped),
                       certain=certain, missing=missing)  # fmt: skip
    hoped = merged(port for way in ways for port in way.hoped)
    if hoped:
        missing = tuple(dict.fromkeys(name for way in ways if way.hoped for name in way.missing))
        return best._replace(hoped=hoped, missing=missing)
    missing = tuple(dict.fromkeys(name for way in ways for name in way.missing))
    return best._replace(missing=missing, certain=all(way.certain for way in ways))


def _distance(way: Way) -> tuple[int, bool, int]:
    """Open before unknown before blocked; of blocked ways the one that gets furthest."""
    if way.sure:
        return 0, not way.certain, 0
    return (1 if way.hoped else 2), False, -way.depth
