"""What is given of scalars, as the ways in which it holds.

An equation is solved for one of its variables, and a way puts the solution in the place
of the variable: so every point of it fulfils the equation, exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from calcml.algebra.definedness import conditions
from calcml.algebra.facts import Facts
from calcml.algebra.simplify import simplify
from calcml.calculus.chain_rule import diff
from calcml.calculus.zeros import Zeros, zeros
from calcml.check.limits import MAX_BRANCHES
from calcml.core.build import sub, substitute, substitute_all
from calcml.core.errors import CalcmlError, DomainError
from calcml.core.expr import ZERO, Expr, number, symbol, walk
from calcml.core.flat import leaves
from calcml.core.operations import FLOOR

TRIED = (0, 1, -1, 2)  # integers of a family of solutions that are taken


class Branch(NamedTuple):
    """One way in which the facts hold: variables by their values, and what is left."""

    values: Mapping[Expr, Expr]
    given: tuple[Expr, ...]

    def put(self, node: Expr) -> Expr:
        """`node` where the variables have their values."""
        return substitute(node, self.values) if self.values else node

    def then(self, x: Expr, value: Expr, also: Iterable[Expr]) -> Branch:
        """This way, where a variable of it has a value besides."""
        values = {v: substitute(old, {x: value}) for v, old in self.values.items()}
        given = [substitute(c, {x: value}) for c in self.given]
        defined = conditions(value)
        return Branch(values | {x: value}, (*given, *also, *defined))


class Branches(NamedTuple):
    """The ways that were found, and whether there are no others."""

    ways: list[Branch]
    complete: bool


def branches(known: Facts, variable: Expr) -> Branches:
    """How `known` holds: the `variable` is solved for last.

    Raises DomainError where an equation is not solved.
    """
    parts = [part for c in known.conditions for part in leaves(c, "and")]
    equations = [part for part in parts if part.op == "eq" and not _is_whole(part)]
    rest = tuple([part for part in parts if part not in equations])
    ways, complete = [Branch({}, rest)], True
    for equation in sorted(equations, key=lambda e: len(walk(e))):
        news: list[Branch] = []
        for way in ways:
            found, whole = _solved(way, equation, variable)
            news += found
            complete = complete and whole
        complete = complete and len(news) <= MAX_BRANCHES
        ways = news[:MAX_BRANCHES]
    ways = [way for way in ways if _is_possible(way)]
    if not ways:
        raise DomainError("no values were found at which what is given holds")
    return Branches(ways, complete)


def _is_whole(equation: Expr) -> bool:
    """Whether an equation says that a variable is an integer."""
    a, b = equation.args
    return a.op == "symbol" and b.op == FLOOR and b.args[0] is a


def _solved(way: Branch, equation: Expr, last: Expr) -> tuple[list[Branch], bool]:
    """The ways in which an equation holds besides, and whether these are all."""
    try:
        difference = simplify(way.put(sub(*equation.args)))
    except CalcmlError:  # without a value anywhere
        return [], True
    if difference is ZERO:
        return [way], True
    if not difference.free_symbols:
        return [], True
    names = sorted(difference.free_symbols, key=lambda n: (n == last.value, n))
    ways: list[Branch] = []
    for x in map(symbol, names):
        found = zeros(difference, x)
        points = [*zip(found.points, found.given, strict=True), *_of_families(found)]
        if not points or found.approximate:
            continue
        news = [way.then(x, value, also) for value, also in points]
        if found.complete and (len(names) == 1 or _is_degree(difference, x, points)):
            return news, not found.families
        ways += news  # where a coefficient vanishes, another variable has the solution
    if not ways:
        raise DomainError(
            f"no points were found at which {equation} holds; give what follows from "
            "it, solved for a variable"
        )
    return ways, False


def _of_families(found: Zeros) -> Iterator[tuple[Expr, tuple[Expr, ...]]]:
    """Some of the solutions that come in families, with what is asked of others."""
    for family in found.families:
        for k in map(number, TRIED):
            given = () if family.given is None else (family.given,)
            at, *asked = substitute_all([family.at, *given], {family.n: k})
            yield at, tuple(asked)


def _is_degree(difference: Expr, x: Expr, points: Sequence[object]) -> bool:
    """Whether a polynomial has so many zeros as its degree, whatever the others are."""
    return simplify(diff(difference, [x] * len(points))).op == "number"


def _is_possible(way: Branch) -> bool:
    try:
        Facts(way.given)
    except DomainError:
        return False
    return True
