"""The pages of officers without a browser: who sees what, what a page may run, and forms of other sites."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from tests.office.test_admin_api import EMPTY, Desk, desk  # noqa: F401 - a fixture

from licet.office.admin.endpoints import PREFIX
from licet.services.acts.spelling import signature_tree

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE = {"accept": "text/html"}


@pytest.fixture
def waiting(desk: Desk) -> Iterator[str]:  # noqa: F811 - the fixture
    """An attestation that waits; its ID."""
    said = desk.http.post(f"{PREFIX}/acts", json=desk.body(desk.attest()), headers=desk.token("ann"))
    yield said.json()["act"]["id"]


def as_(desk: Desk, name: str) -> Mapping[str, str]:  # noqa: F811
    """The cookie of somebody's browser."""
    token = desk.token(name)["authorization"].removeprefix("Bearer ")
    return {**PAGE, "cookie": f"licet-officer={token}"}


def test_nobody_sees_where_to_sign_in(desk: Desk) -> None:  # noqa: F811
    said = desk.http.get("/admin/", headers=PAGE)
    assert said.status_code == 200
    assert "Sign in with a passkey" in said.text
    assert "httponly" in said.headers["set-cookie"].lower()
    policy = said.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'; connect-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert re.findall(r"<script([^>]*)>([^<]*)<", said.text) == [(' src="/admin/passkey.js" defer', "")]
    assert not re.search(r"\son[a-z]+=", said.text)
    script = desk.http.get("/admin/passkey.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "https://" not in script.text
    assert "innerHTML" not in script.text


def test_the_address_without_a_slash_leads_there(desk: Desk) -> None:  # noqa: F811
    said = desk.http.get("/admin", headers=PAGE, follow_redirects=False)
    assert (said.status_code, said.headers["location"]) == (308, "/admin/")


def test_what_waits_is_for_officers(desk: Desk, waiting: str) -> None:  # noqa: F811
    assert desk.http.get(f"/admin/acts/{waiting}", headers=PAGE).status_code == 401
    assert waiting in desk.http.get("/admin/", headers=as_(desk, "ben")).text
    assert waiting not in desk.http.get("/admin/", headers=as_(desk, "cid")).text
    assert desk.http.get(f"/admin/acts/{waiting}", headers=as_(desk, "cid")).status_code == 403
    assert desk.http.get("/admin/acts/a-0000000000000000", headers=as_(desk, "ben")).status_code == 404


@pytest.mark.parametrize(
    ("name", "says"), [("ann", "You have not the role to approve it"), ("ben", "You have no passkey here")]
)
def test_why_somebody_cannot_approve_it_here(desk: Desk, waiting: str, name: str, says: str) -> None:  # noqa: F811
    page = desk.http.get(f"/admin/acts/{waiting}", headers=as_(desk, name)).text
    assert says in page
    assert "us_citizen = true" in page
    assert 'data-does="approve"' not in page


def test_what_was_settled_says_so(desk: Desk, waiting: str) -> None:  # noqa: F811
    stored = desk.running.store.act(waiting)
    assert stored is not None
    digest = desk.http.get(f"{PREFIX}/acts/{waiting}", headers=desk.token("ben")).json()["digest"]
    body = {"signature": signature_tree(desk.keys["ben"].sign(digest)), "carried": EMPTY}
    assert desk.http.post(f"{PREFIX}/acts/{waiting}/approval", json=body, headers=desk.token("ben")).status_code == 200
    page = desk.http.get(f"/admin/acts/{waiting}", headers=as_(desk, "ben")).text
    assert "It does not wait: approved." in page


@pytest.mark.parametrize("path", ["challenge", "session", "invitation", "key"])
def test_another_sites_page_asks_for_nothing(desk: Desk, path: str) -> None:  # noqa: F811
    said = desk.http.post(f"/admin/passkey/{path}", json={}, headers={"origin": "https://evil.example"})
    assert (said.status_code, said.json()["code"]) == (403, "foreign_origin")


def test_bodies_that_do_not_fit(desk: Desk, waiting: str) -> None:  # noqa: F811
    for path, body, status in [
        ("invitation", {}, 422),
        ("invitation", {"invitation": 1}, 422),
        ("invitation", {"invitation": "x"}, 403),
        ("key", {"invitation": "x", "challenge": "x", "credential": "x"}, 401),
        ("session", {"challenge": "x"}, 422),
        (f"acts/{waiting}", {}, 401),
    ]:
        assert desk.http.post(f"/admin/passkey/{path}", json=body).status_code == status, path
    assert desk.http.post(f"/admin/passkey/acts/{waiting}", json={}, headers=as_(desk, "ben")).status_code == 403
