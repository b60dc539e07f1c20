"""Backpropagation: a gradient with its steps, and how they are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from itertools import groupby

from calcml.core.display import Display, html_table
from calcml.core.expr import Expr
from calcml.core.mathml import mathml
from calcml.core.shapes import shown as shape
from calcml.printing import latex, text
from calcml.printing.latex import PARTIAL, name as latex_name
from calcml.steps.backward import Layer
from calcml.steps.render import (
    aligned,
    columns,
    html_names,
    tex_given,
    tex_words,
    text_given,
)


@dataclass(frozen=True, repr=False)
class Backpropagation(Display):
    """The gradient of a scalar, told from the result down to the variables.

    `forward` are the parts that have names, inner ones first, with what they are;
    `steps` the gradients by them, the last ones first, and then those by the variables.
    `result` holds for each variable the node that `grad` returns, `shown` the same in
    the names of the parts.
    """

    function: Expr
    result: Mapping[str, Expr]
    shown: Mapping[str, Expr]
    forward: tuple[tuple[Expr, Expr], ...]
    last: Expr
    steps: tuple[Layer, ...]
    level: str = "brief"
    given: tuple[Expr | str, ...] = ()

    def _told(self, step: Layer) -> list[tuple[Expr, str]]:
        """The gradient by a part, as its lines have it, each with its rule."""
        full = self.level == "full"
        lines = list(step.rewrites) if full else [(step.shown, step.rule)]
        whole = self.shown.get(step.name)
        if whole is not None:
            lines.append((whole, "put together"))
        same = groupby(lines, lambda line: text(line[0]))
        return [next(group) for _, group in same]

    def _lines(self) -> list[tuple[str, Expr, str]]:
        """(left side, right side, what is said of it) of the lines after the parts."""
        lines = []
        for step in self.steps:
            (first, rule), *more = self._told(step)
            lines.append((PARTIAL + step.name, first, self._said(rule, step)))
            lines += [("", e, words) for e, words in more]
        return lines

    def _said(self, rule: str, step: Layer) -> str:
        words = ["Jacobian" * bool(self.function.dims), rule, self._shape(step.shown)]
        return "; ".join(filter(None, words))

    def _shape(self, e: Expr) -> str:
        """The shape of a part, where there are arrays."""
        arrays = any(step.shown.dims for step in self.steps)
        return f"shape {shape(e.dims)}" if arrays else ""

    @property
    def loss(self) -> str:
        """A name for the result that no part and no variable has."""
        taken = self.function.free_symbols | {str(n) for n, _ in self.forward}
        return next(n for n in ("L", "J", "loss", "result_") if n not in taken)

    def _tex_name(self, name: str) -> str:
        return r"\mathcal{L}" if name == self.loss else latex_name(name)

    def _parts(self) -> list[tuple[str, Expr, str]]:
        """(name, what it is, its shape) of the parts, and of the result L."""
        parts = [(str(n), e, self._shape(n)) for n, e in self.forward]
        return [*parts, (self.loss, self.last, self._shape(self.last))]

    def __str__(self) -> str:
        rows = [(line, "") for line in text_given(self.given)]
        rows += [(f"{n} = {text(e)}", said) for n, e, said in self._parts()]
        rows.append(("", ""))
        left = ""
        for name, e, said in self._lines():
            left = name or " " * len(left)
            *where, whole = text(e).split("; ")
            said = "; ".join([said, *[f"where {one}" for one in where]])
            rows.append((f"{left} = {whole}", said))
        return "\n".join(columns(rows))

    def latex(self) -> str:
        r"""An align* environment of amsmath or KaTeX, a line for each part."""
        rows = [
            rf"{self._tex_name(n)} &= {latex(e, whole=True)} && {tex_words(said)}"
            for n, e, said in self._parts()
        ]
        for name, e, said in self._lines():
            side = latex_name(name) if name else ""
            rows.append(f"{side} &= {latex(e, whole=True)} && {tex_words(said)}")
        return aligned(rows, self.given)

    def markdown(self) -> str:
        """A list: the named parts, then the gradients by them and by the variables."""
        lines = [f"- ${tex_given(self.given)}$"] if self.given else []
        for n, e, _ in self._parts():
            lines.append(f"- ${self._tex_name(n)} = {latex(e, whole=True)}$")
        lines.append("")
        for k, (name, e, said) in enumerate(self._lines(), 1):
            side = f"{latex_name(name)} = " if name else "= "
            lines.append(f"{k}. ${side}{latex(e, whole=True)}$: {said}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, object]:
        """The gradient and its steps for JSON; texts in calcml's grammar."""
        return {
            "expr": str(self.function),
            "forward": {str(n): str(e) for n, e in self.forward},
            "last": str(self.last),
            "level": self.level,
            "given": [str(c) for c in self.given],
            "steps": [
                {
                    "by": step.name,
                    "rule": rule,
                    "gradient": str(e),
                    "latex": latex(e, whole=True),
                    "shape": list(e.shape),
                }
                for step in self.steps
                for e, rule in self._told(step)
            ],
            "gradient": {name: str(e) for name, e in self.result.items()},
        }

    def html(self) -> str:
        """The named parts, then a table of the gradients and their rules."""
        rows = []
        for name, e, said in self._lines():
            sides = latex_name(name) if name else "", latex(e, whole=True)
            rows.append([*[mathml(side, alone=False) for side in sides], escape(said)])
        parts = [(self._tex_name(n), e) for n, e, _ in self._parts()]
        return html_names(parts, self.given) + html_table(
            ["", "gradient", "rule"], rows
        )
