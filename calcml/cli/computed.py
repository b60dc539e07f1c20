"""Results as values at a point, and as Python that computes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

import calcml
from calcml.cli.shared import as_json

if TYPE_CHECKING:  # a --help loads no formulas
    from calcml.core.expr import Expr

at_option = click.option(
    "--at",
    multiple=True,
    metavar="POINT",
    help='The value at a point: "x=2, y=1/3", "v=[1, 2]"; may be repeated.',
)


def computed(result: Any, form: str, at: tuple[str, ...]) -> bool:
    """Write the values of a result at a point, or its Python, if these are asked for.

    The result is an expression, a dictionary of some, or rows of some.
    """
    if at and form not in ("text", "json"):
        raise click.UsageError(f"values --at a point have no --format {form}")
    if form == "python":
        click.echo(_source(result).rstrip("\n"))
    elif at:
        where = point(at)
        if isinstance(result, dict):
            told: Any = {name: value_at(e, where) for name, e in result.items()}
        elif isinstance(result, list):
            told = [[value_at(e, where) for e in row] for row in result]
        else:
            told = value_at(result, where)
        _write(told, form)
    return bool(at) or form == "python"


def _write(told: Any, form: str) -> None:
    if form == "json":
        as_json({"value": told})
    elif isinstance(told, dict):
        click.echo("\n".join(f"{name}: {listed(v)}" for name, v in told.items()))
    elif isinstance(told, list) and told and isinstance(told[0], list):
        click.echo("\n".join(", ".join(map(listed, row)) for row in told))
    else:
        click.echo(listed(told))


def _source(result: Any) -> str:
    """A function of the variables, those of a gradient first and in its order."""
    from calcml.core.expr import walk

    rows = result.values() if isinstance(result, dict) else result
    parts = [result] if isinstance(result, calcml.Expr) else rows
    flat = [e for part in parts for e in (part if isinstance(part, list) else [part])]
    found = {n.value: n for n in walk(*flat) if n.op == "symbol"}
    first = (
        [name for name in result if name in found] if isinstance(result, dict) else []
    )
    names = [*first, *sorted(found.keys() - {*first})]
    return calcml.compile(result, [found[name] for name in names]).source


def point(given: tuple[str, ...]) -> dict[str, Any]:
    """The point that --at tells: names, and numbers or lists of them."""
    import json
    import re

    found: dict[str, Any] = {}
    for part in re.split(r"[,;](?=\s*[^\W\d]\w*\s*=)", ", ".join(given)):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not part.strip():
            continue
        if not equals or not value:
            raise click.UsageError(f"--at {part.strip()!r} has no value; write x=2")
        if value.startswith("["):
            try:
                found[name] = json.loads(value)
            except ValueError:
                raise click.UsageError(f"--at {name}: {value} is no list") from None
        else:
            found[name] = value.rstrip(" ,;")
    return found


def value_at(e: Expr, at: dict[str, Any], digits: int = 15) -> Any:
    """The value of an expression as text, those of an array in lists."""
    return _told(e.evalf(at, digits), digits)


def _told(value: Any, digits: int) -> Any:
    if isinstance(value, list):
        return [_told(part, digits) for part in value]
    if isinstance(value, bool):
        return str(value).lower()
    return str(value.context.nstr(value, digits))


def listed(told: Any) -> str:
    """A value, or those of an array, on a line."""
    return told if isinstance(told, str) else f"[{', '.join(map(listed, told))}]"
