"""Names read leniently: with indices and primes, as calls, beside their arguments."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from calcml.functions import CONSTANT_NAMES, SPELLINGS
from calcml.functions.elsewhere import (
    ACCENTS,
    FOREIGN,
    LETTERS,
    MODULES,
    OPERATORS,
    SUMS,
)
from calcml.parsing.arguments import FORMAL
from calcml.parsing.limits import MAX_FACTORS
from calcml.parsing.names import is_function, is_glued
from calcml.parsing.pieces import WORDS, Pieces, UnreadError
from calcml.parsing.readings import (
    Part,
    each,
    few,
    function,
    held,
    least,
    plain,
    raised,
)

PRIMES = {"'": 1, "’": 1, "′": 1, "″": 2}
# Letters that stand for functions; others before brackets may be factors.
CALLED = re.compile(r"[fghFGHpq]_?\d*$")


class Operands(Pieces):
    """A reader of names and calls.

    `ranks` are the numbers of axes of the names that are arrays; the language is
    `primed` where a prime transposes.
    """

    def __init__(self, text: str, ranks: Mapping[str, int], primed: bool) -> None:
        super().__init__(text)
        self.ranks, self.primed = ranks, primed
        self.work = MAX_FACTORS

    def factor(self, k: int) -> Part:
        """An operand with its powers."""
        raise NotImplementedError

    def joined(self, parts: Sequence[Part], doubt: bool = True) -> list[str]:
        """The product of factors side by side."""
        raise NotImplementedError

    def name(self, k: int) -> Part:
        """A variable, a constant, a call, or a function beside its argument."""
        written, end = self.value(k), k + 1
        command = re.fullmatch(r"\\(?:[dt]?frac(\d\d)?|sqrt)", written)
        if written in WORDS:
            raise UnreadError
        if command and (written != "\\sqrt" or self.value(end) == "["):
            return self._two(command[1], written == "\\sqrt", end)
        *before, name = written.removeprefix("\\").split(".")
        if before and before[0] not in MODULES:
            if self.value(end) == "(":
                return self.method([".".join(before)], name, end)
            return Part(["_".join([*before, name])], end)
        name, end = self._indexed(name, end)
        primes = 0
        while self.value(end) in PRIMES and not self.piece(end).apart:
            primes, end = primes + PRIMES[self.value(end)], end + 1
        if primes and not self.primed:
            return self._derivative(name, primes, end)
        name += "'" * primes
        known = self.begins(end) and SUMS.get(name) or function(name)
        if known:
            return self.applied(known, end, name)
        if is_function(name.partition("_")[0]) and name[-1] != "_":
            raise UnreadError  # log_b x
        strange = before or written[0] == "\\" and name.split("_")[0] not in LETTERS
        if strange and name not in CONSTANT_NAMES:
            raise UnreadError
        return self._plain(name, k, end)

    def _two(self, digits: str | None, root: bool, end: int) -> Part:
        r"""\frac{a}{b}, \frac12 and \sqrt[a]{b}, of LaTeX."""
        if digits:
            return Part([f"({digits[0]}/{digits[1]})"], end)
        middle = self.close(end)
        last = self.close(middle + 1)
        sides = self.source(end + 1, middle), self.source(middle + 2, last)
        a, b = map(held, sides)
        return Part([f"({sides[1]})^(1/{a})" if root else f"({a}/{b})"], last + 1)

    def _indexed(self, name: str, end: int) -> tuple[str, int]:
        """A name with the indices and accents behind it, and the piece after them."""
        if self.piece(end).kind == "down":
            name, end = f"{name}_{plain(self.value(end))}", end + 1
        elif name.endswith("_") and self.value(end) == "{":
            last = self.close(end)
            index, end = self.source(end + 1, last), last + 1
            if not re.fullmatch(r"[\w, ]+", index):
                raise UnreadError
            name += re.sub(r"\W", "", index)
        while self.value(end) in ACCENTS:
            name, end = f"{name}_{ACCENTS[self.value(end)]}", end + 1
        if self.value(end)[:1] == "_" and not self.piece(end).apart:
            name, end = name + self.value(end), end + 1
        return name, end

    def _plain(self, name: str, k: int, end: int) -> Part:
        """A name that is no function: a variable, or an unknown one that is called."""
        if self.value(end) == "(" and name not in CONSTANT_NAMES:
            last = self.close(end) + 1
            group = self.source(end, last)
            product = self.piece(end).apart or self.ends(k - 1) or self.begins(last)
            product = product or self.piece(end - 1).kind == "down"
            factors = [f"{name}*{group}"] if product and not CALLED.match(name) else []
            return Part([*factors, name + group], last)
        if name not in self.ranks and set(name) <= self.ranks.keys():
            return Part([" @ ".join(name)], end)
        raised = self.piece(end).kind == "up" and plain(self.value(end)).isdecimal()
        if raised and self.value(end + 1) == "(":
            return self._to_a_power(name, end)
        if self.ends(k - 1) and is_glued(name):
            return Part([name, "*".join(name)], end)
        near = not self.piece(k).apart and self.piece(k - 1).kind == "number"
        return Part([name, "I"] if near and name in ("i", "j") else [name], end)

    def _to_a_power(self, name: str, k: int) -> Part:
        """f²(x): the square of a call, or a product."""
        last = self.close(k + 1) + 1
        group, power = self.source(k + 1, last), plain(self.value(k))
        called = [f"{name}{group}^{power}"] if CALLED.match(name) else []
        return Part([*called, f"{name}^{power}*{group}"], last)

    def method(self, objects: Sequence[str], name: str, end: int) -> Part:
        """x.sum() as sum(x)."""
        known = function(name)
        if known is None or self.value(end) != "(":
            raise UnreadError
        last = self.close(end)
        rest = ", ".join(["", *filter(None, [self.source(end + 1, last)])])
        return Part([f"{known}({x}{rest})" for x in objects], last + 1)

    def _derivative(self, name: str, primes: int, end: int) -> Part:
        """f'(x) of an unknown function; x' alone may be a transpose, too."""
        if not re.match(FORMAL, name):
            raise UnreadError
        order = f", {primes}" * (primes > 1)
        if name in self.ranks:
            return Part([name + ".T" * (primes % 2)], end)
        if self.value(end) != "(":
            transpose = [f"{name}.T"] * (primes == 1)
            x = "t" if name == "x" else "x"
            return Part([*transpose, f"D({name}({x}), {x}{order})"], end)
        last = self.close(end)
        inside = self.source(end + 1, last)
        by = 1 if re.fullmatch(r"[\d.]*", inside) else inside
        return Part([f"D({name}({inside}), {by}{order})"], last + 1)

    # --- a function beside its argument ----------------------------------------------

    def applied(self, name: str, k: int, written: str = "") -> Part:
        """sin(x), sin x, sin 2x, sin² x: a function with its argument."""
        start, (exponent, k) = k, self._exponent(k)
        near = not self.piece(k).apart and not exponent and written
        adds = name in SUMS.values() and written in ("", *SUMS)  # ∑ (x - y)²
        if self.value(k) == "(" and not adds or near and self.value(k) in ("{", "["):
            end = self.close(k)
            return Part(raised(name, exponent, self.source(k + 1, end)), end + 1)
        if self.value(k) == "*" and not _is_letter(written):  # 3sin*x
            k += 1
        if not self.begins(k) or least(name) > 1:
            foreign = name not in SPELLINGS and name in (n for n, _ in FOREIGN)
            if not (_is_letter(written) or foreign):
                raise UnreadError
            return Part([written], start)
        return self._with_argument(name, exponent, k, written)

    def _exponent(self, k: int) -> tuple[str, int]:
        """The exponent between a function and its argument: sin², sin^2, sin^{-1}."""
        if self.piece(k).kind == "up":
            return plain(self.value(k)), k + 1
        if self.value(k) not in ("^", "**"):
            return "", k
        if self.value(k + 1) in ("(", "{"):
            end = self.close(k + 1)
            return self.source(k + 2, end), end + 1
        sign = "-" * (self.value(k + 1) == "-")
        end = k + 1 + len(sign)
        if self.piece(end).kind not in ("number", "name"):
            raise UnreadError
        return sign + self.value(end), end + 1

    def _with_argument(self, name: str, exponent: str, k: int, written: str) -> Part:
        """sin 2x, and what may belong to the argument or not: sin x y, sin x/2."""

        def calls(arguments: Sequence[str]) -> list[str]:
            return [call for a in arguments for call in raised(name, exponent, a)]

        args = [self.factor(k)]
        adds = name in SUMS.values()  # what follows, with the functions in it
        while self.begins(args[-1].end):
            if function(self.value(args[-1].end)) and not adds:
                break
            args.append(self.factor(args[-1].end))
        first, end = args[0], args[-1].end
        whole, tail = self.joined(args, doubt=False), ""
        while (sign := OPERATORS.get(self.value(end), self.value(end))) in ("*", "/"):
            if function(self.value(end + 1)):
                break
            more = self.factor(end + 1)
            tail, end = f"{tail}{sign}{more.texts[0]}", more.end
        texts = [f"{call}{tail}" for call in calls(whole)]
        if tail:
            texts += calls([a + tail for a in whole])
        coefficient = written and self.piece(k).kind == "number" and len(args) == 2
        if len(args) > 1 and not coefficient:
            rest = self.joined(args[1:], doubt=False)
            texts += each(f"{{}}*{{}}{tail}", calls(first.texts), rest)
        if args[-1].exponent and (len(args) == 1 or coefficient):
            bases = [*args[:-1], args[-1]._replace(texts=args[-1].base)]
            powers = calls(self.joined(bases, doubt=False)), args[-1].exponent
            texts += each(f"{{}}^{{}}{tail}", *powers)
        if _is_letter(written):
            texts += [f"{written}*{a}{tail}" for a in whole]
        return Part(few(texts), end)


def _is_letter(name: str) -> bool:
    """Whether a function's name is that of a letter, too, as gamma is."""
    return name in LETTERS or len(name) == 1
