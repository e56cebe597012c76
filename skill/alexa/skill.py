"""The skill as Alexa sees it: a request envelope in, a response envelope out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, cast

from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_core.skill_builder import SkillBuilder
from ask_sdk_model import RequestEnvelope
from ask_sdk_model.request import Request

from skill.alexa import contract, handlers, responses
from skill.alexa.envelope import read_envelope
from skill.alexa.facts import World
from skill.coach import Reply
from skill.content.prompt_ids import PromptId
from skill.errors import RugoefeningError

log = logging.getLogger(__name__)

EMPTY: Mapping[str, Any] = {"version": "1.0", "response": {}}
GOODBYE: Mapping[str, Any] = {"version": "1.0", "response": {"shouldEndSession": True}}
"""The answer to words when nothing can be said."""
_WORDS = ("LaunchRequest", "IntentRequest")
KNOWN_TYPES = frozenset(Request.discriminator_value_class_map)
"""The types of request that the SDK knows; bounded, so fit for figures."""


class EnvelopeError(RugoefeningError):
    """The request is no envelope of Alexa; the web answers 400."""


class AlexaSkill:
    """Answers request envelopes.

    On loopback, in development, an answer that breaks a rule of Alexa is only logged, so that it can be looked at;
    elsewhere a safe one takes its place. ``violated`` is told the short name of each rule that was broken.
    """

    def __init__(
        self, now: Callable[[], World], *, loopback: bool, violated: Callable[[str], None] | None = None
    ) -> None:
        self.loopback = loopback
        self._now = now
        self._violated = violated
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
        kind = _checked(envelope)
        if kind not in KNOWN_TYPES:
            log.warning("a request of an unknown type was answered with nothing")
            return dict(EMPTY)
        try:
            request = read_envelope(envelope)
        except ValueError as error:
            raise EnvelopeError(f"the request envelope cannot be read: {error}") from error
        try:
            response = self._response(request, kind)
        except Exception:  # whatever it was, Alexa gets an answer
            log.exception("an answer could not be made")
            return self._safe(envelope, kind, {})
        return response if self._obeys(envelope, response) or self.loopback else self._safe(envelope, kind, response)

    def _response(self, request: RequestEnvelope, kind: str) -> dict[str, Any]:
        invoked = self._skill.invoke(request_envelope=request, context=None)
        response = cast(dict[str, Any], self._serializer.serialize(invoked))
        response.pop("userAgent", None)
        if kind not in _WORDS or not response.get("sessionAttributes"):  # the SDK gives back what came
            response.pop("sessionAttributes", None)
        return response

    def _obeys(self, envelope: Any, response: Mapping[str, Any]) -> bool:
        """Whether an answer breaks no rule of Alexa; what it breaks is logged, without anything of its content."""
        violations = self._violations(envelope, response)
        for violation in violations:
            if self._violated is not None:
                self._violated(violation.rule)
            what = f": {violation.message}" if self.loopback else ""
            log.error("an answer breaks rule %r of Alexa (%s)%s", violation.rule, violation.source, what)
        return not violations

    def _violations(self, envelope: Any, response: Mapping[str, Any]) -> list[contract.Violation]:
        def length_ms(address: str) -> int | None:
            return self._now().pack.lengths.get(address.rpartition("/")[2])

        return contract.check(envelope, response, loopback=self.loopback, length_ms=length_ms)

    def _safe(self, envelope: Any, kind: str, refused: Mapping[str, Any]) -> dict[str, Any]:
        """What is answered instead: nothing to an event, to words an apology; sound that was to stop still stops."""
        if kind not in _WORDS:
            return dict(EMPTY)
        stop = {"directives": [{"type": "AudioPlayer.Stop"}]} if _stops(refused) else {}
        for body in ({**self._apology(envelope), **stop}, {"shouldEndSession": True, **stop}):
            answer = {"version": "1.0", "response": body}
            if not self._violations(envelope, answer):
                return answer
        return dict(GOODBYE)

    def _apology(self, envelope: Any) -> dict[str, Any]:
        locale = str(envelope["request"].get("locale") or "")
        try:
            said = responses.spoken(self._now(), Reply(clip=PromptId.ERROR), locale)
        except RugoefeningError:
            log.exception("not even an apology could be made")
            return {}
        return cast(dict[str, Any], self._serializer.serialize(said))


def _stops(response: Mapping[str, Any]) -> bool:
    return any(one.get("type") == "AudioPlayer.Stop" for one in response.get("response", {}).get("directives", []))


def _checked(envelope: object) -> str:
    if not isinstance(envelope, Mapping):
        raise EnvelopeError("the request must be a JSON object")
    request = envelope.get("request")
    if not isinstance(request, Mapping) or not isinstance(request.get("type"), str):
        raise EnvelopeError("the request must hold an object request with a type")
    if request["type"] in KNOWN_TYPES and not isinstance(envelope.get("context"), Mapping):
        raise EnvelopeError("the request must hold an object context")
    return str(request["type"])
