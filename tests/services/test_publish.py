"""Publishing from a store into a real log: everything once, in order, whatever dies or is lost in between."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.adapters.desk import MEMORY, DeskFolder
from licet.adapters.openings import OpeningsFolder
from licet.adapters.store_memory import MemoryStore
from licet.adapters.tlog.log import FolderLog
from licet.record.log.entries import (
    Acknowledged,
    Act,
    Enacted,
    Entry,
    Instrument,
    JournalSegment,
    ListPart,
    PublishedList,
    SubjectFacts,
    WithheldInstrument,
    WithheldList,
    digest_of,
)
from licet.record.log.entry_rules import Rules, condensed
from licet.record.log.entry_spelling import encode, read_entry
from licet.record.log.fields import Actor
from licet.record.log.findings import Finding
from licet.record.log.opening import read_opening
from licet.record.sealed.commitment import Domain, check_opening
from licet.record.signed.checkpoint import read_checkpoint
from licet.record.signed.keys import KeyKind, signer_from
from licet.record.spelling import canonical
from licet.record.tree.verified import VerifiedTree
from licet.services.acts.ports import StoredAct
from licet.services.record.ports import LogForked, LogUnavailable, NotPublished, Sealed
from licet.services.record.publishing.acts import act_opening, pseudonym
from licet.services.record.publishing.publish import Publication, Sources, plan, publish
from licet.services.record.publishing.published import Published
from licet.services.record.publishing.withholding import NotPublishable, PersonalData
from licet.services.record.settings import Withholding
from licet.services.stored import Ground, StoredDocument, StoredList, Warrant

START = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)
LOG = signer_from("licet.example/record", KeyKind.LOG, b"l" * 32)
SECRET = b"p" * 32


class Place:
    """A log, its desk and its openings in one folder; `die_after` appends, the log dies in the given way."""

    def __init__(self, folder: Path, name: str = "log") -> None:
        self.folder = folder / name
        self.log = FolderLog(self.folder / "record", self.folder / "lock", self.folder / "staging", LOG)
        self.desk = DeskFolder(self.folder / "staging")
        drawn = count()
        self.openings = OpeningsFolder(folder / "openings", lambda size: next(drawn).to_bytes(size, "big"))

    def sources(
        self, store: MemoryStore, withhold: tuple[Withholding, ...] = (), segments: Sequence[Sealed] = ()
    ) -> Sources:
        return Sources(store, SECRET, self.openings, withhold, lambda: segments)

    def publish(
        self, store: MemoryStore, withhold: tuple[Withholding, ...] = (), segments: Sequence[Sealed] = ()
    ) -> Publication:
        return publish(self.log, self.sources(store, withhold, segments), self.desk)

    def entries(self) -> list[Entry]:
        """All entries of the log, every one verified against its checkpoint."""
        head = read_checkpoint(self.log.checkpoint()).checkpoint.head
        return [read_entry(each.content) for each in VerifiedTree(self.log.tiles, head).entries()]

    def forget(self) -> None:
        (self.folder / "staging" / MEMORY).unlink(missing_ok=True)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def document(kind: str, name: str, **fields: object) -> StoredDocument:
    content = canonical({kind: name, **fields})
    return StoredDocument(kind, name, digest_of(content), content)


def annex(*members: str) -> StoredList:
    content = "".join(f"{each}\n" for each in ("org", *members)).encode()
    return StoredList(digest_of(content), content)


def pins(each: StoredList) -> dict[str, object]:
    return {"annex": {"list": "annex.csv", "digest": each.digest}}


def enact(
    store: MemoryStore,
    *documents: StoredDocument,
    lists: Sequence[StoredList] = (),
    actor: str = "ann",
    warrant: Warrant | None = None,
) -> None:
    epoch = len(store.enactments())
    store.enact(
        documents,
        lists,
        actor=actor,
        at=START + timedelta(seconds=epoch),
        rulebook=digest_of(str(epoch).encode()),
        expected_epoch=epoch,
        warrant=warrant or Warrant(Ground.TWO_OFFICERS, approved_by="ben"),
    )


def segment(number: int, *, facts: bool = True) -> Sealed:
    name = f"2026061{number}T000000.000000Z-w0"
    root = bytes([number]) * 32
    entry = JournalSegment(name, "w0", f"{name}.parquet", START, START, 7, root, 99, digest_of(root))
    return Sealed(f"{name}.journal", entry, SubjectFacts(name, 3, root) if facts else None)


def types(entries: Sequence[Entry]) -> list[str]:
    return [each.TYPE for each in entries]


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


SECRET_ORDER = document("order", "sealed", forbids="org == 'x'", issued="2026-06-12T17:21:00-04:00", models=["m"])
HIDE = Withholding("sealed", ("forbids",), "sealed by the court", "18 USC 2709(c)")


def test_a_withheld_field_is_a_commitment_that_can_be_opened(place: Place) -> None:
    store = MemoryStore()
    enact(store, document("model", "m"))
    enact(store, SECRET_ORDER)
    enact(store, document("model", "m2"))
    place.publish(store, (HIDE,))
    entries = place.entries()
    withheld = next(each for each in entries if isinstance(each, WithheldInstrument))
    assert (withheld.name, withheld.withheld, withheld.authority) == ("sealed", ("forbids",), "18 USC 2709(c)")
    assert json.loads(withheld.public).keys() == {"order", "issued", "models"}
    opened = place.openings.find("document", SECRET_ORDER.digest)
    assert opened is not None
    assert opened.commitment == withheld.commitment
    commitment = bytes.fromhex(withheld.commitment.removeprefix("salted:"))
    check_opening(commitment, Domain.DOCUMENT, opened.salt, SECRET_ORDER.canonical, "opening")
    first, second, third = (each for each in entries if isinstance(each, Enacted))
    assert first.rulebook == digest_of(b"0")  # nothing in it was withheld yet
    assert second.documents == (withheld.commitment,)
    for each, number in ((second, b"1"), (third, b"2")):
        rulebook = place.openings.find("rulebook", digest_of(digest_of(number).encode()))
        assert rulebook is not None
        assert rulebook.commitment == each.rulebook
    assert not any(b"sealed by" not in encode(each) and b"org == " in encode(each) for each in entries)


def test_all_of_a_document_can_be_withheld_with_its_name(place: Place) -> None:
    store = MemoryStore()
    enact(store, SECRET_ORDER)
    place.publish(store, (replace(HIDE, fields=()),))
    withheld = place.entries()[0]
    assert isinstance(withheld, WithheldInstrument)
    assert (withheld.name, withheld.public) == (None, b"{}")
    assert b'"sealed"' not in encode(withheld)


def test_a_list_that_only_withheld_fields_pin_is_withheld(place: Place) -> None:
    store, listed = MemoryStore(), annex("u-17")
    order = document("order", "sealed", forbids="subject in annex", uses=pins(listed))
    enact(store, order, lists=[listed])
    place.publish(store, (replace(HIDE, fields=("uses",)),))
    entries = place.entries()
    assert types(entries) == ["list-withheld", "instrument-withheld", "enactment"]
    assert isinstance(entries[0], WithheldList)
    assert isinstance(entries[2], Enacted)
    assert entries[2].lists == (entries[0].commitment,)
    opened = place.openings.find("document", listed.digest)
    assert opened is not None
    assert opened.commitment == entries[0].commitment
    enact(store, document("order", "open", forbids="org in annex", uses=pins(listed)), lists=[listed])
    place.publish(store, (replace(HIDE, fields=("uses",)),))
    assert [each.digest for each in place.entries() if isinstance(each, PublishedList)] == [listed.digest]


@pytest.mark.parametrize(
    ("condition", "field"),
    [
        ("subject == 'alice'", "forbids"),
        ("'alice' != subject", "forbids"),
        ("staff or not (subject in {'a', 'b'})", "forbids"),
        ("subject in annex", "uses"),
    ],
)
def test_who_names_subjects_is_not_published(place: Place, condition: str, field: str) -> None:
    store, listed = MemoryStore(), annex("u-17" if field == "uses" else "acme.example")
    order = document("order", "sealed", forbids=condition, uses=pins(listed))
    enact(store, document("model", "m"))
    enact(store, order, lists=[listed])
    enact(store, document("model", "m2"))
    done = place.publish(store, segments=[segment(1)])
    assert types(place.entries()) == ["instrument", "enactment", "journal-segment", "subject-facts"]
    assert isinstance(done.stopped, PersonalData)
    assert f"`record: {{withhold: [{{document: sealed, fields: [{field}]" in str(done.stopped)
    rest = place.publish(store, (replace(HIDE, fields=(field,)),))
    assert rest.stopped is None
    assert [each.epoch for each in place.entries() if isinstance(each, Enacted)] == [1, 2, 3]
    assert not any(b"alice" in encode(each) or b"u-17" in encode(each) for each in place.entries())


def test_drills_can_be_withheld_by_the_beginning_of_their_names(place: Place) -> None:
    store = MemoryStore()
    enact(store, document("order", "drill-1", forbids="subject in {'u-17'}"))
    enact(store, document("order", "drill-2", forbids="subject == 'u-18'"))
    done = place.publish(store, (Withholding("drill-*", ("forbids",), "it names people", "GDPR art. 6"),))
    assert done.stopped is None
    assert types(place.entries()) == ["instrument-withheld", "enactment"] * 2


def test_a_setting_that_names_no_field_is_refused_before_anything_is_published(place: Place) -> None:
    store = MemoryStore()
    enact(store, SECRET_ORDER)
    done = place.publish(store, (replace(HIDE, fields=("forbid",)),))
    assert isinstance(done.stopped, NotPublishable)
    assert "names the field `forbid` of the order `sealed`, which has no such field; it has `forbids`" in str(
        done.stopped
    )
    assert place.entries() == []


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


class Dies(Exception):
    """The process is gone."""


class Dying(FolderLog):
    """A log whose process dies at the n-th append: before it, after it, or after it is in the log but not shown."""

    left = 0
    way = "before"

    def append(self, entries: Sequence[bytes]) -> range:
        """As the log, until it dies."""
        self.left -= 1
        if self.left:
            return super().append(entries)
        if self.way == "before":
            raise Dies
        appended = super().append(entries)
        if self.way == "shown":
            raise Dies
        raise NotPublished(appended, "no witness answers")


OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("enact"), st.integers(0, 5), st.integers(0, 3)),
        st.tuples(st.just("ack"), st.integers(1, 9), st.sampled_from(["w0", "w1"])),
        st.tuples(st.just("seal"), st.integers(0, 9), st.booleans()),
        st.tuples(st.just("publish"), st.sampled_from(["", "", "forget", "before", "shown", "hidden"]), st.just(0)),
    ),
    max_size=14,
)


def history(operations: Sequence[tuple[str, object, object]]) -> Iterator[tuple[MemoryStore, list[Sealed], str | None]]:
    """The store and the segments after each operation; the last part says that one publishes now, and how."""
    store, segments = MemoryStore(), dict[str, Sealed]()
    for name, first, second in operations:
        match name, first, second:
            case "enact", int(number), int(lists):
                listed = [annex(f"{number}-{each}.example") for each in range(lists)]
                uses = {f"annex{at}": {"list": "a.csv", "digest": each.digest} for at, each in enumerate(listed)}
                documents = [document("licence", f"l{number}", to="true", uses=uses), document("model", f"m{number}")]
                if number == 5:
                    documents.append(document("order", "sealed", forbids="subject == 'u-17'"))
                enact(store, *documents, lists=listed)
            case "ack", int(epoch), str(worker):
                if epoch <= len(store.enactments()):
                    store.acknowledge(epoch, worker, START + timedelta(seconds=epoch))
            case "seal", int(number), bool(facts):
                segments.setdefault(segment(number).name, segment(number, facts=facts))
        yield store, list(segments.values()), str(first) if name == "publish" else None


@settings(max_examples=60, deadline=None)
@given(OPERATIONS)
def test_publishing_in_any_portions_and_dying_anywhere_gives_the_same_log(
    operations: list[tuple[str, object, object]],
) -> None:
    with TemporaryDirectory() as folder:
        often, once = Place(Path(folder), "often"), Place(Path(folder), "once")
        store, segments = MemoryStore(), list[Sealed]()
        for store, segments, how in history(operations):
            if how is None:
                continue
            if how == "forget":
                often.forget()
            if how in ("before", "shown", "hidden"):
                dying = Dying(often.folder / "record", often.folder / "lock", often.folder / "staging", LOG)
                dying.left, dying.way = 1, how
                try:
                    publish(dying, often.sources(store, (HIDE,), segments), often.desk)
                except (Dies, NotPublished):
                    continue
            often.publish(store, (HIDE,), segments)
        often.publish(store, (HIDE,), segments)
        once.publish(store, (HIDE,), segments)
        for only in (of_the_store, of_the_journal):
            assert only(often.entries()) == only(once.entries())
        assert often.publish(store, (HIDE,), segments).appended == ()
        assert_published(store, segments, often.entries())


def of_the_store(entries: Sequence[Entry]) -> list[Entry]:
    return [each for each in entries if not isinstance(each, JournalSegment | SubjectFacts)]


def of_the_journal(entries: Sequence[Entry]) -> set[Entry]:
    found = [each for each in entries if isinstance(each, JournalSegment | SubjectFacts)]
    assert len(set(found)) == len(found)
    return set(found)


def assert_published(store: MemoryStore, segments: Sequence[Sealed], entries: Sequence[Entry]) -> None:
    """Nothing is missing, nothing is there twice, and what an entry names is below it."""
    rules = Rules()
    assert [finding for at, each in enumerate(entries) for finding in rules.see(at, each)] == []
    assert [each.epoch for each in entries if isinstance(each, Enacted)] == [e.epoch for e in store.enactments()]
    acknowledged = {(each.epoch, each.worker) for each in entries if isinstance(each, Acknowledged)}
    assert acknowledged == {
        (e.epoch, worker) for e in store.enactments() for worker, _ in store.acknowledgements(e.epoch)
    }
    assert len(set(entries)) == len(entries)
    assert {each.segment for each in entries if isinstance(each, JournalSegment)} == {each.name for each in segments}
    below: set[str] = set()
    for each in entries:
        match each:
            case Instrument(digest=content) | PublishedList(digest=content):
                below.add(content)
            case WithheldInstrument(commitment=content):
                below.add(content)
            case Enacted():
                assert below >= {*each.documents, *each.lists}
            case SubjectFacts():
                assert each.segment in below
            case JournalSegment():
                below.add(each.segment)
            case _:
                pass


# --- what officers do


def enacted_store() -> MemoryStore:
    store = MemoryStore()
    store.add_subject("alice", "person", actor="ann", at=START)
    enact(store, document("model", "m"))
    return store


def did(
    store: MemoryStore, minute: int, content: bytes, *, alone: bool, subject: str | None = None, actor: str = "ann"
) -> StoredAct:
    at = START + timedelta(minutes=minute)
    kind = "attest" if subject else "make key"
    return store.add_act(kind, content, actor=actor, at=at, subject=subject, signature=None, alone=alone)


def acts_in(place: Place) -> list[Act]:
    return [each for each in place.entries() if isinstance(each, Act)]


ANN, BEN = "ann-of-the-registry", "ben-of-the-registry"
"""So long that no digest has them in it by chance."""


def test_what_officers_do_is_in_the_log_in_its_order_and_says_nothing_of_whom(place: Place) -> None:
    store = enacted_store()
    attested = did(store, 1, b'{"subject":"alice"}', alone=False, subject="alice", actor=ANN)
    did(store, 2, b'{"key":"k1"}', alone=True, actor=ANN)
    at = START + timedelta(minutes=3)
    store.settle_act(attested.id, "approved", actor=BEN, at=at, reason="seen", signature=None)
    place.publish(store)
    first, second, third = acts_in(place)
    assert [(each.kind, each.outcome) for each in (first, second, third)] == [
        ("attest", "proposed"),
        ("make key", "alone"),
        ("attest", "approved"),
    ]
    assert first.act == third.act != second.act
    assert (first.at, third.at) == (attested.at, at)
    assert [[(who.role, who.pseudonym) for who in each.by] for each in (first, second, third)] == [
        [("proposer", pseudonym(SECRET, ANN))],
        [("officer", pseudonym(SECRET, ANN))],
        [("approver", pseudonym(SECRET, BEN))],
    ]
    shown = act_opening(SECRET, attested)
    assert first.content == third.content == shown.commitment
    assert read_opening(bytes(shown)).content == b'{"subject":"alice"}'
    assert act_opening(b"q" * 32, attested).commitment != shown.commitment
    everything = b"".join(encode(each) for each in place.entries())
    for hidden in (
        b"alice",
        ANN.encode(),
        BEN.encode(),
        attested.id.encode(),
        sha256(attested.content).hexdigest().encode(),
    ):
        assert hidden not in everything


@pytest.mark.parametrize("forgets", [False, True])
def test_no_act_is_published_twice(place: Place, forgets: bool) -> None:
    store = enacted_store()
    waits = did(store, 1, b'{"a":1}', alone=False)
    for settle in (False, True, False):
        if settle:
            at = START + timedelta(minutes=2)
            store.settle_act(waits.id, "withdrawn", actor="ann", at=at, reason="wrong", signature=None)
        place.publish(store)
        if forgets:
            place.forget()
    assert [each.outcome for each in acts_in(place)] == ["proposed", "withdrawn"]
    assert log_check(place.entries()) == []


def test_an_act_that_was_erased_before_it_was_published_is_there_without_a_commitment(place: Place) -> None:
    store = enacted_store()
    waits = did(store, 1, b'{"subject":"alice"}', alone=False, subject="alice")
    store._state.acts[waits.id] = replace(waits, content=b"")
    place.publish(store)
    (entry,) = acts_in(place)
    assert (entry.content, entry.outcome) == (None, "proposed")


def log_check(entries: Iterable[Entry]) -> list[Finding]:
    """What the rules find in a log with these entries."""
    rules = Rules()
    return [finding for at, matter in condensed(enumerate(entries)) for finding in rules.see(at, matter)]


def test_what_became_of_an_act_follows_what_was_proposed() -> None:
    by = (Actor("officer", "officer-1"),)

    def act(outcome: str, name: str = "act-1", kind: str = "attest") -> Act:
        return Act(name, kind, outcome, START, by, None)

    assert log_check([act("proposed"), act("alone", "act-2"), act("approved")]) == []
    for wrong in (
        [act("approved")],
        [act("proposed"), act("approved", kind="trust")],
        [act("proposed"), act("approved", "act-2")],
        [act("alone"), act("approved")],
        [act("proposed"), act("approved"), act("withdrawn")],
        [act("proposed"), act("proposed")],
        [act("alone"), act("alone")],
    ):
        (finding,) = log_check(wrong)
        assert finding.place == f"entry {len(wrong) - 1}"
