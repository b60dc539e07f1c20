"""What a name stands for, and what is said where it would mean two things."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from calcml.core.affine import one_at_least_0
from calcml.core.errors import CalcmlError, ParseError
from calcml.core.expr import E, Expr, constant, walk
from calcml.core.methods import METHODS
from calcml.core.operations import EXP
from calcml.functions import CONSTANT_NAMES, SPELLINGS
from calcml.functions.arrays import ARRAY_FUNCTIONS
from calcml.parsing.arguments import BEGINS, FORMAL, NAME
from calcml.parsing.tables import tables

# Patterns are texts: `re` keeps those that are used, and a start needs none.
BRACKETS = r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"  # four deep at most
LETTERS = 3  # as many variables may be a product without its signs: xyz
_SPLIT = r"[,;\n()\[\]]|\band\b|\bor\b|\bnot\b"


@cache
def _name() -> re.Pattern[str]:
    return re.compile(dict(tables("calcml.lark").terminals)["NAME"])


def is_name(text: object) -> bool:
    """Whether the grammar reads `text` as one name."""
    words = tables("calcml.lark").words
    known = isinstance(text, str) and _name().fullmatch(text) is not None
    return known and text not in words


def is_function(name: str) -> bool:
    """Whether a name is one of a function alone: no letter, as gamma and i0 are."""
    return (name in SPELLINGS or name in ARRAY_FUNCTIONS) and _is_no_letter(name)


@cache
def _is_no_letter(name: str) -> bool:
    operator = all(row.family == "operators" for row in SPELLINGS.get(name, ()))
    if operator and name not in ARRAY_FUNCTIONS:
        return False
    return not re.match(FORMAL, name) and not is_greek(name)


@cache
def is_greek(name: str) -> bool:
    """Whether a name is one of a Greek letter, such as gamma."""
    import unicodedata  # only where a name may be another thing, too

    try:
        unicodedata.lookup(
            f"GREEK SMALL LETTER {'lamda' if name == 'lambda' else name}"
        )
    except KeyError:
        return False
    return True


def is_glued(name: str) -> bool:
    """Whether a name beside a value may be a product of its letters: 2xy, 2αx."""
    if len(name) == 1 or name in CONSTANT_NAMES or is_greek(name):
        return False
    if re.search("[A-Za-z][\u0370-\u03ff]|[\u0370-\u03ff][A-Za-z]", name):
        return name.isalpha()
    return len(name) <= LETTERS and name.isalpha()


def refuse_call(name: str, arguments: Sequence[Any], names: Mapping[str, Any]) -> None:
    """ParseError where a call is one of a constant, of a variable or of a definition.

    A function's name that is declared a variable is a function where it is called.
    """
    known = names.get(name)
    itself = isinstance(known, Expr) and known.op == "symbol" and known.value == name
    if not (itself and is_function(name)):
        raise two_meanings(name, arguments, known, names)


def refuse_definition(
    name: str,
    text: str,
    sizes: Collection[str],
    calls: Mapping[str, Sequence[Any]],
) -> None:
    """ParseError where a definition has the name of a size, or of a function before."""
    if name in sizes:
        raise ParseError(
            f"{name} is the size of an array here; call the definition otherwise, such "
            f"as {name}_1"
        )
    if name in calls and name not in SPELLINGS and name not in ARRAY_FUNCTIONS:
        raise called_before(name, calls[name], text)


def two_meanings(
    name: str,
    arguments: Sequence[Any],
    known: Expr | None = None,
    names: Mapping[str, Any] = MappingProxyType({}),
) -> ParseError:
    """The error for a call of what is a constant, a variable, or defined."""
    inside = ", ".join(map(str, arguments))
    written = [f"{name}*({inside})"] if len(arguments) == 1 else []
    what = "a constant" if name in CONSTANT_NAMES else "a variable"
    if known is not None and not known.dims:
        sizes = (d for x in names.values() for d in getattr(x, "dims", ()))
        sized = any(name in d.free_symbols for d in sizes)
        written += [] if sized else [f"f_1({inside})"]
    if known is not None:
        itself = known.op == "symbol" and known.value == name
        what = "a variable" if itself else "defined"
        if known.dims and all(isinstance(a, Expr) for a in arguments):
            arrays = any(a.dims for a in arguments)
            written.append(f"{name} @ ({inside})" if arrays else f"{name}[{inside}]")
    elif CONSTANT_NAMES.get(name) == E.value:
        written.insert(0, f"{EXP}({inside})")
    message = f"{name} is {what} here, and {name}({inside}) calls it"
    if name in SPELLINGS or name in ARRAY_FUNCTIONS or not written:
        message += f"; for a call name the variable otherwise, such as {name}_1"
    return ParseError(message + (f": write {' or '.join(written)}" if written else ""))


def called_before(name: str, arguments: Sequence[Any], text: str) -> ParseError:
    """The error for a name that is a variable after it was called, at the call."""
    error = two_meanings(name, arguments)
    call = re.search(rf"{BEGINS}{name}\s*{BRACKETS}", text)
    if call:
        error.at(text, call.span())
    return error


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the parts of a text lie that commas, or "and" without "or", separate."""
    inside, cuts, bare_or = 0, [(0, 0, ",")], False
    for match in re.finditer(_SPLIT, text):
        word = match[0]
        if word in "([":
            inside += 1
        elif word in ")]":
            inside -= 1
        elif inside == 0 and word in ("or", "not"):
            bare_or = True
        elif inside == 0:
            cuts.append((match.start(), match.end(), word))
    if bare_or:  # "and" binds tighter than "or": the grammar reads it
        cuts = [cut for cut in cuts if cut[2] != "and"]
    cuts.append((len(text), len(text), ","))
    for (_, start, _), (end, _, _) in pairwise(cuts):
        stripped = text[start:end].strip()
        if stripped:
            begin = text.index(stripped, start)
            yield begin, begin + len(stripped)


