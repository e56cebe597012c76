"""Going to another step or exercise while training."""

from __future__ import annotations

import pytest

from skill.coach import Command, Question, State
from skill.content import PromptId
from tests.coach.conftest import Bench

MOVES = [
    ("next_step", "open_book.position", "open_book.explanation"),
    ("next_step", "open_book.left_side", "seated_turn.to_chair"),
    ("next_step", "seated_turn.left_side", "elbows_up.position"),
    ("next_step", "elbows_up.repetitions", "elbows_up.closing"),
    ("next_step", "preparation.preparation", "open_book.to_floor"),
    ("previous_step", "open_book.explanation", "open_book.position"),
    ("previous_step", "open_book.to_floor", "open_book.to_floor"),
    ("previous_step", "seated_turn.to_chair", "open_book.left_side"),
    ("previous_step", "elbows_up.position", "seated_turn.left_side"),
    ("repeat", "open_book.right_side", "open_book.right_side"),
    ("next_exercise", "open_book.position", "seated_turn.to_chair"),
    ("next_exercise", "seated_turn.right_side", "elbows_up.position"),
    ("next_exercise", "elbows_up.hands", "elbows_up.closing"),
    ("restart_exercise", "open_book.left_side", "open_book.to_floor"),
    ("restart_exercise", "seated_turn.left_side", "seated_turn.position"),
    ("restart_exercise", "elbows_up.closing", "elbows_up.position"),
    ("start_over", "elbows_up.repetitions", "open_book.to_floor"),
]


@pytest.mark.parametrize(("command", "start", "target"), MOVES)
def test_a_move_plays_its_target_at_once(bench: Bench, command: str, start: str, target: str) -> None:
    """Next, previous, repeat and their kin play the right step, without a sentence before it."""
    reply = bench.ask(Command(command), start)
    assert bench.heard(reply) == target
    assert reply.clip is None
    assert reply.question is None


@pytest.mark.parametrize(
    ("start", "target"),
    [("open_book.explanation", "open_book.position"), ("seated_turn.to_chair", "open_book.left_side")],
)
def test_repeat_right_after_a_border_means_the_step_before(bench: Bench, start: str, target: str) -> None:
    """Within 4 s after a border the person has not heard the new step yet."""
    assert bench.heard(bench.ask(Command.REPEAT, bench.at(start, after_ms=3900))) == target
    assert bench.heard(bench.ask(Command.REPEAT, bench.at(start, after_ms=4100))) == start


def test_next_in_the_closing_says_goodbye(bench: Bench) -> None:
    """Behind the closing there is nothing: the audio ends with a goodbye and the run counts as finished."""
    reply = bench.ask(Command.NEXT_STEP, "elbows_up.closing")
    assert (reply.clip, reply.stop, reply.clear, reply.play) == (PromptId.GOODBYE, True, True, None)
    assert reply.remember.close == ("run1", "finished")


@pytest.mark.parametrize(
    ("exercise", "start", "target"),
    [
        ("elbows_up", "open_book.position", "elbows_up.to_chair"),
        ("elbows_up", "seated_turn.position", "elbows_up.position"),
        ("seated_turn", "open_book.position", "seated_turn.to_chair"),
        ("seated_turn", "elbows_up.hands", "seated_turn.position"),
        ("open_book", "elbows_up.hands", "open_book.to_floor"),
    ],
)
def test_a_chosen_exercise_brings_the_way_to_it(bench: Bench, exercise: str, start: str, target: str) -> None:
    """The way to the chair is heard only by who comes from the floor."""
    assert bench.heard(bench.ask(Command.CHOOSE_EXERCISE, start, exercise=exercise)) == target


def test_an_exercise_that_was_not_heard_is_asked_for_again(bench: Bench) -> None:
    """Choosing without a name moves nothing."""
    reply = bench.ask(Command.CHOOSE_EXERCISE, "open_book.position", in_session=True, question=Question.PAUSE)
    assert (reply.clip, reply.play, reply.question) == (PromptId.NOT_UNDERSTOOD_1, None, Question.PAUSE)


