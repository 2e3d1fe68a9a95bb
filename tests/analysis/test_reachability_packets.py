"""Reachability agrees with sending single packets, on ten thousand random networks."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from archgraph.analysis.facts import Certainty, derive
from archgraph.analysis.reachability import PathVerdict
from archgraph.catalog.values import Ports
from archgraph.model.model import Model

from .reachability_networks import PROBES, SUBNETS, document, network, reaches

BATCH = 50
"""Networks in one model: loading is what takes time."""
PAIRS = 6
"""Pairs of ends that are compared in each network."""


@pytest.mark.parametrize("seed", range(4))
def test_paths_are_what_single_packets_find(model_of: Callable[..., Model], seed: int) -> None:
    _compare(model_of, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4, 200))
def test_paths_are_what_single_packets_find_in_10_000_networks(model_of: Callable[..., Model], seed: int) -> None:
    _compare(model_of, seed)


def _compare(model_of: Callable[..., Model], seed: int) -> None:
    random = Random(seed)
    networks = [network(random) for _ in range(BATCH)]
    elements: dict[str, Any] = {}
    for number, net in enumerate(networks):
        elements |= document(net, f"n{number}-")
    reachability = derive(model_of(elements)).reachability
    opened = 0
    for number, net in enumerate(networks):
        for source, target in _pairs(random):
            protocol, port = random.choice(PROBES)
            path = reachability.path(f"n{number}-{source}", f"n{number}-{target}", Ports(protocol, port, port))
            some, every = reaches(net, source, target, protocol, port)
            told = (seed, number, source, target, protocol, port, path)
            if path.missing == (f"how n{number}-office reaches the internet",) and not some:
                continue  # the evaluator's office has no internet, a model's may have
            assert path.verdict is (PathVerdict.OPEN if some else PathVerdict.BLOCKED), told
            public = net["hosts"].get(target.removesuffix("-host"), {}).get("public")
            if path.verdict is PathVerdict.OPEN and path.certainty is Certainty.CERTAIN and not public:
                assert every or target in ("partner", "bucket") or source == "partner", told
            opened += some
    assert 0.03 < opened / (BATCH * PAIRS) < 0.9, "the networks tell open from blocked"


def _pairs(random: Random) -> list[tuple[str, str]]:
    hosts = [f"{subnet}-host" for subnet in SUBNETS]
    pairs = [tuple(random.sample(hosts, 2)) for _ in range(PAIRS - 3)]
    pairs.append((random.choice(hosts), random.choice(["server", "partner", "bucket"])))
    pairs.append((random.choice(["server", "partner"]), random.choice(hosts)))
    pairs.append((random.choice(hosts), "bucket"))
    return [(source, target) for source, target in pairs]
