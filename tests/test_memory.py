"""A long-lived process does not grow: neither Python's objects nor native memory.

By hand, with its memory at each tenth: python -m tests.test_memory [DERIVATIVES]
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STATUS = Path("/proc/self/statm")
MOST = 2.0  # megabytes; the text of polynomials, kept, made it 3.5 to 5.5
CODE = """
import os, sys
from pathlib import Path
import calcml

count, *texts = sys.argv[1:]
count = int(count)

def resident():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

for i in range(1, count + 1):
    calcml.diff(texts[i % len(texts)].replace("{i}", str(i)), "x")
    if i % (count // 10) == 0:
        print(resident(), flush=True)
"""
DISTINCT = (  # by numbers, by names and by shape
    "({i}*x + 1)/(x^2 + y_{i})",
    "sqrt({i}*x + a)*(x + a_{i})^3",
    "log(1 + exp(b_{i}*x))/(x + {i})",
    "tan({i}*x)*sin(y_{i}*x)/cos(x)",
)


@pytest.mark.slow
@pytest.mark.skipif(not STATUS.exists(), reason="the system tells no resident memory")
@pytest.mark.parametrize(
    ("count", "texts"),
    [
        (800, DISTINCT),
        (60, ["({i}*x + a)^3/(x^2 + {i}*y + b*z)^2*exp(-x/{i}) + sqrt(x*y + {i})"]),
        (60, ["(a*x + b)^3/(x^2 + y + b*z)^2*exp(-x/a)"]),
    ],
    ids=["distinct", "rich", "one formula again and again"],
)
def test_simplified_derivatives_leave_no_memory_behind(
    count: int, texts: list[str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(count), *texts],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=300,
    )
    early, *_, late = map(float, done.stdout.split())
    assert late - early < MOST


if __name__ == "__main__":
    count = (*sys.argv[1:], "100000")[0]
    subprocess.run([sys.executable, "-c", CODE, count, *DISTINCT], check=True)
