"""What is wrong with a candidate: corrections tried until one makes it right.

Each is a sentence and the candidate as it would be then, which a judge compares with
the right derivative before the sentence is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from itertools import combinations, islice, permutations
from typing import Any, NamedTuple

from calcml.algebra.arrays.simplify import simplify
from calcml.calculus.slopes import derivative
from calcml.check.judges import Judge
from calcml.check.limits import (
    MAX_NODES,
    MAX_NUMBER,
    MAX_PLACES,
    MAX_TEXT,
)
from calcml.core.build import add, div, mul, neg, power, rebuild, sub, substitute
from calcml.core.errors import or_none
from calcml.core.expr import CONDITIONS, ONE, TWO, Expr, number, symbol, walk
from calcml.core.flat import signed_terms
from calcml.core.tensors import diag, filled, has_arrays, permuted, total, transpose

Correction = tuple[str, Expr | None]  # None: such a correction has no value


class Trial(NamedTuple):
    """A candidate, the right derivative, and what is known of both."""

    root: Expr
    subject: Expr
    right: Expr
    judge: Judge
    ratio: Any  # of their values, None where there is none

    def sizes(self) -> set[str]:
        """The names of sizes."""
        nodes = walk(self.root, self.subject, self.right)
        return {d.value for n in nodes for d in n.dims if d.op == "symbol"}

    def variables(self) -> list[Expr]:
        """The variables of both, by name, and sizes that occur as numbers."""
        found = {n for n in walk(self.subject, self.right) if n.op == "symbol"}
        return sorted(found, key=lambda n: str(n.value))


def blame(root: Expr, subject: Expr, right: Expr, judge: Judge) -> str:
    """What is wrong with `subject`, in a few words; nothing where that is not clear."""
    if len(walk(subject, right)) > MAX_NODES:
        return ""
    trial = Trial(root, subject, right, judge, judge.ratio(subject, right))
    kinds = _factor, _axes, _swap, _exponent, _argument, _piece, _term, _inside
    for kind in kinds:
        tried = islice(kind(trial), judge.most)
        found = judge.first(right, [(text, e) for text, e in tried if e is not None])
        if found:
            return found
    return ""


def _rational(ratio: Any) -> Fraction | None:
    """The short fraction that a value is, but for rounding."""
    if ratio is None or not MAX_NUMBER**-1 <= abs(ratio) <= MAX_NUMBER:
        return None
    near = Fraction(float(ratio)).limit_denominator(MAX_NUMBER)
    exact = abs(float(ratio) - near) <= 1e-13 * abs(near)
    return near if exact and near.numerator <= MAX_NUMBER**2 else None


# --- corrections -------------------------------------------------------------------


def _factor(trial: Trial) -> Iterator[Correction]:
    """One number by which all is wrong."""
    k = _rational(trial.ratio)
    if k is None or k == 1:
        return
    fixed = mul(number(1 / k), trial.subject)
    if k == -1:
        yield "only the sign is wrong", fixed
    elif k.numerator in (1, -1):
        yield f"the factor {1 / k} is missing", fixed
    else:
        yield f"it is {k} times that", fixed


def _axes(trial: Trial) -> Iterator[Correction]:
    """Axes of an array in another order, missing, or too many."""
    subject, dims = trial.subject, trial.right.dims
    rank = len(subject.dims)
    if rank == 2:
        yield "its transpose is right", transpose(subject)
    for order in permutations(range(rank)) if rank > 2 else ():
        yield f"with the axes {order} it is right", permuted(subject, order)
    if rank == 1 and len(dims) == 2:
        yield "it is the diagonal of that: diag of it is right", diag(subject)
    if rank < len(dims):
        yield (
            "an axis is missing, along which it is the same",
            _made(filled, subject, dims),
        )
    for axis in range(rank):
        yield f"the sum over the axis {axis} is missing", total(subject, (axis,))
    if rank > 1:
        yield "the sum over all axes is missing", total(subject, range(rank))
    for node in walk(subject):
        for i, arg in enumerate(node.args):
            if len(arg.dims) == 2 and arg.dims[0] is arg.dims[1]:
                fixed = _made(_replaced, subject, node, i, transpose(arg))
                yield f"{_quoted(arg)} in {_quoted(node)} should be transposed", fixed


def _swap(trial: Trial) -> Iterator[Correction]:
    """Two variables in each other's place."""
    for a, b in combinations(trial.variables(), 2):
        if a.dims != b.dims:
            continue
        swapped = _made(substitute, trial.subject, {a: b, b: a})
        if swapped is not trial.subject:
            yield f"{a} and {b} are swapped", swapped


