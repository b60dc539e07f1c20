"""Contenders run in turn, round after round, and the median of their times."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Sequence
from math import nan
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any

ROOT = Path(__file__).parents[2]


class Contender:
    """A job in a worker process, with what it has measured, or why it has not."""

    def __init__(
        self, job: str, *arguments: Any, limit: float, tree: Path = ROOT
    ) -> None:
        """`tree` holds the calcml that is measured, by the jobs of this one."""
        paths = {"PYTHONPATH": os.pathsep.join([str(tree), str(ROOT)])}
        # As a user has it: modules are compiled once.
        known = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        self.limit = limit
        self.left = limit
        self.seconds: list[float] = []
        self.facts: list[dict[str, float]] = []
        self.failed = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.worker", job,
             json.dumps(arguments)],
            cwd=tree, env=known | paths, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._hear(2 * limit)

    def run(self) -> None:
        """One more run, unless the contender failed or has used up its time."""
        if self.failed or self.left <= 0:
            return
        assert self.process.stdin is not None
        began = monotonic()
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        told = self._hear(self.limit)
        self.left -= monotonic() - began
        if "seconds" in told:
            self.seconds.append(told["seconds"])
            self.facts.append(told["facts"])

    def _hear(self, limit: float) -> dict[str, Any]:
        """What the worker says within the limit; else its end."""
        out = self.process.stdout
        assert out is not None
        if not select.select([out], [], [], limit)[0]:
            self.failed = f">{self.limit:g} s"
            self.process.kill()
            return {}
        line = out.readline()
        told: dict[str, Any] = json.loads(line) if line else {"failed": "crash"}
        self.failed = told.get("failed", "")
        return told

    def close(self) -> None:
        """End the worker."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    @property
    def median(self) -> float | None:
        """The median of the seconds, None if there are none."""
        return median(self.seconds) if self.seconds else None

    def fact(self, name: str) -> float:
        """The median of one fact, not a number if nothing was measured."""
        return median([facts[name] for facts in self.facts] or [nan])


def race(contenders: Sequence[Contender], rounds: int) -> None:
    """Each contender runs once a round; the first warms up and does not count."""
    for turn in range(rounds + 1):
        for contender in contenders:
            contender.run()
            if turn == 0 and rounds > 1 and contender.left > contender.limit / 2:
                contender.seconds.clear()
                contender.facts.clear()
    for contender in contenders:
        contender.close()


def alone(job: str, *arguments: Any, limit: float, rounds: int) -> Contender:
    """calcml's own measurements of a job that peers do not do."""
    contender = Contender(job, *arguments, limit=limit)
    race([contender], rounds)
    return contender
