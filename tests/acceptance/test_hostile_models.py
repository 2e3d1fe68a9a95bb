"""Broken and hostile models: a clear error or a correct escape, never a traceback, a hang or live markup."""

from __future__ import annotations

import random
import re
import resource
import subprocess
import sys
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archgraph import api
from archgraph.source.messages import render
from tests.acceptance.conftest import ROOT, WEB_SHOP, Archgraph

AS_OF = date(2026, 11, 1)
GOOD = [WEB_SHOP / "architecture.yaml", *sorted((ROOT / "tests" / "models").glob("*.yaml"))]
TEXTS = [path.read_text(encoding="utf-8") for path in GOOD]
HOSTILE = [
    "<script>alert(1)</script>", "]]>", "&amp;&lt;", "'; DROP", "`rm -rf`", "$(x)", "${x}", "*", "&a", "!!python/x",
    "\u202eevil", "🦄", "字" * 300, "a" * 5000, "1e999", "-0", "~", "null", "0x1F", "10.0.0.0/33", "::/129", "unknown",
    "none", "default", "in", "type", "[", "]", "{", "}", ":", "- ", "\t", "|", ">", "%", "@", '"', "'", "#", "a -> b",
    "..",
]  # fmt: skip


def mutated(text: str, chance: random.Random) -> str:
    """The text with a few things deleted, doubled, swapped, moved or replaced."""
    lines = text.splitlines()
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(lines))
        other = chance.randrange(len(lines))
        line = lines[at]
        words = re.findall(r"[\w.$()*/-]+", line) or [""]
        match chance.randrange(8):
            case 0:
                del lines[at]
            case 1:
                lines.insert(other, line)
            case 2:
                lines[at], lines[other] = lines[other], line
            case 3:
                lines[at] = " " * chance.randrange(5) + line
            case 4:
                lines[at] = line.removeprefix("  ")
            case 5:
                lines[at] = line.replace(chance.choice(words), chance.choice(HOSTILE), 1)
            case 6:
                lines[at] = line.replace(chance.choice(words), chance.choice(words), 1)
            case _:
                cut = chance.randrange(len(line) + 1)
                lines[at] = line[:cut] + chance.choice(HOSTILE) + line[cut:]
        if not lines:
            return ""
    return "\n".join(lines) + "\n"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(which=st.integers(0, len(GOOD) - 1), seed=st.integers(0, 2**32))
def test_a_mutated_model_is_judged_and_built_without_a_traceback(which: int, seed: int, tmp_path: Path) -> None:
    path = tmp_path / "architecture.yaml"
    (tmp_path / "environment-base.yaml").write_text(TEXTS[1], encoding="utf-8")
    path.write_text(mutated(TEXTS[which], random.Random(seed)), encoding="utf-8")
    loaded = api.load(path)
    render(loaded.diagnostics, loaded.sources)
    assert (loaded.model is None) == bool(loaded.diagnostics.errors)
    if loaded.model is not None:
        files = api.build(loaded.model, as_of=AS_OF)
        for name, data in files.items():
            if name.endswith(".svg"):
                assert_inert(data)


def assert_inert(svg: bytes) -> None:
    """Well-formed, and nothing in it runs or fetches."""
    for element in ElementTree.fromstring(svg).iter():  # noqa: S314  our own output
        tag = element.tag.rpartition("}")[2]
        assert tag not in ("script", "foreignObject", "iframe", "animate", "set", "a")
        for name, value in element.attrib.items():
            assert not name.rpartition("}")[2].startswith("on")
            if name.rpartition("}")[2] == "href":
                assert value.startswith(("#", "data:image/png;base64,"))


NAMES = [
    "<script>alert(1)</script>",
    "]]><svg onload=x>",
    "a|b|c `x` **y** [z](javascript:1)",
    "\u202egnp.exe",
    "字漢🦄",
    "x" * 300,
]


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_stays_text_in_every_output(name: str, tmp_path: Path) -> None:
    quoted = "'" + name.replace("'", "''") + "'"
    path = tmp_path / "architecture.yaml"
    text = WEB_SHOP.joinpath("architecture.yaml").read_text(encoding="utf-8")
    text = re.sub(r"title: [^,}\n]+", lambda _: f"title: {quoted}", text)
    text = re.sub(r"^(name|description): .*", lambda match: f"{match[1]}: {quoted}", text, flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8")
    loaded = api.load(path)
    assert loaded.model is not None, render(loaded.diagnostics, loaded.sources)
    files = api.build(loaded.model, as_of=AS_OF)
    for file, data in files.items():
        if file.endswith(".svg"):
            assert_inert(data)
    page = files["index.md"].decode()
    assert "<script" not in page
    assert not re.search(r"(?<!\\)\]\(javascript", page)
    assert "\u202e" not in page


def test_a_huge_model_is_built_within_a_gibibyte(tmp_path: Path) -> None:
    """All pictures of some thousand elements; memory is that of a process of its own."""
    elements = "\n".join(
        f"        q{n}: {{type: SqsQueue}}\n        f{n}: {{type: LambdaFunction, timeout: 3s, event_sources: [q{n}]}}"
        for n in range(1500)
    )
    path = tmp_path / "architecture.yaml"
    path.write_text(
        f'archgraph: 1\nid: huge\nelements:\n  acc:\n    type: Account\n    account_id: "000000000001"\n'
        f"    regions:\n      eu-west-1:\n{elements}\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "archgraph", "build", str(path), "-o", str(tmp_path / "out")]
    limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))  # noqa: E731
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, preexec_fn=limit, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-500:]


def test_terminal_escapes_in_a_model_do_not_reach_the_terminal(archgraph: Archgraph, small: Path) -> None:
    file = small / "architecture.yaml"
    file.write_text(file.read_text().replace("name: Small", 'name: "\\e[31mred\\e[0m"').replace("team", '"\\e]0;t\\a"'))
    for command in (["validate"], ["check", "--fail-on", "never"], ["query"], ["docs"]):
        ran = archgraph(command[0], small, *command[1:])
        assert "\x1b" not in ran.out + ran.err
