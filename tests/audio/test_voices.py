"""What every voice keeps to, and how little a new one is."""

from __future__ import annotations

import inspect
import pickle
import re
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

import pytest

from audio.voices import VOICES
from audio.voices.base import Recording
from skill.errors import AudioError
from skill.pack import MANIFEST, load_pack
from tests.audio import buzz
from tests.audio.small import build_small, small_content
from tests.audio.tiny_piper import tiny_voice

INSTALL = '-m pip install -c constraints.txt -e ".['


@pytest.mark.parametrize("name", VOICES)
def test_a_voice_goes_to_another_process(name: str) -> None:
    """Every voice is found by its name, takes its options, and comes out of a pickle as it went in."""
    kind = VOICES[name]
    options = [one.name for one in kind.options]
    voice = kind.chosen(dict.fromkeys(options, "chosen"))
    assert (kind.name, {getattr(voice, one) for one in options} <= {"chosen"}) == (name, True)
    assert set(options) <= {one.name for one in fields(cast(Any, kind))}
    assert pickle.loads(pickle.dumps(voice)) == voice  # noqa: S301 # what was pickled just now


@pytest.mark.parametrize("name", VOICES)
def test_the_list_names_the_command_for_a_missing_package(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where its package is not found, a voice is not ready and says how to install it."""
    monkeypatch.setattr(inspect.getmodule(VOICES[name]), "find_spec", lambda _: None)
    found = VOICES[name]().readiness()
    assert (found.ready, INSTALL in found.note) == (False, True)


@pytest.mark.parametrize(("name", "package"), [("gtts", "gtts"), ("piper", "piper"), ("polly", "botocore.exceptions")])
def test_a_missing_package_is_one_message(
    name: str, package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A voice that must speak without its package says how to install it."""
    choices = {"piper": {"voice": str(tiny_voice(tmp_path))}}
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(AudioError, match=re.escape(INSTALL)):
        VOICES[name].chosen(choices.get(name, {})).speak("Adem uit.")


def test_a_voice_of_your_own(tmp_path: Path) -> None:
    """A whole new voice is under 60 lines and builds a pack like any other; only what changed is spoken again."""
    assert len(inspect.getsource(buzz).splitlines()) < 60
    first, _ = build_small(tmp_path, voice=buzz.BuzzVoice())
    pack = load_pack(tmp_path / "buzz" / MANIFEST)
    assert first.spoken > 10
    assert all(abs(one.lufs + 15) <= 1 for one in pack.tracks.values())
    again, _ = build_small(tmp_path, small_content("Ga nu rustig zitten."), buzz.BuzzVoice())
    assert again.spoken == 1


def test_an_error_of_a_voice_leaves_the_pack(tmp_path: Path) -> None:
    """A sentence that the new voice cannot say ends the build with its message; the old pack is as it was."""
    build_small(tmp_path, voice=buzz.BuzzVoice())
    before = (tmp_path / "buzz" / MANIFEST).read_bytes()
    with pytest.raises(AudioError, match="no syllable in 'Sst"):
        build_small(tmp_path, small_content("Sst."), buzz.BuzzVoice())
    assert (tmp_path / "buzz" / MANIFEST).read_bytes() == before


class FailingVoice(buzz.BuzzVoice):
    """A voice that loses its engine at one sentence."""

    def speak(self, text: str) -> Recording:
        """Say it, or fail as a library might that knows nothing of AudioError."""
        if text == "Ga nu rustig zitten.":
            raise ConnectionResetError(104, "the engine went away")
        return super().speak(text)


def test_whatever_a_voice_raises_is_one_message(tmp_path: Path) -> None:
    """What the library under a voice raises is told with the voice and the sentence, and is not taken for the disk."""
    build_small(tmp_path, voice=FailingVoice())
    before = (tmp_path / "buzz" / MANIFEST).read_bytes()
    told = "voice buzz failed at 'Ga nu rustig zitten.': ConnectionResetError.*the engine went away"
    with pytest.raises(AudioError, match=told):
        build_small(tmp_path, small_content("Ga nu rustig zitten."), FailingVoice())
    assert (tmp_path / "buzz" / MANIFEST).read_bytes() == before
