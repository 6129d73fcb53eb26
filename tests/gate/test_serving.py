"""What the gate does with requests that it carries or refuses, through its real server."""

from __future__ import annotations

import json
import socket
import time
from typing import Any

import anthropic
import openai
import pytest

World = Any
CHAT = "/v1/chat/completions"
HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nauthorization: Bearer "


@pytest.fixture(scope="module")
def citizen(world: World) -> str:
    return str(world.key("citizen", us_citizen=True))


@pytest.fixture(scope="module")
def foreigner(world: World) -> str:
    return str(world.key("foreigner", us_citizen=False))


@pytest.fixture(scope="module")
def stranger(world: World) -> str:
    return str(world.key("stranger"))


def test_bytes_pass_unchanged_but_for_the_model(world: World, citizen: str) -> None:
    body = '{ "model" :"alias-of-open",  "messages":[{"content":"näïve \\u00e9 \\ud83d\\ude00"}], "x": 1.50 }'.encode()
    status, headers, answer = world.post(CHAT, body, citizen)
    assert status == 200
    assert json.loads(answer)["model"] == "json"
    assert world.upstream.seen[-1].body == body.replace(b'"alias-of-open"', b'"json"')
    assert headers["licet-requested-model"] == headers["licet-served-model"] == "open"


def test_upstream_gets_its_own_credential_and_nothing_of_the_caller(world: World, citizen: str) -> None:
    for path, name, value in (
        (CHAT, "authorization", "Bearer upstream-secret"),
        ("/v1/messages", "x-api-key", "upstream-secret"),
    ):
        world.post(path, {"model": "open"}, citizen, cookie="a=b", openai_organization="org-1", idempotency_key="k")
        headers = dict(world.upstream.seen[-1].headers)
        assert headers[name] == value
        assert set(headers) == {"host", name, "content-type", "accept-encoding", "user-agent", "content-length"}
        assert citizen not in str(world.upstream.seen[-1])


def test_refusal_is_451_that_explains_itself(world: World, stranger: str) -> None:
    status, headers, answer = world.post(CHAT, {"model": "locked"}, stranger)
    error = json.loads(answer)["error"]
    assert status == 451
    assert 'rel="blocked-by"' in headers["link"] and headers["link"].startswith("<https://gate.test>")
    for part in (
        "test-order",
        "A test order",
        "The Authority",
        "2026-01-02",
        "us_citizen",
        "https://verify.test",
        "https://appeal.test/",
    ):
        assert part in error["message"]
    assert error["licet"]["instruments"][0]["name"] == "test-order"
    assert error["licet"]["unknown"] == ["us_citizen"]
    assert headers["licet-decision"] == error["licet"]["decision"]


def test_official_clients_raise_on_a_refusal(world: World, foreigner: str) -> None:
    with pytest.raises(openai.APIStatusError) as raised:
        openai.OpenAI(api_key=foreigner, base_url=world.url + "/v1", max_retries=0).chat.completions.create(
            model="locked", messages=[{"role": "user", "content": "hi"}]
        )
    assert raised.value.status_code == 451 and "test-order" in raised.value.message
    with pytest.raises(anthropic.APIStatusError) as refused:
        anthropic.Anthropic(api_key=foreigner, base_url=world.url, max_retries=0).messages.create(
            model="locked", max_tokens=5, messages=[{"role": "user", "content": "hi"}]
        )
    assert refused.value.status_code == 451 and "test-order" in str(refused.value)


def test_a_substitution_is_always_told(world: World, foreigner: str) -> None:
    status, headers, answer = world.post(CHAT, {"model": "secret"}, foreigner)
    assert status == 200 and json.loads(answer)["model"] == "json"
    assert headers["licet-requested-model"] == "secret"
    assert headers["licet-served-model"] == "open"
    assert headers["licet-instrument"] == "test-order"
    status, headers, _ = world.post(CHAT, {"model": "secret"}, foreigner, licet_substitution="none")
    assert status == 451 and "licet-served-model" not in headers


def test_models_lists_what_the_same_decision_gives(world: World, citizen: str, foreigner: str) -> None:
    mine = {model["id"]: model.get("licet") for model in json.loads(world.get("/v1/models", citizen)[2])["data"]}
    theirs = {model["id"]: model.get("licet") for model in json.loads(world.get("/v1/models", foreigner)[2])["data"]}
    assert {"open", "secret", "locked"} <= set(mine) and mine["secret"] is None
    assert "locked" not in theirs
    assert theirs["secret"] == {"outcome": "substitute", "served": "open", "instruments": ["test-order"]}
    assert world.get("/v1/models/locked", foreigner)[0] == 404
    shape = json.loads(world.get("/v1/models", foreigner, anthropic_version="2023-06-01")[2])
    assert shape["data"][0]["type"] == "model" and shape["has_more"] is False


def test_keys_that_let_nobody_in(world: World, citizen: str) -> None:
    unknown = "licet_aaaaaaaa_" + "0" * 32
    for key in (None, "nonsense", unknown):
        status, _, answer = world.post(CHAT, {"model": "open"}, key)
        assert status == 401 and json.loads(answer)["error"]["type"] == "authentication_error"
    status, _, answer = world.post("/v1/messages", {"model": "open"}, None, x_api_key=unknown)
    assert status == 401 and json.loads(answer)["type"] == "error"
    assert world.post(CHAT, {"model": "open"}, citizen, x_api_key=citizen)[0] == 200
    assert world.post(CHAT, {"model": "open"}, citizen, x_api_key=unknown)[0] == 401


