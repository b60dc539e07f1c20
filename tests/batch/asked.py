"""Rows that tests ask, and a run over them."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import Any

from calcml.batch import run
from calcml.batch.files import Progress


def rows(n: int) -> list[dict[str, Any]]:
    return [
        {"id": f"r{i}", "expr": f"sin({i}*x)*exp(x^{i % 7 + 1})", "var": "x"}
        for i in range(n)
    ]


def lines(asked: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in asked)


def answered(data: bytes, **options: Any) -> list[dict[str, Any]]:
    """The answers to lines, by way of a stream."""
    out = io.BytesIO()
    run(io.BytesIO(data), out, **options)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def ran(data: bytes, target: Path, **options: Any) -> Progress:
    return run(io.BytesIO(data), target, **options)


def children(pid: int) -> list[int]:
    """The processes that a process has started, where the system tells."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(p) for p in listed.read_text().split()] if listed.exists() else []


def all_gone(pids: list[int]) -> bool:
    """Whether the processes end, within a time in which they surely should."""
    for _ in range(1_000):
        if not any(map(alive, pids)):
            return True
        time.sleep(0.02)
    return False


def alive(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
