"""The source of one formula, as a method of it."""

from __future__ import annotations

from calcml.compile import compile
from calcml.core.expr import Expr, walk
from calcml.core.methods import METHODS


def python(root: Expr, backend: str) -> str:
    """The source of a function of a formula's variables, in alphabetical order."""
    names = {node.value: node for node in walk(root) if node.op == "symbol"}
    return compile(root, [names[n] for n in sorted(names)], backend=backend).source


METHODS["python"] = python
