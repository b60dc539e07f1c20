"""Runs over files: nothing is lost, nothing is answered twice, nothing is stale."""

from __future__ import annotations

import io
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calcml.batch import SharedError, files, record, run
from calcml.batch.files import Progress
from calcml.batch.limits import CHUNK
from calcml.core.errors import CalcmlError
from tests.batch import kills
from tests.batch.asked import all_gone, children, lines, ran, rows

posix = pytest.mark.skipif(sys.platform == "win32", reason="as POSIX has it")


@pytest.fixture(autouse=True)
def _each_row_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "LAG", 0)


def whole(asked: list[dict[str, Any]], **options: Any) -> bytes:
    """The answers in one go."""
    out = io.BytesIO()
    run(io.BytesIO(lines(asked)), out, **options)
    return out.getvalue()


def interrupted(data: bytes, out: Path, after: int, **options: Any) -> None:
    """A run that fails after some rows."""

    def fail(done: Progress) -> None:
        if done.rows == after:
            raise RuntimeError("ended")

    with pytest.raises(RuntimeError, match="ended"):
        ran(data, out, progress=fail, **options)


def counted() -> tuple[list[int], Callable[[Progress], None]]:
    seen: list[int] = []
    return seen, lambda done: seen.append(done.rows)


# --- resume ------------------------------------------------------------------------


def test_a_run_goes_on_where_it_ended(tmp_path: Path) -> None:
    out, asked = tmp_path / "out.jsonl", rows(9)
    interrupted(lines(asked), out, 4)
    assert not out.exists()
    seen, progress = counted()
    assert ran(lines(asked), out, resume=True, progress=progress).rows == 9
    assert seen == [5, 6, 7, 8, 9]
    assert out.read_bytes() == whole(asked)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "out.jsonl",
        "out.jsonl.resume",
    ]


@pytest.mark.slow
def test_every_torn_end_is_mended(tmp_path: Path) -> None:
    """Of the part, of the record, and of both."""
    out, asked = tmp_path / "out.jsonl", [*rows(4), {"no": "row"}]
    part, notes = tmp_path / "out.jsonl.part", tmp_path / "out.jsonl.resume"
    interrupted(lines(asked), out, 4)
    left, noted = part.read_bytes(), notes.read_bytes()
    expected = whole(asked)
    head = noted.index(b"\n") + 1
    rng = random.Random(4)
    places = [(size, len(noted)) for size in range(len(left) + 1)]
    places += [(len(left), size) for size in range(head, len(noted) + 1, 7)]
    places += [
        (rng.randrange(len(left)), rng.randrange(head, len(noted))) for _ in range(99)
    ]
    for size, told in places:
        part.write_bytes(left[:size])
        notes.write_bytes(noted[:told])
        done = ran(lines(asked), out, resume=True)
        assert (done.rows, done.errors, done.failed) == (5, 1, (5,))
        assert out.read_bytes() == expected
        assert not part.exists()
        out.unlink()


def test_a_record_that_was_torn_again_and_again(tmp_path: Path) -> None:
    out, asked = tmp_path / "out.jsonl", rows(12)
    notes = tmp_path / "out.jsonl.resume"
    interrupted(lines(asked), out, 3)
    for after in (5, 7, 9, 11):
        notes.write_bytes(notes.read_bytes()[:-20])
        interrupted(lines(asked), out, after, resume=True)
    ran(lines(asked), out, resume=True)
    assert out.read_bytes() == whole(asked)


@pytest.mark.parametrize(
    "filled", [bytes(100) + b"\n" + bytes(50), b"[]\n{}\n", b"7\n"]
)
def test_what_never_reached_the_disk_is_done_again(
    tmp_path: Path, filled: bytes
) -> None:
    out, part = tmp_path / "out.jsonl", tmp_path / "out.jsonl.part"
    interrupted(lines(rows(6)), out, 5)
    first = part.read_bytes().index(b"\n") + 1
    part.write_bytes(part.read_bytes()[:first] + filled)
    ran(lines(rows(6)), out, resume=True)
    assert out.read_bytes() == whole(rows(6))


def test_an_answer_that_was_changed_is_made_again(tmp_path: Path) -> None:
    out, part = tmp_path / "out.jsonl", tmp_path / "out.jsonl.part"
    interrupted(lines(rows(6)), out, 5)
    part.write_bytes(part.read_bytes().replace(b"cos(2*x)", b"cos(7*x)"))
    ran(lines(rows(6)), out, resume=True)
    assert out.read_bytes() == whole(rows(6))


