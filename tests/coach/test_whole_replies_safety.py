"""Whole replies when something is wrong: nothing more and nothing less than what is meant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from skill.coach import Command, Playhead, Question, Reply
from skill.coach.reply import Close, Remember
from skill.content import Level, PromptId, Tempo
from tests.coach.conftest import Bench
from tests.coach.test_whole_replies_words import asked, of

LONG_AGO = [None, 1801.0]
"""Ages of a pause after which nobody lies or sits in position any more."""


def first_pain(place: Playhead | None) -> Reply:
    """The reply to a first report of pain."""
    return Reply(
        clip=PromptId.PAIN_FIRST,
        stop=True,
        question=Question.PAIN,
        reprompt=PromptId.PAIN_REPROMPT,
        remember=Remember(place=place),
    )


@pytest.mark.parametrize(("marks", "kept"), [("", "al"), ("b", "abl"), ("c", "acl")])
def test_a_first_pain_remembers_the_step_easier(bench: Bench, marks: str, kept: str) -> None:
    """The start of the step, easier, marked for pain and for the left position; what the run knew is kept."""
    reply = bench.ask(Command.PAIN, bench.at("open_book.right_side", level=Level.HARDER, marks=marks))
    assert reply == first_pain(bench.at("open_book.right_side", 0, level=Level.EASIER, marks=kept))


def test_pain_without_a_run_remembers_no_place(bench: Bench) -> None:
    """Before a training there is no place, but the audio stops and the question is the same."""
    assert bench.ask(Command.PAIN, None) == first_pain(None)


@pytest.mark.parametrize("age", LONG_AGO)
@pytest.mark.parametrize(
    ("step", "start"),
    [("open_book.left_side", "open_book.to_floor"), ("seated_turn.left_side", "seated_turn.position")],
)
def test_pain_long_after_a_pause_goes_back_to_the_start_of_the_exercise(
    bench: Bench, step: str, start: str, age: float | None
) -> None:
    """At the tempo that is wished in general, and in a place that the player of the device knows nothing of."""
    reply = bench.ask(
        Command.PAIN, bench.at(step, marks="bc"), pause_age_s=age, level=Level.HARDER, tempo=Tempo.CALM, audible=False
    )
    place = bench.at(start, 0, level=Level.EASIER, marks="acls")
    assert reply == first_pain(replace(place, stream=replace(place.stream, tempo=Tempo.CALM)))


@pytest.mark.parametrize("step", ["open_book.right_side", None])
def test_dizziness_asks_and_remembers_that_the_position_is_left(bench: Bench, step: str | None) -> None:
    """The place is where it was, with the mark that the position has to be taken again; without a run no place."""
    place = bench.at(step, 4000, marks="l") if step else None
    reply = bench.ask(Command.DIZZY, bench.at(step, 4000) if step else None)
    assert reply == Reply(
        clip=PromptId.DIZZY,
        stop=True,
        question=Question.DIZZY,
        reprompt=PromptId.DIZZY_REPROMPT,
        remember=Remember(place=place),
    )


ENDS = [
    (Command.EMERGENCY, None, PromptId.EMERGENCY),
    (Command.SEE_DOCTOR, None, PromptId.SEE_DOCTOR),
    (Command.ASK_FIRST, None, PromptId.ASK_FIRST),
    (Command.PAIN, Question.PAIN, PromptId.PAIN_SECOND),
]


@pytest.mark.parametrize(("command", "question", "clip"), ENDS)
@pytest.mark.parametrize("step", ["open_book.right_side", None])
def test_a_serious_sign_says_one_line_and_closes(
    bench: Bench, command: Command, question: Question | None, clip: str, step: str | None
) -> None:
    """The audio and the queue are gone, the microphone stays shut; only an open run is closed, as not trained out."""
    close = ("run1", Close.ENDED) if step else None
    reply = bench.ask(command, step, question=question, in_session=question is not None)
    assert reply == Reply(clip=clip, stop=True, clear=True, remember=Remember(close=close))


@pytest.mark.parametrize("level", [Level.BASIC, Level.EASIER])
def test_easier_after_pain_keeps_the_place_at_the_easiest(bench: Bench, level: Level) -> None:
    """Also where it is the easiest already; for this run only, and the question stays."""
    reply = bench.ask(Command.EASIER, bench.at("open_book.right_side", level=level, marks="a"), **asked(Question.PAIN))
    target = bench.at("open_book.right_side", 0, level=Level.EASIER, marks="a")
    assert reply == Reply(
        clip=PromptId.EASIER_PAUSED,
        stop=True,
        question=Question.PAIN,
        reprompt=PromptId.PAIN_REPROMPT,
        remember=Remember(place=target),
    )


@pytest.mark.parametrize("command", [Command.HARDER, Command.FASTER])
@pytest.mark.parametrize(
    ("question", "words"), [(Question.PAIN, PromptId.PAIN_REPROMPT), (Question.DIZZY, PromptId.DIZZY_REPROMPT)]
)
def test_nothing_gets_heavier_after_pain_or_dizziness(
    bench: Bench, command: Command, question: Question, words: str
) -> None:
    """The question is put again, and nothing is remembered."""
    place = of(bench.at("open_book.right_side"), tempo=Tempo.CALM)
    assert bench.ask(command, place, **asked(question)) == Reply(clip=words, question=question, reprompt=words)
