"""One row to its answer, and many rows by any executor."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future
from functools import cache, partial
from itertools import islice
from typing import Any, NamedTuple, NotRequired, TypedDict

from calcml.batch.keys import (
    ANSWERED,
    BY,
    FORMATS,
    Asked,
    RowError,
    announce,
    check,
    others,
)
from calcml.batch.limits import CHUNK
from calcml.batch.workers import Clock
from calcml.calculus.derivative import checked_order, derived, graded
from calcml.calculus.lacking import refuse_lost
from calcml.core.arguments import refuse_misfits
from calcml.core.budget import limited
from calcml.core.errors import CalcmlError, LimitError, ParseError
from calcml.core.expr import Expr
from calcml.core.shapes import is_unit
from calcml.parsing.inputs import Function, function, variable
from calcml.parsing.names import notes


class Problem(TypedDict):
    """What is wrong with a row; `at` is the span of its `expr` that it is about."""

    kind: str
    message: str
    at: NotRequired[list[int]]


class Answer(TypedDict):
    """The answer to a row: its id, and a derivative, with notes, or an error."""

    id: int | str
    derivative: NotRequired[str | list[str]]
    notes: NotRequired[list[str]]
    error: NotRequired[Problem]


class Settings(NamedTuple):
    """What holds for every row of a run."""

    simplify: bool = True
    timeout: float | None = None
    expendable: bool = False  # the process may be ended to stop a row
    keep: bool = False  # what is no option goes to the answer


# --- one row -----------------------------------------------------------------------


def answer(row: Any, number: int, simplify: bool = True) -> Answer:
    """The answer to one row; `number` is its id where it has none of its own."""
    name: int | str = number
    try:
        name = identity(row, number)
        derivative, said = _derivative(row, simplify)
        made: Answer = {"id": name, "derivative": derivative}
        return made | {"notes": said} if said else made
    except CalcmlError as error:
        return refusal(name, error, row)
    except (MemoryError, RecursionError):
        return refusal(name, LimitError("the row needs more memory than there is"))
    except Exception as error:  # noqa: BLE001  a fault in calcml costs one row, too
        return problem(name, "fault", fault(error))


def refusal(name: int | str, error: CalcmlError, row: Any = None) -> Answer:
    """The answer that holds an error; `at` is the span of `expr` it is about."""
    made = problem(name, error.kind, error.message)
    if error.span is not None and error.text == row["expr"]:
        made["error"]["at"] = list(error.span)
    elif error.text is not None:  # of an assumption
        made["error"]["message"] = f"{error.text}: {error.message}"
    return made


def problem(name: int | str, kind: str, message: str) -> Answer:
    """An error row."""
    return {"id": name, "error": {"kind": kind, "message": message}}


def fault(error: BaseException) -> str:
    """An error that is calcml's own, in one line."""
    said = (str(error).splitlines() or [""])[0][:200]
    return f"calcml failed, please report it: {type(error).__name__}: {said}"


def identity(row: Any, number: int) -> int | str:
    """The id of a row, `number` where it has none."""
    if not isinstance(row, (dict, Mapping)):  # the second test is the slow one
        raise RowError('a row is an object like {"id": 1, "expr": "x^2", "var": "x"}')
    name = row.get("id", number)
    if type(name) is str or type(name) is int:
        return name
    raise RowError("id must be a text or a whole number")


@limited
def _derivative(row: Asked, simplify: bool) -> tuple[str | list[str], list[str]]:
    """The derivative that a row asks for, and the notes on its formula."""
    check(row)
    wanted, order = row[BY], checked_order(row.get("order", 1))
    names = [wanted] if isinstance(wanted, str) else wanted
    simplify, given = row.get("simplify", simplify), row.get("given", ())
    options = simplify, given, row.get("defined", False)
    symbols, dialect = [*names, *row.get("vars", ())], row.get("dialect")
    formula = function(row["expr"], row.get("shapes"), symbols, given, None, dialect)
    refuse_lost(formula.nodes)
    said = list(notes(formula.nodes))
    variables = [_variable(name, formula) for name in names]
    written = FORMATS[row.get("format", "text")]
    if names is not wanted:
        return written(derived(formula, variables, order, *options)), said
    if order > 1:
        raise RowError("order goes with one variable, not with a gradient")
    if all(map(is_unit, formula.root.dims)):
        parts = graded(formula, variables, *options)
    else:
        parts = [derived(formula, [v], 1, *options) for v in variables]
    return [written(part) for part in parts], said


