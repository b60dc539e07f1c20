"""A small plot of a function and its derivative as SVG, by matplotlib."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from calcml.calculus.domain import domain
from calcml.calculus.kinks import Kink, kinks
from calcml.calculus.zeros.constants import near, truth
from calcml.compile import compile
from calcml.core.build import substitute
from calcml.core.errors import UnsupportedError, or_none
from calcml.core.expr import ONE, ZERO, Expr, make, number, symbol
from calcml.core.flat import joined
from calcml.core.tensors import has_arrays
from calcml.parsing.parser import parse

WINDOW = -4.0, 4.0  # of the variable; kinks not far outside make it wider
FAR = 12
TRIED = "2", "1/2", "1"  # values of parameters, the first for which something is drawn
POINTS = 160  # on the whole window
INK, SLOPE, PAPER = "#000001", "#c2410c", "#ffffff"  # of f, of f', inside circles
MEMBERS = range(-40, 41)  # of a family of kinks that are looked for
_FAMILY = re.compile(r"\w+ = (.*?), (\w+) (even|odd|in integers)(?:, (.*))?")
_PARITY = {"even": (0,), "odd": (1,), "in integers": (0, 1)}

Runs = list[tuple[Any, Any]]  # curves without gaps: places and values
Sides = tuple[float | None, float | None]


class Place(NamedTuple):
    """A kink in numbers, None for what is not there or infinite; sides are left, right.

    `bar` is the set of subgradients, `taken` the slope that calcml takes.
    """

    at: float
    limits: Sides
    slopes: Sides
    value: float | None
    taken: float | None
    bar: Sides


def plot(
    f: Expr, slope: Expr, x: Expr, ranges: Mapping[str, Sequence[float]] | None = None
) -> str:
    """The graphs of `f` and of its derivative `slope`, dashed, along `x`, as SVG.

    An open circle is at what a jump does not reach, a dot at what it has; a bar is the
    set of subgradients. Nothing is drawn outside the domain. Parameters have values,
    which are told: the middle of their `ranges`, else 2, 1/2 or 1.

    Raises UnsupportedError for arrays and unknown functions, and without matplotlib.
    """
    if has_arrays(f) or x.dims:
        raise UnsupportedError("only functions of scalars are plotted")
    try:
        import matplotlib  # noqa: F401
        import numpy  # noqa: F401 - both are used below
    except ImportError:
        raise UnsupportedError(
            "plots need matplotlib: pip install 'calcml[tables]', or leave the column "
            "plot out"
        ) from None
    others = sorted(f.free_symbols - {str(x.value)})
    for tried in TRIED:
        at = {n: _middle(ranges or {}, n) or tried for n in others}
        values = {symbol(n): parse(v) for n, v in at.items()}
        drawing = _Drawing(substitute(f, values), substitute(slope, values), x)
        if drawing.curves or not others:
            break
    told = ", ".join(f"{n} = {v}" for n, v in at.items())
    return _svg(drawing, str(x.value), told)


def _middle(ranges: Mapping[str, Sequence[float]], name: str) -> str:
    return f"{sum(ranges[name]) / 2:.2g}" if name in ranges else ""


class _Drawing:
    """What is drawn, as numbers: the kinks, the curves between them, the window."""

    def __init__(self, f: Expr, slope: Expr, x: Expr) -> None:
        low, high = WINDOW
        held, name = domain(f, x), str(x.value)
        bounds = [f"{name} > {low - FAR}", f"{name} < {high + FAR}"]
        found = [p for k in kinks(f, x, given=bounds) for p in _places(k)]
        ends = [k.at for k in kinks(f, x) if k.at is not None]
        alone = [v for v in map(_float, ends) if v is not None]
        near_by = [v for v in alone if low - FAR < v < high + FAR]
        low = min([low, *[v - 1 for v in near_by]])
        high = max([high, *[v + 1 for v in near_by]])
        self.places = [p for p in found if low < p.at < high]
        cuts = [low, *sorted({p.at for p in self.places}), high]
        self.curves = _curves(f, x, held.function, cuts)
        self.slopes = _curves(slope, x, held.derivative or held.function, cuts)
        seen = [x for xs, _ in self.curves for x in (xs[0], xs[-1])] or [low, high]
        margin = (max(seen) - min(seen)) / 12
        self.window = min(seen) - margin, max(seen) + margin
        self.height = _height([ys for _, ys in self.curves + self.slopes])


def _float(e: Expr | None) -> float | None:
    value = None if e is None else or_none(near, e)
    return None if value is None else float(value)


def _places(kink: Kink) -> Iterator[Place]:
    """A kink in numbers, or the members of a family of kinks."""
    asked = [kink.at, kink.left_value, kink.right_value, kink.left, kink.right]
    asked += [kink.value, kink.slope, kink.low, kink.high]
    family = _FAMILY.fullmatch(kink.where)
    members: list[dict[Expr, Expr]] = [{}]
    if kink.at is None:
        if family is None:
            return
        asked[0], n, conditions = parse(family[1]), symbol(family[2]), family[4] or ""
        held = [parse(f"where({c}, 1, 0)").args[0] for c in conditions.split(", ") if c]
        chosen = [k for k in MEMBERS if k % 2 in _PARITY[family[3]]]
        puts = [{n: number(k)} for k in chosen]
        members = [p for p in puts if all(truth(substitute(c, p)) for c in held)]
    for put in members:
        e = [_float(None if e is None else substitute(e, put)) for e in asked]
        if e[0] is not None:
            sides = (e[1], e[2]), (e[3], e[4])
            yield Place(e[0], *sides, e[5], e[6], (e[7], e[8]))


def _curves(e: Expr, x: Expr, held: Sequence[Expr], cuts: Sequence[float]) -> Runs:
    """The curves of an expression between the cuts, where the conditions hold."""
    whole, found = joined("and", held), []
    values = compile(
        [e, ONE if whole is None else make("where", (whole, ONE, ZERO))], [x]
    )
    import numpy as np

    for a, b in pairwise(cuts):
        count = max(24, round(POINTS * (b - a) / (cuts[-1] - cuts[0])))
        # Denser at both ends, where a root is steep, and not at the ends themselves.
        turns = np.cos(np.linspace(np.pi, 0, count))
        xs = (a + b) / 2 + (b - a) / 2 * (1 - 1e-9) * turns
        with np.errstate(all="ignore"):
            ys, inside = [np.broadcast_to(v, xs.shape) for v in values(xs)]
        there = (inside == 1) & np.isfinite(ys)
        found += [(xs[run], ys[run]) for run in _runs(there)]
    return found


def _runs(there: Any) -> Iterator[slice]:
    """Where truths follow each other, two at least."""
    ends = [-1, *[i for i, seen in enumerate(there) if not seen], len(there)]
    return (slice(a + 1, b) for a, b in pairwise(ends) if b - a > 2)


def _height(values: list[Any]) -> tuple[float, float]:
    """The window of values: all of them, unless some are far from most."""
    import numpy as np

    ys = np.concatenate(values) if values else np.zeros(1)
    most = max(4.0, 2 * float(np.median(np.abs(ys))))
    low, high = max(float(ys.min()), -most), min(float(ys.max()), most)
    margin = 0.08 * (high - low) or 1.0
    return low - margin, high + margin


def _svg(drawing: _Drawing, name: str, told: str) -> str:
    """The drawing by matplotlib: the same bytes for the same drawing, and no date."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    fixed: Any = {"svg.hashsalt": "calcml", "svg.fonttype": "none", "font.size": 7}
    fixed |= {"font.family": "DejaVu Sans", "text.parse_math": False}
    with rc_context(fixed):
        figure = Figure(figsize=(2.1, 1.4), layout="constrained")
        axes = figure.add_subplot(xlim=drawing.window, ylim=drawing.height)
        axes.spines[["top", "right"]].set_visible(False)
        axes.locator_params(nbins=5)
        axes.set_xlabel(told or name)
        for level in (axes.axhline, axes.axvline):
            level(0, color="#8888", linewidth=0.5)
        _draw(axes, drawing)
        out = io.StringIO()
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    return _bare(out.getvalue())


