"""What a check found, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from calcml.domain import Point
from calcml.errors import UnsupportedError

VERDICTS = PROVED, AGREES, DIFFERS, UNKNOWN = ("proved", "agrees", "differs", "unknown")


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found, and how.

    `verdict` is "proved" (the two are one expression by exact steps), "agrees" (equal
    at `points` points), "differs" (at the point `counterexample`, where `values` are
    the candidate's and the right one) or "unknown" (`message` says why).
    """

    verdict: str
    method: str
    message: str
    points: int = 0
    counterexample: Point | None = None
    values: tuple[Any, Any] | None = None

    def __str__(self) -> str:
        lines = [f"{self.verdict}: {self.message}"]
        if self.counterexample is not None:
            lines.append(f"counterexample: {shown(self.counterexample)}")
        return "\n".join([*lines, f"method: {self.method}"])

    def __bool__(self) -> bool:
        raise UnsupportedError(
            f"a report is not true or false; its verdict is {self.verdict!r}, "
            f"one of {', '.join(VERDICTS)}"
        )


def shown(point: Mapping[str, Fraction]) -> str:
    """A point as it is typed: x = 0.4863, y = -1.5."""
    return ", ".join(f"{name} = {float(value)!r}" for name, value in point.items())
