"""From an invitation to what is kept: real wallets, issuers and browsers, and those who try to verify somebody else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.office.verifying import NAME, NUMBER, WORK, Browser, Verifying, check_page, why

from licet.app.demo.wallet import RequestRefused, Told
from licet.app.demo.wallet_query import Match
from licet.core.attestations import Carrier
from licet.core.facts import UNKNOWN
from licet.credentials.key_set import KeySet, key_set_of


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Verifying]:
    made = Verifying(tmp_path)
    yield made
    made.close()


def asked(world: Verifying, subject: str = "anna", *facts: str) -> tuple[Browser, str]:
    """A browser that has asked its wallet, and the address for that."""
    browser = world.browser().go(world.invite(subject, *(facts or ("us_citizen",))))
    assert browser.send("wallet").status == 200
    return browser, browser.link


def test_the_page_says_what_is_asked_who_vouches_and_what_is_kept(world: Verifying) -> None:
    browser = world.browser().go(world.invite("anna", "us_citizen", "lpr", "residence"))
    assert browser.status == 200
    check_page(browser.page)

    for words in (
        "A citizen or national of the United States",
        "8 USC 1101(a)(20)",
        "The people register",
        world.issuer.url,
        "https://issuer.test/person",
        "test-framework",
        "substantial",
        "at most 90 days",
        "For residence nobody is trusted here yet",
        "Go on only if you yourself",
        "What is never kept",
        "Your name, date of birth",
    ):
        assert words in browser.text
    assert "anna" not in browser.page


def test_on_one_device_the_fact_is_kept_when_the_wallet_leads_back(world: Verifying) -> None:
    browser, link = asked(world)
    told = world.wallet().answer(link)
    assert told.status == 200 and told.redirect is not None
    assert world.facts("anna")["us_citizen"] is UNKNOWN, "nothing is kept before the browser comes for it"
    browser.go(told.redirect)
    assert browser.status == 200 and "This is now known of you" in browser.text
    check_page(browser.page)
    assert world.facts("anna")["us_citizen"] is True
    (kept,) = world.attested("anna")
    assert (kept.carrier, kept.level, kept.framework) == (Carrier.SD_JWT_VC, "substantial", "test-framework")
    assert kept.attested_by == world.issuer.url and kept.status is not None
    assert kept.until == kept.at + timedelta(days=90), "the credential holds for a year, its facts count for 90 days"
    assert kept.digest is not None and kept.digest in browser.text
    for words in ("Value true", world.issuer.url, "substantial", kept.status.uri, "You showed nothing besides"):
        assert words in browser.text


def test_on_two_devices_a_code_leads_back(world: Verifying) -> None:
    browser, link = asked(world)
    told = world.wallet().answer(link)
    assert told.redirect is not None
    telephone = world.browser().go(told.redirect)
    assert "Enter it nowhere else" in telephone.text
    check_page(telephone.page)
    browser.send("enter", code=f" {telephone.code.lower()} ")
    assert "This is now known of you" in browser.text and world.facts("anna")["us_citizen"] is True


def test_a_request_that_was_passed_on_verifies_nobody_else(world: Verifying) -> None:
    mallory, link = asked(world, "mallory")
    told = world.wallet().answer(link)
    assert told.redirect is not None
    victim = world.browser().go(told.redirect)
    assert "Whoever asks you for it wants access in your name" in victim.text
    waiting = mallory.address
    for _ in range(5):
        assert "It did not work" in mallory.go(waiting).text or mallory.send("enter", code="0000-0000").status == 403
    assert "typed wrongly too often" in mallory.go(waiting).text
    mallory.go(told.redirect)
    assert "Nothing was kept" in mallory.text
    assert world.facts("mallory")["us_citizen"] is UNKNOWN and world.attested("mallory") == ()


def test_a_victims_browser_cannot_be_led_to_end_what_another_one_began(world: Verifying) -> None:
    _, link = asked(world, "mallory")
    told = world.wallet().answer(link)
    assert told.redirect is not None
    victim, _ = asked(world, "victim")
    victim.go(told.redirect)
    assert "One more step" in victim.text
    assert world.attested("victim") == world.attested("mallory") == ()


def test_a_code_before_there_is_one(world: Verifying) -> None:
    browser, _ = asked(world)
    for code in ("", "0000-0000"):
        assert browser.send("enter", code=code).status == 403
        assert "No wallet has answered this request yet" in browser.text
    assert "not answered yet" in browser.text and world.attested("anna") == ()


def test_a_code_can_be_used_once(world: Verifying) -> None:
    browser, link = asked(world)
    told = world.wallet().answer(link)
    assert told.redirect is not None
    browser.go(told.redirect)
    again = world.browser().go(told.redirect)
    assert again.status == 404 and "has ended" in again.text
    assert len(world.attested("anna")) == 1


def test_one_credential_stands_for_one_caller_for_good(world: Verifying) -> None:
    wallet = world.wallet()
    browser, link = asked(world)
    told = wallet.answer(link)
    assert told.redirect is not None
    browser.go(told.redirect)
    other, second = asked(world, "bert")
    assert "stands for another caller here already" in why(wallet.answer(second))
    assert world.attested("bert") == ()
    assert "stands for another caller" in other.go(other.address).text


def test_all_that_a_visit_kept_is_shown_and_what_is_known_is_not_asked_again(world: Verifying) -> None:
    path = world.invite("anna", "us_citizen", "org")
    browser = world.browser().go(path)
    browser.send("wallet", **{"fact-org": None})
    told = world.wallet().answer(browser.link)
    assert told.redirect is not None
    browser.go(told.redirect)
    assert "Still unknown: org" in browser.text
    browser.go(path)
    assert "fact-us_citizen" not in browser.page and "fact-org" in browser.page
    browser.send("wallet")
    told = world.wallet(vct=WORK, employer={"id": "acme"}).answer(browser.link)
    assert told.redirect is not None
    browser.go(told.redirect)
    assert "Value true" in browser.text and "Value acme" in browser.text and "Still unknown" not in browser.text
    assert world.facts("anna")["org"] == "acme"
    assert "Nothing is missing any more" in browser.go(path).text


def test_two_credentials_in_one_answer(world: Verifying) -> None:
    browser, link = asked(world, "anna", "us_citizen", "org")
    wallet = world.wallet()
    wallet.receive(lambda jwk: world.issuer.issue(WORK, jwk, {"employer": {"id": "acme"}, "citizen": True}))
    told = wallet.answer(link)
    assert told.redirect is not None
    browser.go(told.redirect)
    assert world.facts("anna")["us_citizen"] is True and world.facts("anna")["org"] == "acme"
    assert len({each.digest for each in world.attested("anna")}) in (1, 2)


def test_only_what_is_ticked_is_asked_and_kept(world: Verifying) -> None:
    browser = world.browser().go(world.invite("anna", "us_citizen", "lpr"))
    browser.send("wallet", **{"fact-lpr": None})
    wallet = world.wallet(us_citizen=True, lpr=False)
    request = wallet.request(browser.link)
    paths = [claim["path"] for each in request.parameters["dcql_query"]["credentials"] for claim in each["claims"]]
    assert ["us_citizen"] in paths and ["residency", "lpr"] not in paths
    nothing = world.browser().go(world.invite("anna", "us_citizen"))
    assert nothing.send("wallet", **{"fact-us_citizen": None}).status == 400


def test_forms_of_others_are_refused(world: Verifying) -> None:
    path = world.invite("anna", "us_citizen")
    browser = world.browser().go(path)
    assert browser.send("wallet", token="forged").status == 403
    stranger = world.browser()
    stranger.page = world.browser().go(path).page
    assert stranger.send("wallet").status == 403
    answer = browser.client.post(f"{path}/wallet", data={}, headers={"origin": "https://elsewhere.test"})
    assert answer.status_code == 403


def test_invitations_that_ended_or_were_altered(world: Verifying) -> None:
    path = world.invite("anna", "us_citizen", minutes=-1)
    assert world.browser().go(path).status == 404
    assert "has ended" in world.browser().go(path).text
    assert "no invitation of this service" in world.browser().go(world.invite("anna", "us_citizen")[:-2] + "AA").text


def test_an_invitation_that_ends_before_the_browser_comes_back(world: Verifying) -> None:
    browser = world.browser().go(world.invite("anna", "us_citizen", minutes=4))
    browser.send("wallet")
    told = world.wallet().answer(browser.link)
    assert told.redirect is not None
    world.clock.ahead = timedelta(minutes=4, seconds=30)
    browser.go(told.redirect)
    assert browser.status == 403 and "This invitation has ended" in browser.text and world.attested("anna") == ()


def test_asking_again_ends_what_was_asked_before(world: Verifying) -> None:
    browser, first = asked(world)
    browser.send("again")
    assert browser.link != first
    assert "answered already" in why(Told(409, {"detail": refused(world, first)}))
    told = world.wallet().answer(browser.link)
    assert told.redirect is not None
    browser.go(told.redirect)
    assert world.facts("anna")["us_citizen"] is True


def test_asking_again_while_a_wallet_is_being_read(world: Verifying) -> None:
    browser, link = asked(world)
    held, going_on = threading.Event(), threading.Event()

    def slowly(*_: object) -> KeySet:
        held.set()
        assert going_on.wait(10)
        return key_set_of([world.issuer.jwk])

    world.slowly = slowly
    answers: list[Told] = []
    thread = threading.Thread(target=lambda: answers.append(world.wallet().answer(link)))
    thread.start()
    assert held.wait(10)
    browser.send("again")
    world.slowly = None
    going_on.set()
    thread.join(10)
    assert answers[0].status == 409 and "another request took its place" in why(answers[0])
    assert "not answered yet" in browser.go(browser.address).text and world.attested("anna") == ()


def refused(world: Verifying, link: str) -> str:
    """Why a wallet cannot have a request."""
    with pytest.raises(RequestRefused) as raised:
        world.wallet().request(link)
    return str(raised.value)


def test_who_is_suspended_is_not_verified(world: Verifying) -> None:
    browser, link = asked(world)
    told = world.wallet().answer(link)
    world.store.suspend("anna", actor="test", at=world.clock.now(), reason="test")
    assert told.redirect is not None
    browser.go(told.redirect)
    assert browser.status == 403 and "suspended" in browser.text and world.attested("anna") == ()


def test_what_nobody_asked_for_is_dropped_and_told(world: Verifying) -> None:
    browser, link = asked(world)
    wallet = world.wallet()
    request = wallet.request(link)
    everything = Match(wallet.credentials[0], frozenset(("us_citizen", "family_name", "document_number")))
    told = wallet.send(request, {"c1": [wallet.show(everything, request)]})
    assert told.redirect is not None
    browser.go(told.redirect)
    assert "You also showed document_number , family_name" in browser.text.replace("  ", " ")
    assert NAME not in browser.page and NUMBER not in browser.page
    assert NAME not in repr(world.store.subject("anna")) and NUMBER not in repr(list(world.store.events(0)))
