"""Files written whole: at their place stands the old one or the new."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from functools import partial


def write_whole(path: str, data: bytes, mode: int = 0o666) -> None:
    """Put `data` at `path`, at once or not at all; a link there gives way to the file.

    A device or a pipe is for `write`. Raises OSError, and then `path` is what it was.
    """
    spare = f"{path}.{os.urandom(8).hex()}.part"  # of no other writer, in any process
    try:
        with open(spare, "xb", opener=partial(os.open, mode=mode)) as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())  # the name must not outlive its contents
        os.replace(spare, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(spare)
        raise


def write(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file whole where `path` leads, with the old one's permissions."""
    if os.path.exists(path) and not os.path.isfile(path):  # a device or a pipe
        with open(path, "wb") as out:
            out.write(data)
    else:
        write_whole(os.path.realpath(path), data, permissions(path))


def permissions(path: str | os.PathLike[str]) -> int:
    """Those of the file at `path`, or of a new one."""
    try:
        return stat.S_IMODE(os.stat(path).st_mode)
    except FileNotFoundError:
        return 0o666


def unlinked(path: str, flags: int, mode: int = 0o666) -> int:
    """An opener that follows no link and waits for no pipe, as far as a system can."""
    for name in ("NOFOLLOW", "NONBLOCK"):
        flags |= getattr(os, f"O_{name}", 0)
    return os.open(path, flags, mode)
