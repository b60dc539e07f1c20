"""Many rows: order, errors, executors, time limits, and runs that are killed."""

from __future__ import annotations

import io
import multiprocessing
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import pytest

from calcml.batch import batch, run
from calcml.batch.files import Progress
from calcml.batch.limits import MAX_LINE
from calcml.core.errors import UnsupportedError
from tests.batch.asked import answered, lines, rows

# Derived again and again without tidying, this grows without end.
SLOW = {"id": "slow", "expr": "sin(x*exp(x))/(1 + x)^3", "var": "x", "order": 60}


# --- rows --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "derivative"),
    [
        ({"expr": "x^2", "var": "x"}, "2*x"),
        ({"expr": "x^2*y", "var": ["y", "x"]}, ["x^2", "2*x*y"]),
        ({"expr": "sin(x)", "var": "x", "order": 2}, "-sin(x)"),
        ({"expr": "a*b", "var": "x"}, "0"),
        ({"expr": "σ*θ", "var": "θ"}, "σ"),
        ({"expr": "x", "var": []}, []),
    ],
)
def test_a_row(row: dict[str, Any], derivative: Any) -> None:
    assert list(batch([{"id": "a"} | row])) == [{"id": "a", "derivative": derivative}]


@pytest.mark.parametrize(
    ("row", "derivative", "note"),
    [
        ({"expr": "e*x", "var": "x", "vars": ["e", "x"]}, "e", "e is a variable here"),
        ({"expr": "e^2", "var": "e"}, "2*e", "e is a variable here"),
        ({"expr": "abs(e)", "var": "e", "given": "e > 0"}, "1", "e is a variable here"),
        ({"expr": "f(x)", "var": "x"}, "D(f(x), x)", "the product is f*(x)"),
    ],
)
def test_a_row_of_names_that_may_mean_two_things(
    row: dict[str, Any], derivative: str, note: str
) -> None:
    (made,) = batch([row])
    assert made["derivative"] == derivative and note in made["notes"][0]


@pytest.mark.parametrize(
    ("row", "kind", "says"),
    [
        ({"id": 7, "expr": "1/2x", "var": "x"}, "parse", "1/2*x"),
        ({"id": 7, "expr": "tnah(x)", "var": "x"}, "unsupported", "tanh"),
        ({"id": 7, "expr": "1/0", "var": "x"}, "domain", "zero"),
        ({"id": 7, "expr": "x", "var": "x", "order": 10**9}, "limit", "order"),
        ({"id": 7, "var": "x"}, "row", "expr"),
        ({"id": 7, "expr": 3, "var": "x"}, "row", "expr"),
        ({"id": 7, "expr": "x"}, "row", "var"),
        ({"id": 7, "expr": "x", "var": ["x", 1]}, "row", "var"),
        ({"id": 7, "expr": "x", "var": "x + 1"}, "row", "x + 1"),
        ({"id": 7, "expr": "x", "var": ""}, "row", "variable"),
        ({"id": 7, "expr": "x", "var": "x", "vars": "e"}, "row", "vars"),
        ({"id": 7, "expr": "x", "var": "x", "order": True}, "row", "order"),
        ({"id": 7, "expr": "x", "var": "x", "order": 0}, "row", "order"),
        ({"id": 7, "expr": "x", "var": ["x"], "order": 2}, "row", "gradient"),
    ],
)
def test_a_bad_row_costs_one_answer(row: Any, kind: str, says: str) -> None:
    good = {"id": 8, "expr": "x^2", "var": "x"}
    bad, after = batch([row, good])
    assert bad["id"] == 7
    assert bad["error"]["kind"] == kind
    assert says in bad["error"]["message"]
    assert after == {"id": 8, "derivative": "2*x"}


def test_an_error_points_into_the_formula() -> None:
    (made,) = batch([{"id": 1, "expr": "1 + 1/2x", "var": "x"}])
    assert made["error"]["at"] == [4, 8]


