"""Tables that others published, verified: what is wrong, where, and what is right."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, product
from pathlib import Path

from calcml.algebra.facts.row_facts import is_kinked
from calcml.calculus import diff
from calcml.calculus.kinks import kinks, shown
from calcml.check import AGREES, DIFFERS, PROVED, check, holds
from calcml.core.arguments import checked
from calcml.core.build import mul, substitute
from calcml.core.errors import CalcmlError, or_none
from calcml.core.expr import ONE, ZERO, Expr, symbol, walk
from calcml.core.tensors import total
from calcml.parsing.dialects import OWN
from calcml.parsing.parser import parse
from calcml.printing import text
from calcml.tables.claims import Row, row_of
from calcml.tables.formulas import Reading, readings
from calcml.tables.headings import Columns, Published, signed
from calcml.tables.published import published
from calcml.tables.verified import (
    GRAVITY,
    PARTLY,
    RIGHT,
    UNKNOWN,
    UNREAD,
    WRONG,
    Verification,
    Verified,
)


@checked
def verify(
    path: str | os.PathLike[str],
    *,
    function: str | None = None,
    derivative: str | None = None,
    variable: str | None = None,
) -> Verification:
    """Which rows of a table of derivatives are wrong, where, and what is right.

    `path` is a file of CSV, JSON, Markdown, LaTeX, HTML or reStructuredText, whose
    tables have a column of functions and one of derivatives, or of lines as
    (sin x)' = cos x. The columns
    are found by their headings, in several languages, or are named: `function`,
    `derivative` and `variable` are headings, or numbers from 1. Cells are in calcml's
    language, LaTeX, Unicode or Python. Each row is judged by `check`; what is not read
    is told, and never passed as right.

    Raises CalcmlError where the file has no such table, LimitError for one that is too
    long, OSError as files do.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "sheet.csv")
    ...     _ = file.write_text("f(x),f'(x)\\nsin x,cos x\\ncos x,sin x\\n")
    ...     found = verify(file)
    >>> [(row.verdict, row.right) for row in found.rows]
    [('right', ''), ('wrong', '-sin(x)')]
    """
    source = Path(path)
    rows = published(source, Columns(function, derivative, variable))
    return Verification(source.name, [*map(_verified, rows)])


# --- a row -------------------------------------------------------------------------

LETTERS = (
    "x",
    "t",
    "z",
    "u",
    "theta",
    "y",
    "s",
)  # by which one derives, the first first
# Parts of a domain, and points of each: a row is tried there before it is checked.
PARTS = {
    "{0} > 0": ("0.3", "1.7", "2.9"),
    "{0} < 0": ("-0.3", "-1.7", "-2.9"),
    "-1 < {0} and {0} < 1": ("-0.6", "0.3"),
    "{0} > 1": ("1.7", "2.9"),
    "{0} < -1": ("-1.7", "-2.9"),
}
OF_PARAMETERS = {
    "{0} > 0": ("0.3", "1.7"),
    "{0} < 1": ("-0.7", "0.3"),
    "{0} < 0": ("-0.3", "-1.7"),
}


def _verified(published: Published) -> Verified:
    """What is found of a row; one with a double sign is two."""
    both = [signed(published, at) for at in (0, 1)]
    if both[0] == both[1]:
        return _alone(published)
    found = [_alone(row) for row in both]
    worst = min(found, key=lambda v: GRAVITY.index(v.verdict))
    of = "upper" if worst is found[0] else "lower"
    notes = worst.notes if worst.verdict == RIGHT else (f"{of} signs", *worst.notes)
    return replace(worst, row=published, notes=notes)


def _alone(published: Published) -> Verified:
    try:
        row = row_of(published)
        claims = [_claim(published, row, claim) for claim in row.claims]
    except CalcmlError as error:
        return Verified(published, UNREAD, (error.message,))
    worst = min(claims, key=lambda v: GRAVITY.index(v.verdict))
    rest = [v for v in claims if v.verdict == UNREAD]
    if rest and any(v.verdict == RIGHT for v in claims) and worst in rest:
        right = next(v for v in claims if v.verdict == RIGHT)
        also = [f"the rest is not read: {note}" for v in rest for note in v.notes]
        return replace(right, notes=(*right.notes, *dict.fromkeys(also)))
    return worst


def _claim(published: Published, row: Row, claim: str) -> Verified:
    """What is found of one formula for the derivative; the best of its readings."""
    found: list[tuple[str, Verified]] = []
    variables = row.functions[0].node.free_symbols - {*row.names, *row.letters}
    try:
        slopes = readings(claim, row.shapes, row.names, row.letters, variables)
    except CalcmlError as error:
        return Verified(published, UNREAD, (error.message,))
    for f, d in product(row.functions, slopes):
        for name in _variables(row, f.node, d.node):
            one = (_of_arrays if row.shapes else _judged)(published, row, f, d, name)
            if one.verdict == RIGHT:
                return replace(one, notes=(*one.notes, *_otherwise(found, d, name)))
            found.append((name, one))
    order = (PARTLY, WRONG, UNKNOWN, UNREAD)
    return min([one for _, one in found], key=lambda v: order.index(v.verdict))


def _otherwise(
    before: Sequence[tuple[str, Verified]], d: Reading, name: str
) -> list[str]:
    """How a row is read that is right in another way than the first."""
    if not before:
        return []
    by = f", the derivative by {name}" if before[0][0] != name else ""
    return [f"read as {text(d.node)}{by}"]


def _judged(
    published: Published, row: Row, f: Reading, d: Reading, name: str
) -> Verified:
    """What is found of a formula of scalars."""
    x = symbol(name)
    root, typed = _formulas(row, f.node, d.node, x)
    notes = tuple(dict.fromkeys((*f.said, *d.said)))
    reason = _apart(root, typed, x)
    if reason:
        return Verified(published, UNREAD, (reason,))
    report = check(root, typed, x, given=row.given)
    primed = _primed(d.node)
    if report.ok and len(primed) == 1 and primed.keys() <= f.node.free_symbols:
        # What holds of any function u holds of u = x, too, which has every sign.
        ((name, slope_of_it),) = primed.items()
        root, typed, x = f.node, substitute(d.node, {slope_of_it: ONE}), symbol(name)
        report = check(root, typed, x)
    if report.verdict in (PROVED, AGREES):
        notes = (*notes, *_at_kinks(root, d, typed, x))
        return Verified(published, RIGHT, notes, report)
    if report.verdict != DIFFERS:
        return Verified(published, UNKNOWN, (*notes, report.message), report)
    given = row.conditions
    if given is not None and holds(root, typed, x, given).ok:
        told = f"where {text(given)}, as its condition says"
        return Verified(published, RIGHT, (*notes, told), report)
    if row.prose:
        return Verified(published, UNREAD, (*notes, f"{row.prose}: that is not read"))
    slope = or_none(diff, root, x)
    right = "" if slope is None else text(slope) if d.dialect == OWN else slope.latex()
    part = _part(root, slope, typed, x)
    verdict = PARTLY if part else WRONG
    return Verified(published, verdict, notes, report, right, part)


def _of_arrays(
    published: Published, row: Row, f: Reading, d: Reading, name: str
) -> Verified:
    """What is found of a formula of arrays, of a backward pass, too."""
    root, typed = f.node, d.node
    sizes = {size for shape in row.shapes.values() for size in shape.split()}
    more = sorted(typed.free_symbols - root.free_symbols - sizes)
    if len(more) > 1 or more and row.upstream not in ("", *more):
        told = f"the derivative has {', '.join(more)}, which the function has not"
        return Verified(published, UNREAD, (told,))
    if more:
        root = total(mul(symbol(more[0], root.dims), root), range(len(root.dims)))
    try:
        report = check(root, typed, name, given=row.given, shapes=row.shapes)
    except CalcmlError as error:
        return Verified(published, UNREAD, (error.message,))
    verdict = {PROVED: RIGHT, AGREES: RIGHT, DIFFERS: WRONG}.get(
        report.verdict, UNKNOWN
    )
    notes = () if report.ok is not None else (report.message,)
    right = ""
    if verdict == WRONG:
        slope = or_none(diff, root, name, given=row.given, shapes=row.shapes)
        right = (
            "" if slope is None else str(slope) if d.dialect == OWN else slope.latex()
        )
    return Verified(published, verdict, notes, report, right)


def _formulas(row: Row, root: Expr, typed: Expr, x: Expr) -> tuple[Expr, Expr]:
    """The function, and the candidate in its names."""
    primed = _primed(typed)
    formal = {n.value[0] for n in walk(typed) if n.op == "formal"}
    unknown = {}
    for name in {*primed, *(formal & root.free_symbols)}:
        call = or_none(parse, f"{name}({x})")
        if call is not None and (name in root.free_symbols or not row.heads):
            unknown[symbol(name)] = call
            if name in primed:
                unknown[primed[name]] = parse(f"D({call}, {x})")
    root, typed = substitute(root, unknown), substitute(typed, unknown)
    names = dict(row.heads)
    for name in ("f", "y", *(formal if len(formal) == 1 else ())):
        call = or_none(parse, f"{name}({x})")
        for head in (symbol(name), call):
            if head is not None and head not in walk(root):
                names.setdefault(head, root)
    names = {head: body for head, body in names.items() if head is not x}
    return root, substitute(typed, names)


def _primed(typed: Expr) -> dict[str, Expr]:
    """The names with a prime, of functions: u for u'."""
    nodes = [n for n in walk(typed) if n.op == "symbol"]
    return {n.value.removesuffix(PRIME): n for n in nodes if n.value.endswith(PRIME)}


