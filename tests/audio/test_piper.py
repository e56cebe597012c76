"""The voice piper, with a tiny real model through the real package."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest

from audio.cli import main
from audio.voices import PiperVoice
from skill.errors import AudioError
from skill.pack import MANIFEST, load_pack
from tests.audio.small import build_small, small_content
from tests.audio.tiny_piper import RATE, tiny_voice

SENTENCE = "Ga rustig op je linkerzij liggen."
CARD = "# Model card for tiny (low)\n\n* Language: nl_NL\n\n## Dataset\n\n* **License:** CC0 1.0\n* URL: none\n"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A Dutch voice file."""
    return tiny_voice(tmp_path / "voices")


def test_speaks(model: Path) -> None:
    """Words become phonemes, ids and sound at the rate of the model, and more words last longer."""
    short, long = (PiperVoice(str(model)).speak(text) for text in ("Adem uit.", SENTENCE))
    assert short.rate == RATE
    assert 0.4 < short.seconds < long.seconds < 4
    assert np.abs(np.frombuffer(long.pcm, np.int16)).mean() > 2000


def test_two_sentences_are_joined(model: Path) -> None:
    """What piper gives sentence by sentence is one recording."""
    voice = PiperVoice(str(model))
    together = voice.speak(f"{SENTENCE} Adem uit.").seconds
    assert together == pytest.approx(voice.speak(SENTENCE).seconds + voice.speak("Adem uit.").seconds, abs=0.01)


def test_speaks_calmer_than_the_model(tmp_path: Path) -> None:
    """Every sound is a tenth longer than the voice's own description asks for."""
    quick = {"noise_scale": 0.667, "length_scale": 0.8, "noise_w": 0.8}
    voice = str(tiny_voice(tmp_path, inference=quick))
    plain = PiperVoice(voice, slowness=1.0).speak(SENTENCE).seconds
    assert PiperVoice(voice).speak(SENTENCE).seconds == pytest.approx(1.1 * plain, rel=0.01)
    usual = PiperVoice(str(tiny_voice(tmp_path / "usual")), slowness=1.0).speak(SENTENCE).seconds
    assert plain == pytest.approx(0.8 * usual, rel=0.01)


def test_builds_a_pack(model: Path, tmp_path: Path) -> None:
    """The small training is made whole; after that, one other line is spoken alone."""
    packs = tmp_path / "packs"
    first, _ = build_small(packs, voice=PiperVoice(str(model)))
    pack = load_pack(packs / "piper" / MANIFEST)
    assert all(abs(one.lufs + 15) <= 1 for one in pack.tracks.values())
    changed, _ = build_small(packs, small_content("Ga nu rustig zitten."), PiperVoice(str(model)))
    assert (first.spoken > 10, changed.spoken) == (True, 1)


def test_fingerprint_is_of_the_content(model: Path, tmp_path: Path) -> None:
    """The same files elsewhere are the same voice; another model, description or tempo is another one."""
    voice = PiperVoice(str(model))
    assert PiperVoice(str(tiny_voice(tmp_path / "moved", "other-name"))).fingerprint == voice.fingerprint
    assert PiperVoice(str(model), slowness=1.2).fingerprint != voice.fingerprint
    before = voice.fingerprint
    tiny_voice(model.parent, num_symbols=200)
    assert voice.fingerprint != before
    tiny_voice(model.parent, pitch=180.0)
    assert voice.fingerprint != before


def no_file(model: Path) -> None:
    """The voice file is gone."""
    model.unlink()


def no_description(model: Path) -> None:
    """The description beside it is gone."""
    model.with_name(f"{model.name}.json").unlink()


def cut_description(model: Path) -> None:
    """The description is half there."""
    path = model.with_name(f"{model.name}.json")
    path.write_text(path.read_text(encoding="utf-8")[:100], encoding="utf-8")


def list_as_description(model: Path) -> None:
    """The description is JSON of another kind."""
    model.with_name(f"{model.name}.json").write_text('["nl"]', encoding="utf-8")


def poor_description(model: Path) -> None:
    """The description lacks what the engine needs."""
    tiny_voice(model.parent, audio={})


def odd_description(model: Path) -> None:
    """The description is of another shape."""
    tiny_voice(model.parent, phoneme_id_map={"_": [0]})


