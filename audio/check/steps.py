"""The files of single steps, for whoever trains step by step: cut from their tracks, short enough to answer with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from audio.check.rule import Limits, Reading, Rule, rule
from audio.timeline import LONGEST_CLIP_MS
from skill.content import PromptId
from skill.content.prompt_ids import prompt_of
from skill.pack import Pack, Track

ANSWER_S = Limits("longest answer with a step in it (s)", "≤ 240", most=LONGEST_CLIP_MS / 1000)
_BEFORE = frozenset(
    (
        PromptId.START,
        PromptId.WAIT,
        PromptId.CHAIR_ONLY,
        PromptId.RESUME_SOON,
        PromptId.RESUME_POSITION,
        PromptId.RESUME_AFTER_PAIN,
        PromptId.ANOTHER_ROUND,
    )
)
_BEHIND = frozenset((PromptId.STEP_ASK, PromptId.BETWEEN))


def step_rules(pack: Pack, folder: Path) -> list[Rule]:
    """Whether the steps are their tracks, frame for frame, and fit in an answer with what is said around them."""
    tracks = list({one.file: one for one in pack.tracks.values()}.values())
    torn = [track.key for track in tracks if not _is_whole(track, folder)]
    made_up = rule("steps make up their track", str(len(tracks)), str(len(tracks) - len(torn)), torn)
    return [made_up, ANSWER_S.judge(dict(_answers(pack, tracks)))]


def _is_whole(track: Track, folder: Path) -> bool:
    try:
        pieces = b"".join((folder / step.file).read_bytes() for step in track.steps)
        return bool(pieces) and pieces == (folder / track.file).read_bytes()
    except OSError:
        return False


def _answers(pack: Pack, tracks: list[Track]) -> Iterator[tuple[str, list[Reading]]]:
    """Per track its steps, each with the longest clips that may stand around it."""
    around = _longest(pack, _BEFORE) + _longest(pack, _BEHIND)
    for track in tracks:
        yield (
            track.key,
            [
                Reading((step.end_ms - step.start_ms + around) / 1000, step.start_ms, step.spoken_name)
                for step in track.steps
            ],
        )


def _longest(pack: Pack, prompts: frozenset[PromptId]) -> int:
    lengths: Mapping[str, int] = {key.split("/", 1)[1]: clip.ms for key, clip in pack.clips.items()}
    return max((ms for key, ms in lengths.items() if prompt_of(key) in prompts), default=0)
