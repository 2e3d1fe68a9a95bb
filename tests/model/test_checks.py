"""Contradictions with AWS: what is not one. (What is one is in ``tests/corpus/AG6*.yaml``.)

Each case names the AWS page by which the model can be built.
"""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest

from archgraph.dsl.load import load
from archgraph.model.checks import CHECKS, check
from archgraph.model.model import Model
from archgraph.model.service_checks import CLASHES
from archgraph.source.diagnostics import Diagnostics
from archgraph.source.messages import render

HEAD = "archgraph: 1\nid: shop\nelements:\n  prod: {type: Account}\n"
VPC = "  vpc:\n    type: Vpc\n    in: prod.eu-west-1\n    cidr: 10.0.0.0/16\n    contains:\n"
SUBNETS = (
    VPC
    + "      a: {type: Subnet, availability_zone: a, cidr: 10.0.0.0/24}\n"
    + "      b: {type: Subnet, availability_zone: b, cidr: 10.0.1.0/24}\n"
)
SIZING = "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"
ALB = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html"
KMS = "https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html"
CERTIFICATES = "https://docs.aws.amazon.com/acm/latest/userguide/acm-regions.html"

ALLOWED = {
    # --- ranges of subnets
    "a subnet in a secondary range": (
        SIZING,
        VPC.replace("10.0.0.0/16", "10.0.0.0/16\n    secondary_cidrs: [100.64.0.0/16]")
        + "      a: {type: Subnet, cidr: 100.64.3.0/24}\n",
    ),
    "a subnet of a VPC whose other ranges nobody knows": (
        SIZING,
        VPC.replace("10.0.0.0/16", "10.0.0.0/16\n    secondary_cidrs: unknown")
        + "      a: {type: Subnet, cidr: 10.9.0.0/24}\n",
    ),
    "a subnet as large as its VPC": (SIZING, VPC + "      a: {type: Subnet, cidr: 10.0.0.0/16}\n"),
    "a subnet without a range": (SIZING, VPC + "      a: {type: Subnet, availability_zone: a}\n"),
    "a subnet whose range nobody knows": (SIZING, VPC + "      a: {type: Subnet, cidr: unknown}\n"),
    "subnets side by side": (
        SIZING,
        VPC + "      a: {type: Subnet, cidr: 10.0.0.0/17}\n      b: {type: Subnet, cidr: 10.0.128.0/17}\n",
    ),
    "the same range in two VPCs": (
        SIZING,
        SUBNETS
        + "  vpc2:\n    type: Vpc\n    in: prod.eu-west-1\n    cidr: 10.0.0.0/16\n    contains:\n"
        + "      c: {type: Subnet, cidr: 10.0.0.0/24}\n",
    ),
    "ranges of IPv6 side by side": (
        SIZING,
        VPC
        + '      a: {type: Subnet, cidr: 10.0.0.0/24, ipv6_cidr: "2001:db8:0:1::/64"}\n'
        + '      b: {type: Subnet, cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:0:2::/64"}\n',
    ),
    "a subnet with IPv6 only": (
        SIZING,
        VPC + '      a: {type: Subnet, ipv6_only: true, ipv6_cidr: "2001:db8:0:1::/64"}\n',
    ),
    # --- gateways
    "an internet gateway in each VPC": (
        "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html",
        SUBNETS
        + "      igw: {type: InternetGateway}\n"
        + "  vpc2: {type: Vpc, in: prod.eu-west-1, cidr: 10.1.0.0/16}\n  igw2: {type: InternetGateway, in: vpc2}\n",
    ),
    "an egress-only gateway beside the internet gateway": (
        "https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html",
        VPC + "      igw: {type: InternetGateway}\n      eigw: {type: EgressOnlyInternetGateway}\n",
    ),
    # --- certificates
    "CloudFront's certificate in us-east-1": (
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html",
        "  cert: {type: AcmCertificate, in: prod.us-east-1, domain: shop.example.com}\n"
        "  cdn: {type: CloudFrontDistribution, in: prod, certificate: cert}\n",
    ),
    "a listener's certificate in its own Region": (
        CERTIFICATES,
        SUBNETS
        + "      alb: {type: ApplicationLoadBalancer, subnets: [a, b], listeners: [{port: 443, certificate: cert}]}\n"
        + "  cert: {type: AcmCertificate, in: prod.eu-west-1, domain: shop.example.com}\n",
    ),
    "a certificate outside the model": (
        CERTIFICATES,
        "  cert: {type: AcmCertificate, external: true, in: prod.eu-west-1}\n"
        "  cdn: {type: CloudFrontDistribution, in: prod, certificate: cert}\n",
    ),
    "an edge API's certificate in us-east-1": (
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-specify-certificate-for-custom-domain-name.html",
        "  cert: {type: AcmCertificate, in: prod.us-east-1, domain: api.example.com}\n"
        "  api: {type: ApiGatewayRestApi, in: prod.eu-west-1, endpoint_type: edge, certificate: cert}\n",
    ),
    "a certificate of an API of unknown kind": (
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-specify-certificate-for-custom-domain-name.html",
        "  cert: {type: AcmCertificate, in: prod.us-east-1, domain: api.example.com}\n"
        "  api: {type: ApiGatewayRestApi, in: prod.eu-west-1, certificate: cert}\n",
    ),
    "a user pool's certificate in us-east-1": (
        "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-add-custom-domain.html",
        "  cert: {type: AcmCertificate, in: prod.us-east-1, domain: auth.example.com}\n"
        "  pool: {type: CognitoUserPool, in: prod.eu-west-1, certificate: cert}\n",
    ),
    # --- zones
    "a zone by its full name": (
        SIZING,
        VPC + "      a: {type: Subnet, availability_zone: eu-west-1a, cidr: 10.0.0.0/24}\n",
    ),
    "a zone that is a parameter nobody knows": (
        SIZING,
        VPC + "      a: {type: Subnet, availability_zone: unknown, cidr: 10.0.0.0/24}\n",
    ),
    "a load balancer over subnets of unknown zones": (
        ALB,
        VPC
        + "      a: {type: Subnet, cidr: 10.0.0.0/24}\n      b: {type: Subnet, cidr: 10.0.1.0/24}\n"
        + "      alb: {type: ApplicationLoadBalancer, subnets: [a, b]}\n",
    ),
    "a load balancer over one unknown zone": (
        ALB,
        SUBNETS
        + "      c: {type: Subnet, cidr: 10.0.2.0/24}\n      alb: {type: ApplicationLoadBalancer, subnets: [a, c]}\n",
    ),
    "a load balancer without subnets": (ALB, "  alb: {type: ApplicationLoadBalancer, in: prod.eu-west-1}\n"),
    "a load balancer over three zones": (
        ALB,
        SUBNETS
        + "      c: {type: Subnet, availability_zone: c, cidr: 10.0.2.0/24}\n"
        + "      alb: {type: ApplicationLoadBalancer, subnets: [a, b, c]}\n",
    ),
    "a database over several subnets of a zone": (
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
        SUBNETS
        + "      c: {type: Subnet, availability_zone: a, cidr: 10.0.2.0/24}\n"
        + "  db: {type: RdsInstance, in: prod.eu-west-1, engine: postgres, subnet_group: {subnets: [a, b, c]}}\n",
    ),
    "a function in one subnet": (
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
        SUBNETS + "  fn: {type: LambdaFunction, in: prod.eu-west-1, subnets: [a]}\n",
    ),
    # --- keys
    "a key of the same Region": (
        KMS,
        "  k: {type: KmsKey, in: prod.eu-west-1}\n  b: {type: S3Bucket, in: prod.eu-west-1, kms_key: k}\n",
    ),
    "a key of several Regions": (
        KMS,
        "  k: {type: KmsKey, in: prod.us-east-1, multi_region: true}\n"
        "  b: {type: S3Bucket, in: prod.eu-west-1, kms_key: k}\n",
    ),
    "a key outside the model": (
        KMS,
        "  k: {type: KmsKey, in: prod.us-east-1, external: true}\n"
        "  b: {type: S3Bucket, in: prod.eu-west-1, kms_key: k}\n",
    ),
    "the key of copies in the Region of the copies": (
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html",
        "  k: {type: KmsKey, in: prod.us-east-1}\n  copy: {type: S3Bucket, in: prod.us-east-1, versioning: true}\n"
        "  b: {type: S3Bucket, in: prod.eu-west-1, versioning: true, replication: [{to: copy, kms_key: k}]}\n",
    ),
    "a trail's key in the Region of its bucket": (
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html",
        "  k: {type: KmsKey, in: prod.eu-west-1}\n  logs: {type: S3Bucket, in: prod.eu-west-1}\n"
        "  trail: {type: CloudTrail, in: prod.us-east-1, bucket: logs, kms_key: k}\n",
    ),
    # --- the network
    "a security group associated with another VPC of the Region": (
        "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-assoc.html",
        SUBNETS
        + "      host: {type: Ec2Instance, subnet: a, security_groups: [sg]}\n"
        + "  vpc2: {type: Vpc, in: prod.eu-west-1, cidr: 10.1.0.0/16}\n  sg: {type: SecurityGroup, in: vpc2}\n",
    ),
    "a rule that names a group of a peered VPC": (
        "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html",
        SUBNETS
        + "      sg: {type: SecurityGroup, inbound: {other: 443}}\n"
        + "  vpc2: {type: Vpc, in: prod.eu-west-1, cidr: 10.1.0.0/16}\n  other: {type: SecurityGroup, in: vpc2}\n",
    ),
    "subnets of an account that shares them": (
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html",
        SUBNETS + "  app: {type: Account}\n  fn: {type: LambdaFunction, in: app.eu-west-1, subnets: [a, b]}\n",
    ),
    # --- web ACLs, capacity, rules, settings
    "a web ACL of unknown scope": (
        "https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html",
        "  acl: {type: WafWebAcl, in: prod.us-east-1}\n  cdn: {type: CloudFrontDistribution, in: prod, web_acl: acl}\n",
    ),
    "capacity without a maximum": (
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-capacity-limits.html",
        SUBNETS + "      asg: {type: AutoScalingGroup, subnets: [a, b], min: 6, desired: 6}\n",
    ),
    "capacity of nobody knows": (
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-capacity-limits.html",
        SUBNETS + "      asg: {type: AutoScalingGroup, subnets: [a, b], min: 6, max: unknown}\n",
    ),
    "the same number in both directions": (
        "https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html",
        VPC
        + "      acl: {type: NetworkAcl, inbound: [{number: 100, allow: 443, from: 0.0.0.0/0}],"
        + " outbound: [{number: 100, allow: all, to: 0.0.0.0/0}]}\n",
    ),
    "object lock of a bucket whose versioning is not stated": (
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html",
        "  b: {type: S3Bucket, in: prod.eu-west-1, object_lock: 30d}\n",
    ),
    "a private NAT gateway without an address": (
        "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
        SUBNETS + "      nat: {type: NatGateway, subnet: a, connectivity: private, elastic_ip: none}\n",
    ),
    "Memcached without replicas": (
        "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/SelectEngine.html",
        "  c: {type: ElastiCacheCluster, in: prod.eu-west-1, engine: memcached, replicas: 0}\n",
    ),
}


