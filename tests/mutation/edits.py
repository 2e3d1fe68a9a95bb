"""Small edits of a syntax tree, each of which makes a function mean something else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

ANOTHER = "another"
"""The word that stands in for a word which code looks up."""

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_SWAPPED_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}
_LOOKUPS = frozenset({
    "endswith", "get", "has", "index", "of_type", "pop", "removeprefix", "removesuffix", "setdefault", "split",
    "startswith", "where", "with_name", "with_trait",
})  # fmt: skip
"""Methods whose texts are words that code looks for."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The function that an edit is in, and the lines of which one has run if the edit's place has run."""

    name: str
    returns_bool: bool = False
    first_line: int = 0
    last_line: int = 0


@dataclass(frozen=True, slots=True)
class Edit:
    """Put ``new`` into one field of ``parent``; ``shown`` is the part that a reader sees before and after."""

    scope: Scope
    shown: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    new: object

    @contextmanager
    def applied(self) -> Iterator[None]:
        """The tree with the edit, for as long as the block runs."""
        old = self._put(self.new)
        try:
            yield
        finally:
            self._put(old)

    def _put(self, new: object) -> object:
        if self.index is None:
            old = getattr(self.parent, self.field)
            setattr(self.parent, self.field, new)
        else:
            values = getattr(self.parent, self.field)
            old, values[self.index] = values[self.index], new
        return old

    @property
    def text(self) -> str:
        """What changes, as code: ```a < b` -> `a <= b```."""
        before = ast.unparse(self.shown)
        if isinstance(self.new, (ast.Pass, ast.If)):
            return f"`{before}` removed"
        with self.applied():
            shown = self.new if self.parent is not self.shown and isinstance(self.new, ast.AST) else self.shown
            return f"`{before}` -> `{ast.unparse(shown)}`"


def edits(chunk: ast.stmt) -> Iterator[Edit]:
    """Every edit of the bodies of functions, methods and lambdas in one statement of a module."""
    match chunk:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield from _inside(chunk, name, None)
        case ast.AnnAssign(target=target) | ast.Assign(targets=[target]):
            yield from _inside(chunk, ast.unparse(target), None)
        case _:
            yield from _inside(chunk, "", None)


def _inside(node: ast.AST, name: str, scope: Scope | None) -> Iterator[Edit]:
    for field, value in ast.iter_fields(node):
        if _is_left_alone(node, field):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or isinstance(child, (ast.JoinedStr, ast.Assert)):
                continue
            inner_name, inner = _scope_of(node, field, child, name, scope)
            if inner is not None and not _is_docstring(child):
                for shown, parent, its_field, its_index, new in _changes(child, node, field, index, inner):
                    yield Edit(inner, shown, parent, its_field, its_index, new)
            yield from _inside(child, inner_name, inner)


def _is_left_alone(node: ast.AST, field: str) -> bool:
    """Annotations mean nothing to what runs, and defaults are no part of a function's body."""
    return field in ("annotation", "returns") or (field == "args" and isinstance(node, (ast.FunctionDef, ast.Lambda)))


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _scope_of(node: ast.AST, field: str, child: ast.AST, name: str, scope: Scope | None) -> tuple[str, Scope | None]:
    if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
        name = f"{name}.{child.name}" if name else child.name
    if isinstance(node, ast.FunctionDef) and field == "body":
        scope = Scope(name, isinstance(node.returns, ast.Name) and node.returns.id == "bool")
    if isinstance(node, ast.Lambda) and field == "body":
        assert isinstance(child, ast.expr)
        return name, Scope(name or "lambda", False, child.lineno, child.end_lineno or child.lineno)
    if isinstance(node, ast.ClassDef) and field == "body":
        scope = None
    if scope is not None and isinstance(child, (ast.stmt, ast.match_case)):
        first, last = _lines(child)
        scope = replace(scope, first_line=first, last_line=last)
    return name, scope


def _lines(node: ast.stmt | ast.match_case) -> tuple[int, int]:
    """The first and the last line of a statement; of one that holds others, of what stands before them."""
    if isinstance(node, ast.match_case):
        return node.pattern.lineno, max(node.pattern.lineno, node.body[0].lineno - 1)
    if isinstance(node, ast.Match):
        return node.lineno, max(node.lineno, node.cases[0].pattern.lineno - 1)
    held = getattr(node, "body", None)
    if isinstance(held, list):
        return node.lineno, max(node.lineno, held[0].lineno - 1)
    return node.lineno, node.end_lineno or node.lineno


