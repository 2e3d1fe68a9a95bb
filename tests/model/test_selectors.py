"""Selectors choose elements and flows by id, glob, type, place and tag."""

from __future__ import annotations

from textwrap import dedent

import pytest

from archgraph.dsl.load import load
from archgraph.model.model import Model
from archgraph.model.selectors import Selector, SelectorKind, select

TEXT = """
    archgraph: 1
    id: shop
    name: Shop
    elements:
      shopper: {type: EndUser}
      prod:
        type: Account
        account_id: "000000000001"
        tags: {team: shop}
        regions:
          eu-west-1:
            net:
              type: Vpc
              cidr: 10.0.0.0/16
              contains:
                app-a: {type: Subnet, availability_zone: a, cidr: 10.0.0.0/24}
                app-b: {type: Subnet, availability_zone: b, cidr: 10.0.1.0/24}
                web: {type: AutoScalingGroup, subnets: [app-a, app-b], min: 2, max: 4}
            orders: {type: DynamoDbTable}
          us-east-1:
            orders-copy: {type: DynamoDbTable, tags: {team: data}}
    flows:
      - shopper -> web: {id: browse, protocol: https}
      - web -> orders: https
      - orders -> orders-copy: {kind: replicate}
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    path = tmp_path_factory.mktemp("models") / "architecture.yaml"
    path.write_text(dedent(TEXT), encoding="utf-8")
    loaded = load(path)
    assert loaded.model is not None, "\n".join(f"{d.location} {d.message}" for d in loaded.diagnostics)
    return loaded.model


@pytest.mark.parametrize(
    ("selector", "chosen"),
    [
        ("web", ["web"]),
        ("browse", ["browse"]),
        ("app-*", ["app-a", "app-b"]),
        ("app-?", ["app-a", "app-b"]),
        ("APP-*", []),
        ("nothing", []),
        ("orders*", ["orders", "orders-copy"]),
        ("brow*", ["browse"]),
        ("web -> orders", ["web -> orders"]),
        ("web->orders", ["web -> orders"]),
        ("shopper -> web", ["browse"]),
        ("* -> orders", ["web -> orders"]),
        ("orders -> *", ["orders -> orders-copy"]),
        ("type:DynamoDbTable", ["orders", "orders-copy"]),
        ("type:Actor", ["shopper"]),
        ("type:Nothing", []),
        ("in:net", ["app-a", "app-b", "web"]),
        ("in:app-a", ["web"]),
        ("in:prod.us-east-1", ["orders-copy"]),
        ("in:prod.eu-west-1", ["net", "app-a", "app-b", "web", "orders", "web -> orders"]),
        (
            "in:prod",
            ["net", "app-a", "app-b", "web", "orders", "orders-copy", "web -> orders", "orders -> orders-copy"],
        ),
        ("in:nowhere", []),
        ("tag:team=data", ["orders-copy"]),
        ("tag:team=sh*", ["prod", "net", "app-a", "app-b", "web", "orders"]),
        ("tag:squad=shop", []),
    ],
)
def test_what_a_selector_chooses(model: Model, selector: str, chosen: list[str]) -> None:
    assert select(model, [selector]) == chosen


def test_several_selectors_choose_once_in_the_authors_order(model: Model) -> None:
    assert select(model, ["browse", "orders", "app-*", "app-a"]) == ["app-a", "app-b", "orders", "browse"]


def test_one_element_or_flow_can_be_tested(model: Model) -> None:
    inside = Selector.parse("in:net")
    assert inside.matches(model, model.elements["web"])  # type: ignore[index]
    assert not inside.matches(model, model.elements["net"])  # type: ignore[index]
    assert Selector.parse("web -> *").matches_flow(model, model.flows["web -> orders"])  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("typ:S3Bucket", "did you mean 'type'"),
        ("colour:red", "begin with type:, in: or tag:"),
        ("type:", "name one type"),
        ("type:S3*", "name one type"),
        ("in:", "name one place"),
        ("in:app-*", "name one place"),
        ("tag:team", "a key and a value"),
        ("tag:=shop", "a key and a value"),
        ("-web", "not an id or a glob"),
        ("web ->", "not an id or a glob"),
        ("a -> b -> c", "not an id or a glob"),
        ("we b", "not an id or a glob"),
        ("x" * 501, "longer than 500"),
    ],
)
def test_a_selector_that_cannot_be_read_says_what_would_be_right(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Selector.parse(text)


def test_brackets_are_no_wildcards() -> None:
    assert Selector.parse("tag:team=[a-z]*") == Selector(SelectorKind.TAG, "[a-z]*", "team")


def test_many_wildcards_take_no_time(model: Model) -> None:
    assert select(model, ["*a" * 200 + "b"]) == []
