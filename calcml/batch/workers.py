"""Worker processes, and the clock that stops a row; formulas are not known here."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Self, TypeVar

from calcml.batch.limits import AGAIN, AHEAD
from calcml.batch.stops import Stops
from calcml.core.errors import CalcmlError, UnsupportedError

Result = TypeVar("Result")
Task = tuple[int, Any]  # its number, and what it is


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


class Worker:
    """A process, and the tasks that it was given, of which it is at the first."""

    def __init__(self) -> None:
        self.tasks: deque[Task] = deque()
        self.process: Any = None
        self.pipe: Any = None
        self.ready = False

    def end(self) -> int | None:
        """End the process, whatever it does; its exit status."""
        process, self.process, self.ready = self.process, None, False
        if process is None:
            return None
        process.kill()
        process.join()
        self.pipe.close()
        status: int | None = process.exitcode
        return status


class Crew:
    """Worker processes of our own, each of which hands over a result once it is made.

    One that dies is replaced, and its tasks given to the next; a task of which two died
    has no result. Each reads from a pipe that nobody writes to, which ends when this
    process does, however that dies, and the worker leaves. Between them are pipes and
    no semaphores, of which Python's tracker would say that they were left behind.
    """

    def __init__(
        self,
        size: int,
        work: Callable[[Task], Any],
        prepare: Callable[[], object],
        stops: Stops,
    ) -> None:
        import multiprocessing  # 40 ms, for those alone who want processes

        self.context = multiprocessing.get_context("spawn")
        self.lifeline, self.held = self.context.Pipe(duplex=False)
        self.given = work, prepare, self.lifeline
        self.stops = stops
        self.workers = [Worker() for _ in range(size)]
        self.order: deque[Task] = deque()  # those of which no result was yielded yet
        self.done: dict[int, Any] = {}  # their results, by number
        self.suspect: set[int] = set()  # tasks of which a process died
        self.failed = 0  # processes that died before they were ready

    def results(
        self,
        chunks: Iterator[list[Task]],
        known: Callable[[Task], Any] = lambda _: None,
    ) -> Iterator[tuple[Task, Any]]:
        """Each task with its result, in order; None for one of which processes died.

        What is `known` is not worked at. Raises CalcmlError where no process starts.
        """
        from multiprocessing.connection import wait

        while True:
            more = self._hand_out(chunks, known)
            yield from self.in_turn()
            busy = {each.pipe: each for each in self.workers if each.tasks}
            if busy:
                for pipe in self.stops.during(partial(wait, busy)):
                    if not self._received(busy[pipe]):
                        self._replace(busy[pipe])
            elif not more:
                return

    def in_turn(self) -> Iterator[tuple[Task, Any]]:
        """The first tasks that have their results."""
        while self.order and self.order[0][0] in self.done:
            task = self.order.popleft()
            yield task, self.done.pop(task[0])

    def drain(self) -> None:
        """Take what the processes have made; results out of turn are in `done` then."""
        for worker in self.workers:
            with suppress(OSError):
                while worker.tasks and worker.pipe.poll() and self._received(worker):
                    pass

    def _hand_out(
        self, chunks: Iterator[list[Task]], known: Callable[[Task], Any]
    ) -> bool:
        """Tasks for those without; not so many that results would pile up.

        Whether there may be more.
        """
        for worker in self.workers:
            while not worker.tasks and len(self.order) < AHEAD * len(self.workers):
                chunk = self.stops.during(partial(next, chunks, None))
                if chunk is None:
                    return False
                self.order += chunk
                for task in chunk:
                    if (result := known(task)) is not None:
                        self.done[task[0]] = result
                    else:
                        worker.tasks.append(task)
                self._send(worker)
        return True

    def _send(self, worker: Worker) -> None:
        """Give a worker, which waits, its tasks: each side writes in turn."""
        if not worker.tasks:
            return
        if worker.process is None:
            self._start(worker)
        with suppress(OSError):  # it died; that is heard when its results are awaited
            worker.pipe.send([*worker.tasks])

    def _start(self, worker: Worker) -> None:
        worker.pipe, theirs = self.context.Pipe()
        process = self.context.Process(
            target=_serve, args=(theirs, *self.given), daemon=True
        )
        with _undisturbed():
            process.start()
        theirs.close()
        worker.process = process

    def _received(self, worker: Worker) -> bool:
        """Take one result from a worker; whether its process is alive."""
        try:
            result = worker.pipe.recv()
        except (EOFError, OSError):
            return False
        if worker.ready:
            self.done[worker.tasks.popleft()[0]] = result
        worker.ready, self.failed = True, 0
        return True

    def _replace(self, worker: Worker) -> None:
        """A new process for the tasks of one that died, but for the deadly one."""
        was_ready, status = worker.ready, worker.end()
        number = worker.tasks[0][0]
        late = hasattr(signal, "SIGPROF") and status == -signal.SIGPROF
        if not was_ready:
            self.failed += 1
            if self.failed > len(self.workers):
                raise CalcmlError("worker processes do not start here")
        elif late or number in self.suspect:
            self.suspect.discard(number)
            worker.tasks.popleft()
            self.done[number] = None
        else:
            self.suspect.add(number)
        self._send(worker)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.held.close()
        for worker in self.workers:
            worker.end()
        self.lifeline.close()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A process that is started here hears no Ctrl-C until it can say what that means.

    The terminal sends it to all, and one that is still starting would end in a
    traceback.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # its own start would let the signal in again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(
    pipe: Any,
    work: Callable[[Task], Any],
    prepare: Callable[[], object],
    lifeline: Any,
) -> None:
    """A worker's life: the parent decides what a stop means."""
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_leave_after, args=(lifeline,), daemon=True).start()
    prepare()
    with suppress(EOFError, OSError):
        pipe.send(None)
        while True:
            for task in pipe.recv():
                pipe.send(work(task))


def _leave_after(lifeline: Any) -> None:
    with suppress(EOFError, OSError):
        lifeline.recv_bytes()
    os._exit(1)
