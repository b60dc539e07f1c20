"""Expressions to one function, which computes each shared part once.

Expressions flow in, source and the functions that it defines flow out. It may import
what stands below it but `calculus`; what its source calls is in `runtime`.

`exec` here runs only what `compile.source` wrote from the nodes; no text of the user's
is in it.
"""

from __future__ import annotations

import builtins
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from importlib import import_module
from typing import Any

from calcml.algebra.arrays import norms
from calcml.compile.contraction_path import in_one_order, in_pairs
from calcml.compile.guard import guarded
from calcml.compile.runners import (
    Computation,
    Function,
    Runner,
    array_runner,
    numpy_runner,
    python_runner,
    size_places,
)
from calcml.compile.source import LANGUAGES, Language, Place, source
from calcml.core.budget import limited
from calcml.core.build import IMAG
from calcml.core.errors import CalcmlError, UnsupportedError
from calcml.core.expr import Expr, formal, lift, symbol, walk
from calcml.core.origins import origins
from calcml.core.tensors import has_arrays
from calcml.evaluate.arrays.sizes import sizes_in
from calcml.functions import Row
from calcml.functions.arrays import ARRAY_OPERATIONS
from calcml.parsing.inputs import function
from calcml.parsing.names import named_as_constants, refuse_constants
from calcml.parsing.parser import Shapes, declared
from calcml.parsing.rows import lower, lower_arrays, stable
from calcml.runtime import (
    attempt as attempt,
    elementwise as elementwise,
    special as special,
)


@limited
def compile(
    exprs: Any,
    args: str | Iterable[str | Expr],
    *,
    backend: str = "numpy",
    shapes: Shapes | None = None,
) -> Compiled:
    """A function that computes `exprs` from values of the variables `args`.

    It is called with values in the order of `args`, or by name; `.source` is the Python
    that runs, in which each shared part is computed once. `exprs` is an expression or
    its text, or lists, tuples and dictionaries of them (such as a gradient); results
    come in the same structure. The `backend` "numpy" broadcasts over arrays, and each
    result has the shape that all arguments have together; a value that does not exist
    is nan. "python" needs no library and raises DomainError for it.

    Where variables are arrays, as `shapes` or the expressions say, the source is in
    NumPy's functions of whole arrays, contractions in an order that costs little, and
    each result has its own shape. Sizes are those of the arguments, also of such that
    do not occur; one that no argument has is an argument itself. What does not occur
    and has no declared shape takes any value.

    Raises CalcmlError for a variable that is not among `args`, UnsupportedError for an
    unknown function f(x), for the imaginary unit and where a library is missing. The
    function raises CalcmlError for other arguments, ShapeError for other shapes.

    Source of the contractions' order: Smith and Gray, opt_einsum (JOSS, 2018).

    >>> area = compile("pi*r^2", ["r"], backend="python")
    >>> area(1)
    3.141592653589793
    """
    if backend not in LANGUAGES:
        known = " or ".join(LANGUAGES)
        raise UnsupportedError(f"there is no backend {backend}; use {known}")
    if backend == "numpy" and not _has_library(backend):
        raise UnsupportedError(
            'NumPy is missing: pip install numpy, or backend="python"'
        )
    arrays = declared(shapes or {})
    given = args.replace(",", " ").split() if isinstance(args, str) else args
    listed = [*given] if isinstance(given, Iterable) else [given]
    if not all(isinstance(a, (str, Expr)) for a in listed):
        raise CalcmlError(f'{args!r} are no arguments; write "x y", or a list')
    typed = [a if isinstance(a, Expr) else arrays.get(a) or symbol(a) for a in listed]
    arrays |= {a.value: a for a in typed if a.dims}
    names = [a.value for a in typed]
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        raise CalcmlError(f"an argument stands twice: {', '.join(sorted(twice))}")
    sizes: Shapes = {name: node.dims for name, node in arrays.items()}
    roots: list[Expr] = []
    _mapped(exprs, lambda e: roots.append(_formula(e, sizes, names)))
    refuse_constants(names, *roots)
    nodes = walk(*roots)
    used = {name for size in sizes_in(nodes) for name in size.free_symbols}
    occurring = used.union([n.value for n in nodes if n.op == "symbol"])
    arguments = _arguments(typed, nodes, occurring, roots)
    idle = {a.value for a in arguments if not a.dims} - occurring - arrays.keys()
    language = LANGUAGES[backend]
    if not has_arrays(*roots, *arguments):
        _check(nodes, names)
        text = _source(roots, names, language)
        if backend == "python":
            return Compiled(exprs, arguments, backend, text, python_runner(roots))
        run = numpy_runner(idle, Computation(text, _beyond(roots, names, language)))
        return Compiled(exprs, arguments, backend, text, run)
    if backend != "numpy":
        raise UnsupportedError('whole arrays are computed by backend="numpy" alone')
    places = size_places(arguments)
    _check(nodes, [*names, *places], used)
    places |= {name: (name, None) for name in used if name in names}
    text = _source(roots, names, language, places)
    picks = [node for node in nodes if node.op == "selector"]
    computation = Computation(text, _beyond(roots, names, language, places))
    run = array_runner(computation, arguments, used.intersection(names), idle, picks)
    return Compiled(exprs, arguments, backend, text, run)