@pytest.mark.parametrize("row", [None, [], 3, "x", {"id": [1]}, {"id": True}])
def test_a_row_without_a_usable_id_is_counted(row: Any) -> None:
    good: Any = {"expr": "x", "var": "x"}
    assert [made["id"] for made in batch([good, row, good])] == [1, 2, 3]


def test_simplify_is_optional() -> None:
    row = {"id": 1, "expr": "x*(x + x)", "var": "x"}
    (tidy,), (raw,) = batch([row]), batch([row], simplify=False)
    assert (tidy["derivative"], raw["derivative"]) == ("4*x", "x + x + x*2")


@pytest.mark.parametrize(
    ("row", "derivative"),
    [
        ({"expr": "sqrt(x^2)", "given": "x > 0"}, "1"),
        ({"expr": "sqrt(x^2)*y", "given": ["x > 0", "y > 0"], "var": ["y"]}, ["x"]),
        ({"expr": "x^2", "format": "latex"}, "2 x"),
        ({"expr": "x^2", "format": "markdown", "var": ["x"]}, ["$$\n2 x\n$$"]),
        ({"expr": "p = sigmoid(x); p^2", "defined": True}, "2*p^2*(1 - p)"),
        ({"expr": "x*(x + x)", "simplify": False}, "x + x + x*2"),
        ({"expr": "norm2(A*x - b*y)^2", "dialect": "matlab"}, "2*A.T @ (A @ x - b*y)"),
        ({"expr": "sum(x^2)", "shapes": {"x": ["n"]}}, "2*x"),
        ({"expr": "x @ y", "shapes": {"x": "m x n", "y": "n"}, "var": "y"}, "x"),
    ],
)
def test_options_of_a_row(row: dict[str, Any], derivative: Any) -> None:
    (made,) = batch([{"id": 1, "var": "x"} | row])
    assert made == {"id": 1, "derivative": derivative}


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("ordr", "order"),
        ("Order", "order"),
        ("orders", "order"),
        ("shape", "shapes"),
        ("givne", "given"),
        ("dialct", "dialect"),
        ("define", "defined"),
        ("formt", "format"),
        ("simplfy", "simplify"),
        ("symbols", "vars"),
        ("ID", "id"),
    ],
)
def test_a_key_that_is_nearly_one(key: str, meant: str) -> None:
    (made,) = batch([{"id": 1, "expr": "x^2", "var": "x", key: 2}])
    said = {"kind": "row", "message": f"{key} is no key; write {meant}"}
    assert made == {"id": 1, "error": said}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"given": 3}, "given must be"),
        ({"given": "x >"}, "x >: the formula ends"),
        ({"given": "x > 0", "simplify": False}, "given has no effect"),
        ({"dialect": "maple"}, "dialect must be one of calcml, matlab"),
        ({"defined": 1}, "defined must be true or false"),
        ({"format": "pdf"}, "format must be one of text, latex, markdown"),
        ({"format": ["latex"]}, "format must be one of"),
        ({"simplify": "no"}, "simplify must be true or false"),
        ({"shapes": "x: n"}, "shapes must be an object"),
        ({"shapes": {"x": "m n, k"}}, "'m n' is no size"),
        ({"expr": "mean(x)", "var": "n", "shapes": {"x": "n"}}, "n is the size"),
        ({"expr": "x^2; x^3"}, "would be dropped"),
    ],
)
def test_what_an_option_of_a_row_cannot_be(row: dict[str, Any], says: str) -> None:
    (made,) = batch([{"id": 1, "expr": "x^2", "var": "x"} | row])
    assert says in made["error"]["message"]
    assert ("at" in made["error"]) == ("expr" in row and "shapes" not in row)


def test_other_keys_are_named_once(capsys: pytest.CaptureFixture[str]) -> None:
    asked = [{"expr": "x^2", "var": "x", "source": i, "page": i} for i in range(3)]
    assert [made["id"] for made in batch([*asked, {"idx": 3}])] == [1, 2, 3, 4]
    err = capsys.readouterr().err
    assert err.count("source") == err.count("page") == err.count("idx") == 1
    assert "keep" in err


