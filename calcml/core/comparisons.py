"""Comparisons: negated, read from the other side, made strict, closed."""

from __future__ import annotations

NEGATED = {"lt": "ge", "le": "gt", "gt": "le", "ge": "lt", "eq": "ne", "ne": "eq"}
REVERSED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}
CLOSURE = {"lt": "le", "gt": "ge", "ne": "eq"}  # with the edge of where one holds
OPEN = {"le": "lt", "ge": "gt"}  # without it
COMPARISONS = frozenset(NEGATED)
ORDERED = COMPARISONS - {"eq", "ne"}
STRICT = frozenset(CLOSURE)
FLIPPED = OPEN | {op: closed for op, closed in CLOSURE.items() if op in ORDERED}
