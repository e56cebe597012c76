"""Alexa's rules for responses, each with where it comes from; the only place that holds them.

The response builder, the virtual Echo and production call :func:`check`. Sources name Amazon's pages:
AP the AudioPlayer interface reference, PC the PlaybackController interface reference, RR the request and
response JSON reference, SSML the SSML reference, SYS the System interface reference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

MAX_RESPONSE_BYTES = 120 * 1024
MAX_SPEECH_CHARACTERS = 8000
MAX_TOKEN_CHARACTERS = 1024
MAX_URL_CHARACTERS = 8000
MAX_AUDIO_FILES = 5
MAX_SPEECH_MS = 240_000
MAX_REPROMPT_MS = 90_000
MAX_BREAK_S = 10.0

_PLAY, _STOP, _CLEAR = "AudioPlayer.Play", "AudioPlayer.Stop", "AudioPlayer.ClearQueue"
_ANY_AUDIO = frozenset((_PLAY, _STOP, _CLEAR))
_DIRECTIVES_BY_REQUEST: Mapping[str, frozenset[str]] = {
    "AudioPlayer.PlaybackStarted": frozenset((_STOP, _CLEAR)),
    "AudioPlayer.PlaybackFinished": frozenset((_STOP, _CLEAR)),
    "AudioPlayer.PlaybackNearlyFinished": _ANY_AUDIO,
    "AudioPlayer.PlaybackFailed": _ANY_AUDIO,
    "AudioPlayer.PlaybackStopped": frozenset(),
    "System.ExceptionEncountered": frozenset(),
    "SessionEndedRequest": frozenset(),
}
_KNOWN_RESPONSE_KEYS = frozenset(
    ("outputSpeech", "reprompt", "card", "directives", "shouldEndSession", "canFulfillIntent", "apiResponse")
)
_BEHAVIORS = frozenset(("REPLACE_ALL", "ENQUEUE", "REPLACE_ENQUEUED"))
_AUDIO = re.compile(r"<audio\b")
_LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))

Length = Callable[[str], int | None]


@dataclass(frozen=True)
class Violation:
    """One broken rule: its short name, what is wrong, and where Alexa says so."""

    rule: str
    message: str
    source: str


def check(
    request: Mapping[str, Any],
    response: object,
    *,
    loopback: bool = False,
    length_ms: Length | None = None,
) -> list[Violation]:
    """Every rule that a response envelope breaks as the answer to a request envelope; empty when it is good.

    ``loopback`` allows http on loopback addresses, as development needs; ``length_ms`` tells how long an
    audio file lasts (ms; None when unknown), so that the limits of 240 s and 90 s can be checked.
    """
    asked = request.get("request")
    kind = str(asked.get("type", "")) if isinstance(asked, Mapping) else ""
    return list(_Check(kind, _has_player(request), loopback, length_ms).envelope(response))


def is_event(kind: str) -> bool:
    """Whether a request of this type is an event of a player or button, which is never answered with speech."""
    return kind.startswith(("AudioPlayer.", "PlaybackController.")) or kind in _DIRECTIVES_BY_REQUEST


@dataclass(frozen=True)
class _Check:
    kind: str
    has_player: bool
    loopback: bool
    length_ms: Length | None

    def envelope(self, envelope: object) -> Iterator[Violation]:
        if not isinstance(envelope, Mapping):
            yield Violation("envelope", "the answer is no JSON object", "RR: response format")
            return
        if envelope.get("version") != "1.0":
            yield Violation("version", "version must be the string 1.0", "RR: response format")
        attributes = envelope.get("sessionAttributes")
        if attributes is not None and not isinstance(attributes, Mapping):
            yield Violation("attributes", "sessionAttributes must be an object", "RR: response format")
        size = len(json.dumps(envelope, ensure_ascii=False).encode(errors="surrogatepass"))
        if size > MAX_RESPONSE_BYTES:
            yield Violation("size", f"{size} bytes is over {MAX_RESPONSE_BYTES}", "RR: total size of a response")
        body = envelope.get("response")
        if not isinstance(body, Mapping):
            yield Violation("response", "response must be an object", "RR: response format")
            return
        for key in body.keys() - _KNOWN_RESPONSE_KEYS:
            yield Violation("unknown", f"response has no property {key!r}", "RR: response object")
        yield from self._session(body)
        yield from self._speech(body)
        yield from self._directives(body)

    def _session(self, body: Mapping[str, Any]) -> Iterator[Violation]:
        end = body.get("shouldEndSession")
        if end is not None and not isinstance(end, bool):
            yield Violation("end", "shouldEndSession must be true, false or absent", "RR: response object")
        if is_event(self.kind):
            for key in ("outputSpeech", "reprompt", "card"):
                if body.get(key) is not None:
                    yield Violation("event", f"{self.kind} may not be answered with {key}", "AP, PC: valid responses")
            if end is False:
                yield Violation("event", f"{self.kind} cannot open the microphone", "AP: responses to requests")
        if body.get("reprompt") is not None and end is not False:
            yield Violation("reprompt", "a reprompt needs shouldEndSession false", "RR: reprompt object")
        plays = any(kind == _PLAY for kind in _kinds(body))
        if plays and end is False and not is_event(self.kind):
            yield Violation("play", "Play with shouldEndSession false starts and pauses at once", "AP: Play directive")

    def _speech(self, body: Mapping[str, Any]) -> Iterator[Violation]:
        if body.get("outputSpeech") is not None:
            yield from self._output(body["outputSpeech"], "outputSpeech", MAX_SPEECH_MS)
        reprompt = body.get("reprompt")
        if isinstance(reprompt, Mapping):
            yield from self._output(reprompt.get("outputSpeech"), "reprompt", MAX_REPROMPT_MS)
        elif reprompt is not None:
            yield Violation("reprompt", "reprompt must be an object", "RR: reprompt object")
        files = len(_AUDIO.findall(_ssml_of(body) + _ssml_of(reprompt)))
        if files > MAX_AUDIO_FILES:
            yield Violation("ssml", f"{files} audio files are over {MAX_AUDIO_FILES} in a response", "SSML: audio")

    def _output(self, speech: object, where: str, limit_ms: int) -> Iterator[Violation]:
        if not isinstance(speech, Mapping) or speech.get("type") not in ("PlainText", "SSML"):
            yield Violation("speech", f"{where} must be of type PlainText or SSML", "RR: outputSpeech object")
            return
        behavior = speech.get("playBehavior")
        if behavior is not None and behavior not in _BEHAVIORS:
            yield Violation("speech", f"playBehavior {behavior!r} is unknown", "RR: outputSpeech object")
        text = speech.get("text" if speech["type"] == "PlainText" else "ssml")
        if not isinstance(text, str) or not text.strip():
            yield Violation("speech", f"{where} has nothing to say", "RR: outputSpeech object")
            return
        if len(text) > MAX_SPEECH_CHARACTERS:
            yield Violation("speech", f"{where} is over {MAX_SPEECH_CHARACTERS} characters", "RR: outputSpeech")
        if speech["type"] == "SSML":
            yield from self._ssml(text, where, limit_ms)

    def _ssml(self, text: str, where: str, limit_ms: int) -> Iterator[Violation]:
        if "<!" in text:
            yield Violation("ssml", f"{where} holds a declaration or comment", "SSML: supported tags")
            return
        try:
            root = ElementTree.fromstring(text)  # noqa: S314  # no declarations, so no entities: checked above
        except ElementTree.ParseError as error:
            yield Violation("ssml", f"{where} is not well-formed: {error}", "SSML: special characters")
            return
        if root.tag != "speak":
            yield Violation("ssml", f"{where} must be wrapped in <speak>", "SSML: speak")
        sources = [one.get("src", "") for one in root.iter("audio")]
        for source in sources:
            yield from self._address(source, f"{where} audio", "SSML: audio, HTTPS endpoint")
        for one in root.iter("break"):
            if _seconds(one.get("time", "")) > MAX_BREAK_S:
                yield Violation("ssml", f"{where} has a break over 10 s", "SSML: break")
        total = sum(self._length(source) for source in sources)
        if total > limit_ms:
            yield Violation("ssml", f"{where} lasts {total} ms, over {limit_ms}", "RR: length of audio in a response")

    def _length(self, source: str) -> int:
        return (self.length_ms(source) or 0) if self.length_ms else 0

    def _directives(self, body: Mapping[str, Any]) -> Iterator[Violation]:
        directives = body.get("directives")
        if directives is None:
            return
        if not isinstance(directives, list) or not all(isinstance(one, Mapping) for one in directives):
            yield Violation("directives", "directives must be a list of objects", "RR: response object")
            return
        kinds = _kinds(body)
        if kinds.count(_PLAY) > 1:
            yield Violation("play", "only one Play directive a response", "AP: Play directive")
        yield from self._allowed(kinds)
        for directive in directives:
            if directive.get("type") == _PLAY:
                yield from self._play(directive)
            elif directive.get("type") == _CLEAR and directive.get("clearBehavior") not in (
                "CLEAR_ENQUEUED",
                "CLEAR_ALL",
            ):
                yield Violation("clear", "clearBehavior must be CLEAR_ENQUEUED or CLEAR_ALL", "AP: ClearQueue")

    def _allowed(self, kinds: list[str]) -> Iterator[Violation]:
        allowed = _DIRECTIVES_BY_REQUEST.get(self.kind)
        if self.kind.startswith("PlaybackController."):
            allowed = _ANY_AUDIO
        for kind in kinds:
            if allowed is not None and kind not in allowed:
                yield Violation("event", f"{self.kind} may not be answered with {kind}", "AP, PC: valid responses")
            if kind in _ANY_AUDIO and not self.has_player:
                yield Violation("interface", f"the device knows no {kind}", "RR: supportedInterfaces")
            if not kind:
                yield Violation("directives", "a directive needs a type", "RR: directives")

    def _play(self, directive: Mapping[str, Any]) -> Iterator[Violation]:
        behavior = directive.get("playBehavior")
        if behavior not in _BEHAVIORS:
            yield Violation("play", f"playBehavior {behavior!r} is unknown", "AP: Play directive")
        item = directive.get("audioItem")
        stream = item.get("stream") if isinstance(item, Mapping) else None
        if not isinstance(stream, Mapping):
            yield Violation("play", "audioItem.stream is missing", "AP: Play directive")
            return
        yield from self._address(stream.get("url"), "stream url", "AP: audio stream requirements")
        token = stream.get("token")
        if not isinstance(token, str) or not 0 < len(token) <= MAX_TOKEN_CHARACTERS:
            yield Violation("token", "token must have 1 to 1024 characters", "RR: AudioPlayer token")
        offset = stream.get("offsetInMilliseconds")
        if not isinstance(offset, int) or isinstance(offset, bool) or offset < 0:
            yield Violation("offset", "offsetInMilliseconds must be a whole number from 0", "AP: Play directive")
        if (stream.get("expectedPreviousToken") is not None) != (behavior == "ENQUEUE"):
            yield Violation(
                "previous",
                "expectedPreviousToken is required and allowed only with ENQUEUE",
                "AP: Play directive",
            )
        captions = stream.get("captionData")
        if captions is not None and not _are_captions(captions):
            yield Violation("captions", "captionData needs the type WEBVTT and a content", "AP: captionData")
        if isinstance(item, Mapping) and item.get("metadata") is not None:
            yield from self._metadata(item["metadata"])

    def _metadata(self, metadata: object) -> Iterator[Violation]:
        if not isinstance(metadata, Mapping):
            yield Violation("metadata", "metadata must be an object", "AP: metadata")
            return
        for line in ("title", "subtitle"):
            if not isinstance(metadata.get(line, ""), str):
                yield Violation("metadata", f"{line} must be text", "AP: metadata")
        for image in ("art", "backgroundImage"):
            sources = metadata[image].get("sources") if isinstance(metadata.get(image), Mapping) else ()
            if metadata.get(image) is not None and not isinstance(sources, list):
                yield Violation("metadata", f"{image} needs a list of sources", "AP: metadata")
                continue
            for source in sources or ():
                url = source.get("url") if isinstance(source, Mapping) else None
                yield from self._address(url, image, "AP: metadata images over HTTPS")

    def _address(self, url: object, where: str, source: str) -> Iterator[Violation]:
        if not isinstance(url, str) or not url:
            yield Violation("url", f"{where} is missing", source)
            return
        if len(url) > MAX_URL_CHARACTERS:
            yield Violation("url", f"{where} is over {MAX_URL_CHARACTERS} characters", source)
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            yield Violation("url", f"{where} is no web address", source)
            return
        if self.loopback and parts.hostname in _LOOPBACK and parts.scheme == "http":
            return
        if parts.scheme != "https" or not parts.hostname:
            yield Violation("url", f"{where} must be https", source)
        elif port not in (None, 443):
            yield Violation("url", f"{where} must be on port 443", source)


def _has_player(request: Mapping[str, Any]) -> bool:
    """Whether the device may have a player: it names one, tells of one, or names no interfaces at all."""
    context: Any = request.get("context")
    system = context.get("System") if isinstance(context, Mapping) else None
    device = system.get("device") if isinstance(system, Mapping) else None
    interfaces = device.get("supportedInterfaces") if isinstance(device, Mapping) else None
    if not isinstance(interfaces, Mapping) or "AudioPlayer" in interfaces:
        return True
    player = context.get("AudioPlayer")
    return isinstance(player, Mapping) and player.get("token") not in (None, "")


def _ssml_of(part: object) -> str:
    """The SSML in the outputSpeech of a response or a reprompt; no text when it has none."""
    speech = part.get("outputSpeech") if isinstance(part, Mapping) else None
    text = speech.get("ssml") if isinstance(speech, Mapping) else None
    return text if isinstance(text, str) else ""


def _are_captions(captions: object) -> bool:
    if not isinstance(captions, Mapping):
        return False
    return captions.get("type") == "WEBVTT" and isinstance(captions.get("content"), str)


def _kinds(body: Mapping[str, Any]) -> list[str]:
    directives = body.get("directives")
    if not isinstance(directives, list):
        return []
    return [str(one.get("type") or "") for one in directives if isinstance(one, Mapping)]


def _seconds(text: str) -> float:
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(ms|s)\s*", text)
    if not match:
        return 0.0
    return float(match[1]) / (1000 if match[2] == "ms" else 1)
