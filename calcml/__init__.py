"""calcml: derivatives of formulas typed as text, as closed forms that are checked."""

import sys
from types import ModuleType

from calcml.api import *  # noqa: F403  the one list of public names is api.__all__
from calcml.api import __all__ as __all__, __getattr__ as __getattr__


class _Package(ModuleType):
    """The package, in which `calcml.check` stays the function when its module loads."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in __all__ and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
