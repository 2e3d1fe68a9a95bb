"""Reuse: patterns, ``use``, ``for_each``, ``change`` and includes."""

from __future__ import annotations

from archgraph.model.model import ElementId, Model
from tests.dsl.conftest import Load, LoadModel

ZONES = """
patterns:
  zone:
    parameters: {az: text, n: integer}
    elements:
      public: {type: Subnet, availability_zone: $(az), cidr: 10.0.$(n).0/24}
      app: {type: Subnet, availability_zone: $(az), cidr: 10.0.1$(n).0/24, route_table: routes}
      nat: {type: NatGateway, subnet: public}
      routes: {type: RouteTable, routes: {0.0.0.0/0: nat}}
elements:
  prod: {type: Account}
  vpc:
    type: Vpc
    in: prod.eu-west-1
    cidr: 10.0.0.0/16
    contains:
      zone-$(az): {use: zone, for_each: {az: [a, b], n: [0, 1]}}
"""
QUEUES = """
patterns:
  worker-queue:
    parameters:
      timeout: {type: duration, default: 30s}
      key: {type: reference, to: KmsKey}
    elements:
      queue: {type: SqsQueue, kms_key: $(key), dead_letter_queue: dlq}
      dlq: {type: SqsQueue}
      worker: {type: LambdaFunction, timeout: $(timeout)}
    flows:
      - queue -> worker: {batch_size: 10}
elements:
  prod: {type: Account}
  data-key: {type: KmsKey, in: prod.eu-west-1}
"""


def value(model: Model, name: str, prop: str) -> object:
    return model.elements[ElementId(name)].get(prop)


def target(model: Model, name: str, relationship: str) -> list[str | None]:
    return [r.target for r in model.references_from(ElementId(name), relationship)]


# --- patterns and for_each


def test_a_use_makes_a_namespace(model_of: LoadModel) -> None:
    model = model_of(ZONES)

    assert [name for name in model.elements if name.startswith("zone-b")] == [
        "zone-b.public",
        "zone-b.app",
        "zone-b.nat",
        "zone-b.routes",
    ]
    assert str(value(model, "zone-b.app", "cidr")) == "10.0.11.0/24"


def test_names_are_looked_up_from_the_inside_out(model_of: LoadModel) -> None:
    model = model_of(ZONES)

    assert target(model, "zone-a.routes", "ROUTES_TO") == ["zone-a.nat"]
    assert target(model, "zone-b.routes", "ROUTES_TO") == ["zone-b.nat"]


def test_a_wildcard_means_what_was_made(model_of: LoadModel) -> None:
    model = model_of(ZONES + "      alb: {type: ApplicationLoadBalancer, subnets: [zone-*.public]}")

    assert model.elements[ElementId("alb")].subnets == ("zone-a.public", "zone-b.public")


def test_lists_of_a_for_each_are_taken_in_step(model_of: LoadModel) -> None:
    model = model_of("elements:\n  u-$(n)-$(t): {type: EndUser, for_each: {n: [1, 2], t: [x, y]}, title: $(t)$(n)}")

    assert {name: found.title for name, found in model.elements.items()} == {"u-1-x": "x1", "u-2-y": "y2"}


def test_for_each_reaches_into_what_is_nested(model_of: LoadModel) -> None:
    model = model_of(
        """
        elements:
          acc-$(n):
            type: Account
            for_each: {n: [a, b]}
            contains:
              role-$(n): {type: IamRole}
            regions:
              eu-west-1:
                key-$(n)-$(k): {type: KmsKey, for_each: {k: [x, y]}}
        """
    )

    assert model.elements[ElementId("role-b")].account == "acc-b"
    assert [name for name in model.elements if name.startswith("key-a")] == ["key-a-x", "key-a-y"]


def test_a_region_may_come_from_a_placeholder(model_of: LoadModel) -> None:
    model = model_of(
        """
        elements:
          prod: {type: Account}
          key-$(r): {type: KmsKey, for_each: {r: [eu-west-1, us-east-1]}, in: prod.$(r)}
        """
    )

    assert [found.region for found in model.of_type("KmsKey")] == ["eu-west-1", "us-east-1"]


def test_arguments_defaults_and_variables_of_the_same_name(model_of: LoadModel) -> None:
    model = model_of(
        QUEUES
        + """
          $(job):
            use: worker-queue
            for_each: {job: [orders, stock], timeout: [5s, 6s]}
            in: prod.eu-west-1
            with: {key: data-key}
          mail: {use: worker-queue, in: prod.eu-west-1, with: {key: data-key, timeout: 15s}}
          fax: {use: worker-queue, in: prod.eu-west-1, with: {key: data-key}}
        """
    )

    timeouts = [str(value(model, f"{name}.worker", "timeout")) for name in ("orders", "stock", "mail", "fax")]
    assert timeouts == ["5s", "6s", "15s", "30s"]


