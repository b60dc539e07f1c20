"""The steps of a derivation: those of the run that gave the answer.

The record that a run of `calculus.derivative` keeps flows in, a derivation flows out
that prints as text, LaTeX, Markdown and HTML. It may import what stands below it.
"""

from calcml.steps.backpropagation import Backpropagation as Backpropagation
from calcml.steps.derivation import Derivation as Derivation
from calcml.steps.step import Step as Step
