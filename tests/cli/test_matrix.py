"""Each command with each shared option and format: there, or refused by its name."""

from __future__ import annotations

import re
from typing import Any

import click
import pytest

import calcml as cm
from calcml.cli import cli
from tests.cli.test_cli import calcml, inside

# Of each command, what it is asked: z may be an array.
ASKED = {
    "diff": ["x*z^2", "z"],
    "grad": ["x*z^2", "z"],
    "jacobian": ["x*z", "z"],
    "hessian": ["x*z^2", "z"],
    "vjp": ["x*z", "z"],
    "jvp": ["x*z", "z"],
    "simplify": ["x*z + z*x"],
    "eval": ["2*3"],
    "steps": ["x*z^2", "x"],
    "kinks": ["abs(x)*z", "x"],
    "domain": ["log(x)*z", "x"],
    "check": ["x*z^2", "z^2", "x"],
    "parse": ["x*z"],
    "table": ["basics"],
    "functions": ["tanh"],
    "help": ["diff"],
}
OPTIONS = {
    "--shape": "z: 1",
    "--given": "x > 0",
    "--order": "2",
    "--notation": "matrix",
    "--defined": None,
    "--dialect": "calcml",
    "--functions": "elementary",
    "--no-simplify": None,
    "--with-shape": None,
}
FORMATS = ("text", "latex", "markdown", "json", "html", "typst", "csv")
# The public calls on formulas whose command has another name.
CALLED = {"evalf": "eval", "derive": "steps"}
CALLS = """
diff grad jacobian hessian vjp jvp simplify derive kinks domain check table batch parse
evalf
""".split()


def test_every_command_is_asked() -> None:
    assert ASKED.keys() | {"batch"} == cli.commands.keys()


@pytest.mark.parametrize("call", CALLS)
def test_every_call_is_a_command(call: str) -> None:
    assert hasattr(cm, call) or hasattr(cm.Expr, call)
    assert CALLED.get(call, call) in cli.commands


def answered(command: str, *more: str) -> bool:
    """Whether a command answers; else it has refused, and said what."""
    done: Any = inside(command, *ASKED[command], *more)
    if done.exit_code == 0:
        assert done.stdout.strip()
        return True
    assert done.exit_code == 2
    assert done.stdout == ""
    assert more[0].removeprefix("--no-") in done.stderr
    return False


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("command", ASKED)
def test_an_option_is_there_or_refused_by_name(command: str, option: str) -> None:
    value = OPTIONS[option]
    there = answered(command, option, *([] if value is None else [value]))
    names = {
        o for p in cli.commands[command].params for o in (*p.opts, *p.secondary_opts)
    }
    assert there == (option in names) or command == "simplify"


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("command", ASKED)
def test_a_format_is_there_or_refused_by_name(command: str, form: str) -> None:
    there = answered(command, "--format", form)
    options = {p.name: p for p in cli.commands[command].params}
    kind = options["form"].type if "form" in options else None
    assert there == (isinstance(kind, click.Choice) and form in kind.choices)


@pytest.mark.parametrize("command", sorted({*ASKED, "batch"}))
def test_help_is_told_in_three_ways(command: str) -> None:
    told = [
        inside(*words).stdout.partition("\n\n")[2]
        for words in (["help", command], [command, "--help"], [command, "-h"])
    ]
    assert told[0]
    assert len(set(told)) == 1


def test_help_names_no_option_that_is_a_formula() -> None:
    """In a process of its own: a command keeps the options of its first help."""
    assert re.search(r"^  --help ", calcml("help", "diff").out, re.MULTILINE)


def test_the_version_is_told() -> None:
    assert (
        inside("-V").stdout
        == inside("--version").stdout
        == f"calcml {cm.__version__}\n"
    )


def test_a_file_has_a_formula_a_line(tmp_path: Any) -> None:
    file = tmp_path / "formulas.txt"
    file.write_text("2x²\n\n# a note\nsin x  # another\n", encoding="utf-8")
    done = inside("diff", "-f", str(file), "x")
    assert (done.exit_code, done.stdout) == (0, "4*x\ncos(x)\n")
    file.write_text("2x²\n1/2x\nx\n", encoding="utf-8")
    for option in ("-f", "--file"):
        told = calcml("grad", option, str(file))
        assert (told.status, told.out) == (1, "x: 4*x\nx: 1\n")
        assert "line 2" in told.err
        assert "or 1/2*x" in told.err
    assert "lacks its FILE" in inside("grad", "-f").stderr


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["simplify", "sin²x + cos²x"], "1"),
        (["eval", "2 pi r", "--at", "r=3", "--digits", "5"], "18.85"),
        (["eval", "x*y", "--at", "x=1/2, y=3"], "1.5"),
        (["eval", "v*2", "--shape", "v: n", "--at", "v=[1, 2]"], "[2.0, 4.0]"),
        (["eval", "x > 1", "--at", "x=2"], "true"),
        (["jacobian", "x*y", "x", "y"], "y, x"),
        (["hessian", "x²y", "x", "y"], "2*y, 2*x\n2*x, 0"),
        (["hessian", "x²y", "x"], "2*y"),
        (["vjp", "X @ W", "W", "--shape", "X: b n, W: n m"], "X.T @ g"),
        (["vjp", "x*y", "x", "y", "--upstream", "h"], "x: h*y\ny: h*x"),
        (["jvp", "x^3", "x", "--tangent", "t"], "3*t*x^2"),
    ],
)
def test_answers_of_the_other_commands(words: list[str], answer: str) -> None:
    done = inside(*words)
    assert (done.exit_code, done.stdout) == (0, answer + "\n")


@pytest.mark.parametrize("at", ["x", "x=", "x=[1"])
def test_a_point_needs_values(at: str) -> None:
    done = inside("eval", "x", "--at", at)
    assert done.exit_code == 2
    assert "--at" in done.stderr


@pytest.mark.parametrize(
    ("begun", "completed"),
    [
        (["jac"], "jacobian"),
        (["diff", "--ord"], "--order"),
        (["diff", "--format", "mark"], "markdown"),
        (["table", "act"], "activations"),
        (["functions", "softp"], "softplus"),
    ],
)
def test_shells_complete(begun: list[str], completed: str) -> None:
    from click.shell_completion import ShellComplete

    *before, last = begun
    shell = ShellComplete(cli, {}, "calcml", "_CALCML_COMPLETE")
    found = [item.value for item in shell.get_completions(before, last)]
    assert completed in found
