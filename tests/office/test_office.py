"""The office as a whole: what it reads, what it says of every answer, how often one may ask, and how it runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from tests.office.conftest import Running
from tests.ports import free_port

from licet.app.config import ConfigurationRejected, load
from licet.office.application import Manner, office
from licet.office.cookies import Cookies
from licet.office.peers import Peers
from licet.office.problems import Problem
from licet.office.rate import Rate, network
from licet.office.requests import read_form, read_json, read_query
from licet.office.security import check_origin, html, origin
from licet.office.sessions import Sessions, Tokens
from licet.pages.problem import problem_page
from licet.services.ports import StoreUnavailable

HEADERS = (
    "content-security-policy",
    "referrer-policy",
    "x-content-type-options",
    "x-frame-options",
    "permissions-policy",
)


class Told:
    """A log in memory."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, object]]] = []

    def __call__(self, event: str, /, **fields: object) -> None:
        self.lines.append((event, fields))


async def form(request: Request) -> Response:
    check_origin(request, "https://office.test")
    return PlainTextResponse(repr(await read_form(request, 200)))


async def tree(request: Request) -> Response:
    return PlainTextResponse(repr(await read_json(request, 200)))


async def query(request: Request) -> Response:
    return PlainTextResponse(repr(read_query(request)))


async def broken(request: Request) -> Response:
    raise ValueError(f"the name of {request.query_params['who']}")


async def away(_: Request) -> Response:
    raise StoreUnavailable("the store at /somewhere is away")


async def page(_: Request) -> Response:
    return html(problem_page(200, "Fine", "all is well"))


ROUTES = [
    Route("/form", form, methods=["POST"]),
    Route("/json", tree, methods=["POST"]),
    Route("/query", query),
    Route("/broken", broken),
    Route("/away", away),
    Route("/page", page),
]


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def client(told: Told) -> TestClient:
    manner = Manner("https://office.test", Rate(1000, 1000, time.monotonic), told)
    return TestClient(office(ROUTES, manner), base_url="https://office.test")


def test_every_answer_has_the_headers_and_a_page_only_its_own_style(client: TestClient) -> None:
    for path in ("/healthz", "/nowhere", "/query", "/broken?who=x", "/page"):
        answer = client.get(path)
        assert all(name in answer.headers for name in HEADERS), path
        assert answer.headers["cache-control"] == "no-store"
        assert "max-age" in answer.headers["strict-transport-security"]
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "script" not in policy
    assert "style-src 'sha256-" in client.get("/page").headers["content-security-policy"]
    assert "style-src" not in client.get("/query").headers["content-security-policy"]


def test_a_refusal_is_problem_details_or_a_page_for_people(client: TestClient) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "there is nothing at this address; check it",
        "code": "not_found",
    }
    person = client.get("/nowhere", headers={"accept": "text/html,*/*;q=0.1"})
    assert person.headers["content-type"].startswith("text/html")
    assert "There is nothing at this address" in person.text
    assert client.put("/form").json()["code"] == "method_not_allowed"
    assert client.put("/form").headers["allow"] == "POST"


def test_what_nobody_foresaw_tells_neither_caller_nor_log_what_was_sent(client: TestClient, told: Told) -> None:
    answer = client.get("/broken?who=somebody-real")
    assert answer.status_code == 500
    assert answer.json()["code"] == "failed"
    assert "somebody-real" not in answer.text + repr(told.lines)
    assert told.lines[0][0] == "office failed"
    assert told.lines[0][1]["kind"] == "ValueError"
    answer = client.get("/away")
    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    assert "/somewhere" not in answer.text


