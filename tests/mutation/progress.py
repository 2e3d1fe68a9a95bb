"""How far a run is: one line on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
import time


class Progress:
    """Counts mutants as they end."""

    def __init__(self, total: int) -> None:
        self._total, self._begin = total, time.monotonic()
        self._done = self._survived = 0

    def step(self, killed: bool) -> None:
        self._done += 1
        self._survived += not killed
        minutes = (time.monotonic() - self._begin) / self._done * (self._total - self._done) / 60
        self._write(f"{self._done} of {self._total} mutants, {self._survived} survived, {minutes:.0f} min left")

    def end(self) -> None:
        self._write("")

    def _write(self, line: str) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{line}")
            sys.stderr.flush()
