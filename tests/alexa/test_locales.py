"""The locales: which language each speaks, that SMAPI takes its model, and that what people say in it is understood."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ask_smapi_model.v1.skill.interaction_model.interaction_model_data import InteractionModelData

from skill.alexa.intents import BUILT_INS, command_for_intent
from skill.alexa.interaction_model import MODELS, PHRASES, read_phrases
from skill.alexa.locales import LOCALES, language_of
from skill.alexa.phrase_templates import expand
from skill.coach.commands import Command
from skill.echo import understanding as echo
from skill.echo.assumptions import load_assumptions
from skill.echo.routing import Road, Router
from skill.echo.understanding import SAFETY, Understanding, load_understanding
from tests.smapi import assert_loads_without_loss

ECHO = Path(echo.__file__).parent
HEARD = Path(__file__).resolve().parent.parent / "echo"
ABROAD = {"en": "en-GB", "de": "de-DE"}
"""Of each language but Dutch a locale; Dutch has tests of its own."""
SAFETY_COMMANDS = ("pain", "dizzy", "emergency", "see_doctor", "ask_first")
Phrase = tuple[str, str]
many_phrases = pytest.mark.no_cover  # hundreds of times the same lines: coverage would make it twice as slow


def _model(locale: str) -> dict[str, Any]:
    model: dict[str, Any] = json.loads((MODELS / f"{locale}.json").read_text(encoding="utf-8"))
    return model


@cache
def _understanding(language: str) -> Understanding:
    return load_understanding(MODELS / f"{ABROAD[language]}.json", ECHO / f"builtins-{language}.yaml")


def _heard(language: str) -> list[Phrase]:
    lines = (HEARD / f"phrases-{language}.tsv").read_text(encoding="utf-8").splitlines()
    return [(one.split("\t")[0], one.split("\t")[1]) for one in lines if one and not one.startswith("#")]


def _safety(language: str) -> list[Phrase]:
    return [(text, command) for text, command in _heard(language) if command in SAFETY_COMMANDS]


def _missed(language: str, phrases: list[Phrase]) -> list[tuple[str, str, str]]:
    heard = _understanding(language)
    results = ((text, command, heard.understand(text.removeprefix("Alexa, ")).command) for text, command in phrases)
    return [one for one in results if one[1] != one[2]]


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("nl-NL", "nl"),
        ("nl-BE", "nl"),
        ("en-GB", "en"),
        ("en-US", "en"),
        ("en-AU", "en"),
        ("en-CA", "en"),
        ("en-IN", "en"),
        ("de-DE", "de"),
        ("de-AT", "de"),
        ("fr-FR", "nl"),
        ("", "nl"),
    ],
)
def test_every_locale_has_a_language(locale: str, language: str) -> None:
    """A locale that we have no model for gets the language that it names, or Dutch."""
    assert language_of(locale) == language


def test_every_locale_has_a_model() -> None:
    """The phrase files make a model for each locale that the skill serves, and for no other."""
    assert {path.stem for path in MODELS.glob("*.json")} == set(LOCALES)


@many_phrases
@pytest.mark.parametrize("locale", LOCALES)
def test_smapi_takes_the_model(locale: str) -> None:
    """Amazon's own classes load the model and give back the same: no field is unknown to them."""
    assert_loads_without_loss(_model(locale), InteractionModelData)


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_in_the_model_lacks_its_name(locale: str) -> None:
    """Every intent, slot, slot type and value has what Alexa cannot do without."""
    language = _model(locale)["interactionModel"]["languageModel"]
    kinds = {kind["name"]: kind["values"] for kind in language["types"]}
    assert language["invocationName"]
    assert all(intent["name"] and "samples" in intent for intent in language["intents"])
    slots = [slot for intent in language["intents"] for slot in intent.get("slots", ())]
    assert slots
    assert all(slot["name"] and slot["type"] in kinds for slot in slots)
    assert all(value["id"] and value["name"]["value"] for values in kinds.values() for value in values)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"interactionModel": {"languageModel": {"invocation_name": "x"}}},
        {"interactionModel": {"languageModel": {"intents": [{"name": 5}]}}},
        {"interactionModel": {"languageModel": {"types": [{"name": "X", "values": [{"value": "x"}]}]}}},
    ],
)
def test_a_field_that_smapi_does_not_know_is_noticed(spoilt: dict[str, Any]) -> None:
    """The comparison fails on a misspelt field, another type, and a value outside its name."""
    with pytest.raises(AssertionError, match="lost or changed"):
        assert_loads_without_loss(spoilt, InteractionModelData)


