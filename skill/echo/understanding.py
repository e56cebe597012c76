"""Text to intent, from the generated interaction model and ``builtins-nl.yaml`` and from nothing else.

Alexa's own recogniser is not available outside a device. This one follows its known habits: a built-in intent
fires on exactly its words, a custom intent also on what resembles its samples, and FallbackIntent on the rest.
Words that only safety phrases use are never given to another intent.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz

from skill.alexa.intents import command_for_intent
from skill.coach.commands import Command
from skill.echo.vocabulary import Vocabulary
from skill.echo.words import without, without_opening, words_of
from skill.errors import ModelError
from skill.settings import PROJECT

MODEL = PROJECT / "interaction_models" / "nl-NL.json"
BUILTINS = Path(__file__).with_name("builtins-nl.yaml")
FALLBACK = "AMAZON.FallbackIntent"
BUILT_IN = "AMAZON."
SAFETY = tuple(f"{name}Intent" for name in ("Emergency", "SeeDoctor", "AskFirst", "Dizzy", "Pain"))
MEDICAL = "MedicalQuestionIntent"
_THRESHOLD = 0.5
_SAME_ALARM = 0.12
"""What a sample gains that holds the alarm words themselves."""
_SAFETY_FIRST = 0.06
"""How much closer another intent must come before a safety intent loses to it."""
_CLOSEST = 40
_PHRASE = 3
"""From this many words on a safety sample inside a sentence counts as said."""
_COMMON = 1500
"""A word in more samples than this does not lead to any of them, unless it is the most telling one."""
_TELLING = 0.3
_SURE = 0.88
"""A slip that is less like an alarm word than this raises no alarm."""
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Understood:
    """What an utterance is taken to mean."""

    text: str
    command: str
    intent: str
    slots: Mapping[str, str] = field(default_factory=dict)
    """Per slot the id of its value."""
    score: float = 0.0
    """From 0 (nothing like it) to 1 (exactly a sample)."""
    why: str = ""

    @property
    def is_built_in(self) -> bool:
        """Whether one of Amazon's own intents fired."""
        return self.intent.startswith(BUILT_IN)


@dataclass(frozen=True)
class Assumptions:
    """What we assume of Amazon's Dutch recogniser and device, from ``builtins-nl.yaml``."""

    intents: Mapping[str, Sequence[str]]
    playback: frozenset[str]
    becomes_pause: frozenset[str]
    launch: tuple[str, ...]
    connecting: tuple[str, ...]
    session_end: tuple[str, ...]
    fillers: frozenset[str]
    openings: tuple[tuple[str, ...], ...]
    digits: Mapping[str, str]


@dataclass(frozen=True)
class Sample:
    """One sample of the model, its slot filled in: the words, and what they mean."""

    intent: str
    words: tuple[str, ...]
    slots: tuple[tuple[str, str], ...] = ()


