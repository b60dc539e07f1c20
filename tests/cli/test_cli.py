"""The command: streams, exit statuses, bad input; in processes of its own."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest
from click.testing import CliRunner

from calcml import CalcmlError, cli, diff


class Done(NamedTuple):
    """What a process left."""

    status: int
    out: str
    err: str


def calcml(*arguments: str, stdin: bytes = b"", **environment: str) -> Done:
    done = subprocess.run(
        [sys.executable, "-m", "calcml", *arguments],
        input=stdin,
        capture_output=True,
        env=os.environ | environment,
        timeout=120,
    )
    assert b"Traceback" not in done.stderr
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def inside(*arguments: str, stdin: bytes = b"") -> Any:
    """A command run in this process, for what needs no process of its own."""
    return CliRunner().invoke(cli.cli, arguments, input=stdin, catch_exceptions=False)


LOSS = """
import torch


class Net(torch.nn.Module):
    pass


RATE = 0.01


def penalty(w):
    return RATE * (w**2).sum()


def loss(w, X, y):
    return ((X @ w - y) ** 2).mean() + penalty(w)


for epoch in range(10):
    print(f"{epoch}")
"""


# --- answers -----------------------------------------------------------------------


def test_a_variable_may_be_written_as_the_latex_has_it() -> None:
    done = inside("diff", r"\frac{(x - \mu)^2}{2 \sigma^2}", r"\sigma")
    assert (done.exit_code, done.stdout) == (0, "-(x - mu)^2/sigma^3\n")
    assert "does not occur" not in done.stderr
    assert str(diff(r"\mu \cdot w^{(1)}", "w ^{(1)}")) == "mu"


def test_a_process_without_a_variable_says_what_is_wrong() -> None:
    done = calcml("simplify", "binomial(5, 2)")
    assert (done.status, done.out) == (1, "")
    assert "there is no function binomial: write (gamma(5 + 1)" in done.err


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (
            ["diff", "x*exp(-x^2)", "x", "--no-simplify"],
            "exp(-x^2) + x*(exp(-x^2)*(-(2*x)))",
        ),
        (["diff", "sigmoid(x)", "x"], "sigmoid(x)*(1 - sigmoid(x))"),
        (["diff", "sin(x)", "x", "--order", "2"], "-sin(x)"),
        (["diff", "x^2*y^3", "x", "y"], "6*x*y^2"),
        (["diff", "x^2", "x", "--format", "latex"], "2 x"),
        (["diff", "x^2", "x", "--format", "markdown"], "$$\n2 x\n$$"),
        (["diff", "-x^2", "x"], "-2*x"),
        (["diff", "--x", "x"], "1"),
        (["diff", "-o*x", "o"], "-x"),
        (["diff", "-h", "h"], "-1"),
        (["diff", "--", "-x^2", "x"], "-2*x"),
        (["diff", "e^2", "e"], "2*e"),
        (["grad", "x^2*y", "y", "x"], "y: x^2\nx: 2*x*y"),
        (["grad", "x^2*y"], "x: 2*x*y\ny: x^2"),
        (["grad", "x*y", "x", "--format", "latex"], r"\frac{\partial}{\partial x}: y"),
        (["grad", "-x", "x"], "x: -1"),
    ],
)
def test_answers(arguments: list[str], answer: str) -> None:
    done = inside(*arguments)
    assert (done.exit_code, done.stdout) == (0, answer + "\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["steps", "log(1 + exp(x))", "x"], "= sigmoid(x)    fold into sigmoid"),
        (["steps", "-x*sin(x)", "x", "--level", "full"], "1. product rule"),
        (["steps", "x^2", "x", "--format", "latex"], r"\begin{align*}"),
        (["steps", "x^2", "x", "--format", "markdown"], r"\begin{aligned}"),
        (["steps", "sin(x)", "x", "--order", "2"], "d/dx(cos(x)) = -sin(x)"),
        (["steps", "abs(x)", "x", "--given", "x > 0"], "given x > 0"),
        (["steps", "(w*x - y)^2", "w", "x"], "∂w = x*∂z"),
        (["steps", "sum(x^2)", "x", "--shape", "x: n"], "shape (n,)"),
        (["kinks", "relu(x)", "x"], "x = 0: corner"),
        (["kinks", "-abs(x)", "x", "--format", "markdown"], "| x = 0 | corner |"),
        (["kinks", "x*relu(x)", "x"], "smooth everywhere"),
        (["kinks", "abs(x)", "x", "--format", "latex"], r"\begin{array}"),
        (["domain", "log(x)/(x - 1)"], "defined for x > 0 and x != 1"),
        (["domain", "sqrt(x)*y", "y", "--format", "latex"], r"x \ge 0"),
    ],
)
def test_what_is_told(arguments: list[str], says: str) -> None:
    done = inside(*arguments)
    assert (done.exit_code, done.stderr) == (0, "")
    assert says in done.stdout


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["2*(x+1)^2"], "2*(x + 1)^2"),
        (["-x"], "-x"),
        (["p = x^2; p*sin(p)"], "x^2*sin(x^2)"),
        (["A@x", "--shape", "A: m n, x: n"], "A @ x"),
        (["A*x", "--dialect", "matlab"], "A @ x"),
        (["x + 1", "--tree"], "add\n  symbol x\n  number 1"),
        (["x", "--tree", "--shape", "x: n"], "symbol x (n,)"),
    ],
)
def test_how_a_formula_is_read(arguments: list[str], answer: str) -> None:
    told = [] if "--tree" in arguments else ["--format", "text"]
    done = inside("parse", *arguments, *told)
    assert (done.exit_code, done.stdout, done.stderr) == (0, answer + "\n", "")


def test_latex_is_read_and_the_reading_told() -> None:
    done = inside("diff", r"\frac{1}{1+e^{-\hat{x}}}", "x_hat")
    assert done.stdout == "sigmoid(x_hat)*(1 - sigmoid(x_hat))\n"
    assert "read as latex: 1/(1 + exp(-x_hat))" in done.stderr
    assert r"x_hat is \hat{x}" in done.stderr
    assert inside("diff", "x^2", "x").stderr == ""


def test_a_reading_is_told_as_text_and_as_latex() -> None:
    done = inside("parse", "2x² + sin x")
    assert done.stdout == "2*x^2 + sin(x)\n2 x^{2} + \\sin\\left(x\\right)\n"
    assert inside("parse", "2x", "--format", "latex").stdout == "2 x\n"
    told = json.loads(inside("parse", "2x", "--format", "json").stdout)
    assert told == {"text": "2*x", "latex": "2 x"}


def test_what_is_told_as_json() -> None:
    steps = json.loads(inside("steps", "x^2", "x", "--format=json").stdout)
    assert steps["result"] == "2*x"
    assert steps["steps"][0]["before"] == "d/dx(x^2)"
    kinks = json.loads(inside("kinks", "abs(x)", "x", "--format=json").stdout)
    assert kinks["kinks"][0]["subgradients"] == "[-1, 1]"
    domain = json.loads(inside("domain", "log(x)", "--format=json").stdout)
    assert domain["function"] == ["x > 0"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["steps", "x*sigmod(x)", "x"], "^^^^^^^^^"),
        (["steps", "x^2", "x", "y", "--order", "2"], "order 1"),
        (["kinks", "x +", "x"], "parse error"),
        (["domain", "x*"], "parse error"),
        (["parse", "x*", "--tree"], "parse error"),
    ],
)
def test_what_cannot_be_told(arguments: list[str], says: str) -> None:
    done = calcml(*arguments)
    assert done.status == 1
    assert says in done.err


def test_json_answers() -> None:
    made = json.loads(inside("diff", "x^3", "x", "--order=2", "--format=json").stdout)
    assert made == {
        "expr": "x^3",
        "var": "x",
        "order": 2,
        "derivative": "6*x",
        "latex": "6 x",
    }
    made = json.loads(inside("grad", "x*y", "--format=json").stdout)
    assert made["gradient"] == {"x": "y", "y": "x"}


def test_a_formula_may_come_from_standard_input() -> None:
    text = "\ufeff# a loss\np = θ*x\np^2  # squared\n"
    done = calcml("diff", "-", "θ", stdin=text.encode())
    assert done == Done(0, "2*x^2*θ\n", "")


@pytest.mark.parametrize(
    ("formula", "candidate", "status", "says"),
    [
        ("x^3", "3*x^2", 0, "proved"),
        ("x^3", "3*x", 1, "counterexample"),
        ("x^3", "-3*x^2", 1, "sign"),
        ("x^3", "3*y", 1, "differs"),
        ("-x^3", "-3*x^2", 0, "proved"),
        ("zeta(x)", "x", 3, "unknown"),
    ],
)
def test_check(formula: str, candidate: str, status: int, says: str) -> None:
    done = calcml("check", formula, candidate, "x")
    assert (done.status, done.err) == (status, "")
    assert says in done.out


def test_check_in_json() -> None:
    done = calcml("check", "x^3", "x", "x", "--format", "json")
    made = json.loads(done.out)
    assert done.status == 1
    assert made["verdict"] == "differs"
    assert made["counterexample"] == "x = 0.5"
    assert made["values"] == ["0.5", "0.75"]
    assert made["difference"] == "x - 3*x^2"
    assert made["points"] == 1
    right = calcml("check", "max(x, y)", "where(x > y, 1, 0)", "x", "--format=json")
    made = json.loads(right.out)
    assert (right.status, made["verdict"], made["points"]) == (0, "agrees", 12)
    assert made["counterexample"] is made["values"] is made["difference"] is None


def test_check_against() -> None:
    for against, name in (("sympy", "SymPy"), ("calcml", "calcml")):
        done = calcml("check", "x^3", "3*x", "x", "--against", against)
        assert f"{name}'s derivative 0.75" in done.out
    assert calcml("check", "x", "1", "x", "--against=torch").status == 2


def test_table(tmp_path: Path) -> None:
    shown = calcml("table", "basics")
    saved = calcml("table", "basics", "-o", str(tmp_path / "basics.md"))
    assert (shown.status, shown.err) == (0, "")
    assert (saved.status, saved.out, saved.err) == (0, "", "")
    assert (tmp_path / "basics.md").read_text(encoding="utf-8") == shown.out


def test_functions() -> None:
    assert "hyperbolic tangent" in inside("functions").stdout
    assert "d/dx: 1 - tanh(x)^2" in inside("functions", "tanh").stdout
    assert (
        json.loads(inside("functions", "ln", "--format=json").stdout)[0]["name"]
        == "log"
    )


@pytest.mark.parametrize(
    "command", [[], *[[name] for name in sorted(cli.cli.commands)]]
)
def test_help_shows_examples(command: list[str]) -> None:
    done = inside(*command, "--help")
    assert done.exit_code == 0
    assert "\n    calcml " in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("command", sorted(cli.cli.commands))
def test_the_examples_of_the_help_work(command: str, tmp_path: Path) -> None:
    """Every example line without a shell's own syntax is run."""
    (tmp_path / "mine.toml").write_text('[[rows]]\nformula = "x^2"\nby = "x"\n')
    (tmp_path / "sheet.md").write_text("| f | f' |\n|---|---|\n| sin x | cos x |\n")
    (tmp_path / "loss.py").write_text(LOSS)
    (tmp_path / "in.jsonl").write_text('{"expr": "x^2", "var": "x"}\n')
    lines = inside(command, "--help").stdout.splitlines()
    examples = [
        shlex.split(x.split("   ")[0])
        for x in map(str.strip, lines)
        if x[:7] == "calcml "
    ]
    assert examples
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))
    }
    for example in examples:
        done = subprocess.run(
            [sys.executable, "-m", *example],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
        )
        if "$(" not in " ".join(example):
            assert done.returncode in (0, 1), (example, done.stderr)
            assert done.returncode == 0 or "differs" in done.stdout


