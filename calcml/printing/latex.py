r"""LaTeX source for amsmath or KaTeX, without dollar signs."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from functools import cache, partial

from calcml.core.expr import Expr
from calcml.core.flat import SUMS
from calcml.core.shapes import is_unit
from calcml.core.tensors.names import MATMUL
from calcml.functions import CONSTANTS, FUNCTIONS, Row
from calcml.printing import matrix_style
from calcml.printing.fold import (
    ATOM,
    INFIX,
    NOT,
    ODOT,
    POWER,
    PRODUCT,
    SIGN,
    SUM,
    Piece,
    Pieces,
    Style,
    binding,
    filled,
    infix,
    negative,
    separated,
    variables_of,
)
from calcml.printing.matrix_style import bracketed

_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron "
    "pi rho varsigma sigma tau upsilon phi chi psi omega"
).split()
_CAPITALS = {"Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon"}
_CAPITALS |= {"Phi", "Psi", "Omega"}
GREEK = set(_GREEK) - {"omicron"} | _CAPITALS
_LETTERS = {chr(0x3B1 + i): name for i, name in enumerate(_GREEK)}
_LETTERS |= {c.upper(): n.capitalize() for c, n in _LETTERS.items() if c != "ς"}
_ROUND = re.compile("-?[1-9]0{6,}")  # zeros that nobody counts
# What stands before an exponent: \sin^2, not I_0^2, \mathrm{B}^2, \log\Gamma^2.
_RAISED = re.compile(r"\\(?:operatorname\{[\w\\]+\}|[a-z]+)(?:_\{[^#]*\})?")
_NONE: frozenset[Expr] = frozenset()
_NAME = re.compile(r"([^\W\d_]+?)_*([\d_]\w*)?_*$")


def name(text: str) -> str:
    r"""A variable's name: x, \theta_{1}, \mathrm{loss}_{i, j}.

    PARTIAL before it makes it the gradient of a loss L by the variable.
    """
    if text.startswith(PARTIAL):
        return rf"\frac{{\partial \mathcal{{L}}}}{{\partial {name(text[1:])}}}"
    match = _NAME.match(text)
    if match is None:
        return r"\mathrm{" + text.replace("_", r"\_") + "}"
    stem, index = match[1], (match[2] or "").strip("_")
    base = _stem(stem)
    if not index:
        return base
    parts = [_stem(part) if part else "" for part in index.split("_")]
    return f"{base}_{{{', '.join(filter(None, parts))}}}"


def _stem(text: str) -> str:
    if text.isdigit() or (len(text) == 1 and text not in _LETTERS):
        return text
    word = _LETTERS.get(text, text)
    if word in GREEK:
        return "\\" + word
    return word[:1].lower() if word == "omicron" else rf"\mathrm{{{text}}}"


def _product(node: Expr) -> list[Piece]:
    a, b = node.args
    first = b
    while first.op in ("mul", "pow"):
        first = first.args[0]
    row = FUNCTIONS.get(first.op)
    digit = first.op == "number" or row is not None and row.tex[:1].isdigit()
    dot = digit or a.op == "number" and first.op == "div"
    dot = dot or (first.op in SUMS or negative(b)) and _seems_called(a)
    sign = r" \cdot " if dot else " "
    left = SIGN if a.op == MATMUL else PRODUCT
    return [(a, left), sign, (b, ATOM if negative(b) else SIGN)]


def _seems_called(node: Expr) -> bool:
    """Whether a product ends with a letter of a function: sigma beside brackets."""
    last = node
    while last.op in ("mul", "neg", "pow"):
        last = last.args[0 if last.op == "pow" else -1]
    return last.op == "symbol" and name(last.value) in _called()


@cache
def _called() -> frozenset[str]:
    return frozenset(row.tex for row in FUNCTIONS.values())


def _power(node: Expr, whole: frozenset[Expr] = _NONE) -> list[Piece]:
    base, exponent = node.args
    if _by_elements(node):
        return [(base, ATOM), r"^{\circ ", *_raised(exponent, whole), "}"]
    row = FUNCTIONS.get(base.op)
    if row is not None and base.op not in OPERATORS and exponent.op == "number":
        head = _head(row, base)
        word = head.removeprefix("\\") not in GREEK  # \sigma^2 is that of a variable
        if word and _RAISED.fullmatch(head) and exponent.text.isdigit():
            inside = separated(base.args)
            return [head, f"^{{{exponent.text}}}", *bracketed(inside)]
    return [(base, ATOM), "^{", *_raised(exponent, whole), "}"]


def _raised(exponent: Expr, whole: frozenset[Expr]) -> list[Piece]:
    """An exponent, a fraction in it on one line; what is in `whole` is not opened."""
    inner = exponent.args[0] if exponent.op == "neg" else exponent
    if inner.op == "div" and whole.isdisjoint((exponent, inner)):
        a, b = inner.args
        return ["-" * (inner is not exponent), (a, PRODUCT), "/", (b, POWER)]
    if exponent.op == "number" and "/" in exponent.text:
        return [exponent.text]
    return [(exponent, 0)]


def _fraction(node: Expr, whole: frozenset[Expr] = _NONE) -> list[Piece]:
    """A fraction, behind the sign of the product above its line."""
    first, below = node.args
    above: list[Piece] = [(first, 0)]
    products = []
    while first.op in ("mul", MATMUL):
        products.append(first)
        first = first.args[0]
    signed = first.op != "div" and negative(first)
    if not signed or not whole.isdisjoint((first, *products)):
        return [r"\frac{", *above, "}{", (below, 0), "}"]
    number = first.op == "number"
    above = [
        _number(first.text[1:]) if number else (first.args[0], PRODUCT * bool(products))
    ]
    above += [piece for p in reversed(products) for piece in _pieces(p)[1:]]
    return [r"-\frac{", *above, "}{", (below, 0), "}"]


def _derivative(node: Expr) -> list[Piece]:
    """A derivative that is still to be taken."""
    f, x = node.args
    head: Piece = r"\frac{\mathrm{d}}{\mathrm{d} "
    return [head, (x, 0), "}", *bracketed([(f, 0)])]


def _cases(node: Expr) -> list[Piece]:
    """A chain of choices as the rows of one environment."""
    pieces: list[Piece] = [r"\begin{cases} "]
    while node.op == "where":
        condition, value, node = node.args
        pieces += [(value, 0), r" & \text{if } ", (condition, 0), r" \\ "]
    return [*pieces, (node, 0), r" & \text{otherwise} \end{cases}"]


OPERATORS: dict[str, Pieces] = {
    "where": _cases,
    **{op: infix(tex, *least) for op, (_, tex, *least) in INFIX.items()},
    "not": lambda node: [r"\lnot ", (node.args[0], NOT)],
    "mul": _product,
    "div": _fraction,
    "neg": lambda node: ["-", (node.args[0], SIGN)],
    "pow": _power,
    "derivative": _derivative,
    "prime": lambda node: [(node.args[0], ATOM), "'"],
}


def _escaped(text: str) -> str:
    return text.replace("_", r"\_")


def _pieces(node: Expr, whole: frozenset[Expr] = _NONE) -> list[Piece]:
    op = node.op
    if op == "number":
        return [_number(node.text)]
    if op == "symbol":
        return [name(node.value)]
    if op == "constant":
        return [CONSTANTS[node.value].tex]
    if op in ("div", "pow"):
        return (_fraction if op == "div" else _power)(node, whole)
    operator = OPERATORS.get(op)
    if operator is not None:
        return operator(node)
    if op == "formal":
        return _formal(node)
    written = matrix_style.LATEX.get(op)
    if written is not None:
        return written(node)
    head = _head(FUNCTIONS[op], node)
    if "^{#1}" in head:
        before, after = head.split("#1")
        return [before, *_raised(node.args[0], whole), after]
    if "#" in head:
        return filled(head, node.args)
    return [head, *bracketed(separated(node.args))]


def head_of(node: Expr) -> str:
    """What stands before the arguments of a function."""
    return _head(FUNCTIONS[node.op], node)


def _head(row: Row, node: Expr) -> str:
    """A function's notation, that of arrays where `node` holds by elements."""
    if " | " in row.tex:
        return row.tex.split(" | ")[_by_elements(node)]
    return row.tex or rf"\operatorname{{{_escaped(row.name)}}}"


