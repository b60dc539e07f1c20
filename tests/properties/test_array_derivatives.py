"""Random formulas on arrays: derivatives against differences, texts read back."""

from __future__ import annotations

import random

import pytest

import calcml as cm
from calcml.core.expr import Expr
from calcml.printing.indexed import index_text

SEED = 4_117
CASES = 120
SHAPES = {"A": "m n", "B": "m n", "X": "n n", "Y": "n n", "x": "n", "y": "n"}
SHAPES |= {"u": "m", "t": "", "c": "n 1", "r": "1 n"}

# For each shape formulas of that shape; a number in braces stands for one of another.
LEAVES = {
    "": ["t", "2", "x[1]"],
    "n": ["x", "y", "X[0, :]"],
    "m": ["u", "A[:, 1]"],
    "m n": ["A", "B"],
    "n n": ["X", "Y", "eye(n)", "X.T"],
    "n 1": ["c", "r.T"],
}
ANY = [
    ("({0} + {0})", "s"), ("({0} - {0})", "s"), ("{0}*{0}", "s"), ("-{0}", "s"),
    ("{0}/(2 + {0}^2)", "s"), ("sin({0})", "s"), ("tanh({0})", "s"),
    ("exp({0}/3)", "s"),
    ("sigmoid({0})", "s"), ("{1}*{0}", "s "),
]  # fmt: skip
FORMULAS = {
    "": [
        ("sum({0})", "m n"), ("sum({0})", "n 1"), ("mean({0})", "n"), ("var({0})", "n"),
        ("{0} @ {0}", "n"), ("{0} @ {1} @ {0}", "n,n n"), ("trace({0})", "n n"),
        ("logsumexp({0})", "n"), ("norm2({0} + 3)", "m n"), ("prod(2 + sin({0}))", "n"),
        ("det({0} + 4*eye(n))", "n n"), ("max({0})", "n"), ("{0}*{0}", ""),
    ],
    "n": [
        ("{0} @ {1}", "n n,n"), ("{0}.T @ {1}", "m n,m"), ("sum({0}, axis=0)", "m n"),
        ("diag({0})", "n n"), ("softmax({0})", "n"), ("cumsum({0})", "n"),
        ("logsumexp({0}, axis=0)", "m n"),
    ],
    "m": [("{0} @ {1}", "m n,n"), ("sum({0}, axis=1)", "m n")],
    "m n": [
        ("{0} @ {1}", "m n,n n"), ("{0}*{1}", "m n,n"), ("softmax({0})", "m n"),
        ("{0} + {1}[:, None]", "m n,m"), ("outer({0}, {1})", "m,n"),
    ],
    "n n": [
        ("{0} @ {0}", "n n"), ("{0}.T @ {0}", "m n"), ("inv({0} + 5*eye(n))", "n n"),
        ("diag({0})", "n"), ("outer({0}, {0})", "n"), ("({0}).T", "n n"),
    ],
    "n 1": [("{0} @ {1}", "n n,n 1")],
}  # fmt: skip


def formula(rng: random.Random, shape: str, depth: int) -> str:
    """A random formula of a shape."""
    if depth == 0 or rng.random() < 0.1:
        return rng.choice(LEAVES[shape])
    text, needs = rng.choice(FORMULAS[shape] + (ANY if shape else []))
    shapes = [shape, ""] if needs.startswith("s") else needs.split(",")
    while "{" in text:
        k = int(text[text.index("{") + 1])
        part = formula(rng, shapes[k], depth - 1)
        text = text.replace(f"{{{k}}}", f"({part})", 1)
    return text


@pytest.mark.parametrize("case", range(CASES))
def test_derivative(case: int) -> None:
    rng = random.Random(f"{SEED} {case}")
    text = formula(rng, rng.choice(["", "", "n", "m n"]), rng.choice([2, 3]))
    f = cm.parse(text, shapes=SHAPES)
    names = sorted(f.free_symbols & set(SHAPES))
    if not names:
        return
    name = rng.choice(names)
    print(f"seed {SEED} {case}: {text} by {name}")
    slope = cm.diff(f, name)
    assert slope.dims == f.dims + cm.parse(name, shapes=SHAPES).dims
    report = cm.check(f, slope, name, points=2, seed=case)
    assert report.verdict in ("agrees", "proved"), f"{slope}\n{report}"
    reads_back(slope)


def reads_back(e: Expr) -> None:
    """Both notations give an array of the same shape."""
    shapes = {name: SHAPES[name] for name in e.free_symbols & set(SHAPES)}
    for written in (str(e), index_text(e)):
        read = cm.parse(written, shapes=shapes)
        assert read.dims == e.dims, written
