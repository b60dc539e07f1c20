"""The whole text: what it makes known, and which function, class or line is meant."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from calcml.core.errors import ParseError, UnsupportedError
from calcml.core.expr import Expr
from calcml.functions.libraries import KNOWN, METHODS
from calcml.parsing import parser
from calcml.parsing.parser import Shapes
from calcml.parsing.python.bindings import given, unfollowed, used
from calcml.parsing.python.expressions import Scope
from calcml.parsing.python.objects import Objects
from calcml.parsing.python.source import Source
from calcml.parsing.python.statements import Function, is_text
from calcml.parsing.python.values import Class, Local, Path, scalar_of

Defined = ast.FunctionDef | ast.ClassDef


class Module(Objects):
    """A text of Python, read as one formula.

    `variables` are names that are variables here, though a constant or a default has
    them. `bound` are the values of names that the code finds elsewhere; where it is
    given, no other name may be free.
    """

    def __init__(
        self,
        source: Source,
        variables: frozenset[str] = frozenset(),
        shapes: Shapes | None = None,
        bound: Mapping[str, Any] | None = None,
        like: Any = None,
    ) -> None:
        super().__init__()
        self.source, self.variables, self.bound = source, variables, bound
        self.shapes: dict[str, Any] = dict(shapes or {})
        self.symbols = parser.declared(self.shapes)
        nodes = list(ast.walk(source.tree))
        self.functions = {n.func for n in nodes if isinstance(n, ast.Call)}
        self.renames = any(isinstance(n, ast.NamedExpr) for n in nodes)
        self.globals: Scope = {}
        self.assigned: dict[str, ast.expr] = {}
        self.unfollowed = unfollowed(source.tree)
        self.script: Scope = {}  # that of the statements outside of functions
        self.depth = 0
        self.like = like
        self.chosen: Function | None = None
        self.names: dict[str, Expr] = {}  # what the code defines
        for node in source.tree.body:
            self._enter(node)
        roots = {n.id for n in nodes if isinstance(n, ast.Name)}
        known = [self.globals.get(n) or KNOWN.get(n) for n in roots]
        known += list(self.globals.values())
        told_of = [p.name if isinstance(p, Path) else p for p in known]
        first = {str(p).partition(".")[0] for p in told_of if isinstance(p, str)}
        first |= {"numpy"} & {"numpy" for p in first if p in ("jax", "scipy")}
        self.libraries = frozenset(first & METHODS.keys())

    # --- the whole text --------------------------------------------------------------

    def _enter(self, node: ast.stmt) -> None:
        """What a statement of the module makes known before anything is read."""
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self._import(node, self.globals)
        elif isinstance(node, ast.FunctionDef):
            self.globals[node.name] = Local(node, node.name, {})
        elif isinstance(node, ast.ClassDef):
            self.globals[node.name] = Class(node)
        else:
            self.assigned |= dict(given(node))

    def formula(self, name: str | None = None) -> Expr:
        """The formula of the text: that of a function, or of its last statement."""
        if self.chosen is not None:
            return self._result(self._whole(self.chosen), [self.chosen])
        body = self.source.tree.body
        defined = [n for n in body if isinstance(n, Defined)]
        ends = body and isinstance(body[-1], (ast.Expr, ast.Assign, ast.AnnAssign))
        script = ends and not is_text(body[-1]) and not self._is_constant(body[-1])
        script = script and not (defined and self._says_nothing(body[-1]))
        if name is None and (script or not defined):
            return self._result(self._run(body, self.script, "the code"), body[-1:])
        of, _, method = (name or "").partition(".")
        chosen = self._chosen(defined, of)
        if isinstance(chosen, ast.ClassDef):
            return self._result(self._object(chosen, method), [chosen])
        return self._result(self._whole(chosen), [chosen])

    def _is_constant(self, node: ast.stmt) -> bool:
        """Whether a module only gives a number a name there."""
        return isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)

    def _chosen(self, defined: list[Defined], name: str) -> Defined:
        """What has the name, or what no other calls: a function before a class."""
        there = ", ".join(d.name for d in defined) or "none"
        if name:
            found = [d for d in defined if d.name == name]
            if not found:
                raise ParseError(f"there is no function {name}; there are: {there}")
            self._refuse_unfollowed(name)
            return found[-1]
        called = {name for d in defined for name in used(d) - {d.name}}
        free = [d for d in defined if d.name not in called]
        free = [d for d in free if isinstance(d, ast.FunctionDef)] or free
        free = defined if len(defined) == 1 else free
        if len(free) != 1:
            raise ParseError(
                f"the code has several functions, {there}: end it with a call of one, "
                f"such as {defined[-1].name}(x)"
            )
        return free[0]

    def _result(self, value: Any, where: Sequence[ast.AST]) -> Expr:
        while isinstance(value, tuple) and len(value) == 1:
            value = value[0]
        try:
            if isinstance(value, Local):
                return self._result(self._whole(value.node, value.scope), [value.node])
            if isinstance(value, tuple):
                raise UnsupportedError("several values are returned; one is a formula")
            return scalar_of(value)
        except (ParseError, UnsupportedError) as error:
            span = self.source.span(where[0]) if where else (0, 1)
            raise error.at(self.source.text, span) from None