URLENCODED = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"a=1&b=%C3%A4", URLENCODED, 200, None),
        (b"a=1", {"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}, 200, None),
        (b"", URLENCODED, 200, None),
        (b"a=1&a=2", URLENCODED, 400, "malformed_form"),
        (b"a=1&b", URLENCODED, 400, "malformed_form"),
        (b"a=%ff", URLENCODED, 400, "malformed_form"),
        (b"a=\xff", URLENCODED, 400, "malformed_form"),
        (b"&".join(b"f%d=1" % i for i in range(65)), URLENCODED, 413, "body_too_long"),
        (b"a=" + b"x" * 200, URLENCODED, 413, "body_too_long"),
        (b"a=1", {"content-type": "text/plain"}, 415, "media_type"),
        (b"a=1", {"content-type": "application/x-www-form-urlencoded; charset=utf-7"}, 415, "media_type"),
        (b"a=1", URLENCODED | {"content-encoding": "gzip"}, 415, "content_encoding"),
        (b"a=1", URLENCODED | {"origin": "https://elsewhere.test"}, 403, "foreign_origin"),
        (b"a=1", URLENCODED | {"origin": "null"}, 403, "foreign_origin"),
        (b"a=1", URLENCODED | {"sec-fetch-site": "cross-site"}, 403, "foreign_origin"),
        (b"a=1", URLENCODED | {"origin": "https://office.test", "sec-fetch-site": "same-origin"}, 200, None),
    ],
)
def test_a_form_has_one_meaning(
    client: TestClient, body: bytes, headers: dict[str, str], status: int, code: str | None
) -> None:
    answer = client.post("/form", content=body, headers=headers)
    assert answer.status_code == status
    assert code is None or answer.json()["code"] == code


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b'{"a": {"b": 1}}', "application/json", 200),
        (b'{"a": 1, "a": 2}', "application/json", 400),
        (b'{"a": {"b": 1, "b": 2}}', "application/json", 400),
        (b'\xef\xbb\xbf{"a": 1}', "application/json", 400),
        (b"[1]", "application/json", 400),
        (b'{"secret-name": nope}', "application/json", 400),
        (b'{"a": 1}', "text/plain", 415),
        (b'{"a": "' + b"x" * 200 + b'"}', "application/json", 413),
    ],
)
def test_json_has_one_meaning(client: TestClient, body: bytes, kind: str, status: int) -> None:
    answer = client.post("/json", content=body, headers={"content-type": kind})
    assert answer.status_code == status
    assert "secret-name" not in answer.text


def test_a_query_has_each_parameter_once(client: TestClient) -> None:
    assert client.get("/query?a=1&b=2").text == "{'a': '1', 'b': '2'}"
    assert client.get("/query").text == "{}"
    assert client.get("/query?a=1&a=1").json()["code"] == "malformed_query"
    assert client.get("/query?a=%ff").status_code == 400
    assert client.get("/query?" + "&".join(f"f{i}=1" for i in range(65))).status_code == 400


def test_one_address_may_ask_so_often_and_no_more() -> None:
    at = [0.0]
    rate = Rate(2, 3, lambda: at[0], remembered=2)
    assert [rate.take("192.0.2.1") for _ in range(4)] == [0, 0, 0, 0.5]
    assert rate.take("192.0.2.2") == 0, "each address has its own"
    at[0] = 0.5
    assert rate.take("192.0.2.1") == 0
    assert rate.take("192.0.2.1") > 0
    assert rate.take("192.0.2.3") == 0
    assert rate.take("192.0.2.2") == 0, "whoever asked longest ago was forgotten"
    assert len(rate._buckets) == 2
    assert network("2001:db8::1") == network("2001:db8::2:0:0:1") != network("2001:db8:0:1::1")
    assert network("::ffff:192.0.2.1") == "192.0.2.1"


def test_who_asks_too_often_is_told_to_wait_and_health_is_answered_anyway(told: Told) -> None:
    client = TestClient(office(ROUTES, Manner("http://office.test", Rate(0.01, 2, time.monotonic), told)))
    assert [client.get("/query").status_code for _ in range(3)] == [200, 200, 429]
    answer = client.get("/query")
    assert int(answer.headers["retry-after"]) > 1
    assert answer.json()["code"] == "too_many_requests"
    assert "strict-transport-security" not in answer.headers
    assert [client.get("/healthz").status_code for _ in range(3)] == [200, 200, 200]
    assert client.post("/sign-in/logout").status_code == 404, "a provider that ends many sessions is not told to wait"


