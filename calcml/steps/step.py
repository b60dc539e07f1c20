"""One step: what it changed, by which rule, and under which condition it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from calcml.algebra.canonical import tidy_all
from calcml.algebra.closed.ordered import ordered
from calcml.algebra.definedness import conditions
from calcml.algebra.facts import Facts
from calcml.core.build import substitute
from calcml.core.expr import CONDITIONS, ZERO, Expr, make, walk
from calcml.core.operations import SQRT
from calcml.printing import latex, text
from calcml.printing.text import MARKS
from calcml.steps.tidy_signs import neat


class Names:
    """Symbols for parts; what is shown with them is made once.

    A result is shown as it is, but for the names.
    """

    _result: Expr | None = None  # of pickles of 0.1.0, which have none

    def __init__(
        self,
        names: Mapping[Expr, Expr] = MappingProxyType({}),
        result: Expr | None = None,
    ) -> None:
        self._names = names
        self._result = result
        self._named = frozenset(names.values())
        self._shown: dict[Expr, Expr] = {}

    @cached_property
    def _put(self) -> dict[Expr, Expr]:
        """The parts, in the orders that they may have, with their symbols."""
        nodes, found = list(self._names), dict(self._names)
        for forms in (tidy_all(nodes), map(ordered, nodes)) if nodes else ():
            for form, node in zip(forms, nodes, strict=True):
                if form.args:
                    found.setdefault(form, self._names[node])
        return found

    def meant(self) -> dict[Expr, Expr]:
        """What the symbols stand for."""
        return {name: node for node, name in self._names.items()}

    def shown(self, e: Expr) -> Expr:
        """An expression as it is told: with the names, u' for a derivative of one."""
        found = self._shown.get(e)
        if found is None:
            found = substitute(e, self._put) if self._put else e
            found = found if e is self._result else neat(found)
            primes = {
                node: make("prime", node.args[:1])
                for node in (walk(found) if self._named else ())
                if node.op == "derivative" and node.args[0] in self._named
            }
            found = self._shown[e] = substitute(found, primes) if primes else found
        return found


@dataclass(frozen=True)
class Step:
    """One step: `before` and `after` are equal where `condition` holds.

    They may hold derivatives that are still to be taken. `old` is the part of `before`
    that changes, `new` what it becomes; `names` are symbols that stand for parts where
    the step is told. `given` are the assumptions that the step may use.
    """

    rule: str
    before: Expr
    after: Expr
    old: Expr
    new: Expr
    names: Names = field(repr=False)
    given: tuple[Expr, ...] = ()

    @cached_property
    def condition(self) -> tuple[Expr, ...]:
        """What is given, and what one side asks for and the other does not."""
        parts = self.old, self.new
        if self.new.op == "number":  # 0 and 1 take with them what stands beside them
            parts = self.before, self.after
        old, new = (asked(without_derivatives(part)) for part in parts)
        found = dict.fromkeys(self.given)
        for one, other in ((old, new), (new, old)):
            news = [c for c in one if c not in other]
            known = Facts().and_where_defined(other) if news else Facts()
            for c in news:
                if known.decide(c) is not True:
                    found[_strict(c, (*one, *other))] = None
        return tuple(found)

    def shown(self, e: Expr) -> Expr:
        """An expression as it is told."""
        return self.names.shown(e)

    def side(self, after: bool) -> tuple[Expr, tuple[Expr, ...]]:
        """A side as it is told, with the part that changes, if it is less than that.

        There is none where what a step makes stood there before, in other places.
        """
        whole, part = (self.after, self.new) if after else (self.before, self.old)
        marked = part is not whole and not (after and part in walk(self.before))
        return self.shown(whole), (self.shown(part),) if marked else ()

    def marked(self, after: bool) -> tuple[str, tuple[int, int] | None]:
        """The text of a side, and from where to where the part that changes stands."""
        whole, part = self.side(after)
        told = text(whole, part)
        first, last = told.find(MARKS[0]), told.find(MARKS[1])
        plain = told.replace(MARKS[0], "").replace(MARKS[1], "")
        if first >= 0:
            return plain, (first, last - 1)
        all_of_it = self.new is self.after if after else self.old is self.before
        return plain, (0, len(plain)) if all_of_it else None

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


def asked(e: Expr) -> list[Expr]:
    """The conditions under which an expression is defined, those of factors apart."""
    found: dict[Expr, None] = {}
    for condition in conditions(e):
        if condition.op == "ne" and condition.args[1] is ZERO:
            found.update(dict.fromkeys(_factors(condition.args[0])))
        else:
            found[make(condition.op, tuple(map(_ordered, condition.args)))] = None
    return list(found)


def _factors(whole: Expr) -> list[Expr]:
    """That no factor of an expression is 0."""
    found, stack = [], [whole]
    while stack:
        node = stack.pop()
        if node.op in ("mul", "neg", SQRT):
            stack += node.args
        elif node.op == "div" or node.op == "pow" and node.args[1].op == "number":
            stack.append(node.args[0])
        elif node.op != "number":
            found.append(make("ne", (_ordered(node), ZERO)))
    return found


def _ordered(node: Expr) -> Expr:
    return node if node.op in CONDITIONS else ordered(node)


def _strict(condition: Expr, others: Sequence[Expr]) -> Expr:
    """u > 0 for u != 0, where u >= 0 is asked for, too."""
    if condition.op == "ne" and make("ge", condition.args) in others:
        return make("gt", condition.args)
    return condition


def without_derivatives(e: Expr) -> Expr:
    """An expression with the functions in the place of derivatives to be taken.

    For conditions: a derivative is asked for where its function is.
    """
    pending = {n: n.args[0] for n in walk(e) if n.op == "derivative"}
    return substitute(e, pending) if pending else e
