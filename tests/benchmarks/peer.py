"""SymPy's closed forms, in a process that is ended where it takes too long."""

from __future__ import annotations

from collections.abc import Mapping
from multiprocessing import get_context
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

START = 60  # seconds until a new process has imported SymPy


class Answer(NamedTuple):
    """What SymPy made of a row, and the median of its seconds."""

    text: str
    seconds: float


def simplified(row: Mapping[str, Any], runs: int) -> Answer:
    """`simplify(diff)` of a row; reading it is calcml's, and not timed."""
    import sympy as sp

    import calcml as cm

    f = cm.parse(row["expr"], symbols=row.get("vars", ())).to_sympy()
    x = cm.symbol(row["var"]).to_sympy()
    seconds = []
    for _ in range(runs):
        start = perf_counter()
        result = sp.simplify(f.diff(x, row.get("order", 1)))
        seconds.append(perf_counter() - start)
    # The first run warms up, where there are more.
    return Answer(str(result), median(seconds[1:] or seconds))


def _serve(pipe: Any) -> None:
    import sympy

    pipe.send(sympy.__version__)
    while True:
        try:
            pipe.send(simplified(*pipe.recv()))
        except EOFError:
            return
        except Exception as error:  # noqa: BLE001  a peer's failure is its figure
            pipe.send(type(error).__name__)


class Peer:
    """SymPy behind a pipe, with a limit of seconds for each run of a row."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self._start()

    def _start(self) -> None:
        context = get_context("spawn")
        self._pipe, other = context.Pipe()
        self._process = context.Process(target=_serve, args=(other,), daemon=True)
        self._process.start()
        other.close()
        if not self._pipe.poll(START):
            raise TimeoutError("SymPy does not start")
        self._pipe.recv()

    def ask(self, row: Mapping[str, Any], runs: int = 1) -> Answer | str:
        """The answer, or why there is none; after a row over the limit a new start."""
        self._pipe.send((row, runs))
        if self._pipe.poll(self.limit * runs):
            try:
                told: Answer | str = self._pipe.recv()
                return told
            except EOFError:
                reason = "crash"
        else:
            reason = f">{self.limit:g} s"
        self.close()
        self._start()
        return reason

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._pipe.close()
