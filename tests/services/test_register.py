"""The register of cases in every state: nothing withheld is anywhere in it, only what changed is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.services import register_world as world

from licet.adapters.register_folder import MARKER, RegisterFolder
from licet.adapters.store_memory import MemoryStore
from licet.cases.redaction.redacting import is_withheld
from licet.core.cases.entry import BuiltIn
from licet.core.cases.register.places import NoPlace, case_place
from licet.services.cases.register.ports import RegisterUnwritable
from licet.services.cases.register.seeing import seen
from licet.services.cases.register.span import Span
from licet.services.cases.register.survey import spans, survey
from licet.services.cases.register.tally import Tally, newest


@pytest.fixture(name="store", scope="module")
def _store() -> MemoryStore:
    return world.world()


@pytest.fixture(name="folder", scope="module")
def _folder(store: MemoryStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("register")
    world.published(store, folder)
    return folder


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


def secrets(store: MemoryStore) -> set[str]:
    """Every text that is withheld by the public version, and the names of officers."""
    found: set[str] = set()
    sight = world.sight(store)
    for stored in world.stored(store):
        _, shown = seen(sight, stored)
        for entry, public in zip(stored.entries, shown.public["entries"], strict=True):
            found.add(entry.actor)
            if is_withheld(public.get("party")):
                found.add(str(entry.party))
            for name, value in public["fields"].items():
                if is_withheld(value):
                    found.update(texts(entry.fields[name]))
    return {each for each in found if each.startswith(("text", "item", "Party", "officer")) and len(each) > 12}


def test_nothing_withheld_is_in_any_file_or_its_name(store: MemoryStore, folder: Path) -> None:
    hidden = secrets(store)
    assert len(hidden) > 100
    for place, content in world.files(folder).items():
        whole = place + content.decode()
        assert not [each for each in hidden if each in whole], place


def test_what_is_public_is_there(store: MemoryStore, folder: Path) -> None:
    """So that the test above looks for what would be found."""
    files = world.files(folder)
    hidden, found = secrets(store), 0
    for stored in world.stored(store):
        page = files[case_place(stored.id)].decode()
        for entry in stored.entries:
            public = [each for each in texts(dict(entry.fields)) if each.startswith("text") and each not in hidden]
            assert all(each in page for each in public)
            found += len(public)
    assert found > 10


def test_the_same_store_and_instant_give_the_same_files(store: MemoryStore, folder: Path, tmp_path: Path) -> None:
    world.published(store, tmp_path / "again")
    assert world.files(tmp_path / "again") == world.files(folder)


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    store = MemoryStore()
    world.fill(store, world.walked()[:8])
    first = world.published(store, tmp_path)
    assert first.written == len(world.files(tmp_path)) - 1 and first.unchanged == first.removed == 0
    again = world.published(store, tmp_path)
    assert (again.written, again.removed) == (0, 0)
    before = {place: path.stat().st_ino for place in world.files(tmp_path) if (path := tmp_path / place)}
    world.fill(store, world.walked()[8:9])
    more = world.published(store, tmp_path)
    after = {place: path.stat().st_ino for place in world.files(tmp_path) if (path := tmp_path / place)}
    assert all(after[place] == inode for place, inode in before.items() if place.startswith("cases/"))
    assert more.written < 12 and {case_place("C-9"), case_place("C-9", "json")} <= after.keys() - before.keys()


def test_what_is_gone_is_removed_and_nothing_else(tmp_path: Path) -> None:
    store = MemoryStore()
    world.fill(store, world.walked()[:3])
    world.published(store, tmp_path)
    (tmp_path / "CNAME").write_text("register.example")
    (tmp_path / "cases" / "0" / "mine.txt").write_text("x")
    (tmp_path / "cases" / "0" / "C-1.html.part").write_text("half")
    fewer = MemoryStore()
    world.fill(fewer, world.walked()[:1])
    made = world.published(fewer, tmp_path)
    left = world.files(tmp_path)
    assert {"CNAME", "cases/0/mine.txt", MARKER, case_place("C-1")} <= left.keys()
    assert case_place("C-2") not in left and "cases/0/C-1.html.part" not in left
    assert made.removed >= 5


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("x")
    with pytest.raises(RegisterUnwritable, match="something else"):
        RegisterFolder.begin(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.txt"]


def test_two_do_not_publish_at_once(tmp_path: Path) -> None:
    first, second = RegisterFolder.begin(tmp_path), RegisterFolder.begin(tmp_path)
    with first.alone(), pytest.raises(RegisterUnwritable, match="already"), second.alone():
        pass


def test_a_crash_leaves_each_file_whole(tmp_path: Path) -> None:
    folder = RegisterFolder.begin(tmp_path)
    folder.write("index.html", b"one")
    (tmp_path / "index.html.part").mkdir()
    with pytest.raises(RegisterUnwritable):
        folder.write("index.html", b"two")
    assert (tmp_path / "index.html").read_bytes() == b"one"


def test_parts_make_the_whole(store: MemoryStore) -> None:
    names = [each.id for each in world.stored(store)]
    sight = world.sight(store)
    whole, added = survey(store, sight).tally, Tally()
    for span in spans(names, 3):
        added.add(survey(store, sight, span=span).tally)
    assert added.decisions == newest(whole.decisions)
    added.decisions = whole.decisions
    assert added == whole
    assert spans(names, 1) == (Span(None, None),) and len(spans([], 2)) == 1


def test_the_longest_overdue_is_first_and_what_is_missed_is_counted(store: MemoryStore, folder: Path) -> None:
    register = json.loads((folder / "register.json").read_bytes())
    due = [each["due"] for each in register["overdue"] if each["due"] is not None]
    assert len(due) > 5 and due[0] == min(due)
    for procedure in register["procedures"]:
        for clock in procedure["clocks"]:
            assert (
                clock["started"] == clock["met"] + clock["missed"] + clock["stopped"] + clock["open"] - clock["overdue"]
            )


def test_a_case_whose_content_was_destroyed_stays_a_number(tmp_path: Path) -> None:
    store = MemoryStore()
    names = world.fill(store, world.walked()[:12])
    before = world.published(store, tmp_path).register
    said = {each for stored in world.stored(store) for entry in stored.entries for each in texts(dict(entry.fields))}
    for name in names:
        store.erase_case(name, actor="casey", at=world.NOW)
    after = world.published(store, tmp_path).register
    assert (after.cases, after.erased) == (before.cases, 12)
    assert [each.states for each in after.procedures] == [each.states for each in before.procedures]
    whole = b"".join(world.files(tmp_path).values()).decode()
    assert not [each for each in said if each.startswith(("text", "item")) and len(each) > 12 and each in whole]
    page = (tmp_path / case_place(names[0])).read_text()
    assert (
        "Its content was destroyed" in page and '"whole":null' in (tmp_path / case_place(names[0], "json")).read_text()
    )


def test_what_was_withheld_later_is_gone_from_the_register(tmp_path: Path) -> None:
    procedure, entries = next(
        (procedure, entries)
        for procedure, entries in world.walked()
        if procedure.name.startswith("licence_application")
    )
    store = MemoryStore()
    world.fill(store, [(procedure, entries)])
    world.published(store, tmp_path)
    shown = (tmp_path / case_place("C-1")).read_text()
    name = next(name for name, value in entries[0].fields.items() if isinstance(value, str) and value in shown)
    fields = {"entry": 1, "field": name, "secrecy": "commercial", "why": "it was given in confidence"}
    last = entries[-1]
    more = replace(
        last,
        number=len(entries) + 1,
        event=BuiltIn.WITHHOLD.value,
        role="officer",
        fields=fields,
        party=None,
        clock=None,
    )
    again = MemoryStore()
    world.fill(again, [(procedure, (*entries, more))])
    world.published(again, tmp_path)
    assert not [place for place, each in world.files(tmp_path).items() if entries[0].fields[name].encode() in each]
    assert "withheld (commercial)" in (tmp_path / case_place("C-1")).read_text()


@pytest.mark.parametrize("name", ("../C-1", "C-1/x", "c-1", "C-", "C-1\n", ""))
def test_a_name_that_is_no_case_has_no_file(name: str) -> None:
    with pytest.raises(NoPlace):
        case_place(name)
