"""Cases that are settled are not gone through again, and what is published is what it would be from nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.services import register_world as world

from licet.adapters.register_folder import RegisterFolder
from licet.adapters.register_memory import RegisterMemory
from licet.adapters.store_memory import MemoryStore
from licet.core.cases.entry import BuiltIn, Entry
from licet.core.cases.register.places import case_place
from licet.pages.register.site import Pages
from licet.services.cases.ports import Appending, Derived, StoredCase
from licet.services.cases.register.publishing import counted, publish
from licet.services.cases.register.settled import Block, blocks
from licet.services.cases.register.span import Span
from licet.services.cases.register.survey import spans, survey_again


class Watched:
    """A store of which one sees which cases were read."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.read: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def case(self, case: str) -> StoredCase | None:
        self.read.append(case)
        return self.store.case(case)

    def stored_cases(self, after: str | None = None) -> Iterator[StoredCase]:
        for each in self.store.stored_cases(after):
            self.read.append(each.id)
            yield each


class Desk:
    """Publishes one store into one folder, again and again."""

    def __init__(self, folder: Path) -> None:
        self.store = Watched(world.world())
        self.folder = folder / "register"
        self.kept = folder / "kept"
        self.key = "this law"

    def publish(self, now: datetime = world.NOW, processes: int = 1) -> list[str]:
        """Publish; the cases that were gone through."""
        self.store.read = []
        root, pages, sight = RegisterFolder.begin(self.folder), Pages(), world.sight(self.store, now)
        names = [each.case for each in self.store.case_rows()]
        memory = RegisterMemory(self.kept, self.key)
        found = counted(
            survey_again(self.store, sight, memory, (root, pages), span) for span in spans(names, processes)
        )
        publish(sight.law, (), found, root, pages, now=now, naming=world.ADDRESS)
        return list(self.store.read)

    def from_nothing(self, tmp: Path, now: datetime = world.NOW) -> Mapping[str, bytes]:
        """What would be published with nothing remembered."""
        world.published(self.store, tmp, now)
        return world.files(tmp)

    def enter(self, case: str, event: str, fields: Mapping[str, Any]) -> None:
        """An entry in a case, as an officer makes one; and its row."""
        found = self.store.store.case(case)
        assert found is not None
        at = found.entries[-1].at + timedelta(days=1)
        number = len(found.entries) + 1
        entry = Entry(number, event, "officer", "ann", at, at, fields, second="ben")
        row = next(each for each in self.store.case_rows() if each.case == case)._replace(number=number)
        self.store.append_entries([Appending(case, number - 1, (entry,), row, ())], (), actor="ann", at=at)

    def settled(self) -> str:
        """A case that was not gone through the last time."""
        return next(str(each.case) for each in self.store.case_rows() if each.case not in self.store.read)


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    assert len(made.publish()) == len(made.store.case_rows())
    return made


def test_what_is_settled_is_not_gone_through_again(desk: Desk, tmp_path: Path) -> None:
    everything = {each.case for each in desk.store.case_rows()}
    again = desk.publish()
    assert 0 < len(again) < len(everything)
    assert world.files(desk.folder) == desk.from_nothing(tmp_path / "new")


@pytest.mark.parametrize("days", [1, 30, 400])
def test_time_goes_on_for_the_others(desk: Desk, tmp_path: Path, days: int) -> None:
    later = world.NOW + timedelta(days=days)
    assert len(desk.publish(later)) < len(desk.store.case_rows())
    assert world.files(desk.folder) == desk.from_nothing(tmp_path / "new", later)


def test_an_entry_in_a_settled_case_is_seen(desk: Desk, tmp_path: Path) -> None:
    desk.publish()
    case = desk.settled()
    desk.enter(case, BuiltIn.NOTE, {"text": "it was looked at again", "secrecy": "public"})
    assert case in desk.publish()
    assert b"it was looked at again" in (desk.folder / case_place(case)).read_bytes()
    assert world.files(desk.folder) == desk.from_nothing(tmp_path / "new")
    assert case not in desk.publish()


def test_what_is_withheld_later_is_gone(desk: Desk, tmp_path: Path) -> None:
    desk.publish()
    case = desk.settled()
    desk.enter(case, BuiltIn.NOTE, {"text": "said too much", "secrecy": "public"})
    desk.publish()
    found = desk.store.store.case(case)
    assert found is not None
    fields = {"entry": len(found.entries), "field": "text", "secrecy": "personal", "why": "a name"}
    desk.enter(case, BuiltIn.WITHHOLD, fields)
    desk.publish()
    assert not any(b"said too much" in content for content in world.files(desk.folder).values())
    assert world.files(desk.folder) == desk.from_nothing(tmp_path / "new")


def test_a_case_that_was_destroyed_is_a_number(desk: Desk, tmp_path: Path) -> None:
    row = desk.store.case_rows()[0]
    titled = row._replace(title="as people call it")
    desk.store.reindex([Derived(titled, (), ())])
    desk.publish()
    desk.publish()
    case = desk.settled()
    named = [each._replace(title="called") for each in desk.store.case_rows() if each.case == case]
    desk.store.reindex([Derived(each, (), ()) for each in named])
    desk.publish()
    desk.store.erase_case(case, actor="ann", at=world.NOW)
    assert case in desk.publish()
    assert world.files(desk.folder) == desk.from_nothing(tmp_path / "new")


@pytest.mark.parametrize("kind", ["html", "json"])
def test_a_file_that_is_not_what_was_written_is_written_again(desk: Desk, tmp_path: Path, kind: str) -> None:
    desk.publish()
    case = desk.settled()
    path = desk.folder / case_place(case, kind)
    content = path.read_bytes()
    os.utime(path, ns=(1, 1))
    assert case in desk.publish()
    path.write_bytes(b"x" * len(content))
    desk.publish()
    assert path.read_bytes() == content
    path.unlink()
    desk.publish()
    assert world.files(desk.folder) == desk.from_nothing(tmp_path / "new")


def test_another_law_or_a_file_that_does_not_read_and_nothing_is_remembered(desk: Desk) -> None:
    everything = len(desk.store.case_rows())
    desk.key = "another law"
    assert len(desk.publish()) == everything
    assert len(desk.publish()) < everything
    for path in desk.kept.iterdir():
        path.write_bytes(b"\xff")
    assert len(desk.publish()) == everything


def test_parts_are_remembered_however_they_are_cut(desk: Desk, tmp_path: Path) -> None:
    for processes in (2, 3, 1, 7):
        desk.publish(processes=processes)
        assert world.files(desk.folder) == desk.from_nothing(tmp_path / f"new-{processes}")
    first = desk.publish(processes=3)
    assert len(first) < len(desk.store.case_rows())


def test_blocks_are_the_same_wherever_a_span_begins() -> None:
    rows = [
        world.row(procedure, entries)._replace(case=f"C-{n}")
        for n, (procedure, entries) in enumerate([world.walked()[0]] * 2_500, 1)
    ]
    whole = [(after, len(found)) for after, found in blocks(rows, Span(None, None))]
    assert whole == [(None, 1_000), ("C-1000", 1_000), ("C-2000", 500)]
    cut = [(after, len(found)) for after, found in blocks(rows, Span("C-900", "C-2100"))]
    assert cut == [("C-900", 100), ("C-1000", 1_000), ("C-2000", 100)]
    assert list(blocks(rows, Span("C-2500", None))) == []


def test_nothing_can_be_kept_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    memory = RegisterMemory(tmp_path / "file", "key")
    memory.keep("C-1", Block())
    assert memory.recall("C-1") is None
