"""What one row says of its function, and how it is entered in the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

Spelling = str | Callable[..., Any] | None
Interval = tuple[float, float]
ELEMENTARY = "elementary"  # a family, and the choice of what may be written


class Row(NamedTuple):
    """One function: what parser, differentiator, printers, tables and tests know of it.

    `d` holds one partial derivative for each parameter, None where there is no closed
    form. A row of any number of arguments has one, over the argument `a`, the value `y`
    and the number `ties` of arguments equal to it; `pair` is the partial for two
    arguments `a` and `b`, `alone` the one where `b` is a constant. `by` defines the
    function by an expression, for systems that lack it; that of a row of any number of
    arguments combines two, `a` and `b`. `stable` is an equal expression by which doubles
    lose nothing, where `by` would; "" where none is known. A row `goes_on` whose
    spellings have values beyond the domain. `on` is the condition under which it is defined
    and real, `kink` says where it is not smooth: place, chosen slope, set of
    subgradients. `sample` holds an interval for each parameter from which tests draw.
    `parity` is "odd" or "even", and `at_zero` the value at 0 where that is worth
    knowing; an odd function has 0 there.
    In `tex`, #1 stands for the first argument; after a bar it is what arrays have, of
    which it holds by elements.
    `from_sympy` reads a call of SymPy that means something else than ours of the name.
    `ball` is the method of FLINT's arb and acb that encloses it, or a function of
    (flint, arguments): arb where all are real, acb else; it may give None where the
    balls do not decide. A row with neither `ball` nor `by` has no enclosure.
    `range` is what holds of every value `y`, `monotone` ("up" or "down") and `through`,
    the known values at places ("1: 0; e: 1"), help to find signs. `inverse` says where the value is y, in one
    or in several arguments: "y or -y if y >= 0", for every integer n if that occurs.
    Of two arguments, a function `picks` the one that is "ge" or "le" the other; at a
    number it `rounds` "down", "up" or to the nearest, halves to "even". `sides` are its
    formulas from left to right of its kinks, "-x | x"; two of a function without `by`
    are opposites. `cut` is where it jumps though
    no kink is stated there. What it is `elsewhere` holds wherever both sides have
    values, and serves where it has no Taylor polynomial; its `asymptote` comes as close
    as that goes to it as x grows, so that one over x tells how.
    Its `powers` are the factors of x^n, n from 1, in its power series about 0 in its last
    argument, which serve where its derivatives have no values.
    `code` names the Python libraries that have it with its arguments, by the short names
    of `functions.libraries`: "np t.absolute" is numpy's of its name and torch.absolute.
    `rules` are the names of its rule of derivation: where all arguments vary, then where only the one at each
    place does; without them it is the derivative of the function.

    What depends on what: `circle` (`hyperbola`) is the function in the coordinates s and
    c of the point at its argument on the unit circle (on s^2 = c^2 - 1), `exponential` in
    E = exp(x); `folds` says what a power of the exponential is in the function, "exp(2*x)
    = (1 + y)/(1 - y)"; `exp` is the exponential of the function's value, and `mirror`
    the value at -x, by the value `y` at x. A function that is `recognised` is written
    for its definition `by`, a product of its argument and a function of it. Where only
    elementary functions may be written, a row that is not `elementary` is by its `by`.
    """

    op: str
    name: str
    params: tuple[str, ...]
    family: str
    doc: str
    d: tuple[str | None, ...] = ()
    pair: str = ""
    alone: str = ""
    by: str | None = None
    stable: str | None = None
    goes_on: bool = False
    on: str = ""
    kink: str = ""
    tex: str = ""
    sample: tuple[Interval, ...] = ()
    sympy: Spelling = None
    from_sympy: str = ""
    mpmath: Spelling = None
    ball: Spelling = None
    numpy: str | None = None
    python: str | None = None
    aliases: tuple[str, ...] = ()
    defaults: Mapping[str, str] = MappingProxyType({})
    options: Mapping[str, str] = MappingProxyType({})
    code: str = ""
    variadic: bool = False
    rules: tuple[str, ...] = ()
    inverse: str = ""
    picks: str = ""
    rounds: str = ""
    sides: str = ""
    cut: str = ""
    elsewhere: str = ""
    asymptote: str = ""
    powers: str = ""
    parity: str = ""
    at_zero: str = ""
    mirror: str = ""
    circle: str = ""
    hyperbola: str = ""
    exponential: str = ""
    folds: str = ""
    exp: str = ""
    recognised: bool = False
    range: str = ""
    monotone: str = ""
    through: str = ""

    # A row is itself alone, whatever it holds; mypy takes these for fields.
    __eq__ = object.__eq__  # type: ignore[misc]
    __ne__ = object.__ne__  # type: ignore[misc]
    __hash__ = object.__hash__  # type: ignore[misc]

    @property
    def least(self) -> int:
        """The smallest number of arguments."""
        return len(self.params) - len(self.defaults)

    @property
    def places(self) -> list[tuple[str, str]]:
        """Where its values are known, each with the value: 0, then `through`."""
        at_zero = self.at_zero or ("0" if self.parity == "odd" else "")
        told = f"0: {at_zero}; " * bool(at_zero) + self.through
        pairs = [text.partition(": ") for text in told.split("; ") if text]
        return [(place, value) for place, _, value in pairs]

    @property
    def elementary(self) -> bool:
        """Whether schools teach it: operators, roots, angles, exp and log, no others."""
        taught = ("trigonometric", "hyperbolic", "operators", "choice")
        return self.family in taught or self.family == ELEMENTARY and self.by is None

    @property
    def signature(self) -> str:
        """The call as it is written, with defaults."""
        shown = [
            p + (f"={self.defaults[p]}" if p in self.defaults else "")
            for p in self.params
        ]
        shown += ["..."] * self.variadic
        shown += [f'{k}="{v}"' for k, v in self.options.items()]
        return f"{self.name}({', '.join(shown)})"


FUNCTIONS: dict[str, Row] = {}
SPELLINGS: dict[str, list[Row]] = {}


class Constant(NamedTuple):
    """A named number: `sympy` and `mpmath` are its attribute names there.

    `digits` are the first digits of its value; the next ones are cut off.
    `ball` makes its ball of the module flint.
    """

    name: str
    tex: str
    doc: str
    sympy: str
    mpmath: str
    python: str
    ball: Callable[[Any], Any]
    aliases: tuple[str, ...] = ()
    digits: str = ""


# fmt: off
CONSTANTS = {c.name: c for c in (
    Constant("pi", r"\pi", "ratio of a circle's circumference to its diameter", "pi", "pi", "math.pi", lambda f: f.arb.pi(), ("Pi", "PI", "π"), "3.14159265358979323846"),
    Constant("e", r"\mathrm{e}", "base of the natural logarithm", "E", "e", "math.e", lambda f: f.arb.const_e(), ("E",), "2.71828182845904523536"),
    Constant("inf", r"\infty", "infinity, as a bound only", "oo", "inf", "math.inf", lambda f: None, ("oo", "Inf", "infinity", "Infinity", "∞")),
    Constant("euler_gamma", r"\gamma_{E}", "Euler's constant, 0.5772...", "EulerGamma", "euler", "0.5772156649015329", lambda f: f.arb.const_euler(), ("EulerGamma",), "0.57721566490153286060"),
    Constant("I", r"\mathrm{i}", "imaginary unit", "I", "j", "1j", lambda f: f.acb(0, 1), ("ImaginaryUnit",)),
)}
# fmt: on
CONSTANT_NAMES = {n: c.name for c in CONSTANTS.values() for n in (c.name, *c.aliases)}


def fn(
    signature: str,
    d: str | tuple[str | None, ...] = (),
    *,
    doc: str,
    op: str = "",
    aliases: str = "",
    **facts: Any,
) -> Row:
    """Add the row for `signature`, such as "clip(x, min, max)"; errors are ValueErrors.

    A parameter may have a default ("leaky_relu(x, negative_slope=0.01)"), a last
    parameter "..." stands for any number of arguments, and a parameter with a text
    (`approximate="none"`) is an option that picks this row.
    """
    name, params = read_signature(signature)
    variadic = params.pop("...", None) is not None
    options = {p: text.strip('"') for p, text in params.items() if text[:1] == '"'}
    if isinstance(d, str):
        d = (d,)
    foreign = None if facts.get("by") is not None else name
    spelled: dict[str, Any] = {"sympy": foreign, "mpmath": foreign, "ball": foreign}
    spelled["numpy"] = foreign and f"numpy.{foreign}"
    spelled["family"] = _family[-1]
    row = Row(
        op=op or name,
        name=name,
        params=tuple([p for p in params if p not in options]),
        doc=doc,
        d=d,
        aliases=tuple(aliases.split()),
        defaults={p: v for p, v in params.items() if v and p not in options},
        options=options,
        variadic=variadic,
        **(spelled | facts),
    )
    add_row(row)
    return row


def read_signature(signature: str) -> tuple[str, dict[str, str]]:
    """The name in a text such as "clip(x, min, max=1)", and its parameters' defaults."""
    name, bracket, inside = signature.removesuffix(")").partition("(")
    if not bracket or not signature.endswith(")"):
        raise ValueError(f"{signature!r} is no signature like name(x, y)")
    parts = [part.partition("=") for part in inside.split(",")]
    return name, {param.strip(): default.strip() for param, _, default in parts}


def add_row(row: Row) -> None:
    """Enter `row`, or replace the row of the same `op`."""
    old = FUNCTIONS.get(row.op)
    FUNCTIONS[row.op] = row
    for name in (row.name, *row.aliases):
        rows = SPELLINGS.setdefault(name, [])
        rows[:] = [r for r in rows if r is not old] + [row]


_family: list[str] = []


def family(name: str) -> None:
    """The heading under which the rows that follow are listed."""
    _family.append(name)


def rows() -> Iterator[Row]:
    """Every row that a person may call, in the table's order."""
    return (row for row in FUNCTIONS.values() if row.family != "operators")
