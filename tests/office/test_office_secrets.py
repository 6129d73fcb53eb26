"""No secret and no name that somebody sends reaches the log of an office that runs, whatever goes wrong."""

from __future__ import annotations

import json
import secrets
import signal
import subprocess
import sys
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest
from tests.office.test_admin_api import EMPTY, Desk

from licet.adapters.journal_file import SUFFIX
from licet.office.admin.endpoints import PREFIX
from licet.services.acts.spelling import signature_tree, to_text
from licet.services.acts.what import What

if TYPE_CHECKING:
    from tests.office.conftest import MakeOffice, Running

LAW = """\
model: small
family: f
apis: [openai]
upstream: {url: 'http://127.0.0.1:9'}
---
trust: acme-members
issued: 2026-01-01T00:00:00Z
from: 2026-01-01T00:00:00Z
attester: acme
carriers: [scim]
facts:
  staff: {value: true}
"""
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
NAMES = ("Ada Lovelace-Byron", "ada.lovelace@acme.example", "+1-555-0142", "employee-778812", "sub-5f1c0a77e2")
"""What only the test sends: none of it may be in the log."""


class Sent:
    """Everything that was secret, or somebody's, in what was sent or answered; and how it may be spelled."""

    def __init__(self) -> None:
        self._texts: set[str] = set(NAMES)

    def __call__(self, text: str) -> str:
        """Remember a secret; the same."""
        self._texts.add(text)
        return text

    def found_in(self, log: str) -> list[str]:
        """Those that are there, in whatever spelling."""
        return sorted(each for each in self._texts if any(one.lower() in log.lower() for one in spellings(each)))


def spellings(text: str) -> Iterator[str]:
    content = text.encode()
    yield from (text, quote(text), json.dumps(text)[1:-1], content.hex(), repr(content)[2:-1])
    yield from (b64encode(content).decode().rstrip("="), urlsafe_b64encode(content).decode().rstrip("="))


def officers_at_work(desk: Desk, http: httpx.Client, sent: Sent) -> None:
    token = sent(desk.token("ann")["authorization"].removeprefix("Bearer "))
    ann = {"authorization": f"Bearer {token}"}
    made = http.post(f"{PREFIX}/keys/drafts", json=new_key("alice"), headers=ann).json()
    sent(made["text"])
    sent(made["fields"]["hash"])
    made = http.post(f"{PREFIX}/scim-clients/drafts", json={"attester": "acme"}, headers=ann).json()
    sent(made["text"])
    body = {"issuer": "https://idp.example", "name": NAMES[4]}
    assert http.post(f"{PREFIX}/accounts/drafts", json=body, headers=ann).status_code == 200
    act = desk.act("ann", What.SUSPEND, subject="alice", reason=NAMES[0])
    assert http.post(f"{PREFIX}/acts", json=desk.body(act), headers=ann).status_code == 201
    for path in (f"/subjects/{NAMES[3]}", f"/subjects/{NAMES[3]}/knowledge", f"/acts/{NAMES[3]}", "/subjects"):
        http.get(PREFIX + path, headers=ann)
    http.get(f"{PREFIX}/subjects", params={"x": NAMES[0]}, headers=ann)
    http.post(f"{PREFIX}/keys/drafts", json=new_key(NAMES[0]), headers=ann)
    broken = json.dumps({"content": NAMES[0], "signature": None}).encode()[:-1]
    http.post(f"{PREFIX}/acts", content=broken, headers={**ann, "content-type": "application/json"})
    http.post(f"{PREFIX}/acts", json={"content": NAMES[0], "signature": {"key": "x", "content": ""}, "carried": EMPTY})
    sent(to_text(desk.keys["ann"].public))


def new_key(subject: str) -> dict[str, Any]:
    return {"subject": subject, "scopes": [], "expires_at": None, "acts_for": None}


def strangers_at_the_door(desk: Desk, http: httpx.Client, sent: Sent) -> None:
    for wrong in (sent(secrets.token_urlsafe(32)), sent(f"{secrets.token_hex(16)}.x.y")):
        for address in (f"{PREFIX}/status", "/scim/v2/Users", "/admin/"):
            http.get(address, headers={"authorization": f"Bearer {wrong}", "cookie": f"licet-officer={wrong}"})
        http.get(f"/verify/{wrong}")
        http.get("/sign-in/callback", params={"code": wrong, "state": wrong, "error_description": NAMES[0]})
        http.post("/sign-in/logout", data={"logout_token": wrong})
        http.post(f"/oid4vp/response/{wrong}", data={"vp_token": wrong})
        http.post("/admin/sign-in", data={"token": wrong, "provider": wrong}, headers={"origin": desk.running.url})
        http.post("/admin/passkey/invitation", json={"invitation": wrong})
        refused = http.post(f"{PREFIX}/session", json={**desk.signing_in("ben"), "key": sent(wrong[:16])})
        assert refused.status_code in (401, 429)
        http.get(f"/{quote(NAMES[1])}?token={wrong}")
    signature = sent(desk.signing_in("ben", office="https://elsewhere.example")["signature"])
    body = {"challenge": "sha256:" + "0" * 64, "key": desk.keys["ben"].id, "signature": signature}
    http.post(f"{PREFIX}/session", json=body)