# --- nothing is dropped ------------------------------------------------------------

ARRAYS = ["sum((X @ w - y)^2)", "w", "--shape", "X: m n, w: n, y: m"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["diff", "x^2", "x", "--frmat", "latex"], "no option --frmat; write --format"),
        (["diff", "x^2", "x", "--frmat=latex"], "no option --frmat; write --format"),
        (["diff", "--frmat", "latex", "x^2", "x"], "no option --frmat; write --format"),
        (["grad", "x*y", "--order", "2"], "no option --order; diff, steps, check have"),
        (["grad", "x*y", "x", "-q", "latex"], "grad has no option -q"),
        (["steps", "x^2", "x", "--no-simplfy"], "steps has no option --no-simplfy"),
        (["kinks", "abs(x)", "x", "--order=2"], "kinks has no option --order"),
        (["domain", "log(x)", "--order", "2"], "domain has no option --order"),
        (["check", "x^2", "2*x", "x", "--points", "3"], "check has no option --points"),
        (["check", "x^2", "-2*x", "-x"], "check has no option -x"),
        (["parse", "x", "--tre"], "no option --tre; write --tree"),
        (["diff", "--theta", "theta"], "stands after --"),
        (["batch", "in.jsonl", "--kep"], "--keep"),
        (["check", "-", "-", "x"], "standard input is one formula"),
        (["diff", "X @ w", "w", "--shape", "X m n"], "no colon"),
        (["eval", "x^2", "x=3"], "write --at x=3"),
        (["diff", "x*y", "x", "x=1", "y = 2"], "write --at 'x=1, y = 2'"),
        (["table", "--verify"], "which file? as calcml table --verify sheet.md"),
        (["diff", "X @ w", "w", "--shape", "X: n, X: m"], "twice"),
    ],
)
def test_an_option_that_a_command_has_not(arguments: list[str], says: str) -> None:
    done = inside(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert says in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["--", "--theta", "theta"], "1"),
        (["--order", "2", "-x^3", "x", "--format=latex"], "-6 x"),
        (["X @ w", "w", "--shape", "X: m x n; w: n"], "X\nX[i, j]"),
        (["X @ w", "w", "--shape", "X: m,n; w: n"], "X\nX[i, j]"),
        (["X @ w", "w", "--shape", "X=m n, w=n"], "X\nX[i, j]"),
        (["X @ w", "w", "--shape", "X: (m, n)", "--shape", "w: n"], "X\nX[i, j]"),
        ([*ARRAYS, "--no-simplify"], "X.T @ (ones(m)*(2*(X @ w - y)))"),
    ],
)
def test_options_of_diff_in_many_places(arguments: list[str], answer: str) -> None:
    done = inside("diff", *arguments)
    assert (done.exit_code, done.stdout, done.stderr) == (0, answer + "\n", "")


