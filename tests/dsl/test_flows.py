"""Flows and scenarios."""

from __future__ import annotations

import pytest

from archgraph.model.model import Absent, ElementId, Flow, FlowId, Model
from tests.dsl.conftest import Load, LoadModel

ELEMENTS = """
elements:
  shopper: {type: EndUser}
  admin: {type: Administrator}
  stripe: {type: SaasService}
  order: {type: DataAsset}
  prod: {type: Account}
  queue: {type: SqsQueue, in: prod.eu-west-1}
  failed: {type: SqsQueue, in: prod.eu-west-1}
  topic: {type: SnsTopic, in: prod.eu-west-1, subscriptions: [queue]}
  worker: {type: LambdaFunction, in: prod.eu-west-1}
  table: {type: DynamoDbTable, in: prod.eu-west-1}
  bus: {type: EventBus, in: prod.eu-west-1}
"""


def flow(model: Model, flow_id: str) -> Flow:
    return model.flows[FlowId(flow_id)]


def test_flows_fan_out(model_of: LoadModel) -> None:
    model = model_of(ELEMENTS + "flows:\n  - shopper & admin -> stripe & worker: https")

    declared = [flow_id for flow_id, found in model.flows.items() if found.declared]
    assert declared == ["shopper -> stripe", "shopper -> worker", "admin -> stripe", "admin -> worker"]
    assert {flow(model, flow_id).properties["protocol"] for flow_id in declared} == {"https"}


def test_several_flows_of_one_pair_have_ids(model_of: LoadModel) -> None:
    model = model_of(
        ELEMENTS + "flows:\n  - worker -> table: {id: read, rate: 100/s}\n  - worker -> table: {id: write}\n"
    )

    assert [flow_id for flow_id, found in model.flows.items() if found.declared] == ["read", "write"]
    assert flow(model, "read").properties["rate"].amount == 100


@pytest.mark.parametrize(
    ("arrow", "kind"),
    [
        ("shopper -> worker", "request"),
        ("queue -> worker", "poll"),
        ("table -> worker", "stream"),
        ("worker -> queue", "event"),
        ("worker -> bus", "event"),
        ("topic -> worker", "event"),
        ("worker -> table", "request"),
    ],
)
def test_the_kind_follows_from_the_two_types(model_of: LoadModel, arrow: str, kind: str) -> None:
    assert flow(model_of(ELEMENTS + f"flows:\n  - {arrow}"), arrow).kind == kind


def test_a_stated_kind_wins(model_of: LoadModel) -> None:
    model = model_of(ELEMENTS + "flows:\n  - worker -> table: {kind: manage, action: dynamodb:UpdateTable}")

    assert flow(model, "worker -> table").kind == "manage"
    assert flow(model, "worker -> table").synchronous


def test_a_reference_that_carries_traffic_is_a_flow(model_of: LoadModel) -> None:
    implied = flow(model_of(ELEMENTS), "topic -> queue")

    assert not implied.declared
    assert implied.kind == "event"
    assert implied.implied_by is not None
    assert implied.implied_by.property == "subscriptions"


def test_a_declared_flow_refines_the_implied_one(model_of: LoadModel) -> None:
    model = model_of(ELEMENTS + "flows:\n  - topic -> queue: {label: placed, delivery: at_least_once}")

    refined = flow(model, "topic -> queue")
    assert refined.declared
    assert refined.implied_by is not None
    assert refined.label == "placed"
    assert refined.properties == {"delivery": "at_least_once"}
    assert len(model.flows) == 1


def test_a_refined_flow_may_have_an_id(model_of: LoadModel) -> None:
    model = model_of(ELEMENTS + "flows:\n  - topic -> queue: {id: notify}")

    assert list(model.flows) == ["notify"]


def test_a_part_s_references_are_flows_of_its_owner(model_of: LoadModel) -> None:
    model = model_of(
        """
        elements:
          prod: {type: Account}
          vpc:
            type: Vpc
            in: prod.eu-west-1
            cidr: 10.0.0.0/16
            contains:
              a: {type: Subnet, availability_zone: a, cidr: 10.0.0.0/24}
              b: {type: Subnet, availability_zone: b, cidr: 10.0.1.0/24}
              alb:
                type: ApplicationLoadBalancer
                subnets: [a, b]
                listeners: [{port: 443, targets: [{to: web, port: 8080}]}]
              web: {type: AutoScalingGroup, subnets: [a, b]}
        """
    )

    assert list(model.flows) == ["alb -> web"]


