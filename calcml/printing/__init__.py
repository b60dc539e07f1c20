"""Printers: a style is data, one fold joins its pieces."""

from calcml.printing.latex import latex as latex
from calcml.printing.text import text as text
