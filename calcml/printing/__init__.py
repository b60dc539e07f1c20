"""Printers: a style is data, one fold joins its pieces.

Expressions flow in, text, LaTeX and trees of graphs flow out; arrays are written in
matrix notation up to rank 2 and in index notation above. It may import what stands
below it: index notation is made short by `algebra`.
"""

from collections.abc import Callable, Collection, Mapping

from calcml.core.expr import Expr
from calcml.core.methods import METHODS
from calcml.core.tensors.contraction_form import NoMatrixError
from calcml.printing.house import matrix_latex, words_of
from calcml.printing.text import matrix_text


def text(root: Expr, marked: Collection[Expr] = ()) -> str:
    """The expression in calcml's own grammar; `parse` gives the same node back.

    A constant prints by another of its names where a variable has the first one. The
    parts `marked`, of scalars, stand between `text.MARKS`.
    """
    return _written(root, matrix_text, marked)


def latex(
    root: Expr, marked: Collection[Expr] = (), whole: bool = False, style: str = ""
) -> str:
    """The expression as LaTeX source; the parts `marked`, of scalars, underlined.

    In index notation an array is written by an element, or as a `whole`, such as a side
    of an equation is: [x_i + y_j]_{ij}. The `style` has words of `house.WORDS`.
    """
    return _written(root, matrix_latex, marked, whole, words_of(style))


def _written(
    root: Expr,
    matrix: Callable[..., str],
    marked: Collection[Expr],
    whole: bool = False,
    words: Collection[str] = (),
) -> str:
    """The expression in matrix notation, in index notation where that has no form."""
    if len(root.dims) < 3:
        try:
            return matrix(root, marked, *[words] * bool(words))
        except NoMatrixError:
            pass
    from calcml.printing.indexed import index_latex, index_text

    if matrix is matrix_text:
        return index_text(root)
    return index_latex(root, whole=whole, words=words)


def _together(
    parts: Mapping[str, Expr], as_latex: bool = False, style: str = ""
) -> object:
    """The names that several results share, and the results in them."""
    from calcml.printing.together import together

    return together(parts, as_latex, style)


METHODS.update(text=text, latex=latex, together=_together)
