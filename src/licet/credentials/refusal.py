"""Why a token or a credential is refused: a closed list, whose words callers see. Nothing that it says is repeated."""

from __future__ import annotations

from enum import StrEnum

from licet.core.errors import LicetError


class Reason(StrEnum):
    """What is wrong. The value is a whole thought, without anything of what was presented."""

    TOO_LARGE = "it is larger than any that is read"
    MALFORMED = "it has not the form that it must have"
    ENCODING = "it is not base64url in its one spelling"
    DUPLICATE_KEY = "a key occurs twice in it"
    TOO_DEEP = "it is nested too deeply"
    NUMBER = "it has a number that parsers read differently"
    CRITICAL = "it needs an extension that is not understood"
    KEY_IN_HEADER = "it brings or names a key of its own, and such a key is never used"
    TOKEN_TYPE = "it is of another type"  # noqa: S105 - words
    ISSUER_NOT_TRUSTED = "its issuer is not trusted"
    CARRIER_NOT_TRUSTED = "its issuer is not trusted by this carrier"
    FACT_NOT_TRUSTED = "its issuer is not trusted for any fact that it carries"
    CREDENTIAL_TYPE = "its issuer is not trusted for credentials of its type"
    ALGORITHM = "it is signed with an algorithm that its issuer may not use"
    UNKNOWN_KEY = "no key of its issuer fits it"
    WEAK_KEY = "the key that signed it is too short"
    SIGNATURE = "its signature is not its issuer's"
    EXPIRED = "it has expired"
    NOT_YET_VALID = "it is not valid yet"
    TIME = "an instant in it is not a number of seconds"
    MISSING_CLAIM = "a claim that it needs is missing or has not its form"
    CLAIM_VALUE = "a claim of it is not a value that a fact can have"
    CONTRADICTORY = "it says two things about one fact"
    AUDIENCE = "it is meant for another audience"
    NONCE = "it answers another request, or was used before"
    ACTOR = "who acts in it cannot be told"
    HASH_ALGORITHM = "its disclosures are hashed with an algorithm other than sha-256"
    DISCLOSURE = "a disclosure of it has not the form that it must have"
    DISCLOSURE_TWICE = "a disclosure occurs twice in it"
    DISCLOSURE_DANGLING = "a disclosure was added to it that its issuer did not sign"
    DIGEST_TWICE = "the digest of a disclosure occurs twice in it"
    CLAIM_DISCLOSED_TWICE = "a disclosed claim is there already"
    REGISTERED_DISCLOSED = "a claim is disclosed that must not be hidden"
    HOLDER_KEY = "it is bound to no key that can be used"
    KEY_BINDING_MISSING = "its holder did not sign it"
    KEY_BINDING_SIGNATURE = "it is signed by another key than its holder's"
    KEY_BINDING_HASH = "its holder signed something else"
    KEY_BINDING_STALE = "its holder signed it too long ago"
    STATUS_REFERENCE = "its status is told in a way that cannot be checked"
    STATUS_LIST = "the status list is broken"
    STATUS_LIST_TOO_LARGE = "the status list is larger than any that is read"
    STATUS_LIST_OTHER = "the status list is another one"
    STATUS_POSITION = "the status list has no such position"
    REVOKED = "its issuer revoked it"
    SUSPENDED = "its issuer suspended it"
    STATUS_OTHER = "its issuer says of its status what is not understood"
    KEY_SET = "the set of keys has not the form that it must have"
    PRIVATE_KEY = "the set of keys has one that must stay secret"


class CredentialRefused(LicetError):
    """A token, credential, status list or key set that is not accepted.

    The message says where and why, and what to do; it has nothing of what was presented in it, and neither has what
    led to it (`__cause__` and `__context__` are empty).
    """

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def refused(reason: Reason, what: str, todo: str = "") -> CredentialRefused:
    """The refusal of `what` ("the access token"), with the reason's words and what to do."""
    return CredentialRefused(reason, f"{what}: {reason.value}" + (f"; {todo}" if todo else ""))
