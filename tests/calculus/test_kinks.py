"""Where functions are not smooth, and what they do there."""

from __future__ import annotations

import json
import random
from fractions import Fraction

import pytest

from calcml import domain
from calcml.algebra.simplify import simplify
from calcml.calculus.expansions.coefficients import Ring, UndecidedError, UndefinedError
from calcml.calculus.expansions.local import Local
from calcml.calculus.kinks import Kink, kinks
from calcml.calculus.kinks.frameworks import Floats, answers
from calcml.calculus.kinks.nearby import Nearby, Solver
from calcml.calculus.zeros.constants import near, shortened
from calcml.core.errors import CalcmlError, UnsupportedError
from calcml.core.expr import ZERO, Expr, number, symbol
from calcml.core.mathml import mathml
from calcml.evaluate.sample import inside
from calcml.functions.frameworks import MEASURED, Measured
from calcml.parsing.parser import parse
from calcml.printing import text

X = symbol("x")


def told(kink: Kink) -> str:
    """A kink in one line: place, kind, value; slopes; set; slope taken."""
    parts = [kink.value, kink.left, kink.right, kink.slope]
    value, left, right, slope = ["-" if e is None else text(e) for e in parts]
    line = f"{kink.where}: {kink.kind} {value}; {left}, {right}"
    if kink.subgradients:
        line += f"; {kink.set_name} {kink.subgradients}"
    return f"{line}; {slope}"


# One variable: value; slopes on the left and on the right; set; slope taken.
SINGLE = [
    ("relu(x)", "x = 0: corner 0; 0, 1; subdifferential [0, 1]; 0"),
    ("abs(x)", "x = 0: corner 0; -1, 1; subdifferential [-1, 1]; 0"),
    ("max(x, -x)", "x = 0: corner 0; -1, 1; subdifferential [-1, 1]; 0"),
    ("x*sign(x)", "x = 0: corner 0; -1, 1; subdifferential [-1, 1]; 0"),
    ("sqrt(x^2)", "x = 0: corner 0; -1, 1; subdifferential [-1, 1]; 0"),
    ("-abs(x)", "x = 0: corner 0; 1, -1; Clarke [-1, 1]; 0"),
    ("abs(relu(x))", "x = 0: corner 0; 0, 1; subdifferential [0, 1]; 0"),
    ("relu(relu(x) - 1)", "x = 1: corner 0; 0, 1; subdifferential [0, 1]; 0"),
    ("abs(x - 1) + x - 1", "x = 1: corner 0; 0, 2; subdifferential [0, 2]; 0"),
    ("max(x, 0, 1 - x)", "x = 1/2: corner 1/2; -1, 1; subdifferential [-1, 1]; 0"),
    ("sin(abs(x))", "x = 0: corner 0; -1, 1; Clarke [-1, 1]; 0"),
    ("exp(-abs(x))", "x = 0: corner 1; 1, -1; Clarke [-1, 1]; 0"),
    ("leaky_relu(x)", "x = 0: corner 0; 0.01, 1; subdifferential [0.01, 1]; 0.01"),
    ("where(x < 0, 0, x)", "x = 0: corner 0; 0, 1; subdifferential [0, 1]; 0"),
    ("sqrt(abs(x))", "x = 0: vertical tangent 0; -inf, inf; -"),
    ("abs(x)^(2/3)", "x = 0: vertical tangent 0; -inf, inf; -"),
    ("cbrt(x)", "x = 0: vertical tangent 0; inf, inf; -"),
    ("sign(x)", "x = 0: jump 0; 0, 0; 0"),
    ("step(x - 1)", "x = 1: jump 0; 0, 0; 0"),
    ("x/abs(x)", "x = 0: jump -; 0, 0; 0"),
    ("atan(1/x)", "x = 0: jump -; -1, -1; -1"),
    ("where(x == 0, 1, 0)", "x = 0: jump 1; 0, 0; 0"),
    ("atan2(x, -1)", "x = 0: jump pi; -1, -1; -1"),
    ("sin(x)/x", "x = 0: hole -; 0, 0; -"),
    ("(x^2 - 1)/(x - 1)", "x = 1: hole -; 1, 1; 1"),
    ("1/x", "x = 0: pole -; -inf, -inf; -"),
    ("1/x^2", "x = 0: pole -; inf, -inf; -"),
    ("log(abs(x))", "x = 0: pole -; -inf, inf; -"),
    ("exp(-1/x)", "x = 0: pole -; inf, 0; -"),
    ("where(x > 0, log(x), 0)", "x = 0: pole 0; 0, inf; 0"),
    ("sqrt(x)", "x = 0: edge 0; -, inf; -"),
    ("x*sqrt(x)", "x = 0: edge 0; -, 0; 0"),
    ("log(x)", "x = 0: edge -; -, inf; -"),
    ("x*log(x)", "x = 0: edge -; -, -inf; -"),
    ("x^x", "x = 0: edge 1; -, -inf; -"),
    ("acosh(x)", "x = 1: edge 0; -, inf; -"),
    ("Ei(x)", "x = 0: pole -; -inf, inf; -"),
    ("Ci(x)", "x = 0: edge -; -, inf; -"),
    ("lgamma(x)", "x = n, n in integers, n <= 0: pole -; inf, -inf; -"),
]


