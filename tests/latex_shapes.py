r"""The shapes in LaTeX by the rules of matrix algebra: nothing is broadcast.

A vector is a column, a number multiplies any array, and that is all: the parts of a
sum, of a product by elements and of an equation have one shape, inner sizes of products
agree, a divisor and an exponent are numbers, and so is an element X_{ij}, each index of
which runs over axes of one size. The reader knows no node of calcml, only LaTeX.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import count

import sympy

Shape = tuple[sympy.Expr, ...]  # rows and columns; more for an array of higher rank
ONE = sympy.Integer(1)
SCALAR: Shape = (ONE, ONE)
ANY: Shape = ()  # the zero of every space

TOKEN = re.compile(
    r"\s*(\\(?:operatorname|mathrm|mathbf|text)\{(?:[^{}]|\{\})*\}|\\begin\{\w+\}"
    r"|\\end\{\w+\}|\\(?:left|right)(?:\\\||\\[a-z]+|[^\\])|\\[a-zA-Z]+|\\."
    r"|\d+(?:\.\d+)?|\S)"
)
RELATIONS = {"=", "<", ">", r"\le", r"\ge", r"\ne"}
SIGNS = {r"\odot", r"\oslash", r"\otimes"}
ENDS = {"+", "-", "}", ",", "&", r"\\", r"\land", r"\lor", *SIGNS}
REDUCTIONS = {r"\prod", r"\max", r"\min", *(
    rf"\operatorname{{{name}}}" for name in ("logsumexp", "norm1", "norm2")
)}  # fmt: skip
LOGGED = {r"\det", r"\Gamma", r"\sigma", r"\mathrm{B}"}
NUMBERS = {r"\det", r"\operatorname{tr}"}
CONSTANTS = {r"\pi", r"\mathrm{e}", r"\infty", r"\gamma", r"\mathrm{i}", "e"}


class MisfitError(Exception):
    """Dimensions that do not fit."""


def sides(dims: Sequence[object]) -> Shape:
    """Rows and columns of an array, more of one of higher rank."""
    made = [sympy.sympify(str(size)) for size in dims]
    return tuple(made) if len(made) > 2 else (*made, ONE, ONE)[:2]


def check(
    tex: str, names: Mapping[str, Sequence[object]], dims: Sequence[object]
) -> None:
    """Raise MisfitError where a part does not fit, or the whole has not these `dims`.

    `names` are the shapes of the names in `tex`, as LaTeX writes them. An array may be
    written by an element, whose free indices are its axes in alphabetical order.
    """
    reader = Reader(tex, {name: sides(shape) for name, shape in names.items()})
    shape = reader.whole()
    wanted = sides(dims)
    free = {k: reader.put(v) for k, v in reader.scopes[0].items()}
    if not free:
        reader.same(shape, wanted, "the whole")
        return
    reader.same(shape, SCALAR, "an element")
    sizes = [size for size in wanted if size != ONE]
    if len(free) == len(sizes):
        for size, axis in zip([free[k] for k in sorted(free)], sizes, strict=True):
            reader.equal(size, axis, "an axis")
    elif len(free) > len(sizes):
        raise MisfitError(f"indices {sorted(free)} for {wanted}")


class Reader:
    """One formula, read from left to right."""

    def __init__(self, tex: str, names: Mapping[str, Shape]) -> None:
        self.tex = tex
        self.at = 0
        self.names = dict(names)
        self.known: dict[sympy.Expr, sympy.Expr] = {}  # sizes that are not written
        self.numbers = count()
        self.scopes: list[dict[str, sympy.Expr]] = [{}]  # indices and their sizes

    # --- sizes ---------------------------------------------------------------------

    def fresh(self) -> sympy.Expr:
        """A size that is not written."""
        return sympy.Symbol(f"?{next(self.numbers)}")

    def put(self, size: sympy.Expr) -> sympy.Expr:
        """A size with what is known of those that are not written."""
        while (found := size.subs(self.known)) != size:
            size = found
        return size

    def equal(self, a: sympy.Expr, b: sympy.Expr, what: str) -> None:
        """Two sizes are one, or become one."""
        a, b = self.put(a), self.put(b)
        if a.is_Symbol and a.name[0] == "?":
            self.known |= {a: b} if a != b else {}
        elif b.is_Symbol and b.name[0] == "?":
            self.known[b] = a
        elif sympy.expand(a - b) != 0:
            self.wrong(f"{what}: {a} and {b}")

    def same(self, a: Shape, b: Shape, what: str) -> Shape:
        """The shape of two parts that have one."""
        if ANY in (a, b):
            return a or b
        if len(a) != len(b):
            self.wrong(f"{what}: {a} and {b}")
        for x, y in zip(a, b, strict=True):
            self.equal(x, y, f"{what}: {self.told(a)} and {self.told(b)}")
        return a

    def number(self, shape: Shape, what: str) -> None:
        self.same(shape, SCALAR, what)

    def is_number(self, shape: Shape) -> bool:
        return shape == ANY or self.told(shape) == SCALAR

    def told(self, shape: Shape) -> Shape:
        return tuple(map(self.put, shape))

    def wrong(self, what: str) -> None:
        raise MisfitError(
            f"{what}, at: {self.tex[: self.at]} >>> {self.tex[self.at :]}"
        )

    # --- tokens --------------------------------------------------------------------

    def peek(self) -> str:
        match = TOKEN.match(self.tex, self.at)
        return match[1] if match else ""

    def next(self, wanted: str = "") -> str:
        match = TOKEN.match(self.tex, self.at)
        if match is None or wanted not in ("", match[1]):
            self.wrong(f"no {wanted or 'more'}")
        assert match is not None
        self.at = match.end()
        return match[1]

    def taken(self, text: str) -> bool:
        """Whether exactly this follows, without a space; then it is read."""
        if not self.tex.startswith(text, self.at):
            return False
        self.at += len(text)
        return True

    def raw(self) -> str:
        """The text of a group in braces."""
        self.next("{")
        first, depth = self.at, 1
        while depth:
            depth += {"{": 1, "}": -1}.get(self.tex[self.at], 0)
            self.at += 1
        return self.tex[first : self.at - 1]

    def group(self) -> Shape:
        self.next("{")
        shape = self.sum()
        self.next("}")
        return shape

    # --- formulas ------------------------------------------------------------------

    def whole(self) -> Shape:
        if not self.taken(r"\begin{aligned}"):
            shape = self.relation()
            if self.peek():
                self.wrong("what follows is not read")
            return shape
        while self.peek() != "&":
            first = self.at
            while self.peek() != "&":
                self.next()
            name = self.tex[first : self.at].strip()
            self.next("&"), self.next("=")
            self.names[name] = self.sum()
            self.next(r"\\")
        self.next("&")
        shape = self.sum()
        self.next(r"\end{aligned}")
        return shape

    def relation(self) -> Shape:
        """Equations and inequalities, joined or not."""
        shape = self.comparison()
        while self.peek() in (r"\land", r"\lor"):
            self.next()
            self.same(shape, self.comparison(), "conditions")
        return shape

    def comparison(self) -> Shape:
        if self.peek() == r"\lnot":
            self.next()
        if self.peek() == r"\left(" and self.closes_on_relation():
            self.next()
            shape = self.relation()
            self.next(r"\right)")
            return shape
        shape = self.sum()
        while self.peek() in RELATIONS:
            self.next()
            shape = self.same(shape, self.sum(), "sides")
        return shape

    def closes_on_relation(self) -> bool:
        """Whether the bracket that follows holds conditions."""
        first, depth = self.at, 0
        while token := self.peek():
            self.next()
            depth += token.startswith(r"\left") - token.startswith(r"\right")
            if depth == 1 and token in RELATIONS:
                self.at = first
                return True
            if not depth:
                break
        self.at = first
        return False

    def sum(self) -> Shape:
        shape = self.odot()
        while self.peek() in ("+", "-"):
            self.next()
            shape = self.same(shape, self.odot(), "a sum")
        return shape

    def odot(self) -> Shape:
        if self.peek() == "-":
            self.next()
            return self.odot()
        shape = self.product()
        while self.peek() in SIGNS:
            if self.next() == r"\otimes":
                right = self.product()
                shape = shape[0] * right[0], shape[1] * right[1]
                continue
            shape = self.same(shape, self.product(), "by elements")
        return shape

    def product(self) -> Shape:
        shape = self.factor()
        while self.goes_on():
            if self.taken("/"):
                self.number(self.factor(), "what divides in an exponent")
                continue
            if self.peek() == r"\cdot":
                self.next()
            right = self.factor()
            if self.is_number(shape) or self.is_number(right):
                shape = right if self.is_number(shape) else shape
                continue
            if len(shape) > 2 or len(right) > 2:
                self.wrong("a product of arrays of higher rank")
            self.equal(
                shape[1], right[0], f"{self.told(shape)} times {self.told(right)}"
            )
            shape = shape[0], right[1]
        return shape

    def goes_on(self) -> bool:
        token = self.peek()
        stops = token in ENDS or token in RELATIONS or not token
        return not stops and not token.startswith((r"\right", r"\end", r"\text", ":"))

    def factor(self) -> Shape:
        if self.peek() == "-":
            self.next()
            return self.factor()
        return self.postfix(self.atom())

    def postfix(self, shape: Shape) -> Shape:
        while True:
            if self.taken(r"^{\top}"):
                shape = shape[::-1]
            elif self.taken(r"^{-\top}") or self.taken("^{-1}"):
                shape = self.square(shape)
            elif self.taken(r"^{\circ "):
                power = self.sum()
                self.next("}")
                if not self.is_number(power):
                    shape = self.same(shape, power, "a power by elements")
            elif self.taken("^"):
                self.number(self.group(), "an exponent")
                self.number(shape, "the base of a power")
            elif self.taken("_"):
                shape = self.indexed(shape)
            elif not self.taken("'"):
                return shape

    def square(self, shape: Shape) -> Shape:
        self.equal(*shape, "a square matrix")
        return shape

    # --- indices -------------------------------------------------------------------

    def indexed(self, shape: Shape) -> Shape:
        """An element, or a part where an index is a slice."""
        slots = self.slots(self.raw())
        axes = shape
        if len(slots) == 1 and len(shape) == 2:
            self.equal(shape[1], ONE, "a vector with one index")
            axes = shape[:1]
        if len(slots) != len(axes):
            self.wrong(f"{len(slots)} indices for {shape}")
        left = [self.slot(*pair) for pair in zip(slots, axes, strict=True)]
        if all(size is None for size in left):
            return SCALAR
        if len(left) == 1:
            left.append(ONE)
        kept = [ONE if size is None else size for size in left]
        if len(kept) > 2:
            kept = [size for size in left if size is not None]
            kept += [ONE] * (2 - len(kept))
        return tuple(kept)

    def slots(self, text: str) -> list[str]:
        if "," in text:
            return [slot.strip() for slot in text.split(",")]
        if re.fullmatch(r"[a-zA-Z]+", text):
            return list(text)
        return [text.strip()]

    def slot(self, index: str, size: sympy.Expr) -> sympy.Expr | None:
        """The size of the axis that a slice leaves; None of an index."""
        if ":" in index:
            return self.sliced(index, size)
        if re.fullmatch(r"[a-zA-Z](_\{\d+\})?", index):
            self.equal(self.index(index), size, f"the index {index}")
        return None

    def index(self, name: str) -> sympy.Expr:
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
            if "" not in scope:  # not a sum's: the whole formula, or a bracket
                break
        return scope.setdefault(name, self.fresh())

    def sliced(self, index: str, size: sympy.Expr) -> sympy.Expr:
        low, high, *step = [part.strip() for part in index.split(":")]
        if step and step[0] == "-1" and not low and not high:
            return size
        first = size_of(low) if low else sympy.Integer(0)
        last = size_of(high) if high else size
        stride = size_of(step[0]) if step else ONE
        return last - first if stride == ONE else sympy.ceiling((last - first) / stride)

    # --- atoms ---------------------------------------------------------------------

    def atom(self) -> Shape:
        while self.tex[self.at : self.at + 1].isspace():
            self.at += 1
        for name in sorted(self.names, key=len, reverse=True):
            after = self.at + len(name)
            goes_on = name[-1].isalpha() and self.tex[after : after + 1].isalpha()
            calls = self.tex.startswith(r"\left(", after)
            command = goes_on and name[0] == "\\"  # a longer one
            if self.tex.startswith(name, self.at) and not calls and not command:
                self.at = after
                return self.names[name]
        token = self.next()
        made = self.made_of(token)
        return self.call(token) if made is None else made

    def made_of(self, token: str) -> Shape | None:
        """The shape of what begins with a token, None where that is a function."""
        if token == "{":
            shape = self.sum()
            self.next("}")
            return shape
        if token[0].isdigit():
            sized = token == "0" and self.taken("_")
            return self.sized(self.raw()) if sized else ANY if token == "0" else SCALAR
        if token == "I" and self.tex.startswith("_{0}", self.at):
            return self.call(token)  # the Bessel function, no matrix has no element
        if token in ("I", r"\mathbf{1}", r"\operatorname{arange}") and self.taken("_"):
            shape = self.sized(self.raw())
            return (shape[0], shape[0]) if token == "I" else shape
        if token == r"\mathbf{1}":
            return self.fresh(), ONE
        if token == r"\mathbf{e}" and self.taken("_"):
            self.raw()
            return self.fresh(), ONE
        if token == r"\delta" and self.taken("_"):
            self.deltas(self.slots(self.raw()))
            return SCALAR
        if token == r"\frac":
            top = self.group()
            self.number(self.group(), "a divisor")
            return top
        if token in (r"\sum", *REDUCTIONS) and self.peek() in (
            "_",
            "-",
            r"\left(",
            "{",
        ):
            return self.over(token)
        if token in (r"\sum", r"\prod"):
            self.factor()
            return SCALAR
        if token.startswith(r"\left"):
            return self.bracket(token)
        if token == r"\begin{cases}":
            return self.cases()
        if token == r"\sqrt":
            if self.taken("[3]"):
                pass
            return self.group()
        if re.fullmatch("[a-z]", token) and token != "e":
            self.index(token)
            return SCALAR
        if token in CONSTANTS and not self.tex.startswith(r"\left(", self.at):
            return SCALAR
        return None

    def sized(self, text: str) -> Shape:
        sizes = [size_of(part) for part in text.split(r"\times")]
        return (sizes[0], sizes[1] if len(sizes) == 2 else ONE)

    def deltas(self, slots: list[str]) -> None:
        names = [s for s in slots if re.fullmatch(r"[a-zA-Z](_\{\d+\})?", s)]
        for other in names[1:]:
            self.equal(self.index(names[0]), self.index(other), "a delta")

    def over(self, token: str) -> Shape:
        """A sum or a reduction over an index, over all elements, or along an axis."""
        if not self.taken("_"):
            return self.call(token) if token != r"\sum" else self.summed()
        first = self.at
        text = self.raw()
        if token != r"\sum" and (text.isdigit() or text[:1] == "("):
            self.at = first - 1
            return self.call(token)
        name = text.partition("=")[0].strip()
        if self.taken("^"):
            self.raw()
        self.scopes.append({"": ONE, name: self.fresh()})
        body = self.product() if token == r"\sum" else self.factor()
        self.scopes.pop()
        self.number(body, f"what {token} adds")
        return SCALAR

    def summed(self) -> Shape:
        self.factor()
        return SCALAR

    def bracket(self, token: str) -> Shape:
        bar = token == r"\left\|"
        if token == r"\left[":
            self.scopes.append({})
        shape = self.sum()
        close = self.next()
        if not close.startswith(r"\right"):
            self.wrong("no bracket that closes")
        if bar:
            return SCALAR
        if token != r"\left[":
            return shape
        self.number(shape, "an element")
        own = self.scopes.pop()
        self.next("_")
        found = [self.put(own.get(i, self.fresh())) for i in self.slots(self.raw())]
        return tuple(found) if len(found) > 2 else (*found, ONE)[:2]

    def cases(self) -> Shape:
        shape: Shape = ANY
        while True:
            shape = self.same(shape, self.sum(), "cases")
            self.next("&")
            if self.next() == r"\text{otherwise}":
                self.next(r"\end{cases}")
                return shape
            self.number(self.relation(), "a condition")
            self.next(r"\\")

    # --- functions -----------------------------------------------------------------

    def call(self, head: str) -> Shape:
        if head == r"\log" and self.peek() in LOGGED:
            head = self.next()
        axis = self.raw() if self.taken("_") else ""
        if self.taken("^"):
            self.raw()
        while self.taken("'"):
            pass
        if not self.taken(r"\left("):
            self.wrong(f"{head} is no name that is known")
        args = [self.sum()]
        sizes: list[str] = []
        while self.peek() == ",":
            self.next()
            first = self.at
            args.append(self.sum())
            sizes.append(self.tex[first : self.at])
        self.next(r"\right)")
        return self.value(head, axis, args, sizes)

    def value(self, head: str, axis: str, args: list[Shape], sizes: list[str]) -> Shape:
        """The shape of a function's value."""
        x = args[0]
        if head in REDUCTIONS and len(args) == 1:
            return (x[1 - int(axis)], ONE) if axis else SCALAR
        if head in NUMBERS:
            return self.square(x) and SCALAR
        if head == r"\operatorname{diag}":
            if ONE in self.told(x):
                size = x[0] if self.put(x[1]) == ONE else x[1]
                return size, size
            return self.square(x)[0], ONE
        if head == r"\operatorname{reshape}":
            return sides([size_of(size) for size in sizes])
        if head == r"\operatorname{pad}":
            more = sum(map(size_of, sizes))
            down = axis == "0" or self.put(x[1]) == ONE
            return (x[0] + more, x[1]) if down else (x[0], x[1] + more)
        shape = ANY
        for arg in args:
            if not self.is_number(arg):
                shape = self.same(shape, arg, f"arguments of {head}")
        return shape or SCALAR


def size_of(text: str) -> sympy.Expr:
    """A size as LaTeX writes it: m n, n - 1."""
    plain = re.sub(r"\\left|\\right|[{}_]", "", text).replace(r"\cdot", " ").strip()
    return sympy.sympify(re.sub(r"(?<=[\w)])\s+(?=[\w(])", "*", plain))
