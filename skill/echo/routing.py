"""Where words go: to the skill, or to Alexa herself.

Without an open session only the playback built-ins reach a skill whose audio plays or played last; all else
needs its name, as in "start rugoefening" or "vraag rugoefening naar een lichtere versie".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from skill.echo.understanding import Understanding, Understood
from skill.echo.words import words_of


class Road(StrEnum):
    """What becomes of an utterance."""

    LAUNCH = "launch"
    INTENT = "intent"
    """An intent in the open session, or one that playback built-ins may carry without the name."""
    ONE_SHOT = "one_shot"
    """An intent with the name in front of it; it begins a session."""
    EXIT = "exit"
    """The device itself ends the session."""
    ALEXA = "alexa"
    """Alexa answers by herself; the skill hears nothing."""
    UNHEARD = "unheard"
    """The wake word was missing while the microphone was shut."""


@dataclass(frozen=True)
class Route:
    """Where an utterance goes, and what it means if the skill gets it."""

    road: Road
    understood: Understood | None = None


class Router:
    """Sends words where an Echo would send them."""

    def __init__(self, understanding: Understanding, *, invocation: str, wake_word: str) -> None:
        self._understanding = understanding
        self._assumed = understanding.assumptions
        self._name = words_of(invocation)
        self._wake = words_of(wake_word)

    def route(self, text: str, *, in_session: bool, listening: bool, played_last: bool) -> Route:
        """Where this goes. ``listening``: the microphone is open, so that no wake word is needed."""
        words = words_of(text)
        woken = words[: len(self._wake)] == self._wake
        if woken:
            words = words[len(self._wake) :]
        if not woken and not listening:
            return Route(Road.UNHEARD)
        if not words:
            return Route(Road.UNHEARD)
        named = self._named(words)
        if named is not None:
            return named
        said = _without_wake(text, self._wake)
        if in_session:
            if words in [words_of(one) for one in self._assumed.session_end]:
                return Route(Road.EXIT)
            return Route(Road.INTENT, self._understanding.understand(said))
        return self._in_playback(said) if played_last else Route(Road.ALEXA)

    def unwrapped(self, text: str) -> str | None:
        """What is asked of the skill, without wake word and name; None for a bare launch."""
        words = words_of(text)
        if words[: len(self._wake)] == self._wake:
            words = words[len(self._wake) :]
        if self._is_launch(words):
            return None
        asked = self._asked(words)
        return " ".join(asked) if asked else _without_wake(text, self._wake)

    def _named(self, words: Sequence[str]) -> Route | None:
        if self._is_launch(words):
            return Route(Road.LAUNCH)
        asked = self._asked(words)
        if asked:
            return Route(Road.ONE_SHOT, self._understanding.understand(" ".join(asked)))
        at = _find(words, self._name)
        # the name in a form that Alexa's Dutch does not connect ("vraag … om …", "open … en …")
        return Route(Road.ALEXA) if at >= 0 else None

    def _is_launch(self, words: Sequence[str]) -> bool:
        kept = tuple(word for word in words if word in self._name or word not in self._assumed.fillers)
        return any(kept == (*words_of(verb), *self._name) for verb in self._assumed.launch) or kept == self._name

    def _asked(self, words: Sequence[str]) -> tuple[str, ...]:
        verb = len(words) and words[0] in self._assumed.asking
        size = 1 + len(self._name)
        if not verb or tuple(words[1:size]) != self._name or len(words) < size + 2:
            return ()
        connecting, *asked = words[size:]
        return tuple(asked) if connecting in self._assumed.connecting else ()

    def _in_playback(self, said: str) -> Route:
        understood = self._understanding.built_in(said)
        if understood is None:
            return Route(Road.ALEXA)
        if understood.intent in self._assumed.becomes_pause:
            return Route(Road.INTENT, self._understanding.as_pause(understood))
        return Route(Road.INTENT, understood) if understood.intent in self._assumed.playback else Route(Road.ALEXA)


def _without_wake(text: str, wake: Sequence[str]) -> str:
    stripped = text.strip()
    if words_of(stripped)[: len(wake)] != tuple(wake):
        return stripped
    rest = stripped.split(None, len(wake))
    return rest[len(wake)] if len(rest) > len(wake) else ""


def _find(words: Sequence[str], name: Sequence[str]) -> int:
    spread = range(len(words) - len(name) + 1)
    return next((at for at in spread if tuple(words[at : at + len(name)]) == tuple(name)), -1)
