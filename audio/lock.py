"""One build at a time: a lock that the system releases when its process ends, however it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from skill.errors import AudioError


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock file. Raises AudioError when another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            _lock(handle)
        except OSError:
            owner = os.read(handle, 20).decode(errors="replace").strip()
            who = f" (process {owner})" if owner else ""
            raise AudioError(f"Another build of this pack is running{who}; wait until it is ready.") from None
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        yield
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 # exists on Windows only

        os.lseek(handle, 1000, os.SEEK_SET)  # beyond the number that is written: locked bytes cannot be read
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)
    else:
        import fcntl  # noqa: PLC0415 # does not exist on Windows

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
