"""When a training counts as finished: when its last repetition was passed, whatever the store or the file did."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.alexa.conftest import Talk
from tests.envelopes import event, intent, launch

LAST = "bovenrug/elbows_up/basic/normal"


@pytest.fixture
def talk(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> Talk:
    """A conversation whose store tries again at once, as a second later."""
    monkeypatch.setattr("skill.progress.trouble.REST_S", 0.0)
    return talk


def begun(talk: Talk) -> str:
    """The training is begun; the token of its last track."""
    asked = talk.send(launch())
    answer = talk.send(intent("StartIntent", attributes=asked.attributes, seconds=5))
    return talk.token("elbows_up", run=answer.stream.run)


def finished(talk: Talk, at: float = 900) -> int:
    """How many trainings the file holds, once somebody asked something."""
    talk.send(launch(seconds=at))
    with closing(sqlite3.connect(talk.settings.database)) as connection:
        return int(connection.execute("SELECT count(*) FROM finished").fetchone()[0])


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program writes in the file all the time."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def away(path: Path) -> Iterator[None]:
    """Something else lies where the file was, so that it cannot even be read."""
    aside = path.rename(path.with_name("aside"))
    path.mkdir()
    yield
    path.rmdir()
    aside.rename(path)


def test_a_file_that_was_cut_off_finishes_nothing(talk: Talk) -> None:
    """When the last file ends halfway nothing is finished, and the place is where it ended."""
    last = begun(talk)
    talk.send(event("PlaybackStarted", last, 0, seconds=400))
    talk.send(event("PlaybackFinished", last, talk.at("elbows_up.repetitions"), seconds=480))
    assert finished(talk) == 0
    assert talk.send(intent("AMAZON.ResumeIntent", seconds=500)).step == "repetitions"


@pytest.mark.parametrize("pack", ["abcdef12", None])
def test_an_end_that_tells_no_place_is_believed(talk: Talk, pack: str | None) -> None:
    """In a file of a pack that is gone an offset says nothing, and a device may tell none: the end is the end."""
    last = begun(talk)
    played = talk.token("elbows_up", run=last.split(":")[6], **({"pack": pack} if pack else {}))
    talk.send(event("PlaybackFinished", played, 100_000 if pack else 0, seconds=600))
    assert finished(talk) == 1


@pytest.mark.parametrize("kind", ["PlaybackStarted", "PlaybackNearlyFinished", "PlaybackStopped"])
def test_any_event_behind_the_last_repetition_finishes(talk: Talk, kind: str) -> None:
    """An event may get lost on its way, and so may all behind it: the first that tells it counts."""
    last = begun(talk)
    talk.send(event(kind, last, talk.at("elbows_up.closing", 1000), seconds=600))
    assert finished(talk) == 1


@pytest.mark.parametrize("kind", ["PlaybackStarted", "PlaybackNearlyFinished", "PlaybackStopped"])
def test_no_event_before_it_does(talk: Talk, kind: str) -> None:
    """In the last repetitions nothing is finished."""
    last = begun(talk)
    talk.send(event(kind, last, talk.at("elbows_up.repetitions"), seconds=600))
    assert finished(talk) == 0


def test_who_began_while_nothing_could_be_stored_is_counted(talk: Talk) -> None:
    """The database was locked at the start, and free at the end: the training counts."""
    with locked(talk.settings.database):
        last = begun(talk)
    talk.send(event("PlaybackFinished", last, talk.pack.tracks[LAST].ms, seconds=600))
    assert finished(talk) == 1


def test_who_trained_while_nothing_could_be_stored_is_counted(talk: Talk) -> None:
    """The database was locked from the first word to the last event; the training counts as soon as it is free."""
    with locked(talk.settings.database):
        last = begun(talk)
        talk.send(event("PlaybackFinished", last, talk.pack.tracks[LAST].ms, seconds=600))
    assert finished(talk) == 1


def test_who_finishes_while_nothing_can_be_read_is_counted_once(talk: Talk) -> None:
    """The event is answered though the store cannot even tell who it is, and counts; twice is once."""
    last = begun(talk)
    with away(talk.settings.database):
        for seconds in (600, 601):
            talk.send(event("PlaybackFinished", last, talk.pack.tracks[LAST].ms, seconds=seconds))
    assert finished(talk) == 1


def test_step_by_step_is_counted_too(talk: Talk) -> None:
    """The last word of a spoken training, while the file is locked."""
    attributes = talk.send(launch()).attributes
    attributes = talk.send(intent("StepByStepIntent", attributes=attributes, seconds=2)).attributes
    answer = talk.send(intent("StartIntent", attributes=attributes, seconds=5))
    with locked(talk.settings.database):
        for turn in range(60):
            if not answer.open:
                break
            later = 60 + 200 * turn
            answer = talk.send(intent("AMAZON.NextIntent", attributes=answer.attributes, seconds=later))
    assert not answer.open
    assert finished(talk, at=15_000) == 1