def test_on_the_chair_the_floor_is_left_out(bench: Bench) -> None:
    """Who cannot get to the floor goes to the chair, and "previous" never leads back to the floor."""
    reply = bench.ask(Command.CHAIR_ONLY, "open_book.position")
    assert bench.heard(reply) == "seated_turn.to_chair"
    assert reply.play is not None
    assert reply.play.stream.marks == {"c"}
    first = bench.at("seated_turn.position", marks="c")
    assert bench.heard(bench.ask(Command.PREVIOUS_STEP, first)) == "seated_turn.position"
    assert bench.heard(bench.ask(Command.START_OVER, first)) == "seated_turn.position"


def test_who_is_on_the_chair_already_stays_in_the_step(bench: Bench) -> None:
    """The wish for the chair does not throw away the place on it."""
    assert bench.heard(bench.ask(Command.CHAIR_ONLY, "elbows_up.hands")) == "elbows_up.hands"


@pytest.mark.parametrize(
    ("command", "level", "prompt"),
    [("easier", "easier", PromptId.EASIER), ("harder", "harder", PromptId.HARDER)],
)
def test_another_level_plays_on_in_the_same_step(bench: Bench, command: str, level: str, prompt: str) -> None:
    """While playing, another level goes on at the start of the step, and is remembered."""
    reply = bench.ask(Command(command), "open_book.right_side")
    assert bench.heard(reply) == "open_book.right_side"
    assert reply.play is not None
    assert (reply.play.stream.level, reply.remember.level, reply.clip) == (level, level, prompt)


def test_another_tempo_plays_on_in_the_same_step(bench: Bench) -> None:
    """Slower goes to the calm tempo; slower still is not there and says so without touching the audio."""
    reply = bench.ask(Command.SLOWER, "open_book.position")
    assert reply.play is not None
    assert (reply.play.stream.tempo, reply.clip) == ("calm", PromptId.SLOWER)
    again = bench.ask(Command.FASTER, "open_book.position")
    assert (again.clip, again.play, again.stop) == (PromptId.FASTEST_ALREADY, None, False)


@pytest.mark.parametrize("command", [Command.EASIER, Command.HARDER, Command.SLOWER])
def test_another_level_leaves_a_pause_a_pause(bench: Bench, command: Command) -> None:
    """Only a word that goes on ends a pause: a level is noted, the microphone stays open, nothing plays."""
    reply = bench.ask(command, "open_book.right_side", state=State.ASKED, question=Question.PAUSE, in_session=True)
    assert reply.play is None
    assert reply.question is Question.PAUSE
    assert reply.clip == f"{command}_paused"


def test_without_an_audio_player_the_step_is_spoken(bench: Bench) -> None:
    """A device that cannot play streams hears the step in the answer, and no directive that it ignores."""
    reply = bench.ask(Command.NEXT_STEP, "open_book.position", audio_player=False)
    assert (reply.play, reply.stop, reply.clear) == (None, False, False)
    assert reply.step is not None
    assert bench.course.step_key(reply.step) == "open_book.explanation"


def test_another_level_with_the_name_during_a_pause_asks_to_go_on(bench: Bench) -> None:
    """A one-shot while the audio is silent opens the microphone: the answer names the word that goes on."""
    reply = bench.ask(Command.EASIER, "open_book.right_side", state=State.PAUSED)
    assert (reply.clip, reply.play, reply.stop, reply.question) == ("easier_paused", None, True, Question.PAUSE)


def test_repeat_after_another_level_is_chosen_in_a_pause_stays_in_the_step(bench: Bench) -> None:
    """The place that a pause was given lies at the start of the step: repeating it does not go back further."""
    facts = {"state": State.ASKED, "question": Question.PAUSE, "in_session": True, "pause_age_s": 5.0}
    eased = bench.ask(Command.EASIER, bench.at("open_book.right_side"), **facts).remember.place
    assert bench.heard(bench.ask(Command.REPEAT, eased, **facts)) == "open_book.right_side"
