"""Names: how ids are written, joined and looked up."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Set
from operator import itemgetter

from archgraph.model.model import ElementId
from archgraph.source.diagnostics import Diagnostics
from archgraph.source.document import Scalar

MAX_ID = 64
ID = re.compile(rf"[A-Za-z][A-Za-z0-9_-]{{0,{MAX_ID - 1}}}")
RESERVED_IDS = frozenset({"unknown", "none", "default", "remove", "internet", "aws", "model"})
_MANY_LOST = 200


class BoundScalar(Scalar):
    """A reference argument of a pattern: its names are looked up where the argument was written."""

    __slots__ = ("namespace", "wanted")

    def __init__(self, node: Scalar, namespace: str, wanted: tuple[str, ...] = ()) -> None:
        super().__init__(node.text, node.source, node.line, node.column, node.quoted)
        self.namespace = namespace
        self.wanted = wanted
        """The types that the pattern's parameter takes; any if empty."""


def check_id(node: Scalar, diagnostics: Diagnostics) -> bool:
    """Whether a text is an id; reported if not."""
    if ID.fullmatch(node.text):
        return True
    if len(node.text) > MAX_ID and ID.match(node.text):
        message = f"'{node.text[:20]}...' is longer than {MAX_ID} characters"
    else:
        message = f"'{node.text[:60]}' is not an id"
    hint = f"ids begin with a letter, then letters, digits, - and _, at most {MAX_ID}"
    diagnostics.add("AG205", message, node.location, hint)
    return False


def joined(namespace: str, name: str) -> str:
    """The full id of a name inside a namespace; the outermost namespace is the empty text."""
    return f"{namespace}.{name}" if namespace else name


def scopes(namespace: str) -> Iterator[str]:
    """The namespace and those around it, innermost first, ending with the outermost."""
    while namespace:
        yield namespace
        namespace = namespace.rpartition(".")[0]
    yield ""


def glob(text: str) -> re.Pattern[str]:
    """The pattern of a wildcard in which ``*`` stands for any part of one name."""
    return re.compile("[^.]*".join(re.escape(piece) for piece in text.split("*")))


class Lost:
    """Names that a reported mistake kept from existing: that they are unknown is no second mistake."""

    def __init__(self) -> None:
        self.everything = False
        """True if so much could not be read (an include, say) that any name may have been in it."""
        self.types: set[str] = set()
        """Own types that could not be read."""
        self._names: set[str] = set()
        self._globs: list[tuple[str, re.Pattern[str]]] = []

    def add(self, name: str) -> None:
        """Excuse a full id and what is inside it; ``*`` in it stands for any part of a name."""
        if "*" in name and len(self._globs) < _MANY_LOST:
            self._globs.append((name.partition("*")[0], glob(name)))
        elif "*" in name:
            self.everything = True
        else:
            self._names.add(name)

    def excuses(self, text: str, namespace: str) -> bool:
        """Whether a name (or wildcard), seen from a namespace, may mean something that was lost."""
        if self.everything or not (self._names or self._globs):
            return self.everything
        return any(self._lost(joined(scope, text)) for scope in scopes(namespace))

    def _lost(self, name: str) -> bool:
        if "*" in name:
            prefix = name.partition("*")[0]
            starts = [*(start for start, _ in self._globs), *self._names]
            return any(start.startswith(prefix) or prefix.startswith(start) for start in starts)
        return any(
            outer in self._names or any(pattern.fullmatch(outer) for _, pattern in self._globs)
            for outer in scopes(name)
            if outer
        )


class Names:
    """All ids of a model, looked up from the innermost namespace outwards."""

    def __init__(self, lost: Lost, removed: Set[str] = frozenset()) -> None:
        self.lost = lost
        self.removed = removed
        """Full ids of what a change removed."""
        self._ids: dict[str, ElementId] = {}
        self._generated: list[tuple[ElementId, int]] = []
        """The ids that wildcards mean, each with its place in the author's order."""
        self._matches: dict[str, list[ElementId]] = {}
        self._is_sorted = True
        self._last_names: dict[str, str] | None = None

    def add(self, name: str, *, generated: bool) -> None:
        """Register a full id; ``generated`` ones (by ``for_each`` or ``use``) answer to wildcards."""
        id_ = self._ids[name] = ElementId(name)
        if generated:
            self._generated.append((id_, len(self._ids)))
            self._is_sorted = False

    def __contains__(self, name: object) -> bool:
        return name in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def resolve(self, text: str, namespace: str) -> ElementId | None:
        """The full id that a written name means when seen from a namespace, or ``None``."""
        if not namespace:
            return self._ids.get(text)
        return next((id_ for scope in scopes(namespace) if (id_ := self._ids.get(joined(scope, text)))), None)

    def matching(self, text: str, namespace: str) -> list[ElementId]:
        """The generated ids that a wildcard means, in the author's order; ``*`` stops at dots."""
        for scope in scopes(namespace):
            whole = joined(scope, text)
            found = self._matches.get(whole)
            if found is None:
                found = self._matches[whole] = self._matching(whole)
            if found:
                return found
        return []

    def _matching(self, whole: str) -> list[ElementId]:
        if not self._is_sorted:
            self._generated.sort()
            self._is_sorted = True
        prefix = whole.partition("*")[0]
        pattern = glob(whole)
        found = []
        for index in range(bisect_left(self._generated, prefix, key=itemgetter(0)), len(self._generated)):
            candidate, number = self._generated[index]
            if not candidate.startswith(prefix):
                break
            if pattern.fullmatch(candidate):
                found.append((number, candidate))
        return [candidate for _, candidate in sorted(found)]

    def suggestion(self, text: str, namespace: str, diagnostics: Diagnostics) -> str | None:
        """The hint that names what was probably meant, as it would be written in the namespace."""
        if not text or not diagnostics.may_compare(len(self._ids)):
            return None
        inside = f"{namespace}."
        near = [name.removeprefix(inside) for name in self._ids if name.startswith(inside)] if namespace else []
        found = diagnostics.closest(text, near) or self._by_last_name().get(text)
        found = found or diagnostics.closest(text, self._ids)
        return f"did you mean '{found.removeprefix(inside) if namespace else found}'?" if found else None

    def _by_last_name(self) -> dict[str, str]:
        """The first full id for each last name, made when first asked for."""
        if self._last_names is None:
            self._last_names = {}
            for name in self._ids:
                self._last_names.setdefault(name.rpartition(".")[2], name)
        return self._last_names

    def wildcard_hint(self, text: str, namespace: str, diagnostics: Diagnostics) -> str:
        """Why a wildcard matches nothing: often what it would match was written by hand."""
        if diagnostics.may_compare(len(self._ids)):
            pattern = glob(joined(namespace, text))
            by_hand = next((name for name in self._ids if pattern.fullmatch(name)), None)
            if by_hand:
                return f"'{by_hand}' was not made by `for_each` or `use`; name such elements one by one"
        return "wildcards mean elements that `for_each` or `use` made"
