"""No input runs away: each ends with an answer or a LimitError, in time and memory."""

from __future__ import annotations

import subprocess
import sys

import pytest

from calcml import LimitError, diff
from calcml.core.budget import half, limited, spend
from calcml.core.limits import MAX_WORK

SECONDS, MEGABYTES = 60, 500  # of a processor that others use; alone it takes 1 to 9
RUN = """
import resource
resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds}))
from calcml import *
from calcml.tables.catalogue import Entry
from calcml.tables.rows import made
try:
    {code}
except LimitError as error:
    assert "limit" in str(error) or "over" in str(error), error
try:  # the usage of a process begins with that of the one that started it
    with open("/proc/self/status") as status:
        (peak,) = [line for line in status if line.startswith("VmHWM")]
    print(int(peak.split()[1]) // 1024)
except OSError:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def chain(step: str, n: int, last: str = "a{n}") -> str:
    steps = [step.format(i=i, j=i - 1) for i in range(1, n)]
    return "; ".join(["a0 = x", *steps, last.format(n=n - 1)])


ARRAYS = 'shapes={"A": "n n", "x": "n"}'
FACTORS = "*".join(f"(x + {i})" for i in range(1, 801))
RUNAWAYS = {
    "nested exponentials": f"diff({'exp(' * 5000 + 'x' + ')' * 5000!r}, 'x')",
    "a product": f"diff({FACTORS!r}, 'x', order=2)",
    "orders of x^x": "diff('x^x', 'x', order=50)",
    "orders of a composition": "diff('tan(sin(x))*exp(x^2)', 'x', order=20)",
    "a huge power": "kinks('x^(10^9)', 'x')",
    "a huge order": "check('polygamma(10^4, x)', '1', 'x')",
    "SymPy's power": "check('where(x > y, x, y)^(10^9)', None, 'x')",
    "SymPy's order": "check('x^x^x^x', None, 'x', order=30)",
    "SymPy's product": "check('(x+y)^90*(x-y)^80*sin(x)^9', None, 'x', order=9)",
    "a chain": f"diff({chain('a{i} = a{j}*sin(a{j})', 1000)!r}, 'x')",
    "kinks of a chain": f"kinks({chain('a{i} = a{j}^2 + x', 40, 'abs(a{n})')!r}, 'x')",
    "kinks of kinks": f"kinks({chain('a{i} = a{j}*abs(a{j} - {i})', 40)!r}, 'x')",
    "a row": "made(Entry('tan(sin(x))^x*gamma(x)^x', 'x'))",
    "powers": f"diff({'+'.join(f'x^{i}' for i in range(1, 100_001))!r}, 'x')",
    "matrices": f"diff({'A @ ' * 200 + 'x'!r}, 'x', {ARRAYS})",
    "a trace": f"diff({'trace(' + 'A @ ' * 200 + 'A)'!r}, 'A', {ARRAYS})",
    "lines": f"diff('max({', '.join(f'{i}*x + {i * i}' for i in range(40))})', 'x')",
    "relus": f"kinks({'+'.join(f'relu({i}*x - y)' for i in range(100))!r}, 'x')",
    "factors": f"domain({'1/(' + '*'.join(f'(x + {i})' for i in range(200)) + ')'!r})",
    "a matrix": "parse('sum(eye(n)*3)').evalf({'n': 10**5})",
    "a larger matrix": "parse('sum(eye(n))').evalf({'n': 10**9})",
    "cancelling": "parse('log(sqrt(x)*exp(-y) + 1)').evalf({'x': 2, 'y': 1e10})",
    "exponents": "parse('logaddexp(x, log(y))').evalf({'x': 1e9, 'y': 2})",
    "an integral": "parse('elliptic_pi(n, m)').evalf({'n': 1e10, 'm': 0.5})",
    "roots": f"kinks({'sqrt(' * 30 + 'x' + '+ 1)' * 30!r}, 'x')",
    "roots of differences": f"kinks({'sqrt(' * 30 + 'x' + '- 1)' * 30!r}, 'x')",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", RUNAWAYS)
def test_it_ends(name: str) -> None:
    code = RUN.format(seconds=SECONDS, code=RUNAWAYS[name])
    done = subprocess.run(
        [sys.executable, "-"], input=code, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-500:]
    assert int(done.stdout) < MEGABYTES


def test_a_budget_is_of_one_call() -> None:
    """What a call calls has no budget of its own, and the next one has a new one."""

    @limited
    def inner(steps: int) -> None:
        spend(steps)

    @limited
    def outer() -> None:
        for _ in range(3):
            inner(MAX_WORK // 2)

    for _ in range(2):
        inner(MAX_WORK // 2)
    with pytest.raises(LimitError, match="the limit of one call"):
        outer()


def test_halves_of_halves_end() -> None:
    @limited
    def search() -> None:
        while True:
            try:
                with half():
                    spend(MAX_WORK)
            except BaseException:  # noqa: BLE001  as a simplification that gives up
                spend(1)

    with pytest.raises(LimitError):
        search()


def test_a_derivative_too_large_to_simplify_is_an_answer() -> None:
    sines = "*".join(f"sin({i}*x)" for i in range(1, 500))
    raw, short = diff(sines, "x", simplify=False), diff(sines, "x")
    value = raw.evalf({"x": 1})
    assert abs(short.evalf({"x": 1}) - value) < 1e-12 * abs(value)
