"""The texts for the skill shop, read from ``store.yaml`` and filled in for one skill."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from skill.errors import SkillPackageError

STORE = Path(__file__).with_name("store.yaml")
_KEYS = {"summary": str, "description": str, "disclaimer": str, "examples": list, "keywords": list}


@dataclass(frozen=True)
class StoreText:
    """What the shop shows in one language."""

    name: str
    summary: str
    description: str
    """The description with the disclaimer below it."""
    disclaimer: str
    examples: tuple[str, ...]
    keywords: tuple[str, ...]


@dataclass(frozen=True)
class StoreTexts:
    """All texts: per language what the shop shows, and what the testers of Amazon read."""

    languages: Mapping[str, StoreText]
    testing: str

    def of(self, locale: str) -> StoreText:
        """The text of a locale, such as nl-NL. Raises SkillPackageError when its language has none."""
        language = locale.partition("-")[0]
        if language not in self.languages:
            raise SkillPackageError(
                "The shop has no text for a language:", [f"{STORE.name}: write {language}: for the model of {locale}"]
            )
        return self.languages[language]


def read_store(invocation: str, wake_word: str, path: Path = STORE) -> StoreTexts:
    """The texts with the names of the skill filled in.

    Raises SkillPackageError with every missing or unknown key at once.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise SkillPackageError("The texts for the shop cannot be read:", [f"{path}: {error}"]) from error
    problems = _problems(raw)
    if problems:
        raise SkillPackageError("The texts for the shop are not right:", [f"{path}: {one}" for one in problems])
    fills = {"name": public_name(invocation), "invocation": invocation, "wake_word": wake_word}
    languages = {language: _text(texts, fills) for language, texts in raw["languages"].items()}
    return StoreTexts(languages, _filled(raw["testing"], fills))


def public_name(invocation: str) -> str:
    """The invocation name as a title."""
    return invocation[:1].upper() + invocation[1:]


def _text(texts: Mapping[str, Any], fills: Mapping[str, str]) -> StoreText:
    disclaimer = _filled(texts["disclaimer"], fills)
    return StoreText(
        name=fills["name"],
        summary=_filled(texts["summary"], fills),
        description=f"{_filled(texts['description'], fills)}\n\n{disclaimer}",
        disclaimer=disclaimer,
        examples=tuple(_filled(one, fills) for one in texts["examples"]),
        keywords=tuple(_filled(one, fills) for one in texts["keywords"]),
    )


def _filled(text: str, fills: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: fills[match[1]], str(text)).strip()


def _problems(raw: Any) -> list[str]:
    languages = raw.get("languages") if isinstance(raw, dict) else None
    if not isinstance(languages, dict) or not isinstance(raw.get("testing"), str):
        return ["write languages: and testing:"]
    found = [one for language, texts in languages.items() for one in _language_problems(language, texts)]
    unknown = sorted(set(re.findall(r"\{(\w+)\}", str(raw))) - {"name", "invocation", "wake_word"})
    return [*found, *(f"{{{name}}} cannot be filled in; write name, invocation or wake_word" for name in unknown)]


def _language_problems(language: str, texts: Any) -> Iterator[str]:
    if not isinstance(texts, dict):
        yield f"{language}: write {', '.join(_KEYS)} below it"
        return
    for key, kind in _KEYS.items():
        if not isinstance(texts.get(key), kind):
            yield f"{language}: write {key}: and a {'list' if kind is list else 'text'}"
    for key in texts.keys() - _KEYS:
        yield f"{language}: there is no key {key!r}; the keys are {', '.join(_KEYS)}"
