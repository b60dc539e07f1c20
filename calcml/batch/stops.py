"""Signals that end a run: heard where nothing is half done."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, Self, TypeVar

from calcml.batch.limits import AGAIN

Result = TypeVar("Result")


class Stopped(KeyboardInterrupt):
    """A signal asked the run to end; `status` is what shells give for that."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.status = 128 + number


class Stops:
    """Ctrl-C, SIGTERM and a terminal that closes, while a run is at work.

    They raise `Stopped` while `during` waits or computes; what comes between, where an
    answer is being written, waits for the next of these. A second one raises at once.
    Signals that this process ignores, as under nohup, stay ignored.
    """

    def __init__(self) -> None:
        self.before: dict[int, Any] = {}
        self.pending: int | None = None
        self.open = self.again = False

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for name in ("SIGINT", "SIGTERM", "SIGHUP"):
                number = getattr(signal, name, None)
                if number and signal.getsignal(number) not in (signal.SIG_IGN, None):
                    self.before[number] = signal.signal(number, self._heed)
        self.hook, sys.unraisablehook = sys.unraisablehook, self._unraisable
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)
        sys.unraisablehook = self.hook

    def _heed(self, number: int, _: FrameType | None) -> None:
        second = self.pending is not None and not self.again
        self.pending, self.again = number, False
        if self.open or second:
            raise Stopped(number)

    def _unraisable(self, what: Any) -> None:
        """A weak reference's callback swallowed the error: it is raised again."""
        if what.exc_type is not Stopped:
            self.hook(what)
            return
        self.again = True
        timer = threading.Timer(AGAIN, signal.raise_signal, (self.pending,))
        timer.daemon = True
        timer.start()

    def during(self, work: Callable[[], Result]) -> Result:
        """What `work` returns, if no signal ends it."""
        self.open = True
        try:
            if self.pending is not None:
                raise Stopped(self.pending)
            return work()
        finally:
            self.open = False
