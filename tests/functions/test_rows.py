"""The function table: every row against mpmath, SymPy, SciPy and its own statements."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator
from fractions import Fraction
from operator import attrgetter

import mpmath
import pytest
import sympy

from calcml.calculus.chain_rule import forward, local, reverse
from calcml.compile import compile
from calcml.core import expr
from calcml.core.build import neg
from calcml.core.errors import CalcmlError, UnsupportedError
from calcml.core.exact import evaluate
from calcml.core.expr import Expr, make, symbol, walk
from calcml.evaluate.evalf import evalf
from calcml.functions import FUNCTIONS, Row, rows
from calcml.parsing.parser import parse, parsed
from calcml.parsing.rows import definition
from calcml.sympy_bridge import from_sympy, to_sympy

SEED = 41  # of every point below
DIGITS = 30
Point = dict[str, Fraction]

ROWS, CALLABLE = list(FUNCTIONS.values()), list(rows())
SLOPED = [row for row in ROWS if row.d]
OP = attrgetter("op")
ROUNDING = {"floor", "ceil", "round"}  # SymPy leaves their derivatives as they are


def applied(row: Row) -> Expr:
    """The row's function at its parameters; a choice gets a condition on its own."""
    if row.variadic:
        return make(row.op, (symbol("a"), symbol("b"), symbol("c")))
    args = tuple(symbol(p) for p in row.params)
    if row.params[0] == "condition":
        return make(row.op, (parse("t > 0"), *args[1:]))
    return make(row.op, args)


def points(row: Row, count: int = 4) -> Iterator[Point]:
    """`count` seeded points of the row's sample box, then two near its corners."""
    rng = random.Random(f"{SEED} {row.op}")
    names = sorted(applied(row).free_symbols)
    box = dict.fromkeys(names, (-3.0, 3.0))
    box |= dict(zip(row.params, row.sample, strict=False)) if not row.variadic else {}
    inside = [[rng.randrange(10, 990) for _ in names] for _ in range(count)]
    corners = [[1 + i for i in range(len(names))], [999 - i for i in range(len(names))]]
    for shares in [*inside, *corners]:
        point = {}
        for name, share in zip(names, shares, strict=True):
            low, high = (Fraction(str(bound)) for bound in box[name])
            point[name] = low + (high - low) * Fraction(share, 1000)
        yield point


def slopes(row: Row) -> Iterator[tuple[str, Expr]]:
    """Each variable with the derivative by it, where the row has one."""
    node = applied(row)
    for name in sorted(node.free_symbols - {"t"}):
        try:
            yield name, forward(node, symbol(name))
        except UnsupportedError:
            assert None in row.d


def close(a: object, b: object, tolerance: float) -> bool:
    return bool(abs(a - b) <= tolerance * max(1, abs(a), abs(b)))  # type: ignore


# --- derivatives -------------------------------------------------------------------


@pytest.mark.parametrize("row", SLOPED, ids=OP)
def test_partials_are_the_numeric_derivatives(row: Row) -> None:
    node = applied(row)
    for name, slope in slopes(row):
        for at in points(row):
            with mpmath.workdps(35):
                numeric = mpmath.diff(
                    lambda t, at=at, name=name: evalf(node, at | {name: t}, 100),
                    mpmath.mpf(at[name].numerator) / at[name].denominator,
                )
            ours = evalf(slope, at, DIGITS)
            assert close(ours, numeric, 1e-25), (row.op, name, at, ours, numeric)


@pytest.mark.parametrize("row", SLOPED, ids=OP)
def test_partials_are_sympys(row: Row) -> None:
    source = to_sympy(applied(row))
    for name, slope in slopes(row):
        theirs = sympy.diff(source, sympy.Symbol(name, real=True))
        if theirs.has(sympy.Derivative):
            assert row.op in ROUNDING and slope is expr.ZERO
            continue
        for at in points(row, 2):
            values = {
                sympy.Symbol(n, real=True): sympy.Rational(v.numerator, v.denominator)
                for n, v in at.items()
            }
            known = theirs.subs(values).doit().evalf(DIGITS, maxn=200)
            ours = evalf(slope, at, DIGITS)
            assert close(ours, mpmath.mpmathify(known), 1e-20), (row.op, name, at)


