"""`calcml.light` of version 0.1.0: see `calcml.compat`."""

from calcml.core.build import load
