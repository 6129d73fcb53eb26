"""A key's scopes narrow what its holder gets, by name, by substitution and in the list."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest

World = Any
CHAT = "/v1/chat/completions"


@pytest.fixture(scope="module")
def narrow(world: World) -> str:
    """Somebody to whom `secret` is forbidden, with a key that reaches `secret` alone and not its fallback `open`."""
    return str(world.key("narrow-secret", scopes=("model:secret",), us_citizen=False))


def test_no_substitute_outside_of_the_scopes(world: World, narrow: str) -> None:
    before = len(world.upstream.seen)
    status, headers, answer = world.post(CHAT, {"model": "secret"}, narrow)
    error = json.loads(answer)["error"]
    assert status == 451 and len(world.upstream.seen) == before
    assert "licet-served-model" not in headers and headers["licet-instrument"] == "test-order"
    assert "`open` would serve instead, but the scopes of this API key exclude it" in error["message"]
    assert error["licet"]["withheld"] == "open"
    record = next(each for each in world.journal()[0] if each.id == headers["licet-decision"])
    assert (record.outcome, record.served) == ("refuse", None)


def test_a_fallback_within_the_scopes_serves(world: World) -> None:
    for scopes in (("model:secret", "model:open"), ("family:test",)):
        key = world.key(f"wide-{len(scopes)}", scopes=scopes, us_citizen=False)
        status, headers, _ = world.post(CHAT, {"model": "secret"}, key)
        assert (status, headers["licet-served-model"]) == (200, "open")


def test_a_refusal_that_scopes_have_no_part_in_does_not_name_them(world: World, narrow: str) -> None:
    key = world.key("reaches-all", us_citizen=False)
    _, _, answer = world.post(CHAT, {"model": "secret"}, key, licet_substitution="none")
    error = json.loads(answer)["error"]
    assert error["licet"]["withheld"] is None and "scopes" not in error["message"]


def test_the_list_shows_what_would_be_served(world: World, narrow: str) -> None:
    assert json.loads(world.get("/v1/models", narrow)[2])["data"] == []
    assert world.get("/v1/models/secret", narrow)[0] == 404
    with pytest.raises(openai.NotFoundError):
        openai.OpenAI(api_key=narrow, base_url=world.url + "/v1", max_retries=0).models.retrieve("secret")
    mine = world.key("mine", scopes=("model:secret",), us_citizen=True)
    assert [model["id"] for model in json.loads(world.get("/v1/models", mine)[2])["data"]] == ["secret"]


def test_the_first_fallback_that_the_rulebook_allows_is_the_only_one(make_world: Any) -> None:
    """A later fallback within the scopes does not serve instead of an earlier one outside of them."""
    world = make_world()
    text = world.model("a", "json", "fallback: [b, c]") + world.model("b", "json") + world.model("c", "json")
    world.enact(text + world.order("stop", "a", "not us_citizen"))
    world.start()
    key = world.key("jean", scopes=("model:a", "model:c"), us_citizen=False)
    status, _, answer = world.post(CHAT, {"model": "a"}, key)
    assert status == 451 and json.loads(answer)["error"]["licet"]["withheld"] == "b"
    world.enact(world.order("stop-b", "b", "not us_citizen"))
    status, headers, _ = world.post(CHAT, {"model": "a"}, key)
    assert (status, headers["licet-served-model"]) == (200, "c")
