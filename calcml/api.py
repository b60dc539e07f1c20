"""The public names; formulas are text or expressions, variables names or symbols."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from calcml.calculus import (
    diff as diff,
    grad as grad,
    hessian as hessian,
    jacobian as jacobian,
    jvp as jvp,
    vjp as vjp,
)
from calcml.core.errors import (
    CalcmlError as CalcmlError,
    DomainError as DomainError,
    LimitError as LimitError,
    ParseError as ParseError,
    ShapeError as ShapeError,
    UnsupportedError as UnsupportedError,
)
from calcml.core.expr import Expr as Expr, symbol as symbol
from calcml.parsing import parser
from calcml.parsing.calls.public import caller, has_row
from calcml.parsing.inputs import Formula, Variable, formula, function, variable
from calcml.parsing.parser import Given, Shapes

if TYPE_CHECKING:
    from calcml.algebra.simplify import Step
    from calcml.steps.derive import derive as derive


def parse(
    text: str,
    *,
    shapes: Shapes | None = None,
    symbols: Iterable[str] = (),
    given: Sequence[str] | None = None,
    dialect: str = "calcml",
) -> Expr:
    """The expression that `text` stands for; `symbols` are names that are variables.

    `shapes` declares arrays, {"A": "m n", "x": "n"}: sizes are names or numbers. The
    dialect "matlab" is the language of matrixcalculus.org. Raises ParseError,
    UnsupportedError, ShapeError, DomainError or LimitError, each with the place.

    >>> parse("1/(1 + exp(-x))")
    1/(1 + exp(-x))
    >>> parse("z = w*x + b; log(z)").free_symbols == {"w", "x", "b"}
    True
    >>> parse("A @ x", shapes={"A": "m n", "x": "n"}).shape
    ('m',)
    """
    if given:
        raise UnsupportedError(
            "give assumptions to simplify, diff or grad, not to parse"
        )
    if dialect == "matlab":
        from calcml.parsing.matlab import parse_matlab

        return parse_matlab(text, symbols, shapes)
    if dialect != "calcml":
        raise UnsupportedError(f"there is no dialect {dialect}; use calcml or matlab")
    return parser.parse(text, symbols, shapes)


def symbols(names: str) -> list[Expr]:
    """Several variables at once, their names separated by spaces or commas.

    >>> x, y = symbols("x y")
    >>> x*y + 1
    x*y + 1
    """
    return [variable(name) for name in names.replace(",", " ").split()]


def simplify(
    f: Formula,
    *,
    given: Given = (),
    trace: list[Step] | None = None,
    shapes: Shapes | None = None,
) -> Expr:
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
    from calcml.algebra.arrays.simplify import simplify as simplified
    from calcml.algebra.simplify import noted

    steps: list[Step] | None = None if trace is None else []
    result = simplified(formula(f, shapes), given=given, trace=steps)
    if trace is not None:
        trace += map(noted, steps or ())
    return result


def define(text: str, **facts: Any) -> Any:
    """A function of one's own, as good as a built-in one: "swish2(x) = x*sigmoid(2*x)".

    `facts` are fields of a row, such as `doc`, `d`, `on`, `tex`, `numpy`. Returns the
    function. Raises ParseError if the text is no definition, or the name is taken.

    >>> swish2 = define("swish2(x) = x*sigmoid(2*x)")
    >>> diff("swish2(x)", "x", simplify=False).evalf({"x": 0})
    mpf('0.5')
    """
    from calcml.parsing.definitions import define_function

    return caller(define_function(text, **facts).name)


def table(name_or_path: str) -> Any:
    """A catalogue of derivatives, computed and checked.

    "basics", "activations", "layers" (backward passes), or a file of one's own.
    """
    from calcml.tables import table as made

    return made(name_or_path)


def batch(rows: Iterable[Mapping[str, Any]], **options: Any) -> Any:
    """Derivatives of many rows, streamed in order; a bad row gives an error row."""
    from calcml.batch import batch as run

    return run(rows, **options)


def check(f: Formula, candidate: Any, x: Any, **options: Any) -> Any:
    """Whether `candidate` is the derivative of `f` by `x`: a Report with a verdict."""
    from calcml.check import check as run

    read = function(f, options.get("shapes"))
    if isinstance(candidate, str) and read.definitions:
        shapes = options.get("shapes")
        candidate = parser.parse(candidate, (), shapes, None, read.definitions)
    return run(read.root, candidate, x, **options)


def kinks(
    f: Formula, x: Variable, *, shapes: Shapes | None = None, given: Given = ()
) -> Any:
    """Where `f` is not smooth along `x`, not continuous or not defined, as `Kinks`.

    Each `Kink` has its place (a point, a family of points, a surface where there are
    other variables), the value, limits and slopes on both sides, the subgradients (the
    subdifferential where `f` is convex there, else Clarke's gradient), the slope that
    `diff` takes, and what JAX, PyTorch, CasADi, PyTensor and SymPy were measured to
    return. Sources: Rockafellar, Convex Analysis, section 23; Clarke, Optimization and
    Nonsmooth Analysis, section 2.1.

    >>> print(kinks("relu(x)", "x"))
    x = 0: corner
      left: limit 0, slope 0
      right: limit 0, slope 1
      value 0, slope taken 0
      subdifferential: [0, 1]
      JAX 0, PyTorch 0, CasADi 1/2, PyTensor -, SymPy -
    >>> print(kinks("x*relu(x)", "x"))
    smooth everywhere
    """
    from calcml.calculus.kinks import kinks as found

    return found(f, x, shapes=shapes, given=given)


def domain(
    f: Formula, x: Variable | None = None, *, shapes: Shapes | None = None
) -> Any:
    """Where `f` is defined and real, and where its derivative is: a Domain.

    The derivative is the one by `x`, or by every variable. Conditions in one variable
    are solved where all their zeros are found. Raises the errors of `parse`.

    >>> print(domain("log(x)/(x - 1)"))
    defined for x > 0 and x != 1; differentiable for x > 0 and x != 1
    >>> domain("sqrt(x)").derivative
    (x > 0,)
    """
    from calcml.calculus.domain import domain as found

    return found(f, x, shapes=shapes)


def compile(
    exprs: Any,
    args: Sequence[str],
    *,
    backend: str = "numpy",
    shapes: Shapes | None = None,
) -> Any:
    """A function of `args` that computes each shared part once, with its `.source`.

    Arrays have the shapes that the expressions or `shapes` give them; sizes are taken
    from the arguments.
    """
    from calcml.compile import compile as make

    return make(exprs, args, backend=backend, shapes=shapes)


def from_sympy(source: Any) -> Expr:
    """The expression that a SymPy object stands for."""
    from calcml.sympy_bridge import from_sympy as convert

    return convert(source)


def __getattr__(name: str) -> Any:
    """Every row of the function tables is a function: `calcml.sin(x)`."""
    if name == "derive":
        from calcml.steps.derive import derive

        return derive
    if has_row(name):
        return caller(name)
    raise AttributeError(f"calcml has no {name!r}")
