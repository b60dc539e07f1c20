"""A start loads what it needs: public names when they are first used, help nothing."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import calcml

ROOT = Path(__file__).parents[1]
SIMPLIFIER = {"calcml.simplify", "calcml.tidy", "calcml.closed", "calcml.normal"}
# Of no use at a start, and slow to load: hashlib brings OpenSSL.
HEAVY = {"hashlib", "inspect", "pathlib", "html", "dataclasses"}


def loaded(code: str) -> set[str]:
    """The modules that a fresh process has after some code."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; import sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=60,
    )
    return set(done.stdout.splitlines()[-1].split())


def own(modules: set[str]) -> set[str]:
    return {name for name in modules if name.split(".")[0] == "calcml"}


def test_an_import_loads_nothing_else() -> None:
    assert own(loaded("import calcml")) == {"calcml"}


def test_what_is_not_simplified_loads_no_simplifier() -> None:
    calls = 'import calcml; calcml.diff("x^2", "x", simplify=False)'
    modules = loaded(calls)
    assert "calcml.api" in modules
    assert not modules & (SIMPLIFIER | HEAVY)


def test_a_formula_of_scalars_loads_no_arrays() -> None:
    modules = loaded('import calcml; calcml.diff("x^2", "x")')
    assert modules >= SIMPLIFIER
    assert not modules & (HEAVY | {"calcml.arrays.shortener"})


def test_help_loads_the_commands_alone() -> None:
    code = (
        "import contextlib, io; from calcml.cli import cli\n"
        "with contextlib.redirect_stdout(io.StringIO()), "
        "contextlib.suppress(SystemExit): cli.main(['--help'])\n"
        "import calcml"
    )
    names = own(loaded(code))
    assert {n for n in names if not n.startswith("calcml.cli")} == {
        "calcml",
        "calcml.errors",
    }


def test_dir_shows_the_public_names_alone() -> None:
    assert dir(calcml) == sorted(calcml.__all__)


@pytest.mark.parametrize("name", calcml.__all__)
def test_each_public_name_is_there(name: str) -> None:
    assert getattr(calcml, name).__module__.split(".")[0] == "calcml"


def test_names_that_are_none_say_so() -> None:
    with pytest.raises(AttributeError, match="calcml has no 'sinn'"):
        _ = calcml.sinn
    with pytest.raises(AttributeError):
        _ = calcml.__wrapped__


@pytest.mark.parametrize("word", ["check", "compile", "kinks", "steps", "batch"])
def test_a_word_is_its_function_whichever_comes_first(word: str) -> None:
    """`calcml.check` is a function and a package; loading one keeps the other."""
    code = f"import calcml, calcml.{word}; print(type(calcml.{word}).__name__)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=60,
    )
    assert done.stdout.split() == ["function" if word in calcml.__all__ else "module"]


def test_a_pickle_is_whole_in_a_fresh_process() -> None:
    data = pickle.dumps(calcml.parse("x*sin(y)"))
    code = (
        f"import pickle; e = pickle.loads({data!r}); "
        "print(e, e.latex(), e.evalf({'x': 2, 'y': 0}), sep='; ')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=60,
    )
    assert done.stdout == "x*sin(y); x \\sin\\left(y\\right); 0.0\n"
