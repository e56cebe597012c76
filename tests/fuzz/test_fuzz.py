"""The program ``scripts/fuzz.py`` and its targets, each for a moment."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from scripts import fuzz
from scripts.fuzz_app import Finding
from scripts.fuzz_model import ByteRandom
from scripts.fuzz_run import Tally
from scripts.fuzz_targets import TARGETS
from scripts.fuzz_yaml import TRAPS, YamlReader, small_file


@pytest.fixture
def quiet() -> Iterator[None]:
    """Leaves the log as it was before an application was under fire."""
    root = logging.getLogger()
    before = root.handlers, root.level
    yield
    root.handlers, root.level = before


@pytest.mark.no_cover  # the targets measure CPU time
@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("name", TARGETS)
def test_every_target_takes_inputs_and_finds_nothing(name: str, built_pack: Path, tmp_path: Path) -> None:
    """Some inputs for each target, from examples and from chance: nothing goes wrong."""
    chance = Random(7)  # noqa: S311  # to be repeatable is what it is for
    armed = TARGETS[name].arm(built_pack, tmp_path)
    for data in (*armed.corpus[:5], *(chance.randbytes(300) for _ in range(5))):
        assert armed.attack(data) >= 0
    armed.last()


def test_the_program_counts_its_inputs(built_pack: Path, tmp_path: Path) -> None:
    """A run of the program: as many inputs as asked for, figures as data, no file of a finding, exit status 0."""
    command = [sys.executable, fuzz.__file__, "--engine", "random", "--target", "token", "--inputs", "700", "--json"]
    command += ["--packs", str(built_pack), "--findings", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, list(tmp_path.iterdir())) == (0, []), done.stderr
    report = json.loads(done.stdout)["token"]
    assert (report["inputs"], report["findings"]) == (700, {})
    assert report["max_ms"] > 0


def test_a_finding_is_saved_by_its_smallest_input(tmp_path: Path) -> None:
    """Two inputs that go wrong in the same way are one finding, counted twice, with the shorter input kept."""

    def attack(data: bytes) -> float:
        if b"!" in data:
            raise Finding(f"{len(data)} bytes")
        return 1.0

    tally = Tally(tmp_path, "token")
    for data in (b"good", b"a long one!", b"!", b"another!"):
        tally.attack(attack, data)
    report = tally.report()
    assert (report["inputs"], list(report["findings"].values())) == (4, [3])
    assert [path.read_bytes() for path in tmp_path.glob("*.bin")] == [b"!"]
    assert "1 bytes" in next(tmp_path.glob("*.txt")).read_text()


def test_one_file_can_be_tried_again(built_pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--replay`` gives one saved input to its target."""
    saved = tmp_path / "saved.bin"
    saved.write_bytes(b"v1:a:b:c")
    asked = ["--target", "token", "--replay", str(saved), "--packs", str(built_pack), "--findings", str(tmp_path)]
    assert fuzz.main(asked) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[:2] == ["token", "1"]


def test_the_same_seed_gives_the_same_inputs(built_pack: Path, tmp_path: Path) -> None:
    """Chance that comes from bytes repeats itself, and is used up to the first choice."""
    data = Random(5).randbytes(60)  # noqa: S311  # to be repeatable is what it is for
    first, second = (small_file(ByteRandom(data)) for _ in range(2))
    assert first == second
    assert ByteRandom(b"").choice("abc") == "a"


@pytest.mark.parametrize("arguments", [["--inputs", "0"], ["--target", "x"], ["--replay", "nowhere"]])
def test_wrong_usage(arguments: list[str]) -> None:
    """What cannot be asked is told, with exit status 2."""
    with pytest.raises(SystemExit) as ended:
        fuzz.main(arguments)
    assert ended.value.code == 2


def test_without_a_pack_there_is_nothing_to_fuzz(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without a pack is named, with exit status 1."""
    assert fuzz.main(["--engine", "random", "--packs", str(tmp_path)]) == 1
    assert str(tmp_path) in capsys.readouterr().err


@pytest.mark.no_cover  # CPU time is measured
@pytest.mark.parametrize("trap", TRAPS)
def test_every_trap_of_yaml_is_refused_with_a_reason(tmp_path: Path, trap: str) -> None:
    """Bombs, anchors, tags, odd numbers and odd signs: a list of problems within 50 ms, and nothing else."""
    YamlReader(tmp_path).small(trap.encode("utf-8", "surrogatepass"))
