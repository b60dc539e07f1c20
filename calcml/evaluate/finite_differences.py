"""Random small arrays at which expressions have values, and derivatives by differences.

Different names of sizes get different numbers, so that no two axes are confused without
an error. Values are short decimals, where kinks do not lie.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from operator import mul
from types import MappingProxyType
from typing import Any

from calcml.core.affine import affine
from calcml.core.budget import spend
from calcml.core.errors import DomainError, ShapeError
from calcml.core.expr import Expr, walk
from calcml.core.flat import depending, leaves
from calcml.core.tensors.names import ONEHOT
from calcml.evaluate.arrays import Point, located, lowered, run
from calcml.evaluate.arrays.grid import Grid, Shape, indices, nested, spread
from calcml.evaluate.arrays.sizes import Sizes, shape_of, sizes_in, whole
from calcml.evaluate.limits import (
    FEW,
    HELD,
    LARGE,
    MAX_STUCK,
    STEP,
    STEP_GUARD,
    TRIAL_DIGITS,
    TRIALS,
)
from calcml.evaluate.on_equations import moved
from calcml.evaluate.pointwise import Failure, context, number, rounded
from calcml.evaluate.sample import Range, draw, implied_ranges

Trial = tuple[dict[str, int], dict[str, Any]]

# All signs, positive, probabilities; then, for each variable by itself, others too.
RANGES: tuple[Range, ...] = ((-2, 2), (0.2, 2), (0.05, 0.95))
ALL_RANGES: tuple[Range, ...] = (*RANGES, (2, 9), (-0.9, 0.9))


# Elements of special matrices, made of the rows of any square one: for `definite`, of
# its product with its transpose and half of the unit matrix.
KINDS: dict[str, Callable[[list[list[Fraction]], int, int], Fraction]] = {
    "definite": lambda rows, i, j: sum(map(mul, rows[i], rows[j]), Fraction(i == j, 2)),
    "symmetric": lambda rows, i, j: (rows[i][j] + rows[j][i]) / 2,
    "diagonal": lambda rows, i, j: rows[i][j] * (i == j),
}


def trial(
    roots: Sequence[Expr],
    seed: int | str = 0,
    sizes: Sizes | None = None,
    *,
    given: Sequence[Expr] = (),
    ranges: Mapping[str, Range] = MappingProxyType({}),
    **kinds: Collection[str],
) -> Trial:
    """Numbers for the sizes, and values for the variables where all roots have values.

    Values are fractions, those of arrays in nested lists. Matrices are of the `kinds`
    symmetric, diagonal, or definite (which are symmetric and positive definite), by
    name. The conditions `given` hold in every element; for an equation between sums of
    a variable and what they are, the variable is scaled, for others Newton's method
    moves them. Values are drawn from the `ranges` of their variables, or from several.
    `sizes` fixes sizes; the same seed gives the same trial.

    Raises DomainError where many tries find no finite real values, ShapeError where no
    sizes fit.
    """
    rng = random.Random(f"{seed} trial")
    given = _concerning(given, roots)
    equations = [c for part in given for c in leaves(part, "and") if c.op == "eq"]
    wanted = [lowered(root) for root in roots]
    order = walk(*wanted, *given)
    names = {name for size in sizes_in(order) for name in size.free_symbols}
    variables = sorted(
        {v for v in order if v.op == "symbol" and v.value not in names}, key=_name
    )
    picks = [node for node in order if node.op == "selector"]
    narrow = implied_ranges(given, variables)
    low, misfit, stuck = 2, None, 0
    for turn in range(TRIALS):
        numbers = _widened(_sizes(rng, sorted(names), sizes or {}, low), picks, sizes)
        try:
            implied = (narrow if turn % 2 else {}) | dict(ranges)
            values = _values(rng, variables, order, numbers, turn, kinds, implied)
            for condition in given:
                values |= _scaled(condition, values | numbers, kinds)
            if equations:
                there = moved(equations, values | numbers, kinds)
                values |= there or {}
                stuck += there is None
                if stuck > MAX_STUCK:
                    break
            point = located(order, values | numbers)
            if _has_values(wanted, given, order, point):
                return numbers, values
        except ShapeError as error:  # such as a slice beyond a small axis
            low, misfit = low + 1, error
    held = " and what is given holds" if given else ""
    found = f"no arrays were found at which all values are real{held}"
    raise misfit or DomainError(found)


def _concerning(given: Sequence[Expr], roots: Sequence[Expr]) -> list[Expr]:
    """The conditions that have to do with variables of the roots, or of each other."""
    names = {name for root in roots for name in root.free_symbols}
    found: list[Expr] = []
    while more := [
        c for c in given if c not in found and not names.isdisjoint(c.free_symbols)
    ]:
        found += more
        names.update(*[c.free_symbols for c in more])
    return found


def _name(variable: Expr) -> str:
    return str(variable.value)


def _sizes(
    rng: random.Random, names: Sequence[str], fixed: Sizes, low: int
) -> dict[str, int]:
    """A number for each name, different ones, from `low` on."""
    taken = {name: fixed[name] for name in names if name in fixed}
    free = [name for name in names if name not in taken]
    pool = [k for k in range(low, low + FEW + len(names)) if k not in taken.values()]
    drawn = rng.sample(pool[: max(FEW, len(free))], len(free))
    return taken | dict(zip(free, drawn, strict=True))


def _widened(
    numbers: dict[str, int], picks: Sequence[Expr], fixed: Sizes | None
) -> dict[str, int]:
    """The numbers, larger ones where selectors would take places beyond an axis."""
    groups = [group for pick in picks for group in pick.value[3]]
    for group in groups * FEW:  # what is raised for one may be lacking for another
        part, lacking = affine(group[0]), -whole(group[0], numbers)
        more = [str(n.value) for n, x in part.terms.items() if x > 0]
        free = [name for name in more if name not in (fixed or {})]
        if lacking > 0 and free:
            numbers[free[0]] += lacking
    return numbers


def _values(
    rng: random.Random,
    variables: Sequence[Expr],
    order: Sequence[Expr],
    sizes: Sizes,
    turn: int,
    kinds: Mapping[str, Collection[str]],
    implied: Mapping[str, Range],
) -> dict[str, Any]:
    """A value for each variable, from those implied or ranges of the turn."""
    places = {v for node in order if node.op == ONEHOT for v in walk(node)}
    values: dict[str, Any] = {}
    for variable in variables:
        if variable in places and not variable.dims:
            values[variable.value] = Fraction(rng.randrange(2))
            continue
        shape = shape_of(variable.dims, sizes)
        wide = turn >= len(RANGES)
        low, high = rng.choice(ALL_RANGES) if wide else RANGES[turn]
        low, high = implied.get(variable.value, (low, high))
        count = len(indices(shape))
        grid = Grid(shape, [draw(rng, low, high) for _ in range(count)])
        square = len(shape) == 2 and variable.dims[0] is variable.dims[1]
        own = [kind for kind in KINDS if variable.value in kinds.get(kind, ())]
        free = variable.value not in implied and own[:1] != ["definite"]
        if free and wide and square and rng.random() < 0.5:
            own = ["definite"]
        rows = nested(grid)
        if own:
            items = [KINDS[own[0]](rows, i, j) for i, j in indices(shape)]
            rows = nested(Grid(shape, items))
        values[variable.value] = rows
    return values


def _scaled(
    equation: Expr, at: Mapping[str, Any], kinds: Mapping[str, Collection[str]]
) -> dict[str, Any]:
    """The variable of an equation such as sum(y) == 1, scaled so that it holds.

    Matrices of the `kinds` would be such no more.
    """
    if equation.op != "eq" or equation.args[0].op != "contract":
        return {}
    left, right = equation.args
    variable, (labels, *_) = left.args[0], left.value.inputs
    if variable.op != "symbol" or len(left.args) > 1:
        return {}
    if any(variable.value in names for names in kinds.values()):
        return {}
    order, m = walk(equation), context()
    m.dps = TRIAL_DIGITS
    point = located(order, at)
    found = run(order, point, m)
    sums = dict(zip(indices(found[left].shape), found[left].items, strict=True))
    wanted = spread(found[right], found[left].shape)
    ratios = {
        index: right_value / value if value else 0
        for (index, value), right_value in zip(sums.items(), wanted, strict=True)
    }
    shape, items = point.grids[variable.value]
    scaled = []
    for index, item in zip(indices(shape), items, strict=True):
        place = dict(zip(labels, index, strict=True))
        scaled.append(item * ratios[tuple(place.get(k, 0) for k in left.value.output)])
    return {str(variable.value): nested(Grid(shape, scaled))}


def _has_values(
    roots: Sequence[Expr], given: Sequence[Expr], order: Sequence[Expr], point: Point
) -> bool:
    """Whether all elements of the roots are real and not huge, and `given` holds."""
    m = context()
    m.dps = TRIAL_DIGITS
    found = run(order, point, m)
    for condition in (part for fact in given for part in leaves(fact, "and")):
        if condition.op == "eq":
            sides = [spread(found[a], found[condition].shape) for a in condition.args]
            if not all(_is_equal(a, b, m) for a, b in zip(*sides, strict=True)):
                return False
        elif not all(item is True for item in found[condition].items):
            return False
    spend(sum([8 * len(found[root].items) for root in roots]))
    return all(_is_usual(item, m) for root in roots for item in found[root].items)


def _is_equal(a: Any, b: Any, m: Any) -> bool:
    """Whether two values are equal, but for rounding."""
    if isinstance(a, Failure) or isinstance(b, Failure):
        return False
    one, other = number(a, m), number(b, m)
    return bool(abs(one - other) <= max(1, abs(one)) * m.mpf(10) ** -HELD)


def _is_usual(item: Any, m: Any) -> bool:
    if isinstance(item, (bool, Failure)):
        return isinstance(item, bool)
    size = abs(number(item, m))
    imaginary = abs(m.im(number(item, m)))  # what rounding leaves of a real value
    return bool(size < LARGE and imaginary <= size * m.sqrt(m.eps))


# --- differences -------------------------------------------------------------------


def finite_difference(
    root: Expr,
    variable: Expr,
    at: Mapping[str, object],
    digits: int = 30,
    *,
    symmetric: bool = False,
) -> Any:
    """The derivative by central differences, of shape root.shape + variable.shape.

    About `digits` digits are right away from kinks. `symmetric` is for a matrix that
    stays symmetric: the slope of each element is shared evenly with its mirror image.
    Raises the errors of `evaluate.evalf.evalf`.
    """
    m, whole = context(), lowered(root)
    m.dps = digits + STEP_GUARD
    order = walk(whole)
    point = located([*order, variable], at)
    grid = point.grids[variable.value]
    moved = depending(order, variable)
    fixed = run([node for node in order if node not in moved], point, m)
    step = Fraction(1, 10**STEP)

    def value(shift: Mapping[int, Fraction]) -> Grid:
        items = [v + shift.get(k, 0) for k, v in enumerate(grid.items)]
        grids = {**point.grids, variable.value: Grid(grid.shape, items)}
        return run(order, Point(grids, point.sizes), m, done=fixed)[whole]

    columns = []
    for shift in _shifts(grid.shape, step, symmetric):
        above, below = value(shift), value({k: -v for k, v in shift.items()})
        pairs = zip(above.items, below.items, strict=True)
        columns.append([_slope(a, b, step, m) for a, b in pairs])
    results = [
        rounded(columns[k][j], None, digits, m)
        for j in range(len(columns[0]))
        for k in range(len(columns))
    ]
    return nested(Grid(above.shape + grid.shape, results))


def _shifts(shape: Shape, step: Fraction, symmetric: bool) -> list[dict[int, Fraction]]:
    """For each element what is added to which elements."""
    place = {index: k for k, index in enumerate(indices(shape))}
    if not symmetric:
        return [{k: step} for k in place.values()]
    return [
        {place[i, j]: step / 2, place[j, i]: step / 2} if i != j else {k: step}
        for (i, j), k in place.items()
    ]


def _slope(above: Any, below: Any, step: Fraction, m: Any) -> Any:
    for value in (above, below):
        if isinstance(value, Failure):
            raise value.error()
    return (number(above, m) - number(below, m)) / (2 * number(step, m))
