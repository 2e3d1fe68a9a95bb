"""Asking a document for the shape that the language expects, and reporting what stands instead."""

from __future__ import annotations

from collections.abc import Iterable

from archgraph.source.diagnostics import Diagnostics
from archgraph.source.document import Mapping, Node, Scalar, Sequence

_NAMES = {Scalar: "a text", Sequence: "a list", Mapping: "a map"}


_SPOKEN_AS_WORDS = frozenset({"NAT", "REST", "SAML"})


def shape(node: Node) -> str:
    """``a text``, ``a list`` or ``a map``."""
    return next(name for kind, name in _NAMES.items() if isinstance(node, kind))


def with_article(noun: str) -> str:
    """``an S3 bucket``, ``a VPC``, ``an Account``: a type or its title in a sentence."""
    first = noun.partition(" ")[0]
    spelt = len(first) > 1 and (first[1].isupper() or first[1].isdigit()) and first not in _SPOKEN_AS_WORDS
    return f"an {noun}" if noun[:1].upper() in ("AEFHILMNORSX" if spelt else "AEIO") else f"a {noun}"


def as_map(node: Node | None, what: str, diagnostics: Diagnostics) -> Mapping | None:
    """The node if it is a map; an empty value counts as none; anything else is reported."""
    if isinstance(node, Mapping):
        return node
    _report(node, f"{what} must be a map", diagnostics)
    return None


def as_list(node: Node | None, what: str, diagnostics: Diagnostics) -> list[Node]:
    """The items if the node is a list, reported and empty otherwise."""
    if isinstance(node, Sequence):
        return node.items
    _report(node, f"{what} must be a list", diagnostics)
    return []


def as_text(node: Node | None, what: str, diagnostics: Diagnostics) -> Scalar | None:
    """The node if it is a text, reported otherwise."""
    if isinstance(node, Scalar):
        return node
    _report(node, f"{what} must be a text", diagnostics)
    return None


def as_texts(node: Node | None, what: str, diagnostics: Diagnostics) -> list[Scalar]:
    """The texts of a list of texts; other items are reported and left out."""
    found = (as_text(item, f"each item of {what}", diagnostics) for item in as_list(node, what, diagnostics))
    return [item for item in found if item is not None]


def only_keys(node: Mapping, known: Iterable[str], what: str, diagnostics: Diagnostics) -> set[str]:
    """Report each key of the map that the language does not know here; returns the keys probably meant."""
    allowed = list(known)
    meant = set()
    for key, _ in node.entries.values():
        if key.text not in allowed:
            name = diagnostics.closest(key.text, [word for word in allowed if word not in node.entries])
            hint = f"did you mean '{name}'?" if name else f"known: {', '.join(allowed)}"
            diagnostics.add("AG203", f"{what} has no key '{key.text[:60]}'", key.location, hint)
            meant.add(name or "")
    return meant


def check_keys(
    node: Mapping, known: Iterable[str], required: Iterable[str], what: str, diagnostics: Diagnostics
) -> bool:
    """Report unknown keys, and missing ones unless they are misspelt; true if none is missing."""
    meant = only_keys(node, known, what, diagnostics)
    missing = [key for key in required if key not in node.entries]
    for key in missing:
        if key not in meant and not node.partial:
            diagnostics.add("AG202", f"{what} needs '{key}'", node.location)
    return not missing


def _report(node: Node | None, message: str, diagnostics: Diagnostics) -> None:
    if node is not None and not (isinstance(node, Scalar) and node.empty):
        diagnostics.add("AG204", f"{message}, not {shape(node)}", node.location)
