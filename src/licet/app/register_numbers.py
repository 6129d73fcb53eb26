"""What the public register says of a store now, as values: by what its cases are seen, and the count of all of them."""

from __future__ import annotations

from datetime import datetime

from licet.core.cases.register.register import Register
from licet.services.cases.laws import law_of
from licet.services.cases.ports import Calendars
from licet.services.cases.register.seeing import Sight
from licet.services.cases.register.survey import survey
from licet.services.cases.register.whole import register_of
from licet.services.ports import Store
from licet.wire.secrecy import shipped_grounds


def sight_of(store: Store, calendars: Calendars, now: datetime) -> Sight:
    """By what the cases of a store are seen. The digests of enacted documents are public."""
    known = frozenset(each.digest for each in store.documents())
    return Sight(law_of(store, calendars, now), shipped_grounds(), known, now)


def register_now(store: Store, calendars: Calendars, now: datetime) -> Register:
    """The register as it would be published now. Raises `LawMissing`, `StoreUnavailable`."""
    sight = sight_of(store, calendars, now)
    return register_of(sight.law, store.enactments(), survey(store, sight).tally, now, base_url=None)
