"""Derivatives without their deltas: a diagonal Hessian as a vector."""

from __future__ import annotations

from typing import NamedTuple

from calcml.algebra.arrays.product import Product
from calcml.core.build import mul, neg
from calcml.core.expr import Expr
from calcml.core.flat import signed_terms
from calcml.core.tensors import filled


class Compressed(NamedTuple):
    """A term of a derivative without its deltas: `factor` over the labels `inside`.

    The term is the factor times delta(i, j) for each pair in `deltas`; `output` are the
    labels of the term's axes.
    """

    factor: Expr
    inside: tuple[str, ...]
    deltas: tuple[tuple[str, str], ...]
    output: tuple[str, ...]


def compressed_terms(root: Expr) -> list[Compressed]:
    """The terms of a derivative, each with its deltas apart (Laue et al., AAAI 2020).

    A diagonal Hessian is then a vector: n numbers for n^2.
    """
    names = [chr(ord("i") + k) for k in range(len(root.dims))]
    found = []
    for sign, term in signed_terms(root):
        product = Product(filled(term, root.dims))
        labels = dict(zip(product.out, names, strict=True))
        deltas = [f for f in product.factors if f[0].op == "delta"]
        product.factors = [f for f in product.factors if f[0].op != "delta"]
        kept = [x for x in product.out if any(x in row for _, row in product.factors)]
        product.out = tuple(kept)
        factor = product.array()
        for scale in product.scale:
            factor = mul(scale, factor)
        pairs = tuple((labels[a], labels[b]) for _, (a, b) in deltas)
        inside = tuple(labels[x] for x in kept)
        factor = neg(factor) if sign < 0 else factor
        found.append(Compressed(factor, inside, pairs, tuple(names)))
    return found
