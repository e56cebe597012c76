"""What the skill reads of a request envelope, as the SDK's own objects; all the rest is left out.

The SDK's deserializer trusts an envelope too much (it sets every property that it does not know as an attribute of its
objects, under the name that the request gives it: ``object_type``, ``__dict__``), and takes a quarter of the time of an
answer. So the objects are made here, by the types that the SDK's classes tell of their properties.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from importlib import import_module
from typing import Any

from ask_sdk_model import RequestEnvelope
from ask_sdk_model.request import Request

_PLAYER = {"token": None, "offsetInMilliseconds": None, "playerActivity": None}
_USER = {"userId": None}
_VALUE = {"values": [{"value": {"name": None, "id": None}}]}
_PERHAPS = object()
_ATTRIBUTES = {
    "place": dict.fromkeys(("token", "offset", "step"), _PERHAPS),
    **dict.fromkeys(("question", "misses", "at", "until", "level", "tempo", "way", "intro"), _PERHAPS),
}
_AROUND: Mapping[str, Any] = {
    "version": None,
    "session": {"new": None, "sessionId": None, "user": _USER, "attributes": _ATTRIBUTES},
    "context": {
        "System": {"user": _USER, "device": {"deviceId": None, "supportedInterfaces": {"AudioPlayer": {}}}},
        "AudioPlayer": _PLAYER,
    },
}
_REQUEST: Mapping[str, Any] = {
    **dict.fromkeys(("type", "requestId", "timestamp", "locale", "token", "offsetInMilliseconds", "reason")),
    "error": {"type": None},
    "currentPlaybackState": _PLAYER,
    "intent": {
        "name": None,
        "slots": {"exercise": {"name": None, "resolutions": {"resolutionsPerAuthority": [_VALUE]}}},
    },
}
"""The properties that are read; None: one value, {}: whether it is there, perhaps: one value, else nothing."""

_Reader = Callable[[str, Any], Any]
"""Makes what the SDK has for a value that is not null. Raises ValueError, with the name, where its shape is another."""


def read_envelope(envelope: Any) -> RequestEnvelope:
    """The envelope with nothing in it but what is read; its request is of a type that the SDK knows.

    Raises ValueError where something that is read is of another shape.
    """
    found: RequestEnvelope = _around()("envelope", envelope)
    found.request = _request(envelope["request"]["type"])("request", envelope["request"])
    return found


@cache
def _around() -> _Reader:
    return _model(RequestEnvelope, _AROUND)


@cache
def _request(kind: str) -> _Reader:
    return _model(_class(Request.discriminator_value_class_map[kind]), _REQUEST)


def _class(name: str) -> Any:
    module, _, last = name.rpartition(".")
    return getattr(import_module(module), last)


def _reader(kind: str, parts: Any) -> _Reader:
    """The reader of a value of a type that the SDK writes as ``str``, ``list[…]``, ``dict(str, …)`` or a class."""
    if parts is _PERHAPS:
        return _perhaps
    if isinstance(parts, list):
        return _list(_reader(kind.removeprefix("list[").removesuffix("]"), parts[0]))
    if isinstance(parts, Mapping) and (kind == "object" or kind.startswith("dict(")):
        of = kind.removeprefix("dict(str, ").removesuffix(")")
        return _dict({key: _reader(of, part) for key, part in parts.items()})
    if isinstance(parts, Mapping):
        return _model(_class(kind), parts)
    native = _NATIVE.get(kind)
    if native is not None:
        return native
    made = _class(kind)
    return _enum(made) if issubclass(made, Enum) else _left_out  # of another request, with the same name


def _model(made: Any, parts: Mapping[str, Any]) -> _Reader:
    names = {key: attribute for attribute, key in made.attribute_map.items()}
    fields = [
        (key, names[key], _reader(made.deserialized_types[names[key]], part))
        for key, part in parts.items()
        if key in names
    ]

    def read(name: str, value: Any) -> Any:
        if not isinstance(value, dict):
            raise ValueError(f"{name} must be an object")
        found = made()
        for key, attribute, reader in fields:
            part = value.get(key)
            if part is not None:
                setattr(found, attribute, reader(key, part))
        return found

    return read


def _dict(readers: Mapping[str, _Reader]) -> _Reader:
    def read(name: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValueError(f"{name} must be an object")
        return {key: reader(key, value[key]) for key, reader in readers.items() if value.get(key) is not None}

    return read


def _list(reader: _Reader) -> _Reader:
    def read(name: str, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise ValueError(f"{name} must be a list")
        return [reader(name, one) for one in value if one is not None]

    return read


def _enum(kind: type[Enum]) -> _Reader:
    known = {one.value: one for one in kind}

    def read(name: str, value: Any) -> Enum | None:
        return known.get(_single(name, value))  # nothing where Amazon has thought of a new one

    return read


def _left_out(_name: str, _value: Any) -> None:
    return None


def _perhaps(_name: str, value: Any) -> Any:
    return None if isinstance(value, (list, dict)) else value


def _single(name: str, value: Any) -> Any:
    if isinstance(value, (list, dict)):
        raise ValueError(f"{name} must be one value")
    return value


def _native(kind: type) -> _Reader:
    def read(name: str, value: Any) -> Any:
        if type(value) is kind:
            return value
        try:
            return kind(_single(name, value))
        except (TypeError, OverflowError) as error:
            raise ValueError(f"{name}: {error}") from error

    return read


def _time(name: str, value: Any) -> datetime:
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a time")
    return datetime.fromisoformat(value)


_NATIVE: Mapping[str, _Reader] = {
    "str": _native(str),
    "int": _native(int),
    "bool": _native(bool),
    "datetime": _time,
}
