"""Views that nobody would draw: any nesting, any role, any edge, any text."""

from __future__ import annotations

from hypothesis import strategies as st

from archgraph.views.view import Edge, EdgeStyle, Group, GroupKind, Node, Role, View

TEXTS = st.one_of(
    st.sampled_from(
        ["", "orders", "web-alb", "Application Load Balancer", "x" * 80, "<b>&\"'", "日本語", "مرحبا", "a\x00\ud800b"]
    ),
    st.text(max_size=40),
)


@st.composite
def views(draw: st.DrawFn, most: int = 14) -> View:
    """A view with up to ``most`` frames, as many icons, and up to twice as many lines."""
    groups: list[Group] = []
    for number in range(draw(st.integers(0, most))):
        parent = draw(st.one_of(st.none(), st.sampled_from(groups).map(lambda g: g.id))) if groups else None
        row = draw(st.one_of(st.none(), st.integers(0, 3)))
        groups.append(Group(f"g{number}", draw(st.sampled_from(GroupKind)), draw(TEXTS), draw(TEXTS), parent, row))
    names = [group.id for group in groups]
    nodes: list[Node] = []
    for number in range(draw(st.integers(0, most))):
        nodes.append(
            Node(
                f"n{number}",
                draw(TEXTS),
                draw(TEXTS),
                draw(st.sampled_from([None, "aws/compute/lambda", "no/such-icon", "../secret"])),
                draw(st.sampled_from(["Compute", "Actor", "External", "Own"])),
                draw(st.sampled_from([None, *names])),
                draw(st.sampled_from(Role)),
                tuple(draw(st.lists(st.sampled_from(names), max_size=3))) if names else (),
                draw(st.sampled_from([None, GroupKind.AUTO_SCALING])),
            )
        )
    ends = names + [node.id for node in nodes]
    edges: list[Edge] = []
    for number in range(draw(st.integers(0, 2 * most)) if ends else 0):
        steps = tuple(draw(st.lists(st.sampled_from(["1", "2a", "10"]), max_size=2)))
        style = draw(st.sampled_from(EdgeStyle))
        edges.append(
            Edge(f"e{number}", draw(st.sampled_from(ends)), draw(st.sampled_from(ends)), draw(TEXTS), style, steps)
        )
    return View("random", draw(TEXTS), draw(TEXTS), tuple(groups), tuple(nodes), tuple(edges), draw(TEXTS))
