"""The layers, what each may import, and what is spelled once."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "calcml").rglob("*.py"))

# Lowest first. A part imports from layers below its own, or from inside itself.
LAYERS = """
collection errors later
shapes
expr mistakes
automaton light
tensors
functions rules exact order formal indexed templates
calls
syntax regions
matlab
conditions facts partials
diff terms
lower norms pointwise rewrite
piecewise
elements normal tidy
closed
balls numeric simplify sympy_bridge
notation
arrays high_order solving subject
named compressed joins
domain pairs printing slopes
trials runs
compile check define domains kinks steps
calculus tables batch
api
cli
"""
LEVEL = {part: i for i, line in enumerate(LAYERS.split("\n")) for part in line.split()}

# The third parties of each part; a part that is not listed has none.
FOREIGN = {
    "automaton": {"lark"},
    "balls": {"flint"},
    "check": {"sympy"},
    "cli": {"click"},
    "compile": {"numpy"},
    "normal": {"flint"},
    "pairs": {"opt_einsum"},
    "pointwise": {"mpmath"},
    "solving": {"flint"},
    "sympy_bridge": {"sympy"},
}
IMPORTED_AS = {"python-flint": "flint"}
HEAVY = "click flint lark mpmath numpy opt_einsum rich scipy sympy".split()

MAX_LINES = 330  # "about 300"; a module that grows past it holds two ideas
# Longer ones, each at its size: they may shrink, not grow.
LONGER = {"expr": 395}


def name(path: Path) -> str:
    return path.relative_to(ROOT / "calcml").with_suffix("").as_posix()


def part(path: Path) -> str:
    """The module or package of calcml that a file belongs to."""
    return name(path).split("/")[0]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    """Full names of the modules that a file imports, inside functions too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, f"{path}: imports are absolute"
            if node.module == "calcml":
                yield from (f"calcml.{alias.name}" for alias in node.names)
            else:
                yield node.module


inner = pytest.mark.parametrize(
    "path", [p for p in SOURCES if not name(p).startswith("__")], ids=name
)


@inner
def test_every_part_has_a_layer(path: Path) -> None:
    assert part(path) in LEVEL


@inner
def test_imports_go_downward(path: Path) -> None:
    own = part(path)
    for module in imports(path):
        if module.startswith("calcml.") and module != "calcml.__version__":
            other = module.split(".")[1]
            assert other == own or LEVEL[other] < LEVEL[own], f"{own} imports {other}"


@inner
def test_third_parties_have_their_places(path: Path) -> None:
    roots = {module.split(".")[0] for module in imports(path)}
    foreign = roots - set(sys.stdlib_module_names) - {"calcml"}
    assert foreign <= FOREIGN.get(part(path), set())


def test_each_dependency_is_imported_and_declared() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    core = re.search(r"^dependencies = \[(.*?)\]", text, re.M | re.S)
    assert core
    declared = {IMPORTED_AS.get(n, n) for n in re.findall(r'"([\w-]+)', core[1])}
    assert declared == set().union(*FOREIGN.values()) - {"numpy", "opt_einsum"}


def test_importing_calcml_is_light() -> None:
    code = f"import sys, calcml; print(*sorted(set(sys.modules) & set({HEAVY!r})))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=60,
    )
    assert done.stdout.split() == []


def test_one_source_file_spells_tanh() -> None:
    spelled = [
        name(p)
        for p in SOURCES
        if re.search(r"\btanh\b", p.read_text(encoding="utf-8"))
    ]
    assert spelled == ["functions/elementary"]


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_text_is_never_run(path: Path) -> None:
    """`compile` alone runs code, the one that `printing.source` wrote from nodes."""
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func).removeprefix("builtins.")
        assert called not in ("eval", "__import__", "parse_expr", "sympy.parse_expr")
        assert called != "exec" or name(path) == "compile/__init__"
        if called.endswith("sympify"):  # which runs text, unless it is strict
            assert any(ast.unparse(k) == "strict=True" for k in node.keywords)


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_modules_are_small_rooms(path: Path) -> None:
    if part(path) not in ("functions", "rules"):  # tables
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= LONGER.get(name(path), MAX_LINES)


def test_the_package_says_that_it_is_typed() -> None:
    assert (ROOT / "calcml" / "py.typed").is_file()
