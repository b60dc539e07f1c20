"""One step: what it changed, by which rule, and under which condition it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from calcml.conditions import conditions
from calcml.expr import Expr, walk
from calcml.facts import Facts
from calcml.light import build, rebuild, substitute
from calcml.printing import latex, text
from calcml.printing.text import MARKS
from calcml.rewrite import opposite
from calcml.terms import SUMS


class Names(dict[Expr, Expr]):
    """Symbols for parts, and the expressions in which they were put, each once."""

    def __init__(self, names: Mapping[Expr, Expr] = MappingProxyType({})) -> None:
        super().__init__(names)
        self._shown: dict[Expr, Expr] = {}

    def shown(self, e: Expr) -> Expr:
        """An expression as it is told: with the names, and a - b for a + -b."""
        found = self._shown.get(e)
        if found is None:
            found = self._shown[e] = _with_signs(substitute(e, self) if self else e)
        return found


@dataclass(frozen=True)
class Step:
    """One step: `before` and `after` are equal where `condition` holds.

    They may hold derivatives that are still to be taken. `old` is the part of `before`
    that changes, `new` what it becomes; `names` are symbols that stand for parts where
    the step is told.
    """

    rule: str
    before: Expr
    after: Expr
    old: Expr
    new: Expr
    names: Names = field(repr=False)

    @cached_property
    def condition(self) -> tuple[Expr, ...]:
        """What one side asks for and the other does not; both are equal under it."""
        sides = [conditions(without_derivatives(part)) for part in (self.old, self.new)]
        found: dict[Expr, None] = {}
        for one, other in (sides, sides[::-1]):
            news = [c for c in one if c not in other]
            known = Facts().and_where_defined(other) if news else Facts()
            found.update(dict.fromkeys(c for c in news if known.decide(c) is not True))
        return tuple(found)

    def shown(self, e: Expr) -> Expr:
        """An expression as it is told: with the names, and a - b for a + -b."""
        return self.names.shown(e)

    @property
    def said(self) -> str:
        """The rule, and the comparisons under which it holds.

        Conditions with "or", those of powers with any exponent, are left to
        `condition`.
        """
        asked = [str(self.shown(c)) for c in self.condition if c.op != "or"]
        return f"{self.rule}, for {', '.join(asked)}" if asked else self.rule

    def marked(self, after: bool) -> tuple[str, tuple[int, int] | None]:
        """The text of a side, and from where to where the part that changes stands."""
        whole, part = (self.after, self.new) if after else (self.before, self.old)
        if after and part is not whole and part in walk(self.before):
            return text(self.shown(whole)), None  # it stood there before, elsewhere
        return _spans(self.shown(whole), self.shown(part))

    def as_dict(self) -> dict[str, object]:
        """The step for JSON: texts, LaTeX, and where the part stands that changes."""
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


def _with_signs(root: Expr) -> Expr:
    """An expression with a - b for a + -b, and a + b for a - -b."""
    done: dict[Expr, Expr] = {}
    for node in walk(root):
        args = tuple([done[a] for a in node.args])
        turned = opposite(args[1]) if node.op in SUMS else None
        if turned is not None:
            done[node] = build(TURNED[node.op], (args[0], turned))
        else:
            done[node] = node if args == node.args else rebuild(node, args)
    return done[root]


TURNED = {"add": "sub", "sub": "add"}


def without_derivatives(e: Expr) -> Expr:
    """An expression with the functions in the place of derivatives to be taken.

    For conditions: a derivative is asked for where its function is.
    """
    pending = {n: n.args[0] for n in walk(e) if n.op == "derivative"}
    return substitute(e, pending) if pending else e


def _spans(whole: Expr, part: Expr) -> tuple[str, tuple[int, int] | None]:
    """The text of an expression, and from where to where a part first stands in it."""
    told = text(whole, () if part is whole else (part,))
    first, last = told.find(MARKS[0]), told.find(MARKS[1])
    plain = told.replace(MARKS[0], "").replace(MARKS[1], "")
    if part is whole:
        return plain, (0, len(plain))
    return plain, None if first < 0 else (first, last - 1)