def constants_in(given: str | Expr | Sequence[str | Expr]) -> set[str]:
    """The constants' names that assumptions take for variables.

    They speak of these alone, as 0 < e < 1 and "I in integers" do and x < pi does not.
    """
    found: set[str] = set()
    if not isinstance(given, (str, Expr, Sequence)):
        raise CalcmlError(f'{given!r} is no assumption; write "x > 0", or a list')
    for part in (given,) if isinstance(given, (str, Expr)) else given:
        if isinstance(part, Expr):
            found |= part.free_symbols & CONSTANT_NAMES.keys()
            continue
        if not isinstance(part, str):
            raise CalcmlError(f'{part!r} is no assumption; write "x > 0"')
        for start, end in spans(part):
            named = re.sub(r"\b(in|is|are)\b.*", "", part[start:end], flags=re.DOTALL)
            names = set(re.findall(rf"{NAME}(?!\w|\s*\()", named))
            if names - {"and", "or", "not"} <= CONSTANT_NAMES.keys():
                found |= names & CONSTANT_NAMES.keys()
    return found


def refuse_constants(names: Iterable[str], *roots: Expr) -> None:
    """ParseError where a name is asked for that is a constant in expressions alone."""
    for name in sorted(CONSTANT_NAMES.keys() & names):
        nodes, held = walk(*roots), constant(CONSTANT_NAMES[name])
        if any(n.op == "symbol" and n.value == name for n in nodes):
            continue
        if any(n is held or held is E and n.op == EXP for n in nodes):
            raise ParseError(
                f"{name} is the constant in this expression; make it a variable where "
                f'that is made: parse(text, symbols=["{name}"])'
            )


def named_as_constants(names: Iterable[str]) -> dict[str, str]:
    """What is said of variables that have the names of constants."""
    found = sorted(CONSTANT_NAMES.keys() & names)
    return {name: f"{name} is a variable here, not the constant" for name in found}


def notes(nodes: Sequence[Expr]) -> tuple[str, ...]:
    """Names of constants, unknown functions, and what the sizes must hold."""
    found = named_as_constants({n.value for n in nodes if n.op == "symbol"})
    for node in nodes:
        if node.op == "formal":
            name, inside = node.value[0], ", ".join(map(str, node.args))
            said = f"{name} is an unknown function here"
            if len(node.args) == 1:
                said += f"; the product is {name}*({inside})"
            found.setdefault(name, said)
        elif node.op == "selector":
            told = [one_at_least_0(group) for group in node.value[3]]
            found |= {t: f"the sizes must hold {t}: an axis ends there" for t in told}
    return tuple(found.values())


METHODS["notes"] = lambda root: notes(walk(root))
