"""The start, questions, and words that are not understood."""

from __future__ import annotations

import pytest

from skill.coach import Command, Intro, Question, State
from skill.content import PromptId, clip_key
from tests.coach.conftest import INTRO_LATER, Bench

AT_START = {"question": Question.START, "in_session": True, "state": State.ASKED}


def test_a_launch_asks_before_anything_plays(bench: Bench) -> None:
    """The first launch says the full intro, a later one the short; both ask and wait."""
    first = bench.ask(Command.LAUNCH, None, intro=Intro.FULL)
    later = bench.ask(Command.LAUNCH, None)
    assert (first.clip, later.clip) == (PromptId.INTRO_FIRST, INTRO_LATER)
    assert first.question is later.question is Question.START
    assert first.remember.intro_heard
    assert first.play is None


@pytest.mark.parametrize(
    ("command", "clip", "heard"),
    [
        ("start", PromptId.START, "open_book.to_floor"),
        ("yes", PromptId.START, "open_book.to_floor"),
        ("ready", PromptId.START, "open_book.to_floor"),
        ("resume", PromptId.START, "open_book.to_floor"),
        ("wait", PromptId.WAIT, "preparation.preparation"),
        ("chair_only", PromptId.CHAIR_ONLY, "seated_turn.position"),
    ],
)
def test_the_answers_to_the_start_question(bench: Bench, command: str, clip: str, heard: str) -> None:
    """Start, wait and chair each begin what they say."""
    reply = bench.ask(Command(command), None, **AT_START)
    assert reply.clip == clip
    assert bench.heard(reply) == heard
    assert reply.play is not None
    assert reply.play.stream.run == "run2"


@pytest.mark.parametrize("command", ["stop", "no"])
def test_no_at_the_start_ends_kindly(bench: Bench, command: str) -> None:
    """Who would rather not is not asked again."""
    reply = bench.ask(Command(command), None, **AT_START)
    assert (reply.clip, reply.question, reply.play) == (PromptId.NOT_STARTED, None, None)


@pytest.mark.parametrize("command", ["next_step", "previous_step", "next_exercise", "time_left", "which_side"])
def test_words_that_need_a_place_get_help_at_the_start(bench: Bench, command: str) -> None:
    """Before the start there is nothing to skip: help, with the microphone open on the same question."""
    reply = bench.ask(Command(command), None, **AT_START)
    assert (reply.clip, reply.question) == (PromptId.HELP_START, Question.START)


@pytest.mark.parametrize("command", ["next_step", "resume", "repeat", "easier", "start", "start_over"])
def test_without_a_run_and_a_session_the_intro_comes_first(bench: Bench, command: str) -> None:
    """Nothing plays before somebody has heard who should not exercise."""
    reply = bench.ask(Command(command), None)
    assert (reply.clip, reply.question, reply.play) == (INTRO_LATER, Question.START, None)


def test_ready_after_the_start_means_stop(bench: Bench) -> None:
    """ "Ik ben klaar" in a training stops it."""
    assert bench.ask(Command.READY, "open_book.position").clip == PromptId.STOPPED


@pytest.mark.parametrize(
    ("command", "clip"),
    [
        ("equipment", PromptId.EQUIPMENT),
        ("louder", PromptId.LOUDER),
        ("medical_question", PromptId.MEDICAL_QUESTION),
        ("unsupported", PromptId.CANNOT),
        ("help", PromptId.HELP_PLAYING),
        ("time_left", clip_key(PromptId.TIME_LEFT, "seated_turn", 3)),
        ("which_side", clip_key(PromptId.WHICH_SIDE, "right")),
    ],
)
def test_a_one_shot_question_touches_no_audio(bench: Bench, command: str, clip: str) -> None:
    """A question with the name is answered without any directive: the device goes on by itself."""
    reply = bench.ask(Command(command), "seated_turn.right_side")
    assert reply.clip == clip
    assert (reply.play, reply.stop, reply.clear, reply.question) == (None, False, False, None)


def test_help_without_a_training_opens_the_microphone(bench: Bench) -> None:
    """Help that names words to say listens for them; "start" then leads to the intro, not to an exercise."""
    reply = bench.ask(Command.HELP, None)
    assert (reply.clip, reply.question) == (PromptId.HELP_START, Question.OFFER)
    started = bench.ask(Command.START, None, question=Question.OFFER, in_session=True)
    assert (started.clip, started.question, started.play) == (INTRO_LATER, Question.START, None)


def test_what_is_kept_can_be_wiped_at_once(bench: Bench) -> None:
    """The privacy text names the words that wipe, so the microphone opens, and no audio is touched."""
    reply = bench.ask(Command.PRIVACY, "seated_turn.right_side")
    assert (reply.clip, reply.question, reply.stop, reply.play) == (PromptId.PRIVACY, Question.PAUSE, False, None)


