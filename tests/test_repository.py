"""The repository itself: what it must not contain, that its examples run, that its lock file fits."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from itertools import chain
from pathlib import Path

import click
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import archgraph
from archgraph.catalog.check import COMPOSITES
from archgraph.catalog.values import SCALARS
from archgraph.cli.main import COMMANDS
from archgraph.dsl.load import load
from archgraph.source.diagnostics import Diagnostics
from archgraph.source.reader import read

ROOT = Path(__file__).resolve().parents[1]
PAGES = ["README.md", "CONTRIBUTING.md", "SECURITY.md", *sorted(f"docs/{page.name}" for page in ROOT.glob("docs/*.md"))]
GENERATED = {"docs/rules.md", "docs/errors.md"}  # their examples are cases and codes, tested where they come from
MACHINE_PATHS = re.compile(r"(?<![\w.$*-])/(?:home|root|Users|work|opt|mnt)/[\w.-]+|[A-Z]:\\Users\\")
REGISTRIES = re.compile(
    "|".join(
        re.escape(".".join(parts))
        for parts in (
            ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("crates", "io"),
            ("proxy", "golang", "org"), ("repo1", "maven", "org"), ("deb", "debian", "org"),
        )
    )
    + "|--(?:extra-)?index-url|--trusted-host"
)  # fmt: skip
TIME_OF_DAY = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!`)\[[^\]\n]+\]\(([^)\s]+)\)")


@cache
def committed() -> list[Path]:
    """The files that are, or would be, committed."""
    listing = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, capture_output=True, text=True, check=True).stdout.split("\0")
    return [ROOT / name for name in sorted(set(names)) if name and (ROOT / name).is_file()]


def offences(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    found = []
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{file.relative_to(ROOT)}: {match[0]}" for match in pattern.finditer(text)]
    return found


def test_no_machine_paths() -> None:
    own = re.compile("|".join(re.escape(str(path)) for path in (ROOT, Path(sys.prefix)) if len(path.parts) > 2))
    assert offences(own, committed()) == []
    elsewhere = [file for file in committed() if ROOT / "tests" not in file.parents]
    assert offences(MACHINE_PATHS, elsewhere) == []


def test_no_registry_addresses() -> None:
    assert offences(REGISTRIES, [file for file in committed() if file != Path(__file__).resolve()]) == []


def test_no_times_in_what_is_written_by_programs() -> None:
    written = [file for file in committed() if ROOT / "output" in file.parents]
    assert offences(TIME_OF_DAY, [*written, ROOT / "requirements-dev.lock"]) == []


def test_text_files_have_unix_line_ends_and_end_in_one() -> None:
    for file in committed():
        data = file.read_bytes()
        if b"\0" in data or ROOT / "tests" in file.parents or not data:
            continue
        assert b"\r\n" not in data, file
        assert data.endswith(b"\n") or ROOT / "output" in file.parents, file


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        text = BLOCK.sub("", (ROOT / page).read_text(encoding="utf-8"))
        for target in LINK.findall(text):
            if not target.startswith(("http://", "https://", "#", "mailto:")):
                path = (ROOT / page).parent / target.partition("#")[0]
                assert path.exists(), f"{page} links to {target}"


def test_anchors_exist() -> None:
    for page in PAGES:
        text = BLOCK.sub("", (ROOT / page).read_text(encoding="utf-8"))
        for target in LINK.findall(text):
            name, hash_, anchor = target.partition("#")
            if hash_ and not name.startswith("http"):
                path = ((ROOT / page).parent / name) if name else ROOT / page
                assert anchor in _anchors(path), f"{page} links to {target}"


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def blocks(language: str) -> Iterator[object]:
    for page in [page for page in PAGES if page not in GENERATED]:
        text = (ROOT / page).read_text(encoding="utf-8")
        for match in BLOCK.finditer(text):
            if match[1] == language:
                line = text.count("\n", 0, match.start()) + 1
                yield pytest.param(match[2], id=f"{page}:{line}")


@pytest.mark.parametrize("example", [*blocks("yaml")])
def test_yaml_example(example: str, tmp_path: Path) -> None:
    """An example is a model that loads; or says ``# fragment`` and is YAML of the language; or names its error."""
    first = example.partition("\n")[0]
    path = tmp_path / "architecture.yaml"
    path.write_text(example, encoding="utf-8")
    if first == "# fragment":
        diagnostics = Diagnostics()
        read(example, "fragment.yaml", diagnostics)
        assert [str(found) for found in diagnostics if found.code != "AG120"] == []
        return
    found = load(path).diagnostics
    if first.startswith("# error "):
        assert first.removeprefix("# error ") in {diagnostic.code for diagnostic in found}
    else:
        assert [f"{d.location} {d.code} {d.message} ({d.hint})" for d in found] == []


@pytest.mark.parametrize("example", [*blocks("console")])
def test_console_example(example: str, tmp_path: Path) -> None:
    """Each ``$ archgraph ...`` exits with 0, or as ``# exit status N`` behind it says, and writes what is shown."""
    shutil.copytree(ROOT / "models", tmp_path / "models")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "COLUMNS": "100"}
    for shown in re.split(r"^\$ ", example, flags=re.MULTILINE)[1:]:
        command, *lines = shown.splitlines()
        stated = re.search(r"# exit status (\d+)$", command)
        done = subprocess.run(["sh", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True)
        said = done.stdout + done.stderr
        assert done.returncode == int(stated[1] if stated else 0), f"{command}\n{said}"
        assert [line for line in lines if line not in said.splitlines()] == [], said


def test_lock_file_pins_every_requirement_within_its_range() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = (
        project["project"]["dependencies"],
        project["dependency-groups"]["dev"],
        project["build-system"]["requires"],
    )
    pinned: dict[str, str] = {}
    for line in (ROOT / "requirements-dev.lock").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            requirement = Requirement(line)
            (specifier,) = requirement.specifier
            assert specifier.operator == "==", line
            assert canonicalize_name(requirement.name) not in pinned, f"{line} is pinned twice"
            pinned[canonicalize_name(requirement.name)] = specifier.version
    for requirement in map(Requirement, chain(*groups)):
        version = pinned[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{requirement} is locked as {version}"


def test_catalogue_page_names_every_kind_of_property() -> None:
    page = (ROOT / "docs" / "catalogue.md").read_text(encoding="utf-8")
    assert [kind for kind in (*SCALARS, *COMPOSITES) if f"`{kind}`" not in page] == []


def test_command_line_page_names_every_command_and_option() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    missing = []
    for name, (module, _) in COMMANDS.items():
        command = import_module(module).command
        inner = command.commands.values() if isinstance(command, click.Group) else [command]
        options = [option for leaf in inner for param in leaf.params for option in param.opts if option[:2] == "--"]
        missing += [f"{name} {option}" for option in options if f"{option}`" not in page and f"{option} " not in page]
        missing += [name] if f"## {name}\n" not in page else []
    assert missing == []


def test_changelog_knows_the_version() -> None:
    assert f"## [{archgraph.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
