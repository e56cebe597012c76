"""The samples of a generated interaction model, with their slots filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from skill.echo.assumptions import Assumptions

_SLOT = re.compile(r"\{(\w+)\}")


class Sample(NamedTuple):
    """One sample of the model, its slot filled in: the words, and what they mean."""

    intent: str
    words: tuple[str, ...]
    slots: tuple[tuple[str, str], ...] = ()
    """Name of the slot and id of its value."""
    value: tuple[str, ...] = ()
    """The words that fill the slot."""


def samples_of(language: Mapping[str, Any], assumptions: Assumptions) -> Iterator[Sample]:
    """Every sample of a language model and every word that a built-in is assumed to know.

    Raises KeyError or TypeError when the model has another shape.
    """
    values = {
        kind["name"]: [
            (value["id"], spoken)
            for value in kind["values"]
            for spoken in (value["name"]["value"], *value["name"].get("synonyms", ()))
        ]
        for kind in language.get("types", ())
    }
    words_of = assumptions.spelling.words
    for intent in language["intents"]:
        types = {slot["name"]: slot["type"] for slot in intent.get("slots", ())}
        for text in (*intent["samples"], *assumptions.intents.get(intent["name"], ())):
            slot = _SLOT.search(text)
            if slot is None:
                yield Sample(intent["name"], words_of(text))
                continue
            for identity, spoken in values[types[slot[1]]]:
                filled = text.replace(slot[0], spoken)
                yield Sample(intent["name"], words_of(filled), ((slot[1], identity),), words_of(spoken))
