"""Expressions to SymPy's classes and back; SymPy is imported when it is asked for."""

from keyword import iskeyword
from typing import Any

from calcml.core.build import substitute
from calcml.core.expr import Expr, symbol
from calcml.core.methods import METHODS
from calcml.sympy_bridge.exporter import to_sympy as to_sympy
from calcml.sympy_bridge.importer import (
    brought,
    foreign,
    from_sympy as from_sympy,
    is_flat as is_flat,
)


def _code(root: Expr) -> str:
    """The text of SymPy's expression; `lambda`, Python's word, is lambda_ in it."""
    words = {symbol(n): symbol(f"{n}_") for n in root.free_symbols if iskeyword(n)}
    found: Any = to_sympy(substitute(root, words) if words else root)
    return str(found)


METHODS.update(
    brought=brought,
    foreign=foreign,
    to_sympy=to_sympy,
    sympy_code=_code,
)
