"""Printers: a style is data, one fold joins its pieces."""

from calcml.expr import METHODS
from calcml.printing.latex import latex as latex
from calcml.printing.text import text as text

METHODS.update(text=text, latex=latex)
