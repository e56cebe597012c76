"""The plain way of making the audio, which bench.py measures beside ours.

It speaks one sentence after the other, sends each through ffmpeg's loudnorm, joins each file with pydub and encodes
it. It has no room tone, limits no peaks, reuses nothing, and measures nothing of what it made.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from audio import mix, mp3
from audio.filters import run as filtered
from audio.loudness import RATE
from audio.master import samples, to_pcm
from audio.plan import Plan, make_plan
from audio.score import Utterance
from audio.sounds import tone
from audio.timeline import Pad, Source, Timeline, lay_out
from audio.voices import EspeakVoice
from skill.content import Content, Tone
from skill.errors import AudioError

LOUDNORM = "I=-15:TP=-2:LRA=11"
Item = TypeVar("Item")


@dataclass(frozen=True)
class Cost:
    """What something took."""

    seconds: float
    """Wall clock."""
    core_seconds: float

    def plus(self, other: Cost, times: float = 1.0) -> Cost:
        """This, and the other so many times."""
        return Cost(self.seconds + times * other.seconds, self.core_seconds + times * other.core_seconds)


@dataclass(frozen=True)
class Plain:
    """The plain way, measured over a sample and scaled up to the whole."""

    ffmpeg: bool
    """Whether ffmpeg was a program, started for every sentence and file, or the same filter in this process."""
    sentences: int
    files: int
    """How many of both were measured."""
    speaking: Cost
    """Every sentence once."""
    joining: Cost
    repeats: float
    """How often a sentence is said in all files, on average."""

    @property
    def kept(self) -> Cost:
        """The whole, when every sentence is kept and used again."""
        return self.joining.plus(self.speaking)

    @property
    def again(self) -> Cost:
        """The whole, when every file is made by itself."""
        return self.joining.plus(self.speaking, self.repeats)


def plain_way(content: Content, packs: Path, share: float, ffmpeg: str | None) -> Plain:
    """Make a share of the sentences and files the plain way; ``packs`` holds the finished pack with its lengths.

    ``ffmpeg`` is the program; with None the same filter and encoder run in this process.
    """
    plan = make_plan(content, EspeakVoice(), packs)
    laid_out = timelines(plan)
    spoken = sorted(plan.utterances, key=lambda one: len(one.text))
    chosen, files = sample(spoken, share), sample(sorted(laid_out, key=lambda one: one.ms), share)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        before = _clocks()
        for one in chosen:
            _plain_sentence(plan.shop.spoken(one.text), folder, ffmpeg)
        speaking = _scaled(before, letters(spoken) / letters(chosen))
        sounds = {one.source for timeline in files for one in timeline.sounds}
        segments = {one: _segment(one, plan) for one in sounds}
        before = _clocks()
        for timeline in files:
            _plain_file(timeline, segments, folder, ffmpeg)
        joining = _scaled(before, sum(one.ms for one in laid_out) / sum(one.ms for one in files))
    said = [one for score in plan.scores.values() for one in score.utterances]
    repeats = letters(said) / letters(spoken)
    return Plain(ffmpeg is not None, len(chosen), len(files), speaking, joining, repeats)


def _plain_sentence(text: str, folder: Path, ffmpeg: str | None) -> Any:
    from pydub import AudioSegment  # noqa: PLC0415 # audio.mix has loaded it, without its warnings

    said = EspeakVoice().speak(text)
    raw = AudioSegment(said.pcm, sample_width=2, frame_rate=said.rate, channels=1)
    if ffmpeg is None:
        sound = samples(raw.set_frame_rate(RATE).raw_data)
        return _pcm_segment(to_pcm(filtered(sound, ("loudnorm", LOUDNORM), ("aresample", str(RATE)))))
    source, made = folder / "raw.wav", folder / "made.wav"
    raw.export(source, format="wav").close()
    command = [ffmpeg, "-v", "error", "-y", "-i", str(source), "-af", f"loudnorm={LOUDNORM}", "-ar", str(RATE)]
    subprocess.run([*command, str(made)], check=True)
    return AudioSegment.from_wav(made)


def _plain_file(timeline: Timeline, segments: Mapping[Source, Any], folder: Path, ffmpeg: str | None) -> None:
    from pydub import AudioSegment  # noqa: PLC0415 # audio.mix has loaded it, without its warnings

    whole = AudioSegment.silent(0, RATE)
    for one in timeline.sounds:
        whole += AudioSegment.silent(max(0, one.start_ms - len(whole)), RATE) + segments[one.source]
    whole += AudioSegment.silent(max(0, timeline.ms - len(whole)), RATE)
    source, made = folder / "whole.wav", folder / "made.mp3"
    if ffmpeg is None:
        made.write_bytes(mp3.encode(to_pcm(samples(whole.raw_data))))
        return
    whole.export(source, format="wav").close()
    subprocess.run([ffmpeg, "-v", "error", "-y", "-i", str(source), "-b:a", f"{mp3.BITRATE}k", str(made)], check=True)


def _segment(source: Source, plan: Plan) -> Any:
    """What stands for a sound in the plain joins: it need not be mastered for that."""
    if isinstance(source, Utterance):
        part = plan.shop.cache.part(plan.shop.key(source))
        heard = mp3.decode(part.frames) if part else samples(plan.shop.voice.speak(source.text).pcm)
        return _pcm_segment(to_pcm(heard))
    if isinstance(source, Tone):
        return _pcm_segment(tone(source))
    return _pcm_segment(mix.pad(source.ms) if isinstance(source, Pad) else mix.room())


def _pcm_segment(pcm: Any) -> Any:
    from pydub import AudioSegment  # noqa: PLC0415 # audio.mix has loaded it, without its warnings

    return AudioSegment(pcm.tobytes(), sample_width=2, frame_rate=RATE, channels=1)


def timelines(plan: Plan) -> list[Timeline]:
    """All files, laid out with the lengths in the cache."""

    def length(one: Utterance) -> int:
        part = plan.shop.cache.part(plan.shop.key(one))
        if part is None:
            raise AudioError(f"the cache lacks the sound of: {one.text}")
        return part.ms

    lengths = {one: length(one) for one in plan.utterances}
    return [lay_out(score, lengths.__getitem__)[0] for score in plan.scores.values()]


def sample(items: Sequence[Item], share: float) -> list[Item]:
    """Evenly taken from all: of sorted items a fair sample."""
    count = max(1, round(len(items) * share))
    return [items[(2 * index + 1) * len(items) // (2 * count)] for index in range(count)]


def letters(utterances: Iterable[Utterance]) -> int:
    """How long their texts are together: what speaking and mastering them costs goes with it."""
    return sum(len(one.text) for one in utterances)


def _clocks() -> Cost:
    """Wall clock, and the processor time of this process and the programs that it ran."""
    return Cost(time.perf_counter(), sum(os.times()[:4]))


def _scaled(before: Cost, scale: float) -> Cost:
    return Cost(0, 0).plus(_clocks().plus(before, -1), scale)
