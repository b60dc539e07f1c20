"""Python's text as the tree that Python makes of it, which is never run."""

from __future__ import annotations

import ast
import io
import textwrap
import tokenize
import warnings
from collections.abc import Iterator

from calcml.core.errors import LimitError, ParseError
from calcml.parsing.limits import MAX_BRANCHES, MAX_CODE, MAX_DIGITS, MAX_SIGNS

Span = tuple[int, int]
# Words that nest what follows, as operators do.
_WORDS = frozenset("not and or if else lambda await for in is yield".split())


class Source:
    """A text of Python, its tree, and where each node of the tree stands."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_CODE:
            raise LimitError(
                f"the code has {len(text):,} characters; {MAX_CODE:,} is the most"
            )
        text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
        self.text = textwrap.dedent(text).strip("\n") or " "
        self.lines = self.text.split("\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)
        self._measure()
        self.tree = self._parsed()

    def span(self, node: ast.AST) -> Span:
        """Where a node stands in the text."""
        first, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        last = getattr(node, "end_lineno", None) or first
        end = getattr(node, "end_col_offset", None) or column
        return self._place(first, column), self._place(last, end)

    def piece(self, node: ast.AST) -> str:
        """The text of a node."""
        start, end = self.span(node)
        return self.text[start:end]

    def _place(self, line: int, column: int) -> int:
        """The offset of a line and of a column, which Python counts in bytes."""
        before = self.lines[line - 1].encode()[:column]
        return self.starts[line - 1] + len(before.decode(errors="ignore"))

    def _parsed(self) -> ast.Module:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(self.text)
        except SyntaxError as error:
            raise self._wrong(error) from None
        except (RecursionError, MemoryError):
            raise LimitError("the code is nested too deeply for Python") from None
        except ValueError as error:
            raise ParseError(f"this is no Python: {error}") from None

    def _wrong(self, error: SyntaxError) -> ParseError:
        line = min(max(error.lineno or 1, 1), len(self.lines))
        size = len(self.lines[line - 1])
        column = min(max((error.offset or 1) - 1, 0), size)
        start = self.starts[line - 1] + column
        what = f"this is no Python: {error.msg}"
        return ParseError(what, text=self.text, span=(start, start + (column < size)))

    def _measure(self) -> None:
        """LimitError for what would be nested too deeply, before it is parsed."""
        signs = branches = 0
        try:
            for token in self._tokens():
                kind, value, (line, column) = token.type, token.string, token.start
                start = self.starts[line - 1] + column
                span = start, start + max(1, len(value))
                if kind == tokenize.ERRORTOKEN:
                    what = f"this is no Python: {value!r} has no meaning here"
                    raise ParseError(what, text=self.text, span=span)
                if kind == tokenize.NEWLINE or value == ";":
                    signs = 0
                signs += kind == tokenize.OP or value in _WORDS
                if signs > MAX_SIGNS:
                    what = f"over {MAX_SIGNS:,} operators and brackets in one statement"
                    raise LimitError(what, text=self.text, span=span)
                if kind == tokenize.NUMBER and len(value) > MAX_DIGITS:
                    what = f"a number has over {MAX_DIGITS:,} digits"
                    raise LimitError(what, text=self.text, span=span)
                branches += value == "elif"
                long = _is_formatted(kind, value) and len(value) > MAX_SIGNS
                if long or branches > MAX_BRANCHES:
                    what = "the code has too many branches, or too long an f-string"
                    raise LimitError(what, text=self.text, span=span)
        except tokenize.TokenError as error:
            reason, (line, _) = error.args
            known = min(line, len(self.lines)) - 1
            span = self.starts[known], self.starts[known] + 1
            what = f"this is no Python: {_UNCLOSED.get(reason, reason)}"
            raise ParseError(what, text=self.text, span=span) from None
        except SyntaxError as error:
            raise self._wrong(error) from None

    def _tokens(self) -> Iterator[tokenize.TokenInfo]:
        return tokenize.generate_tokens(io.StringIO(self.text).readline)


_UNCLOSED = {
    "EOF in multi-line statement": "a bracket is never closed",
    "EOF in multi-line string": "a text is never closed",
}
BRANCH = (
    "a branch is no formula; write np.where(condition, a, b), or a if condition else b"
)


def _is_formatted(kind: int, value: str) -> bool:
    """Whether a token is an f-string, whose inside is no token before Python 3.12."""
    prefix = value[: min(value.find(q) % (len(value) + 1) for q in "'\"")]
    return kind == tokenize.STRING and "f" in prefix.lower()
