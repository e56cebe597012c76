"""The content as a whole, and its clips: every prompt, filled in for each member of its closed sets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, product

from skill.content.model import CLOSING, Clip, Cue, CueKind, Exercise, Prompt, Routine
from skill.content.prompt_file import filled, quotes_commands
from skill.content.prompt_ids import DOMAINS, Domain, PromptId, clip_key, in_language
from skill.content.pronunciation import Pronunciation
from skill.content.speech import sentences
from skill.content.words import DUTCH, Words

Member = tuple[str, Mapping[str, str]]
"""What a clip key holds for it, and what it fills in."""


@dataclass(frozen=True)
class Content:
    """Everything that can be said: routines and prompts, with the names of the skill and the device."""

    routines: Mapping[str, Routine]
    prompts: Mapping[str, Prompt]
    words: Words
    invocation: str
    wake_word: str
    pronunciation: Pronunciation = field(default_factory=Pronunciation)

    @property
    def minutes(self) -> Mapping[int, str]:
        """The numbers of minutes that can be said, in words."""
        return self.words.minutes

    def clips(self, routine_id: str) -> Mapping[str, Clip]:
        """Every clip the coach can ask for in a routine, by key. Raises KeyError for an unknown routine.

        A clip that quotes commands is there once for each language that a device may speak.
        """
        return self._clips[routine_id]

    @cached_property
    def _clips(self) -> Mapping[str, Mapping[str, Clip]]:
        """By routine; made once, as a server asks for them at its start and again for every new pack."""
        return {name: self._clips_of(routine) for name, routine in self.routines.items()}

    def _clips_of(self, routine: Routine) -> Mapping[str, Clip]:
        names = {"invocation": self.invocation, "wake_word": self.wake_word}
        found: dict[str, Clip] = {}
        for prompt in routine_prompts(routine, self.prompts).values():
            for key, fills in expansions(prompt, routine, self.words):
                known = {**names, **fills}
                found[key] = Clip(key, tuple(_filled(cue, known) for cue in prompt.cues), prompt.safety)
        return found

    def sentences(self, routine_id: str) -> Iterator[str]:
        """Everything that is spoken in a routine, each sentence once; counted words each by themselves.

        Raises KeyError for an unknown routine.
        """
        routine = self.routines[routine_id]
        steps = (step for track in routine.track_ids for step in routine.track_steps(track))
        spoken = [clip.cues for clip in self.clips(routine_id).values()] + [step.every_cue for step in steps]
        cues = list(chain.from_iterable(spoken))
        said = (sentence for text in dict.fromkeys(cue.text for cue in cues) for sentence in sentences(text))
        yield from dict.fromkeys(chain(said, (word for cue in cues for word in cue.count)))

    def safety_hash(self, routine_id: str) -> str:
        """A short hash over the full safety text of a routine; it changes when somebody has to hear it again.

        Raises KeyError for an unknown routine.
        """
        prompts = routine_prompts(self.routines[routine_id], self.prompts)
        texts = [
            cue.text
            for name in (PromptId.INTRO_FIRST, PromptId.SAFETY_INFO)
            for cue in prompts[name].cues
            if cue.kind is CueKind.SAY
        ]
        return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]


def _filled(cue: Cue, fills: Mapping[str, str]) -> Cue:
    """A cue with its fill-ins filled; one without any is shared by all clips, as most are rests and fixed lines."""
    text = filled(cue.text, fills)
    return cue if text == cue.text else replace(cue, text=text)


def routine_prompts(routine: Routine, shared: Mapping[str, Prompt]) -> Mapping[str, Prompt]:
    """The shared prompts, with those that the routine says in its own way."""
    return {**shared, **routine.prompts}


def expansions(prompt: Prompt, routine: Routine, words: Words) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The key and the fill-ins of every clip of a prompt, in every language that makes a difference."""
    domains = DOMAINS.get(PromptId(prompt.id), ())
    for language in words.languages if quotes_commands(prompt) else (DUTCH,):
        commands = words.commands(language)
        for combination in product(*(members(domain, routine, words) for domain in domains)):
            fills = {name: value for _, one in combination for name, value in one.items()}
            key = clip_key(prompt.id, *(member for member, _ in combination))
            yield in_language(key, language), {**fills, **commands}


def members(domain: Domain, routine: Routine, words: Words) -> list[Member]:
    """The members of a closed set in a routine."""
    if domain is Domain.EXERCISE:
        return _exercises(routine, words)
    if domain is Domain.STEP:
        return list(_steps(routine))
    if domain is Domain.SIDE:
        return [(side.value, {"side": word}) for side, word in words.sides.items()]
    counted = {
        Domain.MINUTES: words.minutes,
        Domain.WEEK: words.week,
        Domain.THIS_WEEK: words.this_week,
        Domain.LAST_WEEK: words.last_week,
    }
    return [(str(number), {domain.value: word}) for number, word in counted[domain].items()]


def _exercises(routine: Routine, words: Words) -> list[Member]:
    return [
        (exercise.id, {"exercise": exercise.spoken_name, "number": number, "position": _working_position(exercise)})
        for exercise, number in zip(routine.exercises, words.numbers, strict=False)
    ]


def _working_position(exercise: Exercise) -> str:
    """How to lie or sit for the first repetitions of an exercise."""
    return next((step.back_in_position for step in exercise.steps if step.repetitions), "")


def _steps(routine: Routine) -> Iterator[Member]:
    """Every step of every exercise; the closing stands in the last one and is called by its own name."""
    for exercise in routine.exercises:
        for step in routine.track_steps(exercise.id):
            named = step.spoken_name if step.id == CLOSING else exercise.spoken_name
            fills = {"step": step.spoken_name, "exercise": named, "position": step.back_in_position}
            yield f"{exercise.id}.{step.id}", fills
