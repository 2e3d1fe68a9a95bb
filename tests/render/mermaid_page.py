"""Mermaid texts as a browser shows them: drawn by the npm package ``mermaid`` in headless Chromium."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from .npm import package

VERSION = "11.17.2"
_LIBRARY = "dist/mermaid.min.js"
_PAGE = """<!doctype html>
<meta charset="utf-8">
<body>
<script src="{library}"></script>
<script>
const texts = {texts};
const live = "script, iframe, object, embed, img, a, form, input, style ~ style";
const labels = ".nodeLabel, .edgeLabel, .messageText, .noteText, .loopText, text.actor, title, desc";
(async () => {{
  mermaid.initialize({{startOnLoad: false, maxEdges: 100000, maxTextSize: 10000000}});
  const drawn = [];
  for (const [number, text] of texts.entries()) {{
    try {{
      const {{svg}} = await mermaid.render("drawn" + number, text);
      const place = document.createElement("div");
      place.innerHTML = svg;
      document.body.append(place);
      drawn.push({{
        error: "",
        live: [...place.querySelectorAll(live)].map(found => found.outerHTML),
        labels: [...place.querySelectorAll(labels)].map(found => found.textContent),
      }});
      place.remove();
    }} catch (error) {{
      drawn.push({{error: String(error), live: [], labels: []}});
    }}
  }}
  const told = document.createElement("pre");
  told.id = "drawn";
  told.textContent = JSON.stringify(drawn);
  document.body.append(told);
}})();
</script>
"""


@dataclass(frozen=True)
class Drawn:
    """What became of a text: why it was not drawn, elements that could do something, and every label."""

    error: str
    live: list[str]
    labels: list[str]


@pytest.fixture(scope="session")
def mermaid() -> Path:
    """Mermaid's library for browsers, fetched once into a cache outside the repository."""
    return package("mermaid", VERSION, [_LIBRARY]) / _LIBRARY


def draw(library: Path, texts: Sequence[str]) -> list[Drawn]:
    """Every text as Mermaid draws it, in one browser."""
    browser = next(found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name)))
    with TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        quoted = json.dumps(list(texts)).replace("<", r"\u003c")
        page.write_text(_PAGE.format(library=library.as_uri(), texts=quoted), encoding="utf-8")
        command = [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=3600000",
            f"--user-data-dir={folder}/profile", "--dump-dom", page.as_uri(),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=500, check=True)
    told = re.search(r'<pre id="drawn">(.*?)</pre>', done.stdout, re.DOTALL)
    assert told, done.stderr[-2000:]
    return [Drawn(**found) for found in json.loads(html.unescape(told[1]))]