@pytest.mark.parametrize(("f", "line"), SINGLE, ids=str)
def test_one_kink(f: str, line: str) -> None:
    found = kinks(f, "x")
    assert [told(k) for k in found] == [line]
    assert found.complete


@pytest.mark.parametrize(
    ("f", "lines"),
    [
        (
            "clip(x, 0, 1)",
            [
                "x = 0: corner 0; 0, 1; subdifferential [0, 1]; 0",
                "x = 1: corner 1; 1, 0; Clarke [0, 1]; 0",
            ],
        ),
        (
            "where(x < 0, 0, where(x < 1, x, where(x < 2, 1, x^2)))",
            [
                "x = 0: corner 0; 0, 1; subdifferential [0, 1]; 0",
                "x = 1: corner 1; 1, 0; Clarke [0, 1]; 0",
                "x = 2: jump 4; 0, 4; 4",
            ],
        ),
        (
            "hardshrink(x)",
            ["x = -0.5: jump 0; 1, 0; 0", "x = 0.5: jump 0; 0, 1; 0"],
        ),
        (
            "asin(x)",
            ["x = -1: edge -pi/2; -, inf; -", "x = 1: edge pi/2; inf, -; -"],
        ),
        (
            "abs(x^2 - 2)",
            [
                "x = -sqrt(2): corner 0; -2*sqrt(2), 2*sqrt(2); "
                "Clarke [-2*sqrt(2), 2*sqrt(2)]; 0",
                "x = sqrt(2): corner 0; -2*sqrt(2), 2*sqrt(2); "
                "Clarke [-2*sqrt(2), 2*sqrt(2)]; 0",
            ],
        ),
    ],
    ids=str,
)
def test_several_kinks(f: str, lines: list[str]) -> None:
    assert [told(k) for k in kinks(f, "x")] == lines


FAMILIES = [
    ("floor(2*x)", ["x = n/2, n in integers: jump n; 0, 0; 0"]),
    ("x - floor(x)", ["x = n, n in integers: jump 0; 1, 1; 1"]),
    (
        "round(x)",
        [
            "x = n - 1/2, n even: jump n; 0, 0; 0",
            "x = n - 1/2, n odd: jump n - 1; 0, 0; 0",
        ],
    ),
    (
        "x*floor(x)",
        [
            "x = 0: corner 0; -1, 0; subdifferential [-1, 0]; 0",
            "x = n, n in integers, n != 0: jump n^2; n - 1, n; n",
        ],
    ),
    ("abs(sin(x))", ["x = pi*n, n in integers: corner 0; -1, 1; Clarke [-1, 1]; 0"]),
    ("tan(x)", ["x = pi*n + pi/2, n in integers: pole -; inf, inf; -"]),
    (
        "1/sin(x)",
        [
            "x = pi*n, n even: pole -; -inf, -inf; -",
            "x = pi*n, n odd: pole -; inf, inf; -",
        ],
    ),
    ("digamma(x)", ["x = n, n in integers, n <= 0: pole -; inf, inf; -"]),
]  # fmt: skip


@pytest.mark.parametrize(("f", "lines"), FAMILIES, ids=str)
def test_families(f: str, lines: list[str]) -> None:
    found = kinks(f, "x")
    assert [told(k) for k in found] == lines
    assert all(k.at is None for k in found if "n" in k.where)


