"""Models that mean harm, or that nobody meant: an error in reasonable time, never an exception."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archgraph.catalog.catalog import builtin
from archgraph.dsl.load import Loaded, load
from archgraph.source.messages import render

HEAD = "archgraph: 1\nid: shop\n"
LANGUAGE = sorted((Path(__file__).parents[1] / "models").glob("*.yaml"))
SECONDS = 8.0
"""Much more than any of these take, so that a busy machine fails no test; what explodes takes hours."""


@contextmanager
def quickly() -> Iterator[None]:
    begun = time.process_time()
    yield
    assert time.process_time() - begun < SECONDS


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "architecture.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return path


def codes(loaded: Loaded) -> set[str]:
    assert render(list(loaded.diagnostics)[:50], loaded.sources, colour=True) or not len(loaded.diagnostics)
    return {diagnostic.code for diagnostic in loaded.diagnostics}


def pattern_chain(count: int, body: str, last: str) -> str:
    patterns = "".join(f"  p{n}: {body.replace('NEXT', f'p{n + 1}')}\n" for n in range(count))
    return f"{HEAD}patterns:\n{patterns}  p{count}: {last}\nelements:\n  a: {{use: p0, with: {{x: lol}}}}\n"


HOSTILE = {
    "a text of ten megabytes": (HEAD + f"description: {'x' * 10_000_000}\n", {"AG114"}),
    "a quoted text of ten megabytes": (HEAD + f'description: "{"é" * 5_000_000}"\n', {"AG114"}),
    "a hundred thousand keys": (
        HEAD + "elements:\n" + "".join(f"  e{n}: x\n" for n in range(100_000)),
        {"AG204", "AG122"},
    ),
    "a hundred thousand elements": (
        HEAD + "elements:\n" + "".join(f"  e{n}: {{type: EndUser}}\n" for n in range(100_000)),
        set(),
    ),
    "a hundred thousand unknown properties": (
        HEAD + "elements:\n  e:\n    type: EndUser\n" + "".join(f"    p{n}: x\n" for n in range(100_000)),
        {"AG402", "AG122"},
    ),
    "a hundred thousand unknown names": (
        HEAD + "elements:\n  prod: {type: Account}\n  t:\n    type: SnsTopic\n    in: prod.eu-west-1\n"
        "    subscriptions:\n" + "".join(f"      - mail{n}\n" for n in range(100_000)),
        {"AG407", "AG122"},
    ),
    "twenty thousand elements and unknown names": (
        HEAD
        + "elements:\n"
        + "".join(f"  element-{n}: {{type: EndUser, identity_provider: elemnt-{n}}}\n" for n in range(20_000)),
        {"AG407", "AG122"},
    ),
    "twenty thousand changes of nothing": (
        HEAD
        + "elements:\n"
        + "".join(f"  element-{n}: {{type: EndUser}}\n" for n in range(2_000))
        + "change:\n"
        + "".join(f"  elemnt-{n}: remove\n" for n in range(20_000)),
        {"AG311", "AG122"},
    ),
    "lists a thousand deep": (HEAD + "elements: " + "[" * 1000 + "]" * 1000 + "\n", {"AG115"}),
    "maps a hundred thousand deep": (HEAD + "elements: " + "{a: " * 100_000, {"AG115"}),
    "lists a hundred thousand deep, by indentation": (
        HEAD + "elements:\n" + "".join(" " * n + "- \n" for n in range(1, 500)),
        {"AG115"},
    ),
    "laughs in aliases": (
        HEAD
        + "a: &a [lol, lol, lol, lol]\n"
        + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 10)}]\n" for n in range(20)),
        {"AG107", "AG108", "AG203"},
    ),
    "laughs in arguments": (
        pattern_chain(
            12,
            "{parameters: {x: text}, elements: {a: {use: NEXT, with: {x: " + "$(x)" * 20 + "}}}}",
            "{parameters: {x: text}, elements: {e: {type: EndUser, title: $(x)}}}",
        ),
        {"AG313"},
    ),
    "laughs in uses": (
        pattern_chain(
            12,
            "{elements: {x-$(n): {use: NEXT, for_each: {n: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}}}}",
            "{elements: {e: {type: EndUser}}}",
        ).replace(", with: {x: lol}", ""),
        {"AG313"},
    ),
    "laughs without elements": (
        pattern_chain(
            12,
            "{elements: {x-$(n): {use: NEXT, for_each: {n: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}}}}",
            "{elements: {}}",
        ).replace(", with: {x: lol}", ""),
        {"AG313"},
    ),
    "three patterns in a ring": (
        HEAD
        + "patterns:\n"
        + "".join(
            f"  p{n}: {{elements: {{a: {{use: p{(n + 1) % 3}}}, b: {{use: p{(n + 2) % 3}}}}}}}\n" for n in range(3)
        )
        + "elements:\n  a: {use: p0}\n",
        {"AG309"},
    ),
    "a thousand patterns in a row": (
        pattern_chain(1000, "{elements: {a: {use: NEXT}}}", "{elements: {}}").replace(", with: {x: lol}", ""),
        {"AG115"},
    ),
    "a for_each of a million": (
        HEAD + "elements:\n  e-$(n):\n    type: EndUser\n    for_each: {n: [" + "1, " * 1_000_000 + "]}\n",
        {"AG313"},
    ),
    "flows from all to all": (
        HEAD
        + "elements:\n  e-$(n): {type: EndUser, for_each: {n: ["
        + ", ".join(map(str, range(2000)))
        + "]}}\nflows:\n  - e-* -> e-*\n",
        {"AG313"},
    ),
    "places in a ring of twenty thousand": (
        HEAD
        + "elements:\n"
        + "".join(f"  o{n}: {{type: OrganizationalUnit, in: o{(n + 1) % 20_000}}}\n" for n in range(20_000)),
        {"AG416"},
    ),
    "places twenty thousand deep": (
        HEAD
        + "elements:\n  o0: {type: Organization}\n"
        + "".join(f"  o{n}: {{type: OrganizationalUnit, in: o{n - 1}}}\n" for n in range(1, 20_000)),
        set(),
    ),
    "ids of a hundred thousand characters": (
        HEAD
        + f"elements:\n  ? {'a' * 100_000}\n  : {{type: EndUser}}\nflows:\n  - {'b' * 100_000} -> {'a' * 100_000}\n",
        {"AG205", "AG502"},
    ),
    "five thousand digits": (
        HEAD + "elements:\n  d: {type: IotDevice, count: " + "9" * 5000 + f"}}\nobjectives: {{rto: {'9' * 5000}h}}\n",
        {"AG403"},
    ),
    "blocks that are none": (
        HEAD
        + "elements:\n  prod: {type: Account}\n"
        + "".join(
            f"  v{n}: {{type: Vpc, in: prod.eu-west-1, cidr: '{cidr}'}}\n"
            for n, cidr in enumerate(
                [
                    "10.0.0.0/-1",
                    "10.0.0.0/1e1",
                    "::/0/0",
                    "256.0.0.0/8",
                    "10.0.0.0/255.255.0.0",
                    "fe80::1%eth0/64",
                    "1" * 1000 + "/8",
                    "/",
                    "0/0",
                    "\u0660.\u0660.\u0660.\u0660/\u0660",
                    "10.0.0.0/16\u200b",
                ]
            )
        ),
        {"AG403"},
    ),
    "the same part a hundred thousand times": (
        HEAD
        + "elements:\n  prod: {type: Account}\n  alb:\n    type: ApplicationLoadBalancer\n    in: prod.eu-west-1\n"
        + "    listeners:\n"
        + "      - {port: 443}\n" * 100_000,
        {"AG406"},
    ),
    "a type that repeats without end": (
        HEAD
        + "types:\n  T: {service: s, title: t, category: External, description: d, source: s, places: [model],\n"
        + "      properties: {p: {kind: text, pattern: '(a|aa)+$', description: x}}}\n"
        + "  Tt: {service: s, title: t, category: External, description: d, source: s, places: [model],\n"
        + "      properties: {p: {kind: text, pattern: 'a*a*a*a*a*b', description: x}}}\n",
        {"AG414"},
    ),
    "markup and control in names": (
        HEAD + 'name: "<script>\\u202e\\u2028</script>"\nelements:\n  "a\\u202eb": {type: EndUser}\n',
        {"AG205"},
    ),
    "half a surrogate pair": (HEAD + 'name: "\\ud800"\n', {"AG106"}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_model_ends_in_errors_and_soon(name: str, tmp_path: Path) -> None:
    text, expected = HOSTILE[name]
    path = written(tmp_path, text)

    with quickly():
        loaded = load(path)

    assert codes(loaded) == expected


@pytest.mark.parametrize(
    "name", ["laughs in aliases", "laughs in arguments", "laughs in uses", "a for_each of a million"]
)
def test_what_would_explode_is_stopped_before_memory_grows(name: str, tmp_path: Path) -> None:
    path = written(tmp_path, HOSTILE[name][0])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    load(path)

    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 800 * 1024, f"{grown} KiB"


def included(folder: Path, name: str) -> Loaded:
    model = folder / "model"
    model.mkdir(exist_ok=True)
    return load(written(model, f"{HEAD}include: [{name}]\n"))


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../secret.yaml", "./../secret.yaml", "a/../../secret.yaml", "//etc/passwd"]
)
def test_an_include_reads_nothing_outside_the_model(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("archgraph: 1\nid: secret-content\n")

    loaded = included(tmp_path, name)

    assert codes(loaded) == {"AG301"}
    assert "secret-content" not in render(loaded.diagnostics, loaded.sources)


def test_a_link_out_of_the_model_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("archgraph: 1\n")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "link.yaml").symlink_to(tmp_path / "secret.yaml")

    assert codes(included(tmp_path, "link.yaml")) == {"AG301"}


def test_a_link_inside_the_model_is_followed_and_read_once(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "real.yaml").write_text("archgraph: 1\nelements:\n  a: {type: EndUser}\n")
    (tmp_path / "model" / "link.yaml").symlink_to("real.yaml")

    loaded = included(tmp_path, "link.yaml, real.yaml")

    assert loaded.model is not None
    assert list(loaded.model.elements) == ["a"]


def test_links_in_a_ring_are_no_file(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "a.yaml").symlink_to("b.yaml")
    (tmp_path / "model" / "b.yaml").symlink_to("a.yaml")

    assert codes(included(tmp_path, "a.yaml")) == {"AG302"}


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    os.mkfifo(tmp_path / "model" / "pipe.yaml")

    assert codes(included(tmp_path, "pipe.yaml")) == {"AG302"}
    assert codes(load(tmp_path / "model" / "pipe.yaml")) == {"AG101"}


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may read everything, perhaps; so the refusal is the system's only in name."""

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "locked.yaml").write_text("archgraph: 1\n")
    monkeypatch.setattr(Path, "read_bytes", refuse)

    assert codes(load(tmp_path / "model" / "locked.yaml")) == {"AG101"}


