"""Every way to a forbidden model that was tried. SECURITY.md lists them with the names of these tests.

The upstream records each request that reaches it, so a bypass shows as a request for the forbidden model there.
"""

# ruff: noqa: RUF001 - look-alikes are what this is about
from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

World = Any
CHAT = "/v1/chat/completions"
MESSAGES = '"messages":[{"role":"user","content":"hi"}]'


@pytest.fixture(scope="module")
def key(world: World) -> str:
    """Somebody to whom `locked` is forbidden and `open` is not. Upstream, `locked` is called `json`, as `open` is."""
    return str(world.key("jean", us_citizen=False))


@pytest.fixture(autouse=True)
def nothing_got_through(world: World) -> Iterator[None]:
    """Whatever reaches the upstream in these tests was decided and recorded as served under the name that it shows."""
    before = len(world.upstream.seen)
    yield
    for seen in world.upstream.seen[before:]:
        tree = json.loads(seen.body)
        assert tree["model"] == "json"
        assert b"locked" not in seen.body and "locked" not in str(seen.headers)


def refused(world: World, body: bytes, key: str, path: str = CHAT, status: int = 400, **headers: Any) -> str:
    """The body must be refused with this status; what it says."""
    before = len(world.upstream.seen)
    found, _, answer = world.post(path, body, key, **headers)
    assert (found, len(world.upstream.seen)) == (status, before), answer
    return str(json.loads(answer)["error"]["message"])


def head(key: str, *lines: str, method: str = "POST", path: str = CHAT, version: str = "1.1") -> bytes:
    """A request's head, with lines of the test's own."""
    given = [
        f"{method} {path} HTTP/{version}",
        "host: gate",
        f"authorization: Bearer {key}",
        "content-type: application/json",
    ]
    return "\r\n".join([*given, *lines, "", ""]).encode("latin-1")


OPEN = b'{"model":"open","messages":[]}'
LOCKED = b'{"model":"locked","messages":[]}'


def test_the_plain_way_is_refused(world: World, key: str) -> None:
    refused(world, LOCKED, key, status=451)


@pytest.mark.parametrize(
    "body",
    [
        '{"model":"open","model":"locked"}',
        '{"model":"locked","model":"open"}',
        '{"model":"open","mod\\u0065l":"locked"}',
        '{"model":"open","tools":[{"a":1,"a":2}]}',
        '{"model":"open","metadata":{"x":{"y":1,"y":1}}}',
    ],
)
def test_duplicate_keys(world: World, key: str, body: str) -> None:
    refused(world, body.encode(), key)


@pytest.mark.parametrize(
    "other",
    [
        "Model",
        "MODEL",
        "ｍodel",
        "mOdel",
        "mo\u200bdel",
        "model\u2003",
        "\ufeffmodel",
        "m_o_d_e_l",
        "model_name",
        "modelId",
    ],
)
def test_keys_that_lenient_parsers_take_for_model(world: World, key: str, other: str) -> None:
    refused(world, json.dumps({"model": "open", other: "locked"}, ensure_ascii=False).encode(), key)


def test_keys_folded_by_unicode(world: World, key: str) -> None:
    """Go's encoding/json folds the long s and the Kelvin sign."""
    refused(world, '{"model":"open","ſtream":true}'.encode(), key)
    refused(world, b'{"model":"open","bacKground":true}', key)


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00", b"\x1f\x8b"])
def test_byte_order_marks_and_other_prefixes(world: World, key: str, mark: bytes) -> None:
    refused(world, mark + LOCKED, key)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-7"])
def test_other_encodings(world: World, key: str, encoding: str) -> None:
    body = LOCKED.decode().encode(encoding)
    refused(world, body if encoding != "utf-7" else b"+AHs-" + body, key)
    refused(world, OPEN, key, status=415, content_type=f"application/json; charset={encoding}")


@pytest.mark.parametrize(
    "body",
    [
        b'{"model":"open","x":"\xff"}',
        b'{"model":"open","x":"\xc0\xaf"}',
        b'{"model":"open","x":"\xed\xa0\x80"}',
        b'{"model":"open","x":"\\ud800"}',
        b'{"model":"open","x":"\\udc00\\ud800"}',
    ],
)
def test_broken_unicode(world: World, key: str, body: bytes) -> None:
    refused(world, body, key)


