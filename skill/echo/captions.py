"""What sounds, in words: clips and tracks of the pack by their file name, for people who read along."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from skill.errors import PackError
from skill.pack import Pack, PackReader, TimedCue, TimedStep, Track

TRACK_PARTS = 4
_SENTENCES = re.compile(r"[^.?!]+[.?!]*\s*")


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


@dataclass(frozen=True)
class Spoken:
    """A file that is heard in an answer: a clip, or a step of a track."""

    names: tuple[str, ...]
    """Clips by their key; steps as ``open_book/right_side``, also with level and tempo behind it."""
    ms: int
    lines: tuple[tuple[int, str], ...]
    """When each line begins (ms), and the line."""

    @property
    def text(self) -> str:
        """All that is said in it."""
        return " ".join(line for _, line in self.lines)


class Captions:
    """Knows every file of the packs that were served while it looked."""

    def __init__(self, packs: PackReader) -> None:
        self._packs = packs
        self._seen: str | None = None
        self._spoken: dict[str, Spoken] = {}
        self._tracks: dict[str, list[Track]] = {}

    def names(self, file: str) -> tuple[str, ...]:
        """The names of the clips or steps in a file, without the routine; empty when it is unknown."""
        self._look()
        return self._spoken[file].names if file in self._spoken else ()

    def text(self, files: Sequence[str]) -> str:
        """All that is said in these files."""
        return " ".join(one.text for one in self.spoken(files))

    def spoken(self, files: Sequence[str]) -> list[Spoken]:
        """What is heard in these files, as far as they are known."""
        self._look()
        return [self._spoken[file] for file in files if file in self._spoken]

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
            lines = spread(clip.text, clip.ms)
            self._note(clip.file, Spoken((clip.key.split("/", 1)[1],), clip.ms, lines))
        for track in pack.tracks.values():
            others = (one for one in self._tracks.get(track.file, ()) if one.key != track.key)
            self._tracks[track.file] = [*others, track]
            for step in track.steps:
                self._note(step.file, _spoken_step(track, step))

    def _note(self, file: str, spoken: Spoken) -> None:
        known = self._spoken.get(file, spoken)
        self._spoken[file] = replace(known, names=tuple(dict.fromkeys((*known.names, *spoken.names))))


def _spoken_step(track: Track, step: TimedStep) -> Spoken:
    _, exercise, level, tempo = track.key.split("/")
    name = f"{exercise}/{step.id}"
    lines = tuple((cue.start_ms - step.start_ms, cue.text) for cue in step.cues if cue.text)
    return Spoken((name, f"{name} {level}", f"{name} {level} {tempo}"), step.end_ms - step.start_ms, lines)


def spread(text: str, ms: int) -> tuple[tuple[int, str], ...]:
    """The sentences of a text, each with when it begins if all were spoken evenly over this time (ms)."""
    sentences = [one.strip() for one in _SENTENCES.findall(text)]
    letters = max(1, sum(len(one) for one in sentences))
    lines: list[tuple[int, str]] = []
    passed = 0
    for one in sentences:
        lines.append((ms * passed // letters, one))
        passed += len(one)
    return tuple(lines)
