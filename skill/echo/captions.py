"""What sounds, in words: clips and tracks of the pack by their file name, for people who read along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from skill.errors import PackError
from skill.pack import Pack, PackReader, TimedCue, TimedStep, Track

TRACK_PARTS = 4


@dataclass(frozen=True)
class Moment:
    """One moment of a track: the step and the cue that sound."""

    track: Track
    step: TimedStep
    cue: TimedCue | None
    offset_ms: int

    @property
    def name(self) -> str:
        """The exercise and step, as in ``open_book/right_side``."""
        return f"{track_id(self.track.key)}/{self.step.id}"


def track_id(key: str) -> str:
    """The exercise of a track key ``routine/track/level/tempo``."""
    return key.split("/")[1]


class Captions:
    """Knows every file of the packs that were served while it looked."""

    def __init__(self, packs: PackReader) -> None:
        self._packs = packs
        self._seen: str | None = None
        self._clips: dict[str, list[tuple[str, str]]] = {}
        self._tracks: dict[str, list[Track]] = {}

    def clip_keys(self, file: str) -> tuple[str, ...]:
        """The names of the clips in a file, without the routine; empty when it is unknown."""
        self._look()
        return tuple(key.split("/", 1)[1] for key, _ in self._clips.get(file, ()))

    def text(self, files: Sequence[str]) -> str:
        """All that is said in these files."""
        self._look()
        return " ".join(self._clips[file][0][1] for file in files if file in self._clips)

    def track(self, file: str, token: str = "") -> Track | None:
        """The track in a file; the token tells which, when several tracks sound the same."""
        self._look()
        found = self._tracks.get(file, [])
        wanted = "/".join(token.split(":")[1 : 1 + TRACK_PARTS])
        return next((one for one in found if one.key == wanted), found[0] if found else None)

    def moment(self, track: Track, offset_ms: int) -> Moment:
        """What sounds in a track at this offset (ms)."""
        step = track.steps[track.step_index(offset_ms)]
        begun = [cue for cue in step.cues if cue.start_ms <= offset_ms]
        return Moment(track, step, begun[-1] if begun else None, offset_ms)

    def _look(self) -> None:
        try:
            pack = self._packs.current()
        except PackError:
            return
        if pack.id != self._seen:
            self._seen = pack.id
            self._add(pack)

    def _add(self, pack: Pack) -> None:
        for clip in pack.clips.values():
            known = self._clips.setdefault(clip.file, [])
            if (clip.key, clip.text) not in known:
                known.append((clip.key, clip.text))
        for track in pack.tracks.values():
            self._tracks[track.file] = [
                *(one for one in self._tracks.get(track.file, ()) if one.key != track.key),
                track,
            ]
