"""Whole replies to questions and to words that nobody understands."""

from __future__ import annotations

import pytest

from skill.coach import Command, Question, Reply
from skill.coach.reply import Remember
from skill.content import Level, PromptId, Tempo, clip_key
from tests.coach.conftest import Bench
from tests.coach.test_whole_replies_words import LATER, asked, intro, of, played

STEP = "open_book.right_side"
REPROMPTS = {
    Question.OFFER: PromptId.INTRO_REPROMPT,
    Question.START: PromptId.INTRO_REPROMPT,
    Question.RETURN: PromptId.RETURN_REPROMPT,
    Question.PAUSE: PromptId.HELP_REPROMPT,
    Question.PAIN: PromptId.PAIN_REPROMPT,
    Question.STEP: PromptId.STEP_WAIT,
    Question.BETWEEN: PromptId.STEP_WAIT,
    Question.DIZZY: PromptId.DIZZY_REPROMPT,
    Question.FORGET: PromptId.FORGET_REPROMPT,
}
"""What is said into the silence behind each question."""


@pytest.mark.parametrize("question", list(Question))
@pytest.mark.parametrize(
    ("command", "clip"),
    [
        (Command.EQUIPMENT, PromptId.EQUIPMENT),
        (Command.LOUDER, PromptId.LOUDER),
        (Command.MEDICAL_QUESTION, PromptId.MEDICAL_QUESTION),
        (Command.UNSUPPORTED, PromptId.CANNOT),
        (Command.PRIVACY, PromptId.PRIVACY),
        (Command.HISTORY, clip_key(PromptId.HISTORY, 2, 1)),
    ],
)
def test_an_answer_keeps_the_open_question(bench: Bench, question: Question, command: Command, clip: str) -> None:
    """With the microphone open a question is answered, and the open one stays, with its own words for silence."""
    reply = bench.ask(command, STEP, **asked(question, this_week=2, last_week=1))
    assert reply == Reply(clip=clip, question=question, reprompt=REPROMPTS[question])


@pytest.mark.parametrize("command", [Command.WHICH_SIDE, Command.TIME_LEFT])
def test_a_question_about_the_place_without_one_gets_help(bench: Bench, command: Command) -> None:
    """Side and time mean nothing without a place, or before the start: help, with the microphone open."""
    for place, question in ((None, Question.OFFER), (bench.at("preparation.preparation"), Question.PAUSE)):
        expected = Reply(clip=PromptId.HELP_START, question=question, reprompt=REPROMPTS[question])
        assert bench.ask(command, place) == expected


@pytest.mark.parametrize(
    ("step", "after_ms", "minutes"),
    [
        ("elbows_up.closing", 0, 1),
        ("elbows_up.closing", 19_999, 1),
        ("elbows_up.position", 31_000, 2),
        ("elbows_up.position", 0, 2),
        ("seated_turn.position", 0, 4),
    ],
)
def test_the_time_left_is_in_whole_minutes(bench: Bench, step: str, after_ms: int, minutes: int) -> None:
    """Rounded, half a minute up to two, never less than one; the following exercises count without a way to them."""
    reply = bench.ask(Command.TIME_LEFT, bench.at(step, after_ms))
    assert reply == Reply(clip=clip_key(PromptId.TIME_LEFT, step.split(".", maxsplit=1)[0], minutes))


@pytest.mark.parametrize("question", [Question.RETURN, Question.PAUSE, Question.STEP, Question.BETWEEN])
def test_the_first_two_misses_in_a_run_are_hints(bench: Bench, question: Question) -> None:
    """Each hint counts, keeps the question with its reprompt, and touches no audio and no place."""
    for misses, clip in enumerate((PromptId.NOT_UNDERSTOOD_1, PromptId.NOT_UNDERSTOOD_2)):
        reply = bench.ask(Command.UNKNOWN, STEP, **asked(question, misses=misses))
        assert reply == Reply(clip=clip, question=question, reprompt=REPROMPTS[question], misses=misses + 1)


