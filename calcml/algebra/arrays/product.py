"""A contraction taken apart: scalars, factors with labels, deltas put to use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import reduce
from itertools import count

from calcml.algebra.limits import LARGE
from calcml.algebra.pieces import shared, shared_parts
from calcml.core.build import build, div, mul, neg
from calcml.core.expr import ONE, Expr, number
from calcml.core.shapes import is_unit
from calcml.core.tensors import UNIT, Operands, contract, delta, right, sizes_of
from calcml.core.tensors.elementwise import is_kernel, replaced

Factor = tuple[Expr, tuple[int, ...]]


class Product:
    """A product of arrays, summed over the labels that are not in the output.

    `done` makes an operand short; one that is `whole` is not taken apart, nor is one
    that is long by what is known to be `inside` contractions. `scale` holds its scalar
    factors. Labels are whole numbers, UNIT for an axis of size 1; `sizes` has the size
    of each label.
    """

    def __init__(
        self,
        node: Expr,
        done: Callable[[Expr], Expr] = lambda arg: arg,
        whole: Collection[Expr] = (),
        inside: Operands | None = None,
    ) -> None:
        self.fresh = count()
        self.inside = inside
        self.scale: list[Expr] = []
        self.factors: list[Factor] = []
        self.sizes: dict[int, Expr] = {}
        self.out: tuple[int, ...] = ()
        if node.op != "contract":
            for size in node.dims:
                label = UNIT if is_unit(size) else next(self.fresh)
                self.out += (label,)
                if label != UNIT:
                    self.sizes[label] = size
            self.add(node, self.out)
            return
        names = self.named(node, {})
        self.out = tuple(names[i] for i in node.value.output)
        for arg, labels in zip(node.args, node.value.inputs, strict=True):
            at = tuple(names[i] for i in labels)
            if arg in whole and any(x != UNIT for x in at):
                scale, rest = split(done(arg))
                self.scale += scale
                if rest is not ONE:
                    self.factors.append((rest, right(rest, at)))
            else:
                self.add(done(arg), at)

    def named(self, node: Expr, names: dict[int, int]) -> dict[int, int]:
        """Labels of this product for those of a contraction."""
        names = {UNIT: UNIT, **names}
        for label, size in sizes_of(node).items():
            if label not in names:
                names[label] = next(self.fresh)
            if names[label] != UNIT:
                self.sizes.setdefault(names[label], size)
        return names

    def add(self, factor: Expr, labels: tuple[int, ...]) -> None:
        """Multiply by an array; its own factors and contractions are taken apart."""
        stack: list[Factor] = [(factor, labels)]
        while stack:
            node, at = stack.pop()
            if not node.dims or all(x == UNIT for x in at):
                self.scale.append(one_element(node))
            elif node.op == "mul":
                stack += [(a, right(a, at)) for a in reversed(node.args)]
            elif node.op == "neg":
                self.scale.append(number(-1))
                stack.append((node.args[0], at))
            elif node.op == "div":
                above, below = node.args
                scale, rest = split(below)
                self.scale += [div(ONE, c) for c in scale]
                if rest is not ONE:
                    self.factors.append((div(ONE, rest), right(rest, at)))
                if above is not ONE:
                    stack.append((above, right(above, at)))
            elif node.op == "contract" and not (self.inside and self.inside.long(node)):
                stack += self.inlined(node, at)
            else:
                self.factors.append((node, at))

    def inlined(self, node: Expr, at: Sequence[int]) -> list[Factor]:
        """The operands of a contraction that is a factor itself."""
        names: dict[int, int] = {}
        for label, outer in zip(node.value.output, at, strict=True):
            if label == UNIT:
                continue
            if names.setdefault(label, outer) != outer:
                size = node.value.sizes[label]
                self.factors.append((delta(size), (names[label], outer)))
        names = self.named(node, names)
        pairs = zip(node.args, node.value.inputs, strict=True)
        return [(a, tuple(names[i] for i in labels)) for a, labels in pairs][::-1]

    def uses(self, label: int) -> list[int]:
        """The places of the factors that have a label, once for each axis."""
        return [k for k, (_, row) in enumerate(self.factors) for x in row if x == label]

    def free(self) -> set[int]:
        """The labels that are summed over."""
        found = {label for _, labels in self.factors for label in labels}
        return found - set(self.out) - {UNIT}

    def rename(self, old: int, new: int) -> None:
        """Put one label in the place of another."""
        self.factors = [
            (node, tuple(new if x == old else x for x in labels))
            for node, labels in self.factors
        ]

    def without_deltas(self) -> None:
        """Sum over the deltas; drop those of one label, and count what is left over."""
        again = True
        while again:
            again = False
            for k, (node, labels) in enumerate(self.factors):
                if node.op != "delta":
                    continue
                i, j = labels
                if i == j:
                    del self.factors[k]
                elif i not in self.out:
                    del self.factors[k]
                    self.merge(i, j)
                elif j not in self.out:
                    del self.factors[k]
                    self.merge(j, i)
                else:
                    continue
                again = True
                break

    def merge(self, old: int, new: int) -> None:
        """Two labels that a delta makes one; the old one is summed over."""
        self.rename(old, new)
        self.sizes.pop(old, None)

    def count_empty_sums(self) -> None:
        """A label that nothing has and that is summed over gives its size."""
        used = {label for _, labels in self.factors for label in labels} | {*self.out}
        for label in [x for x in self.sizes if x not in used]:
            self.scale.append(self.sizes.pop(label))

    def components(self) -> list[list[Factor]]:
        """The factors in parts that no summed label joins."""
        free = self.free()
        parts: list[tuple[set[int], list[Factor]]] = []
        for factor in self.factors:
            labels = {x for x in factor[1] if x in free}
            joined = [part for part in parts if part[0] & labels]
            rest = [part for part in parts if part not in joined]
            inside = [f for _, fs in joined for f in fs] + [factor]
            parts = [*rest, (labels.union(*[x for x, _ in joined]), inside)]
        return [inside for _, inside in parts]

    def only(self, factors: list[Factor], out: tuple[int, ...]) -> Product:
        """A part of the product, without its scalars."""
        part = Product(ONE, inside=self.inside)
        part.scale, part.factors, part.out = [], list(factors), out
        used = {x for _, labels in self.factors for x in labels} | {*out}
        part.sizes = {x: size for x, size in self.sizes.items() if x in used}
        part.fresh = self.fresh
        return part

    def array(self) -> Expr:
        """The array part, without the scalars."""
        whole = [f for f in self.factors if {*self.out} <= {*f[1]}]
        if whole and not self.free() and all(map(self.aligned, self.factors)):
            return reduce(mul, [node for node, _ in self.factors])
        return contract(self.factors, self.out, self.sizes)

    def aligned(self, factor: Factor) -> bool:
        """Whether broadcasting puts a factor's axes where the output has them."""
        _, labels = factor
        if len(labels) > len(self.out) or not labels:
            return not labels
        part = self.out[len(self.out) - len(labels) :]
        return all(x in (y, UNIT) for x, y in zip(labels, part, strict=True))


