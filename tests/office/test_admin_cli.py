"""The same deeds through the state directory and through the office: the same replies, the same exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from licet.app.world import HostWorld
from licet.cli.main import run
from licet.core.facts import UNKNOWN

if TYPE_CHECKING:
    from tests.office.conftest import MakeOffice, Running

LAW = """\
model: small
family: f
apis: [openai]
upstream: {url: 'http://127.0.0.1:9'}
---
release: everybody
issued: 2026-01-01T00:00:00Z
from: 2026-01-01T00:00:00Z
models: [small]
to: "True"
"""
TUNE = (
    "release: tune\nissued: 2026-06-01T00:00:00Z\nfrom: 2026-06-01T00:00:00Z\nmodels: [small]\n"
    "operations: [tune]\nto: staff\n"
)
UNTIL = "2100-01-01T00:00:00Z"
ATTESTING = ("--reason", "came in person", "--evidence", "passport", "--level", "high", "--framework", "house 3")


@dataclass(frozen=True)
class Said:
    code: int
    tree: Any


Officer = Callable[..., Said]


@dataclass
class Place:
    """An installation with officers ann (officer, administrator), ben (approver), cid (viewer)."""

    running: Running
    where: list[str]
    home: Path
    capsys: pytest.CaptureFixture[str]

    def call(self, *arguments: object) -> Said:
        self.capsys.readouterr()
        code = run(HostWorld(), [str(each) for each in [*arguments, "--json"]])
        captured = self.capsys.readouterr()
        return Said(int(code), json.loads(captured.out))

    def by(self, name: str, *arguments: object) -> Said:
        return self.call(*self.where, *arguments, "--sign-with", self.home / f"{name}.key")

    def reads(self, name: str, *arguments: object) -> Said:
        """A command that signs nothing itself: whose key it is says who wants to see it."""
        return self.call(*self.where, "--sign-with", self.home / f"{name}.key", *arguments)


@pytest.fixture(params=["here", "over HTTP"])
def place(
    request: pytest.FixtureRequest,
    make_office: MakeOffice,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Place]:
    for each in ("LICET_ADMIN", "LICET_CONFIG", "LICET_OFFICER", "LICET_OFFICER_KEY"):
        monkeypatch.delenv(each, raising=False)
    running = make_office()
    home = tmp_path / "officers"
    home.mkdir()
    monkeypatch.chdir(home)
    local = ["--config", str(running.configuration)]
    made = Place(running, local, home, capsys)
    running.enact(LAW)
    running.subject("alice")
    keys = {name: made.call("officers", "key", "--file", f"{name}.key").tree["key"] for name in ("ann", "ben", "cid")}
    roles = {"ann": "[officer, administrator]", "ben": "[approver]", "cid": "[viewer]"}
    rows = (f"  {name}: {{roles: {roles[name]}, keys: ['{keys[name]}']}}\n" for name in keys)
    Path("officers.yaml").write_text("officers:\n" + "".join(rows))
    assert made.call(*local, "officers", "appoint", "--file", "officers.yaml").code == 0
    running.start()
    if request.param == "over HTTP":
        made.where = ["--admin", running.url]
    yield made


def test_an_attestation_by_two(place: Place) -> None:
    said = place.by("ann", "attest", "alice", "us_citizen=true", *ATTESTING, "--until", UNTIL)
    assert (said.code, said.tree["state"], said.tree["actor"]) == (6, "open", "ann")
    assert place.running.facts("alice")["us_citizen"] is UNKNOWN
    listed = place.by("ben", "proposals", "--open").tree["acts"]
    assert [(each["id"], each["says"]["fields"]["facts"]) for each in listed] == [
        (said.tree["act"], {"us_citizen": True})
    ]
    done = place.by("ben", "approve", said.tree["act"])
    assert (done.code, done.tree["state"], done.tree["result"]) == (0, "approved", {"attested": ["us_citizen"]})
    assert place.running.facts("alice")["us_citizen"] is True
    assert place.by("ann", "retract", "alice", "us_citizen", "--reason", "wrong").code == 0
    assert place.running.facts("alice")["us_citizen"] is UNKNOWN


@pytest.mark.parametrize(
    ("who", "arguments", "code", "error", "says"),
    [
        (
            "cid",
            ("subjects", "suspend", "alice", "--reason", "x"),
            1,
            "not_permitted",
            "needs the role `officer` or `approver`",
        ),
        ("ann", ("subjects", "resume", "alice", "--reason", "x"), 2, "act_refused", "`alice` is not suspended"),
        ("ann", ("subjects", "suspend", "nobody", "--reason", "x"), 4, "conflict", "nobody"),
        ("ann", ("approve", "a-0000000000000000"), 2, "act_refused", "there is no act"),
        ("ann", ("withdraw", "a-0000000000000000", "--reason", "x"), 2, "act_refused", "there is no act"),
        ("ann", ("retract", "alice", "lpr", "--reason", "x"), 2, "act_refused", "the operator attested no `lpr`"),
        ("ann", ("officers", "dismiss", "ann", "--reason", "x"), 2, "act_refused", "can appoint"),
        ("ann", ("keys", "revoke", "nosuchke", "--reason", "x"), 2, "key_refused", "there is no key"),
        ("ann", ("--as", "ben"), 2, "usage", ""),
    ],
)
def test_refusals_are_the_same(
    place: Place, who: str, arguments: tuple[str, ...], code: int, error: str, says: str
) -> None:
    said = place.by(who, *arguments)
    assert (said.code, said.tree["error"]["code"]) == (code, error)
    assert says in said.tree["error"]["message"]


def test_somebody_elses_name_is_no_use(place: Place) -> None:
    said = place.by("ben", "subjects", "suspend", "alice", "--reason", "x", "--as", "ann")
    assert (said.code, said.tree["error"]["code"]) == (1, "signature_refused")
    waits = place.by("ann", "attest", "alice", "lpr=true", *ATTESTING, "--until", UNTIL).tree["act"]
    assert place.by("ann", "approve", waits).tree["error"]["code"] == "not_permitted"
    assert place.by("cid", "approve", waits).tree["error"]["code"] == "not_permitted"
    assert place.by("ben", "withdraw", waits, "--reason", "no").code == 0
    assert place.by("ben", "approve", waits).tree["error"]["code"] == "conflict"


def test_documents_by_two(place: Place) -> None:
    Path("tune.yaml").write_text(TUNE)
    said = place.by("ann", "enact", "tune.yaml")
    assert (said.code, said.tree["enacted"]) == (6, False)
    assert said.tree["proposal"].startswith("p-")
    assert place.by("ann", "approve", said.tree["proposal"]).tree["error"]["code"] in (
        "not_permitted",
        "approval_refused",
    )
    done = place.by("ben", "approve", said.tree["proposal"])
    assert (done.code, done.tree["enacted"], done.tree["epoch"]) == (0, True, 2)
    assert (done.tree["actor"], done.tree["approved_by"], done.tree["ground"]) == ("ann", "ben", "two officers")
    assert place.by("ann", "enact", "tune.yaml").tree["enacted"] is False
    lifted = place.by("ann", "lift", "tune", "--reasons", "done")
    assert (lifted.code, lifted.tree["ground"]) == (0, "narrows")


def test_keys_and_a_file_of_subjects(place: Place) -> None:
    made = place.by("ann", "keys", "create", "alice")
    assert made.code == 6
    assert made.tree["key"].startswith("licet_")
    assert place.by("ben", "approve", made.tree["act"]).tree["result"] == {"key": made.tree["id"]}
    assert place.by("ben", "keys", "revoke", made.tree["id"], "--reason", "lost").code == 0
    Path("people.csv").write_text("subject,kind,us_citizen\nbob,person,true\n")
    waits = place.by("ann", "subjects", "import", "people.csv")
    assert waits.code == 6
    assert place.by("ben", "approve", waits.tree["act"]).tree["error"]["code"] == "act_refused"
    done = place.by("ben", "approve", waits.tree["act"], "--file", "people.csv")
    assert done.tree["result"] == {"attestations": 2, "new": 1, "subjects": 1}
    assert place.running.facts("bob")["us_citizen"] is True
    agent = place.by("ann", "keys", "create", "alice", "--acts-for", "bob")
    assert place.by("ben", "approve", agent.tree["act"]).code == 0
    kept = {each["id"]: each["acts_for"] for each in place.reads("ann", "keys", "list").tree["keys"]}
    assert (kept[made.tree["id"]], kept[agent.tree["id"]]) == (None, "bob")
    assert place.by("ann", "keys", "create", "alice", "--acts-for", "alice").tree["error"]["code"] == "key_refused"


def test_officers_come_and_go(place: Place) -> None:
    key = place.call("officers", "key", "--file", "eve.key").tree["key"]
    waits = place.by("ann", "officers", "appoint", "eve", "--role", "officer", "--key", key)
    assert waits.code == 6
    assert place.by("eve", "subjects", "suspend", "alice", "--reason", "x").tree["error"]["code"] == "signature_refused"
    assert place.by("ben", "approve", waits.tree["act"]).code == 0
    assert place.by("eve", "subjects", "suspend", "alice", "--reason", "x").code == 0
    listed = {each["name"]: each["roles"] for each in place.by("ann", "officers", "list").tree["officers"]}
    assert listed["eve"] == ["officer"]
    away = place.by("ann", "officers", "dismiss", "eve", "--reason", "left").tree["act"]
    assert place.by("ben", "approve", away).code == 0
    assert place.by("eve", "subjects", "suspend", "alice", "--reason", "x").tree["error"]["code"] in (
        "signature_refused",
        "not_permitted",
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("keys", "list"),
        ("subjects", "list"),
        ("subjects", "show", "alice"),
        ("rulebook",),
        ("officers", "list"),
        ("proposals",),
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_what_is_read_is_read_here_and_there(place: Place, arguments: tuple[str, ...]) -> None:
    said = place.reads("ann", *arguments)
    assert "error" not in said.tree, said.tree


def test_nothing_is_done_unsigned(place: Place) -> None:
    said = place.call(*place.where, "subjects", "suspend", "alice", "--reason", "x")
    assert said.code in (1, 2)
    assert "--sign-with" in said.tree["error"]["message"]
    Path("ann.key").chmod(0o644)
    said = place.by("ann", "subjects", "suspend", "alice", "--reason", "x")
    assert "chmod 600" in said.tree["error"]["message"]
