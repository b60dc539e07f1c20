"""A domain, and how it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from calcml.calculus.domain.solve import NOWHERE
from calcml.core.display import Display
from calcml.core.expr import Expr
from calcml.core.mathml import mathml

Conditions = tuple[Expr, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Domain(Display):
    """Conditions that hold all together: where a function is defined, and has slopes.

    `function` are those of its value, `derivative` those under which it has a slope:
    its derivative, at an end of the domain that of the one side, or at the places
    `chosen`, where both sides have their own, one that is a choice. It is None where
    there is no derivative in closed form. At the places `jumps` the function is defined
    and not continuous; whether it has a slope at the places `undecided` is not known.
    A single condition 1 < 0 means "nowhere". `kinds` are matrices of the function that
    must be such: those of Cholesky factors symmetric positive definite.
    """

    function: tuple[Expr, ...]
    derivative: tuple[Expr, ...] | None
    chosen: tuple[Expr, ...] = ()
    jumps: tuple[Expr, ...] = ()
    undecided: tuple[Expr, ...] = ()
    kinds: tuple[tuple[Expr, str], ...] = ()

    def __setstate__(self, state: Sequence[tuple[Expr, ...]]) -> None:
        """What was pickled, by 0.1.0 too, which had three fields."""
        padded = (*state, (), (), ())[: len(self.__slots__)]
        for name, value in zip(self.__slots__, padded, strict=True):
            object.__setattr__(self, name, value)

    def each(
        self,
        held: Callable[[Conditions], Conditions],
        places: Callable[[Conditions], Conditions],
    ) -> Domain:
        """The same with other conditions, and with other places."""
        slopes = None if self.derivative is None else held(self.derivative)
        rest = places(self.chosen), places(self.jumps), places(self.undecided)
        return Domain(held(self.function), slopes, *rest, self.kinds)

    def __str__(self) -> str:
        return "; ".join(_TEXT.told(self))

    def latex(self) -> str:
        r"""The same in LaTeX, words in \text."""
        return r"; \quad ".join(_LATEX.told(self))

    def markdown(self) -> str:
        """A sentence with its conditions as code."""
        return "; ".join(_MARKDOWN.told(self))

    def html(self) -> str:
        """A paragraph with its conditions in MathML."""
        return f"<p>{'; '.join(_HTML.told(self))}</p>"

    def as_dict(self) -> dict[str, list[str] | None]:
        """The conditions as texts that `parse` reads inside of where(...)."""
        told = {name: getattr(self, name) for name in self.__slots__}
        told["kinds"] = [f"{matrix} {kind}" for matrix, kind in self.kinds]
        return {k: None if v is None else [str(c) for c in v] for k, v in told.items()}


class _Form(NamedTuple):
    """How conditions, words and brackets are written."""

    shown: Callable[[Expr], str]
    words: Callable[[str], str] = str
    brackets: tuple[str, str] = ("(", ")")

    def told(self, domain: Domain) -> Iterator[str]:
        """The parts of a sentence."""
        kinds = [self._kind(*kind) for kind in domain.kinds]
        yield self._where("defined", domain.function, kinds)
        if domain.derivative is None:
            yield self.words("no derivative in closed form")
        else:
            slopes = self._where("differentiable", domain.derivative, kinds)
            if domain.chosen:
                slopes += self.words(", except for corners at ")
                slopes += self._or(domain.chosen)
                slopes += self.words(", where a slope is chosen")
            yield slopes
        for start, places in (
            ("not continuous at ", domain.jumps),
            ("the slope is undecided at ", domain.undecided),
        ):
            if places:
                yield self.words(start) + self._or(places)

    def _or(self, places: Conditions) -> str:
        return self.words(" or ").join(map(self.shown, places))

    def _kind(self, matrix: Expr, kind: str) -> str:
        return self.shown(matrix) + self.words(f" {kind}").rstrip()

    def _where(
        self, start: str, conditions: Sequence[Expr], kinds: Sequence[str]
    ) -> str:
        """After "defined": for x > 0 and x != 1, everywhere, nowhere."""
        if not [*conditions, *kinds] or NOWHERE in conditions:
            where = "nowhere" if conditions else "everywhere"
            return self.words(f"{start} {where}")
        found = [*kinds]
        for condition in conditions:
            shown, alone = self.shown(condition), len([*conditions, *kinds]) == 1
            inside = alone or condition.op != "or"
            found.append(shown if inside else shown.join(self.brackets))
        return self.words(f"{start} for ") + self.words(" and ").join(found)


def _tex_words(words: str) -> str:
    space = " " if words.startswith(" ") else ""
    return rf"{space}\text{{{words}}}{space}"


_TEXT = _Form(str)
_LATEX = _Form(Expr.latex, _tex_words, (r"\left(", r"\right)"))
_MARKDOWN = _Form(lambda c: f"`{c}`")
_HTML = _Form(lambda c: mathml(c.latex(), alone=False))
