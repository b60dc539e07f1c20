"""The rows of a table: each derivative computed, named, located and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, NamedTuple

from calcml.algebra.canonical import tidy
from calcml.algebra.facts import Facts
from calcml.algebra.simplify import simplify
from calcml.calculus.derivative import derived
from calcml.calculus.domain import where_defined
from calcml.calculus.domain.known import assumed, left
from calcml.calculus.products import vjp
from calcml.calculus.zeros.constants import shortened
from calcml.check import Report, check
from calcml.core.budget import limited
from calcml.core.build import div, mul, neg, substitute
from calcml.core.errors import CalcmlError, or_none
from calcml.core.exact import evaluate
from calcml.core.expr import Expr, number, symbol, walk
from calcml.core.methods import METHODS
from calcml.core.operations import SQRT
from calcml.core.tensors import has_arrays, total
from calcml.functions import FUNCTIONS
from calcml.parsing.inputs import Function, function, variable
from calcml.parsing.parser import parse
from calcml.parsing.rows import definition
from calcml.tables.cases import Case, cases, may_choose
from calcml.tables.catalogue import Entry
from calcml.tables.kinks import Kink, kinks


@dataclass(frozen=True)
class Row:
    """A formula and its derivative, in the names that the formula defines.

    `name` is what the formula calls its result, `meaning` the definition of a function
    that stands alone, `definitions` the names that occur, `report` what the derivative
    rests on, and `upstream` the gradient of the formula's value that a backward pass
    starts with. What else is told of it is computed when it is asked for.
    """

    entry: Entry
    name: str
    function: Expr
    meaning: Expr | None
    variable: Expr
    derivative: Expr
    definitions: dict[str, Expr]
    report: Report
    upstream: Expr | None = None

    @cached_property
    def domain(self) -> list[Expr]:
        """The conditions of the formula, all of which must hold."""
        return self._where[0]

    @cached_property
    def matrices(self) -> list[tuple[Expr, str]]:
        """The matrices that must be of a kind, and of which."""
        return self._where[1]

    @cached_property
    def _where(self) -> tuple[list[Expr], list[tuple[Expr, str]]]:
        root, x, others = self._read
        return limited(_domain)(root, x, others, self.entry.given)

    @cached_property
    def _read(self) -> tuple[Expr, Expr, dict[str, Expr]]:
        return _parsed(self.entry)

    @cached_property
    def kinks(self) -> list[Kink]:
        """Where the formula is not smooth."""
        return kinks(self._read[0], self.variable, self.entry.given)

    @cached_property
    def fisher(self) -> Expr | None:
        """The Fisher information by the variable, where the catalogue tells it."""
        told = self.entry.fisher
        return parse(told, (self.entry.by,), self.shapes) if told else None

    @cached_property
    def steps(self) -> Any:
        """The derivation, as it is told; None of a backward pass, and where none is."""
        entry = self.entry
        if entry.upstream:
            return None
        options = {"given": entry.given, "shapes": entry.shapes, "order": entry.order}
        return or_none(METHODS["derive"], entry.formula, entry.by, **options)

    @cached_property
    def second(self) -> Row | None:
        """The row of the second derivative of a scalar."""
        if self.entry.upstream or self.has_arrays:
            return None
        return self if self.entry.order == 2 else made(self.entry._replace(order=2))

    @cached_property
    def partials(self) -> list[Row]:
        """The rows of the derivatives by all variables, of a scalar by scalars."""
        if self.entry.upstream or self.has_arrays:
            return [self]
        root, x, _ = self._read
        free = [n.value for n in walk(root) if n.op == "symbol"]
        names = [n for n in self.entry.among or free if n != x.value]
        others = {n: made(self.entry._replace(by=n)) for n in names}
        return [others.get(n, self) for n in self.entry.among or free]

    @cached_property
    def values(self) -> list[tuple[Expr, Expr | None, Expr | None]]:
        """Points, with the function and the derivative there, None where it is none."""
        if self.has_arrays:
            return []
        root, x, _ = self._read
        points = [parse(str(point)) for point in self.entry.points or (0, 1)]
        found = []
        for point in points:
            f = _at(root, x, point)
            slope = None if f is None else _at(self.written, x, point)
            if self.entry.points or f is not None:
                found.append((point, f, slope))
        return found

    @property
    def written(self) -> Expr:
        """The derivative without names of definitions."""
        return substitute(self.derivative, self._bodies)

    @property
    def _bodies(self) -> dict[Expr, Expr]:
        return {symbol(k, e.dims): e for k, e in self._read[2].items()}

    @property
    def has_arrays(self) -> bool:
        """Whether the formula or its variable has arrays."""
        return has_arrays(self.function) or has_arrays(self.derivative)

    @property
    def shapes(self) -> dict[str, str]:
        """The shapes of arrays, and of what is declared, as `parse` takes them."""
        nodes = walk(self.function, self.derivative, *self.definitions.values())
        first = [*self.entry.shapes, self.entry.upstream]
        told = [n for n in nodes if n.op == "symbol"]
        found = {n.value: n.dims for n in told if n.dims or n.value in first[:-1]}
        names = sorted(
            found, key=lambda n: first.index(n) if n in first else len(first)
        )
        return {n: " ".join(str(d).replace(" ", "") for d in found[n]) for n in names}

    @cached_property
    def cases(self) -> list[Case]:
        """The derivative as cases, if it is made of choices."""
        if self.has_arrays or not may_choose(self.derivative):
            return []
        places = [n for kink in self.kinks for n in kink.numbers]
        return cases(self.derivative, self.variable, places)


class Failed(NamedTuple):
    """A row that cannot be made, and why."""

    entry: Entry
    message: str
    steps: None = None


@limited
def made(entry: Entry) -> Row:
    """The row that an entry asks for. Raises CalcmlError where it cannot be made."""
    root, x, known = _parsed(entry)
    name = next((k for k, e in known.items() if e is root), "")
    others = {k: e for k, e in known.items() if k != name}
    upstream = symbol(entry.upstream, root.dims) if entry.upstream else None
    read = Function(root, known)
    if upstream is None:
        whole, order = root, entry.order
        slope = derived(read, [x], order, given=entry.given, defined=True)
    else:
        whole = total(mul(upstream, root), range(len(root.dims)))
        slope = vjp(read, x, upstream, given=entry.given, defined=True)
    shown = in_names(root, others)
    bodies = {symbol(name, body.dims): body for name, body in known.items()}
    written = substitute(slope, bodies)
    asked = partial(check, given=entry.given, ranges=entry.ranges, order=entry.order)
    against = None if has_arrays(whole) else "sympy"
    return Row(
        entry,
        name,
        shown,
        _meaning(root),
        x,
        slope,
        _used(others, shown, slope),
        asked(whole, written, x, against=against),
        upstream,
    )


def _parsed(entry: Entry) -> tuple[Expr, Expr, dict[str, Expr]]:
    """The formula of an entry, its variable, and the definitions that have names."""
    read = function(entry.formula, entry.shapes, entry.by, entry.given)
    root, known = read.root, read.definitions
    free = read.root.free_symbols | {entry.by} & entry.shapes.keys()  # of a constant
    if entry.by not in free:
        raise CalcmlError(f"the variable {entry.by} does not occur in {entry.formula}")
    if entry.upstream and entry.upstream in free | known.keys():
        raise CalcmlError(f"the upstream gradient {entry.upstream} is in the formula")
    for key, names in (("ranges", entry.ranges), ("shapes", entry.shapes)):
        absent = ", ".join(sorted(names.keys() - free - {entry.upstream}))
        if absent:
            raise CalcmlError(f"{key} has {absent}, which the formula has not")
    if entry.elements and not has_arrays(root):
        raise CalcmlError("elements are those of arrays; the formula has none")
    if entry.order > 1 and (entry.upstream or has_arrays(root)):
        raise CalcmlError("order 2 is of scalars without an upstream gradient")
    others = {k: e for k, e in known.items() if e.args and k not in free}
    return root, variable(entry.by, read), others


@limited
def _at(e: Expr, x: Expr, point: Expr) -> Expr | None:
    """The value of an expression at a point, None where it is not defined."""
    try:
        here = [substitute(c, {x: point}) for c in where_defined(e)[0]]
        if any(evaluate(condition) is False for condition in here):
            return None
        found = simplify(substitute(e, {x: point}))
        if not found.free_symbols:
            METHODS["evalf"](found, {})
            return _rooted(tidy(shortened(found)))
        return found
    except CalcmlError:
        return None


def _rooted(value: Expr) -> Expr:
    """A value without the root of a number below: sqrt(3)/3, not 1/sqrt(3)."""
    if value.op == "neg":
        return neg(_rooted(value.args[0]))
    if value.op != "div":
        return value
    above, below = value.args
    factors = below.args if below.op == "mul" else (below,)
    root = next((n for n in factors if n.op == SQRT), None)
    if root is None:
        return value
    rest = evaluate(substitute(below, {root: root.args[0]}))
    return value if rest is None else div(mul(above, root), number(rest))


def _domain(
    root: Expr, x: Expr, names: Mapping[str, Expr], given: Sequence[str]
) -> tuple[list[Expr], list[tuple[Expr, str]]]:
    """Where a formula is defined, without what is given of others than its variable.

    Conditions on sizes of arrays alone are left out, too.
    """
    sizes = {s for node in walk(root) for d in node.dims for s in d.free_symbols}
    found, kinds = where_defined(root)
    told, equal = assumed(given, Function(root), found)
    known = Facts(c for c in told.conditions if x.value not in c.free_symbols)
    rest = left([substitute(c, equal) for c in found], known)
    asked = [c for c in rest if not sizes or c.free_symbols - sizes]
    named = [in_names(c, names) if has_arrays(c) else c for c in asked]
    return named, [(in_names(x, names), kind) for x, kind in kinds]


def in_names(e: Expr, definitions: Mapping[str, Expr]) -> Expr:
    """`e` with the names of definitions in the place of what they stand for."""
    names = {body: symbol(name, body.dims) for name, body in definitions.items()}
    return substitute(e, names)


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
