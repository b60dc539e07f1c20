"""Letters that are functions before brackets, and inverses of functions."""

from __future__ import annotations

from calcml.core.errors import ParseError
from calcml.functions import FUNCTIONS
from calcml.parsing.latex.commands import Commands
from calcml.parsing.latex.names import Named, Range
from calcml.parsing.latex.words import called, heads, letter, templates


class Letters(Commands):
    """What a letter before brackets is."""

    def argued(self, i: int, j: int) -> int:
        raise NotImplementedError

    def inverse(self, i: int) -> int:
        r"""The inverse that a row is written as: \Phi^{-1}(x); 0 where it is none."""
        if self.value(i + 1) != "^":
            return 0
        inside = self.argument(i + 2)
        j = self.after(inside)
        if self.value(j) != "(" or self.source(*inside) != "-1":
            return 0
        base = f"\\{self.value(i).strip(chr(92))}"
        known = heads().get(f"{base}^{{-1}}")
        if known is None and (base not in heads() or letter(base) is None):
            return 0
        if known is None:
            of = self.source(*(self.bracket(j) or (j, j)))
            raise self.error(
                f"this has two readings: write ({base}({of}))^{{-1}} or "
                rf"{base}^{{-1}} \cdot ({of})",
                i,
                j + 1,
            )
        self.put("FUNCTION", known, self.raw[i].place)
        return self.argued(i, j)

    def lettered(self, name: Named) -> tuple[str | None, int]:
        r"""The function that a letter is before brackets: \sigma(x), I_0(x)."""
        if self.value(name.end) == "^":
            self.refuse_power(name)
        if self.value(name.end) != "(" or name.upper and name.lower:
            return None, 0
        base = self.source(name.start, name.start + 1)
        whole = self.whole(name)
        if whole in self.names or whole in self.params:
            return None, 0
        count = self.arity(name.end)
        if name.upper:
            return templates().get(f"{base}^"), name.start + 1
        if name.lower:
            index = self.source(*name.lower).strip("{} ")
            found = heads().get(f"{base}_{{{index}}}")
            if found:
                return found, name.end
            return templates().get(f"{base}_") if index else None, name.start + 1
        if not base.startswith("\\"):
            return None, 0
        rows = [
            r.name
            for r in FUNCTIONS.values()
            if r.tex == base and len(r.params) == count
        ]
        if not rows:
            return None, 0
        if whole in self.bare:
            raise self.error(
                f"{base} is a variable here, and {base}(...) may be a function: write "
                rf"{base} \cdot (...), or rename one",
                name.start,
                name.end + 1,
            )
        self.said[f"{base}(x) is {rows[0]}"] = None
        return rows[0], name.end

    def refuse_power(self, name: Named) -> None:
        r"""Raise ParseError for \Gamma^2(x), a function's power or a letter's."""
        base, inside = self.raw[name.start].value, self.argument(name.end + 1)
        j = self.after(inside)
        small = base.lower() == base  # \sigma^2 is a variable's, as papers have it
        within = self.bracket(j) if self.value(j) == "(" else None
        one = within is not None and self.at(*within)
        small = small and not (one and within and one.end == within[1])  # \sigma^2(x)
        if small or within is None or self.whole(name) in self.names:
            return
        if base in heads() or any(r.tex == base for r in FUNCTIONS.values()):
            up, of = self.source(*inside).strip("{} "), self.source(*within)
            raise self.error(
                f"this has two readings: write ({base}({of}))^{{{up}}} or "
                rf"{base}^{{{up}}} \cdot ({of})",
                name.start,
                j + 1,
            )

    def raised_name(self, i: int, found: str, inside: Range) -> ParseError:
        r"""The error for \sin^{-1} x and \sin^{n}(x), with what may be meant."""
        end, text = self.after(inside), self.source(*inside).strip("{} ")
        bracket = self.bracket(end)
        of = self.source(*bracket) if bracket else self.source(end, self.end(end))
        told = rf"({self.source(i, i + 1)}({of}))^{{{text}}}"
        inverse = called(f"a{found}") if text == "-1" else None
        if inverse:
            told += rf" or \operatorname{{{inverse}}}({of})"
        return self.error(
            f"an exponent of a function's name has several meanings: write {told}",
            i,
            bracket[1] + 1 if bracket else self.end(end),
        )