def _arguments(
    given: Sequence[Expr],
    nodes: Sequence[Expr],
    occurring: set[str],
    roots: Sequence[Expr],
) -> list[Expr]:
    """The arguments with the shapes that they have among the nodes of the roots.

    Where an occurring size is that of none of them, with those in what was derived.
    """
    found = {n.value: n for n in nodes if n.op == "symbol" and n.dims}
    shaped = [a if a.dims else found.get(a.value, a) for a in given]
    if occurring.issubset({a.value for a in shaped}.union(size_places(shaped))):
        return shaped
    return [a if a.dims else origins(roots).get(a.value, a) for a in shaped]


def _check(
    nodes: Sequence[Expr], names: Sequence[str], sizes: Iterable[str] = ()
) -> None:
    """Raise the errors of `compile` about what cannot be computed."""
    known = set(names)
    missing = set(sizes) - known
    for node in nodes:
        if node.op == "symbol" and node.value not in known:
            missing.add(node.value)
        elif node.op == "formal":
            raise UnsupportedError(
                f"{node.value[0]} is an unknown function and has no values; "
                "define it, or put an expression in its place"
            )
        elif node is IMAG:
            raise UnsupportedError(
                "compiled functions compute with real numbers, not I"
            )
        elif node.op in ARRAY_OPERATIONS:
            row = ARRAY_OPERATIONS[node.op]
            if row.numpy.startswith("scipy.") and not _has_library("scipy.special"):
                raise UnsupportedError(
                    f"{row.name} of an array needs SciPy: pip install scipy"
                )
    if missing:
        shaped = 'or say which argument has the size, as in shapes={"w": "n"}'
        raise CalcmlError(
            f"not among the arguments: {', '.join(sorted(missing))}; give "
            f"{[*names, *sorted(missing)]}"
            f"{f', {shaped}' if missing.intersection(sizes) else ''}"
        )


def _source(
    roots: Sequence[Expr],
    names: Sequence[str],
    language: Language,
    places: Mapping[str, Place] | None = None,
    checked: bool = False,
) -> str:
    """The source, with what the language lacks defined by what it has, or by mpmath.

    Functions whose spellings go on beyond their domain are nan there, all if `checked`.
    """
    together = formal(
        "f", (0,) * len(roots), tuple(roots)
    )  # one pass over shared parts
    together = guarded(together, lambda row: checked or row.goes_on)
    together = norms.lowered(lower_arrays(together, lambda row: bool(row.numpy)))
    try:
        lowered = lower(together, lambda row: _has(row, language), stable)
    except UnsupportedError:
        has = partial(_has, language=language, or_mpmath=True)
        lowered = lower(together, has, stable)
    steps = lowered.args if places is None else in_pairs(lowered.args)
    return source(in_one_order(steps), names, language, places)


def _beyond(
    roots: Sequence[Expr],
    names: Sequence[str],
    language: Language,
    places: Mapping[str, Place] | None = None,
) -> Callable[[], Function]:
    """What makes, when it is first needed, the function that looks at each part."""
    return cache(lambda: _loaded(_source(roots, names, language, places, checked=True)))


def _loaded(source: str) -> Function:
    """The function `f` that a source defines."""
    namespace: dict[str, Any] = {}
    exec(builtins.compile(source, "<calcml>", "exec"), namespace)
    function: Function = namespace["f"]
    return function


def _has(row: Row, language: Language, or_mpmath: bool = False) -> bool:
    """Whether a row can be written; SciPy is imported only where a row asks for it."""
    if row.op in language.operators:
        return True
    spelling = language.spelling(row)
    if spelling is None:
        return row.stable == "" or or_mpmath and row.mpmath is not None
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
        self,
        exprs: Any,
        arguments: Sequence[Expr],
        backend: str,
        source: str,
        run: Runner,
    ) -> None:
        self.names = tuple([str(a.value) for a in arguments])
        self.backend, self.source = backend, source
        self.__doc__ = f"f({', '.join(self.names)}), computed by {backend}."
        self._exprs, self._arguments, self._run = exprs, tuple(arguments), run
        self._function = _loaded(source)

    @property
    def notes(self) -> tuple[str, ...]:
        """Which of the names are constants' elsewhere."""
        return tuple(named_as_constants(self.names).values())

    def __call__(self, *values: Any, **named: Any) -> Any:
        if named or len(values) != len(self.names):
            values = self._in_order(values, named)
        results = self._run(self._function, self.names, values)
        left = iter(results)
        return _mapped(self._exprs, lambda _: next(left))

    def __repr__(self) -> str:
        return f"<{self.__doc__}>"

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self._exprs, self._arguments, self.backend)

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


def _again(exprs: Any, arguments: tuple[Expr, ...], backend: str) -> Compiled:
    return compile(exprs, arguments, backend=backend)


def _mapped(tree: Any, change: Callable[[Any], Any]) -> Any:
    """Nested dictionaries, lists and tuples with what is in them changed, in order."""
    if isinstance(tree, Mapping):
        return {key: _mapped(part, change) for key, part in tree.items()}
    if isinstance(tree, (list, tuple)):
        return type(tree)([_mapped(part, change) for part in tree])
    return change(tree)


def _formula(value: Any, shapes: Shapes, names: Sequence[str]) -> Expr:
    if isinstance(value, str):
        return function(value, shapes, names).root
    return value if isinstance(value, Expr) else lift(value)
