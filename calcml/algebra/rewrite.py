"""Rules of `rules/` put to work: patterns matched at a node, one rewrite at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from calcml.algebra.definedness import conditions
from calcml.algebra.facts import Facts, Guard, guard_holds, read_guard
from calcml.algebra.rules import RULES, Rule
from calcml.algebra.rules.rule import RELATED
from calcml.core.build import unsigned
from calcml.core.expr import Expr, walk
from calcml.functions import FUNCTIONS, SPELLINGS, Row
from calcml.parsing.parser import parse, parsed
from calcml.parsing.rows import Partial, template

VARIABLES = ("a", "b", "c", "n")


class Rewrite(NamedTuple):
    """A part of an expression rewritten; a rule without a name is plain algebra."""

    rule: str
    before: Expr
    after: Expr


class Pattern(NamedTuple):
    """A rule ready to match: its left side, and the function that makes the right."""

    rule: Rule
    left: Expr
    right: Partial
    guard: Guard
    closing: bool


@cache
def patterns(op: str) -> list[Pattern]:
    """The rules with this operation at the top of their left side.

    What is a call of another function for sure is not parsed for that.
    """
    fit = [r for r in RULES.values() if r.stage != RELATED]
    ready = [pattern(rule) for rule in fit if _called(rule.left) in (op, "")]
    return [made for made in ready if made.left.op == op]


@cache
def _called(text: str) -> str:
    """The operation of a text that is one call, "" for other texts.

    >>> _called("log(exp(a))"), _called("exp(a)^(b)")
    ('log', '')
    """
    name, _, inside = text.partition("(")
    depths = accumulate([(c == "(") - (c == ")") for c in inside], initial=1)
    rows = SPELLINGS.get(name, ())
    whole = list(depths).index(0) == len(inside) if rows else False
    return rows[0].op if whole and len(rows) == 1 else ""


@cache
def pattern(rule: Rule) -> Pattern:
    """A rule ready to match."""
    left = parsed(rule.left, VARIABLES)
    right = template(parse(rule.right), (*VARIABLES, "y"))
    guard, closing = read_guard(rule.given), rule.stage == "close"
    return Pattern(rule, left, right, guard, closing)


def facts(row: Row) -> list[Rule]:
    """The rules that rows' own facts are: parity, values at places, inverses.

    >>> [f"{r.left} -> {r.right}" for r in facts(FUNCTIONS["cos"])]
    ['cos(-a) -> cos(a)', 'cos(0) -> 1', 'cos(acos(a)) -> a']
    """
    f, op, sign = row.name, row.op, "-" if row.parity == "odd" else ""
    found = []
    if row.parity:
        found.append(Rule(f"{op}-{row.parity}", f"{f}(-a)", f"{sign}{f}(a)"))
    for x, y in row.places:
        found.append(Rule(f"{op}-{x}", f"{f}({x})", y))
    return [*found, *_undone(row)]


def _undone(row: Row) -> Iterator[Rule]:
    """f(g(a)) -> a for each g of which f is the inverse, on the values that f has."""
    for other in FUNCTIONS.values():
        inverse, *more = re.split(r" \+ | or ", other.inverse.partition(" if ")[0])
        name = f"{row.op}-{other.op}"
        if inverse == f"{row.name}(y)" and name not in RULES:
            within = re.sub(r"\by\b", "a", row.range) if more else ""
            given = f"real and {within}" if within else "real"
            yield Rule(name, f"{row.name}({other.name}(a))", "a", given)


@cache
def _facts(row: Row) -> list[Pattern]:
    return [pattern(rule) for rule in facts(row)]


@cache
def pairs() -> dict[str, Callable[[Expr], Expr]]:
    """The rules for a + f(a) of real a: f -> what a makes of the right side."""
    found: dict[str, Callable[[Expr], Expr]] = {}
    for rule in patterns("add"):
        right, op = rule.right, rule.left.args[1].op
        found[op] = lambda a, right=right: right((a, a, a, a), a)  # type: ignore[misc]
    return found


@cache
def folds() -> dict[str, list[Pattern]]:
    """Products that are a function, such as a*f(a) -> g(a) or a/f(a) -> g(a), by f."""
    found: dict[str, list[Pattern]] = {}
    for made in (*patterns("mul"), *patterns("div")):
        found.setdefault(made.left.args[1].op, []).append(made)
    for row in FUNCTIONS.values():
        if row.recognised and row.by is not None:
            (param,) = row.params
            left, right = (
                re.sub(rf"\b{param}\b", "a", f"({text})")
                for text in (row.by, f"{row.name}({param})")
            )
            made = pattern(Rule(row.op, left, right, stage="close"))
            found.setdefault(made.left.args[1].op, []).append(made)
    return found


class Scope(NamedTuple):
    """What rules may count on: real values, facts (when asked for), and the stage.

    No rule makes a function that is `barred`.
    """

    real: bool = True
    facts: Callable[[], Facts] = Facts
    closing: bool = False
    barred: frozenset[str] = frozenset()

    def bars(self, rule: Rule) -> bool:
        """Whether a rule makes a function that is barred."""
        made = walk(parse(rule.right)) if self.barred else ()
        return any(node.op in self.barred for node in made)


def rewritten(node: Expr, scope: Scope) -> tuple[str, Expr] | None:
    """The first rule that fits the top of `node`, and what it makes; else None."""
    for rule in (*_facts(FUNCTIONS[node.op]), *patterns(node.op)):
        if rule.guard.real and not scope.real or rule.closing and not scope.closing:
            continue
        bound = match(rule.left, node)
        if bound is None or scope.bars(rule.rule):
            continue
        if rule.guard.condition is not None and not (
            scope.real and guard_holds(rule.guard, bound, scope.facts())
        ):
            continue
        if any(conditions(bound[letter]) for letter in rule.rule.total):
            continue
        args = tuple(bound.get(name, node) for name in VARIABLES)
        return rule.rule.name, rule.right(args, node)
    return None


def match(pattern: Expr, node: Expr) -> dict[str, Expr] | None:
    """What each variable of `pattern` stands for in `node`, None if it does not fit."""
    bound: dict[str, Expr] = {}
    stack = [(pattern, node)]
    while stack:
        left, right = stack.pop()
        if left.op == "symbol":
            if bound.setdefault(left.value, right) is not right:
                return None
        elif not left.args:
            if left is not right:
                return None
        elif left.op == "neg" and right.op != "neg":
            positive = unsigned(right)
            if positive is None:
                return None
            stack.append((left.args[0], positive))
        elif left.op != right.op or len(left.args) != len(right.args):
            return None
        else:
            stack.extend(zip(left.args, right.args, strict=True))
    return bound


def contains_power(exponent: Expr | None, least: Expr) -> bool:
    """Whether a power in a product holds another one as a factor."""
    if exponent is None:
        return False
    if exponent is least:
        return True
    numbers = exponent.op == least.op == "number"
    return numbers and bool(exponent.value > least.value > 0)