@pytest.mark.parametrize(("question", "step"), [(Question.START, None), (Question.START, STEP), (Question.OFFER, None)])
def test_the_first_two_misses_before_the_start_are_hints_of_their_own(
    bench: Bench, question: Question, step: str | None
) -> None:
    """Without a run, and at the start question even with one, the hints name what can be said to begin."""
    for misses, clip in enumerate((PromptId.NOT_UNDERSTOOD_START_1, PromptId.NOT_UNDERSTOOD_START_2)):
        reply = bench.ask(Command.UNKNOWN, step, **asked(question, misses=misses))
        assert reply == Reply(clip=clip, question=question, reprompt=REPROMPTS[question], misses=misses + 1)


@pytest.mark.parametrize("question", [Question.PAIN, Question.DIZZY, Question.FORGET])
@pytest.mark.parametrize("misses", [0, 1])
def test_a_miss_behind_a_grave_question_puts_it_again(bench: Bench, question: Question, misses: int) -> None:
    """After pain, dizziness and before wiping no hint distracts: the question itself comes again, and it counts."""
    reply = bench.ask(Command.UNKNOWN, STEP, **asked(question, misses=misses))
    words = REPROMPTS[question]
    assert reply == Reply(clip=words, question=question, reprompt=words, misses=misses + 1)


@pytest.mark.parametrize("misses", [2, 3])
@pytest.mark.parametrize("audible", [True, False])
def test_the_third_miss_in_a_run_is_rest(bench: Bench, misses: int, audible: bool) -> None:
    """The microphone shuts, what plays stops, the place stays where it was, and the count begins anew."""
    reply = bench.ask(Command.UNKNOWN, STEP, **asked(Question.PAUSE, misses=misses, audible=audible))
    assert reply == Reply(clip=PromptId.NOT_UNDERSTOOD_3, stop=True, remember=Remember(place=bench.at(STEP)))


@pytest.mark.parametrize("audible", [True, False])
def test_the_third_miss_without_a_run_stops_only_what_sounds(bench: Bench, audible: bool) -> None:
    """Where nothing plays there is nothing to stop, and no place to keep."""
    reply = bench.ask(Command.UNKNOWN, None, **asked(Question.START, misses=2, audible=audible))
    assert reply == Reply(clip=PromptId.NOT_UNDERSTOOD_START_3, stop=audible)


@pytest.mark.parametrize("question", [Question.PAUSE, Question.PAIN, Question.DIZZY, Question.OFFER])
def test_a_bare_yes_puts_the_question_again(bench: Bench, question: Question) -> None:
    """Where "ja" says nothing, the question comes again in its short words, also behind silence."""
    words = REPROMPTS[question]
    assert bench.ask(Command.YES, STEP, **asked(question)) == Reply(clip=words, question=question, reprompt=words)


@pytest.mark.parametrize("command", [Command.YES, Command.NO])
def test_yes_and_no_to_nothing_are_not_understood(bench: Bench, command: Command) -> None:
    """Nothing was asked, so nothing happens and what plays goes on."""
    assert bench.ask(command, STEP) == Reply(clip=PromptId.CANNOT)


@pytest.mark.parametrize("question", [None, Question.PAUSE, Question.FORGET])
@pytest.mark.parametrize("audible", [True, False])
def test_wiping_is_asked_about(bench: Bench, question: Question | None, audible: bool) -> None:
    """What sounds stops for the question, also when it is asked for again; nothing is wiped yet."""
    reply = bench.ask(Command.FORGET_ME, STEP, question=question, in_session=question is not None, audible=audible)
    words = PromptId.FORGET_REPROMPT
    assert reply == Reply(clip=PromptId.FORGET_ASK, stop=audible, question=Question.FORGET, reprompt=words)


@pytest.mark.parametrize("step", [STEP, None])
def test_yes_wipes_and_silences(bench: Bench, step: str | None) -> None:
    """Nothing plays on after the wiping, nothing is queued, no microphone."""
    reply = bench.ask(Command.YES, step, **asked(Question.FORGET))
    assert reply == Reply(clip=PromptId.FORGET_DONE, stop=True, clear=True, remember=Remember(forget=True))


