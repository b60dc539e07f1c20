"""Derivatives made short, in the names that a formula's text defines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from calcml.algebra.arrays.norms import spelled_parts
from calcml.calculus.limits import MOST_PUT_IN
from calcml.core.build import mul, rebuilt, substitute_all
from calcml.core.errors import UnsupportedError
from calcml.core.expr import ZERO, Expr, symbol, walk
from calcml.core.origins import remember
from calcml.core.tensors import filled, total
from calcml.functions import FUNCTIONS
from calcml.parsing.inputs import Function
from calcml.parsing.parser import Given, declared

if TYPE_CHECKING:  # what is not simplified loads no simplifier
    from calcml.algebra.simplify import Step


def short(
    f: Function,
    parts: Sequence[Expr],
    simplify: bool,
    given: Given,
    defined: bool = False,
    trace: list[Step] | None = None,
) -> list[Expr]:
    """Derivatives made short; where asked, in the names that the text defines.

    What is not to be simplified stays; UnsupportedError where that leaves `given` or
    `defined` without effect. The names stand for themselves before the derivatives are
    made short, or are put in afterwards; what has fewer operations is taken. The steps
    to the form without them are added to `trace`.
    """
    if not simplify:
        assumed = given not in ((), [])
        if assumed or defined:
            raise UnsupportedError(
                f"{'given' if assumed else 'defined'} has no effect without simplify; "
                "leave it out, or simplify=False (--no-simplify)"
            )
        return list(parts)
    from calcml.algebra.arrays.simplify import simplify_all

    shaped = [v for v in declared(f.shapes).values() if v.dims] if f.shapes else []
    like = [f.root, *shaped] if given != () else [f.root]
    plain = simplify_all(parts, given=given, like=like, trace=trace)
    remember(plain, [*f.arrays, *shaped])
    if not defined or not f.definitions:
        return plain

    from calcml.core.tensors.matrix_form import operations

    names = _names(f)
    found = [plain, put_back(f, plain, given)]
    nothing = _zero_sums(names)
    spelled = spelled_parts(f.root, f.nodes)  # as the chain rule had them
    names |= {spelled.get(node, node): name for node, name in names.items()}
    for known in (names, names | _numerators(names)):
        opaque = substitute_all(parts, known)
        found.append(simplify_all(opaque, given=given, equal=nothing, like=like))
    return [min(forms, key=operations) for forms in zip(*found[::-1], strict=True)]


def put_back(f: Function, parts: Sequence[Expr], given: Given) -> list[Expr]:
    """Expressions with the names that the text of `f` defines for what these are."""
    from calcml.algebra.arrays.simplify import simplify_all

    names = _names(f)
    after = simplify_all(list(names), given=given, like=[f.root])
    return substitute_all(parts, dict(zip(after, names.values(), strict=True)))


def _names(f: Function) -> dict[Expr, Expr]:
    """What the text of `f` defines, each with its name."""
    return {
        node: symbol(name, node.dims)
        for name, node in f.definitions.items()
        if node.args and name not in f.names()[0]
    }


def _zero_sums(names: Mapping[Expr, Expr]) -> list[tuple[Expr, Expr]]:
    """The axes along which a defined array has the sum 0, as x - mean(x) has.

    In long values what is defined before stands for itself.
    """
    from calcml.algebra.arrays.simplify import simplify_all

    found: list[tuple[Expr, Expr]] = []
    done: dict[Expr, Expr] = {}
    for node in walk(*names):
        value = done[node] = rebuilt(node, done)
        name = names.get(node)
        if name is None:
            continue
        # What a function makes of each element has no such sum.
        called = value.op in FUNCTIONS and len(value.args) == 1 and value.op != "neg"
        for axis in range(0 if called else len(name.dims)):
            (whole,) = simplify_all([total(value, (axis,))], equal=found)
            if whole is filled(ZERO, whole.dims):
                found.append((total(name, (axis,)), whole))
        if len(walk(value)) > MOST_PUT_IN:
            done[node] = name
    return found


def _numerators(names: Mapping[Expr, Expr]) -> dict[Expr, Expr]:
    """For a definition q = a/b what a is in its name: q*b."""
    found = {}
    for node, name in names.items():
        if node.op == "div":
            above, below = node.args
            found[above] = mul(name, names.get(below, below))
    return found
