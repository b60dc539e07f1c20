"""`calcml.domains` of version 0.1.0: see `calcml.compat`."""

from calcml.calculus.domain import Domain
