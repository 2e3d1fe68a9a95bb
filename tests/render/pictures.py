"""Hand-written views of well-known architectures, and synthetic ones of any size."""

from __future__ import annotations

from archgraph.views.view import Edge, EdgeStyle, Group, GroupKind, Node, Role, View

S3 = "aws/storage/simple-storage-service-s3"
CERTIFICATE = "aws/security/certificate-manager"
KEY = "aws/security/key-management-service"
ALARM = "aws/management/cloudwatch-alarm"
TOPIC = "aws/integration/simple-notification-service-sns"
NAT = "aws/network/nat-gateway"

_ACCOUNT = "shop-prod"
_REGION = "shop-prod/eu-west-1"


def three_tier(zones: int = 2, whole: bool = True) -> View:
    """A web shop in zones; ``whole`` adds people, entry points and what supports it."""
    groups = [
        Group("aws:cloud", GroupKind.CLOUD, "AWS Cloud"),
        Group(_ACCOUNT, GroupKind.ACCOUNT, "shop-prod", "0111-2222-3333", "aws:cloud"),
        Group(_REGION, GroupKind.REGION, "eu-west-1", "Region", _ACCOUNT),
        Group("shop-vpc", GroupKind.VPC, "shop-vpc", "10.0.0.0/16", _REGION),
    ]
    nodes = [Node("igw", "Internet gateway", "", "aws/network/internet-gateway", "Network", "shop-vpc", Role.GATEWAY)]
    letters = "abcdef"[:zones]
    for number, letter in enumerate(letters):
        zone = f"shop-vpc/{letter}"
        groups.append(Group(zone, GroupKind.ZONE, f"eu-west-1{letter}", "Availability Zone", "shop-vpc"))
        for row, (tier, kind) in enumerate(
            (
                ("public", GroupKind.PUBLIC_SUBNET),
                ("app", GroupKind.PRIVATE_SUBNET),
                ("data", GroupKind.PRIVATE_SUBNET),
            )
        ):
            cidr = f"10.0.{row}{number}.0/24"
            groups.append(Group(f"{tier}-{letter}", kind, f"{tier}-{letter}", cidr, zone, row))
        nodes.append(
            Node(
                f"nat-{letter}",
                f"nat-{letter}",
                "NAT gateway",
                NAT,
                "Network",
                f"public-{letter}",
            )
        )

    def over(tier: str) -> tuple[str, ...]:
        return tuple(f"{tier}-{letter}" for letter in letters)

    nodes += [
        Node("web-alb", "web-alb", "Application Load Balancer", "aws/network/elb-application-load-balancer",
             "LoadBalancing", "shop-vpc", Role.SPANNING, over("public")),
        Node("web", "web", "2 to 6 m7g.large", "aws/compute/ec2-auto-scaling", "Compute", "shop-vpc", Role.SPANNING,
             over("app"), GroupKind.AUTO_SCALING),
        Node("shop-db", "shop-db", "PostgreSQL 16, Multi-AZ", "aws/database/rds", "Database", "shop-vpc", Role.SPANNING,
             over("data")),
        Node("sessions", "sessions", "ElastiCache Valkey", "aws/database/elasticache", "Database", "shop-vpc",
             Role.SPANNING, over("data")),
    ]  # fmt: skip
    edges = [
        Edge("igw -> web-alb", "igw", "web-alb", "HTTPS 443"),
        Edge("web-alb -> web", "web-alb", "web", "HTTP 8080"),
        Edge("web -> shop-db", "web", "shop-db", "TLS 5432"),
        Edge("web -> sessions", "web", "sessions", "TLS 6379"),
    ]
    if not whole:
        edges += [
            Edge(f"web -> nat-{letter}", "web", f"nat-{letter}", "0.0.0.0/0", EdgeStyle.NETWORK) for letter in letters
        ]
        edges[0] = Edge("igw -> web-alb", "igw", "web-alb", "0.0.0.0/0", EdgeStyle.NETWORK)
        return View("network", "Three-tier web shop: network", "", tuple(groups), tuple(nodes), tuple(edges))
    nodes = [
        Node("customers", "Customers", "", "aws/general/users", "Actor", None, Role.ACTOR),
        Node("oncall", "On-call", "e-mail", None, "External"),
        Node("dns", "shop.example.com", "Route 53", "aws/network/route-53", "Edge", _ACCOUNT, Role.EDGE),
        Node("cdn", "cdn", "CloudFront", "aws/network/cloudfront", "Edge", _ACCOUNT, Role.EDGE),
        Node("edge-waf", "edge-waf", "AWS WAF", "aws/security/waf", "Security", _ACCOUNT, Role.SUPPORT),
        Node("cdn-cert", "cdn-cert", "Certificate", CERTIFICATE, "Security", _ACCOUNT, Role.SUPPORT),
        *nodes,
        Node("assets", "assets", "S3 bucket", S3, "Storage", _REGION),
        Node("ops", "ops", "SNS topic", TOPIC, "Messaging", _REGION),
        Node("db-busy", "db-busy", "Alarm", ALARM, "Observability", _REGION),
        Node("alb-errors", "alb-errors", "Alarm", ALARM, "Observability", _REGION),
        Node("data-key", "data-key", "KMS key", KEY, "Security", _REGION, Role.SUPPORT),
        Node("db-login", "db-login", "Secret", "aws/security/secrets-manager", "Security", _REGION, Role.SUPPORT),
        Node("trail", "trail", "CloudTrail", "aws/management/cloudtrail", "Observability", _REGION, Role.SUPPORT),
        Node("audit-logs", "audit-logs", "S3 bucket", S3, "Storage", _REGION, Role.SUPPORT),
        Node("backups", "backups", "Backup plan", "aws/storage/backup", "Recovery", _REGION, Role.SUPPORT),
        Node("alb-cert", "alb-cert", "Certificate", CERTIFICATE, "Security", _REGION, Role.SUPPORT),
    ]  # fmt: skip
    edges = [
        Edge("customers -> dns", "customers", "dns", "DNS", steps=("1",)),
        Edge("customers -> cdn", "customers", "cdn", "HTTPS", steps=("2",)),
        Edge("cdn -> igw", "cdn", "igw", "HTTPS 443", steps=("3",)),
        Edge("cdn -> assets", "cdn", "assets", "OAC"),
        *edges,
        Edge("alb-errors -> ops", "alb-errors", "ops", "", EdgeStyle.EVENT),
        Edge("db-busy -> ops", "db-busy", "ops", "", EdgeStyle.EVENT),
        Edge("ops -> oncall", "ops", "oncall", "e-mail", EdgeStyle.EVENT),
    ]
    edges[4] = Edge("igw -> web-alb", "igw", "web-alb", "")
    description = "Customers reach the shop through CloudFront and a load balancer over two zones."
    return View("overview", "Three-tier web shop: overview", "", tuple(groups), tuple(nodes), tuple(edges), description)


