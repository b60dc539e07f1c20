"""What reductions of the grammar make of indices: elements, slices, sums over them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from calcml.core.build import substitute
from calcml.core.errors import ParseError, UnsupportedError
from calcml.core.expr import ARRAYS, Expr
from calcml.core.flat import walk_to
from calcml.core.tensors import Slice
from calcml.functions import SPELLINGS
from calcml.parsing.arguments import Argument, operand
from calcml.parsing.calls import bound, indices
from calcml.parsing.index_notation import (
    BOUND,
    free_indices,
    is_open,
    letters_of_bounds,
    may_be_bound,
)


class Indexed:
    """The part of a builder that knows of indices."""

    names: dict[str, Any]
    places: set[str]  # names of places that a sum should bind
    whole_parts: frozenset[Expr]  # what holds no index
    given: frozenset[Expr]
    defined: dict[str, Expr]
    rebound: dict[Expr, str]  # what max, min and so on over an index made, and that
    indexed: dict[Expr, list[str]]  # arrays that definitions with free indices made
    open = False  # whether elements x[i] occur
    closes = True  # whether index notation becomes an array
    own = False  # whether the text is a row's, of scalars or of arrays

    def finished(self, value: Expr) -> Expr:
        """The value of a statement: an array of each index that no sum binds."""
        sums = [n for n in walk_to(value, _is_bound) if _is_bound(n)]
        free = free_indices(value, self.sizes() | letters_of_bounds(value))
        alone = [n for n in sums if free.isdisjoint(n.free_symbols)]
        value = substitute(value, {n: self.array(n) for n in alone})
        if is_open(value):
            value = self.array(value)
            self.indexed[value] = sorted(free)
        if self.places and not self.places.isdisjoint(value.free_symbols):
            name = min(self.places & value.free_symbols)
            raise UnsupportedError(
                f"the index {name} is in no sum; a name as an index goes with an index "
                f"for every axis: A[{name}, j]; a row is A[0, :]"
            )
        return value

    def sizes(self) -> set[str]:
        """The names of sizes of the arrays that have names."""
        arrays = [x for x in self.names.values() if isinstance(x, Expr) and x.dims]
        return {n for x in arrays for size in x.dims for n in size.free_symbols}

    def over(self, name: str, arguments: Sequence[Argument]) -> Expr:
        """A sum over an index, its array as soon as no index around it can matter."""
        self.open = True
        made = bound.call(name, arguments)
        if _is_bound(made) and not self.own:
            self.refuse(str(made.args[0].value), made.args[-1])
        waits = not is_open(made) or may_be_bound(made, self.sizes())
        result = made if waits else self.array(made)
        if name in SPELLINGS and _is_bound(made):
            self.rebound[result] = str(made.args[0].value)
        return result

    def refuse(self, index: str, term: Expr) -> None:
        """ParseError for an index that means something else in or around its term."""
        if index in self.sizes():
            raise ParseError(
                f"{index} is the size of an array; take another letter for the index"
            )
        for node in walk_to(term, lambda n: n.op in ARRAYS and n.op not in BOUND):
            parts = node.args[1:] if node.op == "at" else (node,)
            for part in parts:
                if self.rebound.get(part) == index:
                    raise ParseError(
                        f"{index} is the index of a sum and of what is in it; for the "
                        f"greater or lesser of two values write {index} second"
                    )
                if index in self.indexed.get(part, ()):
                    name = next(n for n, x in self.defined.items() if x is part)
                    places = ", ".join(self.indexed[part])
                    raise ParseError(
                        f"{name} was defined with the index {index}, and is an array: "
                        f"write {name}[{places}]"
                    )
                lone = part.op == "symbol" and not part.dims and part not in self.given
                if lone and part.value.endswith(f"_{index}"):
                    base = part.value.removesuffix(f"_{index}")
                    raise ParseError(
                        f"{part} is one variable; an element is {base}[{index}], of "
                        f"{base} with a shape"
                    )

    def array(self, value: Expr) -> Expr:
        """The array of an expression in index notation."""
        from calcml.parsing.closing import closed  # most texts have no indices

        return closed(value, whole=self.whole_parts)

    def index(self, x: Expr, *rest: Any) -> Expr:
        parts = [rest[0], *(rest[1] if len(rest) > 1 else [])]
        self.open = self.open or any(isinstance(p, Expr) for p in parts)
        found = indices.element(operand(x), parts)
        if found.dims:
            self.places.update(indices.places(parts, self.sizes()))
        return found

    def whole(self, _: object = None) -> Slice:
        return Slice(None, None)

    def from_(self, start: Expr, _: object = None) -> Slice:
        return Slice(start, None)

    def to(self, *ends: Expr) -> Slice:
        return Slice(None, ends[-1])

    def slice(self, start: Expr, stop: Expr) -> Slice:
        return Slice(start, stop)

    def stepped(self, part: Slice, *rest: Expr) -> Slice:
        step = rest[-1]
        if step.op != "number" or step.value != int(step.value):
            raise ParseError(f"the step of a slice is a whole number, not {step}")
        return part._replace(step=int(step.value))


def _is_bound(node: Expr) -> bool:
    return node.op in BOUND
