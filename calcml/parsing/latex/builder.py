"""What indices, sums over them, and choices of LaTeX make."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from calcml.core import build, expr
from calcml.core.affine import shifted
from calcml.core.build import substitute
from calcml.core.errors import ParseError
from calcml.core.expr import INF, ONE, ZERO, Expr
from calcml.core.flat import walk_to
from calcml.core.tensors.names import SUM
from calcml.functions.elsewhere import CHOICE
from calcml.parsing.arguments import operand
from calcml.parsing.calls import scalars
from calcml.parsing.calls.arrays import letters_of
from calcml.parsing.index_notation import BOUND, sized_by
from calcml.parsing.latex.covering import cover
from calcml.parsing.latex.operators import Operators
from calcml.parsing.latex.values import Turned, Value, plain
from calcml.parsing.latex.words import IDENTITY

COMPARED = {"=": "==", r"\le": "<=", r"\ge": ">=", r"\ne": "!="}


def _branch(value: Value) -> Expr:
    """What holds in a case: a value, or infinity."""
    return value if value is INF else plain(value)


class Builder(Operators):
    """What each reduction of the grammar makes."""

    # --- rows ------------------------------------------------------------------------

    def result(self, value: Value) -> Expr:
        return self.make.result(self.whole_row(value))

    def whole_row(self, value: Value) -> Expr:
        """A row's value; ParseError where an index of a sum in it stands outside."""
        row = plain(value)
        for node in walk_to(row, lambda n: n.op in BOUND):
            if (
                node.op == "symbol"
                and not node.dims
                and node.value in self.reader.bound
            ):
                raise ParseError(
                    f"{node} is the index of a sum, and stands outside of it; put the "
                    "term of the sum in brackets, or take another letter"
                )
        return row

    def definition(self, name: str, value: Value) -> Expr:
        return self.make.definition(name, self.whole_row(value))

    def function(self, head: str, value: Value) -> Expr:
        name, *params = head.split()
        made = self.make.head(name, [expr.symbol(p) for p in params])
        return self.make.function(made, self.whole_row(value))

    def start(self, first: Expr, rest: Sequence[Any] = ()) -> Expr:
        return rest[-1] if rest else first

    def items(self, first: Any, second: Any = None, *more: Any) -> list[Any]:
        """The rows, arguments or cases after the first, without what separates them."""
        if isinstance(first, list):
            return [*first, more[0] if more else second]
        return [second]

    # --- indices ---------------------------------------------------------------------

    def name(self, text: str) -> Value:
        if text.endswith("+"):
            return build.add(self.make.name(text[:-1]), ONE)
        if text == IDENTITY and text not in self.make.names:
            return Turned(ONE, "identity")
        return self.make.name(text)

    def unit(self, _: str) -> Value:
        return Turned(ONE, "fill")

    def index(self, *parts: Any) -> Expr:
        if isinstance(parts[0], Expr):
            return self.make.index(*parts)
        indices = [parts[2], *(parts[3] if isinstance(parts[3], list) else [])]
        placed = [self.place(i) if isinstance(i, Expr) else i for i in indices]
        return self.make.index(
            operand(self.make.names[parts[0]]), placed[0], placed[1:]
        )

    def place(self, index: Expr) -> Expr:
        """An index as one from 0; a letter stands for its place itself."""
        first = self.reader.first
        if index.op == "number" and index.value < first:
            raise ParseError(
                f"indices count from {first}, and this is {index}; write it from "
                f"{first}, or give the formula in calcml's own text, where they count "
                "from 0"
            )
        letters = [n for n in index.free_symbols if n not in self.make.declared_sizes]
        if index.op == "symbol" and letters:
            return index
        place = index
        if first:
            later = {expr.symbol(n): build.add(expr.symbol(n), ONE) for n in letters}
            place = shifted(substitute(index, later), -1)
        if place.op == "symbol" and not letters:
            raise ParseError(f"the element {index} is beyond the axis of {place}")
        return place

    def big(self, what: str, body: Value) -> Expr:
        name, *letters = what.split()
        value = plain(body)
        if not letters:
            self.alone(name, "", value)
            return self.over_its_index(name.rstrip("!"), value)
        self.alone(name, letters[-1], value)
        for letter in reversed(letters):
            value = self.over(name.rstrip("!"), letter, value)
        return value

    def big_from(self, what: str, *parts: Any) -> Expr:
        name, letter = what.split()
        low, high, value = (plain(p) for p in parts if not isinstance(p, str))
        self.alone(name, letter, value)
        if letter in self.reader.indices and self.reader.first:
            if low.op == "number" and low.value < 1:
                raise ParseError(
                    f"indices count from 1, and {letter} begins at {low}: begin at 1, "
                    "or the formula in calcml's own text, where they count from 0"
                )
            low, high = shifted(low, -1), shifted(high, -1)
        return self.over(name.rstrip("!"), letter, value, low, high)

    def big_to(self, what: str, *parts: Any) -> Expr:
        name, letter = what.split()
        high, value = (plain(p) for p in parts if not isinstance(p, str))
        index = expr.symbol(letter)
        if letter not in self.reader.indices or sized_by(index, value) is not high:
            raise ParseError(f"the sum lacks a lower bound; write {letter} = 1 below")
        self.alone(name, letter, value)
        return self.over(name.rstrip("!"), letter, value)

    def alone(self, name: str, letter: str, value: Expr) -> None:
        """ParseError where a factor behind may stand inside or outside."""
        if name == SUM or name.endswith("!") or value.op not in ("mul", "div"):
            return
        last = value.args[1]
        own = [letter] if letter else letters_of([last], self.make.sizes)
        if not (last.dims or last.free_symbols & set(own)):
            raise ParseError(
                "the factor at the end may belong inside or not; put brackets around "
                "what is meant"
            )

    # --- choices ---------------------------------------------------------------------

    def whole(self, _: str) -> Any:
        return self.make.whole()

    def from_(self, start: Expr, _: str) -> Any:
        return self.make.from_(start)

    def to(self, _: str, end: Expr) -> Any:
        return self.make.to(end)

    def slice(self, start: Expr, *rest: Any) -> Any:
        return self.make.slice(start, rest[-1])

    def or_(self, a: Expr, _: Any, b: Expr) -> Expr:
        return self.make.or_(a, b)

    def and_(self, a: Expr, _: Any, b: Expr) -> Expr:
        return self.make.and_(a, b)

    def compare(self, a: Value, sign: str, b: Value) -> Expr:
        return self.make.compare(plain(a), COMPARED.get(sign, sign), plain(b))

    def between(self, a: Value, low: str, b: Value, high: str, c: Value) -> Expr:
        return self.make.and_(self.compare(a, low, b), self.compare(b, high, c))

    def inside(self, a: Value, sign: str, opening: str, *rest: Any) -> Expr:
        more = rest[1] if isinstance(rest[1], list) else []
        values, closing = [_branch(v) for v in (rest[0], *more)], rest[-1]
        x, out = plain(a), sign == r"\notin"
        join, other = (self.make.or_, self.make.and_)[:: -1 if out else 1]
        if opening == r"\{":
            tests = [self.make.compare(x, "!=" if out else "==", v) for v in values]
            return reduce(join, tests)
        if len(values) != 2:
            raise ParseError("an interval has two ends")
        ends = []
        for u, closed, v in (
            (values[0], opening == "[", x),
            (x, closing == "]", values[1]),
        ):
            if INF not in (u, v):
                sign = ("<=" if closed else "<", ">" if closed else ">=")[out]
                ends.append(self.make.compare(u, sign, v))
        return reduce(other, ends)

    def indicator(self, _: str, opening: str, condition: Expr, closing: str) -> Expr:
        return self.make.call(CHOICE, [condition, ONE, ZERO])

    def case(self, value: Value, _: str, condition: Expr) -> tuple[Expr, Expr | None]:
        return _branch(value), scalars.condition(condition)

    def otherwise(self, value: Value, *_: str) -> tuple[Expr, Expr | None]:
        return _branch(value), None

    def cases(self, _: str, first: Any, *rest: Any) -> Expr:
        rows = [first, *(rest[0] if isinstance(rest[0], list) else [])]
        value, condition = rows[-1]
        if any(c is None for _, c in rows[:-1]):
            raise ParseError("the case that holds otherwise is the last one")
        conditions = [c for _, c in rows if c is not None]
        if condition is not None and not cover(conditions):
            raise ParseError(
                "these cases do not cover all values; write the last one with "
                r"\text{otherwise}"
            )
        for other, test in reversed(rows[:-1]):
            value = self.make.call(CHOICE, [test, other, value])
        return operand(value)