@pytest.mark.parametrize("row", SLOPED, ids=OP)
def test_forward_and_reverse_agree(row: Row) -> None:
    node, found = applied(row), dict(slopes(row))
    backward = reverse(node, [symbol(name) for name in found])
    for (name, ahead), back in zip(found.items(), backward, strict=True):
        for at in points(row, 1):
            assert close(evalf(ahead, at), evalf(back, at), 1e-13), (row.op, name, at)


def test_a_partial_without_closed_form_is_refused_by_name() -> None:
    lacking: dict[str, list[str]] = {}
    for row in rows():
        for param, partial in zip(row.params, row.d, strict=False):
            if partial is None and param != "condition":
                lacking.setdefault(row.signature, []).append(param)
                with pytest.raises(UnsupportedError, match=re.escape(row.signature)):
                    forward(applied(row), symbol(param))
    assert lacking == {
        "polygamma(n, x)": ["n"],
        "lowergamma(a, x)": ["a"],
        "uppergamma(a, x)": ["a"],
        "gammainc(a, x)": ["a"],
        "gammaincc(a, x)": ["a"],
        "besselj(n, x)": ["n"],
        "bessely(n, x)": ["n"],
        "besseli(n, x)": ["n"],
        "besselk(n, x)": ["n"],
        "ive(n, x)": ["n"],
        "zeta(s)": ["s"],
        "zeta(s, a)": ["s"],
        "polylog(s, z)": ["s"],
        "lambertw(x, k)": ["k"],
    }


def test_the_other_slope_of_a_refused_function_is_there() -> None:
    assert forward(parse("besselj(2, x^2)"), symbol("x")).op == "mul"


# --- closure -----------------------------------------------------------------------


def texts(row: Row) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The row's mathematics, each with the names that may occur in it."""
    names = ("a", "b", "y", "ties") if row.variadic else (*row.params, "y")
    yield from ((text, names) for text in (*row.d, row.pair, row.alone) if text)
    if row.by is not None:
        yield row.by, ("a", "b") if row.variadic else row.params
    for text in (row.on, row.elsewhere, row.asymptote, *row.sides.split(" | ")):
        if text:
            yield text, row.params
    if row.inverse:
        arguments, _, condition = row.inverse.partition(" if ")
        for text in (*arguments.split(" or "), condition or "y"):
            yield text, ("y", "n", *row.params[1:])
    if row.range:
        within = row.range.replace("y in integers", "y == floor(y)")
        yield within, ("a", "y") if row.variadic else (*row.params, "y")


@pytest.mark.parametrize("row", ROWS, ids=OP)
def test_a_row_speaks_of_rows_and_of_its_parameters(row: Row) -> None:
    for text, names in texts(row):
        formula = parsed(text, tuple(names))
        assert formula.free_symbols <= set(names), text
        for node in walk(formula):
            assert node.op in FUNCTIONS or node.op in expr.LEAVES, text


@pytest.mark.parametrize("row", CALLABLE, ids=OP)
def test_a_row_is_whole(row: Row) -> None:
    assert row.doc and not row.doc.endswith(".")
    assert len(row.sample) in (0, len(row.params))
    assert row.variadic or len(row.d) == len(row.params)
    assert row.mpmath is not None or row.by is not None
    assert row.sympy is not None or row.by is not None


def test_every_function_of_the_field_is_there() -> None:
    missing = [name for name in FIELD.split() if not hits(name)]
    assert missing == []


def hits(name: str) -> bool:
    return any(name in (row.name, *row.aliases) for row in FUNCTIONS.values())


