"""Make a mutant real in a running process: live functions get other code, modules another table."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterable
from types import CodeType, FunctionType

from .bindings import Bindings
from .mutants import Mutant


class Live:
    """The functions that exist, by their code. Made while nothing is frozen out of the collector's sight."""

    def __init__(self, files: Iterable[str], bindings: Bindings) -> None:
        self._bindings = bindings
        self._functions: defaultdict[CodeType, list[FunctionType]] = defaultdict(list)
        known = frozenset(files)
        for found in gc.get_objects():
            if type(found) is FunctionType and found.__code__.co_filename in known:
                self._functions[found.__code__].append(found)

    def hindrance(self, mutant: Mutant) -> str:
        """Why a mutant cannot be made real; empty if it can."""
        if mutant.hindrance or mutant.rebound:
            return mutant.hindrance
        if not any(before in self._functions for before, _ in mutant.codes):
            return "no function has this code"
        for before, after in mutant.codes:
            if before in self._functions and before.co_freevars != after.co_freevars:
                return "a function closes over other variables"
        return ""

    def apply(self, mutant: Mutant) -> None:
        """Change this process for good."""
        for before, after in mutant.codes:
            for function in self._functions.get(before, ()):
                function.__code__ = after
        if mutant.rebound:
            self._bindings.rebind(*mutant.rebound)
