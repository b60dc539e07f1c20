"""`calcml.tensors.contraction` of version 0.1.0: see `calcml.compat`."""

from calcml.core.tensors.contraction import Spec
