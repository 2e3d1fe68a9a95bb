"""From the answers of an own rule's queries to conclusions about elements and flows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archgraph.model.model import Element, ElementId, Flow, FlowId, Model
from archgraph.model.selectors import select
from archgraph.rules.rule import Conclusion, Context, failed, passed, unknown

if TYPE_CHECKING:
    from archgraph.query.store import Result

MOST_ROWS = 1_000_000
"""Rows that a query of a rule may answer; more is an error of the rule."""
SPOKEN = ("element", "message", "evidence", "missing", "fix")
"""The columns that a rule reads; every other one is evidence, by its name."""


@dataclass(frozen=True, slots=True)
class Queries:
    """What an own rule asks. ``applies_to`` is a query, selectors, or nothing: only offenders are judged then."""

    offenders: str
    applies_to: str | tuple[str, ...] | None
    unknown: str | None
    title: str
    fix: str


@dataclass(frozen=True, slots=True)
class _Row:
    element: str
    columns: Mapping[str, Any]


def judge(queries: Queries, context: Context) -> Iterator[Conclusion]:
    """Fail the offenders, be unknown about the undecided, and pass the others that the rule applies to.

    Raises ``ValueError`` for an answer that names no element or flow, and
    :class:`~archgraph.query.errors.QueryError` for a query that is refused or stopped.
    """
    population = _population(queries, context)
    if population is not None and not population:
        return
    offenders = _by_element(_ask(queries.offenders, context))
    undecided = _by_element(_ask(queries.unknown, context)) if queries.unknown else {}
    for id_ in population if population is not None else {**offenders, **undecided}:
        subject = _subject(context.model, id_)
        if isinstance(subject, Element) and subject.external:
            continue
        if id_ in offenders:
            rows = offenders[id_]
            message = _first(rows, "message") or f"does not hold: {queries.title}"
            evidence = _evidence(rows) or ("the query of the rule finds it",)
            yield failed(subject, message, evidence=evidence, fix=_first(rows, "fix") or queries.fix)
        elif id_ in undecided:
            rows = undecided[id_]
            missing = tuple(dict.fromkeys(text for row in rows for text in _texts(row.columns.get("missing"))))
            message = _first(rows, "message") or "the model does not say enough"
            yield unknown(subject, message, missing=missing or (id_,), evidence=_evidence(rows))
        else:
            yield passed(subject, queries.title)


def _population(queries: Queries, context: Context) -> list[str] | None:
    if queries.applies_to is None:
        return None
    if isinstance(queries.applies_to, str):
        return list(_by_element(_ask(queries.applies_to, context)))
    return select(context.model, queries.applies_to)


def _ask(text: str, context: Context) -> list[_Row]:
    parameters = {name: list(v) if isinstance(v, tuple) else v for name, v in context.parameters.items()}
    answer = context.store.query(text, parameters, limit=MOST_ROWS)
    if answer.truncated:
        raise ValueError(f"the query answers more than {MOST_ROWS} rows")
    return [_row(answer, values) for values in answer.rows]


def _row(answer: Result, values: Sequence[Any]) -> _Row:
    columns = dict(zip(answer.columns, values, strict=True))
    element = columns.get("element")
    id_ = element if isinstance(element, str) else getattr(element, "id", None)
    if not isinstance(id_, str):
        raise ValueError(f"the column 'element' holds {element!r:.60} instead of an id or a node")
    return _Row(id_, columns)


def _by_element(rows: Sequence[_Row]) -> dict[str, list[_Row]]:
    groups: dict[str, list[_Row]] = {}
    for row in rows:
        groups.setdefault(row.element, []).append(row)
    return groups


def _subject(model: Model, id_: str) -> Element | Flow:
    subject = model.elements.get(ElementId(id_)) or model.flows.get(FlowId(id_))
    if subject is None:
        raise ValueError(f"the query names {id_!r:.80}, which is no element or flow of the model")
    return subject


def _first(rows: Sequence[_Row], column: str) -> str | None:
    return next((str(row.columns[column]) for row in rows if row.columns.get(column)), None)


def _evidence(rows: Sequence[_Row]) -> tuple[str, ...]:
    """The sentences of all rows, and what other columns say, each once."""
    found: dict[str, None] = {}
    for row in rows:
        found.update(dict.fromkeys(_texts(row.columns.get("evidence"))))
        for name, value in row.columns.items():
            if name not in SPOKEN and value is not None:
                found[f"{name}: {', '.join(_texts(value))}"] = None
    return tuple(found)


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, (list, tuple)):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [str(getattr(value, "id", value))]
