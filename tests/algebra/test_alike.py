"""Many results at once: each is what it is alone, however many are alike."""

import random
from itertools import combinations

import pytest

import calcml as cm
from calcml.core.expr import walk

NAMES = [f"x{i}" for i in range(1, 9)]
PARTS = ("{0}", "{0}^2", "exp({0})", "exp(-{0})", "{0}*{1}", "sin({0})", "log({0})")
WHOLES = ("log({0})", "({0})^2", "1/({0})", "sqrt(1 + ({0})^2)", "({0})*x1", "exp({0})")


def formula(seed: int) -> str:
    """A function of a long sum of parts that are alike, and of some that are not."""
    r = random.Random(seed)
    part = r.choice(PARTS)
    beside = NAMES[1:] + NAMES[:1]
    terms = [part.format(a, b) for a, b in zip(NAMES, beside, strict=True)]
    for place in r.sample(range(len(terms)), 2):
        terms[place] = r.choice(PARTS).format(*r.sample(NAMES, 2))
    whole = r.choice(WHOLES).format(" + ".join(terms) + " + 3")
    return r.choice(("{}", "{} - x1", "x2*{}", "{} + x3^2*x4")).format(whole)


def at(seed: int) -> dict[str, float]:
    r = random.Random(-seed)
    return {name: r.randint(2, 30) / 16 for name in NAMES}


@pytest.mark.parametrize("seed", range(40))
def test_gradients_have_the_values_of_the_raw_ones(seed: int) -> None:
    f = formula(seed)
    raw = cm.grad(f, NAMES, simplify=False)
    for name, part in cm.grad(f, NAMES).items():
        expected = raw[name].evalf(at(seed))
        assert part.evalf(at(seed)) == pytest.approx(expected, rel=1e-12), (f, name)


@pytest.mark.parametrize("seed", range(12))
def test_hessians_have_the_values_of_the_raw_ones(seed: int) -> None:
    f = formula(seed)
    raw = cm.hessian(f, NAMES, simplify=False)
    for told, entries in zip(raw, cm.hessian(f, NAMES), strict=True):
        for a, b in zip(told, entries, strict=True):
            near = pytest.approx(a.evalf(at(seed)), rel=1e-11, abs=1e-13)
            assert b.evalf(at(seed)) == near, f


def test_what_is_alike_has_one_form() -> None:
    total = "+".join(f"exp({name})" for name in NAMES)
    hessian = cm.hessian(f"log({total})", NAMES)
    square = cm.parse(f"({total})^2")
    for i, j in combinations(range(8), 2):
        above = cm.parse(f"-exp({NAMES[i]} + {NAMES[j]})")
        assert str(hessian[i][j]) == str(above / square)


def test_the_sum_that_all_have_is_one_node() -> None:
    total = "+".join(f"exp({name})" for name in NAMES)
    gradient = cm.grad(f"log({total})")
    assert len(walk(*gradient.values())) == 4 * len(NAMES) - 1
    assert str(gradient["x8"]) == str(cm.diff(f"log({total})", "x8"))


def test_assumptions_are_used_for_each() -> None:
    f = "+".join(f"sqrt({name}^2)^3" for name in NAMES)
    assert str(cm.grad(f, NAMES, given="x1 > 0")["x1"]) == "3*x1^2"