def test_a_notation_that_a_result_has_not() -> None:
    words = ["X @ w", "X", "--shape", "X: m n, w: n", "--notation", "matrix"]
    assert "index notation" in inside("diff", *words).stderr


def test_options_count_in_every_format() -> None:
    for command in ("diff", "grad"):
        written: dict[tuple[str, ...], str] = {}
        for form in ("text", "latex", "markdown", "json"):
            for option in ([], ["--notation", "index"], ["--no-simplify"]):
                done = inside(command, *ARRAYS, "--format", form, *option)
                written[form, *option] = done.stdout
            done = inside(command, "x^2", "x", "--format", form, "--with-shape")
            written[form, "shape"] = done.stdout
            written[form, "none"] = inside(command, "x^2", "x", "--format", form).stdout
        assert len(set(written.values())) == len(written)


# Of each command, arguments, and options that each change what it answers.
READ = ["--shape 'z: n'", "--dialect matlab"]
FORMS = ["--format latex", "--format markdown", "--format json"]
OF_RESULTS = [
    *FORMS,
    "--no-simplify",
    "--given 'x > 0'",
    "--shape 'z: n' --with-shape",
    "--dialect matlab",
    "--shape 'z: n' --notation index",
]
LAYER = "'p = sigmoid(A @ z); p + p' z --shape 'A: m n, z: n'"
ROWS, FAILING = (
    shlex.quote(str(Path(__file__).parents[1] / f"tables/{name}.toml"))
    for name in ("rows", "failing")
)
SHEET = shlex.quote(str(Path(__file__).parents[1] / "tables/columns.csv"))
WALKED: dict[str, list[tuple[str, list[str]]]] = {
    "diff": [
        (
            "'x*log(x^2)*z' x",
            [*FORMS, "--no-simplify", "--given 'x > 0'", "--order 2"],
        ),
        ("'A*z' z --shape 'A: m n, z: n'", ["--with-shape", "--dialect matlab"]),
        ("'sum(sqrt(z^2))' z --shape 'z: n'", ["--notation index", "--given 'z > 0'"]),
        ("z z", READ[:1]),
        ("'log(1 + exp(x))' x", ["--functions elementary"]),
        ("'p = sin(x); exp(p)*p' x", ["--defined", "--at x=1", "--format python"]),
    ],
    "grad": [
        ("'x*log(x^2)*z' x", [*FORMS, "--no-simplify", "--given 'x > 0'"]),
        ("'norm2(A*z)' --shape 'A: n n, z: n'", ["--with-shape", "--dialect matlab"]),
        ("'sum(sqrt(z^2))' z --shape 'z: n'", ["--notation index", "--given 'z > 0'"]),
        ("'z*x' x", ["--shape 'z: 1'"]),
        ("'log(1 + exp(x))' x", ["--functions elementary"]),
        ("'p = sin(x); exp(p)*p' x", ["--defined", "--at x=1", "--format python"]),
    ],
    "steps": [
        ("'x*sqrt(x^2)' x", [*FORMS, "--given 'x > 0'", "--order 2", "--level full"]),
        ("'z*z' z", READ),
        ("'p = sin(x); exp(p)*p' x", ["--defined", "--no-simplify"]),
    ],
    "kinks": [
        ("'abs(x)' x", [*FORMS, "--given 'x > 0'", "--shape 'x: n'"]),
        ("'abs(x)*z' x", ["--dialect matlab"]),
    ],
    "domain": [
        ("'log(x)*z' x", ["--format latex", "--format json", "--given 'x > 0'"]),
        ("'p = x + z; log(p)/(x^2 - 1)' x", ["--no-simplify", "--defined"]),
        ("'z @ z'", READ),
    ],
    "check": [
        ("'x*relu(x)' x x", ["--format json", "--against calcml", "--order 2"]),
        ("'sum(abs(x))' 'x^0' x --shape 'x: n'", ["--given 'x > 0'"]),
        ("'x*relu(x)' x x", ["--shape 'x: n'", "--against sympy --shape 'x: n'"]),
    ],
    "parse": [
        ("'z @ z'", READ),
        ("z", ["--tree", "--format text", "--format latex", "--format json"]),
    ],
    "simplify": [
        ("'x*log(x^2)'", [*FORMS, "--no-simplify", "--given 'x > 0'", "--with-shape"]),
        ("'p = 2*x; p + sin(p)'", ["--defined", "--at x=1"]),
        ("'A*z' --shape 'A: m n, z: n'", ["--notation index", "--dialect matlab"]),
        ("'z @ z'", READ[:1]),
        ("'log(1 + exp(x)) + log(1 + exp(x))'", ["--functions elementary"]),
    ],
    "jacobian": [
        ("'p = sin(A*z); p^2*log(x^2)' z", OF_RESULTS),
        ("'log(1 + exp(x))' x", ["--functions elementary", "--at x=1"]),
        (LAYER, ["--no-defined"]),
    ],
    "hessian": [
        ("'p = A*z; p^3*log(x^2)' z", OF_RESULTS),
        ("'log(1 + exp(x))*x' x", ["--functions elementary", "--at x=1"]),
        (LAYER.replace("p + p", "sum(p)"), ["--no-defined"]),
    ],
    "vjp": [
        ("'p = sin(A*z); p^2*log(x^2)' z", [*OF_RESULTS, "--upstream h"]),
        ("'log(1 + exp(x))' x", ["--functions elementary", "--at x=1"]),
        (LAYER, ["--no-defined"]),
    ],
    "jvp": [
        ("'p = sin(A*z); p^2*log(x^2)' z", [*OF_RESULTS, "--tangent h"]),
        ("'log(1 + exp(x))' x", ["--functions elementary", "--at x=1"]),
        (LAYER, ["--no-defined"]),
    ],
    "eval": [
        ("'1/3'", ["--format json", "--digits 3"]),
        ("x", ["--at x=2"]),
        ("'z @ z'", READ),
    ],
    "table": [
        ("basics", ["--format latex", "--format json", "-o no/such.md"]),
        (
            ROWS,
            [
                *("--columns f", "--sort -f", "--language de", "--title T", "--rows 1"),
                *("--width 40", "--init no/such.toml"),
            ],
        ),
        (FAILING, ["--keep-going"]),
        (f"{ROWS} --format csv", ["--safe"]),
        (SHEET, ["--verify"]),
        (
            f"--verify {SHEET}",
            ["--function g", "--derivative g", "--variable v"],
        ),
    ],
    "functions": [("tanh", ["--format json"])],
}


