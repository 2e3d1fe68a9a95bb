"""``for_each``: what its variables stand for in each round."""

from __future__ import annotations

from collections.abc import Mapping as Bindings

from archgraph.dsl.placeholders import Argument, Filler, TooLarge
from archgraph.dsl.shapes import as_map, as_texts
from archgraph.source.document import Entry, Mapping, Node, Scalar, Sequence


def rounds(entry: Entry, around: Bindings[str, Argument], filler: Filler, most: int) -> list[dict[str, Argument]]:
    """The bindings of each round, the lists taken in step; none after reporting what is wrong with them.

    Raises :class:`TooLarge` if there would be more than ``most`` rounds.
    """
    diagnostics = filler.diagnostics
    at, node = entry
    if isinstance(node, Scalar) and node.empty:
        diagnostics.add("AG308", "for_each has nothing to go through", at.location)
        return []
    found = as_map(node, "for_each", diagnostics)
    if found is None:
        return []
    found = filler.mapping(found, around)
    columns = {
        key.text: as_texts(value, f"for_each '{key.text[:60]}'", diagnostics) for key, value in found.entries.values()
    }
    lengths = {len(texts) for texts in columns.values()}
    if not columns or 0 in lengths:
        if not _partial(found) and all(isinstance(value, Sequence) for _, value in found.entries.values()):
            diagnostics.add("AG308", "for_each has nothing to go through", found.location)
        return []
    if len(lengths) > 1:
        counts = ", ".join(f"{name[:60]} has {len(texts)}" for name, texts in columns.items())
        if not _partial(found):
            diagnostics.add("AG308", "the lists of a for_each must be equally long", found.location, counts)
        return []
    if max(lengths) > most:
        raise TooLarge(at.location)
    rows = zip(*columns.values(), strict=True)
    return [{name: Argument(text) for name, text in zip(columns, row, strict=True)} for row in rows]


def _partial(found: Mapping) -> bool:
    values: list[Node] = [found, *(value for _, value in found.entries.values())]
    return any(not isinstance(value, Scalar) and value.partial for value in values)
