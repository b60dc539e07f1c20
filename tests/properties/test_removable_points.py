"""Derivatives at removable points, against limits of difference quotients.

The oracle knows values of the functions only: one-sided differences of an order, at two
distances and on both sides, in 400 digits. Where they do not agree there is no
derivative, and nothing is asked.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from math import comb
from typing import Any, NamedTuple

import pytest

from calcml import diff, domain
from calcml.core.errors import CalcmlError
from calcml.evaluate.pointwise import context

COUNT, SEED = 300, 14
DIGITS, DISTANCE = 400, 60  # 10^-60 from the place

mp = context()
Known = Callable[[Any, Any], Any]

# fmt: off
# What tends to a number as u does to 0: text, number, and the function of u and k.
RATIOS: list[tuple[str, str, Known]] = [
    ("sin(k*u)/u", "k", lambda u, k: mp.sin(k * u) / u),
    ("tan(k*u)/u", "k", lambda u, k: mp.tan(k * u) / u),
    ("(exp(k*u) - 1)/u", "k", lambda u, k: (mp.exp(k * u) - 1) / u),
    ("log(1 + k*u)/u", "k", lambda u, k: mp.log(1 + k * u) / u),
    ("(1 - cos(k*u))/u^2", "k^2/2", lambda u, k: (1 - mp.cos(k * u)) / u**2),
    ("atan(k*u)/sin(u)", "k", lambda u, k: mp.atan(k * u) / mp.sin(u)),
    ("k*u/(exp(u) - 1)", "k", lambda u, k: k * u / (mp.exp(u) - 1)),
    ("(sinh(k*u) - k*u)/u^3", "k^3/6", lambda u, k: (mp.sinh(k * u) - k * u) / u**3),
    ("asinh(k*u)/tanh(u)", "k", lambda u, k: mp.asinh(k * u) / mp.tanh(u)),
    ("(sqrt(1 + k*u) - 1)/u", "k/2", lambda u, k: (mp.sqrt(1 + k * u) - 1) / u),
    ("exp(-k/u^2)", "0", lambda u, k: mp.exp(-k / u**2)),
    ("u^3*log(abs(k*u))", "0", lambda u, k: u**3 * mp.log(abs(k * u))),
    ("u^2*sin(k/u)", "0", lambda u, k: u**2 * mp.sin(k / u)),
    ("u^2*tanh(k/u)", "0", lambda u, k: u**2 * mp.tanh(k / u)),
]
SMOOTH: list[tuple[str, Callable[[Any], Any]]] = [
    ("1", lambda x: mp.mpf(1)),
    ("cos(x)", lambda x: mp.cos(x)),
    ("exp(x)", lambda x: mp.exp(x)),
    ("(x^2 + 1)", lambda x: x**2 + 1),
    ("1/(x^2 + 3)", lambda x: 1 / (x**2 + 3)),
]
# What has a value at 0, and at least one derivative.
BENT: list[tuple[str, Known]] = [
    ("cbrt(u^3)", lambda u, k: u),
    ("sqrt(u^4)", lambda u, k: u**2),
    ("(u^2)^(3/2)", lambda u, k: abs(u) ** 3),
    ("u*sqrt(u^2 + u^4)", lambda u, k: u * mp.sqrt(u**2 + u**4)),
    ("u*abs(sin(k*u))", lambda u, k: u * abs(mp.sin(k * u))),
    ("relu(k*u)^3", lambda u, k: max(k * u, mp.mpf(0)) ** 3),
    ("max(u^2, u^4)", lambda u, k: max(u**2, u**4)),
    ("u*max(u, u^2)", lambda u, k: u * max(u, u**2)),
    ("relu(k*u) - relu(-k*u)", lambda u, k: k * u),
    ("abs(u)*sign(u)", lambda u, k: u),
    ("sinc(k*u)", lambda u, k: mp.sincpi(k * u)),
    ("Si(k*u)", lambda u, k: mp.si(k * u)),
    ("where(u > 0, sin(u), u)", lambda u, k: mp.sin(u) if u > 0 else u),
    ("where(u < 0, u^2, u^2*exp(k*u))", lambda u, k: u**2 * mp.exp(max(k * u, 0))),
    ("where(u >= 0, u^3, -2*u^3)", lambda u, k: u**3 if u >= 0 else -2 * u**3),
    ("u^(5/2)", lambda u, k: mp.sqrt(u) ** 5),
    ("cos(sqrt(u))", lambda u, k: mp.cos(mp.sqrt(u)) if u >= 0 else mp.j),
    ("sqrt(u)*sin(u^(3/2))", lambda u, k: mp.sqrt(u) * mp.sin(u * mp.sqrt(u))),
]
# fmt: on


class Made(NamedTuple):
    """A formula of x, the order, the place, and the function by its values."""

    text: str
    order: int
    at: Fraction
    value: Callable[[Any], Any]


def made(r: random.Random) -> Made:
    """A quotient or a choice with a removable point, times a smooth function."""
    at = Fraction(r.randint(-3, 3), r.choice([1, 1, 2]))
    k = Fraction(r.randint(1, 5), r.choice([1, 2]))
    factor, smooth = r.choice(SMOOTH)

    def written(text: str) -> str:
        u = f"(x - {at})" if at > 0 else f"(x + {-at})" if at else "x"
        ascii_words = text.replace("k", f"({k})") if "k" in text else text
        return "".join(u if c == "u" and alone(ascii_words, i) else c
                       for i, c in enumerate(ascii_words))  # fmt: skip

    if r.random() < 0.5:
        text, limit, inner = r.choice(RATIOS)
        value = f"({limit})*{factor.replace('x', f'({at})')}".replace("k", f"({k})")
        value = value.replace(f"e({at})p", "exp")
        asked = f"where(x == {at}, {value}, {written(text)}*{factor})"
        limits = {"k": k, "k^2/2": k**2 / 2, "k^3/6": k**3 / 6, "k/2": k / 2, "0": 0}
        start = limits[limit]

        def of(x: Any) -> Any:
            u = x - number(at)
            return (inner(u, number(k)) if u else number(start)) * smooth(x)

    else:
        text, bent = r.choice(BENT)
        asked = f"({written(text)})*{factor}"

        def of(x: Any) -> Any:
            return bent(x - number(at), number(k)) * smooth(x)

    return Made(asked, r.randint(1, 3), at, of)


def alone(text: str, i: int) -> bool:
    """Whether a letter is a name."""
    around = text[max(0, i - 1) : i] + text[i + 1 : i + 2]
    return not any(c.isalnum() or c == "_" for c in around)


def number(q: Fraction | int) -> Any:
    q = Fraction(q)
    return mp.mpf(q.numerator) / q.denominator


def expected(case: Made) -> Any:
    """The derivative as a limit; None where there is none."""
    with mp.workdps(DIGITS):
        for order in range(1, case.order + 1):
            found = []
            for side in (1, -1):
                near = [
                    difference(case, order, side * mp.mpf(10) ** -(DISTANCE + more))
                    for more in (0, 7)
                ]
                if any(mp.im(v) for v in near):
                    continue
                if abs(near[0] - near[1]) > 1e-15 * (1 + abs(near[0])):
                    return None
                found.append(near[1])
            if not found or abs(found[0] - found[-1]) > 1e-15 * (1 + abs(found[0])):
                return None
        return found[0]


def difference(case: Made, order: int, h: Any) -> Any:
    at = number(case.at)
    terms = [
        (-1) ** (order - j) * comb(order, j) * case.value(at + j * h)
        for j in range(order + 1)
    ]
    return mp.fsum(terms) / h**order


@pytest.mark.slow
def test_removable_points() -> None:
    print(f"seed {SEED}")
    r = random.Random(SEED)
    wrong, undecided, asked = [], [], 0
    while asked < COUNT:
        case = made(r)
        want = expected(case)
        if want is None:
            continue
        asked += 1
        slope = diff(case.text, "x", order=case.order)
        try:
            have = slope.evalf({"x": case.at}, 20)
        except CalcmlError:
            undecided.append(case)
            continue
        if abs(have - want) > 1e-10 * (1 + abs(want)):
            wrong.append((case.text, case.order, str(case.at), str(slope), have, want))
    assert not wrong
    assert len(undecided) <= COUNT / 100, [(c.text, c.order) for c in undecided]
    assert all(domain(c.text).undecided for c in undecided if c.order == 1)
