"""Functions, and the lists and comprehensions that bind variables of their own."""

from __future__ import annotations

from abc import abstractmethod

from archgraph.query.cursor import NAME_KINDS, Role
from archgraph.query.functions import AGGREGATES, FUNCTIONS, PREDICATES, REFUSED, SPELLING
from archgraph.query.patterns import Patterns
from archgraph.query.tokens import Kind, Token
from archgraph.source.diagnostics import did_you_mean


class Calls(Patterns):
    @abstractmethod
    def where(self, *, bar: bool = False) -> None:
        """Read the condition after WHERE; ``bar`` if ``|`` ends it."""

    def call(self) -> Role:
        """A function with its arguments; the name being next."""
        token = self.token
        name = token.value.lower()
        if name in AGGREGATES:
            return self._aggregate()
        if name in PREDICATES:
            return self._quantifier()
        if name == "reduce":
            return self._reduce()
        if name == "exists" and self._pattern_argument():
            return Role.VALUE
        if name == "date" and self.ahead(2).value == ")":
            hint = "pass the day: date('2026-10-31') or date($today)"
            self.refuse("not-deterministic", "date() without a day is today", token, hint)
        if name in REFUSED:
            code, hint = REFUSED[name]
            self.refuse(code, f"the function {token.value}() is not part of the language", token, hint)
        if name not in FUNCTIONS:
            hint = did_you_mean(token.value, SPELLING) or "docs/cypher.md lists the functions"
            self.refuse("unknown-function", f"the function '{token.value[:60]}' is not known", token, hint)
        self.advance()
        roles = self._arguments(token, *FUNCTIONS[name])
        if name in ("startnode", "endnode") and not self.at("."):
            hint = f"write {token.value}(r).id"
            self.refuse("start-node-value", f"{token.value}() alone is not read everywhere", token, hint)
        return _result(name, roles)

    def _arguments(self, token: Token, fewest: int, most: int) -> list[Role]:
        self.expect("(")
        roles: list[Role] = []
        with self.inside(aggregates=self.context.aggregates):
            for _ in self.items(")"):
                roles.append(self.expression())
        self.expect(")")
        if not fewest <= len(roles) <= most:
            wanted = str(fewest) if fewest == most else f"{fewest} to {most}"
            self.refuse("argument-count", f"{token.value}() takes {wanted} arguments, not {len(roles)}", token)
        return roles

    def _aggregate(self) -> Role:
        token = self.advance()
        if not self.context.aggregates:
            hint = "aggregate in a WITH, then use its result"
            self.refuse("aggregate-place", f"{token.value}() cannot stand here", token, hint)
        self.expect("(")
        if token.value.lower() == "count" and self.take("*"):
            role = Role.VALUE
        else:
            self.take_word("DISTINCT")
            with self.inside():
                role = self.expression()
        self.expect(")")
        return role.many if token.value.lower() == "collect" else Role.VALUE

    def _quantifier(self) -> Role:
        self.advance()
        self.expect("(")
        with self.local():
            self._iteration()
            self.expect_word("WHERE")
            self.where()
        self.expect(")")
        return Role.VALUE

    def _reduce(self) -> Role:
        self.advance()
        self.expect("(")
        with self.local(), self.inside():
            accumulator = self.name("a variable")
            self.expect("=")
            self.expression()
            self.expect(",")
            self._iteration(("|",))
            self.scope[accumulator] = Role.VALUE
            self.expect("|")
            self.expression()
        self.expect(")")
        return Role.VALUE

    def _iteration(self, ends: tuple[str, ...] = ()) -> None:
        """``x IN list``: binds the variable to the items."""
        variable = self.name("a variable")
        self.expect_word("IN")
        with self.inside(bar=bool(ends)):
            role = self.expression()
        self.scope[variable] = role.one

    def _pattern_argument(self) -> bool:
        """``exists((a)--(b))``, read whole if that is what is next."""
        self.index += 2
        if self.at("(") and self.pattern_ahead():
            self.pattern(new=False)
            self.expect(")")
            return True
        self.index -= 2
        return False

    def list_value(self) -> Role:
        """A list, a list comprehension or a pattern comprehension."""
        self.advance()
        if self.token.kind in NAME_KINDS and self.ahead().value.upper() == "IN" and self.ahead().kind is Kind.WORD:
            return self._comprehension()
        named = self.token.kind in NAME_KINDS and self.ahead().value == "=" and self.ahead(2).value == "("
        if named or (self.at("(") and self.pattern_ahead()):
            return self._pattern_comprehension(named)
        roles = set()
        with self.inside(aggregates=self.context.aggregates):
            for _ in self.items("]"):
                roles.add(self.expression())
        self.expect("]")
        return roles.pop().many if len(roles) == 1 else Role.VALUE

    def _comprehension(self) -> Role:
        with self.local():
            token = self.token
            self._iteration(("|",))
            role = self.scope[token.value]
            if self.take_word("WHERE"):
                self.where(bar=True)
            if self.take("|"):
                with self.inside():
                    role = self.expression()
        self.expect("]")
        return role.many

    def _pattern_comprehension(self, named: bool) -> Role:
        with self.local():
            if named:
                self.scope[self.name("a name for the path")] = Role.PATH
                self.expect("=")
            if not self.pattern(new=True):
                self.unexpected("a relationship")
            if self.take_word("WHERE"):
                self.where(bar=True)
            self.expect("|")
            with self.inside():
                role = self.expression()
        self.expect("]")
        return role.many


def _result(name: str, roles: list[Role]) -> Role:
    if name in _ROLES:
        return _ROLES[name]
    if name in ("head", "last"):
        return roles[0].one
    return roles[0] if name in ("tail", "reverse", "coalesce") else Role.VALUE


_ROLES = {
    "nodes": Role.NODES,
    "relationships": Role.RELATIONSHIPS,
    "startnode": Role.NODE,
    "endnode": Role.NODE,
}
