"""Terms looked through flat: nested operations, and where a variable occurs."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from typing import TypeVar

from calcml.core.budget import spend
from calcml.core.expr import Expr, make

Task = TypeVar("Task")
Result = TypeVar("Result")

SUMS = frozenset(("add", "sub"))
SIGNED = SUMS | {"neg"}


def signed_terms(
    root: Expr, ops: frozenset[str] = SIGNED, inner: Container[Expr] | None = None
) -> list[tuple[int, Expr]]:
    """The terms of a sum with their signs, from left to right.

    Nodes of `ops` are opened; below `root`, where `inner` is given, those alone.
    """
    found: list[tuple[int, Expr]] = []
    stack = [(1, root)]
    while stack:
        sign, part = stack.pop()
        if part.op not in ops or not (inner is None or part is root or part in inner):
            found.append((sign, part))
        elif part.op == "neg":
            stack.append((-sign, part.args[0]))
        else:
            a, b = part.args
            stack += [(sign if part.op == "add" else -sign, b), (sign, a)]
    spend(len(found))
    return found


def leaves(root: Expr, op: str) -> list[Expr]:
    """The parts of a nested operation of two arguments, as a and b and c."""
    found, stack = [], [root]
    while stack:
        part = stack.pop()
        if part.op == op:
            stack += part.args[::-1]
        else:
            found.append(part)
    return found


def joined(op: str, parts: Iterable[Expr]) -> Expr | None:
    """The nested operation of two arguments that has these leaves, None of none."""
    whole = None
    for part in parts:
        whole = part if whole is None else make(op, (whole, part))
    return whole


def depending(order: Iterable[Expr], *variables: Expr) -> set[Expr]:
    """The variables, and the nodes of a walk in which one of them occurs."""
    found = set(variables)
    for node in order:
        if not found.isdisjoint(node.args):
            found.add(node)
    return found


def postorder(
    root: Task,
    below: Callable[[Task], Sequence[Task]],
    made: Callable[[Task, list[Result]], Result],
) -> Result:
    """What is `made` of a task and of the results of those `below` it, each once."""
    done: dict[Task, Result] = {}
    stack = [root]
    while stack:
        task = stack.pop()
        if task in done:
            continue
        parts = below(task)
        missing = [part for part in parts if part not in done]
        if missing:
            stack += [task, *reversed(missing)]
        else:
            done[task] = made(task, [done[part] for part in parts])
    return done[root]


def walk_to(root: Expr, is_leaf: Callable[[Expr], bool]) -> list[Expr]:
    """The nodes below `root`, arguments first; what is below leaves is left out."""
    seen: set[Expr] = set()
    order: list[Expr] = []
    stack: list[tuple[Expr, bool]] = [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            if not is_leaf(node):
                stack.extend((a, False) for a in reversed(node.args))
    spend(len(order))
    return order


class Occurs:
    """Whether a variable occurs in a node, remembered."""

    def __init__(self, variable: Expr) -> None:
        self.known = {variable: True}

    def __call__(self, root: Expr) -> bool:
        known = self.known
        for node in walk_to(root, known.__contains__):
            if node not in known:
                known[node] = any(known[a] for a in node.args)
        return known[root]
