"""Ctrl-C ends each kind of work at once: within a second of the processor."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.batch.asked import children
from tests.test_limits import FACTORS, chain

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not Path("/proc/self/stat").exists(), reason="no processor time of others"
    ),
]
SECONDS = 1
MOMENTS = 0.6, 1.1  # seconds of the processor; the start takes about 0.3
LINES = "+".join(f"abs(sin({i}*x))*cos({i}*x)" for i in range(1, 40))
LONG = "tan(sin(x))*exp(x^2)"
KINKS = chain("a{i} = a{j}*abs(a{j} - {i})", 40)
LOGS = "+".join(f"log(x^2 - {i}*y)" for i in range(300))
CALLS = {
    "simplify": "[simplify(f'tan({i}*x)/(1 + sin({i}*x)^2)') for i in range(999)]",
    "diff": f"diff({LONG!r}, 'x', order=20)",
    "grad": f"grad({LINES!r})",
    "kinks": f"kinks({KINKS!r}, 'x')",
    "domain": f"domain({LOGS!r})",
    "check": "check('polygamma(10^4, x)', '1', 'x')",
    "SymPy": "[check('x^x^x', None, 'x', order=8) for _ in range(9)]",
    "evalf": "parse('elliptic_pi(n, m)').evalf({'n': 1e10, 'm': 0.5})",
    "balls": "parse('besselj(n, x)').evalf({'n': 1e8, 'x': 1e8})",
    "derive": f"derive({FACTORS!r}, 'x')",
    "compile": f"[compile(parse({FACTORS!r}), 'x') for _ in range(200)]",
    "a table": "table('table.toml')",
    "a batch": f"list(batch([{{'expr': {LONG!r}, 'var': 'x', 'order': 20}}]))",
}
COMMANDS = {
    "diff": ["diff", LONG, "x", "--order", "20"],
    "grad": ["grad", LINES, "x"],
    "steps": ["steps", LINES, "x"],
    "kinks": ["kinks", KINKS, "x"],
    "domain": ["domain", LOGS],
    "check": ["check", "polygamma(10^4, x)", "1", "x"],
    "table": ["table", "table.toml"],
    "batch": ["batch", "lines.jsonl", "-o", "out.jsonl"],
    "batch of two": ["batch", "lines.jsonl", "-o", "out.jsonl", "--workers", "2"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with lines and a table that take long."""
    lines = [json.dumps({"expr": LONG, "var": "x", "order": 18 + k}) for k in (1, 2)]
    Path(tmp_path, "lines.jsonl").write_text("\n".join(lines))
    Path(tmp_path, "table.toml").write_text(f'[[rows]]\nformula = "{LINES}"\nby = "x"')
    return tmp_path


def interrupted(command: list[str], moment: float, folder: Path) -> tuple[int, str]:
    """The status and last words of a process that SIGINT meets at a moment."""
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr is not None
        while (spent := used(process.pid)) < moment:
            assert process.poll() is None, "it was done before"
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        said = process.stderr.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert usage.ru_utime + usage.ru_stime - spent < SECONDS
    return process.returncode, said


def used(pid: int) -> float:
    """The seconds of the processor that a process and its children have had."""
    ticks = os.sysconf("SC_CLK_TCK")
    found = 0.0
    for one in (pid, *children(pid)):
        fields = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        found += (int(fields[11]) + int(fields[12])) / ticks
    return found


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("name", CALLS)
def test_a_call_ends(name: str, moment: float, folder: Path) -> None:
    command = [sys.executable, "-c", f"from calcml import *\n{CALLS[name]}"]
    status, said = interrupted(command, moment, folder)
    assert status == -signal.SIGINT
    assert said.rstrip().endswith("KeyboardInterrupt") and "ignored" not in said


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_ends(name: str, moment: float, folder: Path) -> None:
    command = [sys.executable, "-m", "calcml", *COMMANDS[name]]
    status, said = interrupted(command, moment, folder)
    assert status == 130, said
    assert "stopped" in said and len(said.splitlines()) <= 2, said
