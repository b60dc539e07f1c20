"""Formulas written as people write them: whoever follows the advice gets them back."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable

import pytest

from calcml import CalcmlError, Expr, parse, simplify
from tests.parsing.test_advice import corrected

Written = tuple[str, str, str]  # as the grammar has it, as a person writes it, its kind
UP = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
ATOMS = ["2", "7", "x", "y", "z", "a", "b", "α", "θ", "pi"]
HELD = ("number", "name", "call", "bars", "brackets", "power")


def held(part: Written, kinds: tuple[str, ...] = HELD) -> Written:
    """A part in brackets, unless it is of one of these kinds."""
    strict, loose, kind = part
    return part if kind in kinds else (f"({strict})", f"({loose})", "brackets")


def atom(r: random.Random) -> Written:
    if r.random() < 0.2:
        return "x_1", "x₁", "name"
    text = r.choice(ATOMS)
    return text, text, "number" if text.isdigit() else "name"


def total(r: random.Random, a: Written, b: Written) -> Written:
    sign = r.choice("+-−–")
    strict = "+" if sign == "+" else "-"
    b = held(b, (*HELD, "product"))
    return f"{a[0]} {strict} {b[0]}", f"{a[1]} {sign} {b[1]}", "sum"


def product(r: random.Random, a: Written, b: Written) -> Written:
    a, b = held(a, (*HELD, "product")), held(b)
    strict = f"{a[0]}*{b[0]}"
    beside = not b[1][0].isdigit() and (b[1][0] != "(" or a[2] in ("number", "bars"))
    sign = " " if beside and r.random() < 0.7 else r.choice("·×⋅")
    return strict, f"{a[1]}{sign}{b[1]}", "product"


def power(r: random.Random, a: Written, _: Written) -> Written:
    a, n = held(a, HELD[:-1]), r.choice([2, 3, 12, -2])
    strict = f"{a[0]}^{n}" if n > 0 else f"{a[0]}^({n})"
    return strict, a[1] + r.choice([str(n).translate(UP), f"^{{{n}}}"]), "power"


def call(r: random.Random, a: Written, _: Written) -> Written:
    name = r.choice(["sin", "log", "tanh", "sigmoid"])
    if a[2] == "name" and r.random() < 0.5:
        return f"{name}({a[0]})", f"({name} {a[1]})", "brackets"
    if r.random() < 0.4:
        return f"{name}({a[0]})^2", f"{name}²({a[1]})", "power"
    spelled = r.choice([f"np.{name}", f"\\{name}", name])
    return f"{name}({a[0]})", f"{spelled}({a[1]})", "call"


def bars(r: random.Random, a: Written, _: Written) -> Written:
    a = held(a, ("number", "name", "sum", "call"))
    return f"abs({a[0]})", f"|{a[1]}|", "bars"


def root(r: random.Random, a: Written, _: Written) -> Written:
    return f"sqrt({a[0]})", f"√({a[1]})", "call"


def fraction(r: random.Random, a: Written, b: Written) -> Written:
    return f"(({a[0]})/({b[0]}))", f"\\frac{{{a[1]}}}{{{b[1]}}}", "brackets"


MAKERS: list[Callable[[random.Random, Written, Written], Written]] = [
    total,
    product,
    product,
    power,
    call,
    bars,
    root,
    fraction,
]


def made(r: random.Random, depth: int) -> Written:
    if not depth or r.random() < 0.15:
        return atom(r)
    return r.choice(MAKERS)(r, made(r, depth - 1), made(r, depth - 1))


def followed(text: str) -> set[Expr]:
    """What a text comes to mean, whichever piece of advice is followed."""
    found, todo, seen = set[Expr](), [text], set[str]()
    while todo:
        text = todo.pop()
        if text not in seen:
            seen.add(text)
            try:
                found.add(parse(text, dialect="calcml"))
            except CalcmlError as error:
                todo += corrected(error)
    return found


@pytest.mark.parametrize("seed", range(300))
def test_what_was_meant_is_among_what_is_told(seed: int) -> None:
    r = random.Random(seed)
    strict, loose, _ = made(r, r.randint(1, 4))
    if len(loose) < 80:
        assert simplify(parse(strict)) in set(map(simplify, followed(loose)))


PIECES = """
x y sin 2 3.5 ( ) [ ] { } | ‖ √ ∑ Σ ² ⁻¹ ₁ ^ ** * / + - − · = == < ≤ > , ; ' ″ ! %
// mod if else then ? : && || and or not \\frac \\sqrt \\left \\ _ _i ᵀ .T .sum() np.
lambda ŷ ° ½ # " f A v e 0x 1_000 $ @ ⟨ ⟩ ⌊ ⌋ ~ ... d/dx where( é ∞ \u0302 \u200b
""".split()


@pytest.mark.parametrize("seed", range(20))
def test_no_text_is_beyond_the_errors(seed: int) -> None:
    r = random.Random(seed)
    for _ in range(100):
        text = "".join(r.choice([*PIECES, " ", "\n"]) for _ in range(r.randint(1, 12)))
        for options in (
            {},
            {"shapes": {"A": "n n", "v": "n"}},
            {"dialect": "matlab"},
            {"dialect": "latex"},
        ):
            with contextlib.suppress(CalcmlError):
                parse(text, **options)  # type: ignore[arg-type]
