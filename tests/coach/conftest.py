"""What the tests of the coach share: the real content on a sketched pack."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from skill.coach import Command, Intro, Playhead, Reply, Situation, State, Stream, decide
from skill.coach.course import LEAD_MS, Course
from skill.content import Content, Level, Tempo, load_content
from skill.pack import Pack
from tests.sketch import sketch_pack

ROUTINE = "bovenrug"
INTRO_LATER = "intro_later[0]"
"""The short introduction of whoever did not train yet this week."""


@dataclass(frozen=True)
class Bench:
    """A routine on a pack, and short ways to ask the coach something."""

    content: Content
    pack: Pack

    @property
    def course(self) -> Course:
        """The routine on the pack."""
        return Course(self.content.routines[ROUTINE], self.pack, self.content.minutes)

    def stream(self, track: str, level: Level = Level.BASIC, marks: str = "") -> Stream:
        """A stream of a run."""
        return Stream(ROUTINE, track, level, Tempo.NORMAL, self.pack.id, "run1", frozenset(marks))

    def at(self, step: str, after_ms: int = 10_000, **stream: Any) -> Playhead:
        """The playhead some time after the start of ``exercise.step``."""
        track, name = step.split(".")
        playhead = Playhead(self.stream(track, **stream), 0)
        found = self.course.track(playhead.stream)
        assert found is not None
        timed = found.step(name)
        assert timed is not None
        return replace(playhead, offset_ms=timed.start_ms + after_ms)

    def ask(self, command: Command, step: str | Playhead | None = None, **facts: Any) -> Reply:
        """The reply to a command at a step, playing unless the facts say otherwise."""
        place = self.at(step) if isinstance(step, str) else step
        situation = Situation(
            state=State.PLAYING if place else State.IDLE,
            routine=ROUTINE,
            new_run="run2",
            playhead=place,
            intro=Intro.SHORT,
            pause_age_s=0.0 if place else None,
            audible=place is not None,
        )
        return decide(self.content, self.pack, replace(situation, **facts), command)

    def heard(self, reply: Reply) -> str:
        """Where a reply plays: ``exercise.step`` at its first cue, with ``+ms`` when it is elsewhere in it."""
        assert reply.play is not None
        playhead = Playhead(reply.play.stream, reply.play.offset_ms)
        step = self.course.step(playhead)
        late = playhead.offset_ms + LEAD_MS - step.cues[0].start_ms
        return f"{playhead.stream.track}.{step.id}" + (f"+{late}" if late else "")


@pytest.fixture(scope="session")
def bench() -> Bench:
    """The real content on a sketched pack."""
    content = load_content()
    return Bench(content, sketch_pack(content))