def test_no_keeps_everything(bench: Bench) -> None:
    """In a run "nee" leads back to its pause, "stop" and whoever has no run get a word and rest."""
    kept = Reply(clip=PromptId.FORGET_KEPT)
    paused = Reply(clip=PromptId.FORGET_KEPT, question=Question.PAUSE, reprompt=PromptId.HELP_REPROMPT)
    assert bench.ask(Command.NO, STEP, **asked(Question.FORGET)) == paused
    assert bench.ask(Command.NO, None, **asked(Question.FORGET)) == kept
    assert bench.ask(Command.STOP, STEP, **asked(Question.FORGET)) == kept


START_WORDS = [
    (Command.START, PromptId.START, "open_book.to_floor", ""),
    (Command.YES, PromptId.START, "open_book.to_floor", ""),
    (Command.READY, PromptId.START, "open_book.to_floor", ""),
    (Command.START_OVER, PromptId.START, "open_book.to_floor", ""),
    (Command.RESTART_EXERCISE, PromptId.START, "open_book.to_floor", ""),
    (Command.WAIT, PromptId.WAIT, "preparation.preparation", ""),
    (Command.PAUSE, PromptId.WAIT, "preparation.preparation", ""),
    (Command.CHAIR_ONLY, PromptId.CHAIR_ONLY, "seated_turn.position", "c"),
    (Command.CHOOSE_EXERCISE, PromptId.START, "elbows_up.position", ""),
]


@pytest.mark.parametrize(("command", "clip", "step", "marks"), START_WORDS)
@pytest.mark.parametrize("place", [None, "seated_turn.left_side"])
def test_a_word_that_begins_starts_a_new_run_as_wished(
    bench: Bench, command: Command, clip: str, step: str, marks: str, place: str | None
) -> None:
    """A run of its own, at the wished level and tempo, also when an old run was left open."""
    facts = asked(Question.START, level=Level.HARDER, tempo=Tempo.CALM, exercise="elbows_up", pause_age_s=LATER)
    target = of(bench.at(step, 0, level=Level.HARDER, marks=marks), tempo=Tempo.CALM, run="run2")
    assert bench.ask(command, place, **facts) == played(target, clip)


def test_going_on_at_the_start_question_begins_the_exercise_of_the_open_run(bench: Bench) -> None:
    """ "Verder" keeps the run, but begins the exercise without taking a position for granted."""
    reply = bench.ask(Command.RESUME, "seated_turn.left_side", **asked(Question.START, pause_age_s=LATER))
    assert reply == played(bench.at("seated_turn.position", 0), PromptId.START)


@pytest.mark.parametrize("command", [Command.NEXT_STEP, Command.PREVIOUS_STEP, Command.CHOOSE_EXERCISE])
def test_a_word_without_sense_at_the_start_gets_help(bench: Bench, command: Command) -> None:
    """Nothing plays, the question stays; so does a choice that names no exercise."""
    reply = bench.ask(command, None, **asked(Question.START))
    assert reply == Reply(clip=PromptId.HELP_START, question=Question.START, reprompt=PromptId.INTRO_REPROMPT)


def test_another_word_does_not_begin_the_exercise_that_it_names(bench: Bench) -> None:
    """Only the choice of an exercise begins it."""
    reply = bench.ask(Command.NEXT_EXERCISE, None, **asked(Question.START, exercise="elbows_up"))
    assert reply == Reply(clip=PromptId.HELP_START, question=Question.START, reprompt=PromptId.INTRO_REPROMPT)


def test_repeat_at_the_start_says_the_intro_again(bench: Bench) -> None:
    """The same intro and the same question."""
    assert bench.ask(Command.REPEAT, None, **asked(Question.START)) == intro(stop=True)


