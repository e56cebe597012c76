"""The pack folder: its manifest, swapped in whole, and what of earlier packs may go."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audio.cache import write_whole
from audio.score import Score
from audio.tasks import Made
from skill.content import Content
from skill.pack import FORMAT, MANIFEST

KEEP_SECONDS = 24 * 3600
"""A superseded pack stays this long, for people in the middle of a training."""


@dataclass(frozen=True)
class Ledger:
    """Which file was made of which score, by digest; kept between builds, not part of the pack."""

    made: Mapping[str, Made]
    note: str = ""
    """What is wrong with it, when it was damaged."""
    written: float = 0.0
    """When (seconds since 1970): files are written before it."""

    @classmethod
    def read(cls, path: Path) -> Ledger:
        """The ledger; empty when it is absent, and with a note when it is damaged."""
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            return cls({digest: Made(**one) for digest, one in raw.items()}, written=path.stat().st_mtime)
        except FileNotFoundError:
            return cls({})
        except (OSError, ValueError, TypeError, AttributeError):
            return cls({}, f"{path} was damaged; every file is mixed anew")

    def write(self, path: Path) -> None:
        """Keep the ledger. Raises OSError when the disk refuses."""
        raw = {digest: vars(one) for digest, one in self.made.items()}
        write_whole(path, json.dumps(raw, ensure_ascii=False).encode())


def manifest_of(content: Content, voice: str, found: Mapping[str, tuple[Score, Made]]) -> dict[str, Any]:
    """The manifest of a finished pack; its id is a hash over all that is in it."""
    clips: dict[str, Any] = {}
    tracks: dict[str, Any] = {}
    for score, made in found.values():
        entry = {"file": made.file, "ms": made.ms, "lufs": made.lufs, "hash": made.hash}
        for key in score.keys:
            if score.track:
                tracks[key] = {**entry, "steps": made.steps}
            else:
                clips[key] = {"text": score.text, **entry}
    body = {
        "format": FORMAT,
        "voice": voice,
        "text_hash": {name: content.safety_hash(name) for name in sorted(content.routines)},
        "clips": dict(sorted(clips.items())),
        "tracks": dict(sorted(tracks.items())),
    }
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:8]
    return {**body, "pack": digest}


def publish(folder: Path, manifest: Mapping[str, Any]) -> bool:
    """Put the manifest in its place, last of all; False when the pack was already this one.

    Raises OSError when the disk refuses; then the pack that was there is as it was.
    """
    current, own = folder / MANIFEST, folder / f"manifest-{manifest['pack']}.json"
    text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    if _same(current, text) and own.exists():
        return False  # otherwise an earlier pack that comes back is written again, and is the newest
    _superseded_now(folder)
    write_whole(own, text, sync=True)
    write_whole(current, text, sync=True)
    return True


def _superseded_now(folder: Path) -> None:
    """Give the pack that is served until now the time of this moment: its own may be from a clock that was wrong."""
    try:
        served = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["pack"]
        os.utime(folder / f"manifest-{served}.json")
    except (OSError, ValueError, KeyError, TypeError):
        return  # there is none, or it is damaged: nobody can be listening to it


def remove_old(folder: Path, pack: str, now: float | None = None) -> list[str]:
    """Remove packs that were superseded more than 24 hours ago, and files that no pack needs."""
    now = time.time() if now is None else now
    stamped = sorted((path.stat().st_mtime, path) for path in folder.glob("manifest-*.json"))
    kept: list[Path] = [folder / f"manifest-{pack}.json"]
    gone: list[Path] = []
    for index, (_, path) in enumerate(stamped):
        if path == kept[0]:
            continue
        superseded = stamped[index + 1][0] if index + 1 < len(stamped) else now
        (gone if now - superseded > KEEP_SECONDS else kept).append(path)
    needed = {name for path in kept for name in _files(path)}
    stale = [path for path in folder.glob("*.mp3") if path.name not in needed]
    parts = list(folder.glob(".*.part"))
    for path in (*gone, *stale, *parts):
        path.unlink(missing_ok=True)
    return sorted(path.name for path in (*gone, *stale))


def _same(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False


def _files(manifest: Path) -> set[str]:
    try:
        raw = json.loads(manifest.read_text(encoding="utf-8"))
        whole = {one["file"] for part in ("clips", "tracks") for one in raw[part].values()}
        return whole | {step["file"] for one in raw["tracks"].values() for step in one["steps"] if "file" in step}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return set()
