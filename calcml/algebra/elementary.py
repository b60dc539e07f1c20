"""Results in elementary functions, and in those that were typed."""

from __future__ import annotations

from collections.abc import Sequence

from calcml.algebra.simplify import Step, simplify_all
from calcml.core.cost import Cost
from calcml.core.errors import UnsupportedError
from calcml.core.expr import Expr, walk
from calcml.core.tensors import has_arrays
from calcml.functions import FUNCTIONS
from calcml.functions.row import ELEMENTARY
from calcml.parsing.parser import Given
from calcml.parsing.rows import lower


def in_functions(
    functions: str,
    results: Sequence[Expr],
    typed: Expr,
    given: Given = (),
    simplify: bool = True,
) -> list[Expr]:
    """Results by the definitions of what is neither elementary nor in `typed`."""
    barred = _barred(functions, typed)
    plain = [_lowered(e, barred) for e in results]
    if not simplify or all(a is b for a, b in zip(plain, results, strict=True)):
        return plain
    return simplify_all(plain, given=given, barred=barred)


def shortest(
    functions: str, root: Expr, given: Given = (), trace: list[Step] | None = None
) -> Expr:
    """The shorter one of `root` simplified so, and of its shortest form so written."""
    barred, cost = _barred(functions, root), Cost()
    found: list[tuple[int, Expr, list[Step]]] = []
    for bars in ((), barred):
        steps: list[Step] = []
        (made,) = simplify_all([root], given=given, trace=steps, barred=frozenset(bars))
        plain = _lowered(made, barred)
        if plain is not made:
            steps.append(Step("write by definitions", made, plain))
            (plain,) = simplify_all([plain], given=given, trace=steps, barred=barred)
        found.append((cost(plain), plain, steps))
    _, result, steps = min(found, key=lambda one: one[0])
    if trace is not None:
        trace += steps
    return result


def _barred(functions: str, typed: Expr) -> frozenset[str]:
    """The functions that have definitions, and are neither elementary nor typed."""
    if functions != ELEMENTARY:
        raise UnsupportedError(
            f"functions={functions!r:.40} is no choice; write "
            'functions="elementary", or leave it out'
        )
    if has_arrays(typed):
        raise UnsupportedError(
            'functions="elementary" is for formulas of scalars; leave it out for arrays'
        )
    kept = {node.op for node in walk(typed)}
    rows = [r for r in FUNCTIONS.values() if r.by is not None and not r.elementary]
    return frozenset(row.op for row in rows if row.op not in kept)


def _lowered(root: Expr, barred: frozenset[str]) -> Expr:
    return lower(root, lambda row: row.op not in barred)
