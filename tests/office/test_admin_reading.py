"""Everything that is read day by day: the same JSON and exit codes in the state directory and over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest

from licet.app.world import HostWorld
from licet.cli.main import run
from licet.cli.place import LOCAL, why_local
from licet.cli.root import licet as root
from licet.core.facts import Members
from licet.services.identity.ports import Hit

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
to: us_citizen
"""
DRAFT = "release: tune\nissued: 2026-06-01T00:00:00Z\nfrom: 2026-06-01T00:00:00Z\nmodels: [small]\nto: staff\n"
SPEC = Path(__file__).parents[2] / "spec" / "admin-api.md"


@dataclass(frozen=True)
class Both:
    """One installation, read from its state directory, and at its office by each officer."""

    running: Running
    home: Path
    capsys: pytest.CaptureFixture[str]

    def call(self, *arguments: object) -> tuple[int, Any]:
        self.capsys.readouterr()
        code = run(HostWorld(), [str(each) for each in [*arguments, "--json"]])
        return int(code), json.loads(self.capsys.readouterr().out)

    def here(self, *arguments: object) -> tuple[int, Any]:
        return self.call("--config", self.running.configuration, *arguments)

    def there(self, name: str, *arguments: object) -> tuple[int, Any]:
        return self.call("--admin", self.running.url, "--sign-with", self.home / f"{name}.key", *arguments)


@pytest.fixture
def both(
    make_office: MakeOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Both]:
    for each in ("LICET_ADMIN", "LICET_CONFIG", "LICET_OFFICER", "LICET_OFFICER_KEY"):
        monkeypatch.delenv(each, raising=False)
    running = make_office()
    home = tmp_path / "officers"
    home.mkdir()
    monkeypatch.chdir(home)
    made = Both(running, home, capsys)
    running.enact(LAW)
    running.subject("alice", us_citizen=True, citizenships=Members(frozenset({"US"}), True))
    running.subject("bob-7", us_citizen=False)
    now = datetime.now(UTC)
    running.store.dispose(Hit("bob-7", "sha256:" + "1" * 64, "2" * 32, "no match", "another country", "ann", now))
    running.store.confirm_status("https://s.example/1", digest="sha256:x", until=now, actor="office", at=now)
    assert made.here("scim", "create", "acme.example")[0] == 0
    roles = {"ann": "officer", "ben": "approver", "cid": "viewer", "dan": "administrator", "aud": "auditor"}
    keys = {name: made.call("officers", "key", "--file", f"{name}.key")[1]["key"] for name in roles}
    rows = "".join(f"  {name}: {{roles: [{roles[name]}], keys: ['{keys[name]}']}}\n" for name in roles)
    Path("officers.yaml").write_text("officers:\n" + rows)
    Path("draft.yaml").write_text(DRAFT)
    assert made.here("officers", "appoint", "--file", "officers.yaml")[0] == 0
    running.start()
    yield made


SAME = (
    ("status",),
    ("rulebook",),
    ("rulebook", "--all", "--at", "2030-01-01T00:00:00Z"),
    ("subjects", "list"),
    ("subjects", "show", "alice"),
    ("subjects", "show", "nobody"),
    ("facts", "show", "alice"),
    ("facts", "show", "bob-7", "--at", "2030-01-01T00:00:00Z"),
    ("facts", "show", "nobody"),
    ("keys", "list"),
    ("keys", "list", "--subject", "alice"),
    ("scim", "list"),
    ("screen", "list"),
    ("screen", "list", "--subject", "alice"),
    ("decide", "-s", "alice", "-m", "small", "--at", "2030-01-01T00:00:00Z"),
    ("decide", "-s", "bob-7", "-m", "small", "--at", "2030-01-01T00:00:00Z"),
    ("decide", "-s", "nobody", "-m", "small"),
    ("decide", "-f", "us_citizen=true", "-m", "nothing"),
    ("explain", "-s", "bob-7", "-m", "small", "--at", "2030-01-01T00:00:00Z"),
    ("proposals",),
    ("officers", "list"),
    ("check", "draft.yaml"),
    ("prove", "draft.yaml", "--claim", "nothing-lost"),
    ("diff", "draft.yaml", "--since", "2030-01-01T00:00:00Z"),
)


def without_clocks(tree: Any) -> Any:
    """The same, without what each call measures anew."""
    if isinstance(tree, dict):
        return {name: without_clocks(each) for name, each in tree.items() if name not in ("now", "at", "seconds")}
    return [without_clocks(each) for each in tree] if isinstance(tree, list) else tree