FIELD = """
exp expm1 exp2 log log1p log2 log10 sqrt rsqrt cbrt abs sign reciprocal square pow
sin cos tan sec csc cot asin acos atan asec acsc acot sinh cosh tanh sech csch coth
asinh acosh atanh asech acsch acoth atan2 hypot sinc floor ceil round where maximum
minimum clip step logaddexp
erf erfc erfcx erfi erfinv ndtr log_ndtr ndtri lgamma gamma digamma polygamma beta
betaln gammainc gammaincc i0 i0e i1 i1e besselj bessely besseli besselk zeta polylog
Ei Si Ci lambertw elliptic_k elliptic_e elliptic_f elliptic_pi logit xlogy xlog1py entr
rel_entr kl_div logsumexp log1mexp
relu relu6 leaky_relu prelu elu selu celu gelu silu swish mish sigmoid expit logsigmoid
softplus softsign hardtanh hardsigmoid hardswish hardshrink softshrink tanhshrink
threshold glu squareplus swiglu geglu
"""


# --- spellings ---------------------------------------------------------------------


@pytest.mark.parametrize("row", CALLABLE, ids=OP)
def test_aliases_mean_the_same_node(row: Row) -> None:
    shown = ", ".join(row.params)
    shown += "".join(f', {k}="{v}"' for k, v in row.options.items())
    if row.params[0] == "condition":
        shown = "t > 0, a, b"
    for name in (row.name, *row.aliases):
        node = parse(f"{name}({shown})", row.params)
        assert (
            node.op == row.op and node.args[1:] == applied(row).args[1 : len(node.args)]
        )


@pytest.mark.parametrize("row", [row for row in ROWS if row.by is not None], ids=OP)
def test_the_definition_agrees_with_the_other_spellings(row: Row) -> None:
    node = applied(row)
    defined = definition(row)(node.args, node)
    spelled = from_sympy(to_sympy(node))
    for at in points(row):
        known = evalf(defined, at, DIGITS)
        assert close(evalf(node, at, DIGITS), known, 1e-28), (row.op, at)
        assert close(evalf(spelled, at, DIGITS), known, 1e-28), (row.op, at)


@pytest.mark.parametrize("row", [row for row in CALLABLE if row.numpy], ids=OP)
def test_the_numpy_spelling_computes_it(row: Row) -> None:
    agree_compiled(row, "numpy")


@pytest.mark.parametrize("row", [row for row in CALLABLE if row.python], ids=OP)
def test_the_python_spelling_computes_it(row: Row) -> None:
    agree_compiled(row, "python")


def agree_compiled(row: Row, backend: str) -> None:
    node = applied(row)
    names = sorted(node.free_symbols)
    function = compile(node, names, backend=backend)
    own = getattr(row, backend)
    for fallback in ("special(", "elementwise("):
        assert fallback not in function.source or fallback in own, function.source
    for at in points(row):
        found = float(function(*[float(at[n]) for n in names]))
        assert close(found, float(evalf(node, at)), 1e-11), (
            row.op,
            at,
            function.source,
        )


# Values that PyTorch's documentation or definition gives.
VALUES = """
relu(-2) = 0
relu6(7) = 6
leaky_relu(-2) = -0.02
leaky_relu(-2, negative_slope=0.1) = -0.2
prelu(-2, 0.25) = -0.5
elu(-1) = exp(-1) - 1
elu(-1, 2) = 2*exp(-1) - 2
celu(-2, alpha=2) = 2*exp(-1) - 2
selu(2) = 2*1.0507009873554804934193349852946
gelu(1) = 0.84134474606854294858523254563
gelu(1, approximate="tanh") = 0.84119199060827676
silu(1) = 0.73105857863000487925115924182
softplus(0) = log(2)
softplus(1, beta=2) = log(1 + exp(2))/2
softsign(-3) = -3/4
hardtanh(-5) = -1
hardtanh(5, -2, 2) = 2
hardsigmoid(1) = 2/3
hardswish(1) = 2/3
hardshrink(0.5) = 0
hardshrink(0.6) = 0.6
softshrink(2) = 1.5
threshold(0.1, 0.1, 20) = 20
glu(2, 0) = 1
squareplus(0) = 1
sinc(0) = 1
round(2.5) = 2
round(3.5) = 4
round(-0.5) = 0
cbrt(-8) = -2
xlogy(0, 0) = 0
entr(0) = 0
logsumexp(0, 0, 0) = log(3)
logsumexp(5) = 5
max(1, 3, 2) = 3
clip(7, 0, 1) = 1
sign(-7) = -1
step(0) = 0
polygamma(0, 1) = -euler_gamma
zeta(2) = pi^2/6
gamma(5) = 24
beta(2, 3) = 1/12
elliptic_k(0) = pi/2
lambertw(e) = 1
atan2(1, -1) = 3*pi/4
"""


