"""The commands on one formula: diff, grad, check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

import calcml
from calcml.cli.shared import (
    STATUS,
    as_json,
    assumptions,
    dialect_option,
    formats,
    formula,
    notation_option,
    note_absent,
    order_option,
    shape_option,
    shapes_of,
    tidied,
    with_shape,
    write,
)

if TYPE_CHECKING:  # a --help loads no formulas
    from calcml.core.expr import Expr

# A formula may begin with a minus, so what is no option of ours is an argument.
FORMULA = {"ignore_unknown_options": True}


@click.command(context_settings=FORMULA)
@click.argument("expr")
@click.argument("variables", metavar="VAR...", nargs=-1, required=True)
@order_option
@formats("text", "latex", "markdown", "json")
@tidied
@assumptions
@shape_option
@notation_option
@dialect_option
@with_shape
def diff(
    expr: str,
    variables: tuple[str, ...],
    order: int,
    form: str,
    simplify: bool,
    given: tuple[str, ...],
    shape: tuple[str, ...],
    notation: str | None,
    dialect: str,
    with_shape: bool,
) -> None:
    """The derivative of EXPR by VAR; by several VARs in turn, a mixed one.

    \b
      calcml diff "x^2*sin(x)" x
      calcml diff "sin(x)" x --order 2
      calcml diff "x^2*y^3" x y
      calcml diff "-x^2" x --format latex
      calcml diff "sqrt(x^2)*y" y --given "x > 0"
      calcml diff "softmax(z)" z --shape "z: n"
      echo "p = sigmoid(w*x); -log(p)" | calcml diff - w

    EXPR "-" is read from standard input. The derivative of an array is an array of its
    shape, then that of VAR, in the names that EXPR defines where that is shorter.
    """
    from calcml.core.shapes import shown
    from calcml.core.tensors import has_arrays

    read = formula(expr, variables, shapes_of(shape), dialect)
    note_absent(read.root, variables)
    arrays = has_arrays(read.root)  # of scalars, a text stands for itself
    result = calcml.diff(
        read, *variables, order=order, simplify=simplify, given=given, defined=arrays
    )
    if form == "json":
        fields = {"expr": str(read.root), "var": _one(variables), "order": order}
        fields |= {"derivative": str(result), "latex": result.latex()}
        as_json(fields | _of_array(result))
        return
    for line in _notations(result, form, notation, bool(read.root.dims)):
        click.echo(line)
    if with_shape:
        click.echo(f"shape: {shown(result.dims)}")


def _of_array(result: Expr) -> dict[str, object]:
    """What is told of an array beside its text."""
    from calcml.core.tensors import has_arrays
    from calcml.printing.indexed import index_text

    if not has_arrays(result):
        return {}
    return {"shape": list(result.shape), "index": index_text(result)}


def _notations(
    result: Expr, form: str, notation: str | None, jacobian: bool = False
) -> list[str]:
    """The result in matrix notation, in index notation, or in both."""
    both = notation is None and jacobian and len(result.dims) == 2
    lines = []
    if notation != "index":
        lines.append(_written(result, form))
    if notation == "index" or both:
        from calcml.printing.indexed import index_latex, index_text

        index = index_text(result) if form == "text" else index_latex(result)
        lines.append(f"$$\n{index}\n$$" if form == "markdown" else index)
    return lines


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
@shape_option
@notation_option
@dialect_option
@with_shape
def grad(
    expr: str,
    variables: tuple[str, ...],
    form: str,
    simplify: bool,
    given: tuple[str, ...],
    shape: tuple[str, ...],
    notation: str | None,
    dialect: str,
    with_shape: bool,
) -> None:
    """The gradient of EXPR by the VARs, or by all its variables.

    \b
      calcml grad "(w*x + b - y)^2" w b
      calcml grad "x*y + sin(z)"
      calcml grad "x*y" --format json
      calcml grad "sum((X @ w - y)^2)" w --shape "X: m n, w: n, y: m"
      calcml grad "norm2(A*x - y)^2" x --dialect matlab
    """
    from calcml.core.shapes import shown
    from calcml.core.tensors import has_arrays

    read = formula(expr, variables, shapes_of(shape), dialect)
    note_absent(read.root, variables)
    arrays = has_arrays(read.root)
    parts = calcml.grad(
        read, variables or None, simplify=simplify, given=given, defined=arrays
    )
    if form == "json":
        gradient = {name: str(part) for name, part in parts.items()}
        latex = {name: part.latex() for name, part in parts.items()}
        fields = {"expr": str(read.root), "gradient": gradient, "latex": latex}
        if any(map(has_arrays, parts.values())):
            fields["shapes"] = {name: list(p.shape) for name, p in parts.items()}
        as_json(fields)
        return
    for name, part in parts.items():
        extra = f"  shape {shown(part.dims)}" if with_shape else ""
        (written,) = _notations(part, "text" if form == "text" else "latex", notation)
        if form == "text":
            click.echo(f"{name}: {written}{extra}")
        else:
            by = calcml.symbol(name).latex()
            line = rf"\frac{{\partial}}{{\partial {by}}}: {written}"
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
@shape_option
@assumptions
def check(
    expr: str,
    candidate: str,
    variable: str,
    against: str,
    order: int,
    form: str,
    shape: tuple[str, ...],
    given: tuple[str, ...],
) -> int:
    """Is CANDIDATE the derivative of EXPR by VAR?

    \b
      calcml check "log(1 + exp(x))" "sigmoid(x)" x
      calcml check "x^3" "3*x" x              differs: where, and by what
      calcml check "x^3" "$(calcml diff x^3 x)" x
      calcml check "log(det(X))" "inv(X).T" X --shape "X: n n"

    The exit status is 0 if it is (proved, or agrees in balls at points of the domain),
    1 if it is not (differs), 3 if that is not known.
    """
    shapes = shapes_of(shape)
    read = formula(expr, [variable], shapes)
    note_absent(read.root, [variable])
    claimed = formula(candidate, [variable], shapes, names=read.definitions).root
    report = calcml.check(
        read.root, claimed, variable, against=against, order=order, given=given
    )
    write(report, form)
    return STATUS[report.verdict]
