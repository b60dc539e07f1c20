"""Statements: imports, definitions, one return; and the names that they give."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from calcml.core.errors import LimitError, ParseError, ShapeError, UnsupportedError
from calcml.core.expr import Expr
from calcml.functions.libraries import KNOWN, METHODS
from calcml.parsing import parser
from calcml.parsing.limits import MAX_INLINED
from calcml.parsing.parser import Shapes
from calcml.parsing.python import parameters
from calcml.parsing.python.annotations import shape_of, shapes_like
from calcml.parsing.python.bindings import dotted, given, keeps, unfollowed, used
from calcml.parsing.python.branches import running
from calcml.parsing.python.expressions import Scope
from calcml.parsing.python.naming import Names
from calcml.parsing.python.source import BRANCH, Source
from calcml.parsing.python.values import Local, Path, scalar_of

Function = ast.FunctionDef | ast.Lambda
_NOTHING: Mapping[str, Any] = {}


class Module(Names):
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
        else:
            self.assigned |= dict(given(node))

    def formula(self, name: str | None = None) -> Expr:
        """The formula of the text: that of a function, or of its last statement."""
        if self.chosen is not None:
            return self._result(self._whole(self.chosen), [self.chosen])
        body = self.source.tree.body
        functions = [n for n in body if isinstance(n, ast.FunctionDef)]
        ends = body and isinstance(body[-1], (ast.Expr, ast.Assign, ast.AnnAssign))
        script = ends and not _is_text(body[-1]) and not self._is_constant(body[-1])
        if name is None and (script or not functions):
            return self._result(self._run(body, self.script, "the code"), body[-1:])
        chosen = self._chosen(functions, name)
        return self._result(self._whole(chosen), [chosen])

    def _is_constant(self, node: ast.stmt) -> bool:
        """Whether a module only gives a number a name there."""
        return isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)

    def _chosen(
        self, functions: list[ast.FunctionDef], name: str | None
    ) -> ast.FunctionDef:
        """The function that is meant: the one of the name, or that no other calls."""
        if name is not None:
            found = [f for f in functions if f.name == name]
            if not found:
                there = ", ".join(f.name for f in functions) or "none"
                raise ParseError(f"there is no function {name}; there are: {there}")
            self._refuse_unfollowed(name)
            return found[-1]
        called = {name for f in functions for name in used(f)}
        free = [f for f in functions if f.name not in called]
        free = functions if len(functions) == 1 else free
        if len(free) != 1:
            there = ", ".join(f.name for f in functions)
            raise ParseError(
                f"the code has several functions, {there}: end it with a call of one, "
                f"such as {functions[-1].name}(x)"
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

    def _whole(self, node: Function, around: Mapping[str, Any] = _NOTHING) -> Any:
        """A function of its parameters, which are variables."""
        scope: Scope = {**around}
        arguments = node.args
        self._refuse_decorators(node)
        plain = parameters.plain(arguments)
        defaults = parameters.defaults(arguments)
        samples = shapes_like(self.like, [a.arg for a in plain])
        for argument in plain:
            name = argument.arg
            default = defaults.get(name)
            known = self.variables, self.symbols, samples
            asked = any(name in names for names in known)
            shape = samples.get(name) or shape_of(argument.annotation, self.source)
            if default is not None and not asked:
                shape = None  # a number stands for it
            if shape is not None and name not in self.symbols:
                self.shapes[name] = shape
                self.symbols |= parser.declared({name: shape})
            if default is None or asked and not parameters.is_option(default):
                scope[name] = self._variable(name)
            else:
                scope[name] = self.value(default, {})
        return self._body(node, scope)

    def _body(self, node: Function, scope: Scope) -> Any:
        if isinstance(node, ast.Lambda):
            return self.value(node.body, scope)
        return self._run(node.body, scope, node.name)

    def _refuse_decorators(self, node: Function) -> None:
        """UnsupportedError for what may make another function of one."""
        for part in getattr(node, "decorator_list", ()):
            root = dotted(part.func if isinstance(part, ast.Call) else part)
            if not keeps(part) or isinstance(self.globals.get(root), Local):
                raise UnsupportedError(
                    f"line {part.lineno}: a decorator is not run; leave it out"
                ).at(self.source.text, self.source.span(part))

    # --- statements ------------------------------------------------------------------

    def _run(self, body: Sequence[ast.stmt], scope: Scope, what: str) -> Any:
        """The value of statements: that of their return, or of the last one."""
        value: Any = None
        for node, last in running(body, scope):
            try:
                if isinstance(node, ast.Return):
                    if node.value is None or not last:
                        raise UnsupportedError(
                            "one return ends a formula, with a value"
                        )
                    return self.value(node.value, scope)
                found = self._statement(node, scope, last)
            except (ParseError, UnsupportedError, ShapeError, LimitError) as error:
                raise error.at(self.source.text, self.source.span(node)) from None
            value = found if found is not None else value
        if value is None or what != "the code":
            raise ParseError(
                f"{what} returns nothing; end it with a formula or a return"
            )
        return value

    def _statement(self, node: ast.stmt, scope: Scope, last: bool) -> Any:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            return self._import(node, scope)
        if isinstance(node, ast.FunctionDef):
            scope[node.name] = Local(node, node.name, scope)
            return None
        if isinstance(node, ast.Expr):
            if not last and not _is_text(node):
                what = "the value of this line is used nowhere; give it a name"
                value = self.value(node.value, scope)
                raise ParseError(what if isinstance(value, Expr) else f"{what}.")
            return None if _is_text(node) else self.value(node.value, scope)
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            return self._assign(node.targets[0], self.value(node.value, scope), scope)
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            return self._assign(node.target, self.value(node.value, scope), scope)
        if isinstance(node, ast.AugAssign):
            return self._changed(node, scope)
        if isinstance(node, (ast.Pass, ast.Assert)):
            return None
        what = _STATEMENTS.get(type(node).__name__, "this statement is no formula")
        raise UnsupportedError(f"line {node.lineno}: {what}")

    def _assign(self, target: ast.expr, value: Any, scope: Scope) -> Any:
        """A name, or several for as many values."""
        if isinstance(target, ast.Name):
            scope[target.id] = value
            if isinstance(value, Expr):
                self.names[target.id] = value
            return value
        if isinstance(target, (ast.Tuple, ast.List)):
            if not isinstance(value, tuple) or len(value) != len(target.elts):
                raise ParseError(f"{len(target.elts)} names take as many values")
            for part, one in zip(target.elts, value, strict=True):
                self._assign(part, one, scope)
            return value
        raise UnsupportedError(
            f"line {target.lineno}: elements are changed in place; write the new array "
            "as a formula, such as np.where(condition, a, b)"
        )

    def _changed(self, node: ast.AugAssign, scope: Scope) -> Any:
        """x += y, where no other name can stand for the same array."""
        if not isinstance(node.target, ast.Name) or node.target.id not in scope:
            raise UnsupportedError(f"line {node.lineno}: an array is changed in place")
        name, old = node.target.id, scope[node.target.id]
        others = [v for n, v in scope.items() if n != name]
        others += [part for v in others if isinstance(v, tuple) for part in v]
        if not isinstance(old, Expr) or old.op == "symbol" or old in others or old.dims:
            sign = (
                self.source.text[slice(*self.source.span(node))].split("=")[0].split()
            )
            told_ = f"{name} = {name} {sign[-1] if sign else '+'} ..."
            raise UnsupportedError(
                f"line {node.lineno}: an array may be changed in place here; write "
                f"{told_}"
            )
        sum_ = ast.BinOp(ast.Name(name, ast.Load()), node.op, node.value)
        return self._assign(
            node.target, self.value(ast.copy_location(sum_, node), scope), scope
        )

    def inlined(
        self, function: Local, arguments: Sequence[Any], options: dict[str, Any]
    ) -> Any:
        node = function.node
        self._refuse_decorators(node)
        if self.depth >= MAX_INLINED:
            raise LimitError(f"over {MAX_INLINED} functions call each other here")
        given: Scope = parameters.bound(node.args, function.name, arguments, options)
        defaults = parameters.defaults(node.args)
        for name in (a.arg for a in parameters.plain(node.args)):
            if name not in given:
                if name not in defaults:
                    raise ParseError(f"{function.name} lacks its argument {name}")
                given[name] = self.value(defaults[name], {**function.scope})
        scope: Scope = {**function.scope, **given}
        kept, self.names = self.names, {}
        self.depth += 1
        try:
            return self._body(node, scope)
        finally:
            self.depth -= 1
            self.names = kept


def _is_text(node: ast.stmt) -> bool:
    """Whether a statement is a text that tells something."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


_STATEMENTS = {
    "If": BRANCH,
    "Match": BRANCH,
    "For": "a loop is no formula; write it over whole arrays",
    "While": "a loop is no formula; write it over whole arrays",
    "With": "a block with `with` is no formula; write its lines without it",
    "Try": "try is no formula",
    "ClassDef": "a class is no formula; give the function by itself",
    "AsyncFunctionDef": "an asynchronous function is no formula",
    "Raise": "raise is no formula",
    "Global": "global is no formula",
    "Nonlocal": "nonlocal is no formula",
    "Delete": "del is no formula; leave it out",
    "Assign": "a line gives one value to one name or to several, not to two in turn",
}
