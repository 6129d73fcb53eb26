"""A sign-in as it is read: by every trust document that believes the issuer, and of it only what was asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.credentials.issuing import (
    AT,
    ISSUER,
    NONCE,
    NOW,
    SECRET_BIRTH,
    SECRET_NAME,
    SECRET_SUBJECT,
    keys_of,
    new_key,
    sign,
    trust,
    trusted,
)

from licet.core.catalogue import Catalogue
from licet.core.facts import UNKNOWN
from licet.core.rulebook import rulebook
from licet.core.trust import Trust
from licet.credentials.refusal import CredentialRefused, Reason
from licet.services.identity.carriers.sign_in import (
    OTHER,
    SignIn,
    SignInRefused,
    believed,
    offered,
    read_sign_in,
    with_user_info,
)

KEY = new_key()
CLIENT = "licet"
HOUR = timedelta(hours=1)
ACME = trust(name="acme", facts={"staff": trusted("staff"), "org": trusted("org.id", only=("acme",))}, lasts=HOUR)
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "aud": CLIENT,
    "sub": SECRET_SUBJECT,
    "nonce": NONCE,
    "iat": AT - 10,
    "exp": AT + 600,
    "name": SECRET_NAME,
    "birthdate": SECRET_BIRTH,
    "shoe_size": 42,
    "staff": True,
    "org": {"id": "acme"},
}


def read(claims: dict[str, Any], *trusts: Trust, facts: tuple[str, ...] = ("staff", "org")) -> SignIn:
    text = sign(KEY, {"alg": "ES256", "kid": "k1"}, claims)
    return read_sign_in(text, trusts or (ACME,), facts, keys_of(KEY), client_id=CLIENT, nonce=NONCE, now=NOW)


def values(found: SignIn) -> dict[str, object]:
    return {each.fact: each.value for each in found.facts}


def test_the_asked_facts_are_read_and_the_kinds_of_the_rest_told() -> None:
    found = read(CLAIMS)
    assert values(found) == {"staff": True, "org": "acme"}
    assert (found.missing, found.lasts, found.issuer) == ((), HOUR, ISSUER)
    assert found.thrown == (OTHER, "the name of your account there", "who you are by birth", "your name")
    assert not any(secret in repr(found) for secret in (SECRET_SUBJECT, SECRET_NAME, SECRET_BIRTH, "shoe"))
    found = read(CLAIMS, facts=("staff",))
    assert (values(found), found.missing) == ({"staff": True}, ())
    assert OTHER in found.thrown


def test_without_a_term_of_its_own_a_fact_lasts_as_long_as_the_token() -> None:
    found = read(CLAIMS, trust(facts={"staff": trusted("staff")}))
    assert found.lasts == timedelta(seconds=660), "with the skew of a minute"
    assert found.missing == ()


def test_what_is_not_said_is_missing_and_what_is_not_believed_unknown() -> None:
    found = read({key: value for key, value in CLAIMS.items() if key != "staff"} | {"org": {"id": "globex"}})
    assert (values(found), found.missing) == ({"org": UNKNOWN}, ("staff",))


def test_documents_are_read_together_and_none_may_contradict() -> None:
    org = trust(name="more", facts={"org": trusted("org.id")}, lasts=2 * HOUR)
    found = read(CLAIMS | {"org": {"id": "globex"}}, ACME, org)
    assert (values(found), found.lasts) == ({"staff": True, "org": "globex"}, 2 * HOUR)
    with pytest.raises(CredentialRefused) as caught:
        read(CLAIMS | {"also": False}, ACME, trust(name="more", facts={"staff": trusted("also")}))
    assert caught.value.reason is Reason.CONTRADICTORY


def test_a_document_for_other_keys_of_the_issuer_stands_in_nobodys_way() -> None:
    older = trust(name="older", facts={"staff": trusted("staff")}, algorithms=("RS256",), lasts=3 * HOUR)
    other = trust(name="other", facts={"lpr": trusted("lpr")}, lasts=4 * HOUR)
    found = read(CLAIMS, older, ACME, other)
    assert (values(found), found.lasts) == ({"staff": True, "org": "acme"}, HOUR)
    with pytest.raises(CredentialRefused) as caught:
        read(CLAIMS, older)
    assert caught.value.reason is Reason.ALGORITHM


def test_an_issuer_that_is_trusted_for_another_fact_is_asked_nothing() -> None:
    with pytest.raises(SignInRefused, match="not trusted for what was asked"):
        read(CLAIMS, facts=("us_citizen",))


def test_user_info_adds_what_is_missing_of_the_same_account() -> None:
    found = read({key: value for key, value in CLAIMS.items() if key not in ("staff", "org")})
    assert found.missing == ("org", "staff")
    said = {"sub": SECRET_SUBJECT, "staff": True, "email": "w@example", "email_verified": True}
    more = with_user_info(found, said, (ACME,), ("staff", "org"))
    assert (values(more), more.missing) == ({"staff": True}, ("org",))
    assert "your e-mail address" in more.thrown
    assert "your name" in more.thrown
    for claims in (said | {"sub": "another"}, {"staff": True}):
        with pytest.raises(CredentialRefused) as caught:
            with_user_info(found, claims, (ACME,), ("staff", "org"))
        assert caught.value.reason is Reason.CONTRADICTORY


def test_user_info_changes_nothing_that_the_token_said() -> None:
    found = read({key: value for key, value in CLAIMS.items() if key != "org"})
    more = with_user_info(
        found, {"sub": SECRET_SUBJECT, "staff": False, "org": {"id": "acme"}}, (ACME,), ("staff", "org")
    )
    assert values(more) == {"staff": True, "org": "acme"}


def test_only_documents_in_force_for_sign_ins_of_this_client_are_believed() -> None:
    others = [
        trust(name="a", audience=(CLIENT,)),
        trust(name="b", audience=("another",)),
        trust(name="c", audience=(CLIENT,), carriers=frozenset(("jwt",))),
        trust("https://other.example", name="d", audience=(CLIENT,)),
        trust(name="e", audience=(CLIENT,), from_=NOW + HOUR),
        trust(name="f", audience=(CLIENT,), until=NOW),
    ]
    law = rulebook((), Catalogue({}), (), others, digest="")
    assert [each.name for each in believed(law, ISSUER, CLIENT, NOW)] == ["a"]
    assert offered((ACME,), None) == ("org", "staff")
    assert offered((ACME,), ("staff", "us_citizen")) == ("staff",)
