"""Limits of what is told, each with its unit."""

from __future__ import annotations

# render
WIDTH = 88  # characters of a line
CONDITIONS_WORK = 30_000  # parts of all steps whose conditions are told

# rewrites
REWRITES_WORK = 200_000  # nodes that are gone through for one simplification

# order
MOST_ORDERED = 2_000  # parts of two expressions whose sums are compared

# chain_rule
SHORTER = 3  # operations that tidying a line saves, so that it is told

# derive
MOST_ORDERS = 8  # orders that are told one by one
LONG_ORDER = 30  # operations of a derivative that is derived again in steps

# from_run
CHAIN_WORK = 20_000  # nodes that are gone through for one chain rule
LONG_STEPS = 20  # operations of a derivative, as made, whose full steps have names

# rule_names
LARGE = 2  # times its result that a sum is large, of which much cancels

# tidy_signs
MOST_FACTORS = 12  # of a product that is written into another one

# backward
MOST_LAYERS = 40  # layers that are told

# inner_names
LONG_PART = 3  # operations of a part that gets a name as it is repeated
MOST_PARTS = 300  # of a function whose inner functions get names
MOST_NAMED = 16  # inner functions that get names
