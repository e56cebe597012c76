"""The build: content in, pack out, making only what is not there yet."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from audio.cache import speech_ms
from audio.lock import only_one
from audio.plan import Plan, ledger_path, make_plan
from audio.pool import Pool
from audio.progress import Progress
from audio.publish import Ledger, manifest_of, publish, remove_old
from audio.score import Utterance
from audio.tasks import Made, MixJob, MixTask, SpeakTask
from audio.timeline import Finding, lay_out
from audio.voices.base import Voice
from skill.content import Content
from skill.errors import AudioError, ContentError

_FULL_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_SMALL_SPEECH, _SMALL_MIX_MS = 12, 90_000
"""Less work than this is done in this process: starting others costs more."""
Item = TypeVar("Item")
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
                new = _mix(plan, pool, _lay_out(plan, lengths, note))
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
        plan.shop.cache.forget_unused(plan.utterances)
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
        pcm = cache.speech(utterance)
        if pcm is not None:
            lengths[utterance] = speech_ms(pcm)
            continue
        if cache.speech_path(utterance).exists():
            note(f"{cache.speech_path(utterance)} was damaged; its sentence is spoken again")
        absent.append(utterance)
    if plan.shop.voice.remote:
        _fetch(plan, absent)
    with _progress("speaking", len(absent)) as progress:
        batches = _batches(absent, 8)
        for utterance, ms in pool.run(SpeakTask(plan.shop), batches, small=len(absent) <= _SMALL_SPEECH):
            lengths[utterance] = ms
            progress.advance()
    return lengths, len(absent)


def _fetch(plan: Plan, absent: Sequence[Utterance]) -> None:
    """Let a voice on the network speak, one sentence at a time; what came is kept even when a later one fails."""
    cache = plan.shop.cache
    texts = [text for text in dict.fromkeys(one.text for one in absent) if cache.recording(text) is None]
    with _progress("fetching", len(texts)) as progress:
        for index, text in enumerate(texts):
            try:
                cache.keep_recording(text, plan.shop.voice.speak(text))
            except AudioError as error:
                kept = f"{index} of {len(texts)} sentences were fetched and are kept; run again to go on."
                raise AudioError(f"{error}\n{kept}") from error
            progress.advance()


def _lay_out(plan: Plan, lengths: dict[Utterance, int], note: Note) -> list[MixJob]:
    jobs: list[MixJob] = []
    findings: list[Finding] = []
    for digest in plan.missing:
        score = plan.scores[digest]
        timeline, found = lay_out(score, lengths.__getitem__)
        findings += found
        jobs.append(MixJob(digest, score.keys[0], timeline, score.track))
    for warning in _worst(one for one in findings if not one.error):
        note(warning)
    if errors := _worst(one for one in findings if one.error):
        raise ContentError("Some cues do not fit:", errors)
    return jobs


def _worst(findings: Iterator[Finding]) -> list[str]:
    """One line for every place in the YAML: that of the level and tempo where it is worst."""
    worst: dict[tuple[str, int], Finding] = {}
    for one in findings:
        known = worst.get((one.file, one.line))
        if known is None or one.late_ms > known.late_ms:
            worst[(one.file, one.line)] = one
    return [f"{file}:{line}: {one.message}" for (file, line), one in sorted(worst.items())]


def _mix(plan: Plan, pool: Pool, jobs: list[MixJob]) -> dict[str, Made]:
    whole = sum(job.timeline.ms for job in jobs)
    longest_first = sorted(jobs, key=lambda job: -job.timeline.ms)
    long = [[job] for job in longest_first if job.track]
    short = _batches([job for job in longest_first if not job.track], 8)
    made: dict[str, Made] = {}
    with _progress("mixing", whole) as progress:
        for job, one in pool.run(MixTask(plan.shop), [*long, *short], small=whole <= _SMALL_MIX_MS):
            made[job.digest] = one
            progress.advance(job.timeline.ms)
    return made


@contextmanager
def _progress(label: str, total: float) -> Iterator[Progress]:
    progress = Progress(label, total)
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
