"""Runs the command line as a user does: a process of its own, its output and its exit status."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WEB_SHOP = ROOT / "models" / "three-tier-web-app"


@dataclass(frozen=True)
class Ran:
    """What a command left: exit status, stdout, stderr."""

    status: int
    out: str
    err: str


Archgraph = Callable[..., Ran]


@pytest.fixture
def archgraph(tmp_path: Path) -> Archgraph:
    """``archgraph("check", path, cwd=..., env={...})`` -> :class:`Ran`."""

    def run(*args: object, cwd: Path | None = None, env: dict[str, str] | None = None, stdin: str = "") -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "archgraph", *map(str, args)],
            cwd=cwd or tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A small valid model in a folder of its own."""
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "architecture.yaml").write_text(
        """\
archgraph: 1
id: small
name: Small
owner: team
elements:
  users: {type: EndUser}
  acc:
    type: Account
    account_id: "000000000001"
    environment: production
    regions:
      eu-west-1:
        api: {type: ApiGatewayHttpApi, integrations: [fn]}
        fn: {type: LambdaFunction, runtime: python3.13, timeout: 10s}
flows:
  - users -> api: https
""",
        encoding="utf-8",
    )
    return folder
