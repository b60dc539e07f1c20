"""Ten tasks of a first hour, each by what `--help` shows and no more.

A task is done with a command whose options, and the shape of whose words, its help
has: a line of the examples of the help with other formulas in it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_cli import calcml, inside


def helped(command: str, *words: str) -> None:
    """The help of a command shows these words."""
    text = " ".join(str(inside(command, "--help").stdout).split())
    for word in words:
        assert word in text, (command, word)


def done(*words: str, stdin: bytes = b"") -> str:
    """What a command answers, without a word to standard error."""
    result: Any = inside(*words, stdin=stdin)
    assert (result.exit_code, result.stderr) == (0, ""), words
    return str(result.stdout).rstrip("\n")


def test_the_start_shows_each_task() -> None:
    text = str(inside("--help").stdout)
    for command in "diff grad steps check table batch eval hessian".split():
        assert re.search(rf"\b{command}\b", text), command
    assert "-f FILE" in text


def test_a_derivative() -> None:
    helped("diff", 'calcml diff "x^2*sin(x)" x')
    assert done("diff", "3x² + sin 2x", "x") == "6*x + 2*cos(2*x)"


def test_a_gradient_as_a_matrix_in_latex() -> None:
    helped("jacobian", 'calcml jacobian "x*y" x y', "--format", "latex")
    tex = done("jacobian", "x²y", "x", "y", "--format", "latex")
    assert tex == "\\begin{pmatrix}\n2 x y & x^{2}\n\\end{pmatrix}"


def test_a_hessian_at_a_point() -> None:
    helped("hessian", '--at "x=1, y=2"')
    told = done("hessian", "x^2*y + y^3", "x", "y", "--at", "x=1, y=2")
    assert told == "4.0, 2.0\n2.0, 12.0"
    assert done("hessian", "x^4", "x", "--at", "x=1/2") == "3.0"


def test_steps() -> None:
    helped("steps", 'calcml steps "sin(x)/x" x')
    assert "quotient rule" in done("steps", "x/(1 + x^2)", "x")


def test_a_wrong_gradient() -> None:
    helped("check", 'calcml check "x^3" "3*x" x', "exit status")
    result = calcml("check", "x^2*y", "x*y", "x")
    assert result.status == 1
    assert "counterexample" in result.out


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    helped("table", "[[rows]]", 'formula = "x^2*log(x)"', "calcml table my.toml")
    help_ = str(inside("table", "--help").stdout)
    file = tmp_path / "mine.toml"
    lines = help_[help_.index("[[rows]]") :].splitlines()[:3]
    file.write_text("\n".join(line.strip() for line in lines), encoding="utf-8")
    assert "`2*x*log(x) + x`" in done("table", str(file))


def test_a_batch(tmp_path: Path) -> None:
    helped("batch", '{"id": 1, "expr": "x*y^2", "var": "y"}', "calcml batch in.jsonl")
    file = tmp_path / "in.jsonl"
    file.write_text('{"id": 1, "expr": "x*y^2", "var": "y"}\n', encoding="utf-8")
    result: Any = inside("batch", str(file), "--workers", "1")
    assert json.loads(result.stdout) == {"id": 1, "derivative": "2*x*y"}


def test_a_function_for_scipy() -> None:
    helped("grad", "--format python")
    source = done("grad", "(w - 1)^2 + (b + 2)^2", "w", "b", "--format", "python")
    script = (
        "from scipy.optimize import minimize\n"
        "loss = lambda p: (p[0] - 1)**2 + (p[1] + 2)**2\n"
        "print(minimize(loss, [5.0, 5.0], jac=lambda p: f(*p)).x.round(4).tolist())\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", f"{source}\n{script}"], capture_output=True, text=True
    )
    assert ran.stdout == "[1.0, -2.0]\n", ran.stderr


def test_a_file(tmp_path: Path) -> None:
    helped("diff", "-f FILE")
    file = tmp_path / "formulas.txt"
    file.write_text("2x²\nsin x\n", encoding="utf-8")
    assert done("diff", "-f", str(file), "x") == "4*x\ncos(x)"


@pytest.mark.parametrize("command", ["diff", "grad", "simplify", "parse"])
def test_a_pipe(command: str) -> None:
    helped("diff", "| calcml diff - w")
    words = [] if command in ("simplify", "parse") else ["x"]
    assert done(command, "-", *words, stdin="u = 2x; u²\n".encode())
