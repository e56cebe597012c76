"""How a click on the time line leads to its step, by what somebody could say or press on a real Echo."""

from __future__ import annotations

from skill.echo.captions import Moment, track_id
from skill.echo.echo import Echo
from skill.studio.report import Target
from skill.studio.words import Words


class Journey:
    """On its way to one step; goes on whenever the device is free."""

    def __init__(self, echo: Echo, words: Words, target: Target, number: int, *, over: bool) -> None:
        self._echo = echo
        self._words = words
        self._target = target
        self._number = number
        self._over = over
        """Whether the training came to its end: what stands in the player is not gone on with."""
        self._left = ""
        """The step that the last press was to leave."""
        self.is_over = False

    def begin(self) -> str:
        """What is said at the start; empty when a button is enough."""
        device, moment = self._echo.device, self._echo.moment()
        elsewhere = moment is None or track_id(moment.track.key) != self._target.exercise
        if moment is None or elsewhere or device.in_session or self._over:
            return self._words.choose(self._echo.device, self._number)
        if moment.step.id == self._target.step:
            self.is_over = True
            return self._words.bare("repeat")
        return ""

    def go_on(self) -> str:
        """The button to press now; empty when there is none, or not yet."""
        device = self._echo.device
        if self.is_over or device.is_speaking:
            return ""
        moment = self._echo.moment()
        button = self._towards(moment) if moment is not None and not device.is_listening else ""
        stuck = moment is not None and moment.name == self._left
        self.is_over = not button or stuck  # or the skill asks something first, and only a person can answer
        self._left = moment.name if moment else ""
        return "" if self.is_over else button

    def _towards(self, moment: Moment) -> str:
        ids = [step.id for step in moment.track.steps]
        if track_id(moment.track.key) != self._target.exercise or self._target.step not in ids:
            return ""
        ahead = ids.index(self._target.step) - ids.index(moment.step.id)
        if ahead < 0 and moment.track.steps[ids.index(self._target.step)].transition:
            return ""  # a button goes back to the exercise before it
        return "Next" if ahead > 0 else "Previous" if ahead < 0 else ""
