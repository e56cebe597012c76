"""The store does what a few dictionaries would do, in whatever order things happen."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from skill.progress import Known, Place, SqliteStore

PERSONS = ("p", "q", "")
DEVICES = ("kitchen", "bedroom", "")
RUNS = ("run1", "run2", "run3", "run4")

persons, devices, runs = st.sampled_from(PERSONS), st.sampled_from(DEVICES), st.sampled_from(RUNS)
times = st.integers(0, 30).map(float)
places = st.builds(
    Place,
    run=runs,
    routine=st.just("bovenrug"),
    track=st.sampled_from(["open_book", "seated_turn"]),
    step=st.sampled_from(["position", "right_side"]),
    offset_ms=st.integers(0, 300_000),
    level=st.sampled_from(["easier", "basic"]),
    tempo=st.sampled_from(["normal", "calm"]),
    pack=st.sampled_from(["aaaaaaaa", "bbbbbbbb"]),
    marks=st.sampled_from(["", "p"]),
    at=times,
)


@dataclass
class Person:
    """What the model knows of somebody."""

    profile: dict[str, str | float] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    begun: dict[str, float] = field(default_factory=dict)
    finished: dict[str, float] = field(default_factory=dict)


class Progress(RuleBasedStateMachine):
    """Several persons, devices and runs; two servers on one file."""

    @initialize()
    def begin(self) -> None:
        """An empty store, opened twice."""
        self.folder = Path(tempfile.mkdtemp())
        self.servers = [SqliteStore(self.folder / "progress.sqlite3") for _ in range(2)]
        self.turn = 0
        self.people: dict[str, Person] = {}
        self.closed: dict[str, float] = {}

    def teardown(self) -> None:
        """Nothing is left behind."""
        for server in getattr(self, "servers", []):
            server.close()
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)

    def server(self) -> SqliteStore:
        """The two in turn."""
        self.turn += 1
        return self.servers[self.turn % 2]

    def of(self, person: str) -> Person:
        """What is to be changed; for nobody it is thrown away."""
        return self.people.setdefault(person, Person()) if person else Person()

    def put(self, person: str, device: str, place: Place) -> None:
        """Write a place in the model."""
        somebody = self.of(person)
        somebody.places[device] = place
        somebody.begun[place.run] = max(place.at, somebody.begun.get(place.run, place.at))

    @rule(person=persons, device=devices, place=places)
    def save_place(self, person: str, device: str, place: Place) -> None:
        """A decision."""
        self.server().save_place(person, device, place)
        if place.run not in self.closed:
            self.put(person, device, place)

    @rule(person=persons, device=devices, place=places, started=st.booleans())
    def move_place(self, person: str, device: str, place: Place, started: bool) -> None:
        """An event of the player."""
        self.server().move_place(person, device, place, started=started)
        if place.run in self.closed:
            return
        known = self.of(person).places.get(device)
        if known is None or (known.run != place.run and place.at >= known.at):
            self.put(person, device, place)
        elif (
            known.run == place.run
            and (known.level, known.tempo) == (place.level, place.tempo)
            and (place.at > known.at or (started and place.at == known.at))
        ):
            self.of(person).places[device] = replace(place, marks=known.marks, routine=known.routine)

    @rule(
        person=persons,
        level=st.sampled_from([None, "easier", "harder"]),
        tempo=st.sampled_from([None, "calm"]),
        way=st.sampled_from([None, "continuous", "step_by_step"]),
        at=times,
    )
    def save_profile(self, person: str, level: str | None, tempo: str | None, way: str | None, at: float) -> None:
        """A wish."""
        self.server().save_profile(person, level=level, tempo=tempo, way=way, at=at)
        wishes = {"level": level, "tempo": tempo, "way": way}
        self.touch(person, at, {name: value for name, value in wishes.items() if value is not None})

    @rule(person=persons, text_hash=st.sampled_from(["abc", "def"]), at=times)
    def intro_heard(self, person: str, text_hash: str, at: float) -> None:
        """The safety intro."""
        self.server().intro_heard(person, text_hash, at)
        self.touch(person, at, {"intro_at": at, "intro_hash": text_hash})

    def touch(self, person: str, at: float, what: dict[str, str | float]) -> None:
        """Write in the profile of the model."""
        profile = self.of(person).profile
        profile.update(what, at=max(at, float(profile.get("at", at))))

    @rule(person=persons, run=runs, at=times)
    def finish_run(self, person: str, run: str, at: float) -> None:
        """The last repetition was passed."""
        self.server().finish_run(person, run, at, "bovenrug")
        if run not in self.closed:
            self.of(person).finished.setdefault(run, at)

    @rule(person=persons, run=runs, at=times)
    def close_run(self, person: str, run: str, at: float) -> None:
        """The end of a run."""
        self.server().close_run(person, run, at)
        if person:
            somebody = self.of(person)
            self.closed.setdefault(run, at)
            somebody.places = {device: place for device, place in somebody.places.items() if place.run != run}
            somebody.begun.pop(run, None)

    @rule(person=persons, run=st.one_of(st.none(), runs), at=times)
    def forget(self, person: str, run: str | None, at: float) -> None:
        """Wiping: every run of the person is closed from then on."""
        self.server().forget(person, at, run)
        if person:
            somebody = self.people.pop(person, Person())
            for one in {*somebody.begun, *somebody.finished} | ({run} if run else set()):
                self.closed.setdefault(one, at)

    @rule(before=times)
    def expire(self, before: float) -> None:
        """Old things go."""
        self.server().expire(before)
        self.closed = {run: at for run, at in self.closed.items() if at >= before}
        for one in self.people.values():
            if float(one.profile.get("at", before)) < before:
                one.profile = {}
            one.places = {device: place for device, place in one.places.items() if place.at >= before}
            one.begun = {run: at for run, at in one.begun.items() if at >= before}
            one.finished = {run: at for run, at in one.finished.items() if at >= before}

    @rule()
    def restart(self) -> None:
        """One of the servers is started again."""
        self.server().close()

    @rule(person=persons, device=devices, run=st.one_of(st.none(), runs))
    def load(self, person: str, device: str, run: str | None) -> None:
        """A request."""
        self.compare(person, device, run)

    @invariant()
    def everybody_is_known(self) -> None:
        """After every step, whoever asks wherever."""
        for person in PERSONS:
            self.compare(person, DEVICES[self.turn % 3], RUNS[self.turn % 4])

    def compare(self, person: str, device: str, run: str | None) -> None:
        """What the store tells is what the model tells."""
        found = self.server().load(person, device, run)
        somebody = self.people.get(person, Person())
        where = max(somebody.places, key=lambda one: (somebody.places[one].at, one == device, one), default=device)
        if device in somebody.places and somebody.places[device].run != somebody.places[where].run:
            where = device
        profile = {name: value for name, value in somebody.profile.items() if name != "at"}
        assert found == Known(
            place=somebody.places.get(where),
            elsewhere=where != device,
            finished=tuple(sorted(somebody.finished.values(), reverse=True)),
            closed=run in self.closed,
            decided=somebody.begun.get(run) if run else None,
            completed=run in somebody.finished,
            **profile,  # type: ignore[arg-type]  # level, tempo, way and the intro
        )


TestProgress = Progress.TestCase
TestProgress.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
