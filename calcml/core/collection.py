"""Work that the cyclic garbage collector would only slow down."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def uncollected(sweep: Callable[P, R]) -> Callable[P, R]:
    """`sweep` without cyclic garbage collection, a quarter of its time.

    Nodes hold only older nodes, so there are no cycles among what a sweep makes. What
    a simplification leaves is collected after it.
    """

    @wraps(sweep)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if not gc.isenabled():
            return sweep(*args, **kwargs)
        try:
            gc.disable()
            return sweep(*args, **kwargs)
        finally:
            gc.enable()

    return run
