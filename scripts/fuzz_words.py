"""What the skill knows by name: tokens, intents, exercises, questions; generated requests are made of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from skill.alexa.intents import BUILT_INS
from skill.alexa.token import encode
from skill.coach import Question, Stream, Way
from skill.coach.situation import MARKS
from skill.content import Level, Tempo
from skill.pack import Pack

MODEL = Path(__file__).resolve().parent.parent / "interaction_models" / "nl-NL.json"
CANARY = "kanariepiet"
"""Stands in every id and free text: what is stored or logged must never hold it."""
APPLICATION = "amzn1.ask.skill.fuzz"
EPOCH = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LOCALES = ("nl-NL", "en-GB", "en-US", "de-DE", "fr-FR", "", "nl", "xx-YY")
TEXTS = (
    "1.0",
    f"ik heb pijn {CANARY}",
    "",
    "AMAZON.NUMBER",
    "ER_SUCCESS_MATCH",
    "https://example.org/a.mp3",
    f"{CANARY}: <speak>&amp;</speak>",
)


@dataclass(frozen=True)
class Words:
    """What requests are made of."""

    texts: Sequence[str]
    names: Sequence[str]
    numbers: Sequence[int]
    times: Sequence[str]
    tokens: Sequence[str]
    steps: Sequence[str]
    keyed: Mapping[str, Callable[[Random], Any]]
    """What stands under a key of JSON, wherever it is."""

    def attributes(self, random: Random) -> dict[str, Any]:
        """Attributes as the skill gives them to a session."""
        at = EPOCH.timestamp() + random.choice((0, -30, -600, 90, -4_000, 86_400))
        place = {
            "token": random.choice(self.tokens),
            "offset": random.choice(self.numbers),
            "step": random.choice(self.steps),
        }
        return {
            "question": random.choice([one.value for one in Question]),
            "misses": random.choice((0, 1, 2, 3)),
            "place": place,
            "at": at,
            "until": at + random.choice((0, 20, -20)),
            "level": random.choice([one.value for one in Level]),
            "tempo": random.choice([one.value for one in Tempo]),
            "way": random.choice([one.value for one in Way]),
            "intro": random.choice(("short", "full")),
        }


def words_of(pack: Pack) -> Words:
    """The words of a pack."""
    exercises = sorted({key.split("/")[1] for key in pack.tracks})
    tokens = _tokens(pack, exercises)
    times = [(EPOCH + timedelta(seconds=s)).strftime("%Y-%m-%dT%H:%M:%SZ") for s in (0, 5, 60, 200, 1_900, -90, 90_000)]
    numbers = (0, 1, 9_000, 45_000, 61_234, 150_000, 400_000, 3, 10**7)
    people = [f"amzn1.ask.account.{CANARY}.{number}" for number in range(3)]
    names = ("exercise", "other", CANARY)

    def attributes(random: Random) -> dict[str, Any]:
        return words.attributes(random)

    keyed: dict[str, Callable[[Random], Any]] = {
        "token": lambda random: random.choice(tokens),
        "offsetInMilliseconds": lambda random: random.choice(numbers),
        "locale": lambda random: random.choice(LOCALES),
        "timestamp": lambda random: random.choice(times),
        "requestId": lambda random: f"amzn1.echo-api.request.{random.getrandbits(32)}",
        "userId": lambda random: random.choice(people),
        "personId": lambda random: random.choice(people),
        "deviceId": lambda random: f"amzn1.ask.device.{CANARY}.{random.choice('012')}",
        "applicationId": lambda _: APPLICATION,
        "attributes": attributes,
        "name": lambda random: random.choice(intents),
        "id": lambda random: random.choice((*exercises, CANARY)),
        "new": lambda random: random.choice((False, True)),
    }
    model = json.loads(MODEL.read_bytes())["interactionModel"]["languageModel"]
    intents = sorted({*BUILT_INS, CANARY, *(one["name"] for one in model["intents"])})
    steps = sorted({step.id for track in pack.tracks.values() for step in track.steps})
    words = Words(TEXTS, names, numbers, times, tokens, steps, keyed)
    return words


def _tokens(pack: Pack, exercises: Sequence[str]) -> list[str]:
    routine = next(iter(pack.tracks)).split("/")[0]
    marks = ["", *sorted(MARKS), "".join(sorted(MARKS))]
    streams = [
        Stream(routine, track, level, tempo, version, f"run{number % 3}", frozenset(mark))
        for track in exercises
        for level in Level
        for tempo in Tempo
        for number, (version, mark) in enumerate((version, mark) for version in (pack.id, "0ld") for mark in marks)
    ]
    return [*(encode(stream) for stream in streams), "", f"v1:{CANARY}:::::", f"{CANARY}-token"]
