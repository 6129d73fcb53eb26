"""Signing in: what an identity provider says of somebody is read, and of it only the facts that were asked for kept.

Reading and keeping are two steps, because between them the provider may have to be asked for a claim that its ID token
has not. What else it said is thrown away here, and only its kinds are told to whoever signed in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from licet.core.attestations import Carrier
from licet.core.errors import LicetError
from licet.core.facts import Fact, Unknown
from licet.core.rulebook import Rulebook
from licet.core.trust import Trust
from licet.credentials.base64url import decoded
from licet.credentials.carried import Carried, carried, same
from licet.credentials.id_token import WHAT, IdToken, read_id_token
from licet.credentials.logout_token import LogoutToken
from licet.credentials.refusal import CredentialRefused, Reason, refused
from licet.credentials.tree import Tree, read_object
from licet.credentials.trusting import Keys
from licet.services.identity.carriers.attesting import (
    Account,
    Attested,
    Once,
    People,
    Provenance,
    attest_carried,
    withdraw_carried,
)
from licet.services.identity.marks import mark
from licet.services.ports import Workers

ACTOR = "office"
"""In whose name the events of sign-ins are."""

HOW = "sign-in at the issuer"
USER_INFO = "the UserInfo response"

TECHNICAL = frozenset(
    ("iss", "aud", "exp", "iat", "nbf", "jti", "nonce", "azp", "at_hash", "c_hash", "s_hash", "typ", "ver")
)
"""Claims that make a token one; they say nothing about anybody."""

KINDS: Mapping[str, str] = {
    **dict.fromkeys(("sub", "preferred_username", "nickname", "upn", "oid", "uid"), "the name of your account there"),
    **dict.fromkeys(("name", "given_name", "family_name", "middle_name"), "your name"),
    **dict.fromkeys(("email", "email_verified"), "your e-mail address"),
    **dict.fromkeys(("phone_number", "phone_number_verified"), "your telephone number"),
    **dict.fromkeys(("address", "zoneinfo", "locale"), "where you live, your language or time zone"),
    **dict.fromkeys(("birthdate", "gender", "place_of_birth", "nationalities"), "who you are by birth"),
    **dict.fromkeys(("picture", "profile", "website"), "your picture and pages"),
    **dict.fromkeys(("sid", "auth_time", "acr", "amr"), "when and how you signed in there"),
    "verified_claims": "how your provider verified you",
}
"""Claims by what they are about (OpenID Connect Core 1.0, section 5.1; OpenID Identity Assurance 1.0)."""

OTHER = "other claims"

ANOTHERS = frozenset((Reason.ALGORITHM, Reason.UNKNOWN_KEY, Reason.SIGNATURE, Reason.WEAK_KEY))
"""Why a token may not be one document's and be another's, while an issuer goes over to other keys."""


class SignInRefused(LicetError):
    """A sign-in of which nothing is kept; the message is for whoever signed in."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """What is left of a sign-in once it was read.

    `subject` is what the issuer calls who signed in, and is not kept. `missing` are facts that were asked for and not
    said, `thrown` the kinds of all that was said besides. `lasts` is how long the facts may count at most.
    """

    issuer: str
    subject: str = field(repr=False)
    facts: tuple[Carried, ...]
    missing: tuple[str, ...]
    thrown: tuple[str, ...]
    lasts: timedelta
    digest: str


def believed(rulebook: Rulebook, issuer: str, client_id: str, at: datetime) -> tuple[Trust, ...]:
    """The trust documents in force by which a sign-in at this issuer, as this client, says something."""
    return tuple(
        each
        for each in rulebook.trusts(at)
        if each.attester == issuer and Carrier.OIDC in each.carriers and client_id in each.audience
    )


def offered(trusts: Iterable[Trust], facts: Collection[str] | None) -> tuple[str, ...]:
    """Which of these facts the issuer is believed; of all facts, where none are named."""
    found = {name for each in trusts for name in each.facts}
    return tuple(sorted(found if facts is None else found & set(facts)))


def read_sign_in(
    text: str,
    trusts: Sequence[Trust],
    facts: Collection[str],
    keys: Keys,
    *,
    client_id: str,
    nonce: str,
    now: datetime,
) -> SignIn:
    """Read an ID token that answers a request for these facts.

    Raises `SignInRefused` where nobody believes the issuer any of them, `CredentialRefused`, and what `keys` raises.
    """
    believing = [each for each in trusts if offered((each,), facts)]
    if not believing:
        raise SignInRefused("this provider is not trusted for what was asked; choose another one, or ask the operator")

    def read(trust: Trust) -> IdToken:
        return read_id_token(text, trust, keys, client_id=client_id, nonce=nonce, now=now)

    tokens = _read_by(believing, read)
    first = tokens[0][1]
    found = _merged((fact for _, token in tokens for fact in token.facts if fact.fact in facts), WHAT)
    lasts = max(_lasts(trust, token, now) for trust, token in tokens)
    thrown = _kinds(read_object(decoded(text.split(".")[1], WHAT), WHAT), _claims(trusts, facts))
    return SignIn(first.issuer, first.subject, found, _missing(found, trusts, facts), thrown, lasts, first.digest)


def with_user_info(sign_in: SignIn, claims: Tree, trusts: Sequence[Trust], facts: Collection[str]) -> SignIn:
    """The same with what the UserInfo endpoint says of the facts that the ID token is silent about.

    Raises `CredentialRefused` if it is about somebody else (OpenID Connect Core 1.0, section 5.3.2).
    """
    if claims.get("sub") != sign_in.subject:
        raise refused(Reason.CONTRADICTORY, USER_INFO, "it is about another account; sign in again")
    said = [each for trust in trusts for each in carried(claims, (trust,), USER_INFO) if each.fact in sign_in.missing]
    found = _merged((*sign_in.facts, *said), USER_INFO)
    thrown = sorted({*sign_in.thrown, *_kinds(claims, _claims(trusts, facts))})
    return replace(sign_in, facts=found, missing=_missing(found, trusts, facts), thrown=tuple(thrown))


def keep_sign_in(
    store: People,
    workers: Workers,
    declared: Mapping[str, Fact],
    sign_in: SignIn,
    *,
    subject: str | None,
    secret: bytes,
    now: datetime,
    random_bytes: Callable[[int], bytes],
    stopwatch: Callable[[], float],
) -> Attested:
    """Attest what was said on `subject`, or on the account's own, and tell every gate process.

    What the issuer said before of facts that it is silent about now is withdrawn.
    Raises `SignInRefused`, `AttestingRefused`, `SubjectRefused`, `StoreUnavailable`; then nothing has changed.
    """
    account = Account(sign_in.issuer, mark(secret, sign_in.issuer, sign_in.subject), only=True)
    if not sign_in.facts and store.bound(*account[:2]) is None:
        raise SignInRefused("the provider says nothing of what was asked, so nothing was kept; ask who runs it")
    provenance = Provenance(Carrier.OIDC, HOW, sign_in.digest, now + sign_in.lasts)
    return attest_carried(
        store,
        workers,
        declared,
        account,
        sign_in.facts,
        provenance,
        subject=subject,
        silent_on=sign_in.missing,
        actor=ACTOR,
        now=now,
        random_bytes=random_bytes,
        stopwatch=stopwatch,
    )


def log_out(
    store: People,
    workers: Workers,
    token: LogoutToken,
    *,
    digest: str,
    secret: bytes,
    now: datetime,
    stopwatch: Callable[[], float],
) -> Attested | None:
    """Withdraw all that the issuer said of an account by signing in; None: it had said nothing, or this was done.

    Raises `StoreUnavailable`.
    """
    account = Account(token.issuer, mark(secret, token.issuer, token.subject), only=True)
    once = Once("logout token", mark(secret, token.issuer, f"logout\0{token.id}"), token.expires_at)
    provenance = Provenance(Carrier.OIDC, "back-channel logout", digest)
    return withdraw_carried(store, workers, account, provenance, once=once, actor=ACTOR, now=now, stopwatch=stopwatch)


def _read_by(trusts: Iterable[Trust], read: Callable[[Trust], IdToken]) -> list[tuple[Trust, IdToken]]:
    """The token by each document that allows its algorithm and has its key; the first refusal, where none does."""
    found: list[tuple[Trust, IdToken]] = []
    refusals: list[CredentialRefused] = []
    for trust in trusts:
        try:
            found.append((trust, read(trust)))
        except CredentialRefused as error:
            if error.reason not in ANOTHERS:
                raise
            refusals.append(error)
    if not found:
        raise refusals[0]
    return found


def _merged(facts: Iterable[Carried], what: str) -> tuple[Carried, ...]:
    """Each fact once. What one trust document believes counts beside one that does not; two values are a refusal."""
    found: dict[str, Carried] = {}
    for each in facts:
        there = found.get(each.fact)
        if there is None or isinstance(there.value, Unknown):
            found[each.fact] = each
        elif not isinstance(each.value, Unknown) and not same(there.value, each.value):
            raise refused(Reason.CONTRADICTORY, what, f"by two trust documents it has two values for `{each.fact}`")
    return tuple(found[name] for name in sorted(found))


def _missing(found: Iterable[Carried], trusts: Iterable[Trust], facts: Collection[str]) -> tuple[str, ...]:
    said = {each.fact for each in found}
    return tuple(name for name in offered(trusts, facts) if name not in said)


def _lasts(trust: Trust, token: IdToken, now: datetime) -> timedelta:
    """How long the facts count: as the trust document says, otherwise as long as what carried them."""
    return trust.lasts if trust.lasts is not None else token.expires_at - now


def _claims(trusts: Iterable[Trust], facts: Collection[str]) -> frozenset[str]:
    """The claims that these facts come from, and the objects in which those are."""
    paths = [each.facts[name].claim or "" for each in trusts for name in facts if name in each.facts]
    return frozenset(part for path in paths for part in (path, path.partition(".")[0]))


def _kinds(claims: Tree, kept: Collection[str]) -> tuple[str, ...]:
    """The kinds of all claims that are not kept."""
    thrown = (name for name in claims if name not in kept and name not in TECHNICAL)
    return tuple(sorted({KINDS.get(name, OTHER) for name in thrown}))
