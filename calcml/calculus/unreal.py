"""Absolute values of complex parts, before the chain rule: abs(u) is sqrt(u*conj(u)).

Variables are real, and a function is real on the reals where it is defined, so the
conjugate of an expression has -I in the place of I (Schwarz' reflection). The slope is
then Re(conj(u)*u')/abs(u). What asks for an order or a sign has no complex arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from random import Random

from calcml.algebra.definedness import conditions, guard_of
from calcml.calculus.limits import NOISE
from calcml.core.build import IMAG, like, mul, neg, sub, substitute
from calcml.core.comparisons import ORDERED
from calcml.core.errors import UnsupportedError, or_none
from calcml.core.exact import evaluate
from calcml.core.expr import CONDITIONS, ZERO, Expr, make, symbol, walk
from calcml.core.operations import ABS, SQRT
from calcml.core.tensors import has_arrays
from calcml.core.tensors.names import MAX, MIN
from calcml.functions import FUNCTIONS
from calcml.functions.arrays import ARRAY_OPERATIONS
from calcml.parsing.definitions import called
from calcml.parsing.rows import definition, params


def spelled(root: Expr, order: Sequence[Expr]) -> Expr:
    """`root` with the absolute values of complex parts as roots; `order` is its walk.

    Raises UnsupportedError for a function or a comparison of real arguments alone.
    """
    while unreal := {node for node in order if _is_unreal(node)}:
        written = _written(order, unreal)
        if not written:
            break
        root = substitute(root, written)
        order = walk(root)
    return root


def _is_unreal(node: Expr) -> bool:
    """Whether a node is I, or a function of numbers outside of its real domain."""
    if node.op not in FUNCTIONS or any(arg.op != "number" for arg in node.args):
        return node is IMAG
    guard = guard_of(node)
    return guard is not None and evaluate(guard) is False


def _written(order: Sequence[Expr], unreal: set[Expr]) -> dict[Expr, Expr]:
    """What stands for the nodes that depend on absolute values of complex parts.

    The nodes that may be complex are added to `unreal`.
    """
    found = {}
    for node in order:
        mine = [arg for arg in node.args if arg in unreal]
        if not mine:
            continue
        if node.op != ABS and node.op not in CONDITIONS:
            unreal.add(node)
        ordered, measured = _asks(node.op)
        if not (ordered or measured) or not node.free_symbols:
            continue
        if ordered and not all(map(_is_real, mine)):
            raise _refused(node, mine[0])
        if node.op == ABS and not _is_real(*mine):
            found[node] = _modulus(*mine)
        elif measured and node.op != ABS:
            found[node] = definition(FUNCTIONS[node.op])(node.args, node)
    return found


@cache
def _asks(op: str) -> tuple[bool, bool]:
    """Whether a function depends on an order, and on the absolute value of a part."""
    row = FUNCTIONS.get(op)
    if row is None:
        return op in (MAX, MIN), False
    used = called(make(op, tuple(map(symbol, params(row)))))
    rows = [FUNCTIONS[name] for name in used - {ABS}]
    ordered = any(r.op in ORDERED or r.picks or r.rounds or r.sides for r in rows)
    return ordered, ABS in used


def _conjugate(u: Expr) -> Expr:
    return substitute(u, {IMAG: neg(IMAG)})


def _is_real(u: Expr) -> bool:
    """Whether `u` is seen to be its own conjugate."""
    from calcml.algebra.arrays.simplify import simplify

    if any(node is not IMAG and _is_unreal(node) for node in walk(u)):
        return False
    return simplify(sub(u, _conjugate(u))) is like(ZERO, u, u)


def _modulus(u: Expr) -> Expr:
    from calcml.algebra.arrays.simplify import simplify

    for node in walk(u):
        if node is not IMAG and _is_unreal(node):
            raise UnsupportedError(
                f"{node} is not real; write complex numbers with I, as in abs(I*x)"
            )
    square = simplify(mul(u, _conjugate(u)))
    found = simplify(make(SQRT, (square,)))
    if not _is_modulus(u, found):
        raise UnsupportedError(
            f"{u} lies on a branch cut for some values of its variables, where the "
            "slope of its absolute value is not found"
        )
    return found


def _is_modulus(u: Expr, found: Expr) -> bool:
    """Whether values say so: on a branch cut a function is not real on the reals."""
    from calcml.evaluate.evalf import evalf
    from calcml.evaluate.sample import SCALES, draw, holds

    rng, names = Random(0), sorted(u.free_symbols)
    points = [
        {name: draw(rng, *scale) for name in names}
        for scale in (() if has_arrays(u) else SCALES)
    ]
    for condition in conditions(u):  # those on real parts: they hold somewhere
        there = [point for point in points if holds(condition, point)]
        no = [point for point in points if holds(condition, point) is False]
        points = there or [point for point in points if point not in no]
    for point in points:
        size, other = (or_none(evalf, e, point) for e in (u, found))
        if size is None or other is None:
            continue
        if abs(abs(size) - other) > max(1, abs(size)) * NOISE:
            return False
    return True


def _refused(node: Expr, arg: Expr) -> UnsupportedError:
    name = (FUNCTIONS.get(node.op) or ARRAY_OPERATIONS[node.op]).name
    what = f"the comparison {node}" if node.op in ORDERED else name
    return UnsupportedError(
        f"{what} takes real arguments, and {arg} is complex: complex values have no "
        "order and no sign"
    )
