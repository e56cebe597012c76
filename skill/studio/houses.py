"""Makes the Echos of the tabs as they were set: whose, with which language, and with which voice."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

from flask import Flask

from skill.alexa.locales import LOCALES, language_of
from skill.echo.clock import VirtualClock
from skill.echo.echo import Echo, Owned, in_process, make_echo
from skill.echo.transport import AppTransport, Transport
from skill.errors import RugoefeningError
from skill.pack import MANIFEST, PackReader
from skill.settings import Settings
from skill.studio.report import Newcomer
from skill.studio.sitting import House
from skill.studio.words import Words
from skill.studio.workbench.neighbour import Neighbour
from skill.studio.workbench.wire import Wire

PATIENCE_S = 3.0
"""A browser is given this much longer than a sound lasts; then the device goes on without it."""
_EARLIER_S = 2 * 24 * 3600
"""So long ago somebody was here for whom this is not the first time."""
_OTHER = "andere-echo"


class Houses:
    """Knows the skill with every voice that was asked for."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._apps = {settings.voice: app}
        self._settings = settings
        self._packs = {settings.voice: PackReader(settings.pack_folder)}
        self._lock = threading.Lock()
        self._numbers: Iterator[int] = count(1)

    def voices(self) -> list[str]:
        """The voices that have a pack."""
        return sorted(path.parent.name for path in self._settings.packs.glob(f"*/{MANIFEST}"))

    def stores(self) -> list[Any]:
        """What remembers progress, of each voice that was heard."""
        with self._lock:
            return [app.extensions["store"] for app in self._apps.values()]

    def make(self, newcomer: Newcomer, now: float) -> House:
        """The Echo of a tab, with what is around it. A voice without a pack that fits is the one that is served."""

        voice = newcomer.voice if self._is_there(newcomer.voice) else self._settings.voice
        locale = newcomer.locale or LOCALES[0]
        wire = Wire(self._transport(voice), newcomer.device, self._numbers)
        owned = Owned(_person(newcomer.account), f"amzn1.ask.device.{newcomer.device}", locale)
        echo = self._echo(voice, now, wire, owned)
        other = self._echo(voice, now, wire.beside(_OTHER), replace(owned, device=f"amzn1.ask.device.{_OTHER}"))
        words = Words(self._settings.wake_word, self._settings.invocation, language_of(locale))
        return House(echo, words, wire, Neighbour(other, words), newcomer.account, locale, voice)

    def somebody(self, now: float, *, experienced: bool) -> str:
        """A new account; an experienced one heard the whole intro some days ago, on another Echo."""

        account = str(uuid.uuid4())
        if experienced:
            settings = self._settings
            owned = Owned(_person(account), f"amzn1.ask.device.{account}")
            clock = VirtualClock(now - _EARLIER_S)
            device = make_echo(settings, clock, self._transport(settings.voice), owned).device
            words = Words(settings.wake_word, settings.invocation)
            device.say(words.launch())
            while device.is_speaking and (due := device.next_due()) is not None:
                device.advance_to(due)
            for said in (f"{settings.wake_word}, start", words.bare("stop"), words.bare("stop")):
                device.say(said)
        return account

    def _echo(self, voice: str, now: float, wire: Wire, owned: Owned) -> Echo:
        settings = replace(self._settings, voice=voice)
        packs = self._packs[voice]
        echo = make_echo(settings, VirtualClock(now), wire, owned, packs=packs, patience_s=PATIENCE_S)
        wire.attach(echo.device)
        echo.captions.names("")  # the pack is read now, and not at the first word
        return echo

    def _is_there(self, voice: str) -> bool:
        """Whether the skill can answer with this voice; it is made ready where that is new."""

        with self._lock:
            if voice and voice not in self._apps and voice in self.voices():
                settings = replace(self._settings, voice=voice)
                try:
                    self._apps[voice] = in_process(settings).app
                except RugoefeningError:
                    return False
                self._packs[voice] = PackReader(settings.pack_folder)
            return voice in self._apps

    def _transport(self, voice: str) -> Transport:

        return AppTransport(self._apps[voice])


def _person(account: str) -> str:
    return f"amzn1.ask.account.{account}"
