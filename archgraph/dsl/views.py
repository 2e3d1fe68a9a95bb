"""The views that a model names: read from the document, then checked against the resolved model."""

from __future__ import annotations

from collections.abc import Iterator

from archgraph.catalog.types import CATEGORIES
from archgraph.catalog.values import read_integer
from archgraph.catalog.vocabulary import RELATIONSHIPS
from archgraph.dsl.includes import Outline
from archgraph.dsl.names import Names, check_id
from archgraph.dsl.reviews import read_selectors
from archgraph.dsl.shapes import as_list, as_map, as_text, as_texts, only_keys, shape
from archgraph.model.model import Model, ViewSpec
from archgraph.model.selectors import Selector, SelectorKind, select
from archgraph.source.diagnostics import Diagnostics
from archgraph.source.document import Mapping, Scalar, Sequence

SELECTING = ("include", "exclude", "focus")
"""Keys of a view that hold selectors."""

DIRECTIONS = ("right", "down")
DEEPEST = 10
"""The most steps away from its focus that a view may go; by then it is everything."""

KEYS = (
    "title", "description", *SELECTING, "depth", "relationships", "cypher", "direction", "order", "same_row",
    "same_column",
)  # fmt: skip


def relationship_words() -> list[str]:
    """What `relationships` of a view may name: the kinds of the vocabulary, and its verbs that models state."""
    stated = [known for known in RELATIONSHIPS.values() if not known.derived]
    return [*dict.fromkeys(known.kind for known in stated), *(known.name for known in stated)]


def read_views(outline: Outline, diagnostics: Diagnostics) -> Iterator[ViewSpec]:
    """The views that the model names."""
    for name, (key, node) in outline.views.items():
        body = as_map(node, f"view '{name[:60]}'", diagnostics)
        if body is None:
            continue
        check_id(key, diagnostics)
        only_keys(body, KEYS, "a view", diagnostics)
        title, description, cypher = (
            as_text(body.get(part), f"'{part}'", diagnostics) for part in ("title", "description", "cypher")
        )
        include, exclude, focus = (read_selectors(body, part, diagnostics) for part in SELECTING)
        yield ViewSpec(
            id=name,
            title=title.text if title else name,
            include=include,
            exclude=exclude,
            location=key.location,
            description=description.text if description else None,
            focus=focus,
            depth=_depth(body, diagnostics),
            relationships=_relationships(body, diagnostics),
            cypher=cypher if cypher and cypher.text.strip() else None,
            direction=_direction(body, diagnostics),
            order=tuple(text.text for text in as_texts(body.get("order"), "'order'", diagnostics)),
            same_row=tuple(tuple(t.text for t in line) for line in _lines(body, "same_row", diagnostics)),
            same_column=tuple(tuple(t.text for t in line) for line in _lines(body, "same_column", diagnostics)),
        )


def check_views(outline: Outline, model: Model, names: Names, diagnostics: Diagnostics) -> None:
    """Warn about selectors that match nothing, and report hints about elements that do not exist.

    What a change removed may still be named: an environment need not repeat the views of its base.
    """
    if names.lost.everything:
        return
    silent = Diagnostics()  # shapes were reported when the views were read
    for _, node in outline.views.values():
        if not isinstance(node, Mapping):
            continue
        for part in SELECTING:
            items = node.get(part)
            for item in items.items if isinstance(items, Sequence) else ():
                if isinstance(item, Scalar):
                    _check_selector(item, model, names, diagnostics)
        named = as_texts(node.get("order"), "", silent)
        named += [text for part in ("same_row", "same_column") for line in _lines(node, part, silent) for text in line]
        for text in named:
            _check_element(text, model, names, diagnostics)


def _depth(body: Mapping, diagnostics: Diagnostics) -> int:
    node = as_text(body.get("depth"), "'depth'", diagnostics)
    if node is None or node.empty:
        return 1
    if "focus" not in body.entries:
        diagnostics.add("AG707", "'depth' counts steps from a focus, and there is none", node.location, "add `focus`")
    try:
        depth = read_integer(node.text)
    except ValueError as error:
        diagnostics.add("AG403", f"'depth' {error}", node.location)
        return 1
    if not 0 <= depth <= DEEPEST:
        diagnostics.add("AG403", f"'depth' must be from 0 to {DEEPEST}", node.location)
        return 1
    return depth


