"""A skill that answers what a test wants, for what the real skill never does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from skill.echo.device import Device
from skill.echo.happenings import Happening
from skill.echo.routing import Router
from skill.echo.understanding import load_understanding

SECOND = 6000
"""Bytes in a second of audio at 48 kbit/s."""


def speak(file: str) -> dict[str, Any]:
    """An output speech with one clip."""
    return {"type": "SSML", "ssml": f'<speak><audio src="http://127.0.0.1/{file}.mp3"/></speak>'}


def play(token: str, behavior: str = "REPLACE_ALL", **stream: Any) -> dict[str, Any]:
    """A Play directive."""
    item = {"url": f"http://127.0.0.1/{token}.mp3", "token": token, "offsetInMilliseconds": 0, **stream}
    return {"type": "AudioPlayer.Play", "playBehavior": behavior, "audioItem": {"stream": item}}


@dataclass
class ScriptedSkill:
    """Answers by the type of a request or the name of its intent; anything else gets an empty answer."""

    answers: Mapping[str, Mapping[str, Any]]
    status: int = 200
    requests: list[Mapping[str, Any]] = field(default_factory=list)

    def __call__(self, envelope: Mapping[str, Any]) -> tuple[int, Any]:
        """Answer, and remember what was asked."""
        self.requests.append(envelope)
        request = envelope["request"]
        name = request.get("intent", {}).get("name") or request["type"]
        return self.status, {"version": "1.0", "response": dict(self.answers.get(name, {}))}

    def fetch(self, url: str) -> bytes | None:
        """A clip of 5 s, a track of 100 s, and no file that is called gone."""
        if "gone" in url:
            return None
        return bytes(SECOND * (5 if "clip" in url else 100))

    @property
    def kinds(self) -> list[str]:
        """The types of all requests, in order."""
        return [str(one["request"]["type"]) for one in self.requests]


def device(skill: ScriptedSkill) -> tuple[Device, list[Happening]]:
    """An Echo with that skill, and everything that happens on it."""
    happenings: list[Happening] = []
    router = Router(load_understanding(), invocation="rugoefening", wake_word="Alexa")
    return Device(skill, router, 0.0, notice=happenings.append), happenings
