"""The administration API: its document, signing in, and everything that somebody tries who should not be there."""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from openapi_spec_validator import validate

from licet.adapters.officer_key import OfficerSigner
from licet.app.administration import administration_of
from licet.app.world import HostWorld
from licet.core.roles import KeyKind, Officer, OfficerKey, Role
from licet.office.admin.endpoints import ENDPOINTS, PREFIX
from licet.office.admin.openapi import document
from licet.services.acts.content import Act, make
from licet.services.acts.signing import SIGN_IN
from licet.services.acts.signing_in import sign_in_digest
from licet.services.acts.spelling import signature_tree, to_text
from licet.services.acts.what import What

if TYPE_CHECKING:
    from tests.office.conftest import MakeOffice, Running

SPEC = Path(__file__).parents[2] / "spec" / "admin-v1.openapi.json"
MODEL = "model: small\nfamily: f\napis: [openai]\nupstream: {url: 'http://127.0.0.1:9'}\n"
EMPTY: dict[str, Any] = {"documents": [], "lists": [], "file": None, "summary": {}}


@dataclass
class Desk:
    """An office with ann (officer, administrator), ben (approver), cid (viewer) and aud (auditor)."""

    running: Running
    keys: dict[str, OfficerSigner] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.http = self.running.client()
        self.administration = administration_of(
            self.running.store,
            self.running.workers,
            HostWorld(),
            officers=2,
            secret=lambda: self.running.secret,
            now=lambda: datetime.now(UTC),
        )
        roles = {
            "ann": [Role.OFFICER, Role.ADMINISTRATOR],
            "ben": [Role.APPROVER],
            "cid": [Role.VIEWER],
            "aud": [Role.AUDITOR],
        }
        officers = []
        for name, given in roles.items():
            self.keys[name] = key = OfficerSigner(secrets.token_bytes(32))
            officers.append(Officer(name, frozenset(given), (OfficerKey(key.id, KeyKind.ED25519, key.public),)))
        self.administration.found(officers, actor="root")

    def signing_in(self, name: str, *, office: str | None = None, purpose: str = SIGN_IN) -> dict[str, str]:
        """What somebody sends to sign in."""
        challenge = self.http.post(f"{PREFIX}/session/challenges", json={}).json()["challenge"]
        signature = self.keys[name].sign(sign_in_digest(challenge, office or self.running.url), purpose)
        return {"challenge": challenge, "key": signature.key, "signature": to_text(signature.content)}

    def token(self, name: str) -> dict[str, str]:
        """Sign in; the header."""
        said = self.http.post(f"{PREFIX}/session", json=self.signing_in(name))
        assert said.status_code == 201, said.text
        return {"authorization": f"Bearer {said.json()['token']}"}

    def act(self, name: str, what: What, **fields: Any) -> Act:
        """An act of somebody."""
        installation = self.administration.installation
        now = datetime.now(UTC)
        return make(what, fields, installation=installation, actor=name, now=now, random_bytes=secrets.token_bytes)

    def body(self, act: Act, key: str | None = None) -> dict[str, Any]:
        """What is handed in."""
        signature = signature_tree(self.keys[key or act.actor].sign(act.digest))
        return {"content": act.content.decode(), "signature": signature, "carried": EMPTY}

    def suspend(self, name: str = "ann") -> Act:
        """The usual act, which narrows."""
        return self.act(name, What.SUSPEND, subject="alice", reason="stolen")

    def attest(self) -> Act:
        """The usual act, which waits."""
        return self.act(
            "ann",
            What.ATTEST,
            subject="alice",
            facts={"us_citizen": True},
            reason="seen",
            evidence="passport",
            level="high",
            framework="r",
            until="2100-01-01T00:00:00+00:00",
        )


@pytest.fixture
def desk(make_office: MakeOffice) -> Iterator[Desk]:
    running = make_office()
    running.enact(MODEL)
    running.subject("alice", us_citizen=True)
    made = Desk(running.start())
    yield made
    made.http.close()


def code(said: httpx.Response) -> tuple[int, str]:
    assert said.headers["content-type"] == "application/problem+json"
    return said.status_code, said.json()["code"]


def test_the_document_is_the_code() -> None:
    made = json.loads(json.dumps(document()))
    validate(made)
    assert json.loads(SPEC.read_text()) == made, "write it anew: python -m licet.office.admin"


