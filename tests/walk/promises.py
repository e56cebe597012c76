"""The promises of the design that hold after every step, one function each; the numbers are those of its list.

A function gets what just happened and yields a sentence for everything that broke its promise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from skill.alexa.token import decode, encode
from skill.coach import Command
from skill.echo.happenings import Happening, Kind
from tests.walk.beliefs import Belief, Beliefs, hashed, passed, run_of
from tests.walk.editions import LEAD_MS, Edition, Editions, Place
from tests.walk.phrases import CHANGES, ENDS_THE_RUN, GOES_ON, QUESTIONS, SAFETY
from tests.walk.wire import Exchange, Row, column

HEALTH = (
    "pain",
    "pijn",
    "dizzy",
    "duizel",
    "emergency",
    "spoed",
    "doctor",
    "dokter",
    "ask_first",
    "symptom",
)
"""What may stand neither in the store nor in the log."""
_NEVER_PLAYS = QUESTIONS | SAFETY | {"launch", "stop", "no", "forget_me", "step_by_step", "continuous"}
_INTROS = frozenset(("intro_first", "intro_later"))


@dataclass(frozen=True)
class Seen:
    """One exchange, and what should have been true before it."""

    exchange: Exchange
    now: float
    clips: frozenset[str]
    before: Beliefs
    editions: Editions
    served: Edition
    key: str
    """What ids are hashed with."""

    @property
    def belief(self) -> Belief:
        """What should have been true of the device."""
        return self.before.devices[self.exchange.device]

    @property
    def names(self) -> frozenset[str]:
        """The clips that are said, without their fill-ins."""
        return frozenset(clip.split("[")[0] for clip in self.clips)

    @property
    def target(self) -> Place | None:
        """Where the training goes on, played or spoken; None where it does not, and in the spoken closing."""
        target = self.exchange.target
        return self.editions.place(*target) if target is not None else None


Promise = Callable[[Seen], Iterator[str]]


# ---------------------------------------------------------------------- 1: the token is the state


def doubles_change_nothing(seen: Seen) -> Iterator[str]:
    """1: an event that arrives once more leaves the store as it was."""
    if seen.exchange.again and seen.exchange.before != seen.exchange.after:
        yield f"a double {seen.exchange.kind} changed {_difference(seen.exchange)}"


def events_only_follow(seen: Seen) -> Iterator[str]:
    """1: no event makes another stream play at once, but for one that failed and is tried once more."""
    exchange = seen.exchange
    if exchange.kind.startswith("AudioPlayer.") and exchange.replaces:
        retried = exchange.kind == "AudioPlayer.PlaybackFailed"
        if not retried or exchange.again:
            yield f"{exchange.kind} began to play"


def tokens_are_whole(seen: Seen) -> Iterator[str]:
    """1: every stream has a token that can be read back, names the file it plays and the pack that is served."""
    if seen.exchange.play is None:
        return
    stream = seen.exchange.stream
    token = stream["token"]
    read = decode(token)
    if read is None or encode(read) != token:
        yield f"token {token} cannot be read back"
        return
    if read.pack != seen.served.pack.id:
        yield f"token {token} names another pack than {seen.served.pack.id}"
        return
    track = seen.editions.track(token)
    if track is None or not stream["url"].endswith(f"/{track.file}"):
        yield f"{stream['url']} is not the track of {token}"
    elif not 0 <= stream["offsetInMilliseconds"] < track.ms:
        yield f"offset {stream['offsetInMilliseconds']} lies outside the track"


# ---------------------------------------------------------------------- 3: coming back


def one_shot_questions_start_nothing(seen: Seen) -> Iterator[str]:
    """3: a question outside a session is answered without a directive."""
    exchange = seen.exchange
    if exchange.new_session and exchange.command in QUESTIONS and exchange.directives:
        yield f"{exchange.command} was answered with {exchange.directives}"


def only_words_that_go_on_play(seen: Seen) -> Iterator[str]:
    """3: nothing but going on, choosing a place or the preparation makes audio play."""
    exchange, command = seen.exchange, seen.exchange.command
    if command is None or not exchange.begins:
        return
    playing = exchange.player.get("playerActivity") == "PLAYING"
    if command in _NEVER_PLAYS:
        yield f"{command} began to play"
    elif command in CHANGES and not (playing and exchange.new_session):
        yield f"{command} ended a pause"
    elif command in (Command.PAUSE, Command.WAIT) and (seen.target is None or seen.target.exercise != "preparation"):
        yield f"{command} began to play {seen.target}"


def the_place_is_kept(seen: Seen) -> Iterator[str]:
    """3: going on within 30 minutes is in the same exercise and step, and never further than it was left."""
    left, exchange = seen.belief.left, seen.exchange
    if left is None or exchange.command not in GOES_ON or not seen.belief.recent(seen.now):
        return
    if exchange.command in (Command.RESUME, Command.START) and not exchange.begins:
        yield f"{exchange.command} did not go on from {left}, but said {sorted(seen.clips)}"
    if not exchange.begins or seen.target is None:
        return
    step = left.step if seen.served.has_step(left.exercise, left.step) else seen.served.first_step(left.exercise)
    if (seen.target.exercise, seen.target.step) != (left.exercise, step):
        yield f"went on at {seen.target} instead of {left}"


def a_long_pause_asks_first(seen: Seen) -> Iterator[str]:
    """3: after more than 30 minutes nothing goes on without a question first."""
    exchange = seen.exchange
    if exchange.new_session and exchange.command in GOES_ON and seen.belief.long_ago(seen.now) and exchange.begins:
        yield f"{exchange.command} went on at once after {seen.now - seen.belief.heard_at:.0f} s"


# ---------------------------------------------------------------------- 4: safety first


def safety_stops_the_audio(seen: Seen) -> Iterator[str]:
    """4: a safety word stops the audio; what ends the run also empties the queue; nothing plays."""
    exchange = seen.exchange
    if exchange.command not in SAFETY or not exchange.has_player:
        return
    ends = exchange.command in ENDS_THE_RUN or "pain_second" in seen.clips
    wanted = ("Stop", "ClearQueue") if ends else ("Stop",)
    if exchange.directives != wanted:
        yield f"{exchange.command} was answered with {exchange.directives}"
    if exchange.opens == ends:
        yield f"{exchange.command}: the microphone is {'open' if exchange.opens else 'shut'}"


def the_run_is_over(seen: Seen) -> Iterator[str]:
    """4: what ends a run for safety leaves no place of it."""
    exchange = seen.exchange
    if exchange.works and (exchange.command in ENDS_THE_RUN or "pain_second" in seen.clips):
        token = exchange.player.get("token")
        playing = exchange.player.get("playerActivity") == "PLAYING"
        if token is not None and playing and exchange.new_session and run_of(token) not in _closed(exchange):
            yield f"{exchange.command} left run {run_of(token)} open"


def an_ended_run_gives_the_intro(seen: Seen) -> Iterator[str]:
    """4: going on with a run that was ended for safety gives the full intro; opening gives an intro."""
    exchange, belief = seen.exchange, seen.belief
    if not (belief.over and belief.sure and exchange.works and exchange.new_session):
        return
    if exchange.command is Command.RESUME and "intro_first" not in seen.clips:
        yield f"going on with an ended run said {sorted(seen.clips)}"
    if exchange.command is Command.LAUNCH and not seen.names & _INTROS:
        yield f"opening behind an ended run said {sorted(seen.clips)}"


def pain_makes_it_easier(seen: Seen) -> Iterator[str]:
    """4: whatever plays after a first pain is easier, and a second pain in the run ends it."""
    exchange, belief = seen.exchange, seen.belief
    if belief.hurt is None or not belief.recent(seen.now) or not exchange.works:
        return
    if belief.hurt.run in column(exchange.before["closed"], "run"):
        return
    if exchange.command is not None and exchange.target and exchange.command is not Command.HARDER:
        level = exchange.target[0].split(":")[3]
        if level != "easier":
            yield f"after pain {exchange.command} plays at {level}"
    if exchange.command is Command.PAIN and "pain_second" not in seen.clips:
        same = belief.left_run or run_of((exchange.held or (exchange.player["token"],))[0])
        # outside the session little tells of it: nothing about pain is stored
        told = belief.hurt.went_on and belief.hurt.lasting
        if same == belief.hurt.run and (told or exchange.session == belief.hurt.session):
            yield f"a second pain said {sorted(seen.clips)}"


def jumps_land_on_a_first_word(seen: Seen) -> Iterator[str]:
    """4: a stream begins at a line, so that no warning of what follows is missed half."""
    exchange = seen.exchange
    if exchange.play is None or exchange.kind == "AudioPlayer.PlaybackFailed" or seen.target is None:
        return
    track = seen.editions.track(exchange.stream["token"])
    assert track is not None
    offset = seen.target.offset_ms
    starts = [cue.start_ms for step in track.steps for cue in step.cues] + [step.start_ms for step in track.steps]
    if offset and not any(offset <= start <= offset + LEAD_MS for start in starts):
        yield f"{exchange.command or exchange.kind} begins in the middle of a line, at {seen.target}"


# ---------------------------------------------------------------------- 5: no health data


def no_health_data(seen: Seen) -> Iterator[str]:
    """5: nothing in the store tells of pain, and ids stand there only as keyed hash."""
    if seen.exchange.before == seen.exchange.after:
        return
    kept = " ".join(str(value) for rows in seen.exchange.after.values() for row in rows for _, value in row)
    yield from (f"the store holds {word!r}" for word in (*HEALTH, "amzn1", "ANNA", "BERT") if word in kept)
    if any("a" in marks for marks in column(seen.exchange.after["place"], "marks")):
        yield "the store holds the mark of pain"


def only_wishes_change_the_profile(seen: Seen) -> Iterator[str]:
    """5: a level that pain asked for is not kept as what the person likes."""
    if seen.exchange.command in CHANGES:
        return
    known = _levels(seen.exchange.before["person"])
    if any(level is not None for _, level in _levels(seen.exchange.after["person"]) - known):
        yield f"{seen.exchange.command} kept a level"


def wiped_stays_wiped(seen: Seen) -> Iterator[str]:
    """5: who had everything wiped is not in the store until they speak again, whatever events come late."""
    exchange = seen.exchange
    spoke = exchange.command is not None or exchange.kind.startswith("PlaybackController.")
    gone = seen.before.wiped - ({exchange.person} if spoke else set())
    for person in gone | ({exchange.person} if "forget_done" in seen.clips else set()):
        identity = hashed(person, seen.key)
        if any(identity in dict(row).values() for rows in exchange.after.values() for row in rows):
            yield f"{person} was wiped and is back after {exchange.command or exchange.kind}"


# ---------------------------------------------------------------------- 6: never silent, never broken


def every_word_is_answered(seen: Seen) -> Iterator[str]:
    """6: words are answered with a clip or with audio; never with text, never with an apology."""
    exchange = seen.exchange
    if exchange.status != 200:
        yield f"{exchange.kind} was answered with {exchange.status}"
    if exchange.command is None:
        return
    if not exchange.speech and exchange.play is None:
        yield f"{exchange.command} was not answered"
    if exchange.speech and not (exchange.files and seen.served.pack.files.issuperset(exchange.files)):
        yield f"{exchange.command} was answered with {exchange.speech!r}"
    if "error" in seen.clips:
        yield f"{exchange.command} was answered with an apology"


def no_dead_end(seen: Seen) -> Iterator[str]:
    """6: opening always asks something; an open question is put once more, but for that of a pause."""
    exchange = seen.exchange
    if exchange.command is Command.LAUNCH and not exchange.opens:
        yield f"opening ended with {sorted(seen.clips)}"
    pausing = bool(seen.names & {"pause_first", "pause_short"})
    if exchange.opens and not pausing and exchange.body.get("reprompt") is None:
        yield f"{exchange.command} asks {sorted(seen.clips)} and never again"


# ---------------------------------------------------------------------- 6 of the design's devices, 11: finished


def the_chair_stays_the_chair(seen: Seen) -> Iterator[str]:
    """Who cannot get to the floor is not led there in this run, unless they choose it."""
    exchange, belief = seen.exchange, seen.belief
    if exchange.target is None or not belief.chair_run or exchange.command is Command.CHOOSE_EXERCISE:
        return
    token = exchange.target[0]
    if run_of(token) == belief.chair_run and token.split(":")[2] in seen.served.floor:
        yield f"{exchange.command or exchange.kind} leads to the floor"


def finished_means_passed(seen: Seen) -> Iterator[str]:
    """11: a run is counted when its last repetition was passed, once, and not after it was closed."""
    exchange = seen.exchange
    runs = column(exchange.after["finished"], "run")
    if len(runs) != len(set(runs)):
        yield "a run was counted twice"
    known = seen.before.passed | passed(exchange, seen.editions)
    for run in column(exchange.after["finished"] - exchange.before["finished"], "run"):
        if run not in known:
            yield f"{exchange.command or exchange.kind} counted a run that was not finished"
        if run in column(exchange.before["closed"], "run"):
            yield "a run was counted after it was closed"


def played_out_is_counted(seen: Seen) -> Iterator[str]:
    """11: a run that played to its end is counted."""
    exchange = seen.exchange
    if exchange.kind != "AudioPlayer.PlaybackFinished" or not exchange.works or exchange.again:
        return
    token = exchange.envelope["request"]["token"]
    run = run_of(token)
    open_before = run not in column(exchange.before["closed"], "run")
    counted = run in column(exchange.after["finished"], "run")
    if token.split(":")[2] == seen.served.last_exercise and open_before and not counted:
        yield f"run {run} was played out and not counted"


def closed_stays_closed(seen: Seen) -> Iterator[str]:
    """1: no place of a closed run comes back."""
    exchange = seen.exchange
    back = set(column(exchange.after["place"], "run")) & _closed(exchange)
    if back and exchange.before != exchange.after:
        yield f"{exchange.command or exchange.kind} brought back closed run {back}"


OF_EXCHANGES: tuple[Promise, ...] = (
    doubles_change_nothing,
    events_only_follow,
    tokens_are_whole,
    one_shot_questions_start_nothing,
    only_words_that_go_on_play,
    the_place_is_kept,
    a_long_pause_asks_first,
    safety_stops_the_audio,
    the_run_is_over,
    an_ended_run_gives_the_intro,
    pain_makes_it_easier,
    jumps_land_on_a_first_word,
    no_health_data,
    only_wishes_change_the_profile,
    wiped_stays_wiped,
    every_word_is_answered,
    no_dead_end,
    the_chair_stays_the_chair,
    finished_means_passed,
    played_out_is_counted,
    closed_stays_closed,
)


# ---------------------------------------------------------------------- of devices and logs


def nothing_refused(happening: Happening) -> Iterator[str]:
    """7: Alexa refuses no answer."""
    if happening.kind in (Kind.TROUBLE, Kind.REFUSED):
        yield f"{happening.kind}: {happening.text}"


def stays_quiet(belief: Belief, *, sounding: bool) -> Iterator[str]:
    """4: after a safety word, a pause or a stop nothing plays by itself."""
    if belief.quiet and sounding:
        yield f"audio plays after {belief.quiet}"


def log_is_clean(message: str, *, is_error: bool) -> Iterator[str]:
    """5, 6: nothing about health in the log, and no failure."""
    if is_error:
        yield f"the log says: {message}"
    yield from (f"the log holds {word!r}: {message}" for word in (*HEALTH, "amzn1") if word in message.casefold())


def file_is_clean(raw: bytes) -> Iterator[str]:
    """5: not even the bytes of the store's file tell of health or hold an id."""
    lower = raw.lower()
    yield from (f"the file of the store holds {word!r}" for word in (*HEALTH, "amzn1") if word.encode() in lower)


def _levels(rows: Iterable[Row]) -> set[tuple[str, str | None]]:
    return {(dict(row)["person"], dict(row)["level"]) for row in rows}


def _closed(exchange: Exchange) -> set[str]:
    return set(column(exchange.after["closed"], "run"))


def _difference(exchange: Exchange) -> Mapping[str, object]:
    return {
        table: exchange.before[table] ^ rows for table, rows in exchange.after.items() if rows != exchange.before[table]
    }
