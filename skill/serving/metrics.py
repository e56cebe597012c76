"""The figures of one application, in the format of Prometheus; none of them tells of a person or of pain."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0)


class Metrics:
    """Counters of requests, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "rugoefening_requests",
            "Requests of Alexa, by type and HTTP status",
            ("type", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "rugoefening_request_seconds", "How long an answer took", buckets=_SECONDS, registry=self.registry
        )
        self._refused = Counter(
            "rugoefening_refused", "Requests that were not genuine, by reason", ("reason",), registry=self.registry
        )
        self._violations = Counter(
            "rugoefening_contract_violations", "Answers that broke a rule of Alexa", ("rule",), registry=self.registry
        )

    def answered(self, kind: str, status: int, seconds: float) -> None:
        """Count a request of a type that got this HTTP status."""
        self._requests.labels(kind, str(status)).inc()
        self._seconds.observe(seconds)

    def refused(self, reason: str, seconds: float, status: int) -> None:
        """Count a request that was refused."""
        self.answered("refused", status, seconds)
        self._refused.labels(reason).inc()

    def violated(self, rule: str) -> None:
        """Count an answer that broke a rule, by the short name of the rule."""
        self._violations.labels(rule).inc()

    def watch(self, state: Callable[[], Mapping[str, Any]], replayed: Callable[[], int]) -> None:
        """Tell with every reading how the application is: ``state`` gives what /healthz tells."""
        self.registry.register(_State(state, replayed))

    def text(self) -> bytes:
        """All figures, as Prometheus reads them."""
        return generate_latest(self.registry)


class _State(Collector):
    """What is looked up when the figures are read."""

    def __init__(self, state: Callable[[], Mapping[str, Any]], replayed: Callable[[], int]) -> None:
        self._state = state
        self._replayed = replayed

    def describe(self) -> Iterator[Metric]:
        """Nothing before it is asked for: what is looked up may be slow."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """The state of this moment."""
        state = self._state()
        yield CounterMetricFamily("rugoefening_replays", "Requests answered from memory", value=self._replayed())
        health = GaugeMetricFamily("rugoefening_ok", "Whether a dependency works", labels=("dependency",))
        for name, found in state.items():
            health.add_metric((name,), float(found["ok"]))
        yield health
        cached = state["certificates"].get("cached", 0)
        yield GaugeMetricFamily("rugoefening_certificates_cached", "Certificate chains at hand", value=cached)
        free = state["disk"].get("free_mb", 0)
        yield GaugeMetricFamily("rugoefening_disk_free_megabytes", "Room on the disk of the database", value=free)
        pack = GaugeMetricFamily("rugoefening_pack", "The pack that is served", labels=("id",))
        pack.add_metric((state["pack"]["id"],), 1)
        yield pack
