"""In production an answer that breaks a rule of Alexa never leaves: a safe one takes its place."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from skill.alexa.contract import check
from skill.alexa.token import encode
from skill.coach import Stream
from skill.content import Level, Tempo
from skill.pack import load_pack
from skill.settings import Settings
from skill.web import create_app
from tests.envelopes import event, intent, launch, playing

GOODBYE = {"version": "1.0", "response": {"shouldEndSession": True}}
NOTHING: dict[str, Any] = {"version": "1.0", "response": {}}


def let_in(headers: Mapping[str, str], body: bytes) -> None:
    """Every request is taken for one of Alexa."""


def client_of(packs: Path, folder: Path, public_url: str = "https://rug.example") -> FlaskClient:
    """The application in production; the verifier lets everything in."""
    settings = Settings(
        environment="production",
        public_url=public_url,
        skill_id="amzn1.ask.skill.test",
        id_key="k" * 32,
        packs=packs,
        database=folder / "db",
    )
    return create_app(settings, verifier=let_in).test_client()


def told(client: FlaskClient, envelope: dict[str, Any]) -> dict[str, Any]:
    """The answer, which keeps every rule."""
    response = client.post("/alexa", json=envelope)
    assert response.status_code == 200
    found: dict[str, Any] = response.get_json()
    assert check(envelope, found) == []
    return found


@pytest.fixture
def spoilt(built_pack: Path, tmp_path: Path) -> Path:
    """A pack in which some clips have a name that is too long for Alexa."""
    shutil.copytree(built_pack / "espeak", tmp_path / "packs" / "espeak", ignore=shutil.ignore_patterns("*.mp3"))
    path = tmp_path / "packs" / "espeak" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for key in manifest["clips"]:
        if key.startswith(("bovenrug/intro", "bovenrug/pain_first")):
            manifest["clips"][key]["file"] = f"clip-{'0' * 9000}.mp3"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return tmp_path / "packs"


def stream(packs: Path) -> str:
    """The token of a track that plays."""
    pack = load_pack(packs / "espeak" / "manifest.json")
    return encode(Stream("bovenrug", "open_book", Level.BASIC, Tempo.NORMAL, pack.id, "run1", frozenset()))


def test_words_get_an_apology(spoilt: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The launch cannot be said within the rules: the person hears the error clip, and the log names the rule."""
    client = client_of(spoilt, tmp_path)
    with caplog.at_level(logging.ERROR):
        answer = told(client, launch())
    error = load_pack(spoilt / "espeak" / "manifest.json").clips["bovenrug/error"].file
    assert error in answer["response"]["outputSpeech"]["ssml"]
    assert answer["response"]["shouldEndSession"] is True
    assert "sessionAttributes" not in answer
    said = [record.getMessage() for record in caplog.records]
    assert any("breaks rule 'speech' of Alexa (RR: outputSpeech" in line for line in said)
    assert not any("clip-000" in line for line in said)
    assert b'rugoefening_contract_violations_total{rule="speech"} 2.0' in client.get("/metrics").data


def test_speech_that_lasts_too_long_is_not_given(built_pack: Path, tmp_path: Path) -> None:
    """A welcome of more than four minutes in the pack: Alexa would break it off, so the apology is said instead."""
    shutil.copytree(built_pack / "espeak", tmp_path / "packs" / "espeak", ignore=shutil.ignore_patterns("*.mp3"))
    path = tmp_path / "packs" / "espeak" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["clips"]["bovenrug/intro_first"]["ms"] = 240_001
    path.write_text(json.dumps(manifest), encoding="utf-8")
    client = client_of(tmp_path / "packs", tmp_path)
    assert manifest["clips"]["bovenrug/error"]["file"] in told(client, launch())["response"]["outputSpeech"]["ssml"]
    assert b'rugoefening_contract_violations_total{rule="ssml"} 1.0' in client.get("/metrics").data


def test_sound_that_was_to_stop_still_stops(spoilt: Path, tmp_path: Path) -> None:
    """The answer to pain breaks a rule: the apology takes its place, and the audio stops all the same."""
    answer = told(client_of(spoilt, tmp_path), intent("PainIntent", player=playing(stream(spoilt), 60_000)))
    assert [one["type"] for one in answer["response"]["directives"]] == ["AudioPlayer.Stop"]
    assert "outputSpeech" in answer["response"]


def test_where_nothing_may_be_said_the_session_ends(built_pack: Path, tmp_path: Path) -> None:
    """With an address that Echos do not fetch from, not even the apology is within the rules."""
    client = client_of(built_pack, tmp_path, "https://rug.example:8443")
    assert told(client, launch()) == GOODBYE
    stopped = told(client, intent("AMAZON.PauseIntent", player=playing(stream(built_pack), 60_000)))
    assert stopped == {
        "version": "1.0",
        "response": {"shouldEndSession": True, "directives": [{"type": "AudioPlayer.Stop"}]},
    }


def test_an_event_gets_nothing(built_pack: Path, tmp_path: Path) -> None:
    """The next track has an address that breaks a rule: nothing is enqueued."""
    good = told(client_of(built_pack, tmp_path), event("PlaybackNearlyFinished", stream(built_pack), 60_000))
    assert good["response"]["directives"]
    client = client_of(built_pack, tmp_path, "https://rug.example:8443")
    assert told(client, event("PlaybackNearlyFinished", stream(built_pack), 60_000)) == NOTHING
