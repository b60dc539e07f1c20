"""The commands that tell more than an answer: steps, kinks, domain, parse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

import calcml
from calcml.cli.shared import (
    as_json,
    assumptions,
    formats,
    named,
    of_formula,
    order_option,
    tidied,
    write,
)

if TYPE_CHECKING:  # a --help loads no formulas
    from calcml.parsing.inputs import Function


@of_formula("VAR...")
@click.option(
    "--level",
    type=click.Choice(["brief", "full"]),
    default="brief",
    help="A line for each layer of the chain rule, or every rule and rewrite.",
)
@order_option
@formats("text", "latex", "markdown", "json")
@assumptions
@tidied
@named
def steps(read: Function, names: list[str], form: str, **options: Any) -> None:
    """The derivative of EXPR by VAR with its steps; by several VARs, the gradient.

    \b
      calcml steps "log(1 + exp(x))" x
      calcml steps "x^2*sin(3*x)" x --level full
      calcml steps "sin(x)/x" x --format latex
      calcml steps "(sigmoid(w1*x + b1)*w2 - y)^2" w1 b1 w2
      calcml steps "norm2(X @ w - y)" w --shape "X: m n, w: n, y: m"

    A gradient is told layer by layer, as backpropagation is taught: ∂z is the gradient
    of the result by z. At the level full its lines have what the chain rule gives, too.
    """
    by: Any = names[0] if len(names) == 1 else names
    write(calcml.derive(read, by, **options), form)


@of_formula("VAR...")
@formats("text", "latex", "markdown", "json")
@assumptions
def kinks(read: Function, names: list[str], form: str, given: tuple[str, ...]) -> None:
    """Where EXPR is not smooth along VAR, not continuous, or not defined.

    Along each of several VARs in turn.

    \b
      calcml kinks "relu(x)" x
      calcml kinks "max(x, 0, 1 - x)" x --format markdown
      calcml kinks "relu(w*x + b)" x --given "w > 0"
      calcml kinks "where(x < 0, x^2, x)" x

    Each place comes with the value, the slopes on both sides, the set of subgradients,
    the slope that diff takes, and those that other systems were measured to return.
    """
    by: Any = names[0] if len(names) == 1 else names
    write(calcml.kinks(read, by, given=given), form)


@of_formula("[VAR]...")
@formats("text", "latex", "markdown", "json")
@assumptions
@tidied
@named
def domain(read: Function, names: list[str], form: str, **options: Any) -> None:
    """Where EXPR is defined and real, and where its derivative is (by VAR, or by all).

    \b
      calcml domain "log(x)/(x - 1)"
      calcml domain "sqrt(x^2 - 1)*y" x
      calcml domain "sqrt(x^2 - 1)" --given "x > 0"
      calcml domain "u = w*x + b; log(u)" --defined
    """
    write(calcml.domain(read, names or None, **options), form)


@of_formula()
@click.option("--tree", is_flag=True, help="The graph: a line for each node.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "latex", "json"]),
    help="How it is written; as text, and as LaTeX below it, if absent.",
)
def parse(read: Function, tree: bool, form: str | None) -> None:
    """EXPR as it is read, as strict text and as LaTeX, or its graph.

    \b
      calcml parse "2x² + sin x"
      calcml parse "2*(x + 1)^2" --format text
      calcml parse "x^2*sin(x^2)" --tree
      calcml parse "X @ w - y" --shape "X: m n, w: n, y: m" --tree
      calcml parse "norm2(A*x - y)^2" --dialect matlab

    A line of the graph is an operation, its value, and the shape of an array; its
    arguments stand below it. What is used more than once has a number, and is written
    out where it first stands.
    """
    from calcml.printing.tree import tree as lines

    reading = read.root.read_as
    if tree:
        told = lines(read.root)
    elif form == "json":
        as_json(reading._asdict())
        return
    else:
        told = iter([getattr(reading, form)] if form else reading)
    for line in told:
        click.echo(line)
