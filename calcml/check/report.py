"""What a check found, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from calcml.core.display import Display
from calcml.core.errors import UnsupportedError
from calcml.core.expr import Expr
from calcml.core.mathml import mathml

VERDICTS = PROVED, AGREES, DIFFERS, UNKNOWN = ("proved", "agrees", "differs", "unknown")


@dataclass(frozen=True, slots=True, repr=False)
class Report(Display):
    """What a check found, and how.

    `verdict` is "proved" (the two are one expression by exact steps), "agrees" (at
    `points` points of the domain the difference is a ball around 0 whose radius is
    below 1e-30 of the values; for arrays, it is below 1e-12 of finite differences),
    "differs" (at the point `counterexample`, where `values` are the candidate's and the
    right one; for arrays those of one element) or "unknown" (`message` says why).
    `difference` is the candidate minus the right derivative, None where it is long.
    """

    verdict: str
    method: str
    message: str
    points: int = 0
    counterexample: Mapping[str, Any] | None = None
    values: tuple[Any, Any] | None = None
    difference: Expr | None = None

    @property
    def ok(self) -> bool | None:
        """Whether the candidate is right; None where that is not known."""
        known = {PROVED: True, AGREES: True, DIFFERS: False}
        return known.get(self.verdict)

    def __str__(self) -> str:
        lines = [f"{self.verdict}: {self.message}"]
        if self.counterexample is not None:
            lines.append(f"counterexample: {shown(self.counterexample)}")
        if self.difference is not None:
            lines.append(f"difference: {self.difference}")
        return "\n".join([*lines, f"method: {self.method}"])

    def html(self) -> str:
        """Paragraphs of what was found, the difference in MathML."""
        first = f"<strong>{escape(self.verdict)}</strong>: {escape(self.message)}"
        lines = [first]
        if self.counterexample is not None:
            lines.append(f"counterexample: {escape(shown(self.counterexample))}")
        if self.difference is not None:
            lines.append(f"difference: {mathml(self.difference.latex(), alone=False)}")
        lines.append(f"method: {escape(self.method)}")
        return "".join(f"<p>{line}</p>" for line in lines)

    def as_dict(self) -> dict[str, Any]:
        """What JSON holds of it: all fields, points and expressions as text."""
        place, values = self.counterexample, self.values
        return {
            "verdict": self.verdict,
            "method": self.method,
            "message": self.message,
            "points": self.points,
            "counterexample": shown(place) if place else None,
            "values": [str(value) for value in values] if values else None,
            "difference": self.difference and str(self.difference),
        }

    def __bool__(self) -> bool:
        raise UnsupportedError(
            f"a report is not true or false: ask for .ok; its verdict is "
            f"{self.verdict!r}, one of {', '.join(VERDICTS)}"
        )


def shown(point: Mapping[str, Any]) -> str:
    """A point as it is typed: x = 0.4863, y = -1.5, z = [2, 0.5]."""
    return ", ".join(f"{name} = {_shown(value)}" for name, value in point.items())


def _shown(value: Any) -> str:
    """A number, or nested lists of them."""
    if not isinstance(value, list):
        return repr(float(value)).removesuffix(".0")
    return f"[{', '.join(map(_shown, value))}]"
