"""Reading a request envelope: what the SDK's own deserializer makes of it, and nothing that it should not hold."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_model import RequestEnvelope

from skill.alexa.envelope import read_envelope

PLAYER = {"token": "t", "offsetInMilliseconds": 1200, "playerActivity": "PLAYING"}
COMMON = {"requestId": "r", "timestamp": "2026-11-23T05:00:00.250Z", "locale": "nl-NL"}
RESOLVED = {"resolutionsPerAuthority": [{"values": [{"value": {"name": "drie", "id": "elbows_up"}}, {}]}, {}]}
UNRESOLVED = {"resolutionsPerAuthority": 5}
SLOTS = {"exercise": {"name": "exercise", "resolutions": RESOLVED}}


def envelope(request: dict[str, Any], **session: Any) -> dict[str, Any]:
    """An envelope with nothing but what is read."""
    device = {"deviceId": "d", "supportedInterfaces": {"AudioPlayer": {}}}
    found: dict[str, Any] = {
        "version": "1.0",
        "context": {"System": {"user": {"userId": "u"}, "device": device}, "AudioPlayer": PLAYER},
        "request": {**COMMON, **request},
    }
    if session:
        found["session"] = {"sessionId": "s", "user": {"userId": "u"}, **session}
    return found


@pytest.mark.parametrize(
    "asked",
    [
        envelope({"type": "LaunchRequest"}, new=True, attributes={}),
        envelope({"type": "IntentRequest", "intent": {"name": "StartIntent", "slots": {}}}, new=False),
        envelope({"type": "IntentRequest", "intent": {"name": "ChooseIntent", "slots": SLOTS}}, new=False),
        envelope({"type": "IntentRequest", "intent": {"name": "ChooseIntent", "slots": {"exercise": {}}}}),
        envelope(
            {"type": "SessionEndedRequest", "reason": "USER_INITIATED"},
            new=False,
            attributes={"question": "pause", "misses": 2, "at": 5.5, "place": {"token": "t", "offset": 3, "step": "a"}},
        ),
        envelope({"type": "AudioPlayer.PlaybackStarted", "token": "t", "offsetInMilliseconds": 0}),
        envelope(
            {
                "type": "AudioPlayer.PlaybackFailed",
                "token": "t",
                "error": {"type": "MEDIA_ERROR_UNKNOWN"},
                "currentPlaybackState": PLAYER,
            }
        ),
        envelope({"type": "System.ExceptionEncountered", "error": {"type": "INVALID_RESPONSE"}}),
        envelope({"type": "PlaybackController.NextCommandIssued"}),
        envelope({"type": "AlexaSkillEvent.SkillDisabled"}),
        envelope({"type": "AudioPlayer.PlaybackStopped", "token": 5, "offsetInMilliseconds": "12"}),
    ],
    ids=lambda asked: asked["request"]["type"],
)
def test_it_reads_what_the_sdk_would_read(asked: dict[str, Any]) -> None:
    """Of an envelope that holds only what is read, the SDK's deserializer makes the very same objects."""
    read: Any = read_envelope(asked)
    assert read == DefaultSerializer().deserialize(json.dumps(asked), RequestEnvelope)
    assert type(read.request).__name__ != "Request"


def test_nothing_else_gets_in() -> None:
    """What is not read, in any object, is not in what is made; the SDK would set it as an attribute."""
    asked = envelope({"type": "LaunchRequest", "object_type": "IntentRequest", "__dict__": {}, "extra": 1}, new=True)
    asked["session"]["attributes"] = {"question": "start", "strange": 1, "misses": [1], "level": None}
    asked["context"]["AudioPlayer"]["extra"] = 1
    read: Any = read_envelope(asked)
    assert read.request.object_type == "LaunchRequest"
    assert not hasattr(read.request, "extra")
    assert not hasattr(read.context.audio_player, "extra")
    assert read.session.attributes == {"question": "start", "misses": None}


def test_an_activity_from_the_future_is_left_out() -> None:
    """A player may one day be in a state that nobody knows yet: the rest of the request still counts."""
    asked = envelope({"type": "LaunchRequest"}, new=True)
    asked["context"]["AudioPlayer"] = {**PLAYER, "playerActivity": "DREAMING"}
    read: Any = read_envelope(asked)
    player = read.context.audio_player
    assert (player.player_activity, player.token) == (None, "t")


def test_a_word_that_amazon_thinks_of_later_is_left_out() -> None:
    """Amazon may give new reasons and errors; a request with one is no worse for it."""
    told = {"type": "AudioPlayer.PlaybackFailed", "token": "t", "error": {"type": "NEW"}}
    ended: Any = read_envelope(envelope({"type": "SessionEndedRequest", "reason": "BORED"})).request
    failed: Any = read_envelope(envelope(told)).request
    assert (ended.reason, failed.error.object_type, failed.token) == (None, None, "t")


@pytest.mark.parametrize(
    ("request_part", "problem"),
    [
        ({"type": "LaunchRequest", "timestamp": "yesterday"}, "yesterday"),
        ({"type": "LaunchRequest", "timestamp": 5}, "timestamp must be a time"),
        ({"type": "LaunchRequest", "requestId": {}}, "requestId must be one value"),
        ({"type": "IntentRequest", "intent": []}, "intent must be an object"),
        ({"type": "IntentRequest", "intent": {"slots": 5}}, "slots must be an object"),
        (
            {
                "type": "IntentRequest",
                "intent": {"slots": {"exercise": {"resolutions": {"resolutionsPerAuthority": 5}}}},
            },
            "resolutionsPerAuthority must be a list",
        ),
        ({"type": "SessionEndedRequest", "reason": []}, "reason must be one value"),
        ({"type": "AudioPlayer.PlaybackStarted", "offsetInMilliseconds": 1e400}, "offsetInMilliseconds"),
        ({"type": "AudioPlayer.PlaybackStarted", "offsetInMilliseconds": "soon"}, "soon"),
    ],
)
def test_what_is_of_another_shape_is_named(request_part: dict[str, Any], problem: str) -> None:
    """Where something that is read cannot be what it should be, a ValueError says so."""
    with pytest.raises(ValueError, match=problem):
        read_envelope(envelope(request_part))
