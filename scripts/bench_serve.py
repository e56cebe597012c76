"""The part ``serve`` of bench.py: production on loopback, with real signatures, under the load of many listeners."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any

from scripts.authority import Authority
from scripts.bench_listeners import SKILL_ID, START, Ask, Course, Requests, Signer, listening, played, starts
from scripts.bench_load import Load, Reply, as_fast_as_possible, as_they_come, percentile
from scripts.bench_served import EMPTY, UNVERIFIED, VERIFIED, Served, served, stolen_s
from skill.alexa import contract
from skill.alexa.verification.certificates import Chain, believed, load_roots
from skill.alexa.verification.chains import Chains
from skill.alexa.verification.verifier import AlexaVerifier
from skill.content import load_content
from skill.pack import load_pack
from skill.settings import load_settings

VOICE = "espeak"
ENOUGH_CONNECTIONS = 16
"""So many requests at the same time saturate the server."""
MANY_CONNECTIONS = 64
PER_LISTENER = 0.022
"""Requests a second that one listener makes, about."""
MOST_DRIFT_S = 60.0
"""A request may tell a time that differs so much from the moment of its sending; the skill allows 150 s."""
TIMES = 300
"""How often one small thing is done to take its time."""
_BUSY = 0.5
"""With so much load for every processor before it begins, the figures say little."""


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    listeners: int = 10_000
    rounds: int = 5
    round_requests: int = 1500
    half_requests: int = 6000
    listeners_seconds: float = 30.0

    @property
    def saturating(self) -> int:
        """The requests that saturate; one more round than is measured, for what is only slow at first."""
        return (self.rounds + 1) * self.round_requests

    @property
    def seconds(self) -> float:
        """How long these listeners need to make all requests."""
        return self.listeners_seconds + 1.3 * (self.saturating + self.half_requests) / (PER_LISTENER * self.listeners)


@dataclass(frozen=True)
class Figure:
    """Something that was measured, and what it should be."""

    name: str
    measured: float | None
    """None: this system does not tell."""
    unit: str
    target: str = ""
    ok: bool | None = None
    """None: nothing is asked of it."""


@dataclass(frozen=True)
class Result:
    """All figures, ratios first, and what went wrong with single requests."""

    figures: Sequence[Figure]
    requests: int
    problems: Sequence[str]


def serve(*, minutes: float, as_json: bool) -> int:
    """Measure and print a table or data; the exit status: 1 when a request was not answered as it should be."""
    load = os.getloadavg()[0]
    result = measure(Size(listeners_seconds=minutes * 60), load_settings().packs)
    if as_json:
        print(json.dumps({"processors": os.cpu_count(), "load_before": load, **asdict(result)}, indent=1))
    else:
        if load > _BUSY * (os.cpu_count() or 1):
            print(f"This machine was busy before it began (load {load:.1f}): trust the ratios more than the times.")
        print(table(result))
    return 1 if result.problems else 0


def table(result: Result) -> str:
    """Every figure with its target; what went wrong is named."""
    last = f"{result.requests} requests; {len(result.problems)} were not answered as they should be."
    return "\n".join([*figures(result), "", last, *(f"  {one}" for one in result.problems[:5])])


def figures(result: Result) -> list[str]:
    """A line for every figure, with its target."""
    lines = [f"{'':<56}{'measured':>10}        target"]
    for one in result.figures:
        measured = "not told" if one.measured is None else f"{one.measured:.{2 if one.unit in ('', 'ms') else 0}f}"
        verdict = "" if one.ok is None else "ok" if one.ok else "MISS"
        lines.append(f"{one.name:<56}{measured:>10} {one.unit:<6} {one.target:<10} {verdict}".rstrip())
    return lines


def measure(size: Size, packs: Path, *, key_pem: bytes | None = None) -> Result:
    """Measure it all, with the pack of espeak in this folder; ``key_pem``: sign with another key than the authority's.

    Ends the program when nobody can be served.
    """
    with tempfile.TemporaryDirectory() as name, Authority(Path(name)) as authority:
        return _Bench(size, packs, Path(name), authority, key_pem or authority.leaf.key_pem).result()


@dataclass(frozen=True)
class _Speed:
    """How fast a server is when it is saturated."""

    rates: Sequence[float]
    """Good answers a second, by round."""
    core_ms: float | None
    """Processor time of one request."""

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)


class _Bench:
    """One measurement: who began, how long signing takes, and what went wrong."""

    def __init__(self, size: Size, packs: Path, folder: Path, authority: Authority, key_pem: bytes) -> None:
        self._size = size
        self._packs = packs
        self._folder = folder
        self._authority = authority
        self._signer = Signer(key_pem, authority.chain_url)
        self._jobs = os.cpu_count() or 1
        self._tokens: dict[int, str] = {}
        self._stamp = 0.0
        """The time that the last request tells (seconds since 1970)."""
        self._signing_s = 0.0
        """How long one signature takes."""
        self._good: set[tuple[str, bytes]] = set()
        self._examples: dict[str, tuple[dict[str, Any], bytes]] = {}
        """A request and its answer, of every kind."""
        self._requests = 0
        self._problems: list[str] = []

    def result(self) -> Result:
        size, course = self._size, _course(self._packs / VOICE / "manifest.json")
        everything = listening(course, size.listeners, size.seconds)
        asks = [one for one in everything if one.due_s >= 0]
        half, listened = asks[size.saturating :][: size.half_requests], asks[size.saturating + size.half_requests :]
        database = self._folder / "verified.sqlite3"
        with served(VERIFIED, database, self._packs, self._authority) as verified:
            self._begin(verified, starts(course, 1 + max(one.person for one in asks)))
            before = [one for one in everything if one.due_s < 0]
            if before:
                self._load(before, lambda found: as_fast_as_possible(verified.port, found, 1))
            with served(UNVERIFIED, _copied(database), self._packs, self._authority) as unverified:
                speed, free = self._saturated(verified, unverified, asks[: size.saturating])
            at_half = self._at_random(verified, half, speed.rate / 2)
            empty_ms = self._empty_ms(half, speed.rate / 2)
            soak = self._as_they_listen(verified, listened)
            memory, replays = verified.memory_mb(), verified.metric("rugoefening_replays_total")
        if replays:
            self._problems.append(f"{replays:.0f} requests were answered from memory: their times tell nothing")
        figures = [*_saturation(speed, free, at_half, empty_ms), *_half(at_half, speed.rate / 2), *self._parts()]
        return Result([*figures, *_listeners(soak, size.listeners, memory)], self._requests, self._problems)

    def _begin(self, server: Served, asks: Sequence[Ask]) -> None:
        """Everybody says "start"; the answers tell the tokens of their runs. Ends the program when one is refused."""
        load = self._load(asks, lambda found: as_fast_as_possible(server.port, found, ENOUGH_CONNECTIONS))
        if self._problems:
            raise SystemExit(f"{len(self._problems)} of {len(asks)} people could not begin. {self._problems[0]}")
        for ask, reply in zip(asks, load.replies, strict=True):
            self._tokens[ask.person] = _played(reply.body)

    def _saturated(self, verified: Served, unverified: Served, asks: Sequence[Ask]) -> tuple[_Speed, _Speed]:
        """The same requests to both, in turns, and each begins as often as the other."""
        servers = (verified, unverified)
        rates: dict[int, list[float]] = {one.pid: [] for one in servers}
        before: list[float | None] = [None, None]
        for number in range(self._size.rounds + 1):
            if number == 1:
                before = [one.core_seconds() for one in servers]
            some = asks[number * self._size.round_requests :][: self._size.round_requests]
            with self._signed(some) as found:
                for server in servers if number % 2 else reversed(servers):
                    load = as_fast_as_possible(server.port, found, ENOUGH_CONNECTIONS)
                    self._judge(found, load)
                    rates[server.pid].append(load.rate)
        after = [one.core_seconds() for one in servers]
        used = [
            None if end is None or start is None else (end - start) / (len(asks) - self._size.round_requests) * 1000
            for start, end in zip(before, after, strict=True)
        ]
        first, second = (_Speed(rates[one.pid][1:], cost) for one, cost in zip(servers, used, strict=True))
        return first, second

    def _at_random(self, server: Served, asks: Sequence[Ask], rate: float) -> Load:
        """So many a second on average, at random moments, as people come who know nothing of each other."""
        due_s = _at_random_s(len(asks), rate)
        return self._load(asks, lambda found: as_they_come(server.port, found, due_s, MANY_CONNECTIONS))

    def _empty_ms(self, asks: Sequence[Ask], rate: float) -> float:
        """The median (ms) of a skill that does nothing, of the same requests at the same moments."""
        with (
            served(EMPTY, self._folder / "empty.sqlite3", self._packs, self._authority) as server,
            self._signed(asks) as found,
        ):
            return as_they_come(server.port, found, _at_random_s(len(asks), rate), MANY_CONNECTIONS).percentile(0.5)

    def _as_they_listen(self, server: Served, asks: Sequence[Ask]) -> Load:
        first = asks[0].due_s
        wanted = [one for one in asks if one.due_s < first + self._size.listeners_seconds]
        due_s = [one.due_s - first for one in wanted]
        return self._load(wanted, lambda found: as_they_come(server.port, found, due_s, MANY_CONNECTIONS))

    def _load(self, asks: Sequence[Ask], run: Callable[[Requests], Load]) -> Load:
        with self._signed(asks) as found:
            before = stolen_s()
            load = run(found)
            after = stolen_s()
            self._judge(found, load)
        if before is None or after is None:
            return load
        return replace(load, stolen=(after - before) / load.seconds / self._jobs)

    def _signed(self, asks: Sequence[Ask]) -> Requests:
        """The requests, with times as if the first is sent when all are signed; never earlier than those before.

        Ends the program when signing takes so much longer than thought that they would be too old.
        """
        for _ in range(3):
            began = time.time()
            stamp = max(self._stamp, began + len(asks) * self._signing_s)
            found = Requests(asks).sign(self._signer, self._tokens, stamp, self._jobs)
            self._signing_s = (time.time() - began) / len(asks)
            late = time.time() - stamp
            if late < MOST_DRIFT_S:
                time.sleep(max(0.0, -late - MOST_DRIFT_S))
                self._stamp = stamp + asks[-1].due_s - asks[0].due_s
                return found
            found.close()
        raise SystemExit("this machine is too busy to sign so many requests: ask for fewer minutes")

    def _judge(self, requests: Requests, load: Load) -> None:
        """Look at every answer, now that no clock runs."""
        self._requests += len(requests)
        for index, reply in enumerate(load.replies):
            problem = self._problem(requests, index, reply)
            if problem:
                self._problems.append(f"{requests.asks[index].kind}: {problem}")

    def _problem(self, requests: Requests, index: int, reply: Reply) -> str:
        """What is wrong with an answer; nothing when it obeys Alexa's contract and plays what it must."""
        ask = requests.asks[index]
        if reply.status != 200:
            return (
                f"status {reply.status}, {reply.body[:200].decode(errors='replace')}" if reply.status else "no answer"
            )
        if (ask.kind, reply.body) not in self._good:
            violations = contract.check(requests.envelope(index), json.loads(reply.body))
            if violations:
                return f"breaks rule {violations[0].rule}: {violations[0].message}"
            self._good.add((ask.kind, reply.body))
            self._examples.setdefault(ask.kind, (requests.envelope(index), reply.body))
        token = _played(reply.body)
        expected = token if ask.kind == START else played(self._tokens[ask.person], ask)
        if token != expected or (ask.kind == START and not token):
            return (
                f"plays {token or 'nothing'}, not {expected or 'nothing' if ask.kind != START else 'the first track'}"
            )
        return ""

    def _parts(self) -> list[Figure]:
        """Verification with the chain at hand, and the check of the answer that takes longest."""
        roots, pages = load_roots(self._authority.ca_file), self._authority.pages
        pem = next(iter(pages.values())).body

        def load(_address: str) -> Chain:
            return believed(pem, roots, time.time())

        example = next(iter(self._examples.values()))[0]
        made_at = datetime.fromisoformat(example["request"]["timestamp"]).timestamp()
        verify = AlexaVerifier(SKILL_ID, Chains(load, time.time), lambda: made_at)
        body = json.dumps(example).encode()
        headers = self._authority.sign(body)
        verification = _median_ms(lambda: verify(headers, body))
        pairs = [(asked, json.loads(answer)) for asked, answer in self._examples.values()]
        checks = [_median_ms(partial(contract.check, asked, answer)) for asked, answer in pairs]
        return [
            Figure("verification, certificate cached", verification, "ms"),
            Figure("contract check, the dearest answer", max(checks), "ms", "<= 0.10", max(checks) <= 0.1),
        ]


