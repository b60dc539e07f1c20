"""Functions that join arrays, or pick elements of them by others."""

from __future__ import annotations

from typing import Any

from calcml.core import tensors
from calcml.core.build import add, build, mul
from calcml.core.errors import ParseError, ShapeError
from calcml.core.expr import ONE, Expr, number
from calcml.core.shapes import is_unit, shown
from calcml.core.tensors import Slice
from calcml.core.tensors.units import onehot
from calcml.parsing import parser
from calcml.parsing.calls.arrays import Axes
from calcml.parsing.python.prepared import indicator
from calcml.parsing.python.values import CHOICE, axis_of, scalar_of, truth_of, whole


def _parts(arrays: Any) -> list[Expr]:
    parts = [scalar_of(a) for a in arrays] if isinstance(arrays, tuple) else []
    if not parts:
        raise ParseError("arrays are joined in a list: [x, y]")
    return parts


def concatenated(arrays: Any, axis: Any = None, dim: Any = None) -> Expr:
    """Arrays one behind the other along an axis: each with zeros around it, added."""
    parts = _parts(arrays)
    asked = dim if axis is None else axis
    place = axis_of(parts[0], number(0) if asked is None else asked)
    others = {x.dims[:place] + x.dims[place + 1 :] for x in parts}
    if len(others) != 1 or len({len(x.dims) for x in parts}) != 1:
        shapes = " and ".join(shown(x.dims) for x in parts)
        raise ShapeError(f"arrays of shapes {shapes} do not join along axis {place}")
    found: Expr | None = None
    for k, x in enumerate(parts):
        before = _total(y.dims[place] for y in parts[:k])
        after = _total(y.dims[place] for y in parts[k + 1 :])
        known = {"x": x, "a": before, "b": after, "axis": Axes(place)}
        one = parser.defined("pad(x, a, b, axis=axis)", known)
        found = one if found is None else add(found, one)
    assert found is not None
    return found


def _total(sizes: Any) -> Expr:
    found: Expr = number(0)
    for size in sizes:
        found = add(found, size)
    return found


def stacked(arrays: Any, axis: Any = None, dim: Any = None) -> Expr:
    """Arrays of one shape along a new axis."""
    parts = _parts(arrays)
    asked = dim if axis is None else axis
    place = axis_of(
        parts[0], number(0) if asked is None else asked, len(parts[0].dims) + 1
    )
    if len({x.dims for x in parts}) != 1:
        raise ShapeError("arrays of several shapes have no common new axis")
    found: Expr | None = None
    for k, x in enumerate(parts):
        spot = onehot(number(k), number(len(parts)))
        behind = len(x.dims) - place
        if behind:
            spot = tensors.with_units(spot, range(1, behind + 1))
        one = mul(tensors.with_units(x, [place]) if x.dims else x, spot)
        found = one if found is None else add(found, one)
    assert found is not None
    return found


def upright(arrays: Any) -> Expr:
    """np.vstack: vectors are rows, of matrices the rows go on."""
    rows = all(len(x.dims) == 1 for x in _parts(arrays))
    return stacked(arrays) if rows else concatenated(arrays)


def level(arrays: Any) -> Expr:
    """np.hstack: vectors go on, of matrices the columns."""
    vectors = all(len(x.dims) == 1 for x in _parts(arrays))
    return concatenated(arrays, number(0 if vectors else 1))


def columns(arrays: Any) -> Expr:
    """np.column_stack: vectors are columns."""
    if any(len(x.dims) != 1 for x in _parts(arrays)):
        raise ShapeError("columns are stacked of arrays with one axis")
    return stacked(arrays, number(1))


def differences(a: Any, n: Any = ONE, axis: Any = None, dim: Any = None) -> Expr:
    """Each element less the one before it."""
    x, asked = scalar_of(a), dim if axis is None else axis
    place = axis_of(x, number(-1) if asked is None else asked)
    if whole(n) != 1:
        raise ParseError("diff is read of order 1; call it once for each order")
    ahead: list[Any] = [Slice(None, None)] * place
    late = tensors.index(x, [*ahead, Slice(ONE, None)])
    size = add(x.dims[place], number(-1))
    early = tensors.index(x, [*ahead, Slice(None, size)])
    return parser.defined("a - b", {"a": late, "b": early})


def gathered(x: Any, dim: Any, index: Any) -> Expr:
    """torch's gather of one element along an axis, which an index of size 1 names."""
    x, index = scalar_of(x), scalar_of(index)
    place = axis_of(x, dim)
    wanted = (*x.dims[:place], ONE, *x.dims[place + 1 :])
    fits = len(index.dims) == len(x.dims) and is_unit(index.dims[place])
    if not fits or (*index.dims[:place], ONE, *index.dims[place + 1 :]) != wanted:
        raise ShapeError(
            "gather is read with an index that has the size 1 along the axis, of "
            f"shape {shown(wanted)}"
        )
    picked = indicator(tensors.total(index, [place]), x.dims[place], place)
    return tensors.with_units(tensors.total(mul(picked, x), [place]), [place])


def taken(arr: Any, indices: Any, axis: Any) -> Expr:
    """NumPy's take_along_axis."""
    return gathered(arr, axis, indices)


def masked(x: Any, mask: Any, value: Any) -> Expr:
    """A value where a mask is true."""
    return build(CHOICE, (truth_of(mask), scalar_of(value), scalar_of(x)))
