"""What sums, products, powers, brackets and calls of LaTeX make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from calcml.core import build, expr
from calcml.core.build import substitute
from calcml.core.errors import ParseError, UnsupportedError
from calcml.core.expr import ONE, Expr, number, walk
from calcml.core.methods import METHODS
from calcml.core.tensors.made import matrix_power
from calcml.core.tensors.names import SUM
from calcml.functions import FUNCTIONS, SPELLINGS
from calcml.functions.arrays import ARRAY_FUNCTIONS
from calcml.functions.elsewhere import (
    BRACKETS,
    FOREIGN,
    NORMS,
    POSITIVE_PART,
    PREFIXES,
)
from calcml.parsing import parser
from calcml.parsing.arguments import Keyword, brief, operand
from calcml.parsing.calls.arrays import letters_of
from calcml.parsing.index_notation import BOUND
from calcml.parsing.latex.reader import Reader
from calcml.parsing.latex.values import (
    Turned,
    Value,
    plain,
    product,
    scaled,
    summed,
    turned,
)
from calcml.parsing.latex.words import indexed, over_indices

_LOOSE = "what stands behind this may be derived, too: put what is derived in brackets"
Head = tuple[str, str, Expr | None]  # a function, its exponent, its base


class Operators:
    """What sums, products, powers, brackets and calls make."""

    def __init__(self, make: parser.Builder, reader: Reader) -> None:
        self.make, self.reader = make, reader
        self.derivative: Expr | None = None  # the last, until brackets close around it

    # --- sums and products -----------------------------------------------------------

    def add(self, a: Value, b: Value) -> Value:
        return summed("add", a, b)

    def sub(self, a: Value, b: Value) -> Value:
        return summed("sub", a, b)

    def neg(self, a: Value) -> Value:
        if isinstance(a, Turned):
            return a._replace(node=build.neg(a.node))
        return self.make.neg(a)

    def pos(self, a: Value) -> Value:
        return a

    def times(self, a: Value, sign: str, b: Value) -> Value:
        if not (isinstance(a, Turned) or isinstance(b, Turned)) and a.dims and b.dims:
            raise ParseError(
                f"{sign} of arrays has several meanings: write \\odot element by "
                "element, nothing for a product of matrices"
            )
        return product(a, b)

    def dot(self, a: Value, _: str, b: Value) -> Value:
        return product(a, b, True)

    def odot(self, a: Value, sign: str, b: Value) -> Value:
        return scaled("div" if sign == r"\oslash" else "mul", plain(a), plain(b))

    def div(self, a: Value, b: Value) -> Value:
        return scaled("div", a, plain(b))

    def beside(self, a: Value, b: Value) -> Value:
        if a is self.derivative:
            raise ParseError(_LOOSE)
        return product(a, b)

    def frac(self, *parts: Any) -> Value:
        a, b = (p for p in parts if not isinstance(p, str))
        return scaled("div", a, plain(b))

    def fraction(self, *parts: Any) -> Value:
        return self.choose(*parts) if r"\choose" in parts else self.frac(*parts)

    def group(self, *parts: Any) -> Value:
        self.derivative = None
        return parts[len(parts) // 2]  # type: ignore[no-any-return]

    # --- powers ----------------------------------------------------------------------

    def pow(self, a: Value, *exponent: Any) -> Expr:
        b, base = plain(exponent[-2]), plain(a)
        if len(base.dims) == 2:
            return matrix_power(base, b)
        if len(base.dims) == 1:
            held = base if base.op == "symbol" else f"({base})"
            raise ParseError(
                rf"a power of a vector has two readings: write {held}^{{\circ {b}}} "
                rf"element by element, or \|{base}\|^{{{b}}}"
            )
        if len(b.dims) == 2:
            raise ParseError(
                f"a matrix as an exponent has two readings; write \\exp({b}) for the "
                "power of each element"
            )
        return self.make.pow(base, b)

    def each(self, a: Value, *exponent: Any) -> Expr:
        base = a.node if isinstance(a, Turned) else operand(a)
        return self.make.pow(base, plain(exponent[-2]))

    def turn(self, a: Value, mark: str) -> Value:
        if mark == "-":
            return turned(matrix_power(plain(a), number(-1)), "T")
        if mark in self.reader.declared and isinstance(a, Expr) and not a.dims:
            return self.make.pow(a, self.make.name(mark))
        return turned(a, mark)

    def factorial(self, a: Value, sign: str) -> Expr:
        double = "2" * (sign == "!!")
        return self.elsewhere(f"factorial{double}", [plain(a)])

    def positive(self, a: Value, _: str) -> Expr:
        """The positive part of what stands in brackets: (1 - x)_+."""
        return self.make.call(POSITIVE_PART, [plain(a)])

    def choose(self, *parts: Any) -> Expr:
        return self.elsewhere("binom", values_of(parts))

    def elsewhere(self, name: str, values: Sequence[Expr]) -> Expr:
        """A function that calcml writes with others, such as a logarithm to a base."""
        if (name, len(values)) not in FOREIGN:
            counts = " or ".join(str(n) for f, n in FOREIGN if f == name)
            raise ParseError(f"{name} takes {counts} arguments, in brackets")
        params, text = FOREIGN[name, len(values)]
        made = parser.parsed(text.split(" | ")[0], tuple(params))
        given = dict(zip(map(expr.symbol, params), values, strict=True))
        return substitute(made, given)

    def root(self, *parts: Any) -> Expr:
        return self.make.call(PREFIXES["√"], values_of(parts))

    def nth_root(self, *parts: Any) -> Expr:
        order, inside = values_of(parts)
        sign = {2: "√", 3: "∛"}.get(order.value) if order.op == "number" else None
        if sign:
            return self.make.call(PREFIXES[sign], [inside])
        return self.make.pow(inside, build.div(ONE, order))

    def bars(self, opening: str, inside: Value, closing: str) -> Expr:
        value = plain(inside)
        kind = closing.removeprefix(r"\|").replace(r"\infty", "inf").replace("Fro", "F")
        if opening == r"\|":
            name = NORMS.get(kind or "2")
            if name is None and len(value.dims) == 1 and kind.isalnum():
                return self.norm_of(value, kind)
            if name is None:
                raise UnsupportedError(
                    f"the norm of the kind {kind} is not read; write it as a sum"
                )
            if not value.dims:
                raise ParseError(
                    f"{value} has no shape; declare one for its norm, or write bars"
                )
            if len(value.dims) > 1 and kind not in ("", "F"):
                raise ParseError(
                    f"this norm of a matrix has two readings; write "
                    rf"\|{value.latex()}\|_F "
                    "for that of its elements"
                )
            return self.make.call(name, [value])
        mark = {r"\lfloor": "⌊", r"\lceil": "⌈"}.get(opening, "|")
        if value.dims and mark == "|":
            other = rf"\det({value.latex()})"
            if len(value.dims) == 1:
                other = rf"\|{value.latex()}\|"
            raise ParseError(
                "bars around an array have two readings: write "
                rf"{other}, or \operatorname{{abs}}({value.latex()}) "
                "element by element"
            )
        return self.make.call(BRACKETS[mark][1], [value])

    def norm_of(self, value: Expr, kind: str) -> Expr:
        r"""The \|x\|_p of a vector."""
        p = self.make.number(kind) if kind.isdigit() else self.make.name(kind)
        sizes = self.make.call(BRACKETS["|"][1], [value])
        powers = self.make.call(SUM, [self.make.pow(sizes, p)])
        return self.make.pow(powers, build.div(ONE, p))

    def number(self, text: str) -> Expr:
        return self.make.number(text)

    def arguments(self, first: Value, rest: Sequence[Value] = ()) -> list[Value]:
        return [first, *rest]

    # --- functions -----------------------------------------------------------------

    def plain_head(self, name: str) -> Head:
        return name, "", None

    def raised_head(self, name: str, up: str) -> Head:
        return name, up, None

    def based_head(self, name: str, *base: Any) -> Head:
        return name, "", plain(base[-2])

    def applied(self, head: Head, inside: Value) -> Expr:
        return self.made(head, [plain(inside)])

    def call(self, head: Head, *arguments: Any) -> Expr:
        return self.made(head, [plain(a) for a in arguments[1]])

    def made(self, head: Head, values: list[Expr]) -> Expr:
        """A function of its name as LaTeX has it."""
        name, up, base = head
        if base is not None:
            if (name, 1 + len(values)) in indexed():
                return self.make.call(name, [*values, base])
            if (name, 1 + len(values)) not in FOREIGN:
                raise ParseError(f"{name} has no index; leave it out")
            return self.elsewhere(name, [*values, base])
        if len(values) == 1 and name in over_indices().values():
            made = self.over_its_index(name, *values)
        elif name in SPELLINGS or name in ARRAY_FUNCTIONS:
            made = self.make.call(name, values)
        elif name in FUNCTIONS:
            row = FUNCTIONS[name]
            options = [Keyword(k, v) for k, v in row.options.items()]
            made = self.make.call(row.name, [*values, *options])
        else:
            made = self.elsewhere(name, values)
        return self.make.pow(made, self.make.number(up)) if up else made

    def over_its_index(self, name: str, value: Expr) -> Expr:
        r"""A \sum or a \max without an index below: over that of its elements."""
        letters = letters_of([value], self.make.sizes)
        if len(letters) > 1:
            below = ", ".join(letters)
            raise ParseError(
                f"{value} has the indices {below}: write those that are meant below, "
                rf"as in \{name}_{{{below}}}"
            )
        if not letters:
            return self.make.call(name, [value])
        self.reader.bound.add(letters[0])
        return self.over(name, letters[0], value)

    def over(self, name: str, letter: str, value: Expr, *bounds: Expr) -> Expr:
        """A sum over an index; one inside over the same letter has another one."""
        index, other = expr.symbol(letter), expr.symbol(3 * letter)
        inner = [n for n in walk(value) if n.op in BOUND and n.args[0] is index]
        renamed = {node: substitute(node, {index: other}) for node in inner}
        body = substitute(value, renamed) if renamed else value
        return self.make.over(name, [index, *bounds, body])

    def formal(self, name: str, *parts: Any) -> Expr:
        head, _, orders = name.partition("^")
        plain_name = head.rstrip("'")
        values = [plain(a) for a in parts[1]]
        made = self.make.call(plain_name, values)
        if orders:
            return expr.formal(
                made.value[0], tuple(map(int, orders.split(","))), made.args
            )
        primes = len(name) - len(plain_name)
        if not primes:
            return made
        if made.op != "formal" or len(values) != 1:
            raise ParseError(
                "primes derive an unknown function of one argument; diff derives others"
            )
        return expr.formal(made.value[0], (primes,), made.args)

    def derived(self, what: str, f: Value) -> Expr:
        r"""The \frac{d}{dx} of what stands beside it: that is derived."""
        names, found = what.rstrip("+").split(), plain(f)
        if what.endswith("+") and found.op != "formal":
            raise ParseError(_LOOSE)
        for name, order in zip(names[::2], names[1::2], strict=True):
            x = self.make.name(name)
            if x.op != "symbol" or name not in found.free_symbols:
                raise ParseError(
                    f"there is no {name} in {brief(found, 'what is derived')} to "
                    "derive by: write it, or an unknown function, as in f(x)"
                )
            found = METHODS["diff"](found, x, order=int(order))
        self.derivative = None if plain(f).op == "formal" else found
        return found


def values_of(parts: Sequence[Any]) -> list[Expr]:
    return [plain(p) for p in parts if not isinstance(p, str)]