def serverless() -> View:
    """Orders: an API, a table, an event bus, queues and functions."""
    account, region = "prod", "prod/eu-west-1"
    groups = (
        Group("aws:cloud", GroupKind.CLOUD, "AWS Cloud"),
        Group(account, GroupKind.ACCOUNT, "prod", "0222-3333-4444", "aws:cloud"),
        Group(region, GroupKind.REGION, "eu-west-1", "Region", account),
    )
    function, queue = "aws/compute/lambda-function", "aws/integration/simple-queue-service-sqs"

    def node(name: str, subtitle: str, icon: str, category: str, role: Role = Role.PLAIN) -> Node:
        return Node(name, name, subtitle, icon, category, region, role)

    nodes = (
        Node("shopper", "shopper", "", "aws/general/user", "Actor", None, Role.ACTOR),
        Node("stripe", "Stripe", "", None, "External"),
        node("key", "KMS key", KEY, "Security", Role.SUPPORT),
        node("receipts", "S3 bucket", S3, "Storage", Role.SUPPORT),
        node("users", "Cognito user pool", "aws/security/cognito", "Identity"),
        node("api", "API Gateway", "aws/network/api-gateway", "Network"),
        node("place", "Lambda function", function, "Compute"),
        node("project", "Lambda function", function, "Compute"),
        node("charge", "Lambda function", function, "Compute"),
        node("pack", "Lambda function", function, "Compute"),
        node("mailer", "Lambda function", function, "Compute"),
        node("orders", "DynamoDB table", "aws/database/dynamodb", "Database"),
        node("bus", "EventBridge bus", "aws/integration/eventbridge", "Messaging"),
        node("on-placed", "EventBridge rule", "aws/integration/eventbridge", "Messaging"),
        node("fulfil", "Step Functions", "aws/integration/step-functions", "Messaging"),
        node("packing", "SQS queue", queue, "Messaging"),
        node("failed", "SQS queue", queue, "Messaging"),
        node("notify", "SNS topic", TOPIC, "Messaging"),
        node("mail-queue", "SQS queue", queue, "Messaging"),
        node("sms-queue", "SQS queue", queue, "Messaging"),
        node("ses", "SES identity", "aws/engagement/simple-email-service-ses", "Messaging"),
        node("failed-alarm", "Alarm", ALARM, "Observability"),
    )
    event, stream = EdgeStyle.EVENT, EdgeStyle.STREAM

    def edge(source: str, target: str, label: str = "", style: EdgeStyle = EdgeStyle.REQUEST, *steps: str) -> Edge:
        return Edge(f"{source} -> {target}", source, target, label, style, steps)

    edges = (
        edge("shopper", "users", "sign in"),
        edge("shopper", "api", "HTTPS", EdgeStyle.REQUEST, "1"),
        edge("api", "users", "authorise"),
        edge("api", "place", "invoke", EdgeStyle.REQUEST, "2"),
        edge("place", "orders", "PutItem", EdgeStyle.REQUEST, "3"),
        edge("orders", "project", "stream", stream, "4"),
        edge("project", "bus", "OrderPlaced", EdgeStyle.REQUEST, "5"),
        edge("project", "failed", "on failure", event),
        edge("bus", "on-placed", "match", event, "6"),
        edge("on-placed", "fulfil", "", event, "7a"),
        edge("on-placed", "packing", "", event, "7b"),
        edge("on-placed", "notify", "", event, "7c"),
        edge("on-placed", "failed", "undelivered", event),
        edge("packing", "pack", "poll", event),
        edge("packing", "failed", "after 5 tries", event),
        edge("notify", "mail-queue", "", event),
        edge("notify", "sms-queue", "", event),
        edge("mail-queue", "mailer", "poll", event),
        edge("mail-queue", "failed", "after 3 tries", event),
        edge("mailer", "ses", "send"),
        edge("fulfil", "charge", "invoke"),
        edge("charge", "stripe", "HTTPS"),
        edge("failed-alarm", "notify", "", event),
    )
    return View(
        "overview", "Serverless orders: overview", "", groups, nodes, edges, "An order is placed, charged, packed."
    )


