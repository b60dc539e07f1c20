"""How compiled functions are run: arguments prepared, results in their shapes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from fractions import Fraction
from math import isinf, isnan
from typing import Any

from calcml.compile.source import Place
from calcml.core.errors import CalcmlError, DomainError, LimitError, ShapeError
from calcml.core.expr import Expr
from calcml.evaluate.arrays.sizes import bound_sizes, inside
from calcml.evaluate.evalf import nearest
from calcml.runtime import Undefined

Function = Callable[..., Any]
Runner = Callable[[Function, Sequence[str], Sequence[Any]], Sequence[Any]]


def python_runner(roots: Sequence[Expr]) -> Runner:
    """The runner of a function of numbers, which computes the values of `roots`.

    Where a part is beyond the doubles, the values are found without them.
    """

    def found(function: Function, values: Sequence[Any]) -> Sequence[Any] | None:
        """The results; None where doubles do not have them."""
        try:
            results: Sequence[Any] = function(*values)
        except OverflowError:
            return None
        except TypeError as error:
            raise CalcmlError(f"the arguments must be real numbers: {error}") from error
        for result in results:
            if not hasattr(result, "__float__"):
                raise CalcmlError("the arguments must be real numbers")
            if isinstance(result, Undefined):
                if isinstance(result.error, OverflowError):
                    return None
                raise result.error
        lost = any(map(_is_nan, results)) and not any(map(_is_nan, values))
        return None if lost else results

    def run(
        function: Function, names: Sequence[str], values: Sequence[Any]
    ) -> Sequence[Any]:
        try:
            results = found(function, values)
            if results is None:
                at = {n: Fraction(v) for n, v in zip(names, values, strict=True)}
                results = [nearest(root, at) for root in roots]
                if any(isinf(r) for r in results):
                    raise OverflowError("it is beyond the largest double")
            return results
        except (ArithmeticError, ValueError, DomainError, LimitError) as error:
            shown = ", ".join(f"{n} = {v}" for n, v in zip(names, values, strict=True))
            where = f" at {shown}" if shown else ""
            raise DomainError(f"the function has no value{where}: {error}") from error

    return run


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and isnan(value)


class Computation:
    """A call of a function of arrays, with nan wherever it has no value.

    Doubles tell a pole by a division by zero or, in SciPy, by an infinite result; both
    may be another thing, too. Only then the function is asked that `beyond` makes,
    which looks at each part.
    """

    def __init__(self, source: str, beyond: Callable[[], Function]) -> None:
        self._silent, self._beyond = "scipy." in source, beyond

    def __call__(self, function: Function, arrays: Sequence[Any]) -> Sequence[Any]:
        """The results; DomainError where there are none."""
        import numpy

        poles: list[object] = []
        try:
            with numpy.errstate(
                all="ignore", divide="call", call=lambda *pole: poles.append(pole)
            ):
                results: Sequence[Any] = function(*arrays)
            if poles or self._silent and any(numpy.isinf(r).any() for r in results):
                with numpy.errstate(all="ignore"):
                    results = self._beyond()(*arrays)
        except (ArithmeticError, ValueError) as error:
            raise DomainError(f"the function has no values here: {error}") from error
        return results


def numpy_runner(idle: Collection[str], computed: Computation) -> Runner:
    """The runner of a function of scalars, which broadcasts over arrays.

    Each result has the shape that all arguments have together, or where those that are
    `idle`, which occur nowhere, have none with the others, the others have. So a result
    that depends on no array can be summed over the data like the others.
    """

    def run(
        function: Function, names: Sequence[str], values: Sequence[Any]
    ) -> Sequence[Any]:
        import numpy

        arrays = _arrays(names, values, idle)
        try:
            shape = _together(names, arrays, idle)
        except ValueError as error:
            raise DomainError(f"the function has no values here: {error}") from error
        results = computed(function, arrays)
        if not shape:
            return results
        own = {id(a) for a in arrays}
        return [
            r
            if numpy.shape(r) == shape and id(r) not in own
            else numpy.array(numpy.broadcast_to(r, shape))
            for r in results
        ]

    return run


def _together(
    names: Sequence[str], arrays: Sequence[Any], idle: Collection[str]
) -> Any:
    """The shape to which all broadcast, or where they do not, those that are not idle.

    Raises ValueError where these do not either.
    """
    import numpy

    try:
        return numpy.broadcast_shapes(*[a.shape for a in arrays])
    except ValueError:
        used = [a for name, a in zip(names, arrays, strict=True) if name not in idle]
        return numpy.broadcast_shapes(*[a.shape for a in used])


def _arrays(
    names: Sequence[str], values: Sequence[Any], idle: Collection[str]
) -> list[Any]:
    """The arguments as arrays of floats, scalars as NumPy's numbers.

    What is `idle` may be no number, and is 0 then.
    """
    import numpy

    arrays = []
    for name, value in zip(names, values, strict=True):
        array = numpy.asarray(value)
        if name in idle and array.dtype.kind not in "biuf":
            array = numpy.zeros(())
        if array.dtype.kind not in "biuf":
            raise CalcmlError(f"{name} must be a real number or an array of them")
        arrays.append((array if array.dtype.kind == "f" else array.astype(float))[()])
    return arrays


# --- whole arrays ------------------------------------------------------------------


def size_places(arguments: Sequence[Expr]) -> dict[str, Place]:
    """Where the number for each name of a size is found: in which argument and axis."""
    places: dict[str, Place] = {}
    for argument in arguments:
        for axis, size in enumerate(argument.dims):
            if size.op == "symbol":
                places.setdefault(size.value, (argument.value, axis))
    return places


def array_runner(
    computed: Computation,
    arguments: Sequence[Expr],
    sizes: Collection[str],
    idle: Collection[str] = (),
    picks: Sequence[Expr] = (),
) -> Runner:
    """The runner of a function of variables with shapes, some of which may be `sizes`.

    It raises ShapeError for arguments of other shapes, but for those that are `idle`,
    of which no shape is known, and where the selectors `picks` take places beyond an
    axis. Results are arrays of their own.
    """
    shaped = [a for a in arguments if a.value not in idle]

    def run(
        function: Function, names: Sequence[str], values: Sequence[Any]
    ) -> Sequence[Any]:
        arrays = _arrays(names, values, idle)
        named = dict(zip(names, arrays, strict=True))
        shapes = {name: array.shape for name, array in named.items()}
        given = {name: _size(name, a) for name, a in named.items() if name in sizes}
        known = bound_sizes(shaped, shapes, given)
        for pick in picks:
            inside(pick, known)
        own = {id(a) for a in arrays}
        return [
            r.copy() if getattr(r, "base", None) is not None or id(r) in own else r
            for r in computed(function, arrays)
        ]

    return run


def _size(name: str, value: Any) -> int:
    if value.shape or value != int(value):
        raise ShapeError(f"{name} is the size of an axis: give it a whole number")
    return int(value)
