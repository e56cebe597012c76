"""What is served: a content and a pack that fit, also while the owner is editing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from skill.content import Content, load_content
from skill.content.loader import PROMPTS, ROUTINES
from skill.errors import ContentError, PackError
from skill.library import Library
from tests.copies import copied


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    """A copy of the prompts that a test may edit."""
    copy = tmp_path / "nl.yaml"
    shutil.copy(PROMPTS, copy)
    return copy


@pytest.fixture
def library(built_pack: Path, tmp_path: Path, prompts: Path) -> Library:
    """A library on a copy of the real pack and of the prompts."""
    copied(built_pack / "espeak", tmp_path / "espeak")

    def load() -> Content:
        return load_content(prompts=prompts)

    return Library(load, tmp_path / "espeak", "bovenrug")


def swap(library: Library, pack_id: str, said: str | None = None) -> None:
    """Put another manifest in place, in which the short pause line may say something else."""
    path = library.folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["pack"] = pack_id
    if said is not None:
        manifest["clips"]["bovenrug/pause_short"]["text"] = said
    path.write_text(json.dumps(manifest), encoding="utf-8")


def test_an_edit_is_taken_with_its_audio(library: Library, prompts: Path) -> None:
    """New text and the pack made from it come together."""
    text = prompts.read_text(encoding="utf-8")
    prompts.write_text(text.replace('"Pauze. Pijn? Stop dan."', '"Even pauze. Pijn? Stop dan."'), encoding="utf-8")
    swap(library, "11111111", "Even pauze. Pijn? Stop dan.")
    content, pack = library.current()
    assert pack.id == "11111111"
    assert content.clips("bovenrug")["pause_short"].text == "Even pauze. Pijn? Stop dan."


def test_audio_that_does_not_fit_is_not_taken(library: Library, caplog: pytest.LogCaptureFixture) -> None:
    """A pack made from other text leaves the pair that was good, and the log says so once."""
    _, before = library.current()
    swap(library, "22222222", "Iets anders.")
    assert library.current()[1] is before
    assert library.current()[1] is before
    assert caplog.text.count("clip pause_short says something else") == 1


def test_a_mistake_in_the_yaml_stops_nobody(library: Library, prompts: Path) -> None:
    """While the owner's file is broken, the pair that was good goes on; after mending the new one is taken."""
    _, before = library.current()
    text = prompts.read_text(encoding="utf-8")
    prompts.write_text("prompts: [", encoding="utf-8")
    swap(library, "33333333")
    assert library.current()[1] is before
    prompts.write_text(text, encoding="utf-8")
    swap(library, "44444444")
    assert library.current()[1].id == "44444444"


def test_broken_content_is_told_at_the_start(library: Library, prompts: Path) -> None:
    """Nothing is served from a file that cannot be read."""
    prompts.write_text("prompts: [", encoding="utf-8")
    with pytest.raises(ContentError):
        Library(lambda: load_content(prompts=prompts), library.folder, "bovenrug")


def test_a_changed_exercise_without_its_audio_is_refused(built_pack: Path, tmp_path: Path) -> None:
    """A pack that says another warning than the text is no pack for it: the old safety line is never played."""
    routines = Path(shutil.copytree(ROUTINES, tmp_path / "routines"))
    path = routines / "bovenrug.yaml"
    text = path.read_text(encoding="utf-8")
    said = "De rechterkant, vijf keer. Draai zover als het prettig is."
    assert said in text
    path.write_text(text.replace(said, "De rechterkant, vijf keer. Stop bij elke pijn."), encoding="utf-8")
    with pytest.raises(PackError, match=r"track open_book \(easier, normal\) says something else than the text"):
        Library(lambda: load_content(routines=routines), built_pack / "espeak", "bovenrug")


def test_text_that_changes_no_sound_is_taken_when_asked(library: Library, prompts: Path) -> None:
    """The pack is as it was, but the line numbers are others; a mistake in the text leaves the pair that was good."""
    before = library.current()[0].prompts["pause_short"].line
    text = prompts.read_text(encoding="utf-8")
    prompts.write_text(f"# another line\n{text}", encoding="utf-8")
    assert library.current()[0].prompts["pause_short"].line == before
    library.renew()
    assert library.current()[0].prompts["pause_short"].line == before + 1
    prompts.write_text("words: [", encoding="utf-8")
    with pytest.raises(ContentError):
        library.renew()
    assert library.current()[0].prompts["pause_short"].line == before + 1
