"""What was said on both sides, as numbered items for the page."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from skill.echo.happenings import Happening, Kind
from skill.echo.words import words_of

KEPT = 200
_NOTES = {
    Kind.ALEXA_SPEAKS: "Alexa geeft zelf antwoord. De training hoort dit niet.",
    Kind.REFUSED: "Alexa weigert het antwoord van de training.",
    Kind.TROUBLE: "Alexa zegt: er is iets mis met deze skill.",
}
_BUTTONS = {"Next": "volgende", "Previous": "vorige", "Play": "afspelen", "Pause": "pauze"}


@dataclass(frozen=True)
class Item:
    """One thing that was said or done."""

    number: int
    who: str
    """``you``, ``echo`` (its words follow in the captions), or ``note``."""
    text: str = ""
    speech: int = 0
    """Which speech of the device this is; 0 when it is none."""
    detail: str = ""

    @property
    def data(self) -> dict[str, Any]:
        """It as JSON."""
        return {"number": self.number, "who": self.who, "text": self.text, "speech": self.speech, "detail": self.detail}


class Transcript:
    """The last items of one device."""

    def __init__(self, wake_word: str) -> None:
        self._wake_word = wake_word
        self._items: deque[Item] = deque(maxlen=KEPT)
        self._count = 0

    def since(self, number: int) -> Iterator[dict[str, Any]]:
        """The items after this number."""
        return (item.data for item in self._items if item.number > number)

    def said(self, text: str) -> None:
        """Somebody said something."""
        self._add("you", text)

    def pressed(self, button: str) -> None:
        """Somebody pressed a button of the device."""
        self._add("you", f"Knop: {_BUTTONS[button]}")

    def speaks(self, number: int, text: str) -> None:
        """The device began to speak."""
        self._add("echo", text, number)

    def unheard(self, text: str, example: str) -> None:
        """Nobody took these words; ``example`` is what one could say now."""
        woken = words_of(text) == words_of(self._wake_word)
        more = f"Zeg er ook iets bij, bijvoorbeeld: {example}."
        self._add("note", more if woken else f"Niemand luistert. Zeg eerst: {self._wake_word}.")

    def happened(self, happening: Happening) -> None:
        """Something happened that is worth a note."""
        if happening.kind in _NOTES:
            shows_why = happening.kind in (Kind.REFUSED, Kind.TROUBLE)
            self._add("note", _NOTES[happening.kind], detail=happening.text if shows_why else "")
        elif happening.kind is Kind.PLAYER and happening.text == "PlaybackFailed":
            self._add("note", "Het geluid kan niet worden afgespeeld.")

    def note(self, text: str, detail: str = "") -> None:
        """Something happened around the device."""
        self._add("note", text, detail=detail)

    def _add(self, who: str, text: str, speech: int = 0, detail: str = "") -> None:
        self._count += 1
        self._items.append(Item(self._count, who, text, speech, detail))
