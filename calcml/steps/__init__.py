"""The steps of a derivation: those of the run that gave the answer."""

from calcml.steps.derivation import Derivation as Derivation, Step as Step