def load_assumptions(path: Path = BUILTINS) -> Assumptions:
    """Read ``builtins-nl.yaml``. Raises ModelError when it cannot be read."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Assumptions(
            intents=raw["intents"],
            playback=frozenset(raw["playback"]),
            becomes_pause=frozenset(raw["becomes_pause"]),
            launch=tuple(raw["launch"]),
            connecting=tuple(raw["connecting"]),
            session_end=tuple(raw["session_end"]),
            fillers=frozenset(word for entry in raw["fillers"] for word in words_of(entry)),
            openings=tuple(sorted((words_of(one) for one in raw["openings"]), key=len, reverse=True)),
            digits=raw["digits"],
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ModelError("The words of the built-in intents cannot be read:", [f"{path}: {error!r}"]) from error


def load_understanding(model_path: Path = MODEL, builtins_path: Path = BUILTINS) -> Understanding:
    """Read the generated model, once for as long as it does not change.

    Raises ModelError when it is missing or damaged.
    """
    return _loaded(model_path, builtins_path, _stamp(model_path), _stamp(builtins_path))


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=4)
def _loaded(model_path: Path, builtins_path: Path, *_stamps: int) -> Understanding:
    assumptions = load_assumptions(builtins_path)
    try:
        raw = json.loads(model_path.read_text(encoding="utf-8"))
        language = raw["interactionModel"]["languageModel"]
        samples = tuple(_samples(language, assumptions))
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{model_path}: {error!r}; run scripts/build_models.py"
        raise ModelError("The interaction model cannot be read:", [message]) from error
    return Understanding(samples, assumptions, invocation=language["invocationName"])


def _samples(language: Mapping[str, Any], assumptions: Assumptions) -> Iterator[Sample]:
    values = {
        kind["name"]: [
            (value["id"], spoken)
            for value in kind["values"]
            for spoken in (value["name"]["value"], *value["name"].get("synonyms", ()))
        ]
        for kind in language.get("types", ())
    }
    for intent in language["intents"]:
        types = {slot["name"]: slot["type"] for slot in intent.get("slots", ())}
        for text in (*intent["samples"], *assumptions.intents.get(intent["name"], ())):
            slot = _SLOT.search(text)
            if slot is None:
                yield Sample(intent["name"], words_of(text, assumptions.digits))
                continue
            for identity, spoken in values[types[slot[1]]]:
                filled = text.replace(slot[0], spoken)
                yield Sample(intent["name"], words_of(filled, assumptions.digits), ((slot[1], identity),))


class Understanding:
    """Takes text and says which intent a Dutch Echo would choose."""

    def __init__(self, samples: Sequence[Sample], assumptions: Assumptions, *, invocation: str) -> None:
        self.assumptions = assumptions
        self.invocation = invocation
        self.samples = samples
        self._exact: dict[tuple[str, ...], Sample] = {}
        for sample in samples:
            known = self._exact.setdefault(sample.words, sample)
            if known.intent != sample.intent and sample.intent.startswith(BUILT_IN):
                self._exact[sample.words] = sample

    # What follows is only needed for words that are not exactly a sample.

    @cached_property
    def _cores(self) -> Mapping[tuple[str, ...], Sample]:
        """The samples by the words that carry their meaning, where these mean one thing only."""
        cores: dict[tuple[str, ...], dict[str, Sample]] = defaultdict(dict)
        for sample in self.samples:
            cores[self._core(sample.words)].setdefault(str(command_for_intent(sample.intent)), sample)
        return {core: next(iter(found.values())) for core, found in cores.items() if len(found) == 1}

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        own = (sample for sample in self.samples if not sample.intent.startswith(BUILT_IN))
        return Vocabulary(((one.intent, one.words) for one in own), self.assumptions.fillers)

    @cached_property
    def _postings(self) -> Mapping[str, Sequence[int]]:
        """Per word the samples of custom intents that hold it."""
        postings: dict[str, list[int]] = defaultdict(list)
        for index, sample in enumerate(self.samples):
            if not sample.intent.startswith(BUILT_IN):
                for word in set(sample.words):
                    postings[word].append(index)
        return postings

    @cached_property
    def _alarms(self) -> frozenset[str]:
        """Words that by themselves say that something is wrong: alone each is a sample of a safety intent."""
        return frozenset(
            words[0] for words, sample in self._exact.items() if len(words) == 1 and sample.intent in SAFETY
        )

    def understand(self, text: str) -> Understood:
        """The intent for what somebody said, FallbackIntent when nothing comes close."""
        words = words_of(text, self.assumptions.digits)
        if not words:
            return self._understood(text, Sample(FALLBACK, ()), 0.0, "nothing was said")
        if words in self._exact:
            return self._understood(text, self._exact[words], 1.0, "exactly a sample")
        alarms = self._alarms_in(words)
        alarm = next(iter(alarms), "")
        allowed = self._allowed(words, alarms)
        same = self._same_core(words)
        if same is not None and (allowed is None or same.intent in allowed):
            return self._understood(text, same, 0.95, f"same words as '{' '.join(same.words)}'")
        best, score = self._closest(words, alarms, allowed)
        if best is None or (score < _THRESHOLD and allowed is None):
            return self._understood(text, Sample(FALLBACK, ()), score, "nothing comes close")
        reason = f"resembles '{' '.join(best.words)}'"
        return self._understood(text, best, score, f"{reason}; '{alarm}' is a safety word" if alarm else reason)

    def built_in(self, text: str) -> Understood | None:
        """The built-in intent that these words fire, if they are its words but for politeness; else None."""
        words = words_of(text, self.assumptions.digits)
        for form in (words, self._core(words)):
            sample = self._exact.get(form)
            if sample is not None and sample.intent.startswith(BUILT_IN):
                return self._understood(text, sample, 1.0 if form == words else 0.95, "words of a built-in intent")
        return None

    def as_pause(self, understood: Understood) -> Understood:
        """The same words as PauseIntent: how "stop" arrives when audio plays and no session is open."""
        why = f"{understood.intent} without a session arrives as a pause"
        return self._understood(understood.text, Sample("AMAZON.PauseIntent", ()), understood.score, why)

    def _understood(self, text: str, sample: Sample, score: float, why: str) -> Understood:
        command = command_for_intent(sample.intent)
        # on its own, "ik ben klaar" is the answer to "are you ready?"
        shown = Command.START if command is Command.READY else command
        return Understood(text, str(shown), sample.intent, dict(sample.slots), round(min(1.0, score), 3), why)

    def _core(self, words: Sequence[str]) -> tuple[str, ...]:
        return without(words, self.assumptions.fillers)

    def _same_core(self, words: tuple[str, ...]) -> Sample | None:
        core = self._core(words)
        opened = without_opening(words, self.assumptions.openings)
        for form in (core, opened, self._core(opened), without_opening(core, self.assumptions.openings)):
            found = self._cores.get(form) or self._exact.get(form)
            if found is not None and (form in self._cores or form != core):
                return found
        return None

    def _alarms_in(self, words: Sequence[str]) -> tuple[str, ...]:
        """The alarm words behind what was said."""
        traces = (trace for word in words for trace in self._vocabulary.trace(word))
        return tuple(one.word for one in traces if one.word in self._alarms and one.surety >= _SURE)

    def _allowed(self, words: tuple[str, ...], alarms: Sequence[str]) -> tuple[str, ...] | None:
        """The intents that may win, None for all: a safety phrase inside a sentence, or an alarm word, narrows it."""
        spans = (words[i:j] for i in range(len(words)) for j in range(i + _PHRASE, len(words) + 1))
        if any(span in self._exact and self._exact[span].intent in SAFETY for span in spans):
            return SAFETY
        return (*SAFETY, MEDICAL) if alarms else None

    def _closest(
        self, words: tuple[str, ...], alarms: tuple[str, ...], allowed: tuple[str, ...] | None
    ) -> tuple[Sample | None, float]:
        traced = self._traced(words)
        whole = sum(self._said_weight(word) for word in words)
        evidence = self._evidence(traced, whole)
        best: Sample | None = None
        best_score = 0.0
        said = " ".join(words)
        for index in self._candidates(traced, allowed):
            sample = self.samples[index]
            alike = self._alike(traced, whole, sample.words)
            shape = fuzz.ratio(said, " ".join(sample.words)) / 100
            score = 0.6 * alike + 0.25 * evidence.get(sample.intent, 0.0) + 0.15 * shape
            safe = _SAFETY_FIRST if sample.intent in SAFETY else 0.0
            safe += _SAME_ALARM * sum(word in sample.words for word in alarms) / max(1, len(alarms))
            if score + safe > best_score:
                best, best_score = sample, score + safe
        return best, best_score

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
        found: Counter[str] = Counter()
        for word, weight in traced.items():
            for intent, share in self._vocabulary.shares(word).items():
                found[intent] += weight * share  # type: ignore[assignment]  # a Counter may hold fractions
        whole = max(whole, sum(traced.values()), 0.001)
        return {intent: amount / whole for intent, amount in found.items()}

    def _candidates(self, traced: Mapping[str, float], allowed: tuple[str, ...] | None) -> list[int]:
        telling = sorted(traced, key=lambda word: traced[word], reverse=True)
        points: Counter[int] = Counter()
        for place, word in enumerate(telling):
            common = len(self._postings.get(word, ())) > _COMMON
            if place and (common or (place >= 2 and traced[word] < _TELLING)):
                continue
            for index in self._postings.get(word, ()):
                if allowed is None or self.samples[index].intent in allowed:
                    points[index] += traced[word] / (4 + len(self.samples[index].words))  # type: ignore[assignment]
        return [index for index, _ in points.most_common(_CLOSEST)]

    def _alike(self, traced: Mapping[str, float], whole: float, sample: Sequence[str]) -> float:
        weights = {word: self._vocabulary.weight(word) for word in sample}
        shared = sum(min(traced[word], weight) for word, weight in weights.items() if word in traced)
        return 2 * shared / max(0.001, max(whole, sum(traced.values())) + sum(weights.values()))
