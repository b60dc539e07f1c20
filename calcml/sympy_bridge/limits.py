"""Limits of what SymPy is given, each with its unit."""

from __future__ import annotations

# exporter
MAX_BITS = 10_000_000  # of a power of numbers that SymPy is given
MAX_FACTORIAL = 10_000  # in a special function, where SymPy multiplies up to it
HIGH = 120  # levels from which on SymPy does not see what is nested inside
LONG = 20  # terms or factors that SymPy is given at once
