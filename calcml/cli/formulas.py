"""The commands on one formula: diff, grad, check."""

from __future__ import annotations

from collections.abc import Sequence

import click

from calcml import api
from calcml.cli.shared import (
    STATUS,
    as_json,
    assumptions,
    formats,
    formula,
    note_absent,
    order_option,
    tidied,
)
from calcml.expr import Expr

# A formula may begin with a minus, so what is no option of ours is an argument.
FORMULA = {"ignore_unknown_options": True}


@click.command(context_settings=FORMULA)
@click.argument("expr")
@click.argument("variables", metavar="VAR...", nargs=-1, required=True)
@order_option
@formats("text", "latex", "markdown", "json")
@tidied
@assumptions
def diff(
    expr: str,
    variables: tuple[str, ...],
    order: int,
    form: str,
    simplify: bool,
    given: tuple[str, ...],
) -> None:
    """The derivative of EXPR by VAR; by several VARs in turn, a mixed one.

    \b
      calcml diff "x^2*sin(x)" x
      calcml diff "sin(x)" x --order 2
      calcml diff "x^2*y^3" x y
      calcml diff "-x^2" x --format latex
      calcml diff "sqrt(x^2)*y" y --given "x > 0"
      echo "p = sigmoid(w*x); -log(p)" | calcml diff - w

    EXPR "-" is read from standard input.
    """
    root = formula(expr, variables)
    note_absent(root, variables)
    result = api.diff(root, *variables, order=order, simplify=simplify, given=given)
    if form == "json":
        fields = {"expr": str(root), "var": _one(variables), "order": order}
        as_json(fields | {"derivative": str(result), "latex": result.latex()})
    else:
        click.echo(_written(result, form))


def _one(variables: Sequence[str]) -> str | list[str]:
    return variables[0] if len(variables) == 1 else list(variables)


def _written(e: Expr, form: str) -> str:
    if form == "text":
        return str(e)
    return e.latex() if form == "latex" else f"$$\n{e.latex()}\n$$"


@click.command(context_settings=FORMULA)
@click.argument("expr")
@click.argument("variables", metavar="[VAR]...", nargs=-1)
@formats("text", "latex", "markdown", "json")
@tidied
@assumptions
def grad(
    expr: str,
    variables: tuple[str, ...],
    form: str,
    simplify: bool,
    given: tuple[str, ...],
) -> None:
    """The gradient of EXPR by the VARs, or by all its variables.

    \b
      calcml grad "(w*x + b - y)^2" w b
      calcml grad "x*y + sin(z)"
      calcml grad "x*y" --format json
    """
    root = formula(expr, variables)
    note_absent(root, variables)
    parts = api.grad(root, variables or None, simplify=simplify, given=given)
    if form == "json":
        gradient = {name: str(part) for name, part in parts.items()}
        latex = {name: part.latex() for name, part in parts.items()}
        as_json({"expr": str(root), "gradient": gradient, "latex": latex})
        return
    for name, part in parts.items():
        if form == "text":
            click.echo(f"{name}: {part}")
        else:
            by = api.symbol(name).latex()
            line = rf"\frac{{\partial}}{{\partial {by}}}: {part.latex()}"
            click.echo(line if form == "latex" else f"- ${line}$")


@click.command(context_settings=FORMULA)
@click.argument("expr")
@click.argument("candidate")
@click.argument("variable", metavar="VAR")
@click.option(
    "--against",
    type=click.Choice(["sympy", "calcml"]),
    default="sympy",
    show_default=True,
    help="Whose derivative CANDIDATE is compared with.",
)
@order_option
@formats("text", "json")
def check(
    expr: str, candidate: str, variable: str, against: str, order: int, form: str
) -> int:
    """Is CANDIDATE the derivative of EXPR by VAR?

    \b
      calcml check "log(1 + exp(x))" "sigmoid(x)" x
      calcml check "x^3" "3*x" x              differs: where, and by what
      calcml check "x^3" "$(calcml diff x^3 x)" x

    The exit status is 0 if it is (proved, or agrees in balls at points of the domain),
    1 if it is not (differs), 3 if that is not known.
    """
    from calcml.check import shown

    root = formula(expr, [variable])
    note_absent(root, [variable])
    given = formula(candidate, [variable])
    report = api.check(root, given, variable, against=against, order=order)
    if form == "json":
        names = ("verdict", "method", "message", "points")
        fields = {k: getattr(report, k) for k in names}
        place, values = report.counterexample, report.values
        fields["counterexample"] = shown(place) if place else None
        fields["values"] = [str(value) for value in values] if values else None
        fields["difference"] = report.difference and str(report.difference)
        as_json(fields)
    else:
        click.echo(str(report))
    return STATUS[report.verdict]
