"""The road between one virtual Echo and the skill: it keeps what went over it, and does harm that was asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from time import perf_counter, sleep
from typing import Any

from skill.alexa.contract import check
from skill.echo.device import Device
from skill.echo.transport import ENOUGH_S, Transport

KEPT = 100
"""How many requests of one Echo are kept."""
_EVENTS = "AudioPlayer."
_SPOKEN = ("LaunchRequest", "IntentRequest")
_NOTHING = {"version": "1.0", "response": {}}
_HIDDEN = "…"
_SECRETS = ("apiAccessToken", "accessToken", "consentToken")


class Fault(StrEnum):
    """What can go wrong on the road."""

    LOST = "lost"
    """The next event of the player is not sent."""
    TWICE = "twice"
    """The next event of the player is sent twice."""
    SLOW = "slow"
    """The next answer to something that was said takes long."""
    TOO_SLOW = "too_slow"
    """It takes longer than Alexa waits."""


LATENESS_S: Mapping[Fault, float] = {Fault.SLOW: 6.0, Fault.TOO_SLOW: 9.0}


@dataclass(frozen=True)
class Exchange:
    """One request and its answer."""

    number: int
    device: str
    at_ms: int
    """When it was sent, in the time of the Echo (ms since 1970)."""
    ms: float
    """How long the skill took."""
    status: int
    request: Mapping[str, Any]
    response: Any
    findings: tuple[Mapping[str, str], ...] = ()
    """The rules of Alexa that the answer breaks."""
    fault: str = ""
    """The harm that was done to it."""

    @property
    def data(self) -> dict[str, Any]:
        """It as JSON, without secrets."""
        asked = self.request["request"]
        return {
            "number": self.number,
            "device": self.device,
            "at_ms": self.at_ms,
            "type": asked["type"],
            "intent": asked.get("intent", {}).get("name", ""),
            "ms": self.ms,
            "status": self.status,
            "fault": self.fault,
            "findings": list(self.findings),
            "request": _without_secrets(self.request),
            "response": _without_secrets(self.response),
        }


class Wire:
    """A transport around another one; ``numbers`` counts the exchanges of all Echos."""

    def __init__(self, inner: Transport, name: str, numbers: Iterator[int]) -> None:
        self._inner = inner
        self._name = name
        self._numbers = numbers
        self._device: Device | None = None
        self._copying = False
        self.faults: set[Fault] = set()
        """What will go wrong next."""
        self.exchanges: deque[Exchange] = deque(maxlen=KEPT)

    def beside(self, name: str) -> Wire:
        """The road of another Echo to the same skill; what goes over it is kept together with this."""
        other = Wire(self._inner, name, self._numbers)
        other.exchanges = self.exchanges
        return other

    def attach(self, device: Device) -> None:
        """This is the Echo at this end of the road."""
        self._device = device

    def arm(self, fault: Fault) -> None:
        """Let this go wrong at the next chance; asked for again, let it be."""
        self.faults ^= {fault}
        if fault in LATENESS_S and fault in self.faults:
            self.faults -= LATENESS_S.keys() - {fault}
        if self._device is not None:
            self._device.copies = 2 if Fault.TWICE in self.faults else 1

    def __call__(self, envelope: Mapping[str, Any]) -> tuple[int, Any]:
        """Post a request envelope."""
        kind = str(envelope["request"]["type"])
        if kind.startswith(_EVENTS) and Fault.LOST in self.faults:
            self.faults.discard(Fault.LOST)
            self._keep(envelope, 0, None, 0.0, fault=Fault.LOST)
            return 200, _NOTHING
        began = perf_counter()
        status, answer = self._inner(envelope)
        ms = round((perf_counter() - began) * 1000, 1)
        fault = self._late() if kind in _SPOKEN else self._doubled() if kind.startswith(_EVENTS) else None
        self._keep(envelope, status, answer, ms, fault=fault)
        return (0, None) if fault is Fault.TOO_SLOW else (status, answer)

    def fetch(self, url: str) -> bytes | None:
        """The bytes of an audio file."""
        return self._inner.fetch(url)

    def _late(self) -> Fault | None:
        """Wait as long as the fault says, but never longer than Alexa does."""
        fault = next((one for one in LATENESS_S if one in self.faults), None)
        if fault is not None:
            self.faults.discard(fault)
            sleep(min(LATENESS_S[fault], ENOUGH_S))
        return fault

    def _doubled(self) -> Fault | None:
        """The device sends the next event as often as ``copies`` says, which was read before the first of them."""
        doubled = self._copying or Fault.TWICE in self.faults
        self._copying = Fault.TWICE in self.faults
        self.faults.discard(Fault.TWICE)
        if self._device is not None:
            self._device.copies = 1
        return Fault.TWICE if doubled else None

    def _keep(self, envelope: Mapping[str, Any], status: int, answer: Any, ms: float, *, fault: Fault | None) -> None:
        device = self._device
        broken = (
            check(envelope, answer, loopback=True, length_ms=device.length_of if device else None)
            if status == 200
            else []
        )
        findings = tuple({"rule": one.rule, "message": one.message, "source": one.source} for one in broken)
        at_ms = round(device.now * 1000) if device else 0
        number = next(self._numbers)
        self.exchanges.append(Exchange(number, self._name, at_ms, ms, status, envelope, answer, findings, fault or ""))


def _without_secrets(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _HIDDEN if key in _SECRETS else _without_secrets(one) for key, one in value.items()}
    return [_without_secrets(one) for one in value] if isinstance(value, list) else value
