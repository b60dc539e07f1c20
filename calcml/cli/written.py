"""One result to standard output, in the forms that commands share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from calcml.cli.computed import at_option
from calcml.cli.shared import (
    Command,
    as_json,
    assumptions,
    formats,
    functions_option,
    notation_option,
    of_formula,
    say,
    tidied,
    with_shape,
)

if TYPE_CHECKING:  # a --help loads no formulas
    from calcml.core.expr import Expr
    from calcml.parsing.inputs import Function

defined_option = click.option(
    "--defined/--no-defined",
    default=None,
    help="Answer in the names that EXPR defines; of arrays it does if absent.",
)


def with_result(by: str) -> Callable[[Command], click.Command]:
    """A command on EXPR whose answer is expressions, with the options of such."""

    def decorate(command: Command) -> click.Command:
        @wraps(command)
        def run(*words: Any, at: tuple[str, ...], form: str, **options: Any) -> Any:
            if options["defined"] is None and (at or form == "python"):
                options["defined"] = False  # names have no values
            return command(*words, at=at, form=form, **options)

        options = tidied, assumptions, functions_option, notation_option, with_shape
        made: Command = run
        for option in (at_option, defined_option, *reversed(options)):
            made = option(made)
        made = formats("text", "latex", "markdown", "json", "python")(made)
        return of_formula(by)(made)

    return decorate


def in_names(read: Function, options: dict[str, Any]) -> bool:
    """Whether an answer is in the names that its text defines."""
    from calcml.core.tensors import has_arrays

    asked: bool | None = options.pop("defined")
    return has_arrays(read.root) and options["simplify"] if asked is None else asked


def show(
    read: Function,
    result: Expr,
    key: str,
    form: str,
    notation: str | None,
    with_shape: bool,
    both: bool = False,
    **fields: Any,
) -> None:
    """A result by its `key`, with other `fields` of the answer in JSON.

    Where `both` notations are wanted, a matrix is written in index notation, too.
    """
    from calcml.core.shapes import shown
    from calcml.core.tensors import has_arrays
    from calcml.printing.indexed import index_text

    if form == "json":
        fields = {"expr": str(read.root), **fields}
        for name, spelling in ((key, "text"), ("latex", "latex")):
            fields[name] = written(result, spelling, notation)
        if has_arrays(result) or with_shape:
            fields["shape"] = list(result.shape)
        if has_arrays(result):
            fields["index"] = index_text(result)
        as_json(fields)
        return
    click.echo(written(result, form, notation))
    if both and notation is None and read.root.dims and len(result.dims) == 2:
        click.echo(written(result, form, "index"))
    if with_shape:
        click.echo(f"shape: {shown(result.dims)}")


def written(e: Expr, form: str, notation: str | None) -> str:
    """An expression in a form, and in matrix or in index notation."""
    if notation == "matrix" and len(e.dims) > 2:
        say("note: over 2 axes are written in index notation", "yellow")
    if notation == "index":
        from calcml.printing.indexed import index_latex, index_text

        told = index_text(e) if form == "text" else index_latex(e)
    else:
        told = str(e) if form == "text" else e.latex()
    return f"$$\n{told}\n$$" if form == "markdown" else told
