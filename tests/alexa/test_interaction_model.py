"""The interaction model: made from the phrases, current, and within Alexa's rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from skill.alexa.intents import command_for_intent
from skill.alexa.interaction_model import (
    MODELS,
    MOST_BYTES,
    MOST_LETTERS,
    OBLIGATORY,
    build_all,
    build_model,
    custom_intent,
    main,
    read_phrases,
)
from skill.alexa.locales import LOCALES
from skill.alexa.phrase_templates import expand
from skill.coach.commands import Command
from skill.errors import ModelError
from skill.settings import PROJECT, Settings

FOLDER = PROJECT / "interaction_models" / "phrases"
whole_models = pytest.mark.no_cover  # tens of thousands of samples: coverage would make it twice as slow


@pytest.fixture(scope="module", params=LOCALES)
def language(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The language model of each locale as it lies in the project."""
    text = (MODELS / f"{request.param}.json").read_text(encoding="utf-8")
    model: dict[str, Any] = json.loads(text)["interactionModel"]["languageModel"]
    return model


def _samples(language: dict[str, Any]) -> dict[str, list[str]]:
    return {intent["name"]: intent["samples"] for intent in language["intents"]}


@whole_models
def test_the_models_are_current() -> None:
    """The JSON in the project is what the phrases make of it: else run scripts/build_models.py."""
    assert [one.path.name for one in build_all(Settings().invocation) if not one.is_current] == []


def test_every_command_has_an_intent(language: dict[str, Any]) -> None:
    """What the skill can do can be said, and what can be said the skill knows."""
    names = _samples(language)
    internal = (Command.LAUNCH, Command.UNKNOWN, Command.UNSUPPORTED)
    assert {custom_intent(one) for one in Command if one not in internal} <= names.keys()
    unknown = [one for one in names if command_for_intent(one) is Command.UNKNOWN]
    assert unknown == ["AMAZON.FallbackIntent"]


def test_obligatory_built_ins_are_there(language: dict[str, Any]) -> None:
    """Without these Alexa does not build the model."""
    assert set(OBLIGATORY) <= _samples(language).keys()


def test_built_ins_carry_short_words_only(language: dict[str, Any]) -> None:
    """A built-in fires on exactly its words, so long forms belong to our own intents."""
    for name, samples in _samples(language).items():
        if name.startswith("AMAZON."):
            assert all(len(sample.split()) <= 3 for sample in samples), name


def test_no_sample_stands_in_two_intents(language: dict[str, Any]) -> None:
    """Alexa refuses doubles, and nobody could say what they mean."""
    every = [sample.casefold() for samples in _samples(language).values() for sample in samples]
    assert len(every) == len(set(every))


def test_samples_hold_letters_only(language: dict[str, Any]) -> None:
    """No digits, commas, question marks: Alexa's console refuses them."""
    for samples in _samples(language).values():
        for sample in samples:
            left = sample.replace("{exercise}", "").translate(str.maketrans("", "", " '-."))
            assert not left or left.isalpha(), sample
            assert len(sample) <= MOST_LETTERS, sample


@pytest.mark.parametrize("locale", LOCALES)
def test_no_model_is_too_large(locale: str) -> None:
    """Alexa takes a model of a megabyte and a half."""
    assert (MODELS / f"{locale}.json").stat().st_size <= MOST_BYTES


@pytest.mark.parametrize("file", ["nl.yaml", "en.yaml", "de.yaml"])
def test_every_custom_command_can_be_asked_for_by_name(file: str) -> None:
    """Each command has at least three forms that fit behind "vraag rugoefening naar" and its like."""
    source = read_phrases(FOLDER / file)
    for name, entry in source.commands.items():
        if name in ("ready", "yes", "no", "choose_exercise"):
            continue
        lines = str(entry.get("nouns", "")).splitlines()
        assert len([phrase for line in lines for phrase in expand(line, source.parts)]) >= 3, name


def test_the_invocation_name_can_be_chosen(tmp_path: Path) -> None:
    """Another name ends up in the model; one that Alexa refuses is an error."""
    source = read_phrases(_phrase_file(tmp_path, "nl.yaml", "locale: nl-NL"))
    model = build_model(source, "Dagelijkse Rugoefening")
    assert model["interactionModel"]["languageModel"]["invocationName"] == "dagelijkse rugoefening"
    for wrong in ("alexa oefening", "oefening 2", "x", "rug!", ""):
        with pytest.raises(ModelError, match="invocation name"):
            build_model(source, wrong)


@whole_models
@pytest.mark.parametrize("file", ["nl.yaml", "en.yaml", "de.yaml"])
def test_built_ins_can_be_left_without_samples(file: str) -> None:
    """For whoever finds that own samples on built-ins do harm."""
    model = build_model(read_phrases(FOLDER / file), "rugoefening", builtin_samples=False)
    samples = _samples(model["interactionModel"]["languageModel"])
    assert not any(own for name, own in samples.items() if name.startswith("AMAZON."))
    assert samples["PauseIntent"]


def test_a_slot_reaches_the_skill_by_its_id(language: dict[str, Any]) -> None:
    """The slot type knows the three exercises by the ids that the routine uses."""
    (kind,) = language["types"]
    assert [value["id"] for value in kind["values"]] == ["open_book", "seated_turn", "elbows_up"]


