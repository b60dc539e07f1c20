"""The commands on many formulas: table, batch, functions."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Any

import click
from click.core import ParameterSource

import calcml
from calcml.cli.shared import as_json, formats, say, tidied
from calcml.cli.verified import verifying

TABLES = "markdown latex html typst pdf svg png json csv rst".split()


def _tables(_: object, __: object, begun: str) -> list[str]:
    """The tables whose names begin so, for a shell that completes."""
    from calcml.tables.catalogue import NAMED

    return [name for name in NAMED if name.startswith(begun)]


def _functions(_: object, __: object, begun: str) -> list[str]:
    """The functions whose names begin so, for a shell that completes."""
    from calcml.tables.listing import listing

    names = dict.fromkeys(row["signature"].partition("(")[0] for row in listing())
    return [name for name in names if name.startswith(begun)]


@click.command()
@click.argument("name", shell_complete=_tables, required=False)
@click.option("-o", "--output", metavar="FILE", help="Where to; by its ending.")
@formats(*TABLES, default="markdown")
@click.option("--columns", metavar="C,C", help="Which, as f,derivative,second.")
@click.option("--sort", metavar="C", help='By which column; "-f": downwards.')
@click.option("--language", metavar="L", help="Of its words: en, de, fr or zh.")
@click.option("--title", metavar="TEXT", help="What stands above the table.")
@click.option("--rows", "first", type=click.IntRange(1), metavar="N", help="The first.")
@click.option("--width", type=int, metavar="N", help="Of Markdown: 100, or 0 for any.")
@click.option("--safe", is_flag=True, default=None, help="CSV that spreadsheets leave.")
@click.option("--keep-going", is_flag=True, help="Mark rows that fail; exit with 1.")
@click.option("--init", metavar="FILE", help="Write a table with every key, to edit.")
@click.pass_context
@verifying
def table(
    ctx: click.Context,
    name: str | None,
    output: str | None,
    form: str,
    columns: str | None,
    init: str | None,
    width: int | None,
    safe: bool | None,
    **asked: Any,
) -> int:
    """A table of derivatives, each computed and checked.

    \b
      calcml table basics
      calcml table basics --rows 8 --columns f,derivative,second
      calcml table activations --format latex
      calcml table layers -o layers.html
      calcml table basics --language de -o basics.csv
      calcml table --init my.toml
      calcml table my.toml
      calcml table --verify sheet.md

    NAME is one of calcml's tables (basics, losses, densities, ...), or a file of your
    own, TOML, JSON or CSV, with rows of a formula and the variable:

    \b
      [[rows]]
      formula = "x^2*log(x)"
      by = "x"

    --init writes one with every key. Columns are name, f, derivative, second, gradient,
    domain, kinks, values, numpy, frameworks, check, steps, plot, reference, note and
    fisher.

    With --verify, NAME is a table that somebody published, of CSV, JSON, Markdown,
    LaTeX or HTML. Its rows are right, wrong (with a point, and what is right), right on
    a part of the domain, or unread with the reason; the exit status is 1 where a row is
    wrong, or right on a part alone.
    """
    if init is not None:
        return _begun(init)
    if name is None:
        raise click.UsageError("which table? as calcml table basics")
    from calcml.tables.formats import check_options, written
    from calcml.tables.table import format_of

    if output is not None:
        given = ctx.get_parameter_source("form") != ParameterSource.DEFAULT
        form = format_of(output, form if given else None)
        if _same_file(name, output):
            raise click.UsageError("NAME and FILE are one file")
    if columns is not None:
        asked["columns"] = columns.replace(",", " ").split()
    told = {"width": width, "safe": safe}
    options: dict[str, Any] = {k: v for k, v in told.items() if v is not None}
    check_options(form, options)
    made = calcml.table(name, **asked)
    if output is None:
        click.echo(written(made, form, **options), nl=False)
    else:
        made.save(output, form, **options)
    failed = [f"{entry.formula}: {why}" for entry, why, *_ in made.failed]
    for row in made.rows:
        failed += [f"{row.entry.formula}: {row.report}"] * (not row.report.ok)
    for what in failed:
        say(what, "red")
    return int(bool(failed))


def _begun(path: str) -> int:
    """A file with every key, for a table of one's own; none is written over."""
    from calcml.core.files import write_whole
    from calcml.tables.schema import start

    if os.path.exists(path):
        raise click.UsageError(f"{path} is there already")
    write_whole(path, start().encode())
    return 0


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@click.command()
@click.argument("input", metavar="IN")
@click.option(
    "-o", "--output", metavar="OUT", help="Where to; standard output if absent."
)
@click.option(
    "--workers",
    type=click.IntRange(1, 1024),
    default=_cores,
    show_default=False,
    metavar="N",
    help="Processes at work; as many as there are cores if absent.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    metavar="S",
    help="Stop a row after S seconds.",
)
@click.option("--resume", is_flag=True, help="Go on where a killed run ended.")
@click.option("--keep", is_flag=True, help="Copy other keys of a row to its answer.")
@click.option("--keep-going", is_flag=True, help="Exit with 0 though rows fail.")
@tidied
def batch(input: str, output: str | None, keep_going: bool, **options: Any) -> int:
    """The derivatives of many formulas, one JSON object a line.

    \b
      calcml batch in.jsonl -o out.jsonl
      calcml batch in.jsonl -o out.jsonl --workers 4 --timeout 10
      calcml batch in.jsonl -o out.jsonl --workers 4 --timeout 10 --resume
      cat in.jsonl | calcml batch - --no-simplify

    \b
    A line of IN ("-" is standard input), and its answer:
      {"id": 1, "expr": "x*y^2", "var": "y"}
      {"id": 1, "derivative": "2*x*y"}

    "var" may be a list, for a gradient; "order": 2 derives twice; "vars": ["e"] makes
    a constant's name a variable; "shapes": {"A": "m n"} declares arrays; "given",
    "dialect", "simplify" and "format" are as in diff; "defined": true answers in the
    names that the formula defines. Other keys are named once on standard error; one
    that is nearly an option, as "ordr", is an error. A row that fails has an "error"
    in its answer, and the exit status is 1.

    OUT appears when all is done; until then the answers are in OUT.part. Ctrl-C and
    SIGTERM keep each row that was answered. --resume goes on where IN, the options and
    the version are those of OUT.resume, which stays beside OUT and may be deleted.
    """
    from pathlib import Path

    from calcml.batch import SharedError, Stopped, prepare, run

    if options["resume"] and output is None:
        raise click.UsageError("--resume needs -o, a file to go on with")
    if options["workers"] == 1 and options["timeout"] is None:
        prepare()
    target = sys.stdout.buffer if output is None else Path(output)
    with click.open_file(input, "rb") as lines, _progress(lines) as progress:
        try:
            done = run(lines, target, **options, progress=progress)
        except SharedError as error:
            raise click.UsageError(error.message) from None
        except Stopped as stop:
            going = "" if output is None else "; --resume goes on from here"
            say(f"stopped{going}")
            return stop.status
    said = f"{done.rows:,} rows, {done.errors:,} errors"
    if done.errors:
        more = ", ..." if done.errors > len(done.failed) else ""
        said += f", in lines {', '.join(map(str, done.failed))}{more}"
    say(said)
    return int(done.errors > 0 and not keep_going)


