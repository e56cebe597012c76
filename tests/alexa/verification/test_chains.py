"""How chains are kept: fetched once, for all who wait, until they expire; and nobody waits for another's."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scripts.authority import SIGNER, Authority, Page
from scripts.certificates import Wish, make, rsa_key
from skill.alexa.verification.certificates import Chain, believed, load_roots
from skill.alexa.verification.chains import MOST_FAILURES, MOST_WAITING, Chains
from skill.errors import RequestRefusedError
from tests.alexa.verification.conftest import Clock, Door

PATH = "/echo.api/echo-api-cert-test.pem"
GENUINE = (200, "")
HANGING = Page(wait_s=20)


def until(happened: Callable[[], bool]) -> None:
    """Wait for something that another thread does."""
    ends = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < ends, "it never happened"
        time.sleep(0.01)


def certificates(door: Door) -> dict[str, Any]:
    """What the verifier tells /healthz."""
    return door.gate.verifier.status()


def test_a_chain_is_fetched_once(door: Door) -> None:
    """The second request needs no certificate host."""
    assert door.send() == GENUINE
    door.authority.online = False
    assert [door.send() for _ in range(3)] == [GENUINE] * 3
    assert door.authority.fetched == [PATH]


@pytest.mark.parametrize("cold", [True, False])
def test_all_who_wait_share_one_fetch(door: Door, cold: bool) -> None:
    """Forty requests at once are all answered, after one fetch, on a cold start and when Amazon's address changes."""
    if not cold:
        assert door.send(door.authority.offer("old.pem", [door.authority.leaf, door.authority.intermediate])) == GENUINE
    door.authority.pages[PATH] = replace(door.authority.pages[PATH], wait_s=0.4)
    together = threading.Barrier(40)

    def send(_number: int) -> tuple[int, str]:
        together.wait()
        return door.send()

    with ThreadPoolExecutor(40) as pool:
        assert list(pool.map(send, range(40))) == [GENUINE] * 40
    assert door.authority.fetched.count(PATH) == 1


def test_a_failure_is_not_fetched_again_for_a_minute(door: Door) -> None:
    """59 seconds after a failure nothing is fetched, also when the host is well again; after 61 it is."""
    good = door.authority.pages.pop(PATH)
    assert door.send() == (400, "the certificate host answered 404")
    door.authority.pages[PATH] = good
    door.clock.moved_s = 59
    assert door.send() == (400, "the certificate host answered 404")
    assert door.authority.fetched == [PATH]
    door.clock.moved_s = 61
    assert door.send() == GENUINE
    assert door.authority.fetched == [PATH] * 2


def test_a_clock_that_goes_back_does_not_keep_a_failure(door: Door) -> None:
    """A failure from the future is none."""
    good = door.authority.pages.pop(PATH)
    assert door.send()[0] == 400
    door.authority.pages[PATH] = good
    door.clock.moved_s = -1000
    assert door.send() == GENUINE


def test_a_chain_is_kept_until_it_expires(door: Door) -> None:
    """A chain that expires while it is kept is not used a second longer."""
    authority = door.authority
    soon = datetime.now(UTC) + timedelta(minutes=30)
    leaf = make(Wish(SIGNER, (SIGNER,), until=soon), authority.leaf.key, authority.intermediate)
    url = authority.offer("soon.pem", [leaf, authority.intermediate])
    assert door.send(url) == GENUINE
    door.clock.moved_s = 29 * 60
    assert door.send(url) == GENUINE
    assert authority.fetched == ["/echo.api/soon.pem"]
    door.clock.moved_s = 31 * 60
    assert door.send(url) == (400, "the signing certificate has expired")
    assert door.gate.reason == "validity"
    assert authority.fetched == ["/echo.api/soon.pem"] * 2


def test_an_old_chain_is_fetched_again_behind_the_requests(door: Door) -> None:
    """After half a day a chain is fetched again, while requests go on with the one that is there."""
    assert door.send() == GENUINE
    door.clock.moved_s = 13 * 3600
    assert door.send() == GENUINE
    until(lambda: door.authority.fetched == [PATH] * 2)
    door.clock.moved_s = 26 * 3600  # a day after the first, half a day after the second
    assert door.send() == GENUINE


