"""Signing in at a real provider: what is attested, what is forgotten, and every way in which it is refused."""

from __future__ import annotations

import html
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from tests.office.conftest import MakeOffice, Running
from tests.office.signing_in import CLIENT, MakeSigning, Signing
from tests.oidc_provider.running import NoProvider, installed

from licet.adapters.key_sets import KeySets
from licet.core.facts import UNKNOWN, Members
from licet.services.identity.marks import mark

ALICE = {
    "staff": True,
    "org": "acme.example",
    "name": "Alice Liddell",
    "email": "alice.liddell@acme.example",
    "birthdate": "1852-05-04",
}
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@pytest.fixture(scope="session")
def folder() -> Path:
    """The provider, installed."""
    try:
        return installed()
    except NoProvider as error:
        pytest.skip(f"the OpenID provider that sign-in is tested with is not here: {error}")


@pytest.fixture
def make_signing(make_office: MakeOffice, folder: Path) -> Iterator[MakeSigning]:
    """Makes offices with a provider, which run."""
    made: list[Signing] = []

    def make(trust: str | None = None, **options: Any) -> Signing:
        signing = Signing(make_office(), folder, **options)
        made.append(signing)
        signing.office.enact(signing.trust() if trust is None else trust.format(issuer=signing.issuer))
        signing.provider.set(accounts={"alice": ALICE, "bob": {"staff": False}}, login="alice")
        signing.office.start()
        return signing

    yield make
    for each in made:
        each.close()


@pytest.fixture
def signing(make_signing: MakeSigning) -> Signing:
    """An office with a provider, and a caller `caller` of whom nothing is known."""
    made = make_signing()
    made.office.subject("caller")
    return made


def invited(signing: Signing, *facts: str) -> str:
    return f"/sign-in/{signing.office.invitation('caller', *(facts or ('staff', 'org')))}"


def everything_kept(office: Running) -> bytes:
    """All bytes of all files of the state, the database's own files among them."""
    with sqlite3.connect(office.state / "licet.db") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return b"".join(path.read_bytes() for path in sorted(office.state.rglob("*")) if path.is_file())


def test_a_sign_in_attests_what_was_asked_and_forgets_the_rest(signing: Signing) -> None:
    page = signing.browser().sign_in(invited(signing))
    assert page.status_code == 200
    facts = signing.office.facts("caller")
    assert (facts["staff"], facts["org"]) == (True, "acme.example")
    record = signing.office.store.subject("caller")
    assert record is not None
    found = {each.fact: each for each in record.attestations}
    assert set(found) == {"staff", "org"}
    digest = found["staff"].digest
    assert digest is not None
    assert found["staff"].attested_by == signing.issuer
    assert (found["staff"].carrier, found["staff"].level) == ("oidc", "substantial")
    assert found["staff"].until is not None
    assert "This is now known of you" in page.text
    assert DIGEST.findall(page.text) == [digest, digest]
    assert all(word in page.text for word in (signing.issuer, "substantial", "acme.example"))
    kept = everything_kept(signing.office)
    for secret in ("Liddell", "alice", "1852", signing.secret):
        assert secret.encode() not in kept
        assert secret not in page.text
    assert signing.office.store.bound(signing.issuer, mark(signing.office.secret, signing.issuer, "alice")) == "caller"
    assert signing.provider.seen()["/request"] == 1, "the request was pushed"


def test_only_the_invitations_facts_are_asked_for_and_kept(signing: Signing) -> None:
    page = signing.browser().sign_in(invited(signing, "staff"))
    assert page.status_code == 200
    record = signing.office.store.subject("caller")
    assert record is not None
    assert [each.fact for each in record.attestations] == ["staff"]
    assert "acme.example" not in page.text


def test_a_person_without_a_subject_gets_one_and_keeps_it(signing: Signing) -> None:
    browser = signing.browser()
    page = browser.sign_in("/sign-in")
    found = re.search(r"u-[a-z2-7]{16}", page.text)
    assert found is not None
    assert signing.office.facts(found[0])["staff"] is True
    again = signing.browser().sign_in("/sign-in")
    assert again.status_code == 200
    assert "u-" not in re.sub("[a-z]u-", "", again.text), "who is known already is not told their name again"
    assert len(list(signing.office.store.subject_names())) == 2


def test_one_account_is_one_caller_and_one_caller_one_account(signing: Signing) -> None:
    signing.office.subject("other")
    assert signing.browser().sign_in(invited(signing)).status_code == 200
    page = signing.browser().sign_in(f"/sign-in/{signing.office.invitation('other', 'staff')}")
    assert page.status_code == 403
    assert "belongs to another caller already" in page.text
    assert signing.office.facts("other")["staff"] is UNKNOWN
    signing.provider.set(login="bob")
    page = signing.browser().sign_in(invited(signing))
    assert page.status_code == 403
    assert "by another account" in page.text
    assert signing.office.facts("caller")["staff"] is True