def _relationships(body: Mapping, diagnostics: Diagnostics) -> tuple[str, ...]:
    """The verbs and kinds that the vocabulary knows; others are reported."""
    found = []
    known = relationship_words()
    for text in as_texts(body.get("relationships"), "'relationships'", diagnostics):
        if text.text in known:
            found.append(text.text)
            continue
        hint = diagnostics.did_you_mean(text.text, known)
        if text.text in RELATIONSHIPS:
            hint = "it follows from the model, and no picture draws it"
        message = f"'{text.text[:60]}' is no relationship and no kind of them"
        diagnostics.add("AG706", message, text.location, hint or "like CALLS, ENCRYPTED_BY, flow or identity")
    return tuple(found)


def _direction(body: Mapping, diagnostics: Diagnostics) -> str | None:
    node = as_text(body.get("direction"), "'direction'", diagnostics)
    if node is None or node.empty:
        return None
    if node.text in DIRECTIONS:
        return node.text
    hint = diagnostics.did_you_mean(node.text, DIRECTIONS) or f"allowed: {', '.join(DIRECTIONS)}"
    diagnostics.add("AG419", f"'direction' cannot be '{node.text[:40]}'", node.location, hint)
    return None


def _lines(body: Mapping, key: str, diagnostics: Diagnostics) -> list[list[Scalar]]:
    """The rows or columns of a hint: lists of at least two ids."""
    found = []
    for item in as_list(body.get(key), f"'{key}'", diagnostics):
        if isinstance(item, Scalar):
            diagnostics.add("AG204", f"each item of '{key}' must be a list, not {shape(item)}", item.location, _NESTED)
            continue
        texts = as_texts(item, f"each item of '{key}'", diagnostics)
        if len(texts) == 1:
            diagnostics.add("AG707", f"a list of '{key}' names two elements or more", texts[0].location)
        found.append(texts)
    return found


_NESTED = "write a list of lists, like [[web, app], [db, cache]]"


def _check_selector(node: Scalar, model: Model, names: Names, diagnostics: Diagnostics) -> None:
    if names.lost.excuses(node.text.rpartition(":")[2], ""):
        return
    try:
        selector = Selector.parse(node.text)
    except ValueError:
        return
    if not select(model, [selector]) and selector.text not in names.removed:
        hint = _meant(selector, model, names, diagnostics)
        diagnostics.add("AG702", f"'{node.text[:60]}' matches nothing", node.location, hint)


def _meant(selector: Selector, model: Model, names: Names, diagnostics: Diagnostics) -> str | None:
    """What a selector that matches nothing was probably to say."""
    if "*" in selector.text or "?" in selector.text:
        return None
    if selector.kind is SelectorKind.TYPE:
        known = {*model.catalog.names(), *CATEGORIES}
        return None if selector.text in known else diagnostics.did_you_mean(selector.text, known)
    if selector.kind is SelectorKind.FLOW:
        return diagnostics.did_you_mean(selector.text, model.flows)
    if selector.kind is SelectorKind.TAG:
        return diagnostics.did_you_mean(selector.key, {key for e in model.elements.values() for key in e.tags})
    return names.suggestion(selector.text, "", diagnostics)


def _check_element(node: Scalar, model: Model, names: Names, diagnostics: Diagnostics) -> None:
    text = node.text
    if text in model.elements or text in names.removed or names.lost.excuses(text, "") or _is_region(text, model):
        return
    hint = names.suggestion(text, "", diagnostics) or "hints name elements by their full ids"
    diagnostics.add("AG705", f"there is no element '{text[:60]}'", node.location, hint)


def _is_region(text: str, model: Model) -> bool:
    """Whether a text is ``account.region`` of a Region in which something stands."""
    account, _, region = text.rpartition(".")
    return any(element.account == account and element.region == region for element in model.elements.values())
