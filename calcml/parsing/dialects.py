"""The languages of formulas: their names, how a text shows its own, what is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

OWN = "calcml"
DIALECTS = (OWN, "matlab", "latex", "python")
# What only texts of another dialect have: the group that is found names it.
SEEN = re.compile(
    r"(?P<latex>\\)"
    r"|(?P<python>(?<![\w.])(?:np|numpy|jnp|jax|math|torch|nn|F|scipy|special|sympy|keras"
    r"|sklearn|tf)\.(?!m?T\b)[A-Za-z_]|(?:^|\n)[ \t]*(?:(?:def|class|import|from)\s+\w"
    r"|@[^\n]*\n[ \t]*(?:def|@)\b))"
)
_NONE: Mapping[str, str] = MappingProxyType({})


class Told(NamedTuple):
    """What reading a text of a dialect came upon.

    `names` has what stands there for each name that is written otherwise here,
    `conventions` those that the reading rests on, each a sentence.
    """

    dialect: str = OWN
    names: Mapping[str, str] = _NONE
    conventions: tuple[str, ...] = ()

    def name_of(self, written: str) -> str:
        r"""The name of what stands in the text, such as \sigma; else that itself."""
        plain = "".join(written.split())
        found = (n for n, w in self.names.items() if "".join(w.split()) == plain)
        return next(found, written)


STRICT = Told()


class Explained(NamedTuple):
    """How a text was read: in which dialect, as what, with which names."""

    dialect: str
    text: str
    latex: str
    names: Mapping[str, str] = _NONE
    conventions: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"read as {self.dialect}: {self.text}", f"in LaTeX: {self.latex}"]
        lines += [f"  {name} is {there}" for name, there in self.names.items()]
        return "\n".join([*lines, *self.conventions])

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"