def _draw(axes: Any, drawing: _Drawing) -> None:
    low, high = drawing.height
    beyond = high - low  # a pole's branch leaves the window, and is cut there
    for runs, color, dashes in (
        (drawing.slopes, SLOPE, "--"),
        (drawing.curves, INK, "-"),
    ):
        for xs, ys in runs:
            ys = ys.clip(low - beyond, high + beyond)
            axes.plot(xs, ys, dashes, color=color, linewidth=1)
    for place in drawing.places:
        has_bar = None not in place.bar
        if has_bar:
            axes.plot([place.at] * 2, place.bar, color=SLOPE, linewidth=2.5, alpha=0.6)
        _mark(axes, place.at, place.slopes, place.taken if has_bar else None, SLOPE)
        _mark(axes, place.at, place.limits, place.value, INK)


def _mark(axes: Any, at: float, sides: Sides, value: float | None, color: str) -> None:
    """Open circles at what is not reached, where the sides differ from the value."""
    reached = {side for side in sides if side is not None}
    if reached == {value} and None not in sides:
        return
    for y in sorted(reached - {value}):
        axes.plot(at, y, "o", color=color, markersize=3, markerfacecolor=PAPER)
    if value is not None:
        axes.plot(at, value, "o", color=color, markersize=3)


def _bare(svg: str) -> str:
    """The drawing alone, short, in the colour of the text that it stands in."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.S)
    svg = re.sub(r' id="[\w.]+_\d+"', "", svg)
    svg = re.sub(
        r"-?\d+\.\d+", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), svg
    )
    svg = re.sub(r"\s*\n\s*", " ", svg).replace("> <", ">\n<")
    svg = svg.replace("'DejaVu Sans'", "'DejaVu Sans', sans-serif")
    svg = svg.replace("<svg", '<svg fill="currentColor"', 1)
    return re.sub(f"{INK}|#000000", "currentColor", svg).strip() + "\n"
