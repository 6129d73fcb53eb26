"""Signing in at a real provider: what is attested, what is forgotten, and every way in which it is refused."""

from __future__ import annotations

import asyncio
import html
import os
import re
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from tests.office.conftest import MakeOffice, Running
from tests.office.signing_in import CLIENT, MakeSigning, Signing
from tests.oidc_provider.running import NoProvider, installed

from licet.adapters.key_sets import KeySets
from licet.core.facts import UNKNOWN, Members
from licet.credentials.id_token import IdToken
from licet.office.application import Manner
from licet.office.application import office as asgi_office
from licet.office.rate import Rate
from licet.office.sign_in.accounts import sign_in_route
from licet.office.sign_in.metadata import Provider
from licet.office.sign_in.provider_client import ProviderClient
from licet.office.sign_in.relying_party import CALLBACK, RelyingParty
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
        signing.office.start()
        return signing.fresh(ALICE)

    yield make
    for each in made:
        each.close()


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Iterator[Signing]:
    """One office with a provider, for all tests that leave the rulebook alone."""
    signing = Signing(Running(tmp_path_factory.mktemp("office")), folder)
    signing.office.enact(signing.trust())
    signing.office.start()
    yield signing
    signing.close()
    signing.office.close()


@pytest.fixture
def signing(lasting: Signing) -> Signing:
    """The same, with a caller and an account of whom nothing is known yet."""
    return lasting.fresh(ALICE)


def everything_kept(office: Running) -> bytes:
    """All bytes of all files of the state, the database's own files among them."""
    with sqlite3.connect(office.state / "licet.db") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return b"".join(path.read_bytes() for path in sorted(office.state.rglob("*")) if path.is_file())


def test_a_sign_in_attests_what_was_asked_and_forgets_the_rest(signing: Signing) -> None:
    pushed = signing.provider.seen().get("/request", 0)
    page = signing.browser().sign_in(signing.invited())
    assert page.status_code == 200
    facts = signing.known()
    assert (facts["staff"], facts["org"]) == (True, "acme.example")
    found = {each.fact: each for each in signing.record().attestations}
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
    for secret in ("Liddell", signing.account, "1852", signing.secret):
        assert secret.encode() not in kept
        assert secret not in page.text
    assert (
        signing.office.store.bound(signing.issuer, mark(signing.office.secret, signing.issuer, signing.account))
        == signing.caller
    )
    assert signing.provider.seen()["/request"] == pushed + 1, "the request was pushed"


def test_only_the_invitations_facts_are_asked_for_and_kept(signing: Signing) -> None:
    page = signing.browser().sign_in(signing.invited("staff"))
    assert page.status_code == 200
    assert [each.fact for each in signing.record().attestations] == ["staff"]
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
    assert len([each for each in signing.office.store.subject_names() if each.startswith("u-")]) == 1


def test_one_account_is_one_caller_and_one_caller_one_account(signing: Signing) -> None:
    signing.office.subject(other := f"other-of-{signing.caller}")
    assert signing.browser().sign_in(signing.invited()).status_code == 200
    page = signing.browser().sign_in(f"/sign-in/{signing.office.invitation(other, 'staff')}")
    assert page.status_code == 403
    assert "belongs to another caller already" in page.text
    assert signing.office.facts(other)["staff"] is UNKNOWN
    signing.provider.set(login=signing.other_account)
    page = signing.browser().sign_in(signing.invited())
    assert page.status_code == 403
    assert "by another account" in page.text
    assert signing.known()["staff"] is True


def test_what_the_provider_no_longer_says_is_taken_back(signing: Signing) -> None:
    signing.browser().sign_in(signing.invited())
    signing.provider.set(accounts={signing.account: {"staff": True}})
    page = signing.browser().sign_in(signing.invited())
    assert "was taken back" in page.text
    facts = signing.known()
    assert (facts["staff"], facts["org"]) == (True, UNKNOWN)


def test_who_is_no_staff_is_known_not_to_be(signing: Signing) -> None:
    signing.provider.set(login=signing.other_account)
    assert signing.browser().sign_in(signing.invited("staff")).status_code == 200
    assert signing.known()["staff"] is False


