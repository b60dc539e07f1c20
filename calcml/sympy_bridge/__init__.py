"""Expressions to SymPy's classes and back; SymPy is imported when it is asked for."""

from calcml.core.methods import METHODS
from calcml.sympy_bridge.exporter import to_sympy as to_sympy
from calcml.sympy_bridge.importer import (
    brought,
    foreign,
    from_sympy as from_sympy,
    is_flat as is_flat,
)

METHODS.update(
    brought=brought,
    foreign=foreign,
    to_sympy=to_sympy,
    sympy_code=lambda root: str(to_sympy(root)),
)
