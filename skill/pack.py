"""A pack: the clips and tracks made with one voice, read from its manifest.

All times are milliseconds from the first sample that a decoder delivers, encoder delay included.
The manifest is JSON::

    {"format": 1, "voice": "espeak", "pack": "3fa9c1d2", "text_hash": {"bovenrug": "…"},
     "clips":  {"bovenrug/pause_first": {"text": "…", "file": "clip-….mp3", "ms": 6120, "lufs": -15.1,
                                         "hash": "…"}},
     "tracks": {"bovenrug/open_book/basic/normal": {
         "file": "track-….mp3", "ms": 201320, "lufs": -15.0, "hash": "…",
         "steps": [{"id": "position", "spoken_name": "de houding", "start_ms": 0, "end_ms": 31250,
                    "file": "step-….mp3", "side": null, "transition": false,
                    "cues": [{"kind": "say", "start_ms": 296, "end_ms": 2410, "text": "…",
                              "repetition": null, "warning": false}]}]}}}
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from skill.errors import PackError

log = logging.getLogger(__name__)

MANIFEST = "manifest.json"
FORMAT = 1


@dataclass(frozen=True)
class TimedCue:
    """One cue of a track with its place in time (ms)."""

    kind: str
    start_ms: int
    end_ms: int
    text: str = ""
    repetition: int | None = None
    warning: bool = False


@dataclass(frozen=True)
class TimedStep:
    """One step of a track with its place in time (ms); steps follow each other without a gap."""

    id: str
    spoken_name: str
    start_ms: int
    end_ms: int
    cues: tuple[TimedCue, ...]
    side: str | None = None
    transition: bool = False
    file: str = ""
    """The same sound as a file of its own, cut from the track; "" in a pack of before there were any."""


@dataclass(frozen=True)
class Track:
    """One exercise × level × tempo as one MP3."""

    key: str
    file: str
    ms: int
    lufs: float
    hash: str
    steps: tuple[TimedStep, ...]

    def step_index(self, offset_ms: int) -> int:
        """The index of the step that sounds at this offset (ms); offsets outside the track are clamped."""
        for index, step in enumerate(self.steps):
            if offset_ms < step.end_ms:
                return index
        return len(self.steps) - 1

    def step(self, step_id: str) -> TimedStep | None:
        """The step with this id, or None."""
        return next((one for one in self.steps if one.id == step_id), None)


@dataclass(frozen=True)
class PackClip:
    """Everything said in one answer, as one MP3."""

    key: str
    text: str
    file: str
    ms: int
    lufs: float
    hash: str


@dataclass(frozen=True)
class Pack:
    """The clips and tracks of one voice."""

    id: str
    voice: str
    text_hash: Mapping[str, str]
    clips: Mapping[str, PackClip]
    tracks: Mapping[str, Track]

    @property
    def files(self) -> frozenset[str]:
        """The names of all files of the pack."""
        clips = (clip.file for clip in self.clips.values())
        tracks = (track.file for track in self.tracks.values())
        steps = (step.file for track in self.tracks.values() for step in track.steps)
        return frozenset(name for name in (*clips, *tracks, *steps) if name)

    @cached_property
    def lengths(self) -> Mapping[str, int]:
        """How long each file of a clip lasts (ms)."""
        return {clip.file: clip.ms for clip in self.clips.values()}

    def clip(self, routine: str, key: str) -> PackClip | None:
        """The clip with this key for this routine, or None."""
        return self.clips.get(clip_path(routine, key))

    def track(self, routine: str, track: str, level: str, tempo: str) -> Track | None:
        """One track of this routine, or None."""
        return self.tracks.get(track_path(routine, track, level, tempo))


def clip_path(routine: str, key: str) -> str:
    """The manifest's name of a clip."""
    return f"{routine}/{key}"


def track_path(routine: str, track: str, level: str, tempo: str) -> str:
    """The manifest's name of a track."""
    return f"{routine}/{track}/{level}/{tempo}"


def load_pack(path: Path) -> Pack:
    """Read a manifest. Raises PackError when it is missing, unreadable or of another format."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        voice = path.parent.name
        raise PackError(
            f"{path}: there is no audio yet; run: python3 scripts/generate_audio.py --voice {voice}"
        ) from None
    except (OSError, ValueError) as error:
        raise PackError(f"{path}: cannot be read ({error}); run scripts/generate_audio.py") from error
    try:
        if raw["format"] != FORMAT:
            raise PackError(f"{path}: made by another version (format {raw['format']}); build the audio again")
        return _pack(raw)
    except (KeyError, TypeError, AttributeError) as error:
        raise PackError(f"{path}: damaged ({error!r}); run scripts/generate_audio.py") from error


def _pack(raw: Mapping[str, Any]) -> Pack:
    return Pack(
        id=raw["pack"],
        voice=raw["voice"],
        text_hash=dict(raw["text_hash"]),
        clips={key: PackClip(key=key, **value) for key, value in raw["clips"].items()},
        tracks={key: _track(key, value) for key, value in raw["tracks"].items()},
    )


def _track(key: str, raw: Mapping[str, Any]) -> Track:
    steps = tuple(
        TimedStep(**{**step, "cues": tuple(TimedCue(**cue) for cue in step["cues"])}) for step in raw["steps"]
    )
    return Track(key=key, steps=steps, **{name: raw[name] for name in ("file", "ms", "lufs", "hash")})


class PackReader:
    """The packs of one voice folder: the current one, re-read when it changed, and older ones by id."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._stamp: tuple[int, int, int] | None = None
        self._current: Pack | None = None
        self._older: dict[str, Pack | None] = {}

    def current(self) -> Pack:
        """The pack that is served now. Raises PackError when there is none and never was one."""
        path = self.folder / MANIFEST
        try:
            stat = path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        except OSError:
            stamp = None
        with self._lock:
            if self._current is None or (stamp is not None and stamp != self._stamp):
                self._current = self._read(path)
                self._stamp = stamp
            return self._current

    def _read(self, path: Path) -> Pack:
        try:
            return load_pack(path)
        except PackError as error:
            if self._current is None:
                raise
            log.error("the new audio is not taken: %s", error)
            return self._current  # a damaged new manifest must not take down a running training

    def older(self, pack_id: str) -> Pack | None:
        """An earlier pack of this folder (``manifest-<id>.json``), or None when it is gone."""
        if not pack_id.isalnum():
            return None
        with self._lock:
            if pack_id not in self._older:
                try:
                    self._older[pack_id] = load_pack(self.folder / f"manifest-{pack_id}.json")
                except PackError:
                    return None
            return self._older[pack_id]
