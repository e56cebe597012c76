"""What a tab tells the server, read strictly."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from werkzeug.exceptions import BadRequest

from skill.alexa.locales import LOCALES
from skill.echo.player import FINISHED, PLAYING, STOPPED
from skill.studio.ending import Ending

OTHER_ECHO = "other"
FAULTS = ("lost", "twice", "slow", "too_slow", OTHER_ECHO)
"""What the workbench may let go wrong with an Echo; see skill/studio/workbench."""
BUTTONS = ("Next", "Previous", "Play", "Pause")
QUIETING = ("pause", "stop", "pain")
"""Wishes that are told by name: their words are those that lead there when they arrive, which may be late."""
HAPPENINGS = ("said", "wish", "pressed", "target", "fault")
LONGEST_MS = 365 * 24 * 3600 * 1000
LONGEST_TEXT = 300
LARGEST = 10**15
"""No number in here is larger; a moment in ms since 1970 is not, for thousands of years."""
_IDENTITY = re.compile(r"[A-Za-z0-9-]{8,64}\Z")
_VOICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z")
_NAME = re.compile(r"[a-z0-9_]{1,64}\Z")
_FILE = re.compile(r"track-[0-9a-f]{8,64}\.mp3\Z")


@dataclass(frozen=True)
class Was:
    """What the player of this device held before the page was loaded again."""

    file: str
    token: str
    offset_ms: int
    activity: str
    ending: Ending | None = None


@dataclass(frozen=True)
class Newcomer:
    """A tab that wants a device."""

    account: str
    device: str
    until_ms: int
    """When the device was last here (ms since 1970), in its own time; 0 for a new one."""
    was: Was | None
    locale: str = ""
    """As this Echo was set; empty: as they come."""
    voice: str = ""
    """The pack to hear; empty: the one that is served."""


@dataclass(frozen=True)
class Sound:
    """How far one stretch of sound is: the words or the stream with this number."""

    number: int
    offset_ms: int
    over: bool = False
    failed: bool = False


@dataclass(frozen=True)
class Target:
    """A step of the time line that somebody wants to go to."""

    exercise: str
    step: str


@dataclass(frozen=True)
class Report:
    """What happened in the browser; without any of ``HAPPENINGS``, time passed."""

    at_ms: int
    since: int = 0
    said: str | None = None
    wish: str | None = None
    pressed: str | None = None
    target: Target | None = None
    fault: str | None = None
    speech: Sound | None = None
    player: Sound | None = None


def parsed(text: bytes) -> Any:
    """The JSON of a request; None when it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # also brackets in brackets in brackets
        return None


def read_newcomer(body: Any) -> Newcomer:
    """Read who wants a device. Raises BadRequest."""
    raw = _object(body, "the body")
    return Newcomer(
        account=_matching(raw, "account", _IDENTITY),
        device=_matching(raw, "device", _IDENTITY),
        until_ms=_number(raw, "until_ms") if raw.get("until_ms") is not None else 0,
        was=_was(_object(raw["was"], "was")) if raw.get("was") is not None else None,
        locale=_one_of(raw, "locale", LOCALES) if raw.get("locale") is not None else "",
        voice=_matching(raw, "voice", _VOICE) if raw.get("voice") is not None else "",
    )


def read_report(body: Any) -> Report:
    """Read what happened. Raises BadRequest."""
    raw = _object(body, "the body")
    if sum(raw.get(one) is not None for one in HAPPENINGS) > 1:
        raise BadRequest(f"one thing at a time: {', '.join(HAPPENINGS)}")
    sound = _object(raw.get("sound") or {}, "sound")
    at_ms = _number(raw, "at_ms")
    if at_ms > LONGEST_MS:
        raise BadRequest("at_ms: no device lives that long")
    return Report(
        at_ms=at_ms,
        since=_number(raw, "since") if raw.get("since") is not None else 0,
        said=_said(raw["said"]) if raw.get("said") is not None else None,
        wish=_one_of(raw, "wish", QUIETING) if raw.get("wish") is not None else None,
        pressed=_one_of(raw, "pressed", BUTTONS) if raw.get("pressed") is not None else None,
        target=_target(_object(raw["target"], "target")) if raw.get("target") is not None else None,
        fault=_one_of(raw, "fault", FAULTS) if raw.get("fault") is not None else None,
        speech=_sound(_object(sound["speech"], "speech")) if sound.get("speech") is not None else None,
        player=_sound(_object(sound["player"], "player")) if sound.get("player") is not None else None,
    )


def _was(raw: dict[str, Any]) -> Was:
    token = raw.get("token")
    if not isinstance(token, str) or not 0 < len(token) <= 512:
        raise BadRequest("was.token: must be a stream token")
    return Was(
        file=_matching(raw, "file", _FILE),
        token=token,
        offset_ms=_number(raw, "offset_ms"),
        activity=_one_of(raw, "activity", (PLAYING, STOPPED, FINISHED)),
        ending=Ending(_one_of(raw, "ending", tuple(Ending))) if raw.get("ending") is not None else None,
    )


def _sound(raw: dict[str, Any]) -> Sound:
    return Sound(
        number=_number(raw, "number"),
        offset_ms=_number(raw, "offset_ms"),
        over=raw.get("over") is True,
        failed=raw.get("failed") is True,
    )


def _target(raw: dict[str, Any]) -> Target:
    return Target(_matching(raw, "exercise", _NAME), _matching(raw, "step", _NAME))


def _said(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
        raise BadRequest(f"said: must be a text of at most {LONGEST_TEXT} characters")
    return " ".join(value.split())


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadRequest(f"{name} must be a JSON object")
    return value


def _number(raw: dict[str, Any], name: str) -> int:
    value = raw.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LARGEST:
        raise BadRequest(f"{name}: must be a number, 0 or more")
    return round(value)


def _matching(raw: dict[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not pattern.match(value):
        raise BadRequest(f"{name}: does not look as it should")
    return value


def _one_of(raw: dict[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    value = raw.get(name)
    if value not in allowed:
        raise BadRequest(f"{name}: must be one of {', '.join(allowed)}")
    return str(value)
