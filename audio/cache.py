"""What was made before, on disk: recordings, just as a voice gave them, and parts."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from audio.part import Part
from audio.voices.base import Recording

_MAGIC = b"RGO1"
_DIGEST = 16
_HEAD = len(_MAGIC) + _DIGEST
KEEP_UNUSED_DAYS = 7


@dataclass(frozen=True)
class SpeechCache:
    """The cache of one voice. Every file carries a checksum: what is damaged counts as absent."""

    folder: Path
    fingerprint: str
    """Of the voice: another one finds nothing of this one."""
    recipe: str
    """Of the code that makes parts."""

    def part_path(self, key: str) -> Path:
        """Where the part with this key is kept."""
        return self.folder / f"part-{_hash(self.fingerprint, self.recipe, key)}.bin"

    def recording_path(self, text: str) -> Path:
        """Where a voice's own recording of a text is kept."""
        return self.folder / f"raw-{_hash(self.fingerprint, text)}.pcm"

    def part(self, key: str) -> Part | None:
        """A part, or None when it is absent or damaged."""
        found = _read(self.part_path(key))
        return None if found is None else Part.from_bytes(found)

    def recording(self, text: str) -> Recording | None:
        """A recording, or None when it is absent or damaged."""
        found = _read(self.recording_path(text))
        return None if found is None else Recording(found[4:], int.from_bytes(found[:4], "big"))

    def keep_part(self, key: str, part: Part) -> None:
        """Keep a part. Raises OSError when the disk refuses."""
        _write(self.part_path(key), part.to_bytes())

    def keep_recording(self, text: str, recording: Recording) -> None:
        """Keep a recording. Raises OSError when the disk refuses."""
        _write(self.recording_path(text), recording.rate.to_bytes(4, "big") + recording.pcm)

    def forget_unused(self, used: Iterable[Path]) -> None:
        """Remove what is not among the used files and was not written in the last days."""
        needed = set(used)
        before = time.time() - KEEP_UNUSED_DAYS * 86_400
        for path in (*self.folder.glob("*.bin"), *self.folder.glob("*.pcm"), *self.folder.glob(".*.part")):
            if path not in needed and path.stat().st_mtime < before:
                path.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes, *, sync: bool = False) -> None:
    """Write a file so that it is there whole or not at all. Raises OSError when the disk refuses."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            stream.write(content)
            if sync:
                stream.flush()
                os.fsync(stream.fileno())
        part.replace(path)
    except BaseException:  # also Ctrl-C: no half file may stay; raised again
        part.unlink(missing_ok=True)
        raise


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:20]


def _read(path: Path) -> bytes | None:
    try:
        whole = path.read_bytes()
    except OSError:
        return None
    payload = whole[_HEAD:]
    return payload if whole[:_HEAD] == _head(path, payload) else None


def _write(path: Path, payload: bytes) -> None:
    write_whole(path, _head(path, payload) + payload)


def _head(path: Path, payload: bytes) -> bytes:
    """A checksum over name and content: also a file under the name of another is found out."""
    return _MAGIC + hashlib.blake2b(payload, digest_size=_DIGEST, key=path.stem[:64].encode()).digest()
