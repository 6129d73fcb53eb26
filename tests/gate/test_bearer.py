"""Bearer tokens on live traffic: who comes in, who is turned away and how, and how fast one who was in is out."""

from __future__ import annotations

import json
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.credentials.issuing import access_claims, b64, json64, new_key, public
from tests.gate.conftest import UpstreamServer, World
from tests.gate.test_key_sets import Server
from tests.gate.tokens import SUBJECT, US, Issuer

from licet.core.attestations import Attestation, Carrier
from licet.core.facts import UNKNOWN
from licet.services import keys
from licet.services.identity.marks import mark
from licet.services.keys import keyed_hash, pseudonym
from licet.services.stored import KeyRecord
from licet.wire.journal import DecisionRecord

CHAT = "/v1/chat/completions"
GERMAN, AMERICAN = "85.214.132.117", "8.8.8.8"

SETTINGS = "public_url: https://gate.test\ncircumstances: {country: iptocc, trusted_proxies: [127.0.0.0/8]}\n"


class Gate:
    """A gate with issuers. `open` is for all; `secret` for US citizens; `long` too, and takes nine seconds.

    `at_home` is for connections from Germany. The issuer `remote` has its keys on a server.
    """

    def __init__(self, home: Path, upstream: UpstreamServer) -> None:
        self.world = World(home, upstream, 2, SETTINGS)
        self.server = Server()
        self.issuer = Issuer()
        self.remote = Issuer(self.server.url)
        self.signs_in = Issuer("https://signs-in.test")
        self.broken = Issuer("http://127.0.0.1:9")
        self.serve_keys(self.remote)
        text = self.issuer.trust() + self.remote.trust(name="trust-remote", keys=f"{{url: '{self.server.url}/jwks'}}")
        text += self.signs_in.trust(name="trust-sign-in", carriers="[oidc]")
        text += self.broken.trust(name="trust-broken", keys="{discovery: true}")
        text += self.world.model("open", "json") + self.world.model("secret", "json")
        text += self.world.model("long", "stream-300") + self.world.model("at_home", "json")
        text += self.world.order("o-secret", "secret, long", "not us_citizen")
        text += self.world.order("o-home", "at_home", "not (ip_country == 'DE')")
        self.world.enact(text)
        self.world.start()

    def serve_keys(self, *issuers: Issuer) -> None:
        self.server.says("/jwks", json.dumps({"keys": [public(each.key) for each in issuers]}).encode())

    def ask(
        self, token: str | None, model: str = "secret", **headers: str
    ) -> tuple[int, dict[str, str], dict[str, Any]]:
        status, found, body = self.world.post(CHAT, {"model": model, "messages": []}, token, **headers)
        return status, found, json.loads(body)

    def subject(self, name: str, issuer: Issuer | None = None) -> str:
        who = issuer or self.issuer
        found = self.world.store.bound(who.name, mark(self.world.pepper, who.name, name))
        assert found is not None
        return found

    def record(self, headers: dict[str, str]) -> DecisionRecord:
        """The record of an answer."""
        return next(each for each in self.world.journal()[0] if each.id == headers["licet-decision"])

    def withdraw(self, subject: str, fact: str, issuer: Issuer) -> None:
        now = datetime.now(UTC)
        word = Attestation(subject, fact, UNKNOWN, issuer.name, "withdrawal", "high", now, carrier=Carrier.JWT)
        self.world.store.attest([word], actor="test", at=now)
        self.world.workers.push(timeout=5)


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory, upstream: UpstreamServer) -> Iterator[Gate]:
    made = Gate(tmp_path_factory.mktemp("bearer"), upstream)
    yield made
    made.world.close()
    made.server.http.shutdown()


class Stream:
    """An answer that is being read in a thread."""

    def __init__(self, world: World, token: str, model: str = "long") -> None:
        self.got = bytearray()
        self.over: float | None = None
        body = json.dumps({"model": model, "stream": True}).encode()
        head = f"POST {CHAT} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n"
        self._request = f"{head}connection: close\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body
        self._port = world.port
        threading.Thread(target=self._read, daemon=True).start()
        world.wait_for(lambda: b"data: " in self.got or self.over)
        assert self.over is None, bytes(self.got)

    def _read(self) -> None:
        with socket.create_connection(("127.0.0.1", self._port), timeout=30) as connection:
            connection.sendall(self._request)
            while part := connection.recv(65_536):
                self.got += part
        self.over = time.monotonic()

    @property
    def runs(self) -> bool:
        return self.over is None


