"""What is wrong with a skill package: Amazon's limits, phrases that the model does not hold, medical claims.

The limits are those of the skill manifest schema (ask-smapi-model) and of the pages on publishing a skill.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from skill.package.icons import SIZES
from skill.package.manifest import icon_path
from skill.package.store import StoreTexts

MOST_SUMMARY, MOST_DESCRIPTION, MOST_TESTING, MOST_PHRASE = 160, 4000, 4000, 200
"""Most characters of each text."""
MOST_PHRASES, MOST_KEYWORDS, MOST_NAME = 3, 30, 50
CLAIMS = (
    # beginnings of words, in the languages of the shop
    *("tegen rug", "tegen pijn", "tegen nek", "rugpijn", "rugklacht", "behandel", "genees", "genez", "herstel"),
    *("therapie", "therapeutisch", "verlicht", "verhelp", "pijnvrij", "hernia", "blessure", "revalid"),
    *("cure", "curing", "treat", "heals", "healing", "relief", "reliev", "therapy", "therapeutic", "back pain"),
    *("pain-free", "rehab", "recover", "injur"),
    *("heilt", "heilung", "heilen", "linder", "behandl", "rückenschmerz", "schmerzfrei", "genesung", "reha"),
)
"""What would make a medical device of general exercises (MDR, Article 2)."""
_CLAIM = re.compile("|".join(rf"(?<!\w){re.escape(one)}" for one in CLAIMS), re.IGNORECASE)


@dataclass(frozen=True)
class Package:
    """Everything that is written, by its path in the package."""

    manifest: Mapping[str, Any]
    models: Mapping[str, str]
    """Per locale the text of its interaction model."""
    icons: Mapping[int, bytes]
    """Per size (pixels) its PNG."""

    def files(self) -> dict[str, bytes]:
        """Per path below the package its bytes."""
        manifest = json.dumps(self.manifest, ensure_ascii=False, indent=2) + "\n"
        return {
            "skill.json": manifest.encode(),
            **{f"interactionModels/custom/{locale}.json": text.encode() for locale, text in self.models.items()},
            **{icon_path(size): data for size, data in self.icons.items()},
        }


def package_problems(package: Package, texts: StoreTexts, wake_word: str) -> Iterator[str]:
    """What Amazon, the law or a tester would refuse, one line each."""
    publishing = package.manifest["manifest"]["publishingInformation"]
    yield from _too_long("testing instructions", publishing["testingInstructions"], MOST_TESTING)
    for locale, shop in publishing["locales"].items():
        yield from (f"{locale}: {one}" for one in _shop_problems(shop))
        if texts.of(locale).disclaimer not in shop["description"]:
            yield f"{locale}: the description lacks the disclaimer"
        model = json.loads(package.models[locale])["interactionModel"]["languageModel"]
        yield from (f"{locale}: {one}" for one in _example_problems(shop["examplePhrases"], model, wake_word))
    yield from _icon_problems(package.icons)


def _shop_problems(shop: Mapping[str, Any]) -> Iterator[str]:
    yield from _too_long("name", shop["name"], MOST_NAME)
    yield from _too_long("summary", shop["summary"], MOST_SUMMARY)
    yield from _too_long("description", shop["description"], MOST_DESCRIPTION)
    if len(shop["keywords"]) > MOST_KEYWORDS:
        yield f"{len(shop['keywords'])} keywords; Amazon takes {MOST_KEYWORDS}"
    for what in ("name", "summary", "description", "examplePhrases", "keywords"):
        text = shop[what] if isinstance(shop[what], str) else " | ".join(shop[what])
        for claim in dict.fromkeys(_CLAIM.findall(text)):
            yield f"{what}: {claim!r} is a medical claim; say only that these are general exercises"


def _too_long(what: str, text: str, most: int) -> Iterator[str]:
    if not 2 <= len(text) <= most:
        yield f"{what}: {len(text)} characters; Amazon takes 2 to {most}"


def _example_problems(examples: list[str], model: Mapping[str, Any], wake_word: str) -> Iterator[str]:
    """The first opens the skill by its name; the others end in a phrase of the model, behind the name."""
    name = model["invocationName"]
    samples = {sample.casefold() for intent in model["intents"] for sample in intent["samples"]}
    if not 1 <= len(examples) <= MOST_PHRASES:
        yield f"{len(examples)} example phrases; write 1 to {MOST_PHRASES}"
    for index, example in enumerate(examples):
        yield from _too_long(f"example {example!r}", example, MOST_PHRASE)
        start, found, rest = example.casefold().partition(name.casefold())
        if not start.startswith(f"{wake_word.casefold()}, ") or not found:
            yield f"example {example!r}: begin with {wake_word!r} and a comma, and name {name!r}"
            continue
        words = rest.split()
        if not words if index else words:
            yield f"example {example!r}: the first one only opens the skill, the others also say what is wanted"
        elif words and not any(" ".join(words[at:]) in samples for at in range(len(words))):
            yield f"example {example!r}: the model holds no phrase that is the end of it; choose one of its phrases"


def _icon_problems(icons: Mapping[int, bytes]) -> Iterator[str]:
    for size in SIZES:
        data = icons.get(size, b"")
        if data[:8] != b"\x89PNG\r\n\x1a\n" or struct.unpack(">II", data[16:24]) != (size, size):
            yield f"{icon_path(size)}: it must be a PNG of {size} by {size} pixels"