def test_other_keys_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    row = {"id": 1, "expr": "x^2", "var": "x", "source": {"a": [1]}, "derivative": "?"}
    bad = {"id": 2, "source": "b", "ordr": 2}
    made = list(batch([row, bad], keep=True))
    assert made[0] == {"id": 1, "derivative": "2*x", "source": {"a": [1]}}
    assert made[1]["source"] == "b" and made[1]["error"]["kind"] == "row"
    assert "derivative is the answer's own, and not copied" in capsys.readouterr().err
    assert answered(lines([row, bad]), keep=True) == made
    assert answered(lines([row, bad]), keep=True, workers=2) == made
    assert capsys.readouterr().err.count("source") == 2


# --- executors ---------------------------------------------------------------------


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_any_executor_keeps_the_order(kind: Any) -> None:
    asked = rows(150)
    extra: dict[str, Any] = {}
    if kind is ProcessPoolExecutor:
        extra = {"mp_context": multiprocessing.get_context("spawn")}
    with kind(2, **extra) as executor:
        assert list(batch(asked, executor=executor)) == list(batch(asked))


def test_a_value_that_cannot_travel_costs_nothing() -> None:
    good = {"id": 1, "expr": "x^2", "var": "x"}
    asked = [good, good | {"page": lambda: 1}, good | {"expr": lambda: 1}, good]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context) as executor:
        made = list(batch(asked, executor=executor))
    assert made == list(batch(asked))
    assert [a.get("derivative") for a in made] == ["2*x", "2*x", None, "2*x"]


def test_few_rows_are_under_way_at_once() -> None:
    taken = 0

    def endless() -> Iterator[dict[str, Any]]:
        nonlocal taken
        while True:
            taken += 1
            yield {"expr": "x^2", "var": "x"}

    with ThreadPoolExecutor(2) as executor:
        answers = batch(endless(), executor=executor)
        for _ in range(10):
            next(answers)
        answers.close()  # type: ignore[attr-defined]
    assert taken < 10_000


# --- time limits -------------------------------------------------------------------

needs_timers = pytest.mark.skipif(
    not hasattr(signal, "setitimer"), reason="this platform has no timers"
)


@needs_timers
def test_a_slow_row_costs_one_answer() -> None:
    good = {"id": "good", "expr": "x^2", "var": "x"}
    asked: list[Any] = [good, SLOW, good]
    before = signal.getsignal(signal.SIGALRM)
    made = list(batch(asked, timeout=0.3, simplify=False))
    assert [m.get("derivative") for m in made] == ["2*x", None, "2*x"]
    assert made[1]["error"]["kind"] == "timeout"
    assert made[1]["id"] == "slow"
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


@needs_timers
def test_a_slow_row_in_a_worker() -> None:
    asked = [*rows(5), SLOW, *rows(5)]
    made = answered(lines(asked), workers=2, timeout=0.3, simplify=False)
    assert [m["id"] for m in made] == [row["id"] for row in asked]
    assert [i for i, m in enumerate(made) if "error" in m] == [5]


def test_a_thread_cannot_be_stopped_and_says_so() -> None:
    with (
        ThreadPoolExecutor(1) as executor,
        pytest.raises(UnsupportedError, match="processes"),
    ):
        list(batch(rows(1), executor=executor, timeout=1))


# --- lines -------------------------------------------------------------------------

