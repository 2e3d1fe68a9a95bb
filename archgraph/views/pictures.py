"""The pictures of a model, by id: the standard ones, those of large places, scenarios, and its own views.

Each kind of picture has a module that chooses what is shown; :mod:`~archgraph.views.compose` groups
it, :mod:`~archgraph.views.fit` folds what is too full. None knows anything about coordinates.
"""

from __future__ import annotations

from collections.abc import Callable

from archgraph.analysis.facts import Facts
from archgraph.model.model import Model
from archgraph.views.compose import Choice, compose
from archgraph.views.data import data
from archgraph.views.fit import MOST_ICONS, fit
from archgraph.views.fold import fullness
from archgraph.views.network import network
from archgraph.views.operations import operations
from archgraph.views.organization import organization
from archgraph.views.overview import everything, without_bystanders
from archgraph.views.own import own_view
from archgraph.views.places import place_views
from archgraph.views.queries import asker
from archgraph.views.scenarios import scenario_choice
from archgraph.views.security import security
from archgraph.views.view import View
from archgraph.views.words import Details, finished

_STANDARD: tuple[Callable[[Model, Facts], Choice | None], ...] = (network, data, security, operations, organization)
"""What is offered beside the overview, where the model has something to show in it."""


def pictures(model: Model, facts: Facts) -> dict[str, View]:
    """All pictures of a model. :class:`~archgraph.views.queries.ViewError` if the query of a view fails.

    The overview comes first, then the other standard pictures, places (if the overview is too full
    to show everything), scenarios, and the model's own views.
    """
    whole = compose(model, facts, everything(model, facts))
    overview = without_bystanders(whole, model)
    views = [fit(overview, model)]
    for choose in _STANDARD:
        choice = choose(model, facts)
        if choice is not None and not _repeats(view := compose(model, facts, choice), overview):
            views.append(fit(view, model))
    places = place_views(whole, views[0], model) if fullness(overview) > MOST_ICONS else []
    views += [place.view for place in places]
    ask = asker(model, facts)
    choices = [scenario_choice(model, facts, scenario) for scenario in model.scenarios.values()]
    choices += [own_view(model, facts, spec, ask) for spec in model.views.values()]
    views += [fit(compose(model, facts, choice), model) for choice in choices]
    details = Details(whole.groups, {place.place: place.view for place in places})
    return {view.id: finished(view, details) for view in views}


def _repeats(view: View, other: View) -> bool:
    """Whether a view shows nothing but what another one shows, and all of it."""
    same_lines = {(e.source, e.target) for e in view.edges} == {(e.source, e.target) for e in other.edges}
    return same_lines and {node.id for node in view.nodes} == {node.id for node in other.nodes}
