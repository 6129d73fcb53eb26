"""`python -m tests.credentials.fuzz SECONDS [SEED]`: the readers on random changes of good tokens, by hand, for long.

Four fifths of the inputs are changed as text; of the rest claims, headers or disclosures are changed, and signed anew.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from time import monotonic
from typing import Any

from tests.credentials.issuing import (
    access_claims,
    b64,
    credential_claims,
    digest,
    header,
    json64,
    present,
    raw,
    sign,
    without_none,
)
from tests.credentials.test_fuzz import HOLDER, KEY, NAMES, READERS

from licet.credentials.refusal import CredentialRefused

LEAVES: list[Any] = [
    None,
    True,
    0,
    -1,
    2**53,
    2**64,
    1.5,
    1e300,
    "",
    "US",
    "x" * 3000,
    "\ud800",
    [],
    {},
    [[]],
    {"_sd": []},
]
JUNK = ["", "~", ".", "=", "A", "eyJ", "\0", "é", "~~", "..", "\ud800"]


def changed(text: str, dice: random.Random) -> str:
    """A text with one to four changes."""
    for _ in range(dice.randint(1, 4)):
        start = dice.randrange(len(text) + 1)
        end = min(len(text), start + dice.choice((0, 1, 1, 1, 3, 60)))
        piece = dice.choice((dice.choice(JUNK), text[start:end] * 2, text[end:][:8], chr(dice.randrange(33, 127))))
        text = text[:start] + piece + text[end:]
    return text


def tree(dice: random.Random, depth: int = 0) -> Any:
    """Any JSON."""
    kind = dice.random()
    if depth > 4 or kind < 0.6:
        return dice.choice(LEAVES)
    if kind < 0.75:
        return [tree(dice, depth + 1) for _ in range(dice.randrange(4))]
    return {dice.choice(NAMES): tree(dice, depth + 1) for _ in range(dice.randrange(4))}


def more(dice: random.Random) -> dict[str, Any]:
    """Some claims."""
    return {dice.choice(NAMES): tree(dice) for _ in range(dice.randrange(4))}


def signed(name: str, dice: random.Random) -> str:
    """A token that its issuer signed, whatever it says."""
    if name == "access token":
        return sign(KEY, header(KEY, "at+jwt"), content({**access_claims(), **more(dice)}, dice))
    if name == "ID token":
        claims = {**access_claims(aud="our-client", nonce="n"), **more(dice)}
        return sign(KEY, header(KEY, "JWT"), content(claims, dice))
    if name == "status list":
        claims = {"sub": "https://id.example/status/1", "iat": 1, "status_list": tree(dice), **more(dice)}
        return sign(KEY, header(KEY, "statuslist+jwt"), content(claims, dice))
    disclosures = [
        json64(dice.choice((tree(dice), ["s", dice.choice(NAMES), tree(dice)], ["s", tree(dice)]))) for _ in range(3)
    ]
    digests = [digest(each) for each in disclosures]
    said = {k: v for k, v in more(dice).items() if k not in ("_sd", "_sd_alg")}
    credential = dice.choice(
        (
            raw(KEY, HOLDER, digests, **said),
            sign(KEY, header(KEY, "dc+sd-jwt"), content({**credential_claims(HOLDER), **more(dice)}, dice)),
        )
    )
    return present(credential, disclosures, HOLDER, **without_none({"iat": dice.choice((None, 1, "x", True))}))


def content(claims: dict[str, Any], dice: random.Random) -> bytes:
    """Claims as JSON, sometimes with a byte changed."""
    found = bytearray(json.dumps(claims).encode())
    if dice.random() < 0.3:
        found[dice.randrange(len(found))] = dice.randrange(256)
    return bytes(found)


def main() -> int:
    seconds, seed = float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    dice, until, tally = random.Random(seed), monotonic() + seconds, Counter[str]()
    while monotonic() < until:
        name = dice.choice(list(READERS))
        good, read = READERS[name]
        as_text = dice.random() < 0.8
        text = changed(good, dice) if as_text else signed(name, dice)
        try:
            read(text)
        except CredentialRefused as refused:
            tally[refused.reason.name] += 1
            assert refused.__context__ is None
        else:
            assert not as_text or text == good, (name, b64(text.encode()))
            tally["accepted"] += 1
    print(f"{tally.total():,} inputs; {dict(tally.most_common())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
