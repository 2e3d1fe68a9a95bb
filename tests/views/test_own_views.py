"""Views that a model names: what they show, how it is joined, and what they ask of the layout."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archgraph.views.view import NO_HINTS, Direction, View
from tests.views.conftest import Views
from tests.views.reading import frames, icons, joined, labels

MODEL = """\
elements:
  customers: {type: EndUser}
  oncall: {type: EmailRecipient}
  prod:
    type: Account
    account_id: "112233445566"
    contains:
      shared-role: {type: IamRole, trust: [lambda.amazonaws.com]}
    regions:
      eu-west-1:
        key: {type: KmsKey, rotation: true}
        api: {type: ApiGatewayRestApi, endpoint_type: regional, integrations: [orders]}
        orders: {type: LambdaFunction, role: shared-role}
        table: {type: DynamoDbTable, billing: on_demand, kms_key: key, tags: {team: shop}}
        receipts: {type: S3Bucket, kms_key: key, tags: {team: shop}}
        reader: {type: LambdaFunction, role: {policies: [{allow: s3:GetObject, resources: receipts/*}]}}
        busy: {type: CloudWatchAlarm, watches: table, metric: ConsumedWriteCapacityUnits, above: 10, actions: [ops]}
        ops: {type: SnsTopic, subscriptions: [oncall]}
flows:
  - customers -> api: https
  - orders -> table: https
  - orders -> receipts: https
  - reader -> receipts: https
views:
  v:
"""


@pytest.fixture
def view(drawn: Callable[[str], Views]) -> Callable[[str], View]:
    """The view ``v`` of the model above, with the keys given as YAML."""
    return lambda keys: drawn(MODEL + "".join(f"    {line}\n" for line in keys.splitlines()))["view-v"]


def test_selectors_choose_what_is_shown(view: Callable[[str], View]) -> None:
    chosen = view('include: ["type:LambdaFunction", "tag:team=shop"]\nexclude: [reader]')
    assert icons(chosen) == {"orders", "table", "receipts"}
    assert joined(chosen) == {("orders", "table"), ("orders", "receipts")}
    assert frames(chosen) == {"aws:cloud", "prod", "prod/eu-west-1"}


def test_a_focus_brings_its_surroundings(view: Callable[[str], View]) -> None:
    assert icons(view("focus: [receipts]")) == {"receipts", "orders", "reader"}
    assert icons(view("focus: [receipts]\ndepth: 2")) == {"receipts", "orders", "reader", "api", "table"}
    assert icons(view("focus: [receipts]\ndepth: 0")) == {"receipts"}


def test_what_is_excluded_is_no_way_to_the_rest(view: Callable[[str], View]) -> None:
    assert icons(view("focus: [api]\ndepth: 9\nexclude: [orders]")) == {"api", "customers"}


def test_being_measured_is_no_surrounding(view: Callable[[str], View]) -> None:
    assert "busy" not in icons(view("focus: [table]"))
    assert ("table", "busy") in joined(view("include: [table, busy]"))
    assert "busy" in icons(view("focus: [table]\nrelationships: [WATCHES]"))


def test_include_focus_and_query_are_put_together(view: Callable[[str], View]) -> None:
    keys = "include: [customers]\nfocus: [reader]\ncypher: MATCH (n:DynamoDbTable) RETURN n"
    assert icons(view(keys)) == {"customers", "reader", "receipts", "table"}


def test_a_view_that_only_excludes_begins_with_the_overview(view: Callable[[str], View]) -> None:
    chosen = icons(view("exclude: [customers]"))
    assert {"api", "orders", "key"} <= chosen
    assert not {"customers", "busy", "oncall", "shared-role"} & chosen


def test_a_flow_means_its_ends_and_excluded_its_line(view: Callable[[str], View]) -> None:
    assert icons(view('include: ["orders -> *"]')) == {"orders", "table", "receipts"}
    without = view('include: ["type:LambdaFunction", table, receipts]\nexclude: ["orders -> receipts"]')
    assert "receipts" in icons(without)
    assert joined(without) == {("orders", "table"), ("reader", "receipts")}


def test_settings_are_shown_where_they_are_named(view: Callable[[str], View]) -> None:
    assert "shared-role" not in icons(view('include: ["in:prod"]'))
    assert "shared-role" in icons(view("include: [shared-role]"))
    assert icons(view('include: ["type:IamRole"]')) == {"shared-role", "reader.role"}


def test_relationships_choose_the_lines(view: Callable[[str], View]) -> None:
    keys = view('include: ["in:prod.eu-west-1"]\nrelationships: [ENCRYPTED_BY]')
    assert labels(keys) == {("table", "key"): "encrypted by", ("receipts", "key"): "encrypted by"}
    identity = view('include: [orders, reader, "type:IamRole"]\nrelationships: [identity]')
    assert joined(identity) == {("orders", "shared-role"), ("reader", "reader.role")}
    both = view("include: [orders, table, key]\nrelationships: [flow, protection]")
    assert joined(both) == {("orders", "table"), ("table", "key")}


def test_a_focus_follows_the_relationships_of_its_view(view: Callable[[str], View]) -> None:
    assert icons(view("focus: [key]\nrelationships: [ENCRYPTED_BY]")) == {"key", "table", "receipts"}
    assert icons(view("focus: [orders]\nrelationships: [ASSUMES]")) == {"orders", "shared-role"}


def test_a_query_chooses_the_elements_that_it_returns(view: Callable[[str], View]) -> None:
    assert icons(view("cypher: MATCH (d)-[:ENCRYPTED_BY]->(:KmsKey) RETURN d")) == {"table", "receipts"}
    path = "cypher: MATCH p = (:EndUser)-[:CALLS*1..2]->(:LambdaFunction) RETURN p"
    assert icons(view(path)) == {"customers", "api", "orders"}
    assert icons(view("cypher: MATCH (d:S3Bucket) RETURN collect(d) AS all")) == {"receipts"}


def test_title_and_description_stand_over_the_picture(view: Callable[[str], View]) -> None:
    told = view("title: Storing\ndescription: Where orders are kept.\ninclude: [table]")
    assert (told.title, told.subtitle) == ("small: Storing", "Where orders are kept.")
    assert told.description == "Where orders are kept. It shows 1 element (table) and 0 connections."


def test_hints_reach_the_layout_by_ids_of_what_is_shown(view: Callable[[str], View]) -> None:
    hints = view(
        "include: [orders, table, receipts]\ndirection: down\norder: [receipts, api, table]\n"
        "same_row: [[table, receipts], [orders, api]]\nsame_column: [[orders, prod.eu-west-1]]"
    ).hints
    assert hints.direction is Direction.DOWN
    assert hints.order == ("receipts", "table")
    assert hints.rows == (("table", "receipts"),)
    assert hints.columns == (("orders", "prod/eu-west-1"),)


def test_a_view_without_wishes_has_no_hints(view: Callable[[str], View]) -> None:
    assert view("include: [table]").hints == NO_HINTS


def test_a_view_of_nothing_is_empty(view: Callable[[str], View]) -> None:
    nothing = view("include: [table]\nexclude: [table]")
    assert not nothing.nodes
    assert nothing.description.endswith("It is empty.")


def test_what_a_change_removed_may_still_be_named(drawn: Callable[[str], Views]) -> None:
    keys = "    include: [table, receipts]\n    same_row: [[table, receipts]]\n"
    keys += "change: {receipts: remove, reader: remove}\n"
    removed = MODEL.replace("  - orders -> receipts: https\n  - reader -> receipts: https\n", "")
    assert icons(drawn(removed + keys)["view-v"]) == {"table"}
