"""Ways to spoil one file of a pack, in its sound or in what the manifest says of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from audio import mp3
from audio.loudness import RATE, Samples
from audio.master import to_pcm
from audio.mix import CONTEXT
from audio.part import FRAME_MS
from skill.pack import TimedCue, Track, load_pack

MS = RATE // 1000
QUIET = 0.02
"""An amplitude over that of room tone."""
Manifest = dict[str, Any]


@dataclass(frozen=True)
class Bench:
    """A pack of which one file is kept, to be spoiled."""

    packs: Path
    key: str

    @property
    def track(self) -> Track:
        """Its entry in the manifest."""
        return load_pack(self.packs / "espeak" / "manifest.json").tracks[self.key]

    @property
    def path(self) -> Path:
        """The file."""
        return self.packs / "espeak" / self.track.file

    def cue(self, kind: str, index: int = 0) -> TimedCue:
        """One of its cues."""
        return [cue for step in self.track.steps for cue in step.cues if cue.kind == kind][index]

    def change(self, spoil: Callable[[Samples], None]) -> None:
        """Decode, change the samples in place, and encode the frames that hold them again: all stays where it was."""
        raw = self.path.read_bytes()
        before = mp3.decode(raw)
        sound = np.array(before)
        spoil(sound)
        frames = len(sound) // mp3.FRAME
        changed = np.flatnonzero(sound != before) // mp3.FRAME
        quiet = np.flatnonzero(np.abs(before).reshape(frames, mp3.FRAME).max(axis=1) < QUIET)
        # joined in room tone, as in a build; a sample is heard from the frame before its own to the one behind
        first = int(quiet[quiet < changed[0] - 1].max(initial=0))
        last = int(quiet[quiet > changed[-1] + 1].min(initial=frames))
        start = max(0, first - CONTEXT)
        made = mp3.encode(to_pcm(sound[mp3.DELAY + start * mp3.FRAME : mp3.DELAY + (last + CONTEXT) * mp3.FRAME]))
        found = made[(first - start) * mp3.FRAME_BYTES : (last - start) * mp3.FRAME_BYTES]
        self.frames(first * FRAME_MS, found)

    def frames(self, start_ms: int, frames: bytes) -> None:
        """Put other frames in its place from a moment on."""
        raw, first = self.path.read_bytes(), start_ms // FRAME_MS * mp3.FRAME_BYTES
        self.path.write_bytes(raw[:first] + frames + raw[first + len(frames) :])

    def cut(self, start_ms: int, end_ms: int) -> bytes:
        """Its frames between two moments."""
        return self.path.read_bytes()[start_ms // FRAME_MS * mp3.FRAME_BYTES : end_ms // FRAME_MS * mp3.FRAME_BYTES]

    def tell(self, spoil: Callable[[Manifest], None]) -> None:
        """Change what the manifest says of it."""
        path = self.packs / "espeak" / "manifest.json"
        manifest = json.loads(path.read_text(encoding="utf-8"))
        spoil(manifest["tracks"][self.key])
        path.write_text(json.dumps(manifest), encoding="utf-8")


def keep_only(packs: Path, *keys: str, clip: str = "") -> None:
    """Leave only these tracks and this clip in the manifest: the rest need not be measured again."""
    path = packs / "espeak" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["tracks"] = {key: manifest["tracks"][key] for key in keys}
    manifest["clips"] = {key: value for key, value in manifest["clips"].items() if key == clip}
    path.write_text(json.dumps(manifest), encoding="utf-8")


def at(sound: Samples, start_ms: int, end_ms: int) -> Samples:
    """A stretch of the sound itself."""
    return sound[start_ms * MS : end_ms * MS]


def louder(bench: Bench) -> None:
    """All of it 1.6 dB louder."""

    def spoil(sound: Samples) -> None:
        sound *= 1.2

    bench.change(spoil)


def soft_line(bench: Bench) -> None:
    """One line 2 dB softer."""
    cue = bench.cue("say", 1)

    def spoil(sound: Samples) -> None:
        at(sound, cue.start_ms, cue.end_ms)[:] *= 0.8

    bench.change(spoil)


def click(bench: Bench) -> None:
    """One sample in room tone that is far off."""
    cue = bench.cue("say", 1)

    def spoil(sound: Samples) -> None:
        sound[(cue.start_ms - 150) * MS] = 0.3

    bench.change(spoil)


def nothing_there(bench: Bench) -> None:
    """Digital silence for a quarter of a second, in the middle of a rest."""
    bench.frames(
        bench.cue("rest").start_ms + 3000, mp3.encode(np.zeros(10 * mp3.FRAME, np.int16))[: 12 * mp3.FRAME_BYTES]
    )


def hum(bench: Bench) -> None:
    """A soft hum of 90 ms shortly before a cue."""
    cue = bench.cue("say", 1)

    def spoil(sound: Samples) -> None:
        piece = at(sound, cue.start_ms - 270, cue.start_ms - 180)
        piece += 0.03 * np.hanning(len(piece)) * np.sin(np.arange(len(piece)) * 2 * np.pi * 200 / RATE)

    bench.change(spoil)


def no_pad(bench: Bench) -> None:
    """The rest has room tone only."""
    cue, quiet = bench.cue("rest"), bench.cut(24, 240)
    count = (cue.end_ms - cue.start_ms - 600) // (len(quiet) // mp3.FRAME_BYTES * 24)
    bench.frames(cue.start_ms + 200, quiet * count)


def early_sentence(bench: Bench) -> None:
    """The second sentence of a line comes 240 ms earlier."""
    cue = bench.cue("say", 1)

    def spoil(sound: Samples) -> None:
        line = at(sound, cue.start_ms, cue.end_ms)
        level = np.square(line[: len(line) // 120 * 120]).reshape(-1, 120).mean(axis=1)
        quiet = np.flatnonzero(np.convolve(level < 10**-4.4, np.ones(100), mode="valid") == 100)[0]
        middle = (int(quiet) + 50) * 120
        line[middle : -240 * MS] = line[middle + 240 * MS :].copy()

    bench.change(spoil)


def short_tone(bench: Bench) -> None:
    """A tone fades away within a tenth of a second."""
    cue = bench.cue("tone")

    def spoil(sound: Samples) -> None:
        piece = at(sound, cue.start_ms, cue.end_ms)
        piece *= np.clip(1 - np.arange(len(piece)) / (RATE / 10), 0.0005, 1)

    bench.change(spoil)


def hard_tone(bench: Bench) -> None:
    """A tone starts at full strength."""
    cue = bench.cue("tone")

    def spoil(sound: Samples) -> None:
        piece = at(sound, cue.start_ms - 10, cue.end_ms)
        piece[:] = 0.15 * np.sin(np.arange(len(piece)) * 2 * np.pi * 523 / RATE)

    bench.change(spoil)


def broken_tone(bench: Bench) -> None:
    """A tone jumps in the middle."""
    cue = bench.cue("tone")

    def spoil(sound: Samples) -> None:
        sound[(cue.start_ms + 90) * MS] = 0.9

    bench.change(spoil)


def gone(bench: Bench) -> None:
    """There is no such file."""
    bench.path.unlink()


def garbage(bench: Bench) -> None:
    """It is no MP3."""
    bench.path.write_bytes(b"this is no sound")


def header(bench: Bench) -> None:
    """Its first frame is a header that some players count as sound and others leave out."""
    raw = bench.path.read_bytes()
    bench.path.write_bytes(raw[:13] + b"Info" + raw[17:])


def lost_step(bench: Bench) -> None:
    """The file of one of its steps is gone."""
    (bench.path.parent / bench.track.steps[0].file).unlink()


def endless_step(track: Manifest) -> None:
    """A step is longer than an answer may be."""
    track["steps"][-1]["end_ms"] += 240_000


def half(bench: Bench) -> None:
    """It ends after forty seconds."""
    bench.path.write_bytes(bench.cut(0, 40_008))


def same_tones(bench: Bench) -> None:
    """The tone to go is that for the end of a rest."""
    other, go = bench.cue("tone", 0), bench.cue("tone", 1)
    bench.frames(go.start_ms - 48, bench.cut(other.start_ms - 48, other.start_ms + 576))


def shorten(kind: str, step: int, seconds: float) -> Callable[[Manifest], None]:
    """In a step, the first cue of this kind ends earlier."""

    def spoil(track: Manifest) -> None:
        next(cue for cue in track["steps"][step]["cues"] if cue["kind"] == kind)["end_ms"] -= round(seconds * 1000)

    return spoil


def move(kind: str, step: int, ms: int, index: int = 0) -> Callable[[Manifest], None]:
    """In a step, one cue of this kind has another time."""

    def spoil(track: Manifest) -> None:
        cue = [one for one in track["steps"][step]["cues"] if one["kind"] == kind][index]
        cue["start_ms"] += ms
        cue["end_ms"] += ms

    return spoil


def drop(kind: str, step: int) -> Callable[[Manifest], None]:
    """In a step, no cue of this kind stands there."""

    def spoil(track: Manifest) -> None:
        cues = track["steps"][step]["cues"]
        track["steps"][step]["cues"] = [cue for cue in cues if cue["kind"] != kind]

    return spoil


def one_repetition(track: Manifest) -> None:
    """On the left side the second repetition is taken for the first."""
    for cue in track["steps"][3]["cues"]:
        cue["repetition"] = cue["repetition"] and 1


def torn(track: Manifest) -> None:
    """A step begins later than the one before it ends."""
    track["steps"][1]["start_ms"] += 10


def other_length(track: Manifest) -> None:
    """The file is said to be longer."""
    track["ms"] += 24


def other_line(track: Manifest) -> None:
    """A line is said to be another one."""
    track["steps"][0]["cues"][0]["text"] = "Iets anders."


def as_json(track: Track) -> str:
    """The steps of a track as they stand in the manifest."""
    return json.dumps([asdict(step) for step in track.steps])