def landing_zone() -> View:
    """An organization with accounts, two Regions, VPCs on a transit gateway, and a data centre."""
    groups = [
        Group("aws:cloud", GroupKind.CLOUD, "AWS Cloud"),
        Group("org", GroupKind.ORGANIZATION, "acme", "Organization", "aws:cloud"),
        Group("security", GroupKind.ORGANIZATIONAL_UNIT, "Security", "", "org"),
        Group("infra", GroupKind.ORGANIZATIONAL_UNIT, "Infrastructure", "", "org"),
        Group("workloads", GroupKind.ORGANIZATIONAL_UNIT, "Workloads", "", "org"),
        Group("log-archive", GroupKind.ACCOUNT, "log-archive", "111111111111", "security"),
        Group("audit", GroupKind.ACCOUNT, "audit", "222222222222", "security"),
        Group("hub", GroupKind.ACCOUNT, "network", "333333333333", "infra"),
        Group("hub/eu", GroupKind.REGION, "eu-west-1", "Region", "hub"),
        Group("hub/us", GroupKind.REGION, "us-east-1", "Region", "hub"),
        Group("egress", GroupKind.VPC, "egress", "10.0.0.0/20", "hub/eu"),
        Group("prod", GroupKind.ACCOUNT, "prod", "444444444444", "workloads"),
        Group("prod/eu", GroupKind.REGION, "eu-west-1", "Region", "prod"),
        Group("prod-vpc", GroupKind.VPC, "prod-vpc", "10.1.0.0/16", "prod/eu"),
        Group("dev", GroupKind.ACCOUNT, "dev", "555555555555", "workloads"),
        Group("dev/eu", GroupKind.REGION, "eu-west-1", "Region", "dev"),
        Group("dev-vpc", GroupKind.VPC, "dev-vpc", "10.2.0.0/16", "dev/eu"),
        Group("dc", GroupKind.ON_PREMISES, "Dublin data centre", "192.168.0.0/16"),
    ]
    nodes = [
        Node("trail", "org-trail", "CloudTrail", "aws/management/cloudtrail", "Observability", "org", Role.SUPPORT),
        Node("logs", "logs", "S3 bucket", S3, "Storage", "log-archive", Role.SUPPORT),
        Node("guardduty", "GuardDuty", "delegated", "aws/security/guardduty", "Security", "audit", Role.SUPPORT),
        Node("hub-egw", "Internet gateway", "", "aws/network/internet-gateway", "Network", "egress", Role.GATEWAY),
        Node("tgw", "tgw-eu", "Transit gateway", "aws/network/transit-gateway", "Network", "hub/eu"),
        Node("tgw-us", "tgw-us", "Transit gateway", "aws/network/transit-gateway", "Network", "hub/us"),
        Node("vpn", "dublin-vpn", "VPN connection", "aws/network/site-to-site-vpn", "Network", "hub/eu"),
        Node("router", "router", "Customer router", "generic/network/router", "External", "dc"),
        Node("servers", "ERP", "servers", "aws/general/traditional-server", "External", "dc"),
    ]  # fmt: skip
    attachment = "aws/network/transit-gateway-attachment"
    edges = [
        Edge("tgw -> tgw-us", "tgw", "tgw-us", "peering", EdgeStyle.NETWORK),
        Edge("vpn -> tgw", "vpn", "tgw", "", EdgeStyle.NETWORK),
        Edge("router -> vpn", "router", "vpn", "IPsec", EdgeStyle.NETWORK),
        Edge("servers -> router", "servers", "router", "", EdgeStyle.NETWORK),
    ]
    for vpc in ("egress", "prod-vpc", "dev-vpc"):
        nodes.append(Node(f"{vpc}-att", "Attachment", "", attachment, "Network", vpc, Role.GATEWAY))
        edges.append(Edge(f"tgw -> {vpc}", "tgw", f"{vpc}-att", "", EdgeStyle.NETWORK))
        for letter in "ab":
            zone = f"{vpc}/{letter}"
            groups.append(Group(zone, GroupKind.ZONE, f"eu-west-1{letter}", "Availability Zone", vpc))
            groups.append(Group(f"{zone}-s", GroupKind.PRIVATE_SUBNET, f"private-{letter}", "10.0.0.0/24", zone, 1))
            if vpc == "egress":
                groups.append(Group(f"{zone}-p", GroupKind.PUBLIC_SUBNET, f"public-{letter}", "10.0.1.0/24", zone, 0))
                nodes.append(
                    Node(
                        f"nat-{letter}",
                        f"nat-{letter}",
                        "NAT gateway",
                        NAT,
                        "Network",
                        f"{zone}-p",
                    )
                )
    return View("network", "Landing zone: network", "Two Regions, one hub", tuple(groups), tuple(nodes), tuple(edges))


