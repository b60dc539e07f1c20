"""The work of one public call: counted, not timed, so that each machine ends alike."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial, wraps
from math import inf
from typing import Any, ParamSpec, TypeVar

from calcml.core.arguments import RAW, brought, refuse_misfits
from calcml.core.errors import LimitError
from calcml.core.limits import MAX_WORK

P = ParamSpec("P")
R = TypeVar("R")


class SpentError(BaseException):
    """The work is over its budget: no `except Exception` on the way may stop it."""


class _Purse(threading.local):
    left: float = inf  # steps of work of the public call that runs in this thread
    whole: float = MAX_WORK  # those that it had, or a part of it that has its own
    stop: BaseException | None = None  # a Ctrl-C that a callback swallowed


_purse = _Purse()


def spend(steps: float) -> None:
    """Count work; SpentError where the call has no more left for it."""
    _purse.left -= steps
    if _purse.left < 0:
        raise SpentError


@contextmanager
def half() -> Iterator[None]:
    """What is done inside may spend half of what is left: SpentError at its end.

    Where little is left then, the whole call ends, too: halves of halves never would.
    """
    spend(100)
    before = _purse.left
    _purse.left = mine = min(before, _purse.whole) / 2
    try:
        yield
    finally:
        _purse.left += before - mine
        if _purse.left < _purse.whole / 32:
            _purse.left = -1


@contextmanager
def at_most(steps: float) -> Iterator[None]:
    """What is done inside may spend so many steps: SpentError beyond."""
    before, whole = _purse.left, _purse.whole
    _purse.left = _purse.whole = mine = min(before, steps)
    try:
        yield
    finally:
        _purse.left, _purse.whole = _purse.left + before - mine, whole


def counted(call: Callable[..., R], args: Sequence[Any], m: Any = None) -> R:
    """What a library's Python returns; each call in it counts.

    By the length of its numbers, where it works in a context `m` of mpmath, which may
    raise its precision on the way. Where somebody profiles, nothing is counted.
    """
    if sys.getprofile() is not None:
        return call(*args)
    most, done = _purse.left, 0.0

    def step(*_: object) -> None:
        nonlocal done
        # a product of long numbers
        done += 1 if m is None else 1 + (m._prec / 1000) ** 1.6
        if done > most:
            raise SpentError

    try:
        sys.setprofile(step)
        return call(*args)
    finally:
        sys.setprofile(None)
        _purse.left -= done


def limited(call: Callable[P, R]) -> Callable[P, R]:
    """A public call with one budget for all that it does; LimitError beyond that.

    Meanwhile no cyclic garbage is collected, a quarter of its time: nodes hold only
    older nodes, so there are no cycles among what a call makes.
    """

    @wraps(call)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _purse.left < inf:
            return call(*args, **kwargs)
        hook = sys.unraisablehook
        heed = partial(_heed, hook)
        heard = threading.current_thread() is threading.main_thread()
        paused = gc.isenabled()
        try:  # a Ctrl-C comes at a call: none stands between what is done and undone
            _purse.left = MAX_WORK
            if paused:
                gc.disable()
            if heard:
                sys.unraisablehook = heed
            if "sympy" in sys.modules:
                args, kwargs = brought(args), brought(kwargs)
            return call(*args, **kwargs)
        except SpentError:
            raise LimitError(
                f"the work passes {MAX_WORK:,} steps, the limit of one call; take a "
                "shorter formula, or a part of it"
            ) from None
        except RAW:
            refuse_misfits(call, args, kwargs)
            raise
        finally:
            _purse.left, _purse.whole = inf, MAX_WORK
            if paused:
                gc.enable()
            if heard:
                sys.unraisablehook = hook
            stop, _purse.stop = _purse.stop, None
            if stop is not None:
                raise stop from None

    return run


def _heed(before: Callable[[Any], object], what: Any) -> None:
    """A Ctrl-C that a callback swallowed ends the call at its next step.

    Nodes that die call one: of a hundred interrupts two were lost there. Of a budget
    spent in one nothing is said: the next step meets it again.
    """
    if isinstance(what.exc_value, KeyboardInterrupt):
        _purse.stop, _purse.left = what.exc_value, -inf
    elif not isinstance(what.exc_value, SpentError):
        before(what)
