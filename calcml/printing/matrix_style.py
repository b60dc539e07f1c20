"""Matrix notation in text and LaTeX: @, .T, calls of array functions, parts."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from calcml.core.expr import ONE, ZERO, Expr
from calcml.core.tensors import Slice, names
from calcml.core.tensors.names import INV, MATMUL
from calcml.core.tensors.surface import is_call
from calcml.functions.arrays import ARRAY_FUNCTIONS
from calcml.printing.fold import (
    ATOM,
    ODOT,
    PRODUCT,
    SIGN,
    SUM,
    Piece,
    Pieces,
    filled,
    negative,
    separated,
)


def _options(node: Expr) -> str:
    return "".join(f", {name}={value}" for name, value in node.value[1])


def _matmul(node: Expr) -> list[Piece]:
    a, b = node.args
    by_elements = a.op == "mul" and bool(a.args[0].dims)
    return [(a, SIGN if by_elements else PRODUCT), " @ ", (b, _right(b))]


def _right(b: Expr) -> int:
    """How tightly a right factor of @ must bind: a product of matrices may go on."""
    if negative(b):
        return ATOM
    head = b
    while head.op == MATMUL:
        head = head.args[0]
    return PRODUCT if b is not head and head.op not in ("mul", "div") else SIGN


def _written(node: Expr) -> list[Piece]:
    return [node.value[0], "(", *separated(node.args), _options(node), ")"]


def _part(node: Expr) -> list[Piece]:
    fixed = _PARTS.get(node.value)
    if fixed is not None:
        return [(node.args[0], ATOM), fixed]
    shown = _indices(node, str)
    while shown[-1] == ":":
        shown.pop()
    return [(node.args[0], ATOM), f"[{', '.join(shown)}]"]


def _indices(node: Expr, write: Callable[[Expr], str]) -> list[str]:
    """The indices of a part: numbers, slices and whole axes."""
    shown = []
    for index in node.value:
        if index is None:
            shown.append(":")
        elif isinstance(index, Expr):
            shown.append(write(index))
        else:
            shown.append(_slice(index, write))
    return shown


def _slice(part: Slice, write: Callable[[Expr], str]) -> str:
    first = part.step > 0 and part.start is ZERO
    ends = ["" if first or part.start is None else write(part.start)]
    ends += ["" if part.stop is None else write(part.stop)]
    return ":".join([*ends, str(part.step)] if part.step != 1 else ends)


_PARTS = {
    "column": "[:, None]",
    "row": "[None, :]",
    "first column": "[:, 0]",
    "first row": "[0, :]",
}


def _einsum(node: Expr) -> list[Piece]:
    return ["einsum(", f'"{node.value}", ', *separated(node.args), ")"]


TEXT: dict[str, Pieces] = {
    MATMUL: _matmul,
    "turned": lambda node: [(node.args[0], ATOM), ".T"],
    "written": _written,
    "part": _part,
    "einsum": _einsum,
}


# --- LaTeX -------------------------------------------------------------------------


def _tex_matmul(node: Expr) -> list[Piece]:
    a, b = node.args
    return [(a, PRODUCT), " ", (b, _right(b))]


def _tex_by_elements(sign: str) -> Pieces:
    def pieces(node: Expr) -> list[Piece]:
        a, b = node.args
        left = ODOT if a.op == "odot" else SIGN
        return [(a, left), f" {sign} ", (b, ATOM if negative(b) else SIGN)]

    return pieces


def bracketed(inside: list[Piece]) -> list[Piece]:
    """Pieces in brackets that grow with them."""
    return [r"\left(", *inside, r"\right)"]


def _tex_written(node: Expr) -> list[Piece]:
    name, options = node.value
    row = ARRAY_FUNCTIONS[name]
    if name == names.SUM and options:
        return _tex_sums(node)
    if row.is_sized:
        sizes = r" \times ".join(size.latex() for size in node.args if size is not ONE)
        return [f"{row.tex}_{{{sizes}}}" if sizes else row.tex]
    if "#" in row.tex and not options:
        least, _ = _bindings(row.binding)
        return filled(row.tex, node.args, [*least, *[0] * len(node.args)])
    plain = name.replace("_", r"\_")
    head = row.big or rf"\operatorname{{{plain}}}"
    return [head, *_axis(node), *bracketed(separated(node.args))]


def _axis(node: Expr) -> list[Piece]:
    options = dict(node.value[1])
    return [f"_{{{options['axis']}}}"] if "axis" in options else []


def _tex_sums(node: Expr) -> list[Piece]:
    """The sums of the rows or of the columns, a product with ones."""
    (x,) = node.args
    if dict(node.value[1])["axis"] == "0":
        return [(x, ATOM), r"^{\top} \mathbf{1}"]
    return [(x, SIGN), r" \mathbf{1}"]


@cache
def _bindings(text: str) -> tuple[list[int], int]:
    """How tightly each argument in a row's LaTeX must hold together, and the whole."""
    args, _, whole = (part.strip() for part in text.partition("->"))
    return [_TIGHTNESS[word] for word in args.split()], _TIGHTNESS[whole or "atom"]


_TIGHTNESS = {"addend": SUM, "product": PRODUCT, "signed": SIGN, "atom": ATOM}


def _tex_turned(node: Expr) -> list[Piece]:
    (x,) = node.args
    if is_call(x, INV):
        return [(x.args[0], ATOM), r"^{-\top}"]
    return [(x, ATOM), r"^{\top}"]


def _tex_part(node: Expr) -> list[Piece]:
    (x,) = node.args
    shown = _indices(node, Expr.latex)
    shown += [":"] * (len(x.dims) - len(shown))
    # Braces: the base may have an index of its own, as I_n has.
    return ["{", (x, ATOM), "}", f"_{{{', '.join(shown)}}}"]


LATEX: dict[str, Pieces] = {
    MATMUL: _tex_matmul,
    "turned": _tex_turned,
    "written": _tex_written,
    "part": _tex_part,
    "odot": _tex_by_elements(r"\odot"),
    "oslash": _tex_by_elements(r"\oslash"),
    "otimes": _tex_by_elements(r"\otimes"),
}


def tex_binding(node: Expr) -> int | None:
    """How tightly a surface node holds together in LaTeX."""
    if node.op != "written":
        return _BINDING.get(node.op, ATOM if node.op in LATEX else None)
    name, options = node.value
    if name == names.SUM and options:
        return PRODUCT
    return _bindings(ARRAY_FUNCTIONS[name].binding)[1]


_BINDING = {
    MATMUL: PRODUCT,
    "odot": ODOT,
    "oslash": ODOT,
    "otimes": ODOT,
    "turned": SIGN,
}
