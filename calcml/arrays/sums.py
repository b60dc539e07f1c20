"""Common factors of contractions that are added: X.T @ u + X.T @ v."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calcml.expr import Expr

if TYPE_CHECKING:
    from calcml.arrays.shortener import Shortener


def factored(root: Expr, s: Shortener) -> Expr:
    """`root` with a factor that terms of a sum share taken out, where that is short."""
    return root