@pytest.mark.parametrize("beginning", range(0, len(SAME), 8))
def test_the_same_is_read_here_and_there(both: Both, beginning: int) -> None:
    for arguments in SAME[beginning : beginning + 8]:
        code, tree = both.here(*arguments)
        there, said = both.there("ann", *arguments)
        assert without_clocks(said) == without_clocks(tree), arguments
        assert there == code, arguments
        assert code in (0, 1) or {"nobody", "nothing", "nothing-lost"} & set(arguments), (arguments, tree)


def test_the_journal_for_those_who_may(both: Both) -> None:
    assert both.here("journal", "show") == both.there("aud", "journal", "show")
    assert both.here("journal", "show", "--subject", "alice") == both.there(
        "aud", "journal", "show", "--subject", "alice"
    )
    assert both.there("dan", "journal", "show", "--outcome", "refuse")[0] == 0
    for who, arguments in [("ann", ()), ("cid", ()), ("dan", ("--subject", "alice"))]:
        code, tree = both.there(who, "journal", "show", *arguments)
        assert (code, tree["error"]["code"]) == (1, "not_permitted"), who


@pytest.mark.parametrize(
    ("who", "arguments"),
    [
        ("cid", ("subjects", "list")),
        ("cid", ("subjects", "show", "alice")),
        ("cid", ("facts", "show", "alice")),
        ("dan", ("facts", "show", "alice")),
        ("cid", ("decide", "-s", "alice", "-m", "small")),
        ("dan", ("screen", "list")),
        ("ben", ("scim", "create", "acme.example")),
        ("aud", ("facts", "forget", "alice", "--reason", "x")),
        ("cid", ("keys", "revoke", "abcdefgh", "--reason", "x")),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value[:2]),
)
def test_roles_are_checked_at_each_address(both: Both, who: str, arguments: tuple[str, ...]) -> None:
    code, tree = both.there(who, *arguments)
    assert (code, tree["error"]["code"]) == (1, "not_permitted")


@pytest.mark.parametrize(
    "arguments", [("status",), ("rulebook",), ("keys", "list"), ("decide", "-f", "us_citizen=true", "-m", "small")]
)
def test_a_viewer_sees_what_is_in_force(both: Both, arguments: tuple[str, ...]) -> None:
    assert both.there("cid", *arguments)[0] == 0


def test_an_organisation_comes_and_goes(both: Both) -> None:
    code, made = both.there("ann", "scim", "create", "other.example")
    assert (code, made["state"]) == (6, "open")
    assert made["token"].startswith(f"licet-scim_{made['id']}_")
    assert both.there("ben", "approve", made["act"])[0] == 0
    assert {each["attester"] for each in both.here("scim", "list")[1]["clients"]} == {"acme.example", "other.example"}
    code, tree = both.there("ann", "scim", "create", " no name ")
    assert (code, tree["error"]["code"]) == (2, "client_refused")
    assert both.there("dan", "scim", "revoke", made["id"], "--reason", "over")[0] == 0
    code, tree = both.there("dan", "scim", "revoke", made["id"], "--reason", "over")
    assert (code, tree["error"]["code"]) == (2, "act_refused")


def test_somebody_is_forgotten_by_two(both: Both) -> None:
    code, waits = both.there("ann", "facts", "forget", "bob-7", "--reason", "asked for it")
    assert (code, waits["state"]) == (6, "open")
    assert both.there("ben", "approve", waits["act"])[0] == 0
    assert both.there("ann", "facts", "show", "bob-7")[0] == 2
    assert both.there("ann", "facts", "show", waits["stands_for"])[0] == 0


def leaves(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from leaves(command, (*path, name))
        else:
            yield " ".join((*path, name))


@pytest.mark.parametrize("path", sorted(LOCAL))
def test_what_is_local_says_why_and_the_specification_lists_it(path: str) -> None:
    found = [each for each in leaves(root) if each == path or each.startswith(f"{path} ")]
    assert found, f"there is no `licet {path}`"
    assert all(why_local(each) == LOCAL[path] for each in found)
    assert f"`{path}`" in SPEC.read_text()


def test_a_local_command_is_refused_in_one_sentence(both: Both) -> None:
    for arguments in (("record", "seal"), ("keys", "rotate", "--prepare"), ("pseudonyms", "list"), ("serve",)):
        code, tree = both.there("ann", *arguments)
        assert (code, tree["error"]["code"]) == (4, "office_unusable")
        assert tree["error"]["message"].startswith(f"`licet {arguments[0]}")
        assert "without `--admin`" in tree["error"]["message"]


def test_a_draft_is_counted_and_reviewed_at_an_office(both: Both) -> None:
    for arguments in (("preview", "draft.yaml", "--days", "0"), ("review", "draft.yaml")):
        code, tree = both.there("ann", *arguments)
        assert code == 0, tree
        assert [each["name"] for each in tree["documents"]] == ["tune"]
        assert both.there("cid", *arguments)[1]["error"]["code"] == "not_permitted"  # counting reads facts
