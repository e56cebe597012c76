"""The second Echo in the house: the same account, another device, and nobody looks at it."""

from __future__ import annotations

from dataclasses import dataclass

from skill.echo.echo import Echo
from skill.echo.happenings import Kind
from skill.studio.words import Words


@dataclass
class Neighbour:
    """An Echo where somebody opens the training too, and wants to go on."""

    echo: Echo
    words: Words

    def take_over(self, now: float) -> str:
        """Open the skill there and go on where the training was; all that it answers.

        All in one moment, for its time may not run ahead of that of the Echo beside it.
        """
        device = self.echo.device
        device.advance_to(now)
        since = len(self.echo.happenings)
        device.say(self.words.launch())
        device.say(self.words.bare("resume"))
        said = (one for one in self.echo.happenings[since:] if one.kind is Kind.SKILL_SPEAKS)
        return " ".join(self.echo.captions.text(one.files) or one.text for one in said)