def test_a_provider_that_says_nothing_of_it_binds_nobody(signing: Signing) -> None:
    signing.fresh({})
    page = signing.browser().sign_in(signing.invited())
    assert page.status_code == 403
    assert "says nothing of what was asked" in page.text
    assert signing.office.store.bindings(signing.caller) == ()


def test_a_claim_that_the_token_has_not_comes_from_user_info(make_signing: MakeSigning) -> None:
    signing = make_signing(scopes={"work": ["staff", "org", "email"]}, claimsParameter=False)
    page = signing.browser().sign_in(signing.invited())
    assert page.status_code == 200
    assert signing.known()["org"] == "acme.example"
    assert signing.provider.seen()["/me"] == 1
    assert "your e-mail address" in page.text
    assert "Liddell" not in page.text


def test_user_info_is_not_asked_where_nothing_is_missing(signing: Signing) -> None:
    asked = signing.provider.seen().get("/me", 0)
    signing.browser().sign_in(signing.invited())
    assert signing.provider.seen().get("/me", 0) == asked


def test_a_public_client_has_no_secret(make_signing: MakeSigning) -> None:
    signing = make_signing(public=True)
    assert signing.browser().sign_in(signing.invited()).status_code == 200
    assert signing.known()["staff"] is True


def test_a_client_may_have_to_post_its_secret(make_signing: MakeSigning) -> None:
    signing = make_signing(client={"token_endpoint_auth_method": "client_secret_basic"})
    assert signing.browser().sign_in(signing.invited()).status_code == 200


def test_nobody_is_sent_on_by_an_address_that_somebody_else_made(signing: Signing) -> None:
    """Otherwise a link could silently make whoever is signed in at work vouch for somebody else's API key."""
    pushed = signing.provider.seen().get("/request", 0)
    theirs, mine = signing.browser(), signing.browser()
    path = signing.invited()
    page = theirs.get(path)
    link = html.unescape(re.findall(r'href="(/sign-in[^"]*start=[^"]*)"', page.text)[0])
    assert mine.get(link).status_code == 403
    mine.get(path)
    assert mine.get(link).status_code == 403
    assert mine.get(f"{path}?provider={signing.issuer}&start=x").status_code == 403
    assert signing.provider.seen().get("/request", 0) == pushed


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
    back = browser.follow(browser.begin(signing.invited()))
    page = browser.get(changed(back, **changes))
    assert page.status_code == status
    assert words in page.text.replace("No sign-in", "no sign-in")
    assert "Liddell" not in page.text
    assert signing.known()["staff"] is UNKNOWN
    assert browser.get(back).status_code == 400, "a sign-in is used once, whatever came of it"


def test_parameters_that_come_twice_are_refused(signing: Signing) -> None:
    browser = signing.browser()
    back = browser.follow(browser.begin(signing.invited()))
    assert browser.get(f"{back}&code=other").status_code == 400


def test_an_answer_is_for_the_browser_that_began(signing: Signing) -> None:
    browser = signing.browser()
    back = browser.follow(browser.begin(signing.invited()))
    assert signing.browser().get(back).status_code == 400
    assert browser.get(back).status_code == 200
    assert browser.get(back).status_code == 400


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
def test_a_token_that_is_not_in_order_attests_nothing(signing: Signing, tamper: dict[str, Any], words: str) -> None:
    signing.provider.set(tamper=tamper)
    page = signing.browser().sign_in(signing.invited())
    assert page.status_code == 403, page.text
    assert words in html.unescape(page.text)
    assert "Liddell" not in page.text
    assert signing.known()["staff"] is UNKNOWN
    assert signing.office.store.bindings(signing.caller) == ()


def test_an_issuer_is_believed_only_what_its_document_lists(signing: Signing) -> None:
    page = signing.browser().get(f"/sign-in/{signing.office.invitation('caller', 'us_citizen')}")
    assert page.status_code == 200
    assert "Nobody at whom people sign in" in page.text
    assert "start=" not in page.text


def test_values_that_a_document_does_not_admit_are_unknown(make_signing: MakeSigning) -> None:
    signing = make_signing()
    only = signing.trust("only", "  org: {claim: org, only: [initech.example]}\n", "supersedes: [acme]")
    signing.office.enact(only)
    page = signing.browser().sign_in(signing.invited("org"))
    assert page.status_code == 200
    assert "Nothing new is known of you" in page.text
    assert signing.known()["org"] is UNKNOWN


