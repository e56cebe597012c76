"""What a careful owner wants to know of a training: loudness, peaks, pace and lines that came late, in Dutch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from audio.master import FASTEST, PAUSE_MS, PEAK_DB, SLOWEST, TARGET_LUFS, words
from audio.part import FRAME_MS
from audio.score import Score
from audio.timeline import LONGEST_CLIP_MS, SHORTEST_TRACK_MS
from skill.content import CueKind, Repetition
from skill.pack import TimedCue, TimedStep, Track

LUFS_MARGIN = 0.5
_PEAK_MARGIN_DB = 0.05
_LEAST_WORDS = 8
"""Shorter lines have no pace to speak of: their sentences are spoken, and counted, one by one."""
_PACE_MARGIN = 15.0
"""Words a minute: the limits are for all lines together, one line may be a little slower or faster."""
_LATE_MS = 2 * FRAME_MS
"""Every sound begins on a frame, at or just after the time of the content."""


@dataclass(frozen=True)
class Measured:
    """One file, measured from its sound."""

    ms: int
    lufs: float
    peak: float
    """True peak (dBFS)."""


@dataclass(frozen=True)
class Finding:
    """Something out of the ordinary, with the moment in its track where that matters (ms)."""

    text: str
    start_ms: int | None = None


def sound_findings(measured: Measured, *, track: bool) -> Iterator[Finding]:
    """Loudness, peak and length outside their limits."""
    off = measured.lufs - TARGET_LUFS
    if abs(off) > LUFS_MARGIN:
        wanted = f"hoort {_comma(TARGET_LUFS)} ± {_comma(LUFS_MARGIN)}"
        yield Finding(f"Te {'hard' if off > 0 else 'zacht'}: {_comma(measured.lufs)} LUFS ({wanted})")
    if measured.peak > PEAK_DB + _PEAK_MARGIN_DB:
        yield Finding(f"Te hoge pieken: {_comma(measured.peak)} dB (hoort {_comma(PEAK_DB)} of lager)")
    if track and measured.ms < SHORTEST_TRACK_MS:
        yield Finding(f"Te kort: {measured.ms // 1000} seconden (minstens {SHORTEST_TRACK_MS // 1000})")
    if not track and measured.ms > LONGEST_CLIP_MS:
        yield Finding(f"Te lang: {measured.ms // 1000} seconden (hoogstens {LONGEST_CLIP_MS // 1000})")


def track_findings(track: Track, score: Score | None) -> Iterator[Finding]:
    """Lines outside 115 to 150 words a minute, and lines that wait for the one before them."""
    for step in track.steps:
        for cue in step.cues:
            pace = pace_of([cue])
            fast = pace is not None and pace > FASTEST + _PACE_MARGIN
            slow = pace is not None and pace < SLOWEST - _PACE_MARGIN and not cue.warning  # a safety line may be slow
            if fast or slow:
                how = f"{'Snel' if fast else 'Langzaam'} gesproken: {pace:.0f} woorden per minuut"
                yield Finding(f"{how} (hoort {SLOWEST:.0f} tot {FASTEST:.0f}): “{cue.text}”", cue.start_ms)
    for step, planned in zip(track.steps, score.steps if score else (), strict=False):
        for repetition in planned.repetitions:
            yield from _late(step, repetition)


def pace_of(cues: Sequence[TimedCue]) -> float | None:
    """Words a minute of the lines that are long enough to have a pace, the pause after each included."""
    lines = [cue for cue in cues if cue.kind == CueKind.SAY and words(cue.text) >= _LEAST_WORDS]
    spoken_ms = sum(cue.end_ms - cue.start_ms + PAUSE_MS for cue in lines)
    return sum(words(cue.text) for cue in lines) * 60_000 / spoken_ms if lines else None


def _late(step: TimedStep, repetition: Repetition) -> Iterator[Finding]:
    """The rule of the timeline: a hold and a late line move all that comes after them."""
    heard = [cue for cue in step.cues if cue.repetition == repetition.number and cue.kind != "count"]
    planned = [cue for cue in repetition.cues if cue.kind is not CueKind.REST]
    if len(heard) != len(planned) or not heard:
        return
    reference = heard[0].start_ms - round((planned[0].at or 0) * 1000)
    for cue, plan in zip(heard, planned, strict=True):
        late = cue.start_ms - reference - round((plan.at or 0) * 1000)
        if late > _LATE_MS:
            reference += late
            yield Finding(f"Komt {late} ms later dan de tekst vraagt: “{cue.text or cue.kind}”", cue.start_ms)
        if plan.kind is CueKind.HOLD:
            reference += round(plan.seconds * 1000)


def _comma(number: float) -> str:
    return f"{number:.3g}".replace(".", ",").replace("-", "−")  # noqa: RUF001 # the sign of a number that is read
