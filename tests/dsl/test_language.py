"""The language, feature by feature: text, ids, places, references, absence, own types."""

from __future__ import annotations

from datetime import date
from ipaddress import ip_network

import pytest

from archgraph.catalog.values import Ports
from archgraph.model.model import Absent, Element, ElementId, Model, Reference
from tests.dsl.conftest import Load, LoadModel

ACCOUNT = """
elements:
  prod: {type: Account}
"""
NETWORK = """
elements:
  prod: {type: Account}
  vpc:
    type: Vpc
    in: prod.eu-west-1
    cidr: 10.0.0.0/16
    contains:
      a: {type: Subnet, availability_zone: a, cidr: 10.0.0.0/24}
      b: {type: Subnet, availability_zone: b, cidr: 10.0.1.0/24}
"""


def element(model: Model, name: str) -> Element:
    return model.elements[ElementId(name)]


def references(model: Model, name: str) -> list[tuple[str, str, str]]:
    return [
        (reference.source, reference.relationship, reference.target or f"{reference.literal}")
        for reference in element(model, name).references
    ]


# --- text and quantities


@pytest.mark.parametrize(
    ("written", "amount"),
    [("30s", 30), ("5m", 300), ("1h", 3600), ("4d", 345_600), ("1w", 604_800), ("1.5h", 5400), ('"90 s"', 90)],
)
def test_a_duration_is_read_in_seconds(model_of: LoadModel, written: str, amount: int) -> None:
    model = model_of(f"elements:\n  order: {{type: DataAsset, retention: {written}}}")

    assert element(model, "order").get("retention").amount == amount


def test_text_means_what_its_property_says(model_of: LoadModel) -> None:
    model = model_of(
        ACCOUNT
        + """
          db: {type: RdsInstance, in: prod.eu-west-1, engine: postgres, engine_version: 16.10}
          q: {type: SqsQueue, in: prod.eu-west-1, tags: {country: "no", starts: "22:30", code: "0123", empty: ""}}
          fn: {type: LambdaFunction, in: prod.eu-west-1, memory: 1024 MiB, timeout: 15m}
          vpc: {type: Vpc, in: prod.eu-west-1, cidr: 10.0.0.0/16, dns_support: true}
        """
    )

    assert element(model, "db").get("engine_version") == "16.10"
    assert element(model, "q").tags == {"country": "no", "starts": "22:30", "code": "0123", "empty": ""}
    assert element(model, "fn").get("memory").amount == 1024**3
    assert str(element(model, "fn").get("timeout")) == "15m"
    assert element(model, "vpc").get("cidr") == ip_network("10.0.0.0/16")
    assert element(model, "vpc").get("dns_support") is True


def test_ports_are_ranges_of_a_protocol(model_of: LoadModel) -> None:
    model = model_of(
        NETWORK
        + """
              sg:
                type: SecurityGroup
                inbound: {0.0.0.0/0: [443, 8000-8100, udp/53], 10.0.0.0/8: all}
        """
    )

    inbound = element(model, "sg").get("inbound")
    assert inbound["0.0.0.0/0"] == [Ports("tcp", 443, 443), Ports("tcp", 8000, 8100), Ports("udp", 53, 53)]
    assert inbound["10.0.0.0/8"] == [Ports("all", 0, 65535)]


def test_folded_and_literal_texts_are_texts(model_of: LoadModel) -> None:
    model = model_of(
        """
        description: >-
          A shop
          by the sea
        elements:
          a: {type: EndUser, description: 'It''s'}
        """
    )

    assert model.description == "A shop by the sea"
    assert element(model, "a").description == "It's"


def test_objectives_are_quantities(model_of: LoadModel) -> None:
    model = model_of("owner: shop-team\nobjectives: {availability: 99.95%, rto: 1h, throughput: 100/s, users: 10k}")

    assert model.owner == "shop-team"
    assert model.objectives["availability"].amount == 99.95
    assert model.objectives["rto"].amount == 3600
    assert model.objectives["throughput"].amount == 100
    assert model.objectives["users"] == "10k"


# --- absence


def test_what_is_not_stated_is_unknown_or_absent(model_of: LoadModel) -> None:
    queue = element(model_of(ACCOUNT + "  q: {type: SqsQueue, in: prod.eu-west-1}"), "q")

    assert queue.get("retention") is Absent.UNKNOWN
    assert queue.get("dead_letter_queue") is Absent.NONE
    assert queue.get("tags") == []


def test_none_unknown_and_default_are_stated(model_of: LoadModel) -> None:
    model = model_of(
        ACCOUNT
        + """
          q: {type: SqsQueue, in: prod.eu-west-1, retention: default, dead_letter_queue: none, kms_key: unknown}
        """
    )

    queue = element(model, "q")
    assert queue.get("retention").amount == 4 * 86_400
    assert queue.get("dead_letter_queue") is Absent.NONE
    assert queue.get("kms_key") is Absent.UNKNOWN
    assert not queue.references


