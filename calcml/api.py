"""The public names; formulas are text or expressions, variables names or symbols."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from calcml import simplify as simplifier, syntax
from calcml.errors import (
    CalcmlError,
    DomainError,
    LimitError,
    ParseError,
    ShapeError,
    UnsupportedError,
)
from calcml.expr import METHODS, Expr, lift, symbol
from calcml.formal import MAX_ORDER, Argument, Keyword
from calcml.functions import SPELLINGS
from calcml.kinks import derivative, gradient
from calcml.printing import latex, text
from calcml.simplify import Given, Step

HIGH = 3  # orders from which on derivatives are taken in the normal form

Formula = str | Expr | int | float
Variable = str | Expr


def _evalf(root: Expr, at: Mapping[str, object], digits: int) -> Any:
    from calcml.numeric import evalf

    return evalf(root, at, digits)


def _to_sympy(root: Expr) -> Any:
    from calcml.sympy_bridge import to_sympy

    return to_sympy(root)


METHODS.update(text=text, latex=latex, evalf=_evalf, to_sympy=_to_sympy)


def parse(
    text: str,
    *,
    shapes: Mapping[str, str] | None = None,
    symbols: Iterable[str] = (),
    given: Sequence[str] | None = None,
) -> Expr:
    """The expression that `text` stands for; `symbols` are names that are variables.

    Raises ParseError, UnsupportedError, DomainError or LimitError, each with the place.

    >>> parse("1/(1 + exp(-x))")
    1/(1 + exp(-x))
    >>> parse("z = w*x + b; log(z)").free_symbols == {"w", "x", "b"}
    True
    """
    if shapes:
        raise UnsupportedError("shapes are not there yet")
    if given:
        raise UnsupportedError(
            "give assumptions to simplify, diff or grad, not to parse"
        )
    return syntax.parse(text, symbols)


def symbols(names: str) -> list[Expr]:
    """Several variables at once, their names separated by spaces or commas.

    >>> x, y = symbols("x y")
    >>> x*y + 1
    x*y + 1
    """
    return [_variable(name) for name in names.replace(",", " ").split()]


def _variable(value: Variable) -> Expr:
    if isinstance(value, str):
        return syntax.variable(value)
    if isinstance(value, Expr) and value.op == "symbol":
        return value
    raise ParseError(f"one derives by a variable, such as x; {value} is none")


def _formula(value: Formula) -> Expr:
    if isinstance(value, str):
        value = syntax.parse(value)
    return lift(value)


def diff(
    f: Formula,
    *variables: Variable,
    order: int = 1,
    simplify: bool = True,
    given: Given = (),
) -> Expr:
    """The derivative of `f` by each variable in turn, the whole `order` times.

    With `simplify`, the result is made short between orders and at the end, where
    `given` (assumptions such as "x > 0") holds. A variable that does not occur gives 0.
    Raises UnsupportedError where there is no closed form.

    >>> diff("x^3*y", "x")
    3*x^2*y
    >>> diff("sigmoid(x)", "x")
    sigmoid(x)*(1 - sigmoid(x))
    >>> diff("x^3*y", "x", "y")
    3*x^2
    >>> diff("sin(x)", "x", order=2)
    -sin(x)
    """
    if not variables:
        raise ParseError("name the variable to derive by, as in diff(f, 'x')")
    if isinstance(order, bool) or not isinstance(order, int) or order < 0:
        raise ParseError("the order of a derivative is a whole number from 0")
    if order > MAX_ORDER:
        raise LimitError(f"the order of a derivative is over {MAX_ORDER:,}")
    result, names = _formula(f), [_variable(v) for v in variables]
    if simplify and order >= HIGH and len(names) == 1 and not given:
        high = simplifier.high_derivative(result, names[0], order)
        if high is not None:
            return high
    for variable in names * order:
        result = derivative(result, variable)
        if simplify:
            result = simplifier.simplify(result, given=given)
    return result


def grad(
    f: Formula,
    wrt: Sequence[Variable] | Variable | None = None,
    *,
    simplify: bool = True,
    given: Given = (),
) -> dict[str, Expr]:
    """The gradient of a scalar: name -> derivative, from one reverse sweep.

    `wrt` None means every variable, in alphabetical order; `given` are assumptions.

    >>> grad("(w*x + b - y)^2", ["w", "b"])
    {'w': 2*x*(w*x + b - y), 'b': 2*(w*x + b - y)}
    """
    root = _formula(f)
    if wrt is None:
        names = [symbol(name) for name in sorted(root.free_symbols)]
    else:
        listed = [wrt] if isinstance(wrt, (str, Expr)) else wrt
        names = [_variable(v) for v in listed]
    parts = gradient(root, names)
    if simplify:
        parts = simplifier.simplify_all(parts, given=given)
    return {v.value: part for v, part in zip(names, parts, strict=True)}


def jacobian(
    f: Sequence[Formula], x: Sequence[Variable], *, simplify: bool = True
) -> list[list[Expr]]:
    """The derivative of each function (a row) by each variable (a column).

    >>> jacobian(["x*y", "x + y"], ["x", "y"])
    [[y, x], [1, 1]]
    """
    return [list(grad(part, x, simplify=simplify).values()) for part in f]


def hessian(
    f: Formula,
    x: Sequence[Variable],
    y: Sequence[Variable] | None = None,
    *,
    simplify: bool = True,
) -> list[list[Expr]]:
    """The second derivatives of a scalar: rows by `x`, columns by `y` (`x` if None).

    >>> hessian("x^2*y", ["x", "y"])
    [[2*y, 2*x], [2*x, 0]]
    """
    first = grad(f, x, simplify=simplify)
    return jacobian(list(first.values()), x if y is None else y, simplify=simplify)


def simplify(f: Formula, *, given: Given = (), trace: list[Step] | None = None) -> Expr:
    """The shortest form of `f` that is found; the domain may grow, no value changes.

    `given` holds assumptions: "x > 0", ["0 < p < 1", "n in integers", "sum(y) = 1"].
    `trace` is a list to which the steps are added, each with its rule, the expression
    before and after, and a note where it extends the domain or where the budget of work
    ended the search. Raises the errors of `parse`, and DomainError for assumptions that
    contradict each other.

    >>> simplify("(x^2 - 1)/(x - 1)")
    x + 1
    >>> simplify("exp(x)/(1 + exp(x))^2")
    sigmoid(x)*(1 - sigmoid(x))
    >>> simplify("sqrt(x^2)*log(x)")
    x*log(x)
    >>> simplify("sqrt(x^2)", given="x < 0")
    -x
    >>> simplify("x^2/x", trace=(steps := []))
    x
    >>> steps[0].note
    'the domain grows: x != 0 is no longer asked'
    """
    return simplifier.simplify(_formula(f), given=given, trace=trace)


def define(text: str, **facts: Any) -> Any:
    """A function of one's own, as good as a built-in one: "swish2(x) = x*sigmoid(2*x)".

    `facts` are fields of a row, such as `doc`, `d`, `on`, `tex`, `numpy`. Returns the
    function. Raises ParseError if the text is no definition, or the name is taken.

    >>> swish2 = define("swish2(x) = x*sigmoid(2*x)")
    >>> diff("swish2(x)", "x", simplify=False).evalf({"x": 0})
    mpf('0.5')
    """
    from calcml.define import define_function

    return _caller(define_function(text, **facts).name)


def table(name_or_path: str) -> Any:
    """A catalogue of derivatives, computed and checked: "basics", "activations"."""
    from calcml.tables import table as made

    return made(name_or_path)


def batch(rows: Iterable[Mapping[str, Any]], **options: Any) -> Any:
    """Derivatives of many rows, streamed in order; a bad row gives an error row."""
    from calcml.batch import batch as run

    return run(rows, **options)


def check(f: Formula, candidate: Any, x: Any, **options: Any) -> Any:
    """Whether `candidate` is the derivative of `f` by `x`: a Report with a verdict."""
    from calcml.check import check as run

    return run(_formula(f), candidate, x, **options)


def compile(exprs: Any, args: Sequence[str], *, backend: str = "numpy") -> Any:
    """A function of `args` that computes each shared part once, with its `.source`."""
    from calcml.compile import compile as make

    return make(exprs, args, backend=backend)


def from_sympy(source: Any) -> Expr:
    """The expression that a SymPy object stands for."""
    from calcml.sympy_bridge import from_sympy as convert

    return convert(source)


def _caller(name: str) -> Any:
    """The function of the module that builds calls of `name`."""

    def call(*args: Formula, **options: Formula) -> Expr:
        given: list[Argument] = [_formula(a) for a in args]
        for key, value in options.items():
            if isinstance(value, str) and any(
                key in r.options for r in SPELLINGS[name]
            ):
                given.append(Keyword(key, value))
            else:
                given.append(Keyword(key, _formula(value)))
        return syntax.call(SPELLINGS[name], name, given)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = SPELLINGS[name][0].doc
    return call


def __getattr__(name: str) -> Any:
    """Every row of the function table is a function: `calcml.sin(x)`."""
    if name in SPELLINGS and not name.startswith("_"):
        return _caller(name)
    raise AttributeError(f"calcml has no {name!r}")


__all__ = [
    "CalcmlError",
    "DomainError",
    "Expr",
    "LimitError",
    "ParseError",
    "ShapeError",
    "UnsupportedError",
    "batch",
    "check",
    "compile",
    "define",
    "diff",
    "from_sympy",
    "grad",
    "hessian",
    "jacobian",
    "parse",
    "simplify",
    "symbol",
    "symbols",
    "table",
]
