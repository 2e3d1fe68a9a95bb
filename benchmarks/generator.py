"""Makes realistic models of any size, the same text for the same size on every machine.

A model is a row of teams. A team has an account with a key, an audit trail, a network of three zones,
some web applications, container services and serverless applications: about 200 elements of some 45
types. As in real models an element states three references to others, every fourth has a title and a
sentence about it, and there are faults to find (log groups without retention, a database without
standby, an open SSH port, a statement that allows everything).

``python -m benchmarks.generator 10000 > architecture.yaml`` writes one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import yaml

from benchmarks.containers import containers
from benchmarks.network import endpoints, network
from benchmarks.serverless import serverless
from benchmarks.teams import Body, Team, audit, foundation
from benchmarks.web import web_application

REGION = "eu-west-1"


def generate(elements: int) -> str:
    """The text of a model with ``elements`` elements, or up to some 20 more."""
    teams: list[Team] = []
    count = len(_SHARED)
    while count < elements:
        team = Team(len(teams))
        teams.append(team)
        for add in _parts():
            add(team)
            if count + team.count >= elements:
                break
        count += team.count
    return "".join(_text(teams))


def _parts() -> Iterator[Callable[[Team], None]]:
    """What a team builds, in order."""
    yield from (foundation, network, partial(web_application, index=0), audit, endpoints)
    yield from (partial(web_application, index=index) for index in (1, 2))
    yield from (partial(containers, index=index) for index in range(2))
    yield from (partial(serverless, index=index) for index in range(3))


_SHARED: Body = {
    "customers": {"type": "EndUser"},
    "oncall": {"type": "EmailRecipient"},
    "customer-data": {"type": "DataAsset", "classification": "confidential", "residency": [REGION]},
    "order": {"type": "DataAsset", "classification": "internal"},
}


_HEAD = """\
# Made by benchmarks/generator.py

archgraph: 1
id: generated
name: Generated architecture
owner: platform
objectives:
  availability: 99.9%
  rto: 1h
  rpo: 5m

elements:
"""


def _text(teams: list[Team]) -> Iterator[str]:
    yield _HEAD
    yield _indented(_SHARED)
    for team in teams:
        yield f"\n  # Team {team.name}\n"
        yield _indented({team.name: _account(team)})
    flows = [flow for team in teams for flow in team.flows]
    if flows:
        yield "\nflows:\n"
        yield _indented(flows)


def _account(team: Team) -> Body:
    region = dict(team.region)
    if team.network:
        vpc = {"type": "Vpc", "cidr": f"10.{team.number % 250}.0.0/16", "contains": team.network}
        region[team.id("vpc")] = vpc
    regions = {"us-east-1": team.global_region, REGION: region}
    return {
        "type": "Account",
        "account_id": f"{100_000_000_000 + team.number}",
        "environment": ("production", "staging", "development")[team.number % 3],
        "contains": team.account,
        "regions": {name: inside for name, inside in regions.items() if inside},
    }


def _indented(value: Any) -> str:
    text = yaml.dump(value, Dumper=_Dumper, sort_keys=False, width=4096, default_flow_style=False)
    return "".join(f"  {line}" for line in text.splitlines(keepends=True))


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes a value that occurs twice in full: the language has no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


if __name__ == "__main__":
    sys.stdout.write(generate(int(sys.argv[1])))
