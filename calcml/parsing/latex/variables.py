"""Names with their indices."""

from __future__ import annotations

from calcml.functions import CONSTANT_NAMES
from calcml.parsing.latex.calls import Calls
from calcml.parsing.latex.names import Named, Range
from calcml.parsing.latex.outlet import Frame
from calcml.parsing.latex.words import FONTS, IDENTITY, variable
from calcml.parsing.operands import CALLED

_SIGNED = {"+": "p", "-": "m"}


class Variables(Calls):
    """What names become."""

    def named(self, name: Named) -> int:
        """A variable or an array with its indices, or an unknown function."""
        i = name.start
        place = self.raw[i].place
        whole, parts = self.split(name)
        if (
            name.base == IDENTITY
            and name.lower
            and not parts
            and whole not in self.names
        ):
            if any(self.value(k) in self.sizes for k in range(*name.lower)):
                braced = name.lower[0] - 1 in self.close
                return self.sized(i, name.base, name.lower[0] - 1 - braced)
            if any(
                len(getattr(x, "dims", None) or ()) == 2 for x in self.names.values()
            ):
                raise self.error(
                    "this is the size of no array here; write I for an identity",
                    i,
                    name.end,
                )
        if whole is None:
            raise self.error("this is no name, nor an index of an array", i, name.end)
        text = self.source(i, name.end)
        sign = self.source(*name.lower).strip("{} ") if name.lower else ""
        if sign in ("+", "-") and whole not in self.names:
            base = self.source(i, name.lower[0]).rstrip("{_ ") if name.lower else ""
            raise self.error(
                f"this has two readings: write \\max({sign.strip('+')}{base}, 0) for a "
                f"part of it, {base}_{{{_SIGNED[sign]}}} for a name",
                i,
                name.end,
            )
        self.refuse_powers(name, whole, parts)
        below = name.lower and self.source(*name.lower)
        constant = self.constant(f"{self.source(i, i + 1)}_{{{below}}}")
        if constant and whole not in self.names:
            self.put("NAME", constant, place)
            return name.end
        closes = self.stack and self.stack[-1].close == name.end
        brackets = self.value(name.end) in ("(", "[") and not closes
        plain = name._replace(primes=0)
        base = self.whole(plain) or whole
        orders = self.orders(name) if brackets and not parts else ""
        if orders:
            head = self.whole(name, upper=False)
            self.put("FORMAL", f"{head}^{orders}", place)
            return name.end
        if brackets and not parts and self.is_call(name, base):
            self.unused.pop(base, None)
            self.put("FORMAL", f"{base}{chr(39) * name.primes}", place)
            return name.end
        bare = self.base(i, name.end) if parts else None
        shown = name._replace(end=bare[1]) if bare else name
        whole = self.known(shown, whole)
        self.unused.pop(whole, None)
        caught = self.bound & set(self.pieces(name)) if not parts else set()
        if caught and whole not in self.names:
            index = min(caught)
            raise self.error(
                f"{text} depends on the index {index}, and {name.base} is no array; "
                f'declare its shape, such as "{name.base}: n"',
                i,
                name.end,
            )
        inside = any(frame.value == "index" for frame in self.stack)
        shifted = whole in self.indices and not (parts or inside)
        shifted = shifted and whole not in self.declared and self.first == 1
        if shifted:
            self.said[self.counted] = None
        self.put("NAME", whole + "+" * shifted, place)
        if parts:
            self.said[self.counted] = None
            return self.indexed(whole, parts, name)
        return name.end

    def orders(self, name: Named) -> str:
        r"""The orders of a derivative of an unknown function: B^{(1, 0)}(a, b)."""
        above = self.values[slice(*name.upper)] if name.upper else []
        counts = [v for v in above if v.isdigit()]
        listed = len(above) == 2 * len(counts) - 1 and len(counts) > 1
        return ",".join(counts) * (listed and len(counts) == self.arity(name.end))

    def refuse_powers(self, name: Named, whole: str, parts: list[Range]) -> None:
        """ParseError for f^2(x) and x^{(n+1)}, which may be powers or not."""
        known = whole in self.names or whole in self.params or whole in self.bare
        end = self.raised_end(name)
        called = end > name.end and self.value(end) == "(" and CALLED.match(whole)
        text = self.source(name.start, end)
        if called and not known:
            raise self.error(
                f"this has two readings: write {text} \\cdot (...), or (f(x))^.. "
                "for the power of an unknown function",
                name.start,
                end,
            )
        upper = name.upper or (0, 0)
        signs = any(self.value(k) in ("+", "-", "/", "*") for k in range(*upper))
        if signs and not parts and whole not in self.names:
            inside = self.source(*upper)
            raise self.error(
                f"this has two readings: write {name.base}^{{{inside}}} for a power, "
                f"{name.base}_{{{inside}}} for a name",
                name.start,
                name.end,
            )

    def pieces(self, name: Named) -> list[str]:
        """The letters in the index of a name."""
        found = []
        for part in filter(None, (name.upper, name.lower)):
            for i in range(*part):
                base = self.base(i, part[1])
                found += [base[0]] if base else []
        return found

    def known(self, name: Named, whole: str) -> str:
        """A name for this text alone: another spelling of it is refused."""
        text = " ".join(t.value.strip() for t in self.raw[name.start : name.end])
        text = text.replace("{ ", "").replace(" }", "")
        given = whole if whole in self.declared else variable(whole)
        if given in CONSTANT_NAMES and self.raw[name.start].value in FONTS:
            given = f"{given}_1"  # a bold e is no number
        before = self.spelled.setdefault(given, text)
        self.shown.setdefault(given, self.source(name.start, name.end))
        if before != text and given not in self.declared:
            raise self.error(
                f"{before} and {text} would both be the name {given}; write one of "
                "them otherwise",
                name.start,
                name.end,
            )
        return given

    def is_call(self, name: Named, whole: str) -> bool:
        """Whether a name before brackets is an unknown function, or ParseError."""
        known = (
            whole in self.names
            or whole in self.params
            or len(whole) > 1
            and whole in CONSTANT_NAMES
        )
        alone = whole in self.bare
        if name.primes or self.out and self.out[-1][0] == "DERIVED":
            return True
        if known or alone and whole[0] not in "fgh":
            return False
        square = self.value(name.end) == "["
        inside = self.bracket(name.end) or (0, 0)
        if square and inside[1] - inside[0] > 2 and whole[0].islower():
            return False  # w_n [y \\log p], and neither x[i] nor E[x]
        if CALLED.match(whole) and not alone and not square:
            return True
        if (
            not square
            and self.arity(name.end) > 1
            and len(name.base) == 1
            and not alone
        ):
            return True
        text = self.source(name.start, name.end)
        raise self.error(
            f"this can be read in more than one way: write {text} \\cdot (...), or "
            "f(...) for an unknown function",
            name.start,
            name.end + 1,
        )

    def indexed(self, whole: str, parts: list[Range], name: Named) -> int:
        """The indices of an array, of two tokens ij as of i, j."""
        place = self.raw[name.start].place
        self.out.append(("INDEX", whole, place))
        rank = len(self.names[whole].dims)
        last = parts[-1]
        for k, (start, end) in enumerate(parts):
            if k:
                self.cuts.add(start)
            commas = any(self.value(j) == "," for j in range(start, end))
            single = [j for j in range(start, end) if self.value(j) not in "{}"]
            alone = all(
                self.raw[j].kind in ("letter", "number", "command") for j in single
            )
            if rank > 1 and not commas and alone and len(parts) == 1:
                if len(single) == 1 and self.raw[single[0]].kind == "number":
                    digits = self.raw[single[0]].value
                    if len(digits) == rank:
                        at = self.raw[single[0]].place
                        for n, digit in enumerate(digits):
                            self.out += [("COMMA", ",", at)] * bool(n)
                            self.out.append(("NUMBER", digit, at))
                        self.out.append(("RBRACE", "]", at))
                        return name.end
                self.cuts |= set(single[1:])
        for start, end in reversed(parts):
            final = (start, end) == last
            to = name.end if final else parts[parts.index((start, end)) + 1][0]
            kind = "RBRACE" if final else ""
            frame = Frame(end, kind, to - end, place=place, value="index")
            self.stack.append(frame)
        return parts[0][0]