@pytest.mark.parametrize("key_text", ['"mod\\u0065l"', '"\\u006dodel"', '"m\\u006Fdel"'])
def test_escapes_in_keys(world: World, key: str, key_text: str) -> None:
    refused(world, f'{{{key_text}:"locked",{MESSAGES}}}'.encode(), key)
    refused(world, f'{{"model":"open","tools":[{{"type":"x",{key_text}:"locked"}}]}}'.encode(), key, status=451)


@pytest.mark.parametrize(
    "name",
    [
        "Locked",
        "LOCKED",
        "locked.",
        "locked ",
        " locked",
        "locked\\u0000",
        "ｌocked",
        "lоcked",
        "locked/",
        "./locked",
        "x/locked",
        "locked:latest",
        "locked@1",
        "models/locked",
        "lock\\u00aded",
        "",
    ],
)
def test_names_that_look_like_the_model(world: World, key: str, name: str) -> None:
    refused(world, f'{{"model":"{name}"}}'.encode(), key, status=404 if name else 400)


def test_an_escaped_name_is_the_name(world: World, key: str) -> None:
    refused(world, b'{"model":"l\\u006fcked"}', key, status=451)


@pytest.mark.parametrize("value", ['["locked"]', '{"name":"locked"}', "1", "null", "true"])
def test_models_that_are_no_string(world: World, key: str, value: str) -> None:
    refused(world, f'{{"model":{value}}}'.encode(), key)


def test_gzip_and_other_content_encodings(world: World, key: str) -> None:
    refused(world, gzip.compress(LOCKED), key, status=415, content_encoding="gzip")
    for encoding in ("deflate", "br", "gzip, identity", "x-gzip"):
        refused(world, OPEN, key, status=415, content_encoding=encoding)


@pytest.mark.parametrize(
    "media",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin1",
        "application/json, text/plain",
        "application/jsonl",
        "",
    ],
)
def test_other_content_types(world: World, key: str, media: str) -> None:
    refused(world, OPEN, key, status=415, content_type=media)


def test_chunked_bodies_are_read_whole(world: World, key: str) -> None:
    split = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (LOCKED[:12], LOCKED[12:])) + b"0\r\n\r\n"
    assert b" 451 " in world.raw(head(key, "transfer-encoding: chunked") + split)


@pytest.mark.parametrize(
    "lines",
    [
        ("content-length: 31", "transfer-encoding: chunked"),
        ("transfer-encoding: chunked", "content-length: 31"),
        ("content-length: 31", "content-length: 5"),
        ("content-length: 31, 5",),
        ("content-length: +31",),
        ("content-length: 0x1f",),
        ("transfer-encoding: identity", "content-length: 31"),
        ("transfer-encoding: chunked, identity",),
        ("transfer-encoding : chunked",),
        ("content-length: 31", "x: a\r\n folded"),
        ("content-length: 31", "x: a\x00b"),
        ("x y: 1", "content-length: 31"),
    ],
)
def test_two_lengths_and_other_smuggling(world: World, key: str, lines: tuple[str, ...]) -> None:
    """Each is refused or read in one way, and nothing behind it is taken for another request."""
    smuggled = head(key, "content-length: 30") + OPEN
    answer = world.raw(head(key, *lines) + b"0\r\n\r\n" + smuggled + smuggled)
    assert answer.count(b"HTTP/1.1 ") == 1 and answer.startswith(b"HTTP/1.1 400 ")


