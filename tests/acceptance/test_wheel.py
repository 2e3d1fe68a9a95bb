"""The wheel is all that a user has: installed outside the checkout, the command line works."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODEL = "three-tier-web-app"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of scripts of a fresh environment that holds the wheel, and borrows what it depends on.

    The borrowed folder comes through a ``.pth`` file, whose own ``.pth`` files (an editable install
    of this checkout) Python does not follow.
    """
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    paths = {"base": str(folder), "platbase": str(folder)}
    site_packages = Path(sysconfig.get_path("purelib", "venv", paths))
    (site_packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    scripts = Path(sysconfig.get_path("scripts", "venv", paths))
    pip = [sys.executable, "-m", "pip", "--python", str(scripts / "python"), "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", str(wheel)], check=True, capture_output=True)
    return scripts


def run(scripts: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(scripts / "archgraph"), *arguments], cwd=cwd, capture_output=True, text=True)


def test_wheel_carries_its_data_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "archgraph/py.typed",
        "archgraph/catalog/relationships.yaml",
        "archgraph/catalog/data/vpc.yaml",
        "archgraph/rules/framework/practices.csv",
        "archgraph/reports/findings.schema.json",
        "archgraph/render/fonts/OFL.txt",
        "archgraph/templates/index.md.j2",
    ):
        assert wanted in names
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"archgraph"}
    licences = {Path(name).name for name in names if "/licenses/" in name}
    assert {"LICENSE", "NOTICE", "THIRD_PARTY_NOTICES.md"} <= licences


def test_installed_package_is_the_wheels(scripts: Path, tmp_path: Path) -> None:
    code = "import archgraph; print(archgraph.__file__)"
    done = subprocess.run([scripts / "python", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ROOT not in Path(done.stdout.strip()).parents


def test_new_model_builds(scripts: Path, tmp_path: Path) -> None:
    assert run(scripts, "init", "notes", cwd=tmp_path).returncode == 0
    done = run(scripts, "build", "notes", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    written = {path.relative_to(tmp_path / "output/notes").as_posix() for path in (tmp_path / "output").rglob("*.*")}
    assert {"index.md", "findings.json", "graph.json", "diagrams/overview.svg"} <= written


def test_build_is_the_same_from_wheel_and_checkout(scripts: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "models" / MODEL, tmp_path / MODEL)
    assert run(scripts, "build", MODEL, "-o", "wheel", "--as-of", "2026-11-01", cwd=tmp_path).returncode == 0
    checkout = Path(sys.executable).parent
    assert run(checkout, "build", MODEL, "-o", "checkout", "--as-of", "2026-11-01", cwd=tmp_path).returncode == 0
    assert _contents(tmp_path / "wheel") == _contents(tmp_path / "checkout") != {}


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
