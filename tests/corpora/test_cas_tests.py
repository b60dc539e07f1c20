"""Test cases of six computer algebra systems: equal in value, or refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from calcml import diff
from calcml.core.build import div, substitute
from calcml.core.expr import Expr, constant, make, walk
from tests.support import assert_equal, corpus, needs_corpora, refused, sampled

ROWS = corpus("cas_tests")

# Functions that the field's lists do not have, and the rows that use each.
UNSUPPORTED = {
    "airyai": ["cas-sympy-0166"],
    "airyaiprime": ["cas-sympy-0168"],
    "airybi": ["cas-sympy-0167"],
    "airybiprime": ["cas-sympy-0169"],
    "appellf1": ["cas-sympy-0186", "cas-sympy-0187", "cas-sympy-0188"],
    "assoc_laguerre": ["cas-sympy-0204"],
    "assoc_legendre": ["cas-sympy-0196"],
    "binomial": [f"cas-sympy-0{n}" for n in (216, 217, 218, 219)],
    "chebyshevt": ["cas-sympy-0197"],
    "chebyshevu": ["cas-sympy-0198"],
    "dirichlet_eta": ["cas-symengine-0059", "cas-symengine-0061"],
    "factorial": ["cas-sympy-0214", "cas-sympy-0215"],
    "fresnelc": ["cas-sympy-0157", "cas-sympy-0159"],
    "fresnels": ["cas-sympy-0156", "cas-sympy-0158"],
    "gegenbauer": ["cas-sympy-0193"],
    "hankel1": ["cas-sympy-0164"],
    "hankel2": ["cas-sympy-0165"],
    "hermite": ["cas-sympy-0199"],
    "jacobi": ["cas-sympy-0191"],
    "laguerre": ["cas-sympy-0203"],
    "legendre": ["cas-sympy-0194"],
    "lerchphi": ["cas-sympy-0143", "cas-sympy-0144"],
    "li": ["cas-sympy-0153"],
}
LEFT_OUT = {name for names in UNSUPPORTED.values() for name in names}
SUPPORTED = [row for row in ROWS if row["id"] not in LEFT_OUT]

# Where a row's parameter must be whole, or its formula holds on one side only.
RANGES = {
    "cas-symengine-0095": {"y": (1, 1)},
    "cas-sympy-0129": {"k": (-1, -1), "x": (-0.35, -0.05)},
    "cas-nerdamerprime-0117": {"x": (1.1, 3)},
}
# The complete elliptic integral of the third kind is real, and quick, between 0 and 1.
RANGES |= {
    f"cas-sympy-0{n}": dict.fromkeys(("n", "m", "z"), (0.05, 0.95))
    for n in range(136, 141)
}


def ours_of_sympys(node: Expr) -> Expr:
    """SymPy's sinc(x) is sin(x)/x, which is sinc(x/pi) here as in NumPy and PyTorch."""
    pi = constant("pi")
    theirs = [n for n in walk(node) if n.op == "sinc"]
    return substitute(node, {n: make("sinc", (div(n.args[0], pi),)) for n in theirs})


def test_all_rows_are_there() -> None:
    needs_corpora()
    assert len(ROWS) == 464
    assert len(SUPPORTED) == 464 - len(LEFT_OUT) == 431


def test_the_other_rows_are_refused_by_the_name_of_a_function() -> None:
    needs_corpora()
    assert refused(ROWS) == UNSUPPORTED


@pytest.mark.parametrize("tidy", [False, True])
@pytest.mark.parametrize("row", SUPPORTED, ids=lambda row: str(row["id"]))
def test_value(row: dict[str, Any], tidy: bool) -> None:
    row = row | {"ranges": RANGES.get(row["id"], {})}
    function, right, at = sampled(row, ours_of_sympys)
    ours = diff(function, row["var"], order=row["order"], simplify=tidy)
    assert_equal(ours, right, at, row)