def test_quoted_words_are_texts(model_of: LoadModel) -> None:
    model = model_of('elements:\n  a: {type: EndUser, title: "none", description: "default"}')

    assert element(model, "a").title == "none"
    assert element(model, "a").description == "default"


def test_a_word_of_the_property_means_itself(model_of: LoadModel) -> None:
    model = model_of(
        """
        elements:
          d: {type: IotDevice, authentication: none}
          prod: {type: Account}
          vpc: {type: Vpc, in: prod.eu-west-1, cidr: 10.0.0.0/16, tenancy: default}
        """
    )

    assert element(model, "d").get("authentication") == "none"
    assert element(model, "vpc").get("tenancy") == "default"


# --- ids and places


def test_an_id_does_not_depend_on_where_it_is_nested(model_of: LoadModel) -> None:
    nested = model_of(
        """
        elements:
          prod:
            type: Account
            regions:
              eu-west-1: {q: {type: SqsQueue}}
            contains:
              role: {type: IamRole}
        """
    )
    flat = model_of(ACCOUNT + "  q: {type: SqsQueue, in: prod.eu-west-1}\n  role: {type: IamRole, in: prod}")

    for model in (nested, flat):
        assert list(model.elements) == ["prod", "q", "role"] or list(model.elements) == ["prod", "role", "q"]
        assert element(model, "q").parent == "prod"
        assert (element(model, "q").account, element(model, "q").region) == ("prod", "eu-west-1")
        assert (element(model, "role").account, element(model, "role").region) == ("prod", None)


def test_settings_of_a_place_are_inherited_and_overridden(model_of: LoadModel) -> None:
    model = model_of(
        """
        elements:
          prod:
            type: Account
            owner: platform
            environment: production
            criticality: high
            tags: {cost: shared, team: platform}
            regions:
              eu-west-1:
                q: {type: SqsQueue, owner: shop, tags: {team: shop}}
                k: {type: KmsKey, criticality: low}
        """
    )

    queue, key = element(model, "q"), element(model, "k")
    assert (queue.owner, queue.environment, queue.criticality) == ("shop", "production", "high")
    assert queue.tags == {"cost": "shared", "team": "shop"}
    assert (key.owner, key.criticality) == ("platform", "low")


def test_subnets_place_what_uses_them(model_of: LoadModel) -> None:
    model = model_of(
        NETWORK
        + """
          alb: {type: ApplicationLoadBalancer, subnets: [a, b], listeners: [{port: 80}]}
          host: {type: Ec2Instance, subnet: a}
          db: {type: RdsInstance, in: prod.eu-west-1, engine: postgres, subnet_group: {subnets: [a, b]}}
        """
    )

    alb, host, db = (element(model, name) for name in ("alb", "host", "db"))
    assert (alb.parent, alb.vpc, alb.account, alb.region) == ("vpc", "vpc", "prod", "eu-west-1")
    assert alb.subnets == ("a", "b")
    assert alb.zones == ("eu-west-1a", "eu-west-1b")
    assert element(model, "alb.listener").zones == alb.zones
    assert (host.parent, host.zones) == ("a", ("eu-west-1a",))
    assert db.zones == element(model, "db.subnet-group").zones == ("eu-west-1a", "eu-west-1b")
    assert element(model, "db.subnet-group").vpc == db.vpc == "vpc"


def test_an_account_may_own_what_stands_in_another(model_of: LoadModel) -> None:
    model = model_of(
        """
        elements:
          network: {type: Account}
          app: {type: Account}
          vpc: {type: Vpc, in: network.eu-west-1, cidr: 10.0.0.0/16}
          q: {type: SqsQueue, in: network.eu-west-1, account: app}
        """
    )

    assert element(model, "q").account == "app"
    assert element(model, "q").parent == "network"


def test_a_zone_is_its_letter_or_its_name(model_of: LoadModel) -> None:
    model = model_of(NETWORK + "      c: {type: Subnet, availability_zone: eu-west-1c, cidr: 10.0.2.0/24}")

    assert element(model, "a").zones == ("eu-west-1a",)
    assert element(model, "c").zones == ("eu-west-1c",)


def test_one_element_stands_for_its_instances(model_of: LoadModel) -> None:
    model = model_of(NETWORK + "      asg: {type: AutoScalingGroup, subnets: [a, b], min: 2, desired: 3, max: 6}")

    group = element(model, "asg")
    assert (group.get("min"), group.get("desired"), group.get("max")) == (2, 3, 6)
    assert len(model.elements) == 5


# --- references, parts, what is defined in place


