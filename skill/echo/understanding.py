"""Text to intent, from the generated interaction model and ``builtins-nl.yaml`` and from nothing else.

Alexa's own recogniser is not available outside a device. This one follows its known habits: a built-in intent
fires on exactly its words, a custom intent also on what resembles its samples, and FallbackIntent on the rest.
A safety phrase inside a longer sentence wins from everything around it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path

from skill.alexa.intents import command_for_intent
from skill.coach.commands import Command
from skill.echo.assumptions import BUILTINS, Assumptions, load_assumptions
from skill.echo.resemblance import Likeness, Resemblance
from skill.echo.samples import Sample, samples_of
from skill.echo.words import trimmed, without, without_opening
from skill.errors import ModelError
from skill.settings import PROJECT

MODEL = PROJECT / "interaction_models" / "nl-NL.json"
FALLBACK = "AMAZON.FallbackIntent"
BUILT_IN = "AMAZON."
SAFETY = tuple(f"{name}Intent" for name in ("Emergency", "SeeDoctor", "AskFirst", "Dizzy", "Pain"))
"""The safety intents, the gravest first."""
MEDICAL = "MedicalQuestionIntent"
_GOES_ON = frozenset(
    {Command.RESUME, Command.NEXT_STEP, Command.NEXT_EXERCISE, Command.CONTINUOUS, Command.HARDER, Command.FASTER}
)
_THRESHOLD = 0.48
"""Below this score nothing comes close."""
_SAFETY_THRESHOLD = 0.44
"""A complaint may be less like a sample than a wish."""
_CLEAR = 0.8
"""Below this score a safety intent needs a word that points at it."""
_FAMILIAR = 0.72
"""Below this score words about the own body are a complaint rather than a wish."""
_MOSTLY = 0.7
"""The share of the samples with a word that must be about safety before it is a part of the body."""
_PHRASE = 3
"""From this many words on a safety sample inside a sentence counts as said."""
_SURE = 0.88
"""A slip that is less like an alarm word than this raises no alarm."""


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
class Grounds:
    """What an utterance was judged by, for whoever wants to know."""

    closest: tuple[Likeness, ...]
    """Per intent its closest sample, the best first; at most three."""
    alarms: tuple[str, ...]
    left_out: tuple[str, ...]
    """Fillers, which carry no meaning of their own."""


@dataclass(frozen=True)
class _Verdict:
    sample: Sample
    score: float
    why: str

    @property
    def is_safety(self) -> bool:
        return self.sample.intent in SAFETY


_NOTHING = Sample(FALLBACK, ())


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
        samples = tuple(samples_of(language, assumptions))
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{model_path}: {error!r}; run scripts/build_models.py"
        raise ModelError("The interaction model cannot be read:", [message]) from error
    return Understanding(samples, assumptions, invocation=language["invocationName"])


class Understanding:
    """Takes text and says which intent an Echo would choose."""

    def __init__(self, samples: Sequence[Sample], assumptions: Assumptions, *, invocation: str) -> None:
        self.assumptions = assumptions
        self.invocation = invocation
        self.samples = samples
        self._exact: dict[tuple[str, ...], Sample] = {}
        for sample in samples:
            known = self._exact.setdefault(sample.words, sample)
            if known.intent != sample.intent and sample.intent.startswith(BUILT_IN):
                self._exact[sample.words] = sample

    def understand(self, text: str) -> Understood:
        """The intent for what somebody said, FallbackIntent when nothing comes close."""
        words = self.assumptions.spelling.words(text)
        if not words:
            return self._understood(text, _Verdict(_NOTHING, 0.0, "nothing was said"))
        if words in self._exact:
            return self._understood(text, _Verdict(self._exact[words], 1.0, "exactly a sample"))
        return self._understood(text, self._same(words) or self._denied(words) or self._judged(words))

    def grounds(self, text: str) -> Grounds:
        """What there is to say about an utterance beside the outcome."""
        words = self.assumptions.spelling.words(text)
        alarms = self._alarms_in(words)
        left_out = tuple(word for word in words if word in self.assumptions.fillers)
        return Grounds(tuple(self._resemblance.closest(words, alarms, asking=self._asks(words))[:3]), alarms, left_out)

    def built_in(self, text: str) -> Understood | None:
        """The built-in intent that these words fire, if they are its words but for politeness; else None."""
        words = self.assumptions.spelling.words(text)
        for form in (words, self._core(words)):
            sample = self._exact.get(form)
            if sample is not None and sample.intent.startswith(BUILT_IN):
                score = 1.0 if form == words else 0.95
                return self._understood(text, _Verdict(sample, score, "words of a built-in intent"))
        return None

    def as_pause(self, understood: Understood) -> Understood:
        """The same words as PauseIntent: how "stop" arrives when audio plays and no session is open."""
        why = f"{understood.intent} without a session arrives as a pause"
        return self._understood(understood.text, _Verdict(Sample("AMAZON.PauseIntent", ()), understood.score, why))

    def _understood(self, text: str, verdict: _Verdict) -> Understood:
        sample, score = verdict.sample, round(min(1.0, verdict.score), 3)
        command = command_for_intent(sample.intent)
        # on its own, "ik ben klaar" is the answer to "are you ready?"
        shown = Command.START if command is Command.READY else command
        return Understood(text, str(shown), sample.intent, dict(sample.slots), score, verdict.why)

    # What follows is only needed for words that are not exactly a sample.

    @cached_property
    def _resemblance(self) -> Resemblance:
        own = (one for one in self._distinct if one.intent == FALLBACK or not one.intent.startswith(BUILT_IN))
        known = self.assumptions
        return Resemblance(own, known.fillers, known.negations, known.linking, SAFETY)

    @cached_property
    def _distinct(self) -> Collection[Sample]:
        """The samples without their fillers, each once an intent."""
        fillers = self.assumptions.fillers
        bare = (one if one.slots else Sample(one.intent, without(one.words, fillers)) for one in self.samples)
        return dict.fromkeys(bare).keys()

    @cached_property
    def _cores(self) -> Mapping[tuple[str, ...], Sample]:
        """The samples by the words that carry their meaning, where these mean one thing only."""
        cores: dict[tuple[str, ...], dict[Command, Sample]] = defaultdict(dict)
        for sample in self._distinct:
            cores[sample.words].setdefault(command_for_intent(sample.intent), sample)
        return {core: next(iter(found.values())) for core, found in cores.items() if len(found) == 1}

    @cached_property
    def _body(self) -> frozenset[str]:
        """What follows "mijn" in safety samples, at the start of one of them, and hardly in others."""
        own = self.assumptions.own
        after: dict[str, list[bool]] = defaultdict(list)
        starts = set()
        for sample in self._distinct:
            if sample.intent in SAFETY and len(sample.words) > 1 and sample.words[0] in own:
                starts.add(sample.words[1])
            for first, word in pairwise(sample.words):
                if first in own:
                    after[word].append(sample.intent in SAFETY)
        return frozenset(word for word in starts if sum(after[word]) >= _MOSTLY * len(after[word]))

    @cached_property
    def _safety_pairs(self) -> frozenset[tuple[str, str]]:
        """Every two words that follow each other in a safety sample."""
        phrases = (sample.words for sample in self.samples if sample.intent in SAFETY)
        return frozenset(pair for words in phrases for pair in pairwise(words))

    @cached_property
    def _alarms(self) -> frozenset[str]:
        """Words that by themselves say that something is wrong: alone each is a sample of a safety intent."""
        return frozenset(
            words[0] for words, sample in self._exact.items() if len(words) == 1 and sample.intent in SAFETY
        )

    def _core(self, words: Sequence[str]) -> tuple[str, ...]:
        return without(words, self.assumptions.fillers)

    def _same(self, words: tuple[str, ...]) -> _Verdict | None:
        """A sample that differs only in fillers or in a polite opening."""
        core = self._core(words)
        opened = without_opening(words, self.assumptions.openings)
        for form in (*trimmed(words, self.assumptions.fillers), *trimmed(opened, self.assumptions.fillers)):
            if form in self._exact and form != words:
                return self._like(self._exact[form])
        for form in (core, opened, self._core(opened), without_opening(core, self.assumptions.openings)):
            found = self._cores.get(form)
            if found is not None:
                return self._like(found)
        return None

    @staticmethod
    def _like(sample: Sample) -> _Verdict:
        return _Verdict(sample, 0.95, f"same words as '{' '.join(sample.words)}'")

    def _denied(self, words: tuple[str, ...]) -> _Verdict | None:
        """No wish at all where somebody says that nothing is wrong, unless something else is."""
        left = self._undenied(words)
        if left == words:
            return None
        if self._allowed(left, self._alarms_in(left)) is not None:
            return self._same(left) or self._judged(left)
        return _Verdict(_NOTHING, 0.0, "what would be wrong is denied")

    def _undenied(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """The words without "geen pijn" and the like; a pair that is a complaint itself ("geen lucht") stays."""
        for denial in self.assumptions.denials:
            size = len(denial)
            for at in range(len(words) - size):
                word = words[at + size]
                if words[at : at + size] != denial or (denial[-1], word) in self._safety_pairs:
                    continue
                if self._alarms_in((word,)):
                    return self._undenied(words[:at] + words[at + size + 1 :])
        return words

    def _judged(self, words: tuple[str, ...]) -> _Verdict:
        """What the whole resembles, or the gravest safety phrase in a part of it."""
        opened = without_opening(words, self.assumptions.openings)
        whole = max((self._resembling(form) for form in dict.fromkeys((words, opened))), key=lambda one: one.score)
        inside = [one for part in self._parts(words) if (one := self._inside(part))]
        if whole.sample.intent == MEDICAL and self._asks(words):
            inside = [one for one in inside if one.score > whole.score]  # "… de oorzaak van rugpijn" is no complaint
        found = [*self._phrases(words), *inside]
        if whole.is_safety:
            found.append(whole)
        if found:
            return min(found, key=lambda one: SAFETY.index(one.sample.intent))
        unheard = whole.sample == _NOTHING and not self._asks(words)
        return (self._clause(words) if unheard else None) or whole

    def _clause(self, words: tuple[str, ...]) -> _Verdict | None:
        """The longest command that somebody begins or ends with, unless it goes on: the rest may be a complaint."""
        parts = [part for at in range(2, len(words) - 1) for part in (words[:at], words[at:])]
        for part in sorted(parts, key=len, reverse=True):
            sample = self._exact.get(part) or self._cores.get(self._core(part), _NOTHING)
            least = 2 if sample.intent in SAFETY else _PHRASE
            if len(part) >= least and sample.intent != FALLBACK and command_for_intent(sample.intent) not in _GOES_ON:
                return _Verdict(sample, _THRESHOLD, f"'{' '.join(sample.words)}' is said in it")
        return None

    def _phrases(self, words: tuple[str, ...]) -> list[_Verdict]:
        """The safety samples inside what was said, but those that are part of a longer sample of another command."""
        found: list[Sample] = []
        for form in dict.fromkeys((words, self._core(words))):
            covered = 0
            for start, stop in _spans(form):
                sample = self._exact.get(form[start:stop]) or self._cores.get(form[start:stop])
                if sample is None or stop <= covered:
                    continue
                if sample.intent in SAFETY:
                    found.append(sample)
                else:
                    covered = stop
        return [_Verdict(sample, 0.9, f"'{' '.join(sample.words)}' is said in it") for sample in found]

    def _inside(self, part: tuple[str, ...]) -> _Verdict | None:
        found = self._same(part)
        if found is None and len(part) >= _PHRASE:
            found = self._resembling(part)
        if found is None or not found.is_safety:
            return None
        return found if found.score >= _THRESHOLD or self._about_the_body(part) else None

    def _parts(self, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """What stands between words like "want", beside a complete other command, and a last "het steekt"."""
        if len(words) > _PHRASE and words[-2] in self.assumptions.subjects and not self._asks(words):
            yield words[-2:]
        cuts = [-1, *(at for at, word in enumerate(words) if word in self.assumptions.joints), len(words)]
        for left, right in pairwise(cuts):
            if 1 <= right - left - 1 < len(words):
                yield words[left + 1 : right]
        for at in range(1, len(words) - 1):
            if self._is_other_command(words[:at]):
                yield words[at:]
            if self._is_other_command(words[at:]):
                yield words[:at]

    def _is_other_command(self, words: tuple[str, ...]) -> bool:
        found = self._exact.get(words) or self._cores.get(self._core(words))
        return found is not None and found.intent not in SAFETY

    def _resembling(self, words: tuple[str, ...]) -> _Verdict:
        alarms = self._alarms_in(words)
        allowed = self._allowed(words, alarms)
        found = self._resemblance.closest(words, alarms, allowed, asking=self._asks(words))
        bodily = allowed is None and self._about_the_body(words)
        complaint = None
        if bodily and (not found or found[0].score < _FAMILIAR):
            complaint = next(iter(self._resemblance.closest(words, alarms, SAFETY)), None)
        vague = allowed is None and not bodily and not self._resemblance.points_at(words, SAFETY)
        likely = (one for one in found if not (vague and one.sample.intent in SAFETY and one.score < _CLEAR))
        best = complaint or next(likely, None)
        tells = best is not None and best.sample.intent in SAFETY and not self._asks(words)
        least = _SAFETY_THRESHOLD if tells else _THRESHOLD
        if best is None or (best.score < least and allowed is None and complaint is None):
            return _Verdict(_NOTHING, best.score if best else 0.0, "nothing comes close")
        why = f"resembles '{' '.join(best.sample.words)}'"
        why = f"{why}; '{alarms[0]}' is a safety word" if alarms else why
        return _Verdict(self._named(best.sample, words), best.score, why)

    def _named(self, sample: Sample, words: Sequence[str]) -> Sample:
        """The sample, without its slot where an unknown word may be what somebody really named."""
        traces = [self._resemblance.traces(word) for word in words]
        known = {trace.word for found in traces for trace in found}
        return sample if all(traces) or known.issuperset(sample.value) else Sample(sample.intent, sample.words)

    def _alarms_in(self, words: Sequence[str]) -> tuple[str, ...]:
        """The alarm words behind what was said."""
        traces = (trace for word in words for trace in self._resemblance.traces(word))
        return tuple(one.word for one in traces if one.word in self._alarms and one.surety >= _SURE)

    def _allowed(self, words: tuple[str, ...], alarms: Sequence[str]) -> tuple[str, ...] | None:
        """The intents that may win, None for all: a safety phrase inside a sentence, or an alarm word, narrows it."""
        if self._phrases(words):
            return SAFETY
        return (*SAFETY, MEDICAL) if alarms else None

    def _about_the_body(self, words: Sequence[str]) -> bool:
        """Whether somebody tells something about a part of the own body, and asks nothing."""
        own = (part for first, part in pairwise(words) if first in self.assumptions.own)
        return not self._asks(words) and any(part in self._body for part in own)

    def _asks(self, words: Sequence[str]) -> bool:
        return bool(self.assumptions.questions.intersection(self._core(words)[:1]))


def _spans(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where every phrase in the words begins and ends; what holds another phrase comes before it."""
    size = len(words)
    return ((start, stop) for start in range(size) for stop in range(size, start + _PHRASE - 1, -1))
