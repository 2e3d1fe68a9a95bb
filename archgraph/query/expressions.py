"""Expressions: everything that has a value, from ``n.id`` to ``[(a)-[:CALLS]->(b) | b.id]``."""

from __future__ import annotations

from abc import abstractmethod

from archgraph.query.calls import Calls
from archgraph.query.cursor import NAME_KINDS, Role, keywords
from archgraph.query.tokens import Kind, Token
from archgraph.source.diagnostics import did_you_mean

COMPARISONS = ("=", "<>", "<", ">", "<=", ">=", "=~")
NOT_A_VALUE = keywords(
    """AND AS ASC ASCENDING BY CALL CONTAINS CREATE DELETE DESC DESCENDING DETACH ELSE END ENDS IN IS LIMIT
    MATCH MERGE NOT OPTIONAL OR ORDER REMOVE RETURN SET SKIP STARTS THEN UNION UNWIND WHEN WHERE WITH XOR
    YIELD"""
)


class Expressions(Calls):
    @abstractmethod
    def existence(self, word: Token) -> None:
        """Read the braces of ``EXISTS { }`` or ``COUNT { }``."""

    def expression(self) -> Role:
        """Read one expression; what it holds, as far as the text tells."""
        role = self._condition()
        for _ in self.chain(words=("OR", "XOR", "AND")):
            self._condition()
            role = Role.VALUE
        return role

    def where(self, *, bar: bool = False) -> None:
        with self.inside(patterns=True, bar=bar):
            self.expression()

    def _condition(self) -> Role:
        """Comparisons, possibly negated. Only one comparison in a row means the same everywhere."""
        for _ in self.chain(words=("NOT",)):
            pass
        role = self._sum()
        if self.at("|", "&") and not self.context.bar:
            hint = "write n:A OR n:B, n:A AND n:B"
            self.refuse("label-expression", "labels combine like this in patterns only", hint=hint)
        compared = False
        while operator := self._comparison():
            if compared:
                hint = "join comparisons with AND, or set parentheses"
                self.refuse("chained-comparison", "a second comparison in a row", operator, hint)
            compared, role = True, Role.VALUE
        return role

    def _comparison(self) -> Token | None:
        """One operator and its right side, if one is next; the operator."""
        operator = self.token
        if self.at(*COMPARISONS):
            self.advance()
            self._sum()
        elif self.take_word("IN", "CONTAINS"):
            self._sum()
        elif self.take_word("STARTS", "ENDS"):
            self.expect_word("WITH")
            self._sum()
        elif self.take_word("IS"):
            self.take_word("NOT")
            if not self.take_word("NULL"):
                self.unexpected("NULL")
        elif self.at("!"):
            self.refuse("syntax", "'!=' is not Cypher", hint="write <>")
        else:
            return None
        return operator

    def _sum(self) -> Role:
        """Arithmetic; operators differ in strength, which changes the value but not the form."""
        role = self._factor()
        for _ in self.chain("+", "-", "*", "/", "%", "^"):
            other = self._factor()
            role = role if role is other else Role.VALUE
        return role

    def _factor(self) -> Role:
        for _ in self.chain("-"):
            pass
        if self.at("+"):
            self.refuse("syntax", "a sign '+' before a value is not read everywhere", hint="leave it out")
        start = self.index
        role = self._atom()
        variable = self.index == start + 1 and self.tokens[start].kind in NAME_KINDS
        if variable and role in (Role.NODE, Role.VALUE) and self.at(":"):
            self.labels(either=False)
            return Role.VALUE
        for sign in self.chain(".", "["):
            role = self._property(role) if sign == "." else self._index(role)
        return role

    def _property(self, role: Role) -> Role:
        token = self.token
        self.name("a property name")
        if self.at("("):
            self.refuse("unportable-function", "functions with dots in their names are not the same everywhere")
        self.check_property(role, token)
        return Role.VALUE

    def _index(self, role: Role) -> Role:
        """``index]`` or ``from..to]``, after the bracket."""
        with self.inside(aggregates=self.context.aggregates):
            token = self.token
            if token.kind is Kind.TEXT:
                key = Token(Kind.WORD, token.value[1:-1], token.start, token.end)
                self.check_property(role, key)
            sliced = self.at("..")
            if not sliced:
                self.expression()
            if self.take(".."):
                sliced = True
                if not self.at("]"):
                    self.expression()
        self.expect("]")
        return role if sliced else role.one

    def _atom(self) -> Role:
        token = self.token
        if token.kind in (Kind.INTEGER, Kind.FLOAT, Kind.TEXT):
            self.advance()
            return Role.VALUE
        if token.kind is Kind.PARAMETER:
            return self._parameter()
        if self.at("("):
            return self._parenthesis()
        if self.at("["):
            return self.list_value()
        if self.at("{"):
            self.map_literal()
            return Role.VALUE
        if token.kind is Kind.WORD:
            return self._word()
        if token.kind is Kind.QUOTED:
            return self._variable_value()
        self.unexpected("a value")

    def _parameter(self) -> Role:
        token = self.advance()
        if token.value not in self.names.parameters:
            near = did_you_mean(token.value, sorted(self.names.parameters))
            hint = near or f"pass it with --param {token.value}=VALUE"
            self.refuse("missing-parameter", f"the parameter ${token.value} has no value", token, hint)
        return Role.VALUE

    def _parenthesis(self) -> Role:
        if self.pattern_ahead():
            if not self.context.patterns:
                hint = "write EXISTS { (a)-[:TYPE]->(b) }, or COUNT { ... } for how many"
                self.refuse("pattern-place", "a pattern is a condition, not a value", hint=hint)
            self.pattern(new=False)
            return Role.VALUE
        self.advance()
        with self.inside(aggregates=self.context.aggregates, patterns=self.context.patterns):
            role = self.expression()
        self.expect(")")
        return role

    def _word(self) -> Role:
        token, word = self.token, self.token.value.upper()
        following = self.ahead().value if self.ahead().kind is Kind.SIGN else ""
        if word in ("TRUE", "FALSE", "NULL") and token.value not in self.scope:
            self.advance()
            return Role.VALUE
        if word == "CASE" and following not in (".", ")", ","):
            return self._case()
        if following == "{" and word in ("EXISTS", "COUNT"):
            self.existence(self.advance())
            return Role.VALUE
        if following == "{" and word == "COLLECT":
            self.refuse("collect-subquery", "COLLECT { } is not the same everywhere", hint="write [(a)--(b) | b.id]")
        if following == "(":
            return self.call()
        if word in NOT_A_VALUE and token.value not in self.scope:
            self.unexpected("a value")
        return self._variable_value()

    def _variable_value(self) -> Role:
        token = self.token
        name = self.name("a variable")
        if name not in self.scope:
            if self.at("."):
                self._refuse_dotted(token)
            self.unknown("unknown-variable", "variable", token, self.scope)
        role = self.scope[name]
        if self.at("{"):
            self._projection(role, token)
            return Role.VALUE
        return role

    def _refuse_dotted(self, token: Token) -> None:
        """``apoc.text.join(...)``, ``duration.between(...)``: a function, not an unknown variable."""
        steps = 0
        while self.ahead(steps).value == "." and self.ahead(steps + 1).kind in NAME_KINDS:
            steps += 2
        if self.ahead(steps).value == "(" and self.ahead(steps).kind is Kind.SIGN:
            message = "functions with dots in their names are not the same everywhere"
            self.refuse("unportable-function", message, token)

    def _projection(self, role: Role, token: Token) -> None:
        if role is not Role.NODE:
            hint = "write properties(r), or a map: {name: r.name}"
            self.refuse("map-projection", f"'{token.value}' is not known to be a node", token, hint)
        self.expect("{")
        with self.inside(aggregates=self.context.aggregates):
            for _ in self.items("}"):
                key = self.token
                if self.take("."):
                    key = self.token
                    if not self.take("*"):
                        self.name("a property name")
                        self.check_property(role, key)
                    continue
                self.name("a name")
                if not self.take(":"):
                    hint = f"write {key.value}: {key.value}"
                    self.refuse("map-projection", "a variable alone is not read everywhere", key, hint)
                self.expression()
        self.expect("}")

    def _case(self) -> Role:
        self.advance()
        outer = self.context
        with self.inside(aggregates=outer.aggregates):
            subject = not self.at_word("WHEN")
            if subject:
                self.expression()
            if not self.at_word("WHEN"):
                self.unexpected("WHEN")
            while self.take_word("WHEN"):
                with self.inside(aggregates=outer.aggregates, patterns=not subject):
                    self.expression()
                self.expect_word("THEN")
                self.expression()
            if self.take_word("ELSE"):
                self.expression()
            self.expect_word("END")
        return Role.VALUE
