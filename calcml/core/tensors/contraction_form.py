"""One contraction in matrix notation: sums over labels, vectors before matrices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from calcml.core.expr import ONE, Expr
from calcml.core.shapes import Dims
from calcml.core.tensors import UNIT
from calcml.core.tensors.factors import Factors
from calcml.core.tensors.indexing_form import Item, picked
from calcml.core.tensors.names import DIAG, EYE, MATMUL, ONES, OUTER, SUM, TRACE
from calcml.core.tensors.surface import called, is_call, matmul, surface, times, turned

LETTERS = "ijklmnopqrstuvwxyzabcdefgh"


def letter(label: int) -> str:
    """A label's letter in an einsum; beyond the Latin ones it is another sign."""
    latin = LETTERS + LETTERS.upper()
    return latin[label] if label < len(latin) else chr(0x4E00 + label)


class NoMatrixError(Exception):
    """A contraction that is no matrix expression; it is written as an einsum."""


class Writer:
    """One contraction on its way to matrix notation.

    `columns` says that vectors are matrices with an axis of size 1, and that a scalar
    may be written as a matrix of one element.
    """

    def __init__(self, node: Expr, args: tuple[Expr, ...], columns: bool) -> None:
        self.node = node
        self.sizes = node.value.sizes
        self.out: tuple[int, ...] = node.value.output
        self.items = [
            Item(form, labels)
            for form, labels in zip(args, node.value.inputs, strict=True)
        ]
        layouts = [i.labels for i in self.items if len(i.real) == 1] + [self.out]
        self.columns = any(UNIT in labels for labels in layouts)
        self.one_element = columns and self.columns

    def written(self) -> Expr:
        """The contraction in matrix notation, or else as an einsum."""
        given = list(self.items)
        try:
            return self.form()
        except NoMatrixError:
            self.items = given
            return self.einsum()

    def dims(self, labels: tuple[int, ...]) -> Dims:
        """The shape of an array with these labels."""
        return tuple(ONE if x == UNIT else self.sizes[x] for x in labels)

    def einsum(self) -> Expr:
        """The contraction as einsum("ij,jk->ik", A, B)."""
        fresh = map(letter, count(len(self.sizes)))
        rows, forms = [], []
        for item in self.items:
            rows.append("".join(_letter(x, fresh) for x in item.labels))
            forms.append(item.form)
        out = "".join(_letter(x, fresh) for x in self.out)
        used = {x for row in rows for x in row}
        for name, x in zip(out, self.out, strict=True):
            if name not in used:
                rows.append(name)
                forms.append(called(ONES, self.dims((x,)), self.dims((x,))))
        text = f"{','.join(rows)}->{out}"
        return surface("einsum", tuple(forms), self.node.dims, text)

    # --- sums ----------------------------------------------------------------------

    def form(self) -> Expr:
        """Sum over one label after the other, then put together what is left."""
        self.items = picked(self.items, self.out, self.dims)
        if len(self.out) > 2 or any(len(i.labels) > 2 for i in self.items):
            raise NoMatrixError
        factors = Factors(self.out, self.merged)
        self.around = factors.around
        uses = Counter(x for i in self.items for x in {*i.real})
        for item in self.items:
            factors.put(self.plain(item, lambda x: uses[x] > 1))
        while factors.prices:
            label = min(factors.prices, key=factors.prices.__getitem__)
            new = self.summed_over(label)
            for item in self.around[label][:]:
                factors.take(item)
            factors.put(self.plain(new, self.around.get))
        return self.result([*factors.groups.values()])

    def merged(self, first: Item, second: Item) -> Item:
        """The product of two factors over the same labels."""
        form = times(first.form, self.laid(second, first.labels))
        return Item(form, first.labels)

    def plain(self, item: Item, shared: Callable[[int], object]) -> Item:
        """A factor without a repeated label: its trace or its diagonal."""
        real = item.real
        if len(real) < 2 or real[0] != real[1]:
            return item
        if real[0] not in self.out and not shared(real[0]):
            return Item(called(TRACE, (item.form,), ()), ())
        return Item(called(DIAG, (item.form,), self.dims(real[:1])), real[:1])

    def laid(self, item: Item, labels: tuple[int, ...]) -> Expr:
        """A factor with its axes in another layout of the same labels."""
        form = item.form
        if item.labels == labels:
            return form
        if len(item.labels) == len(labels) == 2:
            return turned(form)
        if not labels:
            return called(SUM, (form,), ())
        if len(item.labels) == 0:
            return form
        if len(item.labels) == 1:
            where = "column" if labels[1] == UNIT else "row"
        else:
            where = "first column" if item.labels[1] == UNIT else "first row"
        return surface("part", (form,), self.dims(labels), where)

    def summed_over(self, label: int) -> Item:
        """One sum: of a vector, of a matrix and a vector, or of two matrices."""
        around = self.around[label]
        vectors = [i for i in around if len(i.real) == 1]
        matrices = [i for i in around if len(i.real) == 2]
        vector = vectors[0] if vectors else None
        if not matrices:
            assert vector is not None
            return Item(*self.total(vector))
        if len(matrices) == 1 and vector is None:
            return self.summed(matrices[0], label)
        if len(matrices) == 1 and vector is not None:
            return self.applied(matrices[0], vector, label)
        if len(matrices) == 2:
            return self.multiplied(matrices, vector, label)
        raise NoMatrixError

    def total(self, vector: Item) -> tuple[Expr, tuple[int, ...]]:
        """The sum of a vector: of a product of two, their inner product."""
        form = vector.form
        pair = _halves(form)
        if pair is not None and all(len(x.dims) == len(form.dims) for x in pair):
            if len(form.dims) == 1:
                first, second = pair
                if first.op == MATMUL and second.op != MATMUL:
                    first, second = second, first
                return matmul(first, second, ()), ()
            if self.one_element:
                if vector.labels[0] == UNIT:
                    pair = turned(pair[0]), turned(pair[1])
                return matmul(turned(pair[0]), pair[1], (ONE, ONE)), (UNIT, UNIT)
        return called(SUM, (form,), ()), ()

    def summed(self, matrix: Item, label: int) -> Item:
        """The sums of the rows or of the columns of a matrix."""
        axis = matrix.labels.index(label)
        left = matrix.labels[1 - axis]
        if left not in self.out and all(i is matrix for i in self.around[left]):
            return Item(called(SUM, (matrix.form,), ()), ())
        options: tuple[Any, ...] = (("axis", str(axis)),)
        labels: tuple[int, ...] = (left,)
        if self.columns:
            labels = (left, UNIT) if axis else (UNIT, left)
            options += (("keepdims", "1"),)
        return Item(called(SUM, (matrix.form,), self.dims(labels), options), labels)

    def applied(self, matrix: Item, vector: Item, label: int) -> Item:
        """A matrix times a vector."""
        left = next(x for x in matrix.labels if x != label)
        form = matrix.form if matrix.labels[1] == label else turned(matrix.form)
        if vector.labels == (UNIT, label):
            whole = matmul(vector.form, turned(form), self.dims((UNIT, left)))
            return Item(whole, (UNIT, left))
        labels = (left,) if len(vector.labels) == 1 else (left, UNIT)
        return Item(matmul(form, vector.form, self.dims(labels)), labels)

    def multiplied(self, pair: list[Item], vector: Item | None, label: int) -> Item:
        """Two matrices, with a vector between them that scales the columns."""
        if self.starts_with_second(pair, label):
            pair = pair[::-1]
        first, second = pair
        ends = tuple(next(x for x in i.labels if x != label) for i in pair)
        left = first.form if first.labels[1] == label else turned(first.form)
        right = second.form if second.labels[0] == label else turned(second.form)
        if vector is not None:
            row = (UNIT, label) if len(vector.labels) == 2 else (label,)
            left = times(left, self.laid(vector, row))
        return Item(matmul(left, right, self.dims(ends)), ends)

    def starts_with_second(self, pair: list[Item], label: int) -> bool:
        """Whether the second matrix stands left: as the output is, or with fewer .T."""
        first, second = pair
        ends = [next(x for x in i.labels if x != label) for i in pair]
        if all(x in self.out for x in ends):
            return self.out.index(ends[0]) > self.out.index(ends[1])
        for k, x in enumerate(ends):
            if x in self.out and len(self.out) == 2:
                return self.out.index(x) != k
        mine = (first.labels[1] != label) + (second.labels[0] != label)
        other = (second.labels[1] != label) + (first.labels[0] != label)
        return other < mine

    # --- what is left --------------------------------------------------------------

    def result(self, items: list[Item]) -> Expr:
        """The factors over the output's labels, multiplied."""
        scalars = [i for i in items if not i.real]
        form = self.spread([i for i in items if i.real])
        if form is None:
            if not any(i.labels == self.out for i in scalars):
                form = called(ONES, self.node.dims, self.node.dims)
            else:
                form = ONE
        for scalar in scalars:
            inside = scalar.form
            if len(scalar.labels) > len(self.out) and not self.one_element:
                inside = self.laid(scalar, ())
            form = times(inside, form)
        return form

    def spread(self, items: list[Item]) -> Expr | None:
        """The factors that have labels of the output; None where none is left."""
        real = tuple(x for x in self.out if x != UNIT)
        if not real:
            return None if self.out else ONE
        if len(real) == 1:
            return self.laid(items[0], self.out) if items else None
        return self.matrix(items, real)

    def matrix(self, items: list[Item], out: tuple[int, ...]) -> Expr:
        """A matrix of factors over both labels, over the rows and over the columns."""
        rows, columns = out
        whole = next((i for i in items if len(i.real) == 2), None)
        left = next((i for i in items if i.real == (rows,)), None)
        right = next((i for i in items if i.real == (columns,)), None)
        if rows == columns:
            raise NoMatrixError
        if whole is None:
            return self.outer(left, right, rows, columns)
        if is_call(whole.form, EYE):
            both = [i for i in (left, right) if i is not None]
            if not both:
                return whole.form
            form = both[0].form
            if len(both) == 2:
                layout = tuple(rows if x == columns else x for x in both[1].labels)
                form = times(
                    form, self.laid(Item(both[1].form, layout), both[0].labels)
                )
            return called(DIAG, (form,), self.node.dims)
        form = self.laid(whole, out)
        if left is not None and len(left.labels) == 2:
            form = times(self.laid(left, (rows, UNIT)), form)
        elif left is not None:
            size = self.sizes[rows]
            form = matmul(
                called(DIAG, (left.form,), (size, size)), form, self.node.dims
            )
        if right is not None:
            wide = (UNIT, columns) if len(right.labels) == 2 else (columns,)
            form = times(form, self.laid(right, wide))
        return form

    def outer(
        self, left: Item | None, right: Item | None, rows: int, columns: int
    ) -> Expr:
        """The products of the elements of two vectors; ones where one lacks."""
        pair = []
        for item, label in ((left, rows), (right, columns)):
            layout = (label, UNIT) if self.columns else (label,)
            dims = self.dims(layout)
            pair.append(self.laid(item, layout) if item else called(ONES, dims, dims))
        if self.columns:
            return matmul(pair[0], turned(pair[1]), self.node.dims)
        return called(OUTER, (pair[0], pair[1]), self.node.dims)


def _letter(label: int, fresh: Iterator[str]) -> str:
    """The letter of a label in an einsum; an axis of size 1 has one of its own."""
    return next(fresh) if label == UNIT else letter(label)


def _halves(form: Expr) -> tuple[Expr, Expr] | None:
    """A product as two factors, a square as two equal ones."""
    if form.op == "mul":
        return form.args[0], form.args[1]
    if form.op == "pow" and form.args[1].op == "number" and form.args[1].value == 2:
        return form.args[0], form.args[0]
    return None
