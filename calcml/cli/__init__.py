"""The command `calcml`: answers to standard output, all else to standard error.

Words of the command line flow in, text flows out. It may import all of calcml.

Exit status: 0 an answer, 1 a problem in the input, 2 wrong usage; of `check`: 0 the
candidate is right, 1 it is not, 3 nobody knows, 2 a problem in the input.
"""

from __future__ import annotations

import os
import sys

import click

from calcml import __version__
from calcml.cli.formulas import check, diff, grad
from calcml.cli.many import batch, functions, table
from calcml.cli.shared import say, tell
from calcml.cli.telling import domain, kinks, parse, steps
from calcml.cli.values import evaluate, hessian, jacobian, jvp, simplify, vjp
from calcml.core.errors import CalcmlError

STOPPED = 130  # what shells give for a command ended by the keyboard
BROKEN_PIPE = 141  # and for one whose reader has left


SETTINGS = {"show_default": True, "help_option_names": ["-h", "--help"]}


@click.group(context_settings=SETTINGS)
@click.version_option(
    __version__, "-V", "--version", prog_name="calcml", message="%(prog)s %(version)s"
)
def cli() -> None:
    """Derivatives of formulas, exact and checked.

    \b
      calcml diff "x*exp(-x^2)" x          the derivative
      calcml grad "(w*x + b - y)^2" w b    the gradient
      calcml steps "log(1 + exp(x))" x     the derivation, step by step
      calcml kinks "max(x, 0)" x           where it is not smooth
      calcml domain "log(x)/(x - 1)"       where it is defined
      calcml check "x^3" "3*x^2" x         is this derivative right?
      calcml table basics -o basics.md     a table of derivatives
      calcml batch in.jsonl -o out.jsonl   many formulas
      calcml functions                     the functions there are
      calcml parse "2x²" --tree            how a formula is read
      calcml simplify "x^2/x"              the shortest form
      calcml eval "2 pi r" --at r=3        a value
      calcml jacobian "tanh(z)" z          and hessian, vjp, jvp

    calcml help COMMAND, or COMMAND --help, tells more, with examples. A formula a line:
    -f FILE.
    """


@click.command("help")
@click.argument("name", metavar="[COMMAND]", required=False)
@click.pass_context
def help_(ctx: click.Context, name: str | None) -> None:
    """What a COMMAND does, with its options and examples.

    \b
      calcml help diff
    """
    assert ctx.parent
    if name is None:
        click.echo(ctx.parent.get_help())
        return
    command = cli.get_command(ctx.parent, name)
    if command is None:
        known = ", ".join(cli.list_commands(ctx.parent))
        raise click.UsageError(f"there is no command {name}; there are {known}")
    below = click.Context(command, ctx.parent, name, **command.context_settings)
    click.echo(command.get_help(below))


COMMANDS = diff, grad, steps, kinks, domain, check, table, batch, functions, parse
for command in (*COMMANDS, simplify, jacobian, hessian, vjp, jvp, help_):
    cli.add_command(command)
cli.add_command(evaluate, "eval")


def main() -> int:
    """Run the command; no error leaves it as a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = cli.main(standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        say("stopped")
        return STOPPED
    except BrokenPipeError:
        # The reader has left; point the stream elsewhere, or Python complains at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except CalcmlError as error:
        tell(error)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        say(f"error: {where}{error.strerror or error}", "red")
    except (MemoryError, RecursionError):
        say("error: the formula needs more memory than there is", "red")
    except Exception as error:  # noqa: BLE001  a fault of ours is told in one line, too
        from calcml.batch import fault

        say(f"error: {fault(error)}", "red")
    return 1
