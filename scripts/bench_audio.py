"""The part ``audio`` of bench.py: how fast the audio is made, beside the plain way, and where the time goes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from audio import finish, mix, mp3, work
from audio.cache import SpeechCache
from audio.plan import make_plan
from audio.score import Utterance, scores
from audio.voices import EspeakVoice
from scripts.bench_plain import Cost, Plain, letters, plain_way, sample, timelines
from skill.content import PROMPTS, ROUTINES, Content, load_content
from skill.settings import PROJECT

NO_OPS = 5
_BUSY = 0.5
"""With so much load for every processor before it begins, wall clock says little."""
_COLUMNS = (
    ("", 33),
    ("x real time", 12),
    ("seconds", 9),
    ("core s", 8),
    ("MB", 6),
    ("sentences", 11),
    ("files", 7),
    ("sound (s)", 11),
)
_WATCHED = (
    "import json, resource, subprocess, sys, time;"
    "started = time.perf_counter();"
    "run = subprocess.run([sys.executable, *sys.argv[1:]], stdout=subprocess.PIPE, text=True);"
    "seconds = time.perf_counter() - started;"
    "used = resource.getrusage(resource.RUSAGE_CHILDREN);"
    "peak = used.ru_maxrss / (1024 if sys.platform != 'darwin' else 1024 ** 2);"
    "print(json.dumps([seconds, used.ru_utime + used.ru_stime, peak])); print(run.stdout); sys.exit(run.returncode)"
)


@dataclass(frozen=True)
class Run:
    """One finished process with its children."""

    seconds: float
    """Wall clock."""
    core_seconds: float
    """Processor time of all of them together."""
    peak_mb: float
    """The most memory that one of them held (MB)."""
    output: str


@dataclass(frozen=True)
class Line:
    """One line of the table: what was done, and what it took."""

    label: str
    seconds: float
    core_seconds: float
    peak_mb: float
    spoken: int = 0
    written: int = 0
    sound_seconds: float = 0.0
    """Sound in the files that were made (s)."""
    misses: tuple[str, ...] = ()
    """What the check found wrong in the pack."""


def audio(*, jobs: int, share: float, as_json: bool) -> None:
    """Measure the build of the real content with espeak, and print it as a table or as data."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = _builds(folder, jobs)
        content, cold = load_content(), lines[0]
        plain = plain_way(content, folder / "cold", share, shutil.which("ffmpeg"))
        stages = {**stages_of(content, folder / "cold", share), "starting processes": _starting(jobs)}
    stages["all else"] = max(0.0, cold.core_seconds - sum(stages.values()))
    if as_json:
        figures = {
            "jobs": jobs,
            "processors": os.cpu_count(),
            "load_before": load,
            "real_time": cold.sound_seconds / cold.seconds,
            "times_plain": plain.kept.seconds / cold.seconds,
            "times_plain_core_seconds": plain.kept.core_seconds / cold.core_seconds,
            "builds": [asdict(line) for line in lines],
            "plain": {**asdict(plain), "kept": asdict(plain.kept), "again": asdict(plain.again)},
            "core_seconds": stages,
        }
        print(json.dumps(figures, indent=1))
        return
    if load > _BUSY * (os.cpu_count() or 1):
        print(f"This machine was busy before it began (load {load:.1f}): trust core seconds more than wall clock.")
    print(table(lines, plain, stages, jobs))


