"""The whole reply to each event of a player: nothing besides what is asked of the device."""

from __future__ import annotations

from dataclasses import replace

import pytest

from skill.coach import Play, Reply, follow, retry, retry_queued
from skill.coach.reply import Remember
from skill.coach.situation import CHAIR_ONLY, PAUSED_BEFORE, RETRIED
from skill.content import Level
from tests.coach.conftest import Bench

OLDER = "bbbbbbbb"
"""A pack that was served before."""


def test_what_follows_is_of_the_pack_that_is_served_now(bench: Bench) -> None:
    """A stream of an older pack that was tried twice is followed by a fresh one: same run and level, nothing said."""
    playing = replace(bench.stream("open_book", Level.HARDER, marks=PAUSED_BEFORE + RETRIED), pack=OLDER)
    following = bench.stream("seated_turn", Level.HARDER, marks=PAUSED_BEFORE)
    assert follow(bench.content, bench.pack, playing) == Reply(play=Play(following, 0, after=playing))


def test_nothing_follows_a_routine_that_is_gone(bench: Bench) -> None:
    """A token of a routine that is no longer there is no error: the queue stays empty."""
    gone = replace(bench.stream("open_book"), routine="gone")
    assert follow(bench.content, bench.pack, gone) == Reply()
    assert retry_queued(bench.content, bench.pack, gone, gone) == Reply()


@pytest.mark.parametrize("track", ["elbows_up", "nowhere"])
def test_nothing_follows_the_last_exercise_or_an_unknown_one(bench: Bench, track: str) -> None:
    """Behind the last exercise, and behind one that is not in the routine, the queue stays empty."""
    assert follow(bench.content, bench.pack, bench.stream(track)) == Reply()


def test_a_failure_plays_the_same_place_in_the_pack_of_now(bench: Bench) -> None:
    """The second try starts where the first failed, is remembered and marked, and says nothing."""
    place = bench.at("seated_turn.explanation", marks=CHAIR_ONLY)
    again = bench.at("seated_turn.explanation", marks=CHAIR_ONLY + RETRIED)
    failed = replace(place, stream=replace(place.stream, pack=OLDER))
    assert retry(bench.pack, failed) == Reply(play=Play(again.stream, again.offset_ms), remember=Remember(place=again))


def test_a_second_failure_only_stops(bench: Bench) -> None:
    """What failed twice is not tried again, and the place that was remembered stays as it is."""
    assert retry(bench.pack, bench.at("seated_turn.explanation", marks=RETRIED)) == Reply(stop=True)


def test_a_queued_stream_that_failed_is_queued_once_more(bench: Bench) -> None:
    """What plays is not disturbed: behind it comes the next exercise again, marked as the second try."""
    playing = bench.stream("seated_turn", marks=PAUSED_BEFORE)
    failed = replace(bench.stream("elbows_up", marks=PAUSED_BEFORE), pack=OLDER)
    again = bench.at("elbows_up.position", 0, marks=PAUSED_BEFORE + RETRIED)
    expected = Reply(play=Play(again.stream, again.offset_ms, after=playing))
    assert retry_queued(bench.content, bench.pack, failed, playing) == expected


@pytest.mark.parametrize(("playing", "marks"), [("seated_turn", RETRIED), ("elbows_up", ""), ("elbows_up", RETRIED)])
def test_a_queued_stream_is_not_queued_for_ever(bench: Bench, playing: str, marks: str) -> None:
    """The second failure, or a failure where nothing follows, leaves the queue empty."""
    failed = bench.stream("elbows_up", marks=marks)
    assert retry_queued(bench.content, bench.pack, failed, bench.stream(playing)) == Reply()
