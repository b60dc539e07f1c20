"""Expressions to one function, which computes each shared part once.

`exec` here runs only what `printing.source` wrote from the nodes; no text of the user's
is in it.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from importlib import import_module
from typing import Any

from calcml.errors import CalcmlError, DomainError, UnsupportedError
from calcml.expr import Expr, formal, lift, make, symbol, walk
from calcml.functions import FUNCTIONS, Row
from calcml.lower import lower
from calcml.numeric import evalf
from calcml.printing.source import LANGUAGES, Language, source
from calcml.syntax import parse

Runner = Callable[[Callable[..., Any], Sequence[str], Sequence[Any]], Sequence[Any]]


def compile(
    exprs: Any, args: str | Iterable[str | Expr], *, backend: str = "numpy"
) -> Compiled:
    """A function that computes `exprs` from values of the variables `args`.

    `exprs` is an expression or its text, or lists, tuples and dictionaries of them
    (such as a gradient); results come in the same structure. "numpy" broadcasts over
    arrays, and each result has the shape that all arguments have together; a value that
    does not exist is nan. "python" needs no library and raises DomainError for it.

    Raises CalcmlError for a variable that is not among `args`, UnsupportedError for an
    unknown function f(x) and for the imaginary unit.
    """
    if backend not in LANGUAGES:
        known = " or ".join(LANGUAGES)
        raise UnsupportedError(f"there is no backend {backend}; use {known}")
    if backend == "numpy" and not _has_library(backend):
        raise UnsupportedError(
            'NumPy is missing: pip install numpy, or backend="python"'
        )
    given = args.replace(",", " ").split() if isinstance(args, str) else args
    names = [a.value if isinstance(a, Expr) else str(a) for a in given]
    twice = (
        {n for n in names if names.count(n) > 1} if len(set(names)) < len(names) else ()
    )
    if twice:
        raise CalcmlError(f"an argument stands twice: {', '.join(sorted(twice))}")
    roots = list(_leaves(exprs))
    _check(roots, names)
    return Compiled(exprs, names, backend, _source(roots, names, LANGUAGES[backend]))


def _check(roots: Sequence[Expr], names: Sequence[str]) -> None:
    """Raise the errors of `compile` about what cannot be computed."""
    known, missing = set(names), set()
    for node in walk(*roots):
        if node.op == "symbol" and node.value not in known:
            missing.add(node.value)
        elif node.op == "formal":
            raise UnsupportedError(
                f"{node.value[0]} is an unknown function and has no values; "
                "define it, or put an expression in its place"
            )
        elif node.op == "constant" and node.value == "I":
            raise UnsupportedError(
                "compiled functions compute with real numbers, not I"
            )
    if missing:
        raise CalcmlError(
            f"not among the arguments: {', '.join(sorted(missing))}; add them to args "
            f"({', '.join(names) or 'empty'})"
        )


def _source(roots: Sequence[Expr], names: Sequence[str], language: Language) -> str:
    """The source, with what the language lacks defined by what it has, or by mpmath."""
    together = formal(
        "f", (0,) * len(roots), tuple(roots)
    )  # one pass over shared parts
    try:
        lowered = lower(together, lambda row: _has(row, language))
    except UnsupportedError:
        lowered = lower(together, lambda row: _has(row, language, or_mpmath=True))
    return source(lowered.args, names, language)


def _has(row: Row, language: Language, or_mpmath: bool = False) -> bool:
    """Whether a row can be written; SciPy is imported only where a row asks for it."""
    if row.op in language.operators:
        return True
    spelling = language.spelling(row)
    if spelling is None:
        return or_mpmath and row.mpmath is not None
    if "scipy." not in spelling or _has_library("scipy.special"):
        return True
    if or_mpmath and row.by is None:
        raise UnsupportedError(
            f'{row.name} needs SciPy here: pip install scipy, or use backend="python"'
        )
    return False


def _has_library(name: str) -> bool:
    try:
        import_module(name)
    except ImportError:
        return False
    return True


# --- the call ----------------------------------------------------------------------


class Compiled:
    """A function of `names`, called with values in order or by name.

    `source` is the Python that runs; it returns its results as a list.
    """

    def __init__(
        self, exprs: Any, names: Sequence[str], backend: str, source: str
    ) -> None:
        self.names, self.backend, self.source = tuple(names), backend, source
        self.__doc__ = f"f({', '.join(names)}), computed by {backend}."
        self._exprs, self._run = exprs, RUNNERS[backend]
        namespace: dict[str, Any] = {}
        exec(builtins.compile(source, "<calcml>", "exec"), namespace)
        self._function = namespace["f"]

    def __call__(self, *values: Any, **named: Any) -> Any:
        if named or len(values) != len(self.names):
            values = self._in_order(values, named)
        results = self._run(self._function, self.names, values)
        return _filled(self._exprs, iter(results))

    def __repr__(self) -> str:
        return f"<{self.__doc__}>"

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self._exprs, self.names, self.backend)

    def _in_order(
        self, values: tuple[Any, ...], named: dict[str, Any]
    ) -> tuple[Any, ...]:
        rest = self.names[len(values) :]
        missing = [n for n in rest if n not in named]
        unknown = [n for n in named if n not in rest]
        problems = [f"missing: {', '.join(missing)}"] if missing else []
        problems += [f"unknown or given twice: {', '.join(unknown)}"] if unknown else []
        if len(values) > len(self.names):
            problems.append(f"{len(values)} values were given")
        if problems:
            listed = ", ".join(self.names) or "none"
            raise CalcmlError(f"the arguments are {listed}; {'; '.join(problems)}")
        return (*values, *(named[n] for n in rest))


def _again(exprs: Any, names: tuple[str, ...], backend: str) -> Compiled:
    return compile(exprs, names, backend=backend)


def _leaves(tree: Any) -> Iterator[Expr]:
    """The expressions in nested dictionaries, lists and tuples, in order."""
    if isinstance(tree, Mapping):
        tree = tuple(tree.values())
    if isinstance(tree, (list, tuple)):
        for part in tree:
            yield from _leaves(part)
    elif isinstance(tree, Expr):
        yield tree
    else:
        yield parse(tree) if isinstance(tree, str) else lift(tree)


def _filled(tree: Any, values: Iterator[Any]) -> Any:
    """The same structure with `values` in the place of the expressions."""
    if isinstance(tree, Mapping):
        return {key: _filled(part, values) for key, part in tree.items()}
    if isinstance(tree, (list, tuple)):
        return type(tree)([_filled(part, values) for part in tree])
    return next(values)


# --- runners -----------------------------------------------------------------------


def _run_python(
    function: Callable[..., Any], names: Sequence[str], values: Sequence[Any]
) -> Sequence[Any]:
    try:
        results: Sequence[Any] = function(*values)
        for result in results:
            if isinstance(result, Undefined):
                raise result.error
    except (ArithmeticError, ValueError) as error:
        point = ", ".join(f"{n} = {v}" for n, v in zip(names, values, strict=True))
        at = f" at {point}" if point else ""
        raise DomainError(f"the function has no value{at}: {error}") from error
    return results


def _run_numpy(
    function: Callable[..., Any], names: Sequence[str], values: Sequence[Any]
) -> Sequence[Any]:
    """The results, each in the shape to which the arguments broadcast together.

    So a result that depends on no array can be summed over the data like the others.
    """
    import numpy

    arrays = []
    for name, value in zip(names, values, strict=True):
        array = numpy.asarray(value)
        if array.dtype.kind not in "biuf":
            raise CalcmlError(f"{name} must be a real number or an array of them")
        arrays.append((array if array.dtype.kind == "f" else array.astype(float))[()])
    try:
        shape = numpy.broadcast_shapes(*[a.shape for a in arrays])
        with numpy.errstate(all="ignore"):  # the branch of a where that is not taken
            results: Sequence[Any] = function(*arrays)
    except (ArithmeticError, ValueError) as error:
        raise DomainError(f"the function has no values here: {error}") from error
    if not shape:
        return results
    own = {id(a) for a in arrays}
    return [
        r
        if numpy.shape(r) == shape and id(r) not in own
        else numpy.array(numpy.broadcast_to(r, shape))
        for r in results
    ]


RUNNERS: dict[str, Runner] = {"numpy": _run_numpy, "python": _run_python}


# --- what the source may call ------------------------------------------------------


class Undefined:
    """The value of a part that has none: computing with it raises its error.

    A part that only some branches use is computed before they are chosen; where no
    chosen branch uses it, it does no harm.
    """

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error


def _refuse(self: Undefined, *_: object) -> Any:
    raise self.error


for _name in (
    "bool float int index abs neg floor ceil round trunc lt le gt ge eq ne "
    "add radd sub rsub mul rmul truediv rtruediv pow rpow"
).split():
    setattr(Undefined, f"__{_name}__", _refuse)


def attempt(compute: Callable[[], Any]) -> Any:
    """The value, or Undefined where computing it fails."""
    try:
        return compute()
    except (ArithmeticError, ValueError) as error:
        return Undefined(error)


@cache
def elementwise(op: str) -> Callable[..., Any]:
    """A function that NumPy and SciPy lack, over arrays; nan where it has no value."""
    import numpy

    one = special(op)

    def value(*args: float) -> float:
        try:
            return one(*args)
        except ValueError:
            return math.nan

    return numpy.vectorize(value, otypes=[float])


@cache
def special(op: str) -> Callable[..., float]:
    """A function of the table that Python's library lacks, to the nearest double."""
    slots = [symbol(f"x{i}") for i in range(len(FUNCTIONS[op].params))]
    node = make(op, tuple(slots))

    def value(*args: float) -> float:
        at = {s: Fraction(float(a)) for s, a in zip(slots, args, strict=True)}
        try:
            found = evalf(node, at, 17)
        except CalcmlError as error:
            raise ValueError(error.message) from error
        if found.imag:
            raise ValueError(f"{op} is not real here")
        return float(found)

    return value
