"""Words of an utterance: how text is brought to one form before it is compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

_APOSTROPHES = re.compile("['`\u2018\u2019\u00b4]")
_OTHER = re.compile(r"[^\w{}]+")


class Spelling:
    """Brings text to lower case, without accents, punctuation and apostrophes, and with one spelling a word."""

    def __init__(self, spoken: Mapping[str, str] | None = None) -> None:
        """``spoken``: the words to put in the place of one, such as a digit as it is said or a dialect form."""
        self._spoken = spoken or {}
        self._known: dict[str, tuple[str, ...]] = {}

    def words(self, text: str) -> tuple[str, ...]:
        """The words of a text."""
        found: list[str] = []
        for piece in text.split():
            known = self._known.get(piece)
            if known is None:
                known = self._known[piece] = self._spelt(piece)
            found += known
        return tuple(found)

    def _spelt(self, piece: str) -> tuple[str, ...]:
        plain = unicodedata.normalize("NFD", piece.casefold())
        plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
        words = _OTHER.sub(" ", _APOSTROPHES.sub("", plain)).split()
        return tuple(part for word in words for part in self._spoken.get(word, word).split())


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in lower case, without accents, punctuation and apostrophes."""
    return Spelling().words(text)


def without(words: Sequence[str], fillers: frozenset[str]) -> tuple[str, ...]:
    """The words that carry meaning; all of them when none would be left."""
    return tuple([word for word in words if word not in fillers]) or tuple(words)


def trimmed(words: Sequence[str], fillers: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """The words with ever more fillers taken off both ends, the longest first; never without any word."""
    last = len(words)
    first = next((at for at, word in enumerate(words) if word not in fillers), last)
    end = next((at for at in range(last, 0, -1) if words[at - 1] not in fillers), 0)
    spans = [(start, stop) for start in range(first + 1) for stop in range(end, last + 1) if start < stop]
    for start, stop in sorted(spans, key=lambda span: span[0] - span[1]):
        yield tuple(words[start:stop])


def without_opening(words: Sequence[str], openings: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The words behind a polite opening ("kun je …"); all of them when nothing would follow."""
    for opening in openings:
        if len(words) > len(opening) and tuple(words[: len(opening)]) == tuple(opening):
            return tuple(words[len(opening) :])
    return tuple(words)
