"""What the workbench asks of the server, read strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from skill.studio.workbench.files import MAX_BYTES

MOST_ACCOUNTS = 8
HELD, AWAY = "held", "away"
"""What can go wrong with the database: another program holds it, or it is gone."""
_ACCOUNT = re.compile(r"[A-Za-z0-9-]{8,64}\Z")
_STAMP = re.compile(r"([0-9a-f]{64})?\Z")
"""Of a file; empty for one that is not there."""


@dataclass(frozen=True)
class Listener:
    """Whose devices the page shows, and what it knows already."""

    accounts: frozenset[str]
    since: int


def read_text(raw: Mapping[str, Any]) -> tuple[str, str]:
    """The new text of a file, and the stamp of the old one. Raises BadRequest, and RequestEntityTooLarge."""
    text, stamp = raw.get("text"), raw.get("stamp")
    if not isinstance(text, str):
        raise BadRequest("text: must be a text")
    if len(text.encode(errors="surrogatepass")) > MAX_BYTES:
        raise RequestEntityTooLarge(f"text: must be at most {MAX_BYTES} bytes")
    if any("\ud800" <= one <= "\udfff" for one in text):
        raise BadRequest("text: holds half a character")
    if not isinstance(stamp, str) or not _STAMP.match(stamp):
        raise BadRequest("stamp: must be the stamp of the file that was read")
    return text, stamp


def read_listener(raw: Mapping[str, Any]) -> Listener:
    """Who listens. Raises BadRequest."""
    accounts = raw.get("accounts")
    if not isinstance(accounts, list) or not len(accounts) <= MOST_ACCOUNTS:
        raise BadRequest(f"accounts: must be a list of at most {MOST_ACCOUNTS}")
    if not all(isinstance(one, str) and _ACCOUNT.match(one) for one in accounts):
        raise BadRequest("accounts: must be accounts")
    return Listener(frozenset(accounts), _whole(raw, "since"))


def read_outage(raw: Mapping[str, Any], longest: int) -> tuple[str, int]:
    """What goes wrong with the database, and for how many seconds; 0 puts it right. Raises BadRequest."""
    fault, seconds = raw.get("fault", HELD), _whole(raw, "seconds")
    if fault not in (HELD, AWAY):
        raise BadRequest(f"fault: must be {HELD} or {AWAY}")
    if seconds > longest:
        raise BadRequest(f"seconds: must be at most {longest}")
    return str(fault), seconds


def read_person(raw: Mapping[str, Any]) -> bool:
    """Whether the new person was here before. Raises BadRequest."""
    experienced = raw.get("experienced")
    if not isinstance(experienced, bool):
        raise BadRequest("experienced: must be true or false")
    return experienced


def _whole(raw: Mapping[str, Any], name: str) -> int:
    value = raw.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0 or value % 1:
        raise BadRequest(f"{name}: must be a whole number, 0 or more")
    return int(value)
