"""The interaction model: made from the readable phrases of one language, checked against Alexa's rules.

A phrase file holds one phrase a line, with ``(a|b)`` for alternatives, ``[a]`` for what may be left out,
``<name>`` for a part that is written once, and ``{slot}``. See the head of ``interaction_models/phrases/nl.yaml``.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from skill.alexa.intents import BUILT_INS
from skill.alexa.locales import LOCALES, language_of
from skill.alexa.names import name_problems
from skill.alexa.phrase_templates import expand
from skill.coach.commands import Command
from skill.errors import ModelError
from skill.settings import PROJECT, load_settings

MODELS = PROJECT / "interaction_models"
PHRASES = MODELS / "phrases"
MOST_BYTES = 1_500_000
MOST_LETTERS = 140
OBLIGATORY = (
    "AMAZON.CancelIntent",
    "AMAZON.FallbackIntent",
    "AMAZON.HelpIntent",
    "AMAZON.NavigateHomeIntent",
    "AMAZON.PauseIntent",
    "AMAZON.ResumeIntent",
    "AMAZON.StopIntent",
)
_ALLOWED = re.compile(
    r"[^\W\d_](?:[^\W\d_]|[ '.-]|\{[a-z_]+\})*|(?:\{[a-z_]+\}|'[^\W\d_])(?:[^\W\d_]|[ '.-]|\{[a-z_]+\})*"
)
_COMMAND_KEYS = frozenset({"builtin", "short", "also", "phrases", "nouns", "slots"})
_FILE_KEYS = frozenset({"locale", "locales", "parts", "types", "commands", "bare"})


@dataclass(frozen=True)
class Source:
    """One file of phrases, as read."""

    path: Path
    locales: tuple[str, ...]
    """The locales that get these phrases: one, or several of the same language."""
    parts: Mapping[str, str]
    types: Mapping[str, Mapping[str, Sequence[str]]]
    commands: Mapping[str, Mapping[str, Any]]
    bare: tuple[str, ...]


def read_phrases(path: Path) -> Source:
    """Read a phrase file. Raises ModelError when it is missing, no YAML, has unknown keys or no known locale."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ModelError("The phrases cannot be read:", [f"{path}: {error}"]) from error
    if not isinstance(raw, dict) or not isinstance(raw.get("commands"), dict):
        raise ModelError("The phrases cannot be read:", [f"{path}: write locale:, types: and commands:"])
    locales = _locales(raw)
    problems = [f"{path}: unknown key {key!r}; known are {_listed(_FILE_KEYS)}" for key in raw.keys() - _FILE_KEYS]
    problems += [f"{path}: {one}" for one in _locale_problems(locales)]
    for name, entry in raw["commands"].items():
        if not isinstance(name, str) or not isinstance(entry, dict):
            problems.append(f"{path}: command {name!r}: write quotes around yes and no, and phrases: below it")
            continue
        problems += [
            f"{path}: command {name}: unknown key {key!r}; known are {_listed(_COMMAND_KEYS)}"
            for key in entry.keys() - _COMMAND_KEYS
        ]
    if problems:
        raise ModelError("The phrases are not right:", problems)
    return Source(
        path=path,
        locales=locales,
        parts=raw.get("parts", {}),
        types=raw.get("types", {}),
        commands=raw["commands"],
        bare=tuple(raw.get("bare", ())),
    )


