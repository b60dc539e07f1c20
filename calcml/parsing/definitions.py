"""Functions of one's own, as rows of the function table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import Any

from calcml.core.errors import ParseError, UnsupportedError
from calcml.core.expr import CONDITIONS, Expr, walk
from calcml.functions import CONSTANT_NAMES, FUNCTIONS, SPELLINGS, Row
from calcml.functions.row import fn
from calcml.parsing.arguments import DERIVATIVES
from calcml.parsing.names import is_name
from calcml.parsing.parser import parse, parsed

_DEFINITION = re.compile(r"\s*([A-Za-z_]\w*)\s*\(([^()]*)\)\s*=(?!=)(.*)", re.DOTALL)
# How other languages write it: f(x) := x^2, def f(x): return x^2, f(x) -> x^2.
_ELSEWHERE = re.compile(
    r"\s*(?:def\s+)?([A-Za-z_]\w*)\s*\(([^()]*)\)\s*"
    r"(?:[-=]>|:=|==|:|↦|→)\s*(?:return\b)?\s*(.+)",
    re.DOTALL,
)
_NAMED = re.compile(
    r"\s*([A-Za-z_]\w*)\s*=(?!=)\s*(?:lambda\b([^:]*):)?\s*(.+)", re.DOTALL
)
FAMILY = "defined here"
# The facts that spell a function for a library, and the modules it may stand in.
LIBRARIES = {"numpy": ("numpy", "scipy.special"), "python": ("math",)}
# Fields of a row that `fn` makes of the definition itself.
_OF_THE_TEXT = {"op", "name", "params", "family", "defaults", "options", "variadic"}
FACTS = {*Row._fields} - _OF_THE_TEXT


def define_function(text: str, **facts: Any) -> Row:
    """Add the row that `text` defines, such as "swish2(x) = x*sigmoid(2*x)".

    The partial derivatives follow from the formula unless `facts` give `d`. A function
    of one's own may be defined again, a built-in one may not. Raises ParseError, and
    UnsupportedError where `facts` spell it by what is no function of a library.
    """
    match = _DEFINITION.fullmatch(text)
    if match is None:
        raise _no_definition(text)
    name, listed, body = match[1], match[2], match[3]
    params = [p.strip() for p in listed.split(",")]
    for param in params:
        if not is_name(param) or params.count(param) > 1:
            raise ParseError(
                f"{param!r} is no parameter; give different names, as in {name}(x, b)"
            )
    taken = any(row.family != FAMILY for row in SPELLINGS.get(name, ()))
    if taken or name in FUNCTIONS and not SPELLINGS.get(name):
        raise ParseError(f"{name} is the name of a built-in function; choose another")
    if name in CONSTANT_NAMES or name in DERIVATIVES:
        raise ParseError(f"{name} has a meaning already; choose another name")
    formula = parse(body, params)
    if formula.op in CONDITIONS:
        raise ParseError("the formula of a function is a value, not a condition")
    unknown = sorted(formula.free_symbols - set(params))
    if unknown:
        raise ParseError(
            f"{', '.join(unknown)} is no parameter of {name}; add it to the list, "
            f"as in {name}({', '.join([*params, *unknown])})"
        )
    if name in called(formula):
        raise ParseError(f"{name} is defined by itself; write it with other functions")
    for library, spelling in facts.items():
        if library in LIBRARIES and spelling is not None:
            _check_spelling(spelling, *LIBRARIES[library])
    foreign = sorted(facts.keys() - FACTS)
    if foreign:
        raise ParseError(
            f"{', '.join(foreign)} is no field of a function; there are "
            f"{', '.join(sorted(FACTS))}"
        )
    if "d" in facts:
        _check_slopes(facts["d"], params)
    facts = {"doc": body.strip(), "by": body.strip(), "family": FAMILY} | facts
    return fn(f"{name}({', '.join(params)})", facts.pop("d", ()), **facts)


def _check_slopes(d: str | Sequence[str | None], params: Sequence[str]) -> None:
    """ParseError for derivatives that are too few or too many, or of other names."""
    slopes = (d,) if isinstance(d, str) else d
    if len(slopes) != len(params):
        raise ParseError(
            f"d has {len(slopes)} of the derivatives by {', '.join(params)}; give one "
            "for each, in order"
        )
    names = [*params, "y"]
    for slope in slopes:
        unknown = parse(slope, names).free_symbols.difference(names) if slope else ()
        if unknown:
            raise ParseError(
                f"the derivative {slope} has {', '.join(sorted(unknown))}, which is no "
                "parameter; y is the function's own value"
            )


def _check_spelling(spelling: object, *modules: str) -> None:
    """Raise UnsupportedError for what names no function of one of the modules.

    A compiled function's source holds it as it is.
    """
    found: Any = None
    for module in modules:
        if str(spelling).startswith(f"{module}."):
            found = _found(module, str(spelling).removeprefix(f"{module}."))
    if not callable(found):
        raise UnsupportedError(
            f"{spelling!r} is no function of {' or '.join(modules)}; give an existing "
            f"name, such as {modules[0]}.exp"
        )


def _found(module: str, path: str) -> Any:
    """What a module has at a path of public names that leads to no other module."""
    try:
        found: Any = import_module(module)
    except ImportError:
        return None
    for name in path.split("."):
        found = None if name[:1] in ("_", "") else getattr(found, name, None)
        inside = getattr(found, "__name__", "").startswith(f"{module}.")
        if isinstance(found, ModuleType) and not inside:
            return None
    return found


def _no_definition(text: str) -> ParseError:
    """The error for what is no definition, and how it is written as one."""
    what = "a definition looks like swish2(x) = x*sigmoid(2*x)"
    match = _ELSEWHERE.fullmatch(text) or _NAMED.fullmatch(text)
    if match is None:
        return ParseError(what)
    name, listed, body = match.groups()
    if listed is None:
        listed = ", ".join(sorted(parse(body).free_symbols)) or "x"
    return ParseError(f"{what}: write {name}({listed.strip()}) = {body}")


def called(formula: Expr) -> set[str]:
    """The functions that a formula uses, through definitions too."""
    seen: set[str] = set()
    stack = [formula]
    while stack:
        for node in walk(stack.pop()):
            row = FUNCTIONS.get(node.op)
            if row is not None and row.op not in seen:
                seen.add(row.op)
                if row.by is not None:
                    stack.append(parsed(row.by, row.params))
    return seen
