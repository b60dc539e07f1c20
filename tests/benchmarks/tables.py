"""What the benchmarks' reports share: tables, figures, and where they were made."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

ME = "calcml"
UNITS = {"us": 1e6, "ms": 1e3, "s": 1}


def table(head: str, lines: Iterable[Sequence[str]]) -> str:
    """A Markdown table; `head` has its columns between bars."""
    marks = "|".join(["---"] * (head.count("|") + 1))
    return "\n".join(
        [f"| {head} |", f"|{marks}|", *(f"| {' | '.join(x)} |" for x in lines)]
    )


def met(reached: bool) -> str:
    """The word for a target that is reached, or not."""
    return "yes" if reached else "**no**"


def figure(seconds: float, unit: str) -> str:
    """A time in its unit, to three digits."""
    number = seconds * UNITS[unit]
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def share(part: int, whole: int) -> str:
    """A part in percent, to one decimal."""
    return f"{100 * part / whole:.1f}%" if whole else ""


def percentile(values: Iterable[float], percent: float) -> float:
    """The smallest value that at least so many percent of the values reach."""
    ordered = sorted(values)
    return ordered[max(0, -int(-percent * len(ordered) // 100) - 1)]


def machine() -> str:
    """When and where this was measured, with what."""
    packages = []
    for name in (ME, "sympy", "symengine", "casadi"):
        try:
            packages.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            packages.append(f"{name} (from the source tree)" if name == ME else "")
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return (
        f"{now}; {platform.machine()}, {os.cpu_count()} cores, {platform.system()}; "
        f"load {os.getloadavg()[0]:.1f}; Python {platform.python_version()}; "
        f"{', '.join(filter(None, packages))}."
    )
