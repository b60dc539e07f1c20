"""Errors of calcml: what is wrong, where, and what to do about it."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
Made = TypeVar("Made")


class CalcmlError(Exception):
    """The root of every error that calcml raises about its input.

    `message` says what is wrong and what to do. `text` is the whole input and `span`
    the pair of offsets in it that the message is about, where they are known.

    >>> from calcml import parse
    >>> try:
    ...     parse("x*sigmod(x)")
    ... except CalcmlError as error:
    ...     print(error.kind, error.span)
    unsupported (2, 11)
    """

    kind = "error"

    def __init__(
        self,
        message: str,
        *,
        text: str | None = None,
        span: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.text = text
        self.span = span

    def at(self, text: str, span: tuple[int, int]) -> "CalcmlError":
        """The same error, pointing at `span` of `text` unless it points already."""
        if self.span is None:
            self.text, self.span = text, span
        return self

    def __str__(self) -> str:
        if self.text is None or self.span is None:
            return self.message
        return f"{excerpt(self.text, self.span)}\n{self.message}"

    def _render_traceback_(self) -> list[str]:
        """What IPython shows of it: the message with its place, and no frames."""
        return f"{type(self).__name__}:\n{self}".splitlines()

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.message, self.text, self.span)


def _rebuild(
    kind: type[CalcmlError], message: str, text: str | None, span: tuple[int, int]
) -> CalcmlError:
    return kind(message, text=text, span=span)


class ParseError(CalcmlError):
    """The text is not a formula of the grammar.

    >>> from calcml import parse
    >>> parse("1/2x")
    Traceback (most recent call last):
    calcml.core.errors.ParseError: 1/2x
    ^^^^
    this can be read in more than one way: write 1/(2*x) or 1/2*x
    """

    kind = "parse"


class ShapeError(CalcmlError):
    """Shapes do not fit together.

    >>> from calcml import parse
    >>> parse("A + x", shapes={"A": "m 3", "x": "2"})
    Traceback (most recent call last):
    calcml.core.errors.ShapeError: A + x
    ^^^^^
    the shapes (m, 3) and (2,) do not fit together in +
    """

    kind = "shape"


class DomainError(CalcmlError):
    """A value that does not exist, such as 1/0 or log(0).

    >>> from calcml import parse
    >>> parse("log(0)")
    Traceback (most recent call last):
    calcml.core.errors.DomainError: log(0)
    ^^^^^^
    log has no value at 0; it is defined where x > 0
    """

    kind = "domain"


class UnsupportedError(CalcmlError):
    """A formula that calcml reads but cannot do what was asked with.

    >>> from calcml import diff
    >>> diff("besselj(n, x)", "n")
    Traceback (most recent call last):
    calcml.core.errors.UnsupportedError: the derivative of besselj(n, x) by n has no
    closed form in calcml
    """

    kind = "unsupported"


class LimitError(CalcmlError):
    """The input passes a limit of size or work, which the message names.

    >>> from calcml import diff
    >>> diff("sin(x)", "x", order=1001)
    Traceback (most recent call last):
    calcml.core.errors.LimitError: the order of a derivative is over 1,000
    """

    kind = "limit"


def or_none(make: Callable[P, Made], *args: P.args, **options: P.kwargs) -> Made | None:
    """What is made of the arguments, None where that raises an error of calcml."""
    try:
        return make(*args, **options)
    except CalcmlError:
        return None


WIDTH = 72


def excerpt(text: str, span: tuple[int, int]) -> str:
    """The line of `text` around `span`, with carets below; long lines are cut."""
    start, end = span
    begin = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", start)
    stop = len(text) if stop < 0 else stop
    left = max(begin, start - WIDTH // 2)
    right = min(stop, left + WIDTH)
    head = "..." if left > begin else ""
    tail = "..." if right < stop else ""
    line = "".join(c if c.isprintable() else "?" for c in text[left:right])
    carets = "^" * max(1, min(end, right) - start)
    return f"{head}{line}{tail}\n{' ' * (len(head) + start - left)}{carets}"