def test_a_reference_argument_is_looked_up_where_it_is_written(model_of: LoadModel) -> None:
    model = model_of(
        """
        patterns:
          inner:
            parameters: {dead: reference}
            elements: {queue: {type: SqsQueue, dead_letter_queue: $(dead)}, dlq: {type: SqsQueue}}
          outer: {elements: {dlq: {type: SqsQueue}, a: {use: inner, with: {dead: dlq}}}}
        elements:
          prod: {type: Account}
          dlq: {type: SqsQueue, in: prod.eu-west-1}
          x: {use: outer, in: prod.eu-west-1}
          y: {use: inner, in: prod.eu-west-1, with: {dead: dlq}}
        """
    )

    assert target(model, "x.a.queue", "DEAD_LETTERS_TO") == ["x.dlq"]
    assert target(model, "y.queue", "DEAD_LETTERS_TO") == ["dlq"]


def test_an_argument_may_state_that_there_is_none(model_of: LoadModel) -> None:
    model = model_of(QUEUES + "  mail: {use: worker-queue, in: prod.eu-west-1, with: {key: none}}")

    assert target(model, "mail.queue", "ENCRYPTED_BY") == []


def test_patterns_nest_and_pass_arguments_on(model_of: LoadModel) -> None:
    model = model_of(
        """
        patterns:
          leaf: {parameters: {title: text}, elements: {user: {type: EndUser, title: $(title)}}}
          branch:
            parameters: {name: text}
            elements: {l-$(n): {use: leaf, for_each: {n: [1, 2]}, with: {title: $(name) $(n)}}}
        elements:
          tree: {use: branch, with: {name: Oak}}
        """
    )

    assert {name: found.title for name, found in model.elements.items()} == {
        "tree.l-1.user": "Oak 1",
        "tree.l-2.user": "Oak 2",
    }


def test_flows_of_a_pattern_are_made_with_each_use(model_of: LoadModel) -> None:
    model = model_of(
        QUEUES
        + """
          $(job): {use: worker-queue, for_each: {job: [orders, stock]}, in: prod.eu-west-1, with: {key: data-key}}
        """
    )

    assert [flow.id for flow in model.flows.values() if flow.declared] == [
        "orders.queue -> orders.worker",
        "stock.queue -> stock.worker",
    ]


def test_a_flow_with_an_id_belongs_to_its_namespace(model_of: LoadModel) -> None:
    model = model_of(
        """
        patterns:
          p: {elements: {u: {type: EndUser}, s: {type: SaasService}}, flows: [{u -> s: {id: call}}]}
        elements:
          x: {use: p}
          y: {use: p}
        """
    )

    assert list(model.flows) == ["x.call", "y.call"]


def test_a_use_puts_its_elements_into_its_place(model_of: LoadModel) -> None:
    model = model_of(ZONES)

    assert model.elements[ElementId("zone-a.nat")].vpc == "vpc"
    assert model.elements[ElementId("zone-a.nat")].parent == "zone-a.public"


def test_one_mistake_in_a_pattern_is_one_diagnostic(load_text: Load) -> None:
    loaded = load_text("archgraph: 1\nid: shop\n" + ZONES.replace("subnet: public", "subnet: pubic"))

    assert [found.code for found in loaded.diagnostics] == ["AG407"]
    assert next(iter(loaded.diagnostics)).hint == "did you mean 'public'?"


# --- change


def test_change_merges_maps_and_replaces_the_rest(model_of: LoadModel) -> None:
    model = model_of(
        """
        elements:
          prod: {type: Account}
          q: {type: SqsQueue, in: prod.eu-west-1, retention: 4d, tags: {team: shop, cost: low}}
          t: {type: SnsTopic, in: prod.eu-west-1, subscriptions: [q]}
        change:
          q: {retention: 1d, tags: {cost: high, team: remove}}
          t: {subscriptions: []}
        """
    )

    assert str(value(model, "q", "retention")) == "1d"
    assert model.elements[ElementId("q")].tags == {"cost": "high"}
    assert value(model, "t", "subscriptions") == []


def test_change_selects_by_id_glob_type_and_category(model_of: LoadModel) -> None:
    model = model_of(
        QUEUES
        + """
          orders: {use: worker-queue, in: prod.eu-west-1, with: {key: data-key}}
          stock: {use: worker-queue, in: prod.eu-west-1, with: {key: data-key}}
        change:
          type:SqsQueue: {retention: 1d}
          type:Compute: {memory: 256 MiB}
          "*.dlq": {retention: 14d}
          stock.worker: {timeout: 1m}
        """
    )

    assert {name: str(value(model, name, "retention")) for name in ("orders.queue", "orders.dlq", "stock.dlq")} == {
        "orders.queue": "1d",
        "orders.dlq": "14d",
        "stock.dlq": "14d",
    }
    assert str(value(model, "orders.worker", "memory")) == "256 MiB"
    assert str(value(model, "stock.worker", "timeout")) == "1m"


