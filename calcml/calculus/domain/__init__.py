"""Where a function is defined and real, and where it has a derivative."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from calcml.algebra.arrays.simplify import simplify_all
from calcml.algebra.definedness import conditions
from calcml.algebra.facts import Facts
from calcml.algebra.piecewise import negated
from calcml.algebra.simplify import simplify
from calcml.calculus.chain_rule import forward
from calcml.calculus.domain.places import (
    CHOSEN,
    JUMP,
    SMOOTH,
    STEEP,
    UNDECIDED,
    places_of,
)
from calcml.calculus.domain.solve import NOWHERE, solved
from calcml.calculus.kinks.arrays import corner_of, element_of
from calcml.calculus.slopes import derivative
from calcml.calculus.zeros.constants import is_closed
from calcml.core.budget import limited
from calcml.core.build import IMAG, substitute
from calcml.core.comparisons import STRICT
from calcml.core.display import Display, mathml
from calcml.core.errors import UnsupportedError, or_none
from calcml.core.expr import Expr, make, walk
from calcml.core.flat import depending, joined, leaves
from calcml.core.operations import FLOOR
from calcml.core.tensors import has_arrays
from calcml.functions.arrays import ARRAY_OPERATIONS
from calcml.parsing.inputs import Formula, Variable, function, variables_in
from calcml.parsing.parser import Shapes, defined


@dataclass(frozen=True, slots=True, repr=False)
class Domain(Display):
    """Conditions that hold all together: where a function is defined, and has slopes.

    `function` are those of its value, `derivative` those under which it has a slope:
    its derivative, at an end of the domain that of the one side, or at the places
    `chosen`, where both sides have their own, one that is a choice. It is None where
    there is no derivative in closed form. At the places `jumps` the function is defined
    and not continuous; whether it has a slope at the places `undecided` is not known.
    A single condition 1 < 0 means "nowhere". `kinds` are matrices of the function that
    must be such: those of Cholesky factors symmetric positive definite.
    """

    function: tuple[Expr, ...]
    derivative: tuple[Expr, ...] | None
    chosen: tuple[Expr, ...] = ()
    jumps: tuple[Expr, ...] = ()
    undecided: tuple[Expr, ...] = ()
    kinds: tuple[tuple[Expr, str], ...] = ()

    def __setstate__(self, state: Sequence[tuple[Expr, ...]]) -> None:
        """What was pickled, by 0.1.0 too, which had three fields."""
        padded = (*state, (), (), ())[: len(self.__slots__)]
        for name, value in zip(self.__slots__, padded, strict=True):
            object.__setattr__(self, name, value)

    def __str__(self) -> str:
        return "; ".join(_TEXT.told(self))

    def latex(self) -> str:
        r"""The same in LaTeX, words in \text."""
        return r"; \quad ".join(_LATEX.told(self))

    def markdown(self) -> str:
        """A sentence with its conditions as code."""
        return "; ".join(_MARKDOWN.told(self))

    def html(self) -> str:
        """A paragraph with its conditions in MathML."""
        return f"<p>{'; '.join(_HTML.told(self))}</p>"

    def as_dict(self) -> dict[str, list[str] | None]:
        """The conditions as texts that `parse` reads inside of where(...)."""
        told = {name: getattr(self, name) for name in self.__slots__}
        told["kinds"] = [f"{matrix} {kind}" for matrix, kind in self.kinds]
        return {k: None if v is None else [str(c) for c in v] for k, v in told.items()}


@limited
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
    root, variables = read.root, variables_in(read, x)
    asked = _asked(root)
    own, kinds = where_defined(root)
    if own == (NOWHERE,):
        return Domain(own, own)
    found = _places(root, variables, own)
    rough = [negated(c) for what in (STEEP, JUMP, UNDECIDED) for c in found[what]]
    try:
        slopes = [] if _is_told(root, variables) else _of_slopes(root, variables)
    except UnsupportedError:
        both = None
    else:
        beside = [_of_intervals(c, variables) for c in asked]
        both = solved([*beside, *slopes, *rough])
    jumps = _inside(found[JUMP], own)
    if both is None:
        return Domain(own, None, (), jumps, (), kinds)
    chosen, undecided = _inside(found[CHOSEN], both), _inside(found[UNDECIDED], own)
    plain = Domain(own, both, chosen, jumps, undecided, kinds)
    return _at_single_values(plain, root, variables)


def _at_single_values(plain: Domain, root: Expr, variables: Sequence[Expr]) -> Domain:
    """What holds at one value of a parameter, too: of a^x by x where a is 0."""
    both = joined("and", plain.derivative or ())
    if len(variables) != 1 or both is None or not _is_scalar(root):
        return plain
    whole, jumps = both, list(plain.jumps)
    for condition in plain.derivative or ():
        p, bound = condition.args[0], condition.args[-1]
        if condition.op not in STRICT or p.op != "symbol" or p in variables:
            continue
        if not is_closed(bound):
            continue
        at = make("eq", (p, bound))
        inside = solved([*plain.function, at])
        put = or_none(substitute, root, {p: bound})
        there = None if put is None else or_none(simplify, put)
        if there is None or inside == (NOWHERE,):
            continue
        found = or_none(domain, there, variables[0])
        if found is not None and found.derivative not in (None, (NOWHERE,)):
            more = joined("and", [at, *(found.derivative or ())])
            assert more is not None
            whole = make("or", (whole, more))
            jumps += [make("and", (at, jump)) for jump in found.jumps]
    if whole is both:
        return plain
    return replace(plain, derivative=solved([whole]), jumps=tuple(jumps))


def where_defined(root: Expr) -> tuple[tuple[Expr, ...], tuple[tuple[Expr, str], ...]]:
    """The conditions of a value, solved, and the kinds that its matrices must have."""
    rows = [(n, ARRAY_OPERATIONS.get(n.op)) for n in walk(root)]
    kinds = [(n.args[0], row.kind) for n, row in rows if row is not None and row.kind]
    return solved(_asked(root)), tuple(dict.fromkeys(kinds))


def _asked(root: Expr) -> list[Expr]:
    """The conditions of an expression, and those of matrices that no row fulfils."""
    asked, known = dict.fromkeys(conditions(root)), set[Expr]()
    for node in walk(root):
        row = ARRAY_OPERATIONS.get(node.op)
        if row is not None and row.on:
            asked[defined(row.on, {row.params[0]: node.args[0]})] = None
        if row is not None and row.range:
            known.add(defined(row.range, {"y": node}))
    return [c for c in asked if c not in known]


def _places(
    root: Expr, variables: Sequence[Expr], own: Sequence[Expr]
) -> dict[str, list[Expr]]:
    """What `kinks` knows along each variable, conditions by what there is."""
    found: dict[str, list[Expr]] = {
        what: [] for what in (SMOOTH, CHOSEN, JUMP, STEEP, UNDECIDED)
    }
    if not _is_real(root):
        return found
    known = or_none(Facts, own) or Facts()
    for x in variables:
        if _is_scalar(root) and not x.dims:
            for what, condition in places_of(root, x, known):
                found[what].append(condition)
        elif element := element_of(root, x):
            for what, condition in places_of(element.scalar, element.variable, Facts()):
                if what != STEEP:  # which the slope's formula tells
                    found[what].append(condition)
        elif (corner := corner_of(root, x)) is not None:
            found[CHOSEN].append(corner)
    return found


def _is_scalar(root: Expr) -> bool:
    """Whether a function has numbers only, of known functions of real numbers."""
    return _is_real(root) and not has_arrays(root)


def _is_real(root: Expr) -> bool:
    order = walk(root)
    return IMAG not in order and not any(node.op == "formal" for node in order)


def _is_told(root: Expr, variables: Sequence[Expr]) -> bool:
    """Whether the places say all: of a function of one variable, which has a slope.

    Raises UnsupportedError where its derivative has no closed form.
    """
    if len(variables) == 1 and corner_of(root, variables[0]) is not None:
        return True
    if not _is_scalar(root) or root.free_symbols != {v.value for v in variables}:
        return False
    return len(variables) == 1 and forward(root, variables[0]) is not None


def _of_slopes(root: Expr, variables: Sequence[Expr]) -> list[Expr]:
    """The conditions under which the derivatives by all variables have values."""
    from calcml.calculus.at_points import with_values

    slopes = simplify_all([derivative(root, v) for v in variables])
    if _is_scalar(root):
        slopes = [with_values(root, *p) for p in zip(variables, slopes, strict=True)]
    return [c for slope in slopes for c in _asked(slope)]


def _of_intervals(condition: Expr, variables: Sequence[Expr]) -> Expr:
    """A condition without the single places at which what moves is a whole number."""
    order = walk(condition)
    moving = depending(order, *variables)
    apart = {
        node: NOWHERE
        for node in moving
        if node.op == "eq" and node.args[1] is make(FLOOR, node.args[:1])
    }
    return substitute(condition, apart) if apart else condition


def _inside(places: Iterable[Expr], both: Sequence[Expr]) -> tuple[Expr, ...]:
    """Those places, solved, that the domain has, each once."""
    found: list[Expr] = []
    for place in places:
        for part in _alternatives(solved([place])):
            inside = solved([*both, part]) != (NOWHERE,)
            if inside and not any(_implies(part, other) for other in found):
                found = [c for c in found if not _implies(c, part)] + [part]
    return tuple(found)


def _implies(one: Expr, other: Expr) -> bool:
    known = or_none(Facts, leaves(one, "and"))
    return known is not None and or_none(known.decide, other) is True


def _alternatives(conditions: Sequence[Expr]) -> list[Expr]:
    """A single condition's alternatives, else all the conditions as one."""
    whole = joined("and", conditions)
    return [] if whole is None or whole is NOWHERE else leaves(whole, "or")


