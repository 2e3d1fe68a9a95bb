"""The same views laid out by ELK (elkjs under Node), for figures to stand beside archgraph's."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from archgraph.render import text
from archgraph.views.view import View

VERSION = "0.12.1"
_SCRIPT = Path(__file__).with_name("elk.mjs")
_OPTIONS = {
    "elk.algorithm": "layered",
    "elk.direction": "RIGHT",
    "elk.edgeRouting": "ORTHOGONAL",
    "elk.hierarchyHandling": "INCLUDE_CHILDREN",
    "elk.json.edgeCoords": "ROOT",
    "elk.padding": "[top=40,left=20,bottom=20,right=20]",
}


class Laid(NamedTuple):
    """What ELK made of a view: the size of the page, and the points of every edge."""

    width: float
    height: float
    edges: list[list[tuple[float, float]]]


def by_elk(views: Sequence[View], folder: Path) -> list[Laid] | str:
    """ELK's layouts of the views, or why there are none. elkjs is installed into the folder with npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return "Node.js and npm are not installed"
    wanted = [npm, "install", "--silent", "--no-save", "--prefix", str(folder), f"elkjs@{VERSION}"]
    installed = subprocess.run(wanted, capture_output=True, text=True, check=False)
    if installed.returncode:
        return f"npm cannot install elkjs {VERSION}"
    graphs = "".join(json.dumps(_graph(view)) + "\n" for view in views)
    command = [node, str(_SCRIPT), str(folder / "node_modules" / "elkjs")]
    done = subprocess.run(command, input=graphs, capture_output=True, text=True, check=False)
    if done.returncode:
        return f"elkjs failed: {done.stderr.strip().splitlines()[-1:]}"
    return [
        Laid(found["width"], found["height"], [[(x, y) for x, y in points] for points in found["edges"] if points])
        for found in map(json.loads, done.stdout.splitlines())
    ]


def _graph(view: View) -> dict[str, Any]:
    """The view as ELK reads it: frames around their members, icons with room for their labels."""
    root: dict[str, Any] = {"id": "page", "layoutOptions": _OPTIONS, "children": [], "edges": []}
    boxes: dict[str, dict[str, Any]] = {}
    for group in view.groups:
        boxes[group.id] = {"id": group.id, "layoutOptions": {"elk.padding": _OPTIONS["elk.padding"]}, "children": []}
    for node in view.nodes:
        wide = max(48.0, min(108.0, text.width(text.clean(node.title), 12)))
        boxes[node.id] = {"id": node.id, "width": wide, "height": 80.0}
    parents = [(group.id, group.parent) for group in view.groups] + [(node.id, node.parent) for node in view.nodes]
    for name, parent in parents:
        boxes.get(parent or "", root).setdefault("children", []).append(boxes[name])
    for number, edge in enumerate(view.edges):
        if edge.source in boxes and edge.target in boxes:
            root["edges"].append({"id": f"e{number}", "sources": [edge.source], "targets": [edge.target]})
    return root
