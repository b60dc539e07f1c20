"""Printers: a style is data, one fold joins its pieces.

Expressions flow in, text, LaTeX and trees of graphs flow out; arrays are written in
matrix notation up to rank 2 and in index notation above. It may import what stands
below it: index notation is made short by `algebra`.
"""

from collections.abc import Collection

from calcml.core.expr import METHODS, Expr
from calcml.printing.latex import matrix_latex
from calcml.printing.text import matrix_text


def text(root: Expr, marked: Collection[Expr] = ()) -> str:
    """The expression in calcml's own grammar; `parse` gives the same node back.

    A constant prints by another of its names where a variable has the first one. The
    parts `marked`, of scalars, stand between `text.MARKS`.
    """
    if len(root.dims) > 2:
        from calcml.printing.indexed import index_text

        return index_text(root)
    return matrix_text(root, marked)


def latex(root: Expr, marked: Collection[Expr] = ()) -> str:
    """The expression as LaTeX source; the parts `marked`, of scalars, underlined."""
    if len(root.dims) > 2:
        from calcml.printing.indexed import index_latex

        return index_latex(root)
    return matrix_latex(root, marked)


METHODS.update(text=text, latex=latex)
