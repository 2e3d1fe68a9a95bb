"""Graphviz as a process: the one that ``pygraphviz`` carries, if it is installed, else the ``dot`` on the path."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterable
from html import escape
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

_PATIENCE = 120
"""Seconds that a picture may take."""
_WITH_PYGRAPHVIZ = """
import sys, pygraphviz
graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode("utf-8"))
sys.stdout.buffer.write(graph.draw(format="svg", prog="dot"))
"""


class GraphvizError(Exception):
    """Graphviz is not there, or did not draw; says why."""


def run_graphviz(source: str, images: Iterable[str], side: int) -> str:
    """The SVG that Graphviz draws of a DOT text, which names images by relative paths.

    Graphviz only needs their size, so it finds blank squares of ``side`` pixels in their place, as large as
    that many points in its SVG. It measures texts with the bundled font. Raises :class:`GraphvizError`.
    """
    command = _command()
    with TemporaryDirectory(prefix="archgraph-") as place:
        folder = Path(place)
        for image in images:
            path = folder / f"{image}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_blank(side))
        with as_file(files("archgraph.render.fonts")) as fonts:  # copied: some fontconfigs leave files beside fonts
            shutil.copytree(fonts, folder / "fonts", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        configuration = folder / "fonts.conf"
        configuration.write_text(
            f"<fontconfig><dir>{escape(str(folder / 'fonts'))}</dir>"
            f"<cachedir>{escape(str(folder / 'cache'))}</cachedir></fontconfig>",
            encoding="utf-8",
        )
        environment = {**os.environ, "FONTCONFIG_FILE": str(configuration)}
        try:
            done = subprocess.run(  # noqa: S603  a fixed command; the text goes to standard input
                command, input=source.encode(), capture_output=True, cwd=folder, env=environment, timeout=_PATIENCE
            )
        except subprocess.TimeoutExpired as error:
            raise GraphvizError(f"Graphviz was not done after {_PATIENCE} seconds; draw a smaller view") from error
        except OSError as error:
            raise GraphvizError(f"Graphviz cannot be run: {error.strerror or error}") from error
    if done.returncode or b"</svg>" not in done.stdout:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise GraphvizError(f"Graphviz failed: {said[-1] if said else f'exit status {done.returncode}'}")
    return done.stdout.decode()


def _command() -> list[str]:
    if find_spec("pygraphviz"):
        return [sys.executable, "-P", "-c", _WITH_PYGRAPHVIZ]
    dot = shutil.which("dot")
    if dot is None:
        raise GraphvizError("Graphviz is not installed: run `pip install 'archgraph[graphviz]'`, or install `dot`")
    return [dot, "-Tsvg"]


def _blank(side: int) -> bytes:
    """A grey PNG, ``side`` pixels wide and high."""
    rows = zlib.compress((b"\0" + b"\xff" * side) * side)
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b""))
    packed = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)