def german(model: Path) -> None:
    """The model is German."""
    tiny_voice(model.parent, language={"code": "de_DE", "family": "de"}, espeak={"voice": "de"})


def old_english(model: Path) -> None:
    """The description is an old one, which names the voice of espeak only."""
    tiny_voice(model.parent, language={}, espeak={"voice": "en-us"})


def unnamed(model: Path) -> None:
    """The description names no language at all."""
    tiny_voice(model.parent, language={}, espeak={})


def no_model(model: Path) -> None:
    """The voice file is something else."""
    model.write_bytes(b"<html>404</html>")


def other_model(model: Path) -> None:
    """The model is real and no voice: it wants other inputs."""
    inputs = [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1])]
    outputs = [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1])]
    node = onnx.helper.make_node("Abs", ["x"], ["y"])
    graph = onnx.helper.make_graph([node], "other", inputs, outputs)
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8), model)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (no_file, ("finds no file", "nl_NL-tiny-low.onnx", "--piper-voice FILE")),
        (no_description, ("nl_NL-tiny-low.onnx.json cannot be read", "beside its .onnx")),
        (cut_description, ("nl_NL-tiny-low.onnx.json is damaged", "fetch the voice again")),
        (list_as_description, ("is damaged",)),
        (poor_description, ("lacks what piper needs", "sample_rate")),
        (odd_description, ("could not say",)),
        (german, ("speaks de, not Dutch", "Choose a Dutch one")),
        (old_english, ("speaks en, not Dutch",)),
        (unnamed, ("an unnamed language",)),
        (no_model, ("no voice that piper can load", "Fetch the voice again")),
        (other_model, ("could not say",)),
    ],
)
def test_what_cannot_speak_is_one_message(
    harm: Callable[[Path], None],
    words: tuple[str, ...],
    model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A voice file that is missing, damaged or not Dutch ends with status 1 and a way out, and the pack stays."""
    manifest = tmp_path / "packs" / "piper" / MANIFEST
    manifest.parent.mkdir(parents=True)
    manifest.write_text("the pack that was there", encoding="utf-8")
    harm(model)
    monkeypatch.setenv("RUGOEFENING_PACKS", str(tmp_path / "packs"))
    assert main(["build", "--voice", "piper", "--piper-voice", str(model), "--jobs", "1"]) == 1
    told = capsys.readouterr().err
    assert [word for word in words if word not in told] == []
    assert manifest.read_text(encoding="utf-8") == "the pack that was there"


def test_no_file_chosen() -> None:
    """Without a file the message says how to choose one."""
    with pytest.raises(AudioError, match=r"needs a voice file.*--piper-voice FILE or RUGOEFENING_PIPER_VOICE"):
        PiperVoice().speak(SENTENCE)


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    """What ``audio voices --json`` says of piper."""
    assert main(["voices", "--json", *arguments]) == 0
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return next(one for one in found if one["voice"] == "piper")


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        (CARD, "licence of the voice file: CC0 1.0"),
        ("License: MIT\nLicence: CC BY 4.0\nlicense: MIT\n", "licence of the voice file: MIT; CC BY 4.0"),
        ("# Model card\n\n* License:\n* Speakers: 1\n", "licence unknown"),
        (None, "licence unknown"),
    ],
)
def test_licence_is_shown(card: str | None, licence: str, model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The list of voices and every build tell the licence of the voice file, or that it is unknown."""
    if card is not None:
        (model.parent / "MODEL_CARD").write_text(card, encoding="utf-8")
    assert str(listed(capsys, "--piper-voice", str(model))["licence"]).startswith(licence)
    assert main(["build", "--voice", "piper", "--piper-voice", str(model), "--dry-run"]) == 0
    assert f"piper: {licence}" in capsys.readouterr().err


def test_the_setting_chooses_the_file(
    model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without an option the voice file is that of RUGOEFENING_PIPER_VOICE; without both piper is not ready."""
    needs = listed(capsys)
    assert needs["ready"] is False
    assert "RUGOEFENING_PIPER_VOICE" in str(needs["note"])
    monkeypatch.setenv("RUGOEFENING_PIPER_VOICE", str(model))
    found = listed(capsys)
    assert found["ready"] is True
    assert str(model) in str(found["note"])
