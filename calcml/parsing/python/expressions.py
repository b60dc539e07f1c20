"""Expressions of Python: what each kind of node of its tree stands for."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from calcml.core.errors import CalcmlError, LimitError, ParseError, UnsupportedError
from calcml.core.expr import CONDITIONS, INF, MINUS_ONE, ONE, Expr, make, number
from calcml.core.tensors import Slice
from calcml.parsing import parser
from calcml.parsing.limits import MAX_READ
from calcml.parsing.python import calls
from calcml.parsing.python.branches import decided, known_truth
from calcml.parsing.python.source import Source
from calcml.parsing.python.values import (
    CHOICE,
    NAN,
    Local,
    Path,
    Text,
    Unread,
    condition_of,
    scalar_of,
    whole,
)

Scope = dict[str, Any]
ELLIPSIS = Unread("... is no value")


class Reader:
    """A reader of expressions; names and functions are looked up by a subclass."""

    source: Source
    libraries: frozenset[str]
    renames: bool  # whether expressions give names values on the way
    declared: frozenset[str]

    def __init__(self) -> None:
        self.numbers = parser.Builder()
        self.read = 0

    def named(self, name: str, scope: Scope) -> Any:
        """What a name stands for."""
        raise NotImplementedError

    def inlined(
        self, function: Local, arguments: Sequence[Any], options: dict[str, Any]
    ) -> Any:
        """What a call of a function of the code stands for."""
        raise NotImplementedError

    def value(self, root: ast.expr, scope: Scope) -> Any:
        """What an expression stands for; its parts are read from left to right."""
        order: list[ast.AST] = []
        stack: list[ast.AST] = [root]
        parts_of: dict[ast.AST, list[ast.AST]] = {}
        while stack:
            node = stack.pop()
            order.append(node)
            parts_of[node] = self._taken(node, scope) or self._parts(node)
            stack.extend(parts_of[node])
        self.read += len(order)
        if self.read > MAX_READ:
            raise LimitError(f"the code has over {MAX_READ:,} parts, each call counted")
        done: dict[ast.AST, Any] = {}
        for node in reversed(order):
            parts = [done.pop(part) for part in parts_of[node]]
            try:
                done[node] = self._one(node, parts, scope)
            except CalcmlError as error:
                raise error.at(self.source.text, self.source.span(node)) from None
            except RecursionError:
                raise LimitError("the code is nested too deeply") from None
        return done[root]

    def _taken(self, node: ast.AST, scope: Scope) -> list[ast.AST]:
        """Of a choice that options decide, what is taken."""
        if not isinstance(node, ast.IfExp) or self.renames:
            return []
        truth = decided(node.test, scope)
        return [] if truth is None else [node.body if truth else node.orelse]

    def _parts(self, node: ast.AST) -> list[ast.AST]:
        """The parts of an expression that are read before it, from left to right."""
        if type(node).__name__ not in _KINDS:
            what = _TOLD.get(type(node).__name__, "this is no formula")
            line = getattr(node, "lineno", 1)
            error = UnsupportedError(f"line {line}: {what}")
            raise error.at(self.source.text, self.source.span(node))
        if isinstance(node, (ast.Lambda, ast.Name, ast.Constant)):
            return []
        if isinstance(node, ast.NamedExpr):
            return [node.value]
        skipped = (ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.expr_context)
        return [p for p in ast.iter_child_nodes(node) if not isinstance(p, skipped)]

    def _one(self, node: ast.AST, parts: list[Any], scope: Scope) -> Any:
        if isinstance(node, ast.Name):
            return self.named(node.id, scope)
        if isinstance(node, ast.Lambda):
            return Local(node, "the lambda", scope)
        if isinstance(node, ast.NamedExpr):
            scope[node.target.id] = parts[0]
            return parts[0]
        method = getattr(self, f"_{type(node).__name__.lower()}")
        return method(node, *parts)

    # --- leaves ----------------------------------------------------------------------

    def _constant(self, node: ast.Constant) -> Any:
        value = node.value
        if value is None or isinstance(value, bool):
            return value
        if value is Ellipsis:
            return ELLIPSIS
        if isinstance(value, str):
            return Text(value)
        text = self.source.piece(node).replace("_", "")
        if not isinstance(value, (int, float)) or text[:2].lower() in (
            "0x",
            "0b",
            "0o",
        ):
            raise UnsupportedError("numbers are decimal; complex numbers are not read")
        return self.numbers.number(text)

    def _tuple(self, node: ast.Tuple, *parts: Any) -> tuple[Any, ...]:
        return parts

    _list = _tuple

    def _starred(self, node: ast.Starred, value: Any) -> Any:
        raise UnsupportedError("arguments with a star are not read; write them out")

    def _keyword(self, node: ast.keyword, value: Any) -> Any:
        if node.arg is None:
            raise UnsupportedError("arguments with stars are not read; write them out")
        return value

    def _slice(self, node: ast.Slice, *parts: Any) -> Slice:
        given = iter(parts)
        ends = [None if p is None else next(given) for p in (node.lower, node.upper)]
        low, high = (None if e is None else scalar_of(e) for e in ends)
        step = 1 if node.step is None else whole(next(given))
        if not step:
            raise ParseError("the step of a slice is a whole number, not 0")
        return Slice(low, high, step)

    # --- operators -------------------------------------------------------------------

    def _binop(self, node: ast.BinOp, a: Any, b: Any) -> Any:
        kind = type(node.op).__name__
        if kind == "BitXor":
            raise ParseError("^ is exclusive or in Python; for a power write **")
        if kind in _LOGICAL:
            if not all(isinstance(x, Expr) and x.op in CONDITIONS for x in (a, b)):
                raise ParseError(
                    f"{_SIGNS[kind]} joins conditions, and here are numbers"
                )
            return make(_LOGICAL[kind], (a, b))
        if kind in _BY_LINE:
            p, q = whole(a), whole(b)
            if p is not None and q:
                return number(p // q if kind == "FloorDiv" else p % q)
            return calls.call(Path(_BY_LINE[kind]), [a, b], {}, self.declared)
        if kind not in (*_ARITHMETIC, "MatMult"):
            raise UnsupportedError("shifts of bits are no formula")
        if kind == "Add" and all(
            isinstance(x, Expr) and x.op in CONDITIONS for x in (a, b)
        ):
            raise ParseError("a sum of two conditions is their `or` in NumPy: write |")
        a, b = (x if x is INF else scalar_of(x) for x in (a, b))
        if kind == "MatMult":
            return self.numbers.matmul(a, b)
        if kind == "Pow" and b is MINUS_ONE:  # by elements, also of a matrix
            return self.numbers.div(ONE, a)
        made: Expr = getattr(self.numbers, _ARITHMETIC[kind])(a, b)
        return made

    def _unaryop(self, node: ast.UnaryOp, x: Any) -> Any:
        if isinstance(node.op, (ast.Not, ast.Invert)):
            return make("not", (condition_of(x),))
        x = x if x is INF else scalar_of(x)
        return self.numbers.neg(x) if isinstance(node.op, ast.USub) else x

    def _boolop(self, node: ast.BoolOp, *parts: Any) -> Any:
        ends = isinstance(node.op, ast.Or)  # the truth that is the result: w or 1
        while len(parts) > 1 and (truth := known_truth(parts[0])) is not None:
            if truth is ends:
                return parts[0]
            parts = parts[1:]
        if len(parts) == 1:
            return parts[0]
        result, *rest = map(condition_of, parts)
        name = "and" if isinstance(node.op, ast.And) else "or"
        for other in rest:
            result = make(name, (result, other))
        return result

    def _compare(self, node: ast.Compare, *parts: Any) -> Expr:
        values = [p if p is INF else scalar_of(p) for p in parts]
        if len(values) > 2 and any(v.dims for v in values):
            raise ParseError("arrays are compared in twos: write (a < b) & (b < c)")
        found: Expr | None = None
        for k, operator in enumerate(node.ops):
            sign = _COMPARED.get(type(operator))
            if sign is None:
                raise UnsupportedError("`is` and `in` are no conditions of a formula")
            one = self.numbers.compare(values[k], sign, values[k + 1])
            found = one if found is None else make("and", (found, one))
        assert found is not None
        return found

    def _ifexp(self, node: ast.IfExp, *parts: Any) -> Any:
        if len(parts) == 1:  # options decide which
            return parts[0]
        test, a, b = parts
        if b is NAN:
            return scalar_of(a)
        choice = [condition_of(test), scalar_of(a), scalar_of(b)]
        return self.numbers.call(CHOICE, choice)


_ARITHMETIC = {
    "Add": "add", "Sub": "sub", "Mult": "mul", "Div": "div", "Pow": "pow",
}  # fmt: skip
_BY_LINE = {"FloorDiv": "builtins.floordiv", "Mod": "builtins.mod"}
_LOGICAL = {"BitAnd": "and", "BitOr": "or"}
_SIGNS = {"BitAnd": "&", "BitOr": "|"}
_COMPARED: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==",
    ast.NotEq: "!=",
}  # fmt: skip
_KINDS = frozenset(
    "Name Constant Tuple List Starred keyword Slice BinOp UnaryOp BoolOp Compare IfExp "
    "Attribute Subscript Call Lambda NamedExpr".split()
)
_TOLD = {
    "ListComp": "a loop in a list is no formula; write it over whole arrays",
    "GeneratorExp": "a loop is no formula; write it over whole arrays",
    "DictComp": "a dictionary is no formula",
    "SetComp": "a set is no formula",
    "Dict": "a dictionary is no formula",
    "Set": "a set is no formula",
    "JoinedStr": "an f-string is no formula",
    "Await": "await is no formula",
    "Yield": "yield is no formula; write one return",
    "YieldFrom": "yield is no formula; write one return",
}
