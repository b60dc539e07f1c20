"""Functions that join arrays, or pick elements of them by others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from string import ascii_letters
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
from calcml.parsing.python.values import CHOICE, Text, scalar_of, truth_of, whole


def axis_of(x: Expr, k: Any, more: int = 0) -> int:
    """The place of an axis, of as many more than `x` has."""
    rank, place = len(x.dims) + more, whole(k)
    if place is None or not -rank <= place < rank:
        raise ShapeError(f"there is no axis {k} in the shape {shown(x.dims)}")
    return place % rank


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
    place = axis_of(parts[0], number(0) if asked is None else asked, 1)
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


def attention(
    query: Any, key: Any, value: Any, attn_mask: Any = None, dropout_p: Any = None,
    is_causal: Any = False, scale: Any = None,
) -> Expr:  # fmt: skip
    """Scaled dot products, of all places with all."""
    if attn_mask is not None or is_causal is not False or whole(dropout_p) not in _NONE:
        raise ParseError("attention is read without mask and dropout; write it out")
    q, k, v = map(scalar_of, (query, key, value))
    rank = len(k.dims)
    if rank < 2:
        raise ShapeError("attention takes arrays of rows: q: l d, k: s d, v: s e")
    order = [*range(rank - 2), rank - 1, rank - 2]
    root = "1/sqrt(d)" if scale is None else "d"
    size = q.dims[-1] if scale is None else scalar_of(scale)
    factor = parser.defined(root, {"d": size})
    known = {"q": q, "k": tensors.permuted(k, order), "v": v, "c": factor}
    return parser.defined("softmax((q @ k)*c, axis=-1) @ v", known)


_NONE = (None, 0)


def symbols(names: Any, **assumptions: Any) -> Any:
    """SymPy's names, which are variables here; what is assumed of them is `given`."""
    if not isinstance(names, Text) or assumptions.keys() & {"cls", "seq"}:
        raise ParseError('names of variables are one text: symbols("x y")')
    words = re.split(r"[\s,]+", names.text.strip(" ,"))
    if not all(re.fullmatch(r"[^\W\d]\w*", word) for word in words):
        raise ParseError("names of variables are letters, digits and _ here")
    found = tuple(map(parser.variable, words))
    return found if len(found) > 1 else found[0]


def with_letters(text: str, arrays: Sequence[Expr]) -> str:
    """The text of an einsum with letters for its dots, which stand for other axes."""
    left, arrow, right = text.replace(" ", "").partition("->")
    terms = left.split(",")
    if "..." not in left or len(terms) != len(arrays):
        return text
    ranks = [
        len(x.dims) - len(t.replace("...", ""))
        for t, x in zip(terms, arrays, strict=True)
    ]
    most = max(rank for rank, t in zip(ranks, terms, strict=True) if "..." in t)
    unused = [c for c in ascii_letters if c not in text]
    if not 0 <= most < len(unused) or arrow and "..." not in right and most:
        raise ParseError(f"einsum: the dots of {text!r} do not fit")
    letters = "".join(unused[:most])
    named = [
        t.replace("...", letters[most - rank :] if rank > 0 else "")
        for rank, t in zip(ranks, terms, strict=True)
    ]
    plain = left.replace("...", "").replace(",", "")
    once = "".join(sorted(c for c in set(plain) if plain.count(c) == 1))
    out = right.replace("...", letters) if arrow else letters + once
    return f"{','.join(named)}->{out}"
