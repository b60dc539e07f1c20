"""Calls of the rows of the function table: choice of the row, defaults, edges."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from calcml.core import build, expr
from calcml.core.comparisons import CLOSURE
from calcml.core.errors import DomainError, ParseError, UnsupportedError
from calcml.core.exact import evaluate, rules_of_rows
from calcml.core.expr import CONDITIONS, Expr
from calcml.functions import Row
from calcml.parsing.arguments import Argument, Keyword, brief, by_name
from calcml.parsing.calls.unknown import elsewhere

Known = Callable[[str], Expr]


def call(
    rows: Sequence[Row],
    name: str,
    arguments: Sequence[Argument],
    known: Known,
    own: bool = False,
) -> Expr:
    """The node for a call of `name`, one of `rows`, with defaults filled in.

    `known` reads a row's own text, in which (`own`) a condition may be a parameter.

    Raises ParseError for a wrong number of arguments, UnsupportedError for an unknown
    option, DomainError for a number at which the function has no value.
    """
    plain = [a for a in arguments if isinstance(a, Expr)]
    keywords: dict[str, Expr | str] = {}
    options: dict[str, str] = {}
    if len(plain) != len(arguments):
        keywords = by_name(name, arguments)
        options = {k: v for k, v in keywords.items() if isinstance(v, str)}
    if len(plain) + len(keywords) != len(arguments):
        raise ParseError(
            f"{name} takes no pairs; a pair (x, 2) belongs in D(f(x), (x, 2))"
        )
    count = len(arguments) - len(options)
    row = _choose(rows, name, count, options)
    if row is None:
        raise _miscounted(rows, name, arguments, count)
    if keywords and row.params[0] == "condition" and set(keywords) - set(row.params):
        written = _written(name, arguments, "{0.name} == {0.value}")
        raise ParseError(f"a condition has ==, an argument by name =: write {written}")
    missing = () if row.variadic else row.params[len(plain) :]
    args = plain + [_default(row, p, keywords, known) for p in missing]
    unused = keywords and set(keywords) - set(options) - set(missing)
    if unused:
        raise ParseError(
            f"{name} has no argument {min(unused)} left; it is {row.signature}"
        )
    if any(a.op in CONDITIONS for a in args) and row.params[0] != "condition":
        what = next(a for a in args if a.op in CONDITIONS)
        raise UnsupportedError(
            f"{name} takes values, not conditions; "
            f"write where({brief(what, 'condition')}, 1, 0)"
        )
    if row.params[0] == "condition":
        if not own:
            condition(args[0])
        expr.scalar(args[1]), expr.scalar(args[2])
    if row.on:
        _check_edge(row, args, known)
    return build.build(row.op, tuple(args))


def _choose(
    rows: Sequence[Row], name: str, count: int, options: Mapping[str, str]
) -> Row | None:
    for row in rows:
        if row.options == options and (
            row.least <= count <= len(row.params) or (row.variadic and count)
        ):
            return row
    for row in rows:
        wrong = {k: v for k, v in options.items() if row.options.get(k) != v}
        if row.least <= count <= len(row.params) and wrong:
            shown = ", ".join(f'{k}="{v}"'.lstrip("=") for k, v in wrong.items())
            known = " or ".join(row.signature for row in rows)
            raise UnsupportedError(f"{name} does not know {shown}; it is {known}")
    return None


def _written(name: str, arguments: Sequence[Argument], named: str) -> str:
    """A call as its text, with what is given by name as `named` says."""
    texts = [named.format(a) if isinstance(a, Keyword) else str(a) for a in arguments]
    return f"{name}({', '.join(texts)})"


def _miscounted(
    rows: Sequence[Row], name: str, arguments: Sequence[Argument], count: int
) -> ParseError:
    """The error for a wrong number of arguments: the signature, or what to write."""
    row = rows[0]
    least, most = min(r.least for r in rows), max(len(r.params) for r in rows)
    takes = f"{least}" if least == most else f"{least} to {most}"
    if row.variadic:
        takes = "at least 1"
    plural = "" if takes.endswith("1") else "s"
    written = elsewhere(name, arguments) if count == 2 else ""
    options = {option for row in rows for option in row.options}
    if any(isinstance(a, Keyword) and a.name in options for a in arguments):
        written = _written(name, arguments, '{0.name}="{0.value}"')
    hint = f": write {written}" if written else f". It is {row.signature}." * (most > 1)
    return ParseError(f"{name} takes {takes} argument{plural}, got {count}{hint}")


def _default(
    row: Row, param: str, keywords: Mapping[str, Expr | str], known: Known
) -> Expr:
    given = keywords.get(param)
    if isinstance(given, Expr):
        return given
    if param not in row.defaults:
        raise ParseError(
            f"{row.name} lacks its argument {param}; it is {row.signature}"
        )
    return known(row.defaults[param])


def _check_edge(row: Row, args: Sequence[Expr], known: Known) -> None:
    """DomainError where all arguments are numbers on the open edge of the domain."""
    if any(a.op != "number" for a in args):
        return
    values = {expr.symbol(p): a for p, a in zip(row.params, args, strict=False)}
    on = known(row.on)
    open_to_closed = {
        node: expr.make(CLOSURE[node.op], node.args)
        for node in expr.walk(on)
        if node.op in CLOSURE
    }
    inside, closed = build.substitute(on, values), build.substitute(on, open_to_closed)
    edge, rules = build.substitute(closed, values), rules_of_rows()
    if evaluate(inside, rules) is False and evaluate(edge, rules) is True:
        raise DomainError(
            f"{row.name} has no value at {', '.join(map(str, args))}; "
            f"it is defined where {row.on}"
        )


def condition(node: Expr) -> Expr:
    """`node`, which must be a condition."""
    if node.op not in CONDITIONS:
        raise ParseError(
            f"a condition should stand here, such as {brief(node, 'x')} > 0"
        )
    return node
