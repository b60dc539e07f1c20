"""Pages: HTML in a browser, LaTeX by a TeX, Typst's PDF, and texts that stay texts."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
import typst
from click.testing import CliRunner

import calcml
from calcml.cli import cli
from calcml.core.errors import UnsupportedError
from calcml.tables import NAMED, Table, table
from calcml.tables.formats import FORMATS, typst as pages
from calcml.tables.formats.latex import prose as latex_prose
from calcml.tables.plots import PAPER
from tests.printing.test_katex import accepted
from tests.test_notebook import BROWSERS

MATH = re.compile(r"(?<!\\)\$(?:\\displaystyle )?((?:[^$\\]|\\.)+)\$", re.S)


@pytest.fixture(scope="module")
def made() -> dict[str, Table]:
    return {name: table(name) for name in NAMED}


def small(folder: Path, **texts: str) -> Table:
    """A table of two rows with texts of people."""
    told = {"title": "t", "name": "n", "note": "o", "group": "g", "reference": "r"}
    told |= texts
    row = {key: told[key] for key in ("name", "note", "group", "reference")}
    rows = [{"formula": f, "by": "x"} | row for f in ("abs(x)", "1/x")]
    path = folder / "small.json"
    top = {"title": told["title"], "notes": told["note"], "rows": rows}
    path.write_text(json.dumps(top), encoding="utf-8")
    return table(path)


# --- HTML ---------------------------------------------------------------------------

# What sticks out of a page of a width, formulas without a size, the colour of letters.
# A window has 500 pixels at least, so that the page of a phone is made narrow in it.
MEASURE = """
<script nonce="calcml">
const room = Math.min(WIDTH, innerWidth), told = document.body.dataset;
document.documentElement.style.width = room + "px";
const beyond = e => e.getBoundingClientRect().right > room + 1;
const scrolls = e => e.parentElement.closest(".cell, .wide") !== null;
told.out = [...document.querySelectorAll("main *")].filter(
  e => beyond(e) && !scrolls(e)).length;
told.page = Math.max(0, document.documentElement.scrollWidth - innerWidth);
told.wide = [...document.querySelectorAll(".wide")].filter(
  e => e.scrollWidth > e.clientWidth + 1).length;
told.flat = [...document.querySelectorAll(".cell > math, summary > math, svg")].filter(
  m => m.getBoundingClientRect().height < 3).length;
told.ink = getComputedStyle(document.body).color;
</script>
"""


def measured(page: str, width: int, dark: bool, folder: Path) -> dict[str, str]:
    """What a browser says of a page; a message of its console is an error."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    # The measuring script alone may run; a message tells what else would, or loads.
    policy = "default-src 'none'; script-src 'nonce-calcml'"
    page = page.replace("default-src 'none'", policy)
    script = MEASURE.replace("WIDTH", str(width))
    path = folder / "page.html"
    path.write_text(page.replace("</main>", f"</main>{script}"), encoding="utf-8")
    done = subprocess.run(
        [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
            "--enable-logging=stderr", f"--window-size={width},900",
            f"--blink-settings=preferredColorScheme={0 if dark else 1}",
            f"--user-data-dir={folder}/profile", path.as_uri(),
        ],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert "CONSOLE" not in done.stderr, done.stderr
    return dict(re.findall(r'data-(out|page|wide|flat|ink)="(.*?)"', done.stdout))


@pytest.mark.slow
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
@pytest.mark.parametrize("name", NAMED)
def test_a_browser_shows_every_catalogue(
    made: dict[str, Table], name: str, width: int, dark: bool, tmp_path: Path
) -> None:
    found = measured(made[name].render("html"), width, dark, tmp_path)
    assert found["out"] == found["page"] == found["flat"] == found["wide"] == "0", found
    assert found["ink"] == ("rgb(255, 255, 255)" if dark else "rgb(0, 0, 0)")


def test_a_page_is_one_file(made: dict[str, Table]) -> None:
    for name, found in made.items():
        page = found.render("html")
        assert page == found.render("html")
        assert not re.search(r"<script|<link|<img|<iframe|@import|url\(|src=", page)
        ids = re.findall(r' id="([^"]+)"', page)
        assert len(ids) == len(set(ids)), name
        assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
        assert page.count("href=") == page.count('href="#')
        assert page.count('<tr class="row" id=') == len(found.rows)
        told = [row for row in found.rows if row.steps is not None]
        assert page.count("<summary>") == len(told)


def test_a_page_with_plots(tmp_path: Path) -> None:
    found = small(tmp_path)
    drawn = Table(found.name, found.title, found.rows, ["f", "derivative", "plot"])
    page = drawn.render("html")
    assert page.count("<svg") == 2 and PAPER not in page
    assert drawn.render("typst").count("#image(bytes(") == 2
    assert pages.compiled(drawn, "png", endless=True).startswith(b"\x89PNG")
    with pytest.raises(UnsupportedError, match="a plot is in html"):
        drawn.render("latex")


# --- LaTeX ----------------------------------------------------------------------------


PACKAGES = {
    "pdflatex": "texlive-latex-recommended (30 MB)",
    "xelatex": "texlive-xetex texlive-lang-chinese fonts-noto-cjk (400 MB)",
}


def compiled(source: str, folder: Path, name: str = "pdflatex") -> str:
    """The log of a real TeX, which runs no program that a text names."""
    tex = shutil.which(name)
    used = re.findall(r"usepackage\{(ctex)\}", source)
    asked = ["kpsewhich", "article.cls", *(f"{package}.sty" for package in used)]
    if tex is None or subprocess.run(asked, capture_output=True).returncode:
        pytest.skip(f"no {name} here: apt-get install {PACKAGES[name]}")
    (folder / "page.tex").write_text(source, encoding="utf-8")
    options = ["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
    done = subprocess.run(
        [tex, *options, "page.tex"], cwd=folder, capture_output=True, timeout=120
    )
    log = (folder / "page.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, log[-3000:]
    return log


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMED)
def test_a_tex_sets_every_catalogue(
    made: dict[str, Table], name: str, tmp_path: Path
) -> None:
    log = compiled(made[name].render("latex", document=True), tmp_path)
    wide = [float(w) for w in re.findall(r"Overfull \\hbox \((\d+)", log)]
    assert not wide or max(wide) < 5, re.findall(r"Overfull.*\n.*", log)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "name"), [("de", "pdflatex"), ("fr", "pdflatex"), ("zh", "xelatex")]
)
def test_a_tex_sets_other_languages(language: str, name: str, tmp_path: Path) -> None:
    drawn = table("basics", language=language)
    log = compiled(drawn.render("latex", document=True), tmp_path, name)
    assert "Missing character" not in log


