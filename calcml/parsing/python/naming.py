"""What names stand for: imports, what a module defines, variables."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from typing import Any

from calcml.core.errors import ParseError, UnsupportedError
from calcml.core.expr import Expr
from calcml.functions import CONSTANT_NAMES
from calcml.functions.libraries import KNOWN, MODULES, NUMBERS, STRANGE
from calcml.parsing import parser
from calcml.parsing.python import calls
from calcml.parsing.python.calling import Caller
from calcml.parsing.python.expressions import Scope
from calcml.parsing.python.values import Path

_MODULES = KNOWN | STRANGE


class Names(Caller):
    """A reader that knows names: those of a scope, of the module, of libraries."""

    variables: frozenset[str]
    bound: Mapping[str, Any] | None
    symbols: dict[str, Expr]
    globals: Scope
    assigned: dict[str, ast.expr]
    unfollowed: Mapping[str, int]
    script: Scope

    def __init__(self) -> None:
        super().__init__()
        self.waiting: set[str] = set()

    @property
    def declared(self) -> frozenset[str]:  # type: ignore[override]
        inside = {n for size in self.sizes for n in size.free_symbols}
        return frozenset(self.symbols) | inside

    @property
    def sizes(self) -> frozenset[Expr]:  # type: ignore[override]
        return frozenset(d for x in self.symbols.values() for d in x.dims)

    def _import(self, node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
        for alias in node.names:
            if isinstance(node, ast.Import):
                top = alias.name if alias.asname else alias.name.partition(".")[0]
                scope[alias.asname or top] = Path(top)
            elif alias.name == "*":
                if node.module in MODULES:
                    scope.setdefault("*", []).append(Path(node.module))
            else:
                scope[alias.asname or alias.name] = self._imported(node, alias.name)

    def _imported(self, node: ast.ImportFrom, name: str) -> Any:
        if node.module is None or node.level or node.module == "__future__":
            return None
        if node.module == "sympy.abc":
            return self._variable(name)
        return self._member(Path(node.module), name)

    def named(self, name: str, scope: Scope) -> Any:
        if name in scope:
            return scope[name]
        if scope is not self.script:
            self._refuse_unfollowed(name)
        if name in self.globals:
            return self.globals[name]
        if name in self.assigned and scope is not self.script:
            return self._global(name)
        if self.bound is not None and name in self.bound:
            return self.bound[name]
        if name in self.symbols or name in self.variables:
            return self._variable(name)
        for place in (*scope.get("*", ()), *self.globals.get("*", ())):
            found = self._member(place, name)
            if not isinstance(found, Path) or calls.known(found.short):
                return found
        if calls.known(f"b.{name}"):
            return Path(f"builtins.{name}")
        if name in _MODULES and self.bound is None:
            return Path(_MODULES[name])
        return self._free(name)

    def _free(self, name: str) -> Any:
        """A name that the code does not explain: a variable, where it can be one."""
        if self.bound is not None:
            raise ParseError(
                f"{name} is no number that is known here; make it an argument"
            )
        if hasattr(builtins, name):
            raise UnsupportedError(f"{name} of Python is not read")
        homes = [m for m, s in MODULES.items() if calls.known(f"{s}.{name}")]
        if name in CONSTANT_NAMES:
            raise ParseError(
                f"{name} is not defined here: write math.{NUMBERS.get(name, name)} for "
                "the number; a variable of that name is an argument of a function"
            )
        if homes:
            home = next(
                (h for h in homes if h in _FIRST), homes[0] if homes else "math"
            )
            raise ParseError(f"{name} is not defined here: write {home}.{name}")
        return self._variable(name)

    def _variable(self, name: str) -> Expr:
        return self.symbols.get(name) or parser.variable(name)

    def _global(self, name: str) -> Any:
        """What the module gives a name, once."""
        if name in self.waiting:
            raise ParseError(f"{name} is defined by itself")
        self.waiting.add(name)
        try:
            return self.value(self.assigned[name], {})
        finally:
            self.waiting.discard(name)

    def _refuse_unfollowed(self, name: str) -> None:
        """ParseError for a name that the module binds in ways that are not followed."""
        if name in self.unfollowed:
            line = self.unfollowed[name]
            raise ParseError(
                f"{name} gets a value outside the function in line {line} that is not "
                "followed here: give it one number, once, or make it an argument"
            )


_FIRST = ("math", "numpy", "torch.nn.functional", "sklearn.metrics")