@pytest.mark.parametrize("line", VALUES.strip().splitlines())
def test_values(line: str) -> None:
    call, known = line.rsplit(" = ", 1)
    assert close(evalf(parse(call)), evalf(parse(known)), 1e-14)


# --- domain ------------------------------------------------------------------------

GRID = [Fraction(v) for v in ("-3", "-1", "-1/2", "0", "1/3", "1/2", "1", "2")]
# Rows whose formula goes on, by convention or continuation, beyond the usual domain.
BEYOND = set(
    "atan2 celu beta betaln lowergamma uppergamma gammainc gammaincc hurwitz_zeta "
    "polylog rel_entr kl_div elliptic_pi elliptic_pi_incomplete".split()
)


@pytest.mark.parametrize("row", [row for row in ROWS if row.on], ids=OP)
def test_the_domain_is_where_the_value_is_real(row: Row) -> None:
    node, on = applied(row), parse(row.on, row.params)
    grid = list(itertools.product(GRID, repeat=len(row.params)))
    for values in random.Random(SEED).sample(grid, min(len(grid), 60)):
        at = dict(zip(row.params, values, strict=True))
        inside = evalf(on, at)
        if inside or row.op not in BEYOND:
            assert inside == is_real(node, at), (row.op, at)


def is_real(node: Expr, at: Point) -> bool:
    try:
        return not isinstance(evalf(node, at), mpmath.mpc)
    except CalcmlError:
        return False


@pytest.mark.parametrize("row", [row for row in ROWS if not row.on], ids=OP)
def test_without_a_stated_domain_every_real_point_has_a_value(row: Row) -> None:
    node = applied(row)
    names = sorted(node.free_symbols)
    grid = list(itertools.product(GRID, repeat=len(names)))
    for values in random.Random(SEED).sample(grid, min(len(grid), 30)):
        assert is_real(node, dict(zip(names, values, strict=True))), (row.op, values)


@pytest.mark.parametrize("row", [row for row in ROWS if row.parity], ids=OP)
def test_parity_is_as_stated(row: Row) -> None:
    node, (name,) = applied(row), row.params
    sign = {"odd": -1, "even": 1}[row.parity]
    for at in points(row):
        assert evalf(node, {name: -at[name]}) == sign * evalf(node, at)
    if row.parity == "odd" and is_real(node, {name: Fraction(0)}):
        assert evalf(node, {name: 0}) == 0


@pytest.mark.parametrize("row", [row for row in ROWS if row.at_zero], ids=OP)
def test_the_value_at_0_is_as_stated(row: Row) -> None:
    assert evalf(applied(row), {row.params[0]: 0}) == evalf(parse(row.at_zero))


# --- kinks -------------------------------------------------------------------------

KINK = re.compile(
    r"(?P<places>.*?): (?:(?P<slope>[^:]*) in \[(?P<set>.*)\]|jump, slope 0)"
)
# Rows whose kink is no list of places with slopes; each has a test below.
TOLD = {"cbrt", "acot", "floor", "ceil", "round", "max", "min", "hypot"}
KINKED = [row for row in CALLABLE if row.kink and row.op not in TOLD]