@pytest.mark.parametrize(
    ("command", "target"),
    [
        (Command.NEXT_STEP, "open_book.explanation"),
        (Command.NEXT_EXERCISE, "seated_turn.to_chair"),
        (Command.RESTART_EXERCISE, "open_book.to_floor"),
    ],
)
def test_another_word_at_the_question_to_wipe_is_obeyed(bench: Bench, command: Command, target: str) -> None:
    """Nothing is wiped, and the word does what it always does."""
    assert bench.ask(command, "open_book.position", **asked(Question.FORGET)) == played(bench.at(target, 0))


@pytest.mark.parametrize(
    ("command", "target", "clip", "run"),
    [
        (Command.RESTART_EXERCISE, "seated_turn.position", PromptId.START, "run1"),
        (Command.START_OVER, "open_book.to_floor", PromptId.START, "run2"),
        (Command.NEXT_STEP, "elbows_up.position", None, "run1"),
        (Command.NEXT_EXERCISE, "elbows_up.position", None, "run1"),
    ],
)
def test_answers_at_a_launch_soon_after(
    bench: Bench, command: Command, target: str, clip: str | None, run: str
) -> None:
    """Beginning again is announced, a move is not."""
    reply = bench.ask(command, "seated_turn.left_side", **asked(Question.RETURN, pause_age_s=600))
    assert reply == played(of(bench.at(target, 0), run=run), clip)


@pytest.mark.parametrize(
    ("command", "start", "target", "clip", "facts"),
    [
        (Command.START_OVER, "elbows_up.hands", "open_book.to_floor", PromptId.START, {"run": "run2"}),
        (Command.RESTART_EXERCISE, "seated_turn.left_side", "seated_turn.position", PromptId.START, {}),
        (Command.CHOOSE_EXERCISE, "open_book.left_side", "seated_turn.position", None, {}),
        (Command.NEXT_EXERCISE, "open_book.left_side", "seated_turn.position", None, {}),
        (Command.NEXT_EXERCISE, "elbows_up.hands", "elbows_up.closing", None, {}),
        (Command.CHAIR_ONLY, "open_book.left_side", "seated_turn.position", PromptId.CHAIR_ONLY, {"marks": "c"}),
        (Command.CHAIR_ONLY, "elbows_up.hands", "elbows_up.position", PromptId.CHAIR_ONLY, {"marks": "c"}),
        (Command.NEXT_STEP, "seated_turn.left_side", "seated_turn.position", None, {}),
        (Command.PREVIOUS_STEP, "seated_turn.left_side", "seated_turn.position", None, {}),
        (Command.REPEAT, "seated_turn.left_side", "seated_turn.position", None, {}),
        (Command.ANOTHER_ROUND, "open_book.left_side", "open_book.to_floor", None, {}),
        (Command.RESUME, "seated_turn.left_side", "seated_turn.position", PromptId.START, {}),
        (Command.YES, "seated_turn.left_side", "seated_turn.position", PromptId.START, {}),
    ],
)
def test_answers_at_a_launch_after_long_begin_an_exercise(
    bench: Bench, command: Command, start: str, target: str, clip: str | None, facts: dict[str, str]
) -> None:
    """From its start, as is wished in general; what was marked for the old days is over, the chair stays."""
    wished = asked(Question.RETURN, pause_age_s=LATER, level=Level.HARDER, tempo=Tempo.CALM, exercise="seated_turn")
    reply = bench.ask(command, bench.at(start, marks="ab"), **wished)
    place = of(bench.at(target, 0, level=Level.HARDER, marks=facts.get("marks", "")), tempo=Tempo.CALM)
    assert reply == played(of(place, run=facts.get("run", "run1")), clip)


@pytest.mark.parametrize("age", [600.0, LATER])
def test_an_exercise_without_a_name_is_not_understood_at_a_launch(bench: Bench, age: float) -> None:
    """Nothing plays, and the question stays open."""
    reply = bench.ask(Command.CHOOSE_EXERCISE, "open_book.position", **asked(Question.RETURN, pause_age_s=age))
    words = PromptId.RETURN_REPROMPT
    assert reply == Reply(clip=PromptId.NOT_UNDERSTOOD_1, question=Question.RETURN, reprompt=words, misses=1)
