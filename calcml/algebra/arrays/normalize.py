"""Rules of normalize(x), which is x over its norm, and 0 where x is 0."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import reduce

from calcml.algebra.arrays.context import Context
from calcml.algebra.arrays.norms import is_positive, normalized, square
from calcml.algebra.arrays.product import Product, split
from calcml.core.build import add, div, mul, neg, rebuild
from calcml.core.expr import ONE, ZERO, Expr, make, number
from calcml.core.flat import signed_terms
from calcml.core.operations import ABS, SQRT
from calcml.core.tensors import UNIT, contract, filled, sizes_of
from calcml.core.tensors.elementwise import region, replaced
from calcml.core.tensors.matrix_form import operations
from calcml.core.tensors.names import NORMALIZE

# --- one array ---------------------------------------------------------------------


def normal_form(s: Context, node: Expr) -> Expr:
    """normalize(0) = 0, normalize(2*x) = normalize(x); of x.T it is its transpose."""
    (x,) = node.args
    if x is filled(ZERO, x.dims):
        return x
    scale, rest = split(x)
    if rest is not ONE and rest.dims == x.dims:
        signs = [c for c in scale if _is_sign(c, x, s)]
        if signs:
            rest = reduce(mul, [c for c in scale if c not in signs], rest)
            made = normal_form(s, rebuild(node, (s.elementwise(rest),)))
            odd = sum(c.op == "number" and c.value < 0 for c in signs) % 2
            return neg(made) if odd else made
    if x.op == "contract" and len(x.args) == 1 and len(node.value) == len(node.dims):
        (inner,), (labels,) = x.args, x.value.inputs
        if sorted(labels) == sorted(x.value.output) == sorted({*labels}):
            made = normalized(inner, node.value)
            return contract([(made, labels)], x.value.output, sizes_of(x))
    return node


def _is_sign(c: Expr, x: Expr, s: Context) -> bool:
    """Whether a factor changes no more than the sign: a number, something positive."""
    return (
        c.op == "number"
        or is_positive(c, x)
        or s.scalar(make(ABS, (c,))) is s.scalar(c)
    )


def length(s: Context, node: Expr) -> Expr:
    """The norm of the array in normalize(x), in the normal form."""
    known = s.lengths.get(node)
    if known is None:
        root = make(SQRT, (s.kernel(square(node.args[0], node.value)),))
        known = s.lengths[node] = s.elementwise(root)
    return known


# --- products ----------------------------------------------------------------------


def multiplied(p: Product, s: Context) -> bool:
    """norm2(x)*normalize(x) as x: whether a product had it, and is to be read again."""
    for k, (node, labels) in enumerate(p.factors):
        for part in _parts(node):
            if part.op == NORMALIZE and part.dims == node.dims:
                if _without_length(p, s, k, part):
                    new = replaced(node, {part: part.args[0]})
                    del p.factors[k]
                    p.add(new, labels)
                    return True
                if _is_whole_length(p, s, k, part):
                    return True
    return False


def _parts(node: Expr) -> Iterator[Expr]:
    """The factors of a product of elements, numerators alone."""
    stack = [node]
    while stack:
        part = stack.pop()
        if part.op in ("mul", "neg"):
            stack += part.args
        elif part.op == "div":
            stack.append(part.args[0])
        else:
            yield part


def _without_length(p: Product, s: Context, place: int, part: Expr) -> bool:
    """Divide another factor by the length of `part`, if it has that."""
    labels = p.factors[place][1]
    kept = tuple(x for k, x in enumerate(labels) if k not in part.value)
    if not kept:
        rest = _over_length(_scale(p, s), part, s)
        if rest is not None:
            p.scale = [rest]
        return rest is not None
    for k, (node, row) in enumerate(p.factors):
        if row == kept and node.dims == length(s, part).dims:
            rest = _over_length(node, part, s)
            if rest is not None:
                p.factors[k] = rest, row
                return True
    return _without_square(p, s, place, part)


def _without_square(p: Product, s: Context, place: int, part: Expr) -> bool:
    """Take the root of another factor that is the square of the length, written out."""
    labels = p.factors[place][1]
    kept = tuple(x for k, x in enumerate(labels) if k not in part.value)
    (x,) = part.args
    for k, (node, row) in enumerate(p.factors):
        if len(row) != len(labels) or node.op not in ("pow", "mul"):
            continue
        summed = [row[axis] for axis in part.value if row[axis] != UNIT]
        if kept != tuple(x for axis, x in enumerate(row) if axis not in part.value):
            continue
        if any(x in p.out or p.uses(x) != [k] for x in summed):
            continue
        if node is s.elementwise(mul(x, x)):
            p.factors[k] = length(s, part), kept
            for label in summed:
                p.sizes.pop(label)
            return True
    return False


def _scale(p: Product, s: Context) -> Expr:
    return s.scalar(reduce(mul, p.scale, ONE))


def _over_length(node: Expr, part: Expr, s: Context) -> Expr | None:
    """A multiple of the length of `part` over that; None where it is no multiple."""
    if node.op in ("number", "symbol"):
        return None
    size = length(s, part)
    if power_in(node, size) < 1:
        return None
    rest = s.scalar(div(node, size))
    return None if _divides(rest, size) else rest


def power_in(node: Expr, size: Expr) -> Fraction:
    """The power of a square root in a product."""
    inside = size.args[0] if size.op == SQRT else None
    found, stack = Fraction(0), [(node, Fraction(1))]
    while stack:
        part, n = stack.pop()
        if part is size:
            found += n
        elif part is inside:
            found += 2 * n
        elif part.op == "mul":
            stack += [(a, n) for a in part.args]
        elif part.op == "div":
            stack += [(part.args[0], n), (part.args[1], -n)]
        elif part.op == "neg":
            stack.append((part.args[0], n))
        elif part.op == SQRT:
            stack.append((part.args[0], n / 2))
        elif part.op == "pow" and part.args[1].op == "number":
            stack.append((part.args[0], n * part.args[1].value))
    return found


def _is_whole_length(p: Product, s: Context, place: int, part: Expr) -> bool:
    """The sum of x*normalize(x) as the norm of x."""
    node, labels = p.factors[place]
    summed = [labels[k] for k in part.value if labels[k] != UNIT]
    if any(x in p.out or p.uses(x) != [place] for x in summed):
        return False
    if node is part:
        left = [x for x in labels if x not in summed]
        whole = s.again(contract([(part.args[0], labels)], left, p.sizes))
        if whole is filled(ZERO, whole.dims) and ZERO not in p.scale:
            p.scale.append(ZERO)
        return False
    if node.op != "mul" or part not in node.args:
        return False
    other = node.args[1 - node.args.index(part)]
    if other is not part.args[0]:
        return False
    del p.factors[place]
    for x in summed:
        p.sizes.pop(x)
    kept = tuple(x for k, x in enumerate(labels) if k not in part.value)
    p.add(length(s, part), kept)
    return True


def spread(p: Product, s: Context) -> Expr | None:
    """A product of a sum of scalars, term by term, where some are multiples of a norm.

    (2*norm2(x) + 1)*normalize(x) is 2*x + normalize(x). None for other products.
    """
    sums = [part for c in p.scale for part in _parts(c) if part.op in ("add", "sub")]
    if not sums:
        return None
    inside = [
        part
        for node, _ in p.factors
        for part in _parts(node)
        if part.op == NORMALIZE and len(part.value) == len(part.dims)
    ]
    for whole in sums:
        parts = signed_terms(whole)
        if any(
            _over_length(term, part, s) is not None
            for part in inside
            for _, term in parts
        ):
            other = div(_scale(p, s), whole)
            total: Expr = ZERO
            for sign, term in parts:
                one = p.only(p.factors, p.out)
                one.scale = [s.scalar(mul(other, neg(term) if sign < 0 else term))]
                total = add(total, s.product(one))
            return s.elementwise(total)
    return None


def among(sums: Sequence[tuple[int, Expr]]) -> bool:
    """Whether a term of a sum is a multiple of some normalize(x)."""
    return any(part.op == NORMALIZE for _, term in sums for part in _parts(term))


def put_in_order(p: Product, s: Context) -> None:
    """One spelling where there are several of a product with normalize(x)."""
    if among([(1, node) for node, _ in p.factors]):
        _one_sign(p, s)
        _in_order(p)


def _one_sign(p: Product, s: Context) -> None:
    """-normalize(x - y) as normalize(y - x)."""
    if sum(c.op == "number" and c.value < 0 or c.op == "neg" for c in p.scale) % 2 == 0:
        return
    for k, (node, labels) in enumerate(p.factors):
        turned = _turned(node, s)
        if turned is not None:
            p.factors[k] = turned, labels
            p.scale.append(number(-1))
            return


def _turned(node: Expr, s: Context) -> Expr | None:
    """-normalize(x - y) as normalize(y - x), unless that is longer."""
    if node.op != NORMALIZE or node.args[0].op not in ("add", "sub"):
        return None
    (x,) = node.args
    turned = s.scalar(neg(x))
    if turned.op not in ("add", "sub") or operations(turned) > operations(x):
        return None
    return rebuild(node, (turned,))


def _in_order(p: Product) -> None:
    """outer(normalize(x), x) as outer(x, normalize(x)), which it is."""
    for k, (node, labels) in enumerate(p.factors):
        if node.op != NORMALIZE or len(node.value) != len(node.dims):
            continue
        for m, (other, row) in enumerate(p.factors):
            if other is not node.args[0] or not {*labels, *row} <= {*p.out}:
                continue
            if [p.out.index(x) for x in labels] < [p.out.index(x) for x in row]:
                p.factors[k], p.factors[m] = (node, row), (other, labels)


# --- regions -----------------------------------------------------------------------


def unfolded(root: Expr, s: Context) -> Expr:
    """`root` closed with x/norm2(x) for normalize(x), where it has that norm, too.

    It is `root` itself where that would divide by a norm, and `root` does not.
    """
    nodes = region(root)
    values = {}
    for node in nodes:
        if node.op == NORMALIZE and len(node.value) == len(node.dims):
            size = length(s, node)
            if size in nodes or size.args and size.args[0] in nodes:
                values[node] = div(node.args[0], size)
    if not values:
        return root
    made = s.closed_form(replaced(root, values))
    sizes = [length(s, node) for node in values]
    return root if any(_divides(made, x) > _divides(root, x) for x in sizes) else made


def positive(root: Expr, s: Context) -> Expr:
    """-normalize(x - y) as normalize(y - x)."""
    if root.op != "neg":
        return root
    for part in _parts(root):
        turned = _turned(part, s)
        if turned is not None:
            return replaced(root.args[0], {part: turned})
    return root


def _divides(root: Expr, size: Expr) -> bool:
    """Whether a form divides by a norm."""
    for node in region(root):
        if node.op == "div" and power_in(node.args[1], size) > 0:
            return True
        if node.op == "pow" and power_in(node, size) < 0:
            return True
    return False


RULES: dict[str, Callable[[Context, Expr], Expr]] = {NORMALIZE: normal_form}
