"""A whole run through every carrier there is; then every byte that was written is searched for what was presented.

The gate, the office and the provider are processes of their own, the wallet and the issuer speak HTTP with them.
"""

from __future__ import annotations

import base64
import gzip
import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest
from tests.gate.conftest import UpstreamServer, World
from tests.gate.tokens import Issuer as TokenIssuer
from tests.office.signing_in import CLIENT, SECRET_ENV
from tests.office.signing_in import Browser as SigningBrowser
from tests.office.test_verify_gate import answers
from tests.office.verifying import PERSON, Browser, trust
from tests.oidc_provider.running import NoProvider, OidcProvider, installed, office_client
from tests.ports import free_port
from tests.scenarios.traces import spellings, traces

from licet.app.demo.issuer import Issuer
from licet.app.demo.wallet import Wallet
from licet.app.world import HostWorld
from licet.cli.main import run

CHAT = "/v1/chat/completions"
LIST = Path(__file__).parents[2] / "scenarios" / "screening" / "list.csv"
ATTESTING = ("--reason", "came in person", "--evidence", "passport", "--level", "high", "--framework", "house rules 3")
SECRET = "a-secret-of-a-test-that-is-long-enough-for-it"

WALLET = {"family_name": "Pfeffernüss-O'Brannigan", "document_number": "L01X00T471", "birthdate": "1971-02-28"}
SIGNED_IN = {
    "name": "Aloysia Quendolin",
    "email": "aloysia.quendolin@acme-corporation.test",
    "birthdate": "1969-07-21",
    "phone_number": "+49 30 901820451",
}
TOKEN: dict[str, Any] = {"name": "Ottokar Wirbelwind", "email": "ottokar@wirbelwind.test", "passport": "P-88319-QX7"}
TOKEN_SUBJECT = "248289761001-Ottokar"
MEMBER: dict[str, Any] = {
    "userName": "Zenobia.Tackleberry@acme.example",
    "externalId": "personnel-number-5540912",
    "name": {"givenName": "Zenobia", "familyName": "Tackleberry"},
    "emails": [{"value": "zenobia.home@tackleberry-family.org", "primary": True}],
    "phoneNumbers": [{"value": "+1 555 0173 992"}],
}
SCREENED = "Dmilian Korvanov-Testerling"
ADDRESS = "198.51.100.237"
PROMPT = "my name is Bartholomew Underhill and this is my secret question"
PRESENTED: tuple[str, ...] = (
    *WALLET.values(),
    *SIGNED_IN.values(),
    "aloysia-account-77",
    *TOKEN.values(),
    TOKEN_SUBJECT,
    MEMBER["userName"],
    MEMBER["externalId"],
    "Zenobia",
    "Tackleberry",
    "zenobia.home@tackleberry-family.org",
    "+1 555 0173 992",
    "Korvanov-Testerling",
    "1961-05-03",
    ADDRESS,
    "Bartholomew Underhill",
    "Hildegard-in-a-bad-request",
)
"""Names, numbers, dates, addresses: nobody here may keep any of it."""


@pytest.fixture(scope="module")
def upstream() -> UpstreamServer:
    server = UpstreamServer()
    server.start()
    return server


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with Issuer(lambda: datetime.now(UTC)) as made:
        yield made


@pytest.fixture
def office() -> str:
    """Where the office will be."""
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture
def provider(office: str) -> Iterator[OidcProvider]:
    client = {**office_client(office, CLIENT), "client_secret": SECRET}
    try:
        made = OidcProvider(installed(), [client])
    except NoProvider as error:
        pytest.skip(f"the OpenID provider that sign-in is tested with is not here: {error}")
    made.set(accounts={"aloysia-account-77": {"staff": True, **SIGNED_IN}}, login="aloysia-account-77")
    yield made
    made.stop()


class Run:
    """One installation and everybody who comes to it."""

    def __init__(self, world: World, office: str, elsewhere: Path) -> None:
        self.world = world
        self.office = office
        self.elsewhere = elsewhere
        self.tokens = TokenIssuer()

    def licet(self, *arguments: object, code: int | tuple[int, ...] = 0) -> None:
        """A command on this installation, which ends with this code."""
        told = [str(each) for each in ("--config", self.world.home / "licet.yaml", *arguments)]
        found = run(HostWorld(), told)
        assert found in ((code,) if isinstance(code, int) else code), arguments

    def asks(self, key: str, model: str, **more: str) -> tuple[int, dict[str, Any]]:
        body = {"model": model, "messages": [{"role": "user", "content": PROMPT}]}
        status, _, answer = self.world.post(CHAT, body, key, x_forwarded_for=f"{ADDRESS}, 127.0.0.1", **more)
        return status, json.loads(answer)

    def verify_path(self, key: str, model: str) -> str:
        """Where a refusal sends its caller."""
        status, answer = self.asks(key, model)
        assert status == 451, answer
        path: str = urlsplit(answer["error"]["licet"]["verify"]).path
        return path