def test_a_document_that_is_lifted_while_somebody_signs_in(make_signing: MakeSigning) -> None:
    signing = make_signing()
    browser = signing.browser()
    back = browser.follow(browser.begin(signing.invited()))
    lift = "lift: end\nissued: 2026-01-01T00:00:00Z\nfrom: 2026-01-02T00:00:00Z\nends: [acme]\n"
    signing.office.enact(lift)
    page = browser.get(back)
    assert page.status_code == 403
    assert "not trusted for what was asked" in page.text


def test_an_audience_that_is_not_ours_is_no_trust_in_our_sign_ins(make_signing: MakeSigning) -> None:
    signing = make_signing()
    text = signing.trust("other", "  staff: {claim: staff}\n", "supersedes: [acme]")
    signing.office.enact(text.replace(f"audience: [{CLIENT}]", "audience: [somebody-else]"))
    assert "start=" not in signing.browser().get(signing.invited()).text


@pytest.mark.parametrize("spoiled", ["", "x"])
def test_an_invitation_that_is_none_or_has_ended(signing: Signing, spoiled: str) -> None:
    text = signing.office.invitation(signing.caller, "staff", minutes=30 if spoiled else -1)
    page = signing.browser().get(f"/sign-in/{text}{spoiled}")
    assert page.status_code == 404
    assert "invitation" in page.text


class Later:
    """A clock that is past every invitation."""

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(minutes=31)


def test_an_invitation_that_ends_while_somebody_signs_in(make_signing: MakeSigning) -> None:
    signing = make_signing()
    browser = signing.browser()
    back = browser.follow(browser.begin(signing.invited()))
    assert signing.office.office is not None
    object.__setattr__(signing.office.office.identifying, "clock", Later())
    page = browser.get(back)
    assert page.status_code == 404
    assert "This invitation has ended" in page.text
    assert signing.known()["staff"] is UNKNOWN


async def test_an_officer_signs_in_by_the_same_client_and_nothing_is_attested(make_signing: MakeSigning) -> None:
    """The route that asks who somebody is, beside the office's own, by the real provider."""
    signing = make_signing()
    office = signing.office.office
    assert office is not None
    signed_in: list[IdToken] = []

    async def welcome(_: Request, token: IdToken) -> Response:
        signed_in.append(token)
        return PlainTextResponse("welcome")

    provider = Provider(signing.issuer, CLIENT, signing.secret)
    manner = Manner(signing.office.url, Rate(99, 99, time.monotonic), office.log)
    browser = signing.browser()
    async with httpx.AsyncClient(trust_env=False) as http:
        asking = ProviderClient(http, time.monotonic)
        party = RelyingParty(
            [provider],
            asking,
            public_url=signing.office.url,
            random_bytes=os.urandom,
            monotonic=time.monotonic,
            tell=office.log,
        )
        route = sign_in_route("/officers", party, office.identifying, welcome)
        app = asgi_office([route, Route(CALLBACK, party.callback)], manner)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=signing.office.url) as client:
            began = await client.get("/officers", params={"provider": signing.issuer})
            assert (await client.get("/officers", params={"provider": "https://other.test"})).status_code == 404
            back = await asyncio.to_thread(lambda: browser.follow(browser.get(began.headers["location"])))
            assert (await client.get(back)).text == "welcome"
            assert (await client.get(back)).status_code == 400
            signing.provider.set(tamper={"claims": {"aud": "another"}})
            again = await client.get("/officers", params={"provider": signing.issuer})
            back = await asyncio.to_thread(lambda: browser.follow(browser.get(again.headers["location"])))
            assert (await client.get(back)).json()["code"] == "token_refused"
    assert [(each.issuer, each.subject, each.facts) for each in signed_in] == [(signing.issuer, signing.account, ())]
    assert signing.known()["staff"] is UNKNOWN


