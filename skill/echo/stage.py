"""Plays a dialogue on the virtual Echo with a virtual clock, up to the first line that comes out otherwise."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

from skill.echo.captions import track_id
from skill.echo.clock import Clock, VirtualClock
from skill.echo.dialogue import (
    DOES,
    END,
    HEARS,
    INTERRUPTS,
    SAYS,
    SEES,
    WAITS,
    Dialogue,
    Difference,
    Line,
    Until,
    waiting,
)
from skill.echo.echo import Echo, Owned, in_process, make_echo
from skill.echo.happenings import Happening, Kind
from skill.settings import Settings

START = 4_107_571_200.0
"""2100-03-01 08:00 UTC, a Monday: when every dialogue begins; so late that no store has a reason to expire it."""
ALEXA_HERSELF = "Alexa zelf"
TROUBLE = "storing"
UNHEARD = "geen gehoor"
NOTHING = "niets"
WITHOUT_PLAYER = " zonder speler"
_NEAR_MS = 1500
"""A stream starts shortly before or after the border of a step; this near counts as at it."""
_BEHIND_S = 0.05
"""On the border of a step, not before it."""
_MOST_EVENTS = 500
_BUTTONS = {"volgende": "Next", "vorige": "Previous", "speel": "Play", "pauze": "Pause"}
_HEARD = (Kind.SKILL_SPEAKS, Kind.REPROMPT, Kind.ALEXA_SPEAKS, Kind.TROUBLE, Kind.UNHEARD)
_PLACE = re.compile(
    r"(speelt|staat stil bij)\s+(\w+)/(\w+)((?:\s+(?:easier|basic|harder|normal|calm))*)(\s+vanaf het begin)?"
)
_AGAIN = re.compile(r"(opnieuw|oudste) (Playback\w+)")
_REPETITION = re.compile(r"herhaling (\d+)")
_NEW_RECORDING = re.compile(r"nieuwe opname(?: zonder (?:(de vorige)|stap (\w+)))?")


class _UnexpectedError(Exception):
    """A line came out otherwise."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(expected, got)
        self.expected = expected
        self.got = got


