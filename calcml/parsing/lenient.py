"""Terms read leniently, and written as the grammar writes them: sin 2x, x², |x|, n!."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from calcml.functions.elsewhere import (
    BRACKETS,
    DETERMINANT,
    NORMS,
    OPERATORS,
    PREFIXES,
)
from calcml.parsing.operands import PRIMES, Operands
from calcml.parsing.pieces import CLOSING, WORDS, UnreadError
from calcml.parsing.readings import (
    Part,
    above,
    bare,
    each,
    few,
    held,
    multiplied,
    number,
    plain,
    products,
    ranked,
)

DIVISIONS = ("%", "//", "mod")  # with remainder, and without
# A term ends before these; a sign after a power or a division belongs to its operand.
_ENDS = frozenset("+ - * @ ( [ { , ; = == != < > <= >= & && ? : \n".split(" ")).union(
    WORDS, (s for s, operator in OPERATORS.items() if operator not in "*/")
)


class Terms(Operands):
    """A reader of terms: factors side by side, quotients, powers."""

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
            elif wide and before in "+-" and not self.ends(k - 2):
                k -= 1
            else:
                break
        return k

    def quotient(self, k: int, wide: bool = False) -> Part:
        """Products and quotients of factors side by side, or, `wide`, with a sign."""
        parts, k = self._beside(k)
        last = texts = few([*self.joined(parts), *_nested(parts)])
        primed = False
        while True:
            written = self.value(k)
            sign = OPERATORS.get(written, written)
            if sign == "%" and not self.begins(k + 1):
                texts, k = each("({}/100)", texts), k + 1
                continue
            primed = primed or self.value(k - 1) in PRIMES  # A'*B, of matrices
            if sign not in ("/", "*", *DIVISIONS) or (
                written == "*" and not (wide or primed)
            ):
                return Part(texts, k)
            apart = sign == "%" and not self.piece(k).apart and self.piece(k + 1).apart
            parts, k = self._beside(k + 1)
            right = self.joined(parts)
            if sign in DIVISIONS:
                made = "({0} - {1}*floor({0}/{1}))" if sign != "//" else "floor({}/{})"
                sides = (texts, right)
                percent = each("({}/100)*{}", texts, right) if apart else []
                texts = each(made, *[[held(t) for t in side] for side in sides])
                texts = few([*texts, *percent])
            elif sign == "*" and written != "⊙" and (written != "*" or primed):
                texts = self._product(texts, last, right)
            elif sign == "*" or len(parts) == 1:
                texts = each(f"{{}}{sign}{{}}", texts, right)
            else:
                loose = each("{}/{}", texts, self.joined(parts, doubt=False))
                texts = few([*each("{}/({})", texts, right), *loose])
            last = right

    def _beside(self, k: int) -> tuple[list[Part], int]:
        """Factors side by side."""
        parts = [self.factor(k)]
        while self.begins(end := parts[-1].end):
            try:
                parts.append(self.factor(end))
            except UnreadError:
                if BRACKETS.get(self.value(end), "_")[0] != self.value(end):
                    raise
                break  # a bar that closes
        return parts, parts[-1].end

    def joined(self, parts: Sequence[Part], doubt: bool = True) -> list[str]:
        """The product of factors; what follows a power may belong to it, in doubt."""
        texts, before = list(parts[0].texts), list[str]()
        for k, (one, other) in enumerate(pairwise(parts)):
            whole = self._product(texts, one.texts, other.texts)
            if doubt and one.loose:
                powers = each("{}^({}*{})", one.base, one.exponent, other.texts)
                if k:
                    powers = self._product(before, parts[k - 1].texts, powers)
                whole = few([*whole, *powers])
            before, texts = texts, whole
        return texts

    def _product(
        self, texts: Sequence[str], last: Sequence[str], other: Sequence[str]
    ) -> list[str]:
        """Products `texts`, which end with the factors `last`, times another factor."""
        ends = last if len(last) == len(texts) else [last[0]] * len(texts)
        return few(
            text
            for a, end in zip(texts, ends, strict=True)
            for b in other
            for text in products(a, end, b, self.ranks)
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
            part = self.name(k)
        elif value in PREFIXES and self.value(k + 1)[:1] != "_":
            part = self.applied(PREFIXES[value], k + 1)
        elif value in BRACKETS:
            part = self._barred(k)
        elif value in CLOSING:
            part = self._grouped(k)
        else:
            raise UnreadError
        return self._followed(part)

    def _barred(self, k: int) -> Part:
        """|x|, ||x||, ‖x‖₁ and ⌊x⌋."""
        name, start, end, after = self.bars(k)
        below = self.piece(after).kind == "down" or self.value(after)[:1] == "_"
        index = plain(self.value(after)).removeprefix("_")
        if below and index in NORMS and not self.piece(after).apart:
            name, after = NORMS[index], after + 1
        inside = self.source(start, end)
        texts, rank = [f"{name}({inside})"], self.ranks.get(inside, 0)
        if self.value(k) == "|" and rank and name == BRACKETS["|"][1]:
            other = DETERMINANT if rank > 1 else BRACKETS["||"][1]
            texts.append(f"{other}({inside})")
        doubled = self.value(k) == self.value(k + 1) == "|"
        if doubled and not below and name == BRACKETS["||"][1]:
            texts.append("{0}({0}({1}))".format(BRACKETS["|"][1], inside))
        return Part(texts, after)

    def _grouped(self, k: int) -> Part:
        """(x + 1), {x + 1} and [x + 1]; [x > 0] is 1 where that holds, else 0."""
        value, end = self.value(k), self.close(k)
        inside = self.source(k + 1, end)
        listed = value == "[" and self.listed(k, end) or value == "{" and "," in inside
        if listed or not inside:
            raise UnreadError
        if value == "[" and re.search("[<>=≤≥≠]", inside):
            inside = f"where({inside}, 1, 0)"
        return Part([f"({inside})"], end + 1)

    def _followed(self, part: Part) -> Part:
        while True:
            texts, k = part.texts, part.end
            kind, value, *_ = self.piece(k)
            if kind == "up":
                part = above(texts, plain(value), k + 1, self.ranks)
            elif value in ("^", "**") and self.value(k + 1) in ("⊤", "\\top"):
                part = Part([f"{text}.T" for text in texts], k + 2)
            elif value in ("^", "**"):
                exponent = self.factor(k + 1)
                power = each("{}^{}", texts, exponent.texts)
                inverse = bare(exponent.texts[0]) == "-1"
                inverse = inverse and multiplied(texts[0], self.ranks)
                if inverse:
                    power = [f"inv({bare(text)})" for text in texts]
                transposed = exponent.texts in (["T"], ["(T)"])
                if transposed:
                    known = ranked(texts[0], self.ranks) or texts[0].isupper()
                    power = [*([] if known else power), *each("{}.T", texts)]
                first = k + 1 + (self.value(k + 1) in ("+", "-"))
                loose = self.piece(first).kind in ("number", "name")
                loose = loose and not (transposed or inverse)
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
                part = self.method(list(map(bare, texts)), self.value(k + 1), k + 2)
            elif kind == "down" or value[:1] == "_" and not self.piece(k).apart:
                index = plain(value).removeprefix("_")
                part = Part([f"{text}[{index}]" for text in texts], k + 1)
            elif value == "°":
                part = Part([f"({text}*pi/180)" for text in texts], k + 1)
            else:
                return part


def _nested(parts: Sequence[Part]) -> list[str]:
    """Factors of which two are between bars, as if one was inside the other's bars."""
    bars = [re.fullmatch(rf"{BRACKETS['|'][1]}\((.*)\)", p.texts[0]) for p in parts]
    places = [k for k, found in enumerate(bars) if found]
    if len(places) < 2:
        return []
    (one, other), name = places[:2], BRACKETS["|"][1]
    first, last = (held(bars[k][1]) for k in (one, other))  # type: ignore[index]
    inside = "*".join(part.texts[0] for part in parts[one + 1 : other])
    whole = f"{name}({inside})*{last}" if inside else f"{name}({last})"
    factors = [p.texts[0] for p in (*parts[:one], *parts[other + 1 :])]
    return ["*".join([*factors[:one], f"{name}({first}*{whole})", *factors[one:]])]
