"""Who decided before, whatever they were called then: by the keys that signed, and by who put instruments in force."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from licet.cases.possible import barring
from licet.core.cases.case import Case, Placed
from licet.core.cases.procedure import EventRule, Topic
from licet.core.roles import Officer
from licet.services.acts.carried import Doing
from licet.services.acts.refusal import ActRefused
from licet.services.approval import same_officer
from licet.services.cases.entering import Seat
from licet.services.cases.looking import appealed
from licet.services.ports import Store

INSTRUMENTS = "instruments"
"""The field by which an appeal names the instruments that it is about."""


class Before(NamedTuple):
    """Somebody who did something: the name that they had then, the key that signed (None: not known), and what."""

    name: str
    key: str | None
    what: str


def check_others(doing: Doing, seat: Seat, case: Case, rule: EventRule, other: Case | None) -> None:
    """Raises `ActRefused` if whoever does this, or agrees to it, did before what keeps them from it.

    The engine compares names. This compares persons: another spelling, or another name with a key that signed then. And
    it looks further: at what the appealed case appealed in turn, and at who enacted the instruments that are appealed.
    """
    if not rule.unlike and (other is None or rule.decides is None):
        return
    if case.procedure.topic is Topic.APPEAL and other is None and not _instruments(case):
        raise ActRefused(
            "it does not say which case, or which instruments, it is about, so nobody can tell who decided that: say it"
            " first (`link`, relation `appeals`)"
        )
    now = [seat.officer]
    agrees = None if doing.approver is None else doing.store.officer(doing.approver)
    if agrees is not None:
        now.append(agrees)
    for did in _before(doing, seat, case, rule, other):
        for officer in now:
            if _is(officer, did):
                called = "" if did.name == officer.name else f", as `{did.name}`"
                raise ActRefused(f"`{officer.name}` did {did.what} before{called}: somebody else has to do this")


def _before(doing: Doing, seat: Seat, case: Case, rule: EventRule, other: Case | None) -> Iterator[Before]:
    yield from _who(doing.store, barring(case, rule, other))
    seen, above = {case.id}, other
    while above is not None and above.id not in seen:
        seen.add(above.id)
        yield from _enacted(doing.store, _instruments(above))
        above = appealed(doing.store, seat.law, above, doing.now)
        yield from _who(doing.store, barring(None, rule, above))
    yield from _enacted(doing.store, _instruments(case))


def _who(store: Store, did: Iterable[Placed]) -> Iterator[Before]:
    """Who did these, and who agreed to them."""
    for entry in (each.entry for each in did):
        what = f"`{entry.event}` (number {entry.number})"
        act = None if entry.act is None else store.act(entry.act)
        signature = None if act is None else act.signature
        yield Before(entry.actor, None if signature is None else signature.key, what)
        if entry.second is not None:
            agreed = None if act is None or act.settlement is None else act.settlement.signature
            yield Before(entry.second, None if agreed is None else agreed.key, what)


def _enacted(store: Store, instruments: frozenset[str]) -> Iterator[Before]:
    """Who put these instruments in force, and who agreed to that."""
    if not instruments:
        return
    digests = {each.digest: each.name for each in store.documents() if each.name in instruments}
    for made in store.enactments():
        for name in [digests[each] for each in made.documents if each in digests]:
            yield Before(made.actor, None, f"the enactment of `{name}`")
            if made.approved_by is not None:
                yield Before(made.approved_by, None, f"the enactment of `{name}`")


def _instruments(case: Case) -> frozenset[str]:
    found = case.fields.get(INSTRUMENTS) if case.procedure.topic is Topic.APPEAL else None
    return frozenset(map(str, found)) if isinstance(found, list | tuple) else frozenset()


def _is(officer: Officer, did: Before) -> bool:
    return same_officer(officer.name, did.name) or (did.key is not None and officer.key(did.key) is not None)
