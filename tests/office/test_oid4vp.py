"""The protocol with wallets (OpenID4VP 1.0): the signed request, its query, and every response that is refused."""

from __future__ import annotations

import base64
import json
import re
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from tests.office.conftest import MakeOffice
from tests.office.verifying import PERSON, WORK, Browser, Verifying, request_name, trust, why

from licet.adapters.verifier_key import FILE, verifier_key
from licet.app.config import ConfigurationRejected, read
from licet.app.demo import sd_jwt
from licet.app.demo.wallet import RequestRefused, Wallet
from licet.app.demo.wallet_query import Match
from licet.core.facts import UNKNOWN
from licet.office.oid4vp.query import query_for
from licet.services.ports import StoreUnavailable


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Verifying]:
    made = Verifying(tmp_path)
    yield made
    made.close()


def asked(world: Verifying, subject: str = "anna", *facts: str) -> Browser:
    """A browser that has asked its wallet."""
    browser = world.browser().go(world.invite(subject, *(facts or ("us_citizen",))))
    assert browser.send("wallet").status == 200
    return browser


def shown(wallet: Wallet, names: tuple[str, ...] = ("us_citizen",)) -> Match:
    """What a wallet would show of its first credential."""
    return Match(wallet.credentials[0], frozenset(names))


def nothing(world: Verifying, subject: str = "anna") -> bool:
    """Whether nothing is known of a subject."""
    return world.attested(subject) == () and world.facts(subject)["us_citizen"] is UNKNOWN


# the request


def test_the_request_is_signed_by_who_asks_and_asks_for_one_claim(world: Verifying) -> None:
    request = world.wallet().request(asked(world).link)
    assert request.client_id.startswith("x509_hash:")
    parameters = request.parameters
    assert parameters["response_type"] == "vp_token" and parameters["response_mode"] == "direct_post"
    assert parameters["response_uri"].startswith(f"{world.url}/oid4vp/response/")
    assert len(parameters["nonce"]) == len(parameters["state"]) == 43 and parameters["nonce"] != parameters["state"]
    assert 295 <= parameters["exp"] - parameters["iat"] <= 300
    first, second = parameters["dcql_query"]["credentials"]
    assert first == {
        "id": "c1",
        "format": "dc+sd-jwt",
        "meta": {"vct_values": [PERSON]},
        "claims": [
            {"id": "issuer-name", "path": ["iss"], "values": [world.issuer.url]},
            {"id": "us_citizen", "path": ["us_citizen"]},
        ],
    }
    assert second["meta"] == {"vct_values": [WORK]} and second["claims"][1]["path"] == ["citizen"]
    assert parameters["dcql_query"]["credential_sets"] == [{"options": [["c1"], ["c2"]], "required": True}]


def test_every_request_has_a_fresh_nonce_and_state(world: Verifying) -> None:
    wallet = world.wallet()
    found = [wallet.request(asked(world).link).parameters for _ in range(2)]
    assert found[0]["nonce"] != found[1]["nonce"] and found[0]["state"] != found[1]["state"]


def test_several_facts_are_asked_for_each_as_far_as_it_is_there(world: Verifying) -> None:
    rulebook = world.law.rulebook()
    query = query_for(["us_citizen", "lpr"], rulebook.trusts(world.clock.now()), rulebook.facts)
    assert query is not None
    first, second = query.tree["credentials"]
    assert [each["path"] for each in first["claims"]] == [["iss"], ["us_citizen"], ["residency", "lpr"]]
    assert first["claim_sets"] == [
        ["issuer-name", "us_citizen", "lpr"],
        ["issuer-name", "us_citizen"],
        ["issuer-name", "lpr"],
    ]
    assert [each["path"] for each in second["claims"]] == [["iss"], ["citizen"]] and "claim_sets" not in second
    sets = query.tree["credential_sets"]
    assert {"options": [["c1"], ["c2"]], "required": False} in sets and {"options": [["c1"]], "required": False} in sets
    assert query_for(["residence"], rulebook.trusts(world.clock.now()), rulebook.facts) is None


def test_only_values_that_would_be_believed_are_asked_for(world: Verifying) -> None:
    world.enact(
        trust("limited", "https://limited.test", PERSON, us_citizen="us", lpr="ages.18")
        .replace("{claim: us}", "{claim: us, only: [true]}")
        .replace("{claim: ages.18}", "{value: true}")
    )
    rulebook = world.law.rulebook()
    (limited,) = [each for each in rulebook.trusts(world.clock.now()) if each.name == "limited"]
    query = query_for(["us_citizen", "lpr"], [limited], rulebook.facts)
    assert query is not None
    (only,) = query.tree["credentials"]
    assert only["claims"][1:] == [{"id": "us_citizen", "path": ["us"], "values": [True]}]