def test_what_the_provider_no_longer_says_is_taken_back(signing: Signing) -> None:
    signing.browser().sign_in(invited(signing))
    signing.provider.set(accounts={"alice": {"staff": True}})
    page = signing.browser().sign_in(invited(signing))
    assert "was taken back" in page.text
    facts = signing.office.facts("caller")
    assert (facts["staff"], facts["org"]) == (True, UNKNOWN)


def test_who_is_no_staff_is_known_not_to_be(signing: Signing) -> None:
    signing.provider.set(login="bob")
    assert signing.browser().sign_in(invited(signing, "staff")).status_code == 200
    assert signing.office.facts("caller")["staff"] is False


def test_a_provider_that_says_nothing_of_it_binds_nobody(signing: Signing) -> None:
    signing.provider.set(accounts={"carol": {}}, login="carol")
    page = signing.browser().sign_in(invited(signing))
    assert page.status_code == 403
    assert "says nothing of what was asked" in page.text
    assert signing.office.store.bindings("caller") == ()


def test_a_claim_that_the_token_has_not_comes_from_user_info(make_signing: MakeSigning) -> None:
    signing = make_signing(scopes={"work": ["staff", "org", "email"]}, claimsParameter=False)
    signing.office.subject("caller")
    page = signing.browser().sign_in(invited(signing))
    assert page.status_code == 200
    assert signing.office.facts("caller")["org"] == "acme.example"
    assert signing.provider.seen()["/me"] == 1
    assert "your e-mail address" in page.text
    assert "Liddell" not in page.text


def test_user_info_is_not_asked_where_nothing_is_missing(signing: Signing) -> None:
    signing.browser().sign_in(invited(signing))
    assert "/me" not in signing.provider.seen()


def test_a_public_client_has_no_secret(make_signing: MakeSigning) -> None:
    signing = make_signing(public=True)
    signing.office.subject("caller")
    assert signing.browser().sign_in(invited(signing)).status_code == 200
    assert signing.office.facts("caller")["staff"] is True


def test_a_client_may_have_to_post_its_secret(make_signing: MakeSigning) -> None:
    signing = make_signing(client={"token_endpoint_auth_method": "client_secret_basic"})
    signing.office.subject("caller")
    assert signing.browser().sign_in(invited(signing)).status_code == 200


def test_nobody_is_sent_on_by_an_address_that_somebody_else_made(signing: Signing) -> None:
    """Otherwise a link could silently make whoever is signed in at work vouch for somebody else's API key."""
    theirs, mine = signing.browser(), signing.browser()
    path = invited(signing)
    page = theirs.get(path)
    link = html.unescape(re.findall(r'href="(/sign-in[^"]*start=[^"]*)"', page.text)[0])
    assert mine.get(link).status_code == 403
    mine.get(path)
    assert mine.get(link).status_code == 403
    assert mine.get(f"{path}?provider={signing.issuer}&start=x").status_code == 403
    assert "/request" not in signing.provider.seen()


def changed(address: str, **changes: str | None) -> str:
    """An address with other parameters; None takes one away."""
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query)) | changes
    return parts._replace(query=urlencode({name: value for name, value in query.items() if value is not None})).geturl()


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"state": "another"}, 400, "no sign-in of this browser"),
        ({"state": None}, 400, "no sign-in of this browser"),
        ({"iss": "https://elsewhere.test"}, 502, "not from the provider that was asked"),
        ({"iss": None}, 502, "not from the provider that was asked"),
        ({"code": None}, 400, "has no code"),
        ({"code": "a\nb"}, 400, "has no code"),
        ({"code": "invented"}, 502, "invalid_grant"),
        ({"error": "access_denied", "error_description": "Liddell"}, 403, "did not sign you in"),
    ],
)
def test_an_answer_that_is_not_the_providers_own(
    signing: Signing, changes: dict[str, str | None], status: int, words: str
) -> None:
    browser = signing.browser()
    back = browser.follow(browser.begin(invited(signing)))
    page = browser.get(changed(back, **changes))
    assert page.status_code == status
    assert words in page.text.replace("No sign-in", "no sign-in")
    assert "Liddell" not in page.text
    assert signing.office.facts("caller")["staff"] is UNKNOWN
    assert browser.get(back).status_code == 400, "a sign-in is used once, whatever came of it"


def test_parameters_that_come_twice_are_refused(signing: Signing) -> None:
    browser = signing.browser()
    back = browser.follow(browser.begin(invited(signing)))
    assert browser.get(f"{back}&code=other").status_code == 400


