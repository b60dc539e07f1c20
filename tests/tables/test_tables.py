"""Tables: what the engine makes of the catalogues, and how it is written."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from calcml.calculus.domain import domain
from calcml.core.errors import CalcmlError, UnsupportedError
from calcml.core.expr import symbol
from calcml.functions import rows
from calcml.functions.arrays import ARRAY_OPERATIONS
from calcml.parsing.parser import parse
from calcml.printing import text
from calcml.tables import FORMATS, NAMED, Table, table
from calcml.tables.cases import cases
from calcml.tables.columns import cells_of as cells
from calcml.tables.formats import written
from calcml.tables.formats.markdown import MARKDOWN
from calcml.tables.kinks import kinks
from calcml.tables.listing import listing
from calcml.tables.style import PLAIN

INNERMOST = re.compile(  # cases that hold no others
    r"\\begin\{cases\}(?:(?!\\begin\{cases\}).)*?\\end\{cases\}"
)
GOLDEN = Path(__file__).parents[1] / "golden"


class Made(dict[str, Table]):
    """The tables of the catalogues, each made when it is first asked for."""

    def __missing__(self, name: str) -> Table:
        self[name] = table(name)
        return self[name]


@pytest.fixture(scope="module")
def made() -> dict[str, Table]:
    return Made()


@pytest.fixture
def basics(made: dict[str, Table]) -> Table:
    return made["basics"]


# --- the table of a first course ---------------------------------------------------

FIRST_COURSE = [
    ("x^n", "n*x^(n - 1)"),
    ("e^x = exp(x)", "exp(x)"),
    ("ln(x) = log(x)", "1/x"),
    ("sin(x)", "cos(x)"),
    ("asin(x)", "1/sqrt(1 - x^2)"),
    ("tanh(x)", "1 - tanh(x)^2"),
    ("sigmoid(x) = 1/(1 + exp(-x))", "sigmoid(x)*(1 - sigmoid(x))"),
    ("relu(x) = max(x, 0)", "0 if x < 0, 1 if x > 0"),
    (
        "softmax, p_1 by z_1: p_1 = exp(z_1 - logsumexp(z_1, z_2, z_3))",
        "p_1*(1 - p_1)",
    ),
    (
        "softmax, p_1 by z_2: "
        "p_1 = exp(z_1 - logsumexp(z_1, z_2, z_3)), "
        "p_2 = exp(z_2 - logsumexp(z_1, z_2, z_3))",
        "-p_1*p_2",
    ),
    (
        "softmax: p = softmax(z), shapes z: n",
        "p[i]*(delta(i, j) - p[j]) = diag(p) - outer(p, p)",
    ),
    ("product: f(x)*g(x)", "g(x)*D(f(x), x) + f(x)*D(g(x), x)"),
    ("chain: f(g(x))", "D(g(x), x)*D(f(g(x)), g(x))"),
]


def test_basics(basics: Table) -> None:
    shown = [tuple(cells(row, PLAIN)[:2]) for row in basics.rows]
    assert [row for row in shown if row in FIRST_COURSE] == FIRST_COURSE


def test_basics_are_checked_by_sympy(basics: Table) -> None:
    assert {row.report.verdict for row in basics.rows} <= {"proved", "agrees"}


def test_basics_know_domains_and_kinks(basics: Table) -> None:
    shown = {row.entry.formula: cells(row, PLAIN)[2:4] for row in basics.rows}
    assert shown["ln(x)"] == ["x > 0", "none"]
    assert shown["tanh(x)"] == ["all real numbers", "none"]
    assert shown["relu(x)"] == [
        "all real numbers",
        "undefined at 0, subgradient in [0, 1], 0 is taken",
    ]


@pytest.mark.parametrize("name", ["basics", "layers"])
@pytest.mark.parametrize(
    ("suffix", "form"), [("md", "markdown"), ("tex", "latex"), ("json", "json")]
)
def test_tables_look_as_they_did(
    made: dict[str, Table], name: str, suffix: str, form: str
) -> None:
    golden = GOLDEN / f"{name}.{suffix}"
    remake = f"if so it should be: calcml table {name} -o tests/golden/{name}.{suffix}"
    assert made[name].render(form) == golden.read_text(encoding="utf-8"), remake


# --- layers ------------------------------------------------------------------------

BACKWARD = [
    ("linear layer", "X", "g @ W.T"),
    ("linear layer", "W", "X.T @ g"),
    ("linear layer", "b", "sum(g, axis=0)"),
    ("mean cross-entropy of logits", "Z", "g*(P - Y)/m"),
    ("batch norm", "X", "gamma*(g - (H*sum(H*g, axis=0) + sum(g, axis=0))/m)/s"),
    ("scaled dot-product attention", "V", "A.T @ g"),
]


@pytest.mark.parametrize(("title", "by", "expected"), BACKWARD)
def test_backward_passes(
    made: dict[str, Table], title: str, by: str, expected: str
) -> None:
    found = {(r.entry.name, r.entry.by): r.derivative for r in made["layers"].rows}
    assert text(found[title, by]) == expected


def test_every_layer_agrees_with_differences(made: dict[str, Table]) -> None:
    verdicts = {
        (row.entry.name, row.entry.by): row.report.verdict
        for row in made["layers"].rows
    }
    assert set(verdicts.values()) == {"agrees"}, verdicts


def test_a_layer_is_told_once(made: dict[str, Table]) -> None:
    lines = made["layers"].render(width=0).splitlines()
    (first,) = [i for i, line in enumerate(lines) if line.startswith("| linear layer")]
    shown = [[c.strip() for c in line.split(" | ")] for line in lines[first:][:3]]
    assert shown[0][0] == (
        "| linear layer: `Y = X @ W + b`, shapes `X`: m n, `W`: n k, `b`: k, `g`: m k"
    )
    assert [line[0] for line in shown[1:]] == ["|", "|"]
    assert [line[1] for line in shown] == [
        "by `X`: `g @ W.T`",
        "by `W`: `X.T @ g`",
        "by `b`: `sum(g, axis=0)`",
    ]


# --- activations -------------------------------------------------------------------


def test_every_activation_has_a_row(made: dict[str, Table]) -> None:
    expected = {row.op for row in rows() if row.family == "activations"}
    assert expected < {row.function.op for row in made["activations"].rows}


def test_every_activation_is_checked(made: dict[str, Table]) -> None:
    verdicts = {
        row.entry.formula: row.report.verdict for row in made["activations"].rows
    }
    assert set(verdicts.values()) <= {"proved", "agrees"}, verdicts


# --- cases -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "without", "expected"),
    [
        ("x^2", [], []),
        ("step(x)", [0], ["0 if x < 0", "1 if x > 0"]),
        ("step(x)", [], ["0 if x <= 0", "1 if x > 0"]),
        ("where(x >= 0, x, 0)", [], ["0 if x < 0", "x if x >= 0"]),
        (
            "where(0 < x and x < 6, 1, 0)",
            [],
            ["0 if x <= 0", "1 if 0 < x and x < 6", "0 if x >= 6"],
        ),
        ("2*where(x > 1, 3, 4)", [1], ["8 if x < 1", "6 if x > 1"]),
        ("where(x == 0, 1, 2)", [], ["2 if x != 0", "1 if x == 0"]),
        ("where(x > 1, 2, 2)", [], []),
        ("where(1 < x, a, b)", [1], ["b if x < 1", "a if x > 1"]),
        ("where(x > t, 1, 0)", [], ["1 if x > t", "0 if None"]),
        (
            "where(x > t, 1, where(x > s, 2, 3))",
            [],
            ["1 if x > t", "2 if x > s", "3 if None"],
        ),
        ("1 + where(x > t, 1, 0)", [], []),
    ],
)
def test_cases(formula: str, without: list[int], expected: list[str]) -> None:
    found = cases(parse(formula), symbol("x"), without)
    shown = [
        f"{value} if {None if when is None else text(when)}" for value, when in found
    ]
    assert shown == expected


# --- kinks -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("x^2", []),
        ("abs(x)", ["undefined at 0, subgradient in [-1, 1], 0 is taken"]),
        ("relu6(x)", ["undefined at 0 and 6, subgradient in [0, 1], 0 is taken"]),
        ("floor(x)", ["at x = n, n in integers: not continuous, slope 0"]),
        (
            "leaky_relu(x, 0.2)",
            ["undefined at 0, subgradient in [0.2, 1], 0.2 is taken"],
        ),
        ("relu(3*x)^2", []),
        ("abs(x - 1)", ["undefined at 1, subgradient in [-1, 1], 0 is taken"]),
        ("cbrt(x)", ["at 0: vertical tangent"]),
        ("1/x", []),
        (
            "where(x > 1, x, 1)",
            ["undefined at 1, subgradient in [0, 1], 0 is taken"],
        ),
    ],
)
def test_kinks(formula: str, expected: list[str]) -> None:
    assert list(map(str, kinks(parse(formula), symbol("x")))) == expected


# --- catalogues of one's own -------------------------------------------------------


def write(folder: Path, content: str, name: str = "mine.toml") -> str:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return str(path)


def test_a_file_is_a_catalogue(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        title = "Mine"
        [[rows]]
        formula = "p = sigmoid(w*x); -log(p)"
        by = "w"
        name = "loss"
        note = "of one example"
        ranges = { x = [0.5, 1], w = [-1, 1] }
        """,
    )
    (row,) = table(path).rows
    assert row.definitions.keys() == {"p"}
    assert text(row.definitions["p"]) == "sigmoid(w*x)"
    assert row.derivative.free_symbols == {"p", "x"}
    assert row.report.verdict in ("proved", "agrees")


