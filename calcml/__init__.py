"""calcml: derivatives of formulas typed as text, as closed forms that are checked."""

from calcml.api import *  # noqa: F403  the one list of public names is api.__all__
from calcml.api import __all__ as __all__, __getattr__ as __getattr__