def _locales(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Those of ``locale: nl-NL`` or of ``locales: [en-GB, en-US]``, whichever the file has."""
    found = [raw.get("locale", ()), raw.get("locales", ())]
    return tuple(str(one) for some in found for one in (some if isinstance(some, list | tuple) else [some]))


def _locale_problems(locales: Sequence[str]) -> Iterator[str]:
    if not locales:
        yield f"write locale: or locales:, one or more of {_listed(LOCALES)}"
    yield from (f"the skill has no locale {one!r}; it has {_listed(LOCALES)}" for one in locales if one not in LOCALES)
    if len({language_of(one) for one in locales}) > 1:
        yield f"{_listed(locales)} are not one language; write a file for each language"


def build_model(source: Source, invocation: str, *, builtin_samples: bool = True) -> dict[str, Any]:
    """The model JSON of one language.

    ``builtin_samples=False`` leaves Amazon's built-in intents without words of our own. Raises ModelError
    with all problems at once: a character or name that Alexa refuses, a phrase under two commands, and so on.
    """
    samples, problems = _samples(source)
    slots = {custom_intent(name): entry["slots"] for name, entry in source.commands.items() if "slots" in entry}
    problems += [*_sample_problems(samples, slots), *name_problems(invocation)]
    missing = [name for name in OBLIGATORY if name not in samples]
    problems += [f"{name} is missing; Alexa asks for it" for name in missing]
    for intent, used in slots.items():
        problems += [f"{intent}: there is no slot type {kind}" for kind in used.values() if kind not in source.types]
    if problems:
        raise ModelError("The interaction model cannot be made:", [f"{source.path}: {one}" for one in problems])
    intents = [
        _intent(name, own if builtin_samples or not name.startswith("AMAZON.") else [], slots.get(name))
        for name, own in sorted(samples.items())
    ]
    types = [
        {"name": name, "values": [_slot_value(one, list(words)) for one, words in values.items()]}
        for name, values in sorted(source.types.items())
    ]
    language: dict[str, Any] = {"invocationName": invocation.lower(), "intents": intents, "types": types}
    return {"interactionModel": {"languageModel": language}}


def _intent(name: str, samples: Sequence[str], slots: Mapping[str, str] | None) -> dict[str, Any]:
    intent: dict[str, Any] = {"name": name, "samples": list(samples)}
    if slots:
        intent["slots"] = [{"name": slot, "type": kind} for slot, kind in slots.items()]
    return intent


def _slot_value(identity: str, words: list[str]) -> dict[str, Any]:
    return {"id": identity, "name": {"value": words[0], "synonyms": words[1:]}}


def _samples(source: Source) -> tuple[dict[str, list[str]], list[str]]:
    """Per intent its samples, and what is wrong with the templates."""
    samples: dict[str, list[str]] = {name: [] for name in source.bare}
    problems = [f"{name} is no built-in that the skill knows" for name in source.bare if name not in BUILT_INS]
    for name, entry in source.commands.items():
        if name not in tuple(Command):
            problems.append(f"command {name}: the skill has no such command")
            continue
        custom = custom_intent(name)
        texts = [(entry.get("builtin", ""), entry.get("short", "")), *entry.get("also", {}).items()]
        texts += [(custom, entry.get("phrases", "")), (custom, entry.get("nouns", ""))]
        taken: set[str] = set()  # what a built-in of this command says already
        for intent, text in texts:
            if not text:
                continue
            found, wrong = _expanded(text, source.parts)
            problems += [f"command {name}: {one}" for one in wrong]
            own = [phrase for phrase in found if phrase not in taken]
            samples[intent] = _without_doubles([*samples.get(intent, []), *own])
            if intent.startswith("AMAZON."):
                taken.update(own)
    return samples, problems


def _without_doubles(phrases: Sequence[str]) -> list[str]:
    """Each phrase once, in order: capitals make no difference to Alexa."""
    kept: dict[str, str] = {}
    for phrase in phrases:
        kept.setdefault(phrase.casefold(), phrase)
    return list(kept.values())


def _expanded(text: str, parts: Mapping[str, str]) -> tuple[list[str], list[str]]:
    phrases: list[str] = []
    problems: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        try:
            phrases += filter(None, expand(line, parts))
        except ValueError as error:
            problems.append(f"{line!r}: {error}")
    return phrases, problems


def custom_intent(command: str) -> str:
    """The custom intent of a command, also where a built-in carries its short words."""
    return f"{''.join(part.capitalize() for part in command.split('_'))}Intent"


def _sample_problems(samples: Mapping[str, Sequence[str]], slots: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for intent, own in samples.items():
        if not own and not intent.startswith("AMAZON."):
            yield f"{intent} has no phrase"
        for phrase in own:
            key = phrase.casefold()
            if key in seen and seen[key] != intent:
                yield f"{phrase!r} stands under {seen[key]} and under {intent}; a phrase has one meaning"
            seen[key] = intent
            if not _ALLOWED.fullmatch(phrase) or len(phrase) > MOST_LETTERS:
                yield f"{intent}: {phrase!r}: only letters, spaces, hyphens, apostrophes, periods and {{slots}}"
            if unknown := set(re.findall(r"\{(\w+)\}", phrase)) - set(slots.get(intent, ())):
                yield f"{intent}: {phrase!r}: there is no slot {_listed(unknown)}"


def rendered(model: Mapping[str, Any]) -> str:
    """The text of the model file. Raises ModelError when it is larger than Alexa takes."""
    text = json.dumps(model, ensure_ascii=False, indent=1) + "\n"
    if len(text.encode()) > MOST_BYTES:
        raise ModelError("The interaction model is too large:", [f"{len(text.encode())} bytes of {MOST_BYTES}"])
    return text


@dataclass(frozen=True)
class Built:
    """One model file: where it belongs and what it must hold."""

    path: Path
    text: str
    intents: int
    samples: int

    @property
    def is_current(self) -> bool:
        """Whether the file on disk already holds this text."""
        return self.path.is_file() and self.path.read_text(encoding="utf-8") == self.text

    def write(self) -> None:
        """Put the file in place, whole."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.path.with_name(f".{self.path.name}.new")
        temporary.write_text(self.text, encoding="utf-8")
        temporary.replace(self.path)


def build_all(
    invocation: str, *, phrases: Path = PHRASES, models: Path = MODELS, builtin_samples: bool = True
) -> list[Built]:
    """Every model that the folder of phrases describes, made but not yet written. Raises ModelError."""
    built: list[Built] = []
    problems: list[str] = []
    for path in sorted(phrases.glob("*.yaml")):
        try:
            source = read_phrases(path)
            model = build_model(source, invocation, builtin_samples=builtin_samples)
            intents = model["interactionModel"]["languageModel"]["intents"]
            amount = sum(len(intent["samples"]) for intent in intents)
            text = rendered(model)
            built += [Built(models / f"{locale}.json", text, len(intents), amount) for locale in source.locales]
        except ModelError as error:
            problems += error.problems
    if not built and not problems:
        problems.append(f"{phrases}: there is no phrase file; write one a language, such as nl.yaml")
    paths = [one.path for one in built]
    problems += [f"{path.stem} stands in two phrase files" for path in sorted(set(paths)) if paths.count(path) > 1]
    if problems:
        raise ModelError("The interaction models cannot be made:", problems)
    return built


EXAMPLES = """examples:
  rugoefening models
  rugoefening models --check
  rugoefening models --invocation-name "dagelijkse rugoefening"
"""


def main(arguments: list[str] | None = None) -> int:
    """Write the models, or with --check only say whether they are current; the exit status is returned.

    Raises ModelError or SettingsError with all problems at once; nothing is overwritten then.
    """
    parser = argparse.ArgumentParser(
        prog="rugoefening models",
        description="Make the interaction models in interaction_models/ from the phrases beside them.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when a model is out of date")
    parser.add_argument("--invocation-name", metavar="NAME", help="default: RUGOEFENING_INVOCATION, or rugoefening")
    parser.add_argument(
        "--no-builtin-samples", action="store_true", help="give Amazon's built-in intents no words of our own"
    )
    chosen = parser.parse_args(arguments)
    wished = chosen.invocation_name
    name = load_settings().invocation if wished is None else wished
    models = build_all(name, builtin_samples=not chosen.no_builtin_samples)
    return _check(models) if chosen.check else _write(models)


def _check(models: Sequence[Built]) -> int:
    stale = [model for model in models if not model.is_current]
    for model in stale:
        sys.stderr.write(f"{model.path} is out of date; run scripts/build_models.py\n")
    return 1 if stale else 0


def _write(models: Sequence[Built]) -> int:
    for model in models:
        changed = not model.is_current
        if changed:
            model.write()
        state = "written" if changed else "unchanged"
        sys.stdout.write(f"{model.path.name}: {model.intents} intents, {model.samples} samples, {state}\n")
    return 0


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
