"""The command line, as a user calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from audio.cli import main
from tests.audio.spoil import keep_only
from tests.processes import unwatched

PROJECT = Path(__file__).resolve().parents[2]


def test_voices_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Every voice stands there with whether it is ready, and below it what it needs."""
    assert main(["voices"]) == 0
    lines = capsys.readouterr().out.splitlines()
    voices = [line.split()[:2] for line in lines if not line.startswith(" ")]
    assert [name for name, _ in voices] == ["espeak", "gtts", "piper", "polly"]
    assert voices[:3] == [["espeak", "ready"], ["gtts", "ready"], ["piper", "not"]]
    assert any(line.startswith(" ") and "RUGOEFENING_PIPER_VOICE" in line for line in lines)


def test_voices_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    """With --json the same is data."""
    assert main(["voices", "--json"]) == 0
    found = {one["voice"]: one for one in json.loads(capsys.readouterr().out)}
    assert [found[name]["ready"] for name in ("espeak", "gtts", "piper")] == [True, True, False]
    assert set(found["piper"]) == {"voice", "summary", "ready", "note", "licence"}


def test_an_option_of_another_voice(capsys: pytest.CaptureFixture[str]) -> None:
    """An option that this voice would ignore is wrong usage."""
    assert main(["build", "--voice", "espeak", "--piper-voice", "x.onnx"]) == 2
    assert capsys.readouterr().err.startswith("--piper-voice is not for the voice espeak")


def test_unknown_voice(capsys: pytest.CaptureFixture[str]) -> None:
    """A voice that does not exist is wrong usage, and the voices are named."""
    assert main(["build", "--voice", "bob"]) == 2
    assert capsys.readouterr().err == "There is no voice 'bob'; the voices are espeak, gtts, piper, polly.\n"


def test_bad_content(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Bad YAML is one message with exit status 1."""
    (tmp_path / "bad.yaml").write_text("id: [", encoding="utf-8")
    assert main(["build", "--routines", str(tmp_path)]) == 1
    assert "bad.yaml" in capsys.readouterr().err


def test_dry_run_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A dry run tells every sentence and file, and leaves no trace."""
    monkeypatch.setenv("RUGOEFENING_PACKS", str(tmp_path / "packs"))
    assert main(["build", "--dry-run", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found["speak"]) > 200
    assert "bovenrug/open_book/basic/normal" in found["mix"]
    assert not (tmp_path / "packs").exists()


def test_nothing_to_do(built_pack: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """On a finished pack a build says so, as text and as data, and a dry run finds nothing."""
    monkeypatch.setenv("RUGOEFENING_PACKS", str(built_pack))
    assert main(["build"]) == 0
    assert "up to date" in capsys.readouterr().out
    assert main(["build", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["spoken"], found["written"], found["changed"]) == (0, 0, False)
    assert main(["build", "--dry-run"]) == 0
    assert capsys.readouterr().out.startswith("0 sentences to speak, 0 files to make")


def test_no_op_loads_nothing_heavy(built_pack: Path) -> None:
    """When nothing changed no library for sound or voices is imported, and no process pool."""
    script = (
        "import sys; from audio.cli import main; main(['build']);"
        "heavy = {'numpy', 'av', 'pydub', 'requests', 'piper', 'onnxruntime', 'boto3', 'multiprocessing'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    environment = {**unwatched(), "RUGOEFENING_PACKS": str(built_pack)}
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines()[-1] == "[]"


def test_check_without_a_pack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where nothing was built the check says what to run."""
    monkeypatch.setenv("RUGOEFENING_PACKS", str(tmp_path))
    assert main(["build", "--check"]) == 1
    assert "scripts/generate_audio.py" in capsys.readouterr().err


def test_check_of_another_content(
    small_packs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pack without the clips of the content is a miss: a table, and exit status 1."""
    monkeypatch.setenv("RUGOEFENING_PACKS", str(small_packs))
    keep_only(small_packs, "small/preparation/basic/normal")
    assert main(["build", "--check", "--jobs", "1"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["rule", "target", "measured"]
    assert any(line.startswith("clips present") and line.endswith("MISS") for line in lines)
    assert main(["build", "--check", "--json", "--jobs", "1"]) == 1
    assert any(not rule["ok"] for rule in json.loads(capsys.readouterr().out))


def test_script_works_from_anywhere(tmp_path: Path, built_pack: Path) -> None:
    """The script finds its project from another folder."""
    environment = {**os.environ, "RUGOEFENING_PACKS": str(built_pack)}
    script = PROJECT / "scripts" / "generate_audio.py"
    run = subprocess.run(
        [sys.executable, str(script), "--dry-run"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert "0 sentences to speak" in run.stdout


def test_disk_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the folder of the packs is a file, one message says so."""
    (tmp_path / "packs").write_text("", encoding="utf-8")
    monkeypatch.setenv("RUGOEFENING_PACKS", str(tmp_path / "packs"))
    assert main(["build"]) == 1
    assert "cannot be written" in capsys.readouterr().err