def test_the_safety_text_ends_in_a_question(bench: Bench) -> None:
    """It touches no audio either, but asks whether to go on; the device goes on by itself in silence."""
    reply = bench.ask(Command.SAFETY_INFO, "seated_turn.right_side")
    assert (reply.clip, reply.play, reply.stop) == (PromptId.SAFETY_INFO, None, False)
    assert (reply.question, reply.reprompt) == (Question.PAUSE, PromptId.SAFETY_INFO_REPROMPT)


@pytest.mark.parametrize("command", ["equipment", "help", "time_left", "which_side", "louder", "privacy"])
@pytest.mark.parametrize("question", [Question.PAUSE, Question.RETURN, Question.PAIN, Question.DIZZY])
def test_a_question_in_a_session_keeps_the_microphone_open(bench: Bench, command: str, question: Question) -> None:
    """With the microphone open a question is no dead end: it stays open on what was asked."""
    reply = bench.ask(Command(command), "seated_turn.position", question=question, in_session=True)
    assert (reply.question, reply.play, reply.stop) == (question, None, False)
    assert reply.reprompt is not None


def test_a_step_without_a_side_says_so(bench: Bench) -> None:
    """ "Welke kant" where there is none gets an answer of its own."""
    assert bench.ask(Command.WHICH_SIDE, "elbows_up.hands").clip == PromptId.NO_SIDE


def test_three_misses_end_in_rest(bench: Bench) -> None:
    """Not understood: a hint, a longer hint, then rest; the place stays."""
    facts = {"question": Question.PAUSE, "in_session": True, "state": State.ASKED}
    replies = [bench.ask(Command.UNKNOWN, "open_book.position", misses=n, **facts) for n in range(3)]
    assert [one.clip for one in replies] == ["not_understood_1", "not_understood_2", "not_understood_3"]
    assert [one.question for one in replies] == [Question.PAUSE, Question.PAUSE, None]
    assert [one.misses for one in replies] == [1, 2, 0]


def test_three_misses_at_the_start_have_their_own_words(bench: Bench) -> None:
    """At the start question the hints name start and stop."""
    replies = [bench.ask(Command.UNKNOWN, None, misses=n, **AT_START) for n in range(3)]
    assert [one.clip for one in replies] == [f"not_understood_start_{n}" for n in (1, 2, 3)]


def test_a_one_shot_that_nobody_understands_is_answered(bench: Bench) -> None:
    """With the name but without sense: "that I cannot", and the audio goes on."""
    reply = bench.ask(Command.UNKNOWN, "open_book.position")
    assert (reply.clip, reply.stop) == (PromptId.CANNOT, False)


def test_forgetting_asks_first(bench: Bench) -> None:
    """Wiping is asked about; yes wipes, no and stop keep, another word is simply obeyed."""
    asked = bench.ask(Command.FORGET_ME, "open_book.position")
    assert (asked.clip, asked.question, asked.remember.forget) == (PromptId.FORGET_ASK, Question.FORGET, False)
    facts = {"state": State.ASKED, "question": Question.FORGET, "in_session": True}
    wiped = bench.ask(Command.YES, "open_book.position", **facts)
    assert (wiped.clip, wiped.remember.forget, wiped.clear) == (PromptId.FORGET_DONE, True, True)
    for word in (Command.NO, Command.STOP):
        assert bench.ask(word, "open_book.position", **facts).clip == PromptId.FORGET_KEPT
    assert bench.ask(Command.PAIN, "open_book.position", **facts).clip == PromptId.PAIN_FIRST
    assert bench.ask(Command.HELP, "open_book.position", **facts).clip == PromptId.HELP_PAUSED
    assert bench.ask(Command.UNKNOWN, "open_book.position", **facts).question is Question.FORGET


def test_a_level_can_be_chosen_before_the_start(bench: Bench) -> None:
    """Easier at the start question is remembered and the question stays."""
    reply = bench.ask(Command.EASIER, None, **AT_START)
    assert (reply.clip, reply.question, reply.remember.level) == (
        PromptId.EASIER_PAUSED,
        Question.START,
        "easier",
    )


@pytest.mark.parametrize("command", ["pause", "stop"])
def test_silencing_the_device_after_the_end_starts_no_welcome(bench: Bench, command: str) -> None:
    """ "Alexa, stop" after an emergency arrives as a pause: a short goodbye, no intro, no microphone."""
    reply = bench.ask(Command(command), None, state=State.ENDED)
    assert (reply.clip, reply.stop, reply.question) == (PromptId.GOODBYE, True, None)
