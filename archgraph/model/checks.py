"""Contradictions with how AWS works that span several elements, or several settings of one.

What concerns one property alone (a /29 VPC, an unknown volume type) is in the catalogue. Fixed limits
are errors, since such a model cannot be built; what AWS only advises against is left to the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set

from archgraph.model import network_checks, service_checks
from archgraph.model.model import ElementId, Model
from archgraph.model.problem import Problem
from archgraph.source.diagnostics import Diagnostics, Location

CHECKS: tuple[Callable[[Model], Iterable[Problem]], ...] = (
    network_checks.subnets_lie_in_their_vpc,
    network_checks.subnets_do_not_overlap,
    network_checks.one_internet_gateway_each,
    network_checks.zones_belong_to_the_region,
    network_checks.subnets_are_in_zones_enough,
    network_checks.network_parts_share_a_vpc,
    network_checks.rule_numbers_are_unique,
    service_checks.certificates_are_where_they_are_used,
    service_checks.keys_are_in_the_same_region,
    service_checks.web_acls_have_the_right_scope,
    service_checks.capacity_is_in_order,
    service_checks.settings_do_not_contradict,
)


def check(model: Model, diagnostics: Diagnostics, damaged: Set[ElementId] = frozenset()) -> None:
    """Report every contradiction in the model.

    ``damaged`` elements are those of which something was reported and left out: nothing is concluded
    about them. What one written value leads to (in a pattern that is used often, say) is reported once.
    """
    reported: set[tuple[str, Location]] = set()
    for find in CHECKS:
        for problem in find(model):
            key = (problem.code, problem.at)
            if key not in reported and damaged.isdisjoint(problem.elements):
                reported.add(key)
                diagnostics.add(problem.code, problem.message, problem.at, problem.hint)
