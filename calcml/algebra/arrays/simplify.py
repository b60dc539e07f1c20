"""The shortest equal form of expressions on arrays, and of scalars as before."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from calcml.algebra.arrays.norms import with_roots
from calcml.algebra.facts import facts as scalar_facts
from calcml.algebra.facts.reading import depth
from calcml.algebra.simplify import (
    Step,
    simplify as simplify_scalar,
    simplify_all as simplify_scalars,
)
from calcml.core.budget import SpentError, half
from calcml.core.errors import ParseError, ShapeError, UnsupportedError
from calcml.core.expr import ZERO, Expr, make, walk
from calcml.core.limits import LONG
from calcml.core.methods import METHODS
from calcml.core.operations import EXP
from calcml.core.tensors import array, filled, flattened, has_arrays, operands_of, small
from calcml.core.tensors.elementwise import StandIns
from calcml.core.tensors.names import DET, INV, NORM2, NORMALIZE
from calcml.parsing.names import spans
from calcml.parsing.parser import Given, Shapes, parse

if TYPE_CHECKING:  # a formula of scalars loads none
    from calcml.algebra.arrays.normalizer import Normalizer

KINDS = ("symmetric", "diagonal", "positive definite")
_KIND = re.compile(rf"\s*(\w+)\s+(?:is\s+)?({'|'.join(KINDS)})\s*$")


class Known(NamedTuple):
    """What is given: names of matrices of a kind, equal arrays, facts of scalars."""

    symmetric: frozenset[str]
    diagonal: frozenset[str]
    equal: list[tuple[Expr, Expr]]
    scalars: list[str | Expr]


def simplify(root: Expr, *, given: Given = (), trace: list[Step] | None = None) -> Expr:
    """An equal form, as short as is found; see `simplify_all`."""
    return simplify_all([root], given=given, trace=trace)[0]


def simplify_all(
    roots: Sequence[Expr],
    *,
    given: Given = (),
    trace: list[Step] | None = None,
    equal: Sequence[tuple[Expr, Expr]] = (),
    like: Sequence[Expr] = (),
) -> list[Expr]:
    """Equal forms, as short as are found, that share work; no longer than the roots.

    `given` holds assumptions on scalars and on all elements of arrays ("y > 0"), on
    sums ("sum(y) = 1"), and kinds of matrices ("A symmetric", "A diagonal",
    "A positive definite"). `equal` holds pairs of arrays of which the second may stand
    for the first, `like` expressions of whose arrays `given` may speak, too. Raises the
    errors of `calcml.simplify`.
    """
    if not has_arrays(*roots, *like):
        return simplify_scalars(roots, given=given, trace=trace)
    nodes = walk(*roots, *like)
    if any(node.op in (NORM2, NORMALIZE) for node in nodes):
        roots = [with_roots(root) for root in roots]
        nodes = walk(*roots, *like)
    arrays = {n.value: n for n in nodes if n.op == "symbol" and n.dims}
    known = known_of(given, arrays)
    known.equal.extend(equal)
    normalizer = normalizer_of(known)
    found = [*roots]
    with suppress(SpentError), half():
        found = normalizer.short_all(flattened(roots, LONG))
    if trace is not None:
        trace += [
            Step("normal form of arrays", root, short)
            for root, short in zip(roots, found, strict=True)
            if short is not root
        ]
    return found


def prepared(root: Expr, order: Sequence[Expr], kept: Collection[Expr] = ()) -> Expr:
    """`root` as a sweep should have it, so that the derivative is shorter.

    Long products are in steps, but for the parts to be `kept`, after what cancels;
    sums of exponentials are read as softmax and logsumexp. `order` is `walk(root)`.
    """
    contracted = [n for n in order if n.op == "contract"]
    flat, stepwise = [root], root
    if contracted:
        flat = flattened(flat, LONG, {*kept})
        stepwise = small(*flat)
    sums = any(n.args[0].op == EXP for n in contracted if len(n.args) == 1)
    if not sums and (stepwise is root or not any(map(_cancels, walk(*flat)))):
        return stepwise
    return normalizer_of(known_of((), {})).short(*flat)


def _cancels(node: Expr) -> bool:
    """Whether a contraction has a matrix beside its inverse."""
    pairs = operands_of(node) if node.op == "contract" else []
    beside = [(x.args[0], labels) for x, labels in pairs if x.op == INV]
    return any(x is y and {*a} & {*b} for x, a in pairs for y, b in beside)


def normalizer_of(known: Known) -> Normalizer:
    """A Normalizer with what is given."""
    from calcml.algebra.arrays.normalizer import Normalizer

    def close(scalar: Expr) -> Expr:
        return simplify_scalar(scalar, given=known.scalars)

    kinds = known.symmetric, known.diagonal
    first = Normalizer(close, *kinds)
    sides = {first.short(left): first.short(right) for left, right in known.equal}
    return Normalizer(close, *kinds, sides)


def without_kinds(given: Given) -> list[str | Expr]:
    """The assumptions but for kinds of matrices.

    A derivative that is derived again holds in all directions, not in symmetric ones.
    """
    return [
        one
        for one in single(given)
        if not isinstance(one, str) or _KIND.match(one) is None
    ]


def known_of(given: Given, arrays: Mapping[str, Expr]) -> Known:
    """Assumptions, sorted by what they speak of."""
    symmetric: set[str] = set()
    diagonal: set[str] = set()
    equal: list[tuple[Expr, Expr]] = []
    facts: list[str | Expr] = []
    for one in single(given):
        kind = _KIND.match(one) if isinstance(one, str) else None
        if kind is not None:
            name = kind[1]
            if name not in arrays:
                raise ParseError(f"{name} is no matrix of the formula")
            symmetric.add(name)
            if kind[2] == KINDS[1]:
                diagonal.add(name)
            if kind[2] == KINDS[2]:
                det = array(DET, (arrays[name],), None, ())
                facts.append(make("gt", (StandIns().of(det), ZERO)))
            continue
        sides = _sides(one) if isinstance(one, str) else None
        if sides and _named(sides[0], arrays):
            shapes = _named(" ".join(sides), arrays)
            left, right = (parse(side, (), shapes) for side in sides)
            if right.dims and right.dims != left.dims:
                raise UnsupportedError(f"{one}: the sides have different shapes")
            equal.append((left, filled(right, left.dims)))
            continue
        if isinstance(one, str) and _named(one, arrays):
            _of_elements(one)
        facts.append(one)
    return Known(frozenset(symmetric), frozenset(diagonal), equal, facts)


def _of_elements(one: str) -> None:
    """UnsupportedError for an assumption that does not hold element by element."""
    try:
        scalar_facts(one)
    except ShapeError:
        message = f"{one}: of arrays may be given what holds of each element, as y > 0"
        raise UnsupportedError(f"{message}, and equations, as sum(y) = 1") from None


def _named(text: str, arrays: Mapping[str, Expr]) -> Shapes:
    """The shapes of the arrays that a text names; others' names need be none of it."""
    found = [n for n in arrays if re.search(rf"\b{n}\b", text)]
    return {n: arrays[n].dims for n in found}


def single(given: Given) -> list[str | Expr]:
    """Assumptions one by one."""
    found: list[str | Expr] = []
    for one in [given] if isinstance(given, (str, Expr)) else given:
        if isinstance(one, str):
            found += [one[a:b] for a, b in spans(one)]
        else:
            found.append(one)
    return found


def _sides(text: str) -> tuple[str, str] | None:
    """The two sides of an equation: the = that stands in no brackets."""
    for match in re.finditer("(?<![<>!=])==?", text):
        if not depth(text, match.start()):
            return text[: match.start()], text[match.end() :]
    return None


METHODS["simplify"] = simplify
