"""How one exchange changes what should be true of a device."""

from __future__ import annotations

from dataclasses import replace

from skill.coach import Command
from tests.walk.beliefs import CLOSING, PREPARATION, Belief, Hurt, Spoken, run_of
from tests.walk.editions import Editions, Place
from tests.walk.phrases import CHANGES, QUESTIONS, SAFETY
from tests.walk.wire import Exchange, column

_LEAVES = frozenset((Command.STOP, Command.PAUSE, Command.WAIT, Command.NO, Command.READY))
_NEAR_S = 2.0
"""So near the end of a spoken step nobody can tell whether it was heard to its end."""
_ASKS = frozenset(("step_ask", "between"))


def learn(belief: Belief, exchange: Exchange, now: float, clips: frozenset[str], editions: Editions) -> Belief:
    """What should be true of a device after an exchange."""
    if exchange.kind == "AudioPlayer.PlaybackStarted" and exchange.envelope["request"]["token"] == belief.begun:
        return replace(belief, begun="")
    if not _is_deed(exchange):
        return belief
    playing = exchange.player.get("playerActivity") == "PLAYING"
    if playing:
        belief = replace(belief, heard_at=now, counted_from=None)
    if not exchange.works:
        belief = replace(belief, sure=False)
    if exchange.begins:
        return _begins(belief, exchange, now, editions)
    if belief.spoken is not None:
        belief = _behind_a_step(belief, belief.spoken, exchange, now, editions)
    if "Stop" in exchange.directives:
        belief = _stops(belief, exchange, editions, playing=playing)
    return _told(belief, exchange, clips)


def _is_deed(exchange: Exchange) -> bool:
    """Whether somebody said, pressed or deliberately left something unsaid."""
    button = exchange.kind.startswith("PlaybackController.")
    return exchange.command is not None or button or exchange.kind == "SessionEndedRequest"


def _begins(belief: Belief, exchange: Exchange, now: float, editions: Editions) -> Belief:
    quiet = "a spoken step" if exchange.speaks_a_step else ""
    if exchange.target is None:  # the closing: nothing is left of the run
        return Belief(quiet=quiet, heard_at=now, sure=exchange.works)
    token, offset = exchange.target
    run = run_of(token)
    hurt = belief.hurt
    if hurt is not None:
        same = hurt.run == run and exchange.command is not Command.HARDER and belief.recent(now)
        hurt = replace(hurt, went_on=True) if same else None
    chair = belief.chair_run if belief.chair_run == run else ""
    if exchange.command is Command.CHAIR_ONLY:
        chair = run
    if exchange.command is Command.CHOOSE_EXERCISE:
        chair = ""
    place = editions.place(token, offset)
    spoken = Spoken(place, run, now, now + _spoken_s(exchange, editions)) if exchange.speaks_a_step and place else None
    begun = token if exchange.replaces else ""
    return Belief(quiet, begun=begun, heard_at=now, hurt=hurt, chair_run=chair, sure=exchange.works, spoken=spoken)


def _spoken_s(exchange: Exchange, editions: Editions) -> float:
    """How long the answer speaks up to the end of its step."""
    files = [file for file in exchange.files if not {clip.split("[")[0] for clip in editions.clips(file)} & _ASKS]
    return sum(editions.length_ms(file) for file in files) / 1000


def _behind_a_step(belief: Belief, spoken: Spoken, exchange: Exchange, now: float, editions: Editions) -> Belief:
    """Words or silence behind a step, or into it: where that leaves the run."""
    if abs(now - spoken.until) < _NEAR_S or exchange.command is Command.LAUNCH:
        return replace(belief, spoken=None)
    into = now < spoken.until
    if not into and (exchange.command in QUESTIONS or exchange.command in CHANGES) and exchange.opens:
        return replace(belief, heard_at=now, counted_from=spoken.began)
    leaves = exchange.command in _LEAVES or exchange.kind == "SessionEndedRequest"
    if not into and leaves:
        step = editions.following(spoken.place)
        place = replace(spoken.place, step=step) if step else None
    else:
        place = spoken.place if into or exchange.command in SAFETY else None
    return replace(_left(belief, place, spoken.run, exchange), heard_at=now, counted_from=spoken.began, spoken=None)


def _stops(belief: Belief, exchange: Exchange, editions: Editions, *, playing: bool) -> Belief:
    belief = replace(belief, quiet=str(exchange.command or exchange.kind))
    if not playing:
        return belief
    token = exchange.player["token"]
    if belief.begun not in ("", token):  # the answer that began it was cut off: the player still tells of before
        return replace(belief, left=None, left_run="")
    return _left(belief, editions.place(token, exchange.player["offsetInMilliseconds"]), run_of(token), exchange)


def _left(belief: Belief, place: Place | None, run: str, exchange: Exchange) -> Belief:
    over = run in column(exchange.after["closed"], "run")
    if over or place is None or place.exercise == PREPARATION or place.step == CLOSING:
        return replace(belief, left=None, left_run="")
    return replace(belief, left=place, left_run=run, sure=exchange.works)


def _told(belief: Belief, exchange: Exchange, clips: frozenset[str]) -> Belief:
    ended = bool(clips & {"pain_second", "emergency", "see_doctor", "ask_first"})
    if ended or clips & {"forget_done", "goodbye"}:
        token = exchange.player.get("token")
        closed = column(exchange.after["closed"] - exchange.before["closed"], "run")
        over = ended and token is not None and run_of(token) in closed
        return replace(belief, left=None, left_run="", hurt=None, over=over, spoken=None)
    if "pain_first" in clips and belief.left is not None:
        token = (exchange.held or ("",))[0] or exchange.player.get("token", "")
        lasting = bool(token) and token.split(":")[3] != "easier" and "s" not in token.split(":")[7]
        return replace(belief, hurt=Hurt(belief.left_run, exchange.session, lasting))
    if exchange.command is Command.HARDER:
        return replace(belief, hurt=None)
    return belief
