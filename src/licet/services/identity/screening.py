"""Screening: which entries of a list a person should look at, and what they decided. A score decides nothing.

A name that is presented is not kept. What is kept of a decision: subject, digest of the list, the candidate, features,
outcome, reason, who and when. `spec/screening.md`.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from licet.core.errors import LicetError
from licet.services.identity.ports import Hit
from licet.wire.screening_list import ListedParty, PartyList
from licet.wire.screening_names import Presented

THRESHOLD = 82
"""From which likeness on an entry is shown, if nothing else is said (`bench/RESULTS.md` says what it finds)."""


class ScreeningRefused(LicetError):
    """A candidate that cannot be disposed of as asked; the message says why."""


class Outcome(StrEnum):
    """What a person decides about a candidate."""

    MATCH = "match"
    NO_MATCH = "no match"


class Agreement(StrEnum):
    """Whether what is presented and what is listed say the same."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNKNOWN = "not known"


class Features(NamedTuple):
    """Why an entry is shown. `name` and `sorted` are 0 to 100; `listed` is the list's name that is most alike.

    `name` pairs words that are alike, whatever their order; `sorted` compares all letters, words sorted; `initials`:
    whether the words begin with the same letters.
    """

    name: int
    sorted: int
    listed: str
    initials: bool
    country: Agreement
    type: Agreement
    born: Agreement

    def __str__(self) -> str:
        initials = Agreement.AGREES if self.initials else Agreement.DIFFERS
        return (
            f"name {self.name}, words sorted {self.sorted}, initials: {initials}, country: {self.country},"
            f" type: {self.type}, date of birth: {self.born}"
        )


class Resemblance(NamedTuple):
    """An entry that resembles somebody, and why."""

    party: ListedParty
    features: Features


class Candidate(NamedTuple):
    """An entry for a person to look at. Its `id` changes with the entry, and with what is presented of the subject."""

    id: str
    subject: str
    party: ListedParty
    features: Features
    before: tuple[Hit, ...]
    """What was decided about this subject and this very candidate."""


class Index(Protocol):
    """The names of a list."""

    def resembling(self, presented: Presented, threshold: int) -> tuple[Resemblance, ...]:
        """The entries of which a name reaches the threshold (0 to 100), the most alike first."""


@dataclass(frozen=True, slots=True)
class Screened:
    """What a screening came to: whom it was about, and candidates; `disposed` are those that were decided before."""

    subjects: int
    fresh: tuple[Candidate, ...]
    disposed: tuple[Candidate, ...]


def screen(
    people: Sequence[Presented], index: Index, hits: Iterable[Hit], *, secret: bytes, threshold: int = THRESHOLD
) -> Screened:
    """Candidates for these people. Those that were decided, and whose entry and names are the same, are set apart."""
    known: dict[tuple[str, str], tuple[Hit, ...]] = {}
    for hit in hits:
        known[hit.subject, hit.candidate] = (*known.get((hit.subject, hit.candidate), ()), hit)
    found = [
        _candidate(person, each, known, secret) for person in people for each in index.resembling(person, threshold)
    ]
    fresh = tuple(each for each in found if not each.before)
    return Screened(len(people), fresh, tuple(each for each in found if each.before))


def candidate_id(party: ListedParty, presented: Presented, secret: bytes) -> str:
    """What names a candidate: 32 hexadecimal digits of the entry's digest, and 16 of a mark of what was presented.

    The mark is keyed and has the subject in it: without the installation's secret, or once the subject is erased,
    no guessed name can be tried against it.
    """
    said = (presented.subject, *sorted(presented.names), presented.type, presented.country, presented.born)
    message = b"screening\0" + b"\0".join((each or "").encode() for each in said)
    mark = hmac.digest(secret, message, "sha256").hex()[:16]
    return f"{party.digest.removeprefix('sha256:')[:32]}-{mark}"


def chosen(candidates: Iterable[Candidate], subject: str, beginning: str) -> Candidate:
    """The one candidate of a subject whose name begins so. Raises `ScreeningRefused`."""
    of_subject = [each for each in candidates if each.subject == subject]
    found = [each for each in of_subject if each.id.startswith(beginning)]
    if len(found) == 1:
        return found[0]
    if found:
        raise ScreeningRefused(f"`{beginning}` begins the names of {len(found)} candidates; write more of it")
    raise ScreeningRefused(
        f"`{subject}` has {len(of_subject)} candidates with this list and these names, and none begins with"
        f" `{beginning}`; `licet screen run --all` shows them"
    )


def kept_reason(reason: str, features: Features) -> str:
    """What is kept of why: the officer's words, and in a line of its own what they saw."""
    return f"{reason.strip()}\n({features})"


def fields_of(candidate: Candidate, listed: PartyList, outcome: Outcome, reason: str) -> dict[str, str]:
    """A decision as what an officer signs."""
    return {
        "subject": candidate.subject,
        "list": listed.digest,
        "candidate": candidate.id,
        "outcome": outcome.value,
        "reason": kept_reason(reason, candidate.features),
    }


def _candidate(
    person: Presented, found: Resemblance, known: dict[tuple[str, str], tuple[Hit, ...]], secret: bytes
) -> Candidate:
    name = candidate_id(found.party, person, secret)
    return Candidate(name, person.subject, found.party, found.features, known.get((person.subject, name), ()))
