"""`licet diff`: a draft, epochs and folders side by side, in words, as JSON and as a page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Command

JUNE = Path(__file__).parents[2] / "scenarios" / "june-2026"
SINCE = ("--since", "2026-06-09T00:00:00-04:00")
ORDERED = "2026-06-12T22:51:00+00:00"


def parts() -> list[str]:
    """The June instruments, one text each."""
    return (JUNE / "instruments.yaml").read_text().split("\n---\n")


@pytest.fixture
def released(installed: Command, here: Path) -> Command:
    """The world before the letter of 12 June, as a folder beside the letter itself."""
    for name in ("partners.csv", "annex-a.csv"):
        (here / name).write_bytes((JUNE / name).read_bytes())
    folder = here / "before"
    folder.mkdir()
    (folder / "partners.csv").write_bytes((JUNE / "partners.csv").read_bytes())
    (folder / "models.yaml").write_bytes((JUNE / "models.yaml").read_bytes())
    (folder / "releases.yaml").write_text("\n---\n".join(parts()[:3]))
    (here / "order.yaml").write_text(parts()[3])
    (here / "late.yaml").write_text(parts()[3].replace("from: 2026-06-12T18:51:00", "from: 2026-06-12T18:51:01"))
    return installed


def test_a_draft_against_what_is_enacted(june: Command, here: Path) -> None:
    (here / "again.yaml").write_text(
        "order: again\nissued: 2026-08-01T00:00:00Z\nfrom: 2026-08-01T00:00:00Z\nuntil: 2026-08-02T00:00:00Z\n"
        "models: [fable-5]\nuses: {foreign_person: foreign_person@15cfr772.1}\nforbids: foreign_person\n"
    )
    said = june("diff", "again.yaml", *SINCE, "--json")
    assert said.code == 0, said.err
    tree = said.tree
    assert tree["complete"] is True
    assert tree["because"] is None
    assert [(each["model"], each["effect"], each["from"], each["until"]) for each in tree["differences"]] == [
        ("fable-5", "loses", "2026-08-01T00:00:00+00:00", "2026-08-02T00:00:00+00:00")
    ] * 2
    assert [each["subjects"] for each in tree["differences"]] == [3, 2], "`first`, of `licet init`, too"
    assert [each["by"] for each in tree["differences"]] == [["again"], ["again"]]
    assert tree["differences"][0]["witness"]["before"]["served"] == "fable-5"
    assert tree["differences"][0]["witness"]["after"] == {
        "outcome": "substitute",
        "served": "opus-4.8",
        "instruments": ["again", "dev-opus-4.8"],
    }
    assert tree["differences"][1]["unknown"]
    assert len(tree["sentences"]) == 2
    text = june("diff", "now", "again.yaml", *SINCE)
    assert text.code == 0
    assert "whoever asks to use fable-5 and is one of whom `foreign_person`" in text.out
    assert "MODEL" in text.out
    assert "nothing was changed" in text.out


def test_an_order_one_second_late_is_one_second_of_difference(released: Command, here: Path) -> None:
    for name in ("order", "late"):
        folder = here / name
        folder.mkdir()
        for file in (*(here / "before").iterdir(), here / f"{name}.yaml"):
            (folder / file.name).write_bytes(file.read_bytes())
    tree = released("diff", "alone:order", "alone:late", *SINCE, "--json").tree
    assert {(each["from"], each["until"], each["effect"]) for each in tree["differences"]} == {
        (ORDERED, "2026-06-12T22:51:01+00:00", "gains")
    }
    assert {each["model"] for each in tree["differences"]} == {"fable-5", "mythos-5"}


def test_epochs(june: Command) -> None:
    assert [each["model"] for each in june("diff", "0", "1", "--json").tree["differences"]] == ["small"]
    after = june("diff", "epoch:1", "now", *SINCE, "--json").tree
    assert (after["before"]["epoch"], after["after"]["epoch"]) == (1, 2)
    assert june("diff", "1", *SINCE, "--json").tree["differences"] == after["differences"]
    same = june("diff", "now", "2")
    assert same.code == 0
    assert "nothing differs" in same.out
    window = june("diff", "1", *SINCE, "--until", "2026-06-10T00:00:00-04:00", "--json").tree
    assert {each["until"] for each in window["differences"]} <= {window["until"], "2026-06-09T13:00:00+00:00"}


def test_without_an_installation_both_sides_are_named(licet: Command, here: Path) -> None:
    models = JUNE / "models.yaml"
    said = licet("diff", models, models, "--json")
    assert said.code == 0
    assert said.tree["differences"] == []
    alone = licet("diff", models)
    assert alone.code == 2
    assert "there is no installation here to compare with" in alone.err


def test_what_is_not_all_says_so_and_is_1(june: Command) -> None:
    said = june("diff", "1", *SINCE, "--limit", "0")
    assert said.code == 1
    assert "NOT COMPLETE: the time limit of 0 s ran out" in said.out
    tree = june("diff", "1", *SINCE, "--limit", "0", "--json")
    assert tree.code == 1
    assert tree.tree["complete"] is False
    assert tree.tree["because"].startswith("the time limit of 0 s ran out")
    few = june("diff", "1", *SINCE, "--most", "1", "--json")
    assert few.code == 1
    assert len(few.tree["differences"]) == 1


def test_a_page(june: Command, here: Path) -> None:
    said = june("diff", "1", *SINCE, "--html", "difference.html", "--json")
    assert said.code == 0
    assert said.tree["html"] == "difference.html"
    page = (here / "difference.html").read_text()
    assert "us-doc-2026-06-12" in page
    refused = june("diff", "1", *SINCE, "--html", "nowhere/difference.html")
    assert refused.code == 2
    assert "cannot write `nowhere/difference.html`" in refused.err


def test_a_population_from_a_file(june: Command, here: Path) -> None:
    (here / "accounts.csv").write_text("subject,kind,us_citizen\na,person,false\nb,person,true\nc,person,\n")
    (here / "stop.yaml").write_text(
        "order: stop\nissued: 2026-08-01T00:00:00Z\nfrom: 2026-08-01T00:00:00Z\n"
        "models: [small]\nforbids: not us_citizen\n"
    )
    said = june("diff", "stop.yaml", "--population", "accounts.csv", "--json")
    assert said.code == 0, said.err
    assert [(bool(each["unknown"]), each["subjects"]) for each in said.tree["differences"]] == [(False, 1), (True, 1)]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("now",), 2, "say what to compare with what is enacted now"),
        (("now", "7"), 2, "there is no epoch 7; the newest is 2"),
        (("nothing.yaml",), 2, "cannot read `nothing.yaml`"),
        (("now", "1", "--since", "2026-06-09"), 2, "is not an instant with an offset"),
        (("now", "1", *SINCE, "--until", "2026-06-01T00:00:00Z"), 2, "`--until` is not after `--since`"),
    ],
)
def test_what_cannot_be_compared(june: Command, arguments: tuple[str, ...], code: int, message: str) -> None:
    said = june("diff", *arguments)
    assert said.code == code
    assert message in said.err
    assert json.loads(june("diff", *arguments, "--json").out)["error"]["exit"] == code


def test_without_the_extra_it_says_what_to_install(june: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("licet.app.world.find_spec", lambda _: None)
    said = june("diff", "1")
    assert said.code == 4
    assert "pip install 'licet[proofs]'" in said.err
