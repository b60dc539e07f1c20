"""Limits of chains of choices, each with its unit."""

from __future__ import annotations

# chain
MOST_ADDED = 6  # choices of one sum that are compared with each other
MOST_ROWS = 12  # of a chain that is looked at
MOST_ATOMS = 24  # comparisons of which two are tried together

# cells
MOST_CELLS = 4_096  # of a truth table

# branch_values
MOST_NODES = 80  # of a value that is looked at
MOST_REWRITES = 4  # of one node

# choosing
MOST_CHOICES = 12  # of a formula that are made one

# extremes
MOST_COMPARED = 8  # arguments of an extreme that are compared with each other
