"""Where a function is defined and real, and where it has a derivative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calcml.algebra.arrays.simplify import simplify_all
from calcml.algebra.definedness import conditions
from calcml.calculus.domain.chosen import chosen_at
from calcml.calculus.domain.solve import NOWHERE, solved
from calcml.calculus.slopes import derivative, settled
from calcml.core.display import Display
from calcml.core.expr import Expr
from calcml.core.flat import joined, leaves
from calcml.core.tensors import has_arrays
from calcml.parsing.inputs import Formula, Variable, function, variables_in
from calcml.parsing.parser import Shapes


@dataclass(frozen=True, slots=True)
class Domain(Display):
    """Conditions that hold all together: where a function is defined, and has slopes.

    `function` are those of its value, `derivative` those under which calcml's
    derivative has a value. `chosen` are places among these at which there is no one
    slope, and the derivative is a choice. A single condition 1 < 0 means "nowhere".
    """

    function: tuple[Expr, ...]
    derivative: tuple[Expr, ...]
    chosen: tuple[Expr, ...] = ()

    def __str__(self) -> str:
        parts = [
            f"defined {_told(self.function)}",
            f"differentiable {_told(self.derivative)}",
        ]
        if self.chosen:
            places = " or ".join(str(c) for c in self.chosen)
            parts.append(f"the slope is a choice at {places}")
        return "; ".join(parts)

    def latex(self) -> str:
        r"""The same in LaTeX, words in \text."""
        parts = [
            rf"\text{{defined {_start(self.function)}}}{_tex(self.function)}",
            rf"\text{{differentiable {_start(self.derivative)}}}"
            rf"{_tex(self.derivative)}",
        ]
        if self.chosen:
            places = r" \text{ or } ".join(c.latex() for c in self.chosen)
            parts.append(rf"\text{{the slope is a choice at }}{places}")
        return r"; \quad ".join(parts)

    def as_dict(self) -> dict[str, list[str]]:
        """The conditions as texts that `parse` reads inside of where(...)."""
        return {
            "function": [str(c) for c in self.function],
            "derivative": [str(c) for c in self.derivative],
            "chosen": [str(c) for c in self.chosen],
        }


def domain(
    f: Formula, x: Variable | None = None, *, shapes: Shapes | None = None
) -> Domain:
    """Where `f` is defined and real, and its derivative by `x`, by all if None.

    `shapes` declares the arrays of a text. Conditions in one variable are solved where
    all zeros are found exactly; others are left as they stand. Those of arrays hold for
    each element.

    Raises the errors of `parse`, and those of `diff` about the derivative.

    >>> print(domain("log(x)/(x - 1)"))
    defined for x > 0 and x != 1; differentiable for x > 0 and x != 1
    >>> domain("asin(2*x)").function
    (-1/2 <= x and x <= 1/2,)
    >>> domain("abs(x)").chosen
    (x == 0,)
    """
    read = function(f, shapes, x)
    root = read.root
    asked = conditions(root)
    own = solved(asked)
    slopes = [derivative(root, v) for v in variables_in(read, x)]
    more = [c for slope in simplify_all(slopes) for c in conditions(slope)]
    both = solved([*asked, *more])
    chosen: tuple[Expr, ...] = ()
    if both != (NOWHERE,) and not has_arrays(root):
        names = {v.value for v in variables_in(read, x)}
        places = [p for p in chosen_at(settled(root)) if p.free_symbols & names]
        chosen = _inside(places, both)
    return Domain(own, both, chosen)


def _inside(places: Sequence[Expr], both: Sequence[Expr]) -> tuple[Expr, ...]:
    """Those places, solved, that the domain has."""
    found: dict[Expr, None] = {}
    for place in places:
        for part in _alternatives(solved([place])):
            if solved([*both, part]) != (NOWHERE,):
                found[part] = None
    return tuple(found)


def _alternatives(conditions: Sequence[Expr]) -> list[Expr]:
    """A single condition's alternatives, else all the conditions as one."""
    whole = joined("and", conditions)
    return [] if whole is None or whole is NOWHERE else leaves(whole, "or")


# --- telling -----------------------------------------------------------------------


def _told(conditions: Sequence[Expr]) -> str:
    """The conditions after "defined": for x > 0 and x != 1, everywhere, nowhere."""
    return _start(conditions) + " and ".join(
        _bracketed(c, conditions) for c in _shown(conditions)
    )


def _start(conditions: Sequence[Expr]) -> str:
    if not conditions:
        return "everywhere"
    return "nowhere" if NOWHERE in conditions else "for "


def _shown(conditions: Sequence[Expr]) -> Sequence[Expr]:
    return () if NOWHERE in conditions else conditions


def _bracketed(condition: Expr, among: Sequence[Expr]) -> str:
    return (
        f"({condition})" if condition.op == "or" and len(among) > 1 else str(condition)
    )


def _tex(conditions: Sequence[Expr]) -> str:
    found = []
    for condition in _shown(conditions):
        tex = condition.latex()
        alone = condition.op != "or" or len(conditions) == 1
        found.append(tex if alone else rf"\left({tex}\right)")
    return r" \text{ and } ".join(found)
