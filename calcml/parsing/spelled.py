"""What reductions of the grammar make of spellings that are no strict ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from calcml.core.build import substitute
from calcml.core.errors import ParseError, ShapeError
from calcml.core.expr import Expr
from calcml.core.shapes import shown
from calcml.functions import CONSTANT_NAMES, SPELLINGS
from calcml.functions.arrays import ARRAY_FUNCTIONS
from calcml.parsing.arguments import DERIVATIVES, Argument, operand
from calcml.parsing.messages import TwoReadingsError


class Head(NamedTuple):
    """The f(x, y) of a definition f(x, y) = ..."""

    name: str
    params: tuple[Expr, ...]


class Spelled:
    """The part of a builder that knows of 2x, x², |x|, sin x and functions defined."""

    names: dict[str, Any]
    calls: dict[str, Sequence[Argument]]
    typed: list[str]
    number: Callable[[str], Expr]
    name: Callable[[str], Expr]
    call: Callable[..., Expr]
    pow: Callable[[Expr, Expr], Expr]
    neg: Callable[[Expr], Expr]
    transpose: Callable[[Expr], Expr]
    mul: Callable[[Expr, Expr], Expr]
    add: Callable[[Expr, Expr], Expr]
    sub: Callable[[Expr, Expr], Expr]
    functions: dict[str, tuple[Head, Expr] | None]  # None while one is read
    _statement: Callable[[Expr], Expr]

    def beside(self, a: Expr, b: Expr) -> Expr:
        if a.dims and b.dims or _may_be_factor(a) or _may_be_factor(b):
            raise TwoReadingsError
        return self.mul(a, b)

    def times(self, a: Expr, b: Expr) -> Expr:
        if a.dims and b.dims:
            raise TwoReadingsError
        return self.mul(a, b)

    def raised(self, a: Expr, above: str) -> Expr:
        exponent = _on_the_line(above)
        if exponent == "T":
            return self.transpose(a)
        signed = exponent[0] in "+-"
        if not _TERMS.fullmatch(exponent) or len(a.dims) > 1 or a.dims and signed:
            raise TwoReadingsError
        power = None
        for sign, count, letter in _TERM.findall(exponent):
            value = self.number(count) if count else self.name(letter)
            value = self.mul(value, self.name(letter)) if count and letter else value
            if power is None:
                power = self.neg(value) if sign else value
            else:
                power = (self.sub if sign == "-" else self.add)(power, value)
        assert power is not None
        return self.pow(a, power)

    def bars(self, opening: str, inside: Expr, _: str) -> Expr:
        from calcml.functions.elsewhere import BRACKETS, MEASURED

        if len(operand(inside).dims) > MEASURED.get(opening, len(inside.dims)):
            raise TwoReadingsError
        return self.call(BRACKETS[opening][1], [inside])

    def root(self, sign: str, inside: Expr) -> Expr:
        from calcml.functions.elsewhere import PREFIXES

        return self.call(PREFIXES[sign], [inside])

    def applied(self, name: str, inside: Expr) -> Expr:
        return self.call(name, [inside])

    def applied_up(self, name: str, above: str, inside: Expr) -> Expr:
        return self.call_up(name, above, [inside])

    def applied_power(self, name: Expr, exponent: str, inside: Expr) -> Expr:
        return self.call_power(name, exponent, [inside])

    def call_up(self, name: str, above: str, arguments: Sequence[Argument]) -> Expr:
        return self.raised(self.call(name, arguments), above)

    def call_power(
        self, name: Expr, exponent: str, arguments: Sequence[Argument]
    ) -> Expr:
        """sin^2(x), of which sin was read as a variable's name."""
        if name.value in self.typed:
            self.typed.remove(name.value)
            del self.names[name.value]
        return self.pow(self.call(name.value, arguments), self.number(exponent))

    def choice(self, value: Expr, condition: Expr, otherwise: Expr) -> Expr:
        from calcml.functions.elsewhere import CHOICE

        return self.call(CHOICE, [condition, value, otherwise])

    # --- functions that a text defines -----------------------------------------------

    def head(self, name: str, params: Sequence[Argument]) -> Head:
        taken = name in SPELLINGS or name in ARRAY_FUNCTIONS or name in DERIVATIVES
        if taken or name in CONSTANT_NAMES or name in self.names:
            raise ParseError(
                f"{name} has a meaning here; call the function otherwise, such as "
                f"{name}_1"
            )
        if name in self.functions or name in self.calls:
            what = "called before it is" if name in self.calls else "already"
            raise ParseError(f"the function {name} is {what} defined")
        symbols = [p for p in params if isinstance(p, Expr) and p.op == "symbol"]
        if len(set(symbols)) != len(params):
            raise ParseError(
                f"{name} is defined for names, each once, as in f(x, y) = x + y"
            )
        self.functions[name], self.calls[name] = None, params
        return Head(name, tuple(symbols))

    def function(self, head: Head, value: Expr) -> Expr:
        value = self._statement(value)
        self.functions[head.name] = head, value
        return value

    def expanded(self, name: str, arguments: Sequence[Argument]) -> Expr:
        """A call of a function that the text defined: its value at the arguments."""
        found = self.functions[name]
        if found is None:
            raise ParseError(f"{name} is defined by itself; write it with others")
        (_, params), value = found
        if len(arguments) != len(params):
            plural = "s" * (len(params) != 1)
            raise ParseError(
                f"{name} takes {len(params)} argument{plural}, got {len(arguments)}"
            )
        given = [operand(a) for a in arguments]
        for param, argument in zip(params, given, strict=True):
            if param.dims != argument.dims:
                raise ShapeError(
                    f"{name} is defined for {param} of the shape {shown(param.dims)}, "
                    f"and got one of {shown(argument.dims)}"
                )
        return substitute(value, dict(zip(params, given, strict=True)))


def _may_be_factor(node: Expr) -> bool:
    """Whether a call is of a name that may be a factor: the x of x(y + 1)."""
    if node.op != "formal":
        return False
    from calcml.parsing.operands import CALLED

    name, orders = node.value
    return not any(orders) and CALLED.match(name) is None


_TERM = re.compile("([+-]?)(?=[0-9A-Za-z])([0-9]*)([A-Za-z]?)")
_TERMS = re.compile(r"-?(?:\d+[A-Za-z]?|[A-Za-z])(?:[+-](?:\d+[A-Za-z]?|[A-Za-z]))*")


@cache
def _on_the_line(above: str) -> str:
    """An exponent above the line as it stands on it."""
    from calcml.parsing.readings import plain

    return plain(above)
