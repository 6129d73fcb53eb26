"""A gate stands after `licet init`: files, state, a rulebook that serves, and one key."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from licet.app.config import load
from licet.services.keys import FORM

if TYPE_CHECKING:
    from tests.cli.conftest import Command

UPSTREAM = ("--upstream", "http://127.0.0.1:9/v1", "--model", "small")


def test_everything_stands(licet: Command, here: Path) -> None:
    said = licet("init", *UPSTREAM, "--json", "gate")
    assert said.code == 0
    tree = said.tree
    assert FORM.fullmatch(tree["key"])
    assert all(Path(path).is_file() for path in tree["files"])
    assert load(here / "gate" / "licet.yaml").state == here / "gate" / ".licet"
    assert stat.S_IMODE((here / "gate" / ".licet").stat().st_mode) == 0o700
    assert stat.S_IMODE((here / "gate" / ".licet" / "secret").stat().st_mode) == 0o600
    assert licet("--config", "gate/licet.yaml", "decide", "--subject", "first", "--model", "small").code == 0


def test_the_key_is_shown_once_and_kept_nowhere(installed: Command, here: Path) -> None:
    said = installed("keys", "create", "first", "--json")
    secret = said.tree["key"].encode()
    files = [path for path in here.rglob("*") if path.is_file()]
    assert len(files) >= 5
    assert not [path for path in files if secret in path.read_bytes()]


def test_what_to_try_next_is_printed(licet: Command) -> None:
    said = licet("init", *UPSTREAM, "--api", "anthropic", "--key-env", "THEIR_KEY", "gate")
    assert "cd gate" in said.out
    assert "export THEIR_KEY=" in said.out
    assert "licet serve" in said.out
    assert "curl http://127.0.0.1:8080/v1/messages -H 'x-api-key: licet_" in said.out
    assert "key_env: THEIR_KEY" in Path("gate/rulebook/models.yaml").read_text()


@pytest.mark.parametrize("name", ["licet.yaml", "rulebook/models.yaml", "rulebook/release.yaml", ".licet/licet.db"])
def test_nothing_is_overwritten(licet: Command, here: Path, name: str) -> None:
    (here / name).parent.mkdir(exist_ok=True)
    (here / name).write_text("mine")
    said = licet("init", *UPSTREAM)
    assert said.code == 2
    assert "exists already, and nothing was changed" in said.err
    assert [path for path in here.rglob("*") if path.is_file()] == [here / name]
    assert (here / name).read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--upstream", "ftp://x", "--model", "small"), "an http or https URL"),
        (("--upstream", "http://user:key@x", "--model", "small"), "without credentials"),
        (("--upstream", "http://x", "--model", "a model"), "a model's name"),
        ((*UPSTREAM, "--key-env", "sk-123"), "never the key"),
        ((*UPSTREAM, "--subject", "two words"), "not a subject's name"),
        ((*UPSTREAM, "--api", "cohere"), "is not one of"),
        (("--model", "small"), "missing option '--upstream'"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_written(
    licet: Command, here: Path, arguments: tuple[str, ...], message: str
) -> None:
    said = licet("init", *arguments)
    assert said.code in (2, 3)
    assert message in said.err
    assert not list(here.iterdir())


def test_a_model_with_any_allowed_name_is_enough(licet: Command) -> None:
    assert licet("init", "--upstream", "http://x", "--model", "org/Model:7b@v1+x").code == 0
    assert licet("decide", "-s", "first", "-m", "org/Model:7b@v1+x").code == 0
