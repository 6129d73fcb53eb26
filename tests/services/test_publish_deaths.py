"""Publishing in portions, dying anywhere in between: the log is the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.services.publishing_world import (
    HIDE,
    LOG,
    START,
    Place,
    annex,
    document,
    enact,
    segment,
)

from licet.adapters.store_memory import MemoryStore
from licet.adapters.tlog.log import FolderLog
from licet.record.log.entries import (
    Acknowledged,
    Enacted,
    Entry,
    Instrument,
    JournalSegment,
    PublishedList,
    SubjectFacts,
    WithheldInstrument,
)
from licet.record.log.entry_rules import Rules
from licet.services.record.ports import NotPublished, Sealed
from licet.services.record.publishing.publish import publish


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
