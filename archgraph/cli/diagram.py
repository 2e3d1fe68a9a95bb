"""``archgraph diagram``: draw a picture."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from archgraph.cli.config import ConfiguredCommand
from archgraph.cli.models import fail, load_one, one_path, quiet_option, write_or_fail
from archgraph.source.diagnostics import did_you_mean


@click.command("diagram", cls=ConfiguredCommand)
@one_path
@click.option("--view", default="overview", show_default=True, help="Which picture; --list names them.")
@click.option("--list", "list_", is_flag=True, help="Name the pictures that the model has.")
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(["svg", "png"]),
    help="Default: by the ending of FILE, else svg.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file instead of stdout.")
@click.option("--scale", type=click.FloatRange(0.1, 8), default=1.0, show_default=True, help="Enlarge a PNG.")
@quiet_option
def command(
    path: Path, view: str, list_: bool, format_: str | None, output: Path | None, scale: float, quiet: bool
) -> None:
    """Draw a picture of the model at PATH: SVG that needs nothing else, or PNG."""
    from archgraph import api
    from archgraph.render.layout import lay_out
    from archgraph.render.svg import to_svg
    from archgraph.views.pictures import pictures

    model = load_one(path, quiet=quiet)
    views = pictures(model, api.facts(model))
    if list_:
        for name, found in views.items():
            click.echo(f"{name}: {found.title}")
        return
    if view not in views:
        fail(f"there is no view {view!r}; " + (did_you_mean(view, views) or f"known: {', '.join(views)}"))
    kind = format_ or ("png" if output and output.suffix.lower() == ".png" else "svg")
    content = to_svg(lay_out(views[view])).encode()
    if kind == "png":
        from archgraph.render.png import to_png

        content = to_png(content.decode(), scale)
    if output is None:
        if kind == "png" and sys.stdout.isatty():
            fail("a PNG is not for the terminal; name a file with -o, or pipe it on")
        sys.stdout.buffer.write(content)
        return
    from archgraph.output import write_file

    write_or_fail(lambda: write_file(output, content))
