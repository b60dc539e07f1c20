"""The grammar: what is read, and what each wrong text is told."""

from __future__ import annotations

import tracemalloc

import pytest

from calcml import (
    CalcmlError,
    DomainError,
    LimitError,
    ParseError,
    ShapeError,
    UnsupportedError,
    diff,
    parse,
)
from calcml.parsing import tables
from calcml.parsing.tables import compile_tables, grammar_text


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("-x^2", "-(x^2)"),
        ("2^-x", "2^(-x)"),
        ("x^y^z", "x^(y^z)"),
        ("x**2", "x^2"),
        ("a - b - c", "(a - b) - c"),
        ("a/b*c", "(a/b)*c"),
        ("-x*y", "(-x)*y"),
        ("e^x", "exp(x)"),
        ("E", "e"),
        ("ln(x)", "log(x)"),
        ("Max(a, b, c)", "max(a, b, c)"),
        ("Heaviside(x)", "step(x)"),
        ("loggamma(x)", "lgamma(x)"),
        ("expit(x)", "sigmoid(x)"),
        (
            "0 < x < 1 and not y > 2 or x == y",
            "((0 < x and x < 1) and not (y > 2)) or x == y",
        ),
        ("leaky_relu(x)", "leaky_relu(x, 0.01)"),
        ("leaky_relu(x, negative_slope=0.2)", "leaky_relu(x, 0.2)"),
        ("clip(x, max=1, min=0)", "clip(x, 0, 1)"),
        ("Derivative(f(x), (x, 2))", "D(f(x), x, 2)"),
        ("D(D(f(x, y), x), y)", "D(f(x, y), x, y)"),
        ("p = sigmoid(z); -log(p)", "-log(sigmoid(z))"),
        ("p = 2*x  # twice\nq = p^2\n\nq + p", "(2*x)^2 + 2*x"),
        ("L = x +\n1", "x + 1"),
        ("α*x + β_1", "α * x + β_1"),
    ],
)
def test_two_spellings_of_one_node(text: str, same: str) -> None:
    def condition(t: str) -> str:
        return f"where({t}, 1, 2)" if "<" in t or "==" in t else t

    assert parse(condition(text)) is parse(condition(same))


CASES = [
    ("", ParseError, "empty", ""),
    ("   ", ParseError, "empty", ""),
    ("x +", ParseError, "ends after '.'", "   ^"),
    ("(x", ParseError, "never closed", "^"),
    ("x)", ParseError, "closes nothing", " ^"),
    ("sin(x", ParseError, "never closed", "   ^"),
    ("1/2x", ParseError, r"write 1/\(2\*x\) or 1/2\*x", "^^^^"),
    ("x y", ParseError, r"write x\*y", "^^^"),
    ("sinn(x)", UnsupportedError, "sin", "^^^^^^^"),
    ("log(x, 2)", ParseError, r"log\(x\)/log\(2\)", "^^^^^^^^^"),
    ("atan2(x)", ParseError, "takes 2 arguments, got 1", "^^^^^^^^"),
    ("relu(x, y)", ParseError, "takes 1 argument, got 2", "^^^^^^^^^^"),
    ("softmax(x)", ShapeError, "takes an array; declare x: n", "^^^^^^^^^^"),
    ("z[1]", ShapeError, "z is no array; declare z: n", "^^^^"),
    ("A @ B", ShapeError, "@ multiplies arrays", "^^^^^"),
    ("A.T", ShapeError, "declare A: m n", "^^^"),
    ("__import__('os').system('x')", ParseError, "has no meaning", "                ^"),
    ("1/0", DomainError, "division by zero", "^^^"),
    ("log(0)", DomainError, "x > 0", "^^^^^^"),
    ("0^-1", DomainError, "negative power", "^^^^"),
    ("a\0b", ParseError, r"U\+0000", " ^"),
    ("f'(x)", ParseError, r"D\(f\(x\), x\)", "^^^^^"),
    ("n!", ParseError, "gamma", "^^"),
    ("x = = 2", ParseError, "cannot follow", "    ^"),
    ("where(x, 1, 2)", ParseError, "condition", "^^^^^^^^^^^^^^"),
    ("(x > 0)*2", UnsupportedError, "where", "^^^^^^^^^"),
    ("2*inf", UnsupportedError, "bound", "^^^^^"),
    ("x\n- y", ParseError, "begins with a sign", "^"),
    ("D(x^2, x)", UnsupportedError, "unknown function", "^^^^^^^^^"),
    ("D(f(x), y)", ParseError, "one of the function's arguments", "^^^^^^^^^^"),
    ('gelu(x, approximate="no")', UnsupportedError, "approximate", "^" * 25),
    ("elu(x, beta=2)", ParseError, "beta", "^" * 14),
    ("9" * 5000, LimitError, "digits", "^"),
    ("1e99999", LimitError, "exponent", "^^^^^^^"),
    pytest.param("(" * 1_000_000, LimitError, "open", "^", marks=pytest.mark.slow),
    ("x" * 10_000_000, LimitError, "characters", ""),
]


@pytest.mark.parametrize(
    ("text", "kind", "says", "carets"), CASES, ids=lambda c: str(c)[:30]
)
def test_wrong_text(text: str, kind: type[CalcmlError], says: str, carets: str) -> None:
    tracemalloc.start()
    with pytest.raises(kind, match=says) as caught:
        parse(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200e6
    shown = str(caught.value).split("\n")
    if carets:
        assert shown[1].endswith(carets), shown
        assert len(shown) >= 3
    assert max(map(len, shown)) < 240


def test_large_powers_are_not_computed() -> None:
    assert str(parse("9**9**9**9")) == "9^9^9^9"
    assert str(diff("x*9**9**9**9", "x")) == "9^9^387420489"


def test_names_can_be_declared_variables() -> None:
    assert parse("e^x + pi", symbols=["e", "pi"]).free_symbols == {"e", "x", "pi"}


def test_what_lark_is_is_read_and_not_run() -> None:
    import lark

    assert lark.__version__.encode() in tables._lark()


def test_the_grammar_has_no_conflicts() -> None:
    """Lark's LALR raises on them; shift-reduce ones it would settle silently."""
    from lark import Lark

    text = grammar_text("calcml.lark")
    assert compile_tables(text).actions
    pytest.importorskip("interegular", reason="strict mode of Lark needs interegular")
    Lark(text, parser="lalr", strict=True)
