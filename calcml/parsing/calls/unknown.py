"""What to write for functions and arrays that calcml does not know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from calcml.core.errors import CalcmlError, ParseError, ShapeError, UnsupportedError
from calcml.core.expr import Expr, number
from calcml.core.shapes import declaration
from calcml.functions import SPELLINGS
from calcml.functions.arrays import ARRAY_FUNCTIONS
from calcml.parsing.arguments import Repeated, brief
from calcml.parsing.limits import MAX_WRITTEN


def function(name: str, arguments: Sequence[Any] = ()) -> UnsupportedError:
    """The error for a function that has no row: what to write, or the nearest names."""
    names = [n for n in (*SPELLINGS, *ARRAY_FUNCTIONS) if n not in ("and", "or", "not")]
    same = _same(name, names)
    written = "" if same else elsewhere(name, arguments)
    if not written and (of_base := re.fullmatch(r"([A-Za-z]+)_?(\d+)", name)):
        log, base = of_base.groups()
        written = elsewhere(log, [*arguments, number(int(base))])
        if f"{log}{base}" in SPELLINGS:
            written = f"{log}{base}({', '.join(map(str, arguments))})"
    if written:
        return UnsupportedError(f"there is no function {name}: write {written}")
    if re.fullmatch("d[A-Za-z]", name):
        return UnsupportedError(
            f"there is no function {name}; derive by {name[1]} with diff or grad"
        )
    near = same or _near(name, names)
    also = f" Did you mean {' or '.join(near)}?" if near else ""
    return UnsupportedError(
        f"unknown function {name}.{also} `calcml functions` lists what there is; "
        "an unknown function f(x) has one letter"
    )


def no_element(x: Expr, indices: Sequence[Expr]) -> CalcmlError:
    """The error for an element of what is no array: a shape lacks, or it is Sin[x]."""
    from calcml.parsing import readings

    name = readings.function(str(x)) if x.op == "symbol" else None
    if name:
        inside = ", ".join(map(str, indices))
        return ParseError(f"arguments stand in parentheses: write {name}({inside})")
    shape = " ".join("mnpqrstu"[: len(indices)]) if len(indices) > 1 else "n"
    return no_array(x, shape)


def no_array(x: Expr, shape: str) -> ShapeError:
    """The error for a scalar in the place of an array, which needs a shape."""
    return ShapeError(f"{brief(x, 'this')} is no array{declaration((x, shape))}")


def no_inverse(a: Expr) -> ParseError:
    """The error for A^-1."""
    name = brief(a, "A")
    held = name if a.op == "symbol" else f"({name})"
    return ParseError(
        f"the power -1 of a matrix has two readings: write inv({name}) or 1/{held}"
    )


def no_transpose(x: Expr) -> ParseError:
    """The error for A^T."""
    whole = f"{x}.T" if x.op == "symbol" else f"({brief(x, '...')}).T"
    what = "^ is a power by elements, @ a product of matrices; for the transpose"
    return ParseError(f"{what}: write {whole}")


def elsewhere(name: str, arguments: Sequence[Any]) -> str:
    """A call that people know from elsewhere, in calcml's functions; or nothing."""
    from calcml.functions.elsewhere import (
        FOREIGN,
    )  # where there is something to explain

    if name == "Piecewise" and all(isinstance(a, Repeated) for a in arguments):
        return _choice(arguments)
    known = dict.fromkeys(n for n, _ in FOREIGN)
    wanted = [name] if name in known else _same(name, known)
    rows = {count: row for (n, count), row in FOREIGN.items() if n in wanted}
    row = rows.get(len(arguments))
    if row and all(isinstance(a, Expr) for a in arguments):
        readings = row.text.split(" | ")
        if arguments[0].op != "number":  # log(2, x) may be to the base 2
            readings = readings[:1]
        texts = [_filled(text, row.params, arguments) for text in readings]
        if max(map(len, texts)) <= MAX_WRITTEN:
            return " or ".join(texts)
    listed = [
        (row.text.split(" | ")[0], ", ".join(row.params)) for row in rows.values()
    ]
    return ", ".join(f"{text} for {name}({params})" for text, params in listed)


def _filled(text: str, params: Sequence[str], arguments: Sequence[Expr]) -> str:
    """A row's text with arguments in it, in brackets wherever it may stand."""
    from calcml.parsing.readings import held

    given = {param: str(a) for param, a in zip(params, arguments, strict=True)}

    def argument(match: re.Match[str]) -> str:
        text = given.get(match[0], match[0])
        before, after = match.string[: match.start()], match.string[match.end() :]
        alone = before.endswith(("(", ", ")) and after.startswith((")", ","))
        return text if alone or text == match[0] else held(text)

    return held(re.sub(r"[A-Za-z_]\w*", argument, text))


def _choice(pairs: Sequence[Repeated]) -> str:
    """Piecewise((a, c), (b, True)), of SymPy, by where."""
    text = ""
    for value, condition, *_ in reversed(pairs):
        text = f"where({condition}, {value}, {text})" if text else str(value)
    return text


@cache
def _plain(name: str) -> str:
    return name.lower().replace("_", "")


def _same(name: str, names: Iterable[str]) -> list[str]:
    """The first name that differs by its case and underscores alone."""
    wanted = _plain(name)
    return [n for n in names if _plain(n) == wanted][:1]


def _near(name: str, names: Iterable[str]) -> list[str]:
    """The names that two letters swapped, or a few other ones, make of it."""
    import difflib

    wanted, plain = _plain(name), {n: _plain(n) for n in names}
    swapped = {
        wanted[:i] + wanted[i + 1] + wanted[i] + wanted[i + 2 :]
        for i in range(len(wanted) - 1)
    }
    found = [n for n, p in plain.items() if p in swapped]
    if not found:
        close = difflib.get_close_matches(wanted, sorted(set(plain.values())), 3, 0.76)
        found = [next(n for n, known in plain.items() if known == p) for p in close]
    return found[:3]
