"""What a rule of arrays asks of the normal form that it is part of."""

from __future__ import annotations

from typing import Protocol

from calcml.algebra.arrays.product import Product
from calcml.core.expr import Expr
from calcml.core.order import Order
from calcml.core.tensors import Operands
from calcml.core.tensors.elementwise import StandIns


class Context(Protocol):
    """What is known of arrays while they are made short; `normalizer` has it all."""

    diagonal: frozenset[str]
    equal: dict[Expr, Expr]
    lengths: dict[Expr, Expr]
    operands: Operands
    order: Order
    stand_ins: StandIns

    def again(self, node: Expr) -> Expr:
        """A contraction of short operands in the normal form."""

    def closed_form(self, node: Expr) -> Expr:
        """An element-wise expression closed, its exponentials read, and factored."""

    def elementwise(self, node: Expr) -> Expr:
        """An element-wise expression of short kernels, made short."""

    def flip(self, node: Expr) -> Expr:
        """The transpose of a matrix, in the normal form."""

    def is_symmetric(self, node: Expr) -> bool:
        """Whether a matrix is its own transpose."""

    def kernel(self, node: Expr) -> Expr:
        """An operation on whole arrays: its arguments short, its rules applied."""

    def product(self, p: Product) -> Expr:
        """A contraction taken apart, put together in the normal form."""

    def scalar(self, node: Expr) -> Expr:
        """`node` closed element by element."""