def test_a_request_repeats_the_wallets_nonce_or_is_fetched_plainly(world: Verifying) -> None:
    link = asked(world).link
    wallet = world.wallet()
    assert "wallet_nonce" in wallet.request(link).parameters
    assert "wallet_nonce" not in wallet.request(link.replace("&request_uri_method=post", "")).parameters
    url = f"{world.url}/oid4vp/request/{request_name(link)}"
    assert httpx.post(url, data={"wallet_nonce": "x" * 600}).status_code == 400
    assert httpx.get(url).headers["content-type"] == "application/oauth-authz-req+jwt"


def test_a_wallet_sees_when_somebody_else_asks_in_our_name(world: Verifying) -> None:
    link = asked(world).link
    with pytest.raises(RequestRefused, match="certificate is not that of whoever asks"):
        world.wallet().request(link.replace("x509_hash%3A", "x509_hash%3AA"))


def test_the_verifiers_key_is_made_once_and_kept_to_itself(tmp_path: Path, world: Verifying) -> None:
    path = tmp_path / FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    private, chain = verifier_key(tmp_path, "https://elsewhere.test", world.clock.now())
    assert (private, chain) == verifier_key(tmp_path, world.url, world.clock.now())
    certificate = x509.load_der_x509_certificate(chain[0])
    assert certificate.subject.rfc4514_string() == "CN=127.0.0.1"
    path.chmod(0o644)
    with pytest.raises(StoreUnavailable, match="open to others"):
        verifier_key(tmp_path, world.url, world.clock.now())
    path.chmod(0o600)
    other = tmp_path / "other"
    other.mkdir()
    verifier_key(other, "https://office.test", world.clock.now())
    path.write_bytes(
        private + (other / FILE).read_bytes().partition(b"-----BEGIN CERT")[2].join([b"-----BEGIN CERT", b""])
    )
    with pytest.raises(StoreUnavailable, match="of another key"):
        verifier_key(tmp_path, world.url, world.clock.now())


# responses that are refused


def test_the_same_response_twice(world: Verifying) -> None:
    browser = asked(world)
    wallet = world.wallet()
    request = wallet.request(browser.link)
    presentation = {"c1": [wallet.show(shown(wallet), request)]}
    told = wallet.send(request, presentation)
    assert told.redirect is not None
    assert why(wallet.send(request, presentation)) == "this request was answered already; begin again"
    browser.go(told.redirect)
    assert "answered already" in why(wallet.send(request, presentation))
    assert len(world.attested("anna")) == 1


def test_a_stolen_presentation_that_is_replayed(world: Verifying) -> None:
    wallet = world.wallet()
    first = wallet.request(asked(world).link)
    stolen = wallet.show(shown(wallet), first)
    second = wallet.request(asked(world, "mallory").link)
    assert "it answers another request, or was used before" in why(wallet.send(second, {"c1": [stolen]}))
    assert nothing(world) and nothing(world, "mallory")


@pytest.mark.parametrize(
    ("instead", "words"),
    [
        ({"audience": "x509_hash:somebody-else"}, "it is meant for another audience"),
        ({"nonce": "another"}, "it answers another request, or was used before"),
        ({"at": 1_700_000_000}, "its holder signed it too long ago"),
        ({"typ": "jwt"}, "it is of another type"),
    ],
)
def test_a_presentation_that_was_made_for_something_else(world: Verifying, instead: dict[str, Any], words: str) -> None:
    wallet = world.wallet()
    browser = asked(world)
    request = wallet.request(browser.link)
    assert words in why(wallet.send(request, {"c1": [wallet.show(shown(wallet), request, **instead)]}))
    assert words in browser.go(browser.address).text and nothing(world)


def test_another_state_or_none(world: Verifying) -> None:
    wallet = world.wallet()
    request = wallet.request(asked(world).link)
    presentation = {"c1": [wallet.show(shown(wallet), request)]}
    assert "does not have this request's `state`" in why(wallet.send(request, presentation, state="another"))
    uri = request.parameters["response_uri"]
    assert httpx.post(uri, data={"vp_token": json.dumps(presentation)}).status_code == 400
    assert wallet.send(request, presentation).status == 200, "who does not know the request cannot end it"


