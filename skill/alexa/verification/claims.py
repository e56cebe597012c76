"""What a request says of itself: its type, its time and the skill that it is for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from skill.errors import RequestRefusedError

TOLERANCE_S = 150
"""How far the time of a request may be from ours."""
SKILL_EVENT_TOLERANCE_S = 3600
"""The same of an event about the skill itself, such as that somebody switched it off."""

_SKILL_EVENT = "AlexaSkillEvent."
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)


@dataclass(frozen=True)
class Claims:
    """What is checked of a request, read but not yet believed."""

    kind: str
    made_at: float
    """Seconds since 1970."""
    applications: frozenset[object]
    """Every application id that it names."""

    @property
    def until(self) -> float:
        """Until when the request may be answered, in seconds since 1970."""
        return self.made_at + self._tolerance_s

    @property
    def _tolerance_s(self) -> float:
        return SKILL_EVENT_TOLERANCE_S if self.kind.startswith(_SKILL_EVENT) else TOLERANCE_S

    def check_time(self, now: float) -> None:
        """Raises RequestRefusedError (``timestamp``) when the request is too old or from the future."""
        if now > self.until:
            raise RequestRefusedError("timestamp", "the request is too old")
        if now < self.made_at - self._tolerance_s:
            raise RequestRefusedError("timestamp", "the request is from the future; is the clock right?")

    def check_application(self, skill_id: str) -> None:
        """Raises RequestRefusedError (``application``) when the request is for another skill."""
        if self.applications != {skill_id}:
            raise RequestRefusedError("application", "the request is for another skill")


def read_claims(body: bytes) -> Claims:
    """The claims in a raw body.

    Raises RequestRefusedError: ``body`` when it is no envelope, ``timestamp`` or ``application`` when it lacks one.
    """
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError):
        raise RequestRefusedError("body", "the request is no JSON") from None
    return _claims(envelope)


def window_end(envelope: object) -> float:
    """Until when this envelope may be answered and its replay be told apart, in seconds since 1970.

    Raises RequestRefusedError as ``read_claims`` does.
    """
    return _claims(envelope).until


def _claims(envelope: object) -> Claims:
    if not isinstance(envelope, Mapping):
        raise RequestRefusedError("body", "the request must be a JSON object")
    request = envelope.get("request")
    if not isinstance(request, Mapping) or not isinstance(request.get("type"), str):
        raise RequestRefusedError("body", "the request must hold an object request with a type")
    return Claims(request["type"], _seconds(request.get("timestamp")), _applications(envelope))


def _seconds(timestamp: object) -> float:
    if isinstance(timestamp, str) and _TIME.fullmatch(timestamp):
        try:
            return datetime.fromisoformat(timestamp).timestamp()
        except (ValueError, OverflowError):
            pass  # month 13, hour 25: refused as anything else that is no time
    raise RequestRefusedError("timestamp", "the request must hold its timestamp, in ISO 8601 with its time zone")


def _applications(envelope: Mapping[str, Any]) -> frozenset[object]:
    found = [_inside(envelope, "context", "System", "application", "applicationId")]
    if envelope.get("session") is not None:
        found.append(_inside(envelope, "session", "application", "applicationId"))
    if not all(isinstance(one, str) for one in found):
        raise RequestRefusedError("application", "the request must hold the id of the skill that it is for")
    return frozenset(found)


def _inside(value: object, *names: str) -> object:
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
