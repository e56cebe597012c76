"""Training step by step: the same decisions, spoken in an open session."""

from __future__ import annotations

from typing import Any

import pytest

from skill.coach import Command, Question, Reply, Situation, State, Way, fall_silent
from skill.coach.reply import Close
from skill.coach.situation import UNPLAYED
from skill.content import Level
from tests.coach.conftest import INTRO_LATER, ROUTINE, Bench

BEHIND: dict[str, Any] = {
    "state": State.STEPPING,
    "question": Question.STEP,
    "in_session": True,
    "way": Way.STEP_BY_STEP,
    "audible": False,
}
"""A step was heard and the microphone is open."""
PAUSED: dict[str, Any] = {**BEHIND, "state": State.ASKED, "question": Question.PAUSE, "pause_age_s": 5.0}


def spoken(bench: Bench, reply: Reply) -> str | None:
    """The step that a reply speaks."""
    return bench.course.step_key(reply.step) if reply.step else None


def test_the_start_speaks_the_first_step_and_listens(bench: Bench) -> None:
    """Nothing is left to a player: lead clip, step, question; the place is marked as reached by speech."""
    facts = {**BEHIND, "state": State.ASKED, "question": Question.START, "pause_age_s": None}
    reply = bench.ask(Command.START, None, **facts)
    assert (reply.clip, spoken(bench, reply), reply.then) == ("start", "open_book.to_floor", "step_ask")
    assert (reply.play, reply.question, reply.reprompt) == (None, Question.STEP, "step_wait")
    assert reply.remember.place is not None
    assert UNPLAYED in reply.remember.place.stream.marks


@pytest.mark.parametrize(
    ("command", "step"),
    [
        ("resume", "open_book.explanation"),
        ("start", "open_book.explanation"),
        ("yes", "open_book.explanation"),
        ("next_step", "open_book.explanation"),
        ("repeat", "open_book.position"),
        ("previous_step", "open_book.to_floor"),
        ("next_exercise", "seated_turn.to_chair"),
        ("restart_exercise", "open_book.to_floor"),
        ("another_round", "open_book.right_side"),
        ("chair_only", "seated_turn.to_chair"),
    ],
)
def test_words_behind_a_step(bench: Bench, command: str, step: str) -> None:
    """Behind a step that was heard "verder" is the next one, and each word goes where it goes with the player."""
    place = bench.course.step_start(bench.at("open_book.position"))
    assert spoken(bench, bench.ask(Command(command), place, **BEHIND)) == step


@pytest.mark.parametrize(
    ("command", "clip", "question"),
    [
        ("pause", "pause_first", Question.PAUSE),
        ("wait", "pause_first", Question.PAUSE),
        ("stop", "stopped", None),
        ("no", "stopped", None),
        ("ready", "stopped", None),
    ],
)
def test_leaving_behind_a_step_waits_before_the_next(
    bench: Bench, command: str, clip: str, question: Question | None
) -> None:
    """A step that was heard to its end need not be done again after a pause."""
    reply = bench.ask(Command(command), bench.course.step_start(bench.at("open_book.position")), **BEHIND)
    assert (reply.clip, reply.question) == (clip, question)
    assert reply.remember.place is not None
    assert bench.course.step_key(reply.remember.place) == "open_book.explanation"


def test_an_exercise_ends_with_its_own_question(bench: Bench) -> None:
    """Behind the last step of an exercise the next one is named, and there is a choice."""
    reply = bench.ask(Command.RESUME, bench.at("open_book.turn_over"), **BEHIND)
    assert (reply.then, reply.question) == ("between[seated_turn]", Question.BETWEEN)
    going_on = bench.ask(Command.YES, reply.step, **{**BEHIND, "question": Question.BETWEEN})
    assert spoken(bench, going_on) == "seated_turn.to_chair"


def test_the_closing_ends_the_training(bench: Bench) -> None:
    """Behind the last repetitions the closing is spoken, the microphone stays shut, and the run is finished."""
    reply = bench.ask(Command.RESUME, bench.at("elbows_up.repetitions"), **BEHIND)
    assert (spoken(bench, reply), reply.question, reply.then) == ("elbows_up.closing", None, None)
    assert (reply.remember.place, reply.remember.close) == (None, ("run1", Close.FINISHED))


def test_a_word_into_a_step_goes_back_to_its_start(bench: Bench) -> None:
    """Whoever interrupts a step hears it again from its start after "verder"."""
    reply = bench.ask(Command.RESUME, bench.at("open_book.right_side"), **PAUSED)
    assert (reply.clip, spoken(bench, reply)) == ("resume_soon", "open_book.right_side")


def test_another_level_behind_a_step_keeps_the_question(bench: Bench) -> None:
    """ "Makkelijker" behind a step changes what comes, and nothing is spoken again."""
    reply = bench.ask(Command.EASIER, bench.at("open_book.right_side"), **BEHIND)
    assert (reply.clip, reply.question, reply.step) == ("easier_paused", Question.STEP, None)
    onward = bench.ask(Command.RESUME, reply.remember.place, **BEHIND)
    assert (spoken(bench, onward), onward.step and onward.step.stream.level) == ("open_book.turn_over", Level.EASIER)


def test_pain_comes_first_here_too(bench: Bench) -> None:
    """A first report of pain asks; going on speaks the step easier, behind the line that gives time."""
    place = bench.at("open_book.right_side")
    asked = bench.ask(Command.PAIN, place, **BEHIND)
    assert (asked.clip, asked.question, asked.step) == ("pain_first", Question.PAIN, None)
    facts = {**BEHIND, "state": State.ASKED, "question": Question.PAIN, "pause_age_s": 5.0}
    onward = bench.ask(Command.RESUME, asked.remember.place, **facts)
    assert onward.clip == "resume_after_pain[open_book.right_side]"
    assert onward.step is not None
    assert onward.step.stream.level is Level.EASIER


