r"""House styles of LaTeX: \ln or \log, f' or ∂, bold arrays, fractions, long sums."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from calcml.core.errors import UnsupportedError
from calcml.core.expr import Expr, walk
from calcml.core.tensors import has_arrays
from calcml.core.tensors.matrix_form import matrix_form
from calcml.core.tensors.surface import lettered
from calcml.functions import FUNCTIONS, Row
from calcml.printing.fold import (
    ODOT,
    POWER,
    PRODUCT,
    Piece,
    Style,
    render,
    separated,
)
from calcml.printing.latex import (
    GREEK,
    OPERATORS,
    STYLE,
    head_of,
    marking,
    name,
    primed,
)
from calcml.printing.limits import LINE
from calcml.printing.matrix_style import bracketed
from calcml.printing.textbook import mathematical

# The words of `latex(style="log bold")`; docs/syntax.md says what each asks for.
WORDS = "log prime partial bold mathbf named slash aligned".split()
LOG, PRIME, PARTIAL, BOLD, MATHBF, NAMED, SLASH, ALIGNED = WORDS
_WEIGHTS = {BOLD: r"\boldsymbol", MATHBF: r"\mathbf"}
_TOKEN = r"\\[A-Za-z]+|(?:(?<![A-Za-z{])|(?<=name\{))[A-Za-z](?![A-Za-z])"


def matrix_latex(
    root: Expr, marked: Collection[Expr], words: Collection[str] = ()
) -> str:
    """A scalar or an array of rank 2 at most as LaTeX; see `printing.latex`."""
    form, names, plain = root, None, STYLE
    if has_arrays(root):
        form = mathematical(matrix_form(root))
        names = lettered(form)
    elif marked:
        plain = marking(marked)
    style = housed(plain, words, [form])
    lines = in_lines(form, style) if ALIGNED in words and not names else None
    return lines or render(form, style, names, () if names else marked)


def words_of(style: str) -> frozenset[str]:
    """The words of a style; UnsupportedError for one that is none."""
    words = style.replace(",", " ").split() if isinstance(style, str) else [style]
    for word in words:
        if word not in WORDS:
            told = ", ".join(WORDS)
            raise UnsupportedError(f"LaTeX has no style {word}; there are {told}")
    return frozenset(words)


def housed(plain: Style, words: Collection[str], roots: Iterable[Expr]) -> Style:
    """A style as the words say, in which no letter of a function is a variable's."""
    nodes = walk(*roots)
    letters = {name(n.value).split("_")[0] for n in nodes if n.op == "symbol"}
    renamed = {
        op
        for op in {n.op for n in nodes} & FUNCTIONS.keys()
        if letters.intersection(tokens := re.findall(_TOKEN, FUNCTIONS[op].tex))
        or NAMED in words
        and GREEK.intersection([token[1:] for token in tokens])
    }
    if not renamed and not words:
        return plain
    weights = [_WEIGHTS[word] for word in _WEIGHTS if word in words]

    def pieces(node: Expr) -> list[Piece]:
        made = plain.pieces(node)
        if node.op == "symbol" and node.dims and weights:
            return [f"{weights[0]}{{{made[0]}}}"]
        if SLASH in words and node.op in _SLASHED:
            return _slashed(node, made)
        if node.op == "formal":
            return _formal(node, made, words)
        called = node.args[0] if node.op == "pow" else node
        if called.op in renamed:
            head = _named(FUNCTIONS[called.op])
            if made[0] == head_of(called):
                return [head, *made[1:]]
            if called is node:
                return [head, *bracketed(separated(node.args))]
        if LOG in words and (called.op in FUNCTIONS or called is not node):
            return [_as_log(p) if isinstance(p, str) else p for p in made]
        return made

    def precedence(node: Expr) -> int:
        slashed = node.op == "div" or node.op == "number" and "/" in node.text
        if SLASH in words and slashed:
            return min(ODOT, plain.precedence(node))
        return plain.precedence(node)

    return replace(plain, pieces=pieces, precedence=precedence)


_SLASHED = ("div", "neg", "number")


def _slashed(node: Expr, made: list[Piece]) -> list[Piece]:
    r"""a/b for \frac{a}{b}, behind a sign without brackets."""
    if node.op == "div":
        a, b = node.args
        return [(a, PRODUCT), "/", (b, POWER)]
    if node.op == "neg":
        return ["-", (node.args[0], ODOT)] if node.args[0].op == "div" else made
    number = re.sub(r"\\frac\{(\d+)\}\{(\d+)\}", r"\1/\2", str(made[0]))
    return [number]


def _formal(node: Expr, made: list[Piece], words: Collection[str]) -> list[Piece]:
    _, orders = node.value
    if PRIME in words and len(orders) == 1 and sum(orders):
        return primed(node)
    if PARTIAL in words:
        return [
            p.replace(r"\mathrm{d}", r"\partial ") if isinstance(p, str) else p
            for p in made
        ]
    return made


def _named(row: Row) -> str:
    """A function by its name; by its other notation, if it has one."""
    _, _, other = row.tex.partition(" | ")
    if other and "#" not in other:
        return other
    return rf"\operatorname{{{row.name}}}".replace("_", r"\_")


def _as_log(piece: str) -> str:
    return re.sub(r"\\ln(?![A-Za-z])", r"\\log", piece)


def in_lines(root: Expr, style: Style) -> str | None:
    """A sum in lines that are not long, None where it fits into one."""
    tail: list[str] = []
    node = root
    while node.op in ("add", "sub"):
        left, sign, last = OPERATORS[node.op](node)
        if isinstance(left, str) or isinstance(last, str):
            break
        (first, least), (right, tight) = left, last
        if style.precedence(first) < least:
            break
        shown = render(right, style)
        if style.precedence(right) < tight:
            shown = shown.join(style.brackets)
        tail.append(f"{str(sign).strip()} {shown}")
        node = first
    lines = [[render(node, style)]]
    for term in reversed(tail):
        if _width(" ".join([*lines[-1], term])) > LINE:
            lines.append(["{}"])
        lines[-1].append(term)
    if len(lines) == 1:
        return None
    rows = [f"& {' '.join(line)}" for line in lines]
    return "\n".join([r"\begin{aligned}", " \\\\\n".join(rows), r"\end{aligned}"])


def _width(tex: str) -> int:
    """About how many letters wide a formula is: each command is one."""
    return len(re.sub(r"[{}^_ ]", "", re.sub(r"\\[A-Za-z]+", "x", tex)))
