"""Tells a reader what the virtual Echo says and plays, in step with it, and draws the live line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict

from skill.echo.captions import spread
from skill.echo.echo import Echo
from skill.echo.happenings import Happening, Kind
from skill.echo.loudspeaker import Loudspeaker
from skill.echo.player import STOPPED

_HINTS = {
    Kind.ALEXA_SPEAKS: "(Alexa zelf antwoordt. Het bereikt de training niet.)",
    Kind.LISTENING: "(De microfoon is open.)",
    Kind.MICROPHONE_SHUT: "",
    Kind.REFUSED: "(Alexa weigert het antwoord.)",
}


class Narrator:
    """Follows one Echo and writes down what a person would hear."""

    def __init__(
        self,
        echo: Echo,
        write: Callable[[str], None],
        loudspeaker: Loudspeaker,
        *,
        wake_word: str,
        as_json: bool = False,
    ) -> None:
        self._echo = echo
        self._write = write
        self._loudspeaker = loudspeaker
        self._wake_word = wake_word
        self._as_json = as_json
        self._sentences: list[tuple[float, str]] = []
        self._at: tuple[str, int] | None = None
        """The file that sounds, and up to where its lines were written."""
        echo.log.listeners.append(self._noticed)

    def catch_up(self) -> None:
        """Write every line that has begun to sound by now."""
        now = self._echo.device.now
        while self._sentences and self._sentences[0][0] <= now:
            self._line(f"  {self._sentences.pop(0)[1]}")
        self._cues()

    def live_line(self) -> str:
        """Exercise, step and time left; empty when nothing is going on."""
        moment, player = self._echo.moment(), self._echo.device.player
        if moment is None or player.current is None:
            return ""
        if not (player.is_sounding or player.interrupted or player.activity == STOPPED):
            return ""
        left = max(0, moment.track.ms - moment.offset_ms) // 1000
        metadata = player.current.metadata or {}
        named = [metadata.get("subtitle"), metadata.get("title"), moment.step.spoken_name]
        sign = "▶" if player.is_sounding else "⏸"
        shown = " · ".join(str(one) for one in named if one)
        return f"{sign} {shown} · nog {left // 60}:{left % 60:02d}"

    def _line(self, text: str) -> None:
        if not self._as_json:
            self._write(text)

    def _noticed(self, happening: Happening) -> None:
        if self._as_json:
            self._write(json.dumps(self._data(happening), ensure_ascii=False))
        elif happening.kind in (Kind.SKILL_SPEAKS, Kind.REPROMPT):
            self._speaks(happening)
        elif happening.kind is Kind.PLAYER:
            self._plays(happening)
        else:
            self._other(happening)

    def _data(self, happening: Happening) -> dict[str, object]:
        data = {name: value for name, value in asdict(happening).items() if value not in ("", (), {}, 0.0)}
        if happening.kind in (Kind.SKILL_SPEAKS, Kind.REPROMPT):
            data["text"] = self._echo.captions.text(happening.files) or happening.text
        return data

    def _speaks(self, happening: Happening) -> None:
        at = happening.at
        for one in self._echo.captions.spoken(happening.files):
            self._sentences += [(at + start / 1000, line) for start, line in one.lines]
            at += one.ms / 1000
        if not happening.files:
            lines = spread(happening.text, round(happening.seconds * 1000))
            self._sentences += [(at + start / 1000, line) for start, line in lines]
        for file in happening.files:
            self._sound(file, 0.0)

    def _plays(self, happening: Happening) -> None:
        file = happening.files[0]
        if happening.text == "PlaybackStarted":
            offset = int(happening.details["offset_ms"])
            self._at = (file, offset)
            self._sound(file, offset / 1000)
        elif happening.text in ("PlaybackStopped", "PlaybackFinished"):
            self._cues(int(happening.details["offset_ms"]))
            self._at = None
            self._loudspeaker.stop()
        elif happening.text == "PlaybackFailed":
            self._line("(Het geluid kan niet worden opgehaald.)")

    def _other(self, happening: Happening) -> None:
        if happening.kind is Kind.REQUEST:
            return
        if happening.kind is Kind.MICROPHONE_SHUT:
            self._sentences.clear()
        elif happening.kind is Kind.UNHEARD:
            self._line(f"(Niemand luistert. Zeg eerst: {self._wake_word}, …)")
        elif happening.kind is Kind.TROUBLE:
            self._line("Alexa: Er is iets mis met deze skill.")
            self._line(f"({happening.text})")
        elif hint := _HINTS.get(happening.kind):
            self._line(hint)

    def spoken_over(self) -> None:
        """Somebody began to speak: what was not said yet is not said any more."""
        self._sentences.clear()
        self._loudspeaker.stop()

    def _cues(self, upto_ms: int | None = None) -> None:
        moment = self._echo.moment()
        if self._at is None or moment is None:
            return
        file, done = self._at
        upto = moment.offset_ms if upto_ms is None else upto_ms
        if moment.track.file != file or upto < done:
            return
        for step in moment.track.steps:
            for cue in step.cues:
                if cue.text and done <= cue.start_ms < upto:
                    self._line(f"  {cue.text}")
        self._at = (file, upto)

    def _sound(self, file: str, start_s: float) -> None:
        data = self._echo.device.audio(file)
        if data is not None:
            self._loudspeaker.play(data, start_s)
