"""Subjects: who they are, what is attested about them, and which value each fact has at an instant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from licet.core.attestations import Attestation, Confirmed, values_at
from licet.core.attestations import next_change as next_change_of
from licet.core.errors import LicetError
from licet.core.facts import About, Fact, Kind, Value
from licet.core.form import Shape
from licet.core.rulebook import Rulebook, Span
from licet.core.subjects import Subject
from licet.core.trust import Trust
from licet.services.ports import Store
from licet.services.stored import SubjectRecord
from licet.wire.people import KINDS, SUBJECT, Person
from licet.wire.sheet import SheetProblem, SheetRejected
from licet.wire.values import ValueFormError, to_json

Item = TypeVar("Item")

SUBJECT_FACT = "subject"
"""The fact about a request that says who asks, by name: known from the key, and never attested."""

SKEW = timedelta(minutes=5)
"""How far the attesting party's clock may run ahead of ours."""


class SubjectRefused(LicetError):
    """A subject or an attestation that cannot be accepted; the message says why and what is allowed."""


NATURAL_PERSON = "natural_person"
"""Whoever is imported as a person is attested to be a natural one, unless the row says otherwise."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: subjects seen, how many of them were new, attestations appended."""

    subjects: int
    new: int
    attestations: int


def facts_at(
    record: SubjectRecord,
    declared: Mapping[str, Fact],
    trusts: Sequence[Trust],
    confirmed: Confirmed,
    now: datetime,
) -> dict[str, Value]:
    """A value for every declared fact at an instant, by the trust documents in force then (`core.attestations.weigh`).

    Unknown is: what nobody attested whose word counts, what nobody says any more, what is contradicted, and every fact
    about the request, but for the one that says who asks (`subject`).
    """
    known = values_at(record.attestations, declared, trusts, confirmed, now)
    return {**known, **named(record.id, declared)}


def expected(confirmed: Confirmed, now: datetime, at: datetime) -> dict[str, datetime]:
    """The confirmations as they will be at `at` if every status list that counts `now` goes on to be read until then.

    For what is asked about a later instant; nobody is let in by it.
    """
    ahead = at + timedelta(microseconds=1)
    return {uri: max(until, ahead) if until > now else until for uri, until in confirmed.items()}


def named(subject: str, declared: Mapping[str, Fact]) -> dict[str, Value]:
    """Who asks, as a fact, where there is one for it; one that an operator declared otherwise is not ours to fill."""
    fact = declared.get(SUBJECT_FACT)
    if fact is None or fact.about is not About.REQUEST or fact.kind is not Kind.STRING or not fact.admits(subject):
        return {}
    return {SUBJECT_FACT: subject}


def next_change(record: SubjectRecord, trusts: Sequence[Trust], confirmed: Confirmed, now: datetime) -> datetime | None:
    """The first instant after `now` at which an attestation may stop to count; None if none does.

    That holds up to the next boundary of a trust document (`next_trust_boundary`).
    """
    return next_change_of(record.attestations, trusts, confirmed, now)


def next_trust_boundary(rulebook: Rulebook, now: datetime) -> datetime | None:
    """The first instant after `now` at which a trust document begins or ends; None if none does."""
    spans = (span for _, span in trusted(rulebook))
    ends = (instant for span in spans for instant in (span.start, span.end))
    return min((end for end in ends if end is not None and end > now), default=None)


def trusted(rulebook: Rulebook) -> tuple[tuple[str, Span], ...]:
    """The digests of the trust documents with when they are in force: with the declared facts, all on which it depends
    which attestations count.
    """
    spans = ((each.digest, rulebook.spans[each.name]) for each in rulebook.instruments if isinstance(each, Trust))
    return tuple((digest, span) for digest, span in spans if not span.is_empty)


def add(store: Store, subject: str, kind: str, *, actor: str, now: datetime) -> bool:
    """Add a subject; False if it was there already. Raises `SubjectRefused`, also if it is there as another kind."""
    check_subject(subject, kind)
    if store.add_subject(subject, kind, actor=actor, at=now):
        return True
    there = store.kinds([subject])[subject]
    if there != kind:
        raise SubjectRefused(_other_kind(subject, there, kind))
    return False


def attest(
    store: Store, declared: Mapping[str, Fact], attestations: Iterable[Attestation], *, actor: str, now: datetime
) -> None:
    """Append attestations about subjects that are there, all of them or none. Raises `SubjectRefused`."""
    checked = tuple(attestations)
    for attestation in checked:
        check_attestation(attestation, declared, now)
    there = store.kinds(sorted({attestation.subject for attestation in checked}))
    for attestation in checked:
        if attestation.subject not in there:
            raise SubjectRefused(f"`{attestation.subject}` is not a subject; add it first (`licet subjects import`)")
    store.attest(checked, actor=actor, at=now)


def check_attestation(attestation: Attestation, declared: Mapping[str, Fact], now: datetime) -> None:
    """Raises `SubjectRefused` unless the fact is declared, about subjects, of this type, and the term makes sense."""
    name = attestation.fact
    fact = declared.get(name)
    if fact is None:
        raise SubjectRefused(f"`{name}` is not a declared fact; there are {', '.join(sorted(declared)) or 'none'}")
    if fact.about is About.REQUEST:
        raise SubjectRefused(f"`{name}` is about a request: the gate observes it, nobody attests it")
    if not fact.admits(attestation.value):
        raise SubjectRefused(f"`{attestation.value}` is not a value of `{name}`; allowed is {fact.allowed}")
    try:
        to_json(attestation.value)
    except ValueFormError as error:
        raise SubjectRefused(f"the value of `{name}`: {error}") from error
    if attestation.at > now + SKEW:
        raise SubjectRefused(f"`{name}` would be attested at {attestation.at.isoformat()}, which is yet to come")
    if attestation.until is not None and attestation.until <= attestation.at:
        raise SubjectRefused(f"`{name}` would expire at {attestation.until.isoformat()}, not after it was attested")


