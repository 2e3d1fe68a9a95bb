"""``archgraph diagram``: draw a picture."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archgraph.cli.config import ConfiguredCommand
from archgraph.cli.main import OUTSIDE
from archgraph.cli.models import fail, load_one, one_path, quiet_option, write_or_fail
from archgraph.source.diagnostics import did_you_mean

if TYPE_CHECKING:
    from archgraph.views.view import View

FORMATS = {"svg": ".svg", "png": ".png", "drawio": ".drawio", "mermaid": ".mmd", "dot": ".dot"}
"""Format -> the ending of its files."""
ENGINES = {"archgraph": tuple(FORMATS), "graphviz": ("svg", "png")}
"""Engine -> the formats that it draws. Mermaid and DOT are laid out by whoever reads them."""


@click.command("diagram", cls=ConfiguredCommand)
@one_path
@click.option("--view", default="overview", show_default=True, help="Which picture; --list names them.")
@click.option("--list", "list_", is_flag=True, help="Name the pictures that the model has.")
@click.option(
    "-f", "--format", "format_", type=click.Choice(list(FORMATS)), help="Default: by the ending of FILE, else svg."
)
@click.option(
    "--engine",
    type=click.Choice(list(ENGINES)),
    default="archgraph",
    show_default=True,
    help="Who places things: archgraph by their meaning, or Graphviz.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file instead of stdout.")
@click.option("--scale", type=click.FloatRange(0.1, 8), default=1.0, show_default=True, help="Enlarge a PNG.")
@quiet_option
def command(
    path: Path,
    view: str,
    list_: bool,
    format_: str | None,
    engine: str,
    output: Path | None,
    scale: float,
    quiet: bool,
) -> None:
    """Draw a picture of the model at PATH: SVG that needs nothing else, PNG, draw.io, Mermaid or DOT."""
    from archgraph import api
    from archgraph.views.pictures import pictures
    from archgraph.views.queries import ViewError
    from archgraph.views.sequence import sequences

    model = load_one(path, quiet=quiet)
    try:
        views = pictures(model, api.facts(model))
    except ViewError as error:
        fail(str(error))
    told = sequences(model)
    if list_:
        for name, found in views.items():
            click.echo(f"{name}: {found.title}")
        for name, sequence in told.items():
            click.echo(f"{name}: {sequence.title} (sequence diagram, only as mermaid)")
        return
    names = [*views, *told]
    if view not in names:
        fail(f"there is no view {view!r}; " + (did_you_mean(view, names) or f"known: {', '.join(names)}"))
    kind = format_ or _by_ending(output) or ("mermaid" if view in told else "svg")
    if kind not in ENGINES[engine]:
        fail(f"the engine {engine} draws {' and '.join(ENGINES[engine])}, not {kind}")
    if view in told:
        if kind != "mermaid" or engine != "archgraph":
            fail(f"{view} is a sequence diagram, which is written as mermaid only")
        from archgraph.render.sequence import to_sequence

        content = to_sequence(told[view]).encode()
    else:
        content = _drawn(views[view], kind, engine, scale)
    _write(content, kind, output)


def _by_ending(output: Path | None) -> str | None:
    """The format that a file's ending names; ``None`` without an ending. Exit 2 for one that names none."""
    if output is None or not output.suffix:
        return None
    ending = output.suffix.lower()
    for name, known in FORMATS.items():
        if ending == known:
            return name
    fail(f"'{ending}' is the ending of no format; use {', '.join(FORMATS.values())}, or name one with --format")


def _drawn(view: View, kind: str, engine: str, scale: float) -> bytes:
    if kind == "mermaid":
        from archgraph.render.mermaid import to_mermaid

        return to_mermaid(view).encode()
    if kind == "dot":
        from archgraph.render.dot import to_dot

        return to_dot(view).encode()
    if engine == "graphviz":
        svg = _by_graphviz(view)
    else:
        from archgraph.render.layout import lay_out

        scene = lay_out(view)
        if kind == "drawio":
            from archgraph.render.drawio import to_drawio

            return to_drawio(scene, view).encode()
        from archgraph.render.svg import to_svg

        svg = to_svg(scene)
    if kind == "svg":
        return svg.encode()
    from archgraph.render.png import to_png

    return to_png(svg, scale)


def _by_graphviz(view: View) -> str:
    """The picture as Graphviz lays it out. Exit 3 if it is not installed, or fails."""
    from archgraph.render.graphviz_engine import draw
    from archgraph.render.graphviz_process import GraphvizError

    try:
        return draw(view)
    except GraphvizError as error:
        fail(str(error), OUTSIDE)


def _write(content: bytes, kind: str, output: Path | None) -> None:
    if output is None:
        if kind == "png" and sys.stdout.isatty():
            fail("a PNG is not for the terminal; name a file with -o, or pipe it on")
        sys.stdout.buffer.write(content)
        return
    from archgraph.output import write_file

    write_or_fail(lambda: write_file(output, content))
