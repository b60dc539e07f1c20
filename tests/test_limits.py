"""No input runs away: each ends with an answer or a LimitError, in time and memory."""

from __future__ import annotations

import subprocess
import sys

import pytest

from calcml import LimitError, diff
from calcml.core.budget import half, limited, spend
from calcml.core.limits import MAX_WORK

SECONDS, MEGABYTES = 10, 500  # of the processor, whoever else uses it; of memory
RUN = """
import resource, time
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
from calcml import *
from calcml.tables.catalogue import Entry
from calcml.tables.rows import made
try:
    str({code})
except LimitError as error:
    assert "limit" in str(error) or "over" in str(error), error
seconds = time.process_time()
try:  # the usage of a process begins with that of the one that started it
    with open("/proc/self/status") as status:
        (peak,) = [line for line in status if line.startswith("VmHWM")]
    print(seconds, int(peak.split()[1]) // 1024)
except OSError:
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def chain(step: str, n: int, last: str = "a{n}") -> str:
    steps = [step.format(i=i, j=i - 1) for i in range(1, n)]
    return "; ".join(["a0 = x", *steps, last.format(n=n - 1)])


def nested(before: str, n: int, after: str = ")") -> str:
    return before * n + "x" + after * n


def joined(sign: str, part: str, numbers: range) -> str:
    return sign.join([part.format(i=i) for i in numbers])


ARRAYS = 'shapes={"A": "n n", "B": "n n", "x": "n"}'
NAMES = [f"x{i}" for i in range(300)]
FACTORS = joined("*", "(x + {i})", range(1, 801))
SINES = joined(", ", "sin({i}*x)", range(30))
PRODUCTS = ["*".join(NAMES[:k]) for k in range(1, 120)]
EXPONENTIALS = f"log({' + '.join([f'exp({n})' for n in NAMES])})"
POWERS = f"sqrt({' + '.join([f'{n}^{n}' for n in NAMES])})"
RUNAWAYS = {
    "nested exponentials": f"diff({nested('exp(', 5000)!r}, 'x')",
    "the same, simplified": f"simplify({nested('exp(', 5000)!r})",
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
    "kinks of a product": f"kinks({chain('a{i} = a{j}*(a{j} + 1)', 40)!r}, 'x')",
    "kinks of kinks": f"kinks({chain('a{i} = a{j}*abs(a{j} - {i})', 40)!r}, 'x')",
    "a row": "made(Entry('tan(sin(x))^x*gamma(x)^x', 'x'))",
    "powers": f"diff({joined('+', 'x^{i}', range(1, 100_001))!r}, 'x')",
    "matrices": f"diff({'A @ ' * 200 + 'x'!r}, 'x', {ARRAYS})",
    "a trace": f"diff({'trace(' + 'A @ ' * 200 + 'A)'!r}, 'A', {ARRAYS})",
    "lines": f"diff('max({', '.join(f'{i}*x + {i * i}' for i in range(40))})', 'x')",
    "relus": f"kinks({joined('+', 'relu({i}*x - y)', range(100))!r}, 'x')",
    "factors": f"domain({'1/(' + joined('*', '(x + {i})', range(200)) + ')'!r})",
    "a matrix": "parse('sum(eye(n)*3)').evalf({'n': 10**5})",
    "a larger matrix": "parse('sum(eye(n))').evalf({'n': 10**9})",
    "cancelling": "parse('log(sqrt(x)*exp(-y) + 1)').evalf({'x': 2, 'y': 1e10})",
    "exponents": "parse('logaddexp(x, log(y))').evalf({'x': 1e9, 'y': 2})",
    "an integral": "parse('elliptic_pi(n, m)').evalf({'n': 1e10, 'm': 0.5})",
    "roots": f"kinks({nested('sqrt(', 30, '+ 1)')!r}, 'x')",
    "roots of differences": f"kinks({nested('sqrt(', 30, '- 1)')!r}, 'x')",
    # Others like these.
    "nested tangents": f"diff({nested('tan(', 3000)!r}, 'x')",
    "nested logarithms": f"simplify({nested('log(1 + ', 3000)!r})",
    "nested sines": f"diff({nested('sin(x + ', 300)!r}, 'x', order=2)",
    "nested powers": f"diff({nested('(x + ', 2000, ')^x')!r}, 'x')",
    "nested quotients": f"simplify({nested('1/(1 + ', 3000)!r})",
    "nested absolute values": f"kinks({nested('abs(x - ', 40)!r}, 'x')",
    "nested choices": f"simplify({nested('where(x > y, ', 300, ', y + x^2)')!r})",
    "kinks of choices": f"kinks({nested('where(x > 1, ', 90, ', y*x)')!r}, 'x')",
    "nested domains": f"domain({nested('log(', 60)!r}, 'x')",
    "nested inverses": f"diff({nested('inv(x + ', 60)!r}, 'x', shapes={{'x': 'n n'}})",
    "nested softmaxes": f"diff({nested('softmax(x + ', 30)!r}, 'x', {ARRAYS})",
    "a product of two": f"diff({joined('*', '(x + {i}*y)', range(500))!r}, 'x')",
    "by each of three": f"diff({joined('*', '(x + {i}*y*z)', range(99))!r}, *'xyz')",
    "long powers": "simplify('(x + y + z + w)^60 - (x + y + z - w)^60')",
    "orders of x^x^x": "diff('x^x^x', 'x', order=30)",
    "orders of gamma": "diff('gamma(x)*lambertw(x)*gamma(x^2)', 'x', order=30)",
    "orders of a long number": f"diff({'9' * 4000 + '^x'!r}, 'x', order=50)",
    "many orders": "diff('1/(1 + x^2)', 'x', order=1000)",
    "a huge kink": "kinks('abs(x^(10^12) - 2)', 'x')",
    "a huge root": "domain('(x^(10^9) - 3)^(1/10^9)')",
    "logarithms": f"domain({joined('+', 'log(x^2 - {i}*y)', range(300))!r})",
    "the least": f"diff('min({joined(', ', '{i}*x^2 - {i}*y', range(60))})', 'x')",
    "kinks of the least": f"kinks('min({SINES})', 'x')",
    "the largest": f"kinks('max({joined(', ', 'abs(x - {i})', range(60))})', 'x')",
    "products of matrices": "parse('sum(eye(n) @ eye(n))').evalf({'n': 3000})",
    "towers of exponentials": "parse('exp(exp(exp(x)))').evalf({'x': 1000})",
    "a tower": "parse('9^9^9^9').evalf({})",
    "a difference of towers": "simplify('9^9^9^9^x - 9^9^9^9^x')",
    "digits": "parse('gamma(x)*zeta(x)').evalf({'x': 0.3}, digits=5000)",
    "a huge argument": "parse('gamma(x)').evalf({'x': 10**9})",
    "factorials": "parse('gamma(10^8)/gamma(10^8 - 1)').evalf({})",
    "a huge zeta": "parse('zeta(x)').evalf({'x': -(10**7)})",
    "a huge Bessel function": "parse('besselj(n, x)').evalf({'n': 1e8, 'x': 1e8})",
    "a huge polygamma": "diff('polygamma(n, x)', 'x').evalf({'n': 10**6, 'x': 2})",
    "a hyperbolic power": "parse('cosh(x)^x').evalf({'x': 10**12})",
    "steps of a chain": f"derive({chain('a{i} = a{j}^2 + sin(a{j})', 300)!r}, 'x')",
    "steps of a product": f"derive({FACTORS!r}, 'x')",
    "a check of a chain": f"check({chain('a{i} = a{j}*exp(-a{j})', 200)!r}, None, 'x')",
    "a check of orders": "check('tan(x)^x', '1', 'x', order=8)",
    "a Hessian": f"hessian({EXPONENTIALS!r}, {NAMES!r})[1][2]",
    "a Hessian of products": f"hessian({PRODUCTS[59]!r}, {NAMES[:60]!r})",
    "a Jacobian": f"jacobian({PRODUCTS!r}, {NAMES[:120]!r})",
    "a gradient": f"grad({POWERS!r})",
    "a row of powers": "made(Entry('x^x^x*gamma(x)*x^sin(x)^x', 'x'))",
    "a row of choices": f"made(Entry('max({SINES})', 'x'))",
    "compiled": f"compile(diff({FACTORS!r}, 'x', order=3), 'x')",
    "LaTeX": f"diff({FACTORS!r}, 'x').latex()",
    "LaTeX of nests": f"parse({nested('exp(', 5000)!r}).latex()",
    "LaTeX of matrices": f"diff('trace({'A @ B @ ' * 99} A)', 'A', {ARRAYS}).latex()",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", RUNAWAYS)
def test_it_ends(name: str) -> None:
    """The least of three times counts: one shared machine took five times as long."""
    code = RUN.format(code=RUNAWAYS[name])
    for attempt in range(3):
        done = subprocess.run(
            [sys.executable, "-"], input=code, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-500:]
        seconds, megabytes = map(float, done.stdout.split())
        assert megabytes < MEGABYTES
        if seconds < SECONDS:
            return
        print(f"attempt {attempt + 1}: {seconds:.1f} s of the processor")
    raise AssertionError(f"{name}: over {SECONDS} s in each of three attempts")


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
