"""Shapes in annotations: Float[Array, "m n"] of jaxtyping, and types of numbers."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Any

from calcml.core.errors import ParseError, UnsupportedError
from calcml.parsing.python.source import Source

_ARRAYS = re.compile(r"(Float|Num|Real|Shaped|Inexact|Int|Integer|Bool|UInt)\d*$")
_SIZE = re.compile(r"(?:[A-Za-z_]\w*=)?([A-Za-z]\w*|\d+)$")


def shape_of(annotation: ast.expr | None, source: Source) -> str | None:
    """The shape that an annotation declares; None where it declares none."""
    if isinstance(annotation, ast.Name):
        return "" if annotation.id == "float" else None
    if not isinstance(annotation, ast.Subscript):
        return None
    parts = annotation.slice
    if not (isinstance(parts, ast.Tuple) and len(parts.elts) == 2):
        return None
    kind, text = annotation.value, parts.elts[1]
    name = kind.attr if isinstance(kind, ast.Attribute) else getattr(kind, "id", "")
    if not _ARRAYS.match(name) or not isinstance(text, ast.Constant):
        return None
    words = str(text.value).split()
    if "..." in words:  # any axes before the others
        return None
    found = [_SIZE.match(word) for word in words]
    if None in found:
        strange = words[found.index(None)]
        error = UnsupportedError(
            f"the size {strange} of a shape is not read; write a name or a number"
        )
        raise error.at(source.text, source.span(text))
    return " ".join(m[1] for m in found if m)


def shapes_like(samples: Any, names: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The shapes of samples, by the names of a function's parameters in their order."""
    if isinstance(samples, Mapping):
        return {n: _shape(s) for n, s in samples.items() if s is not None}
    if hasattr(samples, "shape"):
        samples = (samples,)
    if samples is not None and not isinstance(samples, (list, tuple)):
        raise ParseError("samples are arrays and numbers, one for each argument")
    if samples and len(samples) > len(names):
        raise ParseError(f"{len(samples)} samples for {len(names)} arguments")
    pairs = zip(names, samples or (), strict=False)
    return {n: _shape(s) for n, s in pairs if s is not None}


def _shape(sample: Any) -> tuple[int, ...]:
    """The sizes of an array, of nested lists or of a number."""
    shape = getattr(sample, "shape", None)
    if shape is not None:
        return tuple(map(int, shape))
    found = []
    while isinstance(sample, (list, tuple)) and sample:
        found.append(len(sample))
        sample = sample[0]
    return tuple(found)