def test_a_caller_who_is_gone_or_suspended_is_vouched_for_no_more(signing: Signing) -> None:
    page = signing.browser().sign_in(f"/sign-in/{signing.office.invitation('nobody', 'staff')}")
    assert page.status_code == 403
    browser = signing.browser()
    back = browser.follow(browser.begin(signing.invited()))
    now = signing.office.office and signing.office.office.clock.now()
    assert now
    signing.office.store.suspend(signing.caller, actor="test", at=now, reason="a test")
    page = browser.get(back)
    assert page.status_code == 403
    assert "suspended" in page.text


def test_a_provider_that_is_away_is_said_to_be(make_signing: MakeSigning) -> None:
    signing = make_signing()
    browser = signing.browser()
    assert browser.begin(signing.invited()).status_code == 303
    back = f"{signing.office.url}/sign-in/callback?code=x&state=y"
    signing.provider.stop()
    assert browser.get(back).status_code == 400
    assert signing.browser().begin(signing.invited()).status_code == 502


def test_a_provider_whose_metadata_are_anothers(make_office: MakeOffice, folder: Path) -> None:
    signing = Signing(make_office(), folder)
    office = signing.office
    other = signing.issuer.replace("127.0.0.1", "localhost")
    office.write(office=f"  providers: [{{issuer: '{other}', client_id: {CLIENT}}}]\n")
    office.enact(signing.trust().replace(signing.issuer, other))
    office.start()
    try:
        page = signing.browser().begin(signing.invited())
        assert page.status_code == 502
        assert "another issuer" in html.unescape(page.text)
    finally:
        signing.close()


def test_a_new_signing_key_is_fetched_when_it_is_first_seen(make_signing: MakeSigning) -> None:
    signing = make_signing()
    at = [0.0]
    office = signing.office.office
    assert office is not None
    office.key_sets.__init__(lambda: at[0])  # type: ignore[misc]
    assert isinstance(office.key_sets, KeySets)
    assert signing.browser().sign_in(signing.invited()).status_code == 200
    signing.provider.rotate()
    at[0] += 11
    assert signing.browser().sign_in(signing.invited()).status_code == 200
    assert signing.provider.seen()["/jwks"] == 2
    assert signing.browser().sign_in(signing.invited()).status_code == 200
    assert signing.provider.seen()["/jwks"] == 2, "what is known is not fetched again"


def test_a_logout_at_the_provider_takes_its_word_back_at_once(signing: Signing) -> None:
    signing.office.attest_own(signing.caller, us_citizen=True)
    signing.browser().sign_in(signing.invited())
    signing.provider.log_out(CLIENT, signing.other_account)
    assert signing.known()["staff"] is True
    signing.provider.log_out(CLIENT, signing.account)
    facts = signing.known()
    assert (facts["staff"], facts["org"], facts["us_citizen"]) == (UNKNOWN, UNKNOWN, True)
    assert signing.browser().sign_in(signing.invited()).status_code == 200
    assert signing.known()["staff"] is True


@pytest.mark.parametrize("token", ["", "x.y.z", "eyJhbGciOiJub25lIn0.e30."])
def test_a_logout_token_that_is_none(signing: Signing, token: str) -> None:
    with signing.office.client() as client:
        answer = client.post("/sign-in/logout", data={"logout_token": token})
    assert (answer.status_code, answer.json()["code"]) == (400, "logout_refused")
    assert token == "" or token not in answer.text


def test_sets_come_whole(make_signing: MakeSigning) -> None:
    signing = make_signing()
    signing.office.enact(signing.trust("more", "  citizenships: {claim: citizenship}\n", "supersedes: [acme]"))
    signing.provider.set(accounts={signing.account: {"citizenship": ["GB", "FR"]}})
    assert signing.browser().sign_in(signing.invited("citizenships")).status_code == 200
    assert signing.known()["citizenships"] == Members(frozenset(("GB", "FR")), complete=False)


def test_the_log_has_no_person_in_it(capsys: pytest.CaptureFixture[str], make_signing: MakeSigning) -> None:
    signing = make_signing()
    signing.browser().sign_in(signing.invited())
    signing.provider.set(tamper={"claims": {"nonce": "another"}})
    signing.browser().sign_in(signing.invited())
    told = capsys.readouterr().err
    assert "sign-in refused" in told
    assert not any(word in told for word in ("alice", "Liddell", signing.caller, "acme.example"))