@pytest.mark.slow
def test_a_fragment_stands_in_a_document(
    made: dict[str, Table], tmp_path: Path
) -> None:
    parts = [found.render("latex", label=f"t:{name}") for name, found in made.items()]
    needed = re.search(r"\\usepackage\{(.*)\}", parts[0])
    assert needed
    body = "\n".join([*parts, *(rf"See \ref{{t:{name}}}." for name in made)])
    compiled(
        rf"\documentclass{{article}}\usepackage{{{needed[1]}}}"
        rf"\begin{{document}}{body}\end{{document}}",
        tmp_path,
    )


def test_katex_accepts_the_cells(made: dict[str, Table]) -> None:
    cells = [m for found in made.values() for m in MATH.findall(found.render("latex"))]
    assert len(cells) > 100
    accepted(cells)


# --- Typst ----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMED)
def test_typst_sets_every_catalogue(made: dict[str, Table], name: str) -> None:
    found, _ = typst.compile_with_warnings(made[name].render("typst").encode())
    assert found.startswith(b"%PDF")
    assert found == pages.compiled(made[name], "pdf")
    for form, start in (("svg", b"<svg"), ("png", b"\x89PNG")):
        assert pages.compiled(made[name], form, endless=True).startswith(start)


def test_a_letter_that_no_font_has_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = small(tmp_path, title="导数 of 𓀀")
    monkeypatch.setattr(pages, "_letters", lambda path: frozenset("导"))
    with pytest.raises(UnsupportedError, match="数𓀀; install"):
        found.save(tmp_path / "small.pdf")
    assert not (tmp_path / "small.pdf").exists()


def test_papers(tmp_path: Path) -> None:
    found = small(tmp_path)
    with pytest.raises(UnsupportedError, match="a4"):
        found.save(tmp_path / "small.pdf", paper="a9")
    found.save(tmp_path / "small.pdf", paper="a5", landscape=True, size=7)
    assert b"595" in (tmp_path / "small.pdf").read_bytes()  # the height of A5 in points


# --- texts of people ------------------------------------------------------------------