@pytest.mark.parametrize("row", KINKED, ids=OP)
def test_the_slope_at_a_kink_is_the_one_stated(row: Row) -> None:
    node, variable = applied(row), row.params[-1] if row.op == "ive" else row.params[0]
    slope = forward(node, symbol(variable))
    for part in row.kink.split("; "):
        match = KINK.fullmatch(part)
        assert match is not None, part
        for place in match["places"].split(", "):
            for at in points(row):
                for equation in place.split(" and "):
                    name, _, where = equation.partition(" = ")
                    at[name] = exactly(where, at)
                agree_at_kink(slope, at, variable, match["slope"], match["set"])


def exactly(text: str, at: Point) -> Fraction:
    value = evaluate(parse(text, at).subs(at))
    assert value is not None
    return Fraction(value)


def agree_at_kink(
    slope: Expr, at: Point, variable: str, stated: str | None, bounds: str | None
) -> None:
    """The slope is the stated one, of least norm between the slopes on both sides."""
    here = evalf(slope, at)
    if stated is None or bounds is None:
        assert here == 0
        return
    sides = []
    for step in (-1, 1):
        nudged = at | {variable: at[variable] + Fraction(step, 10**14)}
        sides.append(evalf(slope, nudged))
    low, high = (evalf(parse(bound, at), at) for bound in bounds.split(", "))
    assert close(min(sides), low, 1e-12) and close(max(sides), high, 1e-12)
    assert close(here, evalf(parse(stated), at), 1e-14)
    assert close(here, min(max(0, low), high), 1e-14)


@pytest.mark.parametrize("text", ["floor(x)", "ceil(x)", "sign(x)", "step(x)"])
def test_a_jump_has_slope_0(text: str) -> None:
    assert forward(parse(text), symbol("x")) is expr.ZERO


@pytest.mark.parametrize(
    ("text", "at", "known"),
    [
        ("max(x, y)", {"x": 1, "y": 1}, Fraction(1, 2)),
        ("min(x, y)", {"x": 1, "y": 1}, Fraction(1, 2)),
        ("max(x, y, z)", {"x": 1, "y": 1, "z": 1}, Fraction(1, 3)),
        ("max(x, y, z)", {"x": 1, "y": 1, "z": 0}, Fraction(1, 2)),
        ("max(x, 0)", {"x": 0}, 0),
        ("min(x, 0)", {"x": 0}, 0),
        ("max(0, x, -1)", {"x": 0}, 0),
        ("hypot(x, y)", {"x": 0, "y": 0}, 0),
        ("hypot(x, y)", {"x": 0, "y": 2}, 0),
        ("hypot(x, y)", {"x": 3, "y": 4}, Fraction(3, 5)),
    ],
)
def test_ties_are_split_and_least(text: str, at: Point, known: Fraction) -> None:
    assert close(evalf(forward(parse(text), symbol("x")), at), known, 1e-14)


def test_a_vertical_tangent_has_no_slope() -> None:
    slope = forward(parse("cbrt(x)"), symbol("x"))
    with pytest.raises(CalcmlError, match="division by zero"):
        evalf(slope, {"x": 0})


def test_partials_are_one_list_a_row() -> None:
    assert local(parse("sin(x)")) is local(parse("sin(y)"))


# --- what a row says of its values -------------------------------------------------


def filled(text: str, names: tuple[str, ...], values: Point) -> mpmath.mpf:
    """The value of a row's text, over the names of its parameters and its value."""
    return evalf(parse(text, names), values, DIGITS)


@pytest.mark.parametrize("row", [row for row in ROWS if row.inverse], ids=OP)
def test_the_inverse_leads_back(row: Row) -> None:
    """f(u) = y for each argument u that is stated, and one of them is the one given."""
    (name, *others), y = row.params, applied(row)
    arguments, _, condition = row.inverse.partition(" if ")
    inverses = [
        parse(u, ("y", "n")).subs({"y": y, "n": turns})
        for u in arguments.split(" or ")
        for turns in ((-1, 0, 1) if u.endswith("*n") else (0,))
    ]
    for at in points(row):
        known = evalf(y, at, DIGITS)
        here = evalf(symbol(name), at)
        assert any(close(evalf(u, at), here, 1e-13) for u in inverses), at
        for u in inverses:
            back = make(row.op, (u, *map(symbol, others)))
            assert close(evalf(back, at, DIGITS), known, 1e-14), at
        asked = parse(condition or "0 < 1", ("y", *others)).subs({"y": y})
        assert evalf(asked, at)
    if condition and not others:  # elsewhere the function does not have the value
        at = {"y": -3, name: 1}
        assert evalf(parse(condition, ("y",)), at) is False
        assert evalf(parse(row.range, ("y", name)), at) is False


