"""Text to intent: the phrases of the model, words around them, and what must never be mistaken."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path

import pytest

from skill.alexa.intents import command_for_intent
from skill.alexa.interaction_model import read_phrases
from skill.alexa.phrase_templates import expand
from skill.echo.routing import Road, Router
from skill.echo.understanding import SAFETY, Understanding, load_understanding
from skill.echo.understanding_cli import main, understood
from skill.errors import ModelError
from skill.settings import PROJECT

PHRASES = Path(__file__).with_name("phrases.tsv")
SAFETY_LIST = Path(__file__).with_name("safety.tsv")
PHRASE_FILE = PROJECT / "interaction_models" / "phrases" / "nl.yaml"
pytestmark = pytest.mark.no_cover  # thousands of times the same lines: coverage would make it twice as slow
SAFETY_COMMANDS = ("pain", "dizzy", "emergency", "see_doctor", "ask_first")
AROUND = (
    "stop {}",
    "wacht even {}",
    "kun je stoppen want {}",
    "volgende oefening want {}",
    "ga verder maar {}",
    "hoe lang nog {}",
    "{} ga maar verder",
    "nee stop {}",
    "ik wil stoppen omdat {}",
    "{} kan het makkelijker",
    "dit is te zwaar {}",
)


@pytest.fixture(scope="module")
def dutch() -> Understanding:
    """The Dutch model, loaded once."""
    return load_understanding()


@pytest.fixture(scope="module")
def router(dutch: Understanding) -> Router:
    """A router for the usual name."""
    return Router(dutch, invocation="rugoefening", wake_word="Alexa")


def _rows(path: Path) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [one.split("\t") for one in lines if one and not one.startswith("#")]


def _phrases() -> list[tuple[str, str]]:
    return [(text, command) for text, command in _rows(PHRASES)]


def _dangers() -> list[tuple[str, str]]:
    """What is said when something is wrong, and the command for it."""
    return [(text, command) for command, text in _rows(SAFETY_LIST)]


def _shown(intent: str) -> str:
    """The command that an intent is understood as, outside a conversation."""
    command = str(command_for_intent(intent))
    return "start" if command == "ready" else command


def test_what_people_say_is_understood(dutch: Understanding) -> None:
    """At least 97 of 100 sentences that were written apart from the phrase file mean what they mean."""
    wrong = [
        (text, command)
        for text, command in _phrases()
        if dutch.understand(text.removeprefix("Alexa, ")).command != command
    ]
    assert len(wrong) <= 0.03 * len(_phrases()), wrong


def test_no_safety_phrase_is_taken_for_something_else(router: Router) -> None:
    """Whoever says that something is wrong is understood exactly so, whenever the microphone is open."""
    others = [one for one in _phrases() if one[1] in SAFETY_COMMANDS]
    for text, command in [*_dangers(), *others]:
        route = router.route(text, in_session=True, listening=True, played_last=True)
        assert route.road is Road.INTENT, text
        assert route.understood is not None
        assert route.understood.command == command, text


def test_there_are_many_ways_to_say_that_something_is_wrong() -> None:
    """The list of safety phrases holds at least 200, and at least 40 of every kind."""
    kinds = Counter(command for _, command in _dangers())
    assert kinds.total() >= 200
    assert min(kinds[command] for command in SAFETY_COMMANDS) >= 40


def test_a_complaint_wins_from_every_other_command_beside_it(dutch: Understanding) -> None:
    """In "ga verder maar het doet pijn" only the pain counts."""
    for (text, _), around in zip(_dangers(), itertools.cycle(AROUND), strict=False):
        assert dutch.understand(around.format(text)).intent in SAFETY, around.format(text)


def test_no_other_sample_is_taken_for_a_complaint(dutch: Understanding) -> None:
    """Every other sample keeps its meaning when somebody hesitates or is polite."""
    fillers = itertools.cycle(("eh {}", "zeg {}", "{} alsjeblieft", "{} hoor", "nou {} maar"))
    for sample in dutch.samples:
        if sample.intent not in SAFETY and not sample.slots:
            said = next(fillers).format(" ".join(sample.words))
            assert dutch.understand(said).command == _shown(sample.intent), said


def test_a_complaint_that_is_denied_is_no_command(dutch: Understanding) -> None:
    """Saying that nothing is wrong starts nothing and stops nothing; a second complaint still counts."""
    for text in ("ik heb geen pijn", "het doet geen pijn meer", "ik ben niet duizelig", "ik ben niet meer duizelig"):
        assert dutch.understand(text).command == "unknown"
        assert dutch.understand(f"nee {text} hoor").command == "unknown"
    assert dutch.understand("ik heb geen pijn maar mijn been slaapt").command == "see_doctor"
    assert dutch.understand("ik heb geen lucht").command == "emergency"
    assert dutch.understand("ik heb geen gevoel in mijn been").command == "see_doctor"


def test_the_gravest_of_two_complaints_counts(dutch: Understanding) -> None:
    """Pain and breathlessness together are an emergency."""
    assert dutch.understand("ik heb pijn en ik krijg geen lucht").command == "emergency"
    assert dutch.understand("ik ben duizelig en ik ben gevallen").command == "see_doctor"


def test_noun_forms_work_behind_the_name(router: Router) -> None:
    """Each command, the safety ones included, can be asked for with the name, behind each connecting word."""
    source = read_phrases(PHRASE_FILE)
    joints = itertools.cycle(("naar", "over", "voor"))
    for name, entry in source.commands.items():
        for line in filter(None, map(str.strip, entry.get("nouns", "").splitlines())):
            for noun in expand(line, source.parts):
                said = f"Alexa, vraag rugoefening {next(joints)} {noun}"
                route = router.route(said, in_session=False, listening=False, played_last=True)
                assert route.road is Road.ONE_SHOT, said
                assert route.understood is not None
                assert route.understood.command == name, said


def test_words_around_a_safety_phrase_do_not_hide_it(dutch: Understanding) -> None:
    """A sigh or a plea in front of a safety phrase leaves it a safety phrase."""
    before = itertools.cycle(("nou ", "ja maar ", "oh help "))
    for text, command in _phrases():
        if command in SAFETY_COMMANDS:
            said = next(before) + text
            assert dutch.understand(said).intent in SAFETY, said


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
        ("het was alleen rek", "EasierIntent"),
        ("het was maar rek", "EasierIntent"),
        ("alleen rek", "EasierIntent"),
        ("alleen wat rek", "EasierIntent"),
        ("gewoon rek", "EasierIntent"),
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


def test_a_command_beside_words_that_nobody_knows_is_heard(dutch: Understanding) -> None:
    """A clause that is a command counts, unless it would go on: the rest may be a complaint."""
    assert dutch.understand("nog niet starten ik zoek mijn kussensloop").command == "wait"
    assert dutch.understand("mijn flapoor kwiebelt bel hulp").command == "emergency"
    assert dutch.understand("de kwiebel flapt raar tegen de frommelbak ga verder").command == "unknown"


def test_a_polite_frame_does_not_hide_what_is_asked(dutch: Understanding) -> None:
    """ "Zou je … kunnen/willen …" and "zou je kunnen zeggen …" mean what stands in them."""
    assert dutch.understand("zou je de training willen starten").command == "start"
    assert dutch.understand("zou je kunnen zeggen wat je van mij bewaart").command == "privacy"


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
    """Without --json it says what it went by: the closest samples, alarm words, and what was left out."""
    assert main(["sla maar over"]) == 0
    shown = capsys.readouterr().out
    assert "next_step" in shown
    assert "left out   maar" in shown
    assert main(["ik wil verder maar mijn knie doet pijn"]) == 0
    shown = capsys.readouterr().out
    for part in ("pain", "closest", "runner-up", "PainIntent", "alarm      pijn"):
        assert part in shown


@pytest.mark.parametrize("text", ["", "?!", "Alexa"])
def test_understand_takes_no_words_too(capsys: pytest.CaptureFixture[str], text: str) -> None:
    """Nothing said is nothing understood, not an error."""
    assert main([text]) == 0
    assert "unknown" in capsys.readouterr().out


def test_an_exercise_that_does_not_exist_has_no_id(dutch: Understanding) -> None:
    """A number beyond the exercises chooses none of them."""
    assert dict(dutch.understand("oefening zevenhonderd").slots) == {}
    assert dict(dutch.understand("doe oefening 700").slots) == {}


def test_a_missing_model_is_one_message(tmp_path: Path) -> None:
    """No model: one message that names the file and the way out."""
    with pytest.raises(ModelError, match=r"gone\.json.*build_models"):
        load_understanding(tmp_path / "gone.json")
    (tmp_path / "broken.yaml").write_text("intents: [", encoding="utf-8")
    with pytest.raises(ModelError, match=r"broken\.yaml"):
        load_understanding(builtins_path=tmp_path / "broken.yaml")
