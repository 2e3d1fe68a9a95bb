"""Patterns: ``(a:Vpc)<-[:LOCATED_IN*1..3]-(b {id: $id})``."""

from __future__ import annotations

from abc import abstractmethod
from itertools import pairwise
from typing import NoReturn

from archgraph.query.cursor import NAME_KINDS, Cursor, Role
from archgraph.query.tokens import Kind, Token

MAXIMUM_HOPS = 100
SHORTEST = ("SHORTESTPATH", "ALLSHORTESTPATHS")
STATED_BY_EVERY_NODE = frozenset({"id", "type", "title", "name"})
NODE_ENGINE_PROPERTIES = frozenset({"label", "node_type"})


class Patterns(Cursor):
    @abstractmethod
    def expression(self) -> Role:
        """Read an expression; patterns hold them as property values."""

    def match_patterns(self) -> None:
        """The patterns of a MATCH, joined by commas."""
        start = self.token
        count = shortest = 0
        while True:
            count += 1
            shortest += self._match_pattern()
            if not self.take(","):
                break
        if shortest and count > 1:
            hint = "give shortestPath() a MATCH of its own, after the one that finds its two ends"
            self.refuse("shortest-path-place", "shortestPath() stands beside other patterns", start, hint)

    def pattern(self, *, new: bool) -> int:
        """One chain of nodes and relationships; the number of relationships.

        ``new`` says whether it may name new variables, as in MATCH, or only known ones, as in a condition.
        """
        self._node(new)
        count = 0
        while self.at("-", "<"):
            self._relationship(new)
            self._node(new)
            count += 1
        if self.at("(", "{", "+", "*"):
            self._refuse_quantifier()
        return count

    def pattern_ahead(self) -> bool:
        """Whether the parenthesis that is next opens a pattern, not an expression."""
        depth, index = 0, self.index
        while index < len(self.tokens) - 1:
            token = self.tokens[index]
            if token.kind is Kind.SIGN and token.value in "()":
                depth += 1 if token.value == "(" else -1
                if depth == 0:
                    break
            index += 1
        after = "".join(token.value if token.kind is Kind.SIGN else "x" for token in self.tokens[index + 1 : index + 4])
        return after.startswith(("-[", "<-[", "--(", "-->", "<--"))

    def map_literal(self, role: Role = Role.VALUE) -> set[str]:
        """``{name: value, ...}``, its names; as the properties of a pattern ``role`` says of what."""
        names = set()
        self.expect("{")
        with self.inside(aggregates=self.context.aggregates and role is Role.VALUE):
            for _ in self.items("}"):
                key = self.token
                names.add(self.name("a property name"))
                self.check_property(role, key)
                self.expect(":")
                self.expression()
        self.expect("}")
        return names

    def labels(self, *, either: bool) -> str:
        """``:A:B``, and in patterns ``:A|B``, the colon being next; the signs between them."""
        signs = ""
        while self.at(":", "|"):
            if self.at("|") and not either:
                break
            signs += self.advance().value
            if self.at("!", "(", "%", ":"):
                hint = "write :A:B for both, :A|B for either, WHERE NOT n:A for neither"
                self.refuse("label-expression", "labels combine with ':' and '|' only", hint=hint)
            token = self.token
            if self.name("a label") not in self.names.labels:
                self.unknown("unknown-label", "label", token, self.names.labels)
            if self.at("&"):
                self.refuse("label-expression", "'&' between labels is not read everywhere", hint="write :A:B")
        if "|" in signs and ":" in signs[1:]:
            self.refuse("label-expression", "':A:B' and ':A|B' cannot be mixed", hint="use WHERE n:A AND n:B")
        return signs

    def check_property(self, role: Role, token: Token) -> None:
        """Refuse a property that only one engine makes up."""
        if role is Role.NODE and token.value in NODE_ENGINE_PROPERTIES:
            hint = "write n.type, n.title or labels(n)"
            self.refuse("engine-property", f"elements have no property '{token.value}'", token, hint)
        if role is Role.RELATIONSHIP and token.value in ("start", "end", "connection_type"):
            hint = "write startNode(r).id, endNode(r).id or type(r)"
            self.refuse("engine-property", f"relationships have no property '{token.value}'", token, hint)

    def _match_pattern(self) -> int:
        """One pattern of a MATCH; 1 if it is a shortest path."""
        named = self.token.kind in NAME_KINDS and self.ahead().value == "=" and self.ahead().kind is Kind.SIGN
        if named:
            token = self.token
            self.bind(token, self.name("a name for the path"), Role.PATH)
            self.expect("=")
        if self.at_word(*SHORTEST):
            self._shortest()
            return 1
        if self.at_word("SHORTEST", "ANY", "ALL"):
            hint = "write p = shortestPath((a)-[*..10]-(b))"
            self.refuse("shortest-k", f"'{self.token.value}' is not the same everywhere", hint=hint)
        if self.at("(") and self.ahead().value == "(" and self.ahead().kind is Kind.SIGN:
            self._refuse_quantifier()
        if not self.at("("):
            self.unexpected("a pattern, like (n:Vpc)")
        self.pattern(new=True)
        return 0

    def _shortest(self) -> None:
        word = self.advance()
        self.expect("(")
        first = self.index
        if self.pattern(new=True) != 1:
            message = f"{word.value}() takes one relationship between two nodes"
            self.refuse("shortest-path-place", message, word)
        for star, low in pairwise(self.tokens[first : self.index]):
            if star.value == "*" and low.kind is Kind.INTEGER and int(low.value) > 1:
                self.refuse("hop-limit", f"{word.value}() begins with one hop", low, "write *1..n or *..n")
        self.expect(")")

    def _node(self, new: bool) -> None:
        self.expect("(")
        if self.token.kind in (*NAME_KINDS, Kind.PARAMETER) and not self.at_word("WHERE"):
            self._variable(Role.NODE, new)
        if self.at_word("IS"):
            self.refuse("label-expression", "labels are written with ':'", hint="write (n:Vpc)")
        label = self.ahead() if self.at(":") else None
        either = label is not None and "|" in self.labels(either=True)
        names = self._properties(Role.NODE)
        if label is not None and names - STATED_BY_EVERY_NODE:
            # kglite refuses a property that no node of a type has, unless another label comes first:
            # one that every node has, or for alternatives one that no type can have.
            self.respell(label, ("`-`|" if either else "Resource:") + self.spelling(label))
        self.expect(")")

    def _variable(self, role: Role, new: bool) -> None:
        token = self.token
        name = self.name("a variable")
        if not new and name not in self.scope:
            self.unknown("unknown-variable", "a condition cannot name new variables;", token, self.scope)
        self.bind(token, name, role)

    def _properties(self, role: Role) -> set[str]:
        if self.token.kind is Kind.PARAMETER:
            hint = "write {name: $value}"
            self.refuse("parameter-name", "the properties of a pattern cannot be a parameter", hint=hint)
        names = self.map_literal(role) if self.at("{") else set()
        if self.at_word("WHERE"):
            hint = "write the condition in a WHERE after the pattern"
            self.refuse("inline-where", "WHERE stands inside a pattern", hint=hint)
        return names

    def _relationship(self, new: bool) -> None:
        start = self.token
        left = self.take("<")
        self.expect("-")
        if self.take("["):
            variable = self.token
            many = self._detail(new)
            if variable.value in self.scope and many and self.scope[variable.value] is Role.RELATIONSHIP:
                self.scope[variable.value] = Role.RELATIONSHIPS
            self.expect("]")
        self.expect("-")
        if self.take(">") and left:
            hint = "write -[..]- for either direction"
            self.refuse("syntax", "a relationship cannot have two arrows", start, hint)
        if self.at("+", "*", "{"):
            self._refuse_quantifier()

    def _detail(self, new: bool) -> bool:
        """What stands in brackets; whether it is a path of several hops."""
        if self.token.kind in (*NAME_KINDS, Kind.PARAMETER) and not self.at_word("WHERE"):
            self._variable(Role.RELATIONSHIP, new)
        if self.take(":"):
            self._relationship_types()
        many = self.at("*")
        if many:
            self._hops()
        self._properties(Role.RELATIONSHIP)
        return many

    def _relationship_types(self) -> None:
        while True:
            if self.at("!", "(", "%", ":"):
                self.refuse("label-expression", "relationship types combine with '|' only", hint="write :A|B")
            token = self.token
            if self.name("a relationship type") not in self.names.relationships:
                self.unknown("unknown-relationship", "relationship", token, self.names.relationships)
            if self.at("&"):
                self.refuse("label-expression", "a relationship has one type", hint="write :A|B for either")
            if not self.take("|"):
                return

    def _hops(self) -> None:
        star = self.advance()
        low = self._integer()
        high = low
        if self.take(".."):
            high = self._integer()
        if high is None:
            hint = "write an upper bound, like *1..10"
            self.refuse("unbounded-path", "a path without an upper bound", star, hint)
        if high < (low or 0):
            self.refuse("hop-limit", f"a path cannot have at least {low} and at most {high} hops", star)
        if high > MAXIMUM_HOPS or (low or 0) > MAXIMUM_HOPS:
            self.refuse("hop-limit", f"a path of more than {MAXIMUM_HOPS} hops", star)

    def _integer(self) -> int | None:
        if self.token.kind is Kind.PARAMETER:
            hint = "write the number"
            self.refuse("parameter-name", "the bounds of a path cannot be a parameter", hint=hint)
        return int(self.advance().value) if self.token.kind is Kind.INTEGER else None

    def _refuse_quantifier(self) -> NoReturn:
        hint = "write -[:TYPE*1..n]->"
        self.refuse("quantified-path", "quantified paths are not the same everywhere", hint=hint)
