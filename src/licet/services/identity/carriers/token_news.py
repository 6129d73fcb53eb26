"""What an access token says of its subject that its issuer has not said before, word by word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from licet.core.attestations import Attestation, Carrier
from licet.core.facts import UNKNOWN, Fact, Unknown, Value
from licet.core.rulebook import Rulebook
from licet.core.trust import rank
from licet.credentials.access_token import AccessToken
from licet.credentials.carried import Carried
from licet.credentials.claims import SKEW
from licet.services.stored import SubjectRecord
from licet.services.subjects import SubjectRefused, check_attestation

HOW = "access token"


def news(token: AccessToken, record: SubjectRecord | None, rulebook: Rulebook, now: datetime) -> list[Attestation]:
    """What a token says of its subject that its issuer has not said before, or no longer for long.

    Nothing of somebody who is suspended, or not there any more.
    """
    if record is None or record.suspended is not None:
        return []
    known = {each.fact: each for each in record.attestations if each.speaker == token.issuer}
    words = (_new_word(said, known.get(said.fact), now) for said in _said(token, record.id, rulebook, now))
    return [each for each in words if each is not None]


def _said(token: AccessToken, subject: str, rulebook: Rulebook, now: datetime) -> Iterator[Attestation]:
    for carried in token.facts:
        value = carried.value
        until = _until(token, carried)
        if until is not None and until <= now:
            continue
        said = _attestation(token, subject, carried, value, until)
        if not _sound(said, rulebook.facts, now):
            said = _attestation(token, subject, carried, UNKNOWN, None)
        yield said


def _attestation(
    token: AccessToken, subject: str, carried: Carried, value: Value, until: datetime | None
) -> Attestation:
    return Attestation(
        subject,
        carried.fact,
        value,
        token.issuer,
        HOW,
        carried.level,
        token.issued_at,
        until,
        carried.framework,
        Carrier.JWT,
        token.digest,
    )


def _until(token: AccessToken, carried: Carried) -> datetime | None:
    """As long as the document says, and otherwise as long as the token; where several believe it, the longest."""
    if isinstance(carried.value, Unknown):
        return None
    believing = [
        each for each in token.believed if each.believes(token.issuer, Carrier.JWT, carried.fact, carried.value)
    ]
    ends = [token.expires_at if each.lasts is None else token.issued_at + each.lasts for each in believing]
    return max(ends, default=token.expires_at)


def _sound(said: Attestation, declared: Mapping[str, Fact], now: datetime) -> bool:
    """Whether it is a value of its fact; if not, its issuer has said nothing usable, and no longer what it said."""
    try:
        check_attestation(said, declared, now)
    except SubjectRefused:
        return False
    return True


def _new_word(said: Attestation, known: Attestation | None, now: datetime) -> Attestation | None:
    """What must be written of a word beside the newest one of the same issuer about the same fact; None: nothing.

    A token that was issued before that word says nothing new, so an old one that is sent again brings nothing back;
    after a withdrawal it must be newer by more than the clocks may differ. Of two of one second that differ nobody
    knows which is the newer one: then it is unknown, or at the lower level. The same word is written again when less
    than half of what it would last is left.
    """
    silent = isinstance(said.value, Unknown)
    if known is None:
        return None if silent else said
    if isinstance(known.value, Unknown):
        return None if silent or said.at <= known.at + SKEW else said
    if said.at < known.at:
        return None
    if silent or (said.at > known.at and not _same(said, known)):
        return said
    if not _same_value(said, known):
        return replace(said, value=UNKNOWN, until=None)
    if not _same(said, known):
        return said if rank(said.level) < rank(known.level) else None
    if known.until is None or said.until is None:
        return None if known.until is None else said
    return said if known.until - now < (said.until - now) / 2 else None


def _same(one: Attestation, other: Attestation) -> bool:
    said, known = (one.level, one.framework, one.carrier), (other.level, other.framework, other.carrier)
    return said == known and _same_value(one, other)


def _same_value(one: Attestation, other: Attestation) -> bool:
    return type(one.value) is type(other.value) and one.value == other.value
