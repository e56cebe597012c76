"""Where a reply plays: borders to the millisecond, the way to an exercise, and packs that are built otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from skill.coach import Command, Play, Playhead, Question, Reply, State
from skill.coach.reply import Remember
from skill.content import Level
from skill.pack import TimedCue, TimedStep, track_path
from tests.coach.conftest import ROUTINE, Bench

PAUSED: dict[str, Any] = {"state": State.PAUSED, "pause_age_s": 5.0}


def playing(place: Playhead, clip: str | None = None) -> Reply:
    """The reply that plays from a place, remembers it, and does nothing else."""
    return Reply(clip=clip, play=Play(place.stream, place.offset_ms), remember=Remember(place=place))


def rebuilt(
    bench: Bench, step: str, change: Callable[[TimedStep], TimedStep | None], level: Level = Level.BASIC
) -> Bench:
    """The bench with one step of a pack changed, or left out."""
    exercise, name = step.split(".")
    path = track_path(ROUTINE, exercise, level, "normal")
    track = bench.pack.tracks[path]
    steps = (change(one) if one.id == name else one for one in track.steps)
    track = replace(track, steps=tuple(one for one in steps if one))
    return replace(bench, pack=replace(bench.pack, tracks={**bench.pack.tracks, path: track}))


def starting(*cues: tuple[str, int]) -> Callable[[TimedStep], TimedStep]:
    """A change that gives a step these cues: their kind, and their start in ms behind that of the step."""
    return lambda step: replace(
        step, cues=tuple(TimedCue(kind, step.start_ms + at, step.start_ms + at + 1000) for kind, at in cues)
    )


@pytest.mark.parametrize(
    ("command", "start", "target"),
    [
        ("previous_step", "preparation.preparation", "preparation.preparation"),
        ("restart_exercise", "preparation.preparation", "preparation.preparation"),
        ("next_exercise", "preparation.preparation", "open_book.to_floor"),
        ("previous_step", "seated_turn.position", "seated_turn.to_chair"),
        ("previous_step", "seated_turn.explanation", "seated_turn.position"),
        ("previous_step", "elbows_up.hands", "elbows_up.position"),
        ("previous_step", "elbows_up.position", "seated_turn.left_side"),
        ("restart_exercise", "seated_turn.to_chair", "seated_turn.to_chair"),
        ("restart_exercise", "seated_turn.position", "seated_turn.position"),
        ("next_exercise", "seated_turn.to_chair", "elbows_up.to_chair"),
        ("next_exercise", "elbows_up.repetitions", "elbows_up.closing"),
        ("start_over", "preparation.preparation", "open_book.to_floor"),
    ],
)
def test_a_move_is_the_whole_reply(bench: Bench, command: str, start: str, target: str) -> None:
    """The target plays from its start and is remembered; nothing is said or asked; starting over is a new run."""
    place = bench.at(target, 0)
    run = "run2" if command == "start_over" else "run1"
    assert bench.ask(Command(command), start) == playing(replace(place, stream=replace(place.stream, run=run)))


@pytest.mark.parametrize(("after_ms", "target"), [(3999, "open_book.position"), (4000, "open_book.explanation")])
def test_repeat_at_four_seconds_is_the_step_itself(bench: Bench, after_ms: int, target: str) -> None:
    """Until 4 s behind a border "repeat" is the step before; from then on the step."""
    assert bench.ask(Command.REPEAT, bench.at("open_book.explanation", after_ms)) == playing(bench.at(target, 0))


@pytest.mark.parametrize(
    ("after_ms", "target_ms"), [(0, 0), (100, 0), (249, 0), (250, 0), (3249, 0), (3250, 3000), (6249, 3000)]
)
def test_the_line_that_sounded_begins_again(bench: Bench, after_ms: int, target_ms: int) -> None:
    """From the first ms of a line on it is that line, 250 ms before its first word; before any word it is the step."""
    target = bench.at("open_book.position", target_ms, marks="b")
    assert bench.ask(Command.RESUME, bench.at("open_book.position", after_ms), **PAUSED) == playing(
        target, "resume_soon"
    )


@pytest.mark.parametrize(
    ("step", "clip"),
    [
        ("preparation.preparation", None),
        ("open_book.position", "time_left[open_book,7]"),
        ("seated_turn.position", "time_left[seated_turn,4]"),
        ("elbows_up.closing", "time_left[elbows_up,1]"),
    ],
)
def test_the_time_left_counts_every_exercise_to_come(bench: Bench, step: str, clip: str | None) -> None:
    """141 s of the first, 145 s of the second with the way to it, 121 s of the third without: seven minutes."""
    reply = bench.ask(Command.TIME_LEFT, step)
    if clip is None:
        assert reply == Reply("help_start", question=Question.PAUSE, reprompt="help_reprompt")
    else:
        assert reply == Reply(clip)


@pytest.mark.parametrize(
    ("cues", "after_ms"),
    [
        ([("rest", 0), ("say", 2000)], 1750),
        ([("rest", 0), ("count", 3000), ("say", 5000)], 2750),
        ([("say", 100)], 0),
        ([("say", 900), ("rest", 2000)], 650),
        ([("rest", 3000)], 0),
        ([], 0),
    ],
)
def test_a_step_plays_from_shortly_before_its_first_sound(
    bench: Bench, cues: list[tuple[str, int]], after_ms: int
) -> None:
    """A rest before the first sound is skipped but for 250 ms, never into the step before; a silent step is whole."""
    other = rebuilt(bench, "open_book.explanation", starting(*cues))
    target = bench.at("open_book.explanation", after_ms)
    assert other.ask(Command.NEXT_STEP, "open_book.position") == playing(target)


def test_a_level_without_this_step_begins_its_exercise(bench: Bench) -> None:
    """When the easier recording has no such step, the exercise begins at its first ms."""
    other = rebuilt(bench, "open_book.right_side", lambda _: None, Level.EASIER)
    stream = bench.stream("open_book", Level.EASIER)
    remember = Remember(place=Playhead(stream, 0), level=Level.EASIER, tempo=stream.tempo)
    expected = Reply("easier", play=Play(stream, 0), remember=remember)
    assert other.ask(Command.EASIER, "open_book.right_side") == expected


@pytest.mark.parametrize(
    ("start", "target"), [("elbows_up.hands", "elbows_up.position"), ("elbows_up.to_chair", "elbows_up.to_chair")]
)
def test_another_round_without_repetitions_is_the_exercise(bench: Bench, start: str, target: str) -> None:
    """Where nothing is repeated another round begins the exercise, with the way to it for who is still on it."""
    plain = rebuilt(bench, "elbows_up.repetitions", starting(("say", 250)))
    assert plain.ask(Command.ANOTHER_ROUND, start) == playing(bench.at(target, 0), "another_round[elbows_up]")


def test_a_launch_needs_no_recording_of_the_place(bench: Bench) -> None:
    """When the pack of now lacks the recording of an old place, the launch still asks as ever."""
    missing = replace(bench, pack=replace(bench.pack, tracks={}))
    expected = Reply("welcome_back[open_book]", stop=True, question=Question.RETURN, reprompt="return_reprompt")
    assert missing.ask(Command.LAUNCH, bench.at("open_book.position"), pause_age_s=5.0) == expected


def test_a_missing_recording_is_named(bench: Bench) -> None:
    """A pack without the track that is to play is a mistake of the maker: the error says which track."""
    missing = replace(bench, pack=replace(bench.pack, tracks={}))
    with pytest.raises(KeyError, match=r"the pack has no track open_book \(basic, normal\)"):
        missing.ask(Command.NEXT_STEP, bench.at("open_book.position"))


@pytest.mark.parametrize("facts", [{"question": Question.START, "pause_age_s": None}, {"question": Question.RETURN}])
def test_coming_back_to_the_preparation_begins_it_again(bench: Bench, facts: dict[str, Any]) -> None:
    """ "Verder" long after the preparation was broken off: all of it, from its first ms."""
    reply = bench.ask(
        Command.RESUME, "preparation.preparation", **{"in_session": True, "pause_age_s": 90_000.0, **facts}
    )
    assert reply == playing(bench.at("preparation.preparation", 0), "start")
