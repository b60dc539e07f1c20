"""Bytes kept from one process to the next, in the user's cache folder.

What is read back is a regular file of this user's own, of bounded size, whose content
matches the digest at its head. The digest guards against damage; who may write in the
folder can write a digest, too.
"""

from __future__ import annotations

import os
import stat

from calcml.core.files import unlinked, write_whole
from calcml.parsing.limits import MAX_STORED, NAME_LENGTH

try:  # its public home, hashlib, loads OpenSSL: 7 ms of each start
    from _blake2 import blake2b as _hashed
except ImportError:
    from hashlib import sha256 as _hashed  # type: ignore[assignment]

_SIZE = _hashed().digest_size


def stored(key: bytes) -> bytes | None:
    """What was stored under `key`, None where that is missing or damaged."""
    path = _path(key)
    data = b"" if path is None else _own(path)
    found = data[_SIZE:]
    return found if data[:_SIZE] == _digest(key, found) else None


def store(key: bytes, data: bytes) -> None:
    """Store `data` under `key`; where that cannot be, nothing is stored."""
    path = _path(key)
    if path is None:
        return
    try:
        os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
        write_whole(path, _digest(key, data) + data, 0o600)
    except OSError:
        pass  # a read-only home costs 0.15 s a process and nothing else


def _own(path: str) -> bytes:
    """The content of a regular file of this user's, which no other may change."""
    try:
        with open(path, "rb", opener=unlinked) as file:
            there = os.fstat(file.fileno())
            ours = not hasattr(os, "geteuid") or (
                there.st_uid == os.geteuid() and not there.st_mode & 0o022
            )
            if ours and stat.S_ISREG(there.st_mode) and there.st_size <= MAX_STORED:
                return file.read(MAX_STORED)
    except OSError:
        pass  # none was stored, or another's
    return b""


def _digest(key: bytes, data: bytes) -> bytes:
    return _hashed(len(key).to_bytes(8) + key + data).digest()


def _path(key: bytes) -> str | None:
    """The file of a key; None where there is no cache folder, nor a home for one."""
    folder = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(folder):  # which the standard of XDG says to ignore
        home = os.path.expanduser(os.environ.get("HOME", "~"))
        if not (os.path.isabs(home) and os.path.isdir(home)):
            return None
        folder = os.path.join(home, ".cache")
    name = _hashed(key).hexdigest()[:NAME_LENGTH]
    return os.path.join(folder, "calcml", f"{name}.tables")
