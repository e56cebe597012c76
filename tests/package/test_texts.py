"""The texts of the shop: within the limits, true to the model, and without a medical claim."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from skill.echo.understanding import load_understanding
from skill.errors import SkillPackageError
from skill.package.check import Package, package_problems
from skill.package.store import STORE, read_store
from skill.settings import PROJECT
from tests.package.conftest import LOCALES

CLAIMS = re.compile(
    r"\b(?:tegen (?:rug|pijn|nek)|rugpijn|rugklacht|behandel|genees|genez|herstel|therapie|verlicht|verhelp|pijnvrij|"
    r"hernia|bewezen|gegarandeerd|aanbevolen|blessure|cure|treat|heal(?!th)|relie[fv]|therapy|back pain|proven|recover|"
    r"rehab|injur|heilt|heilung|linder|behandl|rückenschmerz|garantiert|bewiesen|verletzung)",
    re.IGNORECASE,
)
"""Words, and beginnings of words, that make a medicine of general exercises."""


PROMISED = {
    "nl": {
        "pause": "pauze",
        "resume": "ga verder",
        "next_step": "volgende",
        "previous_step": "vorige",
        "repeat": "herhaal",
        "easier": "makkelijker",
        "slower": "langzamer",
        "time_left": "hoe lang nog",
        "stop": "stop",
        "chair_only": "stoel",
        "forget_me": "wis mijn gegevens",
        "pain": "ik heb pijn",
        "step_by_step": "stap voor stap",
        "start": "start",
    },
    "en": {
        "pause": "pause",
        "resume": "resume",
        "next_step": "next",
        "previous_step": "previous",
        "repeat": "repeat",
        "easier": "easier",
        "slower": "slower",
        "time_left": "how long is left",
        "stop": "stop",
        "chair_only": "chair",
        "forget_me": "delete my data",
        "pain": "I am in pain",
        "step_by_step": "step by step",
        "start": "start",
    },
    "de": {
        "pause": "Pause",
        "resume": "fortsetzen",
        "next_step": "nächste",
        "previous_step": "vorherige",
        "repeat": "wiederhole",
        "easier": "leichter",
        "slower": "langsamer",
        "time_left": "wie lange noch",
        "stop": "stopp",
        "chair_only": "Stuhl",
        "forget_me": "lösche meine Daten",
        "pain": "ich habe Schmerzen",
        "step_by_step": "Schritt für Schritt",
        "start": "start",
    },
}
"""Per language what the texts tell people to say, by what it must mean."""


def shop_of(package: Package, locale: str) -> Any:
    """What the shop shows in a locale."""
    return package.manifest["manifest"]["publishingInformation"]["locales"][locale]


def spoiled(package: Package, **changes: Any) -> Package:
    """The package with another text for the Dutch shop."""
    manifest = json.loads(json.dumps(package.manifest))
    manifest["manifest"]["publishingInformation"]["locales"]["nl-NL"].update(changes)
    return replace(package, manifest=manifest)


def problems_of(package: Package) -> list[str]:
    """What the check says of a package."""
    return list(package_problems(package, read_store("rugoefening", "Alexa"), "Alexa"))


@pytest.mark.parametrize("locale", LOCALES)
def test_no_text_claims_anything_medical(package: Package, locale: str) -> None:
    """None of a list of words that make general exercises a medicine stands in the shop."""
    shop = shop_of(package, locale)
    assert CLAIMS.findall(json.dumps(shop, ensure_ascii=False)) == []


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("nl-NL", ("geen medisch advies", "vervangen geen arts of fysiotherapeut", "112")),
        ("en-GB", ("not medical advice", "do not replace a doctor", "112", "speaks Dutch")),
        ("en-US", ("not medical advice", "do not replace a doctor", "112", "speaks Dutch")),
        ("de-DE", ("kein medizinischer Rat", "ersetzen weder Arzt", "112", "spricht Niederländisch")),
    ],
)
def test_every_description_has_the_disclaimer(package: Package, locale: str, words: tuple[str, ...]) -> None:
    """No medical advice, no doctor replaced, the emergency number; and elsewhere that the voice is Dutch."""
    assert [word for word in words if word not in shop_of(package, locale)["description"]] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_the_texts_fit(package: Package, locale: str) -> None:
    """Amazon's limits, measured on what is written."""
    shop = shop_of(package, locale)
    assert 2 <= len(shop["name"]) <= 50
    assert len(shop["summary"]) <= 160
    assert len(shop["description"]) <= 4000
    assert len(shop["keywords"]) == len(set(shop["keywords"])) <= 30
    assert len(shop["examplePhrases"]) == 3
    assert re.findall(r"\{\w+\}", json.dumps(shop)) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_the_words_that_the_texts_promise_are_understood(package: Package, locale: str, tmp_path: Path) -> None:
    """Whoever says what the shop or the instructions for testers quote reaches the command that is meant."""
    language = locale[:2]
    path = tmp_path / f"{locale}.json"
    path.write_text(package.models[locale], encoding="utf-8")
    understanding = load_understanding(path, PROJECT / "skill" / "echo" / f"builtins-{language}.yaml")
    testing = package.manifest["manifest"]["publishingInformation"]["testingInstructions"]
    texts = f"{shop_of(package, locale)['description']} {testing}".casefold()
    promised = [(words, command) for command, words in PROMISED[language].items()]
    assert [words for words, _ in promised if words.casefold() not in texts] == []
    understood = [(words, str(understanding.understand(words).command)) for words, _ in promised]
    assert understood == promised


