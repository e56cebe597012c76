"""The rules that a manifest can be held against without listening: is everything there, and does it get its time?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, zip_longest

from audio.check.rule import Limits, Reading, Rule, place, rule
from audio.score import Score
from skill.content import PREPARATION, Content, CueKind, Exercise, Level, Posture, Side, Tempo
from skill.pack import Pack, TimedCue, TimedStep, Track, track_path

SIDES_REPETITIONS = Limits("right and left get as many repetitions (apart)", "0", most=0)
SIDES_S = Limits("right and left get the same time (s apart)", "≤ 0.5", most=0.5)
TURN_S = Limits("rests while turning over (s)", "≥ 5", least=5)
FLOOR_S = Limits("rests on the way to the floor (s)", "≥ 15", least=15)
CHAIR_S = Limits("rests on the way to the chair (s)", "≥ 25", least=25)
PREPARATION_S = Limits("length of the preparation (s)", "60 … 90", least=60, most=90)
CALM = Limits("rests and repetitions, calm : normal", "1.3 ± 1 %", least=1.3 * 0.99, most=1.3 * 1.01)
SAFETY_MS = Limits("safety lines last as long in calm (ms apart)", "≤ 24", most=24)
LONGEST_REST_MS = 5000


def pack_rules(content: Content, pack: Pack, wanted: Sequence[Score]) -> list[Rule]:
    """Presence, text and times."""
    return [*_presence(pack, wanted), _texts(content, pack, wanted), *_times(content, pack)]


def _presence(pack: Pack, wanted: Sequence[Score]) -> Iterator[Rule]:
    for name, track, there in (("clips", False, pack.clips.keys()), ("tracks", True, pack.tracks.keys())):
        keys = [key for score in wanted if score.track is track for key in score.keys]
        misses = [key for key in keys if key not in there]
        yield rule(f"{name} present", str(len(keys)), f"{len(keys) - len(misses)}", misses)


def _texts(content: Content, pack: Pack, wanted: Sequence[Score]) -> Rule:
    misses = [
        f"{name}: the safety text is another"
        for name in content.routines
        if pack.text_hash.get(name) != content.safety_hash(name)
    ]
    for score in wanted:
        for key in score.keys:
            clip, track = pack.clips.get(key), pack.tracks.get(key)
            if (clip and clip.text != score.text) or (track and not as_planned(track, score)):
                misses.append(f"{key}: says something else than the content")
    return rule("text as in the content", "all", "all" if not misses else f"{len(misses)} differ", misses)


def as_planned(track: Track, score: Score) -> bool:
    """Whether a track has the lines, counted words and tones of its score, in their order."""
    planned: list[tuple[str, str]] = []
    for cue in score.cues:
        if cue.kind is CueKind.HOLD:
            planned += [("count", word) for word in cue.count]
        elif cue.kind is not CueKind.REST:
            planned.append((cue.kind, cue.text))
    return planned == [(cue.kind, cue.text) for cue in sounding(track.steps)]


def sounding(steps: Sequence[TimedStep]) -> list[TimedCue]:
    """The cues of steps that are heard: lines, counted words and tones."""
    return [cue for step in steps for cue in step.cues if cue.kind in ("say", "count", "tone")]


def _times(content: Content, pack: Pack) -> list[Rule]:
    tracks = list({one.file: one for one in pack.tracks.values()}.values())
    ways = list(_ways(content, pack))
    return [
        _all("steps follow each other", tracks, _torn),
        _all("a tone closes every rest over 5 s", tracks, _open_rests),
        _all("holds are counted aloud", tracks, _silent_holds),
        CALM.judge(_paired(pack, _calm)),
        SAFETY_MS.judge(_paired(pack, _safety)),
        SIDES_REPETITIONS.judge({one.key: _sides(one, _repetitions) for one in tracks}),
        SIDES_S.judge({one.key: _sides(one, _moving_s) for one in tracks}),
        TURN_S.judge(dict(_turns(content, pack))),
        FLOOR_S.judge({key: [_rests(way)] for key, way, posture in ways if posture is Posture.FLOOR}),
        CHAIR_S.judge({key: [_rests(way)] for key, way, posture in ways if posture is Posture.CHAIR}),
        PREPARATION_S.judge({one.key: [Reading(one.ms / 1000)] for one in tracks if f"/{PREPARATION}/" in one.key}),
    ]


def _all(name: str, tracks: Sequence[Track], faults: Callable[[Track], Iterator[Reading]]) -> Rule:
    """A rule that every track keeps, or else with where it does not."""
    found = {one.key: list(faults(one)) for one in tracks}
    misses = [place(key, fault) for key, some in found.items() for fault in some]
    return rule(name, "all", f"{sum(not some for some in found.values())} of {len(tracks)} tracks", misses)


def _torn(track: Track) -> Iterator[Reading]:
    reached = 0
    for step in track.steps:
        if step.start_ms != reached:
            yield Reading(0, step.start_ms, step.spoken_name)
        reached = step.end_ms
    if reached != track.ms:
        yield Reading(0, reached, "the end")


def _open_rests(track: Track) -> Iterator[Reading]:
    for step in track.steps:
        resting = 0
        for cue, after in zip_longest(step.cues, step.cues[1:]):
            resting = resting + cue.end_ms - cue.start_ms if cue.kind == "rest" else 0
            if resting > LONGEST_REST_MS and (after is None or after.kind not in ("rest", "tone")):
                yield Reading(0, cue.end_ms, step.spoken_name)


def _silent_holds(track: Track) -> Iterator[Reading]:
    for step in track.steps:
        counted = [cue.start_ms for cue in step.cues if cue.kind == "count"]
        for cue in step.cues:
            if cue.kind == "hold" and not any(cue.start_ms <= one < cue.end_ms for one in counted):
                yield Reading(0, cue.start_ms, step.spoken_name)


def _paired(pack: Pack, compare: Callable[[Track, Track], Iterator[Reading]]) -> dict[str, list[Reading]]:
    """What differs between tempo normal and calm, by the key of the calm track; the preparation is one file."""
    found = {}
    for key, calm in pack.tracks.items():
        normal = pack.tracks.get(f"{key.rpartition('/')[0]}/{Tempo.NORMAL}")
        if key.endswith(f"/{Tempo.CALM}") and normal is not None and normal.file != calm.file:
            found[key] = list(compare(normal, calm))
    return found


def _calm(normal: Track, calm: Track) -> Iterator[Reading]:
    for name, measure in (("rests", _resting_s), ("repetitions", _moving_s)):
        before, after = (sum(measure(step) for step in one.steps) for one in (normal, calm))
        if before:
            yield Reading(after / before, text=name)


def _safety(normal: Track, calm: Track) -> Iterator[Reading]:
    lasts = {cue.text: cue.end_ms - cue.start_ms for step in normal.steps for cue in step.cues if cue.warning}
    for cue in (one for step in calm.steps for one in step.cues if one.warning):
        ms = cue.end_ms - cue.start_ms
        yield Reading(abs(ms - lasts.get(cue.text, ms)), cue.start_ms, cue.text)


def _sides(track: Track, measure: Callable[[TimedStep], float]) -> list[Reading]:
    """How much the right and the left half of a track differ."""
    halves = {side: [one for one in track.steps if one.side == side and _repetitions(one)] for side in Side}
    if not any(halves.values()):
        return []
    right, left = (sum(measure(one) for one in halves[side]) for side in (Side.RIGHT, Side.LEFT))
    return [Reading(abs(right - left))]


def _repetitions(step: TimedStep) -> int:
    return len({cue.repetition for cue in step.cues} - {None})


def _resting_s(step: TimedStep) -> float:
    return sum(cue.end_ms - cue.start_ms for cue in step.cues if cue.kind == "rest") / 1000


def _moving_s(step: TimedStep) -> float:
    """From the first repetition to what follows the last one, without the holds."""
    places = [index for index, cue in enumerate(step.cues) if cue.repetition is not None]
    if not places:
        return 0.0
    after = step.cues[places[-1] + 1 :]
    end = after[0].start_ms if after else step.end_ms
    holds = sum(cue.end_ms - cue.start_ms for cue in step.cues if cue.kind == "hold")
    return (end - step.cues[places[0]].start_ms - holds) / 1000


def _turns(content: Content, pack: Pack) -> Iterator[tuple[str, list[Reading]]]:
    """The rests between the two sides of whoever lies down."""
    for _, exercise, tracks in _exercises(content, pack):
        for track in tracks if exercise.posture is Posture.FLOOR else ():
            places = [index for index, step in enumerate(track.steps) if step.side and _repetitions(step)]
            yield (
                track.key,
                [
                    _rests(track.steps[one + 1 : other])
                    for one, other in pairwise(places)
                    if track.steps[one].side != track.steps[other].side
                ],
            )


def _ways(content: Content, pack: Pack) -> Iterator[tuple[str, Sequence[TimedStep], Posture]]:
    """The steps in which somebody goes to the floor or the chair: transitions; at the very start the first step."""
    for before, exercise, tracks in _exercises(content, pack):
        for track in tracks:
            way = [step for step in track.steps if step.transition]
            if before is None and not way and exercise.posture is Posture.FLOOR:
                way = list(track.steps[:1])
            if way or (before is not None and before is not exercise.posture):
                yield track.key, way, exercise.posture


def _exercises(content: Content, pack: Pack) -> Iterator[tuple[Posture | None, Exercise, list[Track]]]:
    """Every exercise with the posture before it and its tracks."""
    for routine in content.routines.values():
        before = None
        for exercise in routine.exercises:
            keys = [track_path(routine.id, exercise.id, level, tempo) for level in Level for tempo in Tempo]
            yield before, exercise, [pack.tracks[key] for key in keys if key in pack.tracks]
            before = exercise.posture


def _rests(steps: Sequence[TimedStep]) -> Reading:
    first = steps[0] if steps else None
    at_ms, name = (first.start_ms, first.spoken_name) if first else (None, "no step for it")
    return Reading(sum(_resting_s(step) for step in steps), at_ms, name)