@pytest.mark.parametrize("row", [row for row in ROWS if row.elsewhere], ids=OP)
def test_what_it_is_elsewhere_it_is_here(row: Row) -> None:
    for at in points(row):
        known = evalf(applied(row), at, DIGITS)
        assert close(filled(row.elsewhere, row.params, at), known, 1e-25), at


@pytest.mark.parametrize("row", [row for row in ROWS if row.asymptote], ids=OP)
def test_the_asymptote_comes_nearer(row: Row) -> None:
    """Its error is small beside what it says of the way to the limit."""
    (name,), node = row.params, applied(row)
    with mpmath.workdps(60):
        for place in (8, 16, 32):
            value = evalf(node, {name: place}, 2_000)
            near = evalf(parse(row.asymptote, row.params), {name: place}, 2_000)
            step = evalf(node, {name: 2 * place}, 2_000) - value
            assert abs(near - value) <= abs(step) / place, place


@pytest.mark.parametrize("row", [row for row in ROWS if row.sides], ids=OP)
def test_on_each_side_of_a_kink_it_is_as_stated(row: Row) -> None:
    name, sides = row.params[0], row.sides.split(" | ")
    places = row.kink.partition(":")[0].split(", ")
    assert len(sides) == len(places) + 1
    if row.by is None:
        left, right = (parse(side, row.params) for side in sides)
        assert left is neg(right)
    for at in points(row):
        ends = [exactly(place.partition(" = ")[2], at) for place in places]
        passed = sum(at[name] > end for end in ends)
        for moved, side in ((at[name], passed), *((e, i) for i, e in enumerate(ends))):
            here = at | {name: moved}
            if moved in ends and "jump" in row.kink:
                continue
            known = evalf(applied(row), here, DIGITS)
            assert filled(sides[side], row.params, here) == known, here


@pytest.mark.parametrize("row", [row for row in ROWS if row.picks], ids=OP)
def test_it_picks_an_argument(row: Row) -> None:
    for at in points(row):
        a, b = sorted(at.values())[:2]
        chosen = evalf(make(row.op, (expr.number(a), expr.number(b))))
        other = a if chosen == evalf(expr.number(b)) else b
        value = Fraction(b if other == a else a)
        assert evaluate(make(row.picks, (expr.number(value), expr.number(other))))


@pytest.mark.parametrize("row", [row for row in ROWS if row.rounds], ids=OP)
def test_it_rounds_as_stated(row: Row) -> None:
    known = {"down": "-3 -2 -1 0 1 2", "up": "-2 -1 0 1 2 3", "even": "-2 -2 0 0 2 2"}
    halves = [Fraction(k, 2) for k in (-5, -3, -1, 1, 3, 5)]
    found = [int(evalf(applied(row), {row.params[0]: half})) for half in halves]
    assert found == list(map(int, known[row.rounds].split()))


@pytest.mark.parametrize("row", [row for row in ROWS if row.cut], ids=OP)
def test_it_jumps_across_its_cut(row: Row) -> None:
    place, given = row.cut.split(" and ")
    name, _, where = place.partition(" = ")
    for at in points(row):
        at = {n: -abs(v) for n, v in at.items()}
        assert evalf(parse(given, row.params), at)
        above, below = (
            evalf(applied(row), at | {name: Fraction(where) + side})
            for side in (Fraction(1, 10**12), -Fraction(1, 10**12))
        )
        assert abs(above - below) > 1
