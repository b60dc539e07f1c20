"""The rooms, what each may import, and what is spelled once."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from calcml.functions import FUNCTIONS
from calcml.functions.arrays import ARRAY_FUNCTIONS, ARRAY_OPERATIONS
from tests.support import fresh

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "calcml").rglob("*.py"))

# The folders and modules in calcml/, lowest first: each imports from those before it.
ROOMS = """
functions core parsing algebra printing evaluate calculus runtime compile sympy_bridge
check steps tables batch api cli compat
""".split()
LEVEL = {room: i for i, room in enumerate(ROOMS)}
MOST_ROOMS, MOST_FLOORS, MOST_ARROWS = 17, 10, 75  # these numbers only fall

# The third parties of each module or package; what is not listed has none.
FOREIGN = {
    "algebra.logarithms": {"flint"},
    "algebra.normal": {"flint"},
    "calculus.zeros": {"flint"},
    "check": {"sympy"},
    "core.mathml": {"latex2mathml"},
    "cli": {"click"},
    "compile": {"numpy", "opt_einsum"},
    "evaluate.balls": {"flint"},
    "evaluate.pointwise": {"mpmath"},
    "parsing.tables": {"lark"},
    "runtime": {"numpy"},
    "sympy_bridge": {"sympy"},
    "tables": {"fontTools", "matplotlib", "numpy", "pandas", "typst"},
    "tables.restructured": {"docutils"},
}
OPTIONAL = {
    "fontTools",
    "docutils",
    "matplotlib",
    "numpy",
    "opt_einsum",
    "pandas",
    "typst",
}  # extras have them
IMPORTED_AS = {"python-flint": "flint"}
HEAVY = """
click docutils flint lark latex2mathml matplotlib mpmath numpy opt_einsum pandas rich
scipy sympy typst
""".split()

MAX_LINES = 330  # "about 300"; a module that grows past it holds two ideas
# Longer ones are one idea, each at its size: they may shrink, not grow.
LONGER = {
    "algebra.arrays.normalizer": 337,
    "algebra.closed.assemble": 376,
    "algebra.normal.reader": 395,
    "algebra.normal.ring": 435,
    "algebra.terms": 483,
    "calculus.expansions.local": 450,
    "core.expr": 373,
}


def name(path: Path) -> str:
    """The module without `calcml.`; a package is its folder, calcml itself is empty."""
    parts = path.relative_to(ROOT / "calcml").with_suffix("").parts
    return ".".join(parts).removesuffix("__init__").removesuffix(".")


MODULES = {name(path): path for path in SOURCES}


def room(module: str) -> str:
    """The folder or module of calcml that a module belongs to."""
    return module.partition(".")[0]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    """Full names of what a file imports, inside functions too: a.b for b from a."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, f"{path}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def defines(package: str, word: str) -> bool:
    """Whether a package binds a word itself, beside a module of that name."""
    for node in tree(MODULES[package]).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == word:
            return True
        if isinstance(node, ast.ImportFrom) and node.module != f"calcml.{package}":
            names = [alias.asname or alias.name for alias in node.names]
            if word in names:
                return True
    return False


@cache
def imported(module: str) -> set[str]:
    """The modules of calcml that a module imports; a part of one means that one."""
    found = set()
    for full in imports(MODULES[module]):
        first, _, inside = full.partition(".")
        if first != "calcml":
            continue
        package, _, word = inside.rpartition(".")
        is_module = inside in MODULES and not (package and defines(package, word))
        found.add(inside if is_module else package)
    return found - {module, ""}


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """The groups of nodes that all lead to each other."""
    reach: dict[str, set[str]] = {}
    for start in graph:
        seen, stack = set(), [start]
        while stack:
            news = graph.get(stack.pop(), set()) - seen
            seen |= news
            stack += news
        reach[start] = seen
    groups = {
        tuple(sorted(b for b in reach[a] if b in reach and a in reach[b]))
        for a in graph
        if a in reach[a]
    }
    return [list(group) for group in sorted(groups)]


inner = pytest.mark.parametrize(
    "module", [m for m in MODULES if m not in ("", "__main__")]
)


@inner
def test_every_module_has_a_room(module: str) -> None:
    assert room(module) in LEVEL


@inner
def test_imports_go_downward(module: str) -> None:
    own = room(module)
    for other in map(room, imported(module)):
        assert other == own or LEVEL[other] < LEVEL[own], f"{own} imports {other}"


def test_modules_form_no_circle() -> None:
    """Neither do those of one package; a package stands for its __init__."""
    assert not circles({module: imported(module) for module in MODULES})


def test_rooms_and_what_goes_between_them_stay_few() -> None:
    below: dict[str, set[str]] = {r: set() for r in ROOMS}
    for module in MODULES:
        if module not in ("", "__main__"):
            below[room(module)] |= set(map(room, imported(module))) - {room(module)}
    floor: dict[str, int] = {}
    for r in ROOMS:
        floor[r] = 1 + max((floor[other] for other in below[r]), default=0)
    assert len(ROOMS) <= MOST_ROOMS
    assert max(floor.values()) <= MOST_FLOORS
    assert sum(map(len, below.values())) <= MOST_ARROWS