class Stage:
    """An Echo, a skill with a database of its own, and one dialogue at a time."""

    def __init__(self, settings: Settings, folder: Path, clock: Clock | None = None) -> None:
        self._folder = folder
        self._settings = replace(settings, database=folder / "dialogue.sqlite3")
        self._clock = clock or VirtualClock(START)
        self._echoes: dict[str, Echo] = {}
        self._transport = in_process(self._settings)
        self.echo = self._device("eerste")
        self._turn_start = 0
        self._since = 0

    def play(self, dialogue: Dialogue, show: Callable[[Line], None] | None = None) -> Difference | None:
        """Play a dialogue; the first difference, or None when all came out as written."""
        for line in dialogue.lines:
            if show is not None:
                show(line)
            try:
                self._turn(line)
            except _UnexpectedError as found:
                return Difference(dialogue.path, line.number, found.expected, found.got)
            except LookupError as error:
                return Difference(dialogue.path, line.number, f"{line.mark} {line.text}", str(error))
        try:
            self._nothing_left()
        except _UnexpectedError as found:
            return Difference(dialogue.path, dialogue.lines[-1].number, found.expected, found.got)
        return None

    # ------------------------------------------------------------------ turns

    def _turn(self, line: Line) -> None:
        if line.mark == HEARS:
            self._hears(line.text)
            return
        if line.mark == SEES:
            self._settle()
            self._sees(line.text)
            return
        if line.mark != INTERRUPTS:
            self._settle()
        self._nothing_left()
        self._since = self._turn_start = len(self.echo.happenings)
        if line.mark in (SAYS, INTERRUPTS):
            self.echo.device.say(line.text)
        elif line.mark == WAITS:
            self._waits(line.text)
        elif line.mark == DOES:
            self._does(line.text)

    def _settle(self) -> None:
        """Let what is being said be said to its end."""
        device = self.echo.device
        while device.is_speaking and (due := device.next_due()) is not None:
            self._advance(due)

    def _advance(self, moment: float) -> None:
        self._clock.wait(max(0.0, moment - self._clock.now()))
        self.echo.device.advance_to(moment)

    def _waits(self, text: str) -> None:
        target = waiting(text)
        if isinstance(target, float):
            self._advance(self._clock.now() + target)
        elif isinstance(target, Until):
            self._until(target)

    def _until(self, target: Until) -> None:
        device = self.echo.device
        for _ in range(_MOST_EVENTS):
            ahead = self._seconds_to(target)
            if ahead is not None:
                self._advance(self._clock.now() + ahead)
                return
            due = device.next_due()
            if due is None:
                if target.place == END:
                    return
                break
            self._advance(due)
        raise LookupError(f"the device fell silent before {target.place}")

    def _seconds_to(self, target: Until) -> float | None:
        moment = self.echo.moment()
        if moment is None or not self.echo.device.player.is_sounding:
            return None
        starts = {step.id: step.start_ms for step in moment.track.steps}
        starts |= {f"{track_id(moment.track.key)}/{name}": start for name, start in starts.items()}
        for cue in reversed(moment.step.cues):
            if cue.repetition is not None:
                starts[f"herhaling {cue.repetition}"] = cue.start_ms
        start = starts.get(target.place)
        if start is None:
            return None
        ahead = (start - moment.offset_ms) / 1000 + target.seconds
        if ahead >= 0:
            return ahead + _BEHIND_S
        return 0.0 if -ahead <= _NEAR_MS / 1000 else None

    def _does(self, text: str) -> None:
        device = self.echo.device
        again = _AGAIN.fullmatch(text)
        word, _, rest = text.partition(" ")
        if word == "knop" and rest in _BUTTONS:
            device.press(_BUTTONS[rest])
        elif text == "gebeurtenissen dubbel":
            device.copies = 2
        elif text == "gebeurtenissen gewoon":
            device.copies = 1
        elif text == "gebeurtenissen achterhouden":
            device.held = []
        elif text in ("bezorg", "bezorg omgekeerd"):
            device.deliver_held(backwards=rest == "omgekeerd")
        elif again is not None:
            device.send_again(again[2], first=again[1] == "oudste")
        elif word == "apparaat" and rest:
            self.echo = self._device(rest.removesuffix(WITHOUT_PLAYER), audio_player=not rest.endswith(WITHOUT_PLAYER))
            self.echo.catch_up()
            self._since = self._turn_start = len(self.echo.happenings)
        elif not self._serves(text):
            raise LookupError("nothing that the README of the dialogues names")

    def _serves(self, text: str) -> bool:
        """Do what a line says of the server; False when it says nothing of it."""
        recording = _NEW_RECORDING.fullmatch(text)
        if text == "database kapot":
            self._restart(replace(self._settings, database=self._folder))
            return True
        if recording is not None:
            packs = _recorded_anew(self._settings, self._folder, keep=not recording[1], lost=recording[2] or "")
            self._settings = replace(self._settings, packs=packs)
        if recording is not None or text == "app herstart":
            self._restart(self._settings)
            return True
        return False

    def _restart(self, settings: Settings) -> None:
        self._transport = in_process(settings)
        for echo in self._echoes.values():
            echo.device.transport = self._transport

    def _device(self, name: str, *, audio_player: bool = True) -> Echo:
        if name not in self._echoes:
            owned = Owned(device=f"amzn1.ask.device.{name}", audio_player=audio_player)
            self._echoes[name] = make_echo(self._settings, self._clock, self._transport, owned)
        return self._echoes[name]

    # ------------------------------------------------------------------ expectations

    def _new(self) -> Iterator[tuple[int, Happening]]:
        for index in range(self._since, len(self.echo.happenings)):
            if self.echo.happenings[index].kind in _HEARD:
                yield index, self.echo.happenings[index]

    def _hears(self, expected: str) -> None:
        found = next(self._new(), None)
        if expected == NOTHING:
            if found is not None:
                raise _UnexpectedError("nothing said", self._described(found[1]))
            return
        if found is None:
            raise _UnexpectedError(expected, "nothing said")
        index, happening = found
        if not self._is(happening, expected):
            raise _UnexpectedError(expected, self._described(happening))
        self._since = index + 1

    def _nothing_left(self) -> None:
        left = next(self._new(), None)
        if left is not None:
            raise _UnexpectedError("nothing more said before this line", self._described(left[1]))

    def _is(self, happening: Happening, expected: str) -> bool:
        own = {Kind.ALEXA_SPEAKS: ALEXA_HERSELF, Kind.TROUBLE: TROUBLE, Kind.UNHEARD: UNHEARD}
        if happening.kind in own:
            return own[happening.kind] == expected
        text = self.echo.captions.text(happening.files) or happening.text
        if expected.startswith('"'):
            return expected.strip('"').casefold() in text.casefold()
        wanted = expected.split(" + ")
        if len(wanted) > 1:
            named = zip_longest(happening.files, wanted, fillvalue="")
            return all(self._names(file, one) == one != "" for file, one in named)
        return any(self._names(file, expected) == expected for file in happening.files)

    def _names(self, file: str, expected: str) -> str:
        """The name of a file, in the words that are expected if they are one of its names."""
        names = self.echo.captions.names(file)
        short = [name.split("[")[0].split("@")[0] for name in names]
        return expected if expected in (*names, *short) else " = ".join(names)

    def _described(self, happening: Happening) -> str:
        if happening.kind is Kind.ALEXA_SPEAKS:
            return ALEXA_HERSELF
        if happening.kind in (Kind.TROUBLE, Kind.UNHEARD):
            return f"{happening.kind}: {happening.text}"
        keys = [" = ".join(self.echo.captions.names(file)) for file in happening.files]
        text = self.echo.captions.text(happening.files) or happening.text
        return f"{' + '.join(keys) or 'text'} ({text[:80]!r})"

    def _sees(self, expected: str) -> None:
        got = self._seen(expected)
        if got != expected:
            raise _UnexpectedError(expected, got)

    def _seen(self, expected: str) -> str:
        device = self.echo.device
        place = _PLACE.fullmatch(expected)
        if place is not None:
            return self._seen_place(expected, place)
        if expected.startswith("microfoon "):
            return f"microfoon {'open' if device.is_listening else 'dicht'}"
        if expected.startswith("sessie "):
            return f"sessie {'open' if device.in_session else 'dicht'}"
        if expected == "niets speelt":
            return f"speelt {self._place()}" if device.player.is_sounding else expected
        if expected.startswith("skill hoorde "):
            return self._requests()
        if expected.startswith("wachtrij "):
            return self._queue()
        if _REPETITION.fullmatch(expected):
            return self._repetition()
        return "nothing that the README of the dialogues names"

    def _seen_place(self, expected: str, wanted: re.Match[str]) -> str:
        moment = self.echo.moment()
        if moment is None:
            return "no stream"
        how = "speelt" if self.echo.device.player.is_sounding else "staat stil bij"
        extra = wanted[4].split()
        parts = moment.track.key.split("/")
        same = all(one in parts[2:] for one in extra) and (how, moment.name) == (wanted[1], f"{wanted[2]}/{wanted[3]}")
        near = not wanted[5] or abs(moment.offset_ms - moment.step.start_ms) <= _NEAR_MS
        if same and near:
            return expected
        return f"{how} {self._place()}"

    def _place(self) -> str:
        moment = self.echo.moment()
        if moment is None:
            return "nothing"
        _, _, level, tempo = moment.track.key.split("/")
        into = (moment.offset_ms - moment.step.start_ms) / 1000
        return f"{moment.name} {level} {tempo} ({into:.1f} s into the step)"

    def _requests(self) -> str:
        asked = [
            one.text
            for one in self.echo.happenings[self._turn_start :]
            if one.kind is Kind.REQUEST and not one.text.startswith(("AudioPlayer.", "System."))
        ]
        return f"skill hoorde {', '.join(asked) or NOTHING}"

    def _queue(self) -> str:
        queue = self.echo.device.player.queue
        names = []
        for stream in queue:
            track = self.echo.captions.track(stream.file, stream.token)
            names.append(track_id(track.key) if track else stream.file)
        return f"wachtrij {' '.join(names) or 'leeg'}"

    def _repetition(self) -> str:
        moment = self.echo.moment()
        if moment is None or moment.cue is None or moment.cue.repetition is None:
            return f"no repetition ({self._place()})"
        return f"herhaling {moment.cue.repetition}"


def _recorded_anew(settings: Settings, folder: Path, *, keep: bool, lost: str) -> Path:
    """The pack under another id, as after a new build; the earlier one is kept or gone, and had the step ``lost``."""
    served = settings.pack_folder
    manifest = json.loads((served / "manifest.json").read_text(encoding="utf-8"))
    earlier = manifest["pack"]
    anew = folder / f"after-{earlier}" / served.name
    anew.mkdir(parents=True)
    for file in served.glob("*.mp3"):
        (anew / file.name).symlink_to(file.resolve())
    (anew / "manifest.json").write_text(json.dumps({**manifest, "pack": earlier[::-1]}), encoding="utf-8")
    for track in manifest["tracks"].values():
        track["hash"] = f"earlier-{track['hash']}"
        for step in track["steps"]:
            step["id"] = f"{lost}_before" if step["id"] == lost else step["id"]
    if keep:
        (anew / f"manifest-{earlier}.json").write_text(json.dumps(manifest), encoding="utf-8")
    return anew.parent