@pytest.mark.parametrize(
    ("command", "plain", "option"),
    [
        (command, plain, option)
        for command, tries in WALKED.items()
        for plain, options in tries
        for option in options
    ],
)
def test_an_option_counts(command: str, plain: str, option: str) -> None:
    def told(words: str) -> str:
        try:
            done = inside(command, *shlex.split(words))
        except (CalcmlError, OSError) as error:
            return f"refused: {error}"
        return str(done.stdout)

    assert told(f"{plain} {option}") != told(plain)


def test_each_option_of_each_command_is_tried() -> None:
    for command, tries in WALKED.items():
        words = shlex.split(" ".join(o for _, options in tries for o in options))
        for param in cli.cli.commands[command].params:
            if isinstance(param, click.Option) and param.name != "file":
                spellings = [*param.opts, *param.secondary_opts]
                assert set(spellings) & set(words), (command, param.opts)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--shape", "X: m n"], "X of --shape"),
        (["--given", "z > 0"], "z of --given"),
        (["--given", "x > 0, z in integers"], "z of --given"),
        (["--given", "x > 0"], ""),
    ],
)
def test_names_that_do_not_occur_are_noted(options: list[str], says: str) -> None:
    for command in (["diff", "x^2", "x"], ["check", "x^2", "2*x", "x"]):
        done = inside(*command, *options)
        told = says and f"note: {says} does not occur in the formula\n"
        assert (done.exit_code, done.stderr) == (0, told)


