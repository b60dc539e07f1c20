"""The grammar's cache: what lies there is ours and whole, or it is made anew."""

from __future__ import annotations

import ast
import marshal
import os
import pathlib
import random
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from calcml.parsing import stored, tables as made_of
from calcml.parsing.limits import MAX_STORED
from calcml.parsing.tables import Tables, grammar_text, tables

ROOT = pathlib.Path(__file__).parents[2]
DIFF = "import calcml; print(calcml.diff('x - y*sin(x)', 'x'))"
ANSWER = "1 - y*cos(x)\n"


@pytest.fixture
def cache(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """The file that holds the tables."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    tables.__wrapped__("calcml.lark")
    (there,) = (tmp_path / "calcml").iterdir()
    return there


def ran(**environment: str | None) -> str:
    """What a fresh process answers, which must have nothing else to say."""
    kept = {k: v for k, v in os.environ.items() if k not in environment}
    given = {k: v for k, v in environment.items() if v is not None}
    done = subprocess.run(
        [sys.executable, "-c", DIFF],
        env=kept | given | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout


def words(made: Tables) -> object:
    """What is alike in all tables of a grammar: Lark numbers states as sets are."""
    return sorted(made.words.items()), len(made.actions), len(made.rules)


def sizes(path: pathlib.Path) -> object:
    """How much a file holds that its digest vouches for."""
    key = made_of._key(grammar_text("calcml.lark"))
    data = path.read_bytes()
    assert stored.stored(key) == data[stored._SIZE :]
    return sizes_of(data)


def sizes_of(data: bytes) -> object:
    return {k: len(v) for k, v in content_of(data).items() if k != "start"}


def content_of(data: bytes) -> Any:
    return marshal.loads(data[stored._SIZE :])


def swapped(data: bytes) -> bytes:
    """One word of the content changed for another."""
    assert b"add" in data and b"sub" in data
    return data.replace(b"\x03sub", b"\x03add")


def plain(change: Callable[[Any], object]) -> Callable[[bytes], bytes]:
    """A change of the content, which keeps the digest of the old one."""

    def changed(data: bytes) -> bytes:
        return data[: stored._SIZE] + marshal.dumps(change(content_of(data)))

    return changed


def deep(_: object) -> object:
    nested: list[object] = []
    for _ in range(1_500):
        nested = [nested]
    return nested


def cut(content: dict[str, Any]) -> object:
    return content | {"actions": [], "rules": []}


def bad_regex(content: dict[str, Any]) -> object:
    return content | {"terminals": [("NUMBER", "(")]}


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: b"{}",
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: data + b"\x00",
        lambda data: bytes(len(data)),
        lambda data: data[: stored._SIZE],
        lambda data: data * 200,
        swapped,
        plain(lambda content: {}),
        plain(lambda content: None),
        plain(deep),
        plain(cut),
        plain(bad_regex),
    ],
)
def test_what_is_damaged_is_made_anew(
    cache: pathlib.Path, damage: Callable[[bytes], bytes]
) -> None:
    whole = cache.read_bytes()
    cache.write_bytes(damage(whole))
    assert cache.read_bytes() != whole
    assert words(tables.__wrapped__("calcml.lark")) == words(tables("calcml.lark"))
    assert sizes(cache) == sizes_of(whole)


def test_any_byte_that_changed_is_seen(cache: pathlib.Path) -> None:
    whole = cache.read_bytes()
    rng = random.Random(15)
    key = made_of._key(grammar_text("calcml.lark"))
    assert stored.stored(key) == whole[stored._SIZE :]
    for place in rng.sample(range(len(whole)), 500):
        other = bytearray(whole)
        other[place] ^= 1 << rng.randrange(8)
        cache.write_bytes(other)
        assert stored.stored(key) is None


def pipe(path: pathlib.Path) -> None:
    os.mkfifo(path)


def link_to(target: str) -> Callable[[pathlib.Path], None]:
    return lambda path: path.symlink_to(target)


def shared(path: pathlib.Path) -> None:
    """A file into which others may write."""
    path.write_bytes(b"?")
    path.chmod(0o666)


def circle(path: pathlib.Path) -> None:
    path.symlink_to(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
@pytest.mark.parametrize(
    "put",
    [pipe, link_to("/dev/zero"), link_to("/dev/tty"), link_to("/no"), circle, shared],
)
def test_what_is_no_file_of_this_user_gives_way(
    cache: pathlib.Path, put: Callable[[pathlib.Path], None]
) -> None:
    whole = cache.read_bytes()
    cache.unlink()
    put(cache)
    assert ran() == ANSWER
    assert stat.S_ISREG(cache.lstat().st_mode)
    assert stat.S_IMODE(cache.stat().st_mode) == 0o600
    assert sizes(cache) == sizes_of(whole)


def test_a_link_to_the_right_content_is_not_followed(cache: pathlib.Path) -> None:
    other = cache.rename(cache.with_name("other"))
    cache.symlink_to(other)
    assert ran() == ANSWER
    assert not cache.is_symlink()


def test_a_file_of_another_user_is_not_believed(
    cache: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = made_of._key(grammar_text("calcml.lark"))
    assert stored.stored(key)
    monkeypatch.setattr(os, "geteuid", lambda: 12_345, raising=False)
    assert stored.stored(key) is None


def test_a_folder_at_its_place_costs_time_alone(cache: pathlib.Path) -> None:
    cache.unlink()
    (cache / "full").mkdir(parents=True)
    assert ran() == ANSWER
    assert [path.name for path in cache.parent.iterdir()] == [cache.name]


@pytest.mark.parametrize(
    ("variable", "folder"),
    [
        ("XDG_CACHE_HOME", "/dev/null/nowhere"),
        ("XDG_CACHE_HOME", "relative"),
        ("XDG_CACHE_HOME", ""),
        ("HOME", None),
        ("HOME", ""),
        ("HOME", "relative"),
        ("HOME", "/no/home/of/anybody"),
        ("HOME", "~nobody-of-this-name"),
    ],
)
def test_without_a_folder_nothing_is_kept(
    tmp_path: pathlib.Path, variable: str, folder: str | None
) -> None:
    here = {"XDG_CACHE_HOME": None, "HOME": str(tmp_path), variable: folder}
    before = sorted(ROOT.iterdir())
    assert ran(**here) == ANSWER
    assert sorted(ROOT.iterdir()) == before
    assert not pathlib.Path("/no").exists()


def test_an_unwritable_folder_costs_time_alone(tmp_path: pathlib.Path) -> None:
    tmp_path.chmod(0o500)
    try:
        assert ran(XDG_CACHE_HOME=str(tmp_path)) == ANSWER
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of files here")
def test_a_full_disk_leaves_nothing_behind(tmp_path: pathlib.Path) -> None:
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000)); "
        f"{DIFF}"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == (ANSWER, "")
    assert not any((tmp_path / "calcml").iterdir())


def test_tables_are_those_of_the_grammar_of_lark_and_of_the_version(
    cache: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, compiled = tables.__wrapped__("calcml.lark"), list[str]()
    monkeypatch.setattr(
        made_of, "compile_tables", lambda text: compiled.append(text) or made
    )
    assert tables.__wrapped__("calcml.lark") == made
    assert not compiled
    first = cache.read_bytes()
    grammar = grammar_text("calcml.lark") + "\n"
    for name, other in [
        ("_lark", lambda: b'__version__ = "0"'),
        ("__version__", "0.0"),
        ("grammar_text", lambda name: grammar),
    ]:
        monkeypatch.setattr(made_of, name, other)
        compiled.clear()
        tables.__wrapped__("calcml.lark")
        assert len(compiled) == 1
    for there in cache.parent.iterdir():  # as if two keys had one name
        there.write_bytes(first)
    tables.__wrapped__("calcml.lark")
    assert compiled == [grammar, grammar]


def test_many_writers_and_readers_at_once(tmp_path: pathlib.Path) -> None:
    """Processes and threads, while the file is taken away and damaged."""
    code = (
        "import threading; from calcml.parsing.tables import tables\n"
        "made = []\n"
        "def work():\n"
        "    made.append(tables.__wrapped__('calcml.lark'))\n"
        "threads = [threading.Thread(target=work) for _ in range(3)]\n"
        "for t in threads: t.start()\n"
        "for t in threads: t.join()\n"
        "assert len({len(each.actions) for each in made}) == 1 and len(made) == 3\n"
        f"{DIFF}"
    )
    environment = os.environ | {
        "XDG_CACHE_HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(8)
    ]
    ended = threading.Event()

    def disturb() -> None:
        rng = random.Random(8)
        while not ended.wait(0.005):
            for path in (tmp_path / "calcml").glob("*.tables"):
                if rng.random() < 0.5:
                    path.unlink(missing_ok=True)
                else:
                    path.write_bytes(b"?" * rng.randrange(50_000))

    disturber = threading.Thread(target=disturb)
    disturber.start()
    said = [process.communicate(timeout=60)[0] for process in started]
    ended.set()
    disturber.join()
    assert said == [ANSWER] * 8
    assert not list((tmp_path / "calcml").glob("*.part"))


def test_what_is_stored_is_bounded(cache: pathlib.Path) -> None:
    assert cache.stat().st_size < MAX_STORED / 10
    with cache.open("r+b") as file:
        file.truncate(10**12)  # a file of holes
    assert ran() == ANSWER
    assert cache.stat().st_size < MAX_STORED


def test_the_digest_is_found_without_openssl() -> None:
    code = "import sys, calcml; calcml.parse('x'); print('hashlib' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT
    )
    assert ast.literal_eval(done.stdout) is False
