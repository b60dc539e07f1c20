"""calcml: derivatives of formulas typed as text, as closed forms that are checked."""

import gc
import sys
from importlib import import_module
from os import path
from types import ModuleType

# Last of all, modules are looked for where the paths of version 0.1.0 are kept.
__path__.append(f"{__path__[0]}/compat")

__version__ = "0.1.0"

__all__ = [
    "CalcmlError",
    "DomainError",
    "Expr",
    "LimitError",
    "ParseError",
    "ShapeError",
    "UnsupportedError",
    "batch",
    "check",
    "compile",
    "define",
    "derive",
    "diff",
    "domain",
    "explain_reading",
    "from_sympy",
    "grad",
    "hessian",
    "jacobian",
    "jvp",
    "kinks",
    "parse",
    "simplify",
    "symbol",
    "symbols",
    "table",
    "verify",
    "vjp",
]

TYPE_CHECKING = False  # what `typing` calls so costs 6 ms
if TYPE_CHECKING:
    from calcml.api import *
    from calcml.api import __getattr__ as __getattr__


class _Package(ModuleType):
    """The package: its names are loaded when they are first used (PEP 562).

    `calcml.check` stays the function when the module of that name is loaded.
    """

    def __getattr__(self, name: str) -> object:
        if name in __all__ or not (name.startswith("__") or _is_part(name)):
            found = getattr(_api(), name)
            if name in __all__:
                self.__dict__[name] = found
            return found
        raise AttributeError(f"calcml has no {name!r}")

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in __all__ and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return list(__all__)


def _api() -> ModuleType:
    """The module of public names; what it makes stays, so nothing is collected."""
    paused = "calcml.api" not in sys.modules and gc.isenabled()
    if paused:
        gc.disable()
    try:
        return import_module("calcml.api")
    finally:
        if paused:
            gc.enable()


def _is_part(name: str) -> bool:
    """Whether a module or package of calcml has this name, loaded or not."""
    place = path.join(path.dirname(__file__), name)
    return path.isdir(place) or path.isfile(f"{place}.py")


sys.modules[__name__].__class__ = _Package
