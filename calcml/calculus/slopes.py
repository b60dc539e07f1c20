"""One slope at a kink, however the function was spelled.

Before a function with kinks is derived, its spellings are brought to one (the rules
of `rules/kinks.py`), and the branches of its choices are joined (`calculus.branches`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

from calcml.algebra.arrays import norms
from calcml.calculus.alone import stand_alone
from calcml.calculus.chain_rule import Used, forward, reverse, times
from calcml.calculus.limits import MOST_GROUPS, MOST_TESTS, MOST_VARIABLES
from calcml.core.build import add, bottom_up, substitute, substitute_all
from calcml.core.expr import ONE, ZERO, Expr, make, symbol, walk
from calcml.core.flat import SUMS
from calcml.core.tensors import has_arrays
from calcml.core.tensors.elementwise import MARK, mapped
from calcml.functions import FUNCTIONS
from calcml.parsing.rows import definition


@final
class Sweep:
    """What one sweep did: the function as it was spelled for it, and what it used.

    `used` are the partials of a forward sweep, `passed` the adjoints of a reverse one.
    """

    __slots__ = ("passed", "root", "used")

    def __init__(self) -> None:
        self.root: Expr | None = None
        self.used: list[Used] = []
        self.passed: dict[Expr, Expr] = {}


def derivative(
    root: Expr,
    variable: Expr,
    tangent: Expr | None = None,
    sweep: Sweep | None = None,
    order: Sequence[Expr] = (),
) -> Expr:
    """d root / d variable, with the chosen slope at kinks; shape root + variable.

    With a `tangent`, the derivative in that direction. What was done is entered in
    `sweep`. `order` is `walk(root)`, where the caller has it already.
    """
    f, order = _settled(root, [variable], order)
    f, order, back = _in_choices(f, order)
    if sweep is not None:
        sweep.root = f
    if variable.dims and tangent is None:
        return reverse(f, [variable], order, None, sweep and sweep.passed)[0]
    slope = forward(f, variable, order, tangent, sweep and sweep.used)
    (slope,) = substitute_all([slope], back) if back else [slope]
    return slope if tangent else _whole(root, [variable], [slope])[0]


def gradient(
    root: Expr,
    variables: Sequence[Expr],
    upstream: Expr | None = None,
    sweep: Sweep | None = None,
    order: Sequence[Expr] = (),
) -> list[Expr]:
    """d root / d each variable, with the chosen slope at kinks.

    With an `upstream` gradient, its product with the Jacobian. What was done is
    entered in `sweep`; `order` as above.
    """
    order = order or walk(root)
    forms = _forms(root, variables, order) if len(variables) > 1 else {}
    f, order = _settled(root, variables, order)
    if sweep is not None:
        sweep.root, nodes, _ = _in_choices(f, order)
        found = reverse(sweep.root, variables, nodes, upstream, sweep.passed)
    if len(forms) > 1:
        slopes: dict[Expr, Expr] = {}
        for form, some in forms.items():
            some_found = _reversed(form, some, walk(form), upstream)
            slopes |= dict(zip(some, some_found, strict=True))
        found = [slopes[v] for v in variables]
    elif sweep is None or sweep.root is not f:
        found = _reversed(f, variables, order, upstream)
    return found if upstream else _whole(root, variables, found)


def _reversed(
    f: Expr, variables: Sequence[Expr], order: Sequence[Expr], upstream: Expr | None
) -> list[Expr]:
    """A reverse sweep down to extremes along one variable, whose slopes are known."""
    choices = _choices(order)
    if not choices:
        return reverse(f, variables, order, upstream)
    stands = {node: symbol(f"{MARK}{i}") for i, node in enumerate(choices)}
    outer = substitute(f, stands)
    found = reverse(outer, [*variables, *stands.values()], (), upstream)
    totals = dict(zip(variables, found, strict=False))
    for adjoint, choice in zip(found[len(variables) :], choices.values(), strict=True):
        for x, total in totals.items():
            if x.value in choice.free_symbols:
                totals[x] = add(total, times(adjoint, forward(choice, x)))
    back = {stand: node for node, stand in stands.items()}
    return substitute_all([totals[v] for v in variables], back)


def _whole(root: Expr, variables: Sequence[Expr], parts: list[Expr]) -> list[Expr]:
    """Derivatives of a scalar, entries of the whole gradient where corners meet."""
    if not 1 < len(root.free_symbols) <= MOST_VARIABLES or has_arrays(root):
        return parts
    if stand_alone(root, walk(root)):
        return parts
    from calcml.calculus.subgradients import least

    found = least(root, variables, parts)
    if not any(node.op in ("eq", "ne") for node in walk(root)):
        return found
    return [  # a value that was chosen for single places is kept
        new if new is old or _as_defined(new, old) else old
        for old, new in zip(parts, found, strict=True)
    ]


def _as_defined(new: Expr, old: Expr) -> bool:
    """Whether a slope has a value where another one has: y/p for a choice has not."""
    from calcml.algebra.definedness import conditions
    from calcml.algebra.facts import Facts

    known = Facts().and_where_defined(conditions(old))
    return all(known.decide(c) is True for c in conditions(new))


def by_rows(root: Expr, x: Expr) -> bool:
    """Whether the slope by x is that of the chain rule where another would be right.

    It may be so at corners of a scalar function of several variables.
    """
    if len(root.free_symbols) < 2 or stand_alone(root, walk(root)):
        return False
    from calcml.calculus.subgradients import told

    f, order = _settled(root, [x])
    return not told(root, x, forward(f, x, order))


def _forms(
    root: Expr, variables: Sequence[Expr], order: Sequence[Expr]
) -> dict[Expr, list[Expr]]:
    """The spellings of a function with choices, each with the variables it is for.

    The join of a choice along one variable is none along others. Nothing where many
    variables decide.
    """
    tests = [node.args[0] for node in order if node.op == "where"]
    if not tests:
        return {}
    names = [test.free_symbols for test in tests[:MOST_TESTS]]
    decisive = frozenset[str]().union(*names)
    groups: dict[Expr | None, list[Expr]] = {}
    for v in variables:
        groups.setdefault(v if v.value in decisive else None, []).append(v)
    found: dict[Expr, list[Expr]] = {}
    if 1 < len(groups) <= MOST_GROUPS and len(tests) <= MOST_TESTS:
        for some in groups.values():
            form = _settled(root, some, order)[0]
            found.setdefault(form, []).extend(some)
    return found


def settled(root: Expr) -> Expr:
    """The same function, spelled so that the chain rule gives the chosen slopes."""
    return _in_choices(*_settled(root))[0]


def _in_choices(
    root: Expr, order: Sequence[Expr]
) -> tuple[Expr, Sequence[Expr], dict[Expr, Expr]]:
    """A function with its extremes along one variable as choices, and its nodes.

    And what stands for a choice where its value is meant: the extreme.
    """
    put = _choices(order)
    if not put:
        return root, order, {}
    root = substitute(root, put)
    back = {new: old for old, new in put.items() if new.op == "where"}
    return root, walk(root), back


def _choices(order: Sequence[Expr]) -> dict[Expr, Expr]:
    """Extremes along one variable among some nodes, each as a choice."""
    if _EXTREMES.isdisjoint([node.op for node in order]):
        return {}
    from calcml.calculus.branches.extremes import in_choices

    return in_choices(order)


def _settled(
    root: Expr, variables: Sequence[Expr] = (), order: Sequence[Expr] = ()
) -> tuple[Expr, Sequence[Expr]]:
    order = order or walk(root)
    spelled = norms.spelled(root, order)
    if spelled is not root:
        root, order = spelled, walk(spelled)
    ops = {node.op for node in order}
    rows = [row for op in ops if (row := FUNCTIONS.get(op)) is not None and row.kink]
    if rows or "constant" in ops:
        from calcml.calculus import unreal

        real = unreal.spelled(root, order)
        if real is not root:
            return _settled(real, variables)
    if "pow" in ops:
        powers = [n for n in order if n.op == "pow" and n.args[0] is ZERO]
        if powers:
            return _settled(substitute(root, {n: _of_zero(n) for n in powers}))
    if not rows and ops.isdisjoint(_SPELLED):
        return root, order
    crossing = {row.op for row in rows if row.by is not None and not row.variadic}
    crossed = [n for n in order if n.op in crossing and _crosses(n)]
    if crossed:
        written = {n: definition(FUNCTIONS[n.op])(n.args, n) for n in crossed}
        root = substitute(root, written)
        order = walk(root)
        ops = {node.op for node in order}
    if ops.isdisjoint(_SPELLED) or not any(map(_is_kinked, order)):
        return root, order
    names = frozenset(v.value for v in variables)
    if has_arrays(root):
        root = mapped(root, lambda scalar: _spelled(scalar, names))
    else:
        root = _spelled(root, names)
    return root, walk(root)


def _of_zero(node: Expr) -> Expr:
    """A power of 0 where it is defined: its slope is no multiple of log(0)."""
    return make("where", (make("eq", (node.args[1], ZERO)), ONE, ZERO))


_CORNERS = [r for r in FUNCTIONS.values() if r.sides and "jump" not in r.kink]
_BENT = frozenset(r.op for r in _CORNERS if r.by is not None)
_EXTREMES = frozenset(r.op for r in FUNCTIONS.values() if r.picks)
_CHOICES = _EXTREMES | {"where"}
_KINKED = _CHOICES | {r.op for r in _CORNERS if r.by is None}
_SPELLED = _KINKED | _BENT


def _crosses(node: Expr) -> bool:
    """Whether several arguments of a function vary together: clip(x, x, 1).

    The row's slopes are those of arguments that coincide at single points only; its
    definition has those of any.
    """
    first, *others = [a.free_symbols for a in node.args]
    return any(not first.isdisjoint(names) for names in others)


def _is_kinked(node: Expr) -> bool:
    """Whether a node may have other spellings: one with a kink, a sum of such."""
    if node.op in SUMS:
        return any(_bends(arg) for arg in node.args)
    return node.op in _KINKED


def _bends(term: Expr) -> bool:
    """Whether a term is a function with corners but for a number."""
    while term.op in ("neg", "mul", "div"):
        scaled = term.op == "mul" and term.args[0].op == "number"
        if term.op == "mul" and not scaled:
            return False
        term = term.args[1] if scaled else term.args[0]
    return term.op in _BENT


def _spelled(root: Expr, names: frozenset[str]) -> Expr:
    """A scalar in the one spelling, its choices joined along the variables `names`.

    Variables that stand for arrays may depend on them, too.
    """
    from calcml.algebra.canonical import Tidier
    from calcml.calculus.branches.corners import one_corner

    tidier = Tidier([root])
    root = one_corner(tidier.settled([root])[0], tidier)
    order = walk(root)
    if not any(node.op == "where" for node in order):
        return root
    wanted = _along(root, order, names)
    later = {node.args[2] for node in order if node.op == "where"}

    def change(node: Expr, new: Expr) -> Expr:
        first = new.op == "where" and node not in later
        return _joined(new, wanted) if first else new

    return bottom_up(root, change, order)


def _along(root: Expr, order: Sequence[Expr], names: frozenset[str]) -> frozenset[str]:
    """The variables along which choices are joined: those asked for, any if none is.

    What stands for a computed array may depend on them, but not where a choice asks for
    single values of it: it may be constant, as the ones of an identity matrix.
    """
    arrays = {n.value for n in order if n.op == "symbol" and MARK in n.value}
    asked = [n.free_symbols for n in order if n.op in ("eq", "ne")]
    return (names or root.free_symbols) - arrays | arrays.difference(*asked)


def _joined(node: Expr, wanted: frozenset[str] | None) -> Expr:
    """A chain of choices, joined where that is possible, the last ones first."""
    from calcml.calculus.branches import joined

    rows: list[tuple[Expr, Expr]] = []
    while node.op == "where":
        rows.append((node.args[0], node.args[1]))
        node = node.args[2]
    for row in reversed(rows):
        node = make("where", (*row, node))
        found = joined(node, wanted)
        node = node if found is None else found
    return node
