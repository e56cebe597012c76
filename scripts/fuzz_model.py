"""Envelopes of every type of request that ask-sdk knows, from its model; and bytes as a source of chance."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from random import Random
from typing import Any

from ask_sdk_model import RequestEnvelope
from ask_sdk_model.request import Request

from scripts.fuzz_words import Words

KINDS: tuple[str, ...] = tuple(sorted(Request.discriminator_value_class_map))
"""Every type of request that ask-sdk knows."""
OURS = (
    "IntentRequest",
    "LaunchRequest",
    "SessionEndedRequest",
    "System.ExceptionEncountered",
    "AlexaSkillEvent.SkillDisabled",
    *(kind for kind in KINDS if kind.startswith(("AudioPlayer.", "PlaybackController."))),
)
"""The types that the skill does something with."""
WEIGHTS = tuple({"IntentRequest": 12, "LaunchRequest": 3}.get(kind, 1) for kind in OURS)
DEEPEST = 7
_CONTEXT = "ask_sdk_model.context.Context"
_HEARD = ("System", "AudioPlayer")
"""The parts of the context that the skill looks at; the others are there now and then."""
_LIST = re.compile(r"list\[(.*)\]")
_DICT = re.compile(r"dict\(([^,]*), (.*)\)")


class ByteRandom(Random):
    """Chance that comes from bytes, so that a fuzzer steers it; when they are used up every choice is the first."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0
        super().__init__(0)

    def getrandbits(self, k: int, /) -> int:
        """The next bits of the data."""
        count = (k + 7) // 8
        taken = self._data[self._at : self._at + count]
        self._at += count
        return int.from_bytes(taken.ljust(count, b"\0"), "little") & ((1 << k) - 1)

    def random(self) -> float:
        """A number from 0 up to 1 from the next two bytes."""
        return self.getrandbits(16) / 65536


def chance(random: Random, share: float) -> bool:
    """Whether something with this probability happens; never where the chance is used up."""
    return random.random() > 1 - share


@dataclass(frozen=True)
class _Model:
    """A class of the model: the JSON key and type of each property, and the classes it can stand for."""

    name: str
    fields: Sequence[tuple[str, str]]
    kinds: Mapping[str, str]
    kind_key: str
    values: Sequence[str]
    """Of an enumeration: what it may be."""


def envelope(random: Random, words: Words) -> dict[str, Any]:
    """A valid envelope of some type of request, mostly of one that the skill does something with."""
    kind = random.choice(KINDS) if chance(random, 0.2) else random.choices(OURS, WEIGHTS)[0]
    return envelope_of(kind, random, words)


def envelope_of(kind: str, random: Random, words: Words) -> dict[str, Any]:
    """A valid envelope of a type of request; what is optional is sometimes missing."""
    maker = _Maker(random, words)
    made: dict[str, Any] = {
        "version": "1.0",
        "context": maker.value(_CONTEXT, "context", 1),
        "request": maker.value(Request.discriminator_value_class_map[kind], "request", 1),
    }
    made["request"]["type"] = kind
    made["context"].setdefault("System", maker.value("ask_sdk_model.interfaces.system.system_state.SystemState", "", 2))
    if kind in ("LaunchRequest", "IntentRequest", "SessionEndedRequest"):
        made["session"] = maker.value("ask_sdk_model.session.Session", "session", 1)
    return made


@cache
def python_names() -> tuple[str, ...]:
    """What the properties are called in Python where JSON calls them otherwise; as JSON keys they mean nothing."""
    seen, todo = set[str](), [f"{RequestEnvelope.__module__}.{RequestEnvelope.__name__}"]
    names = {"object_type"}
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        found = getattr(_class(name), "attribute_map", {})
        names |= {python for python, written in found.items() if python != written}
        model = _model(name)
        todo += [*model.kinds.values(), *(_inner(kind) for _, kind in model.fields if "." in kind)]
    return tuple(sorted(names))


def _inner(kind: str) -> str:
    found = _LIST.match(kind) or _DICT.match(kind)
    return _inner(found[found.re.groups]) if found else kind


def _class(name: str) -> Any:
    module, _, found = name.rpartition(".")
    return getattr(importlib.import_module(module), found)


@cache
def _model(name: str) -> _Model:
    found = _class(name)
    if issubclass(found, Enum):
        return _Model(name, (), {}, "", tuple(str(one.value) for one in found))
    types, written = found.deserialized_types, getattr(found, "attribute_map", {})
    fields = tuple((written.get(one, one), kind) for one, kind in types.items() if one != "object_type")
    kinds = getattr(found, "discriminator_value_class_map", {}) if "get_real_child_model" in vars(found) else {}
    return _Model(name, fields, kinds, getattr(found, "json_discriminator_key", "") or "type", ())


class _Maker:
    def __init__(self, random: Random, words: Words) -> None:
        self.random = random
        self.words = words
        self._plain: Mapping[str, Callable[[], Any]] = {
            "str": lambda: random.choice(words.texts),
            "bool": lambda: random.choice((True, False)),
            "int": lambda: random.choice(words.numbers),
            "long": lambda: random.choice(words.numbers),
            "float": lambda: random.choice((0.0, 0.5, 1.0, 52.37, -4.9)),
            "datetime": lambda: random.choice(words.times),
            "date": lambda: random.choice(words.times)[:10],
            "object": lambda: random.choice((words.attributes(random), random.choice(words.texts), 1, [], {})),
        }

    def value(self, kind: str, key: str, depth: int) -> Any:
        """A value of a type of the model; names that mean something to the skill get values that do."""
        if key in self.words.keyed:
            return self.words.keyed[key](self.random)
        if kind in self._plain:
            return self._plain[kind]()
        listed = _LIST.match(kind)
        if listed:
            return [self.value(listed[1], key, depth + 1) for _ in range(self._count(depth))]
        mapped = _DICT.match(kind)
        if mapped:
            names = [self.random.choice(self.words.names) for _ in range(self._count(depth))]
            return {name: self.value(mapped[2], name, depth + 1) for name in names}
        return self._object(_model(kind), depth)

    def _count(self, depth: int) -> int:
        return self.random.choice((1, 0, 2, 3)) if depth < DEEPEST else 0

    def _object(self, model: _Model, depth: int) -> Any:
        if model.values:
            return self.random.choice(model.values)
        if model.kinds:
            kind = self.random.choice(sorted(model.kinds))
            found = self._object(_model(model.kinds[kind]), depth)
            return {model.kind_key: kind, **found} if isinstance(found, dict) else found
        made = {}
        for key, kind in model.fields:
            deep = depth >= DEEPEST and "." in kind
            aside = model.name == _CONTEXT and key not in _HEARD
            if not deep and chance(self.random, 0.05 if aside else 0.85):
                made[key] = self.value(kind, key, depth + 1)
        return made
