"""From a request to what the coach is told: who, where in the routine, what was asked last."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from skill.alexa.token import decode
from skill.coach import Intro, Playhead, Question, Situation, State, Stream, Way
from skill.coach.course import step_offset
from skill.coach.playback import LONG_PAUSE_S
from skill.coach.situation import AFTER_PAIN, AFTER_STEP, CHAIR_ONLY, LEVELS, SPEAKING, STORED_MARKS, UNPLAYED
from skill.content import Content
from skill.content.model import Level, Tempo
from skill.errors import StoreError
from skill.pack import Pack
from skill.progress import Known, Place, Store
from skill.progress.calendar import practice

_LARGEST = 2**53
_SKEW_S = 60
"""So much a request may seem older than what was saved before it."""
INTRO_VALID_S = 30 * 24 * 3600
"""Who has not used the skill for longer hears the full safety intro again."""


@dataclass(frozen=True)
class World:
    """What a request is answered with."""

    content: Content
    pack: Pack
    older_pack: Callable[[str], Pack | None]
    """Finds an earlier pack by its id."""
    store: Store
    routine: str
    id_key: str
    audio_url: str
    """Where the files of the pack are served, without a slash at its end."""


@dataclass(frozen=True)
class Asked:
    """Who asks, when, and the stream that the device tells of."""

    person: str
    device: str
    at: float
    """The request's own time (seconds since 1970)."""
    stream: Stream | None
    offset_ms: int
    playing: bool
    attributes: dict[str, Any]
    """The session's attributes; empty outside a session that was already open."""
    in_session: bool
    audio_player: bool


def read(world: World, envelope: Any) -> Asked:
    """What a deserialised request envelope tells; every part of it may be missing."""
    system = getattr(envelope.context, "system", None)
    player = getattr(envelope.context, "audio_player", None)
    session = envelope.session
    user = getattr(getattr(system, "user", None) or getattr(session, "user", None), "user_id", None)
    device = getattr(system, "device", None)
    interfaces = getattr(device, "supported_interfaces", None)
    in_session = session is not None and session.new is False
    activity = getattr(player, "player_activity", None)
    token = getattr(player, "token", None)
    return Asked(
        person=_hashed(world, user),
        device=_hashed(world, getattr(device, "device_id", None)),
        at=_seconds(getattr(envelope.request, "timestamp", None)),
        stream=ours(world, decode(token)),
        offset_ms=_offset(player),
        playing=getattr(activity, "value", "") in ("PLAYING", "BUFFER_UNDERRUN"),
        attributes=dict(session.attributes or {}) if in_session else {},
        in_session=in_session,
        audio_player=interfaces is None or getattr(interfaces, "audio_player", None) is not None or bool(token),
    )


def ours(world: World, stream: Stream | None) -> Stream | None:
    """The stream when it is of a routine that is served, else None."""
    return stream if stream is not None and stream.routine in world.content.routines else None


def situation(world: World, asked: Asked, exercise: str | None = None) -> Situation:
    """What the coach is told. A store that cannot be read means: unknown person, full intro."""
    profile = _known(world, asked) or Known()
    playhead, saved_at = _place(world, asked, profile)
    question = _question(asked)
    stepping = question in AFTER_STEP
    interrupted = stepping and asked.at < (_time(asked.attributes.get("until")) or 0.0)
    if interrupted:
        question = Question.PAUSE  # the step was not heard to its end, and is still to be done
    playing = asked.playing and playhead is not None and not asked.in_session
    closed = profile.closed and playhead is None
    age = 0.0 if playing or stepping else _age(asked, saved_at)
    eased = not playing and age is not None and age <= LONG_PAUSE_S and _is_eased(asked, playhead)
    if eased and playhead is not None:
        marks = playhead.stream.marks | {AFTER_PAIN}
        playhead = replace(playhead, stream=replace(playhead.stream, marks=marks))
    passed = playhead is not None and not asked.in_session and _is_passed(world, playhead, age)
    if playhead is not None:
        interrupted = interrupted or (SPEAKING in playhead.stream.marks and not asked.in_session and not passed)
        playhead = replace(playhead, stream=replace(playhead.stream, marks=playhead.stream.marks - {SPEAKING}))
    routine = playhead.stream.routine if playhead is not None else world.routine
    trained = practice(profile.finished, asked.at)
    return Situation(
        state=_state(closed, question, playhead, playing),
        routine=routine,
        new_run=secrets.token_hex(4),
        playhead=playhead,
        question=question,
        misses=whole(asked.attributes.get("misses")),
        in_session=asked.in_session,
        level=_member(Level, asked.attributes.get("level"), _member(Level, profile.level, Level.BASIC)),
        tempo=_member(Tempo, asked.attributes.get("tempo"), _member(Tempo, profile.tempo, Tempo.NORMAL)),
        intro=_asked_intro(asked) or _intro(world, asked, profile),
        pause_age_s=age,
        eased=eased,
        audible=asked.playing,
        audio_player=asked.audio_player,
        way=_way(asked, profile),
        mapped=playing and asked.stream is not None and asked.stream.pack != world.pack.id,
        interrupted=interrupted,
        passed=passed,
        finished=profile.completed,
        this_week=trained.this_week,
        last_week=trained.last_week,
        exercise=exercise if exercise and world.content.routines[routine].exercise(exercise) else None,
    )