HOSTILE = [
    r"\input{/etc/passwd}", r"\write18{touch x}", r"\immediate\openout3=x",
    r"\csname end\endcsname", r"\end{longtable}\end{document}", r"$x$ & y \\ z",
    r"100% of #1 ~ ^^M _a {b}", r"[1ex] ]", r"\\[", "%", '#read("/etc/passwd")',
    '#import "x.typ"', '#panic("x")', "]#pagebreak()[", '"; #read("x"); "', "$ x",
    '\\"); #eval("1+1")', "*bold* _it_ `raw` = head", "@ref <label>", "// note",
    "/* note", "#", "<script>alert(1)</script>", "<!-- x", "]]>", "&lt;b&amp;",
    "</td></table><img src=x onerror=alert(1)>", '" onclick="alert(1)',
    "<a href='javascript:alert(1)'>x</a>", "<svg onload=alert(1)>",
    "</title><style>*{display:none}</style>", "a\nb\n\n# head", "| a | b |",
    "[x](javascript:alert(1))", "![x](http://x.y/z.png)", "```", "---", "<http://x.y>",
    "=1+1", "@SUM(A1)", "+1|cmd", "\u202eabc", "'", "\x00\x07\x1b[31m", "x" * 300,
    "é ü ß ñ α ≤ ∞ → ×", "{{ x }} {x} %s {0}", "..  include:: /etc/passwd",
]  # fmt: skip
PLACES = ("title", "name", "note", "group", "reference")


class Tags(HTMLParser):
    """The tags, attributes and texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> Table:
    return small(tmp_path_factory.mktemp("harmless"))


def with_texts(harmless: Table, **texts: str) -> Table:
    """The harmless table with other texts; its rows are not computed again."""
    keys = {k: v for k, v in texts.items() if k != "title"}
    rows = [replace(r, entry=r.entry._replace(**keys)) for r in harmless.rows]
    notes = [texts.get("note", "o")]
    return Table("small", texts.get("title", "t"), rows, notes=notes)


def told(text: str) -> str:
    return " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())


@pytest.mark.parametrize("place", PLACES)
def test_texts_stay_texts(harmless: Table, place: str) -> None:
    """In each place 48 of them: the page has the tags, and the source the commands."""
    plain = Tags(harmless.render("html"))
    for text in HOSTILE:
        found = with_texts(harmless, **{place: text})
        for form in FORMATS:
            if form not in ("pdf", "svg", "png"):
                assert found.render(form)
        page = Tags(found.render("html"))
        assert page.tags == plain.tags and page.attributes == plain.attributes, text
        assert told(text) in " ".join("".join(page.words).split()), text
        assert pages.prose(text)[1:-1] in found.render("typst"), text
        whole = found.render("latex", landscape=False)
        assert latex_prose(text) in whole, text
        rest = whole.replace(latex_prose(text), "")
        assert rest.count("{") <= harmless.render("latex", landscape=False).count("{")


def test_nothing_is_left_of_commands() -> None:
    words = r"\\text(?:backslash|asciitilde|asciicircum)\{\}|\\[&%$#_{}]"
    formulas = r"\$(?:\\\w+|[<>*])\$|\{[\[\]]\}"
    for text in HOSTILE:
        rest = re.sub(f"{words}|{formulas}", "", latex_prose(text))
        assert not re.search(r"[\\{}$&#^_~%\[\]]", rest), rest
        assert re.fullmatch(r'#"(?:[^"\\]|\\["\\n])*";', pages.prose(text))


@pytest.mark.slow
def test_compilers_set_them_as_letters(harmless: Table, tmp_path: Path) -> None:
    one = " / ".join(HOSTILE)
    for place in PLACES:
        found = with_texts(harmless, **{place: one})
        log = compiled(found.render("latex", document=True), tmp_path)
        assert "(/etc/passwd" not in log  # nor is a file read or written
        assert {path.stem for path in tmp_path.iterdir()} <= {"page", "profile"}
        assert pages.compiled(found, "pdf").startswith(b"%PDF")
        if place == "title":
            found = with_texts(harmless, **dict.fromkeys(PLACES, one))
            measured(found.render("html"), 390, False, tmp_path)


def test_captions_and_labels(harmless: Table) -> None:
    for text in HOSTILE:
        whole = harmless.render("latex", caption=text, label=text)
        assert f"\\caption{{{latex_prose(text)}}}" in whole
        label = re.search(r"\\label\{([^}]*)\}", whole)
        assert label and re.fullmatch(r"[\w:.-]*", label[1], re.A)


def test_a_missing_package_is_told_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    monkeypatch.setattr(calcml, "table", lambda *_, **__: pytest.fail("a table"))
    for form in ("pdf", "svg", "png"):
        file = str(tmp_path / f"a.{form}")
        done = CliRunner().invoke(cli, ["table", "basics", "-o", file])
        told = f"{form} needs the package typst: pip install"
        assert told in str(done.exception)