def test_every_route_is_in_the_document_and_answers_nobody(desk: Desk) -> None:
    paths = document()["paths"]
    assert desk.http.get(f"{PREFIX}/openapi.json").json() == json.loads(SPEC.read_text())
    for each in ENDPOINTS:
        assert each.method.lower() in paths[f"{PREFIX}{each.path}"]
        path = f"{PREFIX}{each.path}".replace("{id}", "x").replace("{digest}", "x")
        assert code(desk.http.request(each.method, path)) == (401, "not_signed_in"), each.path


def test_what_each_role_sees(desk: Desk) -> None:
    desk.http.post(f"{PREFIX}/acts", json=desk.body(desk.attest()), headers=desk.token("ann"))
    seen = {
        "/status": {"ann", "ben", "cid", "aud"},
        "/rulebook": {"ann", "ben", "cid", "aud"},
        "/documents": {"ann", "ben", "cid", "aud"},
        "/enactments": {"ann", "ben", "cid", "aud"},
        "/proposals": {"ann", "ben", "cid", "aud"},
        "/acts": {"ann", "ben", "cid", "aud"},
        "/officers": {"ann", "ben", "cid", "aud"},
        "/keys": {"ann", "ben", "cid", "aud"},
        "/scim-clients": {"ann", "ben", "cid", "aud"},
        "/subjects": {"ann", "ben", "aud"},
        "/subjects/alice": {"ann", "ben", "aud"},
        "/dispositions": {"ann", "ben", "aud"},
        "/events": {"ann", "aud"},
    }
    for name in desk.keys:
        token = desk.token(name)
        for path, who in seen.items():
            said = desk.http.get(f"{PREFIX}{path}", headers=token)
            assert said.status_code == (200 if name in who else 403), (name, path, said.text)
            if name not in who:
                assert "needs the role" in said.json()["detail"]
        acts = desk.http.get(f"{PREFIX}/acts", headers=token).json()["acts"]
        assert any(each["kind"] == "attest" for each in acts) == (name != "cid")


@pytest.mark.parametrize("wrong", ["another office", "another purpose", "another key", "nonsense", "replayed"])
def test_who_did_not_sign_the_challenge_for_this_office(desk: Desk, wrong: str) -> None:
    body = desk.signing_in("ann")
    if wrong == "another office":
        body = desk.signing_in("ann", office="https://evil.example")
    elif wrong == "another purpose":
        body = desk.signing_in("ann", purpose="licet-act/1")
    elif wrong == "another key":
        body["key"] = desk.keys["ben"].id
    elif wrong == "nonsense":
        body["signature"] = "AAAA"
    elif wrong == "replayed":
        assert desk.http.post(f"{PREFIX}/session", json=body).status_code == 201
    said = desk.http.post(f"{PREFIX}/session", json=body)
    assert code(said) == (401, "not_signed_in")
    assert body["signature"] not in said.text


def test_a_key_that_nobody_has(desk: Desk) -> None:
    desk.keys["eve"] = OfficerSigner(secrets.token_bytes(32))
    assert code(desk.http.post(f"{PREFIX}/session", json=desk.signing_in("eve"))) == (401, "not_signed_in")


def test_signing_in_is_tried_a_few_times(desk: Desk) -> None:
    tried = [desk.http.post(f"{PREFIX}/session/challenges", json={}) for _ in range(60)]
    assert tried[-1].status_code == 429
    assert int(tried[-1].headers["retry-after"]) >= 1


def test_a_dismissed_officer_is_out_at_once(desk: Desk) -> None:
    token = desk.token("cid")
    assert desk.http.get(f"{PREFIX}/status", headers=token).status_code == 200
    desk.running.store.put_officer(Officer("cid", frozenset()), actor="root", at=datetime.now(UTC))
    assert code(desk.http.get(f"{PREFIX}/status", headers=token)) == (401, "not_signed_in")


def test_who_loses_the_key_loses_the_session(desk: Desk) -> None:
    token = desk.token("cid")
    key = OfficerSigner(secrets.token_bytes(32))
    other = Officer("cid", frozenset({Role.VIEWER}), (OfficerKey(key.id, KeyKind.ED25519, key.public),))
    desk.running.store.put_officer(other, actor="root", at=datetime.now(UTC))
    assert code(desk.http.get(f"{PREFIX}/status", headers=token)) == (401, "not_signed_in")


