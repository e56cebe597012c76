"""Request envelopes as Alexa sends them, written by hand from the request reference."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def envelope(
    kind: str,
    *,
    seconds: float = 0,
    session: dict[str, Any] | None = None,
    player: dict[str, Any] | None = None,
    user: str = "amzn1.ask.account.TEST",
    device: str = "amzn1.ask.device.KITCHEN",
    interfaces: dict[str, Any] | None = None,
    **request: Any,
) -> dict[str, Any]:
    """A request of a type, some seconds after the epoch of the tests."""
    at = (EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
    application = {"applicationId": "amzn1.ask.skill.test"}
    supported = {"AudioPlayer": {}} if interfaces is None else interfaces
    found: dict[str, Any] = {
        "version": "1.0",
        "context": {
            "System": {
                "application": application,
                "user": {"userId": user},
                "device": {"deviceId": device, "supportedInterfaces": supported},
                "apiEndpoint": "https://api.eu.amazonalexa.com",
                "apiAccessToken": "token",
            },
            "AudioPlayer": player or {"playerActivity": "IDLE"},
        },
        "request": {"type": kind, "requestId": f"r{seconds}", "timestamp": at, "locale": "nl-NL", **request},
    }
    if session is not None:
        found["session"] = {
            "sessionId": "s1",
            "application": application,
            "user": {"userId": user},
            "attributes": {},
            **session,
        }
    return found


def launch(**more: Any) -> dict[str, Any]:
    """ "Alexa, open rugoefening"."""
    return envelope("LaunchRequest", session={"new": True}, **more)


def intent(name: str, *, attributes: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """An intent: in an open session when attributes are given, else a one-shot."""
    session = {"new": attributes is None, "attributes": attributes or {}}
    slots = more.pop("slots", {})
    return envelope("IntentRequest", session=session, intent={"name": name, "slots": slots}, **more)


def playing(token: str, offset: int, activity: str = "PLAYING") -> dict[str, Any]:
    """The context of a player."""
    return {"token": token, "offsetInMilliseconds": offset, "playerActivity": activity}


def event(name: str, token: str, offset: int, **more: Any) -> dict[str, Any]:
    """An AudioPlayer event."""
    return envelope(
        f"AudioPlayer.{name}",
        player=playing(token, offset),
        token=token,
        offsetInMilliseconds=offset,
        **more,
    )