def add_records(
    store: Store, records: Iterable[SubjectRecord], declared: Mapping[str, Fact], *, actor: str, now: datetime
) -> Imported:
    """Add subjects with their attestations, all of them or none. Raises `SubjectRefused`."""
    tally = _Tally()

    def checked() -> Iterator[SubjectRecord]:
        for batch in _batches(records):
            there = store.kinds([record.id for record in batch])
            for record in batch:
                check_subject(record.id, record.kind)
                if there.get(record.id, record.kind) != record.kind:
                    raise SubjectRefused(_other_kind(record.id, there[record.id], record.kind))
                for attestation in record.attestations:
                    check_attestation(attestation, declared, now)
                yield tally.seen(record)

    return tally.imported(store.add_subjects(checked(), actor=actor, at=now))


def import_documents(
    store: Store, documents: Iterable[Subject], declared: Mapping[str, Fact], *, actor: str, now: datetime
) -> Imported:
    """Add the subjects of YAML documents, all of them or none. Raises `SubjectRefused`."""
    records = (_from_document(document, declared, actor, now) for document in documents)
    return add_records(store, records, declared, actor=actor, now=now)


def import_people(store: Store, people: Iterable[Person], *, file: str, actor: str, now: datetime) -> Imported:
    """Add the people of a CSV file (`wire.people.read_people`), all of them or none.

    A row without `attested_by` is attested by the actor; without `at`, now. Raises `SheetRejected` with every problem
    and its place.
    """
    tally = _Tally()

    def checked() -> Iterator[SubjectRecord]:
        problems: list[SheetProblem] = []
        try:
            for batch in _batches(people):
                there = store.kinds([person.subject for person in batch])
                for person in batch:
                    problems.extend(_misfits(person, there.get(person.subject, person.kind), now))
                    if not problems:
                        yield tally.seen(_record(person, file, actor, now))
        except SheetRejected as rejected:
            problems.extend(rejected.problems)
        if problems:
            raise SheetRejected(problems)

    return tally.imported(store.add_subjects(checked(), actor=actor, at=now))


def _misfits(person: Person, kind: str, now: datetime) -> Iterator[SheetProblem]:
    """What is wrong with a row in view of what is there already, and of the time."""
    if person.kind != kind:
        yield person.problem("kind", _other_kind(person.subject, kind, person.kind))
    at = person.at or now
    if at > now + SKEW:
        yield person.problem("at", f"`{at.isoformat()}` is yet to come; now it is {now.isoformat()}")
    if person.until is not None and person.until <= at:
        message = f"`{person.until.isoformat()}` is not after the instant of the attestation, {at.isoformat()}"
        yield person.problem("until", message)


def _record(person: Person, file: str, actor: str, now: datetime) -> SubjectRecord:
    attested_by, how, level = person.attested_by or actor, person.how or f"import of {file}", person.level or "unstated"
    at = person.at or now
    implied = {NATURAL_PERSON: True} if person.kind == "person" else {}
    attestations = tuple(
        Attestation(person.subject, fact, value, attested_by, how, level, at, person.until)
        for fact, value in (implied | person.facts).items()
    )
    return SubjectRecord(person.subject, person.kind, attestations)


def _from_document(document: Subject, declared: Mapping[str, Fact], actor: str, now: datetime) -> SubjectRecord:
    attestations = {
        each.fact: Attestation(
            document.name, each.fact, each.value, each.attested_by, each.how, each.level, each.at, each.until
        )
        for each in document.facts
    }
    if document.kind == "person" and NATURAL_PERSON in declared and NATURAL_PERSON not in attestations:
        how = "its document says that it is a person"
        attestations[NATURAL_PERSON] = Attestation(document.name, NATURAL_PERSON, True, actor, how, "unstated", now)
    return SubjectRecord(document.name, document.kind, tuple(attestations.values()))


def check_subject(subject: str, kind: str) -> None:
    """Raises `SubjectRefused` for a name or a kind that no subject can have."""
    if SUBJECT.fullmatch(subject) is None:
        raise SubjectRefused(f"`{subject}` is not {Shape.SUBJECT_NAME.value}")
    if kind not in KINDS:
        raise SubjectRefused(f"`{kind}` is not a kind; allowed is `person` or `workload`")


def _other_kind(subject: str, there: str, kind: str) -> str:
    return f"`{subject}` is there as a {there} and cannot become a {kind}; use another name"


class _Tally:
    """Counts what streams past."""

    def __init__(self) -> None:
        self._subjects = 0
        self._attestations = 0

    def seen(self, record: SubjectRecord) -> SubjectRecord:
        self._subjects += 1
        self._attestations += len(record.attestations)
        return record

    def imported(self, new: int) -> Imported:
        return Imported(self._subjects, new, self._attestations)


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Items in lists of up to 1000; what came before an error is handed out before the error is."""
    batch: list[Item] = []
    try:
        for item in items:
            batch.append(item)
            if len(batch) == 1000:
                yield batch
                batch = []
    except LicetError:
        yield batch
        raise
    yield batch
