r"""Index notation in text and LaTeX: X[i, j] and X_{ij}, sum(j, ...) and \sum_{j}."""

from __future__ import annotations

from calcml.core.expr import Expr
from calcml.core.tensors.names import EYE, SUM
from calcml.core.tensors.surface import is_call
from calcml.functions.arrays import ARRAY_OPERATIONS
from calcml.parsing.index_notation import BOUND, REDUCED, SUM_OVER
from calcml.printing.fold import (
    ATOM,
    POWER,
    PRODUCT,
    SIGN,
    Piece,
    Pieces,
    negative,
    separated,
)

_ROWS = {op: ARRAY_OPERATIONS[whole] for whole, op in REDUCED.items()}

# --- text --------------------------------------------------------------------------


def _over(node: Expr) -> list[Piece]:
    name = SUM if node.op == SUM_OVER else _ROWS[node.op].name
    return [name, "(", *separated(node.args), ")"]


TEXT: dict[str, Pieces] = {
    "at": lambda node: [(node.args[0], ATOM), "[", *separated(node.args[1:]), "]"],
    "kronecker": lambda node: ["delta(", *separated(node.args), ")"],
    **dict.fromkeys(BOUND, _over),
}

# --- LaTeX -------------------------------------------------------------------------


def _subscript(indices: tuple[Expr, ...]) -> list[Piece]:
    """Single letters side by side, others with commas."""
    letters = all(i.op == "symbol" and len(i.value) == 1 for i in indices)
    return ["_{", *separated(indices, "" if letters else ", "), "}"]


def _tex_at(node: Expr) -> list[Piece]:
    base, *rest = node.args
    if base.op == "delta" or is_call(base, EYE):
        return [r"\delta", *_subscript(tuple(rest))]
    own = base.op in ("part", "elements")  # the base has an index already
    own = own or base.op == "symbol" and not base.value.isalpha()
    shown: list[Piece] = ["{", (base, ATOM), "}"] if own else [(base, ATOM)]
    return [*shown, *_subscript(tuple(rest))]


def _tex_over(node: Expr) -> list[Piece]:
    index, *bounds, body = node.args
    under: list[Piece] = ["_{", (index, 0), "} "]
    if bounds:
        low, high = bounds
        under = ["_{", (index, 0), "=", (low, 0), "}^{", (high, 0), "} "]
    if node.op == SUM_OVER:
        return [r"\sum", *under, (body, ATOM if negative(body) else PRODUCT)]
    return [_ROWS[node.op].big, *under, (body, POWER)]


def _tex_elements(node: Expr) -> list[Piece]:
    body, *indices = node.value
    return [r"\left[", (body, 0), r"\right]", *_subscript(tuple(indices))]


LATEX: dict[str, Pieces] = {
    "elements": _tex_elements,
    "at": _tex_at,
    "kronecker": lambda node: [r"\delta", *_subscript(node.args)],
    **dict.fromkeys(BOUND, _tex_over),
}
LATEX_BINDING = {
    **dict.fromkeys(("elements", "at", "kronecker"), ATOM),
    **dict.fromkeys(BOUND, SIGN),
}


def is_open(node: Expr) -> bool:
    """Whether what follows the LaTeX of a node would be read as part of a sum in it."""
    while node.op in ("mul", "neg"):
        node = node.args[-1]
    return node.op in BOUND
