"""Closed forms: what is recognised, what is kept, and what fuzzing found."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from itertools import islice

import pytest

from calcml import compile, diff, parse, simplify
from calcml.algebra.closed.search import BUDGET
from calcml.algebra.limits import MAX_SIZE
from calcml.algebra.simplify import Step
from calcml.core.build import substitute
from calcml.core.expr import Expr, symbol
from tests.support import SEED, close, operations, points, value

# --- recognition -------------------------------------------------------------------

# Spellings of one function at u, which stands for an argument.
SPELLINGS = {
    "sigmoid(u)": [
        "1/(1 + exp(-u))",
        "1/(1 + e^(-u))",
        "1/(1 + 1/exp(u))",
        "exp(u)/(1 + exp(u))",
        "e^u/(1 + e^u)",
        "exp(u)/(exp(u) + 1)",
        "1 - 1/(1 + exp(u))",
        "exp(u/2)/(exp(u/2) + exp(-u/2))",
        "sigmoid(u)*(1 - sigmoid(u)) + sigmoid(u)^2",
    ],
    "softplus(u)": ["log(1 + exp(u))", "log(1 + e^u)", "log(exp(u) + 1)"],
    "logsigmoid(u)": ["log(sigmoid(u))", "log(1/(1 + exp(-u)))"],
    "tanh(u)": [
        "(exp(u) - exp(-u))/(exp(u) + exp(-u))",
        "(e^u - e^(-u))/(e^u + e^(-u))",
        "(exp(2*u) - 1)/(exp(2*u) + 1)",
        "(1 - exp(-2*u))/(1 + exp(-2*u))",
        "2/(1 + exp(-2*u)) - 1",
        "1 - 2/(exp(2*u) + 1)",
        "sinh(u)/cosh(u)",
    ],
    "relu(u)": [
        "max(u, 0)",
        "max(0, u)",
        "where(u > 0, u, 0)",
        "where(u <= 0, 0, u)",
        "(u + abs(u))/2",
        "u*step(u)",
    ],
    "abs(u)": ["u*sign(u)"],
    "silu(u)": [
        "u/(1 + exp(-u))",
        "u/(1 + e^(-u))",
        "u*sigmoid(u)",
        "u*exp(u)/(1 + exp(u))",
    ],
    "mish(u)": ["u*tanh(softplus(u))", "u*tanh(log(1 + exp(u)))"],
    "gelu(u)": ["u*ndtr(u)"],
    "1": [
        "sin(u)^2 + cos(u)^2",
        "cosh(u)^2 - sinh(u)^2",
        "sec(u)^2 - tan(u)^2",
        "sigmoid(u) + sigmoid(-u)",
        "exp(u)*exp(-u)",
    ],
    "cos(u)^2": ["1 - sin(u)^2", "1/(1 + tan(u)^2)"],
    "sin(2*u)": ["2*sin(u)*cos(u)"],
}
ARGUMENTS = ("x", "w*x + b", "s*t", "sin(y)")


@pytest.mark.parametrize("argument", ARGUMENTS)
@pytest.mark.parametrize(
    ("text", "result"), [(text, f) for f, texts in SPELLINGS.items() for text in texts]
)
def test_recognition_in_every_spelling(text: str, result: str, argument: str) -> None:
    put = {symbol("u"): parse(argument)}
    spelt, wanted = (substitute(parse(t), put) for t in (text, result))
    made = simplify(spelt)
    assert made is simplify(wanted)
    assert operations(str(made)) <= operations(str(wanted))


@pytest.mark.parametrize("argument", ["x", "w*x + b", "sin(y)", "x - y"])
@pytest.mark.parametrize("text", ["sqrt(u^2)", "(u^2)^(1/2)"])
def test_the_root_of_a_square(text: str, argument: str) -> None:
    made = simplify(substitute(parse(text), {symbol("u"): parse(argument)}))
    assert made is parse(f"abs({argument})")


@pytest.mark.parametrize("argument", ARGUMENTS)
@pytest.mark.parametrize(
    ("text", "op", "others"),
    [
        ("log(exp(u) + exp(v))", "logaddexp", "v"),
        ("log(e^u + e^v)", "logaddexp", "v"),
        ("log(exp(u) + exp(v) + exp(z))", "logsumexp", "vz"),
        ("log(exp(a) + exp(u) + exp(v) + exp(z))", "logsumexp", "avz"),
    ],
)
def test_logarithms_of_sums_of_exponentials(
    text: str, op: str, others: str, argument: str
) -> None:
    made = simplify(substitute(parse(text), {symbol("u"): parse(argument)}))
    assert made.op == op
    assert set(made.args) == {simplify(argument), *map(symbol, others)}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("log(exp(a) + exp(b) + exp(c) + exp(d))", "logsumexp(a, b, c, d)"),
        ("exp(a)/(exp(a) + exp(b))", "sigmoid(a - b)"),
        ("log(1 + exp(-x))", "softplus(-x)"),
        ("-log(1 + exp(-(-x)))", "-softplus(x)"),
        ("sqrt((x - y)^2)", "abs(x - y)"),
        ("exp(x)/(1 + exp(x))^2", "sigmoid(x)*(1 - sigmoid(x))"),
        ("min(max(x, 0), 6)", "relu6(x)"),
        ("1/(1 + exp(-log(z)))", "z/(z + 1)"),  # as e^log(z) is z
        ("max(x^2, 0)", "x^2"),  # no square is negative
    ],
)
def test_recognition(text: str, result: str) -> None:
    assert str(simplify(text)) == result


# --- what is typed -----------------------------------------------------------------

TYPED = """
x/exp(x)
(x/y)^2
2*(x + z) + 1
x*(x + 2/3)
x^2/y^2
(a + b)*(c + d)
x^2 + x
x*(x + 1)
(x + 1)/(x + 2)
1 + 1/x
x - x^3/6
exp(-x^2/2)
exp(x + y)
x*exp(-x)
2^x*x
sin(x)/x
sin(x)*cos(x)
sin(x)*sin(y)
sin(2*x)
tan(x)^2
1 + tan(x)^2
1 - tanh(x)^2
sech(x)^2
y*(1 - y)
sigmoid(x)*(1 - sigmoid(x))
-(x + y)
-(a*b + c)
x/(x^2 + 1)
sqrt(x/y)
sqrt(x)/y
x*sqrt(y)
1/sqrt(x)
x^y*log(x)
log(x/y)
log(x) - log(y)
(x - y)/(x + y)
(x - m)^2/(2*s^2)
-(y*log(p) + (1 - y)*log(1 - p))
(w*x + b - y)^2
(x + y)/2
3*(x - 1)^4
(x + 1)^3
a/(b*c)
x*y/(x + y)
exp(x/2)
cos(x)^2
1 - x^2
log(1 + x)
log1p(x)
expm1(x)
exp(x) - 1
where(x > 0, x, 0.1*x)
max(a, b, c)
exp(-x)*sin(w*x + p)
1/(1 + x)^2
1/(1 - x)
sinh(x)
sigmoid(-x)
silu(-x)
softplus(-x)
a*(1 - (1 - b)*(1 - c))
(a - b)^2*(a + b)
exp(-(x - m)^2/(2*s^2))/(s*sqrt(2*pi))
""".strip().splitlines()


@pytest.mark.parametrize("text", TYPED)
def test_a_typed_form_is_not_traded_for_a_longer_one(text: str) -> None:
    made = simplify(text)
    assert operations(str(made)) <= operations(text)
    assert_same_values(parse(text), made)


@pytest.mark.parametrize(
    "text",
    "x/exp(x); (x/y)^2; log(x/y); sqrt(x/y); sin(x)/x; tan(x)^2; 1 - tanh(x)^2; "
    "(x - y)/(x + y); exp(x + y); y*(1 - y)".split("; "),
)
def test_a_typed_form_comes_back(text: str) -> None:
    assert simplify(text) is parse(text)


def assert_same_values(before: Expr, after: Expr, count: int = 6) -> None:
    """Fail where a form has lost a value, or has another."""
    names = sorted(before.free_symbols | after.free_symbols)
    for point in islice(points(names, {}, str(before)), count):
        known = value(before, point)
        if known is not None:
            found = value(after, point)
            assert found is not None and close(found, known, 1e-20), (
                f"{before} is {known}, but {after} is {found}, at {point} (seed {SEED})"
            )


# --- ties --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("-sigmoid(x)*(sigmoid(x) - 1)", "sigmoid(x)*(1 - sigmoid(x))"),
        ("-y*(sigmoid(x) - 1)", "y*(1 - sigmoid(x))"),
        ("-(tanh(x)^2 - 1)", "1 - tanh(x)^2"),
        ("-y/(tanh(x) - 1)", "y/(1 - tanh(x))"),
        ("1/(-x - y)", "-1/(x + y)"),
        ("(x - y)/(-1 - z)", "(y - x)/(z + 1)"),
        ("(-a - b)/(-c - d)", "(a + b)/(c + d)"),
        ("-(x - y)/(x + y)", "(y - x)/(x + y)"),
        ("-1/(1 - x)", "1/(x - 1)"),
        ("sin(-x)/(-y)", "sin(x)/y"),
    ],
)
def test_signs_go_where_they_are_free(text: str, result: str) -> None:
    assert str(simplify(text)) == result


def test_derivatives_have_their_usual_signs() -> None:
    assert str(diff("sigmoid(x)", "x")) == "sigmoid(x)*(1 - sigmoid(x))"
    assert str(diff("tanh(x)", "x")) == "1 - tanh(x)^2"


# --- the trace ---------------------------------------------------------------------


def traced(text: str) -> list[Step]:
    steps: list[Step] = []
    simplify(text, trace=steps)
    return steps


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("x/x", "x != 0"),
        ("x^2/x", "x != 0"),
        ("1/(1/x)", "x != 0"),
        ("(x^2 - 1)/(x - 1)", "x - 1 != 0"),
        ("sqrt(x)^2", "x >= 0"),
        ("exp(log(x))", "x > 0"),
        ("sin(x)/cos(x)*cos(x)", "cos(x) != 0"),
    ],
)
def test_the_trace_says_where_the_domain_grows(text: str, condition: str) -> None:
    notes = [step.note for step in traced(text) if step.note]
    assert notes == [f"the domain grows: {condition} is no longer asked"]


@pytest.mark.parametrize(
    "text", ["x + x", "sin(x)^2 + cos(x)^2", "log(1 + exp(x))", "x^2/exp(x) + x"]
)
def test_the_trace_says_nothing_where_the_domain_stays(text: str) -> None:
    assert [step.note for step in traced(text) if step.note] == []


MANY = " + ".join(f"a_{i}*x_{i}" for i in range(60))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (MANY, "the expression has too many kernels"),
        ("sin(13*x)*sin(x) + sin(x)", "an angle is too large a multiple of another"),
        ("(x + y + z)^100 + a*b", "a polynomial has too many terms"),
        (f"{MANY} + y^({MANY.replace('x', 'y')})", "the expression has too many"),
        (" + ".join(f"exp(x_{i})^x_{i}" for i in range(3_500)), f"over {MAX_SIZE:,}"),
    ],
)
def test_the_trace_says_where_the_budget_ended(text: str, reason: str) -> None:
    kept = [step for step in traced(text) if step.note.startswith(BUDGET)]
    assert any(step.note.startswith(f"{BUDGET}: {reason}") for step in kept)
    assert all(step.before is step.after and step.rule == "keep" for step in kept)


@pytest.mark.parametrize(
    "text",
    [
        "exp(x)/(1 + exp(x)) + x/x",
        "(exp(x) - exp(-x))/(exp(x) + exp(-x))*y^2/y",
        "sin(x)^2 + cos(x)^2 + sqrt(y)^2",
        "log(1 + exp(x)) + 2*sin(y)*cos(y)",
        "(x^2 - 1)/(x - 1)/exp(log(y))",
        "where(x > 0, x, 0)*(x + x)*tan(y)*cos(y)",
        "1/x + 1/y + 1/(x*y)",
        "log(exp(x) + exp(y))*sqrt(x^2)",
    ],
)
def test_each_step_keeps_the_value(text: str) -> None:
    steps = traced(text)
    assert steps
    for step in steps:
        assert_same_values(step.before, step.after)


def test_the_trace_starts_with_the_input_and_says_each_way() -> None:
    text = "(exp(x) + exp(x))/(1 + exp(x))"
    steps = traced(text)
    assert steps[0].before is parse(text)
    assert steps[-1].after is simplify(text) is parse("2*sigmoid(x)")
    assert all(step.rule for step in steps)


# --- determinism -------------------------------------------------------------------

CLOSED = [
    "exp(a)/(exp(a) + exp(b)) + log(1 + exp(c))",
    "(exp(x) - exp(-x))/(exp(x) + exp(-x)) + y/(1 + exp(-y))",
    "log(exp(z) + exp(y) + exp(x)) - log(exp(b) + exp(a))",
    "sin(x)^2*y + cos(x)^2*y + tan(z)*cos(z)",
    "1/x + 1/y + 1/z - 1/(x*y*z)",
    "sqrt(x + 1)/(x + 1) + sqrt(4*y + 4)",
    "a*x^(n + 1) + b*x^n - c*x^(n - 1)",
    "(x*y + x*z + a*y + a*z)/(y + z)^2",
    "sigmoid(w*x + b)^2*(1 - sigmoid(w*x + b))*(u - v)",
    "4^x - 2^x*y + f^(c + d*x)/f^c",
]
SCRIPT = f"""
import calcml as cm
for f in {CLOSED!r}:
    print(cm.simplify(f))
    for name in sorted(cm.parse(f).free_symbols):
        print(cm.diff(f, name))
