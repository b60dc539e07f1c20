"""Equal forms of an expression, and the shortest of them.

Expressions and assumptions flow in, equal expressions and the rewrites that led to
them flow out: by facts, rules, like terms, the normal form and closed forms, for arrays
by contractions. It may import `functions`, `core` and `parsing`, and has no derivative.
"""
