"""What may be told of a request in log and figures: nothing of a person, and nothing about pain."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass

from skill.alexa.intents import command_for_intent
from skill.alexa.skill import KNOWN_TYPES
from skill.coach import Command
from skill.serving.metrics import Metrics

log = logging.getLogger(__name__)

OTHER = "other"
NEUTRAL = frozenset(
    (
        Command.START,
        Command.STOP,
        Command.PAUSE,
        Command.RESUME,
        Command.NEXT_STEP,
        Command.PREVIOUS_STEP,
        Command.REPEAT,
        Command.NEXT_EXERCISE,
        Command.RESTART_EXERCISE,
        Command.START_OVER,
        Command.CHOOSE_EXERCISE,
        Command.TIME_LEFT,
        Command.WHICH_SIDE,
        Command.EQUIPMENT,
        Command.HISTORY,
        Command.LOUDER,
        Command.STEP_BY_STEP,
        Command.CONTINUOUS,
    )
)
"""The commands that may be named: they tell nothing of how somebody is. All others are ``other``, one as the other."""
_REQUEST_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)


@dataclass(frozen=True)
class Seen:
    """What is told of a request."""

    kind: str = OTHER
    intent: str = ""
    request_id: str = ""


UNSEEN = Seen()
"""A request that was refused before it was read."""


def seen(envelope: object) -> Seen:
    """What may be told of an envelope, whatever it holds."""
    request = envelope.get("request") if isinstance(envelope, Mapping) else None
    if not isinstance(request, Mapping):
        return UNSEEN
    kind, request_id = request.get("type"), request.get("requestId")
    return Seen(
        kind=kind if isinstance(kind, str) and kind in KNOWN_TYPES else OTHER,
        intent=_intent(request.get("intent")),
        request_id=request_id if isinstance(request_id, str) and _REQUEST_ID.fullmatch(request_id) else "",
    )


def _intent(intent: object) -> str:
    if not isinstance(intent, Mapping):
        return ""
    name = intent.get("name")
    return name if isinstance(name, str) and command_for_intent(name) in NEUTRAL else OTHER


@dataclass(frozen=True)
class Observer:
    """Writes one line and counts once for each request."""

    metrics: Metrics

    def answered(self, one: Seen, status: int, seconds: float) -> None:
        """A request was answered."""
        self.metrics.answered(one.kind, status, seconds)
        facts = {
            "event": "request",
            "request_id": one.request_id,
            "type": one.kind,
            "intent": one.intent,
            "status": status,
            "ms": round(seconds * 1000, 2),
        }
        log.info("%s answered in %.1f ms", one.intent or one.kind, seconds * 1000, extra={"facts": facts})

    def refused(self, reason: str, seconds: float, status: int = 400) -> None:
        """A request was refused, for a reason of one word; what it says of itself is not believed."""
        self.metrics.refused(reason, seconds, status)
        facts = {"event": "refused", "reason": reason, "status": status, "ms": round(seconds * 1000, 2)}
        log.info("a request was refused: %s", reason, extra={"facts": facts})