SMOOTH = """
x | x*relu(x) | relu(x)^2 | abs(x)^3 | abs(x)*sin(x) | relu(x) - relu(-x) | sigmoid(x)
softplus(x) | gelu(x) | where(x >= 0, x^2, 0) | where(x <= 1, x^2, 2*x - 1) | celu(x)
cos(abs(x)) | sinc(x) | where(x == 0, 1, sin(x)/x) | sqrt(x^2 + 1) | softsign(x) | 2^x
where(x > 0, exp(-1/x), 0) | erf(x) | abs(x^2 + 1) | max(x^2, -x^2) | log(1 + exp(x))
"""


@pytest.mark.parametrize("f", SMOOTH.replace("\n", " | ").strip(" |").split(" | "))
def test_no_false_alarms(f: str) -> None:
    assert str(kinks(f, "x")) == "smooth everywhere"


BOTH = "corner 0; -1, 1; subdifferential [-1, 1]; 0"
SURFACES = [
    ("relu(w*x + b)", "x", "w*x + b = 0: corner 0; 0, w; subdifferential from 0 to w; 0"),
    ("relu(w*x + b)", "w", "w*x + b = 0: corner 0; 0, x; subdifferential from 0 to x; 0"),
    ("max(x, y)", "x", "x = y: corner y; 0, 1; subdifferential [0, 1]; 1/2"),
    ("x*relu(w*x + b)", "x", "w*x + b = 0: corner 0; 0, -b; Clarke from 0 to -b; 0"),
    ("log(w*x + b)", "x", "w*x + b = 0: edge -; -, inf*sign(w); -"),
    ("1/(x - y)", "x", "x = y: pole -; -inf, -inf; -"),
    ("floor(x*y)", "x", "x*y = n, n in integers: jump n; 0, 0; 0"),
    ("elu(x, a)", "x", "x = 0: corner 0; a, 1; Clarke from a to 1; a"),
    ("hypot(x, y)", "x", f"x = 0 and y = 0: {BOTH}"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "x", "line"), SURFACES, ids=str)
def test_surfaces(f: str, x: str, line: str) -> None:
    (kink,) = kinks(f, x)
    assert told(kink) == line


def test_surfaces_name_their_sides_and_conditions() -> None:
    (kink,) = kinks("relu(w*x + b)", "x")
    assert (kink.where_left, kink.where_right) == ("w*x + b < 0", "w*x + b > 0")
    assert kink.at is None
    first, second = kinks("max(a, b, c)", "a")
    assert (first.where, str(first.condition)) == ("a = b", "b >= c")
    assert (second.where, str(second.condition)) == ("a = c", "c >= b")
    assert not kinks("(w*x + b)*relu(w*x + b)", "x")


def test_what_is_given_restricts() -> None:
    assert not kinks("abs(x)", "x", given="x > 0")
    assert not kinks("sqrt(x^2 + b)", "x", given="b > 0")  # x = 0 and b = 0
    assert len(kinks("abs(x) + abs(x - 1)", "x", given="x > 1/2")) == 1
    low, high = kinks("clip(x, a, b)", "x", given="a < b")
    assert [str(e) for e in (low.left, low.right, high.left, high.right)] == list(
        "0110"
    )


@pytest.mark.parametrize(
    ("f", "lines"),
    [
        ("atan2(x, y)", ["x = 0: jump if y < 0"]),
        ("relu(max(x, y))", ["x = 0: corner if y < 0", "x = y: corner if y > 0"]),
        (
            "softshrink(x, l)",
            [
                "x = -l: corner if -2*l < 0",
                "x = l: corner if 2*l > 0",
                "x = l: jump if 2*l < 0",
            ],
        ),
    ],
    ids=str,
)
def test_kinks_that_are_there_for_some_values(f: str, lines: list[str]) -> None:
    found = kinks(f, "x")
    assert [f"{k.where}: {k.kind} if {k.condition}" for k in found] == lines


@pytest.mark.parametrize("f", ["x*sin(1/x)", "sin(1/x)"])
def test_what_is_not_decided_is_said(f: str) -> None:
    (kink,) = kinks(f, "x")
    assert kink.kind == "singular"
    assert kink.note.startswith("not decided")
    assert kink.left is kink.right is kink.low is None


def test_an_edge_may_be_known_and_no_more() -> None:
    low, _ = kinks("erfinv(x)", "x")
    assert low.kind == "edge"
    assert low.note


