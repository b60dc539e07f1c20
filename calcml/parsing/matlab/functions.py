"""Calls: which axes a function takes and makes, and what it stands for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import chain

from calcml.core import build, tensors
from calcml.core.errors import CalcmlError, ParseError, ShapeError, UnsupportedError
from calcml.core.expr import ONE, Expr, symbol
from calcml.core.tensors.names import TRANSPOSE
from calcml.functions import SPELLINGS
from calcml.functions.arrays import ARRAY_FUNCTIONS, ArrayRow
from calcml.parsing import parser
from calcml.parsing.calls import arrays, unknown
from calcml.parsing.matlab.sizes import UNIT, Size, is_one, merge, value
from calcml.parsing.matlab.terms import Reader, Term, axes
from calcml.parsing.names import is_function

_ARRAY = symbol("x", "n")  # any array, where only that counts


class Caller(Reader):
    """A reader of calls."""

    def one(self, argument: Term) -> list[Term]:
        return [argument]

    def more(self, arguments: list[Term], argument: Term) -> list[Term]:
        arguments.append(argument)
        return arguments

    def call(self, name: str, arguments: Sequence[Term] = ()) -> Term:
        if name in self.names or name in self.variables and not is_function(name):
            raise self.unknown(name)
        self.calls.add(name)
        if name in ("vector", "matrix"):
            return self._filled(name, arguments)
        if arrays.takes(name, [_ARRAY if t.rank else ONE for t in arguments]):
            return self._of_arrays(name, arguments)
        rows = SPELLINGS.get(name)
        if rows is None:
            raise self.unknown(name)

        def function(*nodes: Expr) -> Expr:
            return parser.call(rows, name, nodes)

        return self.each(function, arguments, name)

    def _filled(self, name: str, arguments: Sequence[Term]) -> Term:
        """vector(s) or matrix(s): the scalar s everywhere."""
        if len(arguments) != 1 or arguments[0].rank:
            raise ParseError(
                f"{name} takes one scalar, the value of all elements: {name}(1); "
                "sizes are inferred"
            )
        sizes = [self.fresh() for _ in range(1 + (name == "matrix"))]

        def function(x: Expr) -> Expr:
            return build.mul(x, tensors.filled(ONE, tuple(map(value, sizes))))

        node = self.node(function, arguments[0])
        return Term(node, len(sizes), *sizes)

    def unknown(self, name: str) -> CalcmlError:
        if name in self.names or name in SPELLINGS or len(name) == 1:
            return UnsupportedError(
                f"{name}(...) is no call here: matrixcalculus.org's language has no "
                f"unknown functions and no indices; a product is {name}*(...)"
            )
        return unknown.function(name)

    def _of_arrays(self, name: str, arguments: Sequence[Term]) -> Term:
        """A call of a function of whole arrays."""
        row = ARRAY_FUNCTIONS[name]
        scalar = len(arguments) == 1 and not arguments[0].rank

        def function(*nodes: Expr) -> Expr:
            if scalar and row.of_scalar:
                return parser.defined(row.of_scalar, {"x": nodes[0]})
            return arrays.call(name, nodes, parser.defined)

        if row.op == TRANSPOSE and len(arguments) == 1:
            return self.transpose(arguments[0])
        kind = row.shapes or _along_axes(row)
        if not kind:
            raise UnsupportedError(
                f"the sizes of {name}(...) cannot be inferred; a unit matrix is eye, "
                "and ones are vector(1) and matrix(1)"
            )
        if row.axis is not None and len(arguments) != 1:
            sums = "; sums of rows are X*vector(1), those of columns X'*vector(1)"
            hint = sums if row.build == "summed" else ""
            raise ParseError(f"{name} takes 1 argument, got {len(arguments)}{hint}")
        if kind == "* -> *":
            return self.each(function, arguments, name)
        if kind == "* ->":
            return Term(self.node(function, *self.aligned(arguments, name)))
        return self._fitted(name, kind, function, arguments)

    def _fitted(
        self,
        name: str,
        kind: str,
        function: Callable[..., Expr],
        arguments: Sequence[Term],
    ) -> Term:
        """A call by the first line of axes, of those in `kind`, that fits."""
        given = [axes(t) for t in arguments]
        lines = [_read(line) for line in kind.split("|")]
        if given == [[]] or all(len(p) != len(given) for p, _ in lines):
            return Term(self.node(function, *arguments))  # or the second one refuses
        for params, out in lines:
            if [*map(len, params)] != [*map(len, given)]:
                continue
            sizes: dict[str, Size] = {"1": UNIT}
            pairs = [*zip(chain(*params), chain(*given), strict=True)]
            if any(letter == "1" and not is_one(size) for letter, size in pairs):
                continue
            if all(merge(sizes.setdefault(x, size), size) for x, size in pairs):
                node = self.node(function, *arguments)
                return Term(node, len(out), *(sizes[x] for x in out))
        wanted = " or ".join(
            ", ".join(f"({', '.join([*p, '1'][:2])})" if p else "()" for p in params)
            for params, _ in lines
            if not any("1" in p for p in params)
        )
        raise ShapeError(
            f"{name} takes the shapes {wanted}, and here are {self.shown(*arguments)}"
        )


def _along_axes(row: ArrayRow) -> str:
    """The shapes of a function along axes, of all of them or of the last."""
    if row.axis is None:
        return ""
    return "* ->" if row.reduces else "* -> *"


@cache
def _read(line: str) -> tuple[list[list[str]], list[str]]:
    """The axes of the arguments and of the value in a line such as "m n, n -> m"."""
    left, _, right = line.partition("->")
    return [part.split() for part in left.split(",")], right.split()
