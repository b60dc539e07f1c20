"""What stands above: powers, transposes, labels that are none of them."""

from __future__ import annotations

import re

from calcml.core.expr import E
from calcml.parsing.latex.names import Range
from calcml.parsing.latex.outlet import Outlet

TURNED = frozenset(("T", r"\top", r"\mathsf T", r"\mathrm T", "⊤"))
LAYER = re.compile(r"(?:[lL]|\\ell)(?:[+-][0-9])?")  # which layers are counted by


class Powers(Outlet):
    """What each superscript becomes."""

    def raised(self, i: int, ended: bool) -> int:
        """A power, a transpose, or a power of each element."""
        place = self.raw[i].place
        if not ended:
            raise self.error("a power belongs to a value before it", i)
        if self.powered == len(self.out):
            raise self.error(
                "TeX has no second exponent here: write {x^y}^z, or x^{y^z}", i
            )
        inside = self.argument(i + 1)
        texts = [t.value for t in self.raw[slice(*inside)]]
        if not texts:
            if inside[0] >= len(self.raw):
                raise self.error("an exponent should stand here", i)
            return self.after(inside)
        plain = [
            t for t in texts if t not in (r"\mathsf", r"\mathrm", "{", "}", r"\text")
        ]
        if not plain:
            raise self.error("an exponent should stand here", i)
        if len(plain) == 1 and plain[0] in TURNED:
            self.out.append(("TURN", plain[0], place))
            return self.after(inside)
        if plain[0] == "-" and len(plain) == 2 and plain[1] in TURNED:
            self.out.append(("TURN", "-", place))
            return self.after(inside)
        if plain == ["+"] and self.out[-1][0] == "RPAR":
            self.out.append(("POSITIVE", "+", place))
            return self.after(inside)
        follows = self.raw[inside[1]].kind if inside[1] < len(self.raw) else ""
        if plain in (["+"], ["-"]) and follows != "number":
            raise self.error(
                "a sign is no exponent: write (x)^+ for the positive part, x_{p} for "
                "a name",
                i,
                self.after(inside),
            )
        if self.value(i + 1) in "+-*/":
            raise self.error("an exponent is put in braces, as in x^{-1}", i, i + 2)
        first = self.raw[inside[0]]
        word = first.kind == "word" and len(texts) == 1
        if word or LAYER.fullmatch("".join(texts)):
            self.refuse_label(i, inside)
        if i + 1 not in self.close and first.kind == "number" and len(first.value) > 1:
            a, b = first.value[0], first.value[1:]
            raise self.error(
                "this can be read in more than one way: write "
                f"^{{{a}}} {b} or ^{{{first.value}}}",
                i,
                i + 2,
            )
        each = texts[0] in (r"\circ", r"\odot") and len(texts) > 1
        self.out.append(("EACH" if each else "POW", "^", place))
        i = self.open(i + 1, "RBRACE")
        self.stack[-1] = self.stack[-1]._replace(bracket="^")
        return i + each

    def refuse_label(self, i: int, inside: Range) -> None:
        r"""ParseError for w^{\text{old}} and a^{l-1}: a name, or a power of one.

        It is a power where the word or letter stands elsewhere, too, or is known.
        """
        word = self.value(inside[0])
        name = next((n for n in self.seen.values() if n.end == i), None)
        alone = [k for k, v in enumerate(self.values) if v == word]
        stands = any(self.values[max(k - 1, 0)] not in "^{_" or not k for k in alone)
        known = word.replace(r"\_", "_").strip("\\") in self.names
        if name is None or name.base == E.value or known or stands:
            return
        lower = f"{self.source(*name.lower)}, " if name.lower else ""
        base = self.source(name.start, name.lower[0] - 1 if name.lower else i)
        base = base.rstrip("{_ ")
        told = self.source(*inside)
        power = f"({told})" if inside[1] - inside[0] > 1 else told
        raise self.error(
            f"this has two readings: write {base}_{{{lower}{told}}} for a name, "
            rf"\exp({power} \cdot \ln {self.source(name.start, i)}) for a power",
            name.start,
            self.after(inside),
        )
