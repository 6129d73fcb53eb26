"""An issuer that takes connections and never answers: whoever does not need it is answered meanwhile."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime
from urllib.parse import urlencode

from tests.credentials.issuing import header, new_key, sign
from tests.office.conftest import MakeOffice

POSTS = 40


def logout_of(issuer: str) -> bytes:
    """A request with a logout token that names an issuer, as any stranger can make one."""
    key, at = new_key(kid="k1"), int(datetime.now(UTC).timestamp())
    claims = {
        "iss": issuer,
        "aud": "office",
        "sub": "somebody",
        "iat": at,
        "exp": at + 60,
        "jti": "j",
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    }
    body = urlencode({"logout_token": sign(key, header(key, "logout+jwt"), claims)}).encode()
    head = f"POST /sign-in/logout HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {len(body)}\r\n"
    return f"{head}content-type: application/x-www-form-urlencoded\r\n\r\n".encode() + body


def whole(line: socket.socket) -> bytes:
    found = b""
    while more := line.recv(65_536):
        found += more
    return found


def test_an_issuer_that_hangs_stops_nobody_else(make_office: MakeOffice) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=128) as hanging:
        hanging.settimeout(60)
        issuer = f"http://127.0.0.1:{hanging.getsockname()[1]}"
        running = make_office(office=f"  providers: [{{issuer: '{issuer}', client_id: office}}]\n").start()
        host, port = running.url.removeprefix("http://").split(":")
        lines = [socket.create_connection((host, int(port)), timeout=60) for _ in range(POSTS)]
        text = logout_of(issuer)
        with ThreadPoolExecutor(POSTS) as threads, running.client() as browser:
            for line in lines:
                line.sendall(text)
            asked, _ = hanging.accept()
            answers = [threads.submit(whole, line) for line in lines]
            assert browser.get("/sign-in").status_code == 200
            waiting = sum(not each.done() for each in answers)
            asked.close()
            hanging.close()
            wait(answers)
        for line in lines:
            line.close()
    assert waiting > 0, "they were still waiting for the issuer"
    assert {each.result().split(b" ")[1] for each in answers} == {b"400"}
