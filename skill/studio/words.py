"""What the buttons of the pages say: the very words that a person would say to an Echo now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from skill.alexa.locales import DUTCH
from skill.echo.player import FINISHED, STOPPED
from skill.studio.ending import Ending

if TYPE_CHECKING:
    from skill.echo.device import Device


class Wish(StrEnum):
    """What the first and biggest button does now."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"


@dataclass(frozen=True)
class Phrases:
    """How one language says it: with the name of the skill in front (``named``), and in an open session."""

    launch: str
    choose: str
    choose_named: str
    numerals: tuple[str, ...]
    bare: Mapping[str, str]
    """What an Echo that plays understands without the name of the skill."""
    asked: Mapping[str, str]
    """What is understood in an open session only."""
    named: Mapping[str, str]
    """The same, with the name: ``{name}``."""
    leave: str
    """How one stops for good while the stream stands still: "stop" alone would only be a pause then."""


_PHRASES: Mapping[str, Phrases] = MappingProxyType(
    {
        "nl": Phrases(
            launch="start {name}",
            choose="begin met oefening {number}",
            choose_named="vraag {name} naar oefening {number}",
            numerals=("een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen"),
            bare={
                "pause": "pauze",
                "resume": "ga verder",
                "stop": "stop",
                "repeat": "herhaal",
                "next": "volgende",
                "previous": "vorige",
            },
            asked={
                "pain": "ik heb pijn",
                "easier": "makkelijker",
                "harder": "zwaarder",
                "slower": "rustiger",
                "faster": "sneller",
            },
            named={
                "pain": "vraag {name} naar pijn bij het oefenen",
                "easier": "vraag {name} naar een makkelijkere versie",
                "harder": "vraag {name} naar een zwaardere versie",
                "slower": "vraag {name} naar een rustiger tempo",
                "faster": "vraag {name} naar een sneller tempo",
            },
            leave="vraag {name} naar stoppen",
        ),
        "en": Phrases(
            launch="open {name}",
            choose="start with exercise {number}",
            choose_named="ask {name} for exercise {number}",
            numerals=("one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
            bare={
                "pause": "pause",
                "resume": "resume",
                "stop": "stop",
                "repeat": "repeat",
                "next": "next",
                "previous": "previous",
            },
            asked={
                "pain": "I have pain",
                "easier": "easier",
                "harder": "harder",
                "slower": "slower",
                "faster": "faster",
            },
            named={
                "pain": "ask {name} about pain",
                "easier": "ask {name} for an easier version",
                "harder": "ask {name} for a harder version",
                "slower": "ask {name} for a slower pace",
                "faster": "ask {name} for a faster pace",
            },
            leave="ask {name} to stop",
        ),
        "de": Phrases(
            launch="öffne {name}",
            choose="beginne mit Übung {number}",
            choose_named="frage {name} nach Übung {number}",
            numerals=("eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"),
            bare={
                "pause": "Pause",
                "resume": "weiter",
                "stop": "stopp",
                "repeat": "wiederholen",
                "next": "nächste",
                "previous": "zurück",
            },
            asked={
                "pain": "ich habe Schmerzen",
                "easier": "leichter",
                "harder": "schwerer",
                "slower": "langsamer",
                "faster": "schneller",
            },
            named={
                "pain": "frage {name} nach Schmerzen",
                "easier": "frage {name} nach einer leichteren Version",
                "harder": "frage {name} nach einer schwereren Version",
                "slower": "frage {name} nach einem langsameren Tempo",
                "faster": "frage {name} nach einem schnelleren Tempo",
            },
            leave="frage {name} nach dem Ende",
        ),
    }
)


@dataclass(frozen=True)
class Words:
    """Knows how a wish is said, with the wake word and, where it must, with the name of the skill."""

    wake_word: str
    invocation: str
    language: str = DUTCH

    @property
    def _phrases(self) -> Phrases:
        return _PHRASES[self.language]

    def now(self, device: Device, wish: Wish, *, over: bool) -> Mapping[str, str]:
        """The words of every button that leads somewhere at this moment; ``over``: the training came to its end."""
        phrases, player = self._phrases, device.player
        begun = device.in_session or player.current is not None
        said = {
            "start": "start" if device.in_session else phrases.launch,
            **(phrases.asked if device.in_session else phrases.named),
        }
        if over and wish is Wish.RESUME:
            said["resume"] = phrases.bare["resume"]
        elif begun and not over:
            said |= phrases.bare
            if wish is Wish.START:
                del said["next"], said["previous"]  # nothing was begun: they would only cut off the words before it
            if player.activity == STOPPED and not device.in_session:
                said["stop"] = phrases.leave
        if wish is Wish.START and device.is_speaking and not device.in_session:
            del said["start"]  # it begins by itself behind these words, and whoever speaks now stops that
        return {name: self._said(text) for name, text in said.items()}

    def launch(self) -> str:
        """How the skill is opened."""
        return self._said(self._phrases.launch)

    def bare(self, wish: str) -> str:
        """How something is said that needs no name of the skill, such as ``repeat``."""
        return self._said(self._phrases.bare[wish])

    def choose(self, device: Device, number: int) -> str:
        """How an exercise is chosen by its number."""
        phrases = self._phrases
        numeral = phrases.numerals[number - 1] if number <= len(phrases.numerals) else str(number)
        text = phrases.choose if device.in_session else phrases.choose_named
        return self._said(text.replace("{number}", numeral))

    def _said(self, text: str) -> str:
        return f"{self.wake_word}, {text.replace('{name}', self.invocation)}"


def wish_of(device: Device, *, stepping: bool, over: Ending | None) -> Wish:
    """What a person most likely wants next; ``stepping``: the steps come one by one in a conversation."""
    if over is not None:
        return Wish.RESUME if over is Ending.LEFT and device.player.current is not None else Wish.START
    player = device.player
    stands_still = player.current is not None and player.activity == STOPPED
    if stands_still or (device.in_session and stepping):
        return Wish.RESUME
    if player.current is None or player.activity == FINISHED:
        return Wish.START
    return Wish.PAUSE
