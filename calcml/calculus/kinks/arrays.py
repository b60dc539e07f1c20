"""Kinks of functions of arrays: element by element, or as what they are known to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from calcml.algebra.arrays.norms import square_of
from calcml.algebra.arrays.simplify import simplify
from calcml.algebra.definedness import conditions, guard_of
from calcml.calculus.kinks.kink import Kink
from calcml.calculus.kinks.places import switches
from calcml.calculus.slopes import derivative, gradient
from calcml.core.build import rebuild
from calcml.core.errors import or_none
from calcml.core.expr import CONDITIONS, ZERO, Expr, make, symbol, walk
from calcml.core.flat import depending
from calcml.core.operations import SQRT
from calcml.core.tensors import has_arrays
from calcml.core.tensors.elementwise import is_kernel, is_repeat, region, replaced
from calcml.core.tensors.names import MAX, MIN, NORM2
from calcml.functions import FUNCTIONS
from calcml.functions.arrays import ARRAY_OPERATIONS
from calcml.functions.frameworks import LOCAL
from calcml.parsing.parser import defined
from calcml.parsing.rows import filled
from calcml.printing import text

LETTERS = "ijkl"
STEPS = frozenset(("add", "sub", "mul", "div", "neg"))

Located = Callable[[Expr, Expr], list[Kink]]


class Element(NamedTuple):
    """A scalar expression, its variable, and what that is where it is not of x."""

    scalar: Expr
    variable: Expr
    inner: str = ""


def kinks_of_arrays(root: Expr, x: Expr, located: Located) -> list[Kink]:
    """The kinks of a function that has arrays.

    `located` finds those of a scalar function. What is not reduced to one is told by
    its place alone.
    """
    whole = _scalar(root, x)
    if whole is not None:
        return [_by(kink, whole) for kink in located(whole.scalar, whole.variable)]
    summed = _summed(root, x)
    if summed is not None:
        found = [_by(k, summed) for k in located(summed.scalar, summed.variable)]
        # The values of the other terms are not known.
        return [
            replace(k, value=None, left_value=None, right_value=None) for k in found
        ]
    known = _norm(root, x) or _greatest(root, x)
    if known is not None:
        return [known]
    return [] if _slope_is_smooth(root, x) else _perhaps(root, x)


def element_of(root: Expr, x: Expr) -> Element | None:
    """The one element that a function is of, or sums terms of; None for others."""
    return _scalar(root, x) or _summed(root, x)


def corner_of(root: Expr, x: Expr) -> Expr | None:
    """Where all of x has a corner: a norm is 0, two elements are the greatest."""
    if _norm(root, x) is not None:
        return make("eq", (root, ZERO))
    if _greatest(root, x) is not None:
        return _tie(x, root)
    return None


def perhaps_at(root: Expr, x: Expr) -> Iterator[Expr]:
    """Conditions of the places that `kinks` names as not decided."""
    if _slope_is_smooth(root, x):
        return
    axes = max(len(node.dims) for node in walk(root))
    edges = {c.args for c in conditions(root)}  # which the slope's formula tells
    for a, b, _, whole in switches(root, x):
        inside = _inside(a)
        if b is ZERO and _squared(inside) is not None:
            yield make("eq", (make(SQRT, (inside,)), ZERO))
        elif not whole and (a, b) not in edges:
            sides = [symbol(_element(e, axes)) if e.dims else e for e in (a, b)]
            yield make("eq", tuple(sides))
    for node in walk(root):
        if node.op in (MAX, MIN) and not node.dims and x in walk(node):
            yield _tie(node.args[0], node)


def _tie(array: Expr, greatest: Expr) -> Expr:
    """The condition that two elements or more are the greatest."""
    return defined("sum(where(X == Y, 1, 0)) > 1", {"X": array, "Y": greatest})


def _scalar(root: Expr, x: Expr) -> Element | None:
    """The region below `root` as a function of an element of x, or of one kernel.

    A kernel such as A @ x serves, which is linear.
    """
    values: dict[Expr, Expr] = {}
    moving: list[Expr] = []
    axes = len(root.dims)
    for node in region(root):
        if is_kernel(node) and not is_repeat(node):
            values[node] = symbol(_element(node, axes))
            if x in walk(node):
                moving.append(node)
        elif node is x:
            moving.append(node)
    if len(moving) != 1:
        return None
    (inner,) = moving
    if inner.dims not in (root.dims, ()) or not _linear(inner, x):
        return None
    scalar = replaced(root, values)
    if has_arrays(scalar):
        return None
    return Element(scalar, values.get(inner, inner), "" if inner is x else text(inner))


def _linear(kernel: Expr, x: Expr) -> bool:
    """Whether a kernel is x, or sums of elements of it with factors that have no x."""
    while kernel is not x:
        place = _moving(kernel, x)
        if place is None or kernel.op not in ("contract", *STEPS):
            return False
        kernel = kernel.args[place]
    return True


def _moving(node: Expr, x: Expr) -> int | None:
    """The one argument that has x, which is no divisor."""
    moving = [i for i, a in enumerate(node.args) if x in walk(a)]
    alone = len(moving) == 1 and (node.op != "div" or moving == [0])
    return moving[0] if alone else None


def _by(kink: Kink, element: Element) -> Kink:
    """A kink whose slopes are by a part of the formula says so."""
    if not element.inner or kink.note:
        return kink
    return replace(kink, note=f"slopes by {element.variable}")


def _element(node: Expr, axes: int) -> str:
    """The name of an element: x[i]."""
    count = len(node.dims)
    letters = LETTERS[:axes][axes - count :] if axes >= count else LETTERS[:count]
    shown = text(node) if node.op == "symbol" or not count else f"({text(node)})"
    return f"{shown}[{', '.join(letters)}]" if count else shown


def _summed(root: Expr, x: Expr) -> Element | None:
    """One term of a sum over elements."""
    path: list[tuple[Expr, int]] = []
    node = root
    while node.op in STEPS:
        moving = _moving(node, x)
        if moving is None:
            return None
        path.append((node, moving))
        node = node.args[moving]
    if node.op != "contract" or len(node.args) != 1 or node.dims or not x.dims:
        return None
    inside = node.args[0]
    if len(set(node.value.inputs[0])) != len(inside.dims):
        return None
    found = _scalar(inside, x)
    if found is None:
        return None
    term = found.scalar
    for outer, place in reversed(path):
        args = list(outer.args)
        args[place] = term
        if any(a.dims for a in args):
            return None
        term = rebuild(outer, tuple(args))
    return found._replace(scalar=term)


def _norm(root: Expr, x: Expr) -> Kink | None:
    """The Euclidean norm of x, or of what is linear in x but for constants."""
    u = _squared(root.args[0]) if root.op == SQRT else None
    if u is None or not x.dims:
        return None
    letter = next(c for c in "guvwabcdefh" if c not in root.free_symbols)
    ball = symbol(letter, u.dims)
    back = or_none(lambda: simplify(gradient(u, [x], ball)[0]))
    if back is None or x in walk(back) or back is ZERO:
        return None
    return Kink(
        f"{text(u)} = 0",
        "corner",
        value=ZERO,
        convex=True,
        slope=ZERO,
        region=f"all {text(back)} with norm2({ball.value}) <= 1",
        frameworks=_measured(NORM2) if u is x else {},
    )


def _squared(total: Expr) -> Expr | None:
    """The array of whose elements a term is the sum of squares."""
    found = None if total.dims else square_of(total)
    return None if found is None else found.array


def _measured(op: str) -> dict[str, str | None]:
    """The slopes that frameworks have for each element, where all are at the place."""
    return {name: parts[0] for name, parts in LOCAL[op][0].slopes.items()}


def _slope_is_smooth(root: Expr, x: Expr) -> bool:
    """Whether the derivative of a continuous function has no choices and no edges."""
    for node in walk(root):
        row = FUNCTIONS.get(node.op)
        if node.op in CONDITIONS or node.op == "where" or (row and "jump" in row.kink):
            return False
        guard = guard_of(node)
        if guard is not None and not (
            guard.op == "ge" and guard.args[1] is ZERO and _squared(guard.args[0])
        ):
            return False
    slope = or_none(lambda: simplify(derivative(root, x)))
    return slope is not None and not _perhaps(slope, x)


def _greatest(root: Expr, x: Expr) -> Kink | None:
    """The greatest or least element of x."""
    if root.op not in (MAX, MIN) or root.args[0] is not x or root.dims:
        return None
    greatest = "greatest" if root.op == MAX else "least"
    return Kink(
        f"two or more elements of {x.value} are the {greatest}",
        "corner",
        convex=root.op == MAX,
        region=f"weights >= 0 on the elements that are the {greatest}, of sum 1",
        note="calcml gives each of them the same weight",
        frameworks=_measured(root.op) if root.op in LOCAL else {},
    )


def _perhaps(root: Expr, x: Expr) -> list[Kink]:
    """Places of which it is not found out whether what surrounds smooths them."""
    found: dict[str, Kink] = {}
    order = walk(root)
    moving = depending(order, x) - {x}
    for node in filter(moving.__contains__, order):
        for place, name in _places(node):
            note = f"not decided: perhaps a kink, of {name}"
            found.setdefault(place, Kink(place, "singular", note=note))
    return list(found.values())


def _places(node: Expr) -> list[tuple[str, str]]:
    """Where one operation may have kinks, in words."""
    row, along = FUNCTIONS.get(node.op), ARRAY_OPERATIONS.get(node.op)
    each = ", of any element" if any(a.dims for a in node.args) else ""
    if along is not None and along.single and _jumps(along.single):
        return [(f"{text(node.args[0])} = 0", "a norm")]
    if node.op in (MAX, MIN):
        return [(f"a tie of elements of {text(node.args[0])}", node.op[:3])]
    if node.op in CONDITIONS and node.args[0].op not in CONDITIONS:
        a, b = node.args
        return [(f"{text(a)} = {text(b)}{each}", "a choice")]
    if row is None:
        return []
    found = []
    if row.kink:
        for part in row.kink.split("; "):
            for place in part.partition(": ")[0].split(", "):
                found.append((_filled(place, node) + each, row.name))
    guard = guard_of(node)
    sizes = {str(s) for n in walk(node) for d in n.dims for s in d.free_symbols}
    if guard is not None and guard.free_symbols - sizes:
        base = _squared(_inside(guard.args[0])) if node.op == SQRT else None
        if base is not None:
            return [(f"{text(base)} = 0", "a norm")]
        found.append((f"the edge of {text(guard)}{each}", row.name))
    return found


def _inside(node: Expr) -> Expr:
    """What sums and quotients begin with: the sum of squares of a mean."""
    while node.op in STEPS and node.args[0].op != "number":
        node = node.args[0]
    return node


def _jumps(single: str) -> bool:
    """Whether what an array function is of one element has a jump."""
    inside = walk(defined(single, {"x": symbol("x")}))
    return any("jump" in FUNCTIONS[n.op].kink for n in inside if n.op in FUNCTIONS)


def _filled(place: str, node: Expr) -> str:
    """A row's place with the arguments of a call in it."""
    left, equals, right = place.partition(" = ")
    if place == "a tie":
        return f"a tie of {' and '.join(map(text, node.args))}"
    params = FUNCTIONS[node.op].params
    sides = [or_none(filled, s, params, node.args) for s in (left, right) if s]
    return equals.join([text(s) for s in sides if s]) if None not in sides else place
