"""What happens when something is wrong."""

from __future__ import annotations

import pytest

from skill.coach import Command, Question, State
from skill.content import Level, PromptId, clip_key
from tests.coach.conftest import Bench


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("question", [None, *Question])
@pytest.mark.parametrize("command", ["pain", "dizzy", "emergency", "see_doctor", "ask_first"])
def test_safety_stops_everything_everywhere(
    bench: Bench, state: State, question: Question | None, command: str
) -> None:
    """In every state and behind every question the audio stops before a safety line, and nothing plays."""
    reply = bench.ask(Command(command), "open_book.right_side", state=state, question=question, in_session=True)
    assert reply.stop
    assert reply.play is None
    assert reply.clip is not None
    assert reply.clip.startswith(command)


@pytest.mark.parametrize("command", ["emergency", "see_doctor", "ask_first"])
def test_a_serious_sign_ends_the_run(bench: Bench, command: str) -> None:
    """The queue is cleared, the run is over, no microphone, no reason kept."""
    reply = bench.ask(Command(command), "open_book.right_side")
    assert (reply.clip, reply.clear, reply.question) == (command, True, None)
    assert reply.remember.close == ("run1", "ended")
    assert reply.remember.place is None


def test_after_a_first_pain_it_goes_on_gently(bench: Bench) -> None:
    """ "Verder" after pain is the easier level from the start of the step, marked, not saved as a wish."""
    asked = bench.ask(Command.PAIN, "open_book.right_side")
    assert (asked.clip, asked.question) == (PromptId.PAIN_FIRST, Question.PAIN)
    assert asked.remember.level is None
    reply = bench.ask(Command.RESUME, "open_book.right_side", question=Question.PAIN, in_session=True, pause_age_s=5)
    assert reply.clip == clip_key(PromptId.RESUME_AFTER_PAIN, "open_book.right_side")
    assert reply.play is not None
    assert (reply.play.stream.level, sorted(reply.play.stream.marks)) == (Level.EASIER, ["a"])
    assert bench.heard(reply) == "open_book.right_side"
    assert reply.remember.level is None


@pytest.mark.parametrize(("marks", "facts"), [("", {"question": Question.PAIN, "in_session": True}), ("a", {})])
def test_a_second_pain_ends_the_run(bench: Bench, marks: str, facts: dict[str, object]) -> None:
    """A second report, at once or later in the run, ends it."""
    reply = bench.ask(Command.PAIN, bench.at("open_book.right_side", marks=marks), **facts)
    assert (reply.clip, reply.clear) == (PromptId.PAIN_SECOND, True)
    assert reply.remember.close == ("run1", "ended")


@pytest.mark.parametrize(
    ("question", "word", "clip"),
    [
        (Question.PAIN, "yes", PromptId.PAIN_REPROMPT),
        (Question.DIZZY, "yes", PromptId.DIZZY_REPROMPT),
        (Question.PAUSE, "yes", PromptId.HELP_REPROMPT),
        (Question.PAUSE, "no", PromptId.HELP_REPROMPT),
    ],
)
def test_a_bare_yes_never_goes_on(bench: Bench, question: Question, word: str, clip: str) -> None:
    """Where "ja" could mean "yes, pain", the question is put again and nothing plays."""
    reply = bench.ask(Command(word), "open_book.right_side", question=question, in_session=True)
    assert (reply.clip, reply.play, reply.question) == (clip, None, question)


@pytest.mark.parametrize("question", [Question.PAIN, Question.DIZZY])
def test_no_after_a_safety_line_stops(bench: Bench, question: Question) -> None:
    """ "Nee" after pain or dizziness stops the training."""
    reply = bench.ask(Command.NO, "open_book.right_side", question=question, in_session=True)
    assert (reply.clip, reply.stop) == (PromptId.GOODBYE, True)


def test_after_dizziness_the_position_comes_first(bench: Bench) -> None:
    """However short it was, after dizziness the step begins again with time to take the position."""
    reply = bench.ask(Command.RESUME, "elbows_up.repetitions", question=Question.DIZZY, pause_age_s=5)
    assert reply.clip == clip_key(PromptId.RESUME_POSITION, "elbows_up.repetitions")


def test_pain_before_the_start_begins_nothing(bench: Bench) -> None:
    """Pain at the first question is answered, and "verder" then leads to the intro, not to an exercise."""
    asked = bench.ask(Command.PAIN, None, question=Question.START, in_session=True)
    assert asked.question is Question.PAIN
    reply = bench.ask(Command.RESUME, None, question=Question.PAIN, in_session=True)
    assert (reply.play, reply.question) == (None, Question.START)


def test_easier_after_pain_is_not_saved_and_plays_nothing(bench: Bench) -> None:
    """The offered "makkelijker" notes the level for this run only; "verder" still has to be said."""
    facts = {"question": Question.PAIN, "in_session": True, "state": State.ASKED}
    for level in (Level.BASIC, Level.EASIER):
        reply = bench.ask(Command.EASIER, bench.at("open_book.right_side", level=level), **facts)
        assert (reply.clip, reply.play, reply.question) == (PromptId.EASIER_PAUSED, None, Question.PAIN)
        assert reply.remember.level is None
