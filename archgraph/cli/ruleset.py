"""Which rules a command judges by: the options that say so, the profile, and the user's own rules."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from archgraph.cli.main import WRONG
from archgraph.cli.models import fail, use_colour
from archgraph.source.diagnostics import did_you_mean

if TYPE_CHECKING:
    from archgraph.catalog.catalog import Catalog
    from archgraph.rules.own_rules.load import OwnRules as Loaded
    from archgraph.rules.results import Pillar
    from archgraph.rules.rule import Rule
    from archgraph.rules.selection import Selection

Command = TypeVar("Command", bound=Callable[..., Any])
SEVERITIES = ("info", "low", "medium", "high", "critical", "never")
PILLARS = ("operational-excellence", "security", "reliability", "performance-efficiency", "cost-optimization",
           "sustainability")  # fmt: skip
PROFILE_KEYS = ("rules", "exclude", "pillars", "severity", "fail_on")


def rules_option(command: Command) -> Command:
    """The option ``--rules``: own rules beside the built-in ones."""
    return click.option(
        "--rules",
        "places",
        multiple=True,
        metavar="PLACE",
        help="Run the own rules of this folder, file or installed package as well; may be repeated.",
    )(command)


def profile_option(command: Command) -> Command:
    """The option ``--profile``: a named choice of rules from archgraph.toml."""
    return click.option("--profile", metavar="NAME", help="Choose rules as [profiles.NAME] of archgraph.toml says.")(
        command
    )


class OwnRules:
    """The rules of some places, read once for each catalogue of types that models bring."""

    def __init__(self, places: Sequence[str]) -> None:
        self._places = places
        self._known: dict[int, tuple[Catalog | None, tuple[Rule, ...]]] = {}

    def for_types(self, catalog: Catalog | None) -> tuple[Rule, ...]:
        """The rules. Exit 2 after saying what is wrong with them."""
        if not self._places:
            return ()
        if id(catalog) not in self._known:
            self._known[id(catalog)] = catalog, load_rules(self._places, catalog).rules
        return self._known[id(catalog)][1]


def read_profile(ctx: click.Context, name: str | None) -> Mapping[str, Any]:
    """The table of a profile, its keys checked. Exit 2 if there is none of that name."""
    if name is None:
        return {}
    profiles: Mapping[str, Mapping[str, Any]] = ctx.meta["archgraph.profiles"]
    if name not in profiles:
        hint = did_you_mean(name, profiles) or f"archgraph.toml has {', '.join(sorted(profiles)) or 'none'}"
        fail(f"there is no profile {name!r}; {hint}")
    table = {key.replace("-", "_"): value for key, value in profiles[name].items()}
    for key in table:
        if key not in PROFILE_KEYS:
            fail(f"archgraph.toml: a profile has no key '{key}'; it has {', '.join(PROFILE_KEYS)}")
    for key in ("rules", "exclude", "pillars"):
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            fail(f"archgraph.toml: '{key}' of profile {name} must be a list of texts")
    if not isinstance(table.get("severity", {}), dict):
        fail(f"archgraph.toml: 'severity' of profile {name} must be a table of rule = severity")
    if table.get("fail_on", "never") not in SEVERITIES:
        fail(f"archgraph.toml: 'fail_on' of profile {name} must be one of {', '.join(SEVERITIES)}")
    return table


def selection(
    profile: Mapping[str, Any],
    *,
    rules: Sequence[str] = (),
    exclude: Sequence[str] = (),
    pillars: Sequence[str] = (),
) -> Selection:
    """What to run: rules and pillars of the options or else of the profile, without what either excludes."""
    from archgraph.rules.results import Severity
    from archgraph.rules.selection import Selection

    severities = {}
    for rule, severity in profile.get("severity", {}).items():
        if severity not in SEVERITIES[:-1]:
            fail(f"archgraph.toml: severity of {rule} must be one of {', '.join(SEVERITIES[:-1])}")
        severities[rule] = Severity(severity)
    return Selection(
        tuple(rules or profile.get("rules", ())),
        (*profile.get("exclude", ()), *exclude),
        tuple(map(read_pillar, pillars or profile.get("pillars", ()))),
        severities,
    )


def threshold(ctx: click.Context, profile: Mapping[str, Any]) -> str:
    """From which severity on to fail: as the command line says, else the profile, else the configuration."""
    said: str = ctx.params["fail_on"]
    from_command_line = ctx.get_parameter_source("fail_on") is click.core.ParameterSource.COMMANDLINE
    return said if from_command_line else str(profile.get("fail_on", said))


def read_pillar(name: str) -> Pillar:
    """A pillar by its name or slug. Exit 2 if there is none."""
    from archgraph.rules.results import Pillar

    slug = name.strip().lower().replace(" ", "-").replace("_", "-")
    if slug not in PILLARS:
        fail(f"there is no pillar {name!r}; " + (did_you_mean(slug, PILLARS) or f"pillars: {', '.join(PILLARS)}"))
    return list(Pillar)[PILLARS.index(slug)]


def load_rules(places: Sequence[str], catalog: Catalog | None = None) -> Loaded:
    """The own rules of some places with their cases. Exit 2 after saying what is wrong with them."""
    from archgraph.rules.own_rules.load import load_own_rules
    from archgraph.source.messages import render

    try:
        loaded = load_own_rules(places, catalog)
    except ValueError as error:
        fail(str(error))
    if loaded.diagnostics.has_errors:
        click.echo(render(loaded.diagnostics, loaded.sources, colour=use_colour(sys.stderr)), err=True)
        raise click.exceptions.Exit(WRONG)
    return loaded
