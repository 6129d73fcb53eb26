"""Weighed: which value each fact of a subject had for the gate, over all of its time, as a segment's facts hold it.

The gate weighs what it knows by the rulebook and the clock of a moment (`core.attestations.weigh`). Here the same is
done for every moment at which that can come out otherwise: a word arrives or expires, an enactment or a boundary
changes whose word counts, a status list is read or was not read for too long.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from licet.core.attestations import OWN, newest, weigh
from licet.core.facts import UNKNOWN, Fact, Value
from licet.core.instruments import Lift
from licet.core.rulebook import Span, spans_of
from licet.core.trust import Trust
from licet.record.sealed.facts import Attested
from licet.services.ports import Confirmation, Enactment, Known, Store, SubjectHistory
from licet.services.rulebooks import in_force

AFTER_ALL = datetime.max.replace(tzinfo=UTC)


class Law(NamedTuple):
    """What of a rulebook says which word counts, from the instant of its enactment to that of the next one."""

    at: datetime
    declared: Mapping[str, Fact]
    trusts: tuple[tuple[Trust, Span], ...]

    def in_force(self, at: datetime) -> tuple[Trust, ...]:
        """The trust documents in force at an instant."""
        return tuple(trust for trust, span in self.trusts if span.holds_at(at))

    def boundaries(self, speakers: frozenset[str]) -> Iterator[datetime]:
        """The instants at which trust in one of these begins or ends."""
        for trust, span in self.trusts:
            if trust.attester in speakers:
                yield span.start
                if span.end is not None:
                    yield span.end


class Weighing:
    """Everything in a store by which words were weighed over time, read when it is first needed."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def attested(self, history: SubjectHistory) -> tuple[Attested, ...]:
        """What the gate went by of a subject: an entry for each stretch of time over which a fact has a known value.

        Of a fact about which only the operator ever spoke, and that counts at every level, the words themselves are
        that: no document and no other word touches them.
        """
        by_fact: dict[str, list[Known]] = {}
        for each in history.known:
            by_fact.setdefault(each.attestation.fact, []).append(each)
        if all(self._is_plain(name, words) for name, words in by_fact.items()):
            return tuple(map(_as_said, history.known))
        found: list[Attested] = []
        for name, words in by_fact.items():
            found += map(_as_said, words) if self._is_plain(name, words) else self._weighed(name, words)
        return tuple(sorted(found, key=lambda each: each.at))

    def _is_plain(self, fact: str, words: Sequence[Known]) -> bool:
        own = all(each.attestation.carrier in OWN and each.attestation.status is None for each in words)
        return own and fact not in self._graded

    def _weighed(self, fact: str, words: Sequence[Known]) -> Iterator[Attested]:
        edges = [*self._edges(words), AFTER_ALL]
        since = edges[0]
        value: Value = UNKNOWN
        for start, _ in pairwise(edges):
            becomes = self._value(fact, words, start)
            if becomes != value:
                yield from _stretch(fact, value, since, start)
                since, value = start, becomes
        yield from _stretch(fact, value, since, None)

    def _edges(self, words: Sequence[Known]) -> list[datetime]:
        """The instants at which the value of a fact may change, in order; the first is that of the first word."""
        speakers = frozenset(each.attestation.speaker for each in words)
        first = min(each.since for each in words)
        found = {each.since for each in words}
        for law in self._laws:
            found.update((law.at, *law.boundaries(speakers)))
            lasting = [trust for trust, _ in law.trusts if trust.lasts is not None and trust.attester in speakers]
            found.update(each.attestation.at + trust.lasts for each in words for trust in lasting if trust.lasts)
        for said in (each.attestation for each in words):
            found.update(() if said.until is None else (said.until,))
            found.update(() if said.status is None else self._covered.get(said.status.uri, Covered()).edges)
        return sorted(each.astimezone(UTC) for each in found if each >= first)

    def _value(self, fact: str, words: Sequence[Known], at: datetime) -> Value:
        law = next((each for each in reversed(self._laws) if each.at <= at), None)
        if law is None:
            return UNKNOWN
        said = newest(each.attestation for each in words if each.since <= at)
        uris = {each.status.uri for each in said if each.status is not None}
        confirmed = {uri: AFTER_ALL for uri in uris if self._covered.get(uri, Covered()).holds_at(at)}
        found = weigh(said, law.declared, law.in_force(at), confirmed, at)
        return found[fact][0] if said else UNKNOWN

    @cached_property
    def _laws(self) -> tuple[Law, ...]:
        return tuple(laws(self._store))

    @cached_property
    def _graded(self) -> frozenset[str]:
        """The facts that count from a level on, by any rulebook that ever was."""
        return frozenset(name for law in self._laws for name, fact in law.declared.items() if fact.level is not None)

    @cached_property
    def _covered(self) -> dict[str, Covered]:
        return covered(self._store.confirmations())


class Covered:
    """The time over which references into a status list counted, as stretches `[start, end)` that do not touch."""

    def __init__(self) -> None:
        self._stretches: list[tuple[datetime, datetime]] = []

    def read(self, since: datetime, until: datetime) -> None:
        """The list was read at `since`, so that it counts until `until` or the next reading."""
        start = self._stretches.pop()[0] if self._stretches and self._stretches[-1][1] >= since else since
        end = max(since, until)
        if end > start:
            self._stretches.append((start, end))

    def holds_at(self, at: datetime) -> bool:
        """Whether references count at an instant."""
        return any(start <= at < end for start, end in self._stretches)

    @property
    def edges(self) -> tuple[datetime, ...]:
        """Where it begins or ceases to count."""
        return tuple(edge for stretch in self._stretches for edge in stretch)


def covered(confirmations: Iterable[Confirmation]) -> dict[str, Covered]:
    """The time over which references into each status list counted; of several readings the newest says until when."""
    found: dict[str, Covered] = {}
    for each in confirmations:
        found.setdefault(each.uri, Covered()).read(each.since, each.until)
    return found


def laws(store: Store) -> Iterator[Law]:
    """By what words were weighed from each enactment on; one that changed nothing about that is left out."""
    rulebook, enactments = in_force(store), store.enactments()
    names = {each.digest: (each.kind, each.name) for each in store.documents()}
    declared: dict[str, Fact] = {}
    known: list[Trust | Lift] = []
    enacted = False
    for enactment in enactments:
        new = [names[digest] for digest in _new(enactment, names)]
        facts = {name: rulebook.facts[name] for kind, name in new if kind == "fact"}
        instruments = [rulebook.instrument(name) for kind, name in new if kind in ("trust", "lift")]
        if enacted and not facts and not instruments:
            continue
        enacted = True
        declared = {**declared, **facts}
        known = [*known, *(each for each in instruments if isinstance(each, Trust | Lift) and each not in known)]
        spans = spans_of(known)
        trusts = tuple((each, spans[each.name]) for each in known if isinstance(each, Trust))
        yield Law(enactment.at, declared, trusts)


def _new(enactment: Enactment, names: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    return (digest for digest in enactment.documents if digest in names)


def _stretch(fact: str, value: Value, since: datetime, until: datetime | None) -> Iterator[Attested]:
    if value is not UNKNOWN:
        yield Attested(fact, value, since, until)


def _as_said(known: Known) -> Attested:
    said = known.attestation
    until = None if said.until is None else said.until.astimezone(UTC)
    return Attested(said.fact, said.value, known.since.astimezone(UTC), until)
