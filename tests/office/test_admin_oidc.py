"""Officers who sign in at a real identity provider: they see; what they approve, they sign with their own key."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import pytest
from tests.office.signing_in import Signing
from tests.oidc_provider.running import NoProvider, installed

from licet.core.roles import Account, Officer, Role
from licet.services.identity.marks import mark

if TYPE_CHECKING:
    from tests.office.conftest import MakeOffice


@pytest.fixture
def signing(make_office: MakeOffice) -> Iterator[Signing]:
    """An office with a provider, at which somebody is signed in."""
    try:
        folder = installed()
    except NoProvider as error:
        pytest.skip(f"the OpenID provider that sign-in is tested with is not here: {error}")
    made = Signing(make_office(), folder)
    made.office.start()
    yield made.fresh({"staff": True})
    made.close()


def begin(signing: Signing, browser: httpx.Client, **more: str) -> httpx.Response:
    """Choose the provider on the page."""
    page = browser.get(f"{signing.office.url}/admin/").text
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token is not None
    form = {"provider": signing.issuer, "token": token[1], **more}
    return browser.post(f"{signing.office.url}/admin/sign-in", data=form)


def followed(signing: Signing, browser: httpx.Client, answer: httpx.Response) -> httpx.Response:
    """Follow redirects to the provider and back."""
    while answer.is_redirect:
        assert answer.next_request is not None
        answer = browser.get(str(answer.next_request.url))
    return answer


def test_an_officer_signs_in_with_an_account(signing: Signing) -> None:
    known = Account(signing.issuer, mark(signing.office.secret, signing.issuer, signing.account))
    officer = Officer("ben", frozenset({Role.APPROVER}), (), (known,))
    with httpx.Client(trust_env=False, timeout=20, headers={"accept": "text/html"}) as browser:
        assert followed(signing, browser, begin(signing, browser)).status_code == 403
        signing.office.store.put_officer(officer, actor="root", at=datetime.now(UTC))
        assert begin(signing, browser, token=secrets.token_urlsafe(32)).status_code == 403
        page = followed(signing, browser, begin(signing, browser))
        assert "What waits for approval" in page.text
        assert signing.account not in page.text
        assert "ben" in page.text
        assert browser.get(f"{signing.office.url}/admin/v1/status").status_code == 200
        away = Officer("ben", officer.roles, (), ())
        signing.office.store.put_officer(away, actor="root", at=datetime.now(UTC))
        assert browser.get(f"{signing.office.url}/admin/v1/status").status_code == 401
