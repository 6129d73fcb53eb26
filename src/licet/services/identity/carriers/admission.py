"""Admission by a token: whose access token it is, what it attests of them, and who may come in by it. `spec/tokens.md`.

The token is checked, then forgotten: of it are kept the facts that it carries, its digest, and a mark of whom its
issuer means.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from licet.core.attestations import Carrier
from licet.core.errors import LicetError
from licet.core.rulebook import Rulebook
from licet.core.trust import Trust
from licet.credentials.access_token import AccessToken, read_access_token
from licet.credentials.key_set import KeySet
from licet.services.admit import Admission, Party, Stranger, party, party_of
from licet.services.identity.carriers.token_news import news
from licet.services.identity.marks import mark, new_subject
from licet.services.identity.ports import Binding
from licet.services.keys import SCOPES
from licet.services.ports import Store, StoreConflict, StoreUnavailable
from licet.services.stored import KeyRecord, SubjectRecord

ACTOR = "gate"
"""Who attests, in the events: nobody at a keyboard."""

MOST_ATTEMPTS = 3
"""At writing what a token says, while others write about the same subjects."""

FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*", re.ASCII)
"""A JWT in compact form (RFC 7515, section 3.1), with or without a signature; no API key has a dot."""

MEANT_FOR_US = re.compile(r"(?:models?|famil(?:y|ies)|licet)(?::.*)?", re.IGNORECASE | re.DOTALL)
"""Words of `scope` that mean to narrow here, even where they are not spelled as they must be."""

NOTHING = "none"
"""The scope that reaches no model."""


class KeysWanted(Exception):
    """The keys of an issuer must be fetched first."""

    def __init__(self, trust: Trust) -> None:
        super().__init__("the keys of an issuer must be fetched")
        self.trust = trust


class KeysUnavailable(LicetError):
    """The keys of an issuer cannot be had, so nobody can be let in by its tokens; the message says why."""


class KeySource(Protocol):
    """Where the key sets of issuers are."""

    def keys(self, trust: Trust, kid: str | None) -> KeySet:
        """The keys of a document's issuer. Raises `KeysWanted`, `KeysUnavailable`."""

    def until(self, trust: Trust, now: datetime) -> datetime | None:
        """When what was decided by these keys must be decided again; None: never. Always after `now`."""


@dataclass(frozen=True, slots=True)
class Admitting:
    """What admission by tokens stands on. `secret` is the installation's.

    `attested` is called after something was written about subjects who were there before, so that all who hold on to
    what they knew of them hear of it.
    """

    store: Store
    secret: bytes
    random_bytes: Callable[[int], bytes]
    attested: Callable[[], object]


def is_token(text: str) -> bool:
    """Whether what stands in the place of an API key has the form of a token."""
    return FORM.fullmatch(text) is not None


def admit_token(
    admitting: Admitting, text: str, rulebook: Rulebook, keys: KeySource, now: datetime, *, anew: bool = True
) -> Admission | Stranger:
    """Who comes in by an access token. What it attests that is not known yet is written first, in one transaction.

    Without `anew` nobody is made a subject by it: for who is in already, and may have been erased meanwhile.
    Raises `CredentialRefused`, `KeysWanted`, `KeysUnavailable`, and `StoreUnavailable`; then nobody may come in by it.
    """
    trusts = rulebook.trusts(now)
    token = read_access_token(text, trusts, keys.keys, now)
    trusts = tuple(each for each in trusts if each.attester == token.issuer and Carrier.JWT in each.carriers)
    for _ in range(MOST_ATTEMPTS):
        try:
            settled = _settle(admitting, token, rulebook, now, anew=anew)
        except StoreConflict:  # another worker met the same token at the same time: now it is there
            continue
        if settled is None:
            return Stranger.NO_SUCH_SUBJECT
        return _admission(admitting.store, token, settled, rulebook, [keys.until(each, now) for each in trusts], now)
    raise StoreUnavailable("who came by a token is changed by others all the time; try again")


def scopes_of(words: Iterable[str]) -> tuple[str, ...]:
    """What a token's `scope` leaves of the models; none: all of them.

    `model:<name>` and `family:<name>` narrow as an API key's do. Words that mean nothing here narrow nothing. A word
    that means to narrow and is misspelled reaches nothing, and is not passed over: that would widen.
    """
    meant = [word for word in words if MEANT_FOR_US.fullmatch(word)]
    well = {word for word in meant if _is_scope(word)}
    return tuple(sorted(well)) or ((NOTHING,) if meant else ())


def _is_scope(word: str) -> bool:
    kind, _, name = word.partition(":")
    return kind in SCOPES and SCOPES[kind].fullmatch(name) is not None


def _settle(
    admitting: Admitting, token: AccessToken, rulebook: Rulebook, now: datetime, *, anew: bool
) -> _Settled | None:
    """The subjects of a token: who is asked for, and who acts, if somebody does. Writes what is new of them.

    None if one of them is new and may not be. Raises `StoreConflict` if somebody else binds them at the same time.
    """
    store, bindings = admitting.store, list[tuple[Binding, str]]()

    def found(name: str, kind: str) -> str:
        named = mark(admitting.secret, token.issuer, name)
        there = store.bound(token.issuer, named)
        if there is None:
            there = new_subject(admitting.random_bytes)
            bindings.append((Binding(token.issuer, named, there), kind))
        return there

    # without a resource owner, `sub` is the client (RFC 9068, section 5)
    person = found(token.subject, "workload" if token.subject == token.client else "person")
    agent = None if token.actor in (None, token.subject) else found(str(token.actor), "workload")
    if bindings and not anew:
        return None
    new = {binding.subject for binding, _ in bindings}
    record = SubjectRecord(person, "", ()) if person in new else store.subject(person)
    if record is None:
        return None
    said = news(token, record, rulebook, now)
    writes = bool(bindings or said)
    if writes:
        with store.together(actor=ACTOR, at=now):
            for binding, kind in bindings:
                store.bind(binding, kind, actor=ACTOR, at=now)
            if person not in new:  # what was taken back since it was read stays taken back
                said = news(token, store.subject(person), rulebook, now)
            if said:
                store.attest(said, actor=ACTOR, at=now)
        if said and person not in new:
            admitting.attested()
    return _Settled(person, agent, None if writes else record)


class _Settled(NamedTuple):
    """The subjects of a token: the person, who acts for them, and what is known of the person if that was read last."""

    person: str
    agent: str | None
    record: SubjectRecord | None


def _admission(
    store: Store,
    token: AccessToken,
    settled: _Settled,
    rulebook: Rulebook,
    ends: list[datetime | None],
    now: datetime,
) -> Admission | Stranger:
    if settled.record is None:
        person = party(store, settled.person, rulebook, now)
    else:
        person = party_of(store, settled.record, rulebook, now)
    if isinstance(person, Stranger):
        return person
    who: Party = person
    if settled.agent is not None:
        agent = party(store, settled.agent, rulebook, now)
        if isinstance(agent, Stranger):
            return agent
        who = agent
    acts = who is not person
    key = KeyRecord(
        f"jwt-{token.digest.removeprefix('sha256:')[:12]}",
        who.subject,
        scopes_of(token.scopes),
        token.issued_at,
        ACTOR,
        token.expires_at,
        None,
        person.subject if acts else None,
    )
    ends += [token.expires_at, who.until, person.until]
    until = min(end for end in ends if end is not None)
    lists = who.unconfirmed | person.unconfirmed
    return Admission(key, who.subject, who.kind, who.facts, until, person if acts else None, lists)