PRIME = "_prime"


def _variables(row: Row, root: Expr, typed: Expr) -> list[str]:
    """What a row may be derived by: what is asked for, or each name, letters first."""
    primed, asked = _primed(typed), row.variable
    names = root.free_symbols - primed.keys()
    if asked in names:
        return [asked]
    letters = [name for name in LETTERS if name in names]
    if not names or root.op == "symbol" and typed is ZERO or primed and not letters:
        return [asked or LETTERS[0]]
    if asked and not letters:
        return [asked]
    if LETTERS[0] in names and not row.named:
        return [LETTERS[0]]
    return [*letters, *sorted(names - {*letters})]


def _apart(root: Expr, typed: Expr, x: Expr) -> str:
    """Why two formulas cannot be compared; "" if they can."""
    calls = {n.value[0] for n in walk(typed) if n.op == "formal"}
    if root.op == "formal" and root.value[0] not in calls:
        return f"the function is {text(root)}, and what that is, is not told"
    more = sorted(typed.free_symbols - root.free_symbols - {str(x.value)})
    more += sorted(calls - {n.value[0] for n in walk(root) if n.op == "formal"})
    return f"the derivative has {', '.join(more)}, which the function has not" * bool(
        more
    )


def _part(root: Expr, slope: Expr | None, typed: Expr, x: Expr) -> str:
    """The part of the domain on which a candidate is right, "" where there is none."""
    for name in sorted(root.free_symbols, key=lambda n: (n != x.value, n)):
        parts = PARTS if name == x.value else OF_PARAMETERS
        for pattern, places in parts.items():
            given = pattern.format(name)
            if slope is not None and _refuted(slope, typed, name, places, x):
                continue
            if not holds(root, typed, x, given).ok:
                continue
            near = [given, f"-1 < {name} and {name} < 1"]
            if given.endswith(" 0") and not holds(root, typed, x, near).points:
                return given.replace("0", "1" if ">" in given else "-1")
            return given
    return ""