@pytest.mark.parametrize("command", ["diff", "grad"])
def test_what_is_given_without_simplify(command: str) -> None:
    done = calcml(command, "sqrt(x^2)", "x", "--given", "x > 0", "--no-simplify")
    assert (done.status, done.out) == (1, "")
    assert "given has no effect without simplify" in done.err


@pytest.mark.parametrize("lines", ["x^2\nx^3\n", "x^2; x^3", "x^2\n\ny = 3\n"])
def test_several_formulas_of_a_pipe(lines: str) -> None:
    done = calcml("diff", "-", "x", stdin=lines.encode())
    assert (done.status, done.out) == (1, "")
    assert "x^2, defines nothing and would be dropped" in done.err


@pytest.mark.parametrize(
    ("name", "form", "status", "says"),
    [
        ("made.tex", "latex", 0, r"\begin{longtable}"),
        ("made.txt", "json", 0, '"title"'),
        ("made.tex", "json", 0, '"title"'),
        ("made.md", "latex", 0, r"\begin{longtable}"),
    ],
)
def test_a_format_and_the_name_of_a_file(
    tmp_path: Path, name: str, form: str, status: int, says: str
) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('[[rows]]\nformula = "x^2"\nby = "x"\n')
    made = tmp_path / name
    done = calcml("table", str(mine), "-o", str(made), "--format", form)
    assert done.status == status
    assert says in (done.err if status else made.read_text(encoding="utf-8"))
    assert made.exists() == (not status)