@pytest.fixture
def ran(
    tmp_path: Path,
    upstream: UpstreamServer,
    issuer: Issuer,
    office: str,
    provider: OidcProvider,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Run]:
    monkeypatch.setenv(SECRET_ENV, SECRET)
    home, elsewhere = tmp_path / "installation", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    known = f"{{issuer: '{provider.issuer}', client_id: {CLIENT}, secret_env: {SECRET_ENV}, scopes: [openid]}}"
    settings = (
        f"office: {{listen: '{urlsplit(office).netloc}', status_seconds: 0.3, providers: [{known}],"
        " rate: {per_second: 900, burst: 900}}\n"
        "circumstances: {country: iptocc, trusted_proxies: ['127.0.0.0/8']}\n"
        "log: {level: debug}\n"
    )
    world = World(home, upstream, 1, settings)
    made = Run(world, office, elsewhere)
    staff = (
        "trust: acme\nissued: 2026-01-01T00:00:00Z\nfrom: 2026-01-01T00:00:00Z\n"
        f"attester: {provider.issuer}\ncarriers: [oidc]\naudience: [{CLIENT}]\nalgorithms: [ES256]\n"
        "keys: {discovery: true}\nlasts: 1h\nfacts: {staff: {claim: staff}}\n---\n"
    )
    members = (
        "trust: pushed\nissued: 2026-01-01T00:00:00Z\nfrom: 2026-01-01T00:00:00Z\n"
        "attester: acme.example\ncarriers: [scim]\nfacts: {org: {value: acme}}\n---\n"
    )
    world.enact(staff + members + made.tokens.trust() + trust("people", issuer.url, PERSON, us_citizen="us_citizen"))
    for name, forbids in (("papers", "not us_citizen"), ("desk", "not staff"), ("residents", "not lpr")):
        world.enact(world.model(name, "json") + world.order(f"order-{name}", name, forbids))
    world.start()
    world.wait_for(lambda: answers(office))
    yield made
    world.close()


def with_a_wallet(ran: Run, issuer: Issuer) -> str:
    """A person shows one predicate of a paper, is served, and is refused when the paper is revoked."""
    key = ran.world.key("caller-with-a-wallet")
    wallet = Wallet(lambda: datetime.now(UTC))
    credential = wallet.receive(lambda jwk: issuer.issue(PERSON, jwk, {"us_citizen": True, **WALLET}))
    browser = Browser(ran.office).go(ran.verify_path(key, "papers"))
    browser.send("wallet")
    redirect = wallet.answer(browser.link).redirect
    assert redirect is not None
    browser.go(redirect)
    assert ran.asks(key, "papers")[0] == 200
    issuer.revoke(credential)
    ran.world.wait_for(lambda: ran.asks(key, "papers")[0] == 451, 10)
    return credential


def by_signing_in(ran: Run) -> None:
    key = ran.world.key("caller-who-signs-in")
    path = ran.verify_path(key, "desk").replace("/verify/", "/sign-in/")
    where = type("Where", (), {"url": ran.office})()
    browser = SigningBrowser(where)
    assert browser.sign_in(path).status_code == 200
    assert ran.asks(key, "desk")[0] == 200
    browser.close()


def by_tokens(ran: Run) -> list[str]:
    """Tokens that let somebody in, and others with the same in them that do not."""
    good = ran.tokens.token(sub=TOKEN_SUBJECT, **TOKEN)
    assert ran.asks(good, "papers")[0] == 200
    bad = [
        ran.tokens.token(sub=TOKEN_SUBJECT, **TOKEN, aud="https://Hildegard-in-a-bad-request.test"),
        ran.tokens.token(datetime.now(UTC) - timedelta(days=2), sub=TOKEN_SUBJECT, **TOKEN),
        ran.tokens.token(sub=TOKEN_SUBJECT, **TOKEN, iss="https://Hildegard-in-a-bad-request.test"),
        good[:-6] + "AAAAAA",
        "Hildegard-in-a-bad-request",
    ]
    for each in bad:
        assert ran.asks(each, "papers")[0] == 401
    return [good, *bad[:-1]]


