"""The prompts by name, and over which closed sets each is spoken: what the coach says, and the start of a recording.

The loader refuses a prompts file that lacks one of these or holds one that nobody says.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from skill.content.words import DUTCH


class PromptId(StrEnum):
    """Everything said outside the exercises."""

    INTRO_FIRST = "intro_first"
    INTRO_LATER = "intro_later"
    INTRO_REPROMPT = "intro_reprompt"
    WELCOME_BACK = "welcome_back"
    RETURN_LATER = "return_later"
    RETURN_REPROMPT = "return_reprompt"
    START = "start"
    WAIT = "wait"
    CHAIR_ONLY = "chair_only"
    STEP_BY_STEP = "step_by_step"
    CONTINUOUS = "continuous"
    ONLY_STEPS = "only_steps"
    STEP_ASK = "step_ask"
    STEP_WAIT = "step_wait"
    BETWEEN = "between"
    ANOTHER_ROUND = "another_round"
    PAUSE_FIRST = "pause_first"
    PAUSE_SHORT = "pause_short"
    RESUME_SOON = "resume_soon"
    RESUME_POSITION = "resume_position"
    RESUME_AFTER_PAIN = "resume_after_pain"
    EASIER = "easier"
    HARDER = "harder"
    SLOWER = "slower"
    FASTER = "faster"
    EASIER_PAUSED = "easier_paused"
    HARDER_PAUSED = "harder_paused"
    SLOWER_PAUSED = "slower_paused"
    FASTER_PAUSED = "faster_paused"
    EASIEST_ALREADY = "easiest_already"
    HARDEST_ALREADY = "hardest_already"
    SLOWEST_ALREADY = "slowest_already"
    FASTEST_ALREADY = "fastest_already"
    TIME_LEFT = "time_left"
    HISTORY = "history"
    WHICH_SIDE = "which_side"
    NO_SIDE = "no_side"
    EQUIPMENT = "equipment"
    LOUDER = "louder"
    HELP_START = "help_start"
    HELP_PAUSED = "help_paused"
    HELP_PLAYING = "help_playing"
    HELP_REPROMPT = "help_reprompt"
    SAFETY_INFO = "safety_info"
    SAFETY_INFO_REPROMPT = "safety_info_reprompt"
    RECORDING_INTRO = "recording_intro"
    PAIN_FIRST = "pain_first"
    PAIN_REPROMPT = "pain_reprompt"
    PAIN_SECOND = "pain_second"
    DIZZY = "dizzy"
    DIZZY_REPROMPT = "dizzy_reprompt"
    EMERGENCY = "emergency"
    SEE_DOCTOR = "see_doctor"
    ASK_FIRST = "ask_first"
    MEDICAL_QUESTION = "medical_question"
    PRIVACY = "privacy"
    FORGET_ASK = "forget_ask"
    FORGET_REPROMPT = "forget_reprompt"
    FORGET_DONE = "forget_done"
    FORGET_FAILED = "forget_failed"
    FORGET_KEPT = "forget_kept"
    NOT_UNDERSTOOD_1 = "not_understood_1"
    NOT_UNDERSTOOD_2 = "not_understood_2"
    NOT_UNDERSTOOD_3 = "not_understood_3"
    NOT_UNDERSTOOD_START_1 = "not_understood_start_1"
    NOT_UNDERSTOOD_START_2 = "not_understood_start_2"
    NOT_UNDERSTOOD_START_3 = "not_understood_start_3"
    CANNOT = "cannot"
    STOPPED = "stopped"
    NOT_STARTED = "not_started"
    GOODBYE = "goodbye"
    ERROR = "error"


class Domain(StrEnum):
    """A closed set that a prompt is spoken for, whole, once a member."""

    EXERCISE = "exercise"
    """Every exercise: fills {exercise} (spoken name), {number} (één, twee) and {position} (of its repetitions)."""
    STEP = "step"
    """Every step of every exercise and the closing: fills {step} (spoken name), {exercise} and {position}."""
    SIDE = "side"
    """rechts, links: fills {side}."""
    MINUTES = "minutes"
    """The minutes named in the prompts file: fills {minutes}."""
    WEEK = "week"
    """Days of training in this week, 0 to 3 (three or more): fills {week}, a whole sentence."""
    THIS_WEEK = "this_week"
    """Days of training in this week, 0 to 7: fills {this_week}."""
    LAST_WEEK = "last_week"
    """Days of training in the week before, 0 to 7: fills {last_week}."""


DOMAINS: Mapping[PromptId, tuple[Domain, ...]] = MappingProxyType(
    {
        PromptId.INTRO_LATER: (Domain.WEEK,),
        PromptId.WELCOME_BACK: (Domain.EXERCISE,),
        PromptId.RETURN_LATER: (Domain.EXERCISE,),
        PromptId.BETWEEN: (Domain.EXERCISE,),
        PromptId.ANOTHER_ROUND: (Domain.EXERCISE,),
        PromptId.RESUME_POSITION: (Domain.STEP,),
        PromptId.RESUME_AFTER_PAIN: (Domain.STEP,),
        PromptId.TIME_LEFT: (Domain.EXERCISE, Domain.MINUTES),
        PromptId.WHICH_SIDE: (Domain.SIDE,),
        PromptId.HISTORY: (Domain.THIS_WEEK, Domain.LAST_WEEK),
    }
)


def clip_key(prompt: PromptId | str, *members: str | int) -> str:
    """The name of a clip: the prompt and a member of each of its domains, as in ``time_left[open_book,3]``.

    A step is named ``exercise.step``, as in ``resume_position[open_book.right_side]``.
    """
    return f"{prompt}[{','.join(str(member) for member in members)}]" if members else str(prompt)


def in_language(key: str, language: str) -> str:
    """The name of a clip as it is for devices in another language: ``pause_first@en``."""
    return key if language == DUTCH else f"{key}@{language}"


def prompt_of(key: str) -> str:
    """The prompt that a clip belongs to, by the name of the clip."""
    return key.partition("[")[0].partition("@")[0]