def test_a_session_ends(desk: Desk) -> None:
    token = desk.token("ann")
    assert desk.http.delete(f"{PREFIX}/session", headers=token).status_code == 204
    assert code(desk.http.get(f"{PREFIX}/status", headers=token)) == (401, "not_signed_in")


def test_a_session_alone_does_nothing(desk: Desk) -> None:
    """Whoever steals ben's token cannot approve with it, nor hand in what ann signed."""
    token = desk.token("ben")
    act = desk.suspend("ann")
    assert code(desk.http.post(f"{PREFIX}/acts", json=desk.body(act), headers=token)) == (403, "signature_refused")
    assert code(desk.http.post(f"{PREFIX}/acts", json=desk.body(act, "ben"), headers=token)) == (
        403,
        "signature_refused",
    )
    waits = desk.http.post(f"{PREFIX}/acts", json=desk.body(desk.attest()), headers=desk.token("ann")).json()["act"]
    approval = {"signature": desk.body(act, "ann")["signature"], "carried": EMPTY}
    said = desk.http.post(f"{PREFIX}/acts/{waits['id']}/approval", json=approval, headers=token)
    assert code(said) == (403, "signature_refused")


def test_an_act_is_handed_in_and_approved(desk: Desk) -> None:
    act = desk.attest()
    said = desk.http.post(f"{PREFIX}/acts", json=desk.body(act), headers=desk.token("ann"))
    assert said.status_code == 201
    assert said.json()["act"]["state"] == "open"
    assert said.json()["act"]["digest"] == act.digest
    again = desk.http.post(f"{PREFIX}/acts", json=desk.body(act), headers=desk.token("ann"))
    assert code(again) == (409, "conflict")
    name, token = said.json()["act"]["id"], desk.token("ben")
    body = {"signature": signature_tree(desk.keys["ben"].sign(act.digest)), "carried": EMPTY}
    done = desk.http.post(f"{PREFIX}/acts/{name}/approval", json=body, headers=token)
    assert done.json()["act"]["settlement"]["actor"] == "ben"
    late = desk.http.post(f"{PREFIX}/acts/{name}/approval", json=body, headers=token)
    assert code(late) == (409, "conflict")
    assert "approved by `ben` already" in late.json()["detail"]


def test_a_body_that_changed_on_the_way(desk: Desk) -> None:
    act = desk.suspend()
    body = desk.body(act)
    body["content"] = body["content"].replace("alice", "mallo")
    assert code(desk.http.post(f"{PREFIX}/acts", json=body, headers=desk.token("ann"))) == (403, "signature_refused")


@pytest.mark.parametrize(
    ("spoil", "status", "what"),
    [
        ({"content": 1}, 422, "malformed_body"),
        ({"signature": None}, 422, "malformed_body"),
        ({"x": 1}, 422, "malformed_body"),
        ({"content": "{}"}, 422, "act_refused"),
        ({"carried": {**EMPTY, "file": "="}}, 422, "malformed_body"),
        ({"carried": {**EMPTY, "file": "AAAAA"}}, 400, "malformed_json"),
        ({"signature": {"key": "x", "content": "A"}}, 400, "malformed_json"),
        ({"carried": {**EMPTY, "documents": [{}]}}, 422, "malformed_body"),
    ],
)
def test_a_body_that_does_not_fit(desk: Desk, spoil: dict[str, Any], status: int, what: str) -> None:
    body = {**desk.body(desk.suspend()), **spoil}
    assert code(desk.http.post(f"{PREFIX}/acts", json=body, headers=desk.token("ann"))) == (status, what)


@pytest.mark.parametrize("path", ["/status?x=1", "/documents?epoch=-1", "/events?after=x", "/acts?open=true&open=true"])
def test_a_query_that_does_not_fit(desk: Desk, path: str) -> None:
    said = desk.http.get(f"{PREFIX}{path}", headers=desk.token("ann"))
    assert code(said) == (400, "malformed_query")


def cookie(desk: Desk) -> tuple[dict[str, str], str]:
    """A session in a cookie, and the token that our pages would have."""
    assert desk.running.office is not None
    token = desk.token("ann")["authorization"].removeprefix("Bearer ")
    return {"cookie": f"licet-officer={token}"}, desk.running.office.tokens.make(token, "admin")


