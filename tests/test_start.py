"""A start loads what it needs: public names when they are first used, help nothing."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

import calcml
from tests.support import fresh

ROOT = Path(__file__).parents[1]
SIMPLIFIERS = """
algebra.simplify algebra.canonical algebra.rewrite algebra.rules algebra.facts
algebra.piecewise calculus.branches algebra.arrays.simplify algebra.arrays.normalizer
algebra.closed algebra.normal
"""
# Of no use at a start, and slow to load: hashlib brings OpenSSL.
HEAVY = {"hashlib", "inspect", "pathlib", "html", "dataclasses", "json"}


def loaded(code: str) -> set[str]:
    """The modules that a fresh process has after some code."""
    return set(
        fresh(f"{code}; import sys; print(*sys.modules)").splitlines()[-1].split()
    )


def own(modules: set[str]) -> set[str]:
    return {name for name in modules if name.split(".")[0] == "calcml"}


def parts(*names: str) -> set[str]:
    return {f"calcml.{name}" for name in " ".join(names).split()}


def test_an_import_loads_nothing_else() -> None:
    modules = loaded("import calcml; calcml.__version__, dir(calcml)")
    assert own(modules) == {"calcml"}
    assert not modules & {"re", "typing", *HEAVY}


@pytest.mark.parametrize(
    "call",
    [
        "diff('x^2*sin(x)', 'x', simplify=False)",
        "grad('(w*x + b)^2', simplify=False)",
        "jacobian(['x*y', 'x + y'], ['x', 'y'], simplify=False)",
        "hessian('x^2*y', ['x', 'y'], simplify=False)",
        "vjp('A @ x', 'x', shapes={'A': 'm n', 'x': 'n'}, simplify=False)",
        "jvp('exp(x)', 'x', simplify=False)",
        "diff('sum((A @ x)^2)', 'x', shapes={'A': 'm n', 'x': 'n'}, simplify=False)",
        "parse('max(x, 0)*relu(y)')",
        "sin('x')",
    ],
)
def test_what_is_not_simplified_loads_no_simplifier(call: str) -> None:
    modules = loaded(f"import calcml; calcml.{call}")
    assert "calcml.api" in modules
    assert not modules & (parts(SIMPLIFIERS, "printing steps") | HEAVY | {"flint"})


def test_a_short_formula_of_scalars_loads_little() -> None:
    modules = loaded('import calcml; calcml.diff("x^2", "x")')
    assert parts("algebra.simplify algebra.canonical") <= modules
    assert not modules & parts(
        "algebra.arrays.normalizer",
        "algebra.normal",
        "algebra.piecewise",
        "calculus.branches",
        "printing",
    )
    assert not modules & (HEAVY | {"flint"})


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
        "calcml.core",
        "calcml.core.errors",
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
    assert fresh(code).split() == ["function" if word in calcml.__all__ else "module"]


def test_a_pickle_is_whole_in_a_fresh_process() -> None:
    data = pickle.dumps(calcml.parse("x*sin(y)"))
    code = (
        f"import pickle; e = pickle.loads({data!r}); "
        "print(e, e.latex(), e.evalf({'x': 2, 'y': 0}), sep='; ')"
    )
    assert fresh(code) == "x*sin(y); x \\sin\\left(y\\right); 0.0\n"


@pytest.mark.parametrize(
    "formula", ["x^2*sin(x)", "det(B)", "inv(B)[0, 1]", "sum(softmax(A @ z, axis=0)*z)"]
)
def test_a_pickle_is_the_same_node_in_a_fresh_process(formula: str) -> None:
    shapes = {"A": "n n", "z": "n", "B": "k k"}
    node = calcml.parse(formula, shapes=shapes)
    code = (
        "import pickle, sys; node = pickle.load(sys.stdin.buffer); print(node.shape)\n"
        f"import calcml; print(node is calcml.parse({formula!r}, shapes={shapes}))"
    )
    assert fresh(code, data=pickle.dumps(node)) == f"{node.shape}\nTrue\n"


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("x + 1", "x + 1"),
        ("x.latex()", "x"),
        ("(2*x).evalf({'x': 2})", "4.0"),
        ("(symbol('A', 'm n') @ symbol('z', 'n'))[0]", "(A @ z)[0]"),
        ("x.to_sympy()", "x"),
        ("x.subs({'x': 2})", "2"),
    ],
)
def test_a_node_has_its_methods_however_it_was_made(code: str, shown: str) -> None:
    start = "from calcml.core.expr import symbol; x = symbol('x')"
    assert fresh(f"{start}; print({code})") == f"{shown}\n"


def test_a_public_name_is_kept_when_it_was_used() -> None:
    assert all(getattr(calcml, n) is vars(calcml)[n] for n in calcml.__all__)


def test_functions_of_the_tables_are_names_too() -> None:
    assert str(calcml.sin("x")) == "sin(x)"
    assert str(calcml.softmax(calcml.symbol("z", "n"))) == "softmax(z)"


def test_the_version_has_one_home() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'dynamic = ["version"]' in project
    assert '[tool.hatch.version]\npath = "calcml/__init__.py"' in project
    told = fresh("from calcml.cli import main; main()", "--version")
    assert told == f"calcml {calcml.__version__}\n"


def test_help_shows_the_public_names() -> None:
    text = fresh("import calcml; help(calcml)")
    assert all(name in text for name in (*calcml.__all__, calcml.__version__))
