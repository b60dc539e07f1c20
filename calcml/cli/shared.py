"""What the commands share: messages, formulas from arguments, options."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial, wraps
from typing import TYPE_CHECKING, Any

import click

from calcml.cli.command import LINES, FormulaCommand
from calcml.cli.limits import NAME_SHOWN, NAMES_SHOWN
from calcml.core.errors import CalcmlError, LimitError, ParseError, excerpt

if TYPE_CHECKING:  # a --help loads no formulas
    from calcml.core.display import Display
    from calcml.core.expr import Expr
    from calcml.parsing.inputs import Function

# The exit status of a verdict, and of a problem in what is checked: wrong usage, too.
STATUS = {"proved": 0, "agrees": 0, "differs": 1, "unknown": 3}
PROBLEM = 2


# --- messages ----------------------------------------------------------------------


def say(message: str, color: str | None = None) -> None:
    """A line to standard error, coloured where a person reads it."""
    plain = False if os.environ.get("NO_COLOR") else None
    click.secho(message, err=True, fg=color, color=plain)


def tell(error: CalcmlError) -> None:
    """What is wrong, where, and what to do about it."""
    if error.text is not None and error.span is not None:
        say(excerpt(error.text, error.span))
    say(f"{error.kind} error: {error.message}".replace("error error", "error"), "red")


# --- formulas ----------------------------------------------------------------------


def formula(
    given: str,
    variables: Sequence[str] = (),
    shapes: Mapping[str, str] | None = None,
    dialect: str | None = None,
    names: Mapping[str, Expr] | None = None,
    facts: Sequence[str] = (),
) -> Function:
    """The formula of an argument, of standard input for "-", of FILE.py:FUNCTION.

    `names` are those that another formula defines, `facts` what may be assumed.
    """
    from calcml.parsing.inputs import code, function, read

    file = re.fullmatch(r"(.+\.py)(?::(\w+(?:\.\w+)?))?", given)
    if file:
        with click.open_file(file[1], encoding="utf-8-sig", errors="replace") as lines:
            return code(lines.read(), variables, shapes, name=file[2])
    if variables or facts:
        return function(source(given), shapes, variables, facts, names, dialect)
    return read(source(given), variables, shapes, dialect, names)


def shapes_of(given: Sequence[str]) -> dict[str, str]:
    """The shapes that --shape declares: "A: m n, x: n", "A: m, n; x: n", "A=m n"."""
    first, *pieces = re.split(r"([^\s,;:=]+)\s*[:=]", "; ".join(given))
    if first.strip():
        name, *dims = re.findall(r"\w+", first) or ["x"]
        told = f"{name}: {' '.join(dims) or 'n'}"
        raise click.UsageError(
            f"--shape {first.strip()!r} has no colon; write {told!r}"
        )
    found: dict[str, str] = {}
    for name, sizes in zip(pieces[::2], pieces[1::2], strict=True):
        if name in found:
            raise click.UsageError(f"--shape declares {name} twice")
        found[name] = sizes.strip(" ,;")
    return found


def source(given: str) -> str:
    """An argument's text; "-" stands for standard input."""
    from calcml.parsing.limits import MAX_LENGTH

    if given != "-":
        return given
    data = sys.stdin.buffer.read(4 * MAX_LENGTH + 1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if len(data) <= 4 * MAX_LENGTH:
            place = error.start + 1
            raise ParseError(
                f"byte {place} of the input is no UTF-8; save the formula as UTF-8"
            ) from None
        text = data.decode(errors="replace")
    if len(text) > MAX_LENGTH:
        raise LimitError(f"the text has over {MAX_LENGTH:,} characters")
    return text


def _few(names: Sequence[str]) -> str:
    """The first names, each as far as a line holds them."""
    shown = [n if len(n) <= NAME_SHOWN else f"{n[:NAME_SHOWN]}..." for n in names]
    return ", ".join(shown[:NAMES_SHOWN] + ["..."] * (len(names) > NAMES_SHOWN))


def note_reading(read: Function, variables: Sequence[str] = ()) -> None:
    """Say how a text was read that showed itself to be of another language.

    Of calcml's own, which names look like products with a variable.
    """
    from calcml.parsing.dialects import OWN
    from calcml.parsing.inputs import explained, single_names

    if read.told.dialect != OWN:
        say(str(explained(read)))
    for told in single_names(read, variables) if read.told.dialect == OWN else ():
        say(told)


def note_absent(root: Expr, variables: Sequence[str]) -> None:
    """Say which variables do not occur: a derivative of 0 may be a slip of the pen."""
    from calcml.core.expr import walk

    nodes = [n for n in walk(root) if n.op == "symbol"]
    sizes = {str(size) for n in nodes for size in n.dims}
    there = sorted(root.free_symbols - sizes)
    for name in variables:
        if name not in there:
            among = f"its variables are {_few(there)}" if there else "it has none"
            say(f"note: {name} does not occur in the formula; {among}", "yellow")
    for note in root.notes:
        say(f"note: {note}", "yellow")


def note_unused(
    roots: Sequence[Expr],
    names: Sequence[str],
    shapes: Mapping[str, str],
    given: Sequence[str],
) -> None:
    """Say of which names --shape and --given speak though they do not occur."""
    from calcml.core.expr import walk
    from calcml.parsing.parser import parse

    nodes = [n for n in walk(*roots) if n.op == "symbol"]
    sizes = [str(size) for n in nodes for size in n.dims]
    there = {*names, *sizes, *(n.value for n in nodes)}
    assumed: set[str] = set()
    for fact in re.split(r"[,;]|\band\b|\bor\b", ",".join(given)):
        with suppress(CalcmlError):  # a kind of matrices, or what is told elsewhere
            sides = re.sub(r"\s(in|is|are)\s.*|(?<![<>=!])=(?!=).*", "", fact)
            assumed |= parse(sides, there).free_symbols
    for option, told in (("--shape", shapes.keys()), ("--given", assumed)):
        for name in sorted(told - there):
            say(f"note: {name} of {option} does not occur in the formula", "yellow")


Command = Callable[..., Any]


def formats(*names: str, default: str = "text") -> Callable[[Command], Command]:
    """The option --format."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(names),
        default=default,
        help="How the answer is written.",
    )


tidied = click.option(
    "--simplify/--no-simplify",
    default=True,
    help="Tidy the result, or show it as the chain rule made it.",
)
named = click.option(
    "--defined", is_flag=True, help="Answer in the names that EXPR defines."
)
assumptions = click.option(
    "--given",
    multiple=True,
    metavar="FACT",
    help='What may be assumed, such as "x > 0" or "n in integers"; may be repeated.',
)
functions_option = click.option(
    "--functions",
    type=click.Choice(["elementary"]),
    help="Write no others than elementary functions and those of EXPR.",
)
shape_option = click.option(
    "--shape",
    "shape",
    multiple=True,
    metavar="SHAPES",
    help='Which variables are arrays: "A: m n, x: n"; sizes are names or numbers.',
)
notation_option = click.option(
    "--notation",
    type=click.Choice(["matrix", "index"]),
    help="How arrays are written; both where a Jacobian is asked for.",
)
dialect_option = click.option(
    "--dialect",
    type=click.Choice(["calcml", "matlab", "latex", "python"]),
    help="The language of EXPR, which else its text shows; matlab is that of "
    "matrixcalculus.org.",
)
with_shape = click.option(
    "--with-shape", is_flag=True, help="Show the shape of the result, too."
)
order_option = click.option(
    "--order", type=click.IntRange(1), default=1, metavar="K", help="Derive K times."
)


def of_formula(by: str = "") -> Callable[[Command], click.Command]:
    """A command on EXPR, which it takes as it was read, with the names that follow.

    `by` is what the help calls these: in brackets if there may be none, with dots if
    there may be several.
    """

    def decorate(command: Command) -> click.Command:
        @wraps(command)
        def run(expr: str, **options: Any) -> Any:
            path = click.get_current_context().meta.get(LINES)
            if path is not None:
                return _each_line(path, partial(one, **options))
            return one(expr, **options)

        def one(expr: str, **options: Any) -> Any:
            names = options.pop("variables", None)
            names = [names] if isinstance(names, str) else list(names or ())
            shapes = shapes_of(options.pop("shape"))
            facts = options.get("given", ())
            dialect = options.pop("dialect")
            read = formula(expr, names, shapes, dialect, facts=facts)
            if dialect is None:
                note_reading(read, names)
            names = [*map(read.told.name_of, names)]
            note_absent(read.root, names)
            note_unused([read.root], names, shapes, options.get("given", ()))
            return command(read, *[names] * bool(by), **options)

        run = shape_option(dialect_option(run))
        if by:
            count, required = -1 if by.endswith("...") else 1, "[" not in by
            variables = click.argument(
                "variables", nargs=count, required=required, metavar=by
            )
            run = variables(run)
        made = click.command(cls=FormulaCommand)(click.argument("expr")(run))
        made.by_line = True
        made.params.append(_from_file())
        return made

    return decorate


def _from_file() -> click.Option:
    """-f FILE, as help shows it; `FormulaCommand` reads it."""
    text = "Or -f FILE: read EXPR from FILE, a formula a line, each answered by itself."
    return click.Option(
        ["--file", "file"], metavar="FILE", help=text, expose_value=False
    )


def _each_line(path: str, answer: Callable[[str], Any]) -> int:
    """The answers to the formulas of a file; 1 where one fails, which is told."""
    failed = 0
    with click.open_file(path, encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if not line.split("#")[0].strip():
                continue
            try:
                answer(line.strip())
            except CalcmlError as error:
                say(f"{path}, line {number}:")
                tell(error)
                failed = 1
    return failed


def as_json(data: Mapping[str, Any] | Sequence[Any], indent: int | None = None) -> None:
    """JSON to standard output."""
    import json

    click.echo(json.dumps(data, ensure_ascii=False, indent=indent))


def write(answer: Display, form: str) -> None:
    """An answer to standard output, in a form that it has."""
    click.echo(answer.render(form).removesuffix("\n"))
