"""What the store holds that this worker does not enforce yet. Blocking: made for a thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from licet.core.rulebook import Rulebook
from licet.gate.enforced import Enforced
from licet.gate.ports import Timeline, TimelineFrom
from licet.services.ports import Clock, Store
from licet.services.stored import Event

ENACTED = "enacted"
STATUS_READ = "status read"
PSEUDONYMS_CHANGED = "pseudonyms changed"
ERASED = "erased"

NOBODY = frozenset(
    (
        ENACTED,
        "acknowledged",
        "proposed",
        "approved",
        "withdrawn",
        STATUS_READ,
        "client added",
        "client revoked",
        "officer changed",
        "act added",
        "act settled",
        "disposed",
    )
)
"""Kinds of events about which no caller is asked again, whomever they name. A kind that is not known here concerns
whom it names, and everybody where it names nobody."""


class Changes(NamedTuple):
    """What happened up to the event `seq`: a new rulebook, and about whom something changed.

    `unconfirmed`: a status list was read, so what was not confirmed in time may count again.
    """

    seq: int
    enforced: Enforced | None
    subjects: frozenset[str]
    keys: frozenset[str]
    everybody: bool
    unconfirmed: bool = False

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to act on, and nothing to remember."""
        return self.seq < 0


NOTHING = Changes(-1, None, frozenset(), frozenset(), False)


class Reader:
    """Reads the store. `load` gives the rulebook in force; every method raises `StoreUnavailable`.

    `renamed` is called when the keys of pseudonyms changed.
    """

    def __init__(
        self,
        store: Store,
        load: Callable[[], Rulebook],
        timeline_from: TimelineFrom,
        clock: Clock,
        environ: Mapping[str, str],
        renamed: Callable[[], object] = lambda: None,
    ) -> None:
        self._store = store
        self._load = load
        self._timeline_from = timeline_from
        self._clock = clock
        self._environ = environ
        self._renamed = renamed

    def first(self) -> Enforced:
        """The rulebook in force. What is enacted while it is read shows as an event past its `seq`."""
        seq = self._store.head()
        return Enforced(self._timeline(), seq, self._environ)

    def since(self, before: Enforced) -> Changes:
        """What happened since `before`."""
        if self._store.head() == before.seq:
            return NOTHING
        events: list[Event] = list(self._store.events(before.seq))
        if not events:
            return NOTHING
        enforced = None
        if any(event.kind == ENACTED for event in events):
            enforced = Enforced(self._timeline(), events[-1].seq, self._environ)
        kinds = {event.kind for event in events}
        if PSEUDONYMS_CHANGED in kinds:
            self._renamed()
        telling = [event for event in events if event.kind not in NOBODY]
        subjects = frozenset(event.subject for event in telling if event.subject is not None)
        keys = frozenset(event.key for event in telling if event.key is not None)
        everybody = any(map(_about_everybody, telling))
        return Changes(events[-1].seq, enforced, subjects, keys, everybody, STATUS_READ in kinds)

    def _timeline(self) -> Timeline:
        timeline = self._timeline_from(self._load(), self._clock.now())
        timeline.prepare()
        return timeline


def _about_everybody(event: Event) -> bool:
    """Whoever was erased is known here by the name that they had, which no event has any more."""
    return event.kind in (PSEUDONYMS_CHANGED, ERASED) or (event.subject is None and event.key is None)
