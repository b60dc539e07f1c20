"""Plots: kinks, gaps and ends of domains are drawn as they are."""

from __future__ import annotations

import re
import sys
from xml.etree import ElementTree

import pytest

import calcml as cm
from calcml.core.errors import UnsupportedError
from calcml.core.expr import symbol
from calcml.tables.plots import INK, PAPER, SLOPE, _Drawing, plot

OF_F, OF_SLOPE = "currentColor", SLOPE


def drawn(text: str, **options: object) -> _Drawing:
    e = cm.parse(text)
    return _Drawing(e, cm.diff(e, "x"), symbol("x"))


def svg(text: str) -> str:
    e = cm.parse(text)
    return plot(e, cm.diff(e, "x"), symbol("x"))


def circles(text: str, color: str) -> tuple[int, int]:
    """How many open circles and dots of a color an SVG has."""
    used = re.findall(r"<use [^>]*style=\"fill: (\S+); stroke: (\S+)\"", svg(text))
    marks = [fill for fill, stroke in used if stroke == color]
    return marks.count(PAPER), marks.count(color)


# In the window from -4 to 4.
@pytest.mark.parametrize(
    ("text", "of_f", "of_slope"),
    [
        ("exp(x)", (0, 0), (0, 0)),
        ("abs(x)", (0, 0), (2, 1)),  # slopes -1 and 1, and the one that is taken
        ("relu(x)", (0, 0), (1, 1)),  # the slope that is taken is that of the left
        ("sign(x)", (2, 1), (1, 0)),
        ("step(x)", (1, 1), (1, 0)),
        ("sin(x)/x", (1, 0), (1, 0)),
        ("sqrt(x)", (0, 1), (0, 0)),
        ("asin(x)", (0, 2), (0, 0)),
        ("log(x)", (0, 0), (0, 0)),
        ("1/x", (0, 0), (0, 0)),
        ("floor(x)", (7, 7), (7, 0)),
        ("where(x < 1, x, x + 2)", (1, 1), (1, 0)),
        ("abs(sin(x))", (0, 0), (6, 3)),
    ],
)
def test_circles(text: str, of_f: tuple[int, int], of_slope: tuple[int, int]) -> None:
    assert circles(text, OF_F) == of_f
    assert circles(text, OF_SLOPE) == of_slope


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("exp(x)", [(-4, 4)]),
        ("log(x)", [(0, 4)]),
        ("asin(x)", [(-1, 1)]),
        ("asec(x)", [(-4, -1), (1, 4)]),
        ("1/x", [(-4, 0), (0, 4)]),
        ("sqrt(x^2 - 1)*sqrt(4 - x^2)", [(-2, -1), (1, 2)]),
        ("(x - 1)^(1/3)/1", [(1, 4)]),  # a power is of what is not negative
        ("tan(x)", [(-4, -4.712 + 3.1416 / 1), (-1.5708, 1.5708), (1.5708, 4)]),
    ],
)
def test_curves_stay_in_the_domain(text: str, spans: list[tuple[float, float]]) -> None:
    e = cm.parse(text)
    found = [(xs[0], xs[-1]) for xs, _ in drawn(text).curves]
    assert len(found) == len(spans)
    for ends, expected in zip(found, spans, strict=True):
        assert ends == pytest.approx(expected, abs=0.01)
    for xs, ys in drawn(text).curves:
        for x, y in list(zip(xs, ys, strict=True))[::7]:
            assert float(e.evalf({"x": x})) == pytest.approx(y, rel=1e-6, abs=1e-9)


def test_the_bar_is_the_set_of_subgradients() -> None:
    (place,) = drawn("max(-x/2, 3*x)").places
    assert place.bar == (-0.5, 3)
    assert "stroke-opacity: 0.6; stroke-width: 2.5" in svg("max(-x/2, 3*x)")


def test_parameters_have_values_that_are_told() -> None:
    e = cm.parse("log(1 - p*x)")
    slope = cm.diff(e, "x")
    assert ">p = 2</text>" in plot(e, slope, symbol("x"))
    assert ">p = 0.3</text>" in plot(e, slope, symbol("x"), {"p": (0.1, 0.5)})
    e = cm.parse("x*log(p) + (1 - x)*log(1 - p)")
    assert ">p = 1/2</text>" in plot(e, cm.diff(e, "x"), symbol("x"))


@pytest.mark.parametrize("text", ["abs(x)", "gamma(x)", "x^2*tanh(x)", "round(x)"])
def test_the_same_drawing_is_the_same_bytes(text: str) -> None:
    made = svg(text)
    assert made == svg(text)
    root = ElementTree.fromstring(made)
    assert not re.search(
        r"<metadata|20\d\d-|Matplotlib|<!DOCTYPE|http://matplotlib", made
    )
    names = {n.get("id") for n in root.iter()} - {None}
    used = set(re.findall(r'(?:href="|url\()#(\w+)', made))
    assert used == names  # what is named is used, by names of its contents
    assert INK not in made


def test_what_is_not_plotted() -> None:
    x = cm.parse("x @ x", shapes={"x": "n"})
    with pytest.raises(UnsupportedError, match="scalars"):
        plot(x, x, symbol("x", x.args[0].dims))


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(UnsupportedError, match=r"calcml\[tables\]"):
        svg("x^2")
