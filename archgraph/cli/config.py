"""``archgraph.toml``: defaults for every option, found beside the model or above it.

Keys of the table ``[check]`` are options of ``archgraph check``, and so on; ``as_of`` and
``rules_path`` (places of own rules) at the top serve every command that has such an option,
``output`` serves ``build``. ``[rules.<id>]`` sets a rule's parameters, and ``[profiles.<name>]``
says which rules run with ``--profile``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from archgraph.cli.main import COMMANDS

FILE = "archgraph.toml"
SHARED = {"as_of": "as_of", "output": "output", "rules_path": "rules"}
"""Keys at the top -> the option of all commands that they serve; ``output`` serves ``build`` alone."""
TABLES = ("rules", "profiles")
"""Tables of tables beside those of the commands."""
PATHS = ("output", "baseline")
"""Keys whose values are paths, relative to the file that names them."""


def find_config(start: Path) -> Path | None:
    """The nearest ``archgraph.toml`` in the folder of ``start`` or above it."""
    try:
        folder = start.resolve()
    except (OSError, RuntimeError, ValueError):
        return None
    for candidate in (folder, *folder.parents):
        if (candidate / FILE).is_file():
            return candidate / FILE
    return None


def read_config(path: Path) -> dict[str, Any]:
    """The tables of a configuration file. ``click.UsageError`` (exit 2) if it cannot be read."""
    import tomllib  # most models have no such file

    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{path.name}: {error}") from error


class ConfiguredCommand(click.Command):
    """A command whose options take their defaults from the ``archgraph.toml`` of its first path."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        start = next((Path(arg) for arg in args if not arg.startswith("-") and _exists(arg)), Path())
        config = find_config(start)
        settings = read_config(config) if config else {}
        extra["default_map"] = self._defaults(settings, info_name or "", config)
        context = super().make_context(info_name, args, parent, **extra)
        for table in TABLES:
            context.meta[f"archgraph.{table}"] = _tables(settings, table)
        return context

    def _defaults(self, settings: dict[str, Any], command: str, config: Path | None) -> dict[str, Any]:
        """What the file says about this command's options, by the names that click gives them."""
        names = {
            text.lstrip("-").replace("-", "_"): param.name or ""
            for param in self.params
            if isinstance(param, click.Option)
            for text in param.opts
        }
        own = settings.get(command, {})
        if not isinstance(own, dict):
            raise click.UsageError(f"{FILE}: [{command}] must be a table")
        for key in sorted(settings.keys() - COMMANDS.keys() - SHARED.keys() - set(TABLES)):
            raise click.UsageError(f"{FILE}: '{key}' is neither a command nor one of {', '.join(SHARED)}")
        for key in own:
            if key.replace("-", "_") not in names:
                raise click.UsageError(f"{FILE}: archgraph {command} has no option '{key}'")
        shared = {option: settings[key] for key, option in SHARED.items() if key in settings and option in names}
        if command != "build":
            shared.pop("output", None)  # a folder for builds; elsewhere the option names one file
        said = {key.replace("-", "_"): value for key, value in {**shared, **own}.items()}
        return {names[key]: _value(key, value, config) for key, value in said.items()}


def _tables(settings: dict[str, Any], name: str) -> dict[str, dict[str, Any]]:
    found = settings.get(name, {})
    if not isinstance(found, dict) or not all(isinstance(table, dict) for table in found.values()):
        raise click.UsageError(f"{FILE}: [{name}] must hold tables, like [{name}.a-name]")
    return found


def _value(key: str, value: Any, config: Path | None) -> Any:
    """A value as click takes it; a path is relative to the file that names it."""
    if key == "rules":
        return [_beside(config, item) for item in (value if isinstance(value, list) else [value])]
    if key in PATHS and config is not None and isinstance(value, str):
        return str(config.parent / value)
    return value if isinstance(value, (str, bool, int, float, list)) else str(value)


def _beside(config: Path | None, value: Any) -> Any:
    """A place of rules: a path if it exists, or else the name of an installed package."""
    path = config.parent / value if config is not None and isinstance(value, str) else None
    return str(path) if path is not None and path.exists() else value


def _exists(text: str) -> bool:
    try:
        return Path(text).exists()
    except (OSError, ValueError):
        return False