@pytest.mark.parametrize("name", ["emergency", "see_doctor", "ask_first"])
def test_serious_words_end_the_training(bench: Bench, name: str) -> None:
    """No offer to go on, and no step behind it."""
    reply = bench.ask(Command(name), bench.at("open_book.right_side"), **BEHIND)
    assert (reply.clip, reply.step, reply.question) == (name, None, None)
    assert reply.remember.close == ("run1", Close.ENDED)


def test_silence_behind_a_step_leaves_the_next(bench: Bench) -> None:
    """The session that ends by itself keeps the step that is still to be done."""
    situation = Situation(routine=ROUTINE, new_run="run2", playhead=bench.at("open_book.position"), **BEHIND)
    reply = fall_silent(bench.content, bench.pack, situation)
    assert reply.remember.place is not None
    assert bench.course.step_key(reply.remember.place) == "open_book.explanation"


def test_silence_behind_the_last_repetitions_finishes_the_run(bench: Bench) -> None:
    """What was done counts, also when nobody asks for the closing."""
    situation = Situation(routine=ROUTINE, new_run="run2", playhead=bench.at("elbows_up.repetitions"), **BEHIND)
    assert fall_silent(bench.content, bench.pack, situation).remember.close == ("run1", Close.FINISHED)


def test_the_third_miss_behind_a_step_keeps_the_next(bench: Bench) -> None:
    """Giving up to understand loses no place."""
    reply = bench.ask(Command.UNKNOWN, bench.at("open_book.position"), **BEHIND, misses=2)
    assert (reply.clip, reply.question) == ("not_understood_3", None)
    assert reply.remember.place is not None
    assert bench.course.step_key(reply.remember.place) == "open_book.explanation"


@pytest.mark.parametrize(
    ("question", "asked"), [(Question.START, Question.START), (Question.PAUSE, Question.PAUSE), (None, Question.PAUSE)]
)
def test_choosing_steps_begins_nothing(bench: Bench, question: Question | None, asked: Question) -> None:
    """The way is remembered, what plays stops, and the open question stays open."""
    place = None if question is Question.START else "open_book.position"
    facts: dict[str, Any] = {"question": question, "in_session": question is not None}
    reply = bench.ask(Command.STEP_BY_STEP, place, **facts)
    assert (reply.clip, reply.question, reply.play, reply.step) == ("step_by_step", asked, None, None)
    assert (reply.remember.way, reply.stop) == (Way.STEP_BY_STEP, place is not None)


def test_choosing_a_way_before_anything_hears_the_introduction(bench: Bench) -> None:
    """Asked for with the name and nothing begun: safety first, the wish is kept."""
    reply = bench.ask(Command.STEP_BY_STEP, None)
    assert (reply.clip, reply.question, reply.remember.way) == (INTRO_LATER, Question.START, Way.STEP_BY_STEP)


def test_choosing_a_way_after_a_long_pause_hears_the_safety_line(bench: Bench) -> None:
    """Coming back the next day is coming back, whatever is asked."""
    reply = bench.ask(Command.CONTINUOUS, "open_book.position", state=State.PAUSED, pause_age_s=90_000.0)
    assert (reply.clip, reply.question) == ("return_later[open_book]", Question.RETURN)
    assert reply.remember.way is Way.CONTINUOUS


def test_going_on_continuously_behind_a_step(bench: Bench) -> None:
    """ "Achter elkaar" behind a step: the next word starts the player at the next step, without the mark."""
    place = bench.at("open_book.position", marks=UNPLAYED)
    chosen = bench.ask(Command.CONTINUOUS, place, **BEHIND)
    assert (chosen.clip, chosen.question) == ("continuous", Question.STEP)
    reply = bench.ask(Command.RESUME, place, **{**BEHIND, "way": Way.CONTINUOUS})
    assert bench.heard(reply) == "open_book.explanation"
    assert reply.play is not None
    assert UNPLAYED not in reply.play.stream.marks


def test_a_device_without_a_player_cannot_go_on_by_itself(bench: Bench) -> None:
    """ "Achter elkaar" is not promised where it cannot be done."""
    reply = bench.ask(Command.CONTINUOUS, "open_book.position", **BEHIND, audio_player=False)
    assert (reply.clip, reply.remember.way) == ("only_steps", None)


def test_another_round_plays_the_repetitions_again(bench: Bench) -> None:
    """With the player too: a line that gives time to lie down again, then the first repetitions of the exercise."""
    reply = bench.ask(Command.ANOTHER_ROUND, "open_book.left_side")
    assert (reply.clip, bench.heard(reply)) == ("another_round[open_book]", "open_book.right_side")


def test_history_names_this_week_and_the_last(bench: Bench) -> None:
    """The days with a finished training, as one clip, and nothing that plays is touched."""
    reply = bench.ask(Command.HISTORY, "open_book.position", this_week=2, last_week=3)
    assert (reply.clip, reply.stop, reply.question) == ("history[2,3]", False, None)


@pytest.mark.parametrize(("days", "clip"), [(0, 0), (2, 2), (3, 3), (6, 3)])
def test_the_short_introduction_counts_to_three(bench: Bench, days: int, clip: int) -> None:
    """Three times a week is enough: the introduction counts no further."""
    assert bench.ask(Command.LAUNCH, None, this_week=days).clip == f"intro_later[{clip}]"
