"""Derivatives by several variables: a gradient by names, a matrix of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from calcml.core.display import Display, environment
from calcml.core.errors import UnsupportedError
from calcml.core.expr import Expr, symbol
from calcml.core.mathml import mathml
from calcml.core.methods import METHODS

LAYOUTS = ("partials", "column")


class Gradient(dict[str, Expr], Display):
    r"""A dict of derivatives by the names of the variables.

    As a whole it is written with names for what its entries share, where they are long:
    t1 = ...; t2 = ...; {'w': ..., 'b': ...}

    >>> from calcml.parsing.parser import parse
    >>> found = Gradient({"w": parse("2*x*w"), "b": parse("2*w")})
    >>> found
    {'w': 2*x*w, 'b': 2*w}
    >>> print(found.latex())
    \begin{align*}
    \frac{\partial f}{\partial w} &= 2 x w \\
    \frac{\partial f}{\partial b} &= 2 w
    \end{align*}
    """

    def __repr__(self) -> str:
        definitions, entries = _together(self)
        inside = ", ".join([f"{name!r}: {value}" for name, value in entries.items()])
        return "; ".join([*_lines(definitions), f"{{{inside}}}"])

    __str__ = __repr__

    def latex(self, layout: str = "partials", of: str = "f", style: str = "") -> str:
        r"""An align* environment with a line for each variable; `of` is the function.

        The `style` is that of `Expr.latex`. The `layout` "column" is a pmatrix, of
        scalars alone. Raises UnsupportedError for another layout, or a column of
        arrays.
        """
        if layout not in LAYOUTS:
            raise UnsupportedError(
                f"there is no layout {layout}; there are {', '.join(LAYOUTS)}"
            )
        definitions, entries = _together(self, True, style)
        if layout == "partials":
            lines = [f"{name} &= {value}" for name, value in definitions]
            for name, value in entries.items():
                lines.append(f"{self._partial(name, of, style)} &= {value}")
            return environment("align*", _broken(lines))
        if any(part.dims for part in self.values()):
            raise UnsupportedError("derivatives by arrays make no column")
        column = environment("pmatrix", _broken([*entries.values()]))
        return r", \quad ".join([*_lines(definitions), column])

    def _partial(self, name: str, of: str, style: str = "") -> str:
        by = symbol(name, self[name].dims)
        return rf"\frac{{\partial {of}}}{{\partial {by.latex(style)}}}"

    def _told(self) -> list[str]:
        """The lines of it in LaTeX."""
        definitions, entries = _together(self, True)
        partials = {self._partial(n, "f"): v for n, v in entries.items()}
        return [*_lines(definitions), *_lines(partials.items())]

    def markdown(self) -> str:
        """A list with a line for each variable."""
        return "\n".join(f"- ${line}$" for line in self._told())

    def html(self) -> str:
        """A line of MathML for each variable."""
        return "".join(f"<p>{mathml(line)}</p>" for line in self._told())

    def as_dict(self) -> dict[str, dict[str, str]]:
        """The derivatives for JSON, as texts and in LaTeX."""
        return {
            "gradient": {name: str(part) for name, part in self.items()},
            "latex": {name: part.latex() for name, part in self.items()},
        }


class Matrix(list[list[Expr]], Display):
    r"""A list of rows of derivatives: a Jacobian or a Hessian.

    >>> from calcml.parsing.parser import parse
    >>> print(Matrix([[parse("2*y"), parse("2*x")]]).latex())
    \begin{pmatrix}
    2 y & 2 x
    \end{pmatrix}
    """

    def _together(
        self, as_latex: bool = False, style: str = ""
    ) -> tuple[Sequence[tuple[str, str]], list[list[str]]]:
        """Names that the entries share, each with what it is, and the entries."""
        whole = [e for row in self for e in row]
        places = {str(place): e for place, e in enumerate(whole)}
        definitions, entries = _together(places, as_latex, style)
        made = iter(entries.values())
        return definitions, [[next(made) for _ in row] for row in self]

    def __repr__(self) -> str:
        definitions, rows = self._together()
        inside = ", ".join([f"[{', '.join(row)}]" for row in rows])
        return "; ".join([*_lines(definitions), f"[{inside}]"])

    __str__ = __repr__

    def latex(self, style: str = "") -> str:
        """A pmatrix, behind the names that its entries share where they are long.

        The `style` is that of `Expr.latex`.
        """
        definitions, rows = self._together(True, style)
        matrix = environment("pmatrix", _broken([" & ".join(row) for row in rows]))
        return r", \quad ".join([*_lines(definitions), matrix])

    def markdown(self) -> str:
        """The matrix as a formula that stands alone."""
        return f"$$\n{self.latex()}\n$$"

    def html(self) -> str:
        """The matrix in MathML."""
        return f"<p>{mathml(self.latex())}</p>"

    def as_dict(self) -> dict[str, list[list[str]]]:
        """The rows for JSON, as texts and in LaTeX."""
        return {
            "matrix": [[str(e) for e in row] for row in self],
            "latex": [[e.latex() for e in row] for row in self],
        }


def _together(
    parts: Mapping[str, Expr], as_latex: bool = False, style: str = ""
) -> tuple[Sequence[tuple[str, str]], Mapping[str, str]]:
    found: Any = METHODS["together"](parts, as_latex, style)
    return found[0], found[1]


def _lines(definitions: Any) -> list[str]:
    return [f"{name} = {value}" for name, value in definitions]


def _broken(lines: Sequence[str]) -> list[str]:
    r"""Lines of an environment, \\ behind all but the last."""
    return [*[rf"{line} \\" for line in lines[:-1]], *lines[-1:]]
