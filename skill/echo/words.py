"""Words of an utterance: how text is brought to one form before it is compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

_APOSTROPHES = re.compile("['`\u2018\u2019\u00b4]")
_OTHER = re.compile(r"[^\w{}]+")


def words_of(text: str, digits: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The words of a text in lower case, without accents, punctuation and apostrophes; digits as spoken."""
    plain = unicodedata.normalize("NFD", text.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = _OTHER.sub(" ", _APOSTROPHES.sub("", plain)).split()
    if digits:
        words = [part for word in words for part in digits.get(word, word).split()]
    return tuple(words)


def without(words: Sequence[str], fillers: frozenset[str]) -> tuple[str, ...]:
    """The words that carry meaning; all of them when none would be left."""
    kept = tuple(word for word in words if word not in fillers)
    return kept or tuple(words)


def without_opening(words: Sequence[str], openings: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """The words behind a polite opening ("kun je …"); all of them when nothing would follow."""
    for opening in openings:
        if len(words) > len(opening) and tuple(words[: len(opening)]) == tuple(opening):
            return tuple(words[len(opening) :])
    return tuple(words)
