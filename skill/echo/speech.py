"""What an answer makes the device say: the audio files or the text of its output speech, and how long it lasts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

WORDS_A_SECOND = 2.4
BITS_A_SECOND = 48_000
"""Clips and tracks are served at this constant rate, so that their length follows from their size."""


@dataclass(frozen=True)
class Speech:
    """Something to say."""

    files: tuple[str, ...]
    text: str
    seconds: float


def length_ms(data: bytes) -> int:
    """How long an MP3 of a constant 48 kbit/s lasts (ms)."""
    return round(len(data) * 8 * 1000 / BITS_A_SECOND)


def speech_of(output: object, length_of: Callable[[str], int | None]) -> Speech | None:
    """The speech of an ``outputSpeech`` object, None when there is none."""
    if not isinstance(output, Mapping):
        return None
    if output.get("type") == "PlainText":
        text = str(output.get("text", ""))
        return Speech((), text, _spoken_seconds(text))
    return _ssml(str(output.get("ssml", "")), length_of)


def _ssml(ssml: str, length_of: Callable[[str], int | None]) -> Speech:
    try:
        root = ElementTree.fromstring(ssml)  # noqa: S314  # the contract has refused declarations and broken XML
    except ElementTree.ParseError:
        return Speech((), ssml, _spoken_seconds(ssml))
    sources = [str(one.get("src", "")) for one in root.iter("audio")]
    text = " ".join("".join(root.itertext()).split())
    audio = sum((length_of(source) or 0) / 1000 for source in sources)
    return Speech(tuple(source.rsplit("/", 1)[-1] for source in sources), text, audio + _spoken_seconds(text))


def _spoken_seconds(text: str) -> float:
    return len(text.split()) / WORDS_A_SECOND


def session_of(identity: str, attributes: Mapping[str, Any], *, new: bool) -> dict[str, Any]:
    """The session object of a request."""
    return {"new": new, "sessionId": identity, "attributes": dict(attributes)}