def test_a_use_changes_its_own_elements_only(model_of: LoadModel) -> None:
    model = model_of(
        QUEUES
        + """
          orders: {use: worker-queue, in: prod.eu-west-1, with: {key: data-key}}
          mail:
            use: worker-queue
            in: prod.eu-west-1
            with: {key: data-key}
            change: {worker: {memory: 1024 MiB}, "type:SqsQueue": {retention: 2d}}
        """
    )

    assert str(value(model, "mail.worker", "memory")) == "1024 MiB"
    assert "memory" not in model.elements[ElementId("orders.worker")].properties
    assert str(value(model, "mail.dlq", "retention")) == "2d"
    assert "retention" not in model.elements[ElementId("orders.dlq")].properties


def test_what_is_removed_is_gone_with_its_contents_its_flows_and_its_steps(model_of: LoadModel) -> None:
    model = model_of(
        """
        elements:
          shopper: {type: EndUser}
          prod: {type: Account}
          vpc:
            type: Vpc
            in: prod.eu-west-1
            cidr: 10.0.0.0/16
            contains:
              a: {type: Subnet, availability_zone: a, cidr: 10.0.0.0/24}
              host: {type: Ec2Instance, subnet: a}
          api: {type: ApiGatewayHttpApi, in: prod.eu-west-1}
        flows:
          - shopper -> host: https
          - shopper -> api: https
        scenarios:
          visit: {steps: [shopper -> host: old, shopper -> api: new]}
        change:
          vpc: remove
        """
    )

    assert list(model.elements) == ["shopper", "prod", "api"]
    assert list(model.flows) == ["shopper -> api"]
    assert [(step.badge, step.flow) for step in model.scenarios["visit"].steps] == [("1", "shopper -> api")]


def test_an_environment_is_a_file_with_include_and_change(model_of: LoadModel) -> None:
    base = """
        elements:
          prod: {type: Account}
          q: {type: SqsQueue, in: prod.eu-west-1, retention: 4d}
        change:
          q: {retention: 3d}
    """
    model = model_of(
        "include: [base.yaml]\nchange:\n  q: {visibility_timeout: 1m}\n  prod: {environment: test}", base=base
    )

    assert str(value(model, "q", "retention")) == "3d"
    assert str(value(model, "q", "visibility_timeout")) == "1m"
    assert model.elements[ElementId("q")].environment == "test"


# --- includes


def test_includes_come_first_and_each_file_once(model_of: LoadModel) -> None:
    model = model_of(
        "include: [left.yaml, right.yaml]\nelements:\n  top: {type: EndUser}\n",
        left="include: [base.yaml]\nelements:\n  l: {type: EndUser}\n",
        right="include: [base.yaml, left.yaml]\nelements:\n  r: {type: EndUser}\n",
        base="elements:\n  b: {type: EndUser}\n",
    )

    assert list(model.elements) == ["b", "l", "r", "top"]
    assert set(model.sources) == {"architecture.yaml", "left.yaml", "right.yaml", "base.yaml"}


def test_everything_may_be_included(model_of: LoadModel) -> None:
    model = model_of(
        """
        include: [parts.yaml]
        elements:
          x: {use: pair}
        scenarios:
          s: {steps: [x.u -> x.s]}
        """,
        parts="""
        patterns:
          pair: {elements: {u: {type: EndUser}, s: {type: SaasService}}}
        defaults:
          EndUser: {title: Somebody}
        flows:
          - x.u -> x.s: https
        views:
          all: {include: ["*"]}
        waivers:
          - {rule: r, elements: [x.u], reason: x, owner: me, accepted: 2026-10-01, expires: 2027-03-31}
        """,
    )

    assert model.elements[ElementId("x.u")].title == "Somebody"
    assert list(model.flows) == ["x.u -> x.s"]
    assert model.scenarios["s"].steps[0].flow == "x.u -> x.s"
    assert list(model.views) == ["all"]
    assert model.waivers[0].location.file == "parts.yaml"


def test_positions_name_the_file_that_was_read(load_text: Load) -> None:
    loaded = load_text(
        "archgraph: 1\nid: shop\ninclude: [parts.yaml]\n", parts="archgraph: 1\nelements:\n  a: {type: Nobody}\n"
    )

    assert [str(found.location) for found in loaded.diagnostics] == ["parts.yaml:3:13"]
