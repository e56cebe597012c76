"""Building again: only what changed is made, and a pack is never broken."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import pytest

from audio.lock import only_one
from audio.voices import EspeakVoice, Readiness, Recording, Voice
from skill.content import Entry, PromptId, Pronunciation
from skill.errors import AudioError, ContentError
from skill.pack import Pack, PackReader, load_pack
from tests.audio.small import build_small, small_content
from tests.processes import unwatched

PROJECT = Path(__file__).resolve().parents[2]
CHANGED = "Ga op je rechterzij liggen."


@dataclass(frozen=True)
class SilentVoice(Voice):
    """A voice that says nothing."""

    name: ClassVar[str] = "espeak"
    summary: ClassVar[str] = "nothing is heard"

    @property
    def fingerprint(self) -> str:
        """Its name."""
        return "silent"

    def readiness(self) -> Readiness:
        """Always ready."""
        return Readiness(True, "ready")

    def speak(self, text: str) -> Recording:
        """A second of digital silence."""
        return Recording(bytes(48_000), 24_000)


@dataclass(frozen=True)
class BrokenVoice(SilentVoice):
    """A voice that errs about itself."""

    @property
    def fingerprint(self) -> str:
        """Its name."""
        return "broken"

    def speak(self, text: str) -> Recording:
        """Sound without a rate."""
        return Recording(bytes(48_000), 0)


def pack_in(packs: Path) -> Pack:
    """The pack that is served."""
    return load_pack(packs / "espeak" / "manifest.json")


def contents(folder: Path) -> dict[str, tuple[int, int]]:
    """Name, size and time of every file that is not hidden."""
    return {one.name: (one.stat().st_size, one.stat().st_mtime_ns) for one in folder.glob("[!.]*")}


def test_nothing_changed_makes_nothing(small_packs: Path) -> None:
    """A second build speaks nothing, mixes nothing and touches no file."""
    before = contents(small_packs / "espeak")
    result, notes = build_small(small_packs)
    assert (result.spoken, result.written, result.changed, notes) == (0, 0, False, [])
    assert contents(small_packs / "espeak") == before


def test_one_changed_line_is_spoken_alone(small_packs: Path) -> None:
    """One other line: one sentence is spoken, the four tracks with it are mixed, the rest stays.

    Here the levels easier and basic sound the same, and share their files.
    """
    result, _ = build_small(small_packs, small_content(CHANGED))
    assert (result.spoken, result.written, result.reused, result.changed) == (1, 4, 6, True)


def test_another_name_of_the_skill_makes_only_what_names_it(small_packs: Path) -> None:
    """Another invocation name or wake word is heard at once, and the files that name neither stay as they were."""
    content = small_content()
    prompts = {**content.prompts}
    intro, stopped = prompts[PromptId.INTRO_FIRST], prompts[PromptId.STOPPED]
    prompts[PromptId.INTRO_FIRST] = replace(intro, cues=(replace(intro.cues[0], text="Welkom bij {invocation}."),))
    prompts[PromptId.STOPPED] = replace(stopped, cues=(replace(stopped.cues[0], text="Zeg later: {wake_word}."),))
    named = replace(content, prompts=prompts)
    build_small(small_packs, named)
    before = load_pack(small_packs / "espeak" / "manifest.json").clips
    result, _ = build_small(small_packs, replace(named, invocation="mijn oefening", wake_word="Computer"))
    after = load_pack(small_packs / "espeak" / "manifest.json").clips
    changed = {key for key in after if after[key].file != before[key].file}
    assert changed == {"small/intro_first", "small/stopped"}
    assert (result.spoken, result.written) == (2, 2)
    assert after["small/intro_first"].text == "Welkom bij mijn oefening."


def test_earlier_pack_can_still_be_read(small_packs: Path) -> None:
    """After a change the pack from before is still found by its id, with all its files."""
    old = pack_in(small_packs)
    build_small(small_packs, small_content(CHANGED))
    found = PackReader(small_packs / "espeak").older(old.id)
    assert found == old
    assert all((small_packs / "espeak" / track.file).exists() for track in old.tracks.values())


def test_superseded_pack_goes_after_a_day(small_packs: Path) -> None:
    """A pack that was superseded more than 24 hours ago is removed at the next build, with its files."""
    old = pack_in(small_packs)
    build_small(small_packs, small_content(CHANGED))
    superseded = old.files - pack_in(small_packs).files
    day_ago = time.time() - 25 * 3600
    for path in (small_packs / "espeak").glob("manifest-*.json"):
        os.utime(path, (day_ago, day_ago + (0 if old.id in path.name else 1)))
    result, _ = build_small(small_packs, small_content(CHANGED))
    assert PackReader(small_packs / "espeak").older(old.id) is None
    assert len(superseded) == 14  # four tracks and what steps of them are spoken
    assert result.removed == len(superseded) + 1  # and a manifest
    assert {path.name for path in (small_packs / "espeak").glob("*.mp3")} == pack_in(small_packs).files


def test_earlier_content_comes_back_without_work(small_packs: Path) -> None:
    """When a change is taken back the files from before are used again."""
    old = pack_in(small_packs)
    build_small(small_packs, small_content(CHANGED))
    result, _ = build_small(small_packs)
    assert (result.spoken, result.written, result.changed, pack_in(small_packs)) == (0, 0, True, old)


def test_same_speech_gives_the_same_bytes(small_packs: Path) -> None:
    """A pack that was removed whole is made again from the cache, byte for byte."""
    old = pack_in(small_packs)
    shutil.rmtree(small_packs / "espeak")
    result, _ = build_small(small_packs)
    assert (result.spoken, pack_in(small_packs)) == (0, old)


def test_damaged_cache_is_reported_and_spoken_again(small_packs: Path) -> None:
    """A cut cache file is found out by its checksum when it is needed; its sentence is spoken again."""
    for path in (small_packs / ".cache" / "espeak").glob("part-*.bin"):
        path.write_bytes(path.read_bytes()[:-10])
    result, notes = build_small(small_packs, small_content(CHANGED))
    assert result.spoken > 1
    assert any("was damaged" in note for note in notes)


def test_damaged_ledger_only_costs_time(small_packs: Path) -> None:
    """Without a readable ledger every file is mixed anew, and the pack is the same."""
    old = pack_in(small_packs)
    (small_packs / ".cache" / "espeak" / "ledger.json").write_text("{", encoding="utf-8")
    result, notes = build_small(small_packs)
    assert (result.spoken, result.written, result.changed, pack_in(small_packs)) == (0, 10, False, old)
    assert "damaged" in notes[0]


def test_missing_file_is_made_anew(small_packs: Path) -> None:
    """A file that somebody removed from the pack is reported and made again."""
    (small_packs / "espeak" / pack_in(small_packs).clips["small/stopped"].file).unlink()
    result, notes = build_small(small_packs)
    assert (result.spoken, result.written, len(notes)) == (0, 1, 1)


def test_cue_that_does_not_fit_leaves_the_pack_alone(small_packs: Path) -> None:
    """Content that cannot be laid out names file and line, and the pack from before stays."""
    old = pack_in(small_packs)
    with pytest.raises(ContentError, match=r"small\.yaml:22: .*does not fit"):
        build_small(small_packs, small_content(second_at=0.5))
    assert pack_in(small_packs) == old


def test_pushed_cue_is_a_warning(small_packs: Path) -> None:
    """A cue that is a little late is pushed, and a note names file and line."""
    _, notes = build_small(small_packs, small_content(second_at=2.6))
    assert any("small.yaml:22: " in note and "is pushed by" in note for note in notes)


def test_silent_voice_is_an_error(small_packs: Path) -> None:
    """A voice without sound is refused by name of the sentence, and the pack from before stays."""
    old = pack_in(small_packs)
    with pytest.raises(AudioError, match="no sound for"):
        build_small(small_packs, voice=SilentVoice())
    assert pack_in(small_packs) == old


def test_other_settings_of_a_voice_are_spoken_anew(tmp_path: Path, small_packs: Path) -> None:
    """A voice with another pitch finds nothing of the earlier one in the cache."""
    first, _ = build_small(tmp_path / "new")
    result, _ = build_small(small_packs, voice=EspeakVoice(pitch=60))
    assert result.spoken == first.spoken > 0


def test_two_builds_at_once(small_packs: Path) -> None:
    """While one build runs, a second one says so and does nothing."""
    with (
        only_one(small_packs / ".cache" / "espeak" / "lock"),
        pytest.raises(AudioError, match=rf"Another build .* \(process {os.getpid()}\)"),
    ):
        build_small(small_packs)


@pytest.mark.skipif(sys.platform == "win32", reason="this system has no limit on the size of a file")
def test_full_disk(tmp_path: Path) -> None:
    """When the disk takes no more, one message says so, the exit status is 1 and there is no half file."""
    script = (
        "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000));"
        f"sys.argv = ['small', {str(tmp_path)!r}]; runpy.run_module('tests.audio.small', run_name='__main__')"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        cwd=PROJECT,
        env=unwatched(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode == 1
    assert "the disk is full" in run.stderr
    assert "Traceback" not in run.stderr
    assert not list(tmp_path.rglob("*.part"))
    assert not (tmp_path / "espeak" / "manifest.json").exists()


def test_pronunciation_changes_what_is_spoken_and_not_the_text(small_packs: Path) -> None:
    """A word that is written in another way for the voice is spoken anew where it is said; the text stays."""
    old = pack_in(small_packs)
    entry = Entry("linkerzij", "linker zij", ("espeak",))
    content = replace(small_content(), pronunciation=Pronunciation((entry,)))
    result, _ = build_small(small_packs, content)
    new = pack_in(small_packs)
    assert (result.spoken, result.written) == (1, 4)
    key = "small/open_book/basic/normal"
    assert new.tracks[key].file != old.tracks[key].file
    assert [cue.text for cue in new.tracks[key].steps[0].cues] == [cue.text for cue in old.tracks[key].steps[0].cues]


def test_pronunciation_of_another_voice_changes_nothing(small_packs: Path) -> None:
    """An entry for another voice makes nothing anew."""
    entry = Entry("linkerzij", "linker zij", ("piper",))
    result, _ = build_small(small_packs, replace(small_content(), pronunciation=Pronunciation((entry,))))
    assert (result.spoken, result.written, result.changed) == (0, 0, False)


def test_pack_that_was_served_stays_a_day_whatever_the_clock_said(small_packs: Path) -> None:
    """A manifest with a time of years ago was served until now: it is superseded from now on, not from then."""
    old = pack_in(small_packs)
    build_small(small_packs, small_content(CHANGED))
    served = pack_in(small_packs)
    folder = small_packs / "espeak"
    os.utime(folder / f"manifest-{served.id}.json", (1000, 1000))
    result, _ = build_small(small_packs, small_content("Ga op je rug liggen."))
    assert result.removed == 0
    for pack in (old, served):
        assert PackReader(folder).older(pack.id) == pack


def test_exchanged_cache_files_are_found_out(small_packs: Path) -> None:
    """Two parts under each other's names do not put the wrong words in a file: both are made again."""
    first, second = sorted((small_packs / ".cache" / "espeak").glob("part-*.bin"))[:2]
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(one)
    old = pack_in(small_packs)
    shutil.rmtree(small_packs / "espeak")
    build_small(small_packs)
    assert pack_in(small_packs) == old


def test_impossible_rate_is_an_error(small_packs: Path) -> None:
    """A voice that says it speaks with no samples a second is refused by name of the sentence."""
    with pytest.raises(AudioError, match="gave 0 samples a second for"):
        build_small(small_packs, voice=BrokenVoice())


def test_damaged_file_of_the_same_size_is_made_anew(small_packs: Path) -> None:
    """A file of the pack that somebody wrote over is found out although its size is right."""
    old = pack_in(small_packs)
    path = small_packs / "espeak" / old.clips["small/stopped"].file
    good = path.read_bytes()
    path.write_bytes(bytes(len(good)))
    later = time.time() + 5
    os.utime(path, (later, later))
    result, notes = build_small(small_packs)
    assert (result.spoken, result.written, len(notes)) == (0, 1, 1)
    assert path.read_bytes() == good
