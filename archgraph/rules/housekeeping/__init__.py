"""Housekeeping: rules about the waivers and attestations themselves. They run last and cannot be waived."""

from archgraph.rules.housekeeping import attestations, waivers

__all__ = ["attestations", "waivers"]
