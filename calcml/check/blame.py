"""What is wrong with a candidate: corrections tried until one makes it right.

Each is a sentence and the candidate as it would be then. A glance at two points sorts
out nearly all; what is left is compared at every point before the sentence is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, islice
from typing import Any, NamedTuple

from calcml.algebra.simplify import simplify
from calcml.calculus.slopes import derivative
from calcml.check.compare import by_balls
from calcml.check.limits import (
    ENOUGH,
    MAX_NODES,
    MAX_NUMBER,
    MAX_PLACES,
    MAX_TEXT,
    MAX_TRIED,
    POINTS,
)
from calcml.core.build import add, div, mul, neg, power, rebuild, sub, substitute
from calcml.core.errors import or_none
from calcml.core.expr import ONE, Expr, number, symbol, walk
from calcml.core.flat import signed_terms
from calcml.evaluate.balls import excludes_zero, glance
from calcml.evaluate.pointwise import context
from calcml.evaluate.sample import Point

Correction = tuple[str, Expr | None]  # None: such a correction has no value
Ground = Callable[[Expr], Expr]  # puts known functions in the place of unknown ones


class Trial(NamedTuple):
    """A candidate, the right derivative, and what is known of both."""

    root: Expr
    subject: Expr
    right: Expr
    points: Sequence[Point]
    ground: Ground
    ratio: Any  # of their values at the first point, None where there is none


def blame(
    root: Expr, subject: Expr, right: Expr, points: Sequence[Point], ground: Ground
) -> str:
    """What is wrong with `subject`, in a few words; nothing where that is not clear."""
    if len(walk(subject, right)) > MAX_NODES:
        return ""
    points = list({tuple(p.items()): p for p in points}.values())[:POINTS]
    ratio = _ratio(ground(subject), ground(right), points[0])
    trial = Trial(root, subject, right, points, ground, ratio)
    for kind in (_factor, _swap, _exponent, _argument, _piece, _term):
        found = _first(trial, islice(kind(trial), MAX_TRIED))
        if found:
            return found
    return ""


def _first(trial: Trial, tried: Iterable[Correction]) -> str:
    """The first correction that holds at all points."""
    right = trial.ground(trial.right)
    corrections = [(text, trial.ground(e)) for text, e in tried if e is not None]
    for point in trial.points[:ENOUGH]:
        if not corrections:
            return ""
        known, *balls = glance([right, *(e for _, e in corrections)], point)
        if known is not None:
            pairs = zip(corrections, balls, strict=True)
            corrections = [
                c for c, b in pairs if b is not None and not excludes_zero(b - known)
            ]
    for text, corrected in corrections:
        pairs_at = [by_balls(corrected, right, point) for point in trial.points]
        agreed = [pair.equal for pair in pairs_at]
        if False not in agreed and agreed.count(True) >= ENOUGH:
            return text
    return ""


def _ratio(a: Expr, b: Expr, point: Point) -> Any:
    """The value of a/b at a point as an mpmath number, real; None where it is none."""
    first, second = glance([a, b], point)
    if first is None or second is None or not excludes_zero(second):
        return None
    ratio = first / second
    if excludes_zero(ratio.imag):
        return None
    man, exp = ratio.real.mid().man_exp()
    return context().ldexp(context().mpf(int(man)), int(exp))


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


def _swap(trial: Trial) -> Iterator[Correction]:
    """Two variables in each other's place."""
    names = sorted(trial.subject.free_symbols | trial.right.free_symbols)
    for a, b in combinations(names, 2):
        first, second = symbol(a), symbol(b)
        swapped = _made(substitute, trial.subject, {first: second, second: first})
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
    names = sorted(trial.subject.free_symbols | trial.right.free_symbols)
    places = [n for n in walk(trial.subject) if n.args][:MAX_PLACES]
    for node in places:
        for i, arg in enumerate(node.args):
            if arg.op != "symbol":
                continue
            for name in names:
                if name != arg.value:
                    fixed = _made(_replaced, trial.subject, node, i, symbol(name))
                    text = f"{arg.value} in {_quoted(node)} should be {name}"
                    yield text, fixed


def _piece(trial: Trial) -> Iterator[Correction]:
    """A factor that is a power of a variable, or the slope of an inner function."""
    if trial.ratio is None:
        return
    for piece, why in _pieces(trial):
        value = _ratio(trial.ground(piece), ONE, trial.points[0])
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
                if not piece.free_symbols:  # of numbers, the one in the formula is told
                    inverse = simplify(div(ONE, factor))
                    text = f"the factor {_quoted(inverse)} is missing"
                yield text, _made(div, trial.subject, factor)


def _pieces(trial: Trial) -> Iterator[tuple[Expr, str]]:
    variables = trial.subject.free_symbols | trial.right.free_symbols
    for name in sorted(variables):
        for n in (1, 2, 3):
            yield power(symbol(name), number(n)), ""
        yield power(symbol(name), number(Fraction(1, 2))), ""
    for node in walk(trial.right):
        if (node.args or node.op == "constant") and not node.free_symbols:
            yield node, ""
    inner = [n for n in walk(trial.root) if n.args and n is not trial.root]
    for node in inner[:MAX_PLACES]:
        yield node, ""
        for name in sorted(node.free_symbols):
            slope = or_none(derivative, node, symbol(name))
            slope = None if slope is None else or_none(simplify, slope)
            if slope is not None and slope.args:
                yield slope, f", the slope of {_quoted(node)}"


def _term(trial: Trial) -> Iterator[Correction]:
    """One term of a sum: its sign, too much, missing, a factor, or quite another."""
    ours, theirs = _terms(trial.subject), _terms(trial.right)
    if len(ours) + len(theirs) < 3:
        return
    error = trial.ground(sub(trial.subject, trial.right))
    for term in ours:
        less = sub(trial.subject, term)
        yield f"the term {_quoted(term)} is too much", less
        yield f"the sign of the term {_quoted(term)} is wrong", sub(less, term)
        part = _rational(_ratio(error, trial.ground(term), trial.points[0]))
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