@many_phrases
@pytest.mark.parametrize("language", ABROAD)
def test_what_people_say_is_understood(language: str) -> None:
    """At least 97 of 100 sentences that were written apart from the phrase file mean what they mean."""
    phrases = _heard(language)
    assert len(phrases) >= 150
    missed = _missed(language, phrases)
    assert len(missed) <= 0.03 * len(phrases), missed


@many_phrases
@pytest.mark.parametrize("language", ABROAD)
def test_no_safety_phrase_is_taken_for_something_else(language: str) -> None:
    """Whoever says that something is wrong is understood exactly so."""
    phrases = _safety(language)
    assert {command for _, command in phrases} == set(SAFETY_COMMANDS)
    assert _missed(language, phrases) == []


@many_phrases
@pytest.mark.parametrize(
    ("language", "around"),
    [
        ("en", "stop because {}"),
        ("de", "ja aber {}"),
    ],
)
def test_words_around_a_safety_phrase_do_not_hide_it(language: str, around: str) -> None:
    """A word of agreement or another command in front of a safety phrase leaves it a safety phrase."""
    heard = _understanding(language)
    said = [around.format(text) for text, _ in _safety(language)]
    assert [text for text in said if heard.understand(text).intent not in SAFETY] == []


@many_phrases
@pytest.mark.parametrize("language", ABROAD)
def test_no_sample_is_stolen(language: str) -> None:
    """Every sample of every intent is understood as its own command, in spite of all others."""
    heard = _understanding(language)
    commands = {sample.words: command_for_intent(sample.intent) for sample in heard.samples}
    ready = {Command.READY: Command.START}
    stolen = [
        words
        for words, command in commands.items()
        if heard.understand(" ".join(words)).command != ready.get(command, command)
    ]
    assert stolen == []


@pytest.mark.parametrize(
    ("language", "text", "intent"),
    [
        ("en", "start over", "AMAZON.StartOverIntent"),
        ("en", "start all over again", "StartOverIntent"),
        ("en", "again", "AMAZON.RepeatIntent"),
        ("en", "do this exercise again", "RestartExerciseIntent"),
        ("en", "one more round", "AnotherRoundIntent"),
        ("en", "go on", "AMAZON.ResumeIntent"),
        ("en", "one step further", "NextStepIntent"),
        ("en", "skip", "AMAZON.NextIntent"),
        ("en", "skip this exercise", "NextExerciseIntent"),
        ("en", "harder", "HarderIntent"),
        ("en", "louder", "LouderIntent"),
        ("en", "never mind", "AMAZON.CancelIntent"),
        ("en", "I'm done", "ReadyIntent"),
        ("en", "I'm ready", "StartIntent"),
        ("en", "nine one one", "EmergencyIntent"),
        ("en", "999", "EmergencyIntent"),
        ("de", "von vorn", "AMAZON.StartOverIntent"),
        ("de", "alles von vorn", "StartOverIntent"),
        ("de", "noch mal", "AMAZON.RepeatIntent"),
        ("de", "diese Übung noch mal", "RestartExerciseIntent"),
        ("de", "noch eine Runde", "AnotherRoundIntent"),
        ("de", "weiter", "AMAZON.ResumeIntent"),
        ("de", "einen Schritt weiter", "NextStepIntent"),
        ("de", "überspringen", "AMAZON.NextIntent"),
        ("de", "überspring die Übung", "NextExerciseIntent"),
        ("de", "schwerer", "HarderIntent"),
        ("de", "lauter", "LouderIntent"),
        ("de", "vergiss es", "AMAZON.CancelIntent"),
        ("de", "ich bin fertig", "ReadyIntent"),
        ("de", "ich bin bereit", "StartIntent"),
        ("de", "eins eins zwei", "EmergencyIntent"),
        ("de", "112", "EmergencyIntent"),
    ],
)
def test_ambiguous_words_have_one_meaning(language: str, text: str, intent: str) -> None:
    """The words that could mean several things mean what their Dutch counterparts mean."""
    assert _understanding(language).understand(text).intent == intent


