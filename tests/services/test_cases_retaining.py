"""How long cases are kept, what keeps them longer, and what is left when they are destroyed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.services.cases_world import NOW, Court, court

from licet.adapters.store import create_store
from licet.adapters.store_memory import MemoryStore
from licet.services.acts.administering import Done
from licet.services.acts.carried import Carried
from licet.services.acts.refusal import ActRefused, NotPermitted
from licet.services.acts.what import What
from licet.services.cases.asked import exhibit
from licet.services.cases.indexing import reindex
from licet.services.cases.refusal import CaseMissing
from licet.services.cases.retaining import destroyable, kept_until
from licet.services.ports import Store, StoreConflict

LATER = NOW + timedelta(days=365 * 5 + 3)


@pytest.fixture(params=["sqlite", "memory"])
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Court]:
    """A court where `C-1` is refused, on each store."""
    made: Store = create_store(tmp_path / "state", NOW) if request.param == "sqlite" else MemoryStore()
    at = court(made)
    at.open()
    refuse(at)
    yield at
    made.close()


def refuse(at: Court, case: str = "C-1") -> None:
    brought, content = exhibit("no.txt", "text/plain", b"no")
    at.act(at.entry("hear", case))
    end = at.entry("refuse", case, role="judge", fields={"verdict": "no"}, exhibits=(brought,))
    at.act(end, carried=Carried(exhibits=(content,)))


def destroy(at: Court, *cases: str, by: str = "ann") -> Done:
    return at.ministry.do(What.DESTROY_CASES, by, cases=list(cases), reason="it is over")


def test_a_case_is_kept_for_as_long_as_its_procedure_says_from_its_latest_event(at: Court) -> None:
    assert kept_until(at.law, at.case()) == datetime(2031, 6, 13, 3, 59, 59, tzinfo=UTC)
    assert destroyable(at.store, at.law, NOW) == ()
    assert destroyable(at.store, at.law, LATER) == ("C-1",)
    with pytest.raises(ActRefused, match=r"`C-1`: it is kept until 2031-06-13.*: 5 years after its latest event"):
        destroy(at, "C-1")


def test_it_takes_two_officers_and_leaves_numbers_events_and_instants(at: Court) -> None:
    at.now = LATER
    done = destroy(at, "C-1")
    assert done.act.is_open
    assert at.case().state.name == "refused"
    with pytest.raises(NotPermitted):
        at.ministry.approve(done, "ann")
    assert at.ministry.approve(done).result == {"destroyed": ["C-1"], "left": []}
    with pytest.raises(CaseMissing, match="the content of `C-1` was destroyed at 2031"):
        at.case()
    found = at.store.case("C-1")
    assert found is not None
    assert [(each.number, each.event, each.at, dict(each.fields)) for each in found.entries] == [
        (1, "file", NOW, {}),
        (2, "hear", NOW, {}),
        (3, "refuse", NOW, {}),
    ]
    assert {each.content for each in at.store.acts() if each.kind == "work cases"} == {b""}
    assert destroyable(at.store, at.law, LATER) == ()
    assert reindex(at.store, at.law, LATER) == 0
    with pytest.raises(ActRefused, match="was destroyed"):
        destroy(at, "C-1")
    with pytest.raises((ActRefused, StoreConflict), match="was destroyed"):
        at.act(at.entry("note", on=3, fields={"text": "x", "secrecy": "public"}))


@pytest.mark.parametrize("by", ["ben", "cid"])
def test_nobody_destroys_without_the_role(at: Court, by: str) -> None:
    at.now = LATER
    with pytest.raises(NotPermitted, match="`forget`"):
        destroy(at, "C-1", by=by)


def test_what_was_proposed_and_never_done_goes_with_its_case_and_nothing_else_does(at: Court) -> None:
    at.open(at.new("other"))
    refuse(at, "C-2")
    names = [(f"secret of {case}", case) for case in ("C-1", "C-2")]
    for why, case in names:
        at.act(at.entry("withhold", case, fields={"entry": 1, "field": "title", "secrecy": "security", "why": why}))
    at.now = LATER
    at.ministry.approve(destroy(at, "C-1"))
    contents = b"".join(each.content for each in at.store.acts())
    assert b"secret of C-1" not in contents
    assert b"secret of C-2" in contents
    (waits,) = [each for each in at.store.acts() if each.is_open and not each.content]
    with pytest.raises(StoreConflict, match="was erased"):
        at.ministry.administration.approve(waits.id, "ben", None)


def test_what_is_entered_in_a_destroyed_case_is_refused_and_waits_for_nobody(at: Court) -> None:
    at.now = LATER
    at.ministry.approve(destroy(at, "C-1"))
    with pytest.raises(ActRefused, match="`C-1`: the content of `C-1` was destroyed at 2031"):
        at.act(at.entry("release hold", fields={"name": "h", "why": "settled"}))


def test_a_legal_hold_keeps_a_case_until_two_officers_end_it(at: Court) -> None:
    at.act(at.entry("hold", fields={"name": "acme v. us", "why": "a lawsuit"}))
    at.now = LATER
    with pytest.raises(ActRefused, match=r"`C-1`: the legal hold `acme v. us` is on it \(a lawsuit\)"):
        destroy(at, "C-1")
    done = at.act(at.entry("release hold", fields={"name": "acme v. us", "why": "settled"}))
    assert done.act.is_open
    at.ministry.approve(done)
    with pytest.raises(ActRefused, match="it is kept until 2036"):
        destroy(at, "C-1")
    at.now = LATER + timedelta(days=365 * 5 + 3)
    at.ministry.approve(destroy(at, "C-1"))


def test_a_hold_that_comes_while_the_destruction_waits_stops_it(at: Court) -> None:
    at.now = LATER
    done = destroy(at, "C-1")
    at.act(at.entry("hold", fields={"name": "h", "why": "a lawsuit"}))
    with pytest.raises(ActRefused, match="the legal hold `h`"):
        at.ministry.approve(done)
    assert at.case().number == 4


def test_an_open_case_is_kept_and_with_it_all_that_were_named_beside_it(at: Court) -> None:
    at.open(at.new("other"))
    at.now = LATER
    with pytest.raises(ActRefused, match="`C-2`: it is open, in `filed`") as caught:
        destroy(at, "C-1", "C-2", "C-9")
    assert "`C-9`: there is no case" in str(caught.value)
    assert "`C-1`" not in str(caught.value)
    assert at.case().state.name == "refused"


def test_an_act_about_several_cases_speaks_of_them_until_the_last_is_destroyed(at: Court) -> None:
    opened = at.open(at.new("a"), at.new("b"))
    refuse(at, "C-2")
    refuse(at, "C-3")
    at.now = LATER
    assert at.ministry.approve(destroy(at, "C-2")).result["left"] == [opened.act.id]
    assert at.ministry.approve(destroy(at, "C-3")).result["left"] == []
    kept = next(each for each in at.store.acts() if each.id == opened.act.id)
    assert kept.content == b""
