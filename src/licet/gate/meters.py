"""What the gate counts, for Prometheus."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector

from licet.core.catalogue import Api
from licet.core.decision import Outcome
from licet.core.safeguards import Side
from licet.gate.endpoints import Endpoint
from licet.gate.flight import Flights
from licet.gate.watch import Watch
from licet.wire.failure import Failure
from licet.wire.journal import Screened


class Meters:
    """The counters of one worker; with `shared`, the exposition adds up all workers that write to that directory.

    `shared` is the directory that `PROMETHEUS_MULTIPROC_DIR` named when this process began.
    """

    def __init__(self, worker: str, shared: str | None) -> None:
        self._worker = worker
        self._shared = shared
        self._registry = CollectorRegistry()
        answers = ("endpoint", "outcome", "status")
        self._answers = Counter(
            "licet_answers", "Decided requests that were answered", answers, registry=self._registry
        )
        self._refusals = Counter(
            "licet_refusals", "Requests refused before any decision", ("api", "code"), registry=self._registry
        )
        self._ends = Counter("licet_ends", "How answers ended", ("how",), registry=self._registry)
        told = ("safeguard", "side", "led")
        self._screenings = Counter(
            "licet_safeguards", "What safeguards said of requests and answers", told, registry=self._registry
        )
        self._gauges = {
            name: Gauge(f"licet_{name}", text, ("worker",), registry=self._registry, multiprocess_mode="liveall")
            for name, text in (
                ("in_flight", "Requests that are being answered"),
                ("epoch", "The epoch of the rulebook that is enforced"),
                ("rulebook_age_seconds", "Seconds since the rulebook was confirmed to be in force"),
            )
        }
        self._counted: dict[tuple[str, Outcome, int], int] = {}
        self._ended: dict[str, int] = {}
        self._screened: dict[tuple[str, str, str], int] = {}

    def answered(self, endpoint: Endpoint, outcome: Outcome, status: int) -> None:
        """A decided request was answered."""
        key = (endpoint.path, outcome, status)
        self._counted[key] = self._counted.get(key, 0) + 1

    def refused(self, api: Api, failure: Failure) -> None:
        """A request was refused before any decision."""
        self._refusals.labels(api.value, failure.code).inc()

    def ended(self, how: str) -> None:
        """An answer ended."""
        self._ended[how] = self._ended.get(how, 0) + 1

    def screened(self, side: Side, said: Iterable[Screened]) -> None:
        """Safeguards said this of a request or an answer: what the last classifier of each that was asked led to."""
        for safeguard, led in {each.safeguard: each.led for each in said}.items():
            key = (safeguard, side.value, led.value)
            self._screened[key] = self._screened.get(key, 0) + 1

    def observe(self, watch: Watch, flights: Flights) -> None:
        """Pass on what was counted since the last time, and what is measured now; once a second.

        Counters that processes share cost microseconds each, too much for every request.
        """
        for (path, outcome, status), number in self._counted.items():
            self._answers.labels(path, outcome.value, str(status)).inc(number)
        for how, number in self._ended.items():
            self._ends.labels(how).inc(number)
        for labels, number in self._screened.items():
            self._screenings.labels(*labels).inc(number)
        self._screened.clear()
        self._counted.clear()
        self._ended.clear()
        self._gauges["in_flight"].labels(self._worker).set(len(flights))
        self._gauges["rulebook_age_seconds"].labels(self._worker).set(watch.age)
        if watch.enforced is not None:
            self._gauges["epoch"].labels(self._worker).set(watch.enforced.rulebook.epoch)

    def exposition(self, watch: Watch, flights: Flights) -> tuple[bytes, bytes]:
        """The counters as text, and their media type."""
        self.observe(watch, flights)
        registry = self._registry
        if self._shared is not None:
            registry = CollectorRegistry()
            MultiProcessCollector(registry, path=self._shared)  # type: ignore[no-untyped-call]
        return generate_latest(registry), CONTENT_TYPE_LATEST.encode()
