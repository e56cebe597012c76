"""The content: routines and prompts, read from YAML and checked as a whole."""

from skill.content.clips import Content
from skill.content.loader import PROMPTS, ROUTINES, load_content
from skill.content.model import (
    ALL_LEVELS,
    CLOSING,
    PREPARATION,
    Clip,
    Cue,
    CueKind,
    Exercise,
    Level,
    Posture,
    Prompt,
    Repetition,
    Routine,
    Side,
    Step,
    Tempo,
    Tone,
)
from skill.content.prompt_ids import PromptId, clip_key
from skill.content.pronunciation import Entry, Pronunciation
from skill.content.words import Words

__all__ = [
    "ALL_LEVELS",
    "CLOSING",
    "PREPARATION",
    "PROMPTS",
    "ROUTINES",
    "Clip",
    "Content",
    "Cue",
    "CueKind",
    "Entry",
    "Exercise",
    "Level",
    "Posture",
    "Prompt",
    "PromptId",
    "Pronunciation",
    "Repetition",
    "Routine",
    "Side",
    "Step",
    "Tempo",
    "Tone",
    "Words",
    "clip_key",
    "load_content",
]
