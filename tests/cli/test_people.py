"""`subjects` and `keys`: who asks, what is attested, and what they come with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from licet.services.keys import FORM

if TYPE_CHECKING:
    from tests.cli.conftest import Command

YAML = """\
subject: jo
kind: person
facts:
  us_citizen: {value: false, attested_by: desk, how: passport, level: high, at: 2026-01-01T00:00:00Z}
  lpr: {value: true, attested_by: desk, how: card, level: high, at: 2026-01-01T00:00:00Z, until: 2026-02-01T00:00:00Z}
  citizenships: {value: [FR, DE], complete: true, attested_by: desk, how: x, level: high, at: 2026-01-01T00:00:00Z}
"""


def test_csv_is_imported_and_shown(june: Command) -> None:
    shown = june("subjects", "show", "jean", "--json").tree
    facts = {each["fact"]: each for each in shown["facts"]}
    assert facts["us_citizen"]["value"] is False
    assert facts["citizenships"]["value"] == {"known": ["FR"], "complete": True}
    assert facts["us_citizen"]["attested_by"] == "identity-desk.example"
    text = june("subjects", "show", "jean").out
    assert text.count("attested by identity-desk.example, level substantial") == 1
    assert "citizenships" in text
    assert [each["id"] for each in june("subjects", "list", "--json").tree["subjects"]] == [
        *("ada", "first", "grace", "imre", "jean", "kim", "mei", "prairie-batch"),
    ]


def test_yaml_is_imported_and_expired_facts_are_told(installed: Command) -> None:
    Path("jo.yaml").write_text(YAML)
    assert installed("subjects", "import", "jo.yaml", "--json").tree["attestations"] == 4  # it is a person
    facts = {each["fact"]: each for each in installed("subjects", "show", "jo", "--json").tree["facts"]}
    assert (facts["lpr"]["expired"], facts["us_citizen"]["expired"]) == (True, False)
    assert facts["citizenships"]["value"] == {"known": ["DE", "FR"], "complete": True}
    assert "(expired)" in installed("subjects", "show", "jo").out
    listed = {each["id"]: each for each in installed("subjects", "list", "--json").tree["subjects"]}
    assert (listed["jo"]["facts"], listed["jo"]["expired"]) == (3, 1)


def test_an_import_is_all_or_nothing(installed: Command) -> None:
    Path("people.csv").write_text("subject,kind,us_citizen\nann,person,true\nbob,persn,true\ncy,person,yes\n")
    said = installed("subjects", "import", "people.csv")
    assert said.code == 3
    assert "people.csv:3:5: `persn` is not a kind" in said.err
    assert "people.csv:4:11: `yes` is neither" in said.err
    assert "2 problems, and nothing was changed" in said.err
    error = installed("subjects", "import", "people.csv", "--json").tree["error"]
    assert (error["code"], error["exit"], len(error["problems"])) == ("sheet_rejected", 3, 2)
    assert [each["id"] for each in installed("subjects", "list", "--json").tree["subjects"]] == ["first"]


@pytest.mark.parametrize(
    ("name", "text", "code", "message"),
    [
        ("a.yaml", YAML.replace("us_citizen", "us_citzen"), 3, "a.yaml:4:3: unknown fact `us_citzen`"),
        ("a.yaml", "fact: x\ntype: boolean\nmeaning: y\nsource: z\n", 2, "also holds fact `x`"),
        ("a.yaml", "# nothing\n", 2, "holds no subjects"),
        ("a.yaml", YAML.replace("jo", "first").replace("person", "workload"), 2, "cannot become a workload"),
        ("a.csv", "", 3, "a.csv:1:1: the file is empty"),
        ("a.csv", "subject,kind,stream\n", 3, "`stream` is not a column"),
    ],
)
def test_what_cannot_be_imported(installed: Command, name: str, text: str, code: int, message: str) -> None:
    Path(name).write_text(text)
    said = installed("subjects", "import", name)
    assert said.code == code
    assert message in said.err
    assert len(installed("subjects", "list", "--json").tree["subjects"]) == 1


def test_names_that_are_not_there(installed: Command) -> None:
    for arguments in (("subjects", "show", "nobody"), ("keys", "create", "nobody"), ("subjects", "import", "gone.csv")):
        said = installed(*arguments)
        assert said.code == 2
        assert "nobody" in said.err or "gone.csv" in said.err


def test_keys_are_made_listed_and_revoked(installed: Command) -> None:
    made = installed("keys", "create", "first", "--scope", "model:small", "--scope", "family:small", "--json").tree
    assert FORM.fullmatch(made["key"])
    assert made["scopes"] == ["family:small", "model:small"]
    assert made["workers"]["running"] == 0
    assert installed("keys", "revoke", made["id"], "--reason", "a test").code == 0
    states = {each["id"]: each["state"] for each in installed("keys", "list", "--json").tree["keys"]}
    assert states[made["id"]] == "revoked"
    assert sorted(states.values()) == ["revoked", "valid"]
    again = installed("keys", "revoke", made["key"], "--reason", "again")
    assert again.code == 2
    assert "is revoked already" in again.err
    assert made["key"] not in again.err
    assert "revoked" in installed("keys", "list", "--subject", "first").out
    assert installed("keys", "list", "--subject", "nobody", "--json").tree == {"keys": []}


def test_a_key_of_an_agent_says_for_whom_it_acts(installed: Command) -> None:
    Path("more.csv").write_text("subject,kind\nagent,workload\n")
    assert installed("subjects", "import", "more.csv").code == 0
    made = installed("keys", "create", "agent", "--acts-for", "first", "--json").tree
    assert (made["subject"], made["acts_for"]) == ("agent", "first")
    (listed,) = installed("keys", "list", "--subject", "agent", "--json").tree["keys"]
    assert listed["acts_for"] == "first"
    assert "agent for first" in installed("keys", "list").out
    shown = installed("facts", "show", "first", "--json").tree["acted_for_by"]
    assert shown == [{"key": made["id"], "subject": "agent"}]
    for person, why in (("nobody", "`nobody` is not a subject"), ("agent", "`agent` cannot act for itself")):
        said = installed("keys", "create", "agent", "--acts-for", person)
        assert said.code == 2
        assert why in said.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("create", "first", "--scope", "small"), "`small` is not a scope; use `model:<name>` or `family:<name>`"),
        (
            ("create", "first", "--scope", "model:large"),
            "`model:large` names no model of the catalogue; there are small",
        ),
        (("create", "first", "--expires", "2001-01-01T00:00:00Z"), "which has passed; name a later instant"),
        (("revoke", "aaaaaaaa", "--reason", "x"), "there is no key `aaaaaaaa`; `licet keys list` names them"),
        (("revoke", "aaaaaaaa"), "missing option '--reason'"),
    ],
)
def test_what_cannot_be_done_with_keys(installed: Command, arguments: tuple[str, ...], message: str) -> None:
    said = installed("keys", *arguments)
    assert said.code == 2
    assert message in said.err
    assert len(installed("keys", "list", "--json").tree["keys"]) == 1


def test_a_key_that_expires(installed: Command) -> None:
    made = installed("keys", "create", "first", "--expires", "2100-01-01T00:00:00+02:00", "--json").tree
    assert made["expires_at"] == "2099-12-31T22:00:00+00:00"