def test_transfer_codings_beside_chunked(world: World, key: str) -> None:
    body = gzip.compress(LOCKED)
    for coding in ("gzip, chunked", "xchunked"):
        answer = world.raw(head(key, f"transfer-encoding: {coding}") + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
        assert answer.startswith((b"HTTP/1.1 415 ", b"HTTP/1.1 400 ")), answer
        assert answer.count(b"HTTP/1.1 ") == 1


def test_bare_line_feeds(world: World, key: str) -> None:
    assert world.raw(head(key, "content-length: 30").replace(b"\r\n", b"\n") + OPEN).startswith(b"HTTP/1.1 400 ")


def test_http_1_0_and_others(world: World, key: str) -> None:
    assert world.raw(head(key, "content-length: 30", version="1.0") + OPEN).startswith(b"HTTP/1.1 505 ")
    assert world.raw(head(key, "content-length: 30", version="0.9") + OPEN).startswith(b"HTTP/1.1 505 ")
    assert b"HTTP/1.1 200" not in world.raw(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")


def test_pipelining(world: World, key: str) -> None:
    """The first request is answered, what follows it is not read, and the connection ends."""
    first = head(key, "content-length: 30") + OPEN
    second = head(key, f"content-length: {len(LOCKED)}") + LOCKED
    answer = world.raw(first + second + first)
    assert answer.count(b"HTTP/1.1 ") == 1 and answer.startswith(b"HTTP/1.1 200 ")


def test_one_connection_many_callers(world: World, key: str) -> None:
    """A connection has no memory: the second request on it is admitted by its own key."""
    citizen = world.key("citizen-2", us_citizen=True)
    with socket.create_connection(("127.0.0.1", world.port)) as connection:
        for who, status in ((citizen, b" 200 "), (key, b" 451 "), (citizen, b" 200 "), ("", b" 401 ")):
            body = LOCKED if who != citizen else b'{"model":"open"}'
            connection.sendall(head(who, f"content-length: {len(body)}") + body)
            assert status in connection.recv(65536)[:20]


def test_path_tricks(world: World, key: str) -> None:
    paths = (
        "/v1//chat/completions",
        "/v1/chat/../chat/completions",
        "/v1/chat/completions/",
        "/V1/chat/completions",
        "//v1/chat/completions",
        "/v1/chat%2Fcompletions",
        "/v1/%63hat/completions",
        "/v1/chat/completions;x=1",
        "/openai/v1/chat/completions",
        "/v1/chat/completions%00",
        "/v1/engines/locked/completions",
        "/v1/models/locked:generate",
        "/admin",
        "/",
    )
    for path in paths:
        found, _, answer = world.post(path, LOCKED, key)
        assert found in (404, 405) and json.loads(answer)["error"]["message"], answer
    for target in ("http://other/v1/chat/completions", "other:443"):
        assert world.raw(head(key, "content-length: 30", path=target) + OPEN).startswith(b"HTTP/1.1 400 ")


def test_endpoints_that_are_not_carried_say_why(world: World, key: str) -> None:
    for path, why in (
        ("/v1/batches", "run on"),
        ("/v1/messages/batches", "run on"),
        ("/v1/files", "shared"),
        ("/v1/fine_tuning/jobs", "outlives"),
        ("/v1/assistants", "shared"),
        ("/v1/realtime", "open session"),
        ("/v1/responses/resp_1", "shared"),
        ("/v1/audio/speech", "forms"),
        ("/v1/unknown", "knows POST"),
    ):
        for method in ("GET", "POST"):
            found, _, answer = world.request(method, path, LOCKED, key)
            assert found == 404 and why in json.loads(answer)["error"]["message"]


@pytest.mark.parametrize("name", ["x-http-method-override", "x-method-override", "x-http-method", "x-original-url"])
def test_method_override(world: World, key: str, name: str) -> None:
    refused(world, OPEN, key, status=400, **{name: "PUT"})


def test_other_methods(world: World, key: str) -> None:
    for method in ("GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
        assert world.request(method, CHAT, b"", key)[0] == 405
    assert world.raw(head(key, method="CONNECT", path="gate:80")).startswith(b"HTTP/1.1 400 ")


def test_query_strings(world: World, key: str) -> None:
    for query in ("model=locked", "api-version=1", "beta=true&model=locked", "Beta=true"):
        refused(world, OPEN, key, path=f"{CHAT}?{query}")


@pytest.mark.parametrize(
    "member",
    [
        '"models":["locked"]',
        '"fallbacks":["locked"]',
        '"route":"fallback"',
        '"provider":{"order":["x"]}',
        '"previous_response_id":"r"',
        '"conversation":"c"',
        '"background":true',
        '"extra_body":{"model":"locked"}',
        '"engine":"locked"',
        '"container":"c"',
        '"Fallbacks":["locked"]',
        '"previousResponseId":"r"',
    ],
)
def test_members_that_choose_a_model_or_reach_anothers_state(world: World, key: str, member: str) -> None:
    for path in (CHAT, "/v1/messages", "/v1/responses"):
        refused(world, f'{{"model":"open",{member}}}'.encode(), key, path=path)


def test_stored_prompts_and_references(world: World, key: str) -> None:
    refused(world, b'{"model":"open","prompt":{"id":"p"}}', key, path="/v1/responses")
    refused(world, b'{"model":"open","input":[{"type":"item_reference","id":"x"}]}', key, path="/v1/responses")
    refused(world, b'{"model":"open","input":[{"type":"input_file","file_id":"f"}]}', key, path="/v1/responses")
    refused(
        world, b'{"model":"open","tools":[{"type":"file_search","vector_store_ids":["v"]}]}', key, path="/v1/responses"
    )


def test_nested_models(world: World, key: str) -> None:
    """A model inside is decided on as well; under a name that the upstream knows differently it is refused."""
    refused(world, b'{"model":"open","tools":[{"type":"advisor","model":"locked"}]}', key, status=451)
    refused(world, b'{"model":"open","tools":[{"type":"advisor","model":"unheard-of"}]}', key, status=404)
    refused(world, b'{"model":"open","tools":[{"type":"advisor","model":"open"}]}', key)
    refused(world, b'{"model":"open","tools":[{"type":"advisor","Model":"locked"}]}', key)
    refused(world, b'{"model":"open","a":[[{"b":{"judge_model":"locked"}}]]}', key, status=451)
    refused(world, b'{"model":"open","a":{"models":["open","locked"]}}', key, status=400)
    parameters = b'{"properties":{"model":{"type":"string"}}}'
    schema = b'{"model":"open","tools":[{"type":"function","function":{"name":"f","parameters":%s}}]}' % parameters
    assert world.post(CHAT, schema, key)[0] == 200


def test_headers_that_smuggle(world: World, key: str) -> None:
    """Nothing that a caller puts into a header reaches the upstream but what the list allows."""
    found, _, _ = world.post(
        CHAT,
        OPEN,
        key,
        x_model="locked",
        openai_model="locked",
        x_portkey_config="{}",
        forwarded="for=1",
        connection="close, x-api-key",
        x_api_key=key,
        openai_organization="o",
        helicone_fallbacks="[]",
    )
    assert found == 200
    assert {name for name, _ in world.upstream.seen[-1].headers} <= {
        "host",
        "authorization",
        "content-type",
        "accept-encoding",
        "user-agent",
        "content-length",
    }
    for name in ("authorization", "x-api-key", "content-type", "licet-substitution"):
        twice = head(key, "content-length: 30", f"{name}: a", f"{name}: b")
        assert world.raw(twice + OPEN).split()[1] in (b"400", b"401", b"415")
    assert world.raw(head(key, "content-length: 30", "host: other") + OPEN).startswith(b"HTTP/1.1 400 ")
    refused(world, OPEN, key, licet_substitution="maybe")


@pytest.mark.parametrize(
    "number",
    [
        "1e999",
        "-1e400",
        "1" * 400,
        "18446744073709551616",
        "-9223372036854775809",
        "NaN",
        "Infinity",
        "-Infinity",
        "01",
        "+1",
        ".5",
        "1.",
        "0x10",
        "1_000",
    ],
)
def test_numbers(world: World, key: str, number: str) -> None:
    refused(world, f'{{"model":"open","seed":{number}}}'.encode(), key)


@pytest.mark.parametrize("bracket", ["[", '{"a":'])
def test_deep_nesting(world: World, key: str, bracket: str) -> None:
    refused(world, b'{"model":"open","x":' + bracket.encode() * 2000, key)
    close = "]" if bracket == "[" else "}"
    refused(world, f'{{"model":"open","x":{bracket * 101}1{close * 101}}}'.encode(), key)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'"open"',
        b'{"model":"open"}{"model":"locked"}',
        b'{"model":"open"}\x00',
        b'{"model":"open",}',
        b"{'model':'open'}",
        b'{"model":"open"/*x*/}',
        b'{"model":"open"} // locked',
        b'{model:"open"}',
        b'[{"model":"open"}]',
        b'{"model":"open"',
        b'{"model":"op\nen"}',
        b'{"x":"\\x41","model":"open"}',
        b'\x0b{"model":"open"}',
        b'{"model":"open"}\xa0',
    ],
)
def test_what_only_some_parsers_read(world: World, key: str, body: bytes) -> None:
    refused(world, body, key)


def test_upgrades(world: World, key: str) -> None:
    assert world.raw(
        head(key, "connection: upgrade", "upgrade: websocket", method="GET", path="/v1/realtime")
    ).startswith(b"HTTP/1.1 400 ")
    assert world.raw(head(key, "connection: upgrade", "upgrade: h2c", "content-length: 30") + OPEN).startswith(
        b"HTTP/1.1 400 "
    )


def test_aliases_are_decided_under_their_model(world: World, key: str) -> None:
    status, headers, _ = world.post(CHAT, {"model": "alias-of-open"}, key)
    assert status == 200 and headers["licet-requested-model"] == "open"
