"""The requests that the virtual Echo sends, in Alexa's own shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from skill.echo.player import PlayerEvent
from skill.echo.understanding import Understood

APPLICATION = "amzn1.ask.skill.virtual-echo"


@dataclass
class Envelopes:
    """Builds request envelopes for one device of one person."""

    application: str = APPLICATION
    user: str = "amzn1.ask.account.virtual-person"
    device: str = "amzn1.ask.device.virtual-echo"
    locale: str = "nl-NL"
    audio_player: bool = True
    endpoint: str = "https://api.eu.amazonalexa.com"
    _numbers: Any = field(default_factory=lambda: count(1), repr=False)

    def launch(self, now: float, session: Mapping[str, Any], player: Mapping[str, Any] | None) -> dict[str, Any]:
        """The skill was opened by its name."""
        return self._spoken({"type": "LaunchRequest"}, now, session, player)

    def intent(
        self,
        intent: Mapping[str, Any],
        now: float,
        session: Mapping[str, Any],
        player: Mapping[str, Any] | None,
    ) -> dict[str, Any]:
        """Something was said to the skill."""
        request = {"type": "IntentRequest", "dialogState": "STARTED", "intent": dict(intent)}
        return self._spoken(request, now, session, player)

    def session_ended(
        self, reason: str, now: float, session: Mapping[str, Any], player: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        """The session is over, not by the skill's own wish."""
        return self._spoken({"type": "SessionEndedRequest", "reason": reason}, now, session, player)

    def event(self, event: PlayerEvent, now: float, player: Mapping[str, Any] | None) -> dict[str, Any]:
        """A playback event; it has no session."""
        request: dict[str, Any] = {"type": f"AudioPlayer.{event.kind}", "token": event.stream.token}
        if event.kind == "PlaybackFailed":
            request["error"] = {"type": "MEDIA_ERROR_INVALID_REQUEST", "message": "the audio cannot be fetched"}
            request["currentPlaybackState"] = {
                "token": event.stream.token,
                "offsetInMilliseconds": event.offset_ms,
                "playerActivity": "STOPPED",
            }
        else:
            request["offsetInMilliseconds"] = event.offset_ms
        return self._silent(request, now, player)

    def button(self, name: str, now: float, player: Mapping[str, Any] | None) -> dict[str, Any]:
        """A button was pressed: Next, Previous, Play or Pause; it has no session."""
        return self._silent({"type": f"PlaybackController.{name}CommandIssued"}, now, player)

    def exception(self, cause: str, message: str, now: float, player: Mapping[str, Any] | None) -> dict[str, Any]:
        """Alexa refused an answer; ``cause`` is the id of the request that it answered."""
        request = {
            "type": "System.ExceptionEncountered",
            "error": {"type": "INVALID_RESPONSE", "message": message},
            "cause": {"requestId": cause},
        }
        return self._silent(request, now, player)

    def _spoken(
        self, request: dict[str, Any], now: float, session: Mapping[str, Any], player: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        envelope = self._silent(request, now, player)
        person = {"application": {"applicationId": self.application}, "user": {"userId": self.user}}
        return {"version": "1.0", "session": {**session, **person}, **envelope}

    def _silent(self, request: dict[str, Any], now: float, player: Mapping[str, Any] | None) -> dict[str, Any]:
        common = {
            "requestId": f"amzn1.echo-api.request.{next(self._numbers):08d}",
            "timestamp": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "locale": self.locale,
        }
        interfaces: dict[str, Any] = {"AudioPlayer": {}} if self.audio_player else {}
        system = {
            "application": {"applicationId": self.application},
            "user": {"userId": self.user},
            "device": {"deviceId": self.device, "supportedInterfaces": interfaces},
            "apiEndpoint": self.endpoint,
            "apiAccessToken": "virtual",
        }
        context: dict[str, Any] = {"System": system}
        if player is not None and self.audio_player:
            context["AudioPlayer"] = dict(player)
        return {"version": "1.0", "context": context, "request": {**request, **common}}


def intent_of(understood: Understood) -> dict[str, Any]:
    """The intent object of what was understood."""
    slots = {
        name: {
            "name": name,
            "value": understood.text,
            "confirmationStatus": "NONE",
            "resolutions": {
                "resolutionsPerAuthority": [
                    {
                        "authority": f"amzn1.er-authority.echo-sdk.virtual.{name}",
                        "status": {"code": "ER_SUCCESS_MATCH"},
                        "values": [{"value": {"name": identity, "id": identity}}],
                    }
                ]
            },
        }
        for name, identity in understood.slots.items()
    }
    intent: dict[str, Any] = {"name": understood.intent, "confirmationStatus": "NONE"}
    return {**intent, "slots": slots} if slots else intent
