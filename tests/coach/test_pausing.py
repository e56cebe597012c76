"""Pausing and coming back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from skill.coach import Button, Command, Intro, Question, Reply, Situation, State, press
from skill.coach.course import LEAD_MS
from skill.coach.situation import LEFT
from skill.content import PromptId, clip_key
from tests.coach.conftest import INTRO_LATER, ROUTINE, Bench


def test_pause_opens_the_microphone_once(bench: Bench) -> None:
    """Pause stops, says the long line, opens the microphone and has no reprompt."""
    reply = bench.ask(Command.PAUSE, "open_book.right_side")
    assert (reply.clip, reply.stop, reply.question, reply.reprompt) == (
        PromptId.PAUSE_FIRST,
        True,
        Question.PAUSE,
        None,
    )


def test_a_later_pause_is_short(bench: Bench) -> None:
    """Who paused before in this run hears the short line."""
    assert bench.ask(Command.PAUSE, bench.at("open_book.right_side", marks="b")).clip == PromptId.PAUSE_SHORT


def test_wait_is_pause_while_training(bench: Bench) -> None:
    """ "Wacht" during an exercise is a pause."""
    assert bench.ask(Command.WAIT, "open_book.position").clip == PromptId.PAUSE_FIRST


def test_soon_after_a_pause_it_goes_on_at_the_line(bench: Bench) -> None:
    """After 10 s the line that was being spoken comes again, behind a clip that gives time."""
    place = bench.at("open_book.position", after_ms=4000)
    reply = bench.ask(Command.RESUME, place, pause_age_s=10, state=State.PAUSED)
    assert reply.clip == PromptId.RESUME_SOON
    assert bench.heard(reply) == "open_book.position+3000"
    assert reply.play is not None
    assert "b" in reply.play.stream.marks


def test_soon_after_a_pause_a_repetition_begins_again(bench: Bench) -> None:
    """In repetitions it goes on at the start of the repetition, not in the middle of a movement."""
    track = bench.course.track(bench.stream("open_book"))
    assert track is not None
    step = track.step("right_side")
    assert step is not None
    second = [cue for cue in step.cues if cue.repetition == 2]
    place = replace(bench.at("open_book.right_side"), offset_ms=second[-1].end_ms)
    reply = bench.ask(Command.RESUME, place, pause_age_s=119)
    assert reply.play is not None
    assert reply.play.offset_ms == second[0].start_ms - LEAD_MS


def test_after_minutes_the_position_comes_first(bench: Bench) -> None:
    """After 10 minutes the step begins again, behind a line that names the position."""
    reply = bench.ask(Command.RESUME, "seated_turn.left_side", pause_age_s=600)
    assert reply.clip == clip_key(PromptId.RESUME_POSITION, "seated_turn.left_side")
    assert bench.heard(reply) == "seated_turn.left_side"


@pytest.mark.parametrize("age", [1801.0, 86_400.0, None])
def test_after_long_the_safety_line_comes_first(bench: Bench, age: float | None) -> None:
    """After more than 30 minutes, or an unknown time, nothing plays before a safety line and a question."""
    reply = bench.ask(Command.RESUME, "seated_turn.left_side", pause_age_s=age)
    assert reply.clip == clip_key(PromptId.RETURN_LATER, "seated_turn")
    assert (reply.play, reply.question) == (None, Question.RETURN)


def test_the_answer_after_long_plays_the_exercise_from_its_start(bench: Bench) -> None:
    """ "Verder" the next day begins the exercise again."""
    facts = {"pause_age_s": 86_400.0, "question": Question.RETURN, "in_session": True, "state": State.ASKED}
    assert bench.heard(bench.ask(Command.RESUME, "seated_turn.left_side", **facts)) == "seated_turn.position"
    assert bench.heard(bench.ask(Command.YES, "seated_turn.left_side", **facts)) == "seated_turn.position"
    assert bench.ask(Command.NO, "seated_turn.left_side", **facts).clip == PromptId.STOPPED


def test_launch_in_an_open_run_has_no_intro(bench: Bench) -> None:
    """Within 30 minutes a launch says one line, asks, and plays nothing by itself."""
    reply = bench.ask(Command.LAUNCH, "open_book.left_side", pause_age_s=600, state=State.PAUSED)
    assert reply.clip == clip_key(PromptId.WELCOME_BACK, "open_book")
    assert (reply.question, reply.play) == (Question.RETURN, None)


@pytest.mark.parametrize(
    ("command", "target"),
    [("restart_exercise", "seated_turn.position"), ("start_over", "open_book.to_floor")],
)
def test_at_a_launch_one_can_begin_again(bench: Bench, command: str, target: str) -> None:
    """The answer "opnieuw" begins the exercise again, "begin opnieuw" the whole routine."""
    reply = bench.ask(Command(command), "seated_turn.left_side", question=Question.RETURN, in_session=True)
    assert bench.heard(reply) == target


def test_a_finished_run_is_not_offered_again(bench: Bench) -> None:
    """Who was in the closing begins a new training."""
    reply = bench.ask(Command.LAUNCH, "elbows_up.closing", pause_age_s=86_400, state=State.PAUSED)
    assert (reply.clip, reply.question) == (INTRO_LATER, Question.START)


def test_the_full_intro_comes_before_an_old_place(bench: Bench) -> None:
    """When the full intro is due, a long pause leads to it; "verder" then begins the old exercise."""
    facts = {"pause_age_s": None, "intro": Intro.FULL}
    assert bench.ask(Command.RESUME, "seated_turn.left_side", **facts).clip == PromptId.INTRO_FIRST
    answered = bench.ask(Command.RESUME, "seated_turn.left_side", question=Question.START, in_session=True, **facts)
    assert bench.heard(answered) == "seated_turn.position"


def test_stop_keeps_the_place(bench: Bench) -> None:
    """Stop stops, says so, and the place is remembered, with the position left."""
    reply = bench.ask(Command.STOP, "open_book.left_side")
    assert (reply.clip, reply.stop, reply.question) == (PromptId.STOPPED, True, None)
    assert reply.remember.place == bench.at("open_book.left_side", marks=LEFT)


def test_after_stop_the_position_is_taken_again(bench: Bench) -> None:
    """Who said stop may have got up: "ga verder" a moment later says first how to lie or sit."""
    stopped = bench.ask(Command.STOP, "open_book.left_side").remember.place
    reply = bench.ask(Command.RESUME, stopped, state=State.PAUSED, pause_age_s=10.0)
    assert (reply.clip, bench.heard(reply)) == ("resume_position[open_book.left_side]", "open_book.left_side")
    assert reply.play is not None
    assert LEFT not in reply.play.stream.marks


@pytest.mark.parametrize(
    ("button", "age", "heard"),
    [
        (Button.NEXT, 0.0, "seated_turn.left_side"),
        (Button.PREVIOUS, 0.0, "seated_turn.explanation"),
        (Button.PLAY, 600.0, "seated_turn.right_side"),
    ],
)
def test_buttons_play_without_a_word(bench: Bench, button: Button, age: float | None, heard: str) -> None:
    """A button gets a directive only: nothing may be said in answer to it."""
    place = bench.at("seated_turn.right_side")
    situation = Situation(State.PAUSED, ROUTINE, "run2", playhead=place, pause_age_s=age)
    reply = press(bench.content, bench.pack, situation, button)
    assert bench.heard(reply) == heard
    assert reply.clip is None


@pytest.mark.parametrize("button", [Button.NEXT, Button.PREVIOUS, Button.PLAY])
@pytest.mark.parametrize("age", [1801.0, 86_400.0, None])
def test_buttons_move_nothing_after_long(bench: Bench, button: Button, age: float | None) -> None:
    """After a long or unknown pause a safety line is due, which a button cannot say: nothing plays."""
    situation = Situation(State.PAUSED, ROUTINE, "run2", playhead=bench.at("seated_turn.right_side"), pause_age_s=age)
    assert press(bench.content, bench.pack, situation, button) == Reply()


@pytest.mark.parametrize(
    "command", ["next_step", "previous_step", "repeat", "start_over", "chair_only", "next_exercise"]
)
def test_no_word_moves_anything_after_long(bench: Bench, command: str) -> None:
    """After a long pause every word that would play leads to the safety line first; behind it, it plays."""
    facts = {"state": State.PAUSED, "pause_age_s": 86_400.0}
    asked = bench.ask(Command(command), "seated_turn.right_side", **facts)
    assert (asked.play, asked.question) == (None, Question.RETURN)
    answered = bench.ask(
        Command(command), "seated_turn.right_side", **{**facts, "question": Question.RETURN, "in_session": True}
    )
    assert answered.play is not None


def test_buttons_without_a_run_do_nothing(bench: Bench) -> None:
    """Without a place the buttons start nothing; with one, pause stops."""
    empty = Situation(State.IDLE, ROUTINE, "run2")
    assert all(press(bench.content, bench.pack, empty, one).play is None for one in Button)
    paused = press(bench.content, bench.pack, replace(empty, playhead=bench.at("open_book.position")), Button.PAUSE)
    assert paused.stop
    assert paused.play is None


def test_what_was_made_easier_in_a_pause_goes_on_gently(bench: Bench) -> None:
    """When a lower level waits for a silent device, "ga verder" takes the position first, at the easier level."""
    reply = bench.ask(Command.RESUME, "open_book.right_side", pause_age_s=20, eased=True, state=State.PAUSED)
    assert reply.clip == clip_key(PromptId.RESUME_AFTER_PAIN, "open_book.right_side")
    long_ago = bench.ask(Command.RESUME, "open_book.right_side", pause_age_s=9_000, eased=True, state=State.PAUSED)
    assert (long_ago.play, long_ago.question) == (None, Question.RETURN)


def test_going_on_with_an_ended_run_hears_the_full_intro(bench: Bench) -> None:
    """ "Ga verder" after the end of a run leads to the full intro; a launch says what is due."""
    assert bench.ask(Command.RESUME, None, state=State.ENDED).clip == PromptId.INTRO_FIRST
    assert bench.ask(Command.LAUNCH, None, state=State.ENDED).clip == INTRO_LATER
