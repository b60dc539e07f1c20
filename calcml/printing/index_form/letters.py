"""Letters for indices, and ranges where no element shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from calcml.core.affine import shifted
from calcml.core.build import bottom_up, mul, rebuild, substitute
from calcml.core.expr import ONE, ZERO, Expr, symbol, walk
from calcml.core.flat import postorder
from calcml.core.tensors import delta, filled
from calcml.core.tensors.names import ZEROS
from calcml.core.tensors.surface import called
from calcml.functions import CONSTANT_NAMES
from calcml.parsing.index_notation import BOUND, SUM_OVER, at, over, sizes_shown
from calcml.printing.index_form.nodes import delta_of

LETTERS = "ijklmnpqrstuvwabcgh"


def names_in(root: Expr) -> set[str]:
    """The names of variables, unknown functions and sizes."""
    found: set[str] = set()
    sizes: set[Expr] = set()
    for node in walk(root):
        sizes.update(node.dims)
        if node.op == "contract":
            sizes.update(node.value.sizes)
        elif node.op == "formal":
            found.add(node.value[0])
        elif node.op == "symbol":
            found.add(node.value)
    return found | {n.value for n in walk(*sizes) if n.op == "symbol"}


def letters(taken: set[str]) -> Iterator[Expr]:
    """Names for indices that are not taken: i, j, ..., then i1, j1, ..."""
    for number in count():
        for letter in LETTERS:
            name = f"{letter}{number or ''}"
            if name not in taken and name not in CONSTANT_NAMES:
                yield symbol(name)


Names = tuple[tuple[Expr, Expr], ...]  # indices on their way, and their letters
Task = tuple[Expr, Names, int]  # a node, the names around it, how many sums around it


class Speller:
    """Letters for the bound indices of an expression, the outermost sum's first.

    `sizes` are those of indices on their way.
    """

    def __init__(self, names: Iterator[Expr], sizes: Mapping[Expr, Expr]) -> None:
        self._names = names
        self._letters: list[Expr] = []
        self._sizes = sizes
        self._used: dict[Expr, frozenset[Expr]] = {}

    def spelled(self, root: Expr) -> Expr:
        """`root` with letters in the place of the names on the way."""
        for node in walk(root):
            own = {node} if node in self._sizes else set()
            self._used[node] = frozenset(own).union(*(self._used[a] for a in node.args))
        first: Task = root, (), 0
        return postorder(first, self._below, self._made)

    def _below(self, task: Task) -> list[Task]:
        node, names, depth = task
        used = self._used[node]
        if not used or not node.args:
            return []
        if node.op in BOUND:
            names = (*names, (node.args[0], self._letter(depth)))
            depth += 1
        return [
            (a, tuple([n for n in names if n[0] in self._used[a]]), depth)
            for a in node.args
        ]

    def _letter(self, depth: int) -> Expr:
        while len(self._letters) <= depth:
            self._letters.append(next(self._names))
        return self._letters[depth]

    def _made(self, task: Task, args: Sequence[Expr]) -> Expr:
        node, names, _ = task
        if not args:
            return dict(names).get(node, node)
        if node.op == "kronecker":
            i, j = args
            return delta_of(i, j, ONE)
        return rebuild(node, tuple(args))


def with_bounds(root: Expr, sizes: Mapping[Expr, Expr], everywhere: bool) -> Expr:
    """`root` with bounds of sums whose index stands alone on an axis of another size.

    Where `everywhere`, so have those whose index stands alone on none.
    """

    def change(node: Expr, made: Expr) -> Expr:
        if made.op not in BOUND:
            return made
        index, *ends, body = made.args
        shown = sizes_shown(body).get(index.value, set())
        if everywhere and not ends and not shown and made.op != SUM_OVER:
            body = with_ranges(body, {index: sizes[index]})  # max(i, 0, 1, x): scalars?
        elif not ends and shown != {sizes[index]} and (shown or everywhere):
            ends = [ZERO, shifted(sizes[index], -1)]
        return over(made.op, index, body, ends)

    return bottom_up(root, change)


def with_ranges(body: Expr, sizes: Mapping[Expr, Expr]) -> Expr:
    """A body with elements of all indices.

    An element of a unit matrix takes the place of a delta, and what does not depend on
    an index is multiplied by an element of ones.
    """
    while True:
        known = sizes_shown(body)
        missing = tuple(i for i in sizes if sizes[i] not in known.get(i.value, ()))
        if not missing:
            return body
        for node in walk(body):
            if node.op != "kronecker":
                continue
            own = {sizes[i] for i in node.args if i in missing}
            if len(own) == 1:  # of two sizes it is no unit matrix
                body = substitute(body, {node: at(delta(own.pop()), node.args)})
                break
        else:
            if body is ZERO:
                dims = tuple(sizes.values())
                return at(called(ZEROS, dims, dims), tuple(sizes))
            dims = tuple(sizes[i] for i in missing)
            return mul(body, at(filled(ONE, dims), missing))
