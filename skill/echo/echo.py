"""A virtual Echo ready to use: device, words, captions and a skill to talk to, put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from skill.alexa.locales import language_of
from skill.echo.assumptions import BUILTINS
from skill.echo.captions import Captions, Moment
from skill.echo.clock import Clock
from skill.echo.device import Device
from skill.echo.envelopes import APPLICATION, Envelopes
from skill.echo.happenings import Happening
from skill.echo.routing import Router
from skill.echo.transport import AppTransport, HttpTransport, Transport
from skill.echo.understanding import MODEL, Understanding, load_understanding
from skill.pack import PackReader
from skill.settings import Settings


@dataclass(frozen=True)
class Owned:
    """Whose Echo it is, and what kind."""

    person: str = "amzn1.ask.account.virtual-person"
    device: str = "amzn1.ask.device.virtual-echo"
    locale: str = "nl-NL"
    audio_player: bool = True


@dataclass
class Log:
    """Keeps what happens, and passes it on."""

    happenings: list[Happening] = field(default_factory=list)
    listeners: list[Callable[[Happening], None]] = field(default_factory=list)

    def __call__(self, happening: Happening) -> None:
        """Something happened."""
        self.happenings.append(happening)
        for listener in self.listeners:
            listener(happening)


@dataclass
class Echo:
    """One person's Echo, its clock, and everything that has happened on it."""

    device: Device
    clock: Clock
    captions: Captions
    log: Log

    @property
    def happenings(self) -> list[Happening]:
        """All that happened so far, oldest first."""
        return self.log.happenings

    def catch_up(self) -> None:
        """Let everything happen that is due by now."""
        self.device.advance_to(self.clock.now())

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.wait(seconds)
        self.catch_up()

    def moment(self) -> Moment | None:
        """The place in the current stream, whether it sounds or stands still; None without one."""
        player = self.device.player
        if player.current is None:
            return None
        track = self.captions.track(player.current.file, player.current.token)
        return self.captions.moment(track, player.offset_ms(self.device.now)) if track else None


def understanding_of(locale: str) -> Understanding:
    """What an Echo of a locale understands. Raises ModelError when its interaction model cannot be read."""
    builtins = BUILTINS.with_name(f"builtins-{language_of(locale)}.yaml")
    return load_understanding(MODEL.with_name(f"{locale}.json"), builtins)


def make_echo(
    settings: Settings,
    clock: Clock,
    transport: Transport,
    owned: Owned = Owned(),
    *,
    packs: PackReader | None = None,
    patience_s: float = 0.0,
) -> Echo:
    """An Echo for these settings. Raises ModelError when the interaction model of its locale cannot be read.

    With ``patience_s`` its sound is made elsewhere: see :class:`Device`.
    """
    understanding = understanding_of(owned.locale)
    router = Router(understanding, invocation=settings.invocation, wake_word=settings.wake_word)
    envelopes = Envelopes(
        application=settings.skill_id or APPLICATION,
        device=owned.device,
        user=owned.person,
        locale=owned.locale,
        audio_player=owned.audio_player,
    )
    log = Log()
    device = Device(
        transport,
        router,
        clock.now(),
        envelopes=envelopes,
        notice=log,
        patience_s=patience_s,
    )
    return Echo(device, clock, Captions(packs or PackReader(settings.pack_folder)), log)


def in_process(settings: Settings) -> AppTransport:
    """The skill inside this process. Raises what create_app raises when something it needs is missing."""
    from skill.web import create_app  # noqa: PLC0415 # Flask is not needed to talk to a server elsewhere

    return AppTransport(create_app(settings))


def over_http(url: str) -> HttpTransport:
    """A skill that is served elsewhere."""
    return HttpTransport(url)
