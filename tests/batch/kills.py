"""Runs of `calcml batch` that are killed at random moments and resumed.

By hand: python -m tests.batch.kills [KILLS] [ROWS] [WORKERS] [SEED]
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from calcml.batch import batch
from tests.batch.asked import all_gone, children, lines, rows

WAYS = "SIGKILL", "SIGKILL", "SIGTERM", "SIGINT", "a worker"


def main(
    folder: Path, kills: int = 50, count: int = 600, workers: int = 2, seed: int = 15
) -> None:
    """Raise AssertionError where a row is lost, answered twice or wrong."""
    rng = random.Random(seed)
    source, out = folder / "in.jsonl", folder / "out.jsonl"
    part = folder / "out.jsonl.part"
    asked = rows(count)
    source.write_bytes(lines(asked))
    expected = list(batch(asked))
    words = ["batch", str(source), "-o", str(out), "--workers", str(workers)]
    command = [sys.executable, "-m", "calcml", *words, "--resume"]
    ways, finished = Counter[str](), 0
    while ways.total() < kills:
        process = subprocess.Popen(command, stderr=subprocess.PIPE)
        # Within its start, or after some more of the rows.
        more = lines_of(part) + rng.randrange(2 * count // kills)
        while process.poll() is None and lines_of(part) < more:
            time.sleep(0.002)
        time.sleep(rng.random() * 0.05)
        ways[stopped(process, rng.choice(WAYS[: 4 + (workers > 1)]))] += 1
        if out.exists():  # it was quicker, and another begins
            assert answers(out) == expected
            finished += 1
            out.unlink()
            (folder / "out.jsonl.resume").unlink()
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    assert answers(out) == expected
    assert not part.exists()
    told = ", ".join(f"{way} {n}" for way, n in sorted(ways.items()))
    print(
        f"seed {seed}, {workers} workers, {count} rows: {told}; "
        f"finished {finished + 1} times, each row there once"
    )


def lines_of(part: Path) -> int:
    try:
        return part.read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0


def answers(out: Path) -> list[object]:
    return [json.loads(line) for line in out.read_bytes().splitlines()]


def stopped(process: subprocess.Popen[bytes], way: str) -> str:
    """End a run in a way; whatever it was, it leaves no process and no traceback."""
    there = children(process.pid)
    if way != "a worker":
        process.send_signal(getattr(signal, way))
    elif there:
        with suppress(ProcessLookupError):
            os.kill(there[-1], signal.SIGKILL)
        time.sleep(0.1)
        process.terminate()
    else:
        process.kill()
    _, said = process.communicate(timeout=60)
    assert all_gone(there)
    assert b"Traceback" not in said and b"tracker" not in said, said
    return way


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        main(Path(made), *map(int, sys.argv[1:]))