@pytest.mark.parametrize(
    ("peer", "headers", "found"),
    [
        ("203.0.113.9", [("x-forwarded-for", "192.0.2.1")], "203.0.113.9"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", [("x-forwarded-for", "192.0.2.1")], "192.0.2.1"),
        ("10.0.0.1", [("x-forwarded-for", "198.51.100.1, 192.0.2.1, 10.0.0.2")], "192.0.2.1"),
        ("10.0.0.1", [("forwarded", 'for="[2001:db8::1]:4711"')], "2001:db8::1"),
        ("10.0.0.1", [("x-forwarded-for", "192.0.2.1"), ("forwarded", "for=192.0.2.2")], "10.0.0.1"),
        ("10.0.0.1", [("x-forwarded-for", "unknown")], "10.0.0.1"),
        ("::ffff:10.0.0.1", [("x-forwarded-for", "192.0.2.1")], "192.0.2.1"),
    ],
)
def test_an_address_is_the_connections_or_what_a_trusted_proxy_says(
    peer: str, headers: list[tuple[str, str]], found: str
) -> None:
    scope = {"client": (peer, 1), "headers": [(name.encode(), value.encode()) for name, value in headers]}
    assert Peers([ip_network("10.0.0.0/8")]).of(scope) == found
    assert Peers().of(scope) == peer


def test_health_says_when_the_store_is_away(told: Told) -> None:
    client = TestClient(office([], Manner("http://office.test", Rate(9, 9, time.monotonic), told, lambda: False)))
    assert client.get("/healthz").status_code == 503


def test_a_session_ends_by_itself_and_the_oldest_makes_room() -> None:
    at = [0.0]
    sessions: Sessions[str] = Sessions(os.urandom, lambda: at[0], seconds=10, remembered=2)
    first, second = sessions.begin("a"), sessions.begin("b")
    assert sessions.get(first) == "a"
    assert sessions.get("elsewhere") is None
    assert sessions.get(None) is None
    third = sessions.begin("c")
    assert sessions.get(first) is None
    sessions.put(second, "d")
    assert sessions.end(second) == "d"
    assert sessions.end(second) is None
    at[0] = 10.0
    assert sessions.get(third) is None


def test_a_token_is_for_one_session_and_one_purpose() -> None:
    tokens = Tokens(b"k" * 32)
    token = tokens.make("s", "begin")
    assert tokens.check("s", "begin", token)
    assert not tokens.check("t", "begin", token)
    assert not tokens.check("s", "end", token)
    assert not tokens.check(None, "begin", token)
    assert not Tokens(b"l" * 32).check("s", "begin", token)


def test_cookies_are_for_this_host_alone_and_never_two(told: Told) -> None:
    cookies = {secure: Cookies("licet", secure=secure, seconds=60) for secure in (True, False)}
    seen: list[str | None] = []

    async def route(request: Request) -> Response:
        secure = request.url.scheme == "https"
        seen.append(cookies[secure].read(request))
        answer = PlainTextResponse("")
        cookies[secure].set(answer, "v")
        return answer

    app = office([Route("/", route)], Manner("https://office.test", Rate(99, 99, time.monotonic), told))
    client = TestClient(app, base_url="https://office.test")
    header = client.get("/").headers["set-cookie"]
    assert header.startswith("__Host-licet=v;")
    assert all(each in header for each in ("HttpOnly", "Secure", "Path=/", "SameSite=lax", "Max-Age=60"))
    assert "Domain" not in header
    client.get("/")
    client.get("/", headers={"cookie": "__Host-licet=a; __Host-licet=b"})
    plain = TestClient(app, base_url="http://office.test")
    assert plain.get("/").headers["set-cookie"].startswith("licet=v;")
    assert seen == [None, "v", None, None]
    assert origin("https://office.test:8443/verify") == "https://office.test:8443"


def test_an_office_runs_over_a_socket(running: Running) -> None:
    with running.client() as client:
        assert client.get("/healthz").text == "ok\n"
        assert client.get("/elsewhere").status_code == 404


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("office: {port: 1}", "unknown setting"),
        ("office: {providers: {}}", "a list of providers"),
        ("office: {providers: [{issuer: 'https://a.test'}]}", "`client_id`"),
        ("office: {providers: [{issuer: 'http://a.test', client_id: a}]}", "an issuer's URL"),
        ("office: {providers: [{issuer: 'https://a.test', client_id: a, secret: b}]}", "`secret_env`"),
        ("office: {providers: [{issuer: 'https://a.test', client_id: a, secret_env: 'a b'}]}", "environment variable"),
        ("office: {providers: [{issuer: 'https://a.test', client_id: a, scopes: [email]}]}", "`openid`"),
        ("office: {rate: {per_second: 0}}", "whole numbers"),
        ("office:", "settings by name"),
    ],
)
def test_settings_that_are_not_in_order(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "licet.yaml"
    path.write_text(text)
    with pytest.raises(ConfigurationRejected) as caught:
        load(path)
    assert word in str(caught.value)


def test_settings_have_their_defaults(tmp_path: Path) -> None:
    path = tmp_path / "licet.yaml"
    path.write_text("office: {}")
    settings = load(path).office
    assert settings is not None
    assert (str(settings.listen), settings.public_url) == ("127.0.0.1:8090", "http://127.0.0.1:8090")
    path.write_text("office: {listen: '[::1]:9', public_url: 'https://o.test'}")
    settings = load(path).office
    assert settings is not None
    assert (str(settings.listen), settings.public_url) == ("[::1]:9", "https://o.test")
    path.write_text("")
    assert load(path).office is None


def answers(url: str, seconds: float = 30) -> None:
    """Wait until something answers there."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            httpx.get(url, trust_env=False)
            return
        except httpx.TransportError:
            assert time.monotonic() < deadline, "nothing answers"
            time.sleep(0.05)


def test_licet_serve_starts_the_office_again_and_ends_it(running: Running) -> None:
    running.stop()
    running.listener.close()
    gate, port = free_port(), free_port()
    url = f"http://127.0.0.1:{port}/healthz"
    text = f"listen: 127.0.0.1:{gate}\nworkers: 1\noffice: {{listen: 127.0.0.1:{port}}}\n"
    running.configuration.write_text(text)
    command = [sys.executable, "-m", "licet.app.main", "--config", str(running.configuration), "serve"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=running.home)
    lines: list[bytes] = []
    assert process.stderr is not None
    reading = threading.Thread(target=lambda: lines.extend(process.stderr or ()), daemon=True)
    reading.start()
    try:
        answers(url)
        started = [each for each in list(lines) if b"office started" in each]
        number = int(started[0].rpartition(b'"pid":')[2].rstrip(b"}\n"))
        os.kill(number, signal.SIGKILL)
        answers(url)
        assert process.poll() is None
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(40) == 0
    reading.join(10)
    assert process.stdout is not None
    assert f"the office is at http://127.0.0.1:{port}" in process.stdout.read().decode()
    assert any(b"office ended with status -9; starting it again" in each for each in lines)
    assert sum(b"office started" in each for each in lines) == 2
    with pytest.raises(httpx.TransportError):
        httpx.get(url, trust_env=False)
    process.stdout.close()
    process.stderr.close()


def test_the_office_ends_with_its_supervisor(running: Running) -> None:
    running.stop()
    running.listener.close()
    port = free_port()
    running.configuration.write_text(
        f"listen: 127.0.0.1:{free_port()}\nworkers: 1\noffice: {{listen: 127.0.0.1:{port}}}\n"
    )
    command = [sys.executable, "-m", "licet.app.main", "--config", str(running.configuration), "serve"]
    with (running.home / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=running.home)
        url = f"http://127.0.0.1:{port}/healthz"
        answers(url)
        process.kill()
        process.wait(10)
    deadline = time.monotonic() + 30
    while True:
        try:
            httpx.get(url, trust_env=False, timeout=2)
        except httpx.TransportError:
            break
        assert time.monotonic() < deadline, "the office outlived its supervisor"
        time.sleep(0.05)


def test_licet_office_runs_alone_and_says_where(running: Running) -> None:
    running.stop()
    running.listener.close()
    command = [sys.executable, "-m", "licet.app.main", "--config", str(running.configuration), "office", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=running.home)
    assert process.stdout is not None
    assert process.stdout.readline() == f'{{"url": "{running.url}"}}\n'.encode()
    answers(f"{running.url}/healthz")
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    process.stdout.close()
    running.configuration.write_text("")
    said = subprocess.run(command, capture_output=True, cwd=running.home, check=False)
    assert said.returncode == 4
    assert b"there is no office in" in said.stdout


def test_a_secret_that_is_not_there_is_named_before_anything_starts(running: Running) -> None:
    running.write(office="  providers: [{issuer: 'https://i.test', client_id: c, secret_env: NOT_THERE}]\n")
    running.stop()
    for command in ("serve", "office"):
        words = [sys.executable, "-m", "licet.app.main", "--config", str(running.configuration), command]
        said = subprocess.run(words, capture_output=True, cwd=running.home, check=False, timeout=60)
        assert said.returncode == 4
        assert b"the environment has no `NOT_THERE`" in said.stderr
        assert b"Traceback" not in said.stderr


def test_a_problem_has_more_members_but_keeps_its_own() -> None:
    problem = Problem(403, "x", "y", more={"status": 1, "z": 2})
    assert problem.tree["status"] == 403
    assert problem.tree["z"] == 2
