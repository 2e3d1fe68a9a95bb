"""The command `archgraph`: each subcommand is a module of this package, imported when it is used."""

from __future__ import annotations

import gc
import io
import os
import sys
from importlib import import_module
from typing import Any, NoReturn

import click

from archgraph import __version__

COMMANDS: dict[str, tuple[str, str]] = {
    "validate": ("archgraph.cli.validate", "Say whether a model is right, and what is wrong with it."),
    "check": ("archgraph.cli.check", "Review a model by the Well-Architected rules."),
    "review": ("archgraph.cli.review", "Write what is known about each Well-Architected practice."),
    "query": ("archgraph.cli.query", "Ask a model's graph a question in Cypher."),
    "paths": ("archgraph.cli.paths", "Say whether one element can connect to another, and why."),
    "diagram": ("archgraph.cli.diagram", "Draw a picture of a model."),
    "docs": ("archgraph.cli.docs", "Write the page of a model."),
    "build": ("archgraph.cli.build", "Write pictures, pages, findings and graph of models."),
    "catalog": ("archgraph.cli.catalog", "List the types, or all that is known of one."),
    "rules": ("archgraph.cli.rules", "List the rules; begin and test your own."),
    "explain": ("archgraph.cli.explain", "Explain a rule, a practice, an error code or a finding."),
    "schema": ("archgraph.cli.schema", "Write the JSON Schema of the language for editors."),
    "init": ("archgraph.cli.init", "Write a small model to start from."),
}
"""Name -> module and the line that ``archgraph --help`` shows (kept here so that help imports nothing)."""

DONE, FINDINGS, WRONG, OUTSIDE = 0, 1, 2, 3
"""Exit statuses: done; findings or differences; wrong usage, model or query; something outside failed."""


class LazyGroup(click.Group):
    """Knows its commands by name and imports the module of the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from archgraph.source.diagnostics import did_you_mean

            hint = did_you_mean(args[0], COMMANDS)
            ctx.fail(f"there is no command {args[0]!r}" + (f"; {hint}" if hint else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="archgraph", message="%(prog)s %(version)s")
def cli() -> None:
    """Review AWS architectures before they are built: one YAML model becomes a typed graph, pictures,
    findings with evidence, a page, and answers in Cypher.

    Start with `archgraph init my-app`, then `archgraph build my-app`.
    """


def main() -> NoReturn:
    """Run the command line and leave with its exit status."""
    gc.disable()  # a short process that makes many objects and few cycles: collecting costs a third of its time
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a model's letters may be none of the terminal's
    try:
        status = cli.main(standalone_mode=False)
    except click.exceptions.Exit as leaving:
        status = leaving.exit_code
    except click.Abort:
        click.echo("stopped", err=True)
        status = 130
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except BrokenPipeError:
        # The reader of a pipe has had enough; nothing more can be said on stdout.
        sys.stdout = None
        status = DONE
    except OSError as error:  # a full disk behind stdout, say
        click.echo(f"archgraph: {error.strerror or error}", err=True)
        status = OUTSIDE
    _leave(status if isinstance(status, int) else DONE)


def _leave(status: int) -> NoReturn:
    """End the process at once: taking everything apart that a run made would be a tenth of its time."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except BrokenPipeError:
            continue
        except OSError:
            status = OUTSIDE
    os._exit(status)
