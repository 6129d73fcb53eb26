"""The second act of the demonstration, without a gate: letters reviewed beforehand, and slips that are caught."""

from __future__ import annotations

import io
import shutil
from functools import partial
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from licet.app.demo.accounts import accounts
from licet.app.demo.desk import Plan, askable, list_in, read_plan
from licet.app.demo.foreseen import Foreseen, foresee
from licet.app.demo.foreseen_table import foreseen_json, foreseen_report
from licet.app.demo.pages import next_reviews
from licet.app.demo.scenario import SHEETS, ScenarioRejectedError
from licet.app.world import HostWorld
from licet.wire.documents import SourceFile, read_files

FOLDER = Path(__file__).parents[2] / "scenarios" / "june-2026"
FEW = 4000


def plan(**changes: object) -> Plan:
    found = read_plan(FOLDER)
    assert found is not None
    return msgspec.structs.replace(found, accounts=FEW, **changes)


def quiet(_what: str, _steps: int) -> None:
    """Hear nothing."""


@pytest.fixture(scope="module")
def foreseen(tmp_path_factory: pytest.TempPathFactory) -> Foreseen:
    return foresee(FOLDER, plan(), tmp_path_factory.mktemp("demo"), HostWorld(), quiet)


def printed(foreseen: Foreseen, width: int) -> str:
    read = partial(list_in, FOLDER)
    instruments = read_files(
        [SourceFile(name, (FOLDER / name).read_bytes(), read) for name in SHEETS]
    ).documents.instruments
    out = io.StringIO()
    foreseen_report(Console(file=out, width=width, highlight=False), instruments, foreseen)
    return out.getvalue()


def test_the_accounts_are_the_same_each_time() -> None:
    lines = list(accounts(1000, ["harbour-hospital.example"]))
    assert len(lines) == 1001
    assert {line.count(",") for line in lines} == {11}
    digest = sha256("\n".join(lines).encode()).hexdigest()
    assert digest == sha256("\n".join(accounts(1000, ["harbour-hospital.example"])).encode()).hexdigest()
    assert digest == DIGEST


DIGEST = "ce16db1f54aac1e9c3459bd2a4cf28546654e41281fec8eb2f3e132fb0363e7b"


def test_every_letter_is_as_it_was_meant(foreseen: Foreseen) -> None:
    assert foreseen.wrong == ()
    assert [(each.desk.letter, each.found.one_officer, len(each.found.proofs)) for each in foreseen.letters] == [
        ("us-doc-2026-06-12", True, 4),
        ("us-doc-2026-06-26", False, 5),
        ("us-doc-2026-06-30", False, 6),
    ]
    lost, _, given_back = (each.found.preview for each in foreseen.letters)
    assert lost is not None
    assert given_back is not None
    assert lost.accounts == given_back.accounts == FEW
    assert {row.change.effect.value for row in lost.rows} == {"loses"}
    assert {row.change.effect.value for row in given_back.rows} == {"gains"}
    counts = [sum(row.subjects for row in each.rows if row.change.model == "fable-5") for each in (lost, given_back)]
    assert counts[0] == counts[1] > FEW / 2


def test_every_slip_is_caught_by_somebody(foreseen: Foreseen) -> None:
    told = foreseen_json(foreseen)
    assert told is not None
    assert [(each["name"], each["caught"], each["caught_by"]) for each in told["slips"]] == [
        ("spares-staff", True, "foreign-persons-are-out"),
        ("one-second-late", True, "foreign-persons-are-out"),
        ("misses-a-family", True, "foreign-persons-are-out"),
    ]
    staff, late, family = (each["example"] for each in told["slips"])
    assert staff == ["staff = true, all else unknown", "fable-5, 12 Jun 18:51:00"]
    assert late == ["every fact unknown", "fable-5, 12 Jun 18:51:00"]
    assert family == ["staff = true, all else unknown", "mythos-5, 12 Jun 18:51:00"]
    assert [sorted(each["let_through"]) for each in told["slips"]] == [
        ["fable-5", "mythos-5"],
        ["fable-5", "mythos-5"],
        ["mythos-5"],
    ]


@pytest.mark.parametrize("width", [80, 120])
def test_the_tables(foreseen: Foreseen, width: int) -> None:
    text = printed(foreseen, width)
    assert "4 of 4" in text
    assert "until 18:51:01" in text
    assert text.endswith("3 letters reviewed, 15 properties asked about, 3 of 3 slips caught\n")
    assert max(map(len, (line for line in text.splitlines() if not line.endswith(".html")))) <= width
    pages = [Path(line) for line in text.splitlines() if line.endswith(".html")]
    assert len(pages) == 6
    assert all("</html>" in page.read_text() for page in (each.page for each in foreseen.slips))


def test_the_review_that_is_offered_is_one_of_a_desk(foreseen: Foreseen) -> None:
    ((_, command),) = next_reviews(foreseen)
    words = command.split()
    assert words[1] == "--config"
    assert Path(words[2]).is_file()
    assert words[3] == "review"
    assert all(Path(word).is_file() for word in words[4:6])
    assert list(next_reviews(None)) == []


def test_a_slip_that_nothing_catches_is_wrong(tmp_path: Path) -> None:
    first, *_ = plan().slips
    harmless = msgspec.structs.replace(first, written="forbids: foreign_person", instead="forbids: true")
    absent = msgspec.structs.replace(first, written="forbids: nobody")
    changed = plan(letters=("us-doc-2026-06-12",), slips=(harmless, absent))
    wrong = foresee(FOLDER, changed, tmp_path, HostWorld(), quiet).wrong
    assert wrong == (
        "us-doc-2026-06-12 that spares the staff by mistake was not caught: foreign-persons-are-out is proved",
        "us-doc-2026-06-12 does not say `forbids: nobody`, so nothing could slip there",
    )


def test_a_letter_that_breaks_a_property_is_wrong(tmp_path: Path) -> None:
    scenario = tmp_path / "scenario"
    shutil.copytree(FOLDER, scenario)
    text = (scenario / "instruments.yaml").read_text()
    (scenario / "instruments.yaml").write_text(text.replace("forbids: foreign_person\n", "forbids: staff\n"))
    changed = plan(letters=("us-doc-2026-06-12",), slips=())
    wrong = foresee(scenario, changed, tmp_path, HostWorld(), quiet).wrong
    assert [line.split(": ")[1].split(" is ")[0] for line in wrong] == [
        "fable-stays-out-until-the-lift",
        "foreign-persons-are-out",
        "outside-annex-a-mythos-stays-shut",
    ]


def test_properties_of_what_is_yet_to_be_written_wait() -> None:
    text = askable(FOLDER / "properties.yaml", {"us-doc-2026-06-12"})
    assert "foreign-persons-are-out" in text
    assert "every-letter-does-something" not in text


def test_a_plan_of_letters_that_are_not_there(tmp_path: Path) -> None:
    assert read_plan(tmp_path) is None
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    (tmp_path / "desk.yaml").write_text((FOLDER / "desk.yaml").read_text().replace("us-doc-2026-06-30]", "us-doc-x]"))
    with pytest.raises(ScenarioRejectedError, match=r"`us-doc-x` is not in the documents"):
        read_plan(tmp_path)