def test_scopes_narrow(world: World) -> None:
    key = world.key("narrow", scopes=("model:open",))
    assert world.post(CHAT, {"model": "open"}, key)[0] == 200
    status, _, answer = world.post(CHAT, {"model": "m-stream-8"}, key)
    assert status == 403 and "model:open" in json.loads(answer)["error"]["message"]


def test_every_decided_answer_has_its_record_first(world: World, citizen: str, foreigner: str) -> None:
    found = [world.post(CHAT, {"model": model}, foreigner) for model in ("open", "secret", "locked", "nobody")]
    records = {record.id: record for record in world.journal()[0]}
    for (_, headers, _), outcome in zip(found, ("serve", "substitute", "refuse", "refuse"), strict=True):
        assert records[headers["licet-decision"]].outcome == outcome
    assert all("foreigner" not in str(record) and foreigner not in str(record) for record in records.values())


def test_upstream_failures_are_told_in_the_shape_of_the_api(world: World, citizen: str) -> None:
    for kind, status in (("garbage", 502), ("close", 502), ("hang", 504), ("status-302", 502), ("status-401", 502)):
        for path in (CHAT, "/v1/messages"):
            found, _, answer = world.post(path, {"model": f"m-{kind}"}, citizen)
            assert (kind, found) == (kind, status)
            assert json.loads(answer)["error"]["message"]


def test_upstream_headers_about_the_account_are_dropped(world: World, citizen: str) -> None:
    for status in (500, 429):
        found, headers, answer = world.post(CHAT, {"model": f"m-status-{status}"}, citizen)
        assert found == status and answer == b"{}" and headers["retry-after"] == "7"
        assert "set-cookie" not in headers and "openai-organization" not in headers


def test_a_stream_that_its_upstream_breaks_off_ends_with_an_error_in_band(world: World, citizen: str) -> None:
    for model in ("m-cutoff", "m-stall"):
        _, _, body = world.post(CHAT, {"model": model, "stream": True}, citizen)
        assert body.count(b"data: {") >= 4 and b'"upstream_' in body.rpartition(b"data: ")[2]
    answer = world.raw(HEAD + citizen.encode() + b"\r\ncontent-length: 19\r\n\r\n" + b'{"model":"m-short"}')
    assert answer.endswith(b"\r\n\r\n{")  # cut off, and the connection closed: the length says that it is not whole


def test_limits(world: World, citizen: str) -> None:
    assert world.post(CHAT, b'{"model":"open","x":"' + b"a" * 20000 + b'"}', citizen)[0] == 413
    assert world.post(CHAT, {"model": "open"}, citizen, x_long="a" * 9000)[0] == 431
    chunked = HEAD
    chunked += (
        citizen.encode() + b"\r\ntransfer-encoding: chunked\r\n\r\n" + b"4000\r\n" + b" " * 16384 + b"\r\n4000\r\n"
    )
    assert b" 413 " in world.raw(chunked + b" " * 16384 + b"\r\n")


def test_a_caller_who_leaves_cancels_the_upstream(world: World, citizen: str) -> None:
    for model, stream in (("m-hang", False), ("m-stream-8", True)):
        body = json.dumps({"model": model, "stream": stream}).encode()
        with socket.create_connection(("127.0.0.1", world.port)) as connection:
            connection.sendall(HEAD + citizen.encode() + b"\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
            before = len(world.upstream.seen)
            world.wait_for(
                lambda before=before, model=model: any(
                    model[2:] in s.body.decode() for s in world.upstream.seen[before - 1 :]
                )
            )
        world.wait_for(lambda: world.upstream.seen[-1].left, 5)
    world.wait_for(lambda: [end.how for end in world.journal()[1]].count("left") >= 2)
    assert "left" in {end.how for end in world.journal()[1]}


def test_back_pressure_holds(world: World, citizen: str) -> None:
    """A caller who does not read: the gate takes no more of the flood than its buffers hold, then gives it up."""
    body = b'{"model":"m-flood-400","stream":true}'
    with socket.create_connection(("127.0.0.1", world.port)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(HEAD + citizen.encode() + b"\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        time.sleep(0.7)
        assert len(connection.recv(100)) > 0
        world.wait_for(lambda: world.journal()[1] and world.journal()[1][-1].how == "upstream-error", 10)
    assert world.journal()[1][-1].bytes < 400 * 65536 / 2


def test_own_pages(world: World, citizen: str) -> None:
    assert world.get("/healthz", None)[0] == 200
    assert world.get("/readyz", None)[0] == 200
    world.post(CHAT, {"model": "open"}, citizen)
    assert b"licet_answers_total" in world.get("/metrics", None)[2]


def test_logs_hold_no_secret(world: World, citizen: str) -> None:
    world.post(CHAT, {"model": "m-garbage", "messages": [{"role": "user", "content": "my private words"}]}, citizen)
    log = (world.home / "log").read_bytes()
    assert b"upstream failed" in log
    for secret in (b"private words", citizen.encode(), b"upstream-secret", b"citizen"):
        assert secret not in log
