"""`calcml.errors` of version 0.1.0: see `calcml.compat`."""

from calcml.core.errors import (
    CalcmlError,
    DomainError,
    LimitError,
    ParseError,
    ShapeError,
    UnsupportedError,
    _rebuild,
)
