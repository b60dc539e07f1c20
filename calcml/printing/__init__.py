"""Printers: a style is data, one fold joins its pieces.

Expressions flow in, text and LaTeX flow out; arrays are written in matrix notation up
to rank 2 and in index notation above. It may import what stands below it: index
notation is made short by `algebra`.
"""

from calcml.core.expr import METHODS
from calcml.printing.latex import latex as latex
from calcml.printing.text import text as text

METHODS.update(text=text, latex=latex)