def by_a_push(ran: Run, capsys: pytest.CaptureFixture[str]) -> str:
    """An organisation pushes a member, changes it, asks for it by name, and takes it out."""
    capsys.readouterr()
    ran.licet("scim", "create", "acme.example", "--json")
    token: str = json.loads(capsys.readouterr().out)["token"]
    headers = {"authorization": f"Bearer {token}", "content-type": "application/scim+json"}
    with httpx.Client(base_url=ran.office, headers=headers, trust_env=False, timeout=20) as scim:
        user = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "active": True, **MEMBER}
        made = scim.post("/scim/v2/Users", json=user)
        assert made.status_code == 201, made.text
        asked = scim.get("/scim/v2/Users", params={"filter": f'userName eq "{MEMBER["userName"]}"'})
        assert asked.json()["totalResults"] == 1
        assert scim.post("/scim/v2/Users", json=user).status_code == 409
        assert scim.post("/scim/v2/Users", content=b'{"userName": "Hildegard-in-a-bad-request"').status_code == 400
        assert scim.get("/scim/v2/Users/Hildegard-in-a-bad-request").status_code == 404
        path = f"/scim/v2/Users/{made.json()['id']}"
        off = {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "active", "value": False}],
        }
        assert scim.patch(path, json=off).status_code == 200
        assert scim.delete(path).status_code == 204
    return token


def by_two_officers(ran: Run, capsys: pytest.CaptureFixture[str]) -> None:
    key = ran.world.key("caller-on-paper")
    keys = {}
    for name in ("ann", "ben"):
        capsys.readouterr()
        ran.licet("officers", "key", "--file", ran.elsewhere / f"{name}.key", "--json")
        keys[name] = json.loads(capsys.readouterr().out)["key"]
    roles = {"ann": "[officer, administrator]", "ben": "[approver]"}
    rows = (f"  {name}: {{roles: {roles[name]}, keys: ['{keys[name]}']}}\n" for name in keys)
    file = ran.elsewhere / "officers.yaml"
    file.write_text("officers:\n" + "".join(rows))
    ran.licet("officers", "appoint", "--file", file)
    assert ran.asks(key, "residents")[0] == 451
    capsys.readouterr()
    until = (datetime.now(UTC) + timedelta(days=30)).replace(microsecond=0).isoformat()
    said = ("attest", "caller-on-paper", "lpr=true", *ATTESTING, "--until", until)
    ran.licet(*said, "--sign-with", ran.elsewhere / "ann.key", "--json", code=6)
    act = json.loads(capsys.readouterr().out)["act"]
    ran.licet("approve", act, "--yes", "--sign-with", ran.elsewhere / "ben.key")
    assert ran.asks(key, "residents")[0] == 200


def by_screening(ran: Run, capsys: pytest.CaptureFixture[str]) -> None:
    names = ran.elsewhere / "names.csv"
    names.write_text(
        "subject,name,alt_names,type,country,date_of_birth\n"
        f"caller-with-a-wallet,{SCREENED},,individual,ZZ,1961-05-03\n"
    )
    capsys.readouterr()
    ran.licet("screen", "run", names, "--list", LIST, "--threshold", 50, "--json", code=(0, 1))
    found = json.loads(capsys.readouterr().out)["candidates"]
    assert found, "somebody on the list resembles them"
    candidate = found[0]["candidate"] if isinstance(found[0].get("candidate"), str) else found[0]["id"]
    ran.licet(
        *("screen", "dispose", "caller-with-a-wallet", candidate[:16], names, "--list", LIST, "--threshold", 50),
        *("--outcome", "match", "--reason", "the same paper", "--sign-with", ran.elsewhere / "ann.key"),
    )


