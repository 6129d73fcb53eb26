"""Who may do what: roles as a table. What is not in it is not permitted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an officer is entrusted with. One person may have several, and still is one person."""

    VIEWER = "viewer"
    OFFICER = "officer"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Deed(StrEnum):
    """What can be done to the governance state, or seen of it."""

    SEE = "see"
    """What is in force, who enforces it, what waits."""

    SEE_FACTS = "see facts"
    """What is known of a subject, and why."""

    SEE_RECORD = "see record"
    """The journal, the events and what officers did."""

    ENACT = "enact"
    """Instruments, models, definitions, properties."""

    TRUST = "trust"
    """Trust documents: whose word counts."""

    ATTEST = "attest"
    """A fact about a subject, on paper or by a file."""

    RETRACT = "retract"
    """Withdraw an attestation, or suspend a subject: it can only narrow."""

    MAKE_KEY = "make key"
    """An API key, or the token of an organisation that pushes its members."""

    REVOKE_KEY = "revoke key"

    SCREEN = "screen"
    """Dispose of what screening found."""

    FORGET = "forget"
    """Erase what is known of a subject, or destroy a key of pseudonyms."""

    KEEP_KEYS = "keep keys"
    """The keys of the log, of pseudonyms and of the installation."""

    APPOINT = "appoint"
    """Officers, their roles and keys."""

    WORK_CASES = "work cases"
    """Open a case, or cause an event of one; its procedure says who may cause which."""

    SEE_CASES = "see cases"
    """Cases in full, with what the public version withholds."""

    APPROVE = "approve"
    """Agree to what another officer proposed."""

    WITHDRAW = "withdraw"
    """Take back what waits for approval."""


_SEEING = frozenset((Deed.SEE,))

MAY: Mapping[Role, frozenset[Deed]] = {
    Role.VIEWER: _SEEING,
    Role.OFFICER: _SEEING
    | {
        Deed.SEE_FACTS,
        Deed.ENACT,
        Deed.ATTEST,
        Deed.RETRACT,
        Deed.MAKE_KEY,
        Deed.REVOKE_KEY,
        Deed.SCREEN,
        Deed.FORGET,
        Deed.WORK_CASES,
        Deed.SEE_CASES,
        Deed.WITHDRAW,
    },
    Role.APPROVER: _SEEING
    | {
        Deed.SEE_FACTS,
        Deed.APPROVE,
        Deed.RETRACT,
        Deed.REVOKE_KEY,
        Deed.WORK_CASES,
        Deed.SEE_CASES,
        Deed.WITHDRAW,
    },
    Role.AUDITOR: _SEEING | {Deed.SEE_FACTS, Deed.SEE_RECORD, Deed.SEE_CASES},
    Role.ADMINISTRATOR: _SEEING
    | {Deed.SEE_RECORD, Deed.TRUST, Deed.KEEP_KEYS, Deed.APPOINT, Deed.REVOKE_KEY, Deed.WITHDRAW},
}

NARROWING = frozenset((Deed.SEE, Deed.SEE_FACTS, Deed.SEE_RECORD, Deed.RETRACT, Deed.REVOKE_KEY, Deed.WITHDRAW))
"""What gives nobody access that they did not have: one officer is enough."""

BY_PROOF = frozenset((Deed.ENACT,))
"""What one officer may do where it is proved to only narrow, and two otherwise."""


def may(roles: Iterable[Role], deed: Deed) -> bool:
    """Whether one of these roles permits a deed."""
    return any(deed in MAY[role] for role in roles)


def needs_second(deed: Deed) -> bool:
    """Whether a deed needs a second person, unless it is proved to only narrow."""
    return deed not in NARROWING


class KeyKind(StrEnum):
    """What an officer signs with."""

    ED25519 = "ed25519"
    PASSKEY = "passkey"


@dataclass(frozen=True, slots=True)
class OfficerKey:
    """A public key of an officer.

    `id` names it: for Ed25519 the first 16 hexadecimal digits of the SHA-256 of the 32 bytes, for a passkey its
    credential ID (base64url without padding). `public` is those 32 bytes, or the COSE key that the authenticator gave.
    """

    id: str
    kind: KeyKind
    public: bytes


@dataclass(frozen=True, slots=True)
class Account:
    """An account at an identity provider with which an officer signs in; `mark` is a keyed hash of its `sub`."""

    issuer: str
    mark: bytes


@dataclass(frozen=True, slots=True)
class Officer:
    """A person who acts for the operator. Without a role they may do nothing."""

    name: str
    roles: frozenset[Role]
    keys: tuple[OfficerKey, ...] = ()
    accounts: tuple[Account, ...] = ()

    def key(self, id_: str) -> OfficerKey | None:
        """Their key of this name."""
        return next((each for each in self.keys if each.id == id_), None)
