"""What follows from the events of a player."""

from __future__ import annotations

import pytest

from skill.coach import Playhead, follow, retry
from tests.coach.conftest import Bench


@pytest.mark.parametrize(
    ("track", "marks", "following"),
    [
        ("preparation", "", "open_book.to_floor"),
        ("preparation", "c", "seated_turn.position"),
        ("open_book", "", "seated_turn.to_chair"),
        ("seated_turn", "ab", "elbows_up.position"),
    ],
)
def test_the_next_track_is_enqueued_behind_this_one(bench: Bench, track: str, marks: str, following: str) -> None:
    """The token alone says what follows, with its level and marks."""
    stream = bench.stream(track, marks=marks)
    reply = follow(bench.content, bench.pack, stream)
    assert reply.play is not None
    assert bench.heard(reply) == following
    assert reply.play.after == stream
    assert reply.play.stream.marks == stream.marks


def test_nothing_follows_the_last_track(bench: Bench) -> None:
    """Behind the closing the queue stays empty."""
    assert follow(bench.content, bench.pack, bench.stream("elbows_up")).play is None


def test_a_failed_stream_is_tried_once_more(bench: Bench) -> None:
    """The first failure plays the same place again, the second stops; no endless loop."""
    first = retry(bench.pack, bench.at("open_book.position"))
    assert first.play is not None
    again = retry(bench.pack, Playhead(first.play.stream, first.play.offset_ms))
    assert (again.play, again.stop) == (None, True)