def with_bad_manners(ran: Run) -> None:
    """Requests that nobody should make, with personal data wherever it can be put."""
    rude = "Hildegard-in-a-bad-request"
    with httpx.Client(base_url=ran.office, trust_env=False, timeout=20) as anybody:
        for path in (f"/verify/{rude}", f"/sign-in/{rude}", f"/{rude}", f"/oid4vp/request/{rude}", f"/admin/v1/{rude}"):
            assert anybody.get(path, headers={"referer": f"https://{rude}", "user-agent": rude}).status_code >= 400
        told = anybody.get("/sign-in/callback", params={"error": rude, "error_description": rude, "state": rude})
        assert told.status_code >= 400
        assert anybody.post(f"/oid4vp/response/{rude}", data={"vp_token": rude, "state": rude}).status_code >= 400
        assert anybody.post("/scim/v2/Users", headers={"authorization": f"Bearer {rude}"}).status_code == 401
    for path in (f"/{rude}", f"{CHAT}?name={rude}"):
        assert ran.world.post(path, {"model": rude, "user": rude}, "licet_aaaaaaaa_" + "x" * 32)[0] >= 400
    status, _ = ran.asks(ran.world.key("caller-who-errs"), "no-such-model", user_agent=rude, x_request_id=rude)
    assert status == 404, "what was asked for is in the journal, so a model's name is no place for a person's"


def written(ran: Run) -> list[tuple[str, str, str]]:
    return traces(ran.world.home, PRESENTED)


def test_nothing_that_was_presented_is_kept_anywhere(
    ran: Run, issuer: Issuer, capsys: pytest.CaptureFixture[str]
) -> None:
    credential = with_a_wallet(ran, issuer)
    by_signing_in(ran)
    tokens = by_tokens(ran)
    pushed = by_a_push(ran, capsys)
    by_two_officers(ran, capsys)
    by_screening(ran, capsys)
    with_bad_manners(ran)
    assert written(ran) == [], "while everything runs, with the write-ahead log"
    ran.licet("pseudonyms", "list")
    ran.licet("facts", "show", "caller-with-a-wallet")
    ran.world.stop()
    ran.licet("keys", "log")
    ran.licet("record", "publish")
    assert written(ran) == []
    signatures = [each.rsplit(".", 1)[1].split("~")[0] for each in (*tokens, credential.split("~")[0])]
    whole = [*tokens, *signatures, credential.split("~")[0], pushed, pushed.rsplit("_", 1)[1]]
    assert traces(ran.world.home, [each for each in whole if len(each) > 8]) == [], "nor a token, nor its signature"
    files = {path.name for path in ran.world.home.rglob("*") if path.is_file()}
    assert {"licet.db", "secret", "log"} <= files
    assert any(name.endswith(".parquet") for name in files)
    assert b"office started" in (ran.world.home / "log").read_bytes()


def test_who_is_forgotten_is_in_no_file_by_name_or_mark(
    ran: Run, issuer: Issuer, capsys: pytest.CaptureFixture[str]
) -> None:
    with_a_wallet(ran, issuer)
    ran.world.stop()
    ran.licet("keys", "log")
    ran.licet("record", "publish")
    (binding,) = ran.world.store.bindings("caller-with-a-wallet")
    assert traces(ran.world.home, ["caller-with-a-wallet"])
    assert holds(ran, binding.mark)
    ran.licet("facts", "forget", "caller-with-a-wallet", "--reason", "asked for it")
    ran.world.store.close()
    assert traces(ran.world.home, ["caller-with-a-wallet", binding.mark.hex()]) == []
    assert not holds(ran, binding.mark)


def holds(ran: Run, content: bytes) -> bool:
    """Whether bytes are in a file as they are."""
    return any(content in path.read_bytes() for path in ran.world.home.rglob("*") if path.is_file())


# --- that the search would find it


@pytest.mark.parametrize("text", ["Pfeffernüss-O'Brannigan", "L01X00T471", "a@b.test", "+49 30 901820451"])
def test_the_search_finds_what_is_hidden_in_any_of_these_ways(tmp_path: Path, text: str) -> None:
    content = text.encode()
    ways = {
        "plain": content,
        "capitals": text.upper().encode(),
        "json": json.dumps({"a": text}).encode(),
        "percent": quote(text, safe="").encode(),
        "hex": content.hex().upper().encode(),
        "utf16": text.encode("utf-16"),
        "gzip": gzip.compress(b"x" * 99 + content),
        **{f"base64-{shift}": base64.b64encode(b"x" * shift + content + b"yz") for shift in range(4)},
        "jwt": b"e30." + base64.urlsafe_b64encode(json.dumps({"name": f"?{text}"}, ensure_ascii=False).encode()),
    }
    for name, each in ways.items():
        (tmp_path / name).write_bytes(secrets.token_bytes(64) + each if name != "gzip" else each)
    found = {name.split(",")[0] for _, _, name in traces(tmp_path, [text])}
    assert found == set(ways)
    assert traces(tmp_path, ["somebody else"]) == []
    assert len(dict(spellings(text))) > 12