def _by_elements(node: Expr) -> bool:
    return bool(node.dims) and not all(map(is_unit, node.dims))


def _number(text: str) -> str:
    top, _, bottom = text.partition("/")
    if bottom[:1] == "1" and _ROUND.fullmatch(bottom):
        top, bottom = f"{top}e{1 - len(bottom)}", ""
    elif bottom:
        return f"{'-' * (top[0] == '-')}\\frac{{{top.lstrip('-')}}}{{{bottom}}}"
    elif _ROUND.fullmatch(top):
        top = f"{top.rstrip('0')}e{len(top) - len(top.rstrip('0'))}"
    mantissa, _, exponent = top.lower().partition("e")
    if not exponent:
        return mantissa
    times = {"1": "", "-1": "-"}.get(mantissa, rf"{mantissa} \cdot ")
    return rf"{times}10^{{{int(exponent)}}}"


def _formal(node: Expr) -> list[Piece]:
    head, orders = node.value
    call = [name(head), *bracketed(separated(node.args))]
    variables = variables_of(node)
    total = sum(orders)
    if not total:
        return call
    if all(isinstance(v, Expr) and v.op == "symbol" for v, _ in variables):
        return _partial_sign(variables, total, len(orders)) + call
    return primed(node)


def primed(node: Expr) -> list[Piece]:
    """A derivative of an unknown function with its orders behind the name: f'(x)."""
    head, orders = node.value
    total = sum(orders)
    if len(orders) == 1:
        mark = "'" * total if total < 4 else f"^{{({total})}}"
    else:
        mark = f"^{{({', '.join(map(str, orders))})}}"
    return [name(head) + mark, *bracketed(separated(node.args))]


