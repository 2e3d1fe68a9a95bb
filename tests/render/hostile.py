"""Names that try to be something else, for every text format."""

from __future__ import annotations

from archgraph.views.view import Edge, EdgeStyle, Group, GroupKind, Node, View

NAMES = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"quoted\" and 'single'",
    'a"]; b["c',
    "end",
    "the end, not The End",
    "#35; #quot; &amp; &#60; &lt;b&gt;",
    "`code` ```",
    "[x](javascript:alert(1))",
    "{curly} [square] (round) |bar| <angle>",
    "1. first",
    "- item",
    "# heading",
    "*a* _b_ **c** __d__",
    "$$x^2$$",
    "%%{init: {'theme': 'dark'}}%%",
    "%% comment",
    "a --> b; c ==> d",
    "A->>B: hello; Note over A: x",
    "click n_a callback",
    "style x fill: #f00;",
    "classDef default fill:#fff;",
    "graph subgraph class linkStyle",
    "wrap: x",
    "fa:fa-user",
    "@{ shape: cyl }",
    r"a\nb\l\N\G \\ \"",
    "back\\",
    "line one\nline two",
    "مرحبا بالعالم",
    "👩‍👩‍👧 family",
    "日本語",
    "tab\tand\x00control\x1b[31m",
    "x" * 300,
    "word " * 60,
    "",
]


def everywhere(name: str) -> View:
    """A view with the name in every place where a text can stand, and every style of line."""
    groups = (
        Group("outer", GroupKind.VPC, name, name),
        Group("inner", GroupKind.PUBLIC_SUBNET, name, name, "outer"),
        Group("empty", GroupKind.REGION, name, "", "outer"),
    )
    nodes = (
        Node("a", name, name, "aws/compute/lambda-function", "Compute", "inner"),
        Node("b", name, "", None, "Messaging", "outer"),
        Node("c", name, "", None, "External"),
    )
    edges = (
        *(Edge(f"{style} line", "a", "b", name, style, ("1", "2a")) for style in EdgeStyle),
        Edge("to a frame", "c", "inner", name),
        Edge("from a frame to what is inside", "outer", "a", name),
        Edge("to itself", "c", "c", name),
    )
    return View("hostile", name, name, groups, nodes, edges, name)
