"""One row to its answer, and many rows by any executor."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future
from functools import cache, partial
from itertools import islice
from typing import Any, NamedTuple, NotRequired, TypedDict, TypeGuard

from calcml.batch.limits import CHUNK
from calcml.batch.workers import Clock
from calcml.calculus.derivative import derived, graded
from calcml.core.errors import CalcmlError, LimitError
from calcml.core.expr import Expr
from calcml.core.shapes import is_unit
from calcml.parsing.inputs import Function
from calcml.parsing.limits import MAX_ORDER
from calcml.parsing.parser import parse, variable as named


class Problem(TypedDict):
    """What is wrong with a row; `at` is the span of its `expr` that it is about."""

    kind: str
    message: str
    at: NotRequired[list[int]]


class Answer(TypedDict):
    """The answer to a row: its id, and a derivative or an error."""

    id: int | str
    derivative: NotRequired[str | list[str]]
    error: NotRequired[Problem]


Asked = Mapping[str, Any]


class RowError(CalcmlError):
    """A row that asks nothing: no JSON, a field is missing or of the wrong type."""

    kind = "row"


class Settings(NamedTuple):
    """What holds for every row of a run."""

    simplify: bool = True
    timeout: float | None = None
    expendable: bool = False  # the process may be ended to stop a row


# --- one row -----------------------------------------------------------------------


def answer(row: Any, number: int, simplify: bool = True) -> Answer:
    """The answer to one row; `number` is its id where it has none of its own."""
    name: int | str = number
    try:
        name = identity(row, number)
        return {"id": name, "derivative": _derivative(row, simplify)}
    except CalcmlError as error:
        return refusal(name, error)
    except (MemoryError, RecursionError):
        return refusal(name, LimitError("the row needs more memory than there is"))
    except Exception as error:  # noqa: BLE001  a fault in calcml costs one row, too
        return problem(name, "fault", fault(error))


def refusal(name: int | str, error: CalcmlError) -> Answer:
    """The answer that holds an error; `at` is the span of `expr` it is about."""
    made = problem(name, error.kind, error.message)
    if error.span is not None:
        made["error"]["at"] = list(error.span)
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


def _derivative(row: Asked, simplify: bool) -> str | list[str]:
    formula, wanted, order = row.get("expr"), row.get("var"), row.get("order", 1)
    names = [wanted] if isinstance(wanted, str) else wanted
    others: Any = row.get("vars", [])
    if not isinstance(formula, str):
        raise RowError('expr must be a text, such as "x^2"')
    if not _are_names(names):
        raise RowError('var must be a name, such as "x", or a list of names')
    if not _are_names(others):
        raise RowError('vars must be a list of names, such as ["x", "e"]')
    if type(order) is not int or order < 1:
        raise RowError("order must be a whole number from 1")
    if order > MAX_ORDER:
        raise LimitError(f"the order of a derivative is over {MAX_ORDER:,}")
    shapes = row.get("shapes", {})
    if not isinstance(shapes, dict) or not _are_names(list(shapes.values())):
        raise RowError('shapes must be an object, such as {"A": "m n", "x": "n"}')
    read = Function(parse(formula, [*names, *others], shapes), shapes=shapes)
    variables = [_variable(name, shapes) for name in names]
    if names is not wanted:
        return str(derived(read, variables, order, simplify))
    if order > 1:
        raise RowError("order goes with one variable, not with a gradient")
    if all(map(is_unit, read.root.dims)):
        return [str(part) for part in graded(read, variables, simplify)]
    return [str(derived(read, [v], 1, simplify)) for v in variables]


def _are_names(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(type(v) is str for v in value)


def _variable(name: str, shapes: Mapping[str, str]) -> Expr:
    try:
        return named(name, shapes.get(name, ""))
    except CalcmlError as error:
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
            answers.append(made or too_slow(row, number, settings))
    return answers


@cache
def warm() -> None:
    """Make, once a process, what the first row would wait for."""
    answer({"expr": "x/(x + 1)", "var": "x"}, 0)  # the normal form is loaded, too


def too_slow(row: Any, number: int, settings: Settings) -> Answer:
    """The answer to a row that was stopped."""
    message = f"stopped after {settings.timeout:g} s; give it more time, or split it"
    return lost(row, number, "timeout", message)


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
) -> Iterator[Answer]:
    """The answer to each of the `rows`, in order, as they are made.

    A row is {"id", "expr", "var", "vars"?, "shapes"?, "order"?}: `var` is a name, or a
    list of names for a gradient, `vars` lists variables that name a constant. An answer
    has the row's id and the `derivative` as text, a list of texts for a gradient.
    `simplify` is that of `diff`. `executor` is any of `concurrent.futures`, at work on
    a bounded number of rows. `timeout`, in seconds for each row, stops it by a signal:
    it asks for a platform that has them, and for processes rather than threads.

    Raises nothing for a row that is bad or slow: its answer holds an `error`, with the
    kind and the message of what `diff` raises.

    >>> list(batch([{"id": 1, "expr": "x*y^2", "var": "y"}]))
    [{'id': 1, 'derivative': '2*x*y'}]
    """
    work = partial(timed, settings=Settings(simplify, timeout))
    numbered = enumerate(rows, 1)
    if executor is None:
        for pair in numbered:
            yield from work([pair])
        return
    waiting: deque[Future[list[Answer]]] = deque()
    try:
        while chunk := list(islice(numbered, CHUNK)):
            waiting.append(executor.submit(work, chunk))
            if len(waiting) == _UNDER_WAY:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


_UNDER_WAY = 2 * (os.cpu_count() or 1) + 2  # chunks, for an executor of any size