def _exponent(trial: Trial) -> Iterator[Correction]:
    """The exponent of one power, wherever it stands, or at one place alone."""
    powers = [n for n in walk(trial.subject) if n.op == "pow"][:MAX_PLACES]
    for node in powers:
        for text, other in _other_powers(node):
            if other is not None:
                yield text, _made(substitute, trial.subject, {node: other})
    for outer in [n for n in walk(trial.subject) if n.args][:MAX_PLACES]:
        for i, node in enumerate(outer.args):
            for text, other in _other_powers(node) if node.op == "pow" else ():
                fixed = _made(_replaced, trial.subject, outer, i, other)
                yield f"{text} in {_quoted(outer)}", fixed


def _other_powers(node: Expr) -> Iterator[Correction]:
    base, exponent = node.args
    if exponent.op == "number":
        n = exponent.value
        others = [number(m) for m in (n - 1, n + 1, -n, n - 2, n + 2, n / 2, 2 * n)]
    else:
        others = [sub(exponent, ONE), add(exponent, ONE), neg(exponent)]
    for other in others:
        text = f"the exponent of {_quoted(node)} should be {other}"
        yield text, _made(power, base, other)


def _argument(trial: Trial) -> Iterator[Correction]:
    """One variable for another at one place: an index, as in x_2 for x_1."""
    variables = trial.variables()
    places = [n for n in walk(trial.subject) if n.args][:MAX_PLACES]
    for node in places:
        for i, arg in enumerate(node.args):
            if arg.op != "symbol":
                continue
            for other in variables:
                if other is not arg and other.dims == arg.dims:
                    fixed = _made(_replaced, trial.subject, node, i, other)
                    yield f"{arg} in {_quoted(node)} should be {other}", fixed


def _piece(trial: Trial) -> Iterator[Correction]:
    """A factor that is a power of a variable, or the slope of an inner function."""
    if trial.ratio is None:
        return
    for piece, why in _pieces(trial):
        value = trial.judge.ratio(piece, ONE)
        if value is None or not value:
            continue
        for missing in (True, False):
            k = _rational(trial.ratio * value if missing else trial.ratio / value)
            if k is None:
                continue
            if missing:
                factor = simplify(div(piece, number(k)))
                fixed = mul(trial.subject, factor)
                yield f"the factor {_quoted(factor)} is missing{why}", fixed
            else:
                factor = simplify(mul(number(k), piece))
                text = f"the factor {_quoted(factor)} is too much"
                # Of numbers and sizes, the one in the formula is told: 1/m is missing.
                if piece.free_symbols <= trial.sizes():
                    inverse = simplify(div(ONE, factor))
                    text = f"the factor {_quoted(inverse)} is missing"
                yield text, _made(div, trial.subject, factor)


def _pieces(trial: Trial) -> Iterator[tuple[Expr, str]]:
    sizes = [symbol(name) for name in sorted(trial.sizes())]
    scalars = [v for v in trial.variables() if not v.dims and v not in sizes]
    for x in (*scalars, *sizes):
        for n in (1, 2, 3):
            yield power(x, number(n)), ""
        yield power(x, number(Fraction(1, 2))), ""
    for node in walk(trial.right):
        if (node.args or node.op == "constant") and not node.free_symbols:
            yield node, ""
    inner = [n for n in walk(trial.root) if n.args and not n.dims]
    for node in inner[:MAX_PLACES]:
        yield node, ""
        for x in [v for v in walk(node) if v.op == "symbol" and not v.dims]:
            slope = or_none(derivative, node, x)
            slope = None if slope is None else or_none(simplify, slope)
            if slope is not None and slope.args and not has_arrays(slope):
                yield slope, f", the slope of {_quoted(node)}"


