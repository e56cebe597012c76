"""Measuring one finished file again, from its MP3: with ffmpeg's own meter, not with that of the build."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from audio import mp3
from audio.check.rule import Reading
from audio.check.sound import Heard, Listener, Wanted, onset_ms
from audio.filters import meter
from audio.loudness import RATE
from audio.master import PAUSE_MS, words
from skill.content import Tone
from skill.errors import AudioError


@dataclass(frozen=True)
class Stretch:
    """A part of a file (ms) and what must be heard in it, in order; without an end it is the whole file."""

    wanted: tuple[Wanted, ...]
    start_ms: int = 0
    end_ms: int | None = None


@dataclass(frozen=True)
class FileJob:
    """A file of a pack, with what must be heard in it."""

    path: Path
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True)
class Pace:
    """How many words are said, and in how long (ms), the pause after each sentence included."""

    words: int = 0
    ms: int = 0

    def __add__(self, other: Pace) -> Pace:
        """Both together."""
        return Pace(self.words + other.words, self.ms + other.ms)


@dataclass(frozen=True)
class Melody:
    """A tone as it is heard: its pitches over time, as a vector of length 1."""

    tone: Tone
    at_ms: int
    pitches: tuple[float, ...]


@dataclass(frozen=True)
class FileReport:
    """What was measured; ``problem`` says why nothing could be."""

    path: Path
    plain: bool = False
    """Mono, 24 kHz, CBR 48 kbit/s, without headers."""
    ms: int = 0
    readings: Mapping[str, tuple[Reading, ...]] = field(default_factory=dict)
    """By what was measured: the least and the most of this file."""
    explaining: Pace = Pace()
    careful: Pace = Pace()
    """Of the safety lines."""
    melodies: tuple[Melody, ...] = ()
    problem: str = ""


Found = Iterator[tuple[str, Reading]]


def measure(jobs: Sequence[FileJob]) -> list[FileReport]:
    """Decode and measure files."""
    return [_measure(job) for job in jobs]


def _measure(job: FileJob) -> FileReport:
    try:
        raw = job.path.read_bytes()
        form, sound = mp3.inspect(raw), mp3.decode(raw)
    except OSError as error:
        return FileReport(job.path, problem=f"cannot be read ({error.strerror}); build again")
    except AudioError as error:
        return FileReport(job.path, problem=f"{error}; build again")
    listener, ms = Listener.of(sound), len(sound) * 1000 // RATE
    groups = [listener.find(one.wanted, one.start_ms, one.end_ms or ms) for one in job.stretches]
    heard = [one for group in groups for one in group]
    found = [*_whole(listener), *_cues(listener, job.stretches), *_sentences(listener, heard)]
    found += [*_tones(listener, heard), *_between(listener, heard)]
    return FileReport(
        job.path,
        plain=form.plain and (form.rate, form.channels, set(form.bitrates)) == (RATE, 1, {mp3.BITRATE * 1000}),
        ms=ms,
        readings=_extremes(found),
        explaining=_pace(one for one in heard if one.wanted.explains and not one.wanted.careful),
        careful=_pace(one for one in heard if one.wanted.careful),
        melodies=tuple(Melody(one.wanted.tone, one.at_ms, listener.melody(one)) for one in heard if one.wanted.tone),
    )


def _extremes(found: Iterable[tuple[str, Reading]]) -> dict[str, tuple[Reading, ...]]:
    every: dict[str, list[Reading]] = {}
    for name, reading in found:
        every.setdefault(name, []).append(reading)
    ends = {name: [pick(some, key=lambda one: one.value) for pick in (min, max)] for name, some in every.items()}
    return {name: tuple(dict.fromkeys(some)) for name, some in ends.items()}


def _whole(listener: Listener) -> Found:
    lufs, peak = meter(listener.sound)
    yield "lufs", Reading(lufs)
    yield "peak", Reading(peak)
    yield "silence", Reading(*listener.silence_ms())


def _cues(listener: Listener, stretches: Iterable[Stretch]) -> Found:
    """Of the stretches whose times are known."""
    for one in stretches:
        if one.end_ms is None:
            continue
        if one.wanted[0].tone:
            yield "tone edge", Reading(listener.edge_db(one.start_ms, one.end_ms), one.start_ms, one.wanted[0].tone)
        else:
            late = onset_ms(listener, one.start_ms) - one.start_ms
            yield "cue", Reading(late, one.start_ms, one.wanted[0].text)


def _sentences(listener: Listener, heard: Sequence[Heard]) -> Found:
    spoken = [one for one in heard if not one.wanted.tone]
    loud = [Reading(listener.loudness(one), one.at_ms, one.wanted.text) for one in spoken]
    if loud:
        loudest, softest = (pick(loud, key=lambda one: one.value) for pick in (max, min))
        yield "spread", Reading(loudest.value - softest.value, softest.at_ms, softest.text)
    for before, after in pairwise(heard):
        if not any(one.wanted.tone or one.wanted.counted for one in (before, after)):
            yield "pause", _reading((after.start - before.end) / RATE, after)


def _tones(listener: Listener, heard: Sequence[Heard]) -> Found:
    for one in heard:
        yield "hush", _reading(listener.hush_ms(one.start), one)
        if one.wanted.tone:
            yield "tone", _reading(listener.tone_ms(one) / 1000, one)
            step, at_ms = listener.largest_step(one.start, one.end)
            yield "tone step", Reading(step, at_ms, one.wanted.tone)


def _between(listener: Listener, heard: Sequence[Heard]) -> Found:
    """Of what is heard between the sounds, before the first and behind the last: room tone and pads."""
    for start, end in listener.gaps(heard):
        step, at_ms = listener.largest_step(start, end)
        yield "step", Reading(step, at_ms)
        yield "empty", Reading(listener.emptiness_s(start, end), start * 1000 // RATE)


def _reading(value: float, heard: Heard) -> Reading:
    return Reading(value, heard.at_ms, heard.wanted.tone or heard.wanted.text)


def _pace(heard: Iterable[Heard]) -> Pace:
    spoken = [one for one in heard if not one.wanted.tone and not one.wanted.counted]
    ms = sum((one.end - one.start) * 1000 // RATE + PAUSE_MS for one in spoken)
    return Pace(sum(words(one.wanted.text) for one in spoken), ms)
