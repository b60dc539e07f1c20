"""Every answer has its forms in one way: as methods, by `render`, and in notebooks."""

from __future__ import annotations

import json
import pickle
import re
from typing import Any

import pytest

import calcml as cm
from calcml.core.display import Display, html_table, markdown_table
from calcml.core.mathml import mathml

ANSWERS: dict[str, Any] = {
    "domain": cm.domain("sqrt(x)"),
    "kinks": cm.kinks("abs(x)", "x"),
    "no kinks": cm.kinks("x", "x"),
    "derivation": cm.derive("sin(x)/x", "x"),
    "full": cm.derive("sin(x)/x", "x", level="full"),
    "backpropagation": cm.derive("(w*x + b)^2", ["w", "b"]),
    "report": cm.check("x^2", "2*x", "x"),
    "table": cm.table("basics"),
    "gradient": cm.grad("(w*x + b)^2", ["w", "b"]),
    "hessian": cm.hessian("x^2*y", ["x", "y"]),
}


@pytest.mark.parametrize("told", ANSWERS.values(), ids=list(ANSWERS))
def test_forms_are_methods_and_names(told: Display) -> None:
    assert str(told)
    assert json.loads(told.render("json")) == json.loads(json.dumps(told.as_dict()))
    assert told._repr_markdown_() == told.markdown()
    assert told._repr_html_() == told.html()
    shown, tex = told._repr_latex_(), told.latex()
    if tex is None:
        assert shown is None
    else:
        assert told.render("latex").rstrip("\n") == tex.rstrip("\n")
        whole = tex.startswith((r"\begin{align*}", r"\begin{tabular}", "%"))
        assert shown == (tex if whole else f"$\\displaystyle {tex}$")


@pytest.mark.parametrize("told", ANSWERS.values(), ids=list(ANSWERS))
def test_formulas_are_mathml_and_reprs_are_read(told: Display) -> None:
    assert repr(told) == str(told)
    shown = re.sub(r'alttext="[^"]*"', "", str(told.html()))  # what is read aloud
    assert not re.search(r"\\[a-zA-Z]|<code>", shown)
    if told.html() and "proved" not in str(told) and "smooth" not in str(told):
        assert "<math" in str(told.html())


def test_results_by_several_variables() -> None:
    found = cm.grad("a^2*b", ["a", "b"])
    assert found == {"a": cm.parse("2*a*b"), "b": cm.parse("a^2")}
    assert found.latex("column", of="L").count("\n") == 3
    assert r"\frac{\partial L}{\partial a} &= 2 a b \\" in found.latex(of="L")
    assert found.as_dict()["gradient"] == {"a": "2*a*b", "b": "a^2"}
    assert pickle.loads(pickle.dumps(found)) == found
    by_arrays = cm.grad("sum(A*x)", ["A", "x"], shapes={"A": "m n", "x": "n"})
    with pytest.raises(cm.UnsupportedError, match="no column"):
        by_arrays.latex("column")
    with pytest.raises(cm.UnsupportedError, match="column"):
        found.latex("row")
    rows = cm.hessian("x^2*y", ["x", "y"])
    first, second = cm.parse("2*y"), cm.parse("2*x")
    assert rows == [[first, second], [second, cm.parse("0")]]
    assert str(rows) == "[[2*y, 2*x], [2*x, 0]]"
    assert rows.latex().splitlines()[1:3] == [r"2 y & 2 x \\", "2 x & 0"]
    assert type(cm.jacobian(["x*y"], ["x"])) is type(rows)
    assert type(cm.vjp("x*y", ["x", "y"], "g")) is type(found)


def test_a_long_matrix_names_what_its_entries_share() -> None:
    inner = "exp(-(x - 1)^2/(2 + y^2))*sin(x*y + cos(x - y))"
    shown = str(cm.hessian(f"({inner})^3 + log(1 + {inner})", ["x", "y"]))
    assert shown.startswith("t1 = ")
    names = shown.split("; [", maxsplit=1)[0]
    last = names.rpartition("; ")[2].partition(" = ")[0]
    assert cm.parse(f"{names}; {last}").free_symbols <= {"x", "y"}


def test_cells_cannot_end_their_table() -> None:
    assert markdown_table(["a"], [["|x|"]]) == "| a |\n| --- |\n| \\|x\\| |"
    wide = markdown_table(["a", "bc"], [["long", ""]], aligned=True)
    assert wide == "| a    | bc |\n| ---- | -- |\n| long |    |"
    assert "<th>a &lt; b</th>" in html_table(["a < b"], [])


def test_mathml_sets_names_upright_and_brackets_tight() -> None:
    made = mathml(r"x \operatorname{atan2}\left(y, x\right) < 1", alone=False)
    assert '<mspace width="0.167em" /><mi>atan2</mi>' in made
    assert made.count('stretchy="false"') == 2 and "<mo>&lt;</mo>" in made
    assert 'stretchy="true"' in mathml(r"\left(\frac{1}{x}\right)")
    assert "<mi>max</mi>" in mathml(r"\max\left(x, 0\right)")
    assert "<mtable" in mathml("\\begin{aligned} p &= q \\\\ & r \\end{aligned}")
    assert mathml("") == ""
