"""Checking a finished pack: is everything there, and does it sound as it should?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audio.pool import Pool
from audio.score import Score, scores
from audio.timeline import LONGEST_CLIP_MS, SHORTEST_TRACK_MS
from skill.content import Content, CueKind
from skill.pack import MANIFEST, Pack, PackClip, TimedCue, Track, load_pack

if TYPE_CHECKING:
    from audio.check_file import FileJob, FileReport

CUE_MS = 30
NAMED = 5
"""So many misses of one rule are named."""


@dataclass(frozen=True)
class Rule:
    """One line of the table: a rule with what was measured."""

    rule: str
    target: str
    measured: str
    ok: bool
    misses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Measured:
    """A file with its entries in the manifest."""

    entry: PackClip | Track
    report: FileReport


def check(content: Content, folder: Path, *, jobs: int = 2) -> list[Rule]:
    """Measure every file of a pack and compare it with the content. Raises PackError when there is no pack."""
    pack = load_pack(folder / MANIFEST)
    wanted = scores(content)
    every: list[PackClip | Track] = [*pack.clips.values(), *pack.tracks.values()]
    entries = {one.file: one for one in every}
    with Pool(jobs) as pool:
        files = [_job(folder, one) for one in entries.values()]
        batches = [files[start : start + 8] for start in range(0, len(files), 8)]
        measured = [
            Measured(entries[job.path.name], report)
            for job, report in pool.run(_measure, batches, small=len(files) < 4)
        ]
    return [*_presence(pack, wanted), *_texts(content, pack, wanted), *_sound(measured)]


def _measure(batch: Sequence[FileJob]) -> list[FileReport]:
    from audio.check_file import measure  # noqa: PLC0415 # heavy: loads where the work is done

    return measure(batch)


def _job(folder: Path, entry: PackClip | Track) -> FileJob:
    from audio.check_file import FileJob  # noqa: PLC0415 # heavy

    return FileJob(folder / entry.file, tuple(_spoken(entry)) if isinstance(entry, Track) else ())


def _spoken(track: Track) -> list[TimedCue]:
    return [cue for step in track.steps for cue in step.cues if cue.kind in ("say", "count")]


def _presence(pack: Pack, wanted: Sequence[Score]) -> list[Rule]:
    rules = []
    for name, track, there in (("clips", False, pack.clips.keys()), ("tracks", True, pack.tracks.keys())):
        keys = [key for score in wanted if score.track is track for key in score.keys]
        misses = [key for key in keys if key not in there]
        rules.append(_rule(f"{name} present", str(len(keys)), f"{len(keys) - len(misses)}", misses))
    return rules


def _texts(content: Content, pack: Pack, wanted: Sequence[Score]) -> list[Rule]:
    misses = [
        f"{name}: the safety text is another"
        for name in content.routines
        if pack.text_hash.get(name) != content.safety_hash(name)
    ]
    for score in wanted:
        said = [cue.text for cue in score.cues if cue.kind is CueKind.SAY]
        for key in score.keys:
            if score.track and key in pack.tracks:
                there = [cue.text for cue in _spoken(pack.tracks[key]) if cue.kind == "say"]
            elif not score.track and key in pack.clips:
                there, said = [pack.clips[key].text], [score.text]
            else:
                continue
            if there != said:
                misses.append(f"{key}: says something else than the content")
    return [_rule("text as in the content", "all", "all" if not misses else f"{len(misses)} differ", misses)]


def _sound(measured: Sequence[Measured]) -> list[Rule]:
    readable = [one for one in measured if not one.report.problem]
    clips = [one for one in readable if isinstance(one.entry, PackClip)]
    tracks = [one for one in readable if isinstance(one.entry, Track)]
    broken = [f"{one.report.path.name}: {one.report.problem}" for one in measured if one.report.problem]
    return [
        _rule("files decode", str(len(measured)), str(len(readable)), broken),
        _each("mono, 24 kHz, CBR 48 kbit/s, no header", "all", readable, lambda one: one.report.plain, None),
        _each(
            "loudness (LUFS)",
            "-15 ± 1",
            readable,
            lambda one: abs(one.report.lufs + 15) <= 1,
            lambda one: one.report.lufs,
        ),
        _each("true peak (dBFS)", "≤ -2", readable, lambda one: one.report.peak <= -1.95, lambda one: one.report.peak),
        _each(
            "clip length (s)",
            f"≤ {LONGEST_CLIP_MS // 1000}",
            clips,
            lambda one: one.report.ms <= LONGEST_CLIP_MS,
            lambda one: one.report.ms / 1000,
        ),
        _each(
            "track length (s)",
            f"≥ {SHORTEST_TRACK_MS // 1000}",
            tracks,
            lambda one: one.report.ms >= SHORTEST_TRACK_MS,
            lambda one: one.report.ms / 1000,
        ),
        _each(
            "length as in the manifest (ms)",
            "± 1",
            readable,
            lambda one: abs(one.report.ms - one.entry.ms) <= 1,
            lambda one: one.report.ms - one.entry.ms,
        ),
        _each(
            "spoken cues begin on time (ms)",
            f"± {CUE_MS}",
            tracks,
            lambda one: one.report.cue_error_ms <= CUE_MS,
            lambda one: one.report.cue_error_ms,
        ),
        _each("steps follow each other", "all", tracks, lambda one: _contiguous(one.entry), None),
    ]


def _contiguous(entry: PackClip | Track) -> bool:
    if not isinstance(entry, Track):
        return True
    borders = [0, *(step.end_ms for step in entry.steps)]
    starts = [step.start_ms for step in entry.steps]
    return starts == borders[:-1] and borders[-1] == entry.ms


def _each(
    rule: str,
    target: str,
    files: Sequence[Measured],
    good: Callable[[Measured], bool],
    value: Callable[[Measured], float] | None,
) -> Rule:
    misses = [one for one in files if not good(one)]
    if value is None:
        return _rule(rule, target, f"{len(files) - len(misses)} of {len(files)}", [one.entry.key for one in misses])
    values = sorted(value(one) for one in files)
    measured = f"{values[0]:.4g} … {values[-1]:.4g}" if values else "none"
    return _rule(rule, target, measured, [f"{one.entry.key}: {value(one):.4g}" for one in misses])


def _rule(rule: str, target: str, measured: str, misses: Sequence[str]) -> Rule:
    return Rule(rule, target, measured, not misses, tuple(misses))


def table(rules: Sequence[Rule]) -> str:
    """The rules as a table, each miss below its rule."""
    head = ("rule", "target", "measured")
    widths = [
        max(len(row[column]) for row in [head, *((r.rule, r.target, r.measured) for r in rules)]) for column in range(3)
    ]
    lines = ["  ".join(text.ljust(width) for text, width in zip(head, widths, strict=True))]
    for rule in rules:
        cells = (rule.rule, rule.target, rule.measured)
        row = "  ".join(text.ljust(width) for text, width in zip(cells, widths, strict=True))
        lines.append(f"{row}  {'ok' if rule.ok else 'MISS'}")
        lines += [f"    {miss}" for miss in rule.misses[:NAMED]]
        if len(rule.misses) > NAMED:
            lines.append(f"    and {len(rule.misses) - NAMED} more")
    return "\n".join(lines)