def test_an_answer_is_for_the_browser_that_began(signing: Signing) -> None:
    browser = signing.browser()
    back = browser.follow(browser.begin(invited(signing)))
    assert signing.browser().get(back).status_code == 400
    assert browser.get(back).status_code == 200
    assert browser.get(back).status_code == 400


NOW = 1_790_000_000


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        ({"claims": {"nonce": "another"}}, "answers another request"),
        ({"claims": {"nonce": None}}, "nonce"),
        ({"claims": {"iss": "https://elsewhere.test"}}, "its issuer is not trusted"),
        ({"claims": {"aud": "another"}}, "another audience"),
        ({"claims": {"aud": [CLIENT, "another"]}}, "another audience"),
        ({"claims": {"azp": "another"}}, "another audience"),
        ({"claims": {"aud": None}}, "aud"),
        ({"claims": {"exp": 1_000_000_000}}, "it has expired"),
        ({"claims": {"exp": None}}, "exp"),
        ({"claims": {"iat": 4_000_000_000}}, "not valid yet"),
        ({"claims": {"nbf": 4_000_000_000}}, "not valid yet"),
        ({"claims": {"sub": None}}, "sub"),
        ({"claims": {"staff": {"nested": 1}}}, "must be true, false"),
        ({"claims": {"staff": "Liddell"}}, "not a value that this fact can have"),
        ({"header": {"alg": "none"}}, "algorithm"),
        ({"header": {"alg": "HS256"}}, "algorithm"),
        ({"header": {"alg": "RS256"}}, "algorithm"),
        ({"header": {"kid": "unheard-of"}}, "no key of its issuer"),
        ({"header": {"jwk": {"kty": "EC"}}}, "a key of its own"),
        ({"header": {"typ": "at+jwt"}}, "another type"),
        ({"key": "other"}, "signature is not its issuer"),
    ],
    ids=str,
)
def test_a_token_that_is_not_in_order_attests_nothing(
    signing_once: Signing, tamper: dict[str, Any], words: str
) -> None:
    signing_once.provider.set(tamper=tamper)
    page = signing_once.browser().sign_in(invited(signing_once))
    assert page.status_code == 403, page.text
    assert words in html.unescape(page.text)
    assert "Liddell" not in page.text
    assert signing_once.office.facts("caller")["staff"] is UNKNOWN
    assert signing_once.office.store.bindings("caller") == ()


