"""Sums and reductions over one index: what does not depend on it is taken out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import count

from calcml.core.affine import Affine, affine, shifted, spelled
from calcml.core.build import add, div, sub
from calcml.core.expr import ZERO, Expr, make, number, symbol, walk
from calcml.core.flat import SUMS, joined
from calcml.functions.arrays import ARRAY_OPERATIONS
from calcml.parsing.index_notation import REDUCED, SUM_OVER, over
from calcml.parsing.parser import defined
from calcml.parsing.rows import filled
from calcml.printing.index_form.nodes import (
    deltas_of,
    factors_of,
    multiplied,
    renamed,
)
from calcml.printing.index_form.simplify import settled

# In front of the names of indices on their way: sorted behind every letter.
_FINISHED, _FRESH = "\ue003", "\ue004"

Group = tuple[set[Expr], list[Expr]]  # indices, and the factors in which they meet


class Bound:
    """The bound indices of one expression, each with its size.

    While its body is made, an index has a name of its own. A finished sum names it by
    how many sums are inside the body, so that equal sums are one node wherever they
    stand, and an index never has the name of one further inside.
    """

    def __init__(self, free: Iterable[Expr]) -> None:
        self.free = frozenset(free)
        self.sizes: dict[Expr, Expr] = {}
        self._numbers = count()
        self._levels: dict[Expr, int] = {}

    def fresh(self, size: Expr) -> Expr:
        """A new index."""
        made = symbol(f"{_FRESH}{next(self._numbers):06d}")
        self.sizes[made] = size
        return made

    def summed(
        self,
        indices: Sequence[Expr],
        factors: Sequence[Expr],
        conditions: Sequence[Affine] = (),
    ) -> Expr:
        """The sum of a product over some indices, in one sum those that meet.

        Only places count at which all `conditions` are at least 0: they bound the
        innermost index in them.
        """
        flat = [part for factor in factors for part in factors_of(factor)]
        bounds: dict[Expr, list[Affine]] = {}
        tests: list[Expr] = []
        for c in conditions:
            found = [
                (abs(c.terms[i]), -k) for k, i in enumerate(indices) if i in c.terms
            ]
            if found:
                bounds.setdefault(indices[-min(found)[1]], []).append(c)
            else:
                tests.append(make("ge", (spelled(c), ZERO)))
        loose, groups = _grouped(indices, flat, [{*c.terms} for c in conditions])
        for group, inside in groups:
            body = multiplied(inside)
            for i in reversed(indices):
                if i in group and i in bounds:
                    body = self.bounded(i, body, bounds[i])
                elif i in group:
                    body = self.sum(i, body)
            loose.append(body)
        whole = multiplied(loose)
        test = joined("and", tests)
        return whole if test is None else make("where", (test, whole, ZERO))

    def bounded(self, i: Expr, body: Expr, conditions: Sequence[Affine]) -> Expr:
        """The sum over one index where some conditions hold."""
        lows, highs = [Affine(0, {})], [affine(shifted(self.sizes[i], -1))]
        for c in conditions:
            rest, step = c.put(i, Affine(0, {})), c.terms[i]
            bound = Affine(0, {}).plus(rest, Fraction(-1, step))
            (lows if step > 0 else highs).append(bound)
        low, high = self.end(lows, "max({})", 1), self.end(highs, "min({})", -1)
        i, body = self._finished(i, body)
        factors = factors_of(body)
        inside = [f for f in factors if uses(f, i)]
        last = over(SUM_OVER, i, multiplied(inside), (low, high))
        return multiplied([*(f for f in factors if f not in inside), last])

    def end(self, bounds: Sequence[Affine], both: str, side: int) -> Expr:
        """The bound that all together are, without those that never count."""
        indices = self.free.union(self.sizes)
        kept: list[Affine] = []
        for k, bound in enumerate(bounds):
            beside = [*kept, *bounds[k + 1 :]]
            gaps = [Affine(0, {}).plus(b, side).plus(bound, -side) for b in beside]
            if not any(gap.never_negative(indices) for gap in gaps):
                kept.append(bound)
        found = tuple([_bound(bound, side) for bound in kept])
        if len(found) == 1:
            return found[0]
        names = tuple(f"a{k}" for k in range(len(found)))
        return filled(both.format(", ".join(names)), names, found)

    def sum(self, i: Expr, body: Expr) -> Expr:
        """The sum over one index, deltas of it put to use."""
        put: Expr = ZERO
        rest: Expr = ZERO
        for sign, term in _terms(i, body):
            plus = add if sign > 0 else sub
            found = _at_delta(i, term)
            if found is None:
                rest = plus(rest, term)
            else:
                put = plus(put, found)
        return put if rest is ZERO else add(put, self._sum(i, rest))

    def _sum(self, i: Expr, body: Expr) -> Expr:
        i, body = self._finished(i, body)
        factors = factors_of(body)
        inside = [f for f in factors if uses(f, i)]
        last = over(SUM_OVER, i, multiplied(inside)) if inside else self.sizes[i]
        return multiplied([*(f for f in factors if f not in inside), last])

    def reduced(self, op: str, i: Expr, body: Expr) -> Expr:
        """A reduction over one index."""
        i, body = self._finished(i, body)
        if uses(body, i):
            return over(REDUCED[op], i, body)
        names = {"x": body, "n": self.sizes[i]}
        return defined(ARRAY_OPERATIONS[op].of_equal, names, opened=True)

    def _finished(self, i: Expr, body: Expr) -> tuple[Expr, Expr]:
        """The index by its last name, and the body with it, made short."""
        level = 1 + max([self._levels.get(n, 0) for n in walk(body)])
        name = symbol(f"{_FINISHED}{999 - level:03d}{self.sizes[i]}")
        self.sizes[name] = self.sizes[i]
        self._levels[name] = level
        return name, settled(renamed(body, {i: name}))


def _bound(value: Affine, side: int) -> Expr:
    """A lower bound (side 1) or an upper one, rounded to a whole number."""
    whole, times = value.whole()
    if times == 1:
        return spelled(value)
    text = "ceil(x)" if side > 0 else "floor(x)"
    return filled(text, ("x",), (div(spelled(whole), number(times)),))


def uses(root: Expr, index: Expr) -> bool:
    """Whether an index occurs in `root`."""
    return index in walk(root)


def _grouped(
    indices: Sequence[Expr], factors: Sequence[Expr], ties: Sequence[set[Expr]]
) -> tuple[list[Expr], list[Group]]:
    """The factors without the indices, and those with indices that meet.

    Those of one of the `ties` meet, too.
    """
    loose: list[Expr] = []
    groups: list[Group] = [({i}, []) for i in indices]
    for tie in ties:
        met = [group for group in groups if group[0] & tie]
        groups = [group for group in groups if not group[0] & tie]
        if met:
            groups.append((set().union(*(g for g, _ in met)), []))
    for factor in factors:
        used = {i for i in indices if uses(factor, i)}
        if not used:
            loose.append(factor)
            continue
        met = [group for group in groups if group[0] & used]
        groups = [group for group in groups if not group[0] & used]
        inside = [f for _, parts in met for f in parts]
        groups.append((set().union(*(g for g, _ in met)), [*inside, factor]))
    return loose, groups


def _terms(i: Expr, body: Expr) -> list[tuple[int, Expr]]:
    """The terms of `body` with their signs, multiplied out as far as deltas ask."""
    found: list[tuple[int, Expr]] = []
    stack = [(1, body)]
    while stack:
        sign, term = stack.pop()
        factors = factors_of(term)
        sums = [k for k, f in enumerate(factors) if f.op in SUMS and _has_delta(i, f)]
        if not sums:
            found.append((sign, term))
            continue
        k = sums[0]
        signs = sign, sign if factors[k].op == "add" else -sign
        for one, part in zip(signs, factors[k].args, strict=True):
            stack.append((one, multiplied([*factors[:k], part, *factors[k + 1 :]])))
    return found


def _has_delta(i: Expr, root: Expr) -> bool:
    """Whether a delta of an index is a factor of a term."""
    stack = [root]
    while stack:
        for factor in factors_of(stack.pop()):
            if factor.op in SUMS:
                stack += factor.args
            elif factor.op == "kronecker" and i in factor.args:
                return True
    return False


def _at_delta(i: Expr, term: Expr) -> Expr | None:
    """The sum over `i` of a product with a delta of `i`, None without one."""
    for delta in deltas_of(term):
        if i in delta.args:
            a, b = delta.args
            return renamed(term, {i: b if i is a else a})
    return None