def test_batch_names_the_keys_that_it_does_not_know(tmp_path: Path) -> None:
    row = b'{"id": 1, "expr": "x^2", "var": "x", "page": 7}\n'
    for workers in ("1", "2"):
        done = calcml("batch", "-", "--workers", workers, stdin=row * 3)
        assert done.out == '{"id": 1, "derivative": "2*x"}\n' * 3
        assert done.err.count("page") == 1
        kept = calcml("batch", "-", "--keep", "--workers", workers, stdin=row)
        assert kept.out == '{"id": 1, "derivative": "2*x", "page": 7}\n'


def test_a_table_is_not_written_over_its_own_rows(tmp_path: Path) -> None:
    mine = tmp_path / "mine.json"
    mine.write_text('{"rows": [{"formula": "x^2", "by": "x"}]}')
    (tmp_path / "other.json").symlink_to(mine)
    before = mine.read_bytes()
    for name in ("mine.json", "other.json"):
        done = calcml("table", str(mine), "-o", str(tmp_path / name))
        assert done.status == 2 and "one file" in done.err
        assert mine.read_bytes() == before


# --- streams and statuses ----------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["diff", "x"],
        ["diff"],
        ["diff", "x", "x", "--order", "0"],
        ["diff", "x", "x", "--format", "pdf"],
        ["nothing"],
        ["table"],
        ["batch", "in.jsonl", "--workers", "0"],
        ["batch", "in.jsonl", "--timeout", "0"],
        ["batch", "in.jsonl", "--resume"],
    ],
)
def test_wrong_usage(arguments: list[str]) -> None:
    done = calcml(*arguments)
    assert (done.status, done.out) == (2, "")
    assert "Error: " in done.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["batch", "no/such.jsonl"], "No such file"),
        (["table", "no/such.toml"], "No such file"),
        (["table", "nothing"], "basics"),
        (["table", "basics", "-o", "basics.docx"], ".md, .tex, .html, .typ, .pdf"),
        (["table", "basics", "-o", "no/such/basics.md"], "No such file"),
        (["functions", "tnah"], "tanh"),
    ],
)
def test_what_cannot_be_done(arguments: list[str], says: str) -> None:
    done = calcml(*arguments)
    assert (done.status, done.out) == (1, "")
    assert says in done.err


def test_colours_are_for_terminals() -> None:
    assert "\x1b" not in calcml("diff", "1/2x", "x").err
    assert "\x1b" not in calcml("diff", "1/2x", "x", NO_COLOR="1").err


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no terminals here")
@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_no_color_is_heeded(no_color: str, coloured: bool) -> None:
    ours, theirs = os.openpty()
    subprocess.run(
        [sys.executable, "-m", "calcml", "diff", "1/2x", "x"],
        stderr=theirs,
        env=os.environ | {"NO_COLOR": no_color, "TERM": "xterm"},
    )
    os.close(theirs)
    assert (b"\x1b[" in os.read(ours, 4096)) is coloured
    os.close(ours)


