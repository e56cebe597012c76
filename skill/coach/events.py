"""What follows from the events of a player: derived from the token alone, so that a double changes nothing."""

from __future__ import annotations

from dataclasses import replace

from skill.coach.course import Course
from skill.coach.reply import Play, Reply
from skill.coach.situation import RETRIED, Playhead
from skill.content import Content
from skill.pack import Pack


def follow(content: Content, pack: Pack, playhead: Playhead) -> Reply:
    """What to enqueue when a stream is nearly over; nothing behind the last."""
    stream = playhead.stream
    routine = content.routines.get(stream.routine)
    if routine is None:
        return Reply()
    target = Course(routine, pack, content.minutes).queue_after(stream)
    if target is None:
        return Reply()
    following = replace(target.stream, pack=pack.id, marks=target.stream.marks - {RETRIED})
    return Reply(play=Play(following, target.offset_ms, after=stream))


def retry(pack: Pack, playhead: Playhead) -> Reply:
    """Once more after a failure: the same place, in the pack that is served now; a second failure stops."""
    if RETRIED in playhead.stream.marks:
        return Reply(stop=True)
    stream = replace(playhead.stream, pack=pack.id, marks=playhead.stream.marks | {RETRIED})
    return Reply(play=Play(stream, playhead.offset_ms))