def test_a_reference_becomes_a_relationship(model_of: LoadModel) -> None:
    model = model_of(
        ACCOUNT
        + """
          key: {type: KmsKey, in: prod.eu-west-1}
          dlq: {type: SqsQueue, in: prod.eu-west-1}
          q: {type: SqsQueue, in: prod.eu-west-1, kms_key: key, dead_letter_queue: {to: dlq, max_receives: 5}}
        """
    )

    assert references(model, "q") == [("q", "ENCRYPTED_BY", "key"), ("q", "DEAD_LETTERS_TO", "dlq")]
    reference = element(model, "q").get("dead_letter_queue")
    assert isinstance(reference, Reference)
    assert reference.properties == {"max_receives": 5}
    assert reference.property == "dead_letter_queue"


def test_a_map_without_to_defines_the_element_in_place(model_of: LoadModel) -> None:
    model = model_of(
        NETWORK
        + """
              nat: {type: NatGateway, subnet: a, elastic_ip: {}}
          fn: {type: LambdaFunction, in: prod.eu-west-1, role: {id: execution, policies: [ReadOnlyAccess]}}
        """
    )

    assert element(model, "nat.elastic-ip").type.name == "ElasticIp"
    assert element(model, "nat.elastic-ip").part_of == "nat"
    assert ("nat", "USES_ADDRESS", "nat.elastic-ip") in references(model, "nat")
    assert element(model, "fn.execution").type.name == "IamRole"
    assert element(model, "fn.execution").account == "prod"


def test_parts_are_called_by_their_id_their_key_or_their_property(model_of: LoadModel) -> None:
    model = model_of(
        NETWORK
        + """
              one: {type: ApplicationLoadBalancer, subnets: [a, b], listeners: [{port: 443}]}
              two:
                type: ApplicationLoadBalancer
                subnets: [a, b]
                listeners: [{port: 80}, {port: 443}, {id: admin, port: 8443}]
        """
    )

    parts = [name for name, found in model.elements.items() if found.type.part]
    assert parts == ["one.listener", "two.listener-80", "two.listener-443", "two.admin"]
    assert element(model, "two").get("listeners") == parts[1:]
    assert all(element(model, part).part_of == part.partition(".")[0] for part in parts)


def test_an_arn_stands_for_a_thing_outside_the_model(model_of: LoadModel) -> None:
    arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd"
    model = model_of(ACCOUNT + f"  q: {{type: SqsQueue, in: prod.eu-west-1, kms_key: '{arn}'}}")

    assert references(model, "q") == [("q", "ENCRYPTED_BY", arn)]


def test_an_external_element_needs_no_place(model_of: LoadModel) -> None:
    model = model_of(
        "elements:\n  theirs: {type: SqsQueue, external: true}\n  auditors: {type: Account, external: true}"
    )

    assert element(model, "theirs").external


def test_the_keys_of_rules_and_routes_are_references_or_literals(model_of: LoadModel) -> None:
    model = model_of(
        NETWORK
        + """
              igw: {type: InternetGateway}
              routes: {type: RouteTable, routes: {0.0.0.0/0: igw, 10.9.0.0/16: none}}
              alb-sg:
                type: SecurityGroup
                inbound: {0.0.0.0/0: 443, com.amazonaws.global.cloudfront.origin-facing: 443}
              web-sg: {type: SecurityGroup, inbound: {alb-sg: [8080, 8081]}, outbound: {}}
        """
    )

    route = element(model, "routes").references[0]
    assert (route.target, route.properties) == ("igw", {"destination": "0.0.0.0/0"})
    assert element(model, "routes").get("routes")["10.9.0.0/16"] is Absent.NONE
    assert references(model, "alb-sg")[1][2] == "com.amazonaws.global.cloudfront.origin-facing"
    assert element(model, "web-sg").references[0].properties == {"ports": ["8080", "8081"]}
    assert element(model, "web-sg").get("outbound") == {}


# --- statements


