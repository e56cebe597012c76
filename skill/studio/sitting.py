"""One tab and its device: what the browser tells goes in, and the whole state comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skill.alexa.token import decode
from skill.echo.captions import spread
from skill.echo.echo import Echo
from skill.echo.happenings import Happening, Kind
from skill.echo.player import FINISHED, STOPPED, Stream
from skill.echo.routing import Road
from skill.studio.ending import Ending, ending_of
from skill.studio.journey import Journey
from skill.studio.report import OTHER_ECHO, Report, Target, Was
from skill.studio.transcript import Transcript
from skill.studio.words import Wish, Words, wish_of
from skill.studio.workbench.neighbour import Neighbour
from skill.studio.workbench.wire import Exchange, Fault, Wire

_SPEAKS = (Kind.SKILL_SPEAKS, Kind.REPROMPT, Kind.ALEXA_SPEAKS, Kind.TROUBLE)
_ITSELF = (Kind.ALEXA_SPEAKS, Kind.TROUBLE)
KEPT_REQUESTS = 500
AUDIO = "/audio"


@dataclass(frozen=True)
class _Speech:
    """Words that sound, and their number on this device."""

    number: int
    happening: Happening


@dataclass(frozen=True)
class House:
    """The Echo of a tab as it was set, and what is around it."""

    echo: Echo
    words: Words
    wire: Wire
    neighbour: Neighbour
    account: str
    locale: str
    voice: str

    @property
    def kind(self) -> dict[str, Any]:
        """How it was set, as JSON."""
        return {"account": self.account, "locale": self.locale, "voice": self.voice}


class Sitting:
    """The device of one tab. Not for several threads at once."""

    def __init__(self, house: House, exercises: tuple[str, ...]) -> None:
        self._house = house
        self._echo = echo = house.echo
        self._words = words = house.words
        self._audio = f"{AUDIO}/{house.voice}"
        self._exercises = exercises
        self._began = echo.device.now
        self._transcript = Transcript(words.wake_word)
        self._ending: Ending | None = None
        self._speech = _Speech(0, Happening(Kind.SPEECH_OVER, self._began))
        self._stepping = False
        self._journey: Journey | None = None
        echo.log.listeners.append(self._noticed)

    @property
    def house(self) -> House:
        """The device and what is around it."""
        return self._house

    def exchanges(self, since: int) -> list[Exchange]:
        """What went between this Echo, or the other one in the house, and the skill, oldest first."""
        return [one for one in tuple(self._house.wire.exchanges) if one.number > since]

    def was(self, was: Was) -> None:
        """Put back what the player held before the page was loaded again."""
        stream = Stream(f"{self._audio}/{was.file}", was.token)
        self._echo.device.put_back(stream, was.offset_ms, was.activity)
        self._ending = was.ending

    def happened(self, report: Report) -> dict[str, Any]:
        """Let the device live through what the browser tells; the state that follows."""
        device = self._echo.device
        now = max(device.now, self._began + report.at_ms / 1000)
        self._hear(report, now)
        device.advance_to(now)
        if report.said or report.wish or report.pressed or report.target:
            self._journey = None
        said = report.said or (report.wish and self._now()[1].get(report.wish))
        if said:
            self._say(said)
        elif report.pressed:
            self._press(report.pressed)
        elif report.target:
            self._set_out(report.target)
        elif report.fault:
            self._go_wrong(report.fault)
        device.advance_to(now)  # an answer without words is over at once
        self._go_on()
        del device.sent[:-KEPT_REQUESTS], self._echo.happenings[:-KEPT_REQUESTS]
        return self.state(report.since)

    # ------------------------------------------------------------------ what comes in

    def _hear(self, report: Report, now: float) -> None:
        device = self._echo.device
        speech, stream = report.speech, report.player
        if speech is not None and speech.number == self._speech.number:
            device.speech_heard(speech.offset_ms, now, over=speech.over)
        if stream is None or stream.number != device.player.starts:
            return
        device.player.heard(stream.offset_ms, now, ended=stream.over)
        if stream.failed:
            device.player_failed()

    def _say(self, text: str) -> None:
        self._transcript.said(text)
        if self._echo.device.say(text) is Road.UNHEARD:
            wish, words = self._now()
            self._transcript.unheard(text, words.get(wish, self._words.launch()))

    def _press(self, button: str) -> None:
        self._transcript.pressed(button)
        self._echo.device.press(button)

    def _set_out(self, target: Target) -> None:
        if target.exercise not in self._exercises:
            return
        if self._now()[0] is Wish.START and self._echo.device.in_session and self._echo.device.is_speaking:
            self._transcript.note("Luister eerst naar de uitleg. Daarna kun je een oefening kiezen.")
            return  # a click on a step is not meant to cut off the safety words
        number = self._exercises.index(target.exercise) + 1
        self._journey = Journey(self._echo, self._words, target, number, over=self._over() is not None)
        said = self._journey.begin()
        if said:
            self._say(said)

    def _go_wrong(self, fault: str) -> None:
        if fault != OTHER_ECHO:
            self._house.wire.arm(Fault(fault))
            return
        answer = self._house.neighbour.take_over(self._echo.device.now)
        self._transcript.note("De andere Echo in huis antwoordt.", answer)

    def _go_on(self) -> None:
        while self._journey is not None and (button := self._journey.go_on()):
            self._press(button)
        if self._journey is not None and self._journey.is_over:
            self._journey = None

    def _noticed(self, happening: Happening) -> None:
        if happening.kind in _SPEAKS:
            self._speech = _Speech(self._speech.number + 1, happening)
            if happening.kind not in _ITSELF:
                self._stepping = any(self._step_of(file) for file in happening.files)
                self._ending = self._ending_by(happening.files)
                text = self._echo.captions.text(happening.files) or happening.text
                self._transcript.speaks(self._speech.number, text)
        if happening.kind is Kind.PLAYER and happening.text == "PlaybackStarted":
            self._ending = None
        self._transcript.happened(happening)

    def _ending_by(self, files: Sequence[str]) -> Ending | None:
        """How the training is over behind these words; a question about something else leaves that as it is."""
        captions, moment = self._echo.captions, self._echo.moment()
        step = moment.step.id if moment and not self._stepping else ""
        found = ending_of((name for file in files for name in captions.names(file)), step)
        return found or (None if self._stepping else self._ending)

    # ------------------------------------------------------------------ what goes out

    def state(self, since: int = 0) -> dict[str, Any]:
        """Everything that the page shows and plays."""
        device = self._echo.device
        due = device.next_due()
        wish, words = self._now()
        return {
            "at_ms": self._ms(device.now),
            "now_ms": round(device.now * 1000),
            "next_due_ms": None if due is None else max(0, self._ms(due)),
            "ring": self._ring(),
            "microphone": device.is_listening,
            "in_session": device.in_session,
            "wish": wish,
            "words": words,
            "ending": self._over(),
            "speech": self._speech_state() if device.is_speaking else None,
            "player": self._player_state(),
            "place": self._place(),
            "faults": sorted(self._house.wire.faults),
            "transcript": list(self._transcript.since(since)),
        }

    def _now(self) -> tuple[Wish, Mapping[str, str]]:
        """What the big button does now, and the words of every button."""
        device = self._echo.device
        wish = wish_of(device, stepping=self._stepping, over=self._over())
        return wish, self._words.now(device, wish, over=self._over() is not None)

    def _over(self) -> Ending | None:
        """How the training came to its end; None while it goes on, stands still, or was not begun."""
        device = self._echo.device
        if device.in_session or device.player.is_sounding or device.player.interrupted:
            return None
        finished = device.player.activity == FINISHED
        return self._ending or (Ending.FINISHED if finished else None)

    def _ms(self, moment: float) -> int:
        return round((moment - self._began) * 1000)

    def _ring(self) -> str:
        device = self._echo.device
        if device.is_listening:
            return "listening"
        if device.is_speaking:
            return "speaking"
        if device.player.is_sounding:
            return "playing"
        stands_still = device.player.current is not None and device.player.activity == STOPPED
        return "paused" if stands_still and self._over() is None else "rest"

    def _speech_state(self) -> Mapping[str, Any] | None:
        happening = self._speech.happening
        if happening.kind in _ITSELF:
            return {"number": self._speech.number, "who": "alexa", "parts": [], "lines": [], "ms": 0}
        captions = self._echo.captions
        lines: list[tuple[int, str]] = []
        parts: list[dict[str, Any]] = []
        begun = 0
        for file in happening.files:
            spoken = captions.spoken([file])
            length = spoken[0].ms if spoken else self._echo.device.length_of(f"{self._audio}/{file}") or 0
            lines += [(begun + start, text) for one in spoken for start, text in one.lines]
            parts.append({"url": f"{self._audio}/{file}", "start_ms": begun, "ms": length, "step": self._step_of(file)})
            begun += length
        if not parts:
            begun = round(happening.seconds * 1000)
            lines = list(spread(happening.text, begun))
        return {"number": self._speech.number, "who": "skill", "parts": parts, "lines": lines, "ms": begun}

    def _step_of(self, file: str) -> dict[str, str] | None:
        """The step that a file holds, when it is no clip: ``open_book/right_side basic normal`` among its names."""
        for name in self._echo.captions.names(file):
            words = name.split(" ")
            if len(words) == 3:
                exercise, step = words[0].split("/")
                return {"exercise": exercise, "step": step, "level": words[1], "tempo": words[2]}
        return None

    def _player_state(self) -> dict[str, Any] | None:
        player = self._echo.device.player
        if player.current is None:
            return None
        return {
            "number": player.starts,
            "url": f"{self._audio}/{player.current.file}",
            "file": player.current.file,
            "token": player.current.token,
            "offset_ms": player.offset_ms(self._echo.device.now),
            "duration_ms": player.duration_ms,
            "playing": player.is_sounding,
            "activity": "PLAYING" if player.interrupted else player.activity,
            "next_url": f"{self._audio}/{player.queue[0].file}" if player.queue else None,
        }

    def _place(self) -> dict[str, str] | None:
        player, moment = self._echo.device.player, self._echo.moment()
        stream = decode(player.current.token) if player.current else None
        if stream is None or moment is None:
            return None
        return {
            "exercise": stream.track,
            "step": moment.step.id,
            "plan": f"{stream.pack}/{stream.level}/{stream.tempo}",
        }
