"""The commands that tell more than an answer: steps, kinks, domain, parse."""

from __future__ import annotations

from typing import Any

import click

import calcml
from calcml.cli.formulas import FORMULA
from calcml.cli.shared import (
    assumptions,
    dialect_option,
    formats,
    formula,
    note_absent,
    order_option,
    shape_option,
    shapes_of,
    write,
)


@click.command(context_settings=FORMULA)
@click.argument("expr")
@click.argument("variables", metavar="VAR...", nargs=-1, required=True)
@click.option(
    "--level",
    type=click.Choice(["brief", "full"]),
    default="brief",
    show_default=True,
    help="A line for each layer of the chain rule, or every rule and rewrite.",
)
@order_option
@formats("text", "latex", "markdown", "json")
@assumptions
@shape_option
@dialect_option
def steps(
    expr: str,
    variables: tuple[str, ...],
    level: str,
    order: int,
    form: str,
    given: tuple[str, ...],
    shape: tuple[str, ...],
    dialect: str,
) -> None:
    """The derivative of EXPR by VAR with its steps; by several VARs, the gradient.

    \b
      calcml steps "log(1 + exp(x))" x
      calcml steps "x^2*sin(3*x)" x --level full
      calcml steps "sin(x)/x" x --format latex
      calcml steps "(sigmoid(w1*x + b1)*w2 - y)^2" w1 b1 w2
      calcml steps "norm2(X @ w - y)" w --shape "X: m n, w: n, y: m"

    A gradient is told layer by layer, as backpropagation is taught: ∂z is the gradient
    of the result by z.
    """
    read = formula(expr, variables, shapes_of(shape), dialect)
    note_absent(read.root, variables)
    by: Any = variables[0] if len(variables) == 1 else list(variables)
    told = calcml.derive(read, by, order=order, level=level, given=given)
    write(told, form)


@click.command(context_settings=FORMULA)
@click.argument("expr")
@click.argument("variable", metavar="VAR")
@formats("text", "latex", "markdown", "json")
@assumptions
@shape_option
@dialect_option
def kinks(
    expr: str,
    variable: str,
    form: str,
    given: tuple[str, ...],
    shape: tuple[str, ...],
    dialect: str,
) -> None:
    """Where EXPR is not smooth along VAR, not continuous, or not defined.

    \b
      calcml kinks "relu(x)" x
      calcml kinks "max(x, 0, 1 - x)" x --format markdown
      calcml kinks "relu(w*x + b)" x --given "w > 0"
      calcml kinks "where(x < 0, x^2, x)" x

    Each place comes with the value, the slopes on both sides, the set of subgradients,
    the slope that diff takes, and those that other systems were measured to return.
    """
    read = formula(expr, [variable], shapes_of(shape), dialect)
    note_absent(read.root, [variable])
    found = calcml.kinks(read, variable, given=given)
    write(found, form)


@click.command(context_settings=FORMULA)
@click.argument("expr")
@click.argument("variable", metavar="[VAR]", required=False)
@formats("text", "latex", "json")
@shape_option
@dialect_option
def domain(
    expr: str,
    variable: str | None,
    form: str,
    shape: tuple[str, ...],
    dialect: str,
) -> None:
    """Where EXPR is defined and real, and where its derivative is (by VAR, or by all).

    \b
      calcml domain "log(x)/(x - 1)"
      calcml domain "sqrt(x^2 - 1)*y" x
    """
    by = [variable] if variable else []
    read = formula(expr, by, shapes_of(shape), dialect)
    note_absent(read.root, by)
    found = calcml.domain(read, variable)
    write(found, form)


@click.command(context_settings=FORMULA)
@click.argument("expr")
@click.option("--tree", is_flag=True, help="The graph: a line for each node.")
@shape_option
@dialect_option
def parse(expr: str, tree: bool, shape: tuple[str, ...], dialect: str) -> None:
    """EXPR as it is read, or its graph.

    \b
      calcml parse "2*(x + 1)^2"
      calcml parse "x^2*sin(x^2)" --tree
      calcml parse "X @ w - y" --shape "X: m n, w: n, y: m" --tree
      calcml parse "norm2(A*x - y)^2" --dialect matlab

    A line of the graph is an operation, its value, and the shape of an array; its
    arguments stand below it. What is used more than once has a number, and is written
    out where it first stands.
    """
    read = formula(expr, (), shapes_of(shape), dialect)
    if not tree:
        click.echo(str(read.root))
        return
    from calcml.printing.tree import tree as lines

    for line in lines(read.root):
        click.echo(line)
