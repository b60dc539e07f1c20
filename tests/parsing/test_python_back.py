"""What calcml prints as Python is read back, and has the values that it had."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

import calcml as cm
from calcml import CalcmlError
from calcml.compile.source import local_names
from calcml.core.expr import Expr, walk
from calcml.tables.catalogue import NAMED
from tests.support import corpus, needs_corpora, points

BACKENDS = ("numpy", "python")
ROWS = 2_000  # of the largest corpus, and all of the others
# Spelled by functions of SciPy that are read of nobody: elliptic integrals in Carlson's
# forms, and Bessel functions by others.
UNREAD = 0.01
SPECIAL = 13  # of the functions and slopes of that catalogue


def back(e: Expr, backend: str) -> Expr | None:
    """What the printed source is read as, in the names of `e`; None where none is."""
    try:
        source = e.python(backend)
    except CalcmlError:  # complex values, arrays without NumPy
        return None
    named = {node.value: node for node in walk(e) if node.op == "symbol"}
    names = sorted(named)
    local = dict(zip(local_names(names), names, strict=True))
    sizes = {str(size) for node in named.values() for size in node.shape}
    for new in [new for new, name in local.items() if name in sizes]:
        source = re.sub(rf"\b{new}\b", local.pop(new), source)  # eye(n) of x: n
    shapes = {new: [*named[name].shape] for new, name in local.items()}
    read = cm.parse(source, shapes=shapes, dialect="python")
    return read.subs({new: named[name] for new, name in local.items()})


def agree(e: Expr, read: Expr) -> bool:
    """Whether two formulas have one value at a point where both have one."""
    for at in list(zip(points(sorted(e.free_symbols), {}, 5), range(24), strict=False)):
        try:
            values = [complex(x.evalf(at[0])) for x in (e, read)]
        except (CalcmlError, OverflowError):
            continue
        if abs(values[0].imag) < 1e-12 * abs(values[0]):  # compiled code is of reals
            return abs(values[0] - values[1]) <= 1e-9 * abs(values[0]) + 1e-300
    return True


def formulas() -> Iterator[Expr]:
    rows = corpus("rubi_public_sample")[:ROWS]
    for name in ("autodiff_rules", "cas_tests", "feynman", "textbook"):
        rows += corpus(name)
    for row in rows:
        try:
            yield cm.parse(row["expr"], symbols=row.get("vars") or (), dialect="calcml")
        except CalcmlError:
            continue


@pytest.mark.slow
@pytest.mark.parametrize("backend", BACKENDS)
def test_corpora_are_read_back(backend: str) -> None:
    needs_corpora()
    count = 0
    unread: list[str] = []
    wrong: list[tuple[str, str]] = []
    for e in formulas():
        try:
            read = back(e, backend)
        except CalcmlError as error:
            unread.append(error.message)
            continue
        count += read is not None
        if read is not None and read is not e and not agree(e, read):
            wrong.append((str(e), str(read)))
    assert not wrong
    assert len(unread) <= UNREAD * count, unread
    assert count > ROWS


@pytest.mark.parametrize("name", NAMED)
def test_catalogues_are_read_back(name: str) -> None:
    unread: list[str] = []
    for row in cm.table(name).rows:
        for e in (row.function, row.derivative):
            try:
                read = back(e, "numpy")
            except cm.UnsupportedError as error:
                unread.append(error.message)
                continue
            assert read is None or read.shape == e.shape
            assert read is None or e.dims or read is e or agree(e, read)
    assert len(unread) <= (SPECIAL if name == "special" else 0), unread
