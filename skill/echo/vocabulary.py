"""Which words point at which intent, learnt from the samples of the interaction model.

A word that only one intent uses says much; "ik" and "de" say little. Words that no sample holds are traced
to one that does: a slip of the tongue or the keyboard, another ending, or a compound ("rugpijn" holds "pijn").
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

LEAST_WEIGHT = 0.05
UNKNOWN_WEIGHT = 0.9
UNKNOWN_SHORT_WEIGHT = 0.4
"""Short unknown words are mostly particles."""
_ALIKE = 84.0
_SHORTEST_TYPO = 5
_SHORTEST_STEM = 5
_SHORTEST_HALF = 4


@dataclass(frozen=True)
class Trace:
    """A word of the samples that a spoken word stands for, and how surely (0 to 1)."""

    word: str
    surety: float


class Vocabulary:
    """All words of the samples, with their weight and what each says about the intents."""

    def __init__(
        self,
        uses: Mapping[str, Mapping[str, int]],
        totals: Mapping[str, int],
        fillers: frozenset[str],
        linking: Sequence[str],
    ) -> None:
        """``uses``: per word in how many samples of an intent it stands; ``totals``: the samples of every intent.

        ``linking``: the letters that may join two words to one.
        """
        self._shares = {word: _shares(found, totals) for word, found in uses.items()}
        most = math.log(max(2, len(totals)))
        self.weights = {
            word: LEAST_WEIGHT if word in fillers else _weight(share, most) for word, share in self._shares.items()
        }
        """Per known word how much it says about what is meant."""
        self._fillers = fillers
        self._linking = ("", *linking)
        self._long = [word for word in self._shares if len(word) >= _SHORTEST_TYPO]
        self.trace = lru_cache(maxsize=4096)(self._trace)

    def shares(self, word: str) -> Mapping[str, float]:
        """How the use of a word is spread over the intents; the shares add up to 1."""
        return self._shares.get(word, {})

    def weight(self, word: str) -> float:
        """How much a word says about what is meant: from 0.05 for a filler to 1 for a word of one intent."""
        known = self.weights.get(word)
        if known is not None:
            return known
        if word in self._fillers:
            return LEAST_WEIGHT
        return UNKNOWN_WEIGHT if len(word) >= _SHORTEST_HALF else UNKNOWN_SHORT_WEIGHT

    def _trace(self, word: str) -> tuple[Trace, ...]:
        if word in self._shares or word in self._fillers:
            return (Trace(word, 1.0),)
        return self._compound(word) or self._slip(word) or self._same_stem(word)

    def _compound(self, word: str) -> tuple[Trace, ...]:
        for cut in range(_SHORTEST_HALF - 1, len(word) - _SHORTEST_HALF + 1):
            first, last = word[:cut], word[cut:]
            if last not in self._shares:
                continue
            for letters in self._linking:
                known = first.removesuffix(letters)
                if known in self._shares:
                    return (Trace(known, 0.9), Trace(last, 0.95))
        for cut in range(3, len(word) - _SHORTEST_HALF + 1):
            if word[cut:] in self._shares and self.weights[word[cut:]] > 0.5:
                return (Trace(word[cut:], 0.8),)
        return ()

    def _slip(self, word: str) -> tuple[Trace, ...]:
        if len(word) < _SHORTEST_TYPO:
            return ()
        best = process.extractOne(word, self._long, scorer=fuzz.ratio, score_cutoff=_ALIKE)
        return (Trace(best[0], best[1] / 100),) if best and best[0][0] == word[0] else ()

    def _same_stem(self, word: str) -> tuple[Trace, ...]:
        best, shared = "", _SHORTEST_STEM - 1
        for other in self._long:
            length = _common_start(word, other)
            if length > shared and length >= 0.6 * max(len(word), len(other)):
                best, shared = other, length
        return (Trace(best, 0.85),) if best else ()


def _shares(found: Mapping[str, int], totals: Mapping[str, int]) -> dict[str, float]:
    # smoothed, or an intent with few samples would seem to own every word in them
    rates = {intent: count / (totals[intent] + 20) for intent, count in found.items()}
    whole = sum(rates.values())
    return {intent: rate / whole for intent, rate in rates.items()}


def _weight(shares: Mapping[str, float], most: float) -> float:
    entropy = -sum(share * math.log(share) for share in shares.values() if share > 0)
    return max(LEAST_WEIGHT * 2, 1 - entropy / most)


def _common_start(one: str, other: str) -> int:
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return index
    return min(len(one), len(other))
