"""Alexa's rules for responses: bad answers written by hand, each with the source of its rule."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from skill.alexa.contract import check

URL = "https://example.org/audio/clip-1.mp3"


def request(kind: str = "IntentRequest") -> dict[str, Any]:
    """A request envelope of a type."""
    return {"version": "1.0", "request": {"type": kind}}


def answer(**body: Any) -> dict[str, Any]:
    """A response envelope around a body."""
    return {"version": "1.0", "response": body}


def play(behavior: str = "REPLACE_ALL", **stream: Any) -> dict[str, Any]:
    """A Play directive."""
    known = {"url": URL, "token": "t", "offsetInMilliseconds": 0}
    return {
        "type": "AudioPlayer.Play",
        "playBehavior": behavior,
        "audioItem": {"stream": {**known, **stream}},
    }


def shown(metadata: object) -> dict[str, Any]:
    """A Play directive with something to show."""
    directive = play()
    directive["audioItem"]["metadata"] = metadata
    return directive


def ssml(inner: str) -> dict[str, Any]:
    """Output speech around some SSML."""
    return {"type": "SSML", "ssml": f"<speak>{inner}</speak>"}


STOP = {"type": "AudioPlayer.Stop"}
CLEAR = {"type": "AudioPlayer.ClearQueue", "clearBehavior": "CLEAR_ALL"}
SPEECH = ssml(f'<audio src="{URL}"/>')
QUESTION = {"outputSpeech": SPEECH, "reprompt": {"outputSpeech": SPEECH}, "shouldEndSession": False}

GOOD = [
    ("IntentRequest", answer(outputSpeech=SPEECH, shouldEndSession=True)),
    ("LaunchRequest", answer(**QUESTION)),
    ("IntentRequest", answer(outputSpeech=SPEECH, directives=[play()], shouldEndSession=True)),
    ("IntentRequest", answer(outputSpeech={**SPEECH, "playBehavior": "REPLACE_ALL"}, shouldEndSession=True)),
    ("IntentRequest", answer(directives=[play(captionData={"type": "WEBVTT", "content": "WEBVTT"})])),
    ("IntentRequest", answer(directives=[shown({"title": "Rug", "art": {"sources": [{"url": URL}]}})])),
    ("IntentRequest", answer(outputSpeech=SPEECH, directives=[STOP, CLEAR], shouldEndSession=False)),
    ("IntentRequest", answer(outputSpeech={"type": "PlainText", "text": "Hallo"})),
    ("AudioPlayer.PlaybackNearlyFinished", answer(directives=[play("ENQUEUE", expectedPreviousToken="s")])),
    ("AudioPlayer.PlaybackFailed", answer(directives=[play()])),
    ("AudioPlayer.PlaybackFinished", answer(directives=[STOP, CLEAR])),
    ("AudioPlayer.PlaybackStopped", answer()),
    ("PlaybackController.NextCommandIssued", answer(directives=[play()])),
    ("SessionEndedRequest", answer()),
]

BAD: list[tuple[str, str, Any, str]] = [
    # RR: the response format
    ("envelope", "IntentRequest", None, "an answer is a JSON object"),
    ("envelope", "IntentRequest", [], "an answer is a JSON object"),
    ("version", "IntentRequest", {"version": "2", "response": {}}, "version is 1.0"),
    ("attributes", "IntentRequest", {"version": "1.0", "sessionAttributes": 1, "response": {}}, "an object"),
    ("response", "IntentRequest", {"version": "1.0"}, "response is there"),
    ("unknown", "IntentRequest", answer(outputspeech=SPEECH), "names are exact"),
    ("end", "IntentRequest", answer(shouldEndSession="false"), "a boolean, not text"),
    ("size", "IntentRequest", {**answer(), "sessionAttributes": {"a": "x" * 125_000}}, "120 KB in all"),
    # RR: speech and reprompt
    ("speech", "IntentRequest", answer(outputSpeech={"type": "Text", "text": "a"}), "PlainText or SSML"),
    ("speech", "IntentRequest", answer(outputSpeech={"type": "SSML", "text": "a"}), "SSML stands in ssml"),
    ("speech", "IntentRequest", answer(outputSpeech={"type": "PlainText", "text": " "}), "something to say"),
    ("speech", "IntentRequest", answer(outputSpeech={"type": "PlainText", "text": "a" * 8001}), "8000 characters"),
    ("reprompt", "IntentRequest", answer(reprompt={"outputSpeech": SPEECH}), "only with an open microphone"),
    ("reprompt", "IntentRequest", answer(reprompt="hallo", shouldEndSession=False), "an object"),
    # SSML
    ("ssml", "IntentRequest", answer(outputSpeech={"type": "SSML", "ssml": "hallo"}), "well-formed"),
    ("ssml", "IntentRequest", answer(outputSpeech={"type": "SSML", "ssml": "<p>hallo</p>"}), "in <speak>"),
    ("ssml", "IntentRequest", answer(outputSpeech=ssml("a & b")), "& is escaped"),
    ("ssml", "IntentRequest", answer(outputSpeech=ssml('<!-- <break time="20s"/> -->')), "no comments"),
    ("ssml", "IntentRequest", answer(outputSpeech=ssml('<break time="11s"/>')), "a break of 10 s at most"),
    ("ssml", "IntentRequest", answer(outputSpeech=ssml('<break time="10001ms"/>')), "in ms too"),
    ("ssml", "IntentRequest", answer(outputSpeech=ssml(f'<audio src="{URL}"/>' * 6)), "five files at most"),
    (
        "ssml",
        "IntentRequest",
        answer(
            outputSpeech=ssml(f'<audio src="{URL}"/>' * 3),
            reprompt={"outputSpeech": ssml(f'<audio src="{URL}"/>' * 3)},
            shouldEndSession=False,
        ),
        "five files in all",
    ),
    ("speech", "IntentRequest", answer(outputSpeech={**SPEECH, "playBehavior": "NOPE"}), "three behaviours"),
    ("url", "IntentRequest", answer(outputSpeech=ssml('<audio src="http://example.org/a.mp3"/>')), "https only"),
    ("url", "IntentRequest", answer(outputSpeech=ssml("<audio/>")), "a source"),
    # AP: the Play directive
    ("play", "IntentRequest", answer(directives=[play(), play()]), "one Play a response"),
    ("play", "IntentRequest", answer(directives=[play()], shouldEndSession=False), "would pause at once to listen"),
    ("play", "IntentRequest", answer(directives=[play("NOW")]), "three behaviours"),
    ("play", "IntentRequest", answer(directives=[{"type": "AudioPlayer.Play", "playBehavior": "REPLACE_ALL"}]), "item"),
    ("previous", "IntentRequest", answer(directives=[play(expectedPreviousToken="s")]), "only with ENQUEUE"),
    ("previous", "AudioPlayer.PlaybackNearlyFinished", answer(directives=[play("ENQUEUE")]), "required with ENQUEUE"),
    ("token", "IntentRequest", answer(directives=[play(token="t" * 1025)]), "1024 characters"),
    ("token", "IntentRequest", answer(directives=[play(token="")]), "a token"),
    ("offset", "IntentRequest", answer(directives=[play(offsetInMilliseconds=-1)]), "from 0"),
    ("offset", "IntentRequest", answer(directives=[play(offsetInMilliseconds=1.5)]), "whole"),
    ("offset", "IntentRequest", answer(directives=[play(offsetInMilliseconds=True)]), "a number"),
    ("url", "IntentRequest", answer(directives=[play(url="http://example.org/a.mp3")]), "https only"),
    ("url", "IntentRequest", answer(directives=[play(url="https://example.org:8443/a.mp3")]), "port 443"),
    ("url", "IntentRequest", answer(directives=[play(url="https://example.org/" + "a" * 8000)]), "8000 characters"),
    ("url", "IntentRequest", answer(directives=[play(url="https://[::1/a.mp3")]), "an address"),
    ("url", "IntentRequest", answer(directives=[play(url=None)]), "an address"),
    ("captions", "IntentRequest", answer(directives=[play(captionData={"type": "SRT", "content": "x"})]), "WEBVTT"),
    ("captions", "IntentRequest", answer(directives=[play(captionData={"type": "WEBVTT"})]), "a content"),
    ("metadata", "IntentRequest", answer(directives=[shown(5)]), "an object"),
    ("metadata", "IntentRequest", answer(directives=[shown({"title": 5})]), "text"),
    ("metadata", "IntentRequest", answer(directives=[shown({"art": {"sources": 5}})]), "a list"),
    ("url", "IntentRequest", answer(directives=[shown({"art": {"sources": [{"url": "http://a.nl/a.png"}]}})]), "https"),
    ("url", "IntentRequest", answer(directives=[shown({"backgroundImage": {"sources": [5]}})]), "an address"),
    ("clear", "IntentRequest", answer(directives=[{"type": "AudioPlayer.ClearQueue"}]), "what to clear"),
    ("directives", "IntentRequest", answer(directives=STOP), "a list"),
    ("directives", "IntentRequest", answer(directives=[{}]), "a type"),
    # AP, PC: what each event may be answered with
    ("event", "AudioPlayer.PlaybackStarted", answer(outputSpeech=SPEECH), "no speech to an event"),
    ("event", "AudioPlayer.PlaybackStarted", answer(directives=[play()]), "Stop and ClearQueue only"),
    ("event", "AudioPlayer.PlaybackFinished", answer(directives=[play()]), "no Play to Finished"),
    ("event", "AudioPlayer.PlaybackStopped", answer(directives=[STOP]), "nothing to Stopped"),
    ("event", "AudioPlayer.PlaybackNearlyFinished", answer(shouldEndSession=False), "no microphone"),
    ("event", "AudioPlayer.PlaybackFailed", answer(card={"type": "Simple"}), "no card"),
    (
        "event",
        "AudioPlayer.PlaybackFailed",
        answer(directives=[{"type": "Alexa.Presentation.APL.RenderDocument"}]),
        "no",
    ),
    ("event", "PlaybackController.NextCommandIssued", answer(outputSpeech=SPEECH), "no speech to a button"),
    ("event", "PlaybackController.PlayCommandIssued", answer(directives=[{"type": "Dialog.Delegate"}]), "audio only"),
    ("event", "System.ExceptionEncountered", answer(directives=[STOP]), "nothing to an exception"),
    ("event", "SessionEndedRequest", answer(outputSpeech=SPEECH), "nothing after the end"),
]


@pytest.mark.parametrize(("kind", "response"), GOOD)
def test_a_good_answer_breaks_no_rule(kind: str, response: dict[str, Any]) -> None:
    """What Alexa accepts is accepted."""
    assert check(request(kind), response) == []


@pytest.mark.parametrize(("rule", "kind", "response", "why"), BAD)
def test_a_bad_answer_breaks_its_rule(rule: str, kind: str, response: Any, why: str) -> None:
    """Each bad answer is refused for its own reason, with a source."""
    found = check(request(kind), copy.deepcopy(response))
    assert rule in [one.rule for one in found], why
    assert all(one.message and one.source for one in found)


@pytest.mark.parametrize(
    ("body", "limit_ms"),
    [({"outputSpeech": SPEECH, "shouldEndSession": True}, 240_000), (QUESTION, 90_000)],
)
def test_spoken_audio_has_a_longest_length(body: dict[str, Any], limit_ms: int) -> None:
    """Speech lasts 240 s at most, a reprompt 90 s."""
    assert check(request(), answer(**body), length_ms=lambda _: limit_ms) == []
    assert [one.rule for one in check(request(), answer(**body), length_ms=lambda _: limit_ms + 1)] == ["ssml"]


def test_plain_http_is_for_loopback_in_development_only() -> None:
    """http on this machine passes when development says so, and nowhere else."""
    local = answer(directives=[play(url="http://127.0.0.1:5050/audio/track-1.mp3")], shouldEndSession=True)
    assert check(request(), local, loopback=True) == []
    assert check(request(), local) != []
    remote = answer(directives=[play(url="http://example.org/a.mp3")], shouldEndSession=True)
    assert check(request(), remote, loopback=True) != []


def test_a_broken_request_breaks_no_check() -> None:
    """A request without a type is checked as words."""
    assert check({}, answer()) == []
    assert check({"request": 5}, answer()) == []
