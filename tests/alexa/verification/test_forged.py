"""Requests that only look like Alexa's: each is refused with 400, for its own reason, and nothing is done for it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.alexa.verification.conftest import Door
from tests.alexa.verification.forgeries import FORGERIES, LIES, TEXTS, Forgery, Lie, Text


def test_there_are_enough() -> None:
    """At least 60 different ways to be refused, whatever is left out of the lists one day."""
    whats = [*(lie.what for lie in LIES), *(text.what for text in TEXTS), *(one.what for one in FORGERIES)]
    assert len(set(whats)) == len(whats) >= 60


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.what)
def test_what_is_signed_must_also_be_true(shared_door: Door, lie: Lie) -> None:
    """A genuine signature does not help a request of another time, for another skill, or of no shape."""
    envelope = shared_door.genuine()
    lie.change(envelope)
    body = json.dumps(envelope).encode()
    status, message = shared_door.post(body, shared_door.authority.sign(body))
    assert (status, shared_door.gate.reason) == (400, lie.reason), message


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.what)
def test_what_is_signed_must_be_an_envelope(shared_door: Door, text: Text) -> None:
    """A genuine signature over something that is no envelope does not help either."""
    status, message = shared_door.post(text.body, shared_door.authority.sign(text.body))
    assert (status, shared_door.gate.reason) == (400, "body"), message


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.what)
def test_what_is_forged_is_refused(shared_door: Door, forgery: Forgery) -> None:
    """A genuine request with one thing changed is refused, for what was changed; and without the change it is not."""
    body = json.dumps(shared_door.genuine()).encode()
    headers = shared_door.authority.sign(body)
    status, message = shared_door.post(*forgery.change(shared_door.authority, body, dict(headers)))
    assert (status, shared_door.gate.reason) == (400, forgery.reason), message
    assert shared_door.post(body, headers)[0] == 200


@pytest.mark.parametrize(
    ("kind", "age_s", "reason"),
    [
        ("LaunchRequest", 148, None),
        ("LaunchRequest", 152, "timestamp"),
        ("LaunchRequest", -148, None),
        ("LaunchRequest", -152, "timestamp"),
        ("LaunchRequest", 3_000, "timestamp"),
        ("AudioPlayer.PlaybackStarted", 152, "timestamp"),
        ("AlexaSkillEvent.SkillDisabled", 3_598, None),
        ("AlexaSkillEvent.SkillDisabled", 3_602, "timestamp"),
        ("AlexaSkillEvent.SkillDisabled", -3_598, None),
        ("AlexaSkillEvent.SkillDisabled", -3_602, "timestamp"),
        ("NotAlexaSkillEvent.SkillDisabled", 152, "timestamp"),
    ],
)
def test_how_old_a_request_may_be(shared_door: Door, kind: str, age_s: float, reason: str | None) -> None:
    """150 seconds either way; an hour for an event about the skill itself."""
    envelope = shared_door.genuine(kind, age_s=age_s)
    if kind != "LaunchRequest":
        del envelope["session"]
        envelope["request"].update(token="v1:x", offsetInMilliseconds=0)
    body = json.dumps(envelope).encode()
    status, _message = shared_door.post(body, shared_door.authority.sign(body))
    assert (status, shared_door.gate.reason) == (400 if reason else 200, reason)


@pytest.mark.parametrize("zone", ["+00:00", "-00:00", ".123Z", ".123456789+00:00"])
def test_a_time_in_another_way_of_writing(shared_door: Door, zone: str) -> None:
    """Fractions of a second and a numeric time zone are genuine too."""
    envelope = shared_door.genuine()
    envelope["request"]["timestamp"] = envelope["request"]["timestamp"].split(".")[0].rstrip("Z") + zone
    body = json.dumps(envelope).encode()
    assert shared_door.post(body, shared_door.authority.sign(body)) == (200, "")


@pytest.mark.parametrize("case", [str.lower, str.upper, str.title])
def test_headers_in_any_case(shared_door: Door, case: Callable[[str], str]) -> None:
    """The names of headers mean the same in any case, whoever passes them on."""
    body = json.dumps(shared_door.genuine()).encode()
    headers = {case(name): value for name, value in shared_door.authority.sign(body).items()}
    shared_door.gate(headers, body)
    assert shared_door.post(body, headers) == (200, "")
