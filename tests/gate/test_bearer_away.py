"""Access tokens while the store is away: who is known goes on for a while, nobody new comes in, nothing falls open."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from tests.gate.conftest import World
from tests.gate.tokens import Issuer

CHAT = "/v1/chat/completions"
SETTINGS = "public_url: https://gate.test\nmax_rulebook_age: 3\n"


def test_without_a_store_nobody_new_comes_in_by_a_token(make_world: Callable[..., World]) -> None:
    world, issuer = make_world(settings=SETTINGS), Issuer()
    world.enact(issuer.trust() + world.model("open", "json") + world.model("secret", "json"))
    world.enact(world.order("o-secret", "secret", "not us_citizen"))
    world.start()
    known, new, foreign = (issuer.token(sub=name, us_citizen=name != "foreign") for name in ("known", "new", "foreign"))
    ask = {"model": "secret", "messages": []}
    assert [world.post(CHAT, ask, each)[0] for each in (known, foreign)] == [200, 451]
    for path in world.state.glob("licet.db*"):
        path.rename(path.with_name("away-" + path.name))
    time.sleep(1.2)
    assert [world.post(CHAT, ask, each)[0] for each in (known, foreign)] == [200, 451], "the last rulebook, and no more"
    status, headers, answer = world.post(CHAT, ask, new)
    assert (status, json.loads(answer)["error"]["code"]) == (503, "store_unavailable")
    assert "retry-after" in headers
    assert world.get("/v1/models", new)[0] == 503, "no list either"
    world.wait_for(lambda: world.post(CHAT, ask, known)[0] == 503, 10)
    assert json.loads(world.post(CHAT, {"model": "open"}, known)[2])["error"]["code"] == "rulebook_not_confirmed"
    assert world.get("/v1/models", known)[0] == 503
    for path in world.state.glob("away-*"):
        path.rename(path.with_name(path.name.removeprefix("away-")))
    world.wait_for(lambda: world.post(CHAT, ask, new)[0] == 200, 10)
    assert world.post(CHAT, ask, foreign)[0] == 451
