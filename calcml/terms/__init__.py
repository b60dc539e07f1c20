"""Sums and products taken apart and put together: like terms, powers and their order.

A product is a coefficient and a power for each base, a sum a coefficient for each
term. Both are read from canonical nodes and written as such: positive terms first and
high degrees before low ones, signs outside, one denominator.
"""

from calcml.terms.parts import PRODUCTS as PRODUCTS, SUMS as SUMS, Product as Product
from calcml.terms.sums import Algebra as Algebra
