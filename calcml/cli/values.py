"""The commands whose answer is one expression, or its value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

import calcml
from calcml.cli.computed import at_option, computed, listed, point, value_at
from calcml.cli.shared import as_json, formats, of_formula, write
from calcml.cli.written import in_names, show, with_result

if TYPE_CHECKING:  # a --help loads no formulas
    from calcml.parsing.inputs import Function

SHOWN = ("form", "notation", "with_shape")


def _answer(
    read: Function, call: Any, key: str, options: dict[str, Any], *asked: Any
) -> None:
    """What a public call gives of a formula, shown: one result, or several."""
    look = {name: options.pop(name) for name in SHOWN}
    at = options.pop("at")
    result = call(read, *asked, defined=in_names(read, options), **options)
    if computed(result, look["form"], at):
        return
    if isinstance(result, calcml.Expr):
        show(read, result, key, **look, both=key == "jacobian")
        return
    form = look["form"]
    if look["with_shape"] or look["notation"]:
        option = "--with-shape" if look["with_shape"] else "--notation"
        raise click.UsageError(f"several results have no {option}; ask for one")
    if form != "text":
        write(result, form)
    elif isinstance(result, dict):
        click.echo("\n".join(f"{name}: {value}" for name, value in result.items()))
    else:
        click.echo("\n".join(", ".join(map(str, row)) for row in result))


@with_result("")
def simplify(read: Function, **options: Any) -> None:
    """The shortest form of EXPR that is found.

    \b
      calcml simplify "exp(x)/(1 + exp(x))^2"
      calcml simplify "sqrt(x^2)" --given "x < 0"
      calcml simplify "x²/x + sin²x + cos²x" --format latex
    """
    look = {name: options.pop(name) for name in SHOWN}
    if options.pop("defined") or not options.pop("simplify"):
        raise click.UsageError("simplify has no --defined and no --no-simplify")
    at = options.pop("at")
    result = calcml.simplify(read, **options)
    if not computed(result, look["form"], at):
        show(read, result, "simplified", **look)


@with_result("VAR...")
def jacobian(read: Function, names: list[str], **options: Any) -> None:
    """The derivatives of each element of EXPR by each element of VAR.

    \b
      calcml jacobian "tanh(A @ x)" x --shape "A: m n, x: n"
      calcml jacobian "x*y" x y
    """
    by: Any = names[0] if len(names) == 1 else names
    _answer(read, calcml.jacobian, "jacobian", options, by)


@with_result("VAR...")
def hessian(read: Function, names: list[str], **options: Any) -> None:
    """The second derivatives of EXPR by VAR; of several VARs, row by row.

    \b
      calcml hessian "x^2*y" x y
      calcml hessian "x^2*y" x y --at "x=1, y=2"
      calcml hessian "sum((X @ w - y)^2)" w --shape "X: m n, w: n, y: m"
      calcml hessian "x²y" x --format json
    """
    by: Any = names[0] if len(names) == 1 else names
    _answer(read, calcml.hessian, "hessian", options, by)


@with_result("VAR...")
@click.option(
    "--upstream",
    default="g",
    metavar="G",
    help="The gradient of what follows EXPR: its name, or a formula of its shape.",
)
def vjp(read: Function, names: list[str], upstream: str, **options: Any) -> None:
    """The backward pass of EXPR: an upstream gradient times its Jacobian by VAR.

    \b
      calcml vjp "X @ W" W --shape "X: b n, W: n m"
      calcml vjp "tanh(z)" z --upstream "2*z"
    """
    by: Any = names[0] if len(names) == 1 else names
    _answer(read, calcml.vjp, "vjp", options, by, upstream)


@with_result("VAR")
@click.option(
    "--tangent",
    default="v",
    metavar="V",
    help="The direction in which VAR moves: its name, or a formula of VAR's shape.",
)
def jvp(read: Function, names: list[str], tangent: str, **options: Any) -> None:
    """The derivative of EXPR in a direction of VAR.

    \b
      calcml jvp "inv(X)" X --shape "X: n n" --tangent dX
      calcml jvp "x^3" x
    """
    _answer(read, calcml.jvp, "jvp", options, names[0], tangent)


@of_formula()
@at_option
@click.option(
    "--digits", type=click.IntRange(1), default=15, metavar="N", help="Of the value."
)
@formats("text", "json")
def evaluate(read: Function, at: tuple[str, ...], digits: int, form: str) -> None:
    """The value of EXPR at a point.

    \b
      calcml eval "2 pi r" --at r=3
      calcml eval "x^2*y" --at "x=1/3, y=2" --digits 30
      calcml eval "v @ v" --shape "v: n" --at "v=[1, 2, 3]"
    """
    told = value_at(read.root, point(at), digits)
    if form == "json":
        as_json({"expr": str(read.root), "value": told})
    else:
        click.echo(listed(told))
