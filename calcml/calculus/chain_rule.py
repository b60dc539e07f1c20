"""The chain rule, once: forward for one variable, reverse for a gradient.

Rows of the function table hold the local partials; only the two sweeps here multiply
them. Both walk the shared graph in loops and fold nothing but 0 and 1, so the
derivative's graph is as large as the function's, times a constant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from calcml.calculus.array_partials import pulled, pushed
from calcml.core.build import add, mul
from calcml.core.errors import UnsupportedError
from calcml.core.expr import (
    ARRAYS,
    CONDITIONS,
    ONE,
    ZERO,
    Expr,
    formal,
    make,
    symbol,
    walk,
)
from calcml.core.shapes import Dims
from calcml.core.tensors import filled, unit_tensor
from calcml.functions import FUNCTIONS, Row
from calcml.parsing.parser import parsed
from calcml.parsing.rows import Partial, one, template, template_of

Used = tuple[Expr, int, Expr]  # a node, a place of its arguments, its partial there


# --- partials of rows --------------------------------------------------------------

_partials: dict[Row, list[Partial]] = {}


def partials(op: str) -> list[Partial]:
    """The local partials of an operation's row, by place, of (arguments, the node)."""
    row = FUNCTIONS[op]
    made = _partials.get(row)
    if made is None:
        made = _partials[row] = [_partial(row, i) for i in range(len(row.params))]
    return made


def _partial(row: Row, place: int) -> Partial:
    names, param = (*row.params, "y"), row.params[place]
    if row.d:
        text = row.d[place]
        if text is not None:
            return template_of(text, names)
    elif row.by is not None:
        return template(forward(parsed(row.by, names), symbol(param)), names)

    def refuse(args: tuple[Expr, ...], y: Expr) -> Expr:
        raise UnsupportedError(
            f"the derivative of {row.signature} by {param} has no closed form in calcml"
        )

    return refuse


def local(node: Expr) -> list[Partial]:
    """The partials of one node, by place: the derivative with the others held fixed."""
    if node.op == "formal":
        if any(a.dims for a in node.args):
            raise UnsupportedError(
                f"{node.value[0]} is an unknown function of an array: its derivative "
                "has no shape; apply it to elements x[i], or define it"
            )
        return [_formal_partial(i) for i in range(len(node.args))]
    row = FUNCTIONS[node.op]
    if row.variadic:
        return [_variadic_partial(row, i) for i in range(len(node.args))]
    return partials(node.op)


def _formal_partial(place: int) -> Partial:
    def partial(args: tuple[Expr, ...], y: Expr) -> Expr:
        name, orders = y.value
        bumped = tuple(k + (i == place) for i, k in enumerate(orders))
        return formal(name, bumped, args)

    return partial


def _variadic_partial(row: Row, place: int) -> Partial:
    return lambda args, y: _variadic(row, y, place)


def _variadic(row: Row, node: Expr, place: int) -> Expr:
    """The partial of a function of any number of arguments.

    Where the row has a partial against a constant, ties with constants are decided by
    it, and ties among the others by `pair` or by their number.
    """
    args, y, mine = node.args, node, node.args[place]
    factor = ONE
    if row.alone:
        fixed = [a for a in args if not a.free_symbols]
        if mine in fixed:
            return ZERO
        others = [a for a in args if a.free_symbols]
        if fixed:
            bound = fixed[0] if len(fixed) == 1 else make(row.op, tuple(fixed))
            y = others[0] if len(others) == 1 else make(row.op, tuple(others))
            factor = _filled(row.alone, a=y, b=bound)
        if len(others) == 1:
            return factor
        if len(others) == 2:
            (other,) = [a for a in others if a is not mine] or [mine]
            return mul(factor, _filled(row.pair, a=mine, b=other))
        args = tuple(others)
    assert row.d[0] is not None
    if "ties" not in row.d[0]:
        return _filled(row.d[0], a=mine, y=y)
    ties: Expr = ZERO
    for arg in args:
        ties = add(ties, make("where", (make("eq", (arg, y)), ONE, ZERO)))
    return mul(factor, _filled(row.d[0], a=mine, y=y, ties=ties))


def _filled(text: str, **values: Expr) -> Expr:
    *args, y = values.values()
    return template_of(text, tuple(values))(tuple(args), y)


def times(a: Expr, b: Expr) -> Expr:
    """a*b, where a choice of something and 0 keeps what is not taken inside of it.

    So a branch has its slope where the other one's is infinite.
    """
    if a.op == "where" and ZERO in a.args:
        condition, yes, no = a.args
        return make("where", (condition, mul(yes, b), mul(no, b)))
    if b.op == "where" and ZERO in b.args:
        condition, yes, no = b.args
        return make("where", (condition, mul(a, yes), mul(a, no)))
    return mul(a, b)


def _plus(a: Expr, b: Expr) -> Expr:
    """a + b, of two choices by one condition as one choice."""
    if a.op == b.op == "where" and a.args[0] is b.args[0]:
        both = zip(a.args[1:], b.args[1:], strict=True)
        return make("where", (a.args[0], *[add(p, q) for p, q in both]))
    return add(a, b)


# --- sweeps ------------------------------------------------------------------------


