"""The virtual Echo: microphone, session, speech and player, as a real device has them.

It speaks Alexa's protocol and knows nothing of the coach. Time is told to it (:meth:`Device.advance_to`); between
two moments it does by itself what a device does: open and shut the microphone, reprompt, play on, send events.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from skill.alexa.contract import check
from skill.echo.envelopes import Envelopes, intent_of
from skill.echo.happenings import Happening, Kind
from skill.echo.player import IDLE, PLAYING, Activity, Player, PlayerEvent, Stream
from skill.echo.routing import Road, Router
from skill.echo.speech import Speech, length_ms, session_of, speech_of
from skill.echo.transport import Transport
from skill.echo.understanding import Understood

LISTENS_S = 8.0
"""How long the microphone stays open."""
ALEXA_SPEAKS_S = 1.5
_MOST_EVENTS_AT_ONCE = 50


@dataclass
class _Session:
    identity: str
    attributes: dict[str, Any] = field(default_factory=dict)
    reprompt: Speech | None = None
    new: bool = True


@dataclass
class _Exchange:
    """What is still to happen after the words that sound now."""

    ends_at: float
    plays: Sequence[Mapping[str, Any]] = ()
    opens_microphone: bool = False
    speech: Speech | None = None


class Device:
    """One Echo with one skill."""

    def __init__(
        self,
        transport: Transport,
        router: Router,
        now: float,
        *,
        envelopes: Envelopes | None = None,
        notice: Callable[[Happening], None] | None = None,
        loopback: bool = True,
        patience_s: float = 0.0,
    ) -> None:
        self.now = now
        self.transport = transport
        self.envelopes = envelopes or Envelopes()
        self.player = Player(self.length_of, patience_s=patience_s)
        self.sent: list[dict[str, Any]] = []
        """Every request that went to the skill, oldest first."""
        self.held: list[tuple[PlayerEvent, dict[str, Any]]] | None = None
        """While a list: playback events are kept here and not delivered, as on a bad network."""
        self.copies = 1
        """How often each playback event is delivered."""
        self._router = router
        self._notice = notice or (lambda _: None)
        self._loopback = loopback
        self._patience_s = patience_s
        """How much later than its length says a sound may end; above 0 when it is made elsewhere, which tells."""
        self._lengths: dict[str, int] = {}
        self._numbers = count(1)
        self._session: _Session | None = None
        self._exchange: _Exchange | None = None
        self._shuts_at: float | None = None

    # ------------------------------------------------------------------ what one can see

    @property
    def is_listening(self) -> bool:
        """Whether the microphone is open."""
        return self._shuts_at is not None

    @property
    def is_speaking(self) -> bool:
        """Whether the skill or Alexa speaks."""
        return self._exchange is not None

    @property
    def in_session(self) -> bool:
        """Whether a session with the skill is open."""
        return self._session is not None

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing will happen any more until somebody does something."""
        return self._due() is None

    def length_of(self, url: str) -> int | None:
        """How long the audio at an address lasts (ms), from its bytes; None when it cannot be fetched."""
        if url not in self._lengths:
            data = self.transport.fetch(url)
            if data is None:
                return None
            self._lengths[url] = length_ms(data)
        return self._lengths[url]

    def audio(self, file: str) -> bytes | None:
        """The bytes of an audio file that an answer has named, by its file name; None when it cannot be had."""
        url = next((one for one in self._lengths if one.rsplit("/", 1)[-1] == file), None)
        return self.transport.fetch(url) if url else None

    # ------------------------------------------------------------------ what one can do

    def say(self, text: str) -> Road:
        """Somebody says something; where it went is returned."""
        route = self._router.route(
            text,
            in_session=self.in_session,
            listening=self.is_listening,
            played_last=self.player.current is not None,
        )
        if route.road is Road.UNHEARD:
            self._tell(Kind.UNHEARD, text)
            return route.road
        player = self._player_context()  # as it was when the wake word was heard
        self._exchange = None  # whoever speaks is cut off, and what was to come after it is dropped
        self._shut_microphone()
        self._send_all(self.player.interrupt(self.now))
        if route.road is Road.ALEXA:
            self._tell(Kind.ALEXA_SPEAKS, seconds=ALEXA_SPEAKS_S)
            self._exchange = _Exchange(self.now + ALEXA_SPEAKS_S)
        elif route.road is Road.EXIT:
            self._end_session("USER_INITIATED")
            self._send_all(self.player.go_on(self.now))
        else:
            if route.road is not Road.INTENT or self._session is None:
                self._session = _Session(f"amzn1.echo-api.session.{next(self._numbers):08d}")
            self._ask(self._session, route.understood, player)
        return route.road

    def press(self, button: str) -> None:
        """A button of the device or its remote control: Next, Previous, Play or Pause."""
        envelope = self.envelopes.button(button, self.now, self._player_context())
        self._event_answer(envelope, self._post(envelope))

    def put_back(self, stream: Stream, offset_ms: int, activity: Activity) -> None:
        """This is a device that was here before, with this in its player: what played goes on."""
        self.player.put_back(stream, offset_ms, activity)
        self._send_all(self.player.go_on(self.now))

    def speech_heard(self, offset_ms: int, now: float, *, over: bool = False) -> None:
        """The files of the words that sound now are played elsewhere, and are here (ms) or over."""
        exchange = self._exchange
        if exchange is not None and exchange.speech is not None and exchange.speech.files:
            left = max(0.0, exchange.speech.seconds - offset_ms / 1000) + self._patience_s
            exchange.ends_at = now if over else now + left

    def player_failed(self) -> None:
        """The stream that sounds now cannot be played."""
        self._send_all(self.player.fail(self.now))

    def send_again(self, kind: str, *, first: bool = False) -> None:
        """Deliver an earlier playback event once more: the latest of its kind, or the very first."""
        found = [one for one in self.sent if one["request"]["type"] == f"AudioPlayer.{kind}"]
        if not found:
            raise LookupError(f"no {kind} was sent yet")
        envelope = found[0 if first else -1]
        self._event_answer(envelope, self._post(envelope))

    def deliver_held(self, *, backwards: bool = False) -> None:
        """Deliver the playback events that were held back, and hold no more."""
        waiting, self.held = self.held or [], None
        for _, envelope in reversed(waiting) if backwards else waiting:
            self._event_answer(envelope, self._post(envelope))

    def advance_to(self, moment: float) -> None:
        """Let time pass until this moment, with everything that happens on the way."""
        while (due := self._due()) is not None and due <= moment:
            self.now = max(self.now, due)
            self._happen()
        self.now = max(self.now, moment)

    def next_due(self) -> float | None:
        """When something happens by itself, None when nothing will."""
        return self._due()

    # ------------------------------------------------------------------ time

    def _due(self) -> float | None:
        moments = [self._exchange.ends_at if self._exchange else None, self._shuts_at, self.player.due()]
        return min((moment for moment in moments if moment is not None), default=None)

    def _happen(self) -> None:
        if self._exchange is not None and self._exchange.ends_at <= self.now:
            self._speech_over(self._exchange)
        elif self._shuts_at is not None and self._shuts_at <= self.now:
            self._silence()
        else:
            self._send_all(self.player.tick(self.now))

    def _speech_over(self, exchange: _Exchange) -> None:
        self._exchange = None
        self._tell(Kind.SPEECH_OVER)
        for directive in exchange.plays:
            self._play(directive)
        if exchange.opens_microphone:
            self._shuts_at = self.now + LISTENS_S
            self._tell(Kind.LISTENING)
        elif self._session is None:
            self._send_all(self.player.go_on(self.now))

    def _silence(self) -> None:
        self._shut_microphone()
        session = self._session
        if session is not None and session.reprompt is not None:
            speech, session.reprompt = session.reprompt, None
            self._tell(Kind.REPROMPT, speech.text, speech.files, speech.seconds)
            self._exchange = self._utterance(speech, opens_microphone=True)
            return
        self._end_session("EXCEEDED_MAX_REPROMPTS")
        self._send_all(self.player.go_on(self.now))

    def _shut_microphone(self) -> None:
        if self._shuts_at is not None:
            self._shuts_at = None
            self._tell(Kind.MICROPHONE_SHUT)

    def _end_session(self, reason: str) -> None:
        session, self._session = self._session, None
        if session is None:
            return
        self._tell(Kind.SESSION_ENDED, reason)
        old = session_of(session.identity, session.attributes, new=False)
        envelope = self.envelopes.session_ended(reason, self.now, old, self._player_context())
        self._post(envelope)  # no answer to it is ever used

    # ------------------------------------------------------------------ requests and answers

    def _ask(self, session: _Session, understood: Understood | None, player: Mapping[str, Any]) -> None:
        described = session_of(session.identity, session.attributes, new=session.new)
        session.new = False
        if understood is None:
            envelope = self.envelopes.launch(self.now, described, player)
        else:
            envelope = self.envelopes.intent(intent_of(understood), self.now, described, player)
        status, answer = self._post(envelope)
        problem = self._problem(envelope, status, answer)
        if problem:
            self._trouble(envelope, status, problem)
            return
        self._obey(session, answer)

    def _obey(self, session: _Session, answer: Mapping[str, Any]) -> None:
        response = answer["response"]
        speech = speech_of(response.get("outputSpeech"), self.length_of)
        directives: Sequence[Mapping[str, Any]] = response.get("directives") or ()
        self._directives([one for one in directives if one["type"] != "AudioPlayer.Play"])
        stays = response.get("shouldEndSession") is False
        if stays:
            session.attributes = dict(answer.get("sessionAttributes") or {})
            reprompt = response.get("reprompt") or {}
            session.reprompt = speech_of(reprompt.get("outputSpeech"), self.length_of)
        else:
            self._session = None
            self._tell(Kind.SESSION_ENDED, "skill")
        if speech is not None:
            self._tell(Kind.SKILL_SPEAKS, speech.text, speech.files, speech.seconds)
        plays = [one for one in directives if one["type"] == "AudioPlayer.Play"]
        self._exchange = self._utterance(speech, plays, opens_microphone=stays)

    def _utterance(
        self, speech: Speech | None, plays: Sequence[Mapping[str, Any]] = (), *, opens_microphone: bool
    ) -> _Exchange:
        seconds = speech.seconds if speech else 0.0
        patience = self._patience_s if speech and speech.files else 0.0
        return _Exchange(self.now + seconds + patience, plays, opens_microphone, speech)

    def _trouble(self, envelope: Mapping[str, Any], status: int, problem: str) -> None:
        """The skill is not there, or its answer is refused: Alexa says so, and tells the skill."""
        self._session = None
        self._tell(Kind.TROUBLE, problem, seconds=ALEXA_SPEAKS_S)
        self._exchange = _Exchange(self.now + ALEXA_SPEAKS_S)
        if status == 200:
            self._complain(envelope, problem)

    def _complain(self, envelope: Mapping[str, Any], problem: str) -> None:
        cause = str(envelope["request"]["requestId"])
        self._post(self.envelopes.exception(cause, problem, self.now, self._player_context()))

    def _post(self, envelope: dict[str, Any]) -> tuple[int, Any]:
        self.sent.append(envelope)
        request = envelope["request"]
        self._tell(Kind.REQUEST, request.get("intent", {}).get("name") or request["type"])
        return self.transport(envelope)

    def _problem(self, envelope: Mapping[str, Any], status: int, answer: Any) -> str:
        if status != 200:
            return f"the skill answered with status {status}" if status else "the skill does not answer"
        violations = check(envelope, answer, loopback=self._loopback, length_ms=self.length_of)
        return "; ".join(f"{one.message} ({one.source})" for one in violations)

    # ------------------------------------------------------------------ the player

    def _send_all(self, events: list[PlayerEvent]) -> None:
        """Send events and do what the answers say, which may cause further events."""
        waiting = list(events)
        for _ in range(_MOST_EVENTS_AT_ONCE):
            if not waiting:
                return
            event = waiting.pop(0)
            offset = {"offset_ms": event.offset_ms, "token": event.stream.token}
            self._tell(Kind.PLAYER, event.kind, (event.stream.file,), details=offset)
            envelope = self.envelopes.event(event, self.now, self._player_context())
            if self.held is not None:
                self.held.append((event, envelope))
                continue
            for _copy in range(self.copies):
                self._event_answer(envelope, self._post(envelope))

    def _event_answer(self, envelope: Mapping[str, Any], result: tuple[int, Any]) -> None:
        status, answer = result
        problem = self._problem(envelope, status, answer)
        if problem:
            self._tell(Kind.REFUSED, problem)
            if status == 200:
                self._complain(envelope, problem)
            return
        self._directives(answer["response"].get("directives") or ())

    def _directives(self, directives: Sequence[Mapping[str, Any]]) -> None:
        for directive in directives:
            kind = directive["type"]
            if kind == "AudioPlayer.Play":
                self._play(directive)
            elif kind == "AudioPlayer.Stop":
                self._send_all(self.player.stop(self.now))
            elif kind == "AudioPlayer.ClearQueue":
                self._send_all(self.player.clear(directive["clearBehavior"], self.now))

    def _play(self, directive: Mapping[str, Any]) -> None:
        item = directive["audioItem"]
        stream = item["stream"]
        found = Stream(
            url=stream["url"],
            token=stream["token"],
            start_ms=stream["offsetInMilliseconds"],
            expected_previous_token=stream.get("expectedPreviousToken"),
            metadata=item.get("metadata"),
        )
        self._send_all(self.player.play(directive["playBehavior"], found, self.now))

    def _player_context(self) -> dict[str, Any]:
        player = self.player
        if player.current is None:
            return {"playerActivity": IDLE}
        return {
            "token": player.current.token,
            "offsetInMilliseconds": player.offset_ms(self.now),
            # an utterance only holds the stream for a moment: to the skill it plays until something ends it
            "playerActivity": PLAYING if player.interrupted else player.activity,
        }

    def _tell(
        self,
        kind: Kind,
        text: str = "",
        files: tuple[str, ...] = (),
        seconds: float = 0.0,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        self._notice(Happening(kind, self.now, text, files, seconds, details or {}))
