"""Expressions on arrays in a normal form, made short."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

from calcml.algebra.arrays import inverses, known_sums, normalize
from calcml.algebra.arrays.common_factors import factored
from calcml.algebra.arrays.factor_order import canonical, is_shorter_turned, stepwise
from calcml.algebra.arrays.norms import normalized
from calcml.algebra.arrays.product import (
    Factor,
    Product,
    holds_contraction,
    shared_arrays,
    split,
)
from calcml.algebra.arrays.softmax import folded, log_sum, unfolded, with_softmax
from calcml.algebra.limits import MAX_TERMS
from calcml.algebra.pieces import in_pieces, shared
from calcml.core.build import add, mul, neg, rebuild, substitute
from calcml.core.expr import ONE, ZERO, Expr, make, walk
from calcml.core.flat import signed_terms
from calcml.core.tensors import UNIT, Operands, contract, filled, right
from calcml.core.tensors.elementwise import (
    StandIns,
    is_kernel,
    region,
    replaced,
    scalar_of,
)
from calcml.core.tensors.matrix_form import operations
from calcml.core.tensors.names import INV, NORMALIZE, ONEHOT

Close = Callable[[Expr], Expr]
RULES = inverses.RULES | normalize.RULES
UNITS = ("delta", ONEHOT, "selector")  # factors that pick elements of others


class Normalizer:
    """What is known of the arrays of some expressions while they are made short.

    `close` makes a scalar expression short. `symmetric` and `diagonal` are names of
    matrices that are (a diagonal one is symmetric, too); `equal` holds arrays for which
    another one is known.
    """

    def __init__(
        self,
        close: Close,
        symmetric: frozenset[str] = frozenset(),
        diagonal: frozenset[str] = frozenset(),
        equal: Mapping[Expr, Expr] | None = None,
    ) -> None:
        self.close = close
        self.names = symmetric
        self.diagonal = diagonal
        self.equal = dict(equal or {})
        self.stand_ins = StandIns()
        self.order = self.stand_ins.order
        self.done: dict[Expr, Expr] = {}
        self.regions: dict[Expr, Expr] = {}
        self.closed: dict[Expr, Expr] = {}
        self.flips: dict[Expr, Expr] = {}
        self.lengths: dict[Expr, Expr] = {}
        self.operands = Operands()
        self.wholes: set[Expr] = set()  # shared products: the slopes of reverse mode

    def short(self, root: Expr) -> Expr:
        """`root` in the normal form, of the same shape."""
        return self.short_all([root])[0]

    def short_all(self, roots: Sequence[Expr]) -> list[Expr]:
        """Several expressions, which share work and stay shared."""
        return in_pieces(roots, shared_arrays(walk(*roots)), self._short_all)

    def _short_all(self, roots: Sequence[Expr]) -> list[Expr]:
        products = filter(holds_contraction, shared(walk(*roots)))
        self.wholes.update(products)  # taken apart, each weight computes them again
        self.prepare(*roots)
        return [self.region(root) for root in roots]

    def prepare(self, *roots: Expr) -> None:
        """Bring what is below `roots` into the normal form, the inner arrays first."""
        for node in walk(*roots):
            if is_kernel(node) and node not in self.done:
                new = self.kernel(node)
                self.done[node] = self.equal.get(new, new)

    def kernel(self, node: Expr) -> Expr:
        """An operation on whole arrays: its arguments short, its rules applied."""
        if not node.args:
            return node
        if node.op == "contract":
            return self.product(Product(node, self.region, self.wholes, self.operands))
        if node.op == "where":
            return self.tie(node)
        args = tuple(self.region(a) for a in node.args)
        node = node if args == node.args else rebuild(node, args)
        return RULES[node.op](self, node) if node.op in RULES else node

    def tie(self, node: Expr) -> Expr:
        """where(x == max(x), 1, 0) with one short x on both sides."""
        condition = node.args[0]
        old, whole = condition.args
        x = self.region(old)
        inner = whole.args[0] if whole.op == "contract" else whole
        new = rebuild(inner, (x,))
        kept = rebuild(whole, (new,)) if new.dims and whole is not inner else new
        return make("where", (make("eq", (x, kept)), ONE, ZERO))

    # --- regions -------------------------------------------------------------------

    def region(self, node: Expr) -> Expr:
        """The element-wise part below `node`, its kernels done, made short."""
        known = self.regions.get(node)
        if known is not None:
            return known
        kernels = [k for k in region(node) if is_kernel(k)]
        values = {k: self.done.get(k, k) for k in kernels}
        result = self.elementwise(replaced(node, values))
        result = filled(result, node.dims)
        self.regions[node] = self.regions[result] = result
        return result

    def elementwise(self, node: Expr) -> Expr:
        """An element-wise expression of short kernels, made short."""
        node = folded(unfolded(node, self), self, sums=False)
        result = self.closed_form(node)
        other = with_softmax(node, self)
        if other is not node:
            other = self.closed_form(other)
            if operations(other) < operations(result):
                return other
        other = normalize.unfolded(node, self)
        if other is not node and operations(other) < operations(result):
            result = other
        return normalize.positive(result, self)

    def closed_form(self, node: Expr) -> Expr:
        """An element-wise expression closed, its exponentials read, and factored."""
        result = self.scalar(node)
        other = folded(result, self)
        if other is not result:
            result = self.scalar(other)
        return factored(result, self)

    def scalar(self, node: Expr) -> Expr:
        """`node` closed element by element."""
        scalar, kernels = scalar_of(node, self.stand_ins)
        if not scalar.args:
            return substitute(scalar, kernels)
        known = self.closed.get(scalar)
        if known is None:
            known = self.closed[scalar] = self.close(scalar)
        return substitute(known, kernels)

    # --- contractions --------------------------------------------------------------

    def product(self, p: Product) -> Expr:
        """A contraction taken apart, put together in the normal form.

        A result whose axes all have size 1 is a scalar, repeated along them.
        """
        units = len(p.out)
        if units and all(x == UNIT for x in p.out):
            p.out = ()
            return filled(self.product(p), (ONE,) * units)
        dims = tuple(ONE if x == UNIT else p.sizes[x] for x in p.out)
        again = True
        while again:
            self.reduce(p)
            known_sums.one_sign(p, self)
            again = self.group(p) or normalize.multiplied(p, self)
        spread = normalize.spread(p, self)
        if spread is not None:
            return filled(spread, dims)
        normalize.put_in_order(p, self)
        result = self.parted(p)
        for scale in p.scale:
            result = mul(scale, result)
        return filled(result, dims)

    def reduce(self, p: Product) -> None:
        """Sum over what need not be summed: deltas, inverses, known sums."""
        before = -1
        while len(p.factors) != before:
            before = len(p.factors)
            inverses.use_diagonals(p, self)
            p.without_deltas()
            inverses.cancel_inverses(p, self)
            known_sums.drop_parts_of_1(p)
        p.count_empty_sums()
        known_sums.use_known_sums(p, self)

    def parted(self, p: Product) -> Expr:
        """The factors contracted: a part of them that has all axes times the others.

        Axes that no factor has get the size 1: the result broadcasts along them.
        """
        used = {x for _, labels in p.factors for x in labels}
        out = tuple(x if x in used else UNIT for x in p.out)
        parts = p.components()
        whole = [c for c in parts if {*out} - {UNIT} <= {x for _, r in c for x in r}]
        if len(parts) == 1 or not whole or any(f.op == "delta" for f, _ in p.factors):
            return self.contracted(p, p.factors, out)
        result = self.contracted(p, whole[0], out)
        for part in parts:
            if part is not whole[0]:
                here = {x for _, labels in part for x in labels}
                narrow = tuple(x if x in here else UNIT for x in out)
                result = mul(result, self.contracted(p, part, narrow))
        return result

    def contracted(
        self, p: Product, factors: list[Factor], out: tuple[int, ...]
    ) -> Expr:
        """Some of the factors, contracted in the normal order."""
        while out and out[0] == UNIT and p.out[-len(out)] != UNIT:
            out = out[1:]
        if all(x == UNIT for x in out):
            out = ()
        known = self.known(p, factors, out) if self.equal else None
        if known is not None:
            return known
        if len(factors) == 1 and UNIT in out and factors[0][1] == out[::-1]:
            return self.flip(factors[0][0])
        part = p.only(canonical(factors, out, self), out)
        return log_sum(part) or self.distributed(part) or stepwise(part, self).array()

    def known(
        self, p: Product, factors: list[Factor], out: tuple[int, ...]
    ) -> Expr | None:
        """What is given for a contraction, but for its axes of size 1."""
        real = [x for x in out if x != UNIT]
        found = self.equal.get(contract(factors, real, p.sizes))
        if found is None:
            return None
        return self.again(contract([(found, real)], out, p.sizes))

    def distributed(self, p: Product) -> Expr | None:
        """A sum over terms of which some do not depend on what is summed over.

        So is a sum of rank over 2, of which the terms are matrices.
        """
        for k, (node, labels) in enumerate(p.factors):
            if node.op not in ("add", "sub"):
                continue
            parts = signed_terms(node)
            free = p.free()
            lone = [x for x in labels if x in free and p.uses(x) == [k]]
            flat = lone and (
                any(not {*lone} & {*right(t, labels)} for _, t in parts)
                or bool(self.equal)
                or normalize.among(parts)
            )
            if not flat and (len(labels) < 3 or len(parts) > MAX_TERMS):
                continue
            total: Expr = ZERO
            for sign, term in parts:
                factors = [f for m, f in enumerate(p.factors) if m != k]
                part = p.only(factors, p.out)
                part.add(term, right(term, labels))
                made = self.product(part)
                total = add(total, made if sign > 0 else neg(made))
            made = self.elementwise(total)
            if not flat or operations(made) <= operations(p.array()):
                return made
        return None

    def again(self, node: Expr) -> Expr:
        """A contraction of short operands in the normal form."""
        if node.op != "contract":
            return node
        return self.product(Product(node, inside=self.operands))

    def group(self, p: Product) -> bool:
        """Multiply the factors that have the same axes, element by element.

        True where a product became a delta or a contraction, which is taken apart.
        """
        groups: dict[tuple[int, ...], list[Expr]] = {}
        single = [f for f in p.factors if f[0].op in UNITS]
        for node, labels in [f for f in p.factors if f[0].op not in UNITS]:
            turned = labels[::-1]
            joins = len(labels) == 2 and turned in groups and labels not in groups
            if joins or UNIT in labels and is_shorter_turned(node, self):
                node, labels = self.flip(node), turned
            groups.setdefault(labels, []).append(node)
        p.factors, opened = single, False
        for labels, nodes in groups.items():
            whole = reduce(mul, nodes)
            if len(nodes) > 1:
                whole = self.elementwise(whole)
            scale, rest = split(whole)
            p.scale += scale
            if rest.op in ("delta", "contract") and len(nodes) > 1:
                p.add(rest, right(rest, labels))
                opened = True
            elif rest is not ONE:
                p.factors.append((rest, right(rest, labels)))
        return opened

    # --- transposes ----------------------------------------------------------------

    def is_symmetric(self, node: Expr) -> bool:
        """Whether a matrix is its own transpose, by its form or by what is given."""
        return len(node.dims) == 2 and self.flip(node) is node

    def flip(self, node: Expr) -> Expr:
        """The transpose of a matrix, in the normal form."""
        known = self.flips.get(node)
        if known is None:
            known = self.flips[node] = self._flip(node)
            self.flips.setdefault(known, node)
        return known

    def _flip(self, node: Expr) -> Expr:
        sizes = dict(enumerate(node.dims))
        turned = contract([(node, (0, 1))], (1, 0), sizes)
        if node.op == "delta" or (node.op == "symbol" and node.value in self.names):
            return node
        if node.op == INV:
            return node if self.flip(node.args[0]) is node.args[0] else turned
        if node.op == "contract":
            return turned if self.operands.long(node) else self.again(turned)
        if node.op == NORMALIZE and len(node.value) == 2:
            inside = self.flip(node.args[0])
            return turned if inside.op == "contract" else normalized(inside, node.value)
        if is_kernel(node):
            return turned
        kernels = [k for k in region(node) if is_kernel(k)]
        if any(len(k.dims) == 1 for k in kernels):
            return turned
        values = {k: self.flip(k) for k in kernels if len(k.dims) == 2}
        return self.elementwise(replaced(node, values))
