"""The types of networks, edge, identity and security as authors use them: places, literals, limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgraph.dsl.load import Loaded, load
from archgraph.model.model import Element, ElementId

MODEL = Path(__file__).with_name("network-and-identity.yaml")
HEAD = """\
archgraph: 1
id: limits
name: Limits
elements:
  prod: {type: Account, account_id: "111122223333"}
  net: {type: Vpc, in: prod.eu-west-1, cidr: 10.0.0.0/16}
"""


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load(MODEL)


def element(loaded: Loaded, name: str) -> Element:
    assert loaded.model is not None
    return loaded.model.elements[ElementId(name)]


def ends(found: Element, verb: str) -> set[str]:
    return {
        reference.target or reference.literal or "" for reference in found.references if reference.relationship == verb
    }


def test_nothing_in_the_model_is_wrong(loaded: Loaded) -> None:
    assert [str(diagnostic) for diagnostic in loaded.diagnostics] == []


def test_security_group_sources_are_groups_blocks_and_prefix_lists(loaded: Loaded) -> None:
    cloudfront = "com.amazonaws.global.cloudfront.origin-facing"
    assert ends(element(loaded, "sg"), "ALLOWS_FROM") == {"0.0.0.0/0", "office", cloudfront, "sg"}


def test_route_destinations_are_blocks_and_prefix_lists(loaded: Loaded) -> None:
    table = element(loaded, "rt")
    assert {"0.0.0.0/0", "::/0", "office", "com.amazonaws.eu-west-1.s3"} <= set(table.get("routes"))
    assert ends(table, "ROUTES_TO") == {"igw", "vgw", "eigw", "tgw", "s3ep", "pcx"}


def test_traffic_of_load_balancers_and_distributions_is_implied(loaded: Loaded) -> None:
    assert loaded.model is not None
    pairs = {(flow.source, flow.target) for flow in loaded.model.flows.values() if not flow.declared}
    assert {("alb", "host"), ("alb", "tg"), ("tg", "host"), ("nlb", "alb"), ("cf", "alb"), ("ga", "alb")} <= pairs


@pytest.mark.parametrize(
    ("element_text", "message"),
    [
        ("{type: Vpc, in: prod.eu-west-1, cidr: 10.0.0.0/8}", "'cidr' is 10.0.0.0/8; AWS allows /28 to /16"),
        ("{type: Subnet, in: net, cidr: 10.0.0.0/29}", "'cidr' is 10.0.0.0/29; AWS allows /28 to /16"),
        ("{type: KmsKey, in: prod.eu-west-1, rotation_period: 30d}", "'rotation_period' is 30d"),
        ("{type: KmsKey, in: prod.eu-west-1, deletion_window: 31d}", "'deletion_window' is 31d"),
        ("{type: IamRole, in: prod, max_session: 13h}", "'max_session' is 13h; AWS allows 1h to 12h"),
        ("{type: IamUser, in: prod, access_keys: 3}", "'access_keys' is 3; AWS allows 0 to 2"),
        ("{type: HostedZone, in: net, domain: example.com, dnssec: maybe}", "must be true or false"),
        ("{type: InternetGateway, in: prod.eu-west-1}", "cannot stand in eu-west-1"),
        ("{type: GuardDutyDetector, in: prod}", "cannot stand in 'prod'"),
        ("{type: OrganizationalUnit}", "needs a place"),
        ("{type: Listener, port: 80}", "lives in its owner"),
        ("{type: RouteTable, in: net, routes: {0.0.0.0/0: prod}}", "cannot be 'prod'"),
        ("{type: WafWebAcl, in: prod.eu-west-1, scope: global}", "'scope' cannot be 'global'"),
    ],
)
def test_what_aws_does_not_allow_is_an_error(tmp_path: Path, element_text: str, message: str) -> None:
    path = tmp_path / "model.yaml"
    path.write_text(f"{HEAD}  it: {element_text}\n", encoding="utf-8")

    messages = [diagnostic.message for diagnostic in load(path).diagnostics]

    assert any(message in found for found in messages), messages
