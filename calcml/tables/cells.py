"""What stands in the cells: a formula, its derivative, its domain, in a style."""

from __future__ import annotations

import re
from collections.abc import Sequence

from calcml.check import Report
from calcml.core.errors import CalcmlError, or_none
from calcml.core.expr import Expr, make
from calcml.core.flat import joined
from calcml.core.methods import METHODS
from calcml.functions import FUNCTIONS
from calcml.functions.arrays import ARRAY_FUNCTIONS
from calcml.functions.libraries import MODULES, rows
from calcml.parsing.parser import parse
from calcml.tables.cases import Case, cases
from calcml.tables.rows import Row
from calcml.tables.style import Style


def function(row: Row, style: Style) -> str:
    """The function, in the ways it is written: sigmoid(x) = 1/(1 + exp(-x))."""
    typed = _typed(row.entry.formula) if style.typed else {}
    named = _CALL.fullmatch(row.entry.formula.strip())
    defined = named and named[1] in ARRAY_FUNCTIONS and ARRAY_FUNCTIONS[named[1]].by
    whole = typed.get(row.name) if row.has_arrays and not defined else None
    forms = [style.name(row.name)] if row.name else []
    if style.typed and not row.name and not row.definitions:
        forms.append(" ".join(row.entry.formula.split()))
    forms.append(whole or style.formula(row.function))
    if row.meaning is not None:
        forms.append(
            choice(row.meaning, cases(row.meaning, row.variable, tidy=False), style)
        )
    kept = {form.replace(" ", ""): form for form in reversed(forms)}
    math = [" = ".join(reversed(kept.values()))]
    for name, body in row.definitions.items():
        math.append(f"{style.name(name)} = {typed.get(name) or style.formula(body)}")
    shown = ", ".join(map(style.math, math)) + _setting(row, style)
    if row.entry.name and style.named:
        shown = f"{style.prose(row.entry.name)}: {shown}"
    told = row.variable.value == "x" or f" by {row.variable}" in row.entry.name
    if not told and len(row.function.free_symbols) > 1:
        shown += "" if row.entry.among else f", {by(row, style)}"
    return shown


def _typed(formula: str) -> dict[str, str]:
    """The definitions of a text by name, its value by none, as they were typed."""
    found = {}
    for line in re.split("[;\\n]", re.sub("#.*", "", formula)):
        match = _DEFINITION.match(line)
        if match and match[2].count("(") == match[2].count(")"):
            found[match[1] or ""] = " ".join(match[2].split())
    return found


_CALL = re.compile(r"(\w+)\([^()]*\)")
_DEFINITION = re.compile(r"\s*(?:(\w+)\s*=(?!=))?\s*(.*\S)")


def _setting(row: Row, style: Style) -> str:
    """Shapes, assumptions and the upstream gradient, in words after the function."""
    names = [*row.entry.shapes, row.entry.upstream]
    shapes = [
        f"{style.math(style.name(name))}: {style.shape(shape.split())}"
        for name, shape in row.shapes.items()
        if name in names and shape
    ]
    shown = f", {style.word('shapes')} {', '.join(shapes)}" if shapes else ""
    if row.entry.given:
        facts = [_assumption(fact, row, style) for fact in row.entry.given]
        shown += f", {style.word('given')} {', '.join(facts)}"
    return shown


def _assumption(fact: str, row: Row, style: Style) -> str:
    """An assumption: a condition, an equation, or words such as "A symmetric"."""
    try:
        sides = [parse(side, (), row.shapes) for side in _EQUALS.split(fact)]
    except CalcmlError:
        return style.prose(fact)
    if not style.typed and len(sides) == 2:
        return style.math(style.formula(make("eq", tuple(sides))))
    return style.math(" = ".join(map(style.formula, sides)))


_EQUALS = re.compile(r"\s+={1,2}\s+")  # that of an option, as in axis=0, has no spaces


def slope(row: Row, style: Style) -> str:
    """The derivative, by which variable, and element by element where asked."""
    shown = choice(row.derivative, row.cases, style)
    if row.entry.elements:
        shown = f"{style.elements(row.derivative)} = {shown}"
    if row.entry.among:
        return f"{by(row, style)}: {style.math(shown)}"
    return style.math(shown)


def by(row: Row, style: Style) -> str:
    """The variable in words: by x."""
    return f"{style.word('by')} {style.math(style.name(row.variable.value))}"