def test_json_is_a_catalogue_too(tmp_path: Path) -> None:
    content = json.dumps({"rows": [{"formula": "x^3", "by": "x"}]})
    made = table(write(tmp_path, content, "mine.json"))
    assert made.title == "mine"
    assert [text(row.derivative) for row in made.rows] == ["3*x^2"]


def test_a_file_may_have_arrays(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        [[rows]]
        formula = '''
        r = X @ w - y
        sum(r^2)/2
        '''
        by = ["w", "y"]
        shapes = { X = "m n", w = "n", y = "m" }
        given = "w > 0"
        [[rows]]
        formula = "softmax(z)"
        by = "z"
        shapes = { z = "n" }
        given = ["z > 0"]
        upstream = "g"
        """,
    )
    made = table(path)
    shown = [cells(row, PLAIN) for row in made.rows]
    assert shown[0][:2] == [
        "sum(r^2)/2, r = X @ w - y, shapes X: m n, w: n, y: m, given w > 0",
        "by w: X.T @ r",
    ]
    assert shown[1][1] == "by y: -r"
    assert shown[2][0] == "softmax(z), shapes z: n, g: n, given z > 0"
    assert {row.report.verdict for row in made.rows} == {"agrees"}
    assert made.rows[1].shapes == {"X": "m n", "w": "n", "y": "m", "r": "m"}
    assert "given $\\displaystyle z > 0$" in made.render("latex")
    data = json.loads(made.render("json"))["rows"]
    assert data[2]["upstream"] == "g" and data[0]["given"] == ["w > 0"]
    assert data[0]["checked"]["against"] == "finite differences"


ROW = "[[rows]]\nformula = 'x'\nby = 'x'"


def test_what_is_given_holds_in_every_column(tmp_path: Path) -> None:
    given = "[[rows]]\nformula = 'sqrt(x^2)*y'\nby = 'x'\ngiven = 'x > 0'"
    (row,) = table(write(tmp_path, given)).rows
    assert (text(row.derivative), row.kinks) == ("y", [])
    assert row.report.verdict == "proved"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "no rows"),
        ("rows = 3", "rows must be a list of rows"),
        ("[[rows]", "TOML"),
        ("[[rows]]\nby = 'x'", "row 1: formula is missing"),
        ("[[rows]]\nformula = 'x'", "row 1: by is missing"),
        ("[[rows]]\nformula = 'x'\nby = 3", "row 1: by must be"),
        (
            "[[rows]]\nformula = 'x'\nby = 'x'\ncolour = 'red'",
            "row 1: colour is no key; there are formula",
        ),
        (
            "[[rows]]\nformula = 'x'\nby = 'x'\nranges = {x = [3, 1]}",
            "1: ranges must be",
        ),
        (
            "[[rows]]\nformula = 'x'\nby = 'x'\n[[rows]]\nformula = '1/2x'\nby = 'x'",
            "row 2",
        ),
        ("[[rows]]\nformula = 'a*b'\nby = 'x'", "row 1 .*x does not occur"),
        ("[[rows]]\nformula = 'x'\nby = []", "row 1: by names no variable"),
        ("[[rows]]\nformula = 'x'\nby = [3]", "row 1: by must be a text or a list"),
        (
            "[[rows]]\nformula = 'x'\nby = 'x'\nshapes = {x = 3}",
            "1: shapes must be",
        ),
        ("[[rows]]\nformula = 'x'\nby = 'x'\nshapes = {x = '0'}", "row 1 .*shape of x"),
        ("[[rows]]\nformula = 'x'\nby = 'x'\nupstream = 'x'", "x is in the formula"),
        ("columns = ['function']\n" + ROW, "function is no column; there are name, f"),
        ("[meta]\nby = 'me'\n" + ROW, "meta is no key; there are title"),
        ("title = 3\n" + ROW, "title must be a text"),
        (ROW + "\nranges = {z = [1, 2]}", "row 1 .*ranges has z, which"),
        (ROW + "\nshapes = {X = 'n'}", "row 1 .*shapes has X, which"),
        (ROW + "\nelements = true", "row 1 .*elements are those of arrays"),
    ],
)
def test_a_wrong_catalogue_says_where(tmp_path: Path, content: str, says: str) -> None:
    with pytest.raises(CalcmlError, match=says):
        table(write(tmp_path, content))


def test_a_catalogue_in_a_wrong_encoding(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(b"title = '\xff'")
    with pytest.raises(CalcmlError, match="UTF-8"):
        table(str(path))


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(CalcmlError, match="activations, basics"):
        table("basic")


def test_a_defined_name_that_is_a_variable_too_keeps_its_meaning(
    tmp_path: Path,
) -> None:
    path = write(tmp_path, "[[rows]]\nformula = 'x = x^2; sin(x)'\nby = 'x'")
    (row,) = table(path).rows
    assert row.definitions == {}
    assert row.report.verdict in ("proved", "agrees")


# --- formats -----------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(NAMED))
def test_markdown_is_one_table(made: dict[str, Table], name: str) -> None:
    title, blank, *every = made[name].render("markdown").splitlines()
    assert title.startswith("# ")
    assert blank == ""
    assert all(len(line) <= 100 for line in every)
    lines = [line for line in every if line.startswith("|")]
    bars = {len(re.findall(r"(?<!\\)\|", line)) for line in lines}
    assert bars == {1 + len(made[name].columns)}
    for part in made[name].render("markdown").split("\n\n"):
        widths = {len(line) for line in part.splitlines() if line.startswith("|")}
        assert len(widths) <= 1  # the columns stand below each other
    assert all(line.count("`") % 2 == 0 for line in lines)


def test_markdown_shows_every_character_as_it_is(basics: Table) -> None:
    """Stars and underscores mean something outside code: formulas are inside."""
    for row in basics.rows:
        outside = re.sub(r"`[^`]*`", "", " ".join(cells(row, MARKDOWN)))
        assert "*" not in outside


@pytest.mark.parametrize("name", sorted(NAMED))
def test_latex_is_well_formed(made: dict[str, Table], name: str) -> None:
    source = made[name].render("latex")
    body = source.split(r"\endlastfoot")[1].split(r"\end{longtable}")[0]
    assert source.count(r"\begin{") == source.count(r"\end{")
    assert source.count(r"\left") == source.count(r"\right")
    for line in body.strip().splitlines():
        if r"\multicolumn" in line:  # the heading of a group
            continue
        plain = line.replace(r"\{", "").replace(r"\}", "")
        assert plain.count("{") == plain.count("}")
        assert plain.count("$") % 2 == 0
        outer = plain
        while (inner := INNERMOST.sub("", outer)) != outer:
            outer = inner
        cuts = len(re.findall(r"(?<!\\)&", outer))
        assert cuts == len(made[name].columns) - 1
        outside = re.sub(r"\$[^$]*\$", "", outer)
        assert not re.search(r"(?<!\\)[_^#%]", outside)


@pytest.mark.parametrize("name", sorted(NAMED))
def test_json_parses_back(made: dict[str, Table], name: str) -> None:
    data = json.loads(made[name].render("json"))
    for row, told in zip(made[name].rows, data["rows"], strict=True):
        parsed = parse(told["derivative"], shapes=told["shapes"])
        if row.has_arrays:  # an array has several spellings
            assert parsed.shape == row.derivative.shape
        else:
            assert parsed is row.derivative
        assert told["checked"]["verdict"] == row.report.verdict
        assert told["variable"] == row.variable.value


def test_an_unknown_format(basics: Table, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match="markdown, latex, html, typst, pdf"):
        basics.render("docx")
    with pytest.raises(UnsupportedError, match=r"\.md, \.tex, \.html, \.typ, \.pdf"):
        basics.save(tmp_path / "basics.docx")
    with pytest.raises(UnsupportedError, match="save it"):
        basics.render("pdf")


# --- saving ------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "ending"), FORMATS.items())
def test_saving_writes_the_format_of_the_ending(
    basics: Table, tmp_path: Path, form: str, ending: str
) -> None:
    target = tmp_path / f"basics{ending}"
    basics.save(target)
    made = written(basics, form)
    assert target.read_bytes() == (made if isinstance(made, bytes) else made.encode())
    assert len(list(tmp_path.iterdir())) == 1


def test_what_cannot_be_written_leaves_the_old_file(
    basics: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "basics.md"
    target.write_text("old")

    def full(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        basics.save(target)
    assert target.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


# --- the list of functions ---------------------------------------------------------


def test_the_listing_has_every_function() -> None:
    found = listing()
    every = [*rows(), *ARRAY_OPERATIONS.values()]
    assert [row["signature"] for row in found] == [row.signature for row in every]
    assert all(row["doc"] for row in found)
    assert all(row["latex"] for row in found if row["family"] != "arrays")
    (softmax,) = listing(("softmax",))
    assert softmax["signature"] == "softmax(x, axis=-1)"


def test_the_listing_of_some_names() -> None:
    (row,) = listing(("swish",))
    assert (row["name"], row["aliases"]) == ("silu", ["swish"])
    with pytest.raises(UnsupportedError, match="tanh"):
        listing(("tnah",))


def test_a_domain_is_as_short_as_that_of_the_function(tmp_path: Path) -> None:
    """Both come from the same code; kinds of matrices are told in words."""
    short, words = table(
        write(
            tmp_path,
            '[[rows]]\nformula = "log(x) + log(x*y)"\nby = "x"\n'
            '[[rows]]\nformula = "trace(cholesky(A))"\nby = "A"\nshapes = {A = "n n"}',
        ),
        keep_going=True,  # cholesky has values at symmetric matrices alone
    ).rows
    assert short.domain == [*domain("log(x) + log(x*y)").function]
    assert cells(words, MARKDOWN)[2] == "`A` symmetric positive definite"
