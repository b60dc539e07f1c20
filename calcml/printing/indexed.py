"""Arrays printed in index notation: p[i]*(delta(i, j) - p[j]).

Definitions are of parts without a free index alone: what is defined is an array when
it is read again, which has no indices.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from calcml.core.errors import LimitError
from calcml.core.expr import Expr, symbol, walk
from calcml.core.tensors.matrix_form import matrix_form
from calcml.core.tensors.surface import lettered
from calcml.parsing.index_notation import BOUND, named
from calcml.printing import fold, index_style
from calcml.printing.fold import ATOM, Piece, Style
from calcml.printing.house import BOLD, MATHBF, housed
from calcml.printing.index_form.books import book_form
from calcml.printing.index_form.index import index_form
from calcml.printing.latex import STYLE as LATEX_STYLE
from calcml.printing.limits import LONG, MAX_PARTS
from calcml.printing.text import STYLE as TEXT_STYLE


def index_text(root: Expr, *, avoid: Iterable[str] = ()) -> str:
    """An element of `root` in calcml's own grammar; `parse` gives the array back.

    No index has a name in `avoid`: variables that are declared where the text is read.
    Raises LimitError for a form that is too long to be written out.
    """
    form, _ = index_form(root, avoid=avoid)
    return _written(matrix_form(form, by_places=True), TEXT)


def index_latex(
    root: Expr,
    *,
    avoid: Iterable[str] = (),
    whole: bool = False,
    words: Collection[str] = (),
) -> str:
    """An element of `root` as LaTeX source, with indices that are not in `avoid`.

    As a `whole` it is the array with these elements, in brackets with its indices; the
    `words` are those of a house style. Raises LimitError for a form that is too long to
    be written out.
    """
    form = book_form(root, avoid, whole)
    elements = {*words} - {BOLD, MATHBF}  # which are for whole arrays
    return _written(form, housed(LATEX, elements, [form]))


def _written(form: Expr, style: Style) -> str:
    length: dict[Expr, int] = {}
    for node in walk(form):
        length[node] = 1 + sum([length[a] for a in node.args])
        if length[node] > MAX_PARTS:
            raise LimitError(
                f"index notation would have over {MAX_PARTS:,} parts; "
                "matrix notation is shorter"
            )
    names = lettered(form)
    if not names and length[form] > LONG:
        names = _names(form)
    if names:
        return fold.defined(form, style, names)
    return fold._emit(form, style, {})


def _names(form: Expr) -> dict[Expr, str]:
    """Names for shared parts of a long form, those without an index that is free."""
    free: dict[Expr, frozenset[Expr]] = {}
    for node in walk(form):
        found = frozenset[Expr]().union(*(free[a] for a in node.args))
        if node.op in ("at", "kronecker"):
            places = node.args[node.op == "at" :]
            found |= {symbol(name) for place in places for name in named(place)}
        elif node.op in BOUND:
            found -= {node.args[0]}
        free[node] = found
    shared = fold.shared_names([form], {})
    closed = [node for node in shared if not free[node]]
    return dict(zip(closed, shared.values(), strict=False))


def _text_pieces(node: Expr) -> list[Piece]:
    own = index_style.TEXT.get(node.op)
    return TEXT_STYLE.pieces(node) if own is None else own(node)


def _latex_pieces(node: Expr) -> list[Piece]:
    own = index_style.LATEX.get(node.op)
    if own is not None:
        return own(node)
    pieces = LATEX_STYLE.pieces(node)
    if node.op == "mul" and index_style.is_open(node.args[0]):
        return [(node.args[0], ATOM), *pieces[1:]]
    return pieces


def _latex_precedence(node: Expr) -> int:
    return index_style.LATEX_BINDING.get(node.op) or LATEX_STYLE.precedence(node)


TEXT = replace(TEXT_STYLE, pieces=_text_pieces)
LATEX = replace(LATEX_STYLE, pieces=_latex_pieces, precedence=_latex_precedence)
