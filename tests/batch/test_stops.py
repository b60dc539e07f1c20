"""Signals that end a run: heard where nothing is half done, and never lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import weakref

import pytest

from calcml.batch.stops import Stopped, Stops

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_waits_until_it_may(name: str) -> None:
    number = getattr(signal, name)
    before = signal.getsignal(number), sys.unraisablehook
    with Stops() as stops:
        os.kill(os.getpid(), number)
        done = ["half", "whole"]
        with pytest.raises(Stopped) as stop:
            stops.during(done.clear)
    assert done and stop.value.status == 128 + number
    assert before == (signal.getsignal(number), sys.unraisablehook)


def test_a_signal_ends_what_may_be_ended() -> None:
    with Stops() as stops, pytest.raises(Stopped):
        stops.during(lambda: os.kill(os.getpid(), signal.SIGINT) or time.sleep(60))


def test_a_second_signal_does_not_wait() -> None:
    with Stops():
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(Stopped):
            os.kill(os.getpid(), signal.SIGINT)


class Node:
    """What a weak reference may lead to."""


def swallow() -> None:
    """A callback in which an error is ignored, and work that goes on."""
    node = Node()
    _ref = weakref.ref(node, lambda _: os.kill(os.getpid(), signal.SIGINT))
    del node
    for _ in range(6_000):
        time.sleep(0.01)


def test_a_signal_that_was_swallowed_comes_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Stops() as stops, pytest.raises(Stopped):
        stops.during(swallow)
    assert capsys.readouterr().err == ""


def test_what_a_process_ignores_stays_ignored() -> None:
    code = (
        "import os, signal; from calcml.batch.stops import Stops\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "with Stops() as stops:\n"
        "    os.kill(os.getpid(), signal.SIGHUP)\n"
        "    print(stops.during(lambda: 'went on'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "went on\n"


def test_a_thread_has_no_signals() -> None:
    made: list[int] = []

    def work() -> None:
        with Stops() as stops:
            made.append(stops.during(lambda: 7))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert made == [7]
