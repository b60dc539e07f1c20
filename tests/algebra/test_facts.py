"""What follows from assumptions, and what does not."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from fractions import Fraction
from timeit import timeit

import mpmath
import pytest

from calcml.algebra.definedness import conditions
from calcml.algebra.facts import (
    Facts,
    Interval,
    facts,
    guard_holds,
    read_condition,
    read_guard,
)
from calcml.algebra.facts.interval import INFINITY
from calcml.algebra.facts.row_facts import conjuncts, known, stated
from calcml.core.errors import (
    CalcmlError,
    DomainError,
    LimitError,
    ParseError,
    UnsupportedError,
)
from calcml.core.exact import evaluate
from calcml.core.expr import CONDITIONS, Expr, make, symbol, walk
from calcml.evaluate.evalf import evalf
from calcml.evaluate.sample import holds
from calcml.functions import FUNCTIONS, Row
from calcml.parsing.parser import parse

SEED = 77
Point = dict[str, Fraction]

# assumptions | condition | what follows: True, False, or None where nothing does
DECIDED = """
                        | 2 > 1                      | True
                        | pi > 3                     | True
                        | e >= pi                    | False
                        | x == x                     | True
                        | x + 1 > x                  | True
                        | x - y == -(y - x)          | True
                        | x > 0                      | None
                        | x^2 >= 0                   | True
                        | x^2 > 0                    | None
                        | x^2 + 1 > 0                | True
                        | x^2 + y^2 >= 0             | True
                        | x^2 + y^2 > 0              | None
                        | x*x + 1 > 0                | True
                        | x^3 > 0                    | None
                        | x^4 + x^2 + 1/10 != 0      | True
                        | exp(x) + 1 > 0             | True
                        | exp(x) > x                 | True
                        | exp(x) > x + 2             | None
                        | exp(-x^2) <= 1             | True
                        | exp(x) > 1                 | None
                        | 1 + exp(-x) > 1            | True
                        | log(1 + exp(x)) > 0        | True
                        | log(x) < x                 | True
                        | log(x) > 0                 | None
                        | log(1/2) < 0               | True
                        | sqrt(x) >= 0               | True
                        | sqrt(1 + x^2) >= 1         | True
                        | sqrt(x) > 0                | None
                        | 1/sqrt(x) > 0              | True
                        | abs(x) >= x                | True
                        | abs(x) + x >= 0            | True
                        | abs(x) > x                 | None
                        | 2 + cos(x) > 0             | True
                        | 1 + cos(x) > 0             | None
                        | cosh(x) - 1 >= 0           | True
                        | sigmoid(x)*(1 - sigmoid(x)) > 0 | True
                        | 1 - tanh(x)^2 > 0          | True
                        | max(x, 0) >= 0             | True
                        | max(x, y) >= x             | True
                        | min(x, y) <= max(x, y)     | True
                        | max(x, 1) > 0              | True
                        | relu(x) >= x               | True
                        | softplus(x) > x            | True
                        | 1/x != 0                   | True
                        | x/x == 1                   | True
                        | where(x > 0, 1, 2) > 0     | True
                        | where(x > 0, x, -x) >= 0   | True
                        | where(x > y, x, y) >= y    | None
                        | where(x > 1, log(x), 0) >= 0 | None
                        | sqrt(2) < 3/2              | True
                        | 5^(1/3) > 1.7              | True
                        | sqrt(5)/2 - 1/2 > 1        | False
                        | 2^x > 0                    | True
                        | x^x > 0                    | None
                        | floor(x) <= x              | True
                        | x - floor(x) < 1           | True
                        | ceil(x) >= floor(x)        | True
                        | x > 0 or x <= 0            | None
                        | I^2 < 0                    | None
                        | f(x)^2 >= 0                | True
                        | f(x) > 0                   | None
