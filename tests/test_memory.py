"""A long-lived process does not grow: neither Python's objects nor native memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

STATUS = Path("/proc/self/statm")
MOST = 2.0  # megabytes; the text of polynomials, kept, made it 5 and more
CODE = """
import sys
from pathlib import Path
import calcml

text, count = sys.argv[1], int(sys.argv[2])

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

for i in range(1, count + 1):
    calcml.diff(text.replace("{i}", str(i)), "x")
    if i == count // 5:
        early = resident()
print(resident() - early)
"""


@pytest.mark.slow
@pytest.mark.skipif(not STATUS.exists(), reason="the system tells no resident memory")
@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("({i}*x + 1)/(x^2 + y_{i})", 1500),
        ("({i}*x + a)^3/(x^2 + {i}*y + b*z)^2*exp(-x/{i}) + sqrt(x*y + {i})", 60),
        ("(a*x + b)^3/(x^2 + y + b*z)^2*exp(-x/a)", 100),
    ],
    ids=["distinct", "rich", "one formula again and again"],
)
def test_simplified_derivatives_leave_no_memory_behind(text: str, count: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE, text, str(count)],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert float(done.stdout) < MOST
