"""A genuine request that is posted again: the same answer, and no second effect."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.alexa.verification.conftest import Door

Signed = tuple[bytes, Mapping[str, str]]


class Person:
    """Somebody of whom nothing is known yet, whose requests are signed and kept to be posted again."""

    def __init__(self, door: Door, name: str) -> None:
        self.door = door
        self.user = {"userId": f"amzn1.ask.account.{name}"}

    def signed(self, kind: str, *, attributes: Any = None, **request: Any) -> Signed:
        """A genuine request of this person."""
        envelope = self.door.genuine(kind)
        envelope["request"].update(request)
        envelope["context"]["System"]["user"] = self.user
        envelope["session"].update(user=self.user, new=attributes is None, attributes=attributes or {})
        if kind.startswith("AlexaSkillEvent."):
            del envelope["session"]
        body = json.dumps(envelope).encode()
        return body, self.door.authority.sign(body)

    def post(self, signed: Signed) -> bytes:
        """The raw answer to a request, which must be accepted."""
        body, headers = signed
        answer = self.door.client.post("/alexa", data=body, headers=dict(headers), content_type="application/json")
        assert answer.status_code == 200
        return bytes(answer.data)

    def launch(self) -> bytes:
        """The answer to a new launch."""
        return self.post(self.signed("LaunchRequest"))

    def start(self) -> Signed:
        """A request that begins a training, signed but not posted."""
        attributes = json.loads(self.launch())["sessionAttributes"]
        return self.signed("IntentRequest", attributes=attributes, intent={"name": "StartIntent", "slots": {}})


@pytest.fixture
def person(shared_door: Door, request: pytest.FixtureRequest) -> Person:
    """A person of this test alone."""
    return Person(shared_door, request.node.name)


def test_a_replay_gets_the_same_answer(person: Person) -> None:
    """The same start gets the same run, byte by byte; another start gets another run."""
    start, other = person.start(), person.start()
    answer = person.post(start)
    assert b"AudioPlayer.Play" in answer
    assert person.post(start) == answer
    assert person.post(other) != answer


def test_a_replay_has_no_second_effect(person: Person) -> None:
    """Who was forgotten is not remembered again by a start that is posted again."""
    as_a_stranger = person.launch()
    start = person.start()
    person.post(start)
    assert person.launch() != as_a_stranger
    person.post(person.signed("AlexaSkillEvent.SkillDisabled"))
    person.post(start)
    assert person.launch() == as_a_stranger


def test_both_at_once_have_one_effect(person: Person) -> None:
    """Of the same start posted ten times at once one is carried out."""
    start = person.start()
    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(person.post, [start] * 10))) == 1


def test_after_its_time_a_replay_is_refused(door: Door) -> None:
    """What was genuine is refused when it comes again later than Alexa would send it."""
    person = Person(door, "late")
    start = person.start()
    person.post(start)
    door.clock.moved_s = 151
    assert door.post(*start) == (400, "the request is too old")


def test_a_replay_needs_its_signature_too(person: Person) -> None:
    """A remembered answer is given to nobody who cannot show the signature."""
    body, headers = person.start()
    person.post((body, headers))
    forged = {**headers, "Signature-256": person.door.authority.sign(b"x")["Signature-256"]}
    assert person.door.post(body, forged) == (400, "the signature does not fit the request")
