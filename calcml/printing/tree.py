"""The graph of an expression as text: a line for each node, below what uses it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from calcml.core.expr import Expr, walk
from calcml.core.shapes import shown
from calcml.core.tensors import UNIT, Spec
from calcml.core.tensors.contraction_form import LETTERS
from calcml.printing.limits import DEEPEST


def tree(root: Expr) -> Iterator[str]:
    """A line for each node: operation, value, and the shape of an array.

    A node with arguments that is used more than once is numbered where it first stands
    (`#1 = sin`), with its arguments below, and is its number alone wherever it stands
    again.
    """
    uses = Counter(a for node in walk(root) for a in node.args)
    number: dict[Expr, int] = {}
    stack = [(root, 0)]
    while stack:
        node, level = stack.pop()
        line = f"{level}: " if level > DEEPEST else "  " * level
        if node in number:
            yield f"{line}#{number[node]}"
            continue
        if node.args and uses[node] > 1:
            number[node] = len(number) + 1
            line += f"#{number[node]} = "
        yield line + described(node)
        stack += [(a, level + 1) for a in reversed(node.args)]


def described(node: Expr) -> str:
    """A node without its arguments: `number 2`, `contract ij,j->i (m,)`."""
    words = [node.op, _told(node.value)] if node.op != "formal" else [node.op]
    if node.op == "formal":
        name, orders = node.value
        words += [name, *[f"derived {_told(orders)}"] * any(orders)]
    elif node.op == "number":
        words[1] = node.text
    if node.dims:
        words.append(shown(node.dims))
    return " ".join(word for word in words if word)


def _told(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Spec):
        inputs = ",".join(_labels(row, value) for row in value.inputs)
        return f"{inputs}->{_labels(value.output, value)}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_told, value))}]"
    return str(value)


def _labels(row: Sequence[int], spec: Spec) -> str:
    """Labels as letters, 1 for an axis of size 1; of very many labels as numbers."""
    if len(spec.sizes) > len(LETTERS):
        return " ".join(map(str, row))
    return "".join("1" if x == UNIT else LETTERS[x] for x in row)
