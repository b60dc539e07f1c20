"""Slips in names: sin*x or sinx for sin(x), xy for x*y, X for x."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cache
from typing import Any

from calcml.core.errors import ParseError
from calcml.core.expr import E
from calcml.core.operations import EXP
from calcml.functions import SPELLINGS
from calcml.functions.arrays import ARRAY_FUNCTIONS
from calcml.parsing.arguments import BEGINS
from calcml.parsing.names import BRACKETS, LETTERS, is_function, is_greek

# What may follow a function's name that lacks brackets: a power, an argument.
_ARGUMENT = rf"(?:[\d.]+\s*\*\s*)?(?:\w*{BRACKETS}|[\w.]+(?:\s*(?:\^|\*\*)\s*\w+)?)"
_POWER = rf"(?:\s*(\.?\^|\*\*)\s*(-?[\w.]+|{BRACKETS}))?"
_SIGN = r"(?:(?<=[\s*])-(?=\S))?"  # sin -x, but not sin - x
_FOLLOWS = rf"{_POWER}(?:\s*(?:\.?\*)?\s*({_SIGN}{_ARGUMENT}|\[[^\[\]]*\]))?"


def refuse_slips(typed: Iterable[str], names: Mapping[str, Any], text: str) -> None:
    """ParseError for names that nothing declares: of functions, or of several things.

    A row's own text is none: its names are those of the row.
    """
    for name in typed:
        if len(name) == 1:
            continue
        refuse_function(name, text)
        letters = names
        if name[-1] == E.value and re.search(rf"{BEGINS}{name}\s*(\^|\*\*)", text):
            letters = {**names, E.value: E}  # xe^x
        product = _product(name, letters) if name[-1].isalpha() else None
        if product:
            raise _glued(name, product, text)


def refuse_function(name: str, text: str) -> None:
    """ParseError where a function's name stands as a variable in a text."""
    function = next(filter(is_function, (name, name.lower())), None)
    place = function and re.search(rf"{BEGINS}{name}\b(?!\s*\()", text)
    if not function or not place:
        return
    follows = re.match(_FOLLOWS, text[place.end() :])
    assert follows is not None
    sign, power, argument = (part or "" for part in follows.groups())
    if not argument and function == EXP:
        power, argument = "", power
    if re.fullmatch(rf"{BRACKETS}|\[.*\]", argument):
        argument = argument[1:-1]
    row: Any = [*SPELLINGS.get(function, ()), ARRAY_FUNCTIONS.get(function)][0]
    params = row.params[: getattr(row, "least", None)]
    if len(params) > 1:
        argument = ", ".join(f"{p}_1" if is_function(p) else p for p in params)
    written = [f"{function}({argument or 'x'})"]
    if power.strip("()") == "-1":
        written = [f"a{w}" for w in written if f"a{function}" in SPELLINGS] + [
            f"1/{w}" for w in written
        ]
    elif power:
        written = [w + sign + power for w in written]
    if not (power or argument):
        written.append(f"{name}_1")
    span = place.start(), place.end() + follows.end()
    raise ParseError(
        f"{name} is a function, and a variable needs another name, such as {name}_1: "
        f"write {' or '.join(written)}",
        text=text,
        span=span,
    )


def refuse_absent(
    asked: Set[str], names: Mapping[str, Any], declared: Mapping[str, Any], text: str
) -> None:
    """ParseError where a variable does not occur, and a name that may mean it does."""
    for name in sorted(asked - names.keys()):
        for other in sorted(names.keys() - asked):
            if other.casefold() == name.casefold():
                raise ParseError(
                    f"{name} does not occur in the formula, and {other} does; derive "
                    f"by {other}"
                )
            among = len(name) == 1 and name in other
            letters = {letter: declared.get(letter) for letter in other}
            if among and (product := _product(other, letters)):
                raise _glued(other, product, text)


def _product(name: str, variables: Mapping[str, Any]) -> str | None:
    """A name as a product of functions and variables, if it can be one.

    Two arrays are multiplied by @. Without a function it is of at most LETTERS
    variables, and no Greek letter.
    """
    functions = _inverted()
    first = re.match(functions, name)
    if first and name[first.end() :] in variables:
        return f"{first[0]}({name[first.end() :]})"
    letters = "".join(c for c in name if c in variables)
    factor = rf"({functions})?(\d*)([{letters}]+)"
    if not letters or not re.fullmatch(f"(?:{factor})+", name):
        return None
    plain, factors = True, []
    for function, number, inside in re.findall(factor, name):
        product = "".join(_signed(inside, variables))
        product = f"{number}*{product}" if number else product
        factors.append(f"{function}({product})" if function else product)
        plain = plain and not function
    if plain and (len(name) > LETTERS or not name.isalpha() or is_greek(name)):
        return None
    return "*".join(factors)


def _signed(letters: str, variables: Mapping[str, Any]) -> Iterator[str]:
    """Variables and the signs of their products."""
    arrays = [bool(getattr(variables[c], "dims", ())) for c in letters]
    for k, letter in enumerate(letters):
        if k:
            yield " @ " if arrays[k - 1] and arrays[k] else "*"
        yield letter


@cache
def _inverted() -> str:
    """A pattern of the functions that have an inverse, as sin and log have."""
    known = [
        name
        for name, rows in SPELLINGS.items()
        if len(name) > 1 and any(r.inverse or r.circle or r.hyperbola for r in rows)
    ]
    return "|".join(sorted(known, key=len, reverse=True))


def _glued(name: str, product: str, text: str) -> ParseError:
    error = ParseError(
        f"{name} is one name; a variable may be called {name}_1: write {product}"
    )
    place = re.search(rf"{BEGINS}{name}\b", text)
    if place:
        error.at(text, place.span())
    return error