def test_the_testers_get_instructions_in_english(package: Package) -> None:
    """They say what to say, that the voice is Dutch, and how the player behaves."""
    text = package.manifest["manifest"]["publishingInformation"]["testingInstructions"]
    for words in (
        "Alexa, open rugoefening",
        "Dutch voice",
        "AudioPlayer",
        "microphone",
        "Wis mijn gegevens",
        "no account",
    ):
        assert words in text
    assert len(text) <= 4000


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"summary": "x" * 161}, "161 characters"),
        ({"description": "Oefeningen voor je rug."}, "lacks the disclaimer"),
        ({"summary": "Oefeningen tegen rugpijn."}, "medical claim"),
        ({"keywords": ["verlichting"]}, "medical claim"),
        ({"keywords": ["rug"] * 31}, "31 keywords"),
        ({"examplePhrases": []}, "0 example phrases"),
        ({"examplePhrases": ["Alexa, open rugoefening", "vraag rugoefening naar de oefeningen"]}, "begin with 'Alexa'"),
        ({"examplePhrases": ["Alexa, vraag rugoefening naar de oefeningen"]}, "the first one only opens"),
        ({"examplePhrases": ["Alexa, open rugoefening"] * 2}, "the others also say"),
        ({"examplePhrases": ["Alexa, open rugoefening", "Alexa, vraag rugoefening naar het weer"]}, "no phrase"),
        ({"examplePhrases": ["Alexa, open de oefeningen"]}, "name 'rugoefening'"),
    ],
)
def test_a_wrong_text_is_found(package: Package, changes: dict[str, Any], problem: str) -> None:
    """The check that every package passes finds each kind of mistake, and names the locale."""
    assert problems_of(package) == []
    found = problems_of(spoiled(package, **changes))
    assert any(problem in one for one in found)
    assert all(one.startswith("nl-NL: ") for one in found)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("testing: |", "tests: |", "write languages: and testing:"),
        ("    keywords: [bovenrug", "    words: [bovenrug", "nl: write keywords: and a list"),
        ("    keywords: [bovenrug", "    words: [bovenrug", "nl: there is no key 'words'"),
        ("{wake_word}, pauze\n", "{wakeword}, pauze\n", "{wakeword} cannot be filled in"),
        ("languages:", "languages: [", "store.yaml"),
    ],
)
def test_a_mistake_in_the_file_is_told(tmp_path: Path, old: str, new: str, problem: str) -> None:
    """Whoever edits the texts is told what to write."""
    text = STORE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "store.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SkillPackageError) as error:
        read_store("rugoefening", "Alexa", path)
    assert problem in str(error.value)


def test_a_language_without_text_is_told() -> None:
    """A new interaction model needs a text for the shop."""
    with pytest.raises(SkillPackageError, match="write fr: for the model of fr-FR"):
        read_store("rugoefening", "Alexa").of("fr-FR")