Change = tuple[ast.AST, ast.AST, str, int | None, object]


def _changes(node: ast.AST, parent: ast.AST, field: str, index: int | None, scope: Scope) -> Iterator[Change]:
    """What may become of one node: the part to show, and where to put what."""
    for new in _replacements(node, parent, field, scope):
        if not hasattr(new, "lineno"):
            ast.fix_missing_locations(ast.copy_location(new, node))
        yield node, parent, field, index, new
    match node:
        case ast.Compare():
            for at, op in enumerate(node.ops):
                for other in _COMPARISONS[type(op)]:
                    yield node, node, "ops", at, other()
        case ast.BoolOp():
            yield node, node, "op", None, ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.BinOp() | ast.AugAssign() if type(node.op) in _ARITHMETIC:
            yield node, node, "op", None, _ARITHMETIC[type(node.op)]()
        case ast.Call(func=ast.Name(id=called)) if called in _SWAPPED_CALLS:
            new_name = ast.copy_location(ast.Name(_SWAPPED_CALLS[called], ast.Load()), node.func)
            yield node, node, "func", None, new_name
        case ast.Call(func=ast.Attribute(attr="get"), args=[key, _]):
            yield node, node, "args", None, [key]


def _replacements(node: ast.AST, parent: ast.AST, field: str, scope: Scope) -> Iterator[ast.AST]:
    if isinstance(node, ast.expr) and _is_condition(parent, field) and not _is_negated_elsewhere(node):
        yield ast.UnaryOp(ast.Not(), node)
    match node:
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.Constant(value=bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(value=int() as number):
            yield ast.Constant(number + 1)
            yield ast.Constant(number - 1)
        case ast.Constant(value=str()) if node.value != ANOTHER and _is_looked_up(parent, field):
            yield ast.Constant(ANOTHER)
        case ast.Compare():
            yield from _other_members(node)
        case ast.Return(value=ast.expr() as value):
            if scope.returns_bool and _is_negated_elsewhere(value):
                return
            elif scope.returns_bool:
                yield ast.Return(ast.copy_location(ast.UnaryOp(ast.Not(), value), value))
            elif not (isinstance(value, ast.Constant) and value.value is None):
                yield ast.Return(ast.Constant(None))
            else:
                yield ast.Pass()
        case ast.Expr(value=ast.Yield() | ast.YieldFrom()):
            # A function that yields nothing is still a generator.
            yield ast.If(ast.Constant(False), [ast.Expr(ast.Yield())], [])
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Delete() | ast.Return(value=None):
            yield ast.Pass()
        case ast.Continue() | ast.Break() | ast.Raise():
            yield ast.Pass()
        case ast.Assign(targets=[ast.Subscript() | ast.Attribute()]):
            yield ast.Pass()
    if isinstance(parent, ast.Lambda) and field == "body" and isinstance(node, ast.expr):
        yield ast.Constant(None)


def _is_condition(parent: ast.AST, field: str) -> bool:
    return (
        (field == "test" and isinstance(parent, (ast.If, ast.While, ast.IfExp)))
        or (field == "ifs" and isinstance(parent, ast.comprehension))
        or (field == "guard" and isinstance(parent, ast.match_case))
    )


def _is_negated_elsewhere(node: ast.expr) -> bool:
    """A single comparison has its opposite among the other comparisons, and ``not x`` becomes ``x``."""
    return (isinstance(node, ast.Compare) and len(node.ops) == 1) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    )


def _is_looked_up(parent: ast.AST, field: str) -> bool:
    match parent:
        case ast.Compare() | ast.MatchValue():
            return True
        case ast.Subscript():
            return field == "slice"
        case ast.Call(func=ast.Attribute(attr=called)):
            return field == "args" and called in _LOOKUPS
    return False


def _other_members(node: ast.Compare) -> Iterator[ast.AST]:
    """The comparison with one word of a written set or tuple changed."""
    for at, side in enumerate(node.comparators):
        if not isinstance(side, (ast.Tuple, ast.Set)):
            continue
        for member_at, member in enumerate(side.elts):
            if isinstance(member, ast.Constant) and isinstance(member.value, str):
                members = [*side.elts]
                members[member_at] = ast.copy_location(ast.Constant(ANOTHER), member)
                sides = [*node.comparators]
                other = ast.Set(members) if isinstance(side, ast.Set) else ast.Tuple(members, ast.Load())
                sides[at] = ast.copy_location(other, side)
                yield ast.Compare(node.left, node.ops, sides)
