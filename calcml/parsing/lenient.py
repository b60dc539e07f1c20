"""Terms read leniently, and written as the grammar writes them: sin 2x, x², |x|, n!."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from calcml.functions import CONSTANT_NAMES
from calcml.functions.elsewhere import (
    ACCENTS,
    BRACKETS,
    LETTERS,
    MODULES,
    NORMS,
    OPERATORS,
    PREFIXES,
)
from calcml.parsing.arguments import FORMAL
from calcml.parsing.limits import MAX_FACTORS
from calcml.parsing.pieces import CLOSING, WORDS, Pieces, UnreadError
from calcml.parsing.readings import (
    Part,
    above,
    bare,
    each,
    few,
    function,
    held,
    least,
    number,
    plain,
    raised,
    ranked,
    signs,
)

PRIMES = ("'", "’", "′")
DIVISIONS = ("%", "//", "mod")  # with remainder, and without
_FRACTIONS = ("\\frac", "\\dfrac", "\\tfrac")
# A term ends before these; a sign after a power or a division belongs to its operand.
_ENDS = frozenset("+ - * @ ( [ { , ; = == != < > <= >= & && ? : \n".split(" ")).union(
    WORDS, (s for s, operator in OPERATORS.items() if operator not in "*/")
)


class Terms(Pieces):
    """A reader of terms: factors side by side, quotients, powers.

    `ranks` are the numbers of axes of the names that are arrays; the language is
    `primed` where a prime transposes.
    """

    def __init__(self, text: str, ranks: Mapping[str, int], primed: bool) -> None:
        super().__init__(text)
        self.ranks, self.primed = ranks, primed
        self.work = MAX_FACTORS

    def first(self, k: int) -> int:
        """Where the term begins that `k` is in, or after."""
        wide = self.value(k) in DIVISIONS
        while k > 0:
            before = self.value(k - 1)
            if before in CLOSING.values():
                k = self.close(k - 1)
            elif before not in _ENDS or wide and before == "*":
                k -= 1
            elif before in "+-" and self.value(k - 2) in ("^", "**", "/"):
                k -= 2
            else:
                break
        return k

    def quotient(self, k: int, wide: bool = False) -> Part:
        """Products and quotients of factors side by side, or, `wide`, with a sign."""
        parts, k = self._beside(k)
        texts = self._joined(parts)
        while True:
            written = self.value(k)
            sign = OPERATORS.get(written, written)
            if sign == "%" and not self.begins(k + 1):
                texts, k = each("({}/100)", texts), k + 1
                continue
            primed = self.value(k - 1) in PRIMES  # A'*B, of matrices
            if sign not in ("/", "*", *DIVISIONS) or (
                written == "*" and not (wide or primed)
            ):
                return Part(texts, k)
            parts, k = self._beside(k + 1)
            right = self._joined(parts)
            if sign in DIVISIONS:
                made = "({0} - {1}*floor({0}/{1}))" if sign != "//" else "floor({}/{})"
                sides = (texts, right)
                texts = each(made, *[[held(t) for t in side] for side in sides])
            elif sign == "*" and (written != "*" or primed):
                texts = self._product(texts, texts, right)
            elif sign == "*" or len(parts) == 1:
                texts = each(f"{{}}{sign}{{}}", texts, right)
            else:
                loose = each("{}/{}", texts, self._joined(parts, doubt=False))
                texts = few([*each("{}/({})", texts, right), *loose])

    def _beside(self, k: int) -> tuple[list[Part], int]:
        """Factors side by side."""
        parts = [self.factor(k)]
        while self.begins(parts[-1].end):
            parts.append(self.factor(parts[-1].end))
        return parts, parts[-1].end

    def _joined(self, parts: Sequence[Part], doubt: bool = True) -> list[str]:
        """The product of factors; what follows a power may belong to it, in doubt."""
        texts = list(parts[0].texts)
        for one, other in pairwise(parts):
            whole = self._product(texts, one.texts, other.texts)
            if (
                doubt
                and one.loose
                and one is parts[0]
                and "(" not in other.texts[0][1:]
            ):
                powers = one.base, one.exponent, other.texts
                whole = few([*whole, *each("{}^({}*{})", *powers)])
            texts = whole
        return texts

    def _product(
        self, texts: Sequence[str], last: Sequence[str], other: Sequence[str]
    ) -> list[str]:
        """Products `texts`, which end with the factors `last`, times another factor."""
        ends = last if len(last) == len(texts) else [last[0]] * len(texts)
        return few(
            a + sign + b
            for a, end in zip(texts, ends, strict=True)
            for b in other
            for sign in signs(end, b, self.ranks)
        )

    # --- factors -------------------------------------------------------------------

    def factor(self, k: int) -> Part:
        """An operand with its powers, indices, accents and primes."""
        self.work -= 1
        if not self.work:
            raise UnreadError
        kind, value, *_ = self.piece(k)
        if value in ("+", "-", "−"):
            inner = self.factor(k + 1)
            return Part([value.replace("−", "-") + t for t in inner.texts], inner.end)
        if kind == "number":
            part = number(self, k)
        elif kind == "name":
            part = self._name(k)
        elif value in PREFIXES and self.value(k + 1)[:1] != "_":
            part = self._applied(PREFIXES[value], k + 1)
        elif value in BRACKETS:
            name, start, end, after = self.bars(k)
            below = self.piece(after).kind == "down" or self.value(after)[:1] == "_"
            index = plain(self.value(after)).removeprefix("_")
            if below and index in NORMS and not self.piece(after).apart:
                name, after = NORMS[index], after + 1
            part = Part([f"{name}({self.source(start, end)})"], after)
        elif value in CLOSING:
            end = self.close(k)
            inside = self.source(k + 1, end)
            if value == "[" and self.listed(k, end) or not inside:
                raise UnreadError
            if value == "{" and "," in inside:
                raise UnreadError
            part = Part([f"({inside})"], end + 1)
        else:
            raise UnreadError
        return self._followed(part)

    def _followed(self, part: Part) -> Part:
        while True:
            texts, k = part.texts, part.end
            kind, value, *_ = self.piece(k)
            if kind == "up":
                part = above(texts, plain(value), k + 1)
            elif value in ("^", "**"):
                exponent = self.factor(k + 1)
                power = each("{}^{}", texts, exponent.texts)
                if exponent.texts in (["T"], ["(T)"]):
                    known = ranked(texts[0], self.ranks) or texts[0].isupper()
                    power = [*([] if known else power), *each("{}.T", texts)]
                first = k + 1 + (self.value(k + 1) in ("+", "-"))
                loose = self.piece(first).kind in ("number", "name")
                loose = loose and not self.piece(exponent.end).apart
                part = Part(power, exponent.end, texts, exponent.texts, loose)
            elif value == "[":
                end = self.close(k) + 1
                part = Part([text + self.source(k, end) for text in texts], end)
            elif self.primed and value in PRIMES:
                part = Part([f"{text}'" for text in texts], k + 1)
            elif value in (".T", "⊤"):
                part = Part([f"{text}.T" for text in texts], k + 1)
            elif value == "!" != self.value(k + 1):
                part = Part([f"gamma({bare(text)} + 1)" for text in texts], k + 1)
            elif value == "." and self.piece(k + 1).kind == "name":
                part = self._method(list(map(bare, texts)), self.value(k + 1), k + 2)
            elif value == "°":
                part = Part([f"({text}*pi/180)" for text in texts], k + 1)
            else:
                return part

    def _name(self, k: int) -> Part:
        """A variable, a constant, a call, or a function beside its argument."""
        written, end = self.value(k), k + 1
        if written in WORDS:
            raise UnreadError
        if written in _FRACTIONS:
            middle = self.close(end)
            last = self.close(middle + 1)
            sides = self.source(end + 1, middle), self.source(middle + 2, last)
            return Part(["({}/{})".format(*map(held, sides))], last + 1)
        *before, name = written.removeprefix("\\").split(".")
        if before and before[0] not in MODULES:
            if self.value(end) == "(":
                return self._method([".".join(before)], name, end)
            return Part(["_".join([*before, name])], end)
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
        primes = 0
        while self.value(end) in PRIMES and not self.piece(end).apart:
            primes, end = primes + 1, end + 1
        if self.primed:
            name += "'" * primes
        elif primes:
            return self._derivative(name, primes, end)
        known = function(name)
        if known:
            return self._applied(known, end, name)
        strange = before or written[0] == "\\" and name not in LETTERS
        if strange and name not in CONSTANT_NAMES:
            raise UnreadError
        if self.value(end) == "(" and name not in CONSTANT_NAMES:
            last = self.close(end) + 1
            group = self.source(end, last)
            factors = [f"{name}*{group}"] if self.piece(end).apart else []
            return Part([*factors, name + group], last)
        return Part([name], end)

    def _method(self, objects: Sequence[str], name: str, end: int) -> Part:
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
        if self.value(end) != "(":
            transpose = [f"{name}.T"] * (primes == 1)
            if name in self.ranks and transpose:
                return Part(transpose, end)
            x = "t" if name == "x" else "x"
            return Part([*transpose, f"D({name}({x}), {x}{order})"], end)
        last = self.close(end)
        inside = self.source(end + 1, last)
        by = 1 if re.fullmatch(r"[\d.]*", inside) else inside
        return Part([f"D({name}({inside}), {by}{order})"], last + 1)

    # --- a function beside its argument ----------------------------------------------

    def _applied(self, name: str, k: int, written: str = "") -> Part:
        """sin(x), sin x, sin 2x, sin² x: a function with its argument."""
        exponent = ""
        if self.piece(k).kind == "up":
            exponent, k = plain(self.value(k)), k + 1
        elif self.value(k) in ("^", "**"):
            sign = "-" * (self.value(k + 1) == "-")
            k += 2 + len(sign)
            exponent = sign + self.value(k - 1)
            if self.piece(k - 1).kind not in ("number", "name"):
                raise UnreadError
        if self.value(k) == "(":
            end = self.close(k)
            return Part(raised(name, exponent, self.source(k + 1, end)), end + 1)
        if not self.begins(k) or least(name) > 1:
            if exponent or written not in LETTERS:
                raise UnreadError
            return Part([written], k)
        return self._with_argument(name, exponent, k, written)

    def _with_argument(self, name: str, exponent: str, k: int, written: str) -> Part:
        """sin 2x, and what may belong to the argument or not: sin x y, sin x/2."""

        def calls(arguments: Sequence[str]) -> list[str]:
            return [call for a in arguments for call in raised(name, exponent, a)]

        args = [self.factor(k)]
        while self.begins(args[-1].end) and not function(self.value(args[-1].end)):
            args.append(self.factor(args[-1].end))
        first, end = args[0], args[-1].end
        whole, tail = self._joined(args, doubt=False), ""
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
            rest = self._joined(args[1:], doubt=False)
            texts += each(f"{{}}*{{}}{tail}", calls(first.texts), rest)
        if len(args) == 1 and first.exponent:
            texts += each(f"{{}}^{{}}{tail}", calls(first.base), first.exponent)
        if written in LETTERS:
            texts += [f"{written}*{a}{tail}" for a in whole]
        return Part(few(texts), end)