def test_roots_that_are_no_expressions() -> None:
    (kink,) = kinks("abs(x^5 - x - 1)", "x")
    assert kink.approximate
    assert kink.where == "x = 1.16730397826141868426"
    assert str(kink.right) == "8.28337441927251437426"


def test_imaginary_parts_are_refused() -> None:
    with pytest.raises(UnsupportedError):
        kinks("abs(x + I)", "x")


def test_unsolved_switches_are_named() -> None:
    found = kinks("relu(f(x))", "x")
    assert not found.complete
    assert [k.where for k in found] == ["f(x) = 0"]


SET = "subdifferential all"
ARRAYS = [
    ("relu(x)", "x[i] = 0: corner 0; 0, 1; subdifferential [0, 1]; 0"),
    ("norm1(x)", "x[i] = 0: corner -; -1, 1; subdifferential [-1, 1]; 0"),
    ("sum(abs(x - y))", "x[i] = y[i]: corner -; -1, 1; subdifferential [-1, 1]; 0"),
    ("norm2(x)", "x = 0: corner 0; -, -; subdifferential all g with norm2(g) <= 1; 0"),
    ("norm2(A @ x)", f"A @ x = 0: corner 0; -, -; {SET} A.T @ g with norm2(g) <= 1; 0"),
    ("relu(A @ x)", "(A @ x)[i] = 0: corner 0; 0, 1; subdifferential [0, 1]; 0"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "line"), ARRAYS, ids=str)
def test_arrays(f: str, line: str) -> None:
    shapes = {"x": "n", "y": "n", "A": "m n"}
    (kink,) = kinks(f, "x", shapes=shapes)
    assert told(kink) == line


@pytest.mark.parametrize("f", ["norm2(x)^2", "sum(exp(x))", "x*relu(x)", "softmax(x)"])
def test_smooth_arrays(f: str) -> None:
    assert not kinks(f, "x", shapes={"x": "n"})


def test_reports() -> None:
    found = kinks("relu(x)", "x")
    assert str(found).splitlines()[0] == "x = 0: corner"
    assert found.markdown().splitlines()[2].startswith("| x = 0 | corner | 0 |")
    assert f"<td>x = {mathml('0', alone=False)}</td>" in found._repr_html_()
    assert r"\text{corner}" in found.latex()
    row = json.loads(json.dumps(found.as_dict()))["kinks"][0]
    assert row["subgradients"] == "[0, 1]"
    assert row["set"] == "subdifferential"
    nothing = kinks("x", "x")
    assert nothing.markdown() == "smooth everywhere"
    assert not nothing
    assert len(nothing) == 0


def test_the_same_input_reads_the_same() -> None:
    assert str(kinks("abs(x)*abs(x - 1)/x", "x")) == str(
        kinks("abs(x)*abs(x - 1)/x", "x")
    )


def test_frameworks_beside() -> None:
    (kink,) = kinks("abs(x)", "x")
    assert kink.frameworks == {
        "JAX": "1",
        "PyTorch": "0",
        "CasADi": "0",
        "PyTensor": "0",
        "SymPy": "0",
    }
    (folded,) = kinks("3*abs(x - 2)", "x")
    assert folded.frameworks["JAX"] == "3"
    assert folded.frameworks["PyTorch"] == "0"


SCALAR = [r for r in MEASURED if list(r.at) == ["x"] and "[" not in r.at["x"]]


@pytest.mark.parametrize("row", SCALAR, ids=lambda row: str(row.formula))
def test_local_slopes_foretell_measured_formulas(row: Measured) -> None:
    """None where that is not sure: some rewrite a formula before they derive it."""
    formula, at = parse(row.formula), shortened(parse(row.at["x"]))
    measured = {name: slope for name, (slope,) in row.slopes.items()}
    assert answers(formula, X, at) == measured
    for name, slope in measured.items():
        foretold = Floats(formula, X, at).slope(name)
        if foretold is not None and slope is not None:
            assert as_float(foretold) == pytest.approx(as_float(slope), nan_ok=True)


def as_float(slope: str) -> float:
    """A slope as a float, infinities and nan included."""
    return (
        float(slope) if slope.lstrip("-") in ("nan", "inf") else float(Fraction(slope))
    )


