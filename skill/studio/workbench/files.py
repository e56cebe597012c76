"""The owner's text on the disk: which files there are, what is in them, and how they are written."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from skill.settings import Settings

MAX_BYTES = 250_000
MISSING = ""
"""The stamp of a file that is not there."""
_BOM = b"\xef\xbb\xbf"
_END = re.compile(r"\r\n|\r|\n")
_MODE = 0o644
"""Of a file that is written anew, and was never read here."""


class ChangedError(Exception):
    """The file on the disk is another one than was read."""


class ReadOnlyError(Exception):
    """The file cannot be written here."""


@dataclass(frozen=True)
class _Before:
    """A file as it was read last."""

    data: bytes = b""
    mode: int = _MODE


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
        self._known: dict[str, Path] = {}
        """Every file that was ever here."""
        self._before: dict[str, _Before] = {}
        self.paths()

    def paths(self) -> Mapping[str, Path]:
        """Every file by its name, as in ``routines/bovenrug.yaml``; not one that leads out of the folder."""
        home = self._folder.resolve()
        found = [*sorted(self._routines.glob("*.yaml")), self._prompts]
        inside = [one for one in found if one.is_file() and one.resolve().is_relative_to(home)]
        there = {one.relative_to(self._folder).as_posix(): one for one in inside}
        self._known.update(there)
        return there

    def name_of(self, shown: str, base: Path) -> str:
        """The name of a file that is or was here as a message shows it, from a folder; empty for any other file."""
        self.paths()
        try:
            wanted = (base / shown).resolve()
        except OSError:
            return ""
        return next((name for name, path in tuple(self._known.items()) if path.resolve() == wanted), "")

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
        self._before[name] = _Before(data, stat.S_IMODE(path.stat().st_mode))
        try:
            text, reason = data.decode("utf-8-sig"), "" if _is_writable(path) else "rights"
        except UnicodeDecodeError:
            text, reason = data.decode("utf-8-sig", errors="replace"), "encoding"
        return Text(name, _END.sub("\n", text), _stamp(data), reason)

    def save(self, name: str, text: str, stamp: str) -> Text:
        """Write a file, all of it or nothing, each line with the line end that it had; ``MISSING``: write it anew.

        Raises LookupError when there is no such file, or never was; ChangedError when it is not the one with this stamp
        any more, and ReadOnlyError when it cannot be written.
        """
        with self._turn:
            path = self._anew(name) if stamp == MISSING else self._same(name, stamp)
            before = self._before.get(name, _Before())
            mark = _BOM if before.data.startswith(_BOM) else b""
            data = mark + _with_ends_of(before.data.decode("utf-8-sig", errors="replace"), text).encode()
            try:
                _replace(path, data, before.mode)
            except OSError as error:
                raise ReadOnlyError(name) from error
            return self.read(name)

    def _same(self, name: str, stamp: str) -> Path:
        """Where a file is that has not changed."""
        known = self.read(name)
        if known.stamp != stamp:
            raise ChangedError(name)
        if known.reason:
            raise ReadOnlyError(name)
        return self._known[name].resolve()

    def _anew(self, name: str) -> Path:
        """Where a file was that is not there any more."""
        path = self._known[name]
        if name in self.paths():
            raise ChangedError(name)
        if os.path.lexists(path) or not path.parent.resolve().is_relative_to(self._folder.resolve()):
            raise ReadOnlyError(name)
        return path


def _is_writable(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.resolve().parent, os.W_OK)


def _stamp(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _with_ends_of(before: str, text: str) -> str:
    """A text, each line with the end that it had before; a new line with the one that most have."""
    ends = _END.findall(before)
    usual = Counter(ends).most_common(1)[0][0] if ends else "\n"
    lines = _END.split(text)
    found = [usual] * len(lines)
    if len(set(ends)) > 1:
        for old, new, count in SequenceMatcher(None, _END.split(before), lines).get_matching_blocks():
            found[new : new + count] = [*ends, usual][old : old + count]
    found[-1] = ""
    return "".join(map("".join, zip(lines, found, strict=True)))


def _replace(path: Path, data: bytes, mode: int) -> None:
    """Whoever reads meanwhile finds the old file or the new one, never a part."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.chmod(mode)
        fresh.replace(path)
    except BaseException:  # also Ctrl-C: nothing is left beside the file
        fresh.unlink(missing_ok=True)
        raise