def test_a_host_that_is_away_is_not_felt(door: Door) -> None:
    """Requests are answered while the host is away, until the certificate expires; when it is back they are again."""
    authority = door.authority
    soon = datetime.now(UTC) + timedelta(days=3)
    leaf = make(Wish(SIGNER, (SIGNER,), until=soon), authority.leaf.key, authority.intermediate)
    url = authority.offer("soon.pem", [leaf, authority.intermediate])
    assert door.send(url) == GENUINE
    authority.online = False
    for hours in (13, 25, 71):
        door.clock.moved_s = hours * 3600
        assert door.send(url) == GENUINE
        until(lambda: "last_failure" in certificates(door))
    door.clock.moved_s = 73 * 3600
    assert door.send(url) == (400, "the certificate host cannot be reached")
    authority.online = True
    authority.offer("soon.pem", [authority.leaf, authority.intermediate])
    door.clock.moved_s += 61
    assert door.send(url) == GENUINE


def test_who_waits_for_a_host_keeps_nobody_up(door: Door) -> None:
    """While one address hangs, requests whose chain is kept are answered."""
    assert door.send() == GENUINE
    door.authority.pages["/echo.api/hangs.pem"] = HANGING
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(door.send, "https://s3.amazonaws.com/echo.api/hangs.pem")
        until(lambda: "/echo.api/hangs.pem" in door.authority.fetched)
        assert door.send() == GENUINE
        assert not waiting.done()
        assert waiting.result() == (400, "the certificate host cannot be reached")


def test_a_fetch_drop_by_drop_ends_by_itself(door: Door) -> None:
    """A host that always sends a little is left after two seconds, and that is a failure like others."""
    door.authority.pages[PATH] = replace(door.authority.pages[PATH], drip_s=0.05)
    assert door.send() == (400, "the certificate host is too slow")
    assert certificates(door)["last_failure"]["reason"] == "fetch"


class Host:
    """Hangs at every address that is not well, until it is let go."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.asked: list[str] = []
        self.ended: list[str] = []
        self.well = {"good"}
        self.go = threading.Event()

    def __call__(self, address: str) -> Chain:
        """Load a chain."""
        self.asked.append(address)
        if address not in self.well:
            self.go.wait(20)
            self.ended.append(address)
            raise RequestRefusedError("fetch", "let go")
        return self.chain


@pytest.fixture
def host(authority: Authority) -> Host:
    """A host with a chain that is believed."""
    pem = authority.pages[PATH].body
    return Host(believed(pem, load_roots(authority.ca_file), time.time()))


def reason_of(chains: Chains, address: str) -> str:
    """Why no chain came."""
    with pytest.raises(RequestRefusedError) as caught:
        chains.get(address)
    return caught.value.reason


def test_many_addresses_cannot_take_all_threads(host: Host) -> None:
    """Eight addresses that hang are fetched at once and 64 requests may wait; more are refused at once, none of whom
    a chain is known is.
    """
    chains = Chains(host, time.time)
    chains.get("good")
    with ThreadPoolExecutor(MOST_WAITING) as pool:
        waiting = [pool.submit(reason_of, chains, f"bad-{number % 8}") for number in range(MOST_WAITING - 1)]
        until(lambda: len(host.asked) == 9 and all(one.running() for one in waiting))
        assert reason_of(chains, "bad-9") == "busy"
        waiting.append(pool.submit(reason_of, chains, "bad-7"))
        until(waiting[-1].running)
        assert reason_of(chains, "bad-0") == "busy"
        assert chains.get("good") is host.chain
        assert not any(one.done() for one in waiting)
        host.go.set()
        assert [one.result() for one in waiting] == ["fetch"] * MOST_WAITING
    assert "bad-9" not in host.asked


def test_a_chain_that_was_used_is_fetched_again_without_a_free_place(host: Host) -> None:
    """While eight addresses hang, a chain that verified requests before is renewed; a new one has to wait its turn."""
    moved = Clock()
    chains = Chains(host, moved)
    chains.get("good")
    chains.proven("good")
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(reason_of, chains, f"bad-{number}") for number in range(8)]
        until(lambda: len(host.asked) == 9)
        moved.moved_s = 13 * 3600
        assert chains.get("good") is host.chain
        until(lambda: host.asked.count("good") == 2)
        host.go.set()
        assert [one.result() for one in waiting] == ["fetch"] * 8


def test_a_fetch_that_does_not_end_is_left_behind(host: Host) -> None:
    """It counts as a failure when nobody waits any longer; a minute later another one begins, and brings the chain."""
    moved = Clock()
    chains = Chains(host, moved)
    assert [reason_of(chains, "bad-0") for _ in range(2)] == ["fetch"] * 2
    assert host.asked == ["bad-0"]
    host.well.add("bad-0")
    moved.moved_s = 61
    assert chains.get("bad-0") is host.chain
    assert host.asked == ["bad-0"] * 2
    host.go.set()
    assert chains.get("bad-0") is host.chain


def test_fetches_that_do_not_end_are_not_begun_without_bound(host: Host) -> None:
    """Eight that were left behind are enough: more addresses wait until one of them ends."""
    moved = Clock()
    chains = Chains(host, moved)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda number: reason_of(chains, f"bad-{number}"), range(8))) == ["fetch"] * 8
    moved.moved_s = 61
    assert [reason_of(chains, one) for one in ("bad-0", "good")] == ["busy"] * 2
    host.go.set()
    until(lambda: len(host.ended) == 8)
    assert chains.get("good") is host.chain


def test_many_failures_are_forgotten(host: Host) -> None:
    """The memory of failures has a bound: the oldest is forgotten, and would be fetched again."""
    host.go.set()
    chains = Chains(host, time.time)
    for number in range(MOST_FAILURES + 1):
        assert reason_of(chains, f"bad-{number}") == "fetch"
    host.asked.clear()
    assert [reason_of(chains, one) for one in ("bad-1", "bad-0")] == ["fetch", "fetch"]
    assert host.asked == ["bad-0"]


def test_an_error_of_our_own_is_a_failing_fetch(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever goes wrong while a chain is loaded, who waits is refused, and an operator can read what it was."""

    def broken(address: str) -> Chain:
        raise ZeroDivisionError(address)

    chains = Chains(broken, time.time)
    assert reason_of(chains, "good") == "fetch"
    assert "ZeroDivisionError" in caplog.text