def test_a_reader_that_leaves_is_no_error() -> None:
    command = [sys.executable, "-m", "calcml", "functions", "--format", "json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as started:
        assert started.stdout is not None
        assert started.stderr is not None
        started.stdout.read(1)
        started.stdout.close()
        assert started.stderr.read() == b""


def test_letters_that_the_terminal_lacks() -> None:
    done = calcml("diff", "θ^2", "θ", PYTHONIOENCODING="latin-1")
    assert (done.status, done.out) == (0, "2*\\u03b8\n")


def test_a_fault_of_calcml_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(**_: Any) -> None:
        raise KeyError("a bug\nof two lines")

    monkeypatch.setattr(cli.cli, "main", broken)
    assert cli.main() == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "KeyError" in err
    assert "report" in err


@pytest.mark.parametrize(
    ("error", "status"),
    [(KeyboardInterrupt(), 130), (MemoryError(), 1), (RecursionError(), 1)],
)
def test_other_ends(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, status: int
) -> None:
    def broken(**_: Any) -> None:
        raise error

    monkeypatch.setattr(cli.cli, "main", broken)
    assert cli.main() == status


# --- batch -------------------------------------------------------------------------

ROWS = b'{"id": 1, "expr": "x^2", "var": "x"}\n?\n'
ANSWER = '{"id": 1, "derivative": "2*x"}'


def test_batch_from_stream_to_stream() -> None:
    done = calcml("batch", "-", "--workers", "1", stdin=ROWS)
    first, second = done.out.splitlines()
    assert (done.status, first) == (1, ANSWER)
    assert json.loads(second)["error"]["kind"] == "row"
    assert done.err == "2 rows, 1 errors, in lines 2\n"


def test_batch_tells_the_first_lines_that_failed() -> None:
    for workers in ("1", "2"):
        words = "batch", "-", "--workers", workers
        done = calcml(*words, stdin=b"\n" + ROWS * 12)
        assert done.status == 1
        assert done.err.endswith(", in lines 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, ...\n")
        assert calcml(*words, "--keep-going", stdin=ROWS).status == 0


def test_batch_from_file_to_file(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(ROWS)
    out = tmp_path / "out.jsonl"
    done = calcml("batch", str(tmp_path / "in.jsonl"), "-o", str(out), "--timeout", "9")
    assert (done.status, done.out) == (1, "")
    assert out.read_text().splitlines()[0] == ANSWER


def test_batch_does_not_write_over_its_input(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(ROWS)
    done = calcml("batch", str(tmp_path / "in.jsonl"), "-o", str(tmp_path / "in.jsonl"))
    assert done.status == 2
    assert (tmp_path / "in.jsonl").read_bytes() == ROWS


def test_batch_does_not_resume_other_rows(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(ROWS)
    (tmp_path / "out.jsonl.part").write_text('{"id": 2, "derivative": "0"}\n')
    out = str(tmp_path / "out.jsonl")
    done = calcml("batch", str(tmp_path / "in.jsonl"), "-o", out, "--resume")
    assert done.status == 1
    assert "other rows" in done.err


# --- bad input ---------------------------------------------------------------------

# Runs the command, then writes what it took: a parent cannot ask that for one child.
MEASURED = """
import resource, sys
from pathlib import Path
from calcml.cli import main
status = main()
usage = resource.getrusage(resource.RUSAGE_SELF)
peak = [int(x.split()[1]) for x in Path("/proc/self/status").read_text().splitlines()
        if x.startswith("VmHWM")]
print(usage.ru_utime + usage.ru_stime, peak[0], file=sys.stderr)
sys.exit(status)
"""
MOST_SECONDS, MOST_KILOBYTES = 1.0, 200_000
measurable = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="no /proc to read the memory from"
)

BAD = {
    "empty": (b"", 1, "parse error", "write one"),
    "blank": (b" \n", 1, "parse error", "write one"),
    "open bracket": (b"sin(x", 1, "parse error", "never closed"),
    "closed bracket": (b"x)", 1, "parse error", "closes nothing"),
    "unknown function": (b"tnah(x)", 1, "unsupported error", "Did you mean tanh"),
    "too many arguments": (
        b"log(x, 2)",
        1,
        "parse error",
        "log takes 1 argument, got 2",
    ),
    "too few arguments": (b"atan2(x)", 1, "parse error", "atan2"),
    "two readings": (b"1/2x", 1, "parse error", "write 1/(2*x) or 1/2*x"),
    "no operand": (b"x +", 1, "parse error", "should follow"),
    "python": (b"__import__('os').system('x')", 1, "error", ""),
    "tower of powers": (b"9**9**9**9", 0, "note: x does not occur", ""),
    "many brackets": (b"(" * 1_000_000, 1, "error", ""),
    "ten megabytes": (b"x + " * 2_500_000, 1, "limit error", "characters"),
    "nul bytes": (b"x\x00\x00", 1, "parse error", "U+0000"),
    "latin-1": ("x + ä".encode("latin-1"), 1, "parse error", "UTF-8"),
    "utf-16": ("x^2".encode("utf-16"), 1, "parse error", "UTF-8"),
    "absent variable": (b"a*b", 0, "note: x does not occur", "a, b"),
    "division by zero": (b"1/0", 1, "domain error", "zero"),
    "log of zero": (b"log(0)", 1, "domain error", "x > 0"),
}
WITHOUT_CARET = (
    "ten megabytes",
    "latin-1",
    "utf-16",
    "tower of powers",
    "absent variable",
)


@measurable
@pytest.mark.parametrize("case", BAD)
def test_bad_input(case: str) -> None:
    given, status, kind, says = BAD[case]
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, "diff", "-", "x"],
        input=given,
        capture_output=True,
    )
    *said, measured = done.stderr.decode().splitlines()
    seconds, kilobytes = map(float, measured.split())
    told = "\n".join(said)
    assert done.returncode == status
    assert done.stdout.decode() == ("" if status else "0\n")
    assert kind in told
    assert says in told
    assert "Traceback" not in told
    assert "failed, please report" not in told
    assert ("^" in told) is (case not in WITHOUT_CARET)
    assert all(len(line) < 300 for line in said)
    assert seconds < MOST_SECONDS
    assert kilobytes < MOST_KILOBYTES


@measurable
def test_a_bad_batch_line_is_cheap() -> None:
    given = b"?\n" + b"x" * 20_000_000 + b"\n" + ROWS[:37]
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, "batch", "-", "--workers", "1"],
        input=given,
        capture_output=True,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [a.get("derivative") for a in answers] == [None, None, "2*x"]
    seconds, kilobytes = map(float, done.stderr.splitlines()[-1].split())
    assert seconds < MOST_SECONDS
    assert kilobytes < MOST_KILOBYTES


