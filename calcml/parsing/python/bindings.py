"""Which names a module binds once, in a way that is followed, and which not."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from calcml.functions.libraries import KEEPING, KEPT

_DEFINED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_INNER = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)


def given(node: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """The names that a statement gives values by itself, each with its value."""
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        targets: list[ast.expr] = [node.target]
    elif isinstance(node, ast.Assign):
        targets = node.targets
    else:
        return
    assert node.value is not None
    for target in targets:
        value, rows = node.value, (ast.Tuple, ast.List)
        if isinstance(target, ast.Name):
            yield target.id, value
        elif isinstance(target, rows) and isinstance(value, rows):
            both = [*target.elts, *value.elts]
            if len(target.elts) == len(value.elts) and not any(
                isinstance(part, ast.Starred) for part in both
            ):
                pairs = zip(target.elts, value.elts, strict=True)
                yield from ((t.id, v) for t, v in pairs if isinstance(t, ast.Name))


def unfollowed(tree: ast.Module) -> dict[str, int]:
    """The names that a module binds otherwise than once by itself, with a line of it.

    Their values are those of the last binding that runs, which reading does not know.
    """
    found: dict[str, int] = {}
    seen: set[str] = set()
    imported: set[str] = set()
    for statement in tree.body:
        followed = {name for name, _ in given(statement)}
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            followed.add(statement.name)
        kept = _kept(statement)
        for name, line in _bound(statement):
            if name == kept:
                continue
            if name not in followed or name in seen | imported:
                found[name] = line
            seen.add(name)
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            names = [a.asname or a.name.partition(".")[0] for a in statement.names]
            imported |= {*names}
            line = statement.lineno
            found |= {name: line for name in names if name in seen}
    return found


def used(function: ast.AST) -> set[str]:
    """The names that a function or a class has from outside, such as functions."""
    names = [n for n in ast.walk(function) if isinstance(n, ast.Name)]
    own = {n.id for n in names if isinstance(n.ctx, ast.Store)}
    own |= {n.arg for n in ast.walk(function) if isinstance(n, ast.arg)}
    return {n.id for n in names} - own


def keeps(part: ast.expr) -> bool:
    """Whether a decorator, or what is called of one, changes no value of a function."""
    if isinstance(part, ast.Call):
        of = dotted(part.func)
        first = dotted(part.args[0]) if part.args else ""
        part_of = of in ("partial", "functools.partial")
        return _keeps(first if part_of else of)
    return _keeps(dotted(part))


def _keeps(name: str) -> bool:
    return name in KEPT or name.rpartition(".")[2] in KEEPING


def dotted(node: ast.expr) -> str:
    """A name with dots, such as jax.jit; empty for what is none."""
    words: list[str] = []
    while isinstance(node, ast.Attribute):
        words.append(node.attr)
        node = node.value
    return ".".join([node.id, *words[::-1]]) if isinstance(node, ast.Name) else ""


def _root(node: ast.expr) -> str:
    """The name whose object a line changes: A of A.k = 1 and of A[0] = 1."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _kept(node: ast.stmt) -> str:
    """The f of f = jit(f), which stays what it is."""
    for name, value in given(node):
        if isinstance(value, ast.Call) and keeps(value.func) and value.args:
            return name if dotted(value.args[0]) == name else ""
    return ""


def _bound(root: ast.AST) -> Iterator[tuple[str, int]]:
    """The names that a statement of a module binds there, with their lines."""
    stack: list[ast.AST] = [root]
    while stack:
        node = stack.pop()
        line = getattr(node, "lineno", 1)
        if isinstance(node, _DEFINED):
            yield node.name, line
            inner = [n for n in ast.walk(node) if isinstance(n, ast.Global)]
            yield from ((name, n.lineno) for n in inner for name in n.names)
        elif isinstance(node, _INNER):
            walked = [n for n in ast.walk(node) if isinstance(n, ast.NamedExpr)]
            yield from ((n.target.id, line) for n in walked)
        elif isinstance(node, ast.AnnAssign) and node.value is None:
            continue
        else:
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                yield node.id, line
            elif isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(
                node.ctx, ast.Load
            ):
                yield _root(node), line
            elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
                yield from ((name, line) for name in [node.name] if name)
            stack.extend(ast.iter_child_nodes(node))
