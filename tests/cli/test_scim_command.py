"""`licet scim`: tokens of organisations that push their members."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Command

FORM = re.compile(r"licet-scim_[a-z2-7]{8}_[a-z2-7]{32}")


def test_tokens_are_made_listed_and_revoked(installed: Command, here: Path) -> None:
    made = installed("scim", "create", "acme.example", "--json").tree
    assert FORM.fullmatch(made["token"])
    assert (made["attester"], made["state"], made["believed"]) == ("acme.example", "valid", False)
    assert not any(made["token"].encode() in path.read_bytes() for path in here.rglob("*") if path.is_file())
    assert installed("scim", "list", "--json").tree["clients"][0]["members"] == 0
    assert "acme.example" in installed("scim", "list").out
    revoked = installed("scim", "revoke", made["token"], "--reason", "lost", "--json").tree
    assert revoked == {"id": made["id"], "revoked": True, "reason": "lost"}
    again = installed("scim", "revoke", made["id"], "--reason", "again")
    assert (again.code, "is revoked already" in again.err, made["token"] in again.err) == (2, True, False)
    assert installed("scim", "list", "--json").tree["clients"][0]["state"] == "revoked"


def test_whoever_makes_a_token_is_told_what_is_missing(installed: Command) -> None:
    said = installed("scim", "create", "acme.example")
    assert said.code == 0
    assert FORM.search(said.out)
    assert "not shown again" in said.out
    assert "no trust document in force believes `acme.example` by scim" in said.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("create", ""), "an attester is a name"),
        (("create", "acme\n"), "an attester is a name"),
        (("revoke", "nobody", "--reason", "x"), "there is no client `nobody`"),
    ],
)
def test_what_cannot_be_done(installed: Command, arguments: tuple[str, ...], message: str) -> None:
    said = installed("scim", *arguments)
    assert (said.code, message in said.err) == (2, True)
    assert installed("scim", "list", "--json").tree == {"clients": []}


def test_there_is_nothing_to_list_at_first(installed: Command) -> None:
    assert "there are no clients" in installed("scim", "list").out


def test_two_officers_make_a_token_and_one_revokes_it(installed: Command, here: Path) -> None:
    keys = {
        name: installed("officers", "key", "--file", f"{name}.key", "--json").tree["key"] for name in ("ann", "ben")
    }
    roles = {"ann": "[officer, administrator]", "ben": "[approver]"}
    rows = (f"  {name}: {{roles: {roles[name]}, keys: ['{keys[name]}']}}\n" for name in keys)
    (here / "officers.yaml").write_text("officers:\n" + "".join(rows))
    assert installed("officers", "appoint", "--file", "officers.yaml").code == 0
    assert "this has to be signed" in installed("scim", "create", "acme.example").err
    proposed = installed("scim", "create", "acme.example", "--sign-with", "ann.key", "--json")
    assert (proposed.code, proposed.tree["state"]) == (6, "open")
    assert FORM.fullmatch(proposed.tree["token"])
    assert installed("scim", "list", "--json").tree == {"clients": []}
    approved = installed("approve", proposed.tree["act"], "--yes", "--sign-with", "ben.key", "--json")
    assert approved.code == 0, approved.err
    (made,) = installed("scim", "list", "--json").tree["clients"]
    assert (made["id"], made["attester"], made["state"]) == (proposed.tree["id"], "acme.example", "valid")
    revoked = installed(
        "scim", "revoke", proposed.tree["token"], "--reason", "lost", "--sign-with", "ann.key", "--json"
    )
    assert (revoked.code, revoked.tree["revoked"]) == (0, True)
    assert installed("scim", "list", "--json").tree["clients"][0]["state"] == "revoked"
