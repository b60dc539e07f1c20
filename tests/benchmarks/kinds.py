"""What the forms that are longer than a person's have in common."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from statistics import median

from tests.benchmarks.forms import Form
from tests.benchmarks.tables import share

TRIG = "(?:sin|cos|tan|cot|sec|csc)"
HEAD = "kind | rows | longer than the integrand | of them | median excess of those"


def _nodes(text: str) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(text.replace("^", "**")))


def arguments(text: str, names: str) -> set[str]:
    """The different arguments of the functions whose names match."""
    return {
        ast.unparse(node.args[0])
        for node in _nodes(text)
        if isinstance(node, ast.Call)
        and node.args
        and isinstance(node.func, ast.Name)
        and re.fullmatch(names, node.func.id)
    }


def powers(text: str) -> list[tuple[ast.expr, ast.expr]]:
    """Every base with its exponent."""
    return [
        (node.left, node.right)
        for node in _nodes(text)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)
    ]


def roots(text: str) -> set[str]:
    """The different terms under roots and powers of fractions."""
    found = arguments(text, "sqrt")
    for base, exponent in powers(text):
        if re.search(r"\d+ ?/ ?\d+$", ast.unparse(exponent)):
            found.add(ast.unparse(base))
    return found


def symbolic(text: str) -> bool:
    """Whether an exponent has a letter."""
    return any(re.search("[a-zA-Z]", ast.unparse(e)) for _, e in powers(text))


def spelled(names: str) -> Callable[[Form], bool]:
    """Whether our form or the integrand has a function that matches."""
    pattern = re.compile(rf"\b{names}\(")
    return lambda form: any(
        pattern.search(text) for text in (form.text, form.row["derivative"])
    )


def introduced(names: str) -> Callable[[Form], bool]:
    """Whether our form has a function that matches, and the integrand has none."""
    pattern = re.compile(rf"\b{names}\(")
    return lambda form: bool(
        pattern.search(form.text) and not pattern.search(form.row["derivative"])
    )


def several(names: str) -> Callable[[Form], bool]:
    """Whether our form has functions that match, of different arguments."""
    return lambda form: len(arguments(form.text, names)) > 1


KINDS: dict[str, Callable[[Form], bool]] = {
    "refused": lambda form: not form.text,
    "no function, no root": lambda form: (
        not re.search(r"[a-zA-Z]\(|\*\*\(|\^\(", form.text + form.row["derivative"])
    ),
    "trigonometric": spelled(TRIG),
    "trigonometric, two arguments": several(TRIG),
    "trigonometric, a sum as argument": lambda form: any(
        re.search("[+]|(?<=.) - ", a) for a in arguments(form.text, TRIG)
    ),
    "hyperbolic": spelled(f"{TRIG}h"),
    "hyperbolic, two arguments": several(f"{TRIG}h"),
    "inverse function": spelled(f"a{TRIG}h?"),
    "exp or power of an inverse function": lambda form: bool(
        re.search(rf"exp\([^()]*\ba{TRIG}h?\(", form.text + form.row["derivative"])
    ),
    "function of an inverse function": lambda form: bool(
        re.search(rf"\b{TRIG}h?\([^()]*\ba{TRIG}h?\(", form.text)
    ),
    "exponential": spelled("exp"),
    "exponential, two arguments": several("exp"),
    "logarithm": spelled("log"),
    "logarithm that the integrand lacks": introduced("log"),
    "one root": lambda form: len(roots(form.text)) == 1,
    "two different roots": lambda form: len(roots(form.text)) > 1,
    "more roots than the integrand": lambda form: (
        len(roots(form.text)) > len(roots(form.row["derivative"]))
    ),
    "a letter in an exponent": lambda form: symbolic(form.text),
    "abs or sign": spelled("(?:abs|sign)"),
    "special function": spelled(
        "(?:erfc?|erfi|l?gamma|loggamma|digamma|polygamma|Ei|li|Si|Ci|Shi|Chi|"
        "polylog|zeta|hyper|fresnel[sc]|elliptic_\\w+)"
    ),
    "four letters or more": lambda form: (
        len({n.id for n in _nodes(form.row["expr"]) if isinstance(n, ast.Name)}) > 3
    ),
    "antiderivative over 40 operations": lambda form: (
        sum(isinstance(n, ast.BinOp | ast.Call) for n in _nodes(form.row["expr"])) > 40
    ),
}


def grouped(forms: Sequence[Form]) -> Iterable[list[str]]:
    """A line for each kind: how many rows, how many too long, and by how much."""
    for name, belongs in KINDS.items():
        kind = [f for f in forms if (f.text or name == "refused") and belongs(f)]
        long = [f.excess for f in kind if f.excess > 0]
        if long:
            yield [name, str(len(kind)), str(len(long)), share(len(long), len(kind)),
                   f"{median(long):g}"]  # fmt: skip


def worst(forms: Sequence[Form], count: int) -> Iterable[list[str]]:
    """The rows with the largest excess: both sizes and both forms."""
    for form in sorted(forms, key=lambda form: -form.excess)[:count]:
        row, text = form.row, form.text or "refused"
        yield [row["id"], f"{form.theirs}", f"{form.ours:g}",
               f"`{row['derivative']}`", f"`{text[:300]}`"]  # fmt: skip