@pytest.mark.parametrize("path", ["a\0b", "a" * 5000, "nowhere/architecture.yaml", "/dev/null/x"])
def test_a_path_that_is_none_is_reported(path: str) -> None:
    assert codes(load(Path(path))) == {"AG101"}


def test_includes_in_a_row_of_a_thousand_end(tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    for number in range(1000):
        (model / f"f{number}.yaml").write_text(f"archgraph: 1\ninclude: [f{number + 1}.yaml]\n")

    assert codes(included(tmp_path, "f0.yaml")) == {"AG115"}


opened: set[str] = set()
watched: list[Path] = []
"""While a folder is watched, an audit hook (which cannot be taken back) notes every file that is opened."""
sys.addaudithook(lambda event, args: opened.add(str(args[0])) if event == "open" and watched else None)
NAMES = st.lists(
    st.sampled_from(["..", "/", "a.yaml", "parts", ".", "\\", "~", "//", "etc/passwd", "\x00", ""]), max_size=6
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NAMES.map("/".join) | st.text(max_size=30))
def test_no_include_opens_a_file_outside_the_model(tmp_path: Path, name: str) -> None:
    model = tmp_path / "model"
    model.mkdir(exist_ok=True)
    (tmp_path / "a.yaml").write_text("archgraph: 1\n")
    path = written(model, f"{HEAD}include: [{json.dumps(name)}]\n")
    builtin()
    opened.clear()
    watched.append(model)

    try:
        load(path)
    finally:
        watched.clear()

    assert {Path(file).parent for file in opened} == {model}


GOOD = [path.read_bytes() for path in LANGUAGE]
PIECES = [
    b":", b"- ", b"{", b"}", b"[", b"]", b"\n", b"  ", b"\t", b"&a ", b"*a", b"!x ", b"<<: ", b"$(az)", b"${az}", b"'",
    b'"',
    b"type: ", b"use: zone", b"for_each: {n: [1, 2]}", b"in: prod", b"unknown", b"none", b"default", b"remove", b"#",
    b"\x00", b"\xff", b"\r", b"---\n", b"? ", b"| \n", b"in: web", b"to: ", b" -> ", b" <- ", b"*", b"include: [.]\n",
    b"9" * 30, b".",
]  # fmt: skip


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """A good model after some deletions, duplications, exchanges and insertions."""
    text = draw(st.sampled_from(GOOD))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(text)))
        size = draw(st.integers(1, 40))
        change = draw(st.sampled_from(["delete", "double", "insert", "swap lines", "indent", "drop line"]))
        if change == "delete":
            text = text[:at] + text[at + size :]
        elif change == "double":
            text = text[:at] + text[at : at + size] * 2 + text[at + size :]
        elif change == "insert":
            text = text[:at] + draw(st.sampled_from(PIECES)) + text[at:]
        else:
            lines = text.split(b"\n")
            first, second = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
            if change == "swap lines":
                lines[first], lines[second] = lines[second], lines[first]
            elif change == "indent":
                lines[first] = b" " * (size % 9) + lines[first].lstrip()
            else:
                del lines[first]
            text = b"\n".join(lines)
    return text


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutations())
def test_a_damaged_model_never_raises(tmp_path: Path, text: bytes) -> None:
    with quickly():
        loaded = load(written(tmp_path, text))
        codes(loaded)

    assert (loaded.model is None) == bool(loaded.diagnostics.errors)


