"""The stream token: everything that is needed to go on without a database, in one readable line.

``v1:routine:track:level:tempo:pack:run:marks``, for example ``v1:bovenrug:open_book:basic:normal:3fa9c1d2:k3j9x2mq:-``.
"""

from __future__ import annotations

import re

from skill.coach.situation import MARKS, Stream
from skill.content.model import Level, Tempo

VERSION = "v1"
_NAME = r"[A-Za-z0-9_-]{1,64}"
_TOKEN = re.compile(
    rf"{VERSION}:({_NAME}):({_NAME}):({'|'.join(Level)}):({'|'.join(Tempo)}):({_NAME}):({_NAME}):"
    rf"(-|[{''.join(sorted(MARKS))}]+)"
)


def encode(stream: Stream) -> str:
    """The token of a stream."""
    marks = "".join(sorted(stream.marks)) or "-"
    return ":".join((VERSION, stream.routine, stream.track, stream.level, stream.tempo, stream.pack, stream.run, marks))


def decode(token: object) -> Stream | None:
    """The stream of a token, or None when it is not one of ours."""
    match = _TOKEN.fullmatch(token) if isinstance(token, str) and len(token) <= 512 else None
    if match is None:
        return None
    routine, track, level, tempo, pack, run, marks = match.groups()
    held = frozenset() if marks == "-" else frozenset(marks)
    return Stream(routine, track, Level(level), Tempo(tempo), pack, run, held)
