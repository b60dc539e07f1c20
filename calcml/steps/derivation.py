"""A derivation: the steps from a function to its derivative, and how they are told."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from calcml.conditions import conditions
from calcml.expr import Expr, walk
from calcml.facts import Facts
from calcml.light import rebuild, substitute
from calcml.printing import latex, text
from calcml.printing.text import MARKS

WIDTH = 88  # characters of a line
NOTHING: Mapping[Expr, Expr] = MappingProxyType({})


@dataclass(frozen=True)
class Step:
    """One step: `before` and `after` are equal where `condition` holds.

    They may hold derivatives that are still to be taken. `old` is the part of `before`
    that changes, `new` what it becomes; `names` are symbols that stand for long parts
    where the step is told.
    """

    rule: str
    before: Expr
    after: Expr
    old: Expr
    new: Expr
    names: Mapping[Expr, Expr] = field(repr=False)

    @cached_property
    def condition(self) -> tuple[Expr, ...]:
        """What one side asks for and the other does not; both are equal under it."""
        sides = [conditions(taken_for_zero(part)) for part in (self.old, self.new)]
        found: dict[Expr, None] = {}
        for one, other in (sides, sides[::-1]):
            known = Facts().and_where_defined(other)
            news = [c for c in one if c not in other and known.decide(c) is not True]
            found.update(dict.fromkeys(news))
        return tuple(found)

    def shown(self, e: Expr) -> Expr:
        """An expression with the names in the place of what they stand for."""
        return substitute(e, self.names) if self.names else e

    def marked(self, after: bool) -> tuple[str, tuple[int, int] | None]:
        """The text of a side, and from where to where the part that changes stands."""
        whole, part = (self.after, self.new) if after else (self.before, self.old)
        return spans(self.shown(whole), self.shown(part))

    def as_dict(self) -> dict[str, object]:
        """The step for JSON: texts in calcml's grammar, LaTeX, and where the part is."""
        before, old = self.marked(False)
        after, new = self.marked(True)
        return {
            "rule": self.rule,
            "before": before,
            "after": after,
            "before_part": old and list(old),
            "after_part": new and list(new),
            "before_latex": latex(self.shown(self.before)),
            "after_latex": latex(self.shown(self.after)),
            "condition": [str(self.shown(c)) for c in self.condition],
        }


def taken_for_zero(e: Expr) -> Expr:
    """An expression in which derivatives to be taken are the functions themselves.

    For conditions: a derivative is asked for where its function is.
    """
    pending = {n: n.args[0] for n in walk(e) if n.op == "derivative"}
    return substitute(e, pending) if pending else e


def spans(whole: Expr, part: Expr) -> tuple[str, tuple[int, int] | None]:
    """The text of an expression, and from where to where a part first stands in it."""
    told = text(whole, () if part is whole else (part,))
    first, last = told.find(MARKS[0]), told.find(MARKS[1])
    plain = told.replace(MARKS[0], "").replace(MARKS[1], "")
    if part is whole:
        return plain, (0, len(plain))
    return plain, None if first < 0 else (first, last - 1)


