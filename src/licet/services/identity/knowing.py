"""Knowing: everything that is kept about a subject, and why each fact has the value that it has. `spec/subjects.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from licet.core.attestations import OWN, Attestation, Confirmed, Standing, newest, weigh
from licet.core.facts import About, Value
from licet.core.rulebook import Rulebook
from licet.core.trust import Trust
from licet.services.identity.ports import Hit, Member
from licet.services.identity.pseudonyms import Generations, pseudonyms
from licet.services.ports import Store
from licet.services.stored import Confirmation, KeyRecord, SubjectHistory
from licet.services.subjects import expected


class Said(NamedTuple):
    """One attestation and what it is worth. `since` is when we came to know it.

    `trusted_by` are the trust documents in force that believe it; `read` is the last reading of its status list.
    """

    attestation: Attestation
    standing: Standing
    since: datetime
    trusted_by: tuple[str, ...]
    read: Confirmation | None


class Told(NamedTuple):
    """One fact: the value that results, and everything that was said of it."""

    name: str
    value: Value
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything that is kept about a subject, as of an instant.

    `issuers` are those that know the subject by something of theirs, of which a keyed hash is kept. `names` are its
    pseudonyms, the newest first. `silent` are the declared facts about which nobody said anything.
    """

    subject: str
    kind: str
    at: datetime
    suspended: str | None
    facts: tuple[Told, ...]
    silent: tuple[str, ...]
    issuers: tuple[str, ...]
    keys: tuple[KeyRecord, ...]
    acts_for_it: tuple[KeyRecord, ...]
    members: tuple[Member, ...]
    dispositions: tuple[Hit, ...]
    names: tuple[str, ...]


def known(
    store: Store, rulebook: Rulebook, generations: Generations, subject: str, *, at: datetime, now: datetime
) -> Knowledge | None:
    """What is kept about a subject; None if it is not there.

    Before `now`, only what was known by then counts, and the confirmations of then; after it, status lists are taken to
    be read on. Trust documents are those of the rulebook at that instant.
    """
    history, record = next(store.histories([subject]), None), store.subject(subject)
    if history is None or record is None:
        return None
    keys = store.keys()
    readings = _readings(store, history, at)
    facts = _facts(history, rulebook, readings, at, now)
    told = {each.name for each in facts}
    declared = (fact for fact in rulebook.facts.values() if fact.about is About.SUBJECT)
    return Knowledge(
        subject,
        history.kind,
        at,
        record.suspended,
        facts,
        tuple(sorted(fact.name for fact in declared if fact.name not in told)),
        tuple(dict.fromkeys(each.issuer for each in store.bindings(subject))),
        tuple(each for each in keys if each.subject == subject),
        tuple(each for each in keys if each.acts_for == subject),
        _members(store, subject),
        store.dispositions(subject),
        pseudonyms(generations, subject),
    )


def _facts(
    history: SubjectHistory,
    rulebook: Rulebook,
    readings: Mapping[str, Confirmation],
    at: datetime,
    now: datetime,
) -> tuple[Told, ...]:
    there = [each for each in history.known if each.since <= at]
    since = {_word(each.attestation): each.since for each in there}
    confirmed: Confirmed = {uri: each.until for uri, each in readings.items()}
    if at > now:
        confirmed = expected(confirmed, now, at)
    trusts = rulebook.trusts(at)
    found = weigh(newest(each.attestation for each in there), rulebook.facts, trusts, confirmed, at)
    return tuple(
        Told(
            name,
            value,
            tuple(
                Said(
                    each.attestation,
                    each.standing,
                    since[_word(each.attestation)],
                    _believing(trusts, each.attestation),
                    readings.get(each.attestation.status.uri) if each.attestation.status is not None else None,
                )
                for each in weighed
            ),
        )
        for name, (value, weighed) in sorted(found.items())
    )


def _word(each: Attestation) -> tuple[str, str]:
    return each.fact, each.speaker


def _believing(trusts: Sequence[Trust], each: Attestation) -> tuple[str, ...]:
    if each.carrier in OWN:
        return ()
    found = (trust for trust in trusts if trust.believes(each.attested_by, each.carrier, each.fact, each.value))
    return tuple(sorted(trust.name for trust in found))


def _readings(store: Store, history: SubjectHistory, at: datetime) -> dict[str, Confirmation]:
    """The last reading by then of each status list to which something refers."""
    uris = {each.attestation.status.uri for each in history.known if each.attestation.status is not None}
    if not uris:
        return {}
    return {each.uri: each for each in store.confirmations() if each.uri in uris and each.since <= at}


def _members(store: Store, subject: str) -> tuple[Member, ...]:
    attesters = dict.fromkeys(client.attester for client in store.clients())
    return tuple(each for attester in attesters for each in store.members(attester) if each.subject == subject)
