"""`archgraph build`: committed output is current, bytes are the same everywhere, nothing is half-written."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.acceptance.conftest import ROOT, WEB_SHOP, Archgraph

AS_OF = ("--as-of", "2026-11-01")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_committed_output_is_current(archgraph: Archgraph) -> None:
    ran = archgraph("build", "--check", "models", "-o", "output", cwd=ROOT)
    assert ran.status == 0, ran.out + ran.err


def test_build_check_tells_what_differs(archgraph: Archgraph, small: Path, tmp_path: Path) -> None:
    assert archgraph("build", small).status == 0
    folder = tmp_path / "output" / "small"
    (folder / "index.md").write_text("changed")
    (folder / "extra.txt").write_text("new")
    (folder / "findings.json").unlink()
    ran = archgraph("build", "--check", small)
    assert ran.status == 1
    assert "different: index.md" in ran.out
    assert "extra: extra.txt" in ran.out
    assert "missing: findings.json" in ran.out


ENVIRONMENTS = [
    {"PYTHONHASHSEED": "0"},
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Kolkata", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "4242", "TZ": "America/Los_Angeles", "LC_ALL": "C.UTF-8", "COLUMNS": "40"},
]


def test_the_same_model_gives_the_same_bytes(archgraph: Archgraph, tmp_path: Path) -> None:
    """Two folders, three working directories, three time zones and locales, three hash seeds."""
    built = []
    for number, environment in enumerate(ENVIRONMENTS):
        folder = tmp_path.joinpath(f"copy-{number}", *["deep"] * number)
        shutil.copytree(WEB_SHOP, folder)
        cwd = tmp_path / f"cwd-{number}"
        cwd.mkdir()
        ran = archgraph("build", folder, "-o", tmp_path / f"out-{number}", *AS_OF, cwd=cwd, env=environment)
        assert ran.status == 0, ran.err
        built.append(contents(tmp_path / f"out-{number}" / "web-shop"))
    assert built[0] == built[1] == built[2]
    assert not any(str(tmp_path).encode() in data for data in built[0].values())


def other_pythons() -> list[str]:
    """Interpreters of other versions that can run, one of each: each is asked for its version."""
    installed = sorted(map(str, Path.home().glob(".pyenv/versions/3.1*/bin/python")))
    candidates = [name for minor in (11, 12, 13, 14) if (name := shutil.which(f"python3.{minor}"))] + installed
    found: dict[str, str] = {}
    for name in candidates:
        command = [name, "-c", "import sys; print(*sys.version_info[:2])"]
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
        major, _, minor = asked.stdout.strip().partition(" ")
        own = tuple(map(str, sys.version_info[:2]))
        if asked.returncode == 0 and int(minor) >= 11 and (major, minor) != own:
            found.setdefault(minor, name)
    return list(found.values())


def test_other_python_versions_give_the_same_bytes(archgraph: Archgraph, tmp_path: Path) -> None:
    """Every other interpreter that is installed; the packages of this environment serve it too.

    PyYAML falls back to its pure-Python reader there, which must see the same document.
    """
    assert archgraph("build", WEB_SHOP, "-o", "here", *AS_OF).status == 0
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    for number, python in enumerate(other_pythons()):
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), packages])}
        command = [python, "-m", "archgraph", "build", str(WEB_SHOP), "-o", f"there-{number}", *AS_OF]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert contents(tmp_path / f"there-{number}") == contents(tmp_path / "here")


def test_a_build_killed_at_any_moment_leaves_the_old_output_whole(
    archgraph: Archgraph, small: Path, tmp_path: Path
) -> None:
    assert archgraph("build", small, *AS_OF).status == 0
    old = contents(tmp_path / "output" / "small")
    file = small / "architecture.yaml"
    file.write_text(file.read_text().replace("name: Small", "name: Changed"))
    assert archgraph("build", small, "-o", "wanted", *AS_OF).status == 0
    new = contents(tmp_path / "wanted" / "small")
    command = [sys.executable, "-m", "archgraph", "build", str(small), *AS_OF]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    begun = time.monotonic()
    subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
    whole = time.monotonic() - begun
    chance = random.Random(7)
    for _ in range(12):
        shutil.rmtree(tmp_path / "output")
        shutil.copytree(tmp_path / "wanted", tmp_path / "output")
        for name, data in old.items():
            (tmp_path / "output" / "small" / name).write_bytes(data)
        process = subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(whole * chance.uniform(0.5, 1.1))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert contents(tmp_path / "output" / "small") in (old, new)
    assert archgraph("build", small, *AS_OF).status == 0
    assert contents(tmp_path / "output" / "small") == new
    assert [path.name for path in (tmp_path / "output").iterdir()] == ["small"]


def test_nothing_outside_the_output_folder_is_touched(archgraph: Archgraph, small: Path, tmp_path: Path) -> None:
    before = contents(tmp_path)
    assert archgraph("build", small, "-o", "out", env={"PYTHONDONTWRITEBYTECODE": "1"}).status == 0
    after = contents(tmp_path)
    assert {name: data for name, data in after.items() if not name.startswith("out/")} == before


def test_a_folder_that_archgraph_did_not_write_is_never_replaced(
    archgraph: Archgraph, small: Path, tmp_path: Path
) -> None:
    ran = archgraph("build", small, "-o", tmp_path)
    assert ran.status == 3
    assert "did not write" in ran.err
    assert (small / "architecture.yaml").is_file()


def test_an_output_that_cannot_be_written_exits_with_3(archgraph: Archgraph, small: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = archgraph("build", small, "-o", "file")
    assert ran.status == 3
    assert "cannot be written" in ran.err or "is not a folder" in ran.err


def test_two_models_of_one_id_are_refused(archgraph: Archgraph, small: Path, tmp_path: Path) -> None:
    shutil.copytree(small, tmp_path / "other")
    ran = archgraph("build", small, tmp_path / "other")
    assert ran.status == 2
    assert "'small'" in ran.err
