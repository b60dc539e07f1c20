"""The public names; formulas are text or expressions, variables names or symbols."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from calcml.calculus import diff as diff, grad as grad
from calcml.core.arguments import checked
from calcml.core.budget import limited
from calcml.core.errors import (
    CalcmlError as CalcmlError,
    DomainError as DomainError,
    LimitError as LimitError,
    ParseError as ParseError,
    ShapeError as ShapeError,
    UnsupportedError as UnsupportedError,
)
from calcml.core.expr import Expr as Expr, symbol as symbol
from calcml.parsing import inputs
from calcml.parsing.calls.public import caller, has_row
from calcml.parsing.dialects import Explained
from calcml.parsing.inputs import Formula, function, variable
from calcml.parsing.parser import Given, Shapes

if TYPE_CHECKING:
    from calcml.algebra.simplify import Step
    from calcml.batch import batch as batch
    from calcml.calculus.domain import domain as domain
    from calcml.calculus.jacobians import hessian as hessian, jacobian as jacobian
    from calcml.calculus.kinks import kinks as kinks
    from calcml.calculus.products import jvp as jvp, vjp as vjp
    from calcml.check import check as check
    from calcml.compile import compile as compile
    from calcml.steps.derive import derive as derive
    from calcml.sympy_bridge import from_sympy as from_sympy
    from calcml.tables.table import table as table
    from calcml.tables.verify import verify as verify

# Public names whose modules are loaded when they are first used.
LATER = {
    "batch": "batch",
    "check": "check",
    "compile": "compile",
    "derive": "steps.derive",
    "domain": "calculus.domain",
    "from_sympy": "sympy_bridge",
    "hessian": "calculus.jacobians",
    "jacobian": "calculus.jacobians",
    "jvp": "calculus.products",
    "kinks": "calculus.kinks",
    "table": "tables.table",
    "verify": "tables.verify",
    "vjp": "calculus.products",
}


@limited
def parse(
    text: str | Callable[..., Any],
    *,
    shapes: Shapes | None = None,
    symbols: str | Iterable[str] = (),
    given: Sequence[str] | None = None,
    dialect: str | None = None,
    like: Any = None,
) -> Expr:
    """The expression that `text` stands for, in calcml's grammar or another `dialect`.

    `shapes` declares arrays, {"A": "m n", "x": "n"}: sizes are names or numbers.
    `symbols` are names that are variables though they name a constant (e, pi). The
    dialect "matlab" is the language of matrixcalculus.org; without one it is that which
    the text shows, as `explain_reading` tells. "python" is code of NumPy, SciPy, SymPy,
    PyTorch, JAX, Keras and scikit-learn, a text or a function, whose source is read and
    never run; samples `like` its arguments declare their shapes. Assumptions are not
    `given` here, but to what uses them. The result's shape follows as in NumPy.

    Raises ParseError, UnsupportedError, ShapeError, DomainError or LimitError, each
    with the place.

    >>> parse("1/(1 + exp(-x))")
    1/(1 + exp(-x))
    >>> parse("z = w*x + b; log(z)").free_symbols == {"w", "x", "b"}
    True
    >>> parse("A @ x", shapes={"A": "m n", "x": "n"}).shape
    ('m',)
    >>> parse("torch.std(x)", shapes={"x": "n"}).free_symbols == {"x", "n"}
    True
    """
    if given:
        raise UnsupportedError(
            "give assumptions to simplify, diff or grad, not to parse"
        )
    if isinstance(text, Expr):  # which can be called, and is no function
        return inputs.function(text, shapes).root
    if like is not None or not isinstance(text, str):
        return inputs.code(text, _names(symbols), shapes, like=like).root
    return inputs.read(text, _names(symbols), shapes, dialect).root


@limited
def explain_reading(
    text: str,
    *,
    shapes: Shapes | None = None,
    symbols: str | Iterable[str] = (),
    dialect: str | None = None,
) -> Explained:
    """How `parse` reads a `text`: its dialect, as strict text and LaTeX, and its names.

    `shapes` declares arrays, `symbols` and `dialect` are those of `parse`. The `names`
    are those that the text writes otherwise, the `conventions` what it rests on.

    Raises the errors of `parse`.

    >>> explain_reading("2x² + sin x").text
    '2*x^2 + sin(x)'
    """
    read = inputs.read(text, _names(symbols), shapes, dialect)
    return inputs.explained(read)


def _names(symbols: str | Iterable[str]) -> Iterable[str]:
    return symbols.replace(",", " ").split() if isinstance(symbols, str) else symbols


@checked
def symbols(names: str) -> list[Expr]:
    """Several scalar variables, their `names` separated by spaces or commas.

    Raises ParseError for what is no name.

    >>> x, y = symbols("x y")
    >>> x*y + 1
    x*y + 1
    """
    return [variable(name) for name in names.replace(",", " ").split()]


@limited
def simplify(
    f: Formula,
    *,
    given: Given = (),
    trace: list[Step] | None = None,
    shapes: Shapes | None = None,
    functions: str | None = None,
) -> Expr:
    """The shortest form of `f` that is found; the domain may grow, no value changes.

    `f` is a text or an expression, whose shape stays; `shapes` declares the arrays of a
    text. `given` holds assumptions: "x > 0", ["0 < p < 1", "n in integers",
    "sum(y) = 1"]. `trace` is a list to which the steps are added, each with its rule,
    the expression before and after, and a note where it extends the domain or where the
    budget of work ended the search. Where `functions` are "elementary", no others are
    written than these and those of `f`.

    Raises the errors of `parse`, and DomainError for assumptions that contradict each
    other.

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
    >>> simplify("exp(x)/(1 + exp(x))", functions="elementary")
    exp(x)/(1 + exp(x))
    >>> steps[0].note
    'the domain grows: x != 0 is no longer asked'
    """
    from calcml.algebra.arrays.simplify import simplify as simplified
    from calcml.algebra.simplify import noted

    steps: list[Step] | None = None if trace is None else []
    root = function(f, shapes, (), given).root
    if functions is None:
        result = simplified(root, given=given, trace=steps)
    else:
        from calcml.algebra.elementary import shortest

        result = shortest(functions, root, given, steps)
    if trace is not None:
        trace += map(noted, steps or ())
    return result


@checked
def define(text: str, **facts: Any) -> Callable[..., Expr]:
    """A function of one's own, as good as a built-in one, from its definition `text`.

    `facts` are fields of a row of the function table, such as `doc`, `d`, `on`, `tex`,
    `numpy`; without `d` the derivatives follow from the definition. Returns the
    function, which takes texts, expressions and numbers, arrays element by element.

    Raises ParseError where the text is no definition, where the name is taken, and for
    a name that is no parameter; UnsupportedError for a `numpy` that is no existing
    function of numpy or scipy.special, and a `python` that is none of math.

    >>> swish2 = define("swish2(x) = x*sigmoid(2*x)")
    >>> diff("swish2(x)", "x", simplify=False).evalf({"x": 0})
    mpf('0.5')
    """
    from calcml.parsing.definitions import define_function

    return caller(define_function(text, **facts).name)


def __getattr__(name: str) -> Callable[..., Expr]:
    """Every row of the function tables is a function: `calcml.sin(x)`."""
    if name in LATER:
        found: Callable[..., Any] = getattr(
            import_module(f"calcml.{LATER[name]}"), name
        )
        return found
    if has_row(name):
        return caller(name)
    raise AttributeError(f"calcml has no {name!r}")
