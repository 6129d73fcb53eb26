"""`licet register`: from an installation to files that anybody serves, and the numbers in the terminal."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import feedparser  # type: ignore[import-untyped]
import pytest
from tests.services.register_world import fill, walked

from licet.adapters.store import open_store

if TYPE_CHECKING:
    from tests.cli.conftest import Command


@pytest.fixture(name="filled")
def _filled(installed: Command, here: Path) -> Command:
    """The same, with cases in it."""
    store = open_store(next(here.rglob("licet.db")).parent, datetime.now(UTC))
    fill(store, [each for each in walked() if each[0].name.startswith(("customer_approval", "appeal"))])
    store.close()
    return installed


def test_a_register_is_published_and_published_again(filled: Command, here: Path) -> None:
    first = filled("register", "publish", "public", "--base-url", "https://r.example/x", "--since", "2026", "--json")
    assert first.code == 0, first.err
    tree = first.tree
    assert tree["cases"] > 5 and tree["feed"] and tree["removed"] == 0
    seen = feedparser.parse((here / "public" / "feed.atom").read_bytes())
    assert not seen.bozo and all(each.id.startswith("tag:r.example,2026:register/") for each in seen.entries)
    assert all(each.link.startswith("https://r.example/x/") for each in seen.entries)
    again = filled("register", "publish", "public", "--base-url", "https://r.example/x", "--since", "2026", "--json")
    assert again.tree["written"] <= 3, "the front page and register.json say another instant"
    plain = filled("register", "publish", "public")
    assert plain.code == 0 and "no feed" in plain.out and not (here / "public" / "feed.atom").exists()


def test_several_processes_write_the_same(filled: Command, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("licet.app.register.FEW", 1)
    assert filled("register", "publish", "two", "--processes", "2").code == 0
    assert filled("register", "publish", "one", "--processes", "1").code == 0
    one, two = ({p.name: p.read_bytes() for p in (here / of / "cases").rglob("*.*")} for of in ("one", "two"))
    assert one == two and len(one) > 10


def test_the_numbers_are_shown(filled: Command) -> None:
    said = filled("register", "show")
    assert said.code == 0 and "customer_approval@" in said.out
    tree = json.loads(filled("register", "show", "--json").out)
    assert tree["format"] == "licet-register-v1" and tree["cases"]["all"] > 5


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--base-url", "https://r.example/"), "takes `--since`"),
        (("--since", "2026"), "goes with `--base-url`"),
        (("--base-url", "r.example", "--since", "2026"), "no address"),
        (("--base-url", "https://r.example/", "--since", "june"), "takes `--since`"),
    ],
)
def test_an_address_is_read_strictly(installed: Command, options: tuple[str, ...], says: str, here: Path) -> None:
    said = installed("register", "publish", "public", *options)
    assert said.code == 2 and says in said.err and not (here / "public").exists()


def test_a_folder_of_somebody_else_is_refused(installed: Command, here: Path) -> None:
    (here / "thesis").mkdir()
    (here / "thesis" / "one.txt").write_text("x")
    said = installed("register", "publish", "thesis")
    assert said.code != 0 and "holds something else" in said.err and (here / "thesis" / "one.txt").exists()