def test_what_a_flow_states_is_read(model_of: LoadModel) -> None:
    model = model_of(
        ELEMENTS
        + """
        flows:
          - shopper -> worker:
              protocol: https
              port: 443
              carries: [order]
              timeout: 3s
              retries: {max: 2, backoff: exponential}
              encryption: none
              idempotent: true
              auth: unknown
              fallback: none
        """
    )

    properties = flow(model, "shopper -> worker").properties
    assert properties["port"] == 443
    assert properties["carries"] == ["order"]
    assert properties["timeout"].amount == 3
    assert properties["retries"] == {"max": 2, "backoff": "exponential"}
    assert properties["encryption"] == "none"
    assert properties["idempotent"] is True
    assert properties["auth"] is Absent.UNKNOWN
    assert properties["fallback"] is Absent.NONE


@pytest.mark.parametrize(
    ("arrow", "consumer"),
    [
        ("queue -> worker", "worker"),
        ("table -> worker", "worker"),
        ("worker -> bus", "worker"),
        ("topic -> worker", "topic"),
    ],
)
def test_on_failure_is_a_dead_letter_queue_of_the_consumer(model_of: LoadModel, arrow: str, consumer: str) -> None:
    model = model_of(ELEMENTS + f"flows:\n  - {arrow}: {{on_failure: failed}}")

    assert flow(model, arrow).properties["on_failure"] == "failed"
    found = model.references_from(ElementId(consumer), "DEAD_LETTERS_TO")
    assert [(reference.target, reference.property) for reference in found] == [("failed", "on_failure")]
    assert found[0] in model.references_to(ElementId("failed"), "DEAD_LETTERS_TO")


def test_what_a_flow_carries_relates_nothing(model_of: LoadModel) -> None:
    model = model_of(ELEMENTS + "flows:\n  - shopper -> worker: {carries: [order]}")

    assert model.references_to(ElementId("order")) == []


def test_wildcards_name_ends(model_of: LoadModel) -> None:
    model = model_of(
        ELEMENTS.replace("  shopper:", "  app-$(n): {type: EndUser, for_each: {n: [1, 2]}}\n  shopper:")
        + "flows:\n  - app-* -> worker: https"
    )

    assert [f.id for f in model.flows.values() if f.declared] == ["app-1 -> worker", "app-2 -> worker"]


# --- scenarios


def test_steps_are_numbered_and_branches_lettered(model_of: LoadModel) -> None:
    model = model_of(
        ELEMENTS
        + """
        flows:
          - shopper -> worker: {id: buy}
          - worker -> table & stripe
        scenarios:
          place-order:
            steps:
              - shopper -> worker: POST /orders
              - [worker -> table: put, worker -> stripe: charge]
              - [topic -> queue]
              - shopper <- worker: 201
              - buy: again
        """
    )

    scenario = model.scenarios["place-order"]
    assert scenario.title == "Place order"
    assert [(step.badge, step.flow, step.reply, step.text) for step in scenario.steps] == [
        ("1", "buy", False, "POST /orders"),
        ("2a", "worker -> table", False, "put"),
        ("2b", "worker -> stripe", False, "charge"),
        ("3", "topic -> queue", False, ""),
        ("4", "buy", True, "201"),
        ("5", "buy", False, "again"),
    ]


def test_a_reply_goes_back_along_the_flow_that_it_answers(model_of: LoadModel) -> None:
    model = model_of(
        ELEMENTS + "flows:\n  - shopper -> worker\nscenarios:\n  s: {steps: [shopper <- worker: pushed first]}\n"
    )

    assert model.scenarios["s"].steps[0].reply


def test_a_mistake_in_a_flow_is_not_repeated_in_its_steps(load_text: Load) -> None:
    loaded = load_text(
        "archgraph: 1\nid: shop\n"
        + ELEMENTS
        + "flows:\n  - shopper -> wroker: https\nscenarios:\n  s: {steps: [shopper -> worker, shopper <- worker]}\n"
    )

    assert [found.code for found in loaded.diagnostics] == ["AG502"]
