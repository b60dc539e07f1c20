"""Where a function is defined and real, and where it has a derivative."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from calcml.algebra.arrays.simplify import simplify_all
from calcml.algebra.definedness import conditions
from calcml.algebra.facts import Facts
from calcml.algebra.piecewise import negated
from calcml.algebra.simplify import simplify
from calcml.calculus.chain_rule import forward
from calcml.calculus.domain.known import assumed, left, possible
from calcml.calculus.domain.places import (
    CHOSEN,
    JUMP,
    SMOOTH,
    STEEP,
    UNDECIDED,
    places_of,
)
from calcml.calculus.domain.solve import NOWHERE, solved
from calcml.calculus.domain.told import Conditions, Domain as Domain
from calcml.calculus.in_names import put_back
from calcml.calculus.kinks.arrays import corner_of, element_of, perhaps_at
from calcml.calculus.slopes import derivative
from calcml.calculus.zeros.constants import is_closed
from calcml.core.budget import limited
from calcml.core.build import IMAG, substitute
from calcml.core.comparisons import STRICT
from calcml.core.errors import UnsupportedError, or_none
from calcml.core.expr import Expr, make, walk
from calcml.core.flat import depending, joined, leaves
from calcml.core.operations import FLOOR
from calcml.core.tensors import has_arrays
from calcml.functions.arrays import ARRAY_OPERATIONS
from calcml.parsing.inputs import Formula, Several, Variable, function, variables_in
from calcml.parsing.parser import Given, Shapes, defined as built


@limited
def domain(
    f: Formula,
    x: Variable | Several | None = None,
    *,
    simplify: bool = True,
    given: Given = (),
    shapes: Shapes | None = None,
    defined: bool = False,
) -> Domain:
    """Where `f` is defined and real, and its derivative by `x`, by all if None.

    `x` is a variable, or a list of some. `shapes` declares the arrays of a text.
    Conditions in one variable are solved where all zeros are found exactly; others are
    left as they stand, as all are without `simplify`. Those of arrays hold for each
    element. What follows from `given` is left out; `defined` writes the conditions in
    the names that the text defines.

    Raises the errors of `parse`, and those of `diff` about the derivative.

    >>> print(domain("log(x)/(x - 1)"))
    defined for x > 0 and x != 1; differentiable for x > 0 and x != 1
    >>> domain("asin(2*x)").function
    (-1/2 <= x and x <= 1/2,)
    >>> domain("abs(x)").chosen
    (x == 0,)
    """
    read = function(f, shapes, x, given)
    found = _domain(read.root, variables_in(read, x), solved if simplify else _kept)
    if given not in ((), []):
        known, equal = assumed(given, read, found.function)

        def put(conditions: Conditions) -> Iterator[Expr]:
            return (substitute(c, equal) for c in conditions)

        found = found.each(
            lambda held: left(put(held), known),
            lambda places: possible(put(places), known),
        )
    if defined and read.definitions:

        def named(conditions: Conditions) -> Conditions:
            return tuple(put_back(read, conditions, ()))

        found = found.each(named, named)
    return found


def _kept(conditions: Iterable[Expr]) -> Conditions:
    return tuple(dict.fromkeys(conditions))


def _domain(
    root: Expr,
    variables: Sequence[Expr],
    settled: Callable[[Iterable[Expr]], Conditions],
) -> Domain:
    asked = _asked(root)
    own, kinds = where_defined(root)
    if own == (NOWHERE,):
        return Domain(own, own)
    shown = own if settled is solved else settled(asked)
    found = _places(root, variables, own)
    rough = [negated(c) for what in (STEEP, JUMP, UNDECIDED) for c in found[what]]
    try:
        slopes = [] if _is_told(root, variables) else _of_slopes(root, variables)
    except UnsupportedError:
        both = None
    else:
        beside = [_of_intervals(c, variables) for c in asked]
        both = settled([*beside, *slopes, *rough])
    jumps = _inside(found[JUMP], own)
    if both is None:
        return Domain(shown, None, (), jumps, (), kinds)
    chosen, undecided = _inside(found[CHOSEN], both), _inside(found[UNDECIDED], own)
    plain = Domain(shown, both, chosen, jumps, undecided, kinds)
    return _at_single_values(plain, root, variables)


def _at_single_values(plain: Domain, root: Expr, variables: Sequence[Expr]) -> Domain:
    """What holds at one value of a parameter, too: of a^x by x where a is 0."""
    both = joined("and", plain.derivative or ())
    if len(variables) != 1 or both is None or not _is_scalar(root):
        return plain
    whole, jumps = both, list(plain.jumps)
    for condition in plain.derivative or ():
        p, bound = condition.args[0], condition.args[-1]
        if condition.op not in STRICT or p.op != "symbol" or p in variables:
            continue
        if not is_closed(bound):
            continue
        at = make("eq", (p, bound))
        inside = solved([*plain.function, at])
        put = or_none(substitute, root, {p: bound})
        there = None if put is None else or_none(simplify, put)
        if there is None or inside == (NOWHERE,):
            continue
        found = or_none(domain, there, variables[0])
        if found is not None and found.derivative not in (None, (NOWHERE,)):
            more = joined("and", [at, *(found.derivative or ())])
            assert more is not None
            whole = make("or", (whole, more))
            jumps += [make("and", (at, jump)) for jump in found.jumps]
    if whole is both:
        return plain
    return replace(plain, derivative=solved([whole]), jumps=tuple(jumps))


def where_defined(root: Expr) -> tuple[tuple[Expr, ...], tuple[tuple[Expr, str], ...]]:
    """The conditions of a value, solved, and the kinds that its matrices must have."""
    rows = [(n, ARRAY_OPERATIONS.get(n.op)) for n in walk(root)]
    kinds = [(n.args[0], row.kind) for n, row in rows if row is not None and row.kind]
    return solved(_asked(root)), tuple(dict.fromkeys(kinds))


def _asked(root: Expr) -> list[Expr]:
    """The conditions of an expression, and those of matrices that no row fulfils."""
    asked, known = dict.fromkeys(conditions(root)), set[Expr]()
    for node in walk(root):
        row = ARRAY_OPERATIONS.get(node.op)
        if row is not None and row.on:
            asked[built(row.on, {row.params[0]: node.args[0]})] = None
        if row is not None and row.range:
            known.add(built(row.range, {"y": node}))
    return [c for c in asked if c not in known]


def _places(
    root: Expr, variables: Sequence[Expr], own: Sequence[Expr]
) -> dict[str, list[Expr]]:
    """What `kinks` knows along each variable, conditions by what there is."""
    found: dict[str, list[Expr]] = {
        what: [] for what in (SMOOTH, CHOSEN, JUMP, STEEP, UNDECIDED)
    }
    if not _is_real(root):
        return found
    known = or_none(Facts, own) or Facts()
    for x in variables:
        if _is_scalar(root) and not x.dims:
            for what, condition in places_of(root, x, known, variables):
                found[what].append(condition)
        elif element := element_of(root, x):
            for what, condition in places_of(element.scalar, element.variable, Facts()):
                if what != STEEP:  # which the slope's formula tells
                    found[what].append(condition)
        elif (corner := corner_of(root, x)) is not None:
            found[CHOSEN].append(corner)
        elif not _is_scalar(root):
            # One contraction may have several graphs of the same text.
            told = {str(negated(c)): c for c in perhaps_at(root, x)}
            found[UNDECIDED] += [c for no, c in told.items() if no not in map(str, own)]
    return found


def _is_scalar(root: Expr) -> bool:
    """Whether a function has numbers only, of known functions of real numbers."""
    return _is_real(root) and not has_arrays(root)


def _is_real(root: Expr) -> bool:
    order = walk(root)
    return IMAG not in order and not any(node.op == "formal" for node in order)


def _is_told(root: Expr, variables: Sequence[Expr]) -> bool:
    """Whether the places say all: of a function of one variable, which has a slope.

    Raises UnsupportedError where its derivative has no closed form.
    """
    if len(variables) == 1 and corner_of(root, variables[0]) is not None:
        return True
    if not _is_scalar(root) or root.free_symbols != {v.value for v in variables}:
        return False
    return len(variables) == 1 and forward(root, variables[0]) is not None


def _of_slopes(root: Expr, variables: Sequence[Expr]) -> list[Expr]:
    """The conditions under which the derivatives by all variables have values."""
    from calcml.calculus.at_points import with_values

    slopes = simplify_all([derivative(root, v) for v in variables])
    if _is_scalar(root):
        slopes = [with_values(root, *p) for p in zip(variables, slopes, strict=True)]
    return [c for slope in slopes for c in _asked(slope)]


def _of_intervals(condition: Expr, variables: Sequence[Expr]) -> Expr:
    """A condition without the single places at which what moves is a whole number."""
    order = walk(condition)
    moving = depending(order, *variables)
    apart = {
        node: NOWHERE
        for node in moving
        if node.op == "eq" and node.args[1] is make(FLOOR, node.args[:1])
    }
    return substitute(condition, apart) if apart else condition


def _inside(places: Iterable[Expr], both: Sequence[Expr]) -> tuple[Expr, ...]:
    """Those places, solved, that the domain has, each once."""
    found: list[Expr] = []
    for place in places:
        for part in _alternatives(solved([place])):
            inside = solved([*both, part]) != (NOWHERE,)
            if inside and not any(_implies(part, other) for other in found):
                found = [c for c in found if not _implies(c, part)] + [part]
    return tuple(found)


def _implies(one: Expr, other: Expr) -> bool:
    known = or_none(Facts, leaves(one, "and"))
    return known is not None and or_none(known.decide, other) is True


def _alternatives(conditions: Sequence[Expr]) -> list[Expr]:
    """A single condition's alternatives, else all the conditions as one."""
    whole = joined("and", conditions)
    return [] if whole is None or whole is NOWHERE else leaves(whole, "or")
