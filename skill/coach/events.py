"""What follows from the events of a player: derived from tokens alone, so that a double changes nothing."""

from __future__ import annotations

from dataclasses import replace

from skill.coach.course import Course
from skill.coach.reply import Play, Remember, Reply
from skill.coach.situation import RETRIED, Playhead, Stream
from skill.content import Content
from skill.pack import Pack


def follow(content: Content, pack: Pack, stream: Stream) -> Reply:
    """What to enqueue when a stream is nearly over; nothing behind the last.

    The stream is the device's own, perhaps of an older pack: the device compares its token.
    """
    routine = content.routines.get(stream.routine)
    target = Course(routine, pack, content.minutes).queue_after(stream) if routine else None
    if target is None:
        return Reply()
    following = replace(target.stream, pack=pack.id, marks=target.stream.marks - {RETRIED})
    return Reply(play=Play(following, target.offset_ms, after=stream))


def retry(pack: Pack, playhead: Playhead) -> Reply:
    """Once more after a failure: the same place, in the pack that is served now; a second failure stops."""
    if RETRIED in playhead.stream.marks:
        return Reply(stop=True)
    stream = replace(playhead.stream, pack=pack.id, marks=playhead.stream.marks | {RETRIED})
    again = replace(playhead, stream=stream)
    return Reply(play=Play(stream, again.offset_ms), remember=Remember(place=again))


def retry_queued(content: Content, pack: Pack, failed: Stream, playing: Stream) -> Reply:
    """Once more after a queued stream failed while another plays: behind that one, which is not disturbed."""
    reply = follow(content, pack, playing)
    if reply.play is None or RETRIED in failed.marks:
        return Reply()
    stream = replace(reply.play.stream, marks=reply.play.stream.marks | {RETRIED})
    return replace(reply, play=replace(reply.play, stream=stream))