def _at_random_s(count: int, rate: float) -> list[float]:
    """When so many requests are due (s), of which so many come a second on average."""
    chance = random.Random(count)  # noqa: S311  # not for secrets: the same load every time
    return list(accumulate(chance.expovariate(rate) for _ in range(count)))


def _course(manifest: Path) -> Course:
    pack, routine = load_pack(manifest), load_content().routines["bovenrug"]
    tracks = ((one.id, pack.track(routine.id, one.id, "basic", "normal")) for one in routine.exercises)
    return Course(tuple((name, track.ms / 1000) for name, track in tracks if track is not None))


def _copied(database: Path) -> Path:
    """A copy of a database that is in use, beside it."""
    copy = database.with_name("unverified.sqlite3")
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


def _played(answer: bytes) -> str:
    """The token of the stream that an answer plays; empty: none."""
    directives = json.loads(answer)["response"].get("directives", [])
    return next((str(one["audioItem"]["stream"]["token"]) for one in directives if "audioItem" in one), "")


def _median_ms(work: Callable[[], object]) -> float:
    times = []
    for _ in range(TIMES):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def _saturation(speed: _Speed, free: _Speed, half: Load, empty_ms: float) -> list[Figure]:
    pairs = zip(speed.rates, free.rates, strict=True)
    ratio = statistics.median(one / other for one, other in pairs)
    costs = None if not speed.core_ms or not free.core_ms else speed.core_ms / free.core_ms
    waiting = half.percentile(0.5) / speed.core_ms if speed.core_ms else None
    return [
        Figure("throughput, verified : not verified", ratio, "", ">= 0.85", ratio >= 0.85),
        Figure("processor time, verified : not verified", costs, ""),
        Figure("median at half saturation : processor time of a request", waiting, ""),
        Figure("median at half saturation : of a skill that does nothing", half.percentile(0.5) / empty_ms, ""),
        Figure("a skill that does nothing, at that rate: median", empty_ms, "ms"),
        Figure("saturation", speed.rate, "a s"),
        Figure("saturation, not verified", free.rate, "a s"),
        Figure("processor time of a request", speed.core_ms, "ms"),
    ]


def _half(load: Load, rate: float) -> list[Figure]:
    median, slow = load.percentile(0.5), load.percentile(0.99)
    return [
        Figure(f"at half saturation ({rate:.0f} a s), median", median, "ms", "<= 1.50", median <= 1.5),
        Figure("at half saturation, p99", slow, "ms", "<= 10.00", slow <= 10),
        Figure("of which added by sending late, p99", percentile(load.late_ms, 0.99), "ms"),
        _taken(load),
    ]


def _listeners(load: Load, listeners: int, memory_mb: float | None) -> list[Figure]:
    slow = load.percentile(0.99)
    what = f"{listeners} listeners, {load.seconds:.0f} s, {load.rate:.0f} a s"
    return [
        Figure(f"{what}: median", load.percentile(0.5), "ms"),
        Figure(f"{what}: p99", slow, "ms", "<= 50.00", slow <= 50),
        _taken(load),
        Figure("memory of the server at the end", memory_mb, "MB"),
    ]


def _taken(load: Load) -> Figure:
    """On a virtual machine others may get the processors: then times tell more of them than of the skill."""
    return Figure("taken away by the host meanwhile", None if load.stolen is None else load.stolen * 100, "%")