@pytest.fixture(scope="module")
def signing_once(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Iterator[Signing]:
    """One for many sign-ins of which nothing is kept."""
    signing = Signing(Running(tmp_path_factory.mktemp("office")), folder)
    signing.office.enact(signing.trust())
    signing.office.subject("caller")
    signing.provider.set(accounts={"alice": ALICE}, login="alice")
    signing.office.start()
    yield signing
    signing.close()
    signing.office.close()


def test_an_issuer_is_believed_only_what_its_document_lists(make_signing: MakeSigning) -> None:
    signing = make_signing()
    signing.office.subject("caller")
    page = signing.browser().get(f"/sign-in/{signing.office.invitation('caller', 'us_citizen')}")
    assert page.status_code == 200
    assert "Nobody at whom people sign in" in page.text
    assert "start=" not in page.text


def test_values_that_a_document_does_not_admit_are_unknown(make_signing: MakeSigning) -> None:
    signing = make_signing()
    only = signing.trust("only", "  org: {claim: org, only: [initech.example]}\n", "supersedes: [acme]")
    signing.office.enact(only)
    signing.office.subject("caller")
    page = signing.browser().sign_in(invited(signing, "org"))
    assert page.status_code == 200
    assert "Nothing new is known of you" in page.text
    assert signing.office.facts("caller")["org"] is UNKNOWN


def test_a_document_that_is_lifted_while_somebody_signs_in(signing: Signing) -> None:
    browser = signing.browser()
    back = browser.follow(browser.begin(invited(signing)))
    lift = "lift: end\nissued: 2026-01-01T00:00:00Z\nfrom: 2026-01-02T00:00:00Z\nends: [acme]\n"
    signing.office.enact(lift)
    page = browser.get(back)
    assert page.status_code == 403
    assert "not trusted for what was asked" in page.text


def test_an_audience_that_is_not_ours_is_no_trust_in_our_sign_ins(signing: Signing) -> None:
    text = signing.trust("other", "  staff: {claim: staff}\n", "supersedes: [acme]")
    signing.office.enact(text.replace(f"audience: [{CLIENT}]", "audience: [somebody-else]"))
    assert "start=" not in signing.browser().get(invited(signing)).text


@pytest.mark.parametrize("spoiled", ["", "x"])
def test_an_invitation_that_is_none_or_has_ended(signing: Signing, spoiled: str) -> None:
    text = signing.office.invitation("caller", "staff", minutes=30 if spoiled else -1)
    page = signing.browser().get(f"/sign-in/{text}{spoiled}")
    assert page.status_code == 404
    assert "invitation" in page.text


def test_a_caller_who_is_gone_or_suspended_is_vouched_for_no_more(signing: Signing) -> None:
    page = signing.browser().sign_in(f"/sign-in/{signing.office.invitation('nobody', 'staff')}")
    assert page.status_code == 403
    browser = signing.browser()
    back = browser.follow(browser.begin(invited(signing)))
    now = signing.office.office and signing.office.office.clock.now()
    assert now
    signing.office.store.suspend("caller", actor="test", at=now, reason="a test")
    page = browser.get(back)
    assert page.status_code == 403
    assert "suspended" in page.text


def test_a_provider_that_is_away_is_said_to_be(signing: Signing) -> None:
    browser = signing.browser()
    assert browser.begin(invited(signing)).status_code == 303
    back = f"{signing.office.url}/sign-in/callback?code=x&state=y"
    signing.provider.stop()
    assert browser.get(back).status_code == 400
    assert signing.browser().begin(invited(signing)).status_code == 502


def test_a_provider_whose_metadata_are_anothers(make_office: MakeOffice, folder: Path) -> None:
    signing = Signing(make_office(), folder)
    office = signing.office
    other = signing.issuer.replace("127.0.0.1", "localhost")
    office.write(office=f"  providers: [{{issuer: '{other}', client_id: {CLIENT}}}]\n")
    office.enact(signing.trust().replace(signing.issuer, other))
    office.subject("caller")
    office.start()
    try:
        page = signing.browser().begin(invited(signing))
        assert page.status_code == 502
        assert "another issuer" in html.unescape(page.text)
    finally:
        signing.close()


def test_a_new_signing_key_is_fetched_when_it_is_first_seen(signing: Signing) -> None:
    at = [0.0]
    office = signing.office.office
    assert office is not None
    office.key_sets.__init__(lambda: at[0])  # type: ignore[misc]
    assert isinstance(office.key_sets, KeySets)
    assert signing.browser().sign_in(invited(signing)).status_code == 200
    signing.provider.rotate()
    at[0] += 11
    assert signing.browser().sign_in(invited(signing)).status_code == 200
    assert signing.provider.seen()["/jwks"] == 2
    assert signing.browser().sign_in(invited(signing)).status_code == 200
    assert signing.provider.seen()["/jwks"] == 2, "what is known is not fetched again"


def test_a_logout_at_the_provider_takes_its_word_back_at_once(signing: Signing) -> None:
    signing.office.attest_own("caller", us_citizen=True)
    signing.browser().sign_in(invited(signing))
    signing.provider.log_out(CLIENT, "bob")
    assert signing.office.facts("caller")["staff"] is True
    signing.provider.log_out(CLIENT, "alice")
    facts = signing.office.facts("caller")
    assert (facts["staff"], facts["org"], facts["us_citizen"]) == (UNKNOWN, UNKNOWN, True)
    assert signing.browser().sign_in(invited(signing)).status_code == 200
    assert signing.office.facts("caller")["staff"] is True


@pytest.mark.parametrize("token", ["", "x.y.z", "eyJhbGciOiJub25lIn0.e30."])
def test_a_logout_token_that_is_none(signing_once: Signing, token: str) -> None:
    with signing_once.office.client() as client:
        answer = client.post("/sign-in/logout", data={"logout_token": token})
    assert (answer.status_code, answer.json()["code"]) == (400, "logout_refused")
    assert token == "" or token not in answer.text


def test_sets_come_whole(make_signing: MakeSigning) -> None:
    trust = None
    signing = make_signing(trust)
    signing.office.enact(signing.trust("more", "  citizenships: {claim: citizenship}\n", "supersedes: [acme]"))
    signing.office.subject("caller")
    signing.provider.set(accounts={"alice": {"citizenship": ["GB", "FR"]}})
    assert signing.browser().sign_in(invited(signing, "citizenships")).status_code == 200
    assert signing.office.facts("caller")["citizenships"] == Members(frozenset(("GB", "FR")), complete=False)


def test_the_log_has_no_person_in_it(capsys: pytest.CaptureFixture[str], make_signing: MakeSigning) -> None:
    signing = make_signing()
    signing.office.subject("caller")
    signing.browser().sign_in(invited(signing))
    signing.provider.set(tamper={"claims": {"nonce": "another"}})
    signing.browser().sign_in(invited(signing))
    told = capsys.readouterr().err
    assert "sign-in refused" in told
    assert not any(word in told for word in ("alice", "Liddell", "caller", "acme.example"))
