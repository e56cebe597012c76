"""The whole reply to pausing, coming back and going on: what is said, played, asked and remembered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from skill.coach import Command, Intro, Play, Playhead, Question, Reply, State
from skill.coach.reply import Close, Remember
from skill.coach.situation import AFTER_PAIN, CHAIR_ONLY, LEFT, PAUSED_BEFORE, PENDING, RETRIED, SPEAKING, UNPLAYED
from skill.content import Level, Tempo
from tests.coach.conftest import INTRO_LATER, Bench

PASSED_BY = RETRIED + UNPLAYED + SPEAKING + PENDING
"""Marks that are over as soon as something plays."""
RETURNED: dict[str, Any] = {"state": State.ASKED, "question": Question.RETURN, "in_session": True, "audible": False}
"""The question of a launch in an open run was asked."""


def playing(place: Playhead, clip: str | None = None) -> Reply:
    """The reply that plays from a place, remembers it, and does nothing else."""
    return Reply(clip=clip, play=Play(place.stream, place.offset_ms), remember=Remember(place=place))


def introduced(clip: str = INTRO_LATER, *, stop: bool, close: tuple[str, Close] | None = None) -> Reply:
    """The reply that says an introduction and asks whether to begin."""
    remember = Remember(intro_heard=True, close=close)
    return Reply(clip=clip, stop=stop, question=Question.START, reprompt="intro_reprompt", remember=remember)


def test_a_first_pause_is_remembered(bench: Bench) -> None:
    """The long line, the microphone once without a reprompt, and the very place, with the other marks kept."""
    place = bench.at("seated_turn.right_side", marks=CHAIR_ONLY)
    paused = bench.at("seated_turn.right_side", marks=CHAIR_ONLY + PAUSED_BEFORE)
    expected = Reply(clip="pause_first", stop=True, question=Question.PAUSE, remember=Remember(place=paused))
    assert bench.ask(Command.PAUSE, place) == expected
    assert bench.ask(Command.PAUSE, paused) == replace(expected, clip="pause_short")


@pytest.mark.parametrize(
    ("age", "marks", "facts", "clip", "after_ms"),
    [
        (0.0, "", {}, "resume_soon", 3000),
        (119.0, PASSED_BY, {}, "resume_soon", 3000),
        (120.0, "", {}, "resume_position[open_book.position]", 0),
        (5.0, LEFT, {}, "resume_position[open_book.position]", 0),
        (5.0, "", {"question": Question.DIZZY, "in_session": True}, "resume_position[open_book.position]", 0),
        (1800.0, PASSED_BY, {}, "resume_position[open_book.position]", 0),
    ],
)
def test_going_on_depends_on_the_length_of_the_pause(
    bench: Bench, age: float, marks: str, facts: dict[str, Any], clip: str, after_ms: int
) -> None:
    """Below 2 minutes the line comes again; up to 30, or for whoever got up, the step; what has passed is unmarked."""
    place = bench.at("open_book.position", after_ms=4000, marks=CHAIR_ONLY + marks)
    target = bench.at("open_book.position", after_ms=after_ms, marks=CHAIR_ONLY + PAUSED_BEFORE)
    reply = bench.ask(Command.RESUME, place, **{"state": State.PAUSED, "pause_age_s": age, **facts})
    assert reply == playing(target, clip)


@pytest.mark.parametrize(
    "facts", [{"eased": True}, {"question": Question.PAIN, "in_session": True}, {**RETURNED, "eased": True}]
)
def test_going_on_gently_is_easier_in_this_run_only(bench: Bench, facts: dict[str, Any]) -> None:
    """Behind the line that gives time the step begins again, easier and marked; the wished level stays what it was."""
    target = bench.at("open_book.right_side", 0, level=Level.EASIER, marks=CHAIR_ONLY + AFTER_PAIN)
    place = bench.at("open_book.right_side", marks=CHAIR_ONLY)
    expected = playing(target, "resume_after_pain[open_book.right_side]")
    assert bench.ask(Command.RESUME, place, pause_age_s=600.0, **facts) == expected


@pytest.mark.parametrize("command", [Command.RESUME, Command.YES, Command.START])
@pytest.mark.parametrize("age", [0.0, 600.0, 1800.0])
def test_the_answer_to_a_launch_soon_takes_the_position_again(bench: Bench, command: Command, age: float) -> None:
    """However soon the launch came, "verder" says how to lie or sit and begins the step again."""
    expected = playing(bench.at("seated_turn.left_side", 0), "resume_position[seated_turn.left_side]")
    assert bench.ask(command, "seated_turn.left_side", **RETURNED, pause_age_s=age) == expected


@pytest.mark.parametrize("age", [1801.0, 86_400.0, None])
@pytest.mark.parametrize("command", [Command.RESUME, Command.YES, Command.START])
def test_the_answer_to_a_launch_late_begins_the_exercise_as_wished(
    bench: Bench, command: Command, age: float | None
) -> None:
    """What was for that run only is over: the wished level and tempo, no mark of pain or pause, but still the chair."""
    place = bench.at("seated_turn.left_side", level=Level.EASIER, marks=CHAIR_ONLY + AFTER_PAIN + PAUSED_BEFORE)
    start = bench.at("seated_turn.position", 0, level=Level.HARDER, marks=CHAIR_ONLY)
    expected = playing(replace(start, stream=replace(start.stream, tempo=Tempo.CALM)), "start")
    wishes = {"level": Level.HARDER, "tempo": Tempo.CALM}
    assert bench.ask(command, place, **RETURNED, **wishes, pause_age_s=age) == expected


@pytest.mark.parametrize("facts", [{"pause_age_s": 600.0}, {**RETURNED, "pause_age_s": 5.0}])
def test_going_on_in_the_preparation_says_it_again(bench: Bench, facts: dict[str, Any]) -> None:
    """Whoever was still on the way to the mat hears the whole preparation, with no line about a position."""
    target = bench.at("preparation.preparation", 0, marks="" if "question" in facts else PAUSED_BEFORE)
    assert bench.ask(Command.RESUME, "preparation.preparation", **facts) == playing(target)


@pytest.mark.parametrize("facts", [{}, RETURNED])
def test_going_on_gently_in_the_preparation_names_no_position(bench: Bench, facts: dict[str, Any]) -> None:
    """The preparation has no position to take: it begins again, easier, without a word before it."""
    target = bench.at("preparation.preparation", 0, level=Level.EASIER, marks=AFTER_PAIN)
    reply = bench.ask(Command.RESUME, "preparation.preparation", pause_age_s=20.0, eased=True, **facts)
    assert reply == playing(target)


@pytest.mark.parametrize(
    ("age", "clip", "intro_heard"),
    [
        (0.0, "welcome_back[seated_turn]", False),
        (1800.0, "welcome_back[seated_turn]", False),
        (1800.5, "return_later[seated_turn]", True),
        (None, "return_later[seated_turn]", True),
    ],
)
def test_a_launch_in_an_open_run_asks(bench: Bench, age: float | None, clip: str, intro_heard: bool) -> None:
    """It stops, names the exercise, asks; only after long it holds the safety line, which is then remembered."""
    remember = Remember(intro_heard=intro_heard)
    expected = Reply(clip=clip, stop=True, question=Question.RETURN, reprompt="return_reprompt", remember=remember)
    assert bench.ask(Command.LAUNCH, "seated_turn.left_side", pause_age_s=age) == expected


@pytest.mark.parametrize("age", [5.0, 86_400.0])
@pytest.mark.parametrize(
    ("step", "how"), [("preparation.preparation", Close.ENDED), ("elbows_up.closing", Close.FINISHED)]
)
def test_a_launch_with_nothing_to_come_back_to_closes_the_run(bench: Bench, age: float, step: str, how: Close) -> None:
    """In the preparation nothing was done yet, in the closing all: a new training is offered, the old run is over."""
    expected = introduced(stop=True, close=("run1", how))
    assert bench.ask(Command.LAUNCH, step, pause_age_s=age) == expected


def test_the_full_introduction_leaves_the_old_place(bench: Bench) -> None:
    """When the full introduction is due after long, it is asked whether to begin, and the run stays open."""
    reply = bench.ask(Command.LAUNCH, "seated_turn.left_side", pause_age_s=90_000.0, intro=Intro.FULL)
    assert reply == introduced("intro_first", stop=True)


@pytest.mark.parametrize(
    ("state", "audible", "stop"),
    [
        (State.IDLE, False, False),
        (State.IDLE, True, True),
        (State.ASKED, False, True),
        (State.ENDED, False, True),
        (State.PAUSED, True, True),
    ],
)
def test_a_launch_without_a_run_stops_what_may_sound(bench: Bench, state: State, audible: bool, stop: bool) -> None:
    """The introduction comes in silence: only for whoever is idle and hears nothing there is nothing to stop."""
    assert bench.ask(Command.LAUNCH, None, state=state, audible=audible) == introduced(stop=stop)


@pytest.mark.parametrize("finished", [True, False])
def test_asking_for_a_step_after_the_end_of_a_run(bench: Bench, finished: bool) -> None:
    """After a run that was ended early the whole introduction is due, after a finished one the short."""
    reply = bench.ask(Command.NEXT_STEP, None, state=State.ENDED, finished=finished)
    assert reply == introduced(INTRO_LATER if finished else "intro_first", stop=True)


def test_the_chair_after_long_is_remembered_before_the_answer(bench: Bench) -> None:
    """The wish is kept with the question: the place is the first exercise on the chair, reached without the player."""
    reply = bench.ask(Command.CHAIR_ONLY, "open_book.left_side", state=State.PAUSED, pause_age_s=90_000.0)
    place = bench.at("seated_turn.position", 0, marks=CHAIR_ONLY + UNPLAYED)
    remember = Remember(place=place, intro_heard=True)
    asked = Reply("return_later[seated_turn]", stop=True, question=Question.RETURN, reprompt="return_reprompt")
    assert reply == replace(asked, remember=remember)


def test_pain_after_long_waits_at_the_start_of_the_exercise(bench: Bench) -> None:
    """Told the next day, it leads gently to the start of the exercise, a place that no player reached."""
    reply = bench.ask(Command.PAIN, "seated_turn.left_side", state=State.PAUSED, pause_age_s=90_000.0)
    marks = AFTER_PAIN + UNPLAYED + LEFT
    remember = Remember(place=bench.at("seated_turn.position", 0, level=Level.EASIER, marks=marks))
    asked = Reply("pain_first", stop=True, question=Question.PAIN, reprompt="pain_reprompt")
    assert reply == replace(asked, remember=remember)


def test_behind_the_closing_everything_stops(bench: Bench) -> None:
    """ "Next" in the closing: a goodbye, an empty queue, a finished run, and no place."""
    remember = Remember(close=("run1", Close.FINISHED))
    expected = Reply(clip="goodbye", stop=True, clear=True, remember=remember)
    assert bench.ask(Command.NEXT_STEP, "elbows_up.closing") == expected
