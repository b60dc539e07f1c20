"""Several results with the names that they share."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import partial

from calcml.core.expr import Expr
from calcml.core.tensors import has_arrays
from calcml.core.tensors.contraction_form import NoMatrixError
from calcml.core.tensors.matrix_form import matrix_form
from calcml.printing.fold import definitions, in_names, shared_names
from calcml.printing.house import housed, words_of
from calcml.printing.latex import STYLE
from calcml.printing.text import beside
from calcml.printing.textbook import mathematical


def together(
    parts: Mapping[str, Expr], as_latex: bool = False, house: str = ""
) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """Names with what each is in those before it, and the results in these names.

    As text, or as LaTeX in a `house` style. Where the results are not long, or share
    little, they are written out, and there are no names.
    """
    forms: dict[str, Expr] = {}
    known: dict[bool, dict[Expr, Expr]] = {}
    for name, part in parts.items():
        with suppress(NoMatrixError):  # over 2 axes are written by indices
            if len(part.dims) < 3:
                arrays = has_arrays(part)
                form = matrix_form(part, known=known) if arrays else part
                forms[name] = mathematical(form) if arrays and as_latex else form
    names = shared_names([*forms.values()], {}, parts)
    alone = partial(Expr.latex, style=house) if as_latex else str
    if not names:
        return [], {name: alone(part) for name, part in parts.items()}
    variables = frozenset[str]().union(*[form.free_symbols for form in forms.values()])
    style = beside(variables)
    if as_latex:
        style = housed(STYLE, words_of(house), forms.values())
    entries = {
        name: in_names(forms[name], style, names) if name in forms else alone(part)
        for name, part in parts.items()
    }
    return definitions(style, names), entries
