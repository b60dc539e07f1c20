"""Sums of whole multiples of names: sizes, places on an axis, bounds of indices.

n - 1, 2*i + 1 and t + k are read, added and spelled here, so that equal sums are one
node. What is no sum, such as m*n, counts as a name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from calcml.core.build import add, mul, sub
from calcml.core.expr import ZERO, Expr, number, walk

Whole = int | Fraction


class Affine(NamedTuple):
    """A number, and the coefficient of each name."""

    constant: Whole
    terms: Mapping[Expr, Whole]

    def plus(self, other: Affine, times: Whole = 1) -> Affine:
        """The sum with a multiple of another one."""
        terms = dict(self.terms)
        for name, factor in other.terms.items():
            terms[name] = terms.get(name, 0) + times * factor
        kept = {name: factor for name, factor in terms.items() if factor}
        return Affine(self.constant + times * other.constant, kept)

    def put(self, name: Expr, value: Affine) -> Affine:
        """The sum with another one in the place of a name."""
        factor = self.terms.get(name, 0)
        rest = {key: x for key, x in self.terms.items() if key is not name}
        return Affine(self.constant, rest).plus(value, factor)

    def whole(self) -> tuple[Affine, int]:
        """The least multiple with whole coefficients, and how many times it is."""
        parts = [self.constant, *self.terms.values()]
        times = lcm(*[Fraction(x).denominator for x in parts])
        terms = {name: int(times * x) for name, x in self.terms.items()}
        return Affine(int(times * self.constant), terms), times

    def never_negative(self, indices: Collection[Expr] = ()) -> bool | None:
        """Whether it is at least 0; names are whole numbers from 1, `indices` from 0.

        None where that depends on their values, False where it is negative for all.
        """
        sizes = [x for name, x in self.terms.items() if name not in indices]
        bound = self.constant + sum(sizes)
        if bound >= 0 and all(x > 0 for x in self.terms.values()):
            return True
        if bound < 0 and all(x < 0 for x in self.terms.values()):
            return False
        return None


def at_least_0(value: Affine) -> str:
    """That a sum is at least 0, without signs: l + m - 1 <= n."""
    left = {name: -x for name, x in value.terms.items() if x < 0}
    right = {name: x for name, x in value.terms.items() if x > 0}
    if right:
        least = Affine(-value.constant, left)
        return f"{spelled(least)} <= {spelled(Affine(0, right))}"
    return f"{spelled(Affine(0, left))} <= {value.constant}"


def one_at_least_0(group: Sequence[Expr]) -> str:
    """That one of several sums is at least 0."""
    return " or ".join(at_least_0(affine(part)) for part in group)


def affine(node: Expr) -> Affine:
    """The sum that a scalar is."""
    done: dict[Expr, Affine] = {}
    for part in walk(node):
        args = [done[a] for a in part.args]
        if part.op == "number":
            found = Affine(part.value, {})
        elif part.op == "add":
            found = args[0].plus(args[1])
        elif part.op == "sub":
            found = args[0].plus(args[1], -1)
        elif part.op == "neg":
            found = Affine(0, {}).plus(args[0], -1)
        elif part.op == "mul" and not args[0].terms:
            found = Affine(0, {}).plus(args[1], args[0].constant)
        elif part.op == "mul" and not args[1].terms:
            found = Affine(0, {}).plus(args[0], args[1].constant)
        elif part.op == "div" and not args[1].terms:
            found = Affine(0, {}).plus(args[0], Fraction(1, args[1].constant))
        else:
            found = Affine(0, {part: 1})
        done[part] = found
    return done[node]


def total(start: Expr, steps: Sequence[int], indices: Sequence[Expr]) -> Affine:
    """`start` and a step for each index."""
    found = affine(start)
    for step, index in zip(steps, indices, strict=True):
        found = found.plus(affine(index), step)
    return found


def spelled(value: Affine) -> Expr:
    """The sum as an expression: what is added by name, what is taken off, a number."""
    names = sorted(value.terms, key=str)
    result: Expr = ZERO
    for name in names:
        if value.terms[name] > 0:
            result = add(result, mul(number(value.terms[name]), name))
    constant = value.constant
    if result is ZERO and constant > 0:
        result, constant = number(constant), 0
    for name in names:
        if value.terms[name] < 0:
            result = sub(result, mul(number(-value.terms[name]), name))
    if constant < 0:
        return (
            sub(result, number(-constant)) if result is not ZERO else number(constant)
        )
    return add(result, number(constant)) if constant else result


def shifted(node: Expr, by: Whole) -> Expr:
    """A sum plus a number."""
    return spelled(affine(node).plus(Affine(by, {})))


def difference(a: Expr, b: Expr) -> Expr:
    """One sum less another one."""
    return spelled(affine(a).plus(affine(b), -1))
