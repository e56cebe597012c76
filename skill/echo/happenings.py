"""What can be noticed of the virtual Echo from outside: heard, spoken, played, and sent to the skill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What happened."""

    SKILL_SPEAKS = "skill_speaks"
    """The skill's answer sounds: ``files`` or ``text``."""
    REPROMPT = "reprompt"
    """The skill's question sounds once more."""
    ALEXA_SPEAKS = "alexa_speaks"
    """Alexa answers by herself; the skill was not asked."""
    TROUBLE = "trouble"
    """Alexa says that the skill did not answer, or not as it must; ``text`` is why."""
    UNHEARD = "unheard"
    """The wake word was missing."""
    SPEECH_OVER = "speech_over"
    LISTENING = "listening"
    """The microphone opened."""
    MICROPHONE_SHUT = "microphone_shut"
    SESSION_ENDED = "session_ended"
    PLAYER = "player"
    """The player did something; ``text`` is the kind of event, ``files`` the stream."""
    REQUEST = "request"
    """A request went to the skill: ``text`` is its type or its intent."""
    REFUSED = "refused"
    """Alexa would refuse the answer to an event; ``text`` is why."""


@dataclass(frozen=True)
class Happening:
    """One thing that happened, and when (seconds since 1970)."""

    kind: Kind
    at: float
    text: str = ""
    files: tuple[str, ...] = ()
    seconds: float = 0.0
    """How long a speech lasts."""
    details: Mapping[str, Any] = field(default_factory=dict)