def test_a_token_lets_in(gate: Gate) -> None:
    token = gate.issuer.token()
    status, headers, body = gate.ask(token)
    assert status == 200 and body["object"] == "chat.completion"
    assert gate.world.post(CHAT, {"model": "secret", "messages": []}, None, x_api_key=token)[0] == 200
    assert gate.ask(gate.issuer.token(sub="foreigner", us_citizen=False))[0] == 451
    record = gate.record(headers)
    assert record.key is not None and record.key.startswith("jwt-") and record.beside is None
    assert record.subject == pseudonym(gate.world.pepper, gate.subject(SUBJECT))
    listed = json.loads(gate.world.get("/v1/models", gate.issuer.token(sub="lister"))[2])
    assert {each["id"] for each in listed["data"]} == {"open", "secret", "long"}


def hostile(gate: Gate) -> dict[str, tuple[str, str]]:
    """Tokens that are not in order, and a word of why."""
    issuer, other = gate.issuer, Issuer("https://id.test")
    rsa = new_key("RSA 2048", kid="k1")
    now = int(time.time())
    good = issuer.token()
    head, claims, signature = good.split(".")
    none = json64({"alg": "none", "typ": "at+jwt"})
    twice = b64(b'{"alg": "ES256", "alg": "none"}')
    hs256 = json64({"alg": "HS256", "typ": "at+jwt", "kid": "k1"})
    return {
        "alg none": (f"{none}.{claims}.", "algorithm"),
        "alg none with a signature": (f"{none}.{claims}.{signature}", "algorithm"),
        "alg swapped to a MAC": (f"{hs256}.{claims}.{signature}", "algorithm"),
        "another algorithm": (with_key(issuer, rsa).token(head={"alg": "RS256"}), "algorithm"),
        "another issuer's key": (other.token(), "signature"),
        "an issuer that nobody knows": (Issuer("https://evil.test").token(), "issuer is not trusted"),
        "trusted, but by another carrier": (gate.signs_in.token(), "carrier"),
        "another's issuer name": (issuer.token(iss=gate.remote.name), "signature"),
        "wrong audience": (issuer.token(aud="https://elsewhere.test"), "audience"),
        "no audience": (issuer.token(aud=None), "missing"),
        "expired": (issuer.token(exp=now - 61), "expired"),
        "no expiry": (issuer.token(exp=None), "missing"),
        "valid later": (issuer.token(nbf=now + 120), "not valid yet"),
        "issued later": (issuer.token(iat=now + 120), "not valid yet"),
        "an ID token": (issuer.token(head={"typ": "JWT"}), "type"),
        "no type": (issuer.token(head={"typ": ""}), "type"),
        "unknown kid": (issuer.token(head={"kid": "other"}), "no key"),
        "kid as a path": (issuer.token(head={"kid": "../../etc/passwd"}), "no key"),
        "kid as SQL": (issuer.token(head={"kid": "k1' or '1'='1"}), "no key"),
        "jku": (issuer.token(head={"jku": f"{gate.server.url}/evil"}), "key of its own"),
        "jwk": (other.token(head={"jwk": public(other.key)}), "key of its own"),
        "x5u": (issuer.token(head={"x5u": f"{gate.server.url}/evil"}), "key of its own"),
        "crit": (issuer.token(head={"crit": ["kid"]}), "extension"),
        "altered": (f"{head}.{json64({**access_claims(), 'iss': issuer.name, 'aud': US})}.{signature}", "signature"),
        "no signature": (f"{head}.{claims}.", "signature"),
        "not JSON": (f"{b64(b'no')}.{claims}.{signature}", "form"),
        "a key twice": (f"{twice}.{claims}.{signature}", "twice"),
        "an actor that is none": (issuer.token(act="agent"), "acts"),
        "an actor of another issuer": (issuer.token(act={"sub": "a", "iss": "https://evil.test"}), "acts"),
        "large": (issuer.token(filler="x" * 17_000), "larger"),
    }


def with_key(issuer: Issuer, key: Any) -> Issuer:
    """The same name with another key."""
    found = Issuer(issuer.name)
    found.key = key
    return found