def test_statements_of_all_four_kinds_of_policy(model_of: LoadModel) -> None:
    model = model_of(
        """
        elements:
          org: {type: Organization, feature_set: all, scps: [full]}
          full: {type: ServiceControlPolicy, in: org, statements: [{allow: "*", resources: "*"}]}
          deny: {type: ServiceControlPolicy, in: org, statements: [{deny_except: [iam:*], resources: "*"}]}
          prod: {type: Account, in: org}
          ci:
            type: IamRole
            in: prod
            trust: [ec2.amazonaws.com, {allow: prod, when: {Bool: {aws:MultiFactorAuthPresent: "true"}}}]
          shared:
            type: IamPolicy
            in: prod
            statements: [{allow: [s3:GetObject, s3:ListBucket], resources: [assets, assets/*]}]
          reader:
            type: IamRole
            in: prod
            trust: [{allow: ci}]
            policies: [shared, ReadOnlyAccess, {deny: s3:DeleteObject, resources: assets/logs/*}]
          assets:
            type: S3Bucket
            in: prod.eu-west-1
            policy: [{allow: s3:GetObject, principals: reader, resources: assets/*}]
        """
    )

    trust = element(model, "ci").get("trust")
    assert trust[0] == {"effect": "allow", "actions": [], "principals": ["ec2.amazonaws.com"], "when": {}}
    assert trust[1]["when"] == {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    assert references(model, "ci") == [("ci", "TRUSTS", "ec2.amazonaws.com"), ("ci", "TRUSTS", "prod")]
    granted = [(r.relationship, r.target, r.path) for r in element(model, "shared").references]
    assert granted == [("GRANTS", "assets", None), ("GRANTS", "assets", "*")]
    assert references(model, "reader")[1:] == [("reader", "HAS_POLICY", "shared"), ("reader", "DENIES", "assets")]
    assert element(model, "reader").get("policies")[:2] == [{"policy": "shared"}, {"managed": "ReadOnlyAccess"}]
    assert references(model, "assets") == [("reader", "GRANTS", "assets")]
    assert element(model, "deny").get("statements")[0]["effect"] == "deny_except"
    assert element(model, "full").get("statements")[0]["actions"] == ["*"]


# --- own types, reviews, the rest of a model


GAUGE = """
types:
  TideGauge:
    service: Harbour
    title: Tide gauge
    category: External
    description: Measures the tide.
    source: https://example.com/gauge
    places: [model]
    properties:
      interval: {kind: duration, minimum: 1s, description: How often it measures}
      feeds: {kind: reference, to: [SqsQueue], relationship: TRIGGERS, flow: {kind: event}, description: Where it sends}
      calibrated: {kind: boolean, required: "true", description: Whether it is calibrated}
"""


def test_own_types_are_types(model_of: LoadModel) -> None:
    model = model_of(
        GAUGE
        + ACCOUNT
        + """
          q: {type: SqsQueue, in: prod.eu-west-1}
          pier: {type: TideGauge, interval: 10s, feeds: q, calibrated: true}
        """
    )

    assert element(model, "pier").get("interval").amount == 10
    assert [flow.id for flow in model.flows.values()] == ["pier -> q"]


def test_own_types_are_checked_like_others(load_text: Load) -> None:
    loaded = load_text("archgraph: 1\nid: shop\n" + GAUGE + "elements:\n  pier: {type: TideGauge, interval: 5ms}\n")

    assert [found.code for found in loaded.diagnostics] == ["AG404", "AG405"]


def test_own_types_may_come_from_an_include(model_of: LoadModel) -> None:
    model = model_of("include: [types.yaml]\nelements:\n  pier: {type: TideGauge, calibrated: true}", types=GAUGE)

    assert element(model, "pier").type.title == "Tide gauge"


def test_defaults_lie_under_what_elements_say(model_of: LoadModel) -> None:
    model = model_of(
        """
        defaults:
          SqsQueue: {retention: 7d, tags: {team: shop, cost: low}}
          DbSubnetGroup: {title: Database}
        """
        + ACCOUNT
        + """
          one: {type: SqsQueue, in: prod.eu-west-1}
          two: {type: SqsQueue, in: prod.eu-west-1, retention: 1d, tags: {team: stock}}
        """
    )

    assert str(element(model, "one").get("retention")) == "7d"
    assert str(element(model, "two").get("retention")) == "1d"
    assert element(model, "two").tags == {"team": "stock", "cost": "low"}


def test_reviews_are_read(model_of: LoadModel) -> None:
    model = model_of(
        """
        elements:
          a: {type: EndUser}
        views:
          people: {title: People, include: ["type:Actor"], exclude: [a]}
        waivers:
          - {rule: sec-x, elements: [a], reason: preview, owner: me, accepted: 2026-10-01, expires: 2027-03-31}
        attestations:
          - practice: OPS02-BP01
            answer: met
            owner: me
            date: 2026-10-01
            expires: 2027-10-01
            evidence: docs/owners.md
        """
    )

    assert model.views["people"].include == ("type:Actor",)
    assert (model.waivers[0].selectors, model.waivers[0].expires) == (("a",), date(2027, 3, 31))
    assert model.attestations[0].evidence == "docs/owners.md"


def test_a_model_keeps_the_author_s_order(model_of: LoadModel) -> None:
    model = model_of("elements:\n  z: {type: EndUser}\n  a: {type: SaasService}\n  m: {type: EndUser}")

    assert list(model.elements) == ["z", "a", "m"]


def test_empty_sections_are_none(model_of: LoadModel) -> None:
    model = model_of("elements:\nflows:\npatterns:\nscenarios:\nviews:\nwaivers:\ninclude:\n")

    assert not model.elements
    assert not model.flows
