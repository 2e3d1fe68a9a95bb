"""The pictures that a model gets beside overview and network: data, security, operations, organization."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from archgraph.views.view import EdgeStyle, Role
from tests.views.conftest import Views, views_of
from tests.views.reading import frames, icons, joined, labels, node

SHOP = Path("models/three-tier-web-app")
ORDERS = Path("models/serverless-orders")
LIFTED = Path("models/lift-and-shift")
LANDING = Path("models/landing-zone")
INTERNET = "aws:internet"


@pytest.mark.parametrize(
    ("path", "offered"),
    [
        (SHOP, ["overview", "network", "data", "security", "operations"]),
        (ORDERS, ["overview", "data", "security", "operations"]),
        (LIFTED, ["overview", "network", "data", "security", "operations", "organization"]),
        (LANDING, ["overview", "network", "security", "operations", "organization"]),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else "",
)
def test_a_model_gets_the_pictures_in_which_it_has_something_to_show(path: Path, offered: list[str]) -> None:
    assert [name for name in views_of(path) if not name.startswith("scenario-")] == offered


def test_a_picture_that_repeats_the_overview_is_not_offered(drawn: Callable[[str], Views]) -> None:
    views = drawn(
        """\
elements:
  prod: {type: Account, account_id: "112233445566"}
  net: {type: Vpc, in: prod.eu-west-1, cidr: 10.0.0.0/16, contains: {a: {type: Subnet, availability_zone: a, cidr: 10.0.0.0/24}, host: {type: Ec2Instance, subnet: a}}}
"""  # noqa: E501
    )
    assert list(views) == ["overview"]


@pytest.mark.parametrize("path", [SHOP, ORDERS, LIFTED, LANDING], ids=lambda path: path.name)
def test_every_picture_says_what_it_shows(path: Path) -> None:
    for view in views_of(path).values():
        assert view.title
        assert view.description.endswith((".", "!"))
        assert f"{len(view.edges)} connection" in view.description
        assert "empty" not in view.description
        known = icons(view) | frames(view)
        assert {end for pair in joined(view) for end in pair} <= known
        assert {n.parent for n in view.nodes} - {None} <= known
        assert len({edge.id for edge in view.edges}) == len(view.edges)


def test_the_overview_leaves_out_what_only_measures_and_who_is_told() -> None:
    shown = icons(views_of(SHOP)["overview"])
    assert {"web", "shop-db", "trail", "backups"} <= shown
    assert not {"db-busy", "alb-errors", "ops", "oncall"} & shown
    assert not {"budget", "alerts", "failed-alarm"} & icons(views_of(ORDERS)["overview"])


def test_a_topic_of_the_system_itself_stays_in_the_overview() -> None:
    assert "notify" in icons(views_of(ORDERS)["overview"])
    assert "notices" in icons(views_of(LIFTED)["overview"])


def test_an_overview_of_nothing_but_alarms_shows_them(drawn: Callable[[str], Views]) -> None:
    views = drawn(
        """\
elements:
  prod: {type: Account, account_id: "112233445566"}
  spent: {type: Budget, in: prod, amount: 10, currency: EUR, period: monthly, notifications: [me]}
  me: {type: EmailRecipient}
"""
    )
    assert icons(views["overview"]) == {"spent", "me"}


# --- data


def test_flows_are_labelled_with_the_data_that_they_carry() -> None:
    view = views_of(SHOP)["data"]
    assert labels(view)["customers", "cdn"] == "Customer data"
    assert ("cdn", "assets") not in joined(view), "the flow carries nothing that the model names"
    assert node(view, "customer-data").subtitle == "confidential, personal"


def test_assets_lead_to_what_holds_them_and_on_to_every_copy() -> None:
    view = views_of(LIFTED)["data"]
    assert {("personal", "files"), ("files", "copies"), ("personal", "database"), ("database", "nightly")} <= joined(
        view
    )
    assert node(view, "copies").subtitle == "holds Personal data"
    assert {e.style for e in view.edges if e.target in ("copies", "nightly")} == {EdgeStyle.REPLICATION}


def test_the_data_flow_names_the_stores_of_which_nobody_said_what_they_hold() -> None:
    assert "does not say what is in Preview site and Audit logs" in views_of(SHOP)["data"].description


def test_a_copy_that_aws_keeps_in_another_region_stands_there(drawn: Callable[[str], Views]) -> None:
    view = drawn(
        """\
