"""Once there are officers: keys of pseudonyms and of the log are changed by an administrator and a second person."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from licet.adapters.store import open_store

if TYPE_CHECKING:
    from tests.cli.conftest import Command

ROLES = {"ann": "[administrator]", "ben": "[approver]", "cid": "[officer]"}


@pytest.fixture
def governed(installed: Command, here: Path) -> Command:
    """An installation with a log, where ann is an administrator, ben an approver, cid an officer."""
    assert installed("keys", "log").code == 0
    assert installed("record", "publish").code == 0
    keys = {name: installed("officers", "key", "--file", f"{name}.key", "--json").tree["key"] for name in ROLES}
    rows = (f"  {name}: {{roles: {ROLES[name]}, keys: ['{keys[name]}']}}\n" for name in ROLES)
    (here / "officers.yaml").write_text("officers:\n" + "".join(rows))
    assert installed("officers", "appoint", "--file", "officers.yaml").code == 0
    return installed


def generations(licet: Command) -> list[int]:
    return [each["number"] for each in licet("pseudonyms", "list", "--json").tree["generations"]]


def by(name: str) -> tuple[str, ...]:
    return ("--sign-with", f"{name}.key", "--json")


ROTATE = ("pseudonyms", "rotate", "--reason", "every year")


def test_pseudonyms_are_rotated_by_two(governed: Command, here: Path) -> None:
    before = generations(governed)
    assert governed(*ROTATE, "--json").tree["error"]["code"] == "signature_refused"
    assert governed(*ROTATE, *by("cid")).tree["error"]["code"] == "not_permitted", "an officer keeps no keys"
    proposed = governed(*ROTATE, *by("ann"))
    act = proposed.tree["act"]
    assert (proposed.code, proposed.tree["state"]) == (6, "open")
    assert governed(*ROTATE, "--by", act, *by("ann")).tree["error"]["code"] == "not_permitted", "nobody approved it"
    assert governed("approve", act, "--yes", *by("ann")).tree["error"]["code"] == "not_permitted", "not their own"
    assert governed("approve", act, "--yes", *by("ben")).code == 0
    assert generations(governed) == before
    for other in (
        ("pseudonyms", "rotate", "--reason", "another one", "--by", act),
        ("pseudonyms", "destroy", str(before[0]), "--reason", "every year", "--yes", "--by", act),
        ("keys", "rotate", "--why", "every year", "--by", act),
    ):
        said = governed(*other, *by("ann"))
        assert "error" in said.tree, other
    assert generations(governed) == before
    assert governed(*ROTATE, "--by", act, *by("ann")).code == 0
    assert len(generations(governed)) == len(before) + 1
    assert "used already" in governed(*ROTATE, "--by", act, *by("ann")).tree["error"]["message"]
    with closing(open_store(here / ".licet", datetime.now(UTC))) as store:
        (event,) = [each for each in store.events(0) if each.kind == "pseudonyms changed"]
    assert event.actor == "ann", "the event names the officer, and not the system's user"


def test_a_generation_is_destroyed_by_two(governed: Command) -> None:
    (old,) = generations(governed)
    act = governed(*ROTATE, *by("ann")).tree["act"]
    assert governed("approve", act, "--yes", *by("ben")).code == 0
    assert governed(*ROTATE, "--by", act, *by("ann")).code == 0
    destroy = ("pseudonyms", "destroy", str(old), "--reason", "past its time", "--yes")
    proposed = governed(*destroy, *by("ann"))
    assert proposed.code == 6
    assert old in generations(governed)
    assert governed("approve", proposed.tree["act"], "--yes", *by("ben")).code == 0
    assert governed(*destroy, "--by", proposed.tree["act"], *by("ann")).tree["destroyed"] is True
    assert old not in generations(governed)


def test_the_log_is_handed_over_by_two(governed: Command) -> None:
    rotate = ("keys", "rotate", "--why", "the yearly change")
    before = governed("record", "status", "--json").tree["key"]
    assert governed(*rotate, "--json").tree["error"]["code"] == "signature_refused"
    act = governed(*rotate, *by("ann")).tree["act"]
    assert governed(*rotate, "--by", act, *by("ann")).tree["error"]["code"] == "not_permitted"
    assert governed("record", "status", "--json").tree["key"] == before
    assert governed("approve", act, "--yes", *by("ben")).code == 0
    done = governed(*rotate, "--by", act, *by("ann"))
    assert done.code == 0, done
    assert governed("record", "status", "--json").tree["key"] == done.tree["key"] != before
    assert json.dumps(done.tree).count("PRIVATE") == 0
