"""The option --verify of `table`: a table that somebody published, judged."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from click.core import ParameterSource

import calcml

Command = Callable[..., Any]
COLUMNS = ("function", "derivative", "variable")


def verifying(command: Command) -> Command:
    """A command that verifies the file NAME where --verify asks for it."""

    @wraps(command)
    def run(ctx: click.Context, verify: bool, **options: Any) -> Any:
        columns = {name: options.pop(name) for name in COLUMNS}
        if not verify:
            for name in (name for name, column in columns.items() if column):
                raise click.UsageError(
                    f"--{name} names a column of what --verify reads"
                )
            return command(ctx, **options)
        if options["name"] is None:
            raise click.UsageError("which file? as calcml table --verify sheet.md")
        if options.get("output") is not None:
            raise click.UsageError("--verify writes to standard output; leave -o out")
        asked = ctx.get_parameter_source("form") != ParameterSource.DEFAULT
        form = options["form"] if asked else "text"
        if form not in FORMATS:
            raise click.UsageError(f"--verify answers in {', '.join(FORMATS)}")
        found = calcml.verify(options["name"], **columns)
        click.echo(found.render(form))
        return int(not found.ok)

    for name in reversed(COLUMNS):
        text = (
            f"The column of the {name} in what --verify reads: a heading or a number."
        )
        run = click.option(f"--{name}", metavar="COLUMN", help=text)(run)
    text = "Judge NAME, a table of derivatives that somebody published."
    return click.option("--verify", is_flag=True, help=text)(run)


FORMATS = ("text", "markdown", "html", "json")