def members_pushed(http: httpx.Client, token: str) -> None:
    headers = {"authorization": f"Bearer {token}", "content-type": "application/scim+json"}
    user = {
        "schemas": [USER],
        "userName": NAMES[1],
        "externalId": NAMES[3],
        "displayName": NAMES[0],
        "phoneNumbers": [{"value": NAMES[2]}],
    }
    made = http.post("/scim/v2/Users", json=user, headers=headers)
    assert made.status_code == 201, made.text
    assert http.post("/scim/v2/Users", json=user, headers=headers).status_code == 409
    http.post("/scim/v2/Users", json={**user, "active": NAMES[0], "userName": [NAMES[1]]}, headers=headers)
    http.get("/scim/v2/Users", params={"filter": f'userName eq "{NAMES[1]}"'}, headers=headers)
    http.get("/scim/v2/Users", params={"filter": f'userName zz "{NAMES[1]}" ((('}, headers=headers)
    http.put(f"/scim/v2/Users/{NAMES[3]}", json=user, headers=headers)
    patch = {"schemas": [], "Operations": [{"op": NAMES[0], "path": NAMES[1], "value": NAMES[2]}]}
    http.patch(f"/scim/v2/Users/{made.json()['id']}", json=patch, headers=headers)


def spoil(running: Running) -> None:
    """Overwrite the database in place, so that every request fails."""
    for path in running.state.glob("licet.db*"):
        if not path.name.endswith("-shm"):
            with path.open("r+b") as file:
                file.write(b"no database " * (path.stat().st_size // 12))


@pytest.fixture
def desk(make_office: MakeOffice) -> Iterator[Desk]:
    running = make_office("log: {level: debug}\n")
    running.enact(LAW)
    running.subject("alice", us_citizen=True)
    made = Desk(running)
    yield made
    made.http.close()


def run_office(desk: Desk, log: IO[bytes], work: Callable[[], None]) -> int:
    """Run the program that serves, until the work is done; its exit status."""
    desk.running.listener.close()
    command = [sys.executable, "-m", "licet.app.main", "--config", str(desk.running.configuration), "office"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, cwd=desk.running.home)
    try:
        assert process.stdout is not None
        assert b"the office is at" in process.stdout.readline()
        work()
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(20)
    return code


def test_nothing_of_what_was_sent_is_in_the_log(desk: Desk) -> None:
    sent = Sent()
    running = desk.running
    place = running.home / "office.log"
    sent(running.secret.hex())

    def work() -> None:
        with closing(running.client()) as http:
            issued = desk.administration.issue_client("acme")
            ann = desk.token("ann")
            act = desk.act("ann", What.ADD_CLIENT, **issued.fields)
            waits = http.post(f"{PREFIX}/acts", json=desk.body(act), headers=ann)
            digest = waits.json()["act"]["digest"]
            body = {"signature": signature_tree(desk.keys["ben"].sign(digest)), "carried": EMPTY}
            address = f"{PREFIX}/acts/{waits.json()['act']['id']}/approval"
            assert http.post(address, json=body, headers=desk.token("ben")).status_code == 200
            members_pushed(http, sent(issued.text))
            officers_at_work(desk, http, sent)
            strangers_at_the_door(desk, http, sent)
            (running.state / "journal" / f"{NAMES[0]}{SUFFIX}").mkdir(parents=True)  # no file: nobody foresaw that
            assert http.get(f"{PREFIX}/journal/health", headers=ann).status_code == 500
            spoil(running)
            said = [http.get(PREFIX + path, headers=ann).status_code for path in ("/subjects", "/status", "/keys")]
            assert 503 in said
            http.post("/scim/v2/Users", json={"userName": NAMES[1]}, headers={"authorization": f"Bearer {issued.text}"})

    with place.open("wb") as log:
        assert run_office(desk, log, work) == 0
    written = place.read_text()
    assert '"office started"' in written
    assert '"office stopped"' in written
    assert '"office failed"' in written
    assert sent.found_in(written) == []
