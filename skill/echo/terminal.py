"""``rugoefening simulate``: a virtual Echo in the terminal."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import uuid
from dataclasses import replace
from pathlib import Path

from skill.alexa.locales import LOCALES
from skill.echo.clock import Clock, RealClock, VirtualClock
from skill.echo.dialogue import Until, read_dialogue, waiting
from skill.echo.echo import Echo, Owned, in_process, make_echo, over_http
from skill.echo.keyboard import END, Keyboard, open_keyboard
from skill.echo.loudspeaker import Loudspeaker, Mute, find_loudspeaker
from skill.echo.narrator import Narrator
from skill.echo.stage import Stage
from skill.echo.transport import Transport
from skill.settings import Settings, load_settings

EXAMPLES = """examples:
  rugoefening simulate                          type: Alexa, start rugoefening
  rugoefening simulate --first                  as somebody who never used it
  printf 'Alexa, start rugoefening\\nstart\\n' | rugoefening simulate --fast
  rugoefening simulate --script tests/dialogues/01-eerste-training.txt
  rugoefening simulate --no-player              on a device that can only speak: step by step
  rugoefening simulate --locale en-GB           on an Echo that is set to English
  rugoefening simulate --url http://127.0.0.1:5050

While it runs, type what you would say, at any moment. A line such as "~ 40 s" lets time pass with --fast.
Nothing typed for 8 seconds is silence: the microphone shuts. Ctrl-D or Ctrl-C leaves.
"""
_DAY_S = 86_400
_TICK_S = 0.1
_FAST_STEP_S = 1.0
_LONGEST_S = 3 * 3600


def main(arguments: list[str]) -> int:
    """Run the virtual Echo; the exit status is returned: 1 when a dialogue came out otherwise, else 0.

    Raises RugoefeningError when something that is needed is missing: audio, interaction model, dialogue file.
    """
    chosen = _parser().parse_args(arguments)
    settings = load_settings()
    if chosen.voice:
        settings = replace(settings, voice=chosen.voice)
    if chosen.script:
        return _scripts(settings, chosen.script)
    with tempfile.TemporaryDirectory(prefix="rugoefening-") as folder:
        throwaway = chosen.fast or chosen.first or chosen.later
        if throwaway:
            settings = replace(settings, database=Path(folder) / "simulate.sqlite3")
        transport: Transport = over_http(chosen.url) if chosen.url else in_process(settings)
        clock: Clock = VirtualClock() if chosen.fast else RealClock()
        person = f"amzn1.ask.account.{uuid.uuid4().hex if throwaway else 'virtual-person'}"
        if chosen.later:
            _was_here_yesterday(settings, transport, clock, person)
        owned = Owned(person, locale=chosen.locale, audio_player=not chosen.no_player)
        echo = make_echo(settings, clock, transport, owned)
        return _Session(echo, settings, chosen).run()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rugoefening simulate",
        description="A virtual Echo in the terminal: the device, its routing and its player as Alexa has them.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--fast", action="store_true", help="a virtual clock: nothing is waited for")
    parser.add_argument("--script", metavar="FILE", nargs="+", type=Path, help="run dialogue files and compare")
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--first", action="store_true", help="as somebody who is here for the first time")
    who.add_argument("--later", action="store_true", help="as somebody who heard the full intro yesterday")
    parser.add_argument("--url", metavar="URL", help="a server that runs, instead of a skill in this process")
    parser.add_argument("--voice", metavar="NAME", help="which pack to use (default: RUGOEFENING_VOICE or espeak)")
    parser.add_argument("--locale", choices=LOCALES, default=LOCALES[0], help="the language of the device")
    parser.add_argument("--no-player", action="store_true", help="a device without a player: always step by step")
    parser.add_argument("--mute", action="store_true", help="make no sound")
    parser.add_argument("--json", action="store_true", help="everything that happens, one JSON object a line")
    return parser


def _scripts(settings: Settings, files: list[Path]) -> int:
    failed = 0
    for file in files:
        dialogue = read_dialogue(file)
        with tempfile.TemporaryDirectory(prefix="rugoefening-") as folder:
            difference = Stage(settings, Path(folder)).play(dialogue)
        if difference is None:
            _note(f"{file}: as written")
        else:
            _note(str(difference))
            failed += 1
    return 1 if failed else 0


def _was_here_yesterday(settings: Settings, transport: Transport, clock: Clock, person: str) -> None:
    """Let the same person open the skill a day ago, hear the intro, and say no more."""
    yesterday = make_echo(settings, VirtualClock(clock.now() - _DAY_S), transport, Owned(person))
    yesterday.device.say(f"{settings.wake_word} open {settings.invocation}")
    yesterday.wait(_LONGEST_S)


class _Session:
    """One sitting at the terminal."""

    def __init__(self, echo: Echo, settings: Settings, chosen: argparse.Namespace) -> None:
        self._echo = echo
        self._settings = settings
        self._fast = bool(chosen.fast)
        self._json = bool(chosen.json)
        self._drawn = 0
        self._loudspeaker = self._find_loudspeaker(muted=chosen.mute or chosen.fast or chosen.json)
        self._narrator = Narrator(
            echo, self._write, self._loudspeaker, wake_word=settings.wake_word, as_json=self._json
        )
        self._live = sys.stdout.isatty() and not self._fast and not self._json

    def run(self) -> int:
        """Until the person leaves, or has nothing more to say and all is silent."""
        if sys.stdin.isatty() and not self._json:
            self._write(f"Zeg bijvoorbeeld: {self._settings.wake_word}, start {self._settings.invocation}")
        keyboard = open_keyboard(sys.stdin)
        try:
            if self._fast:
                self._run_fast(keyboard)
            else:
                self._run_live(keyboard)
        except KeyboardInterrupt:
            pass
        finally:
            keyboard.close()
            self._loudspeaker.stop()
            self._erase()
        return 0

    def _run_live(self, keyboard: Keyboard) -> None:
        leaving = False
        while not (leaving and self._echo.device.is_at_rest):
            for line in keyboard.poll(_TICK_S):
                if line is END:
                    leaving = True
                    if sys.stdin.isatty():
                        return
                elif line.strip():
                    self._said(line)
            if leaving:
                self._echo.clock.wait(_TICK_S)
            self._echo.catch_up()
            self._narrator.catch_up()
            self._draw(keyboard.typed)

    def _run_fast(self, keyboard: Keyboard) -> None:
        while True:
            for line in keyboard.poll(_LONGEST_S):
                if line is END:
                    self._pass(_LONGEST_S)
                    return
                if not line.strip():
                    continue
                self._settle()
                wait = waiting(line[1:].strip()) if line.startswith("~") else None
                if isinstance(wait, Until):
                    _note("only a time can pass here, such as ~ 40 s or ~ 10 min; places are for --script")
                elif wait is not None:
                    self._pass(wait)
                else:
                    self._said(line)

    def _said(self, line: str) -> None:
        self._echo.catch_up()
        if not self._json:
            self._write(f"> {line.strip()}")
        if self._echo.device.is_listening or line.casefold().startswith(self._settings.wake_word.casefold()):
            self._narrator.spoken_over()
        self._echo.device.say(line)
        self._narrator.catch_up()

    def _settle(self) -> None:
        while self._echo.device.is_speaking:
            self._pass(_FAST_STEP_S)

    def _pass(self, seconds: float) -> None:
        """Let virtual time pass in small steps, so that lines come in order; stop when nothing will happen."""
        while seconds > 0 and not self._echo.device.is_at_rest:
            step = min(_FAST_STEP_S, seconds)
            self._echo.wait(step)
            self._narrator.catch_up()
            seconds -= step
        self._echo.wait(max(0.0, seconds))

    def _find_loudspeaker(self, *, muted: bool) -> Loudspeaker:
        if muted:
            return Mute()
        found = find_loudspeaker()
        if found is None:
            _note("no audio player found (mpv, ffplay, mpg123, afplay or cvlc): the words are printed only")
            return Mute()
        return found

    def _write(self, text: str) -> None:
        self._erase()
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def _draw(self, typed: str) -> None:
        if not self._live:
            return
        microphone = "● " if self._echo.device.is_listening else ""
        line = f"{self._narrator.live_line()}  {microphone}> {typed}".lstrip()
        width = max(10, shutil.get_terminal_size().columns - 1)
        shown = line[-width:]
        sys.stdout.write("\r" + shown.ljust(self._drawn))
        sys.stdout.write("\r" + shown)
        sys.stdout.flush()
        self._drawn = len(shown)

    def _erase(self) -> None:
        if self._drawn:
            sys.stdout.write("\r" + " " * self._drawn + "\r")
            self._drawn = 0


def _note(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
