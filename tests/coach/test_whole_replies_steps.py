"""The whole reply while training step by step: the step, the question behind it, and the place that is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from skill.coach import Command, Play, Playhead, Question, Reply, Situation, State, Way, fall_silent
from skill.coach.reply import Close, Remember
from skill.coach.situation import AFTER_PAIN, CHAIR_ONLY, LEFT, PAUSED_BEFORE, PENDING, SPEAKING, UNPLAYED
from skill.content import Level
from tests.coach.conftest import INTRO_LATER, ROUTINE, Bench

HEARD = UNPLAYED + SPEAKING
"""Marks of a step that is spoken in an answer."""
COMING = UNPLAYED + PENDING
"""Marks of a step that is still to come."""
BEHIND: dict[str, Any] = {
    "state": State.STEPPING,
    "question": Question.STEP,
    "in_session": True,
    "way": Way.STEP_BY_STEP,
    "audible": False,
    "pause_age_s": 5.0,
}
"""A step was heard and the microphone is open."""
PASSED: dict[str, Any] = {**BEHIND, "state": State.PAUSED, "question": None, "in_session": False, "passed": True}
"""A step was heard to its end, and the session is over."""
INTERRUPTED: dict[str, Any] = {**BEHIND, "state": State.PLAYING, "question": None, "interrupted": True}
"""Said into a step."""
FINISHED = Remember(close=("run1", Close.FINISHED))


def spoken(place: Playhead, clip: str | None = None, then: str = "step_ask", *, stop: bool = False) -> Reply:
    """The reply that speaks a step, asks behind it and remembers it."""
    question = Question.STEP if then == "step_ask" else Question.BETWEEN
    remember = Remember(place=place)
    said = Reply(clip=clip, step=place, then=then, stop=stop, clear=stop)
    return replace(said, question=question, reprompt="step_wait", remember=remember)


def at_end(bench: Bench, situation: dict[str, Any], place: Playhead | None) -> Reply:
    """What is kept when the session ends."""
    return fall_silent(
        bench.content, bench.pack, Situation(routine=ROUTINE, new_run="run2", playhead=place, **situation)
    )


@pytest.mark.parametrize("audible", [True, False])
@pytest.mark.parametrize("command", [Command.RESUME, Command.START, Command.YES, Command.NEXT_STEP])
def test_going_on_speaks_the_next_step(bench: Bench, command: Command, audible: bool) -> None:
    """No lead clip, the next step, its question; what the player still plays is stopped and cleared."""
    place = bench.at("open_book.position", marks=PAUSED_BEFORE + HEARD)
    target = bench.at("open_book.explanation", 0, marks=PAUSED_BEFORE + HEARD)
    assert bench.ask(command, place, **{**BEHIND, "audible": audible}) == spoken(target, stop=audible)


@pytest.mark.parametrize(("step", "then"), [("turn_over", "between[seated_turn]"), ("right_side", "step_ask")])
def test_the_question_behind_a_step_fits_what_comes(bench: Bench, step: str, then: str) -> None:
    """Within an exercise the next step is asked about, at its end the next exercise by name."""
    following = {"turn_over": "left_side", "right_side": "turn_over"}[step]
    target = bench.at(f"open_book.{following}", 0, marks=HEARD)
    assert bench.ask(Command.RESUME, f"open_book.{step}", **BEHIND) == spoken(target, then=then)


@pytest.mark.parametrize("command", [Command.READY, Command.RESUME, Command.YES])
def test_who_is_ready_with_the_preparation_goes_on(bench: Bench, command: Command) -> None:
    """ "Ik ben klaar" behind the preparation is the way to the first step, not the end."""
    target = bench.at("open_book.to_floor", 0, marks=HEARD)
    assert bench.ask(command, "preparation.preparation", **BEHIND) == spoken(target)


def test_the_preparation_can_be_heard_again(bench: Bench) -> None:
    """ "Nog eens" behind the preparation repeats it, with the plain question although an exercise comes next."""
    place = bench.at("preparation.preparation", 0, marks=HEARD)
    assert bench.ask(Command.REPEAT, place, **BEHIND) == spoken(place)


def test_the_closing_is_spoken_and_finishes_the_run(bench: Bench) -> None:
    """No question behind the closing, no place to come back to, and the run counts as finished."""
    expected = Reply(step=bench.at("elbows_up.closing", 0, marks=HEARD), remember=FINISHED)
    assert bench.ask(Command.RESUME, "elbows_up.repetitions", **BEHIND) == expected


@pytest.mark.parametrize("command", [Command.STOP, Command.NO, Command.READY])
def test_stopping_behind_a_step_keeps_the_next(bench: Bench, command: Command) -> None:
    """The step that was heard is done: the next one waits, taken from the position again; nothing is asked."""
    place = bench.at("open_book.position", marks=PAUSED_BEFORE + HEARD)
    kept = bench.at("open_book.explanation", 0, marks=PAUSED_BEFORE + COMING + LEFT)
    assert bench.ask(command, place, **BEHIND) == Reply("stopped", stop=True, remember=Remember(place=kept))


@pytest.mark.parametrize("command", [Command.PAUSE, Command.WAIT])
def test_pausing_behind_a_step_keeps_the_next(bench: Bench, command: Command) -> None:
    """A pause behind a step is a pause before the next one."""
    kept = bench.at("open_book.explanation", 0, marks=PAUSED_BEFORE + COMING)
    expected = Reply("pause_first", stop=True, question=Question.PAUSE, remember=Remember(place=kept))
    assert bench.ask(command, "open_book.position", **BEHIND) == expected


def test_a_launch_behind_a_step_keeps_the_next(bench: Bench) -> None:
    """Whoever opens the skill again is asked about going on, and comes back to the next step."""
    remember = Remember(place=bench.at("open_book.explanation", 0, marks=COMING))
    expected = Reply("welcome_back[open_book]", stop=True, question=Question.RETURN, reprompt="return_reprompt")
    assert bench.ask(Command.LAUNCH, "open_book.position", **BEHIND) == replace(expected, remember=remember)


def test_asking_to_be_forgotten_behind_a_step_keeps_the_next(bench: Bench) -> None:
    """Until it is confirmed nothing is wiped: the next step is kept."""
    remember = Remember(place=bench.at("open_book.explanation", 0, marks=COMING))
    expected = Reply("forget_ask", question=Question.FORGET, reprompt="forget_reprompt", remember=remember)
    assert bench.ask(Command.FORGET_ME, "open_book.position", **BEHIND) == expected


@pytest.mark.parametrize("command", [Command.FORGET_ME, Command.HELP, Command.EQUIPMENT])
def test_a_word_in_a_pause_leaves_the_place_alone(bench: Bench, command: Command) -> None:
    """In a pause the place was kept already: a question does not touch it."""
    facts = {**BEHIND, "state": State.ASKED, "question": Question.PAUSE}
    assert bench.ask(command, "open_book.position", **facts).remember == Remember()


def test_a_word_nobody_understands_keeps_the_question(bench: Bench) -> None:
    """The first miss behind a step: a hint, the same question, and nothing to remember."""
    expected = Reply("not_understood_1", question=Question.STEP, reprompt="step_wait", misses=1)
    assert bench.ask(Command.UNKNOWN, "open_book.position", **BEHIND) == expected


@pytest.mark.parametrize(
    ("command", "facts", "expected"),
    [
        (Command.STOP, {}, Reply("goodbye", stop=True)),
        (Command.READY, {}, Reply("goodbye", stop=True)),
        (Command.NO, {}, Reply("goodbye", stop=True)),
        (Command.UNKNOWN, {"misses": 2}, Reply("not_understood_3", stop=True)),
        (Command.FORGET_ME, {}, Reply("forget_ask", question=Question.FORGET, reprompt="forget_reprompt")),
    ],
)
def test_leaving_behind_the_last_repetitions_finishes_the_run(
    bench: Bench, command: Command, facts: dict[str, Any], expected: Reply
) -> None:
    """All is done: no invitation to go on and no place, but a finished run; other words stay as they are."""
    reply = bench.ask(command, "elbows_up.repetitions", **BEHIND, **facts)
    assert reply == replace(expected, remember=FINISHED)


def test_pain_behind_the_last_repetitions_asks_first(bench: Bench) -> None:
    """Pain is no word that leaves: the run stays open at the step that may have hurt, easier."""
    marks = AFTER_PAIN + LEFT
    remember = Remember(place=bench.at("elbows_up.repetitions", 0, level=Level.EASIER, marks=marks))
    expected = Reply("pain_first", stop=True, question=Question.PAIN, reprompt="pain_reprompt", remember=remember)
    assert bench.ask(Command.PAIN, "elbows_up.repetitions", **BEHIND) == expected


@pytest.mark.parametrize("facts", [INTERRUPTED, PASSED])
def test_a_serious_word_keeps_no_place(bench: Bench, facts: dict[str, Any]) -> None:
    """The end of a run is the end, also in the middle of a step or after it."""
    expected = Reply("emergency", stop=True, clear=True, remember=Remember(close=("run1", Close.ENDED)))
    assert bench.ask(Command.EMERGENCY, "open_book.position", **facts) == expected


@pytest.mark.parametrize("facts", [INTERRUPTED, PASSED])
def test_a_wiped_memory_keeps_no_place(bench: Bench, facts: dict[str, Any]) -> None:
    """After "ja" to wiping nothing is written again."""
    reply = bench.ask(Command.YES, "open_book.position", **{**facts, "question": Question.FORGET, "in_session": True})
    assert reply == Reply("forget_done", stop=True, clear=True, remember=Remember(forget=True))


def test_a_question_into_a_step_keeps_that_step(bench: Bench) -> None:
    """Whoever interrupts a step comes back to it."""
    place = bench.at("open_book.right_side", 0, marks=HEARD)
    expected = Reply("equipment", question=Question.PAUSE, reprompt="help_reprompt", remember=Remember(place=place))
    assert bench.ask(Command.EQUIPMENT, place, **INTERRUPTED) == expected


def test_stopping_in_a_step_keeps_that_step(bench: Bench) -> None:
    """What the answer remembers itself stays: the position was left."""
    remember = Remember(place=bench.at("open_book.right_side", marks=HEARD + LEFT))
    place = bench.at("open_book.right_side", marks=HEARD)
    assert bench.ask(Command.STOP, place, **INTERRUPTED) == Reply("stopped", stop=True, remember=remember)


def test_going_on_after_a_heard_step_speaks_the_next(bench: Bench) -> None:
    """The session ended behind a step: "ga verder" is the next one, in the same run on the chair."""
    place = bench.at("seated_turn.position", marks=CHAIR_ONLY + HEARD)
    target = bench.at("seated_turn.explanation", 0, marks=CHAIR_ONLY + PAUSED_BEFORE + HEARD)
    assert bench.ask(Command.RESUME, place, **PASSED) == spoken(target, "resume_soon")


def test_going_on_after_the_last_heard_step_plays_the_closing(bench: Bench) -> None:
    """With the player chosen meanwhile the closing plays, and only its end finishes the run."""
    target = bench.at("elbows_up.closing", 0, marks=PAUSED_BEFORE)
    reply = bench.ask(Command.RESUME, "elbows_up.repetitions", **{**PASSED, "way": Way.CONTINUOUS})
    play = Play(target.stream, target.offset_ms)
    assert reply == Reply("resume_soon", play=play, remember=Remember(place=target))


@pytest.mark.parametrize(("command", "clip"), [(Command.EQUIPMENT, "equipment"), (Command.UNKNOWN, "cannot")])
def test_a_word_after_a_heard_step_keeps_the_next(bench: Bench, command: Command, clip: str) -> None:
    """Whatever is asked after the session: the step that was heard is done, the next one is kept."""
    kept = bench.at("open_book.explanation", 0, marks=COMING)
    assert bench.ask(command, "open_book.position", **PASSED) == Reply(clip, remember=Remember(place=kept))


def test_pain_after_a_heard_step_is_about_that_step(bench: Bench) -> None:
    """What hurt may have been the step that was heard: that one comes back, easier."""
    marks = AFTER_PAIN + LEFT
    remember = Remember(place=bench.at("open_book.right_side", 0, level=Level.EASIER, marks=marks))
    expected = Reply("pain_first", stop=True, question=Question.PAIN, reprompt="pain_reprompt", remember=remember)
    assert bench.ask(Command.PAIN, "open_book.right_side", **PASSED) == expected


@pytest.mark.parametrize(
    ("command", "way"), [(Command.STEP_BY_STEP, Way.STEP_BY_STEP), (Command.CONTINUOUS, Way.CONTINUOUS)]
)
def test_another_way_while_training_keeps_the_place(bench: Bench, command: Command, way: Way) -> None:
    """What plays stops, the microphone opens on a pause, and way and place are remembered."""
    place = bench.at("open_book.position")
    expected = Reply(str(command), stop=True, question=Question.PAUSE, reprompt="help_reprompt")
    assert bench.ask(command, place) == replace(expected, remember=Remember(place=place, way=way))


def test_another_way_before_anything_keeps_the_wish(bench: Bench) -> None:
    """The introduction comes first, and both it and the way are remembered."""
    remember = Remember(way=Way.STEP_BY_STEP, intro_heard=True)
    expected = Reply(INTRO_LATER, question=Question.START, reprompt="intro_reprompt", remember=remember)
    assert bench.ask(Command.STEP_BY_STEP, None) == expected


@pytest.mark.parametrize("question", [Question.STEP, Question.BETWEEN])
def test_silence_behind_a_step_keeps_the_next_whole(bench: Bench, question: Question) -> None:
    """The session ended by itself: the next step is kept as one to come, with the marks of the run."""
    place = bench.at("open_book.left_side", marks=CHAIR_ONLY + PAUSED_BEFORE + HEARD)
    kept = bench.at("seated_turn.to_chair", 0, marks=CHAIR_ONLY + PAUSED_BEFORE + COMING)
    assert at_end(bench, {**BEHIND, "question": question}, place) == Reply(remember=Remember(place=kept))


def test_silence_behind_the_last_repetitions_finishes_and_keeps_nothing(bench: Bench) -> None:
    """There is only the closing left, and that needs no word."""
    assert at_end(bench, BEHIND, bench.at("elbows_up.repetitions")) == Reply(remember=FINISHED)


def test_silence_in_the_middle_of_a_step_keeps_that_step(bench: Bench) -> None:
    """Whoever broke off a step comes back to it."""
    place = bench.at("open_book.position", marks=HEARD)
    assert at_end(bench, INTERRUPTED, place) == Reply(remember=Remember(place=place))


@pytest.mark.parametrize(
    ("step", "question"),
    [
        (None, Question.STEP),
        (None, Question.START),
        ("open_book.position", Question.PAUSE),
        ("open_book.position", None),
    ],
)
def test_silence_elsewhere_changes_nothing(bench: Bench, step: str | None, question: Question | None) -> None:
    """Without a place, or in a pause, the end of the session says nothing new."""
    place = bench.at(step) if step else None
    assert at_end(bench, {**BEHIND, "question": question}, place) == Reply()
