"""Tables from files, lists and frames, their columns, languages and formats."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import tomllib
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

import calcml as cm
from calcml.core.errors import CalcmlError, UnsupportedError
from calcml.printing import text
from calcml.tables import FORMATS, NAMED, Table, table
from calcml.tables.catalogue import Entry, catalogue, read as read_catalogue
from calcml.tables.columns import COLUMNS, cells_of
from calcml.tables.formats import written
from calcml.tables.formats.csv import RUN
from calcml.tables.formats.markdown import MARKDOWN, _paragraph, _parted, marked
from calcml.tables.schema import COLUMNS as NAMES, OF_ROW, OF_TABLE, start
from calcml.tables.words import LANGUAGES, WORDS

ROWS: list[dict[str, Any]] = [
    {
        "formula": "x^2*y",
        "by": ["x", "y"],
        "name": "product",
        "group": "Smooth",
        "note": "a note",
        "reference": "Euler, 1748",
    },
    {"formula": "relu(x)", "by": "x", "group": "With kinks", "points": [-1, "1/2"]},
    {"formula": "tanh(x)", "by": "x", "group": "Smooth"},
]
FOLDER = Path(__file__).parent


@pytest.fixture(scope="module")
def small() -> Table:
    return table(rows=ROWS)


def shown(columns: str, **options: Any) -> list[str]:
    """The cells of the first row of a table of tanh."""
    row = {"formula": "tanh(x)", "by": "x", "name": "tanh"} | options
    made = table(rows=[row], columns=columns.split())
    return list(csv.reader(io.StringIO(made.render("csv"))))[1]


# --- columns -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "options", "expected"),
    [
        ("name", {}, "tanh"),
        ("f", {}, "tanh: tanh(x)"),
        ("derivative", {}, "1 - tanh(x)^2"),
        ("derivative", {"order": 2}, "2*tanh(x)*(tanh(x)^2 - 1)"),
        ("second", {}, "2*tanh(x)*(tanh(x)^2 - 1)"),
        ("gradient", {}, "by x: 1 - tanh(x)^2"),
        ("gradient", {"formula": "x^2*y"}, "by x: 2*x*y, by y: x^2"),
        ("domain", {"formula": "x^n"}, "x > 0 or x == 0 and n >= 0 or x != 0 and n in integers"),
        ("kinks", {"formula": "abs(x)"}, "undefined at 0, subgradient in [-1, 1], 0 is taken"),
        ("values", {}, "x = 0: f = 0, f' = 1; x = 1: f = tanh(1), f' = 1 - tanh(1)^2"),
        ("values", {"formula": "x*log(x)"}, "x = 1: f = 0, f' = 1"),
        ("values", {"formula": "log(x)", "points": [-1]}, "x = -1: f not defined, f' not defined"),
        ("values", {"formula": "sin(x)", "points": ["3*pi/4"]}, "x = 3*pi/4: f = sqrt(2)/2, f' = -sqrt(2)/2"),
        ("values", {"formula": "acos(x)", "points": ["-1/2"]}, "x = -1/2: f = 2*pi/3, f' = -2*sqrt(3)/3"),
        ("f", {"name": "reward", "formula": "-log(w - r)", "by": "r"}, "reward: -log(w - r), by r"),
        ("f", {"name": "p by z", "formula": "z*w", "by": "z"}, "p by z: z*w"),
        ("values", {"formula": "sqrt(x)", "points": ["0"]}, "x = 0: f = 0, f' not defined"),
        ("numpy", {}, "1 - np.tanh(x)**2"),
        ("numpy", {"formula": "x^n*exp(-x^2)"}, "t1 = x**2; np.power(x, n - 1)*np.exp(-t1)*(n - 2*t1)"),
        ("steps", {}, "d/dx(tanh(x)) = 1 - tanh(x)^2    derivative of tanh"),
        ("reference", {"reference": "Lambert"}, "Lambert"),
        ("note", {"note": "odd"}, "odd"),
        ("fisher", {"fisher": "1/s^2"}, "1/s^2"),
        ("fisher", {"fisher_none": "no density"}, "no density"),
        ("frameworks", {"formula": "tanh(2*x)", "libraries": ["torch.tanh(2*x)"]}, "torch.tanh(2*x)"),
    ],
)  # fmt: skip
def test_columns(column: str, options: dict[str, Any], expected: str) -> None:
    assert shown(column, **options)[0] == expected


def test_names_in_frameworks() -> None:
    (names, *_) = shown("frameworks")
    assert {"numpy.tanh", "torch.tanh", "jax.nn.tanh"} <= set(names.split(", "))
    assert shown("frameworks", formula="tanh(2*x)")[0] == ""


CALLS = [
    (entry, call)
    for name in NAMED
    for entry in catalogue(name).entries
    if entry.leads
    for call in entry.libraries
]


@pytest.mark.parametrize(("entry", "call"), CALLS, ids=[call for _, call in CALLS])
def test_calls_of_libraries_have_the_value_of_their_row(
    entry: Entry, call: str
) -> None:
    """As they are read; `tests/peers/test_losses.py` runs them in the libraries."""
    names = cm.parse(entry.formula, shapes=entry.shapes).free_symbols
    shapes = {n: entry.shapes.get(n, "") for n in names if n not in ("m", "n")}
    formula = cm.parse(entry.formula, shapes=shapes)
    read = cm.parse(call, shapes=shapes, dialect="python")
    rng = Random(call)
    for _ in range(3):
        at: dict[str, Any] = {"m": 3, "n": 4}
        for name, sizes in shapes.items():
            values = np.array([rng.uniform(0.1, 0.9) for _ in range(12)])
            shape = [at[size] for size in sizes.split()]
            whole = values[: int(np.prod(shape))].reshape(shape)
            at[name] = (
                (whole / whole.sum(axis=-1, keepdims=True)).tolist()
                if (sizes and name in "pqyY")
                else whole.tolist()
            )
        mine, theirs = [
            float(e.evalf({k: v for k, v in at.items() if k in e.free_symbols}))
            for e in (formula, read)
        ]
        assert theirs == pytest.approx(mine, rel=1e-12)


def test_every_column_of_the_schema_is_there() -> None:
    assert sorted(COLUMNS) == sorted(NAMES)
    assert all(len(set(c.headings)) and all(c.headings) for c in COLUMNS.values())


def test_names_stand_once(small: Table) -> None:
    named = table(rows=ROWS, columns=["name", "f"])
    assert "product: " in small.render("csv")
    assert "product: " not in named.render("csv")


def test_the_gradient_alone_gives_a_row_for_each_formula() -> None:
    assert len(table(rows=ROWS, columns=["f", "gradient"]).rows) == 3
    assert len(table(rows=ROWS, columns=["f", "gradient", "derivative"]).rows) == 4


def test_the_second_derivative_is_checked_too() -> None:
    told = table(rows=ROWS[2:], columns=["f", "second"]).render(width=0)
    assert "Row 1: proved against SymPy" in told


# --- languages, sorting, groups ----------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_and_words_in_a_language(language: str) -> None:
    made = table(rows=ROWS, language=language, columns=NAMES_OF_TEXT)
    head = next(csv.reader(io.StringIO(made.render("csv"))))
    assert all(COLUMNS[c].heading(language) in head for c in NAMES_OF_TEXT)
    english = language == "en"
    assert ("all real numbers" in made.render("csv")) == english
    assert ("Checked by" in made.render("markdown")) == english
    assert ("undefined at" in made.render("rst")) == english


NAMES_OF_TEXT = [c for c in NAMES if c != "plot"]


def test_every_word_is_in_every_language() -> None:
    assert all(len(told) == len(LANGUAGES) - 1 and all(told) for told in WORDS.values())


def test_groups_stand_together_and_rows_are_sorted(small: Table) -> None:
    order = [row.entry.formula for row in small.rows]
    assert order == ["x^2*y", "x^2*y", "tanh(x)", "relu(x)"]
    told = small.render()
    assert told.index("## Smooth") < told.index("tanh") < told.index("## With kinks")
    down = table(rows=ROWS, sort="-f").rows
    assert [r.entry.formula for r in down] == ["tanh(x)", "x^2*y", "x^2*y", "relu(x)"]


# --- input -------------------------------------------------------------------------


def test_a_start_has_every_key_and_makes_a_table(tmp_path: Path) -> None:
    for key in {*OF_TABLE, *OF_ROW} - {"rows"}:
        assert re.search(rf"^(# )?{key} = ", start(), re.MULTILINE), key
    mine = tmp_path / "my.toml"
    mine.write_text(start(), encoding="utf-8")
    assert len(table(mine).rows) == 2


@pytest.mark.parametrize("line", [s for s in start().splitlines() if " = " in s])
def test_each_line_of_the_start_is_of_a_catalogue(tmp_path: Path, line: str) -> None:
    mine = tmp_path / "my.toml"
    content = start().replace(line, line.removeprefix("# "))
    if line.startswith("# functions"):
        content = content.replace("# families =", "families =")
    mine.write_text(content, encoding="utf-8")
    assert catalogue(mine).entries


CSV_ROWS = """formula,by,name,given,ranges,shapes,points,elements,order
x^a,x,power,a > 0; x > 0,x: 0.5 2; a: 1 3,,"1; 1/2",,2
X @ w,w,,,,X: m n; w: n,,true,
"""


@pytest.mark.parametrize("parted", [",", ";"])
def test_csv_is_a_catalogue(tmp_path: Path, parted: str) -> None:
    content = CSV_ROWS.replace(";", "\n" if parted == ";" else ";")
    cells = list(csv.reader(io.StringIO(CSV_ROWS)))
    out = io.StringIO()
    csv.writer(out, delimiter=parted).writerows(cells)
    mine = tmp_path / "mine.csv"
    mine.write_text(out.getvalue() if content else "", encoding="utf-8-sig")
    first, second = catalogue(mine).entries
    assert first.given == ("a > 0", "x > 0")
    assert first.ranges == {"x": [0.5, 2.0], "a": [1.0, 3.0]}
    assert (first.points, first.order, first.name) == (("1", "1/2"), 2, "power")
    assert second.shapes == {"X": "m n", "w": "n"} and second.elements
    assert len(table(mine).rows) == 2


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("formula,by,colur\nx,x,red\n", "row 1: colur is no key"),
        ("formula,by\nx\n", "row 1: by is missing"),
        ("formula,by\nx,x,x\n", "line 2 has more cells"),
        ("formula,by,order\nx,x,3\n", "row 1: order must be 1 or 2"),
        ("formula,by,ranges\nx,x,x: much\n", "row 1: ranges must be a pair"),
        ('formula,by\n"x,x\n', "is no CSV"),
        ("formula,by\n", "rows must be"),
        ("", "rows must be"),
    ],
)
def test_a_wrong_csv_says_where(tmp_path: Path, content: str, says: str) -> None:
    mine = tmp_path / "mine.csv"
    mine.write_text(content, encoding="utf-8")
    with pytest.raises(CalcmlError, match=says):
        table(mine)


def test_rows_and_frames_are_catalogues(small: Table) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        [
            {"formula": "x^3", "by": "x", "note": None, "order": 2},
            {"formula": "a*b", "by": "a; b", "note": pandas.NA},
        ]
    )
    assert [str(r.derivative) for r in table(rows=frame).rows] == ["6*x", "b", "a"]
    back = small.to_dataframe()
    assert list(back.columns)[:3] == ["group", "function", "derivative"]
    assert list(back["derivative"])[:2] == ["by x: 2*x*y", "by y: x^2"]


def test_without_pandas(small: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(UnsupportedError, match=r"pip install 'calcml\[tables\]'"):
        small.to_dataframe()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "of a catalogue's name or file, or of rows"),
        ({"name": "basics", "rows": ROWS}, "name or file, or of rows"),
        ({"rows": ROWS, "columns": ["derivativ"]}, "no column; write derivative"),
        ({"rows": ROWS, "sort": "names"}, "no column; write name"),
        ({"rows": ROWS, "language": "it"}, "language must be one of en, de"),
        ({"rows": ROWS, "first": 0}, "first is a whole number from 1"),
        ({"rows": [{"formula": "x", "by": "x", "nam": "y"}]}, "nam is no key; write"),
        ({"rows": []}, "rows must be a list of rows"),
        ({"rows": [3]}, "row 1: a row has keys"),
        ({"rows": 5}, "rows are a list such as"),
        ({"rows": {"formula": "x", "by": "x"}}, "rows are a list such as"),
        (
            {
                "rows": [{"formula": "x", "by": "x", "fisher": "1/2x"}],
                "columns": ["fisher"],
            },
            "row 1 of",
        ),
        (
            {
                "rows": [{"formula": "x", "by": "x", "points": ["1/2x"]}],
                "columns": ["values"],
            },
            "row 1 of",
        ),
        ({"name": "layer"}, "no table layer; write layers"),
        ({"name": "."}, r"no table \.; there are [a-z, ]*, or give a file"),
        ({"rows": [{"formula": "x", "by": "x", "fisher": {"y": "1"}}]}, "fisher has y"),
    ],
)
def test_what_is_no_table(options: dict[str, Any], says: str) -> None:
    with pytest.raises(CalcmlError, match=says):
        table(**options)


ODD: list[Any] = [
    *(1, 0, -1, 1.5, math.nan, True, None, "", "x", "f", "1/2x", [], ["x"], [1], {}),
    *({"x": "n"}, {"x": [0, 1]}, {"x": [1]}, [["x"]], {"x": {}}, "\0", {3: 3}, 10**400),
    *("activations", ["activations"], {"relu": {"note": 3}}, {"relu": 3}, "a" * 500),
]


def test_catalogues_of_anything_are_read_or_refused() -> None:
    random = Random(7)
    for _ in range(1000):
        row: dict[Any, Any] = {"formula": "x^2", "by": "x"}
        data: dict[Any, Any] = {"rows": [row]}
        for keys, into in (([*OF_ROW, "zz", 3], row), ([*OF_TABLE, "zz"], data)):
            for key in random.sample(keys, random.randrange(3)):
                into[key] = random.choice(ODD)
        with suppress(CalcmlError):
            read_catalogue(data, "mine", "mine")


def test_families_and_what_is_said_of_their_functions(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    content = 'families = ["activations", "elementary"]\n[functions.relu]\nnote = "N"\n'
    mine.write_text(content, encoding="utf-8")
    entries = catalogue(mine).entries
    assert {e.group for e in entries} == {"activations", "elementary"}
    assert [e.note for e in entries if e.formula == "relu(x)"] == ["N"]
    for wrong, says in (("rleu", "rleu is no function"), ("relu.nte", "nte is no key")):
        mine.write_text(content.replace("functions.relu", f"functions.{wrong}"))
        with pytest.raises(CalcmlError, match=says):
            catalogue(mine)


# --- rows that fail ----------------------------------------------------------------


def test_a_row_that_fails_stops_the_table_or_is_marked() -> None:
    failing = FOLDER / "failing.toml"
    with pytest.raises(CalcmlError, match=r"row 2 of failing \(trace.*: unknown"):
        table(failing)
    made = table(failing, keep_going=True)
    assert [row.entry.formula for row in made.rows] == ["x^2", "trace(cholesky(A))"]
    assert [failed.entry.formula for failed in made.failed] == ["1/2x"]
    for form in FORMATS.keys() - {"pdf", "svg", "png"}:
        assert "failed" in made.render(form), form


def test_a_wrong_row_names_formulas_and_point(monkeypatch: pytest.MonkeyPatch) -> None:
    from calcml.core.expr import symbol
    from calcml.tables import rows

    monkeypatch.setattr(rows, "derived", lambda *_, **__: symbol("x"))
    with pytest.raises(CalcmlError, match=r"row 1 of table \(x.*differs.*x ="):
        table(rows=[{"formula": "x^2", "by": "x"}])


# --- formats -----------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_input_gives_the_same_bytes(form: str) -> None:
    first, second = (written(table(FOLDER / "rows.toml"), form) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("name", ["basics", "layers", "activations"])
def test_markdown_keeps_to_its_width(name: str) -> None:
    made = table(name, first=9)
    for width in (60, 80, 100, 140):
        told = made.render(width=width)
        assert max(map(len, told.splitlines())) <= width
    wide = made.render(width=0)
    for row in made.rows:  # nothing is lost
        assert row.cases or text(row.derivative) in wide


def test_markdown_and_footnotes(small: Table) -> None:
    told = small.render()
    assert "product: `x^2*y`[^1] [^2]" in told
    assert "[^1]: a note" in told and "[^2]: Euler, 1748" in told
    assert "Checked by calcml" in told and "Rows 1-3: proved against SymPy" in told


CELLS = [  # a cell, what stands for it
    ("`relu(x) = max(x, 0)`", "`relu(x)`"),
    ("a name: `x + 1`", "a name"),
    ("by `x`: `sin(x) + cos(x)`", "by `x`"),
    ("at 0: not continuous", "at 0"),
    ("undefined at 0, subgradient in [0, 1]", "undefined at 0"),
    ("`x > 0 or x == 0 and n > 0`", ""),
]


@pytest.mark.parametrize(("cell", "name"), CELLS)
def test_a_cell_without_room_is_a_footnote_behind_its_name(
    cell: str, name: str
) -> None:
    made = table(rows=[{"formula": "x", "by": "x", "note": "a note"}])
    told = made.render(width=40)
    assert "| `x`[^1]  |" in told and "[^1]: a note" in told
    assert _parted(cell).name == name


def test_no_formula_is_broken_over_rows_of_a_table() -> None:
    made = table("activations", first=9)
    for width in (50, 100):
        told = made.render(width=width)
        rows = [line for line in told.splitlines() if line[:2] == "| "][2:]
        assert len(rows) == len(made.rows)
        below = re.sub(r"\n +", " ", told)
        for row in made.rows:
            whole = cells_of(row, MARKDOWN, ["f", "derivative"])
            assert all(cell in below for cell in whole[not row.entry.leads :])


def test_paragraphs_begin_nothing() -> None:
    long = "`x + y` and - z > 1. 2.5 # f * `a - b`"
    for width in range(8, 40):
        lines = _paragraph(long, width).splitlines()
        assert not any(re.match(r"[-+>#*=]|\d+[.)]\s", line) for line in lines)
        assert " ".join(lines) == long
    assert _paragraph("- a list", 80) == r"\- a list"
    assert _paragraph("1. a list", 80) == r"1\. a list"


def test_json_holds_the_chosen_columns(small: Table) -> None:
    data = json.loads(small.render("json"))
    assert (
        data["rows"][0] | {"group": "Smooth", "f": "product: x^2*y"} == data["rows"][0]
    )


def test_docutils_reads_the_table(small: Table) -> None:
    core = pytest.importorskip("docutils.core")
    options = {"report_level": 2, "halt_level": 2, "file_insertion_enabled": False}
    page = core.publish_string(
        small.render("rst"), writer="html5", settings_overrides=options
    ).decode()
    assert page.count("<tr>") == 6 and page.count("<table") == 2
    assert '<span class="docutils literal">2*x*y</span>' in page or "2*x*y" in page


HOSTILE = [
    "<script>alert(1)</script>", "[x](javascript:alert(1))", "![i](http://e/x.png)", "`code` | bar",
    "| a | b |", "a | b", "*b* _i_ __u__ ~~s~~", "# heading", "- item", "1. item", "> quote", "===", "---", "+ a",
    "&lt;b&gt; &amp;", "[^1]: x", "[a]: javascript:x", "$x$", "\\", "``", "`", "line\nbreak\n\n# x", "<!-- -->",
    ".. raw:: html", ".. include:: /etc/passwd", "`x <javascript:a>`_", "|sub|", "ref_", "[1]_", "::", ":raw:`x`",
    "=1+1", "+cmd", "-2", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(\"http://e\")", "＝1+1", "a,b\"c", "é 中 \u202e",
    ">>> x", "(a) item", "A. item", "#. item", "[[a]](x)", "a_b_c", "\x1b[31m", "{{ x }}", "%s {0}", "* *", "/* */",
]  # fmt: skip


@pytest.mark.parametrize("told", HOSTILE)
def test_texts_of_people_are_inert(told: str) -> None:
    """In Markdown, CSV and reStructuredText, as a title, a name, a group and a note."""
    row = {"formula": "x", "by": "x", "name": told, "group": f"{told} .", "note": told}
    made = table(rows=[row], title=told)
    page = made.render("markdown", width=0)
    assert "<script" not in page.replace("\\<", "")
    assert "\x1b" not in page and "\u202e" not in page
    (bars,) = {
        len(re.findall(r"(?<!\\)\|", s)) for s in page.splitlines() if s[:2] == "| "
    }
    assert bars == 5
    lines = list(csv.reader(io.StringIO(made.render("csv", safe=True))))
    assert {len(line) for line in lines} == {6}
    rows = csv.reader(io.StringIO(made.render("csv", safe=True)))
    assert not any(cell.strip().startswith(RUN) for row in rows for cell in row)
    core = pytest.importorskip("docutils.core")
    options = {"report_level": 2, "halt_level": 2, "file_insertion_enabled": False}
    tree = core.publish_doctree(made.render("rst"), settings_overrides=options)
    kinds = {type(node).__name__ for node in tree.findall()}
    assert kinds <= PLAIN


PLAIN = set(  # what a table of texts is made of
    "document section title subtitle paragraph Text table tgroup colspec thead tbody row entry "
    "literal footnote footnote_reference label".split()
)


def test_markdown_keeps_what_means_nothing() -> None:
    assert (
        marked("softmax, p_1 by z_2 in [0, 1] > 0")
        == "softmax, p_1 by z_2 in [0, 1] > 0"
    )


def test_options_belong_to_formats(small: Table) -> None:
    with pytest.raises(UnsupportedError, match="csv have no option width"):
        small.render("csv", width=3)
    for width in (-1, 3, "9"):
        with pytest.raises(UnsupportedError, match="a width is 0"):
            small.render("markdown", width=width)


def test_toml_of_the_start_is_toml() -> None:
    assert tomllib.loads(start())["title"] == "My table"
