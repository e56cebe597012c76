"""One self-contained page to hear and see a training: players, waveforms, steps, texts, measurements, findings.

The sound stands in the page as base64, in blocks that a browser does not read before they are needed.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from audio import mp3
from audio.listen.choice import Choice, track_title
from audio.listen.findings import Measured, pace_of, sound_findings, track_findings
from audio.loudness import RATE, Samples, loudness, true_peak
from audio.score import Score, scores
from skill.content import Level, Tempo
from skill.content.prompt_ids import prompt_of
from skill.library import missing
from skill.pack import PackClip, Track

BUCKETS = 900
"""So many peaks draw the waveform of a track."""
_LEVELS = {Level.EASIER: "makkelijker", Level.BASIC: "basis", Level.HARDER: "zwaarder"}
_TEMPOS = {Tempo.NORMAL: "gewoon", Tempo.CALM: "rustig"}
_PARTS = {"page": "preview_page.html", "style": "preview_page.css", "script": "preview_page.js"}
_PLACE = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True)
class Waveform:
    """What is drawn of a track, as amplitudes from 0 to 100."""

    peaks: list[int]
    levels: list[int]
    """RMS."""


@dataclass
class _Sounds:
    """The files that the page needs, each read and measured once."""

    choice: Choice
    encoded: dict[str, bytes] = field(default_factory=dict)
    measured: dict[str, Measured] = field(default_factory=dict)
    drawn: dict[str, Waveform] = field(default_factory=dict)
    """The waveforms of the tracks: those of clips are not shown."""

    def add(self, entry: PackClip | Track) -> Measured:
        """What was measured of a file."""
        if entry.file not in self.measured:
            encoded = self.choice.sound(entry)
            heard = mp3.decode(encoded)
            found = Measured(len(heard) * 1000 // RATE, round(loudness(heard), 1), round(true_peak(heard), 1))
            self.encoded[entry.file] = base64.b64encode(encoded)
            self.measured[entry.file] = found
            if isinstance(entry, Track):
                self.drawn[entry.file] = waveform(heard)
        return self.measured[entry.file]


def preview(choice: Choice, *, everything: bool = False) -> bytes:
    """The page of a training; ``everything`` embeds all levels and tempos of the routine.

    The same pack and text give the same page. Raises PackError or AudioError when a file is missing or damaged.
    """
    sounds = _Sounds(choice)
    by_key = {key: score for score in scores(choice.content) for key in score.keys}
    shown = [(level, tempo) for level in Level for tempo in Tempo] if everything else [(choice.level, choice.tempo)]
    data = {
        "title": choice.routine.title,
        "voice": choice.pack.voice,
        "pack": choice.pack.id,
        "reviewed_by": choice.routine.reviewed_by,
        "misfits": list(missing(choice.content, choice.pack, choice.routine_id)),
        "chosen": shown.index((choice.level, choice.tempo)),
        "trainings": [_training(choice, level, tempo, sounds, by_key) for level, tempo in shown],
        "clips": list(_clips(choice, sounds)),
    }
    return render(data, sounds.encoded)


def render(data: Mapping[str, Any], encoded: Mapping[str, bytes]) -> bytes:
    """The page around its data and its sound (base64, by file name); as bytes, for a text would hold twice as many."""
    parts = {name: Path(__file__).with_name(file).read_text(encoding="utf-8") for name, file in _PARTS.items()}
    filled = {
        "title": html.escape(data["title"]),
        "style": parts["style"],
        "script": parts["script"],
        "style_hash": _source_hash(parts["style"]),
        "script_hash": _source_hash(parts["script"]),
        "data": json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
    }
    halves = parts["page"].split("{{sounds}}")
    before, after = (_PLACE.sub(lambda place: filled[place[1]], half).encode() for half in halves)
    sounds = (
        (f'<script type="text/plain" id="{html.escape(file)}">'.encode(), sound, b"</script>\n")
        for file, sound in encoded.items()
    )
    return b"".join([before, *chain.from_iterable(sounds), after])


def waveform(heard: Samples) -> Waveform:
    """The peak and the level of each of ``BUCKETS`` equal stretches."""
    starts = np.linspace(0, len(heard), BUCKETS, endpoint=False).astype(np.intp)
    sizes = np.diff([*starts, len(heard)])
    levels = np.sqrt(np.add.reduceat(np.square(heard, dtype=np.float64), starts) / sizes)
    return Waveform(_percent(np.maximum.reduceat(np.abs(heard), starts)), _percent(levels))


def _percent(amplitudes: npt.NDArray[np.floating]) -> list[int]:
    return [round(100 * min(1.0, float(one))) for one in amplitudes]


def _training(
    choice: Choice, level: Level, tempo: Tempo, sounds: _Sounds, by_key: Mapping[str, Score]
) -> dict[str, Any]:
    tracks = [
        (track_id, track)
        for track_id in choice.routine.track_ids
        if (track := choice.pack.track(choice.routine_id, track_id, level, tempo))
    ]
    return {
        "level": level,
        "tempo": tempo,
        "label": f"niveau {_LEVELS[level]}, tempo {_TEMPOS[tempo]}",
        "tracks": [
            _track(track_title(choice.routine, track_id), track, sounds, by_key.get(track.key))
            for track_id, track in tracks
        ],
    }


def _track(title: str, track: Track, sounds: _Sounds, score: Score | None) -> dict[str, Any]:
    measured = sounds.add(track)
    pace = pace_of([cue for step in track.steps for cue in step.cues])
    findings = [*sound_findings(measured, track=True), *track_findings(track, score)]
    return {
        "title": title,
        "key": track.key,
        "file": track.file,
        **asdict(measured),
        "pace": round(pace) if pace else None,
        **asdict(sounds.drawn[track.file]),
        "steps": [asdict(step) for step in track.steps],
        "findings": [asdict(one) for one in findings],
    }


def _clips(choice: Choice, sounds: _Sounds) -> Iterator[dict[str, Any]]:
    safety = {key for key, clip in choice.content.clips(choice.routine_id).items() if clip.safety}
    prefix = f"{choice.routine_id}/"
    for path, clip in sorted(choice.pack.clips.items(), key=lambda pair: _natural(pair[0])):
        if path.startswith(prefix):
            key = path.removeprefix(prefix)
            measured = sounds.add(clip)
            yield {
                "key": key,
                "prompt": prompt_of(key),
                "text": clip.text,
                "file": clip.file,
                **asdict(measured),
                "safety": key in safety,
                "findings": [one.text for one in sound_findings(measured, track=False)],
            }


def _natural(key: str) -> list[tuple[int, str]]:
    """A sorting key that puts 2 before 10."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", key)]


def _source_hash(text: str) -> str:
    """How a Content-Security-Policy names the one script or style that it allows."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
