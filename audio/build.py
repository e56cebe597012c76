"""The build: content in, pack out, making only what is not there yet."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from audio.lock import only_one
from audio.plan import Plan, ledger_path, make_plan
from audio.pool import Pool
from audio.progress import Progress
from audio.publish import Ledger, manifest_of, publish, remove_old
from audio.score import Utterance
from audio.tasks import ROOM, Made, MakeTask
from audio.timeline import Finding, Source, Timeline, lay_out
from audio.voices.base import Voice
from skill.content import Content
from skill.errors import AudioError, ContentError

_FULL_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FEW = 12
"""So few parts are made in this process: starting others costs more."""
Item = TypeVar("Item")
Kind = TypeVar("Kind", bound=Source)
Note = Callable[[str], None]


@dataclass(frozen=True)
class Result:
    """What a build did."""

    voice: str
    pack: str
    changed: bool
    """Whether the pack became another one."""
    spoken: int
    """Utterances that were spoken anew."""
    written: int
    """Files that were mixed anew."""
    reused: int
    """Files that stayed as they were."""
    removed: int
    """Files of packs that were superseded more than a day ago."""
    seconds_written: float
    """Sound in the files that were mixed anew (s)."""
    seconds: float
    """How long the build took (s)."""


def build(content: Content, voice: Voice, packs: Path, *, jobs: int = 2, note: Note = print) -> Result:
    """Make the pack of a voice, or what is missing of it; ``note`` is told what the user should know.

    Raises AudioError (voice, cache, disk, a build that is running) and ContentError (cues that do not
    fit, all together); then the pack that was there is as it was.
    """
    started = time.monotonic()
    folder = packs / voice.name
    with _disk(packs):
        folder.mkdir(parents=True, exist_ok=True)
        with only_one(packs / ".cache" / voice.name / "lock"):
            plan = make_plan(content, voice, packs)
            for one in plan.notes:
                note(one)
            with Pool(jobs) as pool:
                lengths, spoken = _speak(plan, pool, note)
                timelines = _lay_out(plan, lengths, note)
                _make_absent(plan, pool, "sounds", timelines)
                new = _join(plan, pool, timelines)
            return _finish(plan, new, spoken, started)


def _finish(plan: Plan, new: dict[str, Made], spoken: int, started: float) -> Result:
    made = {**plan.made, **new}
    found = {digest: (score, made[digest]) for digest, score in plan.scores.items()}
    manifest = manifest_of(plan.content, plan.shop.voice.name, found)
    if new:
        known = Ledger.read(ledger_path(plan.shop)).made
        here = {digest: one for digest, one in known.items() if (plan.shop.folder / one.file).exists()}
        Ledger({**here, **made}).write(ledger_path(plan.shop))
    changed = publish(plan.shop.folder, manifest)
    removed = remove_old(plan.shop.folder, manifest["pack"])
    if new:
        plan.shop.cache.forget_unused(plan.shop.files([ROOM, *plan.utterances]))
    return Result(
        voice=plan.shop.voice.name,
        pack=manifest["pack"],
        changed=changed,
        spoken=spoken,
        written=len(new),
        reused=len(plan.made),
        removed=len(removed),
        seconds_written=round(sum(one.ms for one in new.values()) / 1000, 1),
        seconds=round(time.monotonic() - started, 2),
    )


def _speak(plan: Plan, pool: Pool, note: Note) -> tuple[dict[Utterance, int], int]:
    """The length (ms) of every utterance that is needed; speaks those that are not in the cache."""
    cache = plan.shop.cache
    lengths: dict[Utterance, int] = {}
    absent: list[Utterance] = []
    for utterance in plan.needed:
        part = cache.part(plan.shop.key(utterance))
        if part is not None:
            lengths[utterance] = part.ms
            continue
        path = cache.part_path(plan.shop.key(utterance))
        if path.exists():
            note(f"{path} was damaged; its sentence is spoken again")
        absent.append(utterance)
    if plan.shop.voice.remote:
        _fetch(plan, absent)
    return {**lengths, **dict(_make(plan, pool, "speaking", absent))}, len(absent)


def _make_absent(plan: Plan, pool: Pool, label: str, timelines: Mapping[str, Timeline]) -> None:
    """Make what these timelines need and the cache lacks: tones, pads, room tone, and speech at another level."""
    wanted = {sound.source for one in timelines.values() for sound in one.sounds}
    every = sorted({ROOM, *wanted} if timelines else (), key=repr)
    absent = [one for one in every if plan.shop.cache.part(plan.shop.key(one)) is None]
    for _ in _make(plan, pool, label, absent):
        pass


def _make(plan: Plan, pool: Pool, label: str, absent: Sequence[Kind]) -> Iterator[tuple[Kind, int]]:
    with _progress(label, len(absent)) as progress:
        for one in pool.run(MakeTask(plan.shop), _batches(absent, 8), small=len(absent) <= _FEW):
            yield one
            progress.advance()


def _fetch(plan: Plan, absent: Sequence[Utterance]) -> None:
    """Let a voice on the network speak, one sentence at a time; what came is kept even when a later one fails."""
    shop = plan.shop
    every = {shop.cache.recording_path(shop.spoken(one.text)): one for one in absent}
    wanted = [one for one in every.values() if shop.cache.recording(shop.spoken(one.text)) is None]
    if not wanted:
        return
    from audio.work import fetch  # noqa: PLC0415 # heavy: a build without work needs it not

    with _progress("fetching", len(wanted)) as progress:
        for index, one in enumerate(wanted):
            try:
                fetch(shop, one)
            except AudioError as error:
                if not index:
                    raise
                kept = f"{index} of {len(wanted)} sentences were fetched and are kept; run again to go on."
                raise AudioError(f"{error}\n{kept}") from error
            progress.advance()


def _lay_out(plan: Plan, lengths: dict[Utterance, int], note: Note) -> dict[str, Timeline]:
    """The timeline of every file that must be made, by digest. Raises ContentError when cues do not fit."""
    timelines: dict[str, Timeline] = {}
    findings: list[Finding] = []
    for digest in plan.missing:
        timelines[digest], found = lay_out(plan.scores[digest], lengths.__getitem__)
        findings += found
    for warning in _worst(one for one in findings if not one.error):
        note(warning)
    if errors := _worst(one for one in findings if one.error):
        raise ContentError("The text cannot be laid out in time:", errors)
    return timelines


def _worst(findings: Iterator[Finding]) -> list[str]:
    """One line for every place in the YAML: that of the level and tempo where it is worst."""
    worst: dict[tuple[str, int], Finding] = {}
    for one in findings:
        known = worst.get((one.file, one.line))
        if known is None or one.late_ms > known.late_ms:
            worst[(one.file, one.line)] = one
    return [f"{file}:{line}: {one.message}" for (file, line), one in sorted(worst.items())]


def _join(plan: Plan, pool: Pool, timelines: Mapping[str, Timeline]) -> dict[str, Made]:
    if not timelines:
        return {}
    from audio.finish import Workbench  # noqa: PLC0415 # heavy: a build without work needs it not

    bench = Workbench(plan.shop)
    levelled = {digest: bench.levelled(timeline) for digest, timeline in timelines.items()}
    _make_absent(plan, pool, "levelling", levelled)
    made: dict[str, Made] = {}
    with _progress("joining", len(levelled)) as progress:
        for digest, timeline in levelled.items():
            score = plan.scores[digest]
            made[digest] = bench.make(timeline, score.keys[0], track=score.track)
            progress.advance()
    return made


@contextmanager
def _progress(label: str, total: float) -> Iterator[Progress]:
    progress = Progress(label, total)
    if total:
        progress.advance(0)
    try:
        yield progress
    finally:
        progress.close()


def _batches(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


@contextmanager
def _disk(packs: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = error.filename or packs
        if error.errno in _FULL_DISK:
            raise AudioError(
                f"{where}: the disk is full ({error.strerror}). Make room and run again; "
                "the pack that was there is as it was."
            ) from error
        raise AudioError(f"{where}: cannot be written ({error.strerror}); check the folder and its rights") from error
