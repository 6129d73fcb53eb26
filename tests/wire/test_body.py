"""The gate reads a body as every upstream parser does, or refuses it."""

# ruff: noqa: RUF001 - look-alikes are what this is about
from __future__ import annotations

import json
from typing import Any

import msgspec
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.wire.body import BodyError, NestedModel, Uncarried, folded, parse, with_model
from licet.wire.strict_json import DEPTH_LIMIT

UNCARRIED = Uncarried({"models": "choice", "fallbacks": "choice", "previous_response_id": "state"})


def go_like(data: bytes) -> dict[str, Any]:
    """What Go's encoding/json would put into a struct with `model` and `stream`: keys by folded case, the last wins."""
    found: dict[str, Any] = {}
    for key, value in json.loads(data, object_pairs_hook=list):
        if (name := key.casefold()) in ("model", "stream"):
            found[name] = value
    return found


def last_wins(data: bytes) -> dict[str, Any]:
    return dict(json.loads(data))


def first_wins(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in json.loads(data, object_pairs_hook=list):
        found.setdefault(key, value)
    return found


READERS = (go_like, last_wins, first_wins, orjson.loads, msgspec.json.decode)

near_model = st.sampled_from(
    [
        "model",
        "Model",
        "MODEL",
        "mod\u0065l",
        "ｍodel",
        "mode\u217c",
        "stream",
        "ſtream",
        "Stream",
        "models",
        "x",
        "messages",
        "modeK",
    ]
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["allowed", "forbidden"])
)
trees = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(near_model, inner, max_size=3), max_leaves=6
)


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """Objects near to a request: keys that look like ours, twice, escaped; sometimes with a byte changed."""
    parts = []
    others = draw(st.lists(st.tuples(near_model, trees | st.just("forbidden")), max_size=4))
    for key, value in draw(st.permutations([("model", "allowed"), *others])):
        spelled = json.dumps(key, ensure_ascii=draw(st.booleans()))
        if draw(st.integers(0, 9)) == 0:
            spelled = spelled.replace("o", "\\u006f", 1)
        parts.append(
            spelled + draw(st.sampled_from([":", " : ", ":\n"])) + json.dumps(value, ensure_ascii=draw(st.booleans()))
        )
    data = ("{" + draw(st.sampled_from([",", " , "])).join(parts) + "}").encode("utf-8", "surrogatepass")
    if draw(st.integers(0, 3)) == 0:
        place = draw(st.integers(0, len(data) - 1))
        data = data[:place] + draw(st.binary(max_size=2)) + data[place + draw(st.integers(0, 1)) :]
    return data


@settings(max_examples=1500, deadline=None)
@given(data=bodies(), served=st.sampled_from(["upstream-name", "näme", "allowed"]))
def test_every_parser_reads_what_was_decided_on(data: bytes, served: str) -> None:
    try:
        body = parse(data, UNCARRIED)
    except BodyError:
        return
    sent = with_model(data, body, served)
    assert data[body.start : body.end] and json.loads(data[body.start : body.end]) == body.model
    assert sent[: body.start] == data[: body.start] and sent.endswith(data[body.end :])
    for read in READERS:
        seen = read(sent)
        assert seen["model"] == served, read.__name__
        assert (seen.get("stream") or False) == body.stream, read.__name__


@settings(max_examples=300, deadline=None)
@given(trees)
def test_no_nested_model_is_overlooked(tree: Any) -> None:
    data = json.dumps({"model": "m", "tools": tree}, ensure_ascii=True).encode()
    try:
        body = parse(data, UNCARRIED)
    except BodyError:
        return
    assert {name for _, name in body.nested} == set(models_in(tree))


def models_in(tree: Any) -> list[str]:
    if isinstance(tree, list):
        return [name for item in tree for name in models_in(item)]
    if not isinstance(tree, dict):
        return []
    found = []
    for key, value in tree.items():
        if folded(key) in ("model", "models"):
            found += value if isinstance(value, list) else [] if value is None else [value]
        else:
            found += models_in(value)
    return found


def test_span_is_in_bytes() -> None:
    data = '{"x":"ä€😀","model":"a","y":"ö"}'.encode()
    body = parse(data, UNCARRIED)
    assert data[body.start : body.end] == b'"a"'
    assert with_model(data, body, "b") == data.replace(b'"a"', b'"b"')
    assert with_model(data, body, "a") is data


def test_places_of_nested_models() -> None:
    body = parse(b'{"model":"a","tools":[{"type":"x","model":"b"},{"grader":{"model":"c"}}]}', UNCARRIED)
    assert body.nested == (NestedModel("tools[0].model", "b"), NestedModel("tools[1].grader.model", "c"))


@pytest.mark.parametrize(
    "inside",
    [
        '"tools":[{"type":"function","function":{"name":"f","parameters":{"properties":{"model":{"type":"string"}}}}}]',
        '"tools":[{"name":"f","input_schema":{"properties":{"model":{"type":"string"}}}}]',
        '"metadata":{"model":"x"}',
        '"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"1","name":"f","input":{"model":"x"}}]}]',
        '"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"properties":{"model":{}}}}}',
    ],
)
def test_schemas_arguments_and_metadata_are_data(inside: str) -> None:
    assert parse(f'{{"model":"a",{inside}}}'.encode(), UNCARRIED).nested == ()


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (b'{"model":"a","model":"b"}', "invalid_body", "`model` occurs twice at character 14"),
        (b'{"model":"a","x":{"k":1,"k":2}}', "invalid_body", "`k` occurs twice"),
        (b'{"model":"a","Models":["b"]}', "ambiguous_parameter", "`Models`"),
        (b'{"model":"a","models":["b"]}', "unsupported_parameter", "choice"),
        (b'{"stream":true}', "missing_model", "missing"),
        (b'{"model":"a","stream":1}', "invalid_stream", "`stream`"),
        (b'{"model":"a","n":1e999}', "invalid_body", "1e999"),
    ],
)
def test_errors_name_the_place(body: bytes, code: str, words: str) -> None:
    with pytest.raises(BodyError) as raised:
        parse(body, UNCARRIED)
    assert raised.value.code == code and words in str(raised.value)


def test_depth() -> None:
    def nested(depth: int) -> bytes:
        return b'{"model":"a","x":' + b"[" * depth + b"]" * depth + b"}"

    assert parse(nested(DEPTH_LIMIT - 1), UNCARRIED).model == "a"
    with pytest.raises(BodyError, match="deeper"):
        parse(nested(DEPTH_LIMIT), UNCARRIED)
    wide = b'{"model":"a","x":[' + b",".join([b"[]"] * 500) + b',"' + b"[" * 500 + b'"]}'
    assert parse(wide, UNCARRIED).model == "a"


def test_absent_and_switched_off_members_are_carried() -> None:
    assert parse(b'{"model":"a","models":null,"previous_response_id":null,"stream":null}', UNCARRIED).stream is False
