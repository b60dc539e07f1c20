"""Statements: imports, definitions, one return; and the names that they give."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from calcml.core.errors import (
    CalcmlError,
    LimitError,
    ParseError,
    ShapeError,
    UnsupportedError,
)
from calcml.core.expr import Expr
from calcml.core.shapes import shown
from calcml.functions.libraries import TALKING, TESTING, rows
from calcml.parsing import parser
from calcml.parsing.limits import MAX_INLINED
from calcml.parsing.python import parameters
from calcml.parsing.python.annotations import shape_of, shapes_like
from calcml.parsing.python.bindings import dotted, keeps
from calcml.parsing.python.branches import Reading, running
from calcml.parsing.python.expressions import Scope
from calcml.parsing.python.naming import Names
from calcml.parsing.python.source import BRANCH
from calcml.parsing.python.values import Class, Instance, Local, Path, Unread

Function = ast.FunctionDef | ast.Lambda
_NOTHING: Mapping[str, Any] = {}
FRESH = "="  # where a scope has the names that alone have their arrays


class Statements(Names):
    """A reader of functions and of their statements."""

    variables: frozenset[str]
    shapes: dict[str, Any]
    names: dict[str, Expr]
    depth: int
    like: Any

    def _whole(
        self,
        node: Function,
        around: Mapping[str, Any] = _NOTHING,
        of: Instance | None = None,
    ) -> Any:
        """A function of its parameters, which are variables; of an object, a method."""
        scope: Scope = {**around}
        self._refuse_decorators(node)
        self._parameters(node, scope, of)
        return self._body(node, scope)

    def _parameters(self, node: Function, scope: Scope, of: Instance | None) -> None:
        """Parameters in a scope: variables, or defaults that are put in."""
        plain = parameters.plain(node.args)
        defaults = parameters.defaults(node.args)
        if plain and (of is not None or plain[0].arg == "self"):
            scope[plain.pop(0).arg] = of or Instance(None, {})
        samples = shapes_like(self.like, [a.arg for a in plain])
        for argument in plain:
            name = argument.arg
            default = defaults.get(name)
            known = self.variables, self.symbols, samples
            asked = any(name in names for names in known)
            shape: Any = samples.get(name)
            if shape is None and name not in self.symbols:
                shape = shape_of(argument.annotation, self.source)
            if default is not None and not asked:
                shape = None  # a number stands for it
            if shape is not None and name not in self.symbols:
                self.shapes[name] = shape
                self.symbols |= parser.declared({name: shape})
            if default is None or asked and not parameters.is_option(default):
                scope[name] = self._variable(name)
            else:
                scope[name] = self.value(default, {})

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
        scope[FRESH] = set()
        for node, last in running(body, scope, self._reading(scope)):
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
            self._follow(node, scope)
            value = found if found is not None else value
        if value is None or what != "the code":
            raise ParseError(
                f"{what} returns nothing; end it with a formula or a return"
            )
        return value

    def _reading(self, scope: Scope) -> Reading:
        """What reads an operand of a condition."""

        def read(node: ast.expr) -> Any:
            try:
                return self.value(node, scope)
            except LimitError:
                raise
            except CalcmlError:
                return ...

        return read

    def _statement(self, node: ast.stmt, scope: Scope, last: bool) -> Any:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            return self._import(node, scope)
        if isinstance(node, ast.FunctionDef):
            scope[node.name] = Local(node, node.name, scope)
            return None
        if isinstance(node, ast.Expr):
            if not last and self._says_nothing(node):
                return None
            if not last and not is_text(node):
                what = "the value of this line is used nowhere; give it a name"
                value = self.value(node.value, scope)
                raise ParseError(what if isinstance(value, Expr) else f"{what}.")
            return None if is_text(node) else self.value(node.value, scope)
        if isinstance(node, ast.ClassDef):
            scope[node.name] = Class(node)
            return None
        if isinstance(node, ast.Assign):
            value = self.value(node.value, scope)
            for target in node.targets:
                self._assign(target, value, scope)
            return value
        if isinstance(node, ast.Delete):
            return self._deleted(node, scope)
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
        if isinstance(target, ast.Attribute):
            of = self.value(target.value, scope)
            if isinstance(of, Instance):
                of.fields[target.attr] = value
                return value
        raise UnsupportedError(
            f"line {target.lineno}: elements are changed in place; write the new array "
            "as a formula, such as np.where(condition, a, b)"
        )

    @staticmethod
    def _deleted(node: ast.Delete, scope: Scope) -> None:
        for target in node.targets:
            if not isinstance(target, ast.Name) or target.id not in scope:
                raise UnsupportedError(
                    "del is read of names that the code gives values"
                )
            scope[target.id] = Unread(f"{target.id} was deleted")

    @staticmethod
    def _says_nothing(node: ast.stmt) -> bool:
        """Whether a line calls what only shows or tests values."""
        if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
            return False
        name = dotted(node.value.func)
        return name in TALKING or name.rpartition(".")[2].startswith(TESTING)

    def _follow(self, node: ast.stmt, scope: Scope) -> None:
        """Which names alone have a new array after a statement.

        Operators and functions by elements make one; anything else that mentions a
        name may keep a view of its array.
        """
        fresh: set[str] = scope[FRESH]
        if isinstance(node, ast.AugAssign) and not self.renames:
            return
        if isinstance(node, ast.Assign) and self._makes_anew(node.value, scope):
            stored = [t.id if isinstance(t, ast.Name) else "" for t in node.targets]
            fresh -= {*stored}
            fresh |= {*stored} if len(stored) == 1 else set()
        else:
            fresh -= {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}

    def _makes_anew(self, value: ast.expr, scope: Scope) -> bool:
        if self.renames:
            return False
        if isinstance(value, ast.Call):
            function = self._reading(scope)(value.func)
            return isinstance(function, Path) and function.short in rows()
        return isinstance(value, (ast.BinOp, ast.UnaryOp, ast.Constant))

    def _changed(self, node: ast.AugAssign, scope: Scope) -> Any:
        """x += y, where no other name can stand for the same array."""
        if not isinstance(node.target, ast.Name) or node.target.id not in scope:
            raise UnsupportedError(f"line {node.lineno}: an array is changed in place")
        name, old = node.target.id, scope[node.target.id]
        others = [v for n, v in scope.items() if n != name]
        others += [part for v in others if isinstance(v, tuple) for part in v]
        alone = name in scope[FRESH] and isinstance(old, Expr)
        shared = not isinstance(old, Expr) or old.op == "symbol" or old in others
        if not alone and (shared or old.dims):
            sign = (
                self.source.text[slice(*self.source.span(node))].split("=")[0].split()
            )
            told_ = f"{name} = {name} {sign[-1] if sign else '+'} ..."
            raise UnsupportedError(
                f"line {node.lineno}: an array may be changed in place here; write "
                f"{told_}"
            )
        sum_ = ast.BinOp(ast.Name(name, ast.Load()), node.op, node.value)
        value = self.value(ast.copy_location(sum_, node), scope)
        if old.dims and old.dims != value.dims:
            raise ShapeError(f"{name} has the shape {shown(old.dims)}, and keeps it")
        return self._assign(node.target, value, scope)

    def inlined(
        self, function: Local, arguments: Sequence[Any], options: dict[str, Any]
    ) -> Any:
        node = function.node
        self._refuse_decorators(node)
        with self._deeper():
            return self._body(node, self._filled(function, arguments, options))

    def _filled(
        self, function: Local, arguments: Sequence[Any], options: dict[str, Any]
    ) -> Scope:
        """The scope of a call: its arguments, and the defaults of the others."""
        node = function.node
        found: Scope = parameters.bound(node.args, function.name, arguments, options)
        defaults = parameters.defaults(node.args)
        for name in (a.arg for a in parameters.plain(node.args)):
            if name not in found:
                if name not in defaults:
                    raise ParseError(f"{function.name} lacks its argument {name}")
                found[name] = self.value(defaults[name], {**function.scope})
        return {**function.scope, **found}

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        """A call, whose own names are not those of the code."""
        if self.depth >= MAX_INLINED:
            raise LimitError(f"over {MAX_INLINED} functions call each other here")
        kept, self.names = self.names, {}
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1
            self.names = kept


def is_text(node: ast.stmt) -> bool:
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
    "AsyncFunctionDef": "an asynchronous function is no formula",
    "Raise": "raise is no formula",
    "Global": "global is no formula",
    "Nonlocal": "nonlocal is no formula",
}
