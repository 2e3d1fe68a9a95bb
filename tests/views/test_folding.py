"""Views that are too full: what is folded, what the icons say, and where the rest is shown."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from archgraph.analysis.facts import derive
from archgraph.dsl.load import load
from archgraph.views.compose import compose
from archgraph.views.fit import MOST_ICONS, fit
from archgraph.views.overview import everything
from archgraph.views.pictures import pictures
from archgraph.views.view import View
from benchmarks.generator import generate
from tests.views.conftest import Views, views_of
from tests.views.reading import frames, icons, joined, labels, node


@pytest.fixture(scope="module")
def large_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "architecture.yaml"
    path.write_text(generate(5000))
    return path


@pytest.fixture(scope="module")
def large(large_file: Path) -> Views:
    return views_of(large_file)


def functions(count: int) -> str:
    names = ", ".join(str(number) for number in range(count))
    return f"""\
elements:
  prod: {{type: Account, account_id: "112233445566"}}
  caller: {{type: EndUser}}
  api: {{type: ApiGatewayRestApi, in: prod.eu-west-1, endpoint_type: regional}}
  store: {{type: DynamoDbTable, in: prod.eu-west-1, billing: on_demand}}
  fn-$(n): {{type: LambdaFunction, in: prod.eu-west-1, for_each: {{n: [{names}]}}}}
flows:
  - caller -> api: https
  - api -> fn-*: https
  - fn-* -> store: https
"""


def test_no_view_of_a_large_model_is_fuller_than_a_page(large: Views) -> None:
    assert max(len(view.nodes) for view in large.values()) <= MOST_ICONS


def test_a_view_of_sixty_icons_is_not_folded(drawn: Callable[[str], Views]) -> None:
    assert len(drawn(functions(57))["overview"].nodes) == 60


def test_things_of_one_type_in_one_place_are_folded_where_no_place_helps(drawn: Callable[[str], Views]) -> None:
    view = drawn(functions(58))["overview"]
    assert icons(view) == {"caller", "api", "store", "fn-0/alike"}
    many = node(view, "fn-0/alike")
    assert (many.title, many.count, many.parent) == ("58 Lambda functions", 58, "prod/eu-west-1")
    assert labels(view)["api", many.id] == "58 requests"
    assert joined(view) == {("caller", "api"), ("api", many.id), (many.id, "store")}


def test_only_the_fullest_place_is_folded_if_that_is_enough(drawn: Callable[[str], Views]) -> None:
    hosts = ", ".join(map(str, range(55)))
    views = drawn(
        f"""\
elements:
  prod: {{type: Account, account_id: "112233445566"}}
  big: {{type: Vpc, title: Big, in: prod.eu-west-1, cidr: 10.0.0.0/16, contains: {{big-a: {{type: Subnet, availability_zone: a, cidr: 10.0.0.0/24}}}}}}
  small: {{type: Vpc, in: prod.eu-west-1, cidr: 10.1.0.0/16, contains: {{small-a: {{type: Subnet, availability_zone: a, cidr: 10.1.0.0/24}}}}}}
  mail: {{type: SaasService}}
  queue-$(n): {{type: SqsQueue, in: prod.eu-west-1, for_each: {{n: [0, 1, 2]}}}}
  host-$(n): {{type: Ec2Instance, subnet: big-a, for_each: {{n: [{hosts}]}}}}
  other-$(n): {{type: Ec2Instance, subnet: small-a, for_each: {{n: [0, 1, 2]}}}}
flows:
  - host-* -> other-0: https
  - other-1 -> mail: https
"""  # noqa: E501
    )
    view = views["overview"]
    assert {"other-0", "other-1", "queue-0", "mail"} <= icons(view)
    assert not {name for name in icons(view) if name.startswith("host-")}
    cell = node(view, "big-a/all")
    assert cell.parent == "big-a", "the frame of a subnet stays: it is a cell of the network's grid"
    assert (cell.title, cell.subtitle, cell.count) == ("55 elements", "55 EC2", 55)
    assert labels(view)["big-a/all", "other-0"] == "55 requests"


def test_accounts_become_icons_that_say_what_stands_in_them(large: Views) -> None:
    account = node(large["overview"], "orders-00")
    assert account.subtitle.startswith("120 elements: ")
    assert "CloudWatch" not in account.subtitle.split(",")[0], "what the system is made of comes first"
    assert (account.count, account.link) == (120, "account-orders-00")
    assert account.icon is not None
    assert labels(large["overview"])["customers", "orders-00"] == "6 requests"


def test_places_of_a_kind_are_folded_together(large: Views) -> None:
    assert frames(large["overview"]) == {"aws:cloud"}


def test_a_full_view_says_where_the_rest_is_shown(large: Views) -> None:
    for text in (large["overview"].subtitle, large["overview"].description):
        assert "23 icons stand for" in text
        assert "account-orders-00" in text


def test_every_link_leads_to_a_view_that_shows_more(large: Views) -> None:
    links = [(view, icon) for view in large.values() for icon in view.nodes if icon.link]
    assert links
    for view, icon in links:
        assert icon.link != view.id
        assert icon.id not in icons(large[str(icon.link)])


def test_large_models_have_a_view_of_each_account_and_of_vpcs_that_it_folds(large: Views) -> None:
    accounts = [name for name in large if name.startswith("account-")]
    assert len(accounts) == 23
    assert "web0-alb" not in icons(large["overview"])
    assert "orders-00-web0-alb" in icons(large["vpc-orders-00-vpc"])
    assert "catalog-02-web0-alb" in icons(large["account-catalog-02"])
    assert "vpc-catalog-02-vpc" not in large, "the view of its account shows all of it"


def test_a_view_of_a_place_shows_whom_the_place_deals_with(large: Views) -> None:
    view = large["account-orders-00"]
    assert {"customers", "oncall"} <= icons(view)
    assert "billing-00" not in frames(view)


def test_what_is_alike_is_one_icon_rather_than_a_thousand(drawn: Callable[[str], Views]) -> None:
    numbers = ", ".join(map(str, range(1000)))
    views = drawn(f"elements:\n  user-$(n): {{type: EndUser, for_each: {{n: [{numbers}]}}}}\n")
    assert [(n.title, n.count) for n in views["overview"].nodes] == [("1000 End users", 1000)]


def test_hundreds_of_accounts_are_one_icon(drawn: Callable[[str], Views]) -> None:
    numbers = ", ".join(map(str, range(200)))
    views = drawn(
        f"""\
