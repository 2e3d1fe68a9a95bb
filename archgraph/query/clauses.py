"""Clauses: MATCH, UNWIND, WITH, CALL { } and RETURN, in the order in which they may stand."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NoReturn

from archgraph.query.cursor import MAXIMUM_UNIONS, NAME_KINDS, Role, keywords
from archgraph.query.expressions import Expressions
from archgraph.query.functions import AGGREGATES
from archgraph.query.tokens import Kind, Token
from archgraph.source.diagnostics import did_you_mean

READING = ("MATCH", "OPTIONAL", "UNWIND", "WITH", "CALL", "RETURN")
WRITING = keywords(
    """CREATE MERGE SET DELETE DETACH NODETACH REMOVE FOREACH INSERT DROP ALTER RENAME GRANT DENY
    REVOKE"""
)
ADMINISTRATION = keywords("EXPLAIN PROFILE SHOW TERMINATE START STOP USING CYPHER FORMAT FINISH FOR")


ALIKE_FOR_KGLITE = keywords("IN STARTS ENDS CONTAINS IS CASE EXISTS COUNT NOT =~ |")


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns that a query returns, and whether it orders its rows."""

    columns: tuple[str, ...]
    ordered: bool


class Clauses(Expressions):
    def query(self) -> Shape:
        """A whole query, to the end of the text."""
        if self.at_end():
            self.refuse("empty", "there is no query", hint="write MATCH (n) RETURN n.id")
        shape = self._union({})
        ended = self.take(";")
        if not self.at_end():
            if ended:
                hint = "run one query at a time"
                self.refuse("several-statements", "a second statement after ';'", hint=hint)
            self._refuse_clause()
        return shape

    def existence(self, word: Token) -> None:
        self.expect("{")
        with self.inside(), self.local():
            if not self.at_word("MATCH"):
                self.match_patterns()
            while self.take_word("MATCH"):
                self.match_patterns()
                if self.at_word("WHERE"):
                    break
            if self.take_word("WHERE"):
                self.where()
            if self.at_word("RETURN", "WITH", "UNWIND", "CALL", "UNION", "OPTIONAL"):
                hint = f"{word.value} {{ MATCH ... WHERE ... }} needs no {self.token.value}"
                self.refuse("clause-order", f"{self.token.value} inside {word.value} {{ }}", hint=hint)
            if self.token.kind is Kind.WORD:
                self._refuse_clause()
        self.expect("}")

    def _union(self, imports: dict[str, Role]) -> Shape:
        """Queries joined by UNION. ``imports`` are the variables that each may name at its start."""
        shape = self._single(imports)
        kinds = set()
        while self.at_word("UNION"):
            token = self.advance()
            self.unions += 1
            if self.unions > MAXIMUM_UNIONS:
                self.refuse("too-deep", f"more than {MAXIMUM_UNIONS} UNIONs in one query", token)
            kinds.add(self.take_word("ALL", "DISTINCT") or "DISTINCT")
            other = self._single(imports)
            if other.columns != shape.columns:
                left, right = ", ".join(shape.columns), ", ".join(other.columns)
                hint = "give the columns the same names with AS"
                self.refuse("union-columns", f"UNION joins the columns {left} and {right}", token, hint)
            if len(kinds) > 1:
                self.refuse("union-columns", "UNION and UNION ALL cannot be mixed", token)
            shape = Shape(shape.columns, ordered=False)
        return shape

    def _single(self, imports: dict[str, Role]) -> Shape:
        """One query up to its RETURN, in a scope of its own."""
        with self.local(dict(imports)):
            while not self.at_word("RETURN"):
                self._clause()
            self.advance()
            return self._return()

    def _clause(self) -> None:
        word = self.take_word("OPTIONAL", "MATCH", "UNWIND", "WITH", "CALL")
        if word == "OPTIONAL":
            self.expect_word("MATCH")
            word = "MATCH"
        if word == "MATCH":
            self.match_patterns()
            if self.take_word("WHERE"):
                self.where()
        elif word == "UNWIND":
            with self.inside():
                role = self.expression()
            self.expect_word("AS")
            self._new_variable(role.one)
        elif word == "WITH":
            self._with()
        elif word == "CALL":
            self._call()
        else:
            self._refuse_clause()

    def _with(self) -> None:
        columns = self._projection_body(named=True)
        scope = dict(columns)
        with self.local({**self.scope, **scope}):
            self._order()
        self.scope.clear()
        self.scope.update(scope)
        if self.take_word("WHERE"):
            self.where()

    def _return(self) -> Shape:
        columns = self._projection_body(named=False)
        with self.local({**self.scope, **columns}):
            ordered = self._order()
        return Shape(tuple(columns), ordered)

    def _projection_body(self, *, named: bool) -> dict[str, Role]:
        """``[DISTINCT] item, ...`` as columns with their roles."""
        self.take_word("DISTINCT")
        columns: dict[str, Role] = {}
        if self.at("*"):
            star = self.advance()
            if not self.scope:
                self.refuse("syntax", "'*' means every variable, and there is none", star)
            columns.update(sorted(self.scope.items()))
            written = ", ".join(f"`{name.replace('`', '``')}`" for name in columns)
            self.respell(star, written)
            if not self.take(","):
                return columns
        while True:
            self._item(columns, named)
            if not self.take(","):
                return columns

    def _item(self, columns: dict[str, Role], named: bool) -> None:
        start, first = self.token, self.index
        with self.inside(aggregates=True):
            role = self.expression()
        last = self.tokens[self.index - 1]
        written = " ".join(self.source.text[start.start : last.end].split())
        if self.take_word("AS"):
            name = self.name("a name for the column")
        elif start is last and start.kind in NAME_KINDS:
            name = start.value
        elif named:
            self.refuse("missing-alias", f"'{written[:60]}' needs a name", start, "write AS and a name after it")
        else:
            name = written
            self._name_for_engines(first, name)
        if name in columns:
            self.refuse("duplicate-column", f"two columns are called '{name[:60]}'", start, "rename one with AS")
        columns[name] = role

    def _name_for_engines(self, first: int, name: str) -> None:
        """kglite thinks of two conditions, or two CASEs, as columns of one name."""
        item = [token for token in self.tokens[first : self.index] if token.kind is not Kind.TEXT]
        aggregated = any(a.value.lower() in AGGREGATES and b.value == "(" for a, b in pairwise(item))
        if not aggregated and any(token.value.upper() in ALIKE_FOR_KGLITE for token in item):
            last = self.tokens[self.index - 1]
            self.respell(last, f"{self.spelling(last)} AS `{name.replace('`', '``')}`")

    def _order(self) -> bool:
        ordered = False
        if self.take_word("ORDER"):
            ordered = True
            self.expect_word("BY")
            while True:
                with self.inside(aggregates=True):
                    self.expression()
                self.take_word("ASC", "ASCENDING", "DESC", "DESCENDING")
                if not self.take(","):
                    break
        for word in ("SKIP", "LIMIT"):
            if self.take_word(word):
                self._row_count(word)
        return ordered

    def _row_count(self, word: str) -> None:
        if self.token.kind is Kind.INTEGER:
            self.advance()
        elif self.token.kind is Kind.PARAMETER:
            self.expression()
        else:
            self.unexpected(f"a number of rows after {word}")

    def _call(self) -> None:
        if not self.at("{", "("):
            hint = "CALL { MATCH ... RETURN ... } is allowed"
            self.refuse("procedure", "procedures are not part of the language", hint=hint)
        outer = self.scope
        imports: dict[str, Role] = {}
        written = self.at("(")
        if self.take("("):
            imports = self._imports()
        self.expect("{")
        with self.inside(), self.local({}):
            legacy = not written and self.at_word("WITH")
            shape = self._importing_union(outer) if legacy else self._union(imports)
        self.expect("}")
        for column in shape.columns:
            if column in outer:
                self.refuse("duplicate-column", f"CALL {{ }} returns '{column[:60]}', which is known outside")
            outer[column] = Role.VALUE

    def _imports(self) -> dict[str, Role]:
        """The variables in ``CALL (a, b) {``."""
        imports: dict[str, Role] = {}
        if self.at("*"):
            hint = "name the variables: CALL (a, b) { ... }"
            self.refuse("syntax", "CALL (*) is not the same everywhere", hint=hint)
        for _ in self.items(")"):
            token = self.token
            name = self.name("a variable")
            if name not in self.scope:
                self.unknown("unknown-variable", "variable", token, self.scope)
            imports[name] = self.scope[name]
        self.expect(")")
        return imports

    def _importing_union(self, outer: dict[str, Role]) -> Shape:
        """``CALL { WITH a, b ... }``: a first WITH of plain variables takes them from outside."""
        self.advance()
        imports: dict[str, Role] = {}
        while True:
            token = self.token
            name = self.name("a variable")
            if name not in outer:
                self.unknown("unknown-variable", "variable", token, outer)
            imports[name] = outer[name]
            if not self.take(","):
                break
        if self.at_word("AS", "WHERE", "ORDER", "SKIP", "LIMIT") or self.at(".", "["):
            hint = "write a second WITH after it"
            self.refuse("syntax", "the first WITH of CALL { } names plain variables only", hint=hint)
        shape = self._single(imports)
        if self.at_word("UNION"):
            self.refuse("syntax", "UNION inside CALL { WITH ... }", hint="write CALL (a, b) { ... UNION ... }")
        return shape

    def _new_variable(self, role: Role) -> None:
        token = self.token
        name = self.name("a variable")
        if name in self.scope:
            self.refuse("variable-kind", f"'{name[:60]}' is known already", token, "use another name")
        self.scope[name] = role

    def _refuse_clause(self) -> NoReturn:
        """Say what is wrong with what stands where a clause should begin."""
        token = self.token
        word = token.value.upper() if token.kind is Kind.WORD else ""
        if word in WRITING:
            hint = "change the model; the graph is built from it"
            self.refuse("write-clause", f"{word} writes, and a query only reads", hint=hint)
        if word == "LOAD":
            self.refuse("load-csv", "LOAD CSV reads files, and a query reads the graph only")
        if word == "USE":
            self.refuse("use-graph", "USE names a database; a query runs on one model's graph")
        if word in ADMINISTRATION:
            self.refuse("administration", f"{word} is not part of reading the graph")
        if self.at_end() or self.at(";"):
            hint = "write RETURN and what you want to know"
            self.refuse("clause-order", "the query ends without RETURN", hint=hint)
        if word in READING:
            self.refuse("clause-order", f"{word} cannot stand here", hint="RETURN is the last clause")
        near = did_you_mean(token.value, READING) if word else None
        hint = near or f"clauses are {', '.join(READING)}"
        self.refuse("syntax", f"expected a clause, found '{self.text_of(token)[:40]}'", hint=hint)