def python(arguments: Sequence[str], surroundings: Mapping[str, str], *, fine: int = 0) -> Run:
    """Run this Python as a process of its own. Ends the program when that fails; its errors were printed.

    An exit status up to ``fine`` is no failure.
    """
    watched = subprocess.run(
        [sys.executable, "-c", _WATCHED, *arguments],
        cwd=PROJECT,
        env={**os.environ, **surroundings},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if not 0 <= watched.returncode <= fine:
        raise SystemExit(f"python {' '.join(arguments)} ended with exit status {watched.returncode}")
    measured, _, output = watched.stdout.partition("\n")
    seconds, core_seconds, peak_mb = json.loads(measured)
    return Run(seconds, core_seconds, peak_mb, output)


def table(lines: Sequence[Line], plain: Plain, stages: Mapping[str, float], jobs: int) -> str:
    """All that was measured, ratios first; ``lines`` begins with the cold build."""
    cold = lines[0]
    how = "one ffmpeg a sentence and a file" if plain.ffmpeg else "loudnorm and LAME in this process"
    told = [
        f"{cold.sound_seconds / cold.seconds:.0f} x real time, "
        f"and {_faster(plain.kept, cold)} as fast as the plain way; "
        f"{_faster(plain.again, cold)} where it keeps no sentence (on {jobs} processes)",
        "",
        "".join(title.rjust(width) for title, width in _COLUMNS),
        *(_row(line) for line in lines),
        *(
            _row(Line(label, cost.seconds, cost.core_seconds, 0, cold.spoken, cold.written, cold.sound_seconds))
            for label, cost in (("the plain way", plain.kept), ("the plain way, no sentence kept", plain.again))
        ),
        "",
        *(f"The pack has a MISS: {miss}" for line in lines for miss in line.misses),
        "MB is that of the largest process; core s is the processor time of all processes together.",
        f"The plain way: {how}; scaled up from {plain.sentences} sentences ({plain.speaking.seconds:.1f} s) and "
        f"{plain.files} files ({plain.joining.seconds:.1f} s). A sentence is said {plain.repeats:.1f} times.",
    ]
    if not plain.ffmpeg:
        told.append("No ffmpeg is on the PATH: without the start of a program a sentence. This flatters the plain way.")
    told += ["", "Where the core seconds of the cold build go:"]
    whole = sum(stages.values())
    told += [f"  {name:<34}{seconds:>8.1f}  {seconds / whole:>4.0%}" for name, seconds in stages.items()]
    return "\n".join(told)


def _faster(plain: Cost, cold: Line) -> str:
    return f"{plain.seconds / cold.seconds:.1f} x ({plain.core_seconds / cold.core_seconds:.1f} x by core seconds)"


def _row(line: Line) -> str:
    pace = f"{line.sound_seconds / line.seconds:.0f}" if line.written else ""
    memory = f"{line.peak_mb:.0f}" if line.peak_mb else ""
    sound = f"{line.sound_seconds:.0f}" if line.written else ""
    made = (memory, str(line.spoken or ""), str(line.written or ""), sound)
    cells = (line.label.ljust(_COLUMNS[0][1]), pace, f"{line.seconds:.2f}", f"{line.core_seconds:.1f}", *made)
    return "".join(cell.rjust(width) for cell, (_, width) in zip(cells, _COLUMNS, strict=True))


def _builds(folder: Path, jobs: int) -> list[Line]:
    """The cold build (its packs stay in ``cold``), the no-op, three changed words, and the check."""
    routines = Path(shutil.copytree(ROUTINES, folder / "routines"))
    prompts = Path(shutil.copy(PROMPTS, folder / "prompts.yaml"))
    command = ["-m", "audio", "build", "--voice", "espeak", "--json", "--jobs", str(jobs)]
    command += ["--routines", str(routines), "--prompts", str(prompts)]

    def build(label: str, packs: str) -> Line:
        run = python(command, {"RUGOEFENING_PACKS": str(folder / packs)})
        found = json.loads(run.output)
        made = found["spoken"], found["written"], found["seconds_written"]
        return Line(label, run.seconds, run.core_seconds, run.peak_mb, *made)

    lines = [build("cold build", "cold")]
    no_ops = [build(f"nothing changed (best of {NO_OPS})", "cold") for _ in range(NO_OPS)]
    lines.append(min(no_ops, key=lambda one: one.seconds))
    check = python([*command, "--check"], {"RUGOEFENING_PACKS": str(folder / "cold")}, fine=1)
    misses = [f"{one['rule']}: {'; '.join(one['misses'][:2])}" for one in json.loads(check.output) if not one["ok"]]
    shutil.copytree(folder / "cold", folder / "changed")
    for label, path, number in changes(load_content(routines=routines, prompts=prompts)):
        change_word(path, number)
        lines.append(build(label, "changed"))
    return [*lines, Line("--check, every file", check.seconds, check.core_seconds, check.peak_mb, misses=tuple(misses))]


def changes(content: Content) -> list[tuple[str, Path, int]]:
    """A line of one clip, the longest line in most tracks, and the line in most files: label, YAML file and line."""
    texts: dict[tuple[str, int], int] = {}
    clips, tracks = Counter[tuple[str, int]](), Counter[tuple[str, int]]()
    for score in scores(content):
        spoken = {(score.file, cue.line): len(cue.text) for cue in score.cues if cue.text.count(" ") > 2}
        texts.update(spoken)
        (tracks if score.track else clips).update(spoken.keys())
    every = clips + tracks
    found = {
        "one word changed in a clip": next(place for place, count in clips.items() if count == 1),
        "one word changed in {} tracks": max(tracks, key=lambda place: (tracks[place], texts[place])),
        "one word changed in {} files": max(every, key=lambda place: every[place]),
    }
    return [(label.format(every[place]), PROJECT / place[0], place[1]) for label, place in found.items()]


def change_word(path: Path, number: int) -> None:
    """Change the last word that stands between two others in this line of a YAML file (counted from 1)."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    before, text, after = lines[number - 1].split('"', 2)
    changed = re.sub(r"^(.*) [^\W\d]+ ", r"\1 nu ", text)
    lines[number - 1] = f'{before}"{changed}"{after}'
    path.write_text("".join(lines), encoding="utf-8")


def stages_of(content: Content, packs: Path, share: float) -> dict[str, float]:
    """Core seconds of a cold build by stage: all joins anew from the finished pack's parts, and a share of the parts.

    In one process, with a clock around the functions that do the work; ``packs`` stays as it is.
    """
    plan = make_plan(content, EspeakVoice(), packs)
    with tempfile.TemporaryDirectory() as name:
        desk = finish.Workbench(replace(plan.shop, folder=Path(name)))
        with _watched() as joined:
            for timeline in timelines(plan):
                desk.make(desk.levelled(timeline), "", track=bool(timeline.steps))
        spoken = sorted((one for one in desk.parts if isinstance(one, Utterance)), key=lambda one: len(one.text))
        chosen = sample(spoken, share)
        shop = replace(plan.shop, cache=replace(plan.shop.cache, folder=Path(name)))
        work.make(shop, chosen[0])  # what is only slow the first time
        with _watched() as made:
            for one in chosen:
                work.make(shop, one)
        started = time.process_time()
        for other in desk.parts.keys() - set(spoken):
            work.make(shop, other)
        others = time.process_time() - started
    scale = letters(spoken) / letters(chosen)
    return {**{stage: joined[stage] + made[stage] * scale for stage in joined}, "tones and pads, all of it": others}


@contextmanager
def _watched() -> Iterator[dict[str, float]]:
    """Core seconds by stage while it lasts. A stage inside another counts as itself only."""
    places: dict[str, tuple[tuple[Any, str], ...]] = {
        "speaking": ((EspeakVoice, "speak"),),
        "mastering": ((work, "prepare"), (work, "level"), (work, "hold_peaks"), (mix, "over_room")),
        "encoding": ((mp3, "encode"),),
        "decoding": ((mp3, "decode"),),
        "measuring": tuple((work, name) for name in ("loudness", "true_peak", "energies", "bands", "pressed")),
        "joining": ((finish, "join"),),
        "reading and writing": ((SpeechCache, "part"), (SpeechCache, "keep_part"), (finish, "write_whole")),
    }
    spent = dict.fromkeys(places, 0.0)
    with ExitStack() as stack:
        for stage, functions in places.items():
            for owner, name in functions:
                stack.callback(setattr, owner, name, getattr(owner, name))
                setattr(owner, name, _timed(getattr(owner, name), stage, spent))
        yield spent


def _timed(function: Callable[..., Any], stage: str, spent: dict[str, float]) -> Callable[..., Any]:
    def timed(*arguments: Any, **named: Any) -> Any:
        inner, started = sum(spent.values()), time.process_time()
        try:
            return function(*arguments, **named)
        finally:
            spent[stage] += time.process_time() - started - (sum(spent.values()) - inner)

    return timed


def _starting(jobs: int) -> float:
    """Core seconds that processes need before they can work: the build itself and its workers."""
    code = "import audio.work; from audio.voices import EspeakVoice; EspeakVoice().speak('Ja.')"
    return python(["-c", code], {}).core_seconds * (1 if jobs == 1 else 1 + jobs)