def _refuted(
    slope: Expr, typed: Expr, name: str, places: Sequence[str], x: Expr
) -> bool:
    """Whether two formulas differ where a name has one of some values."""
    others = sorted((slope.free_symbols | typed.free_symbols) - {name, str(x.value)})
    fixed: dict[str, object] = dict(zip(others, cycle(("0.6", "1.3")), strict=False))
    for at in product(places, ("-1.7", "0.3", "2.9") if name != x.value else ("",)):
        point = fixed | {str(x.value): at[1], name: at[0]}
        right, other = [or_none(e.evalf, point) for e in (slope, typed)]
        if right is None or other is None or right.imag or other.imag:
            continue
        if abs(right - other) > 1e-6 * max(abs(right), abs(other)):
            return True
    return False


def _at_kinks(root: Expr, d: Reading, typed: Expr, x: Expr) -> list[str]:
    """What the published derivative says at kinks, where that is another convention."""
    if not any(map(is_kinked, walk(root, typed))) or d.open:
        return []
    found = []
    for kink in or_none(kinks, root, x) or ():
        if kink.at is None or not kink.subgradients:
            continue
        value = or_none(substitute(typed, {x: kink.at}).evalf)
        mine = kink.slope and or_none(kink.slope.evalf)
        if value is not None and value != mine:
            taken = "no slope" if kink.slope is None else shown(kink.slope)
            convention = (
                f"convention at {kink.where}: {float(value):g} here, {taken} in"
            )
            found.append(f"{convention} calcml, subgradients {kink.subgradients}")
    return found
