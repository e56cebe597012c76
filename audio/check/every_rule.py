"""Checking a finished pack: is everything there, and does it sound as it should?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from operator import mul
from pathlib import Path

from audio.check.file import FileJob, FileReport, Melody, Pace, Stretch, measure
from audio.check.pack import as_planned, pack_rules, sounding
from audio.check.rule import Limits, Reading, Rule, rule
from audio.check.sound import Wanted
from audio.check.steps import step_rules
from audio.check.voice import voice_rules
from audio.pool import Pool
from audio.score import Score, scores
from audio.timeline import LONGEST_CLIP_MS, SHORTEST_TRACK_MS
from audio.voices.base import Voice
from skill.content import Content, CueKind, Tone
from skill.content.speech import sentences
from skill.pack import MANIFEST, Pack, PackClip, TimedCue, Track, load_pack

_BATCH = 6
SOUND = {
    "lufs": Limits("loudness (LUFS)", "-15 ± 0.5", -15.5, -14.5),
    "peak": Limits("true peak (dBFS)", "≤ -2", most=-2),
    "spread": Limits("loudness within a file, sentence to sentence (LU)", "≤ 1", most=1),
    "cue": Limits("spoken cues begin on time (ms)", "± 30", -30, 30),
    "pause": Limits("pause between sentences (s)", "≥ 0.6", least=0.6),
    "hush": Limits("room tone before each sound (ms)", "≥ 300", least=300),
    "silence": Limits("digital silence (ms)", "< 10", most=9.99),
    "step": Limits("largest step in room tone and pads (1 = full scale)", "≤ 0.005", most=0.005),
    "empty": Limits("longest time without a sound over -45 LUFS (s)", "≤ 5", most=5),
    "tone": Limits("a tone sounds over -40 dBFS (s)", "≥ 0.15", least=0.15),
    "tone edge": Limits("first and last 5 ms of a tone (dBFS)", "≤ -40", most=-40),
    "tone step": Limits("largest step in a tone (1 = full scale)", "≤ 0.1", most=0.1),
}
"""The rules for what is measured in every file."""
PACE = Limits("explaining lines (words a minute)", "115 … 150", 115, 150)
SAFETY_PACE = Limits("safety lines (words a minute)", "90 … 150", 90, 150)
ALIKE = Limits("two of the three tones are alike (1 = the same)", "≤ 0.5", most=0.5)
CLIP_S = Limits("clip length (s)", "≤ 240", most=LONGEST_CLIP_MS / 1000)
TRACK_S = Limits("track length (s)", "≥ 60", least=SHORTEST_TRACK_MS / 1000)
LENGTH_MS = Limits("length as in the manifest (ms apart)", "≤ 1", most=1)


@dataclass(frozen=True)
class Measured:
    """A file with its entry in the manifest."""

    entry: PackClip | Track
    report: FileReport


def check(content: Content, folder: Path, *, jobs: int = 2, voice: Voice | None = None) -> list[Rule]:
    """Measure every file of a pack and compare it with the content.

    Two rules need what the build noted down of the voice; without it they are unknown, which is a miss.
    Raises PackError when there is no pack, and AudioError when a process that measures is ended.
    """
    pack = load_pack(folder / MANIFEST)
    wanted = scores(content)
    measured = _measured(pack, wanted, folder, jobs)
    return [
        *pack_rules(content, pack, wanted),
        *step_rules(pack, folder),
        *_file_rules(measured),
        *_sound_rules([one for one in measured if not one.report.problem]),
        *voice_rules(content, voice, folder.parent),
    ]


def _measured(pack: Pack, wanted: Iterable[Score], folder: Path, jobs: int) -> list[Measured]:
    by_key = {key: score for score in wanted for key in score.keys}
    every: list[PackClip | Track] = [*pack.tracks.values(), *pack.clips.values()]
    entries = {one.file: one for one in reversed(every)}
    files = [
        FileJob(folder / file, tuple(_stretches(one, by_key.get(one.key))))
        for file, one in sorted(entries.items(), key=lambda item: -item[1].ms)
    ]
    batches = [files[start : start + _BATCH] for start in range(0, len(files), _BATCH)]
    with Pool(jobs) as pool:
        found = [
            Measured(entries[job.path.name], report)
            for job, report in pool.run(measure, batches, small=len(files) < _BATCH)
        ]
    return sorted(found, key=lambda one: one.entry.key)


def _stretches(entry: PackClip | Track, score: Score | None) -> Iterator[Stretch]:
    """What must be heard in a file: of a track cue by cue, of a clip as a whole.

    Where it is another text than the content's, which is a miss by itself, tones are not looked for.
    """
    if isinstance(entry, Track):
        known = score is not None and as_planned(entry, score)
        tones = iter([cue.tone for cue in score.cues if cue.tone] if score and known else [])
        for cue in sounding(entry.steps):
            if cue.kind != "tone" or known:
                yield Stretch(tuple(_of_cue(cue, tones)), cue.start_ms, cue.end_ms)
    elif score is not None and score.text == entry.text:
        yield Stretch(tuple(_of_clip(score)))
    else:
        yield Stretch(tuple(Wanted(one) for one in sentences(entry.text)))


def _of_cue(cue: TimedCue, tones: Iterator[Tone]) -> Iterator[Wanted]:
    if cue.kind == "tone":
        yield Wanted(tone=next(tones))
    elif cue.kind == "count":
        yield Wanted(cue.text, counted=True, explains=False)
    else:
        for one in sentences(cue.text):
            yield Wanted(one, explains=cue.repetition is None, careful=cue.warning)


def _of_clip(score: Score) -> Iterator[Wanted]:
    for cue in score.cues:
        if cue.tone:
            yield Wanted(tone=cue.tone)
        elif cue.kind is CueKind.SAY:
            for one in sentences(cue.text):
                yield Wanted(one, careful=cue.warning)


def _file_rules(measured: Sequence[Measured]) -> list[Rule]:
    broken = [f"{one.report.path.name}: {one.report.problem}" for one in measured if one.report.problem]
    readable = [one for one in measured if not one.report.problem]
    other = [one.entry.key for one in readable if not one.report.plain]
    count = len(readable)
    return [
        rule("files decode", str(len(measured)), str(count), broken),
        rule("mono, 24 kHz, CBR 48 kbit/s, no header", "all", f"{count - len(other)} of {count}", other),
        CLIP_S.judge(_lengths(readable, PackClip)),
        TRACK_S.judge(_lengths(readable, Track)),
        LENGTH_MS.judge({one.entry.key: [Reading(abs(one.report.ms - one.entry.ms))] for one in readable}),
    ]


def _lengths(measured: Sequence[Measured], kind: type[PackClip | Track]) -> dict[str, list[Reading]]:
    return {one.entry.key: [Reading(one.report.ms / 1000)] for one in measured if isinstance(one.entry, kind)}


def _sound_rules(measured: Sequence[Measured]) -> list[Rule]:
    found = [
        limits.judge({one.entry.key: one.report.readings.get(name, ()) for one in measured})
        for name, limits in SOUND.items()
    ]
    return [
        *found,
        ALIKE.judge(_alike(measured)),
        PACE.judge(_pace(measured, lambda one: one.explaining)),
        SAFETY_PACE.judge(_pace(measured, lambda one: one.careful)),
    ]


def _pace(measured: Sequence[Measured], of: Callable[[FileReport], Pace]) -> Mapping[str, list[Reading]]:
    """Of all files together: a single line may be as fast or slow as its words ask for."""
    whole = sum((of(one.report) for one in measured), Pace())
    return {"all files": [Reading(whole.words * 60_000 / whole.ms)]} if whole.ms else {}


def _alike(measured: Sequence[Measured]) -> Mapping[str, list[Reading]]:
    """How much every tone is like the first one of each other kind."""
    first: dict[Tone, Melody] = {}
    for one in (melody for file in measured for melody in file.report.melodies):
        first.setdefault(one.tone, one)
    return {
        file.entry.key: [
            Reading(sum(map(mul, one.pitches, other.pitches)), one.at_ms, f"{one.tone} as {other.tone}")
            for one, other in product(file.report.melodies, first.values())
            if one.tone is not other.tone
        ]
        for file in measured
    }