"""


def test_every_process_prints_the_same_closed_forms() -> None:
    """Whatever the hash seed, and whatever was read before."""
    outputs = set()
    for seed, before in (("0", ""), ("1", "z*y*x*w + b*a"), ("4242", "")):
        first = f"import calcml as cm; cm.simplify({before!r})\n" if before else ""
        done = subprocess.run(
            [sys.executable, "-c", first + SCRIPT],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1


@pytest.mark.parametrize("sign", "+*")
@pytest.mark.parametrize(
    "parts",
    [
        "1/(1 + exp(-x)); exp(y); x; sigmoid(x); 2",
        "sin(x)^2; cos(x)^2; y; tan(x); 1/y",
        "exp(a); exp(-a); exp(b); exp(a + b)",
        "sqrt(x); x^(1/3); x; 1/x; sqrt(y)",
        "a*x; b*x; a*y; b*y; 1/(x + y)",
        "log(1 + exp(x)); relu(x); max(x, 0); abs(x); -x",
        "x^n; x^(n + 1); x^2; n; 1/x",
        "tanh(x); exp(2*x); sinh(x); cosh(x)",
    ],
)
def test_shuffled_inputs_have_one_form(parts: str, sign: str) -> None:
    items = [f"({part})" for part in parts.split("; ")]
    rng = random.Random(f"{SEED} {parts}")
    first = str(simplify(sign.join(items)))
    for _ in range(4):
        rng.shuffle(items)
        mixed = sign.join(items)
        assert str(simplify(mixed)) == first, f"{mixed} (seed {SEED})"


# --- what fuzzing found ------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("coth(-2)", "coth(-2)"),
        ("coth(-x) + coth(x)", "0"),
        ("sin(x) + sigmoid(x)", "sigmoid(x) + sin(x)"),
        ("sin(x)*sinh(x)", "sin(x)*sinh(x)"),
        ("expm1(-x)", "expm1(-x)"),
    ],
)
def test_families_of_one_direction(text: str, result: str) -> None:
    assert str(simplify(text)) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("where(u > 0, -2*y*relu(u), 0)", "-2*y*relu(u)"),
        ("where(u > 0, log(u)*relu(u), 0)", "where(u > 0, u*log(u), 0)"),
    ],
)
def test_a_choice_that_its_value_makes_itself(text: str, result: str) -> None:
    """Only where the value is there on the other side, too: log(u) is not."""
    assert str(simplify(text)) == result


def test_the_squared_hinge() -> None:
    made = diff("max(0, 1 - y*s)^2", "s")
    assert str(made) == "-2*y*relu(1 - s*y)"


@pytest.mark.parametrize("exponent", ["y", "1/3", "3/2", "-2/3"])
def test_the_base_of_a_power_is_ordered(exponent: str) -> None:
    assert simplify(f"(x*2)^({exponent})") is simplify(f"(2*x)^({exponent})")
    assert simplify(f"(y*x)^({exponent})") is simplify(f"(x*y)^({exponent})")


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("cot(y)*sin(x)/cos(x)", {"x": 0, "y": 1}),
        ("sin(x)/(sin(x) + cos(x)) + cot(y)", {"x": 0, "y": 1}),
        ("coth(y)*sinh(x)^2*sech(x)", {"x": 0, "y": 1}),
    ],
)
def test_no_division_by_a_coordinate_that_may_be_0(
    text: str, at: dict[str, object]
) -> None:
    f = parse(text)
    assert simplify(f).evalf(at) == f.evalf(at)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("4*(4*x)^(a - 1)", {"x": 0, "a": "7/4"}),
        ("2*x*(x^2)^(a - 1)", {"x": 0, "a": "7/4"}),
        ("x*(x*y)^(a - 1)", {"x": 1, "y": 0, "a": "7/4"}),
        ("x^(a + 1) + x*z", {"x": 0, "a": "-1/2", "z": 1}),
        ("x^(1 - a) + x*z", {"x": 0, "a": "1/2", "z": 1}),
        ("x^(2*a - 1) + x^a*z", {"x": 0, "a": "3/4", "z": 1}),
    ],
)
def test_no_division_by_the_base_of_a_power(text: str, at: dict[str, object]) -> None:
    f = parse(text)
    assert simplify(f).evalf(at) == f.evalf(at)


def test_powers_of_one_base_still_join() -> None:
    assert str(simplify("a*x^(y - 1) + z*x^y")) == "x^(y - 1)*(x*z + a)"
    assert str(diff("(4*x)^a", "x")) == "4*a*(4*x)^(a - 1)"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("sigmoid(x)^y + exp(x)/(1 + exp(x))^2", {"x": "0.37", "y": "1.7"}),
        ("((-1)^x)^2 + (-1)^x", {"x": "-1/2"}),
        ("sqrt(x*(1 + y + z))*(1 + y + z)", {"x": 0, "y": 1, "z": 1}),
        ("sqrt(x/(1 + y + z))/(1 + y + z)", {"x": 0, "y": 1, "z": 1}),
    ],
)
def test_a_generator_is_not_mistaken_for_its_base(
    text: str, at: dict[str, object]
) -> None:
    f = parse(text)
    assert abs(simplify(f).evalf(at) - f.evalf(at)) < 1e-12


def test_decimals_and_fractions_have_an_order() -> None:
    assert simplify("0.5^x + (1/2)^x*2") is simplify("(1/2)^x*2 + 0.5^x")


def test_exponents_may_be_too_large_for_a_float() -> None:
    assert simplify("x^(10^400)*y") is simplify("y*x^(10^400)")


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("x^3*sign(x)/abs(x)^2", "abs(x)"),
        ("x*step(x)/relu(x)^2", "1/relu(x)"),
        ("x*sigmoid(x)*silu(x)", "silu(x)^2"),
        ("x*sigmoid(x)*silu(x)^y", "silu(x)^(y + 1)"),
    ],
)
def test_a_folded_product_joins_the_power_that_is_there(text: str, result: str) -> None:
    assert str(simplify(text)) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("log(log(x/(1 + x))^3)", "3*log(log(x/(x + 1)))"),
        ("step(x)/abs(x)*sqrt(x/2)", "1/sqrt(2*x)"),
        ("max(0, x) + where(-x > 1 - x, x, sqrt(x))", "x + sqrt(x)"),
        ("exp(log(min(x, 0))/2)", "0"),
    ],
)
def test_what_a_shorter_form_implies_is_used_at_once(text: str, result: str) -> None:
    found = simplify(text)
    assert str(found) == result
    assert simplify(found) is found


def test_a_sum_whose_choices_hold_each_other() -> None:
    assert str(simplify("abs(x)*sign(abs(x)) + abs(x)")) == "2*abs(x)"


def test_the_logarithm_of_the_other_probability_keeps_its_digits() -> None:
    assert str(simplify("log(1 - sigmoid(x))")) == "-softplus(x)"
    found = simplify("log(exp(-1/x)/(exp(-1/x) + 1))")
    assert str(found) == "-softplus(1/x)"


@pytest.mark.parametrize(
    ("text", "slope"),
    [
        ("log(exp(a) + exp(b) + exp(c))", "exp(a - logsumexp(a, b, c))"),
        ("-log(exp(b)/(exp(a) + exp(b) + exp(c)))", "exp(a - logsumexp(a, b, c))"),
        ("log(exp(t*a) + exp(t*b) + exp(c))/t", "exp(a*t - logsumexp(a*t, b*t, c))"),
        ("log(exp(a) + exp(b))", "sigmoid(a - b)"),
    ],
)
def test_slopes_of_log_sum_exp_do_not_overflow(text: str, slope: str) -> None:
    found = diff(text, "a")
    assert str(found) == slope
    slope_of = compile(found, "a b c t")
    assert 0 < slope_of(1000.0, 999.0, 998.0, 1.0) < 1


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("3*exp(3*x) + exp(x) + 2*exp(2*x)", "exp(x) + 2*exp(2*x) + 3*exp(3*x)"),
        (
            "y*exp(-10*x^2)*sin(10*x) + y*exp(-x^2)*sin(x) + y*exp(-3*x^2)*sin(3*x)",
            "y*exp(-x^2)*sin(x) + y*exp(-3*x^2)*sin(3*x) + y*exp(-10*x^2)*sin(10*x)",
        ),
    ],
)
def test_powers_of_one_exponential_stand_in_their_order(text: str, form: str) -> None:
    assert str(simplify(text)) == form
