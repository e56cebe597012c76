"""What the big buttons of the page say: the very words that a person would say to an Echo now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from skill.echo.device import Device
from skill.echo.player import FINISHED, STOPPED


class Wish(StrEnum):
    """What the first and biggest button does now."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"


@dataclass(frozen=True)
class Words:
    """Knows how a wish is said, with the wake word and, where it must, with the name of the skill."""

    wake_word: str
    invocation: str

    def now(self, device: Device, wish: Wish) -> Mapping[str, str]:
        """The words of every button that leads somewhere at this moment."""
        player = device.player
        begun = device.in_session or player.current is not None
        open_or_asked = "ik heb pijn" if device.in_session else f"vraag {self.invocation} naar pijn bij het oefenen"
        said = {
            "start": "start" if device.in_session else f"start {self.invocation}",
            "pain": open_or_asked,
        }
        if begun:
            said |= {"pause": "pauze", "resume": "ga verder", "stop": "stop", "repeat": "herhaal"}
            said |= {"next": "volgende", "previous": "vorige"}
        if wish is Wish.START and device.is_speaking and not device.in_session:
            del said["start"]  # it begins by itself behind these words, and whoever speaks now stops that
        return {name: f"{self.wake_word}, {text}" for name, text in said.items()}

    def choose(self, device: Device, number: int) -> str:
        """How an exercise is chosen by its number."""
        if device.in_session:
            return f"{self.wake_word}, begin met oefening {_numeral(number)}"
        return f"{self.wake_word}, vraag {self.invocation} naar oefening {_numeral(number)}"

    def repeat(self) -> str:
        """How a step is heard once more."""
        return f"{self.wake_word}, herhaal"


def wish_of(device: Device, *, stepping: bool) -> Wish:
    """What a person most likely wants next; ``stepping``: the steps come one by one in a conversation."""
    player = device.player
    stands_still = player.current is not None and player.activity == STOPPED
    if stands_still or (device.in_session and stepping):
        return Wish.RESUME
    if player.current is None or player.activity == FINISHED:
        return Wish.START
    return Wish.PAUSE


def _numeral(number: int) -> str:
    numerals = ("een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen")
    return numerals[number - 1] if number <= len(numerals) else str(number)
