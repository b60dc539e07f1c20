"""Where a function is not smooth, what it does there, and which slope is taken."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TypedDict, Unpack, overload

from calcml.algebra.arrays.simplify import known_of
from calcml.algebra.definedness import conditions
from calcml.algebra.facts import Facts, facts
from calcml.calculus.expansions.coefficients import Ring, UndecidedError
from calcml.calculus.expansions.sides import value_at
from calcml.calculus.kinks.arrays import kinks_of_arrays
from calcml.calculus.kinks.finder import Finder
from calcml.calculus.kinks.frameworks import answers
from calcml.calculus.kinks.kink import (
    Kink as Kink,
    Kinks as Kinks,
    KinksByName as KinksByName,
    shown as shown,
)
from calcml.core.budget import limited
from calcml.core.build import IMAG, substitute
from calcml.core.errors import CalcmlError, UnsupportedError
from calcml.core.expr import ZERO, Expr, make, symbol, walk
from calcml.core.tensors import has_arrays
from calcml.parsing.inputs import (
    Formula,
    Function,
    Several,
    Variable,
    function,
    variable,
    variables_in,
)
from calcml.parsing.parser import Given, Shapes

SOMEWHERE = 17, 13  # a point at which no formula ends


class Options(TypedDict, total=False):
    """What `kinks` says of them."""

    simplify: bool
    given: Given
    shapes: Shapes | None
    defined: bool


@overload
def kinks(f: Formula, x: Variable, **options: Unpack[Options]) -> Kinks: ...


@overload
def kinks(f: Formula, x: Several, **options: Unpack[Options]) -> KinksByName: ...


@limited
def kinks(
    f: Formula,
    x: Variable | Several,
    *,
    simplify: bool = True,
    given: Given = (),
    shapes: Shapes | None = None,
    defined: bool = False,
) -> Kinks | KinksByName:
    """The places where `f` is not smooth (C1), not continuous or not defined, by `x`.

    Other variables have any values that fulfil `given` (such as "w > 0"); a place is a
    surface then, else a point or a family of points. `shapes` declares the arrays of a
    text; of an array, the places are those of an element. Each `Kink` has its place,
    the value, limits and slopes on both sides, the subgradients (the subdifferential
    where `f` is convex there, else Clarke's gradient), the slope that `diff` takes, and
    what JAX, PyTorch, CasADi, PyTensor and SymPy were measured to return. By a list of
    variables they are a dictionary by name.

    Raises the errors of `parse`, and UnsupportedError where the imaginary unit occurs,
    and for `simplify` and `defined` other than they are: places and slopes are always
    in their shortest form, and in the variables.

    Sources: Rockafellar, Convex Analysis, section 23; Clarke, Optimization and
    Nonsmooth Analysis, section 2.1.

    >>> print(kinks("relu(x)", "x"))
    x = 0: corner
      left: limit 0, slope 0
      right: limit 0, slope 1
      value 0, slope taken 0
      subdifferential: [0, 1]
      JAX 0, PyTorch 0, CasADi 1/2, PyTensor -, SymPy -
    >>> print(kinks("x*relu(x)", "x"))
    smooth everywhere
    """
    if defined or not simplify:
        option = "defined" if defined else "simplify"
        raise UnsupportedError(
            f"kinks are told in the variables, and in short form; leave out {option}"
        )
    read = function(f, shapes, x, given)
    if IMAG in walk(read.root):
        raise UnsupportedError("kinks are told of functions without imaginary parts")
    arrays = {v.value: v for v in read.arrays}
    known = facts(known_of(given, arrays).scalars, read.root.free_symbols)
    if isinstance(x, (list, tuple)):
        names = variables_in(read, x)
        return KinksByName({str(v.value): _along(read, v, known) for v in names})
    return _along(read, variable(x, read), known)


def _along(read: Function, x: Expr, known: Facts) -> Kinks:
    """The kinks along one variable."""
    found, complete = _found(read.root, x, known)
    unknown = sorted({n.value[0] for n in walk(read.root) if n.op == "formal"})
    everywhere = complete and not found and _is_defined(read.root, x, known)
    return Kinks(found, complete, everywhere and not unknown, unknown)


def _is_defined(root: Expr, x: Expr, known: Facts) -> bool:
    """Whether a function without kinks is defined everywhere.

    One of x alone is, if it is defined anywhere: its domain has no edge.
    """
    if all(known.decide(c) is True for c in conditions(root)):
        return True
    if known.conditions or root.free_symbols != {x.value} or has_arrays(root):
        return False
    try:
        return value_at(root, x, Fraction(*SOMEWHERE), Ring()) is not None
    except (CalcmlError, UndecidedError):
        return False


def _found(root: Expr, x: Expr, known: Facts) -> tuple[list[Kink], bool]:
    complete = True

    def located(scalar: Expr, variable: Expr) -> list[Kink]:
        nonlocal complete
        finder = Finder(scalar, variable, _of_elements(known, scalar, root))
        found = finder.kinks()
        complete = complete and finder.complete
        return [_compared(kink, finder) for kink in found]

    if has_arrays(root) or x.dims:
        sizes = {d for n in walk(root, x) for d in n.dims if d.op == "symbol"}
        news = [make("gt", (d, ZERO)) for d in sorted(sizes, key=str)]
        known = Facts((*known.conditions, *news))
        return kinks_of_arrays(root, x, located), complete
    return located(root, x), complete


def _of_elements(known: Facts, scalar: Expr, root: Expr) -> Facts:
    """The facts, those of all elements of an array for the elements that occur."""
    arrays = {n.value for n in walk(root) if n.op == "symbol" and n.dims}
    elements = {
        symbol(name): n
        for n in walk(scalar)
        if n.op == "symbol" and (name := n.value.partition("[")[0]) in arrays
    }
    if not elements:
        return known
    return Facts(substitute(c, elements) for c in known.conditions)


def _compared(kink: Kink, finder: Finder) -> Kink:
    """A kink beside what other frameworks compute there."""
    if kink.at is None or kink.approximate or finder.nearby is None:
        return kink
    near = finder.nearby.in_floats(kink.at)
    return replace(kink, frameworks=answers(finder.root, finder.x, kink.at, near))
