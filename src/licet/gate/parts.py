"""The ports, limits and moving parts of a gate, put together once by `app/gate.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from licet.gate.callers import Callers
from licet.gate.circumstances import Circumstances
from licet.gate.flight import Flights
from licet.gate.limits import Limits
from licet.gate.meters import Meters
from licet.gate.ports import Journal, Traces
from licet.gate.refusal import Pages
from licet.gate.relay import Relay
from licet.gate.safeguard.cascade import Cascades, no_classifier, no_log
from licet.gate.shadow import Place
from licet.gate.watch import Watch
from licet.services.ports import Clock


@dataclass(frozen=True, slots=True)
class Parts:
    """What one worker's gate is built from.

    `monotonic` gives seconds, `tell` writes a line of the log; `traces` is None unless requests are traced. `place` is
    where a shadow runs, if one does.
    """

    watch: Watch
    callers: Callers
    flights: Flights
    relay: Relay
    journal: Journal
    clock: Clock
    monotonic: Callable[[], float]
    new_id: Callable[[], str]
    limits: Limits
    pages: Pages
    meters: Meters
    tell: Callable[..., None]
    traces: Traces | None = None
    place: Place = field(default_factory=Place)
    circumstances: Circumstances = field(default_factory=Circumstances)
    cascades: Cascades = field(default_factory=lambda: Cascades(no_classifier, no_log))
