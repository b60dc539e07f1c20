"""What an expression costs to read: the operations that its printed form has."""

from __future__ import annotations

from calcml.expr import CONDITIONS, Expr, walk

FREE = frozenset(("symbol", "constant"))


class Cost:
    """Operations of written-out forms, remembered for one simplification.

    Every binary operator, unary minus, comparison and call counts one; a fraction
    has a division, a negative number a minus.
    """

    def __init__(self) -> None:
        self._known: dict[Expr, int] = {}

    def __call__(self, root: Expr) -> int:
        known = self._known.get(root)
        if known is not None:
            return known
        found = self._known
        for node in [root] if all(a in found for a in root.args) else walk(root):
            if node not in found:
                found[node] = _own(node) + sum([found[a] for a in node.args])
        return found[root]


def _own(node: Expr) -> int:
    op = node.op
    if op == "number":
        text = node.text
        return ("/" in text) + (text[0] == "-")
    if op in FREE or op in ("and", "or", "not"):
        return 0
    if op == "formal":
        return 1 + (any(node.value[1]))
    return 1


# Conditions are compared, not joined: and, or and not are words.
assert {"and", "or", "not"} <= CONDITIONS
