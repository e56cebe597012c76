"""The stream token: everything that is needed to go on without a database, in one readable line.

``v1:routine:track:level:tempo:pack:run:marks``, for example ``v1:bovenrug:open_book:basic:normal:3fa9c1d2:k3j9x2mq:-``.
"""

from __future__ import annotations

import re

from skill.coach.situation import MARKS, Stream
from skill.content.model import Level, Tempo

VERSION = "v1"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")


def encode(stream: Stream) -> str:
    """The token of a stream."""
    marks = "".join(sorted(stream.marks)) or "-"
    return ":".join((VERSION, stream.routine, stream.track, stream.level, stream.tempo, stream.pack, stream.run, marks))


def decode(token: object) -> Stream | None:
    """The stream of a token, or None when it is not one of ours."""
    if not isinstance(token, str) or len(token) > 512:
        return None
    parts = token.split(":")
    if len(parts) != 8 or parts[0] != VERSION:
        return None
    _, routine, track, level, tempo, pack, run, marks = parts
    known = level in set(Level) and tempo in set(Tempo) and (marks == "-" or set(marks) <= MARKS)
    if not known or not marks or not all(_NAME.match(one) for one in (routine, track, pack, run)):
        return None
    held = frozenset() if marks == "-" else frozenset(marks)
    return Stream(routine, track, Level(level), Tempo(tempo), pack, run, held)
