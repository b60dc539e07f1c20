"""Contractions as steps of one or two arrays each, in an order that costs little.

What a library computes in one call is a step: a product of two arrays without axes of
size 1, or a sum, a transpose, a repetition of one array. Products with unit vectors and
with rows of a unit matrix become indexing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from math import log

from calcml.compile.limits import MAX_FACTORS, NOMINAL
from calcml.compile.picks import WAYS, Change, Item, Others, Way, banded, ones_beside
from calcml.core.build import REBUILD, mul, rebuild, rebuilt, substitute
from calcml.core.exact import evaluate
from calcml.core.expr import ONE, Expr, number, symbol, walk
from calcml.core.shapes import Dims
from calcml.core.tensors import UNIT, contract, flattened, path
from calcml.core.tensors.surface import surface
from calcml.functions import FUNCTIONS


def in_pairs(roots: Sequence[Expr]) -> list[Expr]:
    """The same values, every contraction in steps.

    Contractions are first put into the contraction that alone uses them.
    """
    done: dict[Expr, Expr] = {}
    roots = flattened(roots)
    for node in walk(*roots):
        if node.op == "contract":
            done[node] = _Steps(node, [done[a] for a in node.args]).result()
        else:
            done[node] = rebuilt(node, done)
    return [done[root] for root in roots]


def in_one_order(roots: Sequence[Expr]) -> list[Expr]:
    """The same values; a*b and b*a, A @ x and x @ A.T are one node."""
    done: dict[Expr, Expr] = {}
    first: dict[tuple[str, frozenset[Expr]], Expr] = {}
    products: set[Expr] = set()
    for node in walk(*roots):
        args = tuple([done[a] for a in node.args])
        written = node.op not in FUNCTIONS and node.op not in REBUILD
        if args == node.args:
            made = node
        elif written and node.op != "formal":  # a step with a shape of its own
            made = surface(node.op, args, node.dims, node.value)
        else:
            made = rebuild(node, args)
        if made.op in ("add", "mul"):
            made = first.setdefault((made.op, frozenset(made.args)), made)
        elif made.op == "contract" and len(made.args) == 2:
            spec = made.value
            turned = list(zip(made.args, spec.inputs, strict=True))[::-1]
            other = contract(turned, spec.output, dict(enumerate(spec.sizes)))
            made = other if other in products else made
            products.add(made)
        done[node] = made
    return [done[root] for root in roots]


class _Steps:
    """One contraction on its way into steps."""

    def __init__(self, node: Expr, args: Sequence[Expr]) -> None:
        self.out: tuple[int, ...] = node.value.output
        self.sizes: dict[int, Expr] = dict(enumerate(node.value.sizes))
        rows = zip(args, node.value.inputs, strict=True)
        self.items = [_unmoved(Item(form, labels)) for form, labels in rows]

    def result(self) -> Expr:
        """The contraction in steps."""
        self.identify()
        self.index()
        scale, items = ONE, []
        for k, item in enumerate(self.items):
            others = self.items[:k] + self.items[k + 1 :]
            form, labels = self.alone(item, self.wanted(others))
            if labels:
                items.append(Item(form, labels))
            else:
                scale = mul(scale, form)
        if not items:
            return self.step([Item(scale, ())], self.out)
        return mul(scale, self.step([self.product(items)], self.out))

    def step(self, items: Sequence[Item], out: Sequence[int]) -> Expr:
        return contract(items, out, self.sizes)

    def wanted(self, others: Sequence[Item]) -> set[int]:
        """The labels of the output and of other factors."""
        return {*self.out, *(label for item in others for label in item.labels)}

    def alone(self, item: Item, wanted: Collection[int]) -> Item:
        """A factor with each label once, those that are not wanted summed over."""
        labels = dict.fromkeys(x for x in item.labels if x != UNIT and x in wanted)
        return Item(self.step([item], tuple(labels)), tuple(labels))

    # --- indexing ------------------------------------------------------------------

    def identify(self) -> None:
        """Give both labels of a unit matrix one name, where one is summed over."""
        for item in list(self.items):
            if item.form.op != "delta" or len(self.items) < 2:
                continue
            kept, gone = item.labels
            if gone in self.out:
                kept, gone = gone, kept
            others = [other for other in self.items if other is not item]
            used = {label for other in others for label in other.labels}
            if gone in used and gone not in (kept, *self.out):
                self.items = [
                    Item(form, tuple(kept if x == gone else x for x in labels))
                    for form, labels in others
                ]

    def index(self) -> None:
        """Put unit vectors, selectors and triangles of ones to use as indices."""
        self.items += ones_beside(self.items, self.out, self.sizes)
        for plain in (True, False):
            while any(self.put(op, way, plain) for op, way in WAYS):
                pass
            while (found := banded(self.items, self.out, self.dims)) is not None:
                self.items = found
        self.scatter()

    def scatter(self) -> None:
        """Add products up at the places of the selectors that are left."""
        for pick in [x for x in self.items if x.form.op == "selector"]:
            *indices, label = pick.labels
            around = [x for x in self.items if {*indices} & {*x.labels} - {UNIT}]
            rest = [x for x in self.items if x not in around]
            inside = {x for item in around for x in item.labels} - {*indices}
            single = len({*pick.labels}) == len(pick.labels) and UNIT not in pick.labels
            lone = pick not in around or len(around) < 2  # used for another already
            if not single or lone or {*indices} & {*self.out}:
                continue
            around.remove(pick)
            if any(label in item.labels for item in around):
                continue
            kept = sorted(inside & self.wanted([pick, *rest]) - {label, UNIT})
            labels = (*indices, *kept)
            node = self.step(around, labels)
            form = _Steps(node, node.args).result() if node.op == "contract" else node
            start, steps, size, _ = pick.form.value
            item = (label, *kept)
            value = (start, steps, size)
            made = surface("scattered", (form,), self.dims(item), value)
            self.items = [*rest, Item(made, item)]

    def put(self, op: str, way: Way, plain: bool) -> bool:
        """Whether one factor was put into others, which are `plain`: pick nothing."""
        for pick in [item for item in self.items if item.form.op == op]:
            others = [item for item in self.items if item is not pick]
            found = way(pick, Others(others, self.out, plain)) if others else None
            if found is not None:
                self.items = [self.changed(item, *found) for item in others]
                return True
        return False

    def changed(
        self, item: Item, label: int, new: Sequence[int], change: Change
    ) -> Item:
        """A factor with the axis of a label changed into the axes `new`."""
        while label in item.labels:
            axis = item.labels.index(label)
            labels = (*item.labels[:axis], *new, *item.labels[axis + 1 :])
            item = Item(change(item.form, axis, self.dims(labels)), labels)
        return item

    def dims(self, labels: Sequence[int]) -> Dims:
        return tuple(ONE if x == UNIT else self.sizes[x] for x in labels)

    # --- the order of a product ----------------------------------------------------

    def product(self, items: list[Item]) -> Item:
        """The product of all factors, pair by pair, in the order that costs least.

        Sizes that are names count as `NOMINAL`. A vector is multiplied before a matrix.
        """
        left = dict(enumerate(items))
        for places in self.order([item.labels for item in left.values()]):
            made, *others = [left.pop(k) for k in places]
            for k, other in enumerate(others, 1):
                rest = [*others[k:], *left.values()]
                made = self.pair(made, other, self.wanted(rest))
            left[places[0]] = made  # a product stands where its first factor did
        return left[0]

    def order(self, rows: Sequence[tuple[int, ...]]) -> Iterator[list[int]]:
        """The places of the factors of each step; a product has that of its first."""
        sizes = {x: _nominal(self.sizes[x]) for row in rows for x in row}
        out = self.wanted([]).intersection(sizes)
        if len(rows) > MAX_FACTORS:
            weights = {x: log(size, NOMINAL) for x, size in sizes.items()}
            yield from (places for places, _ in path(rows, out, weights))
        elif len(rows) > 1:
            from opt_einsum.paths import optimal

            left = [*range(len(rows))]
            own = [-2 - k for k in left]  # alike ones would be taken for each other
            sets = [frozenset([*row, x]) for row, x in zip(rows, own, strict=True)]
            sizes |= dict.fromkeys(own, 1)
            for step in optimal(sets, frozenset([*out, *own]), sizes):
                taken = sorted([left.pop(k) for k in sorted(step, reverse=True)])
                left.append(taken[0])
                yield taken

    def pair(self, a: Item, b: Item, wanted: Collection[int]) -> Item:
        """The product of two factors, summed over labels that are not wanted."""
        labels = tuple(dict.fromkeys(x for x in a.labels + b.labels if x in wanted))
        both = {*a.labels, *b.labels}
        for one, other in ((a, b), (b, a)):
            suffix = one.labels[len(one.labels) - len(other.labels) :]
            if set(labels) == both == {*one.labels} and other.labels == suffix:
                return Item(mul(a.form, b.form), one.labels)
        if set(labels) == {x for x in self.out if x in labels}:
            labels = tuple(x for x in self.out if x in labels)
        return Item(self.step([a, b], labels), labels)


def _unmoved(item: Item) -> Item:
    """A factor without a transpose or new axes of it: what these are made of."""
    form, labels = item
    if form.op != "contract" or len(form.args) > 1:
        return item
    (inside,), out = form.value.inputs, form.value.output
    real = [x for x in out if x != UNIT]
    if sorted(real) != sorted(x for x in inside if x != UNIT):
        return item
    names = dict(zip(out, labels, strict=True)) | {UNIT: UNIT}
    return Item(form.args[0], tuple(names[x] for x in inside))


def _nominal(size: Expr) -> int:
    put = {symbol(name): number(NOMINAL) for name in size.free_symbols}
    value = evaluate(substitute(size, put))
    return int(value) if value else NOMINAL
