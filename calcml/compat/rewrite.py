"""`calcml.rewrite` of version 0.1.0: see `calcml.compat`."""

from calcml.algebra.rewrite import Rewrite