GOOD = b'{"id": "good", "expr": "x^2", "var": "x"}\n'


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"x^2", "no JSON"),
        (b'{"id": 1, "expr": "x', "no JSON"),
        (b"[1, 2]", "object"),
        (b"null", "object"),
        (b'{"expr": "x", "var": "x", "order": 1, "order": 2}', "order stands twice"),
        (b'{"shapes": {"x": "n", "x": "m"}, "expr": "x"}', "x stands twice"),
        (b"\x00\x00", "no JSON"),
        (b'{"expr": "\xff", "var": "x"}', "UTF-8"),
        ("{}".encode("utf-16"), "UTF-8"),
        (b"[" * 200_000, "nested"),
        (b"9" * 10_000, "no JSON"),
        (b'{"id": 1, "expr": "' + b"x" * MAX_LINE + b'", "var": "x"}', "bytes"),
    ],
)
def test_a_line_that_is_no_row(line: bytes, says: str) -> None:
    first, bad, last = answered(GOOD + line + b"\n" + GOOD)
    assert first == last == {"id": "good", "derivative": "2*x"}
    assert bad["id"] == 2
    assert bad["error"]["kind"] == "row"
    assert says in bad["error"]["message"]


def test_blank_lines_count_as_lines_and_are_no_rows() -> None:
    made = answered(b"\xef\xbb\xbf" + GOOD + b"\r\n\n  \n" + b"?\n" + GOOD[:-1])
    assert [m["id"] for m in made] == ["good", 5, "good"]


def test_half_a_surrogate_is_written_as_an_escape() -> None:
    (made,) = answered(b'{"id": "\\ud800", "expr": "x", "var": "x"}')
    assert made == {"id": "\ud800", "derivative": "1"}


def test_greek_stays_readable() -> None:
    out = io.BytesIO()
    run(io.BytesIO('{"id": "θ", "expr": "θ^2", "var": "θ"}'.encode()), out)
    assert out.getvalue().decode() == '{"id": "θ", "derivative": "2*θ"}\n'


def test_progress_reaches_the_end() -> None:
    data = lines(rows(10)) + b"?\n"
    seen: list[Progress] = []
    done = run(io.BytesIO(data), io.BytesIO(), progress=seen.append)
    assert done == seen[-1] == Progress(11, 1, len(data), (11,))


# --- memory ------------------------------------------------------------------------


PEAKS = """
import io, json, os, tracemalloc
from calcml.batch import run

class Endless(io.RawIOBase):
    def __init__(self, n):
        self.left = n

    def readable(self):
        return True

    def readinto(self, buffer):
        if not self.left:
            return 0
        self.left -= 1
        row = {"id": self.left, "expr": f"x^{self.left}", "var": "x"}
        line = json.dumps(row).encode() + b"\\n"
        buffer[: len(line)] = line
        return len(line)

def peak(n):
    tracemalloc.reset_peak()
    with open(os.devnull, "wb") as out:
        run(io.BufferedReader(Endless(n)), out, simplify=False)
    return tracemalloc.get_traced_memory()[1]

peak(10)
tracemalloc.start()
print(peak(300), peak(3_000))
"""


def test_memory_does_not_grow_with_the_input() -> None:
    """In a process of its own, where no other test's nodes are alive."""
    line = [sys.executable, "-c", PEAKS]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    few, many = map(int, done.stdout.split())
    assert many < few + 200_000


# --- the corpus --------------------------------------------------------------------


def test_threads_may_each_run_a_batch() -> None:
    asked = rows(40)
    expected = list(batch(asked))
    made: list[list[dict[str, Any]]] = []
    threads = [
        threading.Thread(target=lambda: made.append(list(batch(asked))))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [expected] * 3


@pytest.mark.parametrize(
    "call",
    "lgamma(-1);gamma(0);cot(0);csc(0);digamma(-3);polygamma(1, -2);polygamma(-1, 2);"
    "polygamma(1/2, 2);beta(-1, 2);log(0);zeta(1)".split(";"),
)
def test_a_function_of_numbers_without_a_value_is_an_error(call: str) -> None:
    """As evalf has it; what has a complex value stays."""
    (answer,) = batch([{"expr": f"{call}*x", "var": "x"}])
    assert answer["error"]["kind"] == "domain"
    for text in ("log(-2)", "gamma(-1/2)", "tan(0) + cos(0)", "beta(2, 3)"):
        assert "derivative" in next(batch([{"expr": f"({text})*x", "var": "x"}]))
