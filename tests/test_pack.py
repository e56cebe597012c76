"""Reading a pack: its manifest, its places in time, and a manifest that changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from skill.errors import PackError
from skill.pack import PackReader, load_pack

STEP: dict[str, Any] = {"spoken_name": "de houding", "side": None, "transition": False, "cues": []}


def manifest(pack: str = "aaaaaaaa") -> dict[str, Any]:
    """A small manifest of two steps."""
    steps = [
        {**STEP, "id": "position", "start_ms": 0, "end_ms": 20_000},
        {**STEP, "id": "explanation", "start_ms": 20_000, "end_ms": 45_000},
    ]
    track = {"file": "track-1.mp3", "ms": 45_000, "lufs": -15.0, "hash": "1", "steps": steps}
    clip = {"text": "Pauze.", "file": "clip-1.mp3", "ms": 900, "lufs": -15.0, "hash": "1"}
    return {
        "format": 1,
        "voice": "espeak",
        "pack": pack,
        "text_hash": {"r": "x"},
        "clips": {"r/pause_short": clip},
        "tracks": {"r/open_book/basic/normal": track},
    }


def write(folder: Path, content: object, name: str = "manifest.json") -> Path:
    """Write a manifest."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_a_manifest_says_what_it_holds(tmp_path: Path) -> None:
    """Clips and tracks are found by routine and name; what is not there is nothing."""
    pack = load_pack(write(tmp_path, manifest()))
    clip = pack.clip("r", "pause_short")
    assert clip is not None
    assert clip.text == "Pauze."
    assert pack.clip("r", "other") is None
    assert pack.track("r", "open_book", "basic", "calm") is None


@pytest.mark.parametrize(
    ("offset", "step"), [(-5, 0), (0, 0), (19_999, 0), (20_000, 1), (44_999, 1), (45_000, 1), (9_999_999, 1)]
)
def test_an_offset_lies_in_one_step(tmp_path: Path, offset: int, step: int) -> None:
    """A border belongs to the step behind it, and offsets outside the track are clamped."""
    track = load_pack(write(tmp_path, manifest())).track("r", "open_book", "basic", "normal")
    assert track is not None
    assert track.step_index(offset) == step


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "cannot be read"),
        ("[]", "damaged"),
        ("{}", "damaged"),
        ({**manifest(), "format": 99}, "another version"),
        ({**manifest(), "clips": {"x": {}}}, "damaged"),
        ({**manifest(), "tracks": 5}, "damaged"),
    ],
)
def test_a_damaged_manifest_is_one_clear_error(tmp_path: Path, content: object, message: str) -> None:
    """Whatever is wrong with it, the message names the file and what to do."""
    with pytest.raises(PackError, match=message):
        load_pack(write(tmp_path, content))


def test_a_missing_manifest_says_what_to_run(tmp_path: Path) -> None:
    """No audio yet: the message names the script."""
    with pytest.raises(PackError, match=r"generate_audio\.py"):
        PackReader(tmp_path).current()


def test_a_new_manifest_is_read_and_a_broken_one_is_not(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A swap is seen at once; a broken or missing manifest leaves the last good pack in use, and is told of once."""
    write(tmp_path, manifest())
    reader = PackReader(tmp_path)
    assert reader.current().id == "aaaaaaaa"
    write(tmp_path, manifest("bbbbbbbbb"))
    assert reader.current().id == "bbbbbbbbb"
    path = write(tmp_path, "{")
    assert [reader.current().id for _ in range(3)] == ["bbbbbbbbb"] * 3
    assert caplog.text.count("the new audio is not taken") == 1
    path.unlink()
    assert reader.current().id == "bbbbbbbbb"


def test_an_older_pack_is_found_by_its_id(tmp_path: Path) -> None:
    """Earlier manifests stay readable by id; strange ids and missing files give nothing."""
    write(tmp_path, manifest("12345678"), "manifest-12345678.json")
    reader = PackReader(tmp_path)
    older = reader.older("12345678")
    assert older is not None
    assert older.id == "12345678"
    assert reader.older("87654321") is None
    assert reader.older("../../etc") is None