def test_a_request_that_has_ended(world: Verifying) -> None:
    wallet = world.wallet()
    link = asked(world).link
    request = wallet.request(link)
    presentation = {"c1": [wallet.show(shown(wallet), request)]}
    world.clock.ahead = timedelta(minutes=6)
    assert "it has ended" in why(wallet.send(request, presentation))
    with pytest.raises(RequestRefused, match="it has ended"):
        wallet.request(link)
    with pytest.raises(RequestRefused, match="no such request"):
        wallet.request(link.replace(request_name(link), "A" * 43))
    assert nothing(world)


def test_a_wallet_that_shows_nothing(world: Verifying) -> None:
    browser = asked(world)
    told = world.wallet(lpr=True).answer(browser.link)
    assert told.status == 200 and told.redirect is not None
    browser.go(told.redirect)
    assert "Your wallet showed nothing: it has not what was asked for, or you said no" in browser.text
    assert "Nothing was kept" in browser.text and nothing(world)
    other = asked(world)
    wallet = world.wallet()
    assert wallet.decline(wallet.request(other.link), "an_error_of_its_own <script>").status == 200
    assert "for a reason of its own" in other.go(other.address).text and "<script>" not in other.page


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ({}, "`vp_token` has no presentation"),
        ({"c9": ["x~"]}, "a credential that was not asked for"),
        ({"c1": ["x~", "x~"]}, "exactly one presentation"),
        ({"c1": "x~"}, "exactly one presentation"),
        ({"c1": [{"a": 1}]}, "exactly one presentation"),
        ("[]", "not one JSON object"),
        ('{"c1": ["x~"], "c1": ["y~"]}', "not one JSON object"),
    ],
)
def test_a_token_that_is_not_what_was_asked_for(world: Verifying, token: Any, words: str) -> None:
    wallet = world.wallet()
    request = wallet.request(asked(world).link)
    assert words in why(wallet.send(request, token))
    assert nothing(world)


def test_more_credentials_than_were_asked_for(world: Verifying) -> None:
    wallet = world.wallet()
    request = wallet.request(asked(world).link)
    presentation = wallet.show(shown(wallet), request)
    assert "a credential that was not asked for" in why(wallet.send(request, {"c1": [presentation], "c3": ["x~"]}))
    assert nothing(world)


def test_a_credential_of_an_issuer_that_is_not_trusted(world: Verifying) -> None:
    wallet = world.wallet(world.stranger)
    assert wallet.answer(asked(world).link).body.get("redirect_uri"), "an honest wallet shows nothing"
    request = wallet.request(asked(world).link)
    told = wallet.send(request, {"c1": [wallet.show(shown(wallet), request)]})
    assert "its issuer is not trusted" in why(told) and nothing(world)


def test_a_credential_of_another_type_or_under_another_query(world: Verifying) -> None:
    wallet = world.wallet(vct=WORK, citizen=True)
    request = wallet.request(asked(world).link)
    told = wallet.send(request, {"c1": [wallet.show(shown(wallet, ("citizen",)), request)]})
    assert "not trusted for credentials of its type" in why(told) and nothing(world)


def test_a_credential_that_shows_nothing_of_what_was_asked(world: Verifying) -> None:
    wallet = world.wallet(us_citizen=True, lpr=True)
    request = wallet.request(asked(world).link)
    told = wallet.send(request, {"c1": [wallet.show(shown(wallet, ("family_name",)), request)]})
    assert "not trusted for any fact" in why(told) and nothing(world)


def test_what_was_believed_but_not_asked_for_is_not_kept(world: Verifying) -> None:
    browser = asked(world, "anna", "us_citizen")
    wallet = world.wallet(us_citizen=True, residency={"lpr": True})
    request = wallet.request(browser.link)
    told = wallet.send(request, {"c1": [wallet.show(shown(wallet, ("us_citizen", "residency")), request)]})
    assert told.redirect is not None
    browser.go(told.redirect)
    assert "You also showed residency" in re.sub(" +", " ", browser.text)
    assert [each.fact for each in world.attested("anna")] == ["us_citizen"]


@pytest.mark.parametrize(
    ("status", "words"), [(1, "its issuer revoked it"), (2, "its issuer suspended it"), (3, "not understood")]
)
def test_a_credential_that_does_not_hold_any_more(world: Verifying, status: int, words: str) -> None:
    wallet = world.wallet()
    world.issuer.set_status(wallet.credentials[0], status)
    assert words in why(wallet.answer(asked(world).link))
    assert nothing(world)


