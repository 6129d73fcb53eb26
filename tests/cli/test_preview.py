"""`licet preview` on the June cycle: tables, sentences, JSON, pages, and what it says of files that it cannot count."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Command

JUNE = Path(__file__).parents[2] / "scenarios" / "june-2026"
ORDERED = "2026-06-12T18:51:00-04:00"

FABLE = {"kind": "person", "model": "fable-5", "was": "fable-5", "becomes": "opus-4.8", "effect": "loses"}
MYTHOS = {"kind": "person", "model": "mythos-5", "was": "mythos-5", "becomes": None, "effect": "loses"}


@pytest.fixture
def draft(here: Path) -> Path:
    """Another order like that of 12 June, which is in force already in the world of these tests."""
    text = (JUNE / "instruments.yaml").read_text()
    order = next(each for each in re.split(r"^---\n", text, flags=re.MULTILINE) if "order: us-doc-2026-06-12" in each)
    path = here / "draft.yaml"
    path.write_text(order.replace("order: us-doc-2026-06-12", "order: draft"))
    return path


@pytest.fixture
def licensed(draft: Path) -> str:
    """An instant at which the order of June is over."""
    draft.write_text(re.sub(r"^from: .*$", "from: 2026-08-01T00:00:00-04:00", draft.read_text(), flags=re.MULTILINE))
    return "2026-08-01T00:00:00-04:00"


def test_who_loses_what(june: Command, draft: Path, licensed: str) -> None:
    said = june("preview", draft, "--at", licensed, "--show", 9, "--names", "--json")
    assert said.code == 0, said.err
    rows = [row for row in said.tree["rows"] if "first" not in row["sample"]]
    people = {(row["model"], tuple(row["sample"])): row for row in rows}
    assert set(people) == {
        ("fable-5", ("imre", "jean", "mei")),
        ("fable-5", ("kim",)),
        ("mythos-5", ("imre", "mei")),
    }
    assert FABLE.items() <= people["fable-5", ("kim",)].items()
    assert people["fable-5", ("kim",)]["unknown"] == ["lpr", "protected_individual", "us_citizen"]
    assert MYTHOS.items() <= people["mythos-5", ("imre", "mei")].items()
    assert {row["streams"] == row["subjects"] for row in rows} == {True}
    assert said.tree["accounts"] == 8
    assert [each["at"] for each in said.tree["moments"]] == [licensed]
    assert said.tree["moments"][0]["begins"] == ["draft"]
    assert said.tree["journal_days"] is None


def test_a_file_is_counted_instead(june: Command, draft: Path, licensed: str) -> None:
    said = june("preview", draft, "--at", licensed, "--population", JUNE / "people.csv", "--json")
    assert said.code == 0, said.err
    assert said.tree["accounts"] == 7
    assert said.tree["ignored"] == ["attested_by", "how", "level", "at"]
    assert sum(row["subjects"] for row in said.tree["rows"]) == 6
    assert {tuple(row["sample"]) for row in said.tree["rows"]} == {()}


def test_words_for_people(june: Command, draft: Path, licensed: str) -> None:
    said = june("preview", draft, "--at", licensed, "--population", JUNE / "people.csv", "--show", 2)
    assert said.code == 0, said.err
    assert "7 subjects (6 of kind person, 1 of kind workload)" in said.out
    assert "fable-5: 4 subjects lose it, 4 of them served opus-4.8 instead" in said.out
    assert "1 only because something is not known (lpr, protected_individual, us_citizen)" in said.out
    assert "mythos-5: answers that are being streamed to 2 subjects are cut" in said.out
    assert "jean" not in said.out
    assert re.search(r"[0-9a-f]{32}, [0-9a-f]{32}", said.out)
    assert said.out.endswith("nothing was changed\n")


def test_a_pseudonym_is_the_journals(june: Command, draft: Path, licensed: str) -> None:
    def sample() -> list[list[str]]:
        said = june("preview", draft, "--at", licensed, "--show", 9, "--json")
        return [row["sample"] for row in said.tree["rows"]]

    assert sample() == sample()
    assert len({name for row in sample() for name in row}) == 5


def test_without_at_it_is_about_the_first_difference(june: Command, draft: Path) -> None:
    draft.write_text(re.sub(r"^from: .*$", "from: 2126-01-01T00:00:00-04:00", draft.read_text(), flags=re.MULTILINE))
    assert june("preview", draft, "--json").tree["at"] == "2126-01-01T00:00:00-04:00"


def test_nothing_is_changed(june: Command, draft: Path) -> None:
    before = june("status", "--json").tree
    assert june("preview", draft).code == 0
    after = june("status", "--json").tree
    assert (before["epoch"], before["rulebook"], before["subjects"]) == (
        after["epoch"],
        after["rulebook"],
        after["subjects"],
    )


def test_nothing_new_touches_nobody(june: Command) -> None:
    said = june("preview", JUNE / "models.yaml", JUNE / "instruments.yaml")
    assert said.code == 0, said.err
    assert "nothing changes for anybody" in said.out


def test_without_an_installation_a_file_is_counted_all_the_same(licet: Command) -> None:
    arguments = ("preview", JUNE / "models.yaml", JUNE / "instruments.yaml", "--at", ORDERED)
    said = licet(*arguments, "--population", JUNE / "people.csv", "--all", "--json")
    assert said.code == 0, said.err
    opus = [row for row in said.tree["rows"] if row["model"] == "opus-4.8"]
    assert [(row["kind"], row["effect"], row["subjects"]) for row in opus] == [
        ("person", "gains", 6),
        ("workload", "gains", 1),
    ]
    assert licet(*arguments).code == 4


def test_a_page(june: Command, draft: Path, licensed: str) -> None:
    said = june("preview", draft, "--at", licensed, "--html", "preview.html")
    assert said.code == 0, said.err
    page = Path("preview.html").read_text()
    assert page.startswith("<!DOCTYPE html>")
    assert "opus-4.8" in page
    assert june("preview", draft, "--html", "nowhere/preview.html").code == 2


def test_a_file_that_cannot_be_counted(june: Command, draft: Path, here: Path) -> None:
    (here / "bad.csv").write_text("subject,kind,us_citizen\nann,person,yes\nbob,person,no\n")
    said = june("preview", draft, "--population", "bad.csv")
    assert said.code == 3
    assert said.out == ""
    assert said.err == (
        "error: column `us_citizen`: `no` (1 row), `yes` (1 row); 2 rows in all; allowed is `true` or `false`\n"
    )
    assert (
        june("preview", draft, "--population", "nowhere.csv", "--json").tree["error"]["code"] == "population_rejected"
    )


@pytest.mark.parametrize("arguments", [(), ("--show", "-1"), ("--days", "x"), ("--at", "2026-06-12")], ids=" ".join)
def test_what_cannot_be_asked(june: Command, draft: Path, arguments: tuple[str, ...]) -> None:
    assert june("preview", *([draft] if arguments else []), *arguments).code == 2