def domain(row: Row, style: Style) -> str:
    """The conditions under which the function is defined and real."""
    whole = joined("and", row.domain)
    told = "" if whole is None else _condition(whole, style)
    for integer, short in _INTEGER:
        told = integer.sub(short, told)
    parts = [style.math(told)] if told else []
    for matrix, kind in row.matrices:
        parts.append(f"{style.math(style.formula(matrix))} {style.prose(kind)}")
    return f" {style.word('and')} ".join(parts) or style.word("all real numbers")


_INTEGER = (  # as books say that n == floor(n)
    (re.compile(r"(\w+) == floor\(\1\)"), r"\1 in integers"),
    (re.compile(r"(\S+) = \\left\\lfloor \1\\right\\rfloor"), r"\1 \\in \\mathbf{Z}"),
)


def how(row: Row, report: Report) -> str:
    """What a derivative rests on."""
    against = "" if row.has_arrays else " against SymPy"
    return f"{report.verdict}{against}: {report.method}"


def choice(e: Expr, found: Sequence[Case], style: Style) -> str:
    if not found:
        return style.formula(e)
    return style.cases(
        [
            (style.formula(value), "" if when is None else _condition(when, style))
            for value, when in found
        ],
        style.word,
    )


def _condition(e: Expr, style: Style) -> str:
    """A condition; that a value lies between two others in one line: 0 < x < 6."""
    if e.op == "and":
        left, right = e.args
        below = left.op in ("lt", "le") and right.op in ("lt", "le")
        plain = style.typed or not e.dims  # in indices there is no name to take away
        if plain and below and left.args[1] is right.args[0]:
            shared = style.formula(right.args[0])
            return style.formula(left) + style.formula(right).removeprefix(shared)
    return style.formula(e)


def fisher(row: Row, style: Style) -> str:
    """The Fisher information by the variable, or why there is none."""
    if row.fisher is None:
        return style.prose(row.entry.fisher_none)
    return style.math(style.formula(row.fisher))


def second(row: Row, style: Style) -> str:
    """The second derivative of a scalar."""
    if row.second is None:
        return ""
    names = row.second.definitions.items() - row.definitions.items()
    math = [choice(row.second.derivative, row.second.cases, style)]
    math += [f"{style.name(n)} = {style.formula(body)}" for n, body in names]
    return ", ".join(map(style.math, math))


def gradient(row: Row, style: Style) -> str:
    """The derivatives by all variables of a formula."""
    told = (
        f"{by(part, style)}: {style.math(choice(part.derivative, part.cases, style))}"
        for part in row.partials
    )
    return ", ".join(told)


def values(row: Row, style: Style) -> str:
    """The function and its derivative at points."""
    x, told = style.name(row.variable.value), []
    for point, f, slope in row.values:
        pairs = {"f": f, "f'": slope}
        at = style.math(f"{x} = {style.formula(point)}")
        shown = [
            f"{style.math(name)} {style.word('not defined')}"
            if value is None
            else style.math(f"{name} = {style.formula(value)}")
            for name, value in pairs.items()
        ]
        told.append(f"{at}: {', '.join(shown)}")
    return "; ".join(told)


def numpy(row: Row, style: Style) -> str:
    """NumPy code of the derivative, in a line."""
    source = or_none(METHODS["python"], row.written, "numpy")
    if source is None:
        return ""
    body = source.partition("):\n")[2].strip()
    *shared, last = [line.strip() for line in body.splitlines()]
    lines = [*shared, last.removeprefix("return ").removeprefix("[").removesuffix("]")]
    short = re.sub(r"\bnumpy\.", "np.", "; ".join(lines)).replace("scipy.", "")
    return style.code(re.sub(r"\b([^\W\d_]\w*?)_\b", r"\1", short))


def frameworks(row: Row, style: Style) -> str:
    """The calls that have its value, or the names of a function that stands alone."""
    if row.entry.libraries:
        return ", ".join(map(style.code, row.entry.libraries))
    found = FUNCTIONS.get(row.function.op)
    if found is None or row.meaning is None and row.function.op not in FUNCTIONS:
        return ""
    if any(a.op != "symbol" for a in row.function.args):
        return ""
    full = {short: name for name, short in reversed(MODULES.items())}
    names = {call: call.partition(".") for call, n in rows().items() if n == found.name}
    told = {f"{full[short]}.{name}" for short, _, name in names.values()}
    shown = sorted(t.removeprefix("builtins.") for t in told if METHOD not in t)
    return ", ".join(map(style.code, shown))


METHOD = "torch.Tensor"  # methods are functions of torch, too


def steps(row: Row, style: Style) -> str:
    """The derivation."""
    return style.code(str(row.steps)) if row.steps is not None else ""
