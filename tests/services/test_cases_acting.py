"""Opening cases and acting on them: signed, on what was seen, all or none, with a second person where it takes two."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.services.cases_world import NOW, Court, Link, court

from licet.adapters.store import create_store
from licet.adapters.store_memory import MemoryStore
from licet.cases.law import LawMissing
from licet.services.acts.carried import Carried
from licet.services.acts.content import read
from licet.services.acts.refusal import ActRefused, NotPermitted
from licet.services.acts.what import What
from licet.services.acts.words import lines
from licet.services.cases.asked import exhibit
from licet.services.cases.looking import due, look
from licet.services.cases.refusal import CaseMissing
from licet.services.ports import Store, StoreConflict


@pytest.fixture(params=["sqlite", "memory"])
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Court]:
    """Officers who work on cases, on each store."""
    made: Store = create_store(tmp_path / "state", NOW) if request.param == "sqlite" else MemoryStore()
    yield court(made)
    made.close()


def test_a_case_is_opened_by_a_signed_act_and_says_by_whom(at: Court) -> None:
    done = at.open()
    assert done.result == {"cases": ["C-1"]}
    case = at.case()
    assert (case.state.name, case.parties, case.number) == ("filed", {"applicant": "acme"}, 1)
    (entry,) = at.store.case("C-1").entries  # type: ignore[union-attr]
    assert (entry.actor, entry.second, entry.act, entry.at) == ("ann", None, done.act.id, NOW)
    (row,) = at.store.case_rows()
    assert (row.case, row.procedure, row.title, row.party, row.parent) == ("C-1", "permit@1", "Fable", "acme", None)
    assert [(each.row.key.clock, each.left, each.overdue) for each in due(at.store, NOW)] == [
        ("hearing", timedelta(days=3), False),
        ("whole", timedelta(days=30, hours=6, minutes=38, seconds=59), False),
    ]
    assert [each.row.key.clock for each in due(at.store, NOW, within=timedelta(days=3))] == ["hearing"]
    assert [each.kind for each in at.store.events(0)][-2:] == ["act added", "case opened"]


def test_many_are_opened_as_one_act_or_none_is(at: Court) -> None:
    with pytest.raises(ActRefused) as caught:
        at.open(at.new("a"), at.new("b", fields={"colour": "red"}), at.new("c", fields={"title": 7}, party="zeta"))
    first, second = str(caught.value).splitlines()
    assert first.startswith("case 2 (acme): `colour`: `file` takes no such field")
    assert second.startswith("case 3 (zeta): `title`: ")
    assert at.store.case_rows() == ()
    names = at.open(*(at.new(str(each), f"org {each}") for each in range(30))).result["cases"]
    assert names == [f"C-{each}" for each in range(1, 31)]
    assert {each.kind for each in at.store.acts()} == {"appoint", "work cases"}


def test_parts_of_a_queue_name_their_parent(at: Court) -> None:
    at.open()
    at.open(at.new("x", links=(Link("part of", "C-1"),)), at.new("y", links=(Link("part of", "C-1"),)))
    assert [each.case for each in at.store.case_rows(parent="C-1")] == ["C-2", "C-3"]
    assert at.case("C-2").links == (Link("part of", "C-1"),)
    assert [each.event for each in at.store.case("C-2").entries] == ["file", "link"]  # type: ignore[union-attr]


def test_who_has_not_seen_the_newest_entry_is_told_what_it_is(at: Court) -> None:
    at.open()
    late = at.entry("hear")
    at.now += timedelta(minutes=1)
    at.act(at.entry("hear"), by="dora")
    with pytest.raises(
        StoreConflict, match=r"`C-1`: `dora` entered `hear` at 2026-06-12T21:22:00\+00:00, as number 2, and this was"
    ):
        at.act(late)
    with pytest.raises(StoreConflict, match="it has 2 entries, not 5"):
        at.act(at.entry("note", on=5, role="clerk", fields={"text": "x", "secrecy": "public"}))
    assert len(at.case().entries) == 2


def test_even_a_note_that_was_not_seen_is_told_when_an_act_is_handed_in(at: Court) -> None:
    at.open()
    hear = at.entry("hear")
    at.act(at.entry("note", fields={"text": "x", "secrecy": "public"}), by="dora")
    with pytest.raises(StoreConflict, match="`dora` entered `note`"):
        at.act(hear)


def test_a_bulk_action_is_all_or_none_and_names_each_case_that_does_not_take_it(at: Court) -> None:
    at.open(at.new("a"), at.new("b"), at.new("c"))
    at.act(at.entry("hear", "C-2"))
    with pytest.raises(ActRefused) as caught:
        at.act(*(at.entry("hear", each) for each in ("C-1", "C-2", "C-3", "C-9")))
    said = str(caught.value)
    assert "`C-2`: " in said
    assert "`C-9`: there is no case" in said
    assert "`C-1`" not in said
    assert [at.case(each).state.name for each in ("C-1", "C-2", "C-3")] == ["filed", "heard", "filed"]
    done = at.act(at.entry("hear", "C-1"), at.entry("hear", "C-3"))
    assert [(each["case"], each["state"]) for each in done.result["cases"]] == [("C-1", "heard"), ("C-3", "heard")]


def test_all_that_was_entered_meanwhile_is_counted(at: Court) -> None:
    at.open()
    late = at.entry("hear")
    for text in ("x", "y", "z"):
        at.act(at.entry("note", fields={"text": text, "secrecy": "public"}))
    with pytest.raises(StoreConflict, match="as number 2, and 2 more entries, and this was made on 1 entries"):
        at.act(late)


def test_what_is_refused_beside_a_conflict_is_a_refusal_that_nobody_tries_again(at: Court) -> None:
    at.open()
    late = at.entry("hear")
    at.act(at.entry("hear"), by="dora")
    with pytest.raises(ActRefused, match="`dora` entered `hear`") as caught:
        at.act(late, at.entry("hear", "C-9"))
    assert not isinstance(caught.value, StoreConflict)


def test_an_act_tells_of_each_case_its_newest_entry_and_its_state(at: Court) -> None:
    at.open(at.new("a"), at.new("b"))
    notes = [at.entry("note", "C-2", fields={"text": each, "secrecy": "public"}) for each in "xy"]
    assert at.act(at.entry("hear", "C-1"), *notes).result == {
        "cases": [{"case": "C-1", "number": 2, "state": "heard"}, {"case": "C-2", "number": 3, "state": "filed"}]
    }


def test_several_entries_in_one_case_build_on_one_another(at: Court) -> None:
    at.open()
    brought, content = exhibit("no.txt", "text/plain", b"no")
    end = at.entry("refuse", role="judge", fields={"verdict": "no"}, exhibits=(brought,))
    at.act(at.entry("hear"), end, carried=Carried(exhibits=(content,)))
    assert [each.entry.event for each in at.case().entries] == ["file", "hear", "refuse"]
    assert at.store.exhibit(brought.digest) == b"no"


def test_an_event_of_two_waits_for_another_officer_and_is_admitted_again(at: Court) -> None:
    at.open()
    at.act(at.entry("hear"))
    grant = at.entry("grant", role="judge", fields={"verdict": "yes"})
    done = at.act(grant, by="dora")
    assert done.act.is_open
    assert at.case().state.name == "heard"
    at.ministry.approve(done)
    case = at.case()
    assert case.state.name == "granted"
    assert (case.entries[-1].entry.actor, case.entries[-1].entry.second) == ("dora", "ben")


def test_one_event_of_two_makes_the_whole_act_wait(at: Court) -> None:
    at.open(at.new("a"), at.new("b"))
    at.act(at.entry("hear"))
    grant = at.entry("grant", role="judge", fields={"verdict": "yes"})
    done = at.act(at.entry("hear", "C-2"), grant, by="dora")
    assert done.act.is_open
    assert [at.case(each).state.name for each in ("C-1", "C-2")] == ["heard", "filed"]
    at.ministry.approve(done)
    assert [at.case(each).state.name for each in ("C-1", "C-2")] == ["granted", "heard"]


def test_who_heard_a_case_does_not_grant_it_nor_agree_to_it(at: Court) -> None:
    at.open()
    at.act(at.entry("hear"), by="dora")
    grant = at.entry("grant", role="judge", fields={"verdict": "yes"})
    with pytest.raises(ActRefused, match="`dora` entered `hear`"):
        at.act(grant, by="dora")
    done = at.act(grant, by="ann")
    with pytest.raises(ActRefused, match="`dora` entered `hear`"):
        at.ministry.approve(done, "dora")
    at.ministry.approve(done, "ben")
    assert at.case().state.name == "granted"


def test_what_happened_while_an_act_waited_is_told_unless_it_changes_nothing(at: Court) -> None:
    at.open()
    at.act(at.entry("hear"))
    done = at.act(at.entry("grant", role="judge", fields={"verdict": "yes"}), by="dora")
    at.act(at.entry("note", fields={"text": "x", "secrecy": "public"}))
    brought, content = exhibit("no.txt", "text/plain", b"no")
    refused = at.entry("refuse", role="judge", fields={"verdict": "no"}, exhibits=(brought,))
    other = at.act(at.entry("grant", role="judge", fields={"verdict": "aye"}), by="dora")
    at.act(refused, carried=Carried(exhibits=(content,)))
    for each in (done, other):
        with pytest.raises(StoreConflict, match="`ann` entered `refuse`"):
            at.ministry.approve(each)
    assert at.case().state.name == "refused"


def test_a_note_meanwhile_does_not_stand_in_the_way(at: Court) -> None:
    at.open()
    at.act(at.entry("hear"))
    done = at.act(at.entry("grant", role="judge", fields={"verdict": "yes"}), by="dora")
    at.act(at.entry("note", fields={"text": "x", "secrecy": "public"}))
    at.ministry.approve(done)
    assert at.case().state.name == "granted"


@pytest.mark.parametrize("needed", [1, 2])
def test_a_second_person_is_asked_whatever_the_installation_needs(needed: int) -> None:
    at = court(MemoryStore(), needed=needed)
    at.open()
    at.act(at.entry("hear"))
    assert at.act(at.entry("grant", role="judge", fields={"verdict": "yes"}), by="dora").act.is_open


def test_exhibits_come_with_the_act_and_are_what_they_say(at: Court) -> None:
    at.open()
    at.act(at.entry("hear"))
    brought, content = exhibit("no.txt", "text/plain", b"no")
    _, other = exhibit("x", "text/plain", b"other")
    refuse = at.entry("refuse", role="judge", fields={"verdict": "no"}, exhibits=(brought,))
    with pytest.raises(ActRefused, match=r"`C-1`: the exhibit `no.txt` has to come with this"):
        at.act(refuse, carried=Carried(exhibits=(other,)))
    with pytest.raises(ActRefused, match="`refuse`"):
        at.act(at.entry("refuse", role="judge", fields={"verdict": "no"}))
    at.act(refuse, carried=Carried(exhibits=(content, other)))
    assert at.store.exhibit(other.digest) is None


def test_exhibits_of_what_waits_are_kept_for_whoever_approves(at: Court) -> None:
    at.open()
    at.act(at.entry("hear"))
    brought, content = exhibit("yes.txt", "text/plain", b"yes")
    grant = at.entry("grant", role="judge", fields={"verdict": "yes"}, exhibits=(brought,))
    done = at.act(grant, by="dora", carried=Carried(exhibits=(content,)))
    assert at.store.exhibit(brought.digest) == b"yes"
    at.ministry.approve(done)
    assert at.case().entries[-1].entry.exhibits == (brought,)


def test_nobody_works_on_cases_without_the_role(at: Court) -> None:
    with pytest.raises(NotPermitted, match="`work cases`"):
        at.open(by="cid")
    with pytest.raises(ActRefused, match="`clerk`"):
        at.open()
        at.act(at.entry("hear"), by="ben")


def test_the_wrong_role_event_or_time_is_refused_with_what_is_possible(at: Court) -> None:
    at.open()
    for entry, says in (
        (at.entry("refuse", role="judge", fields={"verdict": "no"}), "possible now: `hear`"),
        (at.entry("lapse", role="clock"), "clock"),
        (at.entry("hear", role="applicant", party="acme"), "clerk"),
        (at.entry("hear", happened=NOW + timedelta(days=1)), "later"),
        (at.entry("dance"), "dance"),
    ):
        with pytest.raises(ActRefused, match=says):
            at.act(entry)
    assert at.case().number == 1


def test_what_is_recorded_late_is_kept_marked_and_moves_deadlines(at: Court) -> None:
    at.open()
    at.now += timedelta(days=5)
    at.fire()
    assert [each.entry.event for each in at.case().entries] == ["file", "ran out"]
    at.act(at.entry("hear", happened=NOW + timedelta(days=1), late="it was heard on paper"))
    case = at.case()
    placed = {each.entry.event: each for each in case.entries}
    assert placed["hear"].backdated
    assert placed["ran out"].overtaken
    assert [each.key.clock for each in at.store.due_rows()] == ["whole"]


def test_a_case_keeps_its_procedure_and_the_newest_that_was_enacted_opens_others(at: Court) -> None:
    at.open()
    first = at.law.procedure("permit").digest
    assert at.law.newest["permit"] == "permit@1"
    assert at.law.newest["appeal"].startswith("appeal@")
    with pytest.raises(LawMissing, match=r"there is no procedure `permits`; there are .*`permit@1`"):
        at.law.procedure("permits")
    with pytest.raises(LawMissing, match="sha256:0"):
        at.law.under("sha256:0")
    assert at.case().procedure.digest == first


def test_an_act_on_cases_in_words_says_all_that_it_enters(at: Court) -> None:
    at.open()
    at.now += timedelta(hours=1)
    done = at.act(at.entry("hear", happened=NOW, late="why"))
    told = dict(lines(read(done.act.content)))
    assert told["does"] == "act on cases"
    assert told["entries"] == f"hear in C-1 on 1 entries: as clerk, happened {NOW.isoformat()}, late, because why"


@pytest.mark.parametrize(
    ("what", "fields", "says"),
    [
        (What.CASE, {"entries": []}, "a list with something in it"),
        (What.CASE, {"entries": [{"case": "C-0"}]}, "an object with"),
        (What.OPEN_CASES, {"cases": [7]}, "an object with"),
        (What.DESTROY_CASES, {"cases": ["C-1"], "reason": ""}, "a text"),
    ],
)
def test_a_content_that_is_no_act_on_cases_is_refused(
    at: Court, what: What, fields: dict[str, object], says: str
) -> None:
    with pytest.raises(ActRefused, match=says):
        at.ministry.act(what, **fields)


def test_there_is_no_case_before_one_is_opened(at: Court) -> None:
    with pytest.raises(CaseMissing, match="there is no case `C-1`"):
        look(at.store, at.law, "C-1", NOW)
