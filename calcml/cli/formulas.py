"""The commands on one formula: diff, grad, check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

import calcml
from calcml.cli.command import FormulaCommand
from calcml.cli.computed import computed
from calcml.cli.shared import (
    PROBLEM,
    STATUS,
    as_json,
    assumptions,
    formats,
    formula,
    note_absent,
    note_unused,
    order_option,
    shape_option,
    shapes_of,
    tell,
    write,
)
from calcml.cli.written import in_names, show, with_result, written
from calcml.core.errors import CalcmlError

if TYPE_CHECKING:  # a --help loads no formulas
    from calcml.parsing.inputs import Function


@with_result("VAR...")
@order_option
def diff(
    read: Function,
    names: list[str],
    form: str,
    notation: str | None,
    with_shape: bool,
    at: tuple[str, ...],
    **options: Any,
) -> None:
    """The derivative of EXPR by VAR; by several VARs in turn, a mixed one.

    \b
      calcml diff "x^2*sin(x)" x
      calcml diff "sin(x)" x --order 2
      calcml diff "x^2*y^3" x y
      calcml diff "-x^2" x --format latex
      calcml diff "x^3" x --at x=2
      calcml diff "sqrt(x^2)*y" y --given "x > 0"
      calcml diff "log(1 + exp(x))" x --functions elementary
      calcml diff "softmax(z)" z --shape "z: n"
      calcml diff loss.py:loss w --shape "w: n, X: m n, y: m"
      echo "p = sigmoid(w*x); -log(p)" | calcml diff - w

    EXPR may be a function of a file of Python, FILE.py:NAME, which is read and not run.
    EXPR "-" is read from standard input: one formula, after the names that it defines
    (for many formulas there is batch). The derivative of an array is an array of its
    shape, then that of VAR, in the names that EXPR defines where that is shorter.
    """
    defined = in_names(read, options)
    result = calcml.diff(read, *names, **options, defined=defined)
    if computed(result, form, at):
        return
    by = names[0] if len(names) == 1 else names
    told = {"var": by, "order": options["order"]}
    show(read, result, "derivative", form, notation, with_shape, True, **told)


@with_result("[VAR]...")
def grad(
    read: Function,
    names: list[str],
    form: str,
    notation: str | None,
    with_shape: bool,
    at: tuple[str, ...],
    **options: Any,
) -> None:
    """The gradient of EXPR by the VARs, or by all its variables.

    \b
      calcml grad "(w*x + b - y)^2" w b
      calcml grad "x*y + sin(z)"
      calcml grad "x*y" --format json
      calcml grad "(w - 1)^2*b" w b --format python
      calcml grad "x*y" --at "x=1, y=2"
      calcml grad "sum((X @ w - y)^2)" w --shape "X: m n, w: n, y: m"
      calcml grad "norm2(A*x - y)^2" x --dialect matlab
    """
    from calcml.core.shapes import shown
    from calcml.core.tensors import has_arrays
    from calcml.printing.together import together

    defined = in_names(read, options)
    parts = calcml.grad(read, names or None, **options, defined=defined)
    if computed(parts, form, at):
        return
    if form == "json":
        fields: dict[str, Any] = {"expr": str(read.root)}
        for key, spelling in (("gradient", "text"), ("latex", "latex")):
            fields[key] = {k: written(p, spelling, notation) for k, p in parts.items()}
        if any(map(has_arrays, parts.values())) or with_shape:
            fields["shapes"] = {name: list(p.shape) for name, p in parts.items()}
        as_json(fields)
        return
    told = form.replace("markdown", "latex")
    if notation is None:
        definitions, entries = together(parts, told == "latex")
    else:
        definitions = []
        entries = {name: written(p, told, notation) for name, p in parts.items()}
    for name, value in definitions:
        line = f"{name} = {value}"
        click.echo(f"- ${line}$" if form == "markdown" else line)
    for name, part in parts.items():
        entry = entries[name]
        shape = shown(part.dims)
        if form == "text":
            extra = f"  shape {shape}" if with_shape else ""
            click.echo(f"{name}: {entry}{extra}")
        else:
            by = calcml.symbol(name).latex()
            extra = rf" \quad \text{{shape {shape}}}" if with_shape else ""
            line = rf"\frac{{\partial}}{{\partial {by}}}: {entry}{extra}"
            click.echo(line if form == "latex" else f"- ${line}$")


@click.command(cls=FormulaCommand)
@click.argument("expr")
@click.argument("candidate")
@click.argument("variable", metavar="VAR")
@click.option(
    "--against",
    type=click.Choice(["sympy", "calcml"]),
    help="Whose derivative CANDIDATE is compared with: SymPy's if absent. Arrays are "
    "compared with finite differences.",
)
@order_option
@formats("text", "json")
@shape_option
@assumptions
def check(
    expr: str,
    candidate: str,
    variable: str,
    against: str | None,
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
    1 if it is not (differs), 3 if that is not known, 2 for a problem in the input.
    """
    from calcml.core.tensors import has_arrays

    if expr == candidate == "-":
        raise click.UsageError("standard input is one formula, EXPR or CANDIDATE")
    shapes = shapes_of(shape)
    try:
        read = formula(expr, [variable], shapes, facts=given)
        note_absent(read.root, [variable])
        names = read.definitions
        claimed = formula(candidate, [variable], shapes, names=names, facts=given).root
        note_unused([read.root, claimed], [variable], shapes, given)
        if against is None and not has_arrays(read.root):
            against = "sympy"
        report = calcml.check(
            read.root, claimed, variable, against=against, order=order, given=given
        )
    except CalcmlError as error:
        tell(error)
        return PROBLEM
    write(report, form)
    return STATUS[report.verdict]
