"""Once there are officers nothing that changes who is served is done without a signature: every command, one by one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.cli.conftest import Command

from licet.adapters.store import open_store

ROLES = {"ann": "[administrator]", "ben": "[approver]", "cid": "[officer]"}

TRUST = """trust: acme
issued: 2026-01-01T00:00:00Z
from: 2026-01-01T00:00:00Z
attester: acme
carriers: [scim]
level: high
facts: {us_citizen: {claim: us_citizen}}
"""

COMMANDS = {
    "enact": ("enact", "trust.yaml", "--yes"),
    "lift": ("lift", "RELEASE", "--yes"),
    "drill": ("drill", "--model", "small", "--subject", "first", "--for", "1h", "--no-wait", "--yes"),
    "attest": (
        "attest",
        "first",
        "us_citizen=true",
        "--reason",
        "r",
        "--evidence",
        "e",
        "--framework",
        "f",
        "--level",
        "high",
        "--until",
        "2099-01-01T00:00:00Z",
    ),
    "retract": ("retract", "first", "us_citizen", "--reason", "r"),
    "import": ("subjects", "import", "people.csv"),
    "suspend": ("subjects", "suspend", "first", "--reason", "r"),
    "resume": ("subjects", "resume", "first", "--reason", "r"),
    "forget": ("facts", "forget", "first", "--reason", "r"),
    "keys create": ("keys", "create", "first"),
    "scim create": ("scim", "create", "acme"),
    "appoint": ("officers", "appoint", "--file", "officers.yaml"),
    "dismiss": ("officers", "dismiss", "cid", "--reason", "r"),
    "rotate pseudonyms": ("pseudonyms", "rotate", "--reason", "r"),
    "hand over": ("keys", "rotate", "--why", "r"),
    "release": ("record", "hold", "release", "case-7", "--why", "r"),
}


@pytest.fixture
def governed(installed: Command, here: Path) -> Command:
    """An installation with officers, and files that a command can ask for."""
    assert installed("record", "hold", "add", "case-7", "--why", "an appeal").code == 0
    (here / "trust.yaml").write_text(TRUST)
    (here / "people.csv").write_text("subject,kind,us_citizen\nada,person,true\n")
    keys = {name: installed("officers", "key", "--file", f"{name}.key", "--json").tree["key"] for name in ROLES}
    rows = [f"  {name}: {{roles: {roles}, keys: ['{keys[name]}']}}\n" for name, roles in ROLES.items()]
    (here / "officers.yaml").write_text("officers:\n" + "".join(rows))
    assert installed("officers", "appoint", "--file", "officers.yaml").code == 0
    return installed


def written(here: Path) -> int:
    store = open_store(here / ".licet", datetime.now(UTC))
    try:
        return store.head()
    finally:
        store.close()


def test_nothing_is_done_unsigned(governed: Command, here: Path) -> None:
    before, done = written(here), {}
    (release,) = (here / "rulebook" / "release.yaml").read_text().partition("release: ")[2].split()[:1]
    for name, command in COMMANDS.items():
        for more in ((), ("--as", "ann")):
            said = governed(*(release if each == "RELEASE" else each for each in command), *more, "--json")
            code = said.tree.get("error", {}).get("code")
            if code != "signature_refused" or written(here) != before:
                done[" ".join((name, *more))] = code or said.out
    assert done == {}
    holds = governed("record", "hold", "list", "--json").tree["holds"]
    assert [each["name"] for each in holds] == ["case-7"]