elements:
  user: {{type: EndUser}}
  acc-$(n): {{type: Account, for_each: {{n: [{numbers}]}}}}
  fn-$(n): {{type: LambdaFunction, in: acc-$(n).eu-west-1, for_each: {{n: [{numbers}]}}}}
  jobs-$(n): {{type: SqsQueue, in: acc-$(n).eu-west-1, for_each: {{n: [{numbers}]}}}}
flows:
  - user -> fn-*: https
"""
    )
    assert [(n.title, n.count) for n in views["overview"].nodes] == [("user", 1), ("200 Accounts", 400)]
    assert [edge.label for edge in views["overview"].edges] == ["200 requests"]
    assert [n.title for n in views["organization"].nodes] == ["200 Accounts"]
    assert icons(views["account-acc-7"]) == {"user", "fn-7", "jobs-7"}


def test_networks_without_anything_in_them_are_folded_too(drawn: Callable[[str], Views]) -> None:
    numbers = ", ".join(map(str, range(20)))
    views = drawn(
        f"""\
patterns:
  net:
    parameters: {{n: integer}}
    elements:
      vpc:
        type: Vpc
        in: prod.eu-west-1
        cidr: 10.$(n).0.0/16
        contains:
          s-$(k): {{type: Subnet, for_each: {{k: [0, 1, 2, 3]}}, availability_zone: a, cidr: 10.$(n).$(k).0/24}}
elements:
  prod: {{type: Account}}
  hub: {{type: TransitGateway, in: prod.eu-west-1}}
  net-$(n): {{use: net, for_each: {{n: [{numbers}]}}, with: {{n: $(n)}}}}
flows: [net-1.vpc -> net-2.vpc: https]
"""
    )
    view = views["overview"]
    assert frames(view) == {"aws:cloud", "prod", "prod/eu-west-1"}
    assert (node(view, "net-7.vpc").subtitle, len(view.nodes)) == ("4 subnets, empty", 21)
    assert joined(view) == {("net-1.vpc", "net-2.vpc")}
    assert {"net-1.vpc", "net-1.s-0"} <= frames(views["vpc-net-1.vpc"])


def test_small_models_have_no_views_of_places() -> None:
    for model in ("three-tier-web-app", "landing-zone", "lift-and-shift"):
        assert not [name for name in views_of(Path("models") / model) if name.startswith(("account-", "vpc-"))]


def test_another_place_is_one_icon_with_a_link(drawn: Callable[[str], Views]) -> None:
    numbers = ", ".join(map(str, range(35)))
    views = drawn(
        f"""\
elements:
  one: {{type: Account, account_id: "112233445566"}}
  two: {{type: Account, title: Second, account_id: "112233445577"}}
  a-$(n): {{type: LambdaFunction, in: one.eu-west-1, for_each: {{n: [{numbers}]}}}}
  b-$(n): {{type: SqsQueue, in: two.eu-west-1, for_each: {{n: [{numbers}]}}}}
flows:
  - a-0 -> b-0 & b-1: https
"""
    )
    view = views["account-one"]
    assert {"a-0", "a-34"} <= icons(view)
    other = node(view, "two")
    assert (other.title, other.count, other.link) == ("Second", 2, "account-two")
    assert labels(view)["a-0", "two"] == "2 events"


def test_folding_is_quick_and_always_the_same(large_file: Path) -> None:
    model = load(large_file).model
    assert model is not None
    facts = derive(model)

    @cache
    def whole() -> View:
        return compose(model, facts, everything(model, facts))

    start = time.process_time()
    first = fit(whole(), model)
    assert time.process_time() - start < 2, "one view of 5,000 elements"
    assert first == fit(whole(), model)
    assert pictures(model, facts) == views_of(large_file)
