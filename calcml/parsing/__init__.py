"""Text to nodes: the grammar's automaton, the builder, calls, the dialects.

Formulas, definitions and the texts of rows flow in, expressions and the arguments of
the public calls flow out; nothing is simplified, and every mistake has its place in the
text. It may import `functions` and `core`.
"""