# --- telling -----------------------------------------------------------------------


class _Form(NamedTuple):
    """How conditions, words and brackets are written."""

    shown: Callable[[Expr], str]
    words: Callable[[str], str] = str
    brackets: tuple[str, str] = ("(", ")")

    def told(self, domain: Domain) -> Iterator[str]:
        """The parts of a sentence."""
        kinds = [self._kind(*kind) for kind in domain.kinds]
        yield self._where("defined", domain.function, kinds)
        if domain.derivative is None:
            yield self.words("no derivative in closed form")
        else:
            yield self._where("differentiable", domain.derivative, kinds)
        for start, places in (
            ("the slope is a choice at ", domain.chosen),
            ("not continuous at ", domain.jumps),
            ("the slope is undecided at ", domain.undecided),
        ):
            if places:
                alternatives = self.words(" or ").join(map(self.shown, places))
                yield self.words(start) + alternatives

    def _kind(self, matrix: Expr, kind: str) -> str:
        return self.shown(matrix) + self.words(f" {kind}").rstrip()

    def _where(
        self, start: str, conditions: Sequence[Expr], kinds: Sequence[str]
    ) -> str:
        """After "defined": for x > 0 and x != 1, everywhere, nowhere."""
        if not [*conditions, *kinds] or NOWHERE in conditions:
            where = "nowhere" if conditions else "everywhere"
            return self.words(f"{start} {where}")
        found = [*kinds]
        for condition in conditions:
            shown, alone = self.shown(condition), len([*conditions, *kinds]) == 1
            inside = alone or condition.op != "or"
            found.append(shown if inside else shown.join(self.brackets))
        return self.words(f"{start} for ") + self.words(" and ").join(found)


def _tex_words(words: str) -> str:
    space = " " if words.startswith(" ") else ""
    return rf"{space}\text{{{words}}}{space}"


_TEXT = _Form(str)
_LATEX = _Form(Expr.latex, _tex_words, (r"\left(", r"\right)"))
_MARKDOWN = _Form(lambda c: f"`{c}`")
_HTML = _Form(lambda c: mathml(c.latex(), alone=False))