@pytest.mark.parametrize("language", ABROAD)
def test_an_exercise_is_named_by_its_id(language: str) -> None:
    """Each name of an exercise leads to the id that the routine uses; the three are those of Dutch."""
    exercises = read_phrases(PHRASES / f"{language}.yaml").types["EXERCISE"]
    assert list(exercises) == list(read_phrases(PHRASES / "nl.yaml").types["EXERCISE"])
    for identity, names in exercises.items():
        for name in names:
            assert dict(_understanding(language).understand(name).slots) == {"exercise": identity}, name


@many_phrases
@pytest.mark.parametrize("language", ABROAD)
def test_there_are_many_ways_to_say_that_something_is_wrong(language: str) -> None:
    """Each safety command has a rich list of phrases of its own."""
    source = read_phrases(PHRASES / f"{language}.yaml")
    for command in SAFETY_COMMANDS:
        lines = source.commands[command]["phrases"].splitlines()
        assert len({phrase for line in lines for phrase in expand(line, source.parts)}) >= 100, command


@pytest.mark.parametrize(
    ("language", "text", "command"),
    [
        ("en", "Alexa, ask rugoefening for the remaining time", "time_left"),
        ("en", "Alexa, ask rugoefening about dizziness", "dizzy"),
        ("de", "Alexa, frag rugoefening nach der restlichen Zeit", "time_left"),
        ("de", "Alexa, frage rugoefening nach meinen Schmerzen", "pain"),
    ],
)
def test_the_skill_can_be_asked_by_name(language: str, text: str, command: str) -> None:
    """The virtual Echo sends what stands behind the name, connected as that language connects it, to the skill."""
    router = Router(_understanding(language), invocation="rugoefening", wake_word="Alexa")
    route = router.route(text, in_session=False, listening=False, played_last=False)
    assert route.road is Road.ONE_SHOT
    assert route.understood is not None
    assert route.understood.command == command


@many_phrases
@pytest.mark.parametrize("language", ABROAD)
def test_noun_forms_reach_their_command_by_name(language: str) -> None:
    """Every noun form, asked for by name, arrives as its command."""
    source = read_phrases(PHRASES / f"{language}.yaml")
    router = Router(_understanding(language), invocation="rugoefening", wake_word="Alexa")
    head = {"en": "ask rugoefening for", "de": "frag rugoefening nach"}[language]
    wrong = []
    for command, entry in source.commands.items():
        for line in str(entry.get("nouns", "")).splitlines():
            for noun in expand(line, source.parts):
                route = router.route(f"Alexa, {head} {noun}", in_session=False, listening=False, played_last=False)
                if route.understood is None or route.understood.command != command:
                    wrong.append((noun, command))
    assert wrong == []


@pytest.mark.parametrize(("language", "launch"), [("en", "open"), ("en", "start"), ("de", "öffne"), ("de", "starte")])
def test_the_skill_opens_by_its_name(language: str, launch: str) -> None:
    """A launch word of the language in front of the name opens the skill."""
    router = Router(_understanding(language), invocation="rugoefening", wake_word="Alexa")
    route = router.route(f"Alexa, {launch} rugoefening", in_session=False, listening=False, played_last=False)
    assert route.road is Road.LAUNCH


@pytest.mark.parametrize("language", ["nl", *ABROAD])
def test_the_assumptions_of_every_language_can_be_read(language: str) -> None:
    """What we assume of Amazon's built-ins names only built-ins that the skill knows."""
    assumed = load_assumptions(ECHO / f"builtins-{language}.yaml")
    assert assumed.intents.keys() <= BUILT_INS.keys()
