"""Every answer has its forms in one way: as methods, by `render`, and in notebooks."""

from __future__ import annotations

import json
from typing import Any

import pytest

import calcml as cm
from calcml.core.display import Display, html_table, markdown_table

ANSWERS: dict[str, Any] = {
    "domain": cm.domain("sqrt(x)"),
    "kinks": cm.kinks("abs(x)", "x"),
    "no kinks": cm.kinks("x", "x"),
    "derivation": cm.derive("sin(x)/x", "x"),
    "full": cm.derive("sin(x)/x", "x", level="full"),
    "backpropagation": cm.derive("(w*x + b)^2", ["w", "b"]),
    "report": cm.check("x^2", "2*x", "x"),
    "table": cm.table("basics"),
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
        assert told.render("latex").rstrip("\n") == tex
        whole = tex.startswith(("\\begin", "%"))
        assert shown == (tex if whole else f"$\\displaystyle {tex}$")


def test_cells_cannot_end_their_table() -> None:
    assert markdown_table(["a"], [["|x|"]]) == "| a |\n| --- |\n| \\|x\\| |"
    wide = markdown_table(["a", "bc"], [["long", ""]], aligned=True)
    assert wide == "| a    | bc |\n| ---- | -- |\n| long |    |"
    assert "<th>a &lt; b</th>" in html_table(["a < b"], [])