def _same_file(a: str, b: str) -> bool:
    return os.path.exists(a) and os.path.exists(b) and os.path.samefile(a, b)


@contextmanager
def _progress(lines: IO[Any]) -> Iterator[Callable[[Any], object]]:
    """A bar on a terminal, by the share of the file that was read."""
    size = os.fstat(lines.fileno()).st_size
    if not (sys.stderr.isatty() and size):
        yield lambda _: None
        return
    with click.progressbar(length=size, file=sys.stderr, label="rows") as bar:
        yield lambda done: bar.update(done.read - bar.pos)


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1, shell_complete=_functions)
@formats("text", "json")
def functions(names: tuple[str, ...], form: str) -> None:
    """The functions there are, with their derivatives; all that is known of a NAME.

    \b
      calcml functions
      calcml functions gelu softplus
      calcml functions --format json
    """
    from calcml.tables.listing import listing

    found = listing(names)
    if form == "json":
        as_json(found, indent=2)
    elif names:
        click.echo("\n\n".join(map(_described, found)))
    else:
        click.echo("\n".join(_columns(found)))


def _described(row: Mapping[str, Any]) -> str:
    lines = [f"{row['signature']}    {row['doc']}"]
    for param, slope in row["derivatives"].items():
        lines.append(f"  d/d{param}: {slope or 'no closed form'}")
    for field in ("definition", "domain", "kinks"):
        if row[field]:
            lines.append(f"  {field}: {row[field]}")
    if row["aliases"]:
        lines.append(f"  also called: {', '.join(row['aliases'])}")
    return "\n".join(lines)


def _columns(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Families in the order of their first function, each function on a line."""
    families: dict[str, list[Mapping[str, Any]]] = {}
    for row in found:
        families.setdefault(row["family"], []).append(row)
    width = max(len(row["signature"]) for row in found)
    for family, members in families.items():
        yield f"{family}"
        for row in members:
            yield f"  {row['signature']:{width}}  {row['doc']}"
        yield ""