def test_hostile_tokens_are_turned_away_with_the_reason_and_nothing_of_what_they_say(gate: Gate) -> None:
    before, events = len(gate.world.journal()[0]), gate.world.store.head()
    for name, (token, why) in hostile(gate).items():
        for _ in range(2):
            status, headers, body = gate.ask(token, "open")
            assert (status, body["error"]["code"]) == (401, "invalid_token"), name
            assert why in body["error"]["message"], (name, body)
            assert headers["www-authenticate"].startswith('Bearer error="invalid_token", error_description="'), name
            told = json.dumps(body) + str(headers)
            assert SUBJECT not in told and "evil" not in told and "passwd" not in told, name
            assert not any(part in told for part in token.split(".") if len(part) > 20), name
    assert len(gate.world.journal()[0]) == before and gate.world.store.head() == events
    assert all(path == "/jwks" for path in gate.server.asked), "no key is fetched from where a token says"


def test_other_places_than_the_header_are_no_places_for_a_token(gate: Gate) -> None:
    token = gate.issuer.token()
    body = {"model": "open", "messages": []}
    assert gate.world.post(f"{CHAT}?access_token={token}", body, None)[0] == 400
    assert gate.world.get(f"/v1/models?access_token={token}", None)[0] == 401
    assert gate.world.post(CHAT, {**body, "access_token": token}, None)[0] == 401
    status, headers, _ = gate.world.post(CHAT, body, None, cookie=f"access_token={token}")
    assert status == 401 and headers["www-authenticate"] == "Bearer"
    assert gate.world.post(CHAT, body, None, authorization=f"DPoP {token}")[0] == 401


def test_two_authorizations_are_none(gate: Gate) -> None:
    token, other = gate.issuer.token(), gate.issuer.token(sub="other")
    data = b'{"model": "open", "messages": []}'
    lines = "POST {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n"
    for first, second in ((token, other), (token, token), ("licet_a", token)):
        head = f"{lines.format(CHAT)}authorization: Bearer {first}\r\nauthorization: Bearer {second}\r\n"
        answer = gate.world.raw(f"{head}content-length: {len(data)}\r\n\r\n".encode() + data)
        assert answer.startswith(b"HTTP/1.1 401 ") and b'error="invalid_request"' in answer
    assert gate.world.post(CHAT, data, token, x_api_key=other)[0] == 401
    twice = f"authorization: Bearer {token}\r\n" * 2
    listed = f"GET /v1/models HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{twice}\r\n"
    assert gate.world.raw(listed.encode()).startswith(b"HTTP/1.1 401 ")


def test_a_megabyte_is_not_read(gate: Gate) -> None:
    head = f"GET /v1/models HTTP/1.1\r\nhost: x\r\nauthorization: Bearer e30.{'A' * 2**20}.e30\r\n\r\n"
    assert gate.world.raw(head.encode()).startswith(b"HTTP/1.1 431 ")


def test_keys_that_cannot_be_had_let_nobody_in_and_hold_nobody_up(gate: Gate) -> None:
    status, headers, body = gate.ask(gate.broken.token(), "open")
    assert (status, body["error"]["code"], headers["retry-after"]) == (503, "keys_unavailable", "10")
    assert "who you are cannot be checked now" in body["error"]["message"]
    assert gate.ask(gate.issuer.token(), "open")[0] == 200


def test_a_token_of_an_issuer_whose_keys_are_fetched(gate: Gate) -> None:
    assert gate.ask(gate.remote.token())[0] == 200
    asked = len(gate.server.asked)
    for number in range(20):
        assert gate.ask(gate.remote.token(head={"kid": f"garbage-{number}"}))[0] == 401
    assert len(gate.server.asked) - asked <= 4, "at most once in ten seconds for each worker"


def test_scopes_narrow(gate: Gate) -> None:
    assert gate.ask(gate.issuer.token(scope="openid model:open"), "open")[0] == 200
    status, headers, body = gate.ask(gate.issuer.token(scope="openid model:open"))
    assert (status, body["error"]["code"]) == (403, "key_scope")
    assert headers["www-authenticate"] == 'Bearer error="insufficient_scope"'
    assert gate.ask(gate.issuer.token(scope="model:*"), "open")[0] == 403
    assert gate.ask(gate.issuer.token(scope="openid"), "open")[0] == 200


# out again