def test_all_problems_come_together(tmp_path: Path) -> None:
    """A doubled phrase, a digit, an open bracket, an unknown command and missing built-ins: one message."""
    path = tmp_path / "nl.yaml"
    path.write_text(
        "locale: nl-NL\ncommands:\n"
        "  pain: {phrases: 'au'}\n  dizzy: {phrases: 'au'}\n  wait: {phrases: 'wacht 2'}\n"
        "  slower: {phrases: '(traag'}\n  fly: {phrases: 'vlieg'}\n",
        encoding="utf-8",
    )
    with pytest.raises(ModelError) as caught:
        build_model(read_phrases(path), "rugoefening")
    text = str(caught.value)
    for part in ("'au' stands under", "'wacht 2'", "never closed", "no such command", "AMAZON.StopIntent is missing"):
        assert part in text


def test_unknown_keys_and_yes_without_quotes_are_named(tmp_path: Path) -> None:
    """A misspelt key, and YAML's habit to read yes as true."""
    path = tmp_path / "nl.yaml"
    path.write_text("locale: nl-NL\nwords: 1\ncommands:\n  yes: {phrases: ja}\n  no_: {phrase: x}\n", encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        read_phrases(path)
    for part in ("unknown key 'words'", "quotes around yes and no", "unknown key 'phrase'"):
        assert part in str(caught.value)


@whole_models
def test_check_says_when_a_model_is_out_of_date(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """--check writes nothing and answers 1 for another invocation name; 0 when all is current."""
    monkeypatch.delenv("RUGOEFENING_INVOCATION", raising=False)
    assert main(["--check"]) == 0
    assert main(["--check", "--invocation-name", "dagelijkse rugoefening"]) == 1
    assert "out of date" in capsys.readouterr().err
    assert main(["--check"]) == 0


@whole_models
def test_models_are_written_whole(tmp_path: Path) -> None:
    """Writing leaves one file a locale and nothing else, and all are current afterwards."""
    models = build_all("rugoefening", models=tmp_path / "models")
    assert not any(built.is_current for built in models)
    for built in models:
        built.write()
    assert all(built.is_current for built in models)
    assert {one.name for one in (tmp_path / "models").iterdir()} == {f"{locale}.json" for locale in LOCALES}


def _phrase_file(folder: Path, name: str, head: str) -> Path:
    """A phrase file with all that Alexa asks for, and little else."""
    bare = "".join(f"  - {one}\n" for one in OBLIGATORY)
    path = folder / name
    path.write_text(f"{head}\ncommands:\n  pain: {{phrases: au}}\nbare:\n{bare}", encoding="utf-8")
    return path


def test_a_file_can_serve_several_locales(tmp_path: Path) -> None:
    """One file of phrases makes the same model for each of its locales; one locale may stand without a list."""
    _phrase_file(tmp_path, "en.yaml", "locales: [en-GB, en-US]")
    _phrase_file(tmp_path, "nl.yaml", "locale: nl-NL")
    built = build_all("rugoefening", phrases=tmp_path, models=tmp_path / "models")
    assert [one.path.name for one in built] == ["en-GB.json", "en-US.json", "nl-NL.json"]
    assert built[0].text == built[1].text


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        ("parts: {}", "write locale: or locales:"),
        ("locale: fr-FR", "no locale 'fr-FR'"),
        ("locales: 5", "no locale '5'"),
        ("locales: [en-GB, de-DE]", "not one language"),
    ],
)
def test_a_locale_that_cannot_be_is_named(tmp_path: Path, head: str, problem: str) -> None:
    """No locale, one that the skill does not serve, and two languages in one file."""
    with pytest.raises(ModelError, match=problem):
        read_phrases(_phrase_file(tmp_path, "x.yaml", head))


def test_two_files_cannot_make_the_same_model(tmp_path: Path) -> None:
    """Which of them would win nobody could tell."""
    _phrase_file(tmp_path, "one.yaml", "locale: en-GB")
    _phrase_file(tmp_path, "two.yaml", "locales: [en-US, en-GB]")
    with pytest.raises(ModelError, match="en-GB stands in two phrase files"):
        build_all("rugoefening", phrases=tmp_path, models=tmp_path / "models")


@pytest.mark.parametrize(
    ("template", "phrases"),
    [
        ("a [b] c", ["a c", "a b c"]),
        ("(a|b c) d", ["a d", "b c d"]),
        ("<x> y", ["p y", "q y"]),
        ("(a|[b] c)", ["a", "c", "b c"]),
    ],
)
def test_the_notation_of_phrases(template: str, phrases: list[str]) -> None:
    """Alternatives, what may be left out, and parts."""
    assert expand(template, {"x": "(p|q)"}) == phrases


@pytest.mark.parametrize("template", ["(a", "a)", "[a)", "<nobody>"])
def test_a_broken_template_is_an_error(template: str) -> None:
    """Brackets have two halves, and parts exist."""
    with pytest.raises(ValueError, match=r"closed|opening|no part"):
        expand(template, {})


def test_a_line_with_very_many_phrases_is_thinned() -> None:
    """Every alternative still occurs, though not in every combination."""
    words = [f"{letter}{letter}" for letter in "abcdefghij"]
    group = f"({'|'.join(words)})"
    phrases = expand(f"{group} {group} {group}", {})
    assert len(phrases) < 1000
    for place in range(3):
        assert {phrase.split()[place] for phrase in phrases} == set(words)
