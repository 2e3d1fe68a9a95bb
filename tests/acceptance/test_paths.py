"""``archgraph paths``: the hop list, the hop that blocks, or what the model does not say."""

from __future__ import annotations

import json
from pathlib import Path

from tests.acceptance.conftest import WEB_SHOP, Archgraph


def test_an_open_path_is_told_hop_by_hop(archgraph: Archgraph) -> None:
    ran = archgraph("paths", WEB_SHOP, "web", "shop-db", "--port", "5432")
    assert ran.status == 0
    assert ran.out.splitlines()[0] == "web -> shop-db on 5432: open"
    assert "web-sg allows 5432 to db-sg" in ran.out
    assert "db-sg allows 5432 from web-sg" in ran.out
    assert ran.err == ""


def test_a_blocked_path_names_the_hop(archgraph: Archgraph) -> None:
    ran = archgraph("paths", WEB_SHOP, "reporting", "sessions")
    assert ran.status == 1
    assert "reporting -> sessions: blocked" in ran.out
    assert "blocked by reporting-sg" in ran.out


def test_a_port_that_is_not_open_is_blocked(archgraph: Archgraph) -> None:
    for port in ("3306", "udp/5432"):
        ran = archgraph("paths", WEB_SHOP, "web", "shop-db", "--port", port)
        assert ran.status == 1
        assert f"on {port}: blocked" in ran.out


def test_from_the_internet(archgraph: Archgraph) -> None:
    assert archgraph("paths", WEB_SHOP, "internet", "status", "--port", "443").status == 0
    ran = archgraph("paths", WEB_SHOP, "internet", "web-alb")
    assert ran.status == 1
    assert "blocked by alb-sg" in ran.out


def test_what_is_not_known_is_said(archgraph: Archgraph, tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text(
        """\
archgraph: 1
id: dim
name: Dim
elements:
  acc: {type: Account, account_id: "000000000001"}
  net: {type: Vpc, in: acc.eu-west-1, cidr: 10.0.0.0/16}
  app: {type: Subnet, in: net, availability_zone: a, cidr: 10.0.0.0/24}
  sg: {type: SecurityGroup, in: net, inbound: {10.0.0.0/16: 443}, outbound: {10.0.0.0/16: 443}}
  one: {type: Ec2Instance, subnet: app, security_groups: [sg]}
  two: {type: Ec2Instance, subnet: app, security_groups: unknown}
""",
        encoding="utf-8",
    )
    ran = archgraph("paths", ".", "one", "two")
    assert ran.status == 1
    assert "one -> two: not known" in ran.out
    assert "the model does not say: two.security_groups" in ran.out


def test_json_says_the_same(archgraph: Archgraph) -> None:
    ran = archgraph("paths", WEB_SHOP, "web", "assets", "--format", "json")
    assert ran.status == 0
    answer = json.loads(ran.out)
    assert (answer["source"], answer["target"], answer["port"]) == ("web", "assets", None)
    assert (answer["verdict"], answer["certainty"], answer["ports"]) == ("open", "certain", ["443"])
    assert {"element": "igw", "text": "igw leads to the internet"} in answer["hops"]
    assert answer["blocked_by"] is None
    blocked = json.loads(archgraph("paths", WEB_SHOP, "reporting", "sessions", "-f", "json").out)
    assert blocked["verdict"] == "blocked"
    assert blocked["blocked_by"]["element"] == "reporting-sg"


def test_wrong_usage(archgraph: Archgraph) -> None:
    mistyped = archgraph("paths", WEB_SHOP, "webb", "shop-db")
    assert mistyped.status == 2
    assert "did you mean 'web'?" in mistyped.err
    assert archgraph("paths", WEB_SHOP, "web", "internet").status == 2
    no_end = archgraph("paths", WEB_SHOP, "shop-prod", "web")
    assert no_end.status == 2
    assert "neither sends nor receives" in no_end.err
    port = archgraph("paths", WEB_SHOP, "web", "shop-db", "--port", "https")
    assert port.status == 2
    assert "must be ports" in port.err
    assert archgraph("paths", WEB_SHOP, "web").status == 2


def test_the_same_bytes_every_time(archgraph: Archgraph) -> None:
    answers = {
        archgraph("paths", WEB_SHOP, "web", "payments", "-f", "json", env={"PYTHONHASHSEED": seed}).out
        for seed in ("0", "1", "77")
    }
    assert len(answers) == 1
