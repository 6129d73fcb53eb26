"""Weighed: which value each fact of a subject had for the gate, over all of its time, as a segment's facts hold it.

The gate weighs what it knows by the rulebook and the clock of a moment (`core.attestations.weigh`). Here the same is
done for every moment at which that can come out otherwise: a word arrives or expires, an enactment or a boundary
changes whose word counts, a status list is read or was not read for too long.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import NamedTuple

from licet.core.attestations import OWN, newest, weigh
from licet.core.facts import UNKNOWN, Fact, Value
from licet.core.instruments import Lift
from licet.core.rulebook import Span, spans_of
from licet.core.trust import Trust
from licet.record.sealed.facts import Attested
from licet.services.ports import Store
from licet.services.rulebooks import in_force
from licet.services.stored import Confirmation, Enactment, Known, SubjectHistory

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
        """What the gate went by of a subject: an entry whenever the value of a fact changes.

        As long as only the operator spoke of a fact that counts at every level, its words themselves are that: no
        document and no other word touches them. An entry depends on nothing that came after its `at`, so whatever is
        sealed later says the same.
        """
        by_fact: dict[str, list[Known]] = {}
        for each in history.known:
            by_fact.setdefault(each.attestation.fact, []).append(each)
        turns = {name: self._turn(name, words) for name, words in by_fact.items()}
        if not any(turns.values()):
            return tuple(map(_as_said, history.known))
        found = [entry for name, words in by_fact.items() for entry in self._entries(name, words, turns[name])]
        return tuple(sorted(found, key=lambda each: each.at))

    def _turn(self, fact: str, words: Sequence[Known]) -> datetime | None:
        """From when on words about a fact have to be weighed; None: never."""
        graded = fact in self._graded
        return min((each.since for each in words if graded or each.attestation.carrier not in OWN), default=None)

    def _entries(self, fact: str, words: Sequence[Known], turn: datetime | None) -> Iterator[Attested]:
        last: Attested | None = None
        for each in words:
            if turn is None or each.since < turn:
                last = _as_said(each)
                yield last
        for at in self._edges(words, turn) if turn is not None else ():
            value = self._value(fact, words, at)
            if value != _says(last, at):
                last = Attested(fact, value, at, None)
                yield last

    def _edges(self, words: Sequence[Known], turn: datetime) -> list[datetime]:
        """The instants from `turn` on at which the value of a fact may change, in order."""
        speakers = frozenset(each.attestation.speaker for each in words)
        found = {each.since for each in words}
        for law in self._laws:
            found.update((law.at, *law.boundaries(speakers)))
            lasting = [trust for trust, _ in law.trusts if trust.lasts is not None and trust.attester in speakers]
            found.update(each.attestation.at + trust.lasts for each in words for trust in lasting if trust.lasts)
        for said in (each.attestation for each in words):
            found.update(() if said.until is None else (said.until,))
            found.update(() if said.status is None else self._covered.get(said.status.uri, Covered()).edges)
        return sorted(each.astimezone(UTC) for each in found if each >= turn)

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


def _says(last: Attested | None, at: datetime) -> Value:
    """What the entries so far say at an instant."""
    return UNKNOWN if last is None or (last.until is not None and last.until <= at) else last.value


def _as_said(known: Known) -> Attested:
    said = known.attestation
    until = None if said.until is None else said.until.astimezone(UTC)
    return Attested(said.fact, said.value, known.since.astimezone(UTC), until)
