"""The voice gtts, against a local server that speaks its protocol."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from audio.voices import GttsVoice
from skill.errors import AudioError
from skill.pack import load_pack
from tests.audio.small import build_small, small_content
from tests.audio.speech_server import SpeechServer


def voice(url: str, **settings: float) -> GttsVoice:
    """The voice with waits that suit a test."""
    return GttsVoice(url=url, pause=0, backoff=0.01, **settings)  # type: ignore[arg-type]  # attempts is whole


def test_speaks(speech_server: SpeechServer) -> None:
    """The text goes out as gTTS packs it, and speech comes back."""
    recording = voice(speech_server.url).speak("Ga rustig liggen.")
    assert speech_server.texts == ["Ga rustig liggen."]
    assert recording.rate == 24_000
    assert 0.8 < recording.seconds < 4


def test_long_sentence_goes_in_parts(speech_server: SpeechServer) -> None:
    """What is over a hundred characters is asked for in parts and joined."""
    once = voice(speech_server.url).speak("Kort.").seconds
    twice = voice(speech_server.url).speak("Dit is een lange zin over je rug, " * 4).seconds
    assert len(speech_server.texts) > 2
    assert twice > 1.9 * once


@pytest.mark.parametrize("mood", ["429", "500", "503", "cut", "garbage", "empty"])
def test_bad_moment_is_waited_out(speech_server: SpeechServer, mood: str) -> None:
    """Too many requests, a failing server, a cut or senseless answer: it is asked again."""
    speech_server.moods = [mood, mood, "ok"]
    assert voice(speech_server.url).speak("Rustig.").seconds > 0.4
    assert len(speech_server.texts) == 3


def test_slow_answer_is_waited_for(speech_server: SpeechServer) -> None:
    """A slow answer within the limit is used; over the limit it is asked again."""
    speech_server.moods = ["slow", "slow", "ok"]
    assert voice(speech_server.url).speak("Rustig.").seconds > 0.4
    assert voice(speech_server.url, timeout=0.3).speak("Rustig.").seconds > 0.4
    assert len(speech_server.texts) == 3


@pytest.mark.parametrize(("mood", "reason"), [("429", "429"), ("garbage", "garbled"), ("empty", "no sound")])
def test_bad_day_is_an_error_with_a_way_out(speech_server: SpeechServer, mood: str, reason: str) -> None:
    """A server that stays bad is given up with its reason and what to do instead."""
    speech_server.moods = [mood]
    with pytest.raises(AudioError, match=rf"gave up after 3 attempts.*{reason}.*--voice espeak"):
        voice(speech_server.url, attempts=3).speak("Rustig.")


def test_no_network() -> None:
    """Where nothing answers, the message asks about the network and names the way out."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{trial.getsockname()[1]}"
    with pytest.raises(AudioError, match=r"Is there a network.*--voice espeak"):
        voice(nowhere).speak("Rustig.")


def test_build_goes_on_where_it_stopped(speech_server: SpeechServer, tmp_path: Path) -> None:
    """A build that was cut off keeps what was fetched; the next one asks only for the rest."""
    speech_server.moods = [*["ok"] * 5, "429"]
    with pytest.raises(AudioError, match=r"5 of .* sentences were fetched and are kept"):
        build_small(tmp_path, voice=voice(speech_server.url, attempts=2))
    first, speech_server.moods = set(speech_server.texts[:5]), ["ok"]
    speech_server.texts.clear()
    result, _ = build_small(tmp_path, voice=voice(speech_server.url))
    assert not first & set(speech_server.texts)
    assert result.spoken >= len(first | set(speech_server.texts)) == len(first) + len(speech_server.texts)
    pack = load_pack(tmp_path / "gtts" / "manifest.json")
    assert all(abs(one.lufs + 15) <= 1 for one in pack.tracks.values())


def test_changed_line_is_fetched_alone(speech_server: SpeechServer, tmp_path: Path) -> None:
    """After one other line, one request is made."""
    build_small(tmp_path, voice=voice(speech_server.url))
    speech_server.texts.clear()
    build_small(tmp_path, small_content("Ga nu rustig zitten."), voice=voice(speech_server.url))
    assert speech_server.texts == ["Ga nu rustig zitten."]
