"""What code asks of libraries: numbers, functions, methods, elements, layers."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from calcml.core import expr, tensors
from calcml.core.errors import CalcmlError, ParseError, UnsupportedError
from calcml.core.expr import CONDITIONS, Expr
from calcml.core.tensors import Slice
from calcml.core.tensors.names import ARANGE
from calcml.functions import FUNCTIONS
from calcml.functions.libraries import (
    ARRAY_METHODS,
    METHODS,
    MODULES,
    NUMBERS,
    PROPERTIES,
    REFUSED,
    TYPES,
    calls as lines_of,
)
from calcml.parsing import parser
from calcml.parsing.python import calls
from calcml.parsing.python.expressions import ELLIPSIS, Reader
from calcml.parsing.python.prepared import DEVICE, FLOATING, indicator
from calcml.parsing.python.shaping import swapped
from calcml.parsing.python.values import (
    NAN,
    Layer,
    Local,
    Method,
    Path,
    Several,
    Text,
    scalar_of,
    told,
    whole,
)

_TYPED = ("numpy", "jax.numpy", "torch", "tensorflow")  # which have types of numbers


class Caller(Reader):
    """A reader of expressions that knows of libraries."""

    functions: set[ast.AST]  # the parts of the code that are called
    sizes: frozenset[Any]  # of axes, by names

    def _attribute(self, node: ast.Attribute, of: Any) -> Any:
        name = node.attr
        if isinstance(of, Path):
            return self._member(of, name)
        if isinstance(of, Several) and name in of.names:
            return of[of.names.index(name)]
        if not isinstance(of, Expr):
            raise ParseError(f"{told(of)} has no {name} that is read")
        if name == "mT" and len(of.dims) > 2:
            return swapped(of, expr.number(-2), expr.number(-1))
        if name in ("T", "mT"):
            return self.numbers.transpose(of)
        if name in PROPERTIES and node not in self.functions:
            return calls.call(
                Path(PROPERTIES[name]), [of], {}, frozenset(of.free_symbols)
            )
        if name == "device":
            return DEVICE
        if name == "dtype" and of.op not in CONDITIONS:
            return Text(FLOATING)
        if name == "data":
            raise UnsupportedError(f"data is not read: {REFUSED['detach']}")
        return Method(of, name)

    def _member(self, of: Path, name: str) -> Any:
        """What a library has by a name: a number, a type, a function, a module."""
        full = f"{of.name}.{name}"
        if full == "sympy.special":
            return Path("scipy.special")
        numeric = of.name in MODULES
        if numeric and name in NUMBERS and not calls.known(Path(full).short):
            return parser.defined(NUMBERS[name], {})
        if numeric and name in TYPES and of.name in _TYPED:
            return Text(FLOATING)
        if name == "newaxis":
            return None
        if name == "nan":
            return NAN
        return Path(full)

    def _subscript(self, node: ast.Subscript, of: Any, index: Any) -> Any:
        if isinstance(of, tuple):
            place = index if isinstance(index, Slice) else whole(index)
            if isinstance(place, Slice):
                ends = [None if e is None else whole(e) for e in place[:2]]
                return of[slice(ends[0], ends[1], place.step)]
            if place is None or not -len(of) <= place < len(of):
                raise ParseError(f"there is no place {told(index)} in {len(of)} values")
            return of[place]
        if not isinstance(of, Expr):
            raise ParseError(f"{told(of)} has no elements that are read")
        parts = list(index) if type(index) is tuple else [index]
        if ELLIPSIS in parts:
            k = parts.index(ELLIPSIS)
            used = sum(p is not None for p in parts) - 1
            missing = [Slice(None, None)] * (len(of.dims) - used)
            parts[k : k + 1] = missing
        if len(parts) == 2 and _is_gather(of, parts):
            picked = indicator(parts[1], of.dims[1], 1)
            return tensors.total(self.numbers.mul(picked, of), [1])
        if any(isinstance(p, Expr) and p.op in CONDITIONS for p in parts):
            raise UnsupportedError(
                "elements that a condition picks have no fixed number; for zeros "
                "elsewhere write np.where(condition, x, 0)"
            )
        return tensors.index(of, parts)

    # --- calls -----------------------------------------------------------------------

    def _call(self, node: ast.Call, function: Any, *parts: Any) -> Any:
        count = len(node.args)
        given = list(parts[:count])
        names = [k.arg or "" for k in node.keywords]
        options = dict(zip(names, parts[count:], strict=True))
        if isinstance(function, Local):
            return self.inlined(function, given, options)
        if isinstance(function, Layer):
            return self._layer(function, [*given, *options.values()])
        if isinstance(function, Method):
            return self._method(function, given, options)
        if function == Text(FLOATING) and len(given) == 1:
            return scalar_of(given[0])
        if not isinstance(function, Path):
            raise ParseError(f"{told(function)} is no function: write * for a product")
        return self._of_library(function, given, options)

    def _of_library(self, path: Path, given: list[Any], options: dict[str, Any]) -> Any:
        name = path.name.rpartition(".")[2]
        if path.short == "functools.reduce":
            return self._reduce(given)
        word = given[0].text if len(given) == 1 and isinstance(given[0], Text) else ""
        if path.name == "builtins.int" and given and given[0] in self.sizes:
            return given[0]
        if path.name == "builtins.float" and word.lstrip("+-") in NUMBERS:
            value = parser.defined(NUMBERS[word.lstrip("+-")], {})
            return self.numbers.neg(value) if word[0] == "-" else value
        if path.name.startswith(OWN):
            row = FUNCTIONS[path.name.removeprefix(OWN)]
            return parser.call([row], row.name, [*map(scalar_of, given)])
        if name[:1].isupper() and path.short.startswith(("nn.", "kl.")):
            if not calls.known(path.short):
                raise UnsupportedError(
                    f"{path.name} is not read; write its formula out"
                )
            return Layer(path, tuple(given), options)
        if path.short.startswith("runtime."):
            return self._runtime(name, given)
        if name.endswith("_") or options.get("inplace") is True:
            raise UnsupportedError(
                f"{name} changes its argument; write it without that"
            )
        return calls.call(path, given, options, self.declared)

    def _runtime(self, name: str, given: list[Any]) -> Any:
        """What calcml's own sources call."""
        first = given[0] if given else None
        if name == "attempt" and isinstance(first, Local):
            return self.inlined(first, [], {})
        if isinstance(first, Text) and first.text in FUNCTIONS:
            return Path(OWN + first.text)
        raise UnsupportedError(f"{name} of compiled sources is not read")

    def _reduce(self, given: list[Any]) -> Any:
        if len(given) != 2 or not isinstance(given[1], tuple) or not given[1]:
            raise UnsupportedError("reduce is read of a function and a list alone")
        result, *rest = given[1]
        for other in rest:
            result = self._of_library(given[0], [result, other], {})
        return result

    def _layer(self, layer: Layer, inputs: list[Any]) -> Any:
        """A module of layers with its inputs: its options come behind them."""
        lines = lines_of().get(layer.path.short)
        count = lines[0].inputs if lines else 1
        if len(inputs) != count:
            raise ParseError(f"{layer.path.name}(...) takes {count} inputs when called")
        given = [*inputs, *layer.arguments]
        return calls.call(layer.path, given, layer.options, self.declared)

    def _method(self, method: Method, given: list[Any], options: dict[str, Any]) -> Any:
        """A method, of the libraries that the code speaks of or of all that have it."""
        name, of = method.name, method.of
        if name.endswith("_"):
            raise UnsupportedError(
                f"{name} changes an array in place; write {name.rstrip('_')}, and give "
                "the result a name"
            )
        if name == "at":
            raise UnsupportedError("changes of elements are not read")
        spoken = [k for k in METHODS if k in self.libraries] or list(METHODS)
        paths = [p for k in spoken for p in _methods(k, name)]
        paths = paths or [p for k in METHODS for p in _methods(k, name)]
        if not paths:
            why = REFUSED.get(name, "write its formula out")
            raise UnsupportedError(f"the method {name} is not read: {why}")
        found, errors = [], []
        for path in paths:
            try:
                found.append(calls.call(path, [of, *given], options, self.declared))
            except CalcmlError as error:
                errors.append(error)
        if not found:
            raise errors[0]
        if any(f is not found[0] for f in found[1:] if isinstance(f, Expr)):
            raise ParseError(
                f"{name} differs between NumPy and PyTorch: import one of them, or "
                f"write np.{name}(...) or torch.{name}(...)"
            )
        return found[0]


def _methods(library: str, name: str) -> list[Path]:
    """The functions that a library's method may be, one at most."""
    found = {"T": "torch.Tensor", "t": "torch", "A": "numpy.ndarray"}
    for short in METHODS[library]:
        if calls.known(f"{short}.{name}"):
            return [Path(f"{found[short]}.{name}")]
    if library == "numpy" and name in ARRAY_METHODS and calls.known(f"np.{name}"):
        return [Path(f"numpy.{name}")]
    return []


def _is_gather(x: Expr, parts: Sequence[Any]) -> bool:
    """Whether an index is np.arange(n), y: of each row the element that y names."""
    rows, columns = parts
    return (
        isinstance(rows, Expr)
        and rows.op == ARANGE
        and isinstance(columns, Expr)
        and len(x.dims) == 2
        and rows.dims == columns.dims == x.dims[:1]
    )


OWN = "calcml: "  # before the rows that compiled sources call by name