def holds_contraction(node: Expr) -> bool:
    """Whether a product has a contraction of several arrays among its factors."""
    if node.op not in ("mul", "div"):
        return False
    factors = [node]
    for part in factors:
        if part.op in ("mul", "div", "neg"):
            factors += part.args
        elif part.op == "contract" and len(part.args) > 1:
            return True
    return False


def shared_arrays(order: Sequence[Expr]) -> set[Expr]:
    """Shared element-wise parts of a long walk: of some size, or products of arrays."""
    if len(order) <= LARGE:
        return set()
    products = {node for node in shared(order) if holds_contraction(node)}
    return {n for n in shared_parts(order, is_kernel) | products if n.dims}


def one_element(node: Expr) -> Expr:
    """An array whose axes all have size 1 as a scalar."""
    node = replaced(node, {})
    return contract([(node, [UNIT] * len(node.dims))], (), {}) if node.dims else node


def split(node: Expr) -> tuple[list[Expr], Expr]:
    """The scalar factors of a product, and the rest."""
    if not node.dims:
        return [node] if node is not ONE else [], ONE
    scale: list[Expr] = []
    sign = False
    while True:
        if node.op == "neg":
            sign, node = not sign, node.args[0]
        elif node.op == "mul" and not node.args[0].dims:
            scale.append(node.args[0])
            node = node.args[1]
        elif node.op in ("mul", "div"):
            a, b = node.args
            below, more = split(b)
            scale += below if node.op == "mul" else [div(ONE, c) for c in below]
            if not b.dims:
                node = a
                continue
            above, left = split(a)
            scale, node = [*scale, *above], build(node.op, (left, more))
            break
        else:
            break
    if sign:
        scale.append(neg(ONE))
    return scale, node
