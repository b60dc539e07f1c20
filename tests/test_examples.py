"""Each example runs, and says what it is about."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


def run(name: str) -> str:
    """What an example prints, in a process of its own, with warnings as errors."""
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLES / f"{name}.py")],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=EXAMPLES.parent,
        env=os.environ | {"PYTHONPATH": str(EXAMPLES.parent)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_example_has_a_test() -> None:
    names = {path.stem for path in EXAMPLES.glob("*.py")}
    tested = {name.removeprefix("test_") for name in globals() if name[:5] == "test_"}
    assert names and names <= tested


def test_first_derivative() -> None:
    shown = run("first_derivative")
    value = re.search(r"f'\(0.5\) = (\S+)", shown)
    # exp(-1/4)*(1 - 2/4), by hand
    assert value and float(value[1]) == pytest.approx(0.38940039153570244, rel=1e-14)
    assert "proved" in shown


def test_formula_table() -> None:
    shown = run("formula_table")
    assert "`2*(p - y)`" in shown and "`sigmoid(z) - y`" in shown
    assert len(re.findall(r"^(?:proved|agrees) ", shown, re.M)) == 3
    assert "differs" not in shown


def test_chain_rule_two_layers() -> None:
    shown = run("chain_rule_two_layers")
    slopes = re.findall(r"^d loss / d (\w+) = (.*)$", shown, re.M)
    assert [name for name, _ in slopes] == "a_1 a_2 b u_1 u_2 v_1 v_2".split()
    error = re.search(r"measured ones: (\S+)", shown)
    assert error and float(error[1]) < 1e-9


def test_gradient_descent() -> None:
    shown = run("gradient_descent")
    losses = [float(loss) for loss in re.findall(r": loss (\S+)", shown)]
    assert len(losses) > 5 and losses == sorted(losses, reverse=True)
    assert losses[0] == pytest.approx(0.693147, abs=1e-6)  # log(2): a coin
    # The maximum of the likelihood, as published: -0.2322 a degree.
    slope = re.search(r"distress fall by (\S+) a degree", shown)
    assert slope and float(slope[1]) == pytest.approx(0.2322, abs=0.0005)


def test_closed_forms() -> None:
    lines = run("closed_forms").splitlines()
    assert lines[:2] == ["sigmoid(z) - y", "p_1 - y_1"]
    assert "the domain grows: x != 0" in lines[-1]


def test_array_gradients() -> None:
    shown = run("array_gradients")
    assert "2*X.T @ (X @ w - y)" in shown and "X.T @ (p - y)/m" in shown
    left = re.search(r"Newton's method: (\S+)", shown)
    assert left and float(left[1]) < 1e-12


@pytest.mark.slow
def test_layer_backward() -> None:
    shown = run("layer_backward")
    assert "gamma*(g - (H*sum(H*g, axis=0) + sum(g, axis=0))/m)/s" in shown
    assert shown.count("  agrees by ") == 3


def test_steps() -> None:
    shown = run("steps")
    assert "= sigmoid(x)    fold into sigmoid" in shown
    assert "\\begin{align*}" in shown
    assert "= X.T @ (p - y)/m" in shown


def test_kinks() -> None:
    shown = run("kinks")
    assert shown.count("slopes 0 and 1, 0 is taken") == 3
    assert "smooth everywhere" in shown
    assert "defined for x > 1; differentiable for x > 1" in shown


def test_course_sheet() -> None:
    shown = run("course_sheet").splitlines()
    assert re.fullmatch(r"22 rows, \d+ kB of PDF", shown[0])
    assert {line.split()[0] for line in shown[1:]} <= {"proved", "agrees"}
    sheet = (EXAMPLES / "course_sheet.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1


def test_paper_appendix() -> None:
    made = run("paper_appendix")
    assert r"\label{tab:gradients}" in made and made.count(r"\toprule") == 2
    stored = (EXAMPLES / "paper_appendix.tex").read_text(encoding="utf-8")
    assert made.strip().partition("\n")[2] in stored