def test_a_form_of_another_site_does_nothing(desk: Desk) -> None:
    headers, token = cookie(desk)
    assert desk.http.get(f"{PREFIX}/status", headers=headers).status_code == 200
    for more in (
        {},
        {"x-licet-csrf": "x" * 43},
        {"x-licet-csrf": token, "origin": "https://evil.example"},
        {"x-licet-csrf": token, "sec-fetch-site": "cross-site"},
    ):
        said = desk.http.post(f"{PREFIX}/acts", json=desk.body(desk.suspend()), headers={**headers, **more})
        assert said.status_code == 403, more
        assert said.json()["code"] in ("forged", "foreign_origin")
    said = desk.http.post(f"{PREFIX}/acts", json=desk.body(desk.suspend()), headers={**headers, "x-licet-csrf": token})
    assert said.status_code == 201


def test_two_cookies_are_none(desk: Desk) -> None:
    headers, _ = cookie(desk)
    twice = {"cookie": f"{headers['cookie']}; licet-officer=other"}
    assert code(desk.http.get(f"{PREFIX}/status", headers=twice)) == (401, "not_signed_in")


def test_no_secret_is_in_the_log(desk: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    body = desk.signing_in("ann")
    token = desk.http.post(f"{PREFIX}/session", json=body).json()["token"]
    headers = {"authorization": f"Bearer {token}"}
    draft: dict[str, Any] = {"subject": "alice", "scopes": [], "expires_at": None, "acts_for": None}
    issued = desk.http.post(f"{PREFIX}/keys/drafts", json=draft, headers=headers).json()
    act = desk.act("ann", What.MAKE_KEY, **issued["fields"])
    desk.http.post(f"{PREFIX}/acts", json=desk.body(act), headers=headers)
    desk.http.post(f"{PREFIX}/acts", content=b"\xff", headers={**headers, "content-type": "application/json"})
    desk.running.stop()
    captured = capfd.readouterr()
    said = captured.out + captured.err
    assert not [each for each in (token, issued["text"], body["signature"], body["challenge"]) if each in said]
    kept = b"".join(path.read_bytes() for path in desk.running.state.rglob("*") if path.is_file())
    assert token.encode() not in kept
    assert issued["text"].encode() not in kept


def test_an_account_is_kept_as_a_mark(desk: Desk) -> None:
    body = {"issuer": "https://idp.example", "name": "ben@example"}
    said = desk.http.post(f"{PREFIX}/accounts/drafts", json=body, headers=desk.token("ann"))
    assert len(bytes.fromhex(said.json()["mark"])) == 32
    assert "ben@example" not in said.text
    assert code(desk.http.post(f"{PREFIX}/accounts/drafts", json=body, headers=desk.token("ben")))[0] == 403


def test_an_assertion_of_nobody(desk: Desk) -> None:
    """A passkey of an officer, and what no authenticator signed for it."""
    passkey = OfficerKey("cGFzc2tleQ", KeyKind.PASSKEY, b"no COSE key")
    there = desk.running.store.officer("ben")
    assert there is not None
    desk.running.store.put_officer(
        Officer("ben", there.roles, (*there.keys, passkey)), actor="root", at=datetime.now(UTC)
    )
    challenge = desk.http.post(f"{PREFIX}/session/challenges", json={}).json()["challenge"]
    for assertion in (b"{}", b"[]", b"\xff", json.dumps({"id": passkey.id, "response": {}}).encode()):
        said = desk.http.post(
            f"{PREFIX}/session",
            json={
                "challenge": challenge,
                "key": passkey.id,
                "signature": urlsafe_b64encode(assertion).decode().rstrip("="),
            },
        )
        assert code(said) == (401, "not_signed_in")


def test_old_acts_are_not_taken(desk: Desk) -> None:
    act = make(
        What.SUSPEND,
        {"subject": "alice", "reason": "x"},
        installation=desk.administration.installation,
        actor="ann",
        now=datetime.now(UTC) - timedelta(hours=1),
        random_bytes=secrets.token_bytes,
    )
    assert code(desk.http.post(f"{PREFIX}/acts", json=desk.body(act), headers=desk.token("ann"))) == (
        422,
        "act_refused",
    )