elements:
  order: {type: DataAsset}
  prod: {type: Account, account_id: "112233445566"}
  table: {type: DynamoDbTable, in: prod.eu-west-1, billing: on_demand, holds: [order], replica_regions: [us-east-1]}
"""
    )["data"]
    copy = node(view, "table/us-east-1")
    assert (copy.title, copy.parent) == ("Copy of table", "prod/us-east-1")
    assert ("table", "table/us-east-1") in joined(view)


# --- security


def test_the_internet_is_an_actor_and_reaches_what_is_exposed() -> None:
    view = views_of(LIFTED)["security"]
    assert node(view, INTERNET).role is Role.ACTOR
    reached = labels(view)
    assert reached[INTERNET, "database"] == "22, 80, 443, 3306"
    assert reached[INTERNET, "files"] == "443 (possibly)"
    assert (INTERNET, "ledger") not in reached
    assert (INTERNET, "web-alb") not in joined(views_of(SHOP)["security"]), "only CloudFront may call it"


def test_keys_secrets_and_firewalls_are_joined_to_what_they_protect() -> None:
    lines = labels(views_of(SHOP)["security"])
    assert lines["shop-db", "data-key"] == "encrypted by"
    assert lines["backups", "data-key"] == "encrypted by", "the vault was defined in the plan"
    assert lines["web", "db-login"] == "reads"
    assert lines["cdn", "edge-waf"] == "protected by"


def test_roles_say_whom_they_trust_and_how_mighty_they_are() -> None:
    view = views_of(LIFTED)["security"]
    assert labels(view)["auditors", "audit-role"] == "may assume"
    assert labels(view)["portal", "app-role"] == "acts as"
    assert node(view, "deployer").subtitle == "trusts codepipeline; AdministratorAccess"
    assert node(view, "app-user").subtitle == "AdministratorAccess"


def test_a_role_of_one_function_alone_is_part_of_its_function() -> None:
    assert "place.role" not in icons(views_of(ORDERS)["security"])


# --- operations


def test_operations_follow_a_measurement_to_who_is_told() -> None:
    view = views_of(SHOP)["operations"]
    assert {("shop-db", "db-busy"), ("db-busy", "ops"), ("ops", "oncall")} <= joined(view)
    assert node(view, "db-busy").subtitle.startswith("CPUUtilization above 80")


def test_operations_show_where_logs_traces_and_backups_go() -> None:
    lines = labels(views_of(SHOP)["operations"])
    assert lines["shop-vpc", "network-log"] == "logs to", "by its flow log"
    assert lines["trail", "audit-logs"] == "logs to"
    assert lines["shop-db", "backups"] == "backup"
    assert ("place", "traces") in joined(views_of(ORDERS)["operations"])


def test_operations_leave_out_how_the_system_works() -> None:
    assert not {"customers", "cdn", "payments"} & icons(views_of(SHOP)["operations"])


# --- organization


def test_accounts_are_icons_in_their_units_with_what_stands_in_them() -> None:
    view = views_of(LANDING)["organization"]
    assert {"org", "security-ou", "workloads-ou"} <= frames(view)
    account = node(view, "network")
    assert account.parent == "infra-ou"
    assert account.subtitle.startswith("12 elements: 3 Transit Gateway")
    assert "tgw-eu" not in icons(view)


def test_policies_lead_to_the_units_that_they_govern() -> None:
    view = views_of(LANDING)["organization"]
    assert {("deny-regions", "infra-ou"), ("protect-logs", "security-ou")} <= joined(view)
    assert node(view, "full-access").subtitle == "over everything"


def test_what_reaches_from_one_account_into_another_is_drawn_between_them() -> None:
    lines = labels(views_of(LANDING)["organization"])
    assert lines["management", "log-archive"] == "logs"
    assert lines["network", "workloads-ou"] == "shares Transit gateway Ireland and Transit gateway Frankfurt"
    lifted = views_of(LIFTED)["organization"]
    assert labels(lifted)["auditors", "main"] == "may assume Audit role"
    assert node(lifted, "auditors").subtitle == "outside the model"
