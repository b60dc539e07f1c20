"""A derivation: the steps from a function to its derivative."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape

from calcml.core.display import Display, html_table, markdown_table
from calcml.core.expr import Expr, walk
from calcml.core.mathml import mathml
from calcml.printing import latex, text
from calcml.steps import render
from calcml.steps.backward import in_names
from calcml.steps.step import Step

HEAD = ("", "rule", "before", "after")  # of tables


@dataclass(frozen=True, repr=False)
class Derivation(Display):
    """The steps from a function to its derivative by a variable.

    `result` is the node that `diff` returns, and the last step's `after`. Each step
    begins where the one before ended; of a higher order, the next derivative begins
    with the result of the one before. Printed it is text; `markdown`, `latex` and
    `as_dict` give other forms.
    """

    function: Expr
    variable: Expr
    order: int
    result: Expr
    steps: tuple[Step, ...]
    level: str
    names: Mapping[Expr, Expr]
    given: tuple[Expr, ...] = ()

    def chains(self) -> list[list[Step]]:
        """The steps of each order."""
        found: list[list[Step]] = []
        for step in self.steps:
            if found and found[-1][-1].after is step.before:
                found[-1].append(step)
            else:
                found.append([step])
        return found

    def definitions(self) -> list[tuple[Expr, Expr]]:
        """The names that the steps use, each with what it stands for."""
        used: set[Expr] = set()
        for step in self.steps if self.names else ():
            used.update(walk(step.shown(step.before), step.shown(step.after)))
        found: dict[Expr, Expr] = {}
        for node, name in self.names.items():
            if name in used:
                found[name] = in_names(node, self.names)
                used.update(walk(found[name]))
        order = [n for n in walk(*self.names) if self.names.get(n) in found]
        return [(self.names[n], found[self.names[n]]) for n in order]

    @cached_property
    def _told(self) -> render.Chains:
        return render.told(self.chains(), self.variable, self.given)

    def __str__(self) -> str:
        rows = render.text_given(self.given)
        rows += [f"{n} = {text(e)}" for n, e in self.definitions()]
        lines = render.full if self.level == "full" else render.brief
        return "\n".join([*rows, *lines(self._told)])

    def latex(self) -> str:
        r"""An align* environment of amsmath or KaTeX, a line for each step.

        At the level "full", what the next step changes is underlined.
        """
        rows = [f"{latex(n)} &= {latex(e)}" for n, e in self.definitions()]
        for steps in self._told:
            left = latex(steps[0].step.shown(steps[0].step.before))
            follow = [one.step.side(False)[1] for one in steps[1:]]
            marked = [*follow, ()] if self.level == "full" else [()] * len(steps)
            for one, parts in zip(steps, marked, strict=True):
                side = latex(one.step.shown(one.step.after), parts)
                rows.append(f"{left} &= {side} && {render.tex_said(one)}")
                left = ""
        return render.aligned(rows, self.given)

    def markdown(self) -> str:
        """Formulas for brief steps, a table of rule, before and after for full ones."""
        if self.level != "full":
            return f"$$\n{self.latex().replace('align*', 'aligned')}\n$$"
        where = ", ".join(f"${latex(n)} = {latex(e)}$" for n, e in self.definitions())
        given = f"${render.tex_given(self.given)}$\n\n" * bool(self.given)
        rows = []
        for number, one in render.numbered(self._told):
            sides = [f"${latex(*one.step.side(after))}$" for after in (False, True)]
            rows.append([number, render.markdown_words(one.said), *sides])
        return given + f"Where {where}:\n\n" * bool(where) + markdown_table(HEAD, rows)

    def html(self) -> str:
        """A table of rule, before and after; what changes is underlined."""
        rows = []
        for number, one in render.numbered(self._told):
            sides = latex(*one.step.side(False)), latex(one.step.side(True)[0])
            math = [mathml(side, alone=False) for side in sides]
            rows.append([number, escape(one.said), *math])
        return render.html_names(self.definitions(), self.given) + html_table(
            HEAD, rows
        )

    def as_dict(self) -> dict[str, object]:
        """The derivation for JSON."""
        return {
            "expr": str(self.function),
            "var": self.variable.value,
            "order": self.order,
            "level": self.level,
            "given": [str(c) for c in self.given],
            "names": {str(n): str(e) for n, e in self.definitions()},
            "steps": [one.step.as_dict() for _, one in render.numbered(self._told)],
            "result": str(self.result),
        }
