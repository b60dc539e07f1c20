"""Text that parses back to the same node."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from calcml.core.errors import UnsupportedError
from calcml.core.expr import Expr, is_variable
from calcml.core.tensors import has_arrays
from calcml.core.tensors.matrix_form import matrix_form
from calcml.core.tensors.names import MATMUL
from calcml.core.tensors.surface import lettered
from calcml.functions import CONSTANTS, FUNCTIONS, Row
from calcml.parsing.parser import parsed
from calcml.printing import matrix_style
from calcml.printing.fold import (
    ATOM,
    INFIX,
    NOT,
    POWER,
    PRODUCT,
    SIGN,
    Piece,
    Pieces,
    Style,
    binding,
    infix,
    negative,
    render,
    separated,
    variables_of,
)

MARKS = "\x02", "\x03"  # around parts that are to be seen: no text has these characters


def _product(node: Expr) -> list[Piece]:
    """a*b, with brackets around a matrix product, which binds alike."""
    a, b = node.args
    left = SIGN if a.op == MATMUL else PRODUCT
    return [(a, left), "*", (b, ATOM if negative(b) else SIGN)]


def _derivative(node: Expr) -> list[Piece]:
    """A derivative that is still to be taken."""
    f, x = node.args
    return ["d/d", (x, 0), "(", (f, 0), ")"]


OPERATORS: dict[str, Pieces] = {
    **{op: infix(text, *least) for op, (text, _, *least) in INFIX.items()},
    "not": lambda node: ["not ", (node.args[0], NOT)],
    "mul": _product,
    "div": infix("/", PRODUCT, SIGN),
    "neg": lambda node: ["-", (node.args[0], SIGN)],
    "pow": infix("^", ATOM, POWER),
    "derivative": _derivative,
    "prime": lambda node: [(node.args[0], ATOM), "'"],
}


def _pieces(node: Expr) -> list[Piece]:
    if not node.args and node.text:
        return [node.text]
    operator = OPERATORS.get(node.op)
    if operator is not None:
        return operator(node)
    if node.op == "formal":
        return _formal(node)
    written = matrix_style.TEXT.get(node.op)
    if written is not None:
        return written(node)
    row = FUNCTIONS.get(node.op)
    if row is None:  # an element x[i] in the message of an error
        from calcml.printing.index_style import TEXT

        return TEXT[node.op](node)
    args = _without_defaults(row, node.args) if row.defaults else node.args
    options = [f', {k}="{v}"' for k, v in row.options.items()]
    if len(args) == 1:
        return [row.name, "(", (args[0], 0), *options, ")"]
    return [row.name, "(", *separated(args), *options, ")"]


def _without_defaults(row: Row, args: tuple[Expr, ...]) -> tuple[Expr, ...]:
    for param in reversed(row.params):
        if param not in row.defaults or args[-1] is not parsed(row.defaults[param]):
            break
        args = args[:-1]
    return args


def _formal(node: Expr) -> list[Piece]:
    call: list[Piece] = [node.value[0], "(", *separated(node.args), ")"]
    variables = variables_of(node)
    if not variables:
        return call
    pieces: list[Piece] = ["D(", *call]
    for variable, times in variables:
        if isinstance(variable, int):
            pieces.append(f", {variable}, {times}")
        else:
            pieces += [", ", (variable, 0), f", {times}" if times > 1 else ""]
    return [*pieces, ")"]


def _definitions(lines: list[tuple[str, str]], body: str) -> str:
    return "; ".join([*(f"{name} = {value}" for name, value in lines), body])


STYLE = Style(_pieces, binding, ("(", ")"), str, _definitions, MARKS)


def matrix_text(root: Expr, marked: Collection[Expr]) -> str:
    """A scalar or an array of rank 2 at most as text; see `printing.text`."""
    names: dict[Expr, str] = {}
    arrays = has_arrays(root)
    if arrays:
        root = matrix_form(root)
        names = lettered(root)
    variables = arrays or any(map(is_variable, CONSTANTS))
    style = beside(root.free_symbols) if variables else STYLE
    return render(root, style, names, marked)


def beside(taken: frozenset[str]) -> Style:
    """The style for an expression with variables, which may be called as constants."""
    if taken.isdisjoint(CONSTANTS):
        return STYLE
    return replace(STYLE, pieces=_pieces_beside(taken))


def _pieces_beside(taken: frozenset[str]) -> Pieces:
    def pieces(node: Expr) -> list[Piece]:
        if node.op != "constant" or node.value not in taken:
            return _pieces(node)
        free = [n for n in CONSTANTS[node.value].aliases if n not in taken]
        if not free:
            raise UnsupportedError(
                f"the constant {node.value} and a variable have one name; "
                "rename the variable"
            )
        return [free[0]]

    return pieces