def one_node() -> View:
    """A single icon."""
    return View("one", "One", "", (), (Node("fn", "resize", "Lambda", "aws/compute/lambda-function", "Compute"),), ())


def chain(length: int = 12) -> View:
    """Functions, each calling the next."""
    nodes = tuple(Node(f"n{i}", f"step-{i}", "Lambda", "aws/compute/lambda-function", "Compute") for i in range(length))
    edges = tuple(Edge(f"e{i}", f"n{i}", f"n{i + 1}", "invoke") for i in range(length - 1))
    return View("chain", f"A chain of {length}", "", (), nodes, edges)


def hub(spokes: int = 20) -> View:
    """A topic with many subscribers."""
    topic = Node("hub", "events", "SNS topic", TOPIC, "Messaging")
    nodes = tuple(
        Node(f"n{i}", f"queue-{i}", "SQS", "aws/integration/simple-queue-service-sqs", "Messaging")
        for i in range(spokes)
    )
    edges = tuple(Edge(f"e{i}", "hub", f"n{i}", f"type {i}", EdgeStyle.EVENT) for i in range(spokes))
    return View("hub", f"A hub with {spokes} spokes", "", (), (topic, *nodes), edges)


def hostile() -> View:
    """Long names, markup, right-to-left text, emoji, control characters, lone surrogates."""
    texts = [
        "x" * 300,
        "word " * 60,
        "<script>alert(1)</script>&\"'",
        "مرحبا بالعالم",
        "👩‍👩‍👧 family",
        "a\x00b\x1b[31m\ud800",
        "日本語のとても長い名前です",
        "",
    ]
    groups = (Group("g", GroupKind.GENERIC, texts[0], texts[2]), Group("v", GroupKind.VPC, texts[1], texts[3], "g"))
    nodes = tuple(
        Node(f'n<{i}>&"', words, texts[-1 - i], "../../etc/passwd", "Compute", "v" if i % 2 else "g")
        for i, words in enumerate(texts)
    )
    edges = tuple(
        Edge(f"e{i}\x01", nodes[i].id, nodes[i + 1].id, texts[i], steps=("1" * 40,)) for i in range(len(nodes) - 1)
    )
    return View('<&">', texts[1] * 2, texts[2], groups, nodes, edges, texts[5])