@pytest.mark.parametrize("how", ["suspended", "withdrawn", "erased"])
def test_who_loses_what_let_them_in_is_out_at_once_and_others_go_on(gate: Gate, how: str) -> None:
    world, name = gate.world, f"loses-{how}"
    token, bystander = gate.issuer.token(sub=name), gate.issuer.token(sub="bystander")
    streams, other = [Stream(world, token) for _ in range(3)], Stream(world, bystander)
    subject, now = gate.subject(name), datetime.now(UTC)
    began = time.monotonic()
    if how == "suspended":
        world.store.suspend(subject, actor="test", at=now, reason="r")
    elif how == "erased":
        world.store.erase(subject, "e-" + secrets.token_hex(8), actor="test", at=now, reason="r")
    else:
        gate.withdraw(subject, "us_citizen", gate.issuer)
    world.workers.push(timeout=5)
    world.wait_for(lambda: not any(each.runs for each in streams), 5)
    assert other.runs
    last = max(each.over or 0 for each in streams)
    assert last - began < 5
    status, _, body = gate.ask(token)
    if how != "withdrawn":
        assert all(b"access token is no longer valid" in each.got for each in streams)
    if how == "suspended":
        assert (status, body["error"]["message"]) == (401, "nobody is let in by this access token for now")
    elif how == "withdrawn":
        assert all(b"no longer permitted to you" in each.got and b"us_citizen" in each.got for each in streams)
        assert status == 451 and body["error"]["licet"]["unknown"] == ["us_citizen"]
    else:
        assert status == 200, "whoever comes again with a token is somebody new"
        assert gate.subject(name) != subject


def test_a_document_that_ends_takes_everybody_with_it_who_came_by_it(gate: Gate) -> None:
    world, issuer = gate.world, Issuer("https://short.test")
    until = datetime.now(UTC) + timedelta(seconds=4)
    world.enact(issuer.trust(f"until: {until.isoformat()}", name="trust-short"))
    stream, other = Stream(world, issuer.token()), Stream(world, gate.issuer.token(sub="bystander"))
    world.wait_for(lambda: not stream.runs, 15)
    assert datetime.now(UTC) >= until and other.runs
    assert gate.ask(issuer.token())[0] == 401


def test_a_key_that_its_issuer_takes_back(make_world: Callable[..., World]) -> None:
    world, server = make_world(), Server()
    old = Issuer(server.url)
    new = Issuer(server.url, kid="k2")
    server.says("/jwks", json.dumps({"keys": [public(old.key)]}).encode())
    text = world.model("long", "stream-600") + world.order("o", "long", "not us_citizen")
    world.enact(text + old.trust(keys=f"{{url: '{server.url}/jwks'}}"))
    world.start()
    stream = Stream(world, old.token())
    server.says("/jwks", json.dumps({"keys": [public(new.key)]}).encode())

    def comes_in() -> bool:
        return world.post(CHAT, {"model": "long", "messages": []}, new.token(jti=secrets.token_hex(4)))[0] == 200

    world.wait_for(comes_in, 25)
    world.wait_for(lambda: not stream.runs, 5)
    assert b"access token is no longer valid" in stream.got
    assert world.post(CHAT, {"model": "long", "messages": []}, old.token())[0] == 401
    server.http.shutdown()


# two who ask together


def test_an_agent_has_what_both_have(gate: Gate) -> None:
    world = gate.world
    agent = gate.issuer.token(sub="the-agent", client_id="the-agent")
    both = gate.issuer.token(sub="the-person", act={"sub": "the-agent"})
    assert gate.ask(agent)[0] == 200
    status, headers, _ = gate.ask(both)
    assert status == 200
    record = gate.record(headers)
    person = pseudonym(world.pepper, gate.subject("the-person"))
    assert (record.subject, record.beside) == (person, pseudonym(world.pepper, gate.subject("the-agent")))
    stream, alone = Stream(world, both), Stream(world, agent)
    gate.withdraw(gate.subject("the-person"), "us_citizen", gate.issuer)
    world.wait_for(lambda: not stream.runs, 5)
    assert alone.runs and b"the person for whom you act" in stream.got
    status, _, body = gate.ask(both)
    assert status == 451 and "Not known about the person for whom you act: `us_citizen`" in body["error"]["message"]
    assert gate.ask(agent)[0] == 200
    gate.withdraw(gate.subject("the-agent"), "us_citizen", gate.issuer)
    world.wait_for(lambda: not alone.runs, 5)
    listed = json.loads(world.get("/v1/models", both)[2])
    assert {each["id"] for each in listed["data"]} == {"open"}


