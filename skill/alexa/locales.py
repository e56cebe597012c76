"""The locales that the skill serves, and the language of each: everything that depends on it asks here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LANGUAGES: Mapping[str, str] = MappingProxyType({"nl-NL": "nl", "en-GB": "en", "en-US": "en", "de-DE": "de"})
LOCALES = tuple(LANGUAGES)
DUTCH = "nl"


def language_of(locale: str) -> str:
    """The language of a device, by its locale; Dutch for anything unknown."""
    language = locale.partition("-")[0]
    return language if language in LANGUAGES.values() else DUTCH