def _variable(name: str, read: Function) -> Expr:
    try:
        return variable(name, read)
    except ParseError as error:
        raise RowError(error.message) from error


# --- many rows ---------------------------------------------------------------------


def timed(rows: Iterable[tuple[int, Any]], settings: Settings) -> list[Answer]:
    """The answers to numbered rows, each within the time limit."""
    if settings.timeout is not None:
        warm()
    answers = []
    with Clock(settings.timeout, settings.expendable) as clock:
        for number, row in rows:
            made = clock.limit(partial(answer, row, number, settings.simplify))
            if made is None:
                slow = f"stopped after {settings.timeout:g} s; give it more time"
                made = lost(row, number, "timeout", f"{slow}, or split it")
            answers.append(with_others(made, row) if settings.keep else made)
    return answers


def with_others(made: Answer, row: Any) -> Answer:
    """An answer with what its row has beside the options."""
    if not isinstance(row, Mapping):
        return made
    found = others(row) - ANSWERED
    return made | {k: v for k, v in row.items() if k in found}  # type: ignore[return-value]


@cache
def warm() -> None:
    """Make, once a process, what the first row would wait for."""
    answer({"expr": "x/(x + 1)", BY: "x"}, 0)  # the normal form is loaded, too


def lost(row: Any, number: int, kind: str, message: str) -> Answer:
    """The answer to a row whose work was lost."""
    try:
        return problem(identity(row, number), kind, message)
    except RowError as error:
        return refusal(number, error)


def batch(
    rows: Iterable[Asked],
    *,
    executor: Executor | None = None,
    simplify: bool = True,
    timeout: float | None = None,
    keep: bool = False,
) -> Iterator[Answer]:
    """The answer to each of the `rows`, in order, as they are made.

    A row is {"id", "expr", "var", "vars"?}: `var` is a name, or a list of names for a
    gradient, `vars` lists variables that name a constant. It may have `order`,
    `shapes`, `given`, `defined` and `simplify` of `diff`, `dialect` of `parse`, and a
    `format`: text, latex or markdown. Other keys are named once on standard error; with
    `keep` they are copied to the answer. An answer has the row's id and the
    `derivative` in its format, a list for a gradient. `simplify` is that of rows that
    do not say. `executor` is any of `concurrent.futures`, at work on
    a bounded number of rows. `timeout`, in seconds for each row, stops it by a signal:
    it asks for a platform that has them, and for processes rather than threads.

    Raises nothing for a row that is bad or slow: its answer holds an `error`, with the
    kind and the message of what `diff` raises. A key that is nearly one of a row's, as
    "ordr", is an error. Raises BrokenExecutor where a process of `executor` died, for
    which it takes no further work; `calcml batch` has its own, and replaces them.

    >>> list(batch([{"id": 1, "expr": "x*y^2", "var": "y"}]))
    [{'id': 1, 'derivative': '2*x*y'}]
    """
    refuse_misfits(batch, (rows,), {"executor": executor, "keep": keep})
    work = partial(timed, settings=Settings(simplify, timeout, keep=keep))
    told: set[str] = set()
    numbered = enumerate(_named(rows, told, keep), 1)
    if executor is None:
        for pair in numbered:
            yield from work([pair])
        return
    waiting: deque[tuple[Future[list[Answer]], list[tuple[int, Asked]]]] = deque()
    try:
        while chunk := list(islice(numbered, CHUNK)):
            waiting.append((executor.submit(work, chunk), chunk))
            if len(waiting) == _UNDER_WAY:
                yield from _made(*waiting.popleft(), work)
        while waiting:
            yield from _made(*waiting.popleft(), work)
    finally:
        for future, _ in waiting:
            future.cancel()


def _made(
    future: Future[list[Answer]],
    chunk: list[tuple[int, Asked]],
    work: Callable[[list[tuple[int, Asked]]], list[Answer]],
) -> list[Answer]:
    """The answers to a chunk; one with a value that cannot travel is answered here."""
    try:
        return future.result()
    except (BrokenExecutor, CalcmlError):
        raise
    except Exception:  # noqa: BLE001  pickle raises errors of many kinds
        return work(chunk)


def _named(rows: Iterable[Asked], told: set[str], keep: bool) -> Iterator[Asked]:
    """The rows, with a note of keys that are no options."""
    for row in rows:
        if isinstance(row, (dict, Mapping)):
            announce(others(row), told, keep)
        yield row


_UNDER_WAY = 2 * (os.cpu_count() or 1) + 2  # chunks, for an executor of any size