WORDS = st.sampled_from(
    ["archgraph", "id", "elements", "type", "EndUser", "Vpc", "prod", "in", "contains", "regions", "eu-west-1", "use",
     "with", "to", "patterns", "parameters", "flows", "a -> b", "change", "types", "1", "true", "10.0.0.0/16", "$(x)",
     "for_each", "", "*", "a-*"]
)  # fmt: skip
TREES = st.recursive(
    WORDS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=5), max_leaves=25
)


def yaml_text(tree: object) -> str:
    if isinstance(tree, dict):
        return "{" + ", ".join(f"'{key}': {yaml_text(value)}" for key, value in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(yaml_text(item) for item in tree) + "]"
    return f"'{tree}'"


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(WORDS, TREES, max_size=6))
def test_any_tree_is_judged(tmp_path: Path, tree: dict[str, object]) -> None:
    text = (
        f"archgraph: 1\nid: shop\nelements: {yaml_text(tree)}\npatterns: {yaml_text(tree)}\nchange: {yaml_text(tree)}\n"
    )
    text += f"flows: {yaml_text(list(tree.values()))}\nscenarios: {yaml_text(tree)}\ntypes: {yaml_text(tree)}\n"

    codes(load(written(tmp_path, text)))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text() | st.binary())
def test_any_bytes_are_judged(tmp_path: Path, text: str | bytes) -> None:
    loaded = load(written(tmp_path, text))

    assert codes(loaded)
    assert loaded.model is None
