"""How a training came to its end, as far as one hears it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from skill.content import PromptId
from skill.content.model import CLOSING


class Ending(StrEnum):
    """What the page shows in rest."""

    FINISHED = "finished"
    LEFT = "left"
    """Somebody stopped, and may go on later."""
    ENDED = "ended"
    """It stopped for a good reason: there is no invitation to go on."""


_BY_WORDS = {
    PromptId.STOPPED: Ending.LEFT,
    PromptId.PAIN_SECOND: Ending.ENDED,
    PromptId.EMERGENCY: Ending.ENDED,
    PromptId.SEE_DOCTOR: Ending.ENDED,
    PromptId.ASK_FIRST: Ending.ENDED,
}


def ending_of(names: Iterable[str], step: str) -> Ending | None:
    """What an answer ends, by the names of its clips or steps; ``step``: where the training is. None: nothing."""
    for name in names:
        clip = name.partition("@")[0]
        if clip == PromptId.GOODBYE:
            return Ending.FINISHED if step == CLOSING else Ending.ENDED
        if clip in _BY_WORDS:
            return _BY_WORDS[PromptId(clip)]
        if clip.endswith(f"/{CLOSING}"):
            return Ending.FINISHED
    return None
