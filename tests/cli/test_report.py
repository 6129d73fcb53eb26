"""`licet report`: on a real state with the June rulebook, a journal, and then a log and sealed segments."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.test_reference import section
from tests.sealed import write_journal

from licet.adapters.clock import SystemClock
from licet.adapters.pseudonym_keys import PseudonymKeys
from licet.adapters.secret import read_secret
from licet.adapters.store import open_store
from licet.core.decision import Request, decide
from licet.services.keys import pseudonym
from licet.services.rulebooks import in_force
from licet.services.subjects import facts_at
from licet.wire.journal import DecisionRecord, EndRecord, Record

if TYPE_CHECKING:
    from tests.cli.conftest import Command

ORDER = "us-doc-2026-06-12"
START = datetime(2026, 6, 12, 22, 51, tzinfo=UTC)
LICENSED = datetime(2026, 6, 27, 0, 30, tzinfo=UTC)
LIFTED = datetime(2026, 7, 1, tzinfo=UTC)
CALLERS = ("ada", "grace", "jean", "kim", "imre", "mei", "prairie-batch")


def decisions(state: Path) -> list[Record]:
    """Everybody asks for both models before the order, under it, under the licence, and after the lift."""
    store = open_store(state, SystemClock().now())
    book = in_force(store)
    made: list[Record] = []
    for at in (START - timedelta(hours=1), START, LICENSED, LIFTED):
        for who in CALLERS:
            record = store.subject(who)
            assert record is not None
            for model in ("fable-5", "mythos-5"):
                found = decide(book, Request(facts_at(record, book.facts, (), {}, at), model, "use", at))
                made.append(
                    DecisionRecord(
                        id=f"q{len(made)}",
                        at=at,
                        key="k",
                        subject=f"of-{who}",
                        api="openai",
                        endpoint="/v1/chat/completions",
                        operation="use",
                        stream=True,
                        requested=model,
                        outcome=found.outcome,
                        served=found.served,
                        instruments=found.instruments,
                        unknown=found.unknown,
                        rulebook=found.rulebook,
                        epoch=book.epoch,
                    )
                )
    store.close()
    return [*made, EndRecord(id="q4", at=START + timedelta(milliseconds=20), how="cut", instruments=(ORDER,))]


@pytest.fixture
def journalled(june: Command, here: Path) -> Command:
    """The June installation, with a journal."""
    write_journal(here / ".licet" / "journal", "w1", decisions(here / ".licet"), START - timedelta(hours=2))
    return june


def test_a_report_has_the_same_figures_for_people_and_for_programs(journalled: Command) -> None:
    said, tree = journalled("report", ORDER), journalled("report", ORDER, "--json").tree
    assert said.code == 0 and said.err == ""
    assert tree["format"] == "licet-report/1" and tree["failures"] == tree["gaps"] == []
    assert tree["requests"] == {"total": 28, "served": 12, "substituted": 8, "refused": 8}
    assert tree["by_order"] == {"total": 16, "served": 2, "substituted": 8, "refused": 6}
    assert tree["subjects"]["touched"] == 4 and tree["subjects"]["only_in_doubt"] == 1
    assert tree["cut"]["last"] == 0.02 and tree["first_refused"]["since_effect"] == 0.0
    assert tree["other_clock"] and tree["first_refused"]["since_enactment"] is None
    assert [each["name"] for each in tree["ended_by"]] == ["us-doc-2026-06-30"]
    assert [(each["name"], each["decisions"]) for each in tree["licences"]] == [("us-doc-2026-06-26", 2)]
    order = tree["order"]
    assert order["document"]["order"] == ORDER and order["enacted"]["approved_by"] == "ben"
    assert order["enacted"]["ground"] == "two officers" and order["enacted"]["findings"]
    assert "fable-5   14        6       8            0" in said.out and "~~~" in said.out
    assert "4 subjects, of them 1 only in doubt" in said.out
    assert "of 28 decisions under the order, by their own records none serves whom it forbids" in said.out


def test_the_time_that_is_counted_can_be_narrowed(journalled: Command) -> None:
    tree = journalled("report", ORDER, "--until", "2026-06-13T00:00:00Z", "--json").tree
    assert tree["requests"]["total"] == 14 and tree["until"] == "2026-06-13T00:00:00+00:00"
    assert journalled("report", ORDER, "--from", "2026-06-13T00:00:00Z", "--json").tree["requests"]["total"] == 14
    both = ("--from", "2026-06-13T00:00:00Z", "--until", "2026-06-13T00:00:00Z")
    assert journalled("report", ORDER, *both).code == 2


def test_until_now_is_this_instant(journalled: Command) -> None:
    before = SystemClock().now()
    tree = journalled("report", ORDER, "--from", "2026-06-12T00:00:00Z", "--until", "now", "--json").tree
    assert journalled("report", ORDER, "--from", "now", "--until", "now").code == 2
    open_end = journalled("report", ORDER, "--json").tree
    assert tree["requests"] == open_end["requests"] and datetime.fromisoformat(tree["at"]) >= before


def test_people_read_it_section_by_section(journalled: Command, here: Path) -> None:
    assert journalled("keys", "log").code == 0
    assert journalled("record", "publish").code == 0
    lines = journalled("report", ORDER).out.splitlines()
    headings = ["Order", "Effect", "Models", "Hours", "Workers", "Unknown facts", "Exceptions", "Check it"]
    assert [each for each in lines if each in headings] == headings
    assert all(lines[at - 1] == "" for at, each in enumerate(lines) if each in headings)
    assert any(each.startswith("licet verify log .licet/record --policy") for each in lines)
    assert str(here) not in "\n".join(lines)
    assert "1 answer, half after" in "\n".join(lines)


def test_the_page_is_written_where_it_should_be(journalled: Command, here: Path) -> None:
    said = journalled("report", ORDER, "--html", here / "report.html", "--json")
    assert said.tree["html"] == str(here / "report.html")
    assert "No foreign person may use Fable 5" in (here / "report.html").read_text()
    said = journalled("report", ORDER, "--html", here / "no" / "report.html")
    assert said.code == 2 and "cannot write" in said.err


def test_every_key_is_in_the_specification(journalled: Command) -> None:
    page = (Path(__file__).parents[2] / "spec" / "report.md").read_text()
    tree = journalled("report", ORDER, "--json").tree
    assert [key for key in tree if f"`{key}`" not in section(("report",))] == []
    assert [key for key in keys(tree) if f"`{key}`" not in page] == []


OPEN = {"document", "instead", "ended"}
"""Objects whose keys are not ours, or are counts."""


def keys(value: Any) -> set[str]:
    match value:
        case dict():
            return set(value).union(*(keys(each) for key, each in value.items() if key not in {*OPEN, "cut"}))
        case list():
            return set().union(*(keys(each) for each in value))
        case _:
            return set()


def test_a_record_that_breaches_the_order_is_an_answer_of_no(journalled: Command, here: Path) -> None:
    at = START + timedelta(minutes=1)
    (served,) = [each for each in decisions(here / ".licet") if each.id == "q14"]
    assert isinstance(served, DecisionRecord) and served.served == "fable-5"
    bad = DecisionRecord(
        **{**{name: getattr(served, name) for name in served.__struct_fields__}, "at": at, "instruments": (ORDER,)}
    )
    write_journal(here / ".licet" / "journal", "w2", [bad], START)
    said = journalled("report", ORDER, "--json")
    assert said.code == 1 and said.tree["check"]["count"] == 1
    assert "no licence in force relieves it" in said.tree["check"]["breaches"][0]["why"]


def test_without_a_journal_nothing_is_told_as_obeyed(june: Command) -> None:
    said = june("report", ORDER)
    assert said.code == 0 and "nothing shows how it was enforced" in said.out
    assert june("report", ORDER, "--json").tree["hours"] == []


def test_what_is_no_order_is_misnamed(june: Command) -> None:
    said = june("report", "us-doc-2026-06-26", "--json")
    assert said.code == 2 and said.tree["error"]["code"] == "misnamed"
    assert "the orders are: us-doc-2026-06-12" in said.tree["error"]["message"]


LAW = """\
order: no-foreigners
issued: 2026-06-12T20:00:00Z
from: 2026-06-12T20:00:00Z
models: [small]
operations: [use]
forbids: foreign and org not in spared
uses: {foreign: foreign_person@15cfr772.1, spared: spared.csv}
---
licence: for-staff
issued: 2026-06-12T20:00:00Z
from: 2026-06-12T20:00:00Z
relieves: [no-foreigners]
models: [small]
uses: {partners: partners.csv}
to: staff or org in partners
"""


PEOPLE = """\
subject,kind,us_citizen,lpr,protected_individual,staff,org
ada,person,true,false,false,false,
jean,person,false,false,false,false,other.example
imre,person,false,false,false,true,other.example
mei,person,false,false,false,false,partner.example
lin,person,false,false,false,false,spared.example
kim,person,,,,,
"""


def test_every_command_of_a_report_verifies_what_it_says(installed: Command, here: Path) -> None:
    """The whole way: law, decisions, sealing, publishing, disclosing; then the report's own commands are run."""
    (here / "law.yaml").write_text(LAW)
    (here / "spared.csv").write_text("org\nspared.example\n")
    (here / "partners.csv").write_text("org\npartner.example\n")
    assert installed("enact", here / "law.yaml").code == 0
    (here / "people.csv").write_text(PEOPLE)
    assert installed("subjects", "import", here / "people.csv").code == 0
    made = asked(here / ".licet", ("ada", "jean", "imre", "mei", "lin", "kim"), "small")
    write_journal(here / ".licet" / "journal", "w1", made, made[0].at)
    key = installed("keys", "log", "--json").tree["key"]
    (here / "POLICY").write_text(f"log {key}\nquorum none\n")
    assert installed("record", "publish").code == 0
    said = installed("report", "no-foreigners", "--json")
    assert said.code == 0 and not said.tree["other_clock"] and said.tree["gaps"] == []
    assert said.tree["requests"] == {"total": 6, "served": 4, "substituted": 0, "refused": 2}
    types = [each["type"] for each in said.tree["log"]["entries"]]
    assert types == ["instrument", "instrument", "enactment", "journal-segment", "subject-facts"]
    lines = [each["line"] for each in said.tree["commands"]]
    assert not any(".csv" in each for each in lines)
    assert all("--operation use" in each for each in lines if "verify claim" in each)
    assert sum("verify claim" in each for each in lines) == 1 and sum("verify proof" in each for each in lines) == 2
    for line in lines:
        ran = installed(*shlex.split(line)[1:])
        print(ran.out)
        assert ran.code == 0, line


def asked(state: Path, callers: tuple[str, ...], model: str) -> list[Record]:
    """Each asks once, now: after everything that is in the store."""
    now = SystemClock().now()
    store = open_store(state, now)
    book, at = in_force(store), now
    pepper = PseudonymKeys(state, read_secret(state)).current()[1]
    made: list[Record] = []
    for number, who in enumerate(callers):
        record = store.subject(who)
        assert record is not None
        found = decide(book, Request(facts_at(record, book.facts, (), {}, at), model, "use", at))
        made.append(
            DecisionRecord(
                id=f"q{number}",
                at=at + timedelta(milliseconds=number),
                key="k",
                subject=pseudonym(pepper, who),
                api="openai",
                endpoint="/v1/chat/completions",
                operation="use",
                stream=False,
                requested=model,
                outcome=found.outcome,
                served=found.served,
                instruments=found.instruments,
                unknown=found.unknown,
                rulebook=found.rulebook,
                epoch=book.epoch,
            )
        )
    store.close()
    return made