@pytest.mark.parametrize(
    "path", [p for p in SOURCES if p.name == "__init__.py"], ids=name
)
def test_every_package_says_what_it_is(path: Path) -> None:
    told = ast.get_docstring(tree(path))
    assert told
    if path.parent.parent == ROOT / "calcml" and path.parent.name != "compat":
        assert "import" in told, "what flows in, what flows out, what it may import"


def test_nobody_uses_the_paths_of_old_pickles() -> None:
    old = {m.removeprefix("compat.") for m in MODULES if m.startswith("compat.")}
    for path in [*SOURCES, *(ROOT / "tests").rglob("*.py")]:
        for full in imports(path):
            inside = full.removeprefix("calcml.")
            assert full == inside or inside.rpartition(".")[0] not in old, path


@inner
def test_third_parties_have_their_places(module: str) -> None:
    roots = {full.partition(".")[0] for full in imports(MODULES[module])}
    foreign = roots - set(sys.stdlib_module_names) - {"calcml"}
    parts = module.split(".")
    allowed = [
        FOREIGN.get(".".join(parts[:n]), set()) for n in range(1, len(parts) + 1)
    ]
    assert foreign <= set().union(*allowed)


def test_each_dependency_is_imported_and_declared() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    core = re.search(r"^dependencies = \[(.*?)\]", text, re.M | re.S)
    assert core
    declared = {IMPORTED_AS.get(n, n) for n in re.findall(r'"([\w-]+)', core[1])}
    assert declared == set().union(*FOREIGN.values()) - OPTIONAL


def test_importing_calcml_is_light() -> None:
    code = f"import sys, calcml; print(*sorted(set(sys.modules) & set({HEAVY!r})))"
    assert fresh(code).split() == []


# Operators, comparisons, leaves and choice are no functions but the language itself.
LANGUAGE = set(
    "add sub mul div neg pow where and or not lt le gt ge eq ne "
    "number symbol constant".split()
)
MOST_NAMED = 40  # this number only falls

# Why names are left, and in which modules: a name elsewhere has no reason.
KINDS = {
    "names that algorithms speak of have one home, as constants": """
        core.operations core.tensors.names""",
    "operators of Expr are called like the rows that they make": "core.expr",
    "the other dialect's operators are calls": "parsing.matlab",
    "words that mean something else: a column, a row of a table, a variable": """
        batch.keys cli.formulas cli.many steps.derivation tables.schema""",
}


def test_functions_are_named_in_their_rows() -> None:
    """Few literals of algorithms name a row: what is known of it stands there."""
    rows = {*FUNCTIONS, *ARRAY_FUNCTIONS, *ARRAY_OPERATIONS} - LANGUAGE
    found = {m: len(named(p, rows)) for m, p in MODULES.items() if not is_table(m)}
    there = {m: k for m, k in found.items() if k}
    assert sum(there.values()) <= MOST_NAMED, there
    assert set(there) == set(" ".join(KINDS.values()).split()), "which kind is it?"


def is_table(module: str) -> bool:
    return module.startswith(("functions", "algebra.rules"))


def named(path: Path, rows: set[str]) -> list[str]:
    """The literals of a file that are names of rows; parts of texts do not count."""
    nodes = list(ast.walk(tree(path)))
    texts = {
        part for n in nodes if isinstance(n, ast.JoinedStr) for part in ast.walk(n)
    }
    return [
        n.value
        for n in nodes
        if isinstance(n, ast.Constant) and n not in texts and n.value in rows
    ]


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_text_is_never_run(path: Path) -> None:
    """`compile` alone runs code, the one that `compile.source` wrote from nodes."""
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func).removeprefix("builtins.")
        assert called not in ("eval", "__import__", "parse_expr", "sympy.parse_expr")
        assert called != "exec" or name(path) == "compile"
        if called.endswith("sympify"):  # which runs text, unless it is strict
            assert any(ast.unparse(k) == "strict=True" for k in node.keywords)


@inner
def test_modules_are_small(module: str) -> None:
    if not is_table(module):
        lines = len(MODULES[module].read_text(encoding="utf-8").splitlines())
        assert lines <= LONGER.get(module, MAX_LINES)


def test_the_package_says_that_it_is_typed() -> None:
    assert (ROOT / "calcml" / "py.typed").is_file()


@pytest.mark.parametrize("part", ROOMS)
def test_every_room_has_tests_of_its_name(part: str) -> None:
    tests = ROOT / "tests"
    files = [tests / f"test_{part}.py", *(tests / part).glob("test_*.py")]
    assert any(path.is_file() for path in files)


TRACE = """
import sys
from pathlib import Path
import calcml

top = Path(calcml.__file__).parent
files = []

def enter(frame, event, _):
    path = Path(frame.f_code.co_filename)
    counts = path.name == "budget.py"  # each part counts its work: no part of the way
    if event == "call" and path.is_relative_to(top) and not counts:
        files.append(path.relative_to(top).with_suffix("").parts)

calcml.diff("log(1 + exp(x))", "x")
sys.setprofile(enter)
calcml.diff("log(1 + exp(x))", "x")
sys.setprofile(None)
print(len({parts[0] for parts in files}))
print(sum(a != b for a, b in zip(files, files[1:])))
"""
MOST_ENTERED, MOST_MOVES = 6, 400


def test_a_derivative_goes_through_few_rooms() -> None:
    """A trace of calls: the rooms that it enters, and its moves between files."""
    entered, moves = map(int, fresh(TRACE).split())
    assert entered <= MOST_ENTERED
    assert moves <= MOST_MOVES
