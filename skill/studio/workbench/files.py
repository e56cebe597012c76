"""The owner's text on the disk: which files there are, what is in them, and how they are written."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from skill.settings import Settings

MAX_BYTES = 250_000
_BOM = b"\xef\xbb\xbf"


class ChangedError(Exception):
    """The file on the disk is another one than was read."""


class ReadOnlyError(Exception):
    """The file cannot be written here."""


@dataclass(frozen=True)
class Text:
    """What is in a file."""

    name: str
    text: str
    stamp: str
    """Changes with every byte."""
    reason: str = ""
    """Why it cannot be written here: ``rights``, ``encoding``; empty when it can."""


class ContentFiles:
    """The routines and the prompts that the loader reads; nothing else is read or written."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.content
        self._routines = settings.routines_folder
        self._prompts = settings.prompts_file
        self._turn = threading.Lock()

    def paths(self) -> Mapping[str, Path]:
        """Every file by its name, as in ``routines/bovenrug.yaml``; not one that leads out of the folder."""
        home = self._folder.resolve()
        found = [*sorted(self._routines.glob("*.yaml")), self._prompts]
        inside = [one for one in found if one.is_file() and one.resolve().is_relative_to(home)]
        return {one.relative_to(self._folder).as_posix(): one for one in inside}

    def name_of(self, shown: str, base: Path) -> str:
        """The name of a file as a message shows it, from a folder; empty for any other file."""
        try:
            wanted = (base / shown).resolve()
        except OSError:
            return ""
        return next((name for name, path in self.paths().items() if path.resolve() == wanted), "")

    def versions(self) -> Mapping[str, str]:
        """Something of every file that is another after each change, without reading it."""
        found: dict[str, str] = {}
        for name, path in self.paths().items():
            try:
                stat = path.stat()
            except OSError:  # being replaced at this moment
                continue
            found[name] = f"{stat.st_mtime_ns}-{stat.st_size}-{stat.st_ino}"
        return found

    def read(self, name: str) -> Text:
        """What is in a file. Raises LookupError when there is none of this name, OSError when it cannot be read."""
        path = self.paths()[name]
        data = path.read_bytes()
        try:
            text, reason = data.decode("utf-8-sig"), "" if _is_writable(path) else "rights"
        except UnicodeDecodeError:
            text, reason = data.decode("utf-8-sig", errors="replace"), "encoding"
        return Text(name, text.replace("\r\n", "\n"), _stamp(data), reason)

    def save(self, name: str, text: str, stamp: str) -> Text:
        """Write a file, all of it or nothing, with the line ends that it has.

        Raises LookupError when there is no such file, ChangedError when it is not the one with this stamp any more,
        and ReadOnlyError when it cannot be written.
        """
        with self._turn:
            path = self.paths()[name].resolve()
            known = self.read(name)
            if known.stamp != stamp:
                raise ChangedError(name)
            if known.reason:
                raise ReadOnlyError(name)
            before = path.read_bytes()
            data = text.replace("\n", "\r\n" if b"\r\n" in before else "\n").encode()
            try:
                _replace(path, _BOM + data if before.startswith(_BOM) else data)
            except OSError as error:
                raise ReadOnlyError(name) from error
            return self.read(name)


def _is_writable(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.resolve().parent, os.W_OK)


def _stamp(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _replace(path: Path, data: bytes) -> None:
    """Whoever reads meanwhile finds the old file or the new one, never a part."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(path, fresh)
        fresh.replace(path)
    except BaseException:  # also Ctrl-C: nothing is left beside the file
        fresh.unlink(missing_ok=True)
        raise
