"""When everything in a score sounds: cues get their milliseconds, and what does not fit is said.

All that sounds begins on an MP3 frame (24 ms), at or just after the time of the content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from audio.part import FRAME_MS
from audio.score import Score, Utterance, count_text, cue_utterances
from skill.content import Cue, CueKind, Repetition, Step, Tone
from skill.pack import TimedCue, TimedStep

LEAD_MS = 312
"""Room tone before the first sound."""
TRACK_TAIL_MS, CLIP_TAIL_MS = 1000, 300
SENTENCE_MS = 650
"""Least time between two sentences, and between two lines that follow each other."""
GAP_MS = 300
"""Least time before a sound in a repetition, and around a tone."""
STEP_GAP_MS = 350
"""Least time between the last sound of a step and the border with the next one."""
MOST_PUSH = 0.1
"""How much of a repetition late cues may take."""
PAD_FROM_MS = 4500
"""A quiet stretch longer than this gets a soft pad, so that nobody wonders whether it still goes on."""
PAD_MARGIN_MS, PAD_STEP_MS = 400, 10 * FRAME_MS
"""Room tone before and behind a pad, and the step of its length, so that rests share their pads."""
LONGEST_CLIP_MS, SHORTEST_TRACK_MS = 240_000, 60_000

TONE_MS: Mapping[Tone, int] = {Tone.GO: 600, Tone.REST_END: 800, Tone.DONE: 2000}


@dataclass(frozen=True)
class Pad:
    """The soft sound under a long rest."""

    ms: int


@dataclass(frozen=True)
class Room:
    """The room tone that is there when nothing sounds; it can be repeated for ever."""


Source = Utterance | Tone | Pad | Room


@dataclass(frozen=True)
class Sound:
    """Something that sounds from a moment on, which is the start of a frame."""

    start_ms: int
    ms: int
    source: Source


@dataclass(frozen=True)
class Timeline:
    """A score with its times in ms, from the first sample that is encoded."""

    sounds: tuple[Sound, ...]
    steps: tuple[TimedStep, ...]
    ms: int


@dataclass(frozen=True)
class Finding:
    """A cue that does not fit, pushed (warning) or too late (error)."""

    file: str
    line: int
    message: str
    error: bool
    late_ms: int = 0


def lay_out(score: Score, length_ms: Callable[[Utterance], int]) -> tuple[Timeline, list[Finding]]:
    """Give every cue of a score its time, and tell what did not fit."""
    desk = _Desk(score, length_ms)
    steps: list[TimedStep] = []
    for step in score.steps:
        steps.append(desk.step(step, first=not steps))
    total = desk.close()
    closed = [
        replace(step, end_ms=steps[index + 1].start_ms if index + 1 < len(steps) else total)
        for index, step in enumerate(steps)
    ]
    if score.track and total < SHORTEST_TRACK_MS:
        desk.find(score.steps[0].line, f"{score.keys[0]} lasts {total / 1000:.0f} s; a track needs 60 s or more")
    if not score.track and total > LONGEST_CLIP_MS:
        desk.find(score.steps[0].line, f"{score.keys[0]} lasts {total / 1000:.0f} s; Alexa allows 240 s, shorten it")
    sounds = sorted([*desk.sounds, *_pads(desk.sounds, total)], key=lambda one: one.start_ms)
    return Timeline(tuple(sounds), tuple(closed), total), desk.findings


def _on_frame(ms: int) -> int:
    """The start of the first frame at or after this moment (ms)."""
    return -(-ms // FRAME_MS) * FRAME_MS


def _pads(sounds: list[Sound], total_ms: int) -> Iterator[Sound]:
    """A pad in every long stretch without a sound, also before the first and behind the last one."""
    ends = [0, *(one.start_ms + one.ms for one in sounds)]
    starts = [*(one.start_ms for one in sounds), total_ms]
    for end, start in zip(ends, starts, strict=True):
        quiet = start - end
        if quiet > PAD_FROM_MS:
            ms = (quiet - 2 * PAD_MARGIN_MS) // PAD_STEP_MS * PAD_STEP_MS
            yield Sound(_on_frame(end + (quiet - ms) // 2), ms, Pad(ms))


class _Desk:
    """Where one score is laid out: the moment that was reached, and where sound last ended."""

    def __init__(self, score: Score, length_ms: Callable[[Utterance], int]) -> None:
        self.score = score
        self.length_ms = length_ms
        self.sounds: list[Sound] = []
        self.findings: list[Finding] = []
        self.now = LEAD_MS
        self.heard_until = -SENTENCE_MS
        self.after_tone = False
        self.cues: list[TimedCue] = []

    def find(self, line: int, message: str, *, error: bool = True, late_ms: int = 0) -> None:
        self.findings.append(Finding(self.score.file, line, message, error, late_ms))

    def step(self, step: Step, *, first: bool) -> TimedStep:
        start = 0
        if not first:
            start = self.now = _on_frame(max(self.now, self.heard_until + STEP_GAP_MS))
            self.now += GAP_MS
        self.cues = []
        for cue in step.cues:
            self.cue(cue)
        for repetition in step.repetitions:
            self.repetition(repetition)
        for cue in step.after:
            self.cue(cue)
        return TimedStep(step.id, step.spoken_name, start, start, tuple(self.cues), step.side, step.transition)

    def close(self) -> int:
        tail = TRACK_TAIL_MS if self.score.track else CLIP_TAIL_MS
        return _on_frame(max(self.now, self.heard_until + tail))

    def cue(self, cue: Cue) -> None:
        """Place one cue after what was there."""
        if cue.kind is CueKind.REST:
            self.rest(cue)
            return
        gap = GAP_MS if cue.kind is not CueKind.SAY or self.after_tone else SENTENCE_MS
        self.sound(cue, max(self.now, self.heard_until + gap), None)

    def rest(self, cue: Cue) -> None:
        start = max(self.now, self.heard_until)
        self.now = start + round(cue.seconds * 1000)
        self.cues.append(TimedCue("rest", start, self.now))

    def sound(self, cue: Cue, start: int, number: int | None) -> None:
        """Let a line, a tone or a hold begin at this moment."""
        start = _on_frame(start)
        if cue.kind is CueKind.HOLD:
            self.hold(cue, start, number)
        elif cue.tone is not None:
            self.play(start, TONE_MS[cue.tone], cue.tone)
            self.cues.append(TimedCue("tone", start, self.now, repetition=number))
        else:
            moment = start
            for utterance in cue_utterances(cue):
                self.play(moment, self.length_ms(utterance), utterance)
                moment = _on_frame(self.heard_until + SENTENCE_MS)
            self.cues.append(TimedCue("say", start, self.now, cue.text, number, cue.warning))
        self.after_tone = cue.kind is CueKind.TONE

    def play(self, start: int, ms: int, source: Utterance | Tone) -> None:
        self.sounds.append(Sound(start, ms, source))
        self.now = self.heard_until = start + ms

    def hold(self, cue: Cue, start: int, number: int | None) -> None:
        whole = round(cue.seconds * 1000)
        self.cues.append(TimedCue("hold", start, start + whole, repetition=number))
        distance = whole / max(1, len(cue.count))
        for index, word in enumerate(cue.count):
            utterance = Utterance(count_text(word))
            ms = self.length_ms(utterance)
            if ms + GAP_MS > distance:
                self.find(cue.line, f'the count "{word}" takes {ms} ms of {distance:.0f}; make the hold longer')
            begin = _on_frame(start + round(index * distance))
            self.play(begin, ms, utterance)
            self.cues.append(TimedCue("count", begin, begin + ms, word, number))
        self.now = start + whole

    def repetition(self, repetition: Repetition) -> None:
        """Place the cues of a repetition at their times; a late one pushes what follows."""
        begin = max(self.now, self.heard_until + GAP_MS)
        shift = pushed = 0
        culprit: Cue | None = None
        for cue in repetition.cues:
            planned = begin + round((cue.at or 0) * 1000) + shift
            late = max(0, self.heard_until + GAP_MS - planned)
            if cue.kind is CueKind.REST:
                continue  # time is what a repetition has by itself
            culprit = cue if late else culprit
            shift, pushed = shift + late, pushed + late
            self.sound(cue, planned + late, repetition.number)
            if cue.kind is CueKind.HOLD:
                shift += round(cue.seconds * 1000)
        end = begin + round(repetition.seconds * 1000) + shift
        late = max(0, self.heard_until + GAP_MS - end)
        self.now = end + late
        if late and repetition.cues:
            culprit, pushed = repetition.cues[-1], pushed + late
        if culprit is not None:
            self._pushed(repetition, culprit, pushed)

    def _pushed(self, repetition: Repetition, cue: Cue, late_ms: int) -> None:
        room = repetition.seconds * 1000 * MOST_PUSH
        where = f'in {self.score.keys[0]}, repetition {repetition.number}: the cue "{cue.text or cue.kind}"'
        if late_ms > room:
            self.find(
                cue.line,
                f"{where} does not fit: {late_ms} ms too late, {room:.0f} ms is allowed; "
                "give it a later time, shorten the line before it, or make the repetition longer",
                late_ms=late_ms,
            )
        else:
            self.find(cue.line, f"{where} is pushed by {late_ms} ms", error=False, late_ms=late_ms)
