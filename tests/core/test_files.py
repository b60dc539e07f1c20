"""Files that are written whole: the old one or the new, whatever happens between."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from calcml.core.files import write, write_whole

posix = pytest.mark.skipif(sys.platform == "win32", reason="as POSIX has it")
FULL = """
import resource, signal, sys
from calcml.core.files import write
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))
try:
    write(sys.argv[1], b"?" * 2_000)
except OSError as error:
    print(error.errno)
"""


def test_a_file_is_written(tmp_path: Path) -> None:
    path = tmp_path / "new"
    for data in (b"first", b"second", b""):
        write(path, data)
        assert path.read_bytes() == data
    assert list(tmp_path.iterdir()) == [path]


@posix
def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "old"
    path.write_bytes(b"old")
    done = subprocess.run(
        [sys.executable, "-c", FULL, path], capture_output=True, text=True
    )
    assert done.stdout == f"{errno.EFBIG}\n"
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    link, there = tmp_path / "link", tmp_path / "other" / "there"
    link.symlink_to(there)
    for data in (b"new", b"newer"):  # its target missing, and there
        write(link, data)
        assert link.is_symlink() and there.read_bytes() == data


def test_a_link_gives_way_where_that_is_asked_for(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(os.devnull)
    write_whole(str(link), b"new")
    assert not link.is_symlink() and link.read_bytes() == b"new"


@posix
def test_other_names_keep_what_they_have(tmp_path: Path) -> None:
    path, other = tmp_path / "path", tmp_path / "other"
    path.write_bytes(b"old")
    os.link(path, other)
    write(path, b"new")
    assert (path.read_bytes(), other.read_bytes()) == (b"new", b"old")


@posix
def test_permissions_stay(tmp_path: Path) -> None:
    path = tmp_path / "private"
    path.write_bytes(b"old")
    path.chmod(0o600)
    write(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@posix
def test_devices_and_pipes_just_take_it(tmp_path: Path) -> None:
    link = tmp_path / "null"
    link.symlink_to(os.devnull)
    write(link, b"?")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)
    code = "from calcml.core.files import write; write('/dev/stdout', b'told')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True)
    assert done.stdout == b"told"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full device here")
def test_a_full_device_says_so() -> None:
    with pytest.raises(OSError, match="space"):
        write("/dev/full", b"?")


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        write(tmp_path, b"?")
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "no" / "folder", b"?")
    assert not any(tmp_path.iterdir())
