"""The skill as Alexa sees it: a request envelope in, a response envelope out."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, cast

from ask_sdk_core.exceptions import SerializationException
from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_core.skill_builder import SkillBuilder
from ask_sdk_model import RequestEnvelope
from ask_sdk_model.interfaces.audioplayer import PlayerActivity
from ask_sdk_model.request import Request

from skill.alexa import contract, handlers
from skill.alexa.facts import World
from skill.errors import RugoefeningError

log = logging.getLogger(__name__)

EMPTY: Mapping[str, Any] = {"version": "1.0", "response": {}}
_ACTIVITIES = tuple(one.value for one in PlayerActivity)
_KNOWN_TYPES = frozenset(Request.discriminator_value_class_map)


class EnvelopeError(RugoefeningError):
    """The request is no envelope of Alexa; the web answers 400."""


class AlexaSkill:
    """Answers request envelopes."""

    def __init__(self, now: Callable[[], World], *, loopback: bool) -> None:
        self.loopback = loopback
        builder = SkillBuilder()
        for handler in (
            handlers.WordsHandler,
            handlers.EventHandler,
            handlers.ButtonHandler,
            handlers.WipeHandler,
            handlers.SilenceHandler,
            handlers.RestHandler,
        ):
            builder.add_request_handler(handler(now))
        builder.add_exception_handler(handlers.Apology(now))
        self._skill = builder.create()
        self._serializer = DefaultSerializer()

    def answer(self, envelope: object) -> dict[str, Any]:
        """The response envelope to a request envelope; a type nobody knows gets an empty one.

        Raises EnvelopeError when it is no request envelope.
        """
        started = time.perf_counter()
        kind = _checked(envelope)
        if kind not in _KNOWN_TYPES:
            log.warning("a request of an unknown type was answered with nothing")
            return dict(EMPTY)
        try:
            request = self._serializer.deserialize(json.dumps(_readable(envelope)), RequestEnvelope)
            invoked = self._skill.invoke(request_envelope=request, context=None)
            response = cast(dict[str, Any], self._serializer.serialize(invoked))
        except SerializationException as error:
            raise EnvelopeError(f"the request envelope cannot be read: {error}") from error
        except RecursionError:
            raise EnvelopeError("the request envelope is nested too deep") from None
        response.pop("userAgent", None)
        if not response.get("sessionAttributes"):
            response.pop("sessionAttributes", None)
        self._report(envelope, response)
        ms = (time.perf_counter() - started) * 1000
        log.info("%s answered in %.1f ms", kind, ms)
        return response

    def _report(self, envelope: Any, response: Mapping[str, Any]) -> None:
        for violation in contract.check(envelope, response, loopback=self.loopback):
            log.error("the answer breaks a rule of Alexa: %s (%s)", violation.message, violation.source)


def _readable(envelope: Any) -> Any:
    """The envelope without an activity of the player that the SDK does not know and would refuse it for."""
    context = envelope["context"]
    player = context.get("AudioPlayer")
    if not isinstance(player, Mapping) or player.get("playerActivity") in _ACTIVITIES:
        return envelope
    known = {key: value for key, value in player.items() if key != "playerActivity"}
    return {**envelope, "context": {**context, "AudioPlayer": known}}


def _checked(envelope: object) -> str:
    if not isinstance(envelope, Mapping):
        raise EnvelopeError("the request must be a JSON object")
    request = envelope.get("request")
    if not isinstance(request, Mapping) or not isinstance(request.get("type"), str):
        raise EnvelopeError("the request must hold an object request with a type")
    if request["type"] in _KNOWN_TYPES and not isinstance(envelope.get("context"), Mapping):
        raise EnvelopeError("the request must hold an object context")
    return str(request["type"])
