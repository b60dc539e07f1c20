"""Every legal node of the graph: its arguments, value, shape and meaning.

Nodes of four stages share one class. Those of an EXPRESSION are calculated with; those
of INDEX notation live while a text is read and while one is written; STEPS tell of
derivatives that are still to be taken; SURFACE nodes are printed and nothing else. The
rows of functions are nodes of an expression, too, of the shape of their arguments,
broadcast; those of arrays say more. Tests compare graphs with this list
(`tests/legal.py`), as the verifier of a compiler's intermediate representation does.
"""

from __future__ import annotations

from typing import NamedTuple

from calcml.core.tensors import REDUCTIONS
from calcml.functions.arrays import ARRAY_OPERATIONS

EXPRESSION, INDEX, STEPS, SURFACE = "expression", "index", "steps", "surface"


class Node(NamedTuple):
    """One legal node in words: of a `stage`, and of a `shape`."""

    op: str
    args: str
    value: str
    shape: str
    meaning: str
    stage: str


NODES: dict[str, Node] = {}


def node(call: str, meaning: str, *, shape: str, value: str = "") -> None:
    """Add the node `call`, such as "onehot(k)", to the stage of the section."""
    op, _, args = call.rstrip(")").partition("(")
    NODES[op] = Node(op, args, value, shape, meaning, _stage[-1])


_stage = [EXPRESSION]


# fmt: off
# leaves
node("number()", "an exact number; its text is as it was typed", value="an int or a Fraction", shape="()")
node("symbol()", "a real variable, an array where it has sizes", value="its name", shape="its sizes: any")
node("constant()", "a named number", value="a name in functions.CONSTANTS", shape="()")
node("formal(x, ...)", "an unknown function, derived so often by each argument", value="(name, orders)", shape="()")

# operations on whole arrays; the rows of arrays are others
node("contract(x, ...)", "the sum over all labels that are not in the output of the product of the operands: an einsum", value="Spec: labels of operands and output, their sizes", shape="the sizes of the output's labels")
node("delta()", "the unit matrix", value="its size n", shape="(n, n)")
node("mask()", "1 where offset and a step for each index add up to at least 0, else 0: a triangle of ones", value="(offset, steps)", shape="any")
node("selector()", "1 where the last index is start and a step for each other index, else 0: what slices, strides and windows multiply by", value="(start, steps, n, conditions on sizes: of each group one sum is at least 0)", shape="(how many of each index, n)")
node("arange()", "0, 1, ..., n - 1", value="its size n", shape="(n,)")
node("onehot(k)", "the unit vector along axis k, counted from 0", value="its size n", shape="(n,)")
node("reshape(x)", "the same elements, the last axis fastest", value="the shape", shape="its value")

_stage.append(INDEX)  # while a text is read, and while one is written
node("at(x, index, ...)", "the element of an array; an index is a name or a number", shape="()")
node("kronecker(i, j)", "1 where two indices are equal, else 0", shape="()")
node("sum_over(index, low, high, term)", "the sum of the terms over an index, both bounds included; without them over the axis that it indexes", shape="()")
for op in REDUCTIONS:
    name = op.removesuffix("_over") + "_index"
    node(f"{name}(index, low, high, term)", f"{ARRAY_OPERATIONS[op].doc}, over an index", shape="()")

_stage.append(STEPS)  # derivatives that are still to be taken
node("derivative(f, x)", "d/dx(f), to be taken", shape="()")
node("prime(u)", "u', the derivative of a function with a name", shape="()")

_stage.append(SURFACE)  # matrix notation: a shape says how a node broadcasts, and books write more than NumPy does
node("matmul(a, b)", "a @ b", shape="that of the product")
node("turned(x)", "x.T", shape="that of the transpose")
node("written(x, ...)", "the call name(x, ..., option=value)", value="(name, ((option, value), ...))", shape="that of the call's value")
node("part(x)", "x[indices]", value='None, an index or a Slice for each axis; "row", "column", "first row", "first column"', shape="that of the part")
node("einsum(x, ...)", "a contraction that is no matrix expression", value="its labels, \"ij,jk->ik\"", shape="that of the result")
node("odot(a, b)", "a product by elements, as books write it", shape="that of the product")
node("oslash(a, b)", "a quotient by elements", shape="that of the quotient")
node("otimes(a, b)", "a Kronecker product", shape="that of the product")
node("elements()", "the array of these elements, [x_i + y_j]_{ij}", value="(element, index, ...)", shape="that of the array")
# fmt: on
