"""What a run says: numbers by module, the survivors that nobody accounts for, and those listed in vain."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from .forks import TIME_LIMIT
from .mutants import Mutant
from .run import Tried

LEAST_KILLED = 95
"""Percent of the mutants that were tried."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A mutant that may survive, and why nothing can or need notice it."""

    where: str
    mutant: str
    reason: str


def read_listed(file: Path) -> list[Listed]:
    """The list of survivors. Raises ``TypeError`` for an entry that lacks a key."""
    return [Listed(**entry) for entry in yaml.safe_load(file.read_text(encoding="utf-8")) or []]


def where(mutant: Mutant, root: Path) -> str:
    """``analysis/timing.py budget``: the module below the package, and what the mutant is in."""
    return f"{mutant.place.file.relative_to(root).as_posix()} {mutant.place.name}".strip()


def report(tried: Sequence[Tried], listed: Sequence[Listed], root: Path, *, whole: bool = True) -> int:
    """Print it all; 0 if enough were killed and the list says exactly what survived, else 1.

    What is listed of modules that were not tried is not judged, but in a ``whole`` run there are none.
    """
    known = {(entry.where, entry.mutant) for entry in listed}
    survivors = [one for one in tried if one.ended and not one.ended.killed]
    names = {(where(one.mutant, root), one.mutant.text) for one in survivors}
    killed = sum(bool(one.ended and one.ended.killed) for one in tried)
    share = 100 * killed / max(1, killed + len(survivors))
    _print_modules(tried, known, root)
    late = sum(bool(one.ended and one.ended.by == TIME_LIMIT) for one in tried)
    print(f"\n{killed} of {killed + len(survivors)} mutants killed: {share:.1f}% ({late} of them by {TIME_LIMIT})")
    unlisted = [one for one in survivors if (where(one.mutant, root), one.mutant.text) not in known]
    for one in unlisted:
        place = one.mutant.place
        print(f"\n{place.file}:{place.line} {place.name} ({one.why})\n    {one.mutant.text}")
    for one in tried:
        if one.ended is None:
            print(f"\nnot tried: {where(one.mutant, root)}: {one.mutant.text}: {one.why}")
    modules = {one.mutant.place.file.relative_to(root).as_posix() for one in tried}
    vain = [
        entry
        for entry in listed
        if (whole or entry.where.partition(" ")[0] in modules) and (entry.where, entry.mutant) not in names
    ]
    for entry in vain:
        print(f"\nlisted, but it does not survive: {entry.where}: {entry.mutant}")
    return int(share < LEAST_KILLED or bool(unlisted) or bool(vain))


def _print_modules(tried: Iterable[Tried], known: set[tuple[str, str]], root: Path) -> None:
    modules: defaultdict[str, list[Tried]] = defaultdict(list)
    for one in tried:
        modules[one.mutant.place.file.relative_to(root).as_posix()].append(one)
    print(f"{'module':<40}{'mutants':>9}{'killed':>9}{'survived':>9}{'listed':>9}{'not tried':>10}")
    for module, ones in sorted(modules.items()):
        survived = [one for one in ones if one.ended and not one.ended.killed]
        numbers = (
            len(ones),
            sum(bool(one.ended and one.ended.killed) for one in ones),
            len(survived),
            sum((where(one.mutant, root), one.mutant.text) in known for one in survived),
        )
        untried = sum(one.ended is None for one in ones)
        print(f"{module:<40}" + "".join(f"{number:>9}" for number in numbers) + f"{untried:>10}")


def write_json(tried: Iterable[Tried], file: Path, root: Path) -> None:
    """The survivors and what was not tried, for other tools."""
    entries = [
        {
            "file": one.mutant.place.file.relative_to(root.parent).as_posix(),
            "line": one.mutant.place.line,
            "where": where(one.mutant, root),
            "mutant": one.mutant.text,
            "status": "survived" if one.ended else "not tried",
            "why": one.why,
        }
        for one in tried
        if not (one.ended and one.ended.killed)
    ]
    file.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")
