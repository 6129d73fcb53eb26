"""Publishing from a store into a real log: everything once, in order, whatever dies or is lost in between."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.services.publishing_world import (
    SECRET,
    START,
    Place,
    annex,
    document,
    enact,
    pins,
    segment,
    types,
)

from licet.adapters.store_memory import MemoryStore
from licet.record.log.entries import (
    Enacted,
    ListPart,
    digest_of,
)
from licet.record.log.entry_spelling import encode
from licet.services.record.ports import LogForked, LogUnavailable
from licet.services.record.publishing.acts import pseudonym
from licet.services.record.publishing.publish import plan
from licet.services.record.publishing.published import Published
from licet.services.record.settings import Withholding
from licet.services.stored import Ground, Warrant


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_lists_then_documents_then_the_enactment_then_who_enforces_it(place: Place) -> None:
    store, listed = MemoryStore(), annex("acme.example")
    licence = document("licence", "l", to="org in annex", uses=pins(listed))
    enact(store, document("model", "m"), licence, lists=[listed])
    store.acknowledge(1, "w0", START + timedelta(seconds=1))
    done = place.publish(store, segments=[segment(1), segment(2, facts=False)])
    entries = place.entries()
    assert types(entries) == [
        "list",
        "instrument",
        "instrument",
        "enactment",
        "acknowledgement",
        "journal-segment",
        "subject-facts",
        "journal-segment",
    ]
    assert [each.entry for each in done.appended] == entries
    assert done.begun
    assert done.checkpoint == place.log.checkpoint()
    enacted = next(each for each in entries if isinstance(each, Enacted))
    assert enacted.lists == (listed.digest,)
    assert enacted.rulebook == digest_of(b"0")
    assert [each.role for each in enacted.by] == ["proposer", "approver"]
    assert [each.pseudonym for each in enacted.by] == [pseudonym(SECRET, "ann"), pseudonym(SECRET, "ben")]
    again = place.publish(store, segments=[segment(1), segment(2, facts=False)])
    assert (again.appended, again.begun) == ((), False)


def test_officers_are_pseudonyms_that_only_the_secret_leads_back() -> None:
    assert pseudonym(SECRET, "ann") == pseudonym(SECRET, "ann")
    assert len({pseudonym(SECRET, "ann"), pseudonym(SECRET, "ben"), pseudonym(b"q" * 32, "ann")}) == 3
    assert pseudonym(SECRET, "ann").startswith("officer-")


def test_a_document_that_is_enacted_again_is_published_once_and_named_twice(place: Place) -> None:
    store = MemoryStore()
    enact(store, document("model", "m", family="a"))
    enact(store, document("model", "m", family="b"))
    enact(store, document("model", "m", family="a"))
    place.publish(store)
    assert types(place.entries()).count("instrument") == 2
    named = [each.documents for each in place.entries() if isinstance(each, Enacted)]
    assert named[0] == named[2] != named[1]


def test_a_long_list_is_published_in_parts_that_fit(place: Place) -> None:
    store = MemoryStore()
    listed = annex(*(f"\u00fc{number}.example" for number in range(9_000)))
    enact(store, document("licence", "l", to="org in annex", uses=pins(listed)), lists=[listed])
    place.publish(store)
    parts = [each for each in place.entries() if isinstance(each, ListPart)]
    assert len(parts) > 2
    assert max(len(encode(each)) for each in parts) < 65_535
    assert "".join(each.text for each in parts).encode() == listed.content
    enact(store, document("licence", "l2", to="org in annex", uses=pins(listed)), lists=[listed])
    place.forget()
    assert types([each.entry for each in place.publish(store).appended]) == ["instrument", "enactment"]


def test_a_document_that_no_entry_can_hold_stops_and_says_what_to_do(place: Place) -> None:
    store = MemoryStore()
    enact(store, document("order", "long", forbids="true", reasons="x" * 70_000))
    done = place.publish(store)
    assert done.stopped is not None
    assert "withhold its long fields" in str(done.stopped)
    withheld = (Withholding("long", ("reasons",), "too long for the log", "none"),)
    assert types([each.entry for each in place.publish(store, withheld).appended]) == [
        "instrument-withheld",
        "enactment",
    ]


def test_a_store_that_was_restored_from_a_backup_is_refused(place: Place) -> None:
    store, older = MemoryStore(), MemoryStore()
    for each in (store, older):
        enact(each, document("model", "m"))
    enact(store, document("model", "m2"))
    place.publish(store)
    with pytest.raises(LogForked, match="the store is older than the log, which has epoch 2"):
        place.publish(older)
    place.forget()
    with pytest.raises(LogForked, match="the store is older than the log, which has epoch 2"):
        place.publish(older)
    changed = MemoryStore()
    enact(changed, document("model", "m"))
    changed.enact(
        [document("model", "x")],
        [],
        actor="ann",
        at=START + timedelta(days=1),
        rulebook=digest_of(b"x"),
        expected_epoch=1,
        warrant=Warrant(Ground.NARROWS),
    )
    with pytest.raises(LogForked, match="the store is not the one that was published"):
        place.publish(changed)


@pytest.mark.parametrize(
    "memory",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"format":"licet-published/1"}',
        b'{"format":"licet-published/0","size":9}',
        Published(size=2, root="00" * 32, epoch=9, documents={"x"}).remembered(),
        Published(size=999, root="00" * 32, epoch=9).remembered(),
    ],
)
def test_a_memory_that_the_log_does_not_bear_out_is_not_believed(place: Place, memory: bytes) -> None:
    store = MemoryStore()
    enact(store, document("model", "m"))
    place.publish(store)
    enact(store, document("model", "m2"))
    place.desk.keep(memory)
    place.publish(store)
    assert types(place.entries()) == ["instrument", "enactment"] * 2


def test_only_one_publishes_at_a_time(place: Place) -> None:
    with place.desk.turn(), pytest.raises(LogUnavailable, match="publishes just now"):
        place.publish(MemoryStore())


def test_planning_writes_nothing_into_the_log(place: Place) -> None:
    store = MemoryStore()
    enact(store, document("model", "m"))
    place.publish(store)
    store.acknowledge(1, "w0", START)
    enact(store, document("model", "m2"))
    waiting = plan(Published(epoch=1, at=START, rulebook=digest_of(b"0")), place.sources(store))
    assert types(waiting.entries) == ["acknowledgement", "instrument", "enactment"]
    assert len(place.entries()) == 2