def model_of(folder: Path, elements: str) -> Model:
    path = folder / "architecture.yaml"
    path.write_text(HEAD + elements, encoding="utf-8")
    loaded = load(path)
    assert loaded.model is not None, render(loaded.diagnostics, loaded.sources) + indent(elements, "    ")
    return loaded.model


@pytest.mark.parametrize("name", ALLOWED)
def test_what_aws_allows_is_no_contradiction(name: str, tmp_path: Path) -> None:
    source, elements = ALLOWED[name]

    model_of(tmp_path, elements)

    assert source.startswith("https://docs.aws.amazon.com/")


def test_nothing_is_concluded_about_damaged_elements(tmp_path: Path) -> None:
    model = model_of(tmp_path, SUBNETS + "      alb: {type: ApplicationLoadBalancer, subnets: [a, b]}\n")
    balancer = next(model.of_type("ApplicationLoadBalancer"))
    balancer.subnets = balancer.subnets[:1]

    found, spared = Diagnostics(), Diagnostics()
    check(model, found)
    check(model, spared, {balancer.id})

    assert [diagnostic.code for diagnostic in found] == ["AG608"]
    assert not len(spared)


def test_every_check_says_in_a_sentence_what_aws_demands() -> None:
    assert all(find.__doc__ for find in CHECKS)


def test_settings_that_clash_are_properties_of_their_types(tmp_path: Path) -> None:
    catalog = model_of(tmp_path, "").catalog

    for type_name, clashes in CLASHES.items():
        found = catalog.get(type_name)
        assert found is not None
        for clash in clashes:
            assert {clash.name, clash.other} <= found.properties.keys()