def test_a_finished_run_is_not_done_again_and_a_longer_input_is(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    ran(lines(rows(3)), out)
    before = out.stat()
    seen, progress = counted()
    assert ran(lines(rows(3)), out, resume=True, progress=progress).rows == 3
    assert seen == [] and os.path.samestat(out.stat(), before)
    assert ran(lines(rows(5)), out, resume=True, progress=progress).rows == 5
    assert seen == [4, 5]
    assert out.read_bytes() == whole(rows(5))


def test_a_longer_input_leaves_the_old_answers_until_it_is_done(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    ran(lines(rows(3)), out)
    interrupted(lines(rows(9)), out, 6, resume=True)
    assert out.read_bytes() == whole(rows(3))
    interrupted(lines(rows(9)), out, 8, resume=True)
    ran(lines(rows(9)), out, resume=True)
    assert out.read_bytes() == whole(rows(9))


def another(i: int, **other: Any) -> Callable[[list[Any]], list[Any]]:
    """The rows with one of them changed, under the same id."""
    return lambda asked: [*asked[:i], asked[i] | other, *asked[i + 1 :]]


@pytest.mark.parametrize("finished", [False, True])
@pytest.mark.parametrize(
    "change",
    [
        lambda asked: asked[1:],
        lambda asked: asked[:3],
        lambda asked: [],
        lambda asked: asked[::-1],
        another(0, expr="x^2"),
        another(3, expr="x^2"),
        another(2, var="y"),
        another(2, order=2),
        another(1, page=7),
        another(1, id=7),
    ],
)
def test_answers_to_other_rows_are_not_resumed(
    tmp_path: Path, change: Callable[[list[Any]], list[Any]], finished: bool
) -> None:
    out, asked = tmp_path / "out.jsonl", rows(5)
    if finished:
        ran(lines(asked), out)
    else:
        interrupted(lines(asked), out, 4)
    left = out if finished else tmp_path / "out.jsonl.part"
    before = left.read_bytes()
    with pytest.raises(CalcmlError, match="other rows"):
        ran(lines(change(asked)), out, resume=True)
    assert left.read_bytes() == before
    ran(lines(asked), out, resume=True)
    assert out.read_bytes() == whole(asked)


def test_a_blank_line_before_a_row_is_another_input(tmp_path: Path) -> None:
    """Rows without an id have the number of their line."""
    out = tmp_path / "out.jsonl"
    ran(b'{"expr": "x", "var": "x"}\n', out)
    with pytest.raises(CalcmlError, match="other rows"):
        ran(b'\n{"expr": "x", "var": "x"}\n', out, resume=True)


@pytest.mark.parametrize(
    "options", [{"simplify": False}, {"keep": True}, {"timeout": 60}]
)
def test_answers_with_other_options_are_not_resumed(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    out = tmp_path / "out.jsonl"
    interrupted(lines(rows(5)), out, 4)
    with pytest.raises(CalcmlError, match=next(iter(options))):
        ran(lines(rows(5)), out, resume=True, **options)
    ran(lines(rows(5)), out, resume=True, workers=2)


def test_answers_of_another_version_are_not_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.jsonl"
    interrupted(lines(rows(5)), out, 4)
    monkeypatch.setattr(record, "__version__", "99")
    with pytest.raises(CalcmlError, match="calcml 99"):
        ran(lines(rows(5)), out, resume=True)


def test_without_its_record_nothing_is_believed(tmp_path: Path) -> None:
    out, part = tmp_path / "out.jsonl", tmp_path / "out.jsonl.part"
    interrupted(lines(rows(5)), out, 4)
    (tmp_path / "out.jsonl.resume").unlink()
    with pytest.raises(CalcmlError, match="without --resume"):
        ran(lines(rows(5)), out, resume=True)
    assert part.exists()
    ran(lines(rows(5)), out)
    assert out.read_bytes() == whole(rows(5))


def test_a_finished_file_that_was_edited_is_not_taken_for_answers(
    tmp_path: Path,
) -> None:
    out = tmp_path / "out.jsonl"
    ran(lines(rows(5)), out)
    out.write_bytes(out.read_bytes().replace(b"cos(2*x)", b"cos(7*x)"))
    before = out.read_bytes()
    with pytest.raises(CalcmlError, match="not what its run wrote"):
        ran(lines(rows(6)), out, resume=True)
    assert out.read_bytes() == before


def test_without_resume_a_run_begins_anew(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("old")
    (tmp_path / "out.jsonl.part").write_text("older")
    ran(lines(rows(2)), out)
    assert len(out.read_bytes().splitlines()) == 2


# --- inputs that grow --------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("more", [0, 3])
def test_a_torn_last_line_is_answered_anew(
    tmp_path: Path, workers: int, more: int
) -> None:
    asked = rows(40 + more)
    data, out = lines(asked), tmp_path / "out.jsonl"
    ends = [i for i, byte in enumerate(data) if byte == 10]
    first, last = ends[38] + 1, ends[39]  # of the row at which the input is torn
    for size in sorted({first, first + 1, first + 9, last - 1, last, last + 1}):
        done = ran(data[:size], out, workers=workers)
        assert done.failed == ((40,) if first < size < last else ())
        done = ran(data, out, workers=workers, resume=True)
        assert (done.rows, done.errors) == (len(asked), 0)
        assert out.read_bytes() == whole(asked)


def test_a_torn_line_that_became_another_is_answered_anew(tmp_path: Path) -> None:
    out, row = tmp_path / "out.jsonl", b'{"id": 1, "expr": "x^2", "var": "x"}'
    assert ran(row, out).errors == 0
    assert ran(row + row + b"\n", out, resume=True).failed == (1,)
    assert ran(row, out, resume=False).errors == 0
    assert ran(b"", out, resume=True).rows == 0


class Growing(io.RawIOBase):
    """A file into which another process writes while it is read."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = iter(pieces)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = next(self.pieces, b"")
        buffer[: len(piece)] = piece
        return len(piece)


def test_a_line_that_is_being_written_is_one_row() -> None:
    row = b'{"id": 1, "expr": "x^2", "var": "x"}\n'
    source = io.BufferedReader(Growing(row[:9], row[9:20], b"", b"", row[20:], row))
    out = io.BytesIO()
    done = run(source, out)
    assert done.failed in ((), (1,))  # the end of the file came first, or did not
    assert done.rows == 1 + (done.errors == 0)


# --- one file under two names ------------------------------------------------------


def named(kind: str) -> Callable[[Path, Path], None]:
    def make(there: Path, name: Path) -> None:
        if kind == "link":
            name.symlink_to(there)
        elif kind == "relative link":
            name.symlink_to(os.path.relpath(there, name.parent))
        elif kind == "hard link":
            os.link(there, name)
        else:
            there.rename(name)

    return make


@posix
@pytest.mark.parametrize("end", ["", ".part", ".resume", ".part.new"])
@pytest.mark.parametrize("kind", ["link", "relative link", "hard link", "the name"])
@pytest.mark.parametrize("resume", [False, True])
def test_the_input_is_no_file_that_is_written(
    tmp_path: Path, end: str, kind: str, resume: bool
) -> None:
    real, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    real.write_bytes(lines(rows(2)))
    named(kind)(real, tmp_path / f"out.jsonl{end}")
    source = real if real.exists() else tmp_path / f"out.jsonl{end}"
    with source.open("rb") as asked, pytest.raises(SharedError, match="one file"):
        run(asked, out, resume=resume)
    assert source.read_bytes() == lines(rows(2))


@posix
@pytest.mark.parametrize("kind", ["link", "hard link"])
@pytest.mark.parametrize(
    ("one", "two"), [("", ".part"), ("", ".resume"), (".part", ".resume")]
)
def test_what_is_written_is_not_one_file(
    tmp_path: Path, one: str, two: str, kind: str
) -> None:
    first, second = tmp_path / f"out.jsonl{one}", tmp_path / f"out.jsonl{two}"
    first.write_bytes(b"mine\n")
    named(kind)(first, second)
    with pytest.raises(SharedError, match="one file"):
        ran(lines(rows(2)), tmp_path / "out.jsonl")
    assert first.read_bytes() == b"mine\n"


@posix
@pytest.mark.parametrize("kind", ["link", "hard link"])
def test_no_other_name_is_written_to(tmp_path: Path, kind: str) -> None:
    out, part = tmp_path / "out.jsonl", tmp_path / "out.jsonl.part"
    precious = tmp_path / "precious"
    precious.write_bytes(b"mine\n")
    named(kind)(precious, part)
    ran(lines(rows(3)), out)
    assert precious.read_bytes() == b"mine\n"
    interrupted(lines(rows(6)), out, 5, resume=True)
    saved = part.rename(tmp_path / "saved")  # a copy of links, as some backups are
    named(kind)(saved, part)
    before = saved.read_bytes()
    ran(lines(rows(9)), out, resume=True)
    assert saved.read_bytes() == before
    assert out.read_bytes() == whole(rows(9)) and not out.is_symlink()


@posix
@pytest.mark.parametrize(
    ("words", "redirected"),
    [
        (["in.jsonl", "-o", "./in.jsonl"], ""),
        (["in.jsonl", "-o", "down/../in.jsonl"], ""),
        (["out.jsonl.part", "-o", "out.jsonl"], ""),
        (["-", "-o", "in.jsonl"], "< in.jsonl"),
        (["/dev/stdin", "-o", "in.jsonl"], "< in.jsonl"),
        (["/dev/stdin", "-o", "out.jsonl"], "< out.jsonl.part"),
        (["/dev/fd/7", "-o", "in.jsonl"], "7< in.jsonl"),
        (["in.jsonl"], ">> in.jsonl"),
        (["-"], "< in.jsonl >> in.jsonl"),
        (["in.jsonl", "-o", "/dev/stdout"], ">> in.jsonl"),
        (["-", "-o", "/dev/stdin"], "< in.jsonl"),
    ],
)
def test_the_input_survives_every_command(
    tmp_path: Path, words: list[str], redirected: str
) -> None:
    (tmp_path / "down").mkdir()
    for name in ("in.jsonl", "out.jsonl.part"):
        (tmp_path / name).write_bytes(lines(rows(2)))
    line = f'"{sys.executable}" -m calcml batch {" ".join(words)} {redirected}'
    done = subprocess.run(
        ["sh", "-c", line],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2 and "are one file" in done.stderr
    for name in ("in.jsonl", "out.jsonl.part"):
        assert (tmp_path / name).read_bytes() == lines(rows(2))


def test_a_device_is_not_replaced() -> None:
    ran(lines(rows(2)), Path(os.devnull))
    assert not Path(os.devnull).is_file()


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "out.jsonl"
    link.symlink_to(tmp_path / "real" / "out.jsonl")
    ran(lines(rows(2)), link)
    assert link.is_symlink()
    assert len(link.read_bytes().splitlines()) == 2


@posix
def test_permissions_stay(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.touch(0o600)
    interrupted(lines(rows(3)), out, 2)
    for path in tmp_path.iterdir():
        assert path.stat().st_mode & 0o077 == 0
    ran(lines(rows(3)), out, resume=True)
    assert out.stat().st_mode & 0o077 == 0


# --- what stands at the places of a run --------------------------------------------


@posix
@pytest.mark.parametrize("resume", [False, True])
@pytest.mark.parametrize("end", [".part", ".resume"])
@pytest.mark.parametrize(
    "put",
    [
        os.mkfifo,
        os.mkdir,
        lambda path: path.symlink_to("/dev/zero"),
        lambda path: path.symlink_to("nowhere"),
        lambda path: path.write_bytes(b"mine"),
    ],
)
def test_what_is_no_file_of_a_run_is_told_or_gives_way(
    tmp_path: Path, put: Callable[[Path], Any], end: str, resume: bool
) -> None:
    out, there = tmp_path / "out.jsonl", tmp_path / f"out.jsonl{end}"
    put(there)
    try:
        ran(lines(rows(2)), out, resume=resume)
    except (CalcmlError, OSError):
        assert not out.exists() and os.path.lexists(there)
    else:
        assert out.read_bytes() == whole(rows(2))
    assert not (tmp_path / "nowhere").exists()


# --- two runs ----------------------------------------------------------------------


def test_two_runs_exclude_each_other(tmp_path: Path) -> None:
    out, link = tmp_path / "out.jsonl", tmp_path / "link"
    link.symlink_to(out)
    tried: list[str] = []

    def again(_: Progress) -> None:
        for path, resume in itertools.product((out, link), (False, True)):
            with pytest.raises(CalcmlError, match="another run") as error:
                ran(lines(rows(5)), path, resume=resume)
            tried.append(str(error.value))

    ran(lines(rows(2)), out, progress=again)
    assert len(tried) == 8
    assert out.read_bytes() == whole(rows(2))
    ran(lines(rows(2)), out)  # the lock went with the run


def test_of_many_runs_at_once_some_win_and_none_is_torn(tmp_path: Path) -> None:
    out, told = tmp_path / "out.jsonl", list[object]()

    def go(n: int) -> None:
        try:
            told.append(ran(lines(rows(n)), out).rows)
        except CalcmlError as error:
            told.append(error)

    threads = [threading.Thread(target=go, args=(n,)) for n in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [n for n in told if isinstance(n, int)]
    assert won
    assert all("another run" in str(e) for e in told if not isinstance(e, int))
    assert out.read_bytes() in [whole(rows(n)) for n in won]


def test_a_part_that_was_taken_away_is_told(tmp_path: Path) -> None:
    out, part = tmp_path / "out.jsonl", tmp_path / "out.jsonl.part"
    out.write_bytes(b"old")

    def take(done: Progress) -> None:
        if done.rows == 1:
            part.unlink()
            part.write_bytes(b"another's")

    with pytest.raises(CalcmlError, match="taken away"):
        ran(lines(rows(3)), out, progress=take)
    assert out.read_bytes() == b"old"


# --- disks that are full -----------------------------------------------------------

LIMITED = """
import resource, sys
from calcml.cli import main
size = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
sys.exit(main())
"""


@posix
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_full_disk_costs_no_row(tmp_path: Path, workers: str) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(lines(rows(60)))
    out.write_bytes(b"old")
    words = ["batch", str(source), "-o", str(out), "--workers", workers]
    expected, resume = whole(rows(60)), list[str]()
    for size in (10, 300, 1_000, 3_000):
        done = subprocess.run(
            [sys.executable, "-c", LIMITED, str(size), *words, *resume],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 1 and "too large" in done.stderr
        assert size < 3_000 or f"{out}.part: " in done.stderr
        assert "Traceback" not in done.stderr
        assert out.read_bytes() == b"old"
        resume = ["--resume"] if size > 100 else []  # of 10 bytes not even a record
    done = subprocess.run(
        [sys.executable, "-m", "calcml", *words, "--resume"], capture_output=True
    )
    assert done.returncode == 0
    assert out.read_bytes() == expected


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full device here")
@pytest.mark.parametrize("words", [["-o", "/dev/full"], []])
def test_a_full_device_is_told(tmp_path: Path, words: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "calcml", "batch", "-", *words, "--workers", "2"],
            input=lines(rows(3)),
            stdout=full,
            stderr=subprocess.PIPE,
        )
    assert done.returncode == 1
    assert b"No space left" in done.stderr and b"Traceback" not in done.stderr


# --- runs that are stopped ---------------------------------------------------------


def started(*words: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "calcml", "batch", *map(str, words)]
    return subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


# A row that takes long, so that those behind it are done before their turn.
SLOW = {"id": "slow", "expr": "sin(x*exp(x))/(1 + x)^3", "var": "x", "order": 60}


@posix
@pytest.mark.slow
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("whom", ["one", "group"])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_stop_keeps_every_finished_row(
    tmp_path: Path, name: str, whom: str, workers: int
) -> None:
    """To the process, and to its group, as a terminal sends it."""
    number = getattr(signal, name)
    asked = [*rows(70), SLOW, *rows(200)]
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    part = tmp_path / "out.jsonl.part"
    source.write_bytes(lines(asked))
    process = started(source, "-o", out, "--workers", workers, "--no-simplify")
    while not part.exists() or part.read_bytes().count(b"\n") < 70:
        time.sleep(0.01)
        assert process.poll() is None
    time.sleep(0.3)  # meanwhile others do what they may behind the slow row
    started_there = children(process.pid)
    (os.kill if whom == "one" else os.killpg)(process.pid, number)
    _, said = process.communicate(timeout=10)
    assert process.returncode == 128 + number
    assert said == "stopped; --resume goes on from here\n"
    assert all_gone(started_there)
    found = part.read_bytes()
    # All but the slow row and those that its process has behind it.
    assert found.count(b"\n") == (70 if workers == 1 else 271 - (3 * CHUNK - 70))


@posix
@pytest.mark.slow
def test_answers_before_their_turn_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stop while the first row is slow; what others did is not done again."""
    out, asked = tmp_path / "out.jsonl", [SLOW, *rows(300)]
    part = tmp_path / "out.jsonl.part"
    threading.Timer(3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        ran(lines(asked), out, workers=2, simplify=False)
    kept = [json.loads(line) for line in part.read_bytes().splitlines()]
    assert len(kept) == 160 and all("derivative" in made for made in kept)
    made: list[int] = []

    def noted(line: Any, settings: Any) -> Any:
        made.append(line[0])
        return files.answered({"id": line[0], "derivative": "seen"})

    monkeypatch.setattr(files, "answer_line", noted)
    for after in (1, 60, 200):  # and what a run is stopped at, again and again
        interrupted(lines(asked), out, after, simplify=False, resume=True)
    ran(lines(asked), out, simplify=False, resume=True)
    assert len(made) == 301 - 160 == len(set(made))
    found = [json.loads(line) for line in out.read_bytes().splitlines()]
    assert [made for made in found if made["derivative"] != "seen"] == kept


@posix
@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_killed_again_and_again_is_finished(tmp_path: Path, workers: int) -> None:
    kills.main(tmp_path, 6, 400, workers, seed=15)
