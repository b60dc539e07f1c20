"""A notebook is run, and what it shows is opened in a browser: formulas, no frames."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from html import escape
from pathlib import Path
from typing import Any

import pytest

from calcml.core.mathml import mathml

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CELLS = [
    "import calcml as cm",
    'cm.parse("2x² + sin x")',
    'cm.parse("2 pi r").read_as',
    'cm.diff("x^2*sin(x)", "x")',
    'cm.grad("(w*x + b - y)^2", ["w", "b"])',
    'cm.hessian("x^2*y", ["x", "y"])',
    'cm.jacobian(["x*y", "x/y"], ["x", "y"])',
    'cm.grad("sum((X @ w - y)^2)", "w", shapes={"X": "m n", "w": "n", "y": "m"})',
    'cm.derive("log(1 + exp(x))", "x")',
    'cm.derive("log(1 + exp(x))", "x", level="full")',
    'cm.derive("(sigmoid(w*x + b) - y)^2", ["w", "b"])',
    'cm.kinks("max(x, 0, 1 - x)", "x")',
    'cm.kinks("abs(x) + abs(y)", ["x", "y"])',
    'cm.domain("log(x)/(x - 1)")',
    'cm.check("x^3", "3*x", "x")',
    'cm.check("x^3", "3*x^2", "x")',
    'cm.table("basics")',
]
WRONG = [
    'cm.parse("1/2x")',
    'cm.diff("x*y^2")',
    'bool(cm.check("x", "1", "x"))',
    'cm.grad("A @ x", shapes={"A": "m n", "x": "n"})',
]
# Run apart: the warnings of Jupyter's parts are not ours.
RUN = """
import json, sys, nbformat
from nbclient import NotebookClient
cells = [nbformat.v4.new_code_cell(cell) for cell in json.load(sys.stdin)]
book = nbformat.v4.new_notebook(cells=cells)
NotebookClient(book, timeout=120, kernel_name="python3", allow_errors=True).execute()
print(json.dumps([cell.outputs for cell in book.cells]))
"""
# The size of each formula, and whether one of them is an error, beside the page.
MEASURE = """
const sizes = [...document.querySelectorAll("math")].map(
  m => m.getBoundingClientRect()).map(r => [r.width, r.height]);
document.body.dataset.sizes = JSON.stringify(sizes);
document.body.dataset.errors = document.querySelectorAll("merror").length;
"""


@pytest.fixture(scope="module")
def outputs() -> list[list[dict[str, Any]]]:
    """What each cell puts out."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", RUN],
        input=json.dumps(CELLS + WRONG),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found: list[list[dict[str, Any]]] = json.loads(done.stdout.splitlines()[-1])
    return found


def shown(data: dict[str, str]) -> str:
    """The form that Jupyter takes, as HTML; MathML for what MathJax would set."""
    if "text/html" in data:
        return data["text/html"]
    if "text/latex" in data:
        return mathml(data["text/latex"].strip("$").removeprefix(r"\displaystyle"))
    return f"<pre>{escape(data['text/plain'])}</pre>"


def test_answers_are_formulas(outputs: list[list[dict[str, Any]]]) -> None:
    assert outputs[0] == []
    for cell, output in zip(CELLS[1:], outputs[1:], strict=False):
        (one,) = output
        assert one["output_type"] == "execute_result", (cell, one)
        html = re.sub(r'alttext="[^"]*"', "", shown(one["data"]))  # what is read aloud
        assert "<math" in html or "proved" in html, cell
        assert not re.search(r"\\[a-zA-Z]|<pre>|Expr\(|Report\(", html), cell
        assert "=Expr" not in one["data"]["text/plain"]


def test_errors_are_their_message_alone(outputs: list[list[dict[str, Any]]]) -> None:
    for cell, output in zip(WRONG, outputs[len(CELLS) :], strict=True):
        (one,) = output
        assert one["output_type"] == "error"
        lines = "\n".join(one["traceback"]).splitlines()
        assert len(lines) <= 5, cell
        assert not any("File" in line or "site-packages" in line for line in lines)
    assert "^" in "".join(outputs[len(CELLS)][0]["traceback"])
    assert ".ok" in outputs[len(CELLS) + 2][0]["evalue"]


def test_a_browser_draws_them(
    outputs: list[list[dict[str, Any]]], tmp_path: Path
) -> None:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    answers = [
        f"<h4>{escape(cell)}</h4>{shown(output[0]['data'])}"
        for cell, output in zip(CELLS[1:], outputs[1:], strict=False)
    ]
    page = tmp_path / "page.html"
    page.write_text(
        f"<!doctype html><meta charset=utf-8><body>{''.join(answers)}"
        f"<script>{MEASURE}</script></body>",
        encoding="utf-8",
    )
    done = subprocess.run(
        [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
            f"--user-data-dir={tmp_path}/profile", page.as_uri(),
        ],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    found = re.search(r'data-sizes="(.*?)" data-errors="(\d+)"', done.stdout)
    assert found, done.stderr
    sizes = json.loads(found[1].replace("&quot;", '"'))
    assert len(sizes) > 80
    assert all(width > 3 and height > 3 for width, height in sizes)
    assert found[2] == "0"