def test_a_key_acts_for_a_person(gate: Gate) -> None:
    world, now = gate.world, datetime.now(UTC)
    world.key("k-person", us_citizen=True)
    world.key("k-agent", us_citizen=True)
    record, text = keys.issue("k-agent", actor="test", now=now, random_bytes=secrets.token_bytes)
    made: KeyRecord = replace(record, acts_for="k-person")
    world.store.add_key(made, keyed_hash(world.pepper, text))
    world.workers.push(timeout=5)
    status, headers, _ = gate.ask(text)
    found = gate.record(headers)
    assert status == 200
    assert found.key == made.id and found.subject == pseudonym(world.pepper, "k-person")
    assert found.beside == pseudonym(world.pepper, "k-agent")
    stream = Stream(world, text)
    world.attest("k-agent", us_citizen=False)
    world.wait_for(lambda: not stream.runs, 5)
    status, headers, _ = gate.ask(text)
    found = gate.record(headers)
    assert status == 451
    assert found.subject == pseudonym(world.pepper, "k-agent") and found.beside == pseudonym(world.pepper, "k-person")
    world.attest("k-agent", us_citizen=True)
    assert gate.ask(text)[0] == 200
    world.store.suspend("k-person", actor="test", at=datetime.now(UTC), reason="r")
    world.workers.push(timeout=5)
    assert gate.ask(text)[0] == 401


# circumstances


def test_the_country_of_a_connection(gate: Gate) -> None:
    token = gate.issuer.token(sub="traveller")
    assert gate.ask(token, "at_home")[0] == 451, "this machine's own address is in no country"
    status, headers, _ = gate.ask(token, "at_home", x_forwarded_for=GERMAN)
    assert status == 200 and gate.record(headers).ip_country == "DE"
    assert gate.ask(token, "at_home", forwarded=f"for={GERMAN}")[0] == 200
    status, headers, _ = gate.ask(token, "at_home", x_forwarded_for=f"{GERMAN}, {AMERICAN}")
    assert status == 451 and gate.record(headers).ip_country == "US"
    assert gate.ask(token, "at_home", x_forwarded_for=GERMAN, forwarded=f"for={GERMAN}")[0] == 451
    assert gate.ask(token, "at_home", x_real_ip=GERMAN, cf_ipcountry="DE")[0] == 451
    status, _, body = gate.ask(token, "at_home", x_forwarded_for=AMERICAN)
    assert status == 451 and AMERICAN not in json.dumps(body)
    listed = json.loads(gate.world.get("/v1/models", token, x_forwarded_for=GERMAN)[2])
    assert "at_home" in {each["id"] for each in listed["data"]}


def test_without_a_trusted_proxy_spoofed_headers_do_nothing(make_world: Callable[..., World]) -> None:
    world = make_world(settings="circumstances: {country: iptocc}\n")
    world.enact(world.model("m", "json") + world.order("o", "m", "not (ip_country == 'DE')"))
    world.start()
    key = world.key("somebody")
    for headers in ({"x_forwarded_for": GERMAN}, {"forwarded": f"for={GERMAN}"}, {"x_real_ip": GERMAN}):
        status, _, body = world.post(CHAT, {"model": "m", "messages": []}, key, **headers)
        assert status == 451 and json.loads(body)["error"]["licet"]["unknown"] == ["ip_country"]
    assert all(each.ip_country is None for each in world.journal()[0])


# nothing is kept of who they are


def test_nothing_that_was_presented_is_kept_anywhere(gate: Gate) -> None:
    """The last of this module: everything before has left what it leaves."""
    world = gate.world
    name, home, claim = "Wilhelmina-Q", "Ulan-Bator-7", "1971-02-28"
    token = gate.issuer.token(sub=name, birthdate=claim, address={"city": home}, act={"sub": "agent-of-Q"})
    odd = gate.issuer.token(sub=name, home=home, birthdate=claim)
    assert gate.ask(token, "open", x_forwarded_for=GERMAN)[0] == 200 and gate.ask(odd, "open")[0] == 200
    metrics = world.get("/metrics", None)[2]
    assert gate.ask(token[:-4] + "AAAA", "open")[0] == 401
    texts = (name, home, claim, "agent-of-Q", SUBJECT, GERMAN, AMERICAN, "Bearer", token, token.split(".")[1])
    world.log.flush()
    files = [path for path in (*world.home.rglob("*"),) if path.is_file()]
    assert any(path.name == "licet.db" for path in files) and any(path.suffix == ".journal" for path in files)
    for path in files:
        content = path.read_bytes()
        for text in texts:
            assert text.encode() not in content, (path.name, text)
    assert not any(text.encode() in metrics for text in texts)
    upstream = b"".join(str(each.headers).encode() + each.body for each in world.upstream.seen)
    assert not any(text.encode() in upstream for text in texts if text != "Bearer")
