"""What a step is called: rules by their names and identities, algebra by its kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from functools import cache

from calcml.algebra.closed.search import WAYS
from calcml.algebra.rewrite import facts
from calcml.algebra.rules import RULES, Rule
from calcml.algebra.simplify import PUT_IN_ORDER
from calcml.algebra.terms import PRODUCTS
from calcml.core.expr import ONE, Expr, Number, walk
from calcml.core.flat import SUMS, signed_terms
from calcml.functions import FUNCTIONS
from calcml.functions.arrays import ARRAY_OPERATIONS
from calcml.steps.limits import LARGE
from calcml.steps.order import terms

FOLD = "fold into"


def of_derivative(node: Expr, varying: Collection[int]) -> str:
    """The rule that derives a node in which the arguments at some places vary."""
    if node.op == "formal":
        return f"derivative of {node.value[0]}"
    row = FUNCTIONS.get(node.op)
    if row is None:
        return f"derivative of {ARRAY_OPERATIONS[node.op].name}"
    if not row.rules:
        return f"derivative of {row.name}"
    return row.rules[0 if len(varying) > 1 else 1 + next(iter(varying))]


def is_inner(node: Expr) -> bool:
    """Whether what stands in a node is an inner function of the chain rule."""
    return node.op == "formal" or not FUNCTIONS[node.op].rules or node.op == "pow"


@cache
def _identities() -> dict[str, Rule]:
    """Rules by their names, those that rows state among them."""
    found = dict(RULES)
    for row in FUNCTIONS.values():
        found.update((rule.name, rule) for rule in facts(row))
    return found


def of_rewrite(rule: str, before: Expr, after: Expr) -> str:
    """What a rewrite is called."""
    if not rule:
        return of_algebra(before, after)
    known = _identities().get(rule)
    if known is not None:
        same = f"{known.left} = {known.right}"
        said = _folded(before, after) if known.stage == "close" else ""
        return f"{said}: {same}" if said else same
    if rule in FUNCTIONS:
        row = FUNCTIONS[rule]
        return f"{FOLD} {row.name}: {row.by} = {row.signature}"
    if rule in WAYS[:5]:  # named by what they find; the others by what they do
        return _folded(before, after) or _written(before, after)
    return OTHERS.get(rule, rule.replace("-", " "))


OTHERS = {
    "where-chain": "simplify the choice",
    "extreme": "leave out what is passed",
    "normal form of arrays": "simplify",
}


def _written(before: Expr, after: Expr) -> str:
    """How a closed form is written, by its look."""
    if _is_double_angle(before, after):
        return "double angle"
    if before.op in SUMS and len(walk(before)) > LARGE * len(walk(after)):
        return "expand and cancel"
    if after.op == "div":
        return "write as one fraction" if before.op in SUMS else "simplify the fraction"
    if after.op in SUMS:
        if before.op not in SUMS:
            return "split into a sum"
        fewer = len(signed_terms(after, SUMS)) < len(signed_terms(before, SUMS))
        return "collect terms" if fewer else "multiply out, collect"
    sums = any(n.op in SUMS for n in after.args)
    if before.op in SUMS:
        return "factor" if sums or after.op == "mul" else "expand and simplify"
    return "rewrite the product"


def _folded(before: Expr, after: Expr) -> str:
    """The function that a fold introduces."""
    old = {node.op for node in walk(before)}
    new = [n.op for n in walk(after) if n.op in FUNCTIONS and n.op not in old]
    for row in [FUNCTIONS[op] for op in new if FUNCTIONS[op].family != "operators"]:
        if row.folds:
            return f"{FOLD} {row.name}: {row.folds} for y = {row.signature}"
        if row.by:
            return f"{FOLD} {row.name}"
    return ""


def _is_double_angle(before: Expr, after: Expr) -> bool:
    """Whether a function of an angle has twice the angle that it had."""
    angles = {n.args[0] for n in walk(before) if n.op in FUNCTIONS and _turns(n)}
    return any(_turns(n) and n.args[0] not in angles for n in walk(after))


def _turns(node: Expr) -> bool:
    row = FUNCTIONS.get(node.op)
    return row is not None and bool(row.circle or row.hyperbola)


def of_algebra(before: Expr, after: Expr) -> str:
    """What plain algebra did to a sum or a product."""
    nodes = [n for n in walk(before) if not n.args]
    if all(n.op == "number" for n in nodes):
        return "arithmetic"
    if before.op == "neg" and before.args[0].op in SUMS:
        return "distribute the sign"
    if before.op == "neg" and before.args[0].op == "pow":
        before = before.args[0]
    if before.op in SUMS:
        return _of_sum(before, after)
    if before.op in PRODUCTS:
        return _of_product(before, after)
    return "simplify"


def _of_sum(before: Expr, after: Expr) -> str:
    old, new = signed_terms(before, SUMS), signed_terms(after, SUMS)
    if Counter(terms(before)) == Counter(terms(after)):
        return PUT_IN_ORDER
    if after.op == "where" and any(term.op == "where" for _, term in old):
        return "join the branches"
    if len(old) == len(new):
        return "simplify the terms"
    return "collect like terms" if len(new) < len(old) else "multiply out"


def _of_product(before: Expr, after: Expr) -> str:
    if before.op == "pow":
        inner = before.args[0].op
        return _POWERS.get(inner, "simplify the power")
    old, new = _factors(before), _factors(after)
    if after.op == "where":
        return "multiply into the branches"
    numbers = sum([base.op == "number" and base is not ONE for base, _ in old])
    bases: dict[Expr, list[Number]] = {}
    for base, exponent in old:
        if base.op != "number":
            bases.setdefault(base, []).append(exponent)
    if any(min(es) < 0 < max(es) for es in bases.values()):
        return "cancel common factors"
    if any(len(es) > 1 for es in bases.values()):
        return "join powers"
    if numbers > 1:
        return "multiply the numbers"
    if sorted(map(_key, old)) == sorted(map(_key, new)):
        return PUT_IN_ORDER
    if before.op == "div" and after.op in ("div", *SUMS):
        if after.op in SUMS:
            return "split the fraction"
        product = before.args[0].op in SUMS and after.args[0].op in PRODUCTS
        return "factor" if product else "simplify the fraction"
    if after.op == "div":
        fraction = before.op == "mul" and any(a.op == "div" for a in before.args)
        return "multiply the fractions" if fraction else "write as one fraction"
    return "simplify the product"


_POWERS = {
    "div": "power of a quotient",
    "mul": "power of a product",
    "neg": "power of a negative",
    "pow": "power of a power",
}


def _key(factor: tuple[Expr, Number]) -> tuple[int, Number]:
    return id(factor[0]), factor[1]


def _factors(root: Expr) -> list[tuple[Expr, Number]]:
    """The factors of a product with their exponents, as they are written."""
    found: list[tuple[Expr, Number]] = []
    stack: list[tuple[Expr, Number]] = [(root, 1)]
    while stack:
        node, k = stack.pop()
        if node.op == "mul":
            stack += [(a, k) for a in node.args]
        elif node.op == "div":
            stack += [(node.args[0], k), (node.args[1], -k)]
        elif node.op == "neg":
            stack.append((node.args[0], k))
        elif node.op == "pow":
            power = node.args[1].value if node.args[1].op == "number" else 1
            stack.append((node.args[0], k * power))
        elif node.op == "number" and node.value in (1, -1):
            continue
        else:
            found.append((node, k))
    return found


PLAIN = frozenset(("sum rule", "difference rule", "constant factor rule"))


def listed(rules: Sequence[str]) -> str:
    """Names of rules in one phrase, each once, that terms are put in order at last."""
    once = list(dict.fromkeys(rules))
    if PUT_IN_ORDER in once and len(once) > 1:
        once.remove(PUT_IN_ORDER)
        return f"{listed(once)}, {PUT_IN_ORDER}"
    telling = [r for r in once if r not in PLAIN]
    once = telling or once
    names = [r.removeprefix("derivative of ") for r in once]
    functions = [n for n, r in zip(names, once, strict=True) if n != r]
    others = [r for r in once if not r.startswith("derivative of ")]
    if functions:
        others.append("derivative of " + " and ".join(functions))
    return ", ".join(others)
