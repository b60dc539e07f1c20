"""Products of arrays that are told by a text or by a name: einsum, attention."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_letters
from typing import Any

from calcml.core import tensors
from calcml.core.errors import ParseError, ShapeError
from calcml.core.expr import Expr
from calcml.parsing import parser
from calcml.parsing.python.values import Text, scalar_of, whole


def einsum(text: Any, *arrays: Any, optimize: Any = None) -> Expr:
    """einsum("ij,jk->ik", A, B)."""
    if not isinstance(text, Text):
        raise ParseError('einsum begins with its text: einsum("ij,jk->ik", A, B)')
    if len(arrays) == 1 and isinstance(arrays[0], tuple):
        arrays = arrays[0]
    parts = [scalar_of(a) for a in arrays]
    return tensors.einsum(_with_letters(text.text, parts), parts)


def _with_letters(text: str, arrays: Sequence[Expr]) -> str:
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
