"""The player of the virtual Echo: queue, place and events, as an AudioPlayer has them."""

from __future__ import annotations

from skill.echo.player import NEARLY_FINISHED_S, Player, PlayerEvent, Stream


def _length(url: str) -> int | None:
    return None if "gone" in url else 60_000


def _stream(name: str, *, after: str | None = None, start_ms: int = 0) -> Stream:
    return Stream(f"http://127.0.0.1/audio/{name}.mp3", name, start_ms, after)


def _playing(name: str = "one", start_ms: int = 0) -> Player:
    player = Player(_length)
    player.play("REPLACE_ALL", _stream(name, start_ms=start_ms), 0.0)
    return player


def _kinds(events: list[PlayerEvent]) -> list[str]:
    return [f"{event.kind} {event.stream.token}" for event in events]


def test_a_stream_plays_from_its_offset_to_its_end() -> None:
    """Started, nearly finished some seconds before the end, finished; the place follows the clock."""
    player = _playing(start_ms=20_000)
    assert player.offset_ms(10.0) == 30_000
    assert player.due() == 40.0 - NEARLY_FINISHED_S
    assert _kinds(player.tick(40.0 - NEARLY_FINISHED_S)) == ["PlaybackNearlyFinished one"]
    assert player.tick(39.0) == []
    assert _kinds(player.tick(40.0)) == ["PlaybackFinished one"]
    assert player.activity == "FINISHED"


def test_enqueue_follows_and_a_late_enqueue_is_ignored() -> None:
    """ENQUEUE counts when its expectedPreviousToken is the last item; doubles and latecomers are dropped."""
    player = _playing()
    player.play("ENQUEUE", _stream("two", after="one"), 1.0)
    player.play("ENQUEUE", _stream("two", after="one"), 1.0)
    player.play("ENQUEUE", _stream("three", after="nine"), 1.0)
    assert [one.token for one in player.queue] == ["two"]
    player.tick(52.0)
    assert _kinds(player.tick(60.0)) == ["PlaybackFinished one", "PlaybackStarted two"]


def test_enqueue_behind_a_finished_stream_starts_at_once() -> None:
    """An answer to NearlyFinished that arrives after the end leaves a gap, not silence."""
    player = _playing()
    player.tick(52.0)
    player.tick(60.0)
    assert _kinds(player.play("ENQUEUE", _stream("two", after="one"), 61.0)) == ["PlaybackStarted two"]


def test_replace_enqueued_keeps_what_sounds() -> None:
    """REPLACE_ENQUEUED throws away the queue only."""
    player = _playing()
    player.play("ENQUEUE", _stream("two", after="one"), 1.0)
    player.play("REPLACE_ENQUEUED", _stream("three"), 1.0)
    assert [one.token for one in player.queue] == ["three"]
    assert player.current is not None
    assert player.current.file == "one.mp3"


def test_replace_all_stops_what_sounds() -> None:
    """REPLACE_ALL stops the old stream, empties the queue and starts the new one."""
    player = _playing()
    player.play("ENQUEUE", _stream("two", after="one"), 1.0)
    events = player.play("REPLACE_ALL", _stream("three"), 5.0)
    assert _kinds(events) == ["PlaybackStopped one", "PlaybackStarted three"]
    assert player.queue == []


def test_an_interrupted_stream_goes_on_by_itself_and_a_stopped_one_does_not() -> None:
    """Any utterance holds the stream; only Stop ends it."""
    player = _playing()
    assert _kinds(player.interrupt(10.0)) == ["PlaybackStopped one"]
    assert player.offset_ms(15.0) == 10_000
    assert _kinds(player.go_on(15.0)) == ["PlaybackStarted one"]
    player.interrupt(20.0)
    assert player.stop(21.0) == []
    assert player.go_on(22.0) == []
    assert player.activity == "STOPPED"


def test_clear_all_stops_and_clear_enqueued_does_not() -> None:
    """CLEAR_ENQUEUED empties the queue; CLEAR_ALL also stops."""
    player = _playing()
    player.play("ENQUEUE", _stream("two", after="one"), 1.0)
    assert player.clear("CLEAR_ENQUEUED", 2.0) == []
    assert player.queue == []
    assert _kinds(player.clear("CLEAR_ALL", 3.0)) == ["PlaybackStopped one"]


def test_audio_that_cannot_be_fetched_fails() -> None:
    """PlaybackFailed, and no place is made up."""
    player = Player(_length)
    assert _kinds(player.play("REPLACE_ALL", _stream("gone", start_ms=500), 0.0)) == ["PlaybackFailed gone"]
    assert not player.is_sounding
    assert player.due() is None


def test_the_clock_follows_the_place_that_was_heard() -> None:
    """After a slow start or a stall nothing is due before its sound is there."""
    player = _playing()
    player.heard(2_000, 10.0)
    assert player.offset_ms(11.0) == 3_000
    assert player.due() == 10.0 + 58.0 - NEARLY_FINISHED_S
    player.heard(99_000, 12.0)
    assert player.offset_ms(12.0) == 60_000


def test_a_player_elsewhere_has_patience_until_it_says_that_it_ended() -> None:
    """The end by the clock is only for a player that says nothing any more."""
    player = Player(_length, patience_s=3.0)
    player.play("REPLACE_ALL", _stream("one"), 0.0)
    player.tick(52.0)
    assert player.tick(61.0) == []
    player.heard(59_500, 61.0)
    assert player.tick(63.0) == []
    player.heard(59_900, 63.0, ended=True)
    assert _kinds(player.tick(63.0)) == ["PlaybackFinished one"]


def test_an_end_that_comes_early_is_nearly_finished_first() -> None:
    """The skill is asked for what comes next before the end is told."""
    player = Player(_length, patience_s=3.0)
    player.play("REPLACE_ALL", _stream("one"), 0.0)
    player.heard(30_000, 30.0, ended=True)
    assert _kinds(player.tick(30.0)) == ["PlaybackNearlyFinished one"]
    assert _kinds(player.tick(30.0)) == ["PlaybackFinished one"]


def test_each_stretch_of_sound_has_a_number() -> None:
    """Going on after an interruption is another stretch; a place in it is only for that one."""
    player = _playing()
    assert player.starts == 1
    player.interrupt(10.0)
    player.heard(50_000, 11.0)
    assert player.offset_ms(11.0) == 10_000
    player.go_on(12.0)
    assert player.starts == 2


def test_sound_that_fails_elsewhere_stops_where_it_was() -> None:
    """PlaybackFailed with the place; a player that is quiet does not fail."""
    player = _playing()
    assert [(one.kind, one.offset_ms) for one in player.fail(7.0)] == [("PlaybackFailed", 7_000)]
    assert (player.activity, player.fail(8.0)) == ("STOPPED", [])


def test_a_player_that_is_put_back_goes_on_only_if_it_played() -> None:
    """Its place is kept; audio that is gone leaves it empty."""
    for activity, events in (("PLAYING", ["PlaybackStarted one"]), ("STOPPED", []), ("FINISHED", [])):
        player = Player(_length)
        player.put_back(_stream("one"), 20_000, activity)
        assert _kinds(player.go_on(5.0)) == events
        assert (player.offset_ms(5.0), player.activity) == (20_000, activity)
    player = Player(_length)
    player.put_back(_stream("gone"), 20_000, "PLAYING")
    assert player.current is None
