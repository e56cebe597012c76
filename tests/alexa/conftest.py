"""The real application on the real pack, with a short way to talk to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from skill.alexa.contract import check
from skill.alexa.token import decode, encode
from skill.coach import Stream
from skill.content import Level, Tempo
from skill.pack import Pack, load_pack
from skill.settings import Settings
from skill.web import create_app


@dataclass(frozen=True)
class Answer:
    """A response envelope, with what a test wants to see of it."""

    raw: dict[str, Any]
    pack: Pack

    @property
    def body(self) -> dict[str, Any]:
        """The response object."""
        body: dict[str, Any] = self.raw["response"]
        return body

    @property
    def clip(self) -> str | None:
        """The clip that is said, by its key."""
        speech = self.body.get("outputSpeech")
        return self._key(speech["ssml"]) if speech else None

    @property
    def heard(self) -> list[str]:
        """All that is said, in order: clips by key, steps as ``track.step``."""
        files = re.findall(r"/([^/]+)\.mp3", (self.body.get("outputSpeech") or {}).get("ssml", ""))
        return [self._name(f"{file}.mp3") for file in files]

    @property
    def directives(self) -> list[str]:
        """The directives, by their short names."""
        return [one["type"].removeprefix("AudioPlayer.") for one in self.body.get("directives", [])]

    @property
    def open(self) -> bool:
        """Whether the microphone opens."""
        return self.body.get("shouldEndSession") is False

    @property
    def play(self) -> dict[str, Any]:
        """The Play directive."""
        found: dict[str, Any] = next(one for one in self.body["directives"] if one["type"] == "AudioPlayer.Play")
        return found

    @property
    def play_token(self) -> str:
        """The token of the Play directive."""
        return str(self.play["audioItem"]["stream"]["token"])

    @property
    def stream(self) -> Stream:
        """The stream of the Play directive."""
        stream = decode(self.play_token)
        assert stream is not None
        return stream

    @property
    def step(self) -> str:
        """The step that the Play directive begins in."""
        stream = self.stream
        track = self.pack.track(stream.routine, stream.track, stream.level, stream.tempo)
        assert track is not None
        return track.steps[track.step_index(self.play["audioItem"]["stream"]["offsetInMilliseconds"])].id

    @property
    def attributes(self) -> dict[str, Any]:
        """What the session keeps."""
        return self.raw.get("sessionAttributes") or {}

    def _name(self, file: str) -> str:
        for key, track in self.pack.tracks.items():
            for step in track.steps:
                if step.file == file:
                    return f"{key.split('/')[1]}.{step.id}"
        return self._key(file)

    def _key(self, ssml: str) -> str:
        return next(key.split("/", 1)[1] for key, clip in self.pack.clips.items() if clip.file in ssml)


class Talk:
    """A conversation with the application; every answer must keep Alexa's rules."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.client: FlaskClient = create_app(settings).test_client()
        self.pack = load_pack(settings.pack_folder / "manifest.json")

    def send(self, envelope: dict[str, Any]) -> Answer:
        """Send an envelope; the answer is 200 and breaks no rule."""
        response = self.client.post("/alexa", json=envelope)
        assert response.status_code == 200, response.get_data(as_text=True)
        assert check(envelope, response.get_json(), loopback=True) == []
        return Answer(response.get_json(), self.pack)

    def token(self, track: str = "open_book", run: str = "run1", marks: str = "", **changes: Any) -> str:
        """The token of a stream of the current pack."""
        stream = Stream("bovenrug", track, Level.BASIC, Tempo.NORMAL, self.pack.id, run, frozenset(marks))
        return encode(replace(stream, **changes))

    def at(self, step: str, after_ms: int = 9_000) -> int:
        """The offset (ms) some time after the start of ``track.step``."""
        track, name = step.split(".")
        found = self.pack.tracks[f"bovenrug/{track}/basic/normal"].step(name)
        assert found is not None
        return found.start_ms + after_ms


@pytest.fixture
def settings(built_pack: Path, tmp_path: Path) -> Settings:
    """Development on the real pack, with a database of its own."""
    return Settings(packs=built_pack, database=tmp_path / "progress.sqlite3")


@pytest.fixture
def talk(settings: Settings) -> Talk:
    """A conversation with the application."""
    return Talk(settings)
