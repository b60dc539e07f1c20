"""A derivation: the steps from a function to its derivative."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from calcml.core.display import Display
from calcml.core.expr import Expr, walk
from calcml.steps import render
from calcml.steps.backward import in_names
from calcml.steps.step import Step


@dataclass(frozen=True)
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
    names: Mapping[Expr, Expr] = field(repr=False)
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

    def _told(self) -> render.Chains:
        return render.told(self.chains(), self.variable, self.given)

    def __str__(self) -> str:
        facts = [f"given {', '.join(map(str, self.given))}"] if self.given else []
        told = render.as_text(self.definitions(), self._told(), self.level == "full")
        return "\n".join([*facts, told])

    def latex(self) -> str:
        r"""An align* environment of amsmath or KaTeX, a line for each step.

        At the level "full", what the next step changes is underlined.
        """
        return render.as_latex(self.definitions(), self._told(), self.level == "full")

    def markdown(self) -> str:
        """Formulas for brief steps, a table of rule, before and after for full ones."""
        told = render.as_table if self.level == "full" else render.as_formulas
        return told(self.definitions(), self._told())

    def as_dict(self) -> dict[str, object]:
        """The derivation for JSON."""
        return {
            "expr": str(self.function),
            "var": self.variable.value,
            "order": self.order,
            "level": self.level,
            "names": {str(n): str(e) for n, e in self.definitions()},
            "steps": [step.as_dict() for step in self.steps],
            "result": str(self.result),
        }

    def html(self) -> str:
        """A table of rule, before and after, what changes marked."""
        return render.as_html(self.definitions(), self._told())
