"""Try mutants in forked processes: each begins where the parent stands, and ends at the first failure."""

from __future__ import annotations

import os
import resource
import selectors
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from .protocol import clear_caches, run_item

TIME_LIMIT = "a time limit"
"""What killed a mutant that does not come to an end."""

_TIMES_AS_LONG = 3
_WALL_SECONDS = 60.0
"""For a test that waits and computes nothing."""
_MORE_MEMORY = 4 * 2**30
"""In bytes, beside what a fork begins with."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a trial ended: killed or not, and by which test or why."""

    killed: bool
    by: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """A change to make in a fork, and the tests to run there, in order."""

    number: int
    change: Callable[[], None]
    items: list[pytest.Item]


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds of processor time: what each test uses when nothing is changed, and what it may use beside that."""

    usual: Mapping[str, float]
    cpu_seconds: float

    def start(self, nodeid: str) -> None:
        """Have the process killed by a signal if this test takes too long."""
        most = self.cpu_seconds + _TIMES_AS_LONG * self.usual[nodeid]
        signal.setitimer(signal.ITIMER_PROF, most)
        signal.setitimer(signal.ITIMER_REAL, _WALL_SECONDS + 10 * most)


def run_trials(
    trials: Iterator[Trial], workers: int, scratch: Path, limits: Limits, modules: Sequence[str]
) -> Iterator[tuple[int, Ended]]:
    """How each trial ended, as they end. ``trials`` is asked for the next one when there is a worker for it."""
    with selectors.DefaultSelector() as selector:
        running = 0
        while True:
            while running < workers and (trial := next(trials, None)) is not None:
                reader, pid = _fork(trial, scratch, limits, modules)
                selector.register(reader, selectors.EVENT_READ, (trial.number, pid, bytearray()))
                running += 1
            if not running:
                return
            for key, _ in selector.select():
                number, pid, told = key.data
                if part := os.read(key.fd, 65536):
                    told += part
                    continue
                selector.unregister(key.fd)
                os.close(key.fd)
                running -= 1
                _, status = os.waitpid(pid, 0)
                shutil.rmtree(scratch / str(number), ignore_errors=True)
                yield number, _ended(bytes(told).decode(), status)


def _fork(trial: Trial, scratch: Path, limits: Limits, modules: Sequence[str]) -> tuple[int, int]:
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return reader, pid
    status = 1
    try:
        os.close(reader)
        become_quiet(trial.items[0], scratch / str(trial.number))
        _limit_memory()
        clear_caches(modules)
        trial.change()
        os.write(writer, _judge(trial.items, limits).encode())
        status = 0
    finally:
        os._exit(status)


def _limit_memory() -> None:
    """A mutant that fills a list without end gets a ``MemoryError``, where the system tells what is in use."""
    pages = Path("/proc/self/statm")
    if pages.exists():
        used = int(pages.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + _MORE_MEMORY, resource.RLIM_INFINITY))


def become_quiet(item: pytest.Item, temporary: Path) -> None:
    """Print nothing, and make temporary folders in a place of one's own."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    temporary.mkdir()
    factory = item.config._tmp_path_factory  # type: ignore[attr-defined]
    factory._given_basetemp, factory._basetemp = None, temporary


def _judge(items: list[pytest.Item], limits: Limits) -> str:
    """``survived``, or ``killed`` by the first test that fails."""
    for item, following in zip(items, [*items[1:], None], strict=True):
        limits.start(item.nodeid)
        if run_item(item, following) == "failed":
            return f"killed {item.nodeid}"
    return "survived"


def _ended(told: str, status: int) -> Ended:
    word, _, by = told.partition(" ")
    if word in ("killed", "survived"):
        return Ended(word == "killed", by)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        late = number in (signal.SIGPROF, signal.SIGALRM)
        return Ended(True, TIME_LIMIT if late else f"signal {number}")
    raise RuntimeError(f"a trial ended without a word, status {os.waitstatus_to_exitcode(status)}")


def in_fork(work: Callable[[], None]) -> int:
    """Run something in a fork of its own; the process id, to wait for."""
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if not pid:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return pid
