"""What the skill reads of a request envelope; all the rest never reaches ask-sdk, which trusts it too much.

The SDK sets every property that it does not know as an attribute of its objects, under the name that the request
gives it (``object_type``, ``__dict__``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ask_sdk_model.interfaces.audioplayer import PlayerActivity

LONGEST_TIME = 64
"""Characters of a time; ask-sdk's parser needs a second for 100,000 of them."""
_ACTIVITIES = frozenset(one.value for one in PlayerActivity)
_PLAYER = {"token": None, "offsetInMilliseconds": None, "playerActivity": None}
_USER = {"userId": None}
_VALUE = {"values": [{"value": {"name": None, "id": None}}]}
_PERHAPS = object()
_ATTRIBUTES = {
    "place": dict.fromkeys(("token", "offset", "step"), _PERHAPS),
    **dict.fromkeys(("question", "misses", "at", "until", "level", "tempo", "way", "intro"), _PERHAPS),
}
_READ: Mapping[str, Any] = {
    "version": None,
    "session": {"new": None, "sessionId": None, "user": _USER, "attributes": _ATTRIBUTES},
    "context": {
        "System": {"user": _USER, "device": {"deviceId": None, "supportedInterfaces": {"AudioPlayer": {}}}},
        "AudioPlayer": _PLAYER,
    },
    "request": {
        **dict.fromkeys(("type", "requestId", "timestamp", "locale", "token", "offsetInMilliseconds", "reason")),
        "error": {"type": None},
        "currentPlaybackState": _PLAYER,
        "intent": {
            "name": None,
            "slots": {"exercise": {"name": None, "resolutions": {"resolutionsPerAuthority": [_VALUE]}}},
        },
    },
}
"""The properties that are read; None: one value, {}: whether it is there, perhaps: one value, else nothing."""


def readable(envelope: Any) -> dict[str, Any]:
    """The envelope with nothing in it but what is read. Raises ValueError where that is of another shape."""
    found: dict[str, Any] = _known("it", envelope, _READ)
    timestamp = found["request"].get("timestamp")
    if isinstance(timestamp, str) and len(timestamp) > LONGEST_TIME:
        raise ValueError(f"timestamp is longer than {LONGEST_TIME} characters")
    return found


def _known(name: str, value: Any, parts: Any) -> Any:
    """What is read of a value; its parts may be null."""
    if value is None:
        return None
    if parts is _PERHAPS:
        return None if isinstance(value, (list, Mapping)) else value
    if parts is None:
        if isinstance(value, (list, Mapping)):
            raise ValueError(f"{name} must be one value")
        return value
    if isinstance(parts, list):
        if not isinstance(value, list):
            raise ValueError(f"{name} must be a list")
        return [_known(name, one, parts[0]) for one in value]
    if not isinstance(value, Mapping):
        raise ValueError(f"{name} must be an object")
    known = {key: _known(key, value[key], part) for key, part in parts.items() if key in value}
    if "playerActivity" in known and known["playerActivity"] not in _ACTIVITIES:
        del known["playerActivity"]  # one from the future, for which the SDK would refuse the whole
    return known