def translate(world: World, playhead: Playhead, step: str | None = None) -> Playhead | None:
    """A place of an older pack in the pack that is served now, by step id.

    A step that no longer exists falls back to the start of its exercise; an exercise that no longer
    exists to None. ``step`` helps when the older pack is gone.
    """
    stream, pack = playhead.stream, world.pack
    track = pack.track(stream.routine, stream.track, stream.level, stream.tempo)
    if track is None:
        return None
    if stream.pack == pack.id:
        return playhead
    current = replace(stream, pack=pack.id)
    before = world.older_pack(stream.pack)
    old = before.track(stream.routine, stream.track, stream.level, stream.tempo) if before else None
    if old is not None and old.hash == track.hash:
        return Playhead(current, playhead.offset_ms)
    step_id = old.steps[old.step_index(playhead.offset_ms)].id if old is not None else step
    target = track.step(step_id) if step_id else None
    start = target or next(one for one in track.steps if not one.transition)
    return Playhead(current, step_offset(start))


def step_of(world: World, playhead: Playhead) -> str | None:
    """The id of the step at a playhead; None when the pack lacks its track."""
    stream = playhead.stream
    track = world.pack.track(stream.routine, stream.track, stream.level, stream.tempo)
    return track.steps[track.step_index(playhead.offset_ms)].id if track else None


def place_of(world: World, playhead: Playhead, at: float) -> Place | None:
    """A playhead as the store keeps it; None when the pack lacks its track."""
    stream, step = playhead.stream, step_of(world, playhead)
    if step is None:
        return None
    return Place(
        run=stream.run,
        routine=stream.routine,
        track=stream.track,
        step=step,
        offset_ms=playhead.offset_ms,
        level=stream.level,
        tempo=stream.tempo,
        pack=stream.pack,
        marks="".join(sorted(stream.marks & STORED_MARKS)),
        at=at,
    )


def _known(world: World, asked: Asked) -> Known | None:
    try:
        return world.store.load(asked.person, asked.device, asked.stream.run if asked.stream else None)
    except StoreError:  # the store has told it
        return None


def _place(world: World, asked: Asked, known: Known) -> tuple[Playhead | None, float | None]:
    """Where the open run is, and when that was left (None: unknown).

    A device whose own run is over offers no other run: the person on it is not in the middle of one.
    """
    held = _held(world, asked)
    if held is not None:
        return translate(world, held, _held_step(asked)), _time(asked.attributes.get("at"))
    if known.closed and (known.place is None or known.elsewhere):
        return None, None
    saved = _saved(known)
    stream = asked.stream
    moved = saved is not None and stream is not None and _moved_on(saved.stream, stream, known)
    if stream is None or (moved and not asked.playing):
        if saved is None or known.place is None or ours(world, saved.stream) is None:
            return None, None
        return translate(world, saved, known.place.step), known.place.at
    live = Playhead(stream, asked.offset_ms)
    if saved is None or known.place is None or saved.stream.run != stream.run:
        return translate(world, live), None
    step = known.place.step if known.place.track == stream.track else None
    if CHAIR_ONLY in saved.stream.marks - stream.marks:  # decided on while the device still played the other
        return translate(world, saved, known.place.step), known.place.at
    return _agreed(world.pack, translate(world, live, step), saved), known.place.at


def _moved_on(saved: Stream, stream: Stream, known: Known) -> bool:
    """Whether the person went on elsewhere, or without the player, since the device played this stream."""
    return saved.run != stream.run or known.elsewhere or UNPLAYED in saved.marks


def _agreed(pack: Pack, live: Playhead | None, saved: Playhead) -> Playhead | None:
    """The place of the device, with the level, tempo and marks that were decided on after it began to play."""
    if live is None:
        return None
    stream = replace(
        live.stream,
        level=saved.stream.level,
        tempo=saved.stream.tempo,
        marks=live.stream.marks | saved.stream.marks,
    )
    if (stream.level, stream.tempo) == (live.stream.level, live.stream.tempo):
        return replace(live, stream=stream)
    track = pack.track(live.stream.routine, live.stream.track, live.stream.level, live.stream.tempo)
    other = pack.track(stream.routine, stream.track, stream.level, stream.tempo)
    if track is None or other is None:
        return live
    step = other.step(track.steps[track.step_index(live.offset_ms)].id)
    return Playhead(stream, step_offset(step) if step else 0)


