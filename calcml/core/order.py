"""The order in which terms and factors are printed, by structure alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from zlib import crc32

from calcml.core.expr import E, Expr, Number
from calcml.core.flat import walk_to
from calcml.core.operations import EXP

Factor = tuple[Expr, Expr]  # a base and its exponent
Term = tuple[Number, Expr, dict[Expr, Expr]]  # a coefficient, the rest, its factors
TermKey = tuple[float, list[tuple[object, ...]]]  # -degree, its factors' keys


class Order:
    """Keys to sort by: the same in every process, whatever was made before.

    Constants come first, then variables by name, then functions, then sums; of two
    alike the higher power, then the one whose first variable is first.
    """

    def __init__(self) -> None:
        self._terms: dict[Expr, TermKey] = {}
        self._digests: dict[Expr, tuple[str, int]] = {}
        self._keys: dict[tuple[Expr, Expr], tuple[object, ...]] = {}

    def of_terms(self, terms: Iterable[Term]) -> list[Term]:
        """The terms of a sum in their order, those that are subtracted last.

        A polynomial's degree falls, whatever the signs, where its first term has none.
        """
        found = sorted(terms, key=lambda t: (t[0] < 0, self.of_term(t[1], t[2])))
        if found[0][0] < 0 or found[-1][0] > 0 or not all(map(_polynomial, found)):
            return found
        falling = sorted(found, key=lambda t: self.of_term(t[1], t[2]))
        return falling if falling[0][0] > 0 else found

    def of_factors(self, factors: Iterable[Factor]) -> list[Factor]:
        """The factors of a product in their order."""
        return sorted(factors, key=self.of_factor)

    def of_term(self, term: Expr, factors: Mapping[Expr, Expr]) -> TermKey:
        """The key of a term without its coefficient: high degrees before low ones."""
        key = self._terms.get(term)
        if key is None:
            degree = _degree_of(factors)
            keys = sorted([self.of_factor(pair) for pair in factors.items()])
            key = self._terms[term] = -degree, keys
        return key

    def of_factor(self, pair: Factor) -> tuple[object, ...]:
        """The key of base^exponent."""
        key = self._keys.get(pair)
        if key is None:
            key = self._keys[pair] = self._key(*pair)
        return key

    def _key(self, base: Expr, exponent: Expr) -> tuple[object, ...]:
        rank = _RANK.get(base.op, 3)
        name = base.value if rank < 3 else base.op
        if base is E:
            rank, name = 3, EXP
        size = -_size(exponent) if exponent.op == "number" else 0.0
        argument = base.args[0] if base.args else base
        first, inside = self.digest(base)
        of_base = _natural(first), _times(argument), inside
        first, inside = self.digest(exponent)
        of_exponent = first, _times(exponent), inside
        return rank, _natural(str(name)), size, of_base, of_exponent

    def digest(self, node: Expr) -> tuple[str, int]:
        """The first variable's name and a number, made of the structure alone."""
        known = self._digests
        if node in known:
            return known[node]
        for part in walk_to(node, known.__contains__):
            if part in known:
                continue
            first = part.value if part.op == "symbol" else _NO_NAME
            written = part.text if part.op == "number" else part.value
            value = crc32(f"{part.op} {written}".encode())
            for arg in part.args:
                name, below = known[arg]
                value = (value * 1_000_003 + below + 1) % _PRIME
                first = min(first, name)
            known[part] = first, value
        return known[node]


def _natural(name: str) -> tuple[str, int, str]:
    """A key by which w2 comes before w10.

    >>> sorted(["w10", "w2", "w"], key=_natural)
    ['w', 'w2', 'w10']
    """
    stem = name.rstrip("0123456789")
    digits = name[len(stem) :]
    return stem, int(digits) if 0 < len(digits) < 10 else -1, name


def _times(arg: Expr) -> float:
    """The number in an argument or exponent: 3 of 3*pi*x and -3*x, 1/2 of x/2."""
    times = 1.0
    while arg.op in ("mul", "div", "neg"):
        if arg.op == "div" and arg.args[1].op == "number":
            times /= _size(arg.args[1])
        arg = arg.args[0]
    return abs(times * _size(arg) if arg.op == "number" else times)


def _polynomial(term: Term) -> bool:
    """Whether a term is a product of variables and constants to whole powers."""
    return all(
        b.op in ("symbol", "constant") and isinstance(e.value, int) and e.value > 0
        for b, e in term[2].items()
    )


def _size(node: Expr) -> float:
    """A number as a float that can be added up, however large it is."""
    try:
        return max(min(float(node.value), 1e300), -1e300)
    except OverflowError:
        return 1e300 if node.value > 0 else -1e300


_PRIME = (1 << 61) - 1
_NO_NAME = "\uffff"  # sorts after every name
_RANK = {"number": 0, "constant": 1, "symbol": 2, "add": 4, "sub": 4}


def _degree_of(factors: Mapping[Expr, Expr]) -> float:
    return sum([_degree(b, e) for b, e in factors.items()])


def _degree(base: Expr, exponent: Expr) -> float:
    """How much a factor counts in a term's degree: symbols 1, other bases a little."""
    if base.op in ("number", "constant"):
        return 0
    size = _size(exponent) if exponent.op == "number" else 1.0
    return size if base.op == "symbol" or size < 0 else size * 0.5