x > 0                   | x >= 0                     | True
x > 0                   | x == 0                     | False
x > 0                   | x > 1                      | None
x > 0                   | -x < 0                     | True
x > 0                   | 1/x > 0                    | True
x > 0                   | x^3 + x > 0                | True
x > 0                   | x^a > 0                    | True
x > 0                   | exp(x) > 1                 | True
x > 0                   | sinh(x) > 0                | True
x > 0                   | expm1(x) > 0               | True
x > 0                   | log1p(x) > 0               | True
x > 0                   | sign(x) == 1               | True
x > 0                   | gamma(x) > 0               | True
x > 0                   | where(x > 0, x, -5) > 0    | True
x > 0                   | x > 0 and y > 0            | None
x < 0                   | x > 0 and y > 0            | False
x > 0                   | x > 0 or y > 0             | True
x > 0                   | not x > 0                  | False
x > 0                   | x + y > y                  | True
x > 0                   | x - y > 0                  | None
x > 0, y > 0            | x*y/(x + y) > 0            | True
x > 0, y > 0            | x - y > 0                  | None
x > 0, y < 0            | x - y > 0                  | True
x > 0 and y < 0         | x*y^3 < 0                  | True
x >= 0                  | x > 0                      | None
x >= 0, x != 0          | x > 0                      | True
x > 1                   | log(x) > 0                 | True
x > 1                   | acosh(x) > 0               | True
x > 1                   | 1/x < 1                    | True
x < -2                  | x^2 > 4                    | True
x != 0                  | x^2 > 0                    | True
x != 0                  | x > 0                      | None
x != 0                  | tanh(x) != 0               | True
x != 3                  | 6 - 2*x != 0               | True
x != 3                  | x != 4                     | None
x > y                   | y - x < 0                  | True
x > y                   | 2*x - 2*y > -1             | True
x > y                   | x - y > 1                  | None
x > y                   | x + y > 0                  | None
x > y, y > z            | x > z                      | True
a > b and b > 0         | a > 0                      | True
a > b and b > 0         | a^2 - a*b > 0              | None
a > b and b > 0         | log(a/b) > 0               | None
x + y > 1               | x + y + z^2 > 1            | True
0 < p < 1               | p*(1 - p) > 0              | True
0 < p < 1               | log(p) < 0                 | True
0 < p < 1               | 1/(1 - p) > 1              | True
0 < p < 1               | p^2 < 1                    | True
0 < p < 1               | p > 1/2                    | None
0 < p                   | 1 - p > 0                  | None
p > 0, p < 1, s > 0     | s^2 + (p - 1)^2 > 0        | True
s > 0                   | s^2 + (a - b)^2 > 0        | True
a + b = 1               | a + b - 1 == 0             | True
a + b = 1, a > 0, b > 0 | a < 1                      | True
a + b = 1               | a > 0                      | None
x == 2                  | x^2 == 4                   | True
n in integers           | n == floor(n)              | True
n in integers           | 2*n + 1 == round(2*n + 1)  | True
n in integers           | n/2 == floor(n/2)          | None
n in integers           | x^(2*n) >= 0               | True
n in integers           | x^n >= 0                   | None
n in integers and n > 0 | n >= 1                     | True
n in integers, n != 0   | n > 0                      | None
n in naturals           | n >= 0                     | True
n is positive integer   | n >= 1                     | True
x in reals              | x^2 >= 0                   | True
abs(x) < 1              | x < 1                      | True
abs(x) < 1              | 1 - x^2 > 0                | True
abs(x) < 1              | x > 0                      | None
x^2 < 4                 | x < 2                      | True
x^2 < 4                 | x > -3                     | True
x^2 < 4                 | x > 0                      | None
x^2 > 4                 | x > 0                      | None
0 < x < inf             | x > 0                      | True
x = y, y > 0            | x > 0                      | True
x > y                   | x == y                     | False
1 - x^2 >= 0            | 1 - x >= 0                 | True
x^3 > 0                 | x > 0                      | True
1/x > 0                 | x > 0                      | True
-1/x > 0                | x < 0                      | True
log(x) > 0              | x > 1                      | True
log(x) > 0              | x > 2                      | None
acos(x) > 0             | x < 1                      | True
sigmoid(x) < 1/2        | x < 0                      | True
x*y > 0                 | x*y + 1 > 0                | True
x > 1 or x < -1         | x > 1 or x < -1            | True
x > 1 or x < -1         | x > 0                      | None
cos(x) != 0             | 1/cos(x)^2 > 0             | True
exp(x) > 2              | exp(x) - 1 > 0             | True
"""
CASES = [
    tuple(c.strip() for c in line.split(" | ")) for line in DECIDED[1:-1].split("\n")
]


@pytest.mark.parametrize(("given", "condition", "follows"), CASES)
def test_what_follows(given: str, condition: str, follows: str) -> None:
    assert str(facts(given).decide(parse(condition))) == follows


@pytest.mark.parametrize(
    ("given", "text", "low", "high"),
    [
        ("", "3/2", Fraction(3, 2), Fraction(3, 2)),
        ("", "x", -INFINITY, INFINITY),
        ("x >= 1, x < 4", "2*x - 1", 1, 7),
        ("x >= 1, x < 4", "sqrt(x)", 1, 2),
        ("-2 <= x <= 3", "x^2", 0, 9),
        ("-2 <= x <= 3", "abs(x)", 0, 3),
        ("-2 <= x <= 3", "x*y - x*y", 0, 0),
        ("0 < x < 1/2", "floor(x) + ceil(x)", 1, 1),
        ("", "3*sin(x)", -3, 3),
        ("", "clip(x, 0, 1)", 0, 1),
        ("", "hardsigmoid(x)", 0, 1),
        ("x > 0", "exp(-x)", 0, 1),
        ("x = 2", "x^-3", Fraction(1, 8), Fraction(1, 8)),
    ],
)
def test_intervals(given: str, text: str, low: object, high: object) -> None:
    found = facts(given).interval(parse(text))
    assert (found.low, found.high) == (low, high)


def test_open_and_closed_ends() -> None:
    found = facts("x >= 1, x < 4").interval(parse("x"))
    assert found == Interval(1, 4, False, True)


def test_signs_and_integers() -> None:
    given = facts(["x > 0", "n in integers", "m in naturals"])
    assert given.positive(parse("x")) and not given.positive(parse("n"))
    assert given.negative(parse("-x")) and given.nonpositive(parse("-x"))
    assert given.nonnegative(parse("m")) and given.nonzero(parse("1/n"))
    for text in ("n", "2*n - m", "n*m", "n^m", "n^2", "floor(x)", "abs(n)", "7"):
        assert given.integer(parse(text)), text
    for text in ("x", "n/2", "n^n", "2*x", "1/2", "pi", "n*x"):
        assert not given.integer(parse(text)), text


def test_equations() -> None:
    names = ["y_10", "y_2", "y_1", "p"]
    given = facts("sum(y) = 1, p == 2", names)
    assert given.equations == (parse("y_1 + y_2 + y_10 - 1"), parse("p - 2"))
    assert given.decide(parse("y_2 + y_1 + y_10 == 1")) is True
    simplex = facts(["sum(y) = 1", "y_1 > 0", "y_2 > 0", "y_10 > 0"], names)
    assert simplex.decide(parse("y_1 < 1")) is True


def test_conditions_may_be_expressions() -> None:
    x = symbol("x")
    assert facts(x > 0) == facts([x > 0]) == facts("x > 0")
    assert hash(facts(x > 0)) == hash(facts("x > 0"))
    assert facts(()) == facts("") == Facts()


def test_names_of_constants_are_variables_where_that_is_said() -> None:
    assert facts("e < 0", ["e"]).negative(symbol("e"))


@pytest.mark.parametrize(
    ("given", "kind", "place", "message"),
    [
        ("p > 1, p < 0", DomainError, "p < 0", "contradicts"),
        ("x > y and y > z and z > x", DomainError, "z > x", "contradict"),
        ("x^2 < 0", DomainError, "x^2 < 0", "no value"),
        ("n in integers, 0 < n < 1", DomainError, "0 < n < 1", "contradicts"),
        ("1 > 2", DomainError, "1 > 2", "never holds"),
        ("x > 0, x = 0", DomainError, "x = 0", "contradicts"),
        ("x > 0, y", ParseError, "y", "an assumption should stand here"),
        ("x > 0, y >", ParseError, " ", "after '>'"),
        ("x > 0, n in primes", ParseError, "n in primes", "positive integers"),
        ("a = b = c", ParseError, "a = b = c", "one ="),
        ("x > 0, log(x, 2) > 1", ParseError, "log(x, 2)", "1 argument"),
        ("sum(y) = 1", UnsupportedError, "sum(y)", "write the sum out"),
        ("x > 0, A symmetric", UnsupportedError, "A symmetric", "arrays"),
        ("x > 0, sigmod(x) > 0", UnsupportedError, "sigmod(x)", "sigmoid"),
    ],
)
def test_errors_point(
    given: str, kind: type[CalcmlError], place: str, message: str
) -> None:
    with pytest.raises(kind, match=message) as caught:
        facts(given)
    error = caught.value
    assert error.text == given
    assert error.span is not None
    assert (given + " ")[slice(*error.span)] == place


def test_too_many_assumptions_are_refused() -> None:
    with pytest.raises(LimitError, match="1,000"):
        facts([f"x_{i} > 0" for i in range(1_001)])


def test_a_long_chain_of_assumptions_costs_seconds_at_most() -> None:
    given = facts([f"x_{i} > x_{i + 1}" for i in range(100)])
    assert given.decide(parse("x_3 > x_6")) is True


def test_a_condition_is_asked_for() -> None:
    with pytest.raises(UnsupportedError, match="no condition"):
        Facts().decide(parse("x + 1"))


def test_facts_where_defined() -> None:
    root = parse("log(x) + sqrt(1 - y) + atanh(z) + 1/w + u^v")
    given = Facts().and_where_defined(conditions(root))
    for text in ("x > 0", "y <= 1", "-1 < z < 1", "w != 0"):
        assert given.decide(parse(text)) is True, text
    assert given.decide(parse("u > 0")) is None
    assert facts("x > 0").and_where_defined(conditions(parse("log(x)"))) == facts(
        "x > 0"
    )
    impossible = facts("x < 0").and_where_defined(conditions(parse("log(x)")))
    assert impossible == facts("x < 0")


# --- guards ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("guard", "given", "a", "n", "holds"),
    [
        ("", "", "x", "y", True),
        ("real", "", "x", "y", True),
        ("a > 0", "", "exp(x)", "y", True),
        ("a > 0", "", "x", "y", False),
        ("a > 0", "x > 0", "x", "y", True),
        ("real and a > 0", "x > 0", "x", "y", True),
        ("n in integers", "", "x", "3", True),
        ("n in integers", "", "x", "1/2", False),
        ("n in integers", "m in integers", "x", "2*m", True),
        ("a > 0 or n in integers", "", "x", "3", True),
        ("a >= 0 and n > 0", "", "x^2", "3", True),
        ("a != 0", "n != 0", "x", "y", False),
        ("c > 0", "c > 0", "x", "y", False),
    ],
)
def test_guards(guard: str, given: str, a: str, n: str, holds: bool) -> None:
    bound = {"a": parse(a), "n": parse(n)}
    assert guard_holds(read_guard(guard), bound, facts(given)) is holds


def test_a_guard_may_ask_nothing() -> None:
    assert guard_holds(read_guard(""), {}, Facts())
    assert read_guard("real").real and not read_guard("a > 0").real


# --- soundness ---------------------------------------------------------------------

GIVEN = [
    "",
    "x > 0",
    "x > 0, y < 0",
    "0 < x < 1, 0 < y < 1",
    "x > y",
    "x > y and y > z, z > 0",
    "x != 0, y >= 1",
    "abs(x) < 1",
    "n in integers",
    "n in naturals, n != 0, x < 0",
    "x + y = 1, x > 0",
    "x*y > 1, x^2 < 9",
    "x^3 < 0, 1/y > 0",
    "log(x) >= 0, sqrt(y) < 1",
]
NUMBERS = [Fraction(k, d) for k in range(-9, 10) for d in (1, 2, 3)] + [
    Fraction(1, 1000),
    Fraction(-60),
    Fraction(25),
]
NAMES = "xyzn"
OPS = [row.op for row in FUNCTIONS.values() if row.d or row.op == "where"]
ARITHMETIC = "add sub mul div neg pow abs max min where exp log sqrt".split()
SLOW = {"zeta", "hurwitz_zeta", "polylog", "elliptic_pi", "elliptic_pi_incomplete"}


def random_expression(rng: random.Random, size: int) -> Expr:
    """A random expression, most of it arithmetic."""
    pool = [symbol(name) for name in NAMES]
    pool += [parse(str(rng.choice(NUMBERS))) for _ in range(2)]
    for _ in range(size):
        op = rng.choice(ARITHMETIC if rng.random() < 0.7 else OPS)
        if op in SLOW:
            continue
        row = FUNCTIONS[op]
        count = rng.randint(1, 3) if row.variadic else len(row.params)
        args = [rng.choice(pool[-7:]) for _ in range(count)]
        if op == "where":
            args[0] = make(rng.choice(["lt", "ge", "eq"]), tuple(args[1:]))
        if op == "pow" and rng.random() < 0.7:
            args[1] = parse(rng.choice(["2", "3", "1/2", "-1", "-2", "2*n", "n"]))
        pool.append(make(op, tuple(args)))
    return pool[-1]


def points_of(rng: random.Random, given: Facts) -> Iterator[Point]:
    """Random points that fulfil the assumptions."""
    solve = parse("x + y - 1") in given.equations
    for _ in range(60):
        point = {name: rng.choice(NUMBERS) for name in NAMES}
        if given.integer(symbol("n")):
            point["n"] = Fraction(rng.randint(-5, 6))
        if solve:
            point["y"] = 1 - point["x"]
        if all(holds(c, point) for c in given.conditions):
            yield point


def value_at(root: Expr, point: Point) -> mpmath.mpf | None:
    """The value where all parts are defined and real, else None."""
    if not all(holds(c, point) for c in conditions(root)):
        return None
    try:
        value = evalf(root, point, 40)
    except CalcmlError:
        return None
    return value if mpmath.isfinite(value) and not mpmath.im(value) else None


def lies_in(value: mpmath.mpf, interval: Interval) -> bool:
    """Whether a value lies in an interval, up to the last digits."""
    with mpmath.workdps(45):
        slack = mpmath.mpf(10) ** -35 * (1 + abs(value))
        low, high = [
            mpmath.mpf(end)
            if isinstance(end, float)
            else mpmath.mpf(end.numerator) / end.denominator
            for end in interval[:2]
        ]
        inside = low - slack <= value <= high + slack
        return bool(inside and (not interval.whole or value == int(value)))


@pytest.mark.slow
@pytest.mark.parametrize("turn", range(10))
@pytest.mark.parametrize("given", GIVEN)
def test_values_lie_in_the_intervals(given: str, turn: int) -> None:
    rng = random.Random(f"{SEED} {given} {turn}")
    given_facts = facts(given)
    inside = list(itertools.islice(points_of(rng, given_facts), 6))
    for _ in range(8):
        root = random_expression(rng, 6)
        interval = given_facts.interval(root)
        others = [node for node in walk(root) if node.op not in CONDITIONS]
        sides = root, rng.choice([parse("1/2"), *others])
        op = rng.choice(["lt", "le", "gt", "eq"])
        decided = given_facts.decide(make(op, sides))
        for point in inside:
            value = value_at(root, point)
            if value is None:
                continue
            assert lies_in(value, interval), (SEED, given, root, point, value, interval)
            exact = evaluate(root.subs(point))
            assert exact is None or not interval.without_zero or exact != 0
            truth = truth_at(op, sides, point)
            assert None in (truth, decided) or truth is decided, (
                SEED,
                given,
                op,
                sides,
                point,
                decided,
            )


def truth_at(op: str, sides: tuple[Expr, Expr], point: Point) -> bool | None:
    """The truth of a comparison by many digits; None where they do not tell."""
    exact = evaluate(make(op, tuple(side.subs(point) for side in sides)))
    if exact is not None:
        return bool(exact)
    with mpmath.workdps(220):
        try:
            a, b = (evalf(side, point, 200) for side in sides)
        except CalcmlError:
            return None
        if abs(a - b) <= mpmath.mpf(10) ** -150 * (1 + abs(a)):
            return None
        return bool({"lt": a < b, "le": a < b, "gt": a > b, "eq": False}[op])


# --- rows --------------------------------------------------------------------------

RANGED = [r for r in FUNCTIONS.values() if r.range or r.monotone]
EDGES = [Fraction(v) for v in "-5 -3 -1 -1/2 0 1/1000 1/3 1/2 1 3/2 2 4 5".split()]


def arguments(row: Row) -> Iterator[tuple[Expr, Point]]:
    """Calls of a row at edges and seeded points, each with its point."""
    names = ["a", "b", "c"] if row.variadic else list(row.params)
    node = make(row.op, tuple(symbol(name) for name in names))
    rng = random.Random(f"{SEED} {row.op}")
    for turn in range(60):
        point = {name: rng.choice(EDGES) for name in names}
        if turn % 2 and row.sample:
            for name, (low, high) in zip(names, row.sample, strict=True):
                share = Fraction(rng.randrange(0, 1001), 1000)
                low, high = Fraction(str(low)), Fraction(str(high))
                point[name] = low + (high - low) * share
        yield node, point


@pytest.mark.parametrize("row", RANGED, ids=lambda row: row.op)
def test_the_range_of_a_row_holds(row: Row) -> None:
    tested = 0
    for node, point in arguments(row):
        value = value_at(node, point)
        if value is None:
            continue
        tested += 1
        facts_of_row = known(row)
        assert lies_in(value, facts_of_row.values), (SEED, point, value)
        for condition in conjuncts(row.range):
            for text in stated(row, condition, node):
                assert holds(text, point), (SEED, point, text, value)
    assert tested >= 5


@pytest.mark.parametrize(
    "row", [r for r in RANGED if r.monotone], ids=lambda row: row.op
)
def test_a_monotone_row_grows_or_falls(row: Row) -> None:
    found = {}
    for node, point in arguments(row):
        value = value_at(node, point)
        if value is not None:
            found[point[row.params[0]]] = value
    values = [found[x] for x in sorted(found)]
    rising = known(row).rising
    assert len(values) >= 4
    assert all((b - a) * rising > 0 for a, b in itertools.pairwise(values)), SEED
    for x, y in known(row).points:
        at = make(row.op, (parse(str(x)),))
        assert abs(evalf(at, {}, 30) - mpmath.mpf(y.numerator) / y.denominator) < 1e-25


def test_constants_lie_between_their_digits() -> None:
    for name in ("pi", "e", "euler_gamma"):
        assert lies_in(evalf(parse(name), {}, 40), Facts().interval(parse(name)))


# --- cost --------------------------------------------------------------------------


def test_empty_facts_cost_next_to_nothing() -> None:
    x = symbol("x")
    assert timeit(lambda: Facts(), number=1_000) < 0.02
    given = Facts()
    given.positive(x)
    assert timeit(lambda: given.positive(x), number=1_000) < 0.02


def test_deep_and_long_formulas_cost_no_stack() -> None:
    deep = wide = symbol("x")
    for i in range(20_000):
        deep = make("tanh", (deep,))
        wide = make("add", (wide, symbol(f"x_{i}")))
    assert facts("x > 0").positive(deep)
    assert facts("x > 0").interval(wide) == Interval()


def test_long_numbers_are_rounded_outward() -> None:
    given = facts("x > 3, y > 0")
    assert given.decide(parse("x^5000 > 1")) is True
    assert given.decide(parse("x^-5000 > 0")) is True
    assert given.decide(parse("(x^700)^(1/3) > 10")) in (True, None)


def test_range_text_may_state_integers() -> None:
    assert read_condition("y in integers and y > 0") is parse("y == floor(y) and y > 0")
