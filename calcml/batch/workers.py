"""Worker processes, and the clock that stops a row; formulas are not known here."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import suppress
from typing import Any, Self, TypeVar

from calcml.batch.limits import AGAIN
from calcml.core.errors import UnsupportedError

Result = TypeVar("Result")


class _Late(BaseException):
    """The row's time is up; no `except Exception` on the way may stop it."""


class Clock:
    """Stops work after some seconds; None is no limit.

    The timer's signal raises an error in whatever Python does at that moment. One long
    operation of a library in C sees no signal: where the process is `expendable`, a
    second timer, of processor time, ends the process then.
    """

    def __init__(self, seconds: float | None, expendable: bool = False) -> None:
        if seconds is not None:
            if not isinstance(seconds, (int, float)) or not seconds > 0:
                raise UnsupportedError("a time limit is a number of seconds over 0")
            if not hasattr(signal, "setitimer"):
                raise UnsupportedError("this platform has no timers to stop a row with")
            if threading.current_thread() is not threading.main_thread():
                raise UnsupportedError(
                    "a time limit needs processes: a thread cannot be stopped"
                )
        self.seconds = seconds
        self.expendable = expendable

    def __enter__(self) -> Self:
        if self.seconds is not None:
            self.handler = signal.signal(signal.SIGALRM, _ring)
            self.hook, sys.unraisablehook = sys.unraisablehook, self.unraisable
        return self

    def __exit__(self, *_: object) -> None:
        if self.seconds is not None:
            signal.signal(signal.SIGALRM, self.handler or signal.SIG_DFL)
            sys.unraisablehook = self.hook

    def unraisable(self, what: Any) -> None:
        """A weak reference's callback swallows the error; hush, it comes again."""
        if what.exc_type is not _Late:
            self.hook(what)

    def limit(self, work: Callable[[], Result]) -> Result | None:
        """What `work` returns, None if its time was up before."""
        if self.seconds is None:
            return work()
        try:
            try:
                if self.expendable:
                    signal.setitimer(signal.ITIMER_PROF, 2 * self.seconds + 1)
                signal.setitimer(signal.ITIMER_REAL, self.seconds, AGAIN)
                return work()
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        except _Late:
            signal.setitimer(signal.ITIMER_REAL, 0)
            return None
        finally:
            if self.expendable:
                signal.setitimer(signal.ITIMER_PROF, 0)


def _ring(*_: object) -> None:
    raise _Late


class Crew:
    """Worker processes of our own: replaced when one dies, gone when this process is.

    Each worker reads from a pipe that nobody writes to; it ends when this process does,
    however that dies, and the worker leaves.
    """

    def __init__(self, size: int, prepare: Callable[[], object]) -> None:
        self.size = size
        self.prepare = prepare
        self.pool: Executor | None = None

    def _start(self) -> Executor:
        import multiprocessing  # 40 ms, for those alone who want processes
        from concurrent.futures import ProcessPoolExecutor

        context = multiprocessing.get_context("spawn")
        self.reader, self.writer = context.Pipe(duplex=False)
        enlist = (self.reader, self.prepare)
        return ProcessPoolExecutor(self.size, context, _enlist, enlist)

    def submit(self, work: Callable[[Any], Result], task: Any) -> Future[Result]:
        """The future result of work(task); BrokenExecutor if its process dies."""
        if self.pool is None:
            self.pool = self._start()
        try:
            return self.pool.submit(work, task)
        except BrokenExecutor as error:
            future: Future[Result] = Future()
            future.set_exception(error)
            return future

    def dismiss(self) -> None:
        """End the processes, whatever they do; the next task starts new ones."""
        if self.pool is not None:
            self.writer.close()
            self.pool.shutdown(wait=True, cancel_futures=True)
            self.reader.close()
            self.pool = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None and self.pool is not None:
            self.pool.shutdown()  # in peace: nothing is under way
        self.dismiss()


def _enlist(lifeline: Any, prepare: Callable[[], object]) -> None:
    """A worker's first act."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what a stop means
    threading.Thread(target=_leave_after, args=(lifeline,), daemon=True).start()
    prepare()


def _leave_after(lifeline: Any) -> None:
    with suppress(EOFError, OSError):
        lifeline.recv_bytes()
    os._exit(1)
