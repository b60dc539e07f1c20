"""Matrix notation in text and LaTeX: @, .T, calls of array functions, parts."""

from __future__ import annotations

from collections.abc import Callable

from calcml.core.expr import ONE, ZERO, Expr
from calcml.core.tensors.surface import is_call
from calcml.functions.arrays import ARRAY_FUNCTIONS
from calcml.printing.fold import (
    ATOM,
    ODOT,
    PRODUCT,
    SIGN,
    SUM,
    Piece,
    negative,
    separated,
)

Pieces = dict[str, Callable[[Expr], list[Piece]]]


def _options(node: Expr) -> str:
    return "".join(f", {name}={value}" for name, value in node.value[1])


def _matmul(node: Expr) -> list[Piece]:
    a, b = node.args
    by_elements = a.op == "mul" and bool(a.args[0].dims)
    return [(a, SIGN if by_elements else PRODUCT), " @ ", (b, _right(b))]


def _right(b: Expr) -> int:
    """How tightly a right factor of @ must bind: a product of matrices may go on."""
    head = b
    while head.op == "matmul":
        head = head.args[0]
    if negative(head):
        return ATOM
    return PRODUCT if b is not head and head.op not in ("mul", "div") else SIGN


def _written(node: Expr) -> list[Piece]:
    return [node.value[0], "(", *separated(node.args), _options(node), ")"]


def _part(node: Expr) -> list[Piece]:
    fixed = _PARTS.get(node.value)
    if fixed is not None:
        return [(node.args[0], ATOM), fixed]
    return [(node.args[0], ATOM), f"[{_indices(node, str)}]"]


def _indices(node: Expr, write: Callable[[Expr], str]) -> str:
    """The indices of a part: numbers, slices and whole axes."""
    shown = []
    for index in node.value:
        if index is None:
            shown.append(":")
        elif isinstance(index, Expr):
            shown.append(write(index))
        else:
            start, stop = index
            shown.append(f"{'' if start is ZERO else write(start)}:{write(stop)}")
    while shown[-1] == ":":
        shown.pop()
    return ", ".join(shown)


_PARTS = {
    "column": "[:, None]",
    "row": "[None, :]",
    "first column": "[:, 0]",
    "first row": "[0, :]",
}


def _einsum(node: Expr) -> list[Piece]:
    return ["einsum(", f'"{node.value}", ', *separated(node.args), ")"]


TEXT: Pieces = {
    "matmul": _matmul,
    "turned": lambda node: [(node.args[0], ATOM), ".T"],
    "written": _written,
    "part": _part,
    "einsum": _einsum,
}


# --- LaTeX -------------------------------------------------------------------------


def _tex_matmul(node: Expr) -> list[Piece]:
    a, b = node.args
    return [(a, PRODUCT), " ", (b, _right(b))]


def _tex_by_elements(sign: str) -> Callable[[Expr], list[Piece]]:
    def pieces(node: Expr) -> list[Piece]:
        a, b = node.args
        left = ODOT if a.op == "odot" else SIGN
        return [(a, left), f" {sign} ", (b, ATOM if negative(b) else SIGN)]

    return pieces


def _bracketed(args: tuple[Expr, ...]) -> list[Piece]:
    return [r"\left(", *separated(args), r"\right)"]


def _tex_written(node: Expr) -> list[Piece]:
    name = node.value[0]
    special = _SPECIAL.get(name)
    if special is not None:
        return special(node)
    row = ARRAY_FUNCTIONS[name]
    if "#1" in row.tex:
        before, after = row.tex.split("#1")
        return [before, (node.args[0], 0), after]
    plain = name.replace("_", r"\_")
    head = row.tex or rf"\operatorname{{{plain}}}"
    return [head, *_axis(node), *_bracketed(node.args)]


def _axis(node: Expr) -> list[Piece]:
    options = dict(node.value[1])
    return [f"_{{{options['axis']}}}"] if "axis" in options else []


def _tex_inverse(node: Expr) -> list[Piece]:
    return [(node.args[0], ATOM), "^{-1}"]


def _tex_outer(node: Expr) -> list[Piece]:
    a, b = node.args
    return [(a, PRODUCT), " ", (b, ATOM), r"^{\top}"]


def _tex_sum(node: Expr) -> list[Piece]:
    """The sum of all elements; of the rows or the columns, a product with ones."""
    (x,) = node.args
    axis = dict(node.value[1]).get("axis")
    if axis is None:
        return [r"\sum ", (x, SIGN)]
    if axis == "0":
        return [(x, ATOM), r"^{\top} \mathbf{1}"]
    return [(x, SIGN), r" \mathbf{1}"]


def _tex_norm(node: Expr) -> list[Piece]:
    return [r"\left\|", (node.args[0], 0), r"\right\|"]


def _tex_normalized(node: Expr) -> list[Piece]:
    (x,) = node.args
    if node.value[1]:
        return [rf"\operatorname{{{node.value[0]}}}", *_axis(node), *_bracketed((x,))]
    return [r"\frac{", (x, 0), r"}{\left\|", (x, 0), r"\right\|}"]


def _tex_constant(letter: str) -> Callable[[Expr], list[Piece]]:
    def pieces(node: Expr) -> list[Piece]:
        sizes = [size.latex() for size in node.args if size is not ONE]
        shape = r" \times ".join(sizes)
        return [f"{letter}_{{{shape}}}"]

    return pieces


def _tex_turned(node: Expr) -> list[Piece]:
    (x,) = node.args
    if x.op == "written" and x.value[0] == "inv":
        return [(x.args[0], ATOM), r"^{-\top}"]
    return [(x, ATOM), r"^{\top}"]


def _tex_part(node: Expr) -> list[Piece]:
    if node.value in _PARTS:
        return [(node.args[0], ATOM)]
    # Braces: the base may have an index of its own, as I_n has.
    return ["{", (node.args[0], ATOM), "}", f"_{{{_indices(node, Expr.latex)}}}"]


def _tex_einsum(node: Expr) -> list[Piece]:
    text = node.value.replace("->", r" \to ")
    return [rf"\operatorname{{einsum}}_{{{text}}}", *_bracketed(node.args)]


_SPECIAL: Pieces = {
    "inv": _tex_inverse,
    "outer": _tex_outer,
    "sum": _tex_sum,
    "norm2": _tex_norm,
    "normalize": _tex_normalized,
    "eye": _tex_constant("I"),
    "ones": _tex_constant(r"\mathbf{1}"),
    "zeros": _tex_constant("0"),
}
LATEX: Pieces = {
    "matmul": _tex_matmul,
    "turned": _tex_turned,
    "written": _tex_written,
    "part": _tex_part,
    "einsum": _tex_einsum,
    "odot": _tex_by_elements(r"\odot"),
    "oslash": _tex_by_elements(r"\oslash"),
}


def tex_binding(node: Expr) -> int | None:
    """How tightly a surface node holds together in LaTeX."""
    if node.op == "matmul":
        return PRODUCT
    if node.op in ("odot", "oslash"):
        return ODOT
    if node.op == "turned":
        return SIGN
    if node.op == "written":
        if is_call(node, "sum") and not node.value[1]:
            return SUM
        return _TEX_BINDING.get(node.value[0], ATOM)
    return ATOM if node.op in LATEX else None


_TEX_BINDING = {"outer": PRODUCT, "sum": PRODUCT, "inv": SIGN, "normalize": SIGN}
