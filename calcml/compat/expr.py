"""`calcml.expr` of version 0.1.0: see `calcml.compat`."""

from calcml.core.expr import Expr, symbol