def _is_eased(asked: Asked, playhead: Playhead | None) -> bool:
    """Whether going on gently was decided on after the device fell silent, in the same run.

    In the session the place is marked; after it only a lower level waits, which says nothing of why.
    """
    stream = asked.stream
    same = stream is not None and playhead is not None and playhead.stream.run == stream.run
    if asked.in_session and playhead is not None:
        known = stream.marks if stream is not None and same else frozenset[str]()
        return AFTER_PAIN in playhead.stream.marks - known
    if stream is None or playhead is None or not same:
        return False
    return LEVELS.index(playhead.stream.level) < LEVELS.index(stream.level)


def _is_passed(world: World, playhead: Playhead, age: float | None) -> bool:
    """Whether the step that was being spoken when the place was saved has ended since."""
    stream = playhead.stream
    track = world.pack.track(stream.routine, stream.track, stream.level, stream.tempo)
    if SPEAKING not in stream.marks or track is None:
        return False
    step = track.steps[track.step_index(playhead.offset_ms)]
    return age is None or age * 1000 >= step.end_ms - step.start_ms


def _held(world: World, asked: Asked) -> Playhead | None:
    """The place that the open session holds, if any."""
    place = asked.attributes.get("place")
    if not isinstance(place, dict):
        return None
    stream = ours(world, decode(place.get("token")))
    return Playhead(stream, whole(place.get("offset"))) if stream is not None else None


def _held_step(asked: Asked) -> str | None:
    """The step of the place that the open session holds, by its id."""
    step = asked.attributes["place"].get("step")
    return step if isinstance(step, str) else None


def _saved(known: Known) -> Playhead | None:
    place = known.place
    if place is None:
        return None
    stream = Stream(
        routine=place.routine,
        track=place.track,
        level=_member(Level, place.level, Level.BASIC),
        tempo=_member(Tempo, place.tempo, Tempo.NORMAL),
        pack=place.pack,
        run=place.run,
        marks=frozenset(place.marks) & STORED_MARKS,
    )
    return Playhead(stream, place.offset_ms)


def _state(closed: bool, question: Question | None, playhead: Playhead | None, playing: bool) -> State:
    if question is not None:
        return State.STEPPING if question in AFTER_STEP else State.ASKED
    if playhead is None:
        return State.ENDED if closed else State.IDLE
    return State.PLAYING if playing else State.PAUSED


def _way(asked: Asked, known: Known) -> Way:
    """As chosen in this session, else before; a device without a player leaves no choice."""
    if not asked.audio_player:
        return Way.STEP_BY_STEP
    way: Way = _member(Way, asked.attributes.get("way"), _member(Way, known.way, Way.CONTINUOUS))
    return way


def _intro(world: World, asked: Asked, known: Known) -> Intro:
    # one that lies in the future was saved by a clock that was wrong
    heard = known.intro_at is not None and -_SKEW_S <= asked.at - known.intro_at <= INTRO_VALID_S
    same = known.intro_hash == world.pack.text_hash.get(world.routine)
    return Intro.SHORT if heard and same else Intro.FULL


def _asked_intro(asked: Asked) -> Intro | None:
    """The intro that this session began with, so that it can be said again."""
    return held_intro(asked, None) if asked.attributes.get("question") == Question.START else None


def held_intro(asked: Asked, otherwise: Intro | None) -> Intro | None:
    """The intro that the session holds, whatever its question is now."""
    found: Intro | None = _member(Intro, asked.attributes.get("intro"), otherwise)
    return found


def _age(asked: Asked, saved_at: float | None) -> float | None:
    """Seconds since the place was saved; a clock that ran backwards tells nothing."""
    if saved_at is None or asked.at < saved_at - _SKEW_S:
        return None
    return max(0.0, asked.at - saved_at)


def _question(asked: Asked) -> Question | None:
    found: Question | None = _member(Question, asked.attributes.get("question"), None)
    return found


def _member(kind: Any, value: object, otherwise: Any) -> Any:
    try:
        return kind(value) if isinstance(value, str) else otherwise
    except ValueError:
        return otherwise


def whole(value: object) -> int:
    """A number of milliseconds or times that can be worked with; 0 for anything else."""
    usable = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST
    return int(value) if usable else 0  # type: ignore[call-overload]  # a whole number: just checked


def _time(value: object) -> float | None:
    usable = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= _LARGEST
    return float(value) if usable else None  # type: ignore[arg-type]  # a number: just checked


def _offset(player: Any) -> int:
    return whole(getattr(player, "offset_in_milliseconds", None))


def _seconds(timestamp: object) -> float:
    if not isinstance(timestamp, datetime):
        return 0.0
    return (timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=UTC)).timestamp()


def _hashed(world: World, identifier: object) -> str:
    if not isinstance(identifier, str) or not identifier:
        return ""
    return hmac.digest(world.id_key.encode(), identifier.encode(errors="surrogatepass"), "sha256").hex()[:32]
