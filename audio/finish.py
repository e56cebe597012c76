"""Finishing one file: its parts joined, judged, put in the pack, and its times as a player hears them."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise

from audio.cache import write_whole
from audio.join import join
from audio.master import PEAK_DB, TARGET_LUFS
from audio.mp3 import DELAY_MS, FRAME_BYTES
from audio.part import FRAME_MS, Part
from audio.score import Utterance
from audio.tasks import Made, Shop
from audio.timeline import Sound, Source, Timeline
from skill.errors import AudioError
from skill.pack import TimedStep

NEAR_LUFS, GOOD_LUFS = 1.0, 0.4
"""How far a file may be from the target, and from where on it is brought nearer."""
LIFT_STEP_DB, MOST_LIFT_DB = 0.25, 1.0
"""A file of few words is brought nearer in such steps, so that files share what is made for it, by so much at most."""
MOST_STEP_LIFT_DB = 0.5
"""The same for one step of a track: its sentences stay as loud as those of the other steps, to the ear."""
JOIN_TAIL_MS = 240
"""Room tone behind the last sound, for the frames that a part has more than its sound lasts."""


@dataclass(frozen=True)
class Workbench:
    """Where the files of one build are finished; keeps the parts that were read."""

    shop: Shop
    parts: dict[Source, Part] = field(default_factory=dict)

    def levelled(self, timeline: Timeline) -> Timeline:
        """The timeline, with the speech of each step, or all, a little louder or softer where it is off the target."""
        if len(timeline.steps) == 1:
            return replace(timeline, sounds=self._near(timeline.sounds, 0, timeline.ms, MOST_LIFT_DB))
        starts = [*(step.start_ms for step in timeline.steps), timeline.ms]
        levelled: list[Sound] = []
        for start, end in pairwise(starts):
            sounds = tuple(one for one in timeline.sounds if start <= one.start_ms < end)
            reached = max((one.start_ms + one.ms + JOIN_TAIL_MS for one in sounds), default=end)
            levelled += self._near(sounds, start, max(end, reached), MOST_STEP_LIFT_DB)
        return replace(timeline, sounds=tuple(levelled))

    def _near(self, sounds: tuple[Sound, ...], begin_ms: int, end_ms: int, most_db: float) -> tuple[Sound, ...]:
        """Sounds of a stretch, brought nearer to the target together."""
        moved = tuple(replace(one, start_ms=one.start_ms - begin_ms) for one in sounds)
        miss = TARGET_LUFS - join(Timeline(moved, (), end_ms - begin_ms), self.part).lufs
        if abs(miss) <= GOOD_LUFS:
            return sounds
        steps = round(miss / LIFT_STEP_DB) * LIFT_STEP_DB
        return tuple(_lift(one, max(-most_db, min(most_db, steps))) for one in sounds)

    def make(self, timeline: Timeline, name: str, *, track: bool) -> Made:
        """Join one file and put it in the pack.

        Raises AudioError when a part is gone or the loudness is off, OSError when the disk refuses.
        """
        joined = join(timeline, self.part)
        if abs(joined.lufs - TARGET_LUFS) > NEAR_LUFS or joined.peak > PEAK_DB:
            raise AudioError(
                f"{name} has {joined.lufs:.1f} LUFS and peaks of {joined.peak:.1f} dBFS, where {TARGET_LUFS:g} and "
                f"{PEAK_DB:g} are wanted. Is there enough speech in it?"
            )
        file, digest = self._keep("track" if track else "clip", joined.mp3)
        steps: list[TimedStep] = []
        if track:
            files = [self._keep("step", piece)[0] for piece in _cut(joined.mp3, timeline.steps)]
            timed = _delayed(timeline.steps, joined.ms)
            steps = [replace(step, file=own) for step, own in zip(timed, files, strict=True)]
        level, peak = round(joined.lufs, 2), round(joined.peak, 2)
        return Made(file, joined.ms, level, peak, digest[:20], len(joined.mp3), [asdict(step) for step in steps])

    def _keep(self, kind: str, mp3: bytes) -> tuple[str, str]:
        """Put a file in the pack under its hash, unless it is there; its name and the hash."""
        digest = hashlib.sha256(mp3).hexdigest()
        path = self.shop.folder / f"{kind}-{digest[:16]}.mp3"
        if not (path.exists() and path.read_bytes() == mp3):
            write_whole(path, mp3)
        return path.name, digest

    def part(self, source: Source) -> Part:
        """The part of a sound. Raises AudioError when the cache lost it in the meantime."""
        if source not in self.parts:
            found = self.shop.cache.part(self.shop.key(source))
            if found is None:
                what = repr(source.text) if isinstance(source, Utterance) else repr(source)
                raise AudioError(f"what was made of {what} was removed or damaged; run the build again")
            self.parts[source] = found
        return self.parts[source]


def _cut(mp3: bytes, steps: tuple[TimedStep, ...]) -> list[bytes]:
    """The frames of each step: a step begins on a frame, with room tone on both sides of the cut."""
    starts = [step.start_ms // FRAME_MS * FRAME_BYTES for step in steps]
    return [mp3[start:end] for start, end in zip(starts, [*starts[1:], len(mp3)], strict=True)]


def _lift(sound: Sound, lift_db: float) -> Sound:
    if not isinstance(sound.source, Utterance):
        return sound
    return replace(sound, source=replace(sound.source, lift_db=lift_db))


def _delayed(steps: tuple[TimedStep, ...], ms: int) -> list[TimedStep]:
    """The steps as a player hears them: later by the encoder delay, and covering the whole file."""
    delay = round(DELAY_MS)
    moved = []
    for index, step in enumerate(steps):
        cues = tuple(
            replace(cue, start_ms=cue.start_ms + delay, end_ms=min(cue.end_ms + delay, ms)) for cue in step.cues
        )
        start = step.start_ms + delay if index else 0
        end = step.end_ms + delay if index + 1 < len(steps) else ms
        moved.append(replace(step, start_ms=start, end_ms=end, cues=cues))
    return moved
