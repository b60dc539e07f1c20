"""Classes of the code: what their __init__ keeps, and the method that is meant.

An object is made as Python makes it: the arguments of __init__ are variables, or the
numbers that are their defaults, and what cannot be read of a field is told where the
field is used.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from calcml.core.errors import CalcmlError, LimitError, ParseError, UnsupportedError
from calcml.core.expr import Expr
from calcml.parsing.python import parameters
from calcml.parsing.python.bindings import dotted, given, keeps
from calcml.parsing.python.branches import running
from calcml.parsing.python.expressions import Scope
from calcml.parsing.python.statements import FRESH, Statements, is_text
from calcml.parsing.python.values import Bound, Class, Instance, Local, Unread

CALLED = ("forward", "__call__", "call")  # what a call of an object runs
# What an object is told in __init__ that sets no field that is read.
REGISTERED = frozenset("register_buffer register_parameter add_module".split())


class Objects(Statements):
    """A reader that makes objects of the classes of the code, and asks them."""

    def _object(self, node: ast.ClassDef, name: str) -> Any:
        """The formula of a class: that of its method of a name, or of a call of it."""
        self._refuse_bases(node)
        method = self._meant(node, name)
        made = Instance(node, {})
        init = _method(node, "__init__")
        before = set[str]()
        if init is not None:
            scope: Scope = {}
            self._parameters(init, scope, made)
            before = {
                n for n, x in scope.items() if isinstance(x, Expr) and x.op == "symbol"
            }
            self._made(init, scope)
        own = {a.arg for a in parameters.plain(method.args)}
        if before & own:
            raise ParseError(
                f"{min(before & own)} is an argument of __init__ and one of "
                f"{method.name}: give one of them another name"
            )
        return self._whole(method, {}, made)

    def _meant(self, node: ast.ClassDef, name: str) -> ast.FunctionDef:
        methods = [n for n in node.body if isinstance(n, ast.FunctionDef)]
        plain = [m for m in methods if not m.name.startswith("_")]
        named = [name] if name else [n for n in CALLED if _method(node, n)]
        found = (
            _method(node, named[0]) if named else plain[0] if len(plain) == 1 else None
        )
        if found is None:
            there = ", ".join(m.name for m in plain) or "none"
            raise ParseError(
                f"which method of {node.name} is meant is not known: name it, as in "
                f"loss.py:{node.name}.forward, or call it in the code; there are: "
                f"{there}"
            )
        return found

    def _instance(
        self, of: Class, arguments: Sequence[Any], options: dict[str, Any]
    ) -> Instance:
        """An object of a class of the code."""
        made = Instance(of.node, {})
        self._refuse_bases(of.node)
        init = _method(of.node, "__init__")
        if init is None:
            if arguments or options:
                raise ParseError(f"{of.node.name} has no __init__ that takes arguments")
            return made
        with self._deeper():
            call = Local(init, of.node.name, {})
            self._made(init, self._filled(call, [made, *arguments], options))
        return made

    def _refuse_bases(self, node: ast.ClassDef) -> None:
        for part in (*node.decorator_list, *node.bases):
            base = self.globals.get(dotted(part))
            if (
                isinstance(base, Class)
                or part in node.decorator_list
                and not keeps(part)
            ):
                what = "what it inherits" if part in node.bases else "its decorator"
                raise UnsupportedError(
                    f"{what} is not read; write the class without it"
                ).at(self.source.text, self.source.span(part))

    def _made(self, init: ast.FunctionDef, scope: Scope) -> None:
        """What __init__ keeps in the object."""
        scope[FRESH] = set()
        for node, _ in running(init.body, scope, self._reading(scope)):
            if self._is_told(node, scope):
                continue
            targets = [*dict(given(node))]
            try:
                self._statement(node, scope, False)
            except LimitError:
                raise
            except CalcmlError as error:
                kept = self._kept(node, scope, error)
                if not kept and not targets:
                    raise error.at(self.source.text, self.source.span(node)) from None
                scope |= dict.fromkeys(targets, Unread(error.message))

    def _kept(self, node: ast.stmt, scope: Scope, error: CalcmlError) -> bool:
        """Whether a field is set to what is not read, which its use will tell."""
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        if not isinstance(node, (ast.Assign, ast.AnnAssign)):
            return False
        for target in targets:
            if not isinstance(target, ast.Attribute):
                return False
            of = self.value(target.value, scope)
            if not isinstance(of, Instance):
                return False
            of.fields[target.attr] = Unread(error.message)
        return True

    def _is_told(self, node: ast.stmt, scope: Scope) -> bool:
        """Whether a line of __init__ is for those that it inherits from, or a note."""
        if is_text(node) or self._says_nothing(node):
            return True
        if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
            return False
        function = node.value.func
        if not isinstance(function, ast.Attribute):
            return False
        of = function.value
        above = isinstance(of, ast.Call) and dotted(of.func) == "super"
        if function.attr == "__init__":
            return above or not isinstance(self.globals.get(dotted(of)), Class)
        owner = scope.get(of.id) if isinstance(of, ast.Name) else None
        return isinstance(owner, Instance) and function.attr in REGISTERED

    # --- fields and methods ----------------------------------------------------------

    def _attribute(self, node: ast.Attribute, of: Any) -> Any:
        if isinstance(of, Instance):
            return self._field(of, node.attr)
        return super()._attribute(node, of)

    def _field(self, of: Instance, name: str) -> Any:
        if name in of.fields:
            value = of.fields[name]
            if isinstance(value, Unread):
                raise UnsupportedError(f"{name} of the object is not read: {value.why}")
            return value
        members = self._members(of.node) if of.node else {}
        if name in members:
            found = members[name]
            return (
                self._bound(of, found) if isinstance(found, ast.FunctionDef) else found
            )
        raise UnsupportedError(
            f"{name} of the object is set nowhere that is read: set it in __init__, or "
            "make it an argument"
        )

    def _members(self, node: ast.ClassDef) -> dict[str, Any]:
        """What the lines of a class give names: methods, and values for all objects."""
        found: dict[str, Any] = {}
        for line in node.body:
            if isinstance(line, ast.FunctionDef):
                found[line.name] = line
            elif given_here := dict(given(line)):
                plain = {n: v for n, v in found.items() if not isinstance(v, ast.AST)}
                found |= {n: self.value(v, {**plain}) for n, v in given_here.items()}
            elif not is_text(line) and not isinstance(line, (ast.Pass, ast.AnnAssign)):
                raise UnsupportedError(
                    f"line {line.lineno}: this line of a class is not read"
                ).at(self.source.text, self.source.span(line))
        return found

    def _bound(self, of: Instance, method: ast.FunctionDef) -> Any:
        words = {dotted(part) for part in method.decorator_list}
        local = Local(method, method.name, {})
        if "staticmethod" in words:
            return local
        if "property" in words:
            plain = ast.FunctionDef(**{**vars(method), "decorator_list": []})
            return self.inlined(Local(plain, method.name, {}), [of], {})
        return Bound(local, of)

    def _call(self, node: ast.Call, function: Any, *parts: Any) -> Any:
        count = len(node.args)
        options = {
            k.arg or "": v for k, v in zip(node.keywords, parts[count:], strict=True)
        }
        arguments = parts[:count]
        if isinstance(function, Class):
            return self._instance(function, arguments, options)
        if isinstance(function, Instance):
            assert function.node is not None
            function = self._field(function, self._meant(function.node, "").name)
        if isinstance(function, Bound):
            return self.inlined(function.method, [function.of, *arguments], options)
        return super()._call(node, function, *parts)


def _method(node: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    """The method of a name, the last one that a class has."""
    methods = [
        n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == name
    ]
    return methods[-1] if methods else None
