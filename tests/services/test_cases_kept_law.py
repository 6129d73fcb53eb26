"""The law that a case began under is kept with it: it goes on by it under a Licet that no longer comes with that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.services.cases_world import NOW, PERMIT, Court, court

from licet.adapters.store import create_store
from licet.adapters.store_memory import MemoryStore
from licet.cases.law import LawMissing
from licet.core.cases.entry import BuiltIn
from licet.core.shape import Draft, shape
from licet.services.acts.what import What
from licet.services.cases.asked import NewCase
from licet.services.cases.firing import fire
from licet.services.cases.handing import procedure_document
from licet.services.cases.indexing import is_stale, reindex
from licet.services.cases.keeping import to_keep
from licet.services.cases.laws import Law, law_of
from licet.services.cases.looking import look
from licet.services.cases.ports import KeptLaw, Opened, Opening
from licet.services.cases.register.tally import OfProcedure, Tally
from licet.services.cases.register.whole import procedures
from licet.services.cases.retaining import destroyable
from licet.services.ports import Store
from licet.services.stored import StoredDocument
from licet.wire import yaml
from licet.wire.canonical import canonical, digest
from licet.wire.documents import draft_digest, shipped_cases


def drafted(text: str) -> Draft:
    draft, problems = shape(0, yaml.read("shipped", text.encode())[0].tree, lambda _, __: None)
    assert draft is not None, problems
    return draft


THEIRS = drafted(PERMIT.replace("permit@1", "pass@1"))
NEWER = drafted(PERMIT.replace("permit@1", "pass@2").replace("72 h", "96 h"))
CHANGED = drafted(PERMIT.replace("permit@1", "pass@1").replace("72 h", "96 h"))


@pytest.fixture(params=["sqlite", "memory"])
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Court]:
    """A court whose Licet comes with `pass@1`, with a case of it, on each store."""
    made: Store = create_store(tmp_path / "state", NOW) if request.param == "sqlite" else MemoryStore()
    at = court(made)
    ships(at, *shipped_cases(), THEIRS)
    at.open(new(THEIRS))
    yield at
    made.close()


def ships(at: Court, *drafts: Draft) -> None:
    """Let it be a Licet that comes with this."""
    at.casework = at.ministry.administration.casework = replace(at.casework, shipped=drafts)


def new(draft: Draft, title: str = "Fable") -> NewCase:
    return NewCase(draft_digest(draft), "file", "applicant", {"title": title}, "acme")


def law(at: Court) -> Law:
    return law_of(at.store, at.casework.calendars, at.now, at.casework.shipped)


def test_what_is_kept_is_the_procedure_and_all_that_it_refers_to_by_digest(at: Court) -> None:
    name = draft_digest(THEIRS)
    assert at.store.kept_procedures() == (name,)
    found = at.store.kept_law(name)
    assert sorted((each.kind, each.name) for each in found) == [
        ("calendar", "us_federal@2026"),
        ("procedure", "pass@1"),
    ]
    assert all(digest(each.canonical) == each.digest for each in found)
    assert found[-1].canonical == canonical(THEIRS.tree)
    assert at.store.kept_law("sha256:" + "0" * 64) == ()


def test_what_ships_keeps_its_criteria_and_the_procedure_that_appeals(at: Court) -> None:
    shipped = next(each for each in shipped_cases() if each.name.startswith("licence_application@"))
    (kept,) = to_keep(at.store, at.casework, [draft_digest(shipped), draft_digest(THEIRS)])
    names = {each.name.partition("@")[0] for each in kept.documents}
    catalogues = {each.name for each in kept.documents if each.kind == "criteria"}
    assert kept.procedure == draft_digest(shipped)
    assert {"licence_application", "appeal", "us_federal"} <= names
    assert set(shipped.tree["criteria"]) <= catalogues


def test_a_case_goes_on_under_a_licet_that_comes_with_another_version(at: Court) -> None:
    before = look(at.store, law(at), "C-1", at.now)
    ships(at, *shipped_cases(), NEWER)
    assert look(at.store, law(at), "C-1", at.now) == before
    at.act(at.entry("hear"))
    assert look(at.store, law(at), "C-1", at.now).state.name == "heard"
    assert law(at).procedure("pass").name == "pass@2"
    assert "pass@1" not in law(at).procedures
    assert law(at).named("pass@1") == before.procedure


def test_so_it_does_where_nothing_ships_any_more_and_its_clocks_run_out(at: Court) -> None:
    before = look(at.store, law(at), "C-1", at.now)
    ships(at)
    assert law(at).engine.tables["us_federal@2026"].digest == before.deadlines[0].calendar
    assert not is_stale(at.store, law(at))
    at.now = NOW + timedelta(days=31)
    assert [each.failed for each in fire(at.store, law(at), at.now, at.casework)] == [None]
    assert look(at.store, law(at), "C-1", at.now).state.name == "granted"
    assert reindex(at.store, law(at), at.now) == 1


def test_a_version_that_ships_with_another_content_is_another_one(at: Court) -> None:
    before = look(at.store, law(at), "C-1", at.now)
    ships(at, *shipped_cases(), CHANGED)
    assert look(at.store, law(at), "C-1", at.now).deadlines == before.deadlines
    assert law(at).procedure("pass").digest == draft_digest(CHANGED)
    at.open(new(CHANGED))
    assert set(at.store.kept_procedures()) == {draft_digest(THEIRS), draft_digest(CHANGED)}
    first, second = (look(at.store, law(at), each, at.now).deadlines[0].due for each in ("C-1", "C-2"))
    assert first is not None
    assert second == first + timedelta(hours=24)


def test_a_move_keeps_where_it_goes(at: Court) -> None:
    ships(at, *shipped_cases(), THEIRS, NEWER)
    fields = {"procedure": draft_digest(NEWER), "state": "filed", "why": "it is newer"}
    at.ministry.approve(at.act(at.entry(BuiltIn.MOVE, role="officer", fields=fields)))
    assert set(at.store.kept_procedures()) == {draft_digest(THEIRS), draft_digest(NEWER)}
    ships(at)
    assert look(at.store, law(at), "C-1", at.now).procedure.name == "pass@2"


def test_many_cases_keep_it_once(at: Court) -> None:
    events = len(list(at.store.events(0)))
    at.open(new(THEIRS, "Second"), new(THEIRS, "Third"))
    assert at.store.kept_procedures() == (draft_digest(THEIRS),)
    assert len(list(at.store.events(0))) == events + 3


def test_a_case_without_kept_law_goes_by_what_ships_and_keeps_it_with_its_next_entry(at: Court) -> None:
    ships(at, *shipped_cases(), NEWER)
    found, row = at.store.case("C-1"), at.store.case_rows()[0]
    assert found is not None
    opened = Opened(Opening(draft_digest(NEWER), found.entries[0], b"b" * 32), row, ())
    at.store.open_cases([opened], [], actor="ann", at=at.now)
    assert at.store.kept_procedures() == (draft_digest(THEIRS),)
    assert look(at.store, law(at), "C-2", at.now).state.name == "filed"
    with pytest.raises(LawMissing, match="enact the document that it was, or run the Licet"):
        look(at.store, law_of(at.store, at.casework.calendars, at.now, ()), "C-2", at.now)
    at.act(at.entry("hear", "C-2"))
    ships(at)
    assert look(at.store, law(at), "C-2", at.now).state.name == "heard"


def test_what_is_kept_and_does_not_read_any_more_hinders_nothing_else(at: Court) -> None:
    content = canonical({"procedure": "odd@1"})
    odd = StoredDocument("procedure", "odd@1", digest(content), content)
    kept = [KeptLaw(odd.digest, (odd,))]
    at.store.append_entries([], [], actor="ann", at=at.now, law=kept)
    assert look(at.store, law(at), "C-1", at.now).state.name == "filed"
    with pytest.raises(LawMissing, match="is kept, and this Licet cannot read it: stored procedure `odd@1`: "):
        law(at).under(odd.digest)


def test_it_stays_when_the_last_case_was_destroyed(at: Court) -> None:
    at.now = NOW + timedelta(days=31)
    fire(at.store, law(at), at.now, at.casework)
    ships(at)
    at.now = NOW + timedelta(days=365 * 5 + 60)
    assert destroyable(at.store, law(at), at.now) == ("C-1",)
    done = at.ministry.do(What.DESTROY_CASES, "ann", cases=["C-1"], reason="over")
    at.ministry.approve(done)
    assert at.store.kept_law(draft_digest(THEIRS)) != ()
    assert destroyable(at.store, law(at), at.now) == ()
    assert (reindex(at.store, law(at), at.now), is_stale(at.store, law(at))) == (0, False)
    at.open(NewCase(law(at).procedure("permit").digest, "file", "applicant", {"title": "Fable"}, "acme"))
    assert look(at.store, law(at), "C-2", at.now).state.name == "filed"


def test_the_folder_of_a_case_has_the_kept_document_and_the_register_its_procedure(at: Court) -> None:
    case = look(at.store, law(at), "C-1", at.now)
    ships(at)
    documents = (*at.store.documents(), *law(at).kept.values())
    assert procedure_document(documents, case.procedure) == canonical(THEIRS.tree)
    shown = procedures(law(at), {}, Tally({case.procedure.digest: OfProcedure()}))
    assert [(each.procedure.name, each.current) for each in shown] == [("pass@1", False), ("permit@1", True)]


def test_all_that_ships_is_read_from_what_is_kept_of_it_alone(at: Court) -> None:
    """Calendars and criteria too: a store in which nothing was enacted, under a Licet that comes with nothing."""
    shipped = [draft_digest(each) for each in shipped_cases() if each.kind == "procedure"]
    ships(at, *shipped_cases(), THEIRS)
    wanted = law_of(at.store, at.casework.calendars, at.now, shipped_cases())
    bare = MemoryStore()
    bare.append_entries([], [], actor="ann", at=at.now, law=to_keep(at.store, at.casework, shipped))
    found = law_of(bare, at.casework.calendars, at.now, ())
    for name in shipped:
        before, after = wanted.under(name), found.under(name)
        assert after == before
        assert found.engine.tables[after.calendar].digest == wanted.engine.tables[before.calendar].digest
        assert [found.every_criteria[each] for each in after.criteria] == [
            wanted.criteria[each] for each in before.criteria
        ]