def synthetic(count: int) -> View:
    """``count`` icons in accounts, Regions, VPCs, zones and subnets, about 1.2 lines to each."""
    groups: list[Group] = [Group("aws:cloud", GroupKind.CLOUD, "AWS Cloud")]
    nodes: list[Node] = []
    icons = ("aws/compute/ec2-instance", "aws/compute/lambda-function", "aws/database/rds", "aws/storage/fsx")
    vpcs = max(1, count // 40)
    for vpc in range(vpcs):
        account = f"account-{vpc // 2}"
        if vpc % 2 == 0:
            groups.append(Group(account, GroupKind.ACCOUNT, account, "012345678901", "aws:cloud"))
        region = f"{account}/{vpc % 2}"
        groups.append(Group(region, GroupKind.REGION, ("eu-west-1", "us-east-1")[vpc % 2], "Region", account))
        groups.append(Group(f"vpc-{vpc}", GroupKind.VPC, f"vpc-{vpc}", f"10.{vpc}.0.0/16", region))
        for zone in range(2):
            groups.append(Group(f"vpc-{vpc}/{zone}", GroupKind.ZONE, f"zone {zone}", "", f"vpc-{vpc}"))
            for row in range(3):
                kind = GroupKind.PRIVATE_SUBNET if row else GroupKind.PUBLIC_SUBNET
                groups.append(
                    Group(
                        f"s-{vpc}-{zone}-{row}",
                        kind,
                        f"subnet-{zone}-{row}",
                        f"10.{vpc}.{row}{zone}.0/24",
                        f"vpc-{vpc}/{zone}",
                        row,
                    )
                )
    for number in range(count):
        vpc = number * vpcs // count
        parent = f"s-{vpc}-{number % 2}-{number // 2 % 3}"
        nodes.append(Node(f"n{number}", f"node-{number}", "m7g.large", icons[number % 4], "Compute", parent))
    edges = []
    state = 7
    for number in range(int(count * 1.2)):
        state = (state * 1103515245 + 12345) % 2**31
        source = number % count
        near = state % 12 if state % 10 else state % count
        target = (source + 1 + near) % count
        edges.append(Edge(f"e{number}", f"n{source}", f"n{target}", "HTTPS 443" if number % 3 == 0 else ""))
    return View("synthetic", f"{count} elements", "", tuple(groups), tuple(nodes), tuple(edges))
