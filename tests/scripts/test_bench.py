"""The bench: its parts on the small training, and what it tells a user. No speed is judged here."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from audio.cache import SpeechCache
from audio.voices import EspeakVoice
from scripts.bench_audio import Line, change_word, changes, python, stages_of, table
from scripts.bench_plain import Cost, Plain, plain_way
from skill.content import PROMPTS, ROUTINES, load_content
from tests.audio.small import build_small, small_content
from tests.scripts.running import PROJECT, run_python

BENCH = "scripts/bench.py"
SHARE = 0.3


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small pack; the bench may not change it."""
    folder = tmp_path_factory.mktemp("bench")
    build_small(folder)
    return folder


def test_help_names_the_parts_and_the_sample() -> None:
    """--help tells which parts there are, and how much of the plain way is measured."""
    result = run_python(PROJECT, BENCH, "--help")
    assert result.returncode == 0
    assert "any of: audio, skill, serve, web" in result.stdout
    assert "--plain-share SHARE" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("cooking",),
        ("--json",),
        ("skill", "--json"),
        ("audio", "--plain-share", "0"),
        ("--jobs", "none"),
        ("serve", "--minutes", "0"),
        ("web", "--sessions", "0"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...]) -> None:
    """What cannot be measured is wrong usage, told before anything is measured."""
    result = run_python(PROJECT, BENCH, *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert "bench.py: error:" in result.stderr


def test_a_process_is_measured() -> None:
    """A process is measured with its children: what it printed, its processor time, and the memory of the largest."""
    child = "held = bytearray(80_000_000); print(sum(range(3_000_000)))"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    run = python(["-c", parent], {})
    assert run.output.split() == ["4499998500000"]
    assert run.peak_mb > 80
    assert run.core_seconds > 0


def test_a_process_that_fails_ends_the_bench() -> None:
    """When a build fails, the bench ends and names the command."""
    with pytest.raises(SystemExit, match="exit status 3"):
        python(["-c", "raise SystemExit(3)"], {})


def test_the_changed_words_are_real_ones(tmp_path: Path) -> None:
    """On the real content, each change is one word that a dry run finds in as many files as the table says."""
    routines = Path(shutil.copytree(ROUTINES, tmp_path / "routines"))
    prompts = Path(shutil.copy(PROMPTS, tmp_path / "prompts.yaml"))
    found = changes(load_content(routines=routines, prompts=prompts))
    assert [label for label, _, _ in found][:2] == ["one word changed in a clip", "one word changed in 6 tracks"]
    for _, path, number in found:
        before = path.read_text(encoding="utf-8").split()
        change_word(path, number)
        after = path.read_text(encoding="utf-8").split()
        assert len(before) == len(after)
        assert sum(one != other for one, other in zip(before, after, strict=True)) == 1
    assert load_content(routines=routines, prompts=prompts)


def test_the_plain_way_is_measured(packs: Path) -> None:
    """Without a program, a share of the small training is spoken, levelled, joined and encoded the plain way."""
    plain = plain_way(small_content(), packs, SHARE, ffmpeg=None)
    assert not plain.ffmpeg
    assert plain.sentences > 1
    assert plain.files > 1
    assert min(plain.speaking.seconds, plain.joining.seconds) > 0
    assert plain.repeats > 2  # two exercises' tracks at three levels and two tempos say the same sentences
    assert plain.again.seconds == pytest.approx(plain.joining.seconds + plain.repeats * plain.speaking.seconds)


def test_the_plain_way_runs_a_program(packs: Path, tmp_path: Path) -> None:
    """With a program, it is started once for every sentence, with the filter, and once for every file."""
    log = tmp_path / "log"
    program = tmp_path / "program"
    program.write_text(
        f"#!{sys.executable}\nimport pathlib, shutil, sys\n"
        f"pathlib.Path({str(log)!r}).open('a').write(' '.join(sys.argv[1:]) + '\\n')\n"
        "shutil.copy(sys.argv[5], sys.argv[-1])\n",
        encoding="utf-8",
    )
    program.chmod(0o755)
    plain = plain_way(small_content(), packs, SHARE, ffmpeg=str(program))
    calls = log.read_text(encoding="utf-8").splitlines()
    assert plain.ffmpeg
    assert sum("loudnorm" in one for one in calls) == plain.sentences
    assert sum(one.endswith(".mp3") for one in calls) == plain.files
    assert len(calls) == plain.sentences + plain.files


def test_the_stages_are_measured(packs: Path) -> None:
    """Every stage of a build takes time, the clock is taken off again, and the pack stays as it was."""
    before = {path: path.read_bytes() for path in packs.rglob("*") if path.is_file()}
    speak, keep = EspeakVoice.speak, SpeechCache.keep_part
    stages = stages_of(small_content(), packs, SHARE)
    assert set(stages) > {"speaking", "mastering", "encoding", "decoding", "measuring", "joining"}
    assert min(stages.values()) > 0
    assert (EspeakVoice.speak, SpeechCache.keep_part) == (speak, keep)
    assert {path: path.read_bytes() for path in packs.rglob("*") if path.is_file()} == before


def test_the_table_begins_with_the_ratios() -> None:
    """The table tells first how fast it is beside real time and the plain way; what the check misses is named."""
    cold = Line("cold build", 20.0, 40.0, 130.0, 400, 170, 6000.0)
    plain = Plain(False, 44, 18, Cost(60.0, 60.0), Cost(40.0, 20.0), 4.0)
    check = Line("--check, every file", 9.0, 18.0, 200.0, misses=("true peak (dBFS): a: -1.9",))
    lines = table([cold, check], plain, {"speaking": 10.0, "encoding": 30.0}, 2).splitlines()
    assert lines[0] == (
        "300 x real time, and 5.0 x (2.0 x by core seconds) as fast as the plain way; "
        "14.0 x (6.5 x by core seconds) where it keeps no sentence (on 2 processes)"
    )
    assert lines[3].split() == ["cold", "build", "300", "20.00", "40.0", "130", "400", "170", "6000"]
    assert "The pack has a MISS: true peak (dBFS): a: -1.9" in lines
    assert any("This flatters the plain way." in line for line in lines)
    assert lines[-1].split() == ["encoding", "30.0", "75%"]