def forward(
    root: Expr,
    variable: Expr,
    order: Sequence[Expr] = (),
    tangent: Expr | None = None,
    used: list[Used] | None = None,
) -> Expr:
    """d root / d variable, in one pass from the leaves up: shape root + variable.

    `order` is `walk(root)`, where the caller has it already. With a `tangent` of the
    variable's shape, the derivative in that direction, of the shape of `root`. The
    partials that were used are added to `used`, those of scalars.
    """
    tail: Dims = ()
    if tangent is None:
        tail = variable.dims
        tangent = unit_tensor(tail) if tail else ONE
    tangents: dict[Expr, Expr] = {variable: tangent}
    rules: dict[str, list[Partial]] = {}
    for node in order or walk(root):
        args = node.args
        total: Expr | None = None
        for place, arg in enumerate(args):
            tangent = tangents.get(arg)
            if tangent is not None:
                rule = rules.get(node.op)
                if rule is None:
                    if node.op in CONDITIONS:
                        break
                    rule = _rule(node, rules)
                own = rule[place] is one and node.op in ARRAYS
                if node.dims or arg.dims or tail or own:
                    slope = _slope(rule, place, args, node)
                    term = pushed(tangent, tail, node, place, slope)
                else:
                    partial = rule[place](args, node)
                    chosen = partial.op == "where" or tangent.op == "where"
                    term = (times if chosen else mul)(partial, tangent)
                    if used is not None:
                        used.append((node, place, partial))
                if total is not None:
                    term = (_plus if term.op == "where" else add)(total, term)
                total = term
        if total is not None and total is not ZERO:
            tangents[node] = total
    found = tangents.get(root)
    return filled(ZERO, root.dims + tail) if found is None else found


def reverse(
    root: Expr,
    variables: Sequence[Expr],
    order: Sequence[Expr] = (),
    upstream: Expr | None = None,
    passed: dict[Expr, Expr] | None = None,
) -> list[Expr]:
    """d root / d each variable, in one pass from the root down; `order` as above.

    The shapes are root + variable: of a scalar, a gradient. With an `upstream` gradient
    of the shape of `root`, each is its product with that, of the variable's shape. The
    adjoints of the nodes that pass a slope on are entered in `passed`.
    """
    order = order or walk(root)
    active = _active(order, variables)
    lead = root.dims if upstream is None else ()
    if root not in active:
        return [filled(ZERO, lead + v.dims) for v in variables]
    if upstream is None:
        upstream = unit_tensor(root.dims) if root.dims else ONE
    adjoints: dict[Expr, Expr] = {root: upstream}
    rules: dict[str, list[Partial]] = {}
    for node in reversed(order):
        args = node.args
        if not args or node not in adjoints:
            continue
        adjoint = adjoints.pop(node)
        if passed is not None:
            passed[node] = adjoint
        rule = rules.get(node.op) or _rule(node, rules)
        for place, (arg, partial) in enumerate(zip(args, rule, strict=True)):
            if arg in active:
                term = adjoint
                own = partial is one and node.op in ARRAYS
                if lead or node.dims or arg.dims or own:
                    slope = _slope(rule, place, args, node)
                    term = pulled(adjoint, lead, node, place, slope)
                elif partial is not one:
                    slope = partial(args, node)
                    chosen = adjoint.op == "where" or slope.op == "where"
                    term = (times if chosen else mul)(adjoint, slope)
                before = adjoints.get(arg)
                if before is not None:
                    plus = _plus if term.op == "where" else add
                    adjoints[arg] = plus(before, term)
                elif term is not ZERO:
                    adjoints[arg] = term
    found = [adjoints.get(v) for v in variables]
    return [
        filled(ZERO, lead + v.dims) if slope is None else slope
        for v, slope in zip(variables, found, strict=True)
    ]


def _slope(
    rule: Sequence[Partial], place: int, args: tuple[Expr, ...], node: Expr
) -> Expr | None:
    """The partial of an element-wise operation; None of one on whole arrays.

    A power series has the exponent 0, too, whose power is 1 everywhere: also at 0.
    """
    if node.op in ARRAYS:
        return None
    partial = rule[place](args, node)
    if node.op == "pow" and place == 0 and args[1].dims and not args[1].free_symbols:
        return make("where", (make("eq", (args[1], ZERO)), ZERO, partial))
    return partial


def _rule(node: Expr, rules: dict[str, list[Partial]]) -> list[Partial]:
    """The partials of `node`, kept in `rules` where they hold for its operation."""
    row = FUNCTIONS.get(node.op)
    rule = None if row is None else _partials.get(row)
    if rule is None:
        if node.op in ARRAYS:
            return [one] * len(node.args)
        rule = local(node)
    if row is not None and not row.variadic:
        rules[node.op] = rule
    return rule


def _active(order: Sequence[Expr], variables: Sequence[Expr]) -> set[Expr]:
    """The nodes of `order` through which a slope can reach one of `variables`."""
    active = set(variables)
    for node in order:
        if not active.isdisjoint(node.args) and node.op not in CONDITIONS:
            active.add(node)
    return active


def diff(root: Expr, variables: Iterable[Expr]) -> Expr:
    """The derivative by each of `variables` in turn, nothing simplified."""
    for variable in variables:
        root = forward(root, variable)
    return root