def test_an_argument_in_a_wrong_encoding() -> None:
    if os.name == "nt":
        pytest.skip("arguments are Unicode there")
    command = [
        os.fsencode(sys.executable),
        b"-m",
        b"calcml",
        b"diff",
        b"x + \xff",
        b"x",
    ]
    done = subprocess.run(command, capture_output=True)
    assert done.returncode == 1
    assert b"^" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["sqrt(x^2)", "1", "x", "--given", "x>0"], 0),
        (["sqrt(x^2)", "-1", "x", "--given", "x>0"], 1),
        (["x*gamma(a)", "1", "x", "--given", "gamma(a) = 1"], 3),
        (["x^2", "2*", "x"], 2),
        (["2*", "2", "x"], 2),
        (["x^2", "2*x", "2"], 2),
        (["x^2", "2*x", "x+1"], 2),
        (["x^2", "x > 0", "x"], 2),
        (["x^2", "2*x", "x", "--given", "x"], 2),
        (["sum(x)", "ones(n)", "n", "--shape", "x: n"], 2),
    ],
)
def test_exit_statuses_of_check(arguments: list[str], status: int) -> None:
    answer = calcml("check", *arguments)
    assert answer.status == status, answer.err
    assert bool(answer.out) is (status != 2)


def test_a_function_of_a_file_is_read_and_not_run(tmp_path: Path) -> None:
    path = tmp_path / "loss.py"
    path.write_text(LOSS)
    shape = "w: n, X: m n, y: m"
    done = calcml("diff", f"{path}:loss", "w", "--shape", shape)
    assert done.out == "0.02*w + 2*X.T @ (X @ w - y)/m\n"
    assert done.err.startswith("read as python: ")
    assert inside("diff", str(path), "w", "--shape", shape).output.endswith(done.out)
    wrong = calcml("diff", f"{path}:lost", "w")
    assert wrong.status == 1
    assert "there is no function lost; there are: Net, penalty, loss" in wrong.err
    wrong = calcml("diff", f"{path}:Net.forward", "w")
    assert "which method of Net is meant is not known" in wrong.err
    path.write_text("def f(x):\n    for i in range(3):\n        x = x*x\n    return x")
    wrong = calcml("diff", str(path), "x")
    assert wrong.status == 1
    assert "line 2: a loop is no formula" in wrong.err
    assert (
        calcml("diff", "absent.py:f", "x").err
        == "error: absent.py: No such file or directory\n"
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("domain", "x < y"), "write where(x < y, 1, 0)"),
        (("jvp", "x/y", ""), "'' is no name of a variable"),
        (("diff", "x^2", ""), "'' is no name of a variable"),
    ],
)
def test_what_is_no_formula_or_no_name(words: tuple[str, ...], says: str) -> None:
    with pytest.raises(CalcmlError, match=re.escape(says)):
        inside(*words)
