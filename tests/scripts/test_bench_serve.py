"""The part ``serve`` of the bench: what it sends, what it counts, and what it tells. No speed is judged here."""

from __future__ import annotations

import math
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scripts.authority import Authority
from scripts.bench_listeners import (
    FINISHED,
    NEARLY,
    PAUSE,
    RESUME,
    STARTED,
    STOPPED,
    Course,
    Requests,
    Signer,
    listening,
    starts,
)
from scripts.bench_load import Load, Reply, as_fast_as_possible, as_they_come
from scripts.bench_serve import Figure, Result, Size, measure, table
from scripts.bench_served import VERIFIED, Served, served, stolen_s
from scripts.certificates import Wish, make, rsa_key

COURSE = Course((("open_book", 252.0), ("seated_turn", 214.0), ("elbows_up", 216.0)))
SMALL = Size(listeners=200, rounds=1, round_requests=40, half_requests=40, listeners_seconds=1.5)
FORGED = make(Wish("Forger"), rsa_key()).key_pem


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """Who signs."""
    with Authority(tmp_path_factory.mktemp("authority")) as found:
        yield found


@pytest.fixture(scope="module")
def server(built_pack: Path, authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of production that verifies."""
    folder = tmp_path_factory.mktemp("served")
    with served(VERIFIED, folder / "progress.sqlite3", built_pack, authority) as found:
        yield found


def test_everything_is_measured(built_pack: Path) -> None:
    """Every request of a small measurement is answered as the contract and the routine ask, none from memory."""
    result = measure(SMALL, built_pack)
    figures = {one.name.partition(",")[0].partition(" (")[0]: one for one in result.figures}
    assert result.problems == []
    assert result.requests > 2 * SMALL.saturating + SMALL.half_requests
    assert list(figures)[:4] == [
        "throughput",
        "processor time",
        "median at half saturation : processor time of a request",
        "median at half saturation : of a skill that does nothing",
    ]
    judged = [one.name for one in result.figures if one.target]
    assert len(judged) == 5
    assert all(isinstance(one.ok, bool) for one in result.figures if one.target)
    known = [one.measured for one in result.figures if one.measured is not None]
    assert len(known) >= len(result.figures) - 6  # Linux alone tells processor time, memory and what was taken
    assert all(math.isfinite(one) and one >= 0 for one in known)


def test_forged_requests_are_errors(server: Served, authority: Authority) -> None:
    """What another key signed is refused, and counts for no figure."""
    with Requests(starts(COURSE, 20)) as requests:
        requests.sign(Signer(FORGED, authority.chain_url), {}, time.time(), 1)
        load = as_fast_as_possible(server.port, requests, 4)
    assert Counter(one.status for one in load.replies) == {400: 20}
    assert all(b"signature" in one.body for one in load.replies)
    assert (load.good, load.rate) == ([], 0)
    assert math.isnan(load.percentile(0.5))


def test_without_a_beginning_nothing_is_measured(built_pack: Path) -> None:
    """When nobody is let in, the bench ends and tells how the first was refused."""
    with pytest.raises(SystemExit, match=r"people could not begin\. StartIntent: status 400, .*signature does not fit"):
        measure(Size(5, 1, 5, 5, 1.0), built_pack, key_pem=FORGED)


def test_replays_are_told_apart(server: Served, authority: Authority) -> None:
    """What is sent a second time is answered from memory, and the server tells how often that was."""
    before = server.metric("rugoefening_replays_total")
    with Requests(starts(COURSE, 20)) as requests:
        requests.sign(Signer(authority.leaf.key_pem, authority.chain_url), {}, time.time(), 1)
        first = as_they_come(server.port, requests, [index / 200 for index in range(20)], 4)
        assert server.metric("rugoefening_replays_total") == before
        second = as_fast_as_possible(server.port, requests, 4)
    assert len(first.good) == len(second.good) == len({one.body for one in first.good}) == 20
    assert [one.body for one in first.replies] == [one.body for one in second.replies]
    assert server.metric("rugoefening_replays_total") == before + 20


def test_what_a_server_uses_is_told(server: Served) -> None:
    """Processor time and memory of the server, as far as the system tells them."""
    used, memory = server.core_seconds(), server.memory_mb()
    assert (used is None) == (memory is None) == (not Path("/proc/self/stat").exists())
    assert used is None or memory is None or (used > 0 and 10 < memory < 2000)


def test_what_the_host_took_is_told() -> None:
    """Processor time that others got instead grows, and is told where the system tells it."""
    before, after = stolen_s(), stolen_s()
    assert (before is None) == (after is None) == (not Path("/proc/stat").exists())
    assert before is None or after is None or 0 <= before <= after


def test_the_requests_differ_and_are_signed(authority: Authority) -> None:
    """Each has an id of its own, the time that it is due, and a signature over its body."""
    asks = listening(COURSE, 200, 6.0)
    tokens = {one.person: f"v1:bovenrug:open_book:basic:normal:abc:run{one.person}:-" for one in asks}
    with Requests(asks).sign(Signer(authority.leaf.key_pem, authority.chain_url), tokens, 1_800_000_000.0, 1) as found:
        assert len(found) == len(asks) > 10
        envelopes = [found.envelope(index) for index in range(len(found))]
        head, _, body = found[0].partition(b"\r\n\r\n")
    assert len({one["request"]["requestId"] for one in envelopes}) == len(asks)
    times = [one["request"]["timestamp"] for one in envelopes]
    assert times == sorted(times)
    assert times[0] == "2027-01-15T08:00:00.000Z"
    header = next(line for line in head.decode().split("\r\n") if line.startswith("Signature-256: "))
    assert (
        header.removeprefix("Signature-256: ") == authority.sign(body)["Signature-256"]
    )  # PKCS 1 v1.5: no chance in it


def test_many_requests_are_signed_by_several_processes(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order stays, whoever signs."""
    monkeypatch.setattr("scripts.bench_listeners._MANY", 2)
    monkeypatch.setattr("scripts.bench_listeners._CHUNK", 2)
    with Requests(starts(COURSE, 5)) as found:
        found.sign(Signer(authority.leaf.key_pem, authority.chain_url), {}, time.time(), 2)
        people = [found.envelope(index)["context"]["System"]["user"]["userId"] for index in range(len(found))]
    assert [one.rstrip("A").rpartition(".")[2] for one in people] == [f"{number:07d}" for number in range(5)]


def test_ten_thousand_listeners_make_230_requests_a_second() -> None:
    """The load is the one that is asked for, and begins the same every time."""
    asks = listening(COURSE, 2000, 60.0)
    assert 210 < sum(one.due_s >= 0 for one in asks) / 60 * 5 < 250
    assert {one.kind for one in asks if one.due_s < 0} == {PAUSE, STOPPED}
    assert asks == sorted(asks, key=lambda one: one.due_s)
    assert asks == listening(COURSE, 2000, 60.0)
    assert {one.kind for one in asks} == {STARTED, STOPPED, NEARLY, FINISHED, PAUSE, RESUME}


def test_a_listener_keeps_to_the_order_of_a_player() -> None:
    """One listener hears all tracks; each starts, is nearly finished and finishes, and a pause is resumed."""
    asks = [one for one in listening(COURSE, 1, 1800.0) if one.person == 1]
    kinds = [one.kind for one in asks]
    assert [one.track for one in asks if one.kind == FINISHED] == ["open_book", "seated_turn", "elbows_up"]
    assert [one.plays for one in asks if one.kind == NEARLY] == ["seated_turn", "elbows_up", ""]
    assert kinds.count(STARTED) == 3 + kinds.count(PAUSE)
    for place, kind in enumerate(kinds):
        if kind == PAUSE:
            assert kinds[place : place + 4] == [PAUSE, STOPPED, RESUME, STARTED]


def test_waiting_counts_and_hanging_up_is_an_error() -> None:
    """On one connection each waits for those before it; who gets no answer is counted, and the load goes on."""
    sent: list[bytes] = [b"a\r\n", b"b\r\n", b"hang up\r\n", b"c\r\n"]
    with _answering(lambda line: None if line == b"hang up" else line) as port:
        load = as_they_come(port, sent, [0.0, 0.0, 0.0, 0.0], 1)
    assert [one.status for one in load.replies] == [200, 200, 0, 200]
    assert [one.body for one in load.good] == [b"a", b"b", b"c"]
    assert load.replies[0].ms < load.replies[1].ms < load.replies[3].ms
    assert load.percentile(1.0) == load.replies[3].ms
    assert load.percentile(0.0) == load.replies[0].ms


def test_the_table_tells_what_is_missed() -> None:
    """Figures stand beside their targets; what was not answered well is named, up to five of it."""
    figures = [Figure("throughput", 0.91, "", ">= 0.85", ok=True), Figure("median", 1.714, "ms", "<= 1.50", ok=False)]
    lines = table(Result([*figures, Figure("memory", None, "MB")], 1200, ["StartIntent: no answer"] * 7)).splitlines()
    assert lines[1].split() == ["throughput", "0.91", ">=", "0.85", "ok"]
    assert lines[2].split() == ["median", "1.71", "ms", "<=", "1.50", "MISS"]
    assert lines[3].split() == ["memory", "not", "told", "MB"]
    assert lines[5] == "1200 requests; 7 were not answered as they should be."
    assert len(lines) == 11


def test_a_load_of_nothing_has_no_percentile() -> None:
    """Without a good answer there is no figure."""
    assert math.isnan(Load([Reply(0, b"", 5.0)], 1.0, []).percentile(0.99))


@contextmanager
def _answering(answer: Callable[[bytes], bytes | None]) -> Iterator[int]:
    """A server that answers each line; None: it hangs up. It sends the end of an answer by itself."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:  # closed: the test is over
                    return
                with connection, connection.makefile("rb") as lines:
                    for line in lines:
                        body = answer(line.strip())
                        if body is None:
                            break
                        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                        connection.sendall(head + body[:0])
                        time.sleep(0.002)
                        connection.sendall(body)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
