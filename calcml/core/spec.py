"""Every legal node of the graph: its arguments, value, shape and meaning.

Nodes of four stages share one class. Those of an EXPRESSION are calculated with; those
of INDEX notation live while a text is read and while one is written; STEPS tell of
derivatives that are still to be taken; SURFACE nodes are printed and nothing else.
`verify` compares a graph with this list, as the verifier of a compiler's intermediate
representation does; only tests call it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from calcml.core import legal
from calcml.core.expr import ARRAYS, Expr, walk
from calcml.core.legal import ask
from calcml.core.shapes import Dims, shown
from calcml.core.tensors import REDUCTIONS
from calcml.functions import FUNCTIONS
from calcml.functions.arrays import ARRAY_OPERATIONS

EXPRESSION, INDEX, STEPS, SURFACE = "expression", "index", "steps", "surface"


class Node(NamedTuple):
    """One legal node in words, and the shape that it must have.

    `check` takes a node and gives that shape; it raises ValueError where the arguments
    or the value are not as `args` and `value` say.
    """

    op: str
    args: str
    value: str
    shape: str
    meaning: str
    stage: str
    check: Callable[[Expr], Dims]


NODES: dict[str, Node] = {}


def node(
    call: str,
    check: Callable[[Expr], Dims],
    meaning: str,
    *,
    shape: str,
    value: str = "",
) -> None:
    """Add the node `call`, such as "onehot(k)", to the stage of the section."""
    op, _, args = call.rstrip(")").partition("(")
    NODES[op] = Node(op, args, value, shape, meaning, _stage[-1], check)


_stage = [EXPRESSION]


# fmt: off
# leaves
node("number()", legal.number, "an exact number; its text is as it was typed", value="an int or a Fraction", shape="()")
node("symbol()", legal.symbol, "a real variable, an array where it has sizes", value="its name", shape="its sizes: any")
node("constant()", legal.constant, "a named number", value="a name in functions.CONSTANTS", shape="()")
node("formal(x, ...)", legal.formal, "an unknown function, derived so often by each argument", value="(name, orders)", shape="()")

# operations on whole arrays; the rows of arrays are others
node("contract(x, ...)", legal.contract, "the sum over all labels that are not in the output of the product of the operands: an einsum", value="Spec: labels of operands and output, their sizes", shape="the sizes of the output's labels")
node("delta()", legal.unit_matrix, "the unit matrix", value="its size n", shape="(n, n)")
node("lower_ones()", legal.unit_matrix, "1 at and below the diagonal, else 0", value="its size n", shape="(n, n)")
node("selector()", legal.selector, "rows start, start + 1, ... of the unit matrix: what a slice multiplies by", value="(start, n)", shape="(how many rows, n)")
node("onehot(k)", legal.onehot, "the unit vector along axis k, counted from 0", value="its size n", shape="(n,)")
node("reshape(x)", legal.reshape, "the same elements, the last axis fastest", value="the shape", shape="its value")

_stage.append(INDEX)  # while a text is read, and while one is written
node("at(x, index, ...)", legal.at, "the element of an array; an index is a name or a number", shape="()")
node("kronecker(i, j)", legal.kronecker, "1 where two indices are equal, else 0", shape="()")
node("sum_over(index, term)", legal.bound, "the sum of the terms over an index", shape="()")
for op in REDUCTIONS:
    name = op.removesuffix("_over") + "_index"
    node(f"{name}(index, term)", legal.bound, f"{ARRAY_OPERATIONS[op].doc}, over an index", shape="()")

_stage.append(STEPS)  # derivatives that are still to be taken
node("derivative(f, x)", legal.derivative, "d/dx(f), to be taken", shape="()")
node("prime(u)", legal.prime, "u', the derivative of a function with a name", shape="()")

_stage.append(SURFACE)  # matrix notation: a shape says how a node broadcasts, and books write more than NumPy does
node("matmul(a, b)", legal.as_said, "a @ b", shape="that of the product")
node("turned(x)", legal.as_said, "x.T", shape="that of the transpose")
node("written(x, ...)", legal.written, "the call name(x, ..., option=value)", value="(name, ((option, value), ...))", shape="that of the call's value")
node("part(x)", legal.part, "x[indices]", value='None, an index or a (start, stop) for each axis; "row", "column", "first row", "first column"', shape="that of the part")
node("einsum(x, ...)", legal.einsum, "a contraction that is no matrix expression", value="its labels, \"ij,jk->ik\"", shape="that of the result")
node("odot(a, b)", legal.as_said, "a product by elements, as books write it", shape="that of the product")
node("oslash(a, b)", legal.as_said, "a quotient by elements", shape="that of the quotient")
# fmt: on


def spec_of(op: str) -> Node | None:
    """What a node of an operation must be; None for an operation that there is not."""
    found = NODES.get(op)
    if found is not None:
        return found
    row = FUNCTIONS.get(op)
    if row is not None:
        args = ", ".join([*row.params, *["..."] * row.variadic])
        shape = "the arguments, broadcast"
        return Node(op, args, "", shape, row.doc, EXPRESSION, legal.row)
    made = ARRAY_OPERATIONS.get(op)
    if made is None or op not in ARRAYS:  # it is made of other operations
        return None
    args, doc, whole = ", ".join(made.params), made.doc, "that of the argument"
    if made.takes:
        shape = whole if made.keeps_shape else f"{whole} without its last two axes"
        return Node(op, args, "", shape, doc, EXPRESSION, legal.square)
    shape = whole if made.keeps_shape else f"{whole} without the axes"
    return Node(op, args, "the axes", shape, doc, EXPRESSION, legal.along_axes)


def legal_nodes() -> Iterator[Node]:
    """Every node that there is: those of this module, and a node for each row."""
    yield from NODES.values()
    for op in [*FUNCTIONS, *ARRAY_OPERATIONS]:
        found = spec_of(op)
        if found is not None and op not in NODES:
            yield found


def verify(root: Expr, *stages: str) -> None:
    """Raise ValueError, with the node, where a graph is not legal.

    Nodes of an expression are legal everywhere, those of other `stages` where these
    are named. Sizes and the expressions inside values are verified, too.
    """
    seen: set[Expr] = set()
    pending = [root]
    while pending:
        for part in walk(pending.pop()):
            if part in seen:
                continue
            seen.add(part)
            _verify_one(part, stages)
            pending += [e for e in _inside((part.dims, part.value)) if e not in seen]


def _verify_one(part: Expr, stages: tuple[str, ...]) -> None:
    spec = spec_of(part.op)
    if spec is None or spec.stage not in (EXPRESSION, *stages):
        raise ValueError(f"{part.op} is no operation of {stages or EXPRESSION}")
    try:
        dims = spec.check(part)
        ask(
            len(dims) == len(part.dims)
            and all(a is b for a, b in zip(dims, part.dims, strict=True)),
            f"the shape {shown(dims)}, not {shown(part.dims)}",
        )
        ask(all(not size.dims for size in part.dims), "scalars as sizes")
    except ValueError as wrong:
        told = f"{part.op}({spec.args}), value {part.value!r}"
        raise ValueError(f"{told}: it needs {wrong}") from None


def _inside(value: Any) -> Iterator[Expr]:
    """The expressions in a value: sizes, indices, bounds of slices."""
    stack = [value]
    while stack:
        part = stack.pop()
        if isinstance(part, Expr):
            yield part
        elif isinstance(part, tuple):
            stack += part
