"""The steps of a derivation: those of the run that gave the answer."""

from calcml.steps.backpropagation import Backpropagation as Backpropagation
from calcml.steps.derivation import Derivation as Derivation
from calcml.steps.step import Step as Step
