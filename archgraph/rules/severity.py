"""How the context changes a severity: what matters in production may matter less elsewhere."""

from __future__ import annotations

import re

from archgraph.model.model import Element, ElementId, Flow
from archgraph.rules.results import Severity
from archgraph.rules.rule import Adjust, Adjusted, Context, Subject

PRODUCTION = frozenset({"prod", "production", "live", "prd"})
"""How people call the environment that users depend on; any other stated name is another one."""


def is_production(environment: str | None) -> bool:
    """Whether an environment is production, by itself or in a place: ``prod``, ``prod-eu``, ``live_blue``."""
    words = frozenset(re.split(r"[^a-z0-9]+", environment.lower())) if environment else frozenset()
    return not words.isdisjoint(PRODUCTION) and words.isdisjoint(_BEFORE_PRODUCTION)


_BEFORE_PRODUCTION = frozenset({
    "non", "not", "no", "pre", "like", "dev", "development", "test", "testing", "qa", "uat", "stage", "staging",
    "sandbox", "demo",
})  # fmt: skip
"""Words that make another environment of the word production: ``non-prod``, ``pre-production``."""


def lowered_outside_production(to: Severity) -> Adjust:
    """Lower a severity where the environment is stated and is not production."""

    def adjust(context: Context, subject: Subject, severity: Severity) -> Adjusted | None:
        environment = _environment(context, subject)
        if environment is None or is_production(environment) or to.rank >= severity.rank:
            return None
        return Adjusted(to, f"its environment is {environment}")

    return adjust


def _environment(context: Context, subject: Subject) -> str | None:
    """The environment of an element; of a flow that of its source, or of its target if users send it."""
    if isinstance(subject, Flow):
        source = context.model.elements[ElementId(subject.source)]
        subject = source if source.environment else context.model.elements[ElementId(subject.target)]
    return subject.environment if isinstance(subject, Element) else None