def test_many_chains_do_not_push_out_the_good_one(door: Door) -> None:
    """Forty other chains of Amazon, named in forged requests, leave the one that is used where it is."""
    assert door.send() == GENUINE
    stranger = rsa_key()
    for number in range(40):
        url = door.authority.offer(f"other-{number}.pem", [door.authority.leaf, door.authority.intermediate])
        assert door.send(url, key=stranger) == (400, "the signature does not fit the request")
    assert door.send() == GENUINE
    assert door.authority.fetched.count(PATH) == 1
    assert certificates(door)["cached"] == 16


def test_a_new_chain_is_used_next_to_the_old_one(door: Door) -> None:
    """When Amazon moves to another certificate both are genuine, each with its own key."""
    authority = door.authority
    leaf = make(Wish(SIGNER, (SIGNER,)), rsa_key(), authority.intermediate)
    url = authority.offer("next.pem", [leaf, authority.intermediate])
    assert door.send() == GENUINE
    assert door.send(url, key=leaf.key) == GENUINE  # type: ignore[arg-type] # it is the RSA key made above
    assert door.send(url)[0] == 400
    assert door.send() == GENUINE


def test_health_tells_of_the_certificates(door: Door) -> None:
    """Nothing yet is well; a failure alone is not; a chain is, and how long it is valid is told."""
    assert certificates(door) == {"ok": True, "cached": 0}
    good = door.authority.pages.pop(PATH)
    door.send()
    told = certificates(door)
    assert (told["ok"], told["cached"], told["last_failure"]["reason"]) == (False, 0, "fetch")
    assert abs(datetime.fromisoformat(told["last_failure"]["at"]).timestamp() - door.clock()) < 60
    door.authority.pages[PATH] = good
    door.clock.moved_s = 61
    door.send()
    told = certificates(door)
    assert (told["ok"], told["cached"], told["last_failure"]["reason"]) == (True, 1, "fetch")
    assert told["valid_until"] == door.authority.leaf.certificate.not_valid_after_utc.isoformat()


@pytest.mark.parametrize("page", [Page(status=403), Page(b"<html>")])
def test_failures_are_told_in_the_log(door: Door, page: Page, caplog: pytest.LogCaptureFixture) -> None:
    """An operator sees which chain was refused and why."""
    door.authority.pages[PATH] = page
    door.send()
    assert "a certificate chain was refused: " in caplog.text
    assert PATH not in caplog.text  # a stranger may choose it
