"""Which commands of LaTeX are names, and which are functions of calcml."""

from __future__ import annotations

import re
from functools import cache

from calcml.functions import CONSTANT_NAMES, CONSTANTS, FUNCTIONS, SPELLINGS
from calcml.functions.arrays import ARRAY_FUNCTIONS
from calcml.functions.elsewhere import FOREIGN
from calcml.parsing.names import is_function, is_greek
from calcml.parsing.readings import function

_ROMAN = re.compile(r"\\mathrm\{(\w)\}")
_HEAD = re.compile(r"\\(?:operatorname|mathrm)\{([\w\\]+)\}")
IDENTITY = "I"  # the letter, of a matrix; in \\mathrm it is a number
FONTS = frozenset(
    r"\mathbf \boldsymbol \mathcal \mathscr \mathfrak \pmb \mathnormal "
    r"\mathrm \mathit \mathsf \text \textbf \textit \operatorname".split()
)
LETTERS = {r"\ell": "ell", r"\hbar": "hbar", r"\imath": "i", r"\jmath": "j"}


@cache
def letter(command: str) -> str | None:
    r"""The name that a command is of a letter: \theta, \Sigma, \ell."""
    name = command[1:]
    if is_greek(name) or name != name.lower() and is_greek(name.lower()):
        return name
    return LETTERS.get(command)


@cache
def constants() -> dict[str, list[str]]:
    r"""The names of the constants by command, or by word in \mathrm: \pi, i."""
    return {
        _ROMAN.sub(r"\1", c.tex): [n for n in (c.name, *c.aliases) if n != IDENTITY]
        for c in CONSTANTS.values()
    }


@cache
def heads() -> dict[str, str]:
    """The function for each notation of a row: a command, a letter with an index.

    One with options, which a call of LaTeX cannot give, is found by its operation.
    """
    found: dict[str, str] = {}
    rows = [(r.tex, r.op if r.options else r.name) for r in FUNCTIONS.values()]
    rows += [(row.tex, row.name) for row in ARRAY_FUNCTIONS.values()]
    for notation, name in rows:
        for tex in notation.split(" | "):
            if tex and "#" not in tex:
                head = _HEAD.sub(r"\\\1", tex).replace(r"\_", "_")
                found.setdefault(head, name)
    return found


@cache
def templates() -> dict[str, str]:
    r"""The functions of a letter with an argument below or above: K_{#1}, \psi^{(#1)}.

    By the letter and the sign of the script: "K_", "\\psi^".
    """
    script = r"(\\?\w+)(?:(_)\{#1\}|(\^)\{\(#1\)\})\\left\(#2\\right\)"
    rows = [(_HEAD.sub(r"\\\1", r.tex), r.name) for r in FUNCTIONS.values() if r.tex]
    named = [(re.fullmatch(script, tex), name) for tex, name in rows]
    return {m[1] + (m[2] or m[3]): name for m, name in named if m}


@cache
def single() -> frozenset[str]:
    r"""The letters that \operatorname alone makes functions: \mathrm{W} is a name."""
    found = [re.match(r"\\operatorname\{(\w)\}", r.tex) for r in FUNCTIONS.values()]
    return frozenset(m[1] for m in found if m)


@cache
def indexed() -> frozenset[tuple[str, int]]:
    r"""The functions whose last argument stands below: \operatorname{W}_{k}(x)."""
    script = r"\\operatorname\{\w+\}_\{#2\}\\left\(#1\\right\)"
    return frozenset(
        (r.name, len(r.params))
        for r in FUNCTIONS.values()
        if re.fullmatch(script, r.tex)
    )


@cache
def called(word: str) -> str | None:
    r"""The function that a word or a command is: \sin, \operatorname{ReLU}, \tr."""
    word = word.removeprefix("\\")
    found = heads().get(f"\\{word}")
    if found is None and letter(f"\\{word}") is None and word.isidentifier():
        found = word if word in SPELLINGS or word in ARRAY_FUNCTIONS else None
        if found is None and any(name == word for name, _ in FOREIGN):
            found = word
        found = found or function(word)
    return found


@cache
def _operators() -> frozenset[str]:
    r"""The functions that LaTeX has commands for: \ln, \log, \max."""
    commands = [head[1:] for head in heads() if re.fullmatch(r"\\[a-z]+", head)]
    return frozenset(c for c in commands if len(c) > 1 and letter(f"\\{c}") is None)


def glued(run: str) -> str:
    """The function's name in letters that nothing sets apart: lnx; "" if none."""
    parts = {run[i:j] for i in range(len(run)) for j in range(i + 2, len(run) + 1)}
    return max(parts & _operators(), key=len, default="")


def variable(name: str) -> str:
    """A name for a variable: no function's, nor that of a constant."""
    taken = (
        len(name) > 1 and is_function(name) or CONSTANT_NAMES.get(name, name) != name
    )
    return f"{name}_1" if taken else name


@cache
def over_indices() -> dict[str, str]:
    r"""The functions over an index: \sum, \prod, \max."""
    found: dict[str, str] = {}
    for name, row in ARRAY_FUNCTIONS.items():
        if (row.sums or row.averages) and re.fullmatch(r"\\[a-z]{3,4}", row.big):
            found.setdefault(row.big, name)
    return found