def test_a_status_list_that_cannot_be_read(world: Verifying) -> None:
    world.issuer.away = True
    assert "/statuses/1" in why(world.wallet().answer(asked(world).link))
    assert nothing(world)


def test_an_expired_credential(world: Verifying) -> None:
    wallet = Wallet(world.clock.now)
    wallet.receive(lambda jwk: world.issuer.issue(PERSON, jwk, {"us_citizen": True}, lasts=timedelta(seconds=1)))
    world.clock.ahead = timedelta(minutes=3)
    assert "it has expired" in why(wallet.answer(asked(world).link))


def test_a_presentation_without_its_holders_signature(world: Verifying) -> None:
    wallet = world.wallet()
    request = wallet.request(asked(world).link)
    presentation = wallet.show(shown(wallet), request)
    assert "its holder did not sign it" in why(wallet.send(request, {"c1": [presentation.rpartition("~")[0] + "~"]}))


def test_bodies_that_are_too_long_or_no_form(world: Verifying) -> None:
    wallet = world.wallet()
    request = wallet.request(asked(world).link)
    uri = request.parameters["response_uri"]
    state = request.parameters["state"]
    assert httpx.post(uri, data={"vp_token": "x" * 300_000, "state": state}).status_code == 413
    assert httpx.post(uri, json={"state": state}).status_code == 415
    twice = f"state={state}&state={state}"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert httpx.post(uri, content=twice, headers=headers).status_code == 400
    assert wallet.send(request, {"c1": [wallet.show(shown(wallet), request)]}).status == 200


# encrypted responses


def test_an_encrypted_response(tmp_path: Path) -> None:
    world = Verifying(tmp_path, encrypted=True)
    try:
        browser = asked(world)
        wallet = world.wallet()
        request = wallet.request(browser.link)
        assert request.parameters["response_mode"] == "direct_post.jwt"
        assert request.parameters["client_metadata"]["jwks"]["keys"][0].keys() >= {"kty", "x", "y", "alg", "kid"}
        assert "d" not in request.parameters["client_metadata"]["jwks"]["keys"][0]
        token = json.dumps({"c1": [wallet.show(shown(wallet), request)]})
        uri = request.parameters["response_uri"]
        plain = httpx.post(uri, data={"vp_token": token, "state": request.parameters["state"]})
        assert plain.status_code == 400 and "must be encrypted" in plain.json()["detail"]
        assert "not encrypted to this request's key" in httpx.post(uri, data={"response": "a.b.c.d.e"}).json()["detail"]
        told = wallet.answer(browser.link)
        assert told.redirect is not None
        browser.go(told.redirect)
        assert world.facts("anna")["us_citizen"] is True
    finally:
        world.close()


def test_the_operator_sets_how_wallets_are_asked(make_office: MakeOffice, world: Verifying) -> None:
    running = make_office(office="  wallet: {link: 'haip-vp://', encrypt: true}\n").start()
    running.enact(trust("people", world.issuer.url, PERSON, us_citizen="us_citizen"))
    running.subject("anna")
    browser = Browser(running.url).go(f"/verify/{running.invitation('anna', 'us_citizen')}")
    browser.send("wallet")
    assert browser.link.startswith("haip-vp://?client_id=x509_hash%3A")
    wallet = world.wallet()
    assert wallet.request(browser.link).parameters["response_mode"] == "direct_post.jwt"
    told = wallet.answer(browser.link)
    assert told.redirect is not None
    browser.go(told.redirect)
    assert running.facts("anna")["us_citizen"] is True and "This is now known of you" in browser.text


@pytest.mark.parametrize(
    "value",
    ["javascript://", "http://", "'openid4vp:'", "'https://wallet.test/?a=b'", "7", "'OPENID4VP://'"],
)
def test_addresses_that_open_no_wallet(value: str) -> None:
    content = f"office:\n  wallet: {{link: {value}}}\n".encode()
    with pytest.raises(ConfigurationRejected, match="a scheme with"):
        read(Path("licet.yaml"), content)
    assert read(Path("licet.yaml"), b"office:\n  wallet: {link: 'https://wallet.test/open'}\n").office is not None


def test_a_request_object_has_its_certificate_in_the_header(world: Verifying) -> None:
    text = httpx.get(f"{world.url}/oid4vp/request/{request_name(asked(world).link)}").text
    header = json.loads(sd_jwt.decoded(text.split(".")[0]))
    assert header.keys() == {"alg", "typ", "x5c"} and header["typ"] == "oauth-authz-req+jwt"
    x509.load_der_x509_certificate(base64.b64decode(header["x5c"][0]))
