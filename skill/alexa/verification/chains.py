"""The certificate chains that were believed, so that each is fetched once and nobody waits for another's."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from skill.alexa.verification.certificates import Chain
from skill.errors import RequestRefusedError

log = logging.getLogger(__name__)

MOST_KEPT = 16
MOST_FAILURES = 1024
MOST_FETCHES = 8
"""Fetches at the same time of addresses that no genuine request named yet."""
MOST_WAITING = 64
"""Requests that may wait at the same time: as many as come while a chain is fetched on a busy day. A server has as
many threads besides those that answer the others."""
WAIT_S = 2.5
"""How long a request waits for a chain; with the answer it leaves within 3 s."""
REFRESHED_AFTER_S = 12 * 3600
"""From this age on a chain is fetched again behind the requests, so that a host which is away is not felt."""
FAILURE_KEPT_S = 60

_NEVER = float("-inf")


@dataclass(frozen=True)
class _Kept:
    chain: Chain
    fetched_at: float
    proven_at: float = _NEVER

    def age(self, now: float) -> float:
        """Seconds; endless when the clock went back behind the fetch."""
        return now - self.fetched_at if now >= self.fetched_at else float("inf")


@dataclass(frozen=True)
class _Failure:
    at: float
    reason: str
    message: str

    def is_recent(self, now: float) -> bool:
        return 0 <= now - self.at < FAILURE_KEPT_S

    def refusal(self) -> RequestRefusedError:
        return RequestRefusedError(self.reason, self.message)


@dataclass
class _Flight:
    """One fetch that is under way, and what came of it."""

    began: float = field(default_factory=time.monotonic)
    done: threading.Event = field(default_factory=threading.Event)
    result: Chain | _Failure | None = None

    @property
    def age(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self.began


class Chains:
    """A bounded cache of chains by address; safe for threads.

    ``load`` fetches and judges a chain, and raises RequestRefusedError. A chain that verified a genuine request is
    only pushed out by others that did so too, and is fetched again without waiting for a free place.
    """

    def __init__(self, load: Callable[[str], Chain], clock: Callable[[], float]) -> None:
        self._load = load
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}
        self._failures: dict[str, _Failure] = {}
        self._flights: dict[str, _Flight] = {}
        self._waiting = 0
        self._left_behind = 0
        """Fetches that went on when nobody waited for them any more."""
        self._last_failure: _Failure | None = None

    def get(self, address: str) -> Chain:
        """The chain at a normalised address, fetched if need be.

        Raises RequestRefusedError: the reason of the failure, ``busy`` when too many are waiting already.
        """
        with self._lock:
            now = self._clock()
            kept = self._kept.get(address)
            if kept is not None and kept.chain.is_valid(now):
                if kept.age(now) > REFRESHED_AFTER_S and self._failure(address, now) is None:
                    with suppress(RequestRefusedError):  # the next request tries it again
                        self._flight(address)
                return kept.chain
            flight = self._joined(address, now)
            self._waiting += 1
        try:
            return self._landed(address, flight)
        finally:
            with self._lock:
                self._waiting -= 1

    def proven(self, address: str) -> None:
        """A genuine request was signed with the chain at this address."""
        with self._lock:
            kept = self._kept.get(address)
            if kept is not None:
                self._kept[address] = replace(kept, proven_at=self._clock())

    def status(self) -> dict[str, Any]:
        """For /healthz: how many chains are at hand, until when the longest is valid, and the last failure."""
        with self._lock:
            now = self._clock()
            ends = [kept.chain.until for kept in self._kept.values() if kept.chain.is_valid(now)]
            failure = self._last_failure
        found: dict[str, Any] = {"ok": bool(ends) or failure is None, "cached": len(ends)}
        if ends:
            found["valid_until"] = _written(max(ends))
        if failure is not None:
            found["last_failure"] = {"at": _written(failure.at), "reason": failure.reason}
        return found

    def _joined(self, address: str, now: float) -> _Flight:
        """The flight to wait for; called with the lock held."""
        failure = self._failure(address, now)
        if failure is not None:
            raise failure.refusal()
        if self._waiting >= MOST_WAITING:
            raise RequestRefusedError("busy", "too many requests wait for a certificate chain")
        return self._flight(address)

    def _failure(self, address: str, now: float) -> _Failure | None:
        failure = self._failures.get(address)
        return failure if failure is not None and failure.is_recent(now) else None

    def _is_proven(self, address: str) -> bool:
        return address in self._kept and self._kept[address].proven_at > _NEVER

    def _flight(self, address: str) -> _Flight:
        """The fetch of this address that is under way, or a new one; called with the lock held."""
        flight = self._flights.get(address)
        if flight is None:
            most = 2 * MOST_FETCHES if self._is_proven(address) else MOST_FETCHES
            if len(self._flights) + self._left_behind >= most:
                raise RequestRefusedError("busy", "too many certificate chains are being fetched")
            flight = _Flight()
            try:
                threading.Thread(target=self._fly, args=(address, flight), name="certificates", daemon=True).start()
            except RuntimeError:  # the system has no more threads
                raise RequestRefusedError("busy", "no certificate chain can be fetched now") from None
            self._flights[address] = flight
        return flight

    def _fly(self, address: str, flight: _Flight) -> None:
        try:
            flight.result = self._load(address)
        except RequestRefusedError as error:
            flight.result = _Failure(self._clock(), error.reason, str(error))
        except Exception:  # whoever waits must hear of it, whatever it was
            log.exception("a certificate chain could not be loaded")
            flight.result = _Failure(self._clock(), "fetch", "the certificate chain could not be loaded")
        with self._lock:
            left_behind = self._flights.get(address) is not flight
            if left_behind:
                self._left_behind -= 1
            else:
                del self._flights[address]
            if isinstance(flight.result, Chain) or not left_behind:
                self._keep(address, flight.result)
        flight.done.set()

    def _keep(self, address: str, result: Chain | _Failure) -> None:
        """Remember what came of a fetch, within bounds; called with the lock held."""
        if isinstance(result, _Failure):
            log.warning("a certificate chain was refused: %s", result.message)  # not its address: strangers choose that
            self._last_failure = result
            self._failures.pop(address, None)
            self._failures[address] = result
            if len(self._failures) > MOST_FAILURES:
                del self._failures[next(iter(self._failures))]
            return
        proven_at = self._kept[address].proven_at if address in self._kept else _NEVER
        self._kept[address] = _Kept(result, self._clock(), proven_at)
        self._failures.pop(address, None)
        if len(self._kept) > MOST_KEPT:
            del self._kept[min(self._kept, key=lambda one: (self._kept[one].proven_at, self._kept[one].fetched_at))]

    def _landed(self, address: str, flight: _Flight) -> Chain:
        flight.done.wait(max(0.0, WAIT_S - flight.age))
        result = flight.result or _Failure(self._clock(), "fetch", "the certificate host is too slow")
        if isinstance(result, _Failure):
            self._leave_behind(address, flight, result)
            raise result.refusal()
        return result

    def _leave_behind(self, address: str, flight: _Flight, failure: _Failure) -> None:
        """Count a fetch that still goes on as a failure, so that another one may begin in a minute."""
        with self._lock:
            if self._flights.get(address) is flight:
                del self._flights[address]
                self._left_behind += 1
                self._keep(address, failure)


def _written(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
