"""What every expression can be asked, and upper layers answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Self

from calcml.core.lazy import Later

METHODS: Later[Any] = Later(
    **{
        "algebra.arrays.simplify": "simplify",
        "calculus": "diff",
        "compile.method": "python",
        "core.build": "dump load subs",
        "evaluate.evalf": "evalf nearest",
        "parsing.names": "notes",
        "printing": "latex text together",
        "steps.derive": "derive",
        "sympy_bridge": "brought foreign sympy_code to_sympy",
    }
)


class Reading(NamedTuple):
    """How a formula was read: as strict text, and as LaTeX."""

    text: str
    latex: str

    def __str__(self) -> str:
        return self.text

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"


class Methods:
    """The methods of an expression whose work is done above it."""

    __slots__ = ()
    _op_priority = 100  # so SymPy leaves an operation with its object to calcml

    def subs(self, values: Mapping[str, object] | None = None, **named: object) -> Self:
        """The expression with variables replaced by expressions or numbers."""
        found: Self = METHODS["subs"](self, {**(values or {}), **named})
        return found

    __call__ = subs

    def diff(
        self,
        *variables: Any,
        order: int = 1,
        simplify: bool = True,
        given: str | Self | Sequence[str | Self] = (),
        shapes: Mapping[str, str | Sequence[Any]] | None = None,
        defined: bool = False,
        functions: str | None = None,
    ) -> Self:
        """The derivative as `calcml.diff` takes it, by the variables in turn."""
        found: Self = METHODS["diff"](
            self,
            *variables,
            order=order,
            simplify=simplify,
            given=given,
            shapes=shapes,
            defined=defined,
            functions=functions,
        )
        return found

    def evalf(
        self,
        at: Mapping[Any, object] | None = None,
        digits: int = 15,
        functions: Mapping[str, Callable[..., Any]] | None = None,
    ) -> Any:
        """The value at a point to some digits, by mpmath; `functions`: unknown ones."""
        return METHODS["evalf"](self, at or {}, digits, functions)

    def __float__(self) -> float:
        return float(METHODS["nearest"](self, {}))

    @property
    def notes(self) -> tuple[str, ...]:
        """Names of constants, unknown functions, and what the sizes must hold."""
        return tuple(METHODS["notes"](self))

    @property
    def read_as(self) -> Reading:
        """The expression as strict text and as LaTeX: how a relaxed text was read."""
        return Reading(str(self), self.latex())

    def latex(self, style: str = "") -> str:
        r"""LaTeX source, without dollar signs; in a house style, `style="log bold"`.

        Its words: log for \ln, prime (f') or partial (∂) for derivatives of unknown
        functions, bold (\boldsymbol) or mathbf for arrays, named (\operatorname) for
        functions with a Greek letter, slash for fractions, aligned for long sums.
        """
        return str(METHODS["latex"](self, style=style))

    def mathml(self) -> str:
        """MathML, a formula that stands alone."""
        from calcml.core.mathml import mathml

        return mathml(self.latex())

    def typst(self) -> str:
        """What stands between the dollars of Typst."""
        from calcml.core.typst import typst

        return typst(self.latex())

    def python(self, backend: str = "numpy") -> str:
        """A Python function of the variables, as `compile` writes it for a backend."""
        return str(METHODS["python"](self, backend))

    def sympy_code(self) -> str:
        """The expression in SymPy's words, a variable lambda as lambda_."""
        return str(METHODS["sympy_code"](self))

    def to_sympy(self) -> Any:
        """The expression in SymPy's classes, its variables declared real."""
        return METHODS["to_sympy"](self)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def __str__(self) -> str:
        return str(METHODS["text"](self))

    __repr__ = __str__
