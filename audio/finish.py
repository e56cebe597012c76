"""Finishing one file: its parts joined, judged, put in the pack, and its times as a player hears them."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field, replace

from audio.cache import write_whole
from audio.join import join
from audio.master import PEAK_DB, TARGET_LUFS
from audio.mp3 import DELAY_MS
from audio.part import Part
from audio.score import Utterance
from audio.tasks import Made, Shop
from audio.timeline import Sound, Source, Timeline
from skill.errors import AudioError
from skill.pack import TimedStep

NEAR_LUFS, GOOD_LUFS = 1.0, 0.4
"""How far a file may be from the target, and from where on it is brought nearer."""
LIFT_STEP_DB, MOST_LIFT_DB = 0.25, 1.0
"""A file of few words is brought nearer by so much at most; within a file all speech is equally loud."""


@dataclass(frozen=True)
class Workbench:
    """Where the files of one build are finished; keeps the parts that were read."""

    shop: Shop
    parts: dict[Source, Part] = field(default_factory=dict)

    def levelled(self, timeline: Timeline) -> Timeline:
        """The timeline, with all speech a little louder or softer where the file would be off the target."""
        miss = TARGET_LUFS - join(timeline, self.part).lufs
        return _lifted(timeline, miss) if abs(miss) > GOOD_LUFS else timeline

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
        digest = hashlib.sha256(joined.mp3).hexdigest()
        file = f"{'track' if track else 'clip'}-{digest[:16]}.mp3"
        path = self.shop.folder / file
        if not (path.exists() and path.read_bytes() == joined.mp3):
            write_whole(path, joined.mp3)
        steps = [asdict(step) for step in _delayed(timeline.steps, joined.ms)] if track else []
        return Made(file, joined.ms, round(joined.lufs, 2), round(joined.peak, 2), digest[:20], len(joined.mp3), steps)

    def part(self, source: Source) -> Part:
        """The part of a sound. Raises AudioError when the cache lost it in the meantime."""
        if source not in self.parts:
            found = self.shop.cache.part(self.shop.key(source))
            if found is None:
                what = repr(source.text) if isinstance(source, Utterance) else repr(source)
                raise AudioError(f"what was made of {what} was removed or damaged; run the build again")
            self.parts[source] = found
        return self.parts[source]


def _lifted(timeline: Timeline, miss: float) -> Timeline:
    """In steps, so that files share what is made for it."""
    steps = round(miss / LIFT_STEP_DB) * LIFT_STEP_DB
    lift = max(-MOST_LIFT_DB, min(MOST_LIFT_DB, steps))
    return replace(timeline, sounds=tuple(_lift(sound, lift) for sound in timeline.sounds))


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