@dataclass(frozen=True)
class Derivation:
    """The steps from a function to its derivative by a variable.

    `result` is the node that `diff` returns, and the last step's `after`. Printed it is
    text; `markdown`, `latex` and `as_dict` give other forms.
    """

    function: Expr
    variable: Expr
    order: int
    result: Expr
    steps: tuple[Step, ...]
    level: str
    names: Mapping[Expr, Expr] = field(repr=False)

    @property
    def start(self) -> Expr:
        """The derivative as it is asked for."""
        if self.steps:
            return self.steps[0].before
        return self.result

    def definitions(self) -> list[tuple[Expr, Expr]]:
        """The names that the steps use, each with what it stands for."""
        used: set[Expr] = set()
        for step in self.steps:
            for side in (step.before, step.after):
                used.update(walk(step.shown(side)))
        found = []
        for node, name in self.names.items():
            if name in used:
                args = tuple([substitute(a, self.names) for a in node.args])
                found.append((name, rebuild(node, args)))
                used.update(walk(found[-1][1]))
        return found

    def __str__(self) -> str:
        told = _brief if self.level == "brief" else _full
        return "\n".join(told(self))

    def latex(self) -> str:
        r"""An align* environment of amsmath or KaTeX, a line for each step.

        What a step changes is underlined before it, as long as it is not all.
        """
        rows = []
        for k, step in enumerate(self.steps):
            left = latex(step.shown(step.before)) if k == 0 else ""
            marked = []
            for following in self.steps[k + 1 : k + 2]:
                if self.level == "full" and following.old is not following.before:
                    marked.append(step.shown(following.old))
            right = latex(step.shown(step.after), marked)
            rows.append(rf"{left} &= {right} && \text{{{_tex_words(_said(step))}}}")
        where = [f"{latex(n)} &= {latex(e)}" for n, e in self.definitions()]
        if not rows:
            rows = [latex(self.result)]
        lines = " \\\\\n".join([*where, *rows])
        return f"\\begin{{align*}}\n{lines}\n\\end{{align*}}"

    def markdown(self) -> str:
        """Lines for brief steps, a table of rule, before and after for full ones."""
        where = [f"${latex(n)} = {latex(e)}$" for n, e in self.definitions()]
        head = [f"Where {', '.join(where)}:", ""] if where else []
        if self.level == "brief":
            lines = [f"$$\n{latex(self.shown_start())}\n$$"]
            for step in self.steps:
                lines += ["", f"{_md_words(_said(step))}:", ""]
                lines.append(f"$$\n= {latex(step.shown(step.after))}\n$$")
            return "\n".join([*head, *lines])
        rows = ["| | rule | before | after |", "|---|---|---|---|"]
        for k, step in enumerate(self.steps, 1):
            sides = [
                latex(step.shown(whole), () if part is whole else (step.shown(part),))
                for whole, part in ((step.before, step.old), (step.after, step.new))
            ]
            cells = " | ".join(f"${side}$".replace("|", r"\|") for side in sides)
            rows.append(f"| {k} | {_md_words(_said(step))} | {cells} |")
        return "\n".join([*head, *rows])

    def shown_start(self) -> Expr:
        """The derivative as it is asked for, with the names in it."""
        return self.steps[0].shown(self.start) if self.steps else self.start

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

    def _repr_latex_(self) -> str:
        return self.latex()

    def _repr_html_(self) -> str:
        rows = []
        for k, step in enumerate(self.steps, 1):
            cells = [_html(*step.marked(after)) for after in (False, True)]
            rule = html.escape(_said(step))
            rows.append(f"<tr><td>{k}</td><td>{rule}</td>{''.join(cells)}</tr>")
        where = "".join(
            f"<p>where <code>{html.escape(f'{n} = {e}')}</code></p>"
            for n, e in self.definitions()
        )
        head = "<tr><th></th><th>rule</th><th>before</th><th>after</th></tr>"
        return f"{where}<table>{head}{''.join(rows)}</table>"


# --- how steps are told ------------------------------------------------------------


def _said(step: Step) -> str:
    """The rule of a step, and the condition under which it holds."""
    if not step.condition:
        return step.rule
    return f"{step.rule}, for {', '.join(str(step.shown(c)) for c in step.condition)}"


def _brief(told: Derivation) -> list[str]:
    """A line for each step, the rule beside it."""
    lines = [f"{n} = {e}" for n, e in told.definitions()]
    left = text(told.shown_start())
    if not told.steps:
        return [*lines, left]
    room = " " * len(left) if len(left) <= WIDTH // 4 else "  "
    if room == "  ":
        lines.append(left)
    head = left if room != "  " else room
    rows = []
    for step in told.steps:
        rows.append((f"{head} = {text(step.shown(step.after))}", _said(step)))
        head = room
    column = max((len(a) for a, b in rows if len(a) + len(b) + 4 <= WIDTH), default=0)
    return lines + [f"{a:{column}}    {b}" for a, b in rows]


def _full(told: Derivation) -> list[str]:
    """The whole expression before and after each step, what it changes underlined."""
    lines = [f"{n} = {e}" for n, e in told.definitions()]
    sign = "  "
    for k, step in enumerate(told.steps, 1):
        before, part = step.marked(False)
        lines.append(f"{sign} {before}")
        if part and part != (0, len(before)):
            lines.append(" " * (part[0] + 3) + "~" * (part[1] - part[0]))
        lines.append(f"{k}. {_said(step)}")
        sign = " ="
    last = told.steps[-1].shown(told.result) if told.steps else told.result
    return [*lines, f"{sign} {text(last)}"]


def _html(words: str, part: tuple[int, int] | None) -> str:
    start, end = part or (0, 0)
    pieces = [words[:start], words[start:end], words[end:]]
    a, b, c = (html.escape(piece) for piece in pieces)
    marked = f"<mark>{b}</mark>" if b and (a or c) else b
    return f"<td><code>{a}{marked}{c}</code></td>"


_TEX = {"^": r"\textasciicircum{}", "_": r"\_", "%": r"\%", "&": r"\&", "#": r"\#"}


def _tex_words(words: str) -> str:
    return "".join(_TEX.get(c, c) for c in words)


def _md_words(words: str) -> str:
    return words.replace("|", r"\|").replace("*", r"\*").replace("_", r"\_")
