"""The rows of a table: each derivative computed, named, located and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from calcml.check import Report, check
from calcml.conditions import conditions
from calcml.errors import CalcmlError
from calcml.expr import Expr, symbol
from calcml.functions import FUNCTIONS
from calcml.kinks import derivative
from calcml.light import substitute
from calcml.lower import definition
from calcml.simplify import simplify
from calcml.syntax import Builder, machine
from calcml.tables.cases import Case, cases
from calcml.tables.catalogue import Entry
from calcml.tables.kinks import Kink, kinks


@dataclass(frozen=True)
class Row:
    """A formula and its derivative, in the names that the formula defines.

    `name` is what the formula calls its result, `meaning` the definition of a function
    that stands alone, `definitions` the names that occur, `domain` the conditions of
    the formula, all of which must hold, and `report` what the derivative rests on.
    """

    entry: Entry
    name: str
    function: Expr
    meaning: Expr | None
    variable: Expr
    derivative: Expr
    definitions: dict[str, Expr]
    domain: list[Expr]
    kinks: list[Kink]
    report: Report

    @property
    def cases(self) -> list[Case]:
        """The derivative as cases, if it is made of choices."""
        places = [n for kink in self.kinks for n in kink.numbers]
        return cases(self.derivative, self.variable, places)


def made(entry: Entry) -> Row:
    """The row that an entry asks for. Raises CalcmlError where it cannot be made."""
    builder = Builder([entry.by])
    root: Expr = machine("calcml.lark").run(entry.formula, builder)
    x = symbol(entry.by)
    if entry.by not in root.free_symbols:
        raise CalcmlError(f"the variable {entry.by} does not occur in {entry.formula}")
    free = root.free_symbols
    known = {k: e for k, e in builder.names.items() if e.args and k not in free}
    name = next((k for k, e in known.items() if e is root), "")
    others = {k: e for k, e in known.items() if k != name}
    slope = simplify(in_names(derivative(root, x), known))
    shown = in_names(root, others)
    written = _written_out(slope, known)
    return Row(
        entry,
        name,
        shown,
        _meaning(root),
        x,
        slope,
        _used(others, shown, slope),
        conditions(root),
        kinks(root, x),
        check(root, written, x, against="sympy", ranges=entry.ranges),
    )


def in_names(e: Expr, definitions: Mapping[str, Expr]) -> Expr:
    """`e` with the names of definitions in the place of what they stand for."""
    return substitute(e, {body: symbol(name) for name, body in definitions.items()})


def _written_out(e: Expr, definitions: Mapping[str, Expr]) -> Expr:
    return substitute(e, {symbol(name): body for name, body in definitions.items()})


def _used(known: Mapping[str, Expr], *shown: Expr) -> dict[str, Expr]:
    """The definitions whose names occur, each in terms of those before it."""
    needed = {name for e in shown for name in e.free_symbols}
    used: dict[str, Expr] = {}
    for name in reversed(list(known)):
        if name in needed:
            before = {k: e for k, e in known.items() if k != name}
            used[name] = in_names(known[name], before)
            needed |= used[name].free_symbols
    return dict(reversed(used.items()))


def _meaning(root: Expr) -> Expr | None:
    """The definition of the function that `root` is, where it stands for itself."""
    row = FUNCTIONS.get(root.op)
    if row is None or row.by is None or any(a.op != "symbol" for a in root.args):
        return None
    return definition(row)(root.args, root)
