"""calcml's closed forms of the corpora's rows: size, time, and whether they are right.

Through the public calls only, so that they measure whatever simplifier there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from itertools import islice
from math import inf
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

import calcml as cm
from calcml.core.expr import Expr, walk
from tests.support import close, operations, points, value

Row = Mapping[str, Any]
COMPARED = 8  # points of a textbook row


class Form(NamedTuple):
    """One row's derivative; one that was refused has no text and no end of operations.

    `ours` and `theirs` are operations, `theirs` of the form a person wrote.
    """

    row: Row
    text: str
    ours: float
    theirs: int
    right: bool
    seconds: float
    first: float

    @property
    def excess(self) -> float:
        """Operations beyond the person's."""
        return self.ours - self.theirs


def derived(row: Row) -> Expr:
    """A row's simplified derivative, from its text: what is timed."""
    f = cm.parse(row["expr"], symbols=row.get("vars", ()))
    return cm.diff(f, row["var"], order=row.get("order", 1))


def measured(row: Row, runs: int = 1) -> Form:
    """A row derived `runs` times; the first run warms up where there are more."""
    seconds, result, theirs = [], None, operations(row["derivative"])
    for _ in range(runs):
        result = None  # expressions are shared: a result that lives would help
        start = perf_counter()
        with suppress(cm.CalcmlError):
            result = derived(row)
        seconds.append(perf_counter() - start)
    took, first = median(seconds[1:] or seconds), seconds[0]
    if result is None:
        return Form(row, "", inf, theirs, False, took, first)
    text = str(result)
    right = at_stored_points if "points" in row else at_seeded_points
    return Form(row, text, operations(text), theirs, right(row, result), took, first)


def number(stored: Any) -> Any:
    """A stored number, which may be complex."""
    return complex(*stored) if isinstance(stored, list) else stored


def at_stored_points(row: Row, result: Expr) -> bool:
    """Whether the values are those stored, the complex ones if the result allows them.

    Tidying reads variables as real: where it wrote |u| or sign(u), complex points are
    out.
    """
    real_only = any(node.op in {"abs", "sign"} for node in walk(result))
    for point in row["points"]:
        at = {name: number(v) for name, v in point["at"].items()}
        if real_only and any(isinstance(v, complex) for v in at.values()):
            continue
        found = value(result, at)
        if found is None or not close(found, number(point["value"])):
            return False
    return True


def at_seeded_points(row: Row, result: Expr) -> bool:
    """Whether the values are those of the person's form, where that has some."""
    f, wanted = cm.parse(row["expr"]), cm.parse(row["derivative"])
    compared = 0
    for point in islice(points(sorted(f.free_symbols), {}, row["id"]), 60):
        known = value(wanted, point)
        if known is None or value(f, point) is None:
            continue
        found = value(result, point)
        if found is None or not close(found, known):
            return False
        compared += 1
        if compared == COMPARED:
            break
    return compared == COMPARED
