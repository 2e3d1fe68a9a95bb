"""Strips hold what stands in them: every icon and its whole label, however long the neighbours' are."""

from __future__ import annotations

import itertools

from archgraph.render.layout import lay_out
from archgraph.views.view import Group, GroupKind, Node, Role, View


def test_long_and_short_labels_of_one_strip_stay_inside_it() -> None:
    groups = [Group("vpc", GroupKind.VPC, "VPC")]
    for zone in ("a", "b"):
        groups.append(Group(zone, GroupKind.ZONE, f"eu-west-1{zone}", "Availability Zone", "vpc"))
        groups.append(Group(f"public-{zone}", GroupKind.PUBLIC_SUBNET, "Everything", "10.0.0.0/24", zone, 0))
    spans = ("public-a", "public-b")
    nodes = [
        Node(name, title, subtitle, None, "Network", "vpc", Role.SPANNING, spans)
        for name, title, subtitle in (
            ("cluster", "Tools cluster", "EKS cluster"),
            ("door", "Door", "Network Load Balancer"),
            ("balancer", "Balancer", "Application Load Balancer"),
        )
    ]
    scene = lay_out(View("v", "View", "", tuple(groups), tuple(nodes), ()))
    (strip,) = scene.strips
    labels = sorted((icon for icon in scene.icons), key=lambda icon: icon.box.x)
    for icon in labels:
        assert icon.label is not None
        assert strip.box.x <= icon.box.x
        assert icon.label.right <= strip.box.right
    for before, after in itertools.pairwise(labels):
        assert before.label is not None
        assert before.label.right < after.box.x
