"""Which samples resemble what was said, and how much."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest

from rapidfuzz import fuzz

from skill.echo.samples import Sample
from skill.echo.vocabulary import Trace, Vocabulary

_CLOSEST = 60
"""So many samples with the same words are looked at twice."""
_LEAST_SHARED = 0.2
"""A sample that shares less than this of what was said is not looked at."""
_SAME_ALARM = 0.12
"""What a sample gains that holds the alarm words themselves."""
_OPPOSITE = 0.08
"""What a sample loses that denies what was said, or the other way round."""
_TELLING = 0.3
"""From this weight on a word can point at an intent."""
_POINTING = 0.6
"""A word points at intents that hold this share of its use."""
_SAFETY_FIRST = 0.06
"""How much closer another intent must come before a safety intent loses to it."""
_NOWHERE: frozenset[int] = frozenset()
"""The samples of a word that none holds."""


@dataclass(frozen=True)
class Likeness:
    """A sample, and from 0 to about 1 how much what was said resembles it."""

    sample: Sample
    score: float


class Resemblance:
    """Compares words with the samples of the custom intents."""

    def __init__(
        self,
        samples: Iterable[Sample],
        fillers: frozenset[str],
        negations: frozenset[str],
        linking: Sequence[str],
        favoured: Collection[str],
    ) -> None:
        """``linking``: what may join two words to one; ``favoured``: the intents that win where none comes closer."""
        self._samples = tuple(samples)
        self._favoured = frozenset(favoured)
        self._fillers = fillers
        self._negations = negations
        self._postings: dict[str, set[int]] = defaultdict(set)
        """Per word, numbered where a sample repeats it, the samples."""
        for index, sample in enumerate(self._samples):
            for numbered in _numbered(sample.words):
                self._postings[numbered].add(index)
        intents = [sample.intent for sample in self._samples]
        uses = {
            word: Counter([intents[index] for index in found])
            for word, found in self._postings.items()
            if " " not in word
        }
        self._vocabulary = Vocabulary(uses, Counter(intents), fillers, linking)
        weights = self._vocabulary.weights
        self._totals = [sum([weights[word] for word in sample.words]) for sample in self._samples]

    def traces(self, word: str) -> tuple[Trace, ...]:
        """The known words that a spoken word stands for."""
        return self._vocabulary.trace(word)

    def points_at(self, words: Iterable[str], intents: Collection[str]) -> bool:
        """Whether one of the words is hardly used but for these intents."""
        traced = self._traced(words)
        return any(
            weight >= _TELLING and sum(self._vocabulary.shares(word).get(one, 0.0) for one in intents) >= _POINTING
            for word, weight in traced.items()
        )

    def closest(
        self,
        words: Sequence[str],
        alarms: Sequence[str] = (),
        allowed: Collection[str] | None = None,
        *,
        asking: bool = False,
    ) -> list[Likeness]:
        """Per intent its closest sample, the best first.

        ``allowed``: the intents that may win, None for all; ``asking``: a question favours no intent.
        """
        traced = self._traced(words)
        whole = max(0.001, sum(self._said_weight(word) for word in words), sum(traced.values()))
        evidence = self._evidence(traced, whole)
        said = " ".join(words)
        pairs = _pairs([word for word in words if word not in self._fillers])
        denied = not self._negations.isdisjoint(words)
        best: dict[str, Likeness] = {}
        for alike, index in self._alike(words, traced, whole, allowed):
            sample = self._samples[index]
            shape = fuzz.ratio(said, " ".join(sample.words)) / 100
            order = _shared_pairs(pairs, _pairs(sample.words))
            score = 0.52 * alike + 0.22 * evidence.get(sample.intent, 0.0) + 0.13 * shape + 0.13 * order
            score += _SAFETY_FIRST if sample.intent in self._favoured and not asking else 0.0
            score += _SAME_ALARM * sum(word in sample.words for word in alarms) / max(1, len(alarms))
            score -= _OPPOSITE if denied == self._negations.isdisjoint(sample.words) else 0.0
            if sample.intent not in best or score > best[sample.intent].score:
                best[sample.intent] = Likeness(sample, score)
        return sorted(best.values(), key=lambda one: -one.score)

    def _said_weight(self, word: str) -> float:
        """The weight of a spoken word: that of the known words behind it, or that of an unknown one."""
        traces = self._vocabulary.trace(word)
        if not traces:
            return self._vocabulary.weight(word)
        return max(self._vocabulary.weight(trace.word) for trace in traces)

    def _traced(self, words: Iterable[str]) -> dict[str, float]:
        """The known words behind the spoken ones, each with its weight."""
        traced: dict[str, float] = {}
        for word in words:
            for trace in self._vocabulary.trace(word):
                weight = self._vocabulary.weight(trace.word) * trace.surety
                traced[trace.word] = max(weight, traced.get(trace.word, 0.0))
        return traced

    def _evidence(self, traced: Mapping[str, float], whole: float) -> dict[str, float]:
        """Per intent how much of what was said points at it."""
        found: dict[str, float] = defaultdict(float)
        for word, weight in traced.items():
            for intent, share in self._vocabulary.shares(word).items():
                found[intent] += weight * share / whole
        return found

    def _alike(
        self, words: Sequence[str], traced: Mapping[str, float], whole: float, allowed: Collection[str] | None
    ) -> list[tuple[float, int]]:
        """The samples that share most with what was said: from 0 to 1 how much, and their index."""
        least = _LEAST_SHARED * whole
        shared = self._shared(words, traced, least)
        samples, totals = self._samples, self._totals
        found = (
            (2 * amount / (whole + totals[index]), index)
            for index, amount in shared.items()
            if amount > least and (allowed is None or samples[index].intent in allowed)
        )
        return nlargest(_CLOSEST, found)

    def _shared(self, words: Sequence[str], traced: Mapping[str, float], least: float) -> dict[int, float]:
        """Per sample the weight of what it shares with what was said; those that share too little may be left out."""
        known = _numbered([trace.word for said in words for trace in self._vocabulary.trace(said)])
        weighed = sorted(((traced[one.partition(" ")[0]], one) for one in known), reverse=True)
        to_come = sum(weight for weight, _ in weighed)
        shared: dict[int, float] = defaultdict(float)
        for weight, numbered in weighed:
            found = self._postings.get(numbered, _NOWHERE)
            # words that all others use are in a third of the samples: they alone bring none in
            for index in found if to_come > least else found & shared.keys():
                shared[index] += weight
            to_come -= weight
        return shared


def _numbered(words: Sequence[str]) -> Sequence[str]:
    """The words, and behind each that came before how often it did: "nine", "nine 1", "nine 2"."""
    if len(set(words)) == len(words):
        return words
    return [f"{word} {words[:at].count(word)}" if word in words[:at] else word for at, word in enumerate(words)]


def _pairs(words: Sequence[str]) -> set[tuple[str, str]]:
    """Every two words that follow each other; nothing stands before the first."""
    return set(zip(("", *words), words, strict=False))


def _shared_pairs(said: set[tuple[str, str]], sample: set[tuple[str, str]]) -> float:
    """From 0 to 1 how much the order of the words is the same."""
    return 2 * len(said & sample) / max(1, len(said) + len(sample))