def _partial_sign(
    variables: list[tuple[Expr | int, int]], total: int, arity: int
) -> list[Piece]:
    d = r"\mathrm{d}" if arity == 1 else r"\partial "
    top = f"{d}^{{{total}}}" if total > 1 else d
    pieces: list[Piece] = [rf"\frac{{{top}}}{{"]
    for variable, times in variables:
        assert isinstance(variable, Expr)
        pieces += [d, (variable, 0), f"^{{{times}}}" if times > 1 else ""]
    return [*pieces, "} "]


def _precedence(node: Expr) -> int:
    """As in text, but that fractions and cases bind by themselves."""
    if node.op == "where":
        return SUM
    if node.op == "div":
        return PRODUCT if negative(node) else POWER
    if node.op in ("derivative", "prime"):
        return POWER
    if node.op == "number":
        return _number_precedence(_number(node.text))
    written = matrix_style.tex_binding(node)
    if written is not None:
        return written
    row = FUNCTIONS.get(node.op)
    if row is not None and row.tex.startswith("\\log\\"):
        return POWER  # (\log\Gamma(x))^2
    if row is not None and "#" in row.tex:
        return _template_precedence(_head(row, node))
    if node.op == "formal" and sum(node.value[1]):
        return ODOT  # so that a product does not seem to be derived as a whole
    return binding(node)


def _number_precedence(tex: str) -> int:
    times = "cdot" in tex
    if times or tex[0] == "-":
        return PRODUCT if times else SIGN
    return POWER if "{" in tex else ATOM


def _template_precedence(template: str) -> int:
    """How a row's own notation binds: cases loosely, others as they are made."""
    if "cases" in template:
        return SUM
    if "^{" not in template:
        return POWER if template.startswith(r"\frac") else ATOM
    return POWER if template.endswith("}") else PRODUCT


def _definitions(lines: list[tuple[str, str]], body: str) -> str:
    rows = [rf"{left} &= {right} \\" for left, right in lines]
    return "\n".join([r"\begin{aligned}", *rows, f"& {body}", r"\end{aligned}"])


MARKS = r"\underline{", "}"
PARTIAL = "∂"  # in the names of gradients; no name of the grammar has it
STYLE = Style(_pieces, _precedence, (r"\left(", r"\right)"), name, _definitions, MARKS)


def marking(marked: Collection[Expr]) -> Style:
    """The style in which the parts `marked` are not opened, to stand between marks."""
    return replace(STYLE, pieces=partial(_pieces, whole=frozenset(marked)))
