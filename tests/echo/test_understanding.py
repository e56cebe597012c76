"""Text to intent: the phrases of the model, words around them, and what must never be mistaken."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill.alexa.intents import command_for_intent
from skill.echo.understanding import SAFETY, Understanding, load_understanding
from skill.echo.understanding_cli import main, understood
from skill.errors import ModelError

PHRASES = Path(__file__).with_name("phrases.tsv")
SAFETY_COMMANDS = ("pain", "dizzy", "emergency", "see_doctor", "ask_first")


@pytest.fixture(scope="module")
def dutch() -> Understanding:
    """The Dutch model, loaded once."""
    return load_understanding()


def _phrases() -> list[tuple[str, str]]:
    lines = PHRASES.read_text(encoding="utf-8").splitlines()
    return [(one.split("\t")[0], one.split("\t")[1]) for one in lines if one and not one.startswith("#")]


def test_what_people_say_is_understood(dutch: Understanding) -> None:
    """At least 97 of 100 sentences that were written apart from the phrase file mean what they mean."""
    wrong = [
        (text, command)
        for text, command in _phrases()
        if dutch.understand(text.removeprefix("Alexa, ")).command != command
    ]
    assert len(wrong) <= 0.03 * len(_phrases()), wrong


@pytest.mark.parametrize(("text", "command"), [one for one in _phrases() if one[1] in SAFETY_COMMANDS])
def test_no_safety_phrase_is_taken_for_something_else(dutch: Understanding, text: str, command: str) -> None:
    """Whoever says that something is wrong is understood so."""
    assert dutch.understand(text).command == command


def test_no_sample_is_stolen(dutch: Understanding) -> None:
    """Every sample of every intent is understood as its own intent, in spite of all others."""
    commands = {sample.words: str(command_for_intent(sample.intent)) for sample in dutch.samples}
    commands = {words: "start" if command == "ready" else command for words, command in commands.items()}
    stolen = [words for words, command in commands.items() if dutch.understand(" ".join(words)).command != command]
    assert stolen == []


@pytest.mark.parametrize("before", ["nou ", "ja maar ", "oh help "])
def test_words_around_a_safety_phrase_do_not_hide_it(dutch: Understanding, before: str) -> None:
    """A sigh or a plea in front of a safety phrase leaves it a safety phrase."""
    for text, command in _phrases():
        if command in SAFETY_COMMANDS:
            assert dutch.understand(before + text).intent in SAFETY, before + text


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("opnieuw", "AMAZON.StartOverIntent"),
        ("begin helemaal opnieuw", "StartOverIntent"),
        ("van voren af aan", "StartOverIntent"),
        ("herhaal", "AMAZON.RepeatIntent"),
        ("sla over", "AMAZON.NextIntent"),
        ("sla deze oefening over", "NextExerciseIntent"),
        ("een stap verder", "NextStepIntent"),
        ("ga verder", "AMAZON.ResumeIntent"),
        ("een stapje zwaarder", "HarderIntent"),
        ("harder", "LouderIntent"),
        ("laat maar", "AMAZON.CancelIntent"),
        ("ik ben klaar", "ReadyIntent"),
        ("tintelingen", "SeeDoctorIntent"),
        ("pauze", "AMAZON.PauseIntent"),
        ("zet de oefening op pauze", "PauseIntent"),
    ],
)
def test_ambiguous_words_have_one_meaning(dutch: Understanding, text: str, intent: str) -> None:
    """The words that Dutch speakers use for several things mean what the design says."""
    assert dutch.understand(text).intent == intent


def test_an_exercise_is_named_by_its_id(dutch: Understanding) -> None:
    """The slot holds the id of the exercise, whatever it was called, digits included."""
    for text in ("doe oefening 2", "draaien op je stoel", "ga naar de tweede oefening"):
        assert dict(dutch.understand(text).slots) == {"exercise": "seated_turn"}


def test_spelling_does_not_matter(dutch: Understanding) -> None:
    """Capitals, accents, punctuation and a slip of the keyboard change nothing."""
    assert dutch.understand("PAUZE!").command == "pause"
    assert dutch.understand("oefening één").command == dutch.understand("oefening een").command
    assert dutch.understand("ik ben duizeligg").command == "dizzy"


@pytest.mark.parametrize("text", ["", "?!", "bloemkool met kaassaus", "blauwe fietsbel", "speel muziek van abba"])
def test_what_nobody_means_is_fallback(dutch: Understanding, text: str) -> None:
    """Words that resemble nothing are not forced into an intent."""
    assert dutch.understand(text).intent == "AMAZON.FallbackIntent"


def test_built_ins_fire_on_their_own_words_only(dutch: Understanding) -> None:
    """A built-in hears its words, politeness aside, but not a longer sentence with the same meaning."""
    polite = dutch.built_in("pauze alsjeblieft")
    assert polite is not None
    assert polite.intent == "AMAZON.PauseIntent"
    assert dutch.built_in("zet de oefening op pauze") is None
    assert dutch.built_in("ik heb pijn") is None


def test_wake_word_and_name_may_stand_in_front() -> None:
    """The command line takes whole sentences as they are said to a device."""
    assert understood("Alexa, vraag rugoefening naar de resterende tijd").command == "time_left"
    assert understood("Alexa, start rugoefening").intent == "LaunchRequest"


def test_understand_prints_data(capsys: pytest.CaptureFixture[str]) -> None:
    """--json prints the four fields that the interface promises."""
    assert main(["--json", "doe", "oefening", "drie"]) == 0
    assert capsys.readouterr().out == (
        '{"command": "choose_exercise", "intent": "ChooseExerciseIntent", '
        '"slots": {"exercise": "elbows_up"}, "score": 1.0}\n'
    )


def test_understand_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    """Without --json it says what it went by."""
    assert main(["sla maar over"]) == 0
    assert "next_step" in capsys.readouterr().out


def test_a_missing_model_is_one_message(tmp_path: Path) -> None:
    """No model: one message that names the file and the way out."""
    with pytest.raises(ModelError, match=r"gone\.json.*build_models"):
        load_understanding(tmp_path / "gone.json")
    (tmp_path / "broken.yaml").write_text("intents: [", encoding="utf-8")
    with pytest.raises(ModelError, match=r"broken\.yaml"):
        load_understanding(builtins_path=tmp_path / "broken.yaml")