@pytest.mark.parametrize(
    ("f", "terms"),
    [
        ("abs(x)", {(1, 0): "1"}),
        ("x*log(x)", {(1, 1): "1"}),
        ("sin(x)/x", {(0, 0): "1", (2, 0): "-1/6"}),
        ("sqrt(x^3 + x)", {(Fraction(1, 2), 0): "1", (Fraction(5, 2), 0): "1/2"}),
        ("tan(pi/2 - x)", {(-1, 0): "1", (1, 0): "-1/3"}),
        ("exp(-1/x)", {}),
        ("floor(x) + 1", {(0, 0): "1"}),
    ],
    ids=str,
)
def test_expansions(f: str, terms: dict[tuple[Fraction, int], str]) -> None:
    found = Local(X, Fraction(0), Fraction(1), Ring(), 4).series(parse(f))
    assert {k: str(v) for k, v in found.terms.items()} == terms


@pytest.mark.parametrize(
    ("f", "error"),
    [
        ("sqrt(-x)", UndefinedError),
        ("log(-x)", UndefinedError),
        ("exp(sin(1/x))", UndecidedError),
    ],
)
def test_sides_without_an_expansion(f: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        Local(X, Fraction(0), Fraction(1), Ring()).series(parse(f))


PARTS = ["relu({})", "abs({})", "max({}, {})", "({})*({})", "({}) - ({})", "sign({})"]
PARTS += ["where({} > {}, {}, {})", "sqrt({})", "exp({})", "1/({})", "clip({}, 0, 1)"]
LEAVES = ["x", "x", "x - 1", "2*x + 1", "x^2", "-x", "1"]


def leaf(rng: random.Random) -> str:
    """A part without parts."""
    return rng.choice(LEAVES)


def drawn(rng: random.Random, depth: int) -> str:
    """A random formula of one variable."""
    part = rng.choice(PARTS)
    inner = [
        drawn(rng, depth - 1) if depth > 1 and rng.random() < 0.5 else leaf(rng)
        for _ in range(part.count("{}"))
    ]
    return part.format(*inner)


def value(root: Expr, at: Fraction) -> float | None:
    """The value of a formula, None outside its domain."""
    if not inside(root, {"x": at}):
        return None
    return float(root.evalf({"x": at}, 25))


@pytest.mark.parametrize("seed", range(25))
def test_sides_agree_with_values_near_the_place(seed: int) -> None:
    try:
        root = parse(drawn(random.Random(seed), 2))
    except CalcmlError:  # it has no value anywhere
        return
    h = Fraction(1, 10**9)
    for kink in kinks(root, "x"):
        if kink.at is None or kink.note:
            continue
        place = near(kink.at)
        assert place is not None
        for side, limit, slope in (
            (-1, kink.left_value, kink.left),
            (1, kink.right_value, kink.right),
        ):
            first, second = [value(root, place + side * k * h) for k in (1, 2)]
            assert (first is None) is (limit is None)
            if first is None or second is None or limit is None or "inf" in str(limit):
                continue
            assert first == pytest.approx(float(limit.evalf()), abs=1e-3)
            if slope is not None and "inf" not in str(slope):
                found = (second - first) / float(side * h)
                assert found == pytest.approx(float(slope.evalf()), rel=1e-3, abs=1e-3)


def test_families_state_their_limits() -> None:
    assert [k.where for k in kinks("floor(min(x, 1))", "x")] == [
        "x = n, n in integers, 1 >= n"
    ]
    places = [k.where for k in kinks("floor(abs(x))", "x")]
    assert any("n <= 0" in p or "0 >= n" in p or "-n >= 0" in p for p in places), places
    assert any("n >= 0" in p for p in places), places
    assert not kinks("abs(sin(x))*relu(x - 50)", "x").complete
    assert kinks("clip(atan(x^3), 1, 2)", "x")


NEAR = {
    "abs(x) + abs(x - 1) + relu(x + 1)": {"0": "abs(x) + 2", "2": "3*x"},
    "max(x, 1, 2*x - 4) + clip(x, -1, 7)": {
        "1": "max(x, 1, 2*x - 4) + x",
        "5": "3*x - 4",
    },
    "abs(relu(x - 1) - 2)*sin(x)": {"0": "2*sin(x)", "1": "="},
    "floor(x/2) + round(x) + ceil(x + 1/3)": {
        "7/4": "5",
        "2/3": "1 + ceil(x + 1/3)",
    },
    "where(x == 1, 5, x^2) + sign(x)": {"2": "x^2 + 1", "0": "x^2 + sign(x)"},
    "abs(x^3 - x - 1) + abs(x)": {"0": "1 + x - x^3 + abs(x)"},
    "relu(log(x)) + abs(x + 1)": {"2": "x + 1 + log(x)", "1/2": "x + 1", "-1": "="},
    "abs(floor(x) + 1/2)": {"0": "="},
    "abs(sin(x)) + abs(cos(x))": {
        "pi": "abs(sin(x)) - cos(x)",
        "pi/3": "sin(x) + cos(x)",
    },
}


@pytest.mark.parametrize("formula", NEAR)
def test_near_a_place_what_is_decided_is_taken(formula: str) -> None:
    root = parse(formula)
    nearby = Nearby(root, X, Solver(X))
    for place, wanted in NEAR[formula].items():
        found = nearby.at(parse(place))
        expected = root if wanted == "=" else parse(wanted)
        assert simplify(found - expected) is ZERO, (place, found)


@pytest.mark.parametrize("term", ["relu(x - #)", "x*abs(x - #)", "sign(x - #)*cos(x)"])
def test_a_kink_of_a_sum_is_that_of_its_term(term: str) -> None:
    count = 16
    whole = kinks(" + ".join(term.replace("#", str(i)) for i in range(1, count)), "x")
    assert [k.at for k in whole] == [number(i) for i in range(1, count)]
    for kink in whole:
        (alone,) = kinks(term.replace("#", text(kink.at)), "x")
        for one, other in (("left", "right"), ("left_value", "right_value")):
            both = [getattr(k, other) - getattr(k, one) for k in (kink, alone)]
            assert simplify(both[0] - both[1]) is ZERO


SHARED = {
    "abs(sin(x)) + abs(sin(2*x))": "pi*n + pi/2; pi*n",
    "abs(sin(2*x)) + abs(cos(2*x))": "pi*(2*n + 1)/4; pi*n/2",
    "abs(sin(x)) + abs(sin(3*x))": "pi*n + 2*pi/3; pi*n + pi/3; pi*n",
    "floor(x/2) + floor(x/3)": "6*n + 2; 6*n + 3; 6*n + 4; 6*n",
    "x + abs(sin(x)) + abs(sin(2*x))": "pi*n + pi/2; pi*n",
    "tan(x) + tan(2*x)": "pi*(2*n + 1)/4; pi*n + pi/2",
}


@pytest.mark.parametrize("formula", SHARED)
def test_families_tell_each_place_once(formula: str) -> None:
    found = kinks(formula, "x")
    places = [f"x = {p}, n in integers" for p in SHARED[formula].split("; ")]
    assert found.complete
    assert [kink.where for kink in found] == places


def test_families_that_cost_too_much_are_left_and_it_is_said() -> None:
    found = kinks(" + ".join(f"abs(sin({i}*x))" for i in range(1, 25)), "x")
    assert not found.complete


def test_the_lower_branch_of_lambertw_ends() -> None:
    """It comes from -1, where its inverse turns, and goes to -inf as that goes to 0."""
    low, high = kinks("lambertw(x, -1)", "x")
    assert (str(low.value), str(low.right), low.slope) == ("-1", "-inf", None)
    assert (high.value, str(high.left_value), str(high.left)) == (None, "-inf", "-inf")
    assert not kinks("exp(lambertw(x, -1))", "x")[1].note


def test_a_norm_bends_where_all_of_it_is_0() -> None:
    (kink,) = kinks("sqrt(x^2 + y^2 + z^2) + 2*x", "x")
    assert kink.where == "x = 0 and y = 0 and z = 0"
    assert (str(kink.left), str(kink.right), str(kink.slope)) == ("1", "3", "1")
    told = domain("sqrt(x^2 + y^2 + z^2) + 2*x", "x")
    assert list(map(str, told.chosen)) == ["x == 0 and y == 0 and z == 0"]
    assert not told.undecided


def test_an_edge_that_moves_is_found_by_the_definition() -> None:
    """squareplus(x, b) ends where x^2 + b is 0, at once."""
    left, right = kinks(parse("squareplus(x, b)"), X)
    assert told(left) == told(kinks(parse("(x + sqrt(x^2 + b))/2"), X)[0])
    assert left.kind == right.kind == "edge"
