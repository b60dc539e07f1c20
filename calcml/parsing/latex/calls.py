"""Functions with their exponents and arguments, names with their indices."""

from __future__ import annotations

from collections.abc import Sequence

from calcml.parsing.latex.emitter import (
    BRACKETS,
    CONDITIONS,
    FRACTIONS,
    SIGNS,
    UNREAD,
)
from calcml.parsing.latex.letters import Letters
from calcml.parsing.latex.names import Named
from calcml.parsing.latex.outlet import ENDS, Frame
from calcml.parsing.latex.scan import MARKS, Raw
from calcml.parsing.latex.surveyed import CLOSING, ROUND
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


class Calls(Letters):
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
            elif self.stack and self.value(i - 1) != r"\\":
                raise self.error(UNREAD["&"], i)
            elif self.out and self.out[-1][0] in ENDS and self.begins(i + 1):
                raise self.error("columns stand side by side: give one of them", i)
            return i + 1
        if value == r"\\" and self.stack and self.stack[-1].bracket == "cases":
            self.trim()
            self.out.append(("NEXT", value, token.place))
            return i + 1
        if value in (r"\null", "$") or value == r"\\" and self.goes_over(i):
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
        self.refuse_prose(i, name)
        self.refuse_increment(i)
        return self.named(name)

    def refuse_prose(self, i: int, name: Named) -> None:
        r"""ParseError for \text{minimize } x and \operatorname*{argmax}_x f(x)."""
        token = self.raw[i]
        if token.kind != "word" or token.value in self.names:
            return
        plain = token.value.strip()
        if plain in UNREAD:
            raise self.error(UNREAD[plain], i)
        begins = self.begins(name.end)
        spaced = plain != token.value.replace("~", " ")
        if spaced and (begins or self.out and self.out[-1][0] in ENDS):
            raise self.error(
                f"{plain} is prose, or a factor: leave it out, or write \\cdot", i
            )
        if begins and self.text.startswith(r"\operatorname", token.place):
            raise self.error(
                f"unknown function {plain}. `calcml functions` lists what there is; "
                rf"write \mathrm{{{plain}}} \cdot for a factor",
                i,
                name.end,
            )

    def begins(self, i: int) -> bool:
        """Whether an operand begins at token `i`."""
        if i >= len(self.raw):
            return False
        kind, value = self.raw[i].kind, self.raw[i].value
        if kind == "word":
            return self.condition(value) is None
        if kind == "command":
            ends = (*CLOSING, *BRACKETS.values(), *FRACTIONS, *SIGNS, r"\\", r"\null")
            return value not in ends and not value.startswith(r"\end")
        return kind in ("letter", "number") or i in self.close

    def refuse_increment(self, i: int) -> None:
        r"""ParseError for \Delta x and dx, each a product or one name.

        A product it is where the first letter stands elsewhere, too, or is known.
        """
        value = self.value(i)
        if value not in (r"\Delta", "d") or value.strip("\\") in self.names:
            return
        places = [k for k, v in enumerate(self.values) if v == value]
        if not self.is_increment(i) or not all(map(self.is_increment, places)):
            return
        found = self.at(i + 1, len(self.raw))
        assert found
        first = self.source(i, i + 1)
        rest = self.source(i + 1, found.end)
        name = f"{value}_{self.whole(found)}".strip("\\").replace("_", r"\_")
        raise self.error(
            f"this has two readings: write {first} \\cdot {rest} for a product, "
            rf"\mathrm{{{name}}} for a name",
            i,
            found.end,
        )

    def is_increment(self, i: int) -> bool:
        r"""Whether d or \Delta at `i` is right before a name, and behind no letter."""
        token, after = self.raw[i], self.at(i + 1, len(self.raw))
        if after is None or self.value(i + 1) in (*UNREAD, *constants()):
            return False
        before = self.raw[i - 1] if i else None
        if token.kind != "letter":
            return True
        tied = before and before.kind == "letter" and before.end == token.place
        return not tied and self.raw[i + 1].place == token.end

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
        function = word if letter(f"\\{word}") else glued(word)
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
            if word in single() and self.arity(j) > 1:
                found = None  # W(p, q) is a distance
        elif name is not None and not name.primes:
            found, j = self.lettered(name)
        if found is None:
            return 0
        place = token.place
        self.put("FUNCTION", found, place)
        return self.applied(found, i, j)

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
                raise self.raised_name(i, found, inside)
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
            if inner and inner[1] + 1 != end:
                name, first = self.source(i, i + 1), self.source(j + 1, inner[1] + 1)
                rest = self.source(inner[1] + 1, end)
                raise self.error(
                    f"this has two readings: write {name}({first}{rest}) or "
                    f"{name}{first}{rest}",
                    i,
                    end + 1,
                )
            if self.value(end + 1) == "^" and not inner:
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