def _term(trial: Trial) -> Iterator[Correction]:
    """One term of a sum: its sign, too much, missing, a factor, or quite another."""
    ours, theirs = _terms(trial.subject), _terms(trial.right)
    if len(ours) + len(theirs) < 3:
        return
    error = _made(sub, trial.subject, trial.right)
    if error is None:  # of other shapes
        return
    for term in ours:
        less = sub(trial.subject, term)
        yield f"the term {_quoted(term)} is too much", less
        yield f"the sign of the term {_quoted(term)} is wrong", sub(less, term)
        part = _rational(trial.judge.ratio(error, term))
        if part is not None and part not in (0, 1, 2):
            other = simplify(mul(number(1 - part), term))
            text = f"the term {_quoted(term)} should be {_quoted(other)}"
            yield text, add(less, other)
    for term in theirs:
        yield f"the term {_quoted(term)} is missing", add(trial.subject, term)
    for term in ours:
        for other in theirs:
            text = f"the term {_quoted(term)} should be {_quoted(other)}"
            yield text, add(sub(trial.subject, term), other)


def _inside(trial: Trial) -> Iterator[Correction]:
    """A part: a sign or a square, and a term or factor beside it."""
    ours, theirs = walk(trial.subject), walk(trial.right)
    put = partial(_made, substitute, trial.subject)
    for node in [n for n in ours if n.op in ("add", "sub")][:MAX_PLACES]:
        other = _made(sub if node.op == "add" else add, *node.args)
        text = f"the sign of {_quoted(node.args[1])} in {_quoted(node)} is wrong"
        yield text, put({node: other}) if other else None
    for nodes, more in ((theirs, True), (ours, False)):
        for node in [n for n in nodes if n.op in _BESIDE][:MAX_PLACES]:
            for part in node.args:
                if more and part in ours:
                    fixed = put({part: node})
                    yield f"{_quoted(part)} should be {_quoted(node)}", fixed
                elif not more:
                    fixed = put({node: part})
                    yield f"{_quoted(node)} should be {_quoted(part)}", fixed
    values = [n for n in ours if n.op not in CONDITIONS and n.op != "number"]
    for node in values[:MAX_PLACES]:
        yield f"the sign of {_quoted(node)} is wrong", put({node: neg(node)})
        factors = [v for v in trial.variables() if v.dims in ((), node.dims)]
        products = [mul(v, node) for v in factors]
        inner = [arg for arg in node.args[:1] if arg.op not in CONDITIONS]
        for other in (power(node, TWO), *inner, *products):
            yield f"{_quoted(node)} should be {_quoted(other)}", put({node: other})


_BESIDE = frozenset(("add", "sub", "mul", "div"))


def _terms(root: Expr) -> list[Expr]:
    """The terms of a sum, with their signs, a factor or divisor beside it taken in."""
    around: list[tuple[Callable[[Expr, Expr], Expr], Expr]] = []
    inside = root
    while inside.op in ("mul", "div"):
        a, b = inside.args
        if inside.op == "mul" and (b.op in ("add", "sub") or b.op == "div"):
            around.append((mul, a))
            inside = b
        else:
            around.append((mul if inside.op == "mul" else div, b))
            inside = a
    if inside.op not in ("add", "sub"):
        inside, around = root, []
    found: list[Expr] = []
    for sign, node in signed_terms(inside)[: MAX_PLACES + 1]:
        for build, other in reversed(around):
            node = build(node, other)
        found.append(neg(node) if sign < 0 else node)
    return found


def _made(build: Callable[..., Expr], *args: Any) -> Expr | None:
    """What `build` makes; None where it would divide by 0, or a part is missing."""
    return None if None in args else or_none(build, *args)


def _replaced(root: Expr, node: Expr, place: int, by: Expr) -> Expr:
    """`root` with one argument of one node replaced."""
    args = (*node.args[:place], by, *node.args[place + 1 :])
    return substitute(root, {node: rebuild(node, args)})


def _quoted(e: Expr) -> str:
    """An expression as it is quoted in a sentence, cut where it is long."""
    text = str(e)
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 3] + "..."
