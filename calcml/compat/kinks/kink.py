"""`calcml.kinks.kink` of version 0.1.0: see `calcml.compat`."""

from calcml.calculus.kinks.kink import Kink, Kinks
