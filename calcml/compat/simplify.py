"""`calcml.simplify` of version 0.1.0: see `calcml.compat`."""

from calcml.algebra.simplify import Step
