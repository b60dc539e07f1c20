"""Functions with their exponents and arguments, names with their indices."""

from __future__ import annotations

from collections.abc import Sequence

from calcml.functions import FUNCTIONS
from calcml.parsing.latex.commands import Commands
from calcml.parsing.latex.emitter import CONDITIONS, UNREAD, Frame
from calcml.parsing.latex.names import Named
from calcml.parsing.latex.scan import MARKS, Raw
from calcml.parsing.latex.surveyed import ROUND
from calcml.parsing.latex.words import (
    FONTS,
    called,
    constants,
    glued,
    heads,
    letter,
    over_indices,
    single,
    templates,
)
from calcml.parsing.names import LETTERS as FEW, is_function


class Calls(Commands):
    """What words and letters become."""

    def named(self, name: Named) -> int:
        raise NotImplementedError

    def word(self, i: int, end: int) -> int:
        """A name, a function, a sum, or what is not read."""
        token = self.raw[i]
        value = token.value
        if value in over_indices() and self.is_big(i):
            return self.big(i)
        if value in (r"\mathbb", r"\mathbf", r"\boldsymbol") or token.kind == "number":
            found = self.unit(i)
            if found:
                return found
        if value == "&":
            self.trim()
            if self.stack and self.stack[-1].bracket == "cases":
                self.out.append(("CELL", "&", token.place))
            elif self.stack:
                raise self.error(UNREAD["&"], i)
            return i + 1
        if value == r"\\" and self.stack and self.stack[-1].bracket == "cases":
            self.trim()
            self.out.append(("NEXT", value, token.place))
            return i + 1
        if value in (r"\null", "$"):
            return i + 1
        run = self.run(i, end) if token.kind == "letter" else 0
        if run:
            return run
        name = self.at(i, end)
        function = self.function(i, name)
        if function:
            return function
        alone = name is None or token.kind == "word" and name.end == i + 1
        constant = self.constant(value) if alone else None
        if constant:
            self.put("NAME", constant, token.place)
            return i + 1
        if name is None:
            what = UNREAD.get(value) or UNREAD.get(value.rstrip("*"))
            what = what or f"{value} is not read in a formula"
            if value.startswith(r"\begin"):
                what = "matrices are not written out: name one, and declare its shape"
            if value in FONTS and i + 1 in self.close:
                letters = self.source(i + 2, self.close[i + 1])
                apart = "".join(f"{value}{{{c}}}" for c in letters if c.isalpha())
                what = f"{value} is of one letter: write {apart}"
            raise self.error(what, i)
        return self.named(name)

    def constant(self, tex: str) -> str | None:
        """A name of the constant that is written so, and that no variable has."""
        return next((n for n in constants().get(tex, ()) if n not in self.names), None)

    def run(self, i: int, end: int) -> int:
        """A function's name without its backslash, right before a bracket; else 0."""
        j = i
        while (
            j < end
            and self.raw[j].kind == "letter"
            and (j == i or self.raw[j].place == self.raw[j - 1].end)
        ):
            j += 1
        word = "".join(t.value for t in self.raw[i:j])
        before = (
            i
            and self.raw[i - 1].kind == "letter"
            and self.raw[i - 1].end == self.raw[i].place
        )
        if j - i < 2 or before:
            return 0
        if CONDITIONS.get(word) and self.out and self.out[-1][0] == "CELL":
            self.out.append((CONDITIONS[word], word, self.raw[i].place))
            return j
        if is_function(word) and self.value(j) in ("(", "["):
            self.said[
                f"{word} without a backslash, before a bracket, is the function"
            ] = None
            self.put("FUNCTION", word, self.raw[i].place)
            return j
        function = glued(word)
        if function or is_function(word) or j - i > FEW:
            told = rf"\{function} with its backslash, " if function else ""
            raise self.error(
                f"these letters are a product, or a word: write {told}{' '.join(word)} "
                rf"or \mathrm{{{word}}}",
                i,
                j,
            )
        return 0

    def function(self, i: int, name: Named | None) -> int:
        """A function before its argument or its exponent; 0 where it is a name."""
        token = self.raw[i]
        if token.value in UNREAD:
            return 0
        inner = self.raw[i + 1].value if i + 1 < len(self.raw) else ""
        if inner and self.raw[i + 1].kind == "word":
            inner = f"\\{inner}"
        found, j = heads().get(token.value + inner), i + 2
        if found and token.kind == "command" and self.value(j) in ROUND:
            self.put("FUNCTION", found, token.place)
            return self.argued(i, j)
        inverse = self.inverse(i)
        if inverse:
            return inverse
        found, j = None, i + 1
        if token.value in MARKS:
            return 0
        if self.value(j) == "_" and (known := templates().get(f"\\{token.value}_")):
            self.put("FUNCTION", known, token.place)
            return self.below_first(i, j)
        if token.kind in ("word", "command") and not (
            token.kind == "command" and letter(token.value)
        ):
            word = token.value.replace(r"\_", "_").strip()
            found = called(word)
            if token.kind == "word" and word in self.names:
                found = None
            follows = self.value(j) in ("(", "[", r"\{", "{")
            bare = not self.text[token.place :].startswith(r"\operatorname")
            if token.kind == "word" and bare:
                beside = follows or _operand(self.raw[j : j + 1])
                found = found if beside and word not in single() else None
        elif name is not None and not name.primes:
            found, j = self.lettered(name)
        if found is None:
            return 0
        place = token.place
        self.put("FUNCTION", found, place)
        return self.applied(found, i, j)

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
        if known is None and base not in heads():
            return 0
        if known is None:
            raise self.error(
                f"this has two readings: write {base}^{{-1}} \\cdot (...), or "
                "the inverse by its name",
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

    def applied(self, found: str, i: int, j: int) -> int:
        """The exponent, base and argument of a function; the place inside of these."""
        place = self.raw[i].place
        up = ""
        template = found in templates().values()
        while self.value(j) in ("^", "_"):
            inside = self.argument(j + 1)
            text = self.source(*inside).strip("{} ")
            if self.value(j) == "^":
                if template and text.startswith("("):
                    return self.below_first(i, j)
                if text.lstrip("-").isdigit() and not up and not text.startswith("-"):
                    up = text
                    self.out.append(("UP", up, place))
                    j = self.after(inside)
                    continue
                call = rf"\{found}" if found.isalpha() else found
                raise self.error(
                    f"an exponent of a function's name has several meanings: write "
                    rf"({call}(x))^{{{text}}}"
                    + (rf" or \operatorname{{a{found}}}(x)" if text == "-1" else ""),
                    i,
                    self.after(inside),
                )
            word = self.value(i).strip("\\ ")
            known = heads().get(f"\\{word}_{{{text}}}")
            if known:
                self.out[-1] = ("FUNCTION", known, place)
                j = self.after(inside)
                continue
            if template:
                return self.below_first(i, j)
            self.out.append(("SUB", "_", place))
            return self.open(j + 1, "BASE")
        return self.argued(i, j)

    def below_first(self, i: int, j: int) -> int:
        r"""K_\nu(x) as a call of two arguments, the index first."""
        inside = self.argument(j + 1)
        at = self.after(inside)
        bracket = self.bracket(at)
        if bracket is None:
            raise self.error("the argument of this function stands in brackets", i, at)
        self.out.append(("LPAR", "(", self.raw[at].place))
        self.stack.append(
            Frame(inside[1], "COMMA", at + 1 - inside[1], place=self.raw[at].place)
        )
        self.stack.insert(-1, Frame(kind="RPAR", bracket="(", place=self.raw[at].place))
        return inside[0]

    def argued(self, i: int, j: int) -> int:
        """What follows a function: brackets, braces, or what stands beside it."""
        if j >= len(self.raw):
            raise self.error("a function lacks its argument", i)
        place = self.raw[j].place
        if self.value(j) in ROUND:
            return j
        if j in self.close:
            end = self.close[j]
            inner = self.bracket(j + 1)
            if self.value(end + 1) == "^" and not (inner and inner[1] + 1 == end):
                inside = self.source(j + 1, end)
                name = self.source(i, i + 1)
                raise self.error(
                    f"this has two readings: write {name}({inside})^... or "
                    f"{name}(({inside})^...)",
                    i,
                    end + 2,
                )
            self.out.append(("LPAR", "{", place))
            self.stack.append(Frame(end, "RPAR", 1, place=place))
            return j + 1
        self.out.append(("_OF", "", place))
        return j


def _operand(raw: Sequence[Raw]) -> bool:
    return bool(raw) and (
        raw[0].kind in ("letter", "number")
        or raw[0].value in (r"\frac", r"\sqrt", r"\left")
    )
