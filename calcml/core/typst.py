r"""The LaTeX that calcml writes, as Typst.

>>> typst(r"\frac{x^{2}}{2} + \operatorname{sigmoid}\left(a x\right)")
'frac(x^(2), 2) + op("sigmoid") (a x)'
"""

from __future__ import annotations

import re

from calcml.core.errors import UnsupportedError

TOKEN = re.compile(r"\\[a-zA-Z]+\*?|\\.|\s+|\d+(?:\.\d+)?|.", re.S)
# Other commands of letters are their names in Typst, too: Greek letters, sin, log, max.
_SIGNS = """
cdot ⋅, times ×, odot ⊙, oslash ⊘, otimes ⊗, circ ∘, top ⊤, land ∧, lor ∨, lnot ¬,
neg ¬, le ≤, ge ≥, ne ≠, in ∈, infty ∞, partial ∂, nabla ∇, sum ∑, prod ∏, int ∫,
ldots …, dots …, cdots ⋯, lfloor ⌊, rfloor ⌋, lceil ⌈, rceil ⌉, lvert |, rvert |,
lVert ‖, rVert ‖, mid |, colon :, bmod mod, epsilon epsilon.alt, varepsilon epsilon,
phi phi.alt, varphi phi, vartheta theta.alt, varrho rho.alt, varsigma ς, quad quad,
qquad wide
"""
SIGNS = dict([pair.split() for pair in _SIGNS.split(",")]) | {"displaystyle": ""}
FRACTIONS = frozenset(("frac", "tfrac", "dfrac"))
_CALLS = "boldsymbol bold, mathcal cal, mathbb bb, hat hat, bar macron, "
_CALLS += "overline overline, tilde tilde, underline underline"
CALLS = dict([pair.split() for pair in _CALLS.split(",")])
OWN = dict([p.split() for p in "sqrt root, left bracketed, begin lines".split(",")])
WORDS = {"text": "", "mathrm": "upright", "operatorname": "op"}
ESCAPED = {"/": r"\/", ",": r"\,", ";": r"\;", "#": r"\#", "$": r"\$", "~": " "}
SPACES = {",": "thin", "!": "", "\\": r"\ ", " ": "space", "|": "‖"}
MATRICES = {"pmatrix": '"("', "bmatrix": '"["', "vmatrix": '"|"', "matrix": "#none"}
BRACKETS = {"(": ")", "[": "]", r"\{": r"\}", "|": "|", r"\lvert": r"\rvert"}


def typst(tex: str) -> str:
    """A formula of calcml's LaTeX for the inside of Typst's dollars.

    Raises UnsupportedError for LaTeX that calcml does not write.
    """
    return _Reader(tex).sequence(())


class _Reader:
    def __init__(self, tex: str) -> None:
        self.tokens = TOKEN.findall(tex)
        self.place = 0

    def next(self) -> str:
        """The next token; what ends too soon is an error."""
        if self.place == len(self.tokens):
            raise UnsupportedError("the LaTeX ends within a command")
        self.place += 1
        return str(self.tokens[self.place - 1])

    def sequence(self, ends: tuple[str, ...]) -> str:
        """What stands up to one of `ends`, which is read, too."""
        parts: list[str] = []
        while self.place < len(self.tokens) or ends:
            token = self.next()
            if token in ends:
                self.end = token
                break
            if not token.isspace():
                parts.append(self.one(token))
        return _joined(parts)

    def one(self, token: str) -> str:
        """A token with the arguments that it takes."""
        if token == "{":
            return self.sequence(("}",))
        if token in ("^", "_"):
            return f"{token}({self.argument()})"
        if token[0] != "\\":
            return ESCAPED.get(token, token)
        return self.command(token[1:])

    def argument(self) -> str:
        """The group or the token that comes next."""
        token = self.next()
        while token.isspace():
            token = self.next()
        return self.one(token)

    def words(self) -> str:
        """The group that comes next, as it stands."""
        found, depth = [], 0
        while True:
            token = self.next()
            depth += (token == "{") - (token == "}")
            if token not in "{}":
                found.append(token.removeprefix("\\") if len(token) == 2 else token)
            if not depth:
                return "".join(found)

    def command(self, name: str) -> str:
        """A command with its arguments."""
        if name in FRACTIONS:
            return f"frac({self.argument()}, {self.argument()})"
        if name == "mathbf":
            return f"upright(bold({self.argument()}))"
        if name in CALLS:
            return f"{CALLS[name]}({self.argument()})"
        if name in WORDS:
            return _named(WORDS[name], self.words())
        if name in OWN:
            return str(getattr(self, OWN[name])())
        if name in SIGNS:
            return SIGNS[name]
        if name.isalpha():
            return name
        return SPACES.get(name, f"\\{name}")

    def root(self) -> str:
        """A root with its degree, if it is not the square one."""
        if self.tokens[self.place : self.place + 1] == ["["]:
            self.place += 1
            degree = self.sequence(("]",))
            return f"root({degree}, {self.argument()})"
        return f"sqrt({self.argument()})"

    def bracketed(self) -> str:
        r"""\left ... \right: Typst's brackets grow where they are a pair."""
        first = self.next()
        inside = self.sequence((r"\right",))
        last = self.next()
        ends = ["" if b == "." else self.one(b) for b in (first, last)]
        plain = first in "([" and BRACKETS[first] == last
        whole = _joined([ends[0], inside, ends[1]])
        if plain:
            return f"{first}{inside}{last}"
        return f"lr({_unpaired(whole)})"

    def lines(self) -> str:
        """Cases, a matrix, or lines that are aligned."""
        name = self.words()
        rows: list[list[str]] = [[]]
        while True:
            cell = self.sequence(("&", r"\\", r"\end"))
            rows[-1].append(cell)
            if self.end == r"\end":
                break
            if self.end == r"\\":
                rows.append([])
        self.words()
        rows = [row for row in rows if any(row)]
        if name == "cases":
            return f"cases({', '.join([' & quad '.join(row) for row in rows])})"
        if name in MATRICES:
            lines = "; ".join([", ".join(row) for row in rows])
            return f"mat(delim: {MATRICES[name]}, {lines})"
        if name in ("align*", "aligned"):
            return " \\\n".join([" & ".join(row) for row in rows])
        raise UnsupportedError(f"the environment {name} has no spelling in Typst")


def _named(call: str, words: str) -> str:
    if len(words) == 1 and words.isalpha() and call == "upright":
        return f"upright({words})"
    words = words if call else words.strip() or words  # Typst has spaces around words
    quoted = '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{call}({quoted})" if call else quoted


def _unpaired(whole: str) -> str:
    """Brackets that are no pair, as signs."""
    return re.sub(r"(?<!\\)^([(\[])|(?<!\\)([)\]])$", r"\\\1\2", whole)


def _joined(parts: list[str]) -> str:
    """Parts with spaces between them, powers and indices at what they belong to."""
    found = ""
    for part in filter(None, parts):
        tight = not found or part[0] in "^_')" or part in (r"\,", "!")
        found += part if tight else f" {part}"
    return found
