"""The report of an order: every figure, from a journal that the reference interpreter decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from tests.record.small_log import folder_of
from tests.services.report_world import ENACTED, LICENSED, LIFTED, NAME, NOW, ORDER, START, World, lawful, played

from licet.core.decision import Outcome
from licet.core.report import Counts, Doubt, Hour, Report
from licet.record.log.entries import Acknowledged, Correction, Deletion, Enacted, JournalSegment, digest_of, instrument
from licet.record.log.entry_spelling import encode
from licet.record.signed.checkpoint import Checkpoint
from licet.record.signed.keys import KeyKind, signer_from
from licet.record.signed.notes import sign
from licet.record.tree.merkle import Frontier, leaf_hash
from licet.services.record.reporting.law import NoSuchOrder, law_of
from licet.services.record.reporting.report import report
from licet.wire.journal import Damage

SECOND = timedelta(seconds=1)


@pytest.fixture
def world() -> World:
    return played()


def made(world: World, **options: Any) -> Report:
    return report(world.law, world, NOW, **options)


def test_every_request_is_counted_once_and_by_its_outcome(world: World) -> None:
    world.close()
    seen = made(world)
    assert seen.asked == Counts(served=4, substituted=3, refused=5)
    assert seen.by_order == Counts(served=1, substituted=3, refused=5)
    assert seen.before == Counts(served=7) and seen.after == Counts(served=4)
    assert [(each.model, each.asked, each.instead) for each in seen.of_models] == [
        ("m", Counts(1, 3, 0), (("other", 3),)),
        ("n", Counts(3, 0, 5), ()),
    ]
    assert seen.hours[0] == Hour(START.replace(minute=0), Counts(2, 3, 3), Counts(0, 3, 3))
    assert sum(each.asked.total for each in seen.hours) == seen.asked.total
    assert seen.models == ("m", "n") and seen.outlived == 0
    assert (seen.failures, seen.gaps, seen.journal.open) == ((), (), ())


def test_the_first_refusal_and_the_seconds_until_it(world: World) -> None:
    seen = made(world)
    first, refused = seen.first_withheld, seen.first_refused
    assert first is not None and refused is not None
    assert (first.requested, first.served, first.worker, first.since_effect) == ("m", "other", "w1", 2.0)
    assert (refused.requested, refused.served, refused.worker) == ("n", None, "w2")
    assert refused.since_enactment == refused.since_effect + 180
    assert seen.effect == START and not seen.other_clock


def test_cut_answers_are_timed_from_what_cut_them(world: World) -> None:
    seen = made(world)
    assert (seen.cuts.count, seen.cuts.unmeasured) == (2, 0)
    assert (seen.cuts.half, seen.cuts.most, seen.cuts.last) == (0.02, 3.0, 3.0)
    assert seen.cuts.models == (("m", 1), ("n", 1))
    assert [each.number for each in seen.cuts.bins] == [1, 0, 0, 0, 0, 0, 1]
    assert (seen.spared.ended, seen.spared.no_end) == ((("done", 1),), 4)


def test_a_cut_without_a_boundary_is_not_measured(world: World) -> None:
    began = world.ask("w1", "ada", "m", START + timedelta(hours=2), 2)
    world.end("w1", began, START + timedelta(hours=3), "cut", (NAME,))
    assert made(world).cuts.unmeasured == 1


def test_a_cut_by_a_late_enactment_is_timed_from_it() -> None:
    world = lawful()
    late = START + timedelta(hours=1)
    began = world.ask("w1", "jean", "m", START + timedelta(minutes=5), 1)
    world.enact(ORDER, late)
    world.ask("w1", "jean", "m", late + 0.2 * SECOND, 1)
    world.end("w1", began, late + 0.4 * SECOND, "cut", (NAME,))
    world.ask("w1", "jean", "m", late + SECOND, 2)
    seen = made(world)
    assert seen.effect == late and seen.cuts.last == pytest.approx(0.4)
    (worker,) = seen.workers
    assert (worker.before, worker.lag, worker.late, worker.first) == (1, 0.2, 0, late + SECOND)
    assert seen.before == Counts(served=1)


def test_who_was_touched_and_who_only_in_doubt(world: World) -> None:
    touched = made(world).touched
    assert (touched.subjects, touched.substituted, touched.refused, touched.in_doubt, touched.nobody) == (3, 3, 3, 1, 0)
    doubts = {each.facts: each for each in touched.doubts}
    assert doubts[("us_citizen",)] == Doubt(("us_citizen",), 2, 1)
    assert doubts[("staff", "us_citizen")] == Doubt(("staff", "us_citizen"), 1, 1)


def test_a_licence_is_counted_where_it_relieved(world: World) -> None:
    (relief,) = made(world).reliefs
    assert (relief.licence.instrument.name, relief.decisions, relief.subjects) == ("for-staff", 1, 1)


def test_who_enacted_it_and_what_stands_behind_that(world: World) -> None:
    seen = made(world)
    act = seen.order.act
    assert (act.epoch, act.at, act.actor, act.ground, act.rests_on) == (2, ENACTED, "ann", "narrows", (NAME,))
    assert act.findings == ("proved: it only narrows access", "no end: it has none")
    assert [each.instrument.name for each in seen.ended_by] == ["over"] and seen.order.span.end == LIFTED
    assert seen.properties == (("somebody", "somebody may use it"),)
    assert [(each.worker, each.seconds) for each in seen.workers] == [("w1", 0.1), ("w2", 0.2)]
    assert digest_of(seen.canonical.encode()) == seen.text.digest


def test_the_order_in_sentences(world: World) -> None:
    said = " ".join(made(world).sentences)
    assert "The order no-foreigners of An authority forbids everybody of whom `not us_citizen` holds" in said
    assert "to use m and n." in said and "it was lifted by the lift over" in said
    assert "The licence for-staff relieves everybody of whom it is known that `staff` holds" in said


def test_only_the_time_that_is_asked_for(world: World) -> None:
    first = made(world, until=START + timedelta(hours=1))
    second = made(world, since=START + timedelta(hours=1))
    assert first.asked == Counts(2, 3, 3) and second.asked == Counts(2, 0, 2)
    assert first.first_refused is not None and second.first_withheld is not None
    assert second.first_withheld.at == LICENSED + SECOND


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"outcome": Outcome.SERVE, "served": "m", "instruments": (NAME, "r")}, "no licence in force relieves it"),
        ({"outcome": Outcome.SERVE, "served": "m", "instruments": ("for-staff", NAME, "r")}, "no licence in force"),
        ({"rulebook": "sha256:00"}, "another rulebook was enacted"),
        ({"epoch": 9}, "no enactment has this epoch"),
        ({"epoch": 1}, "under epoch 1, before it was enacted"),
        ({"at": START - timedelta(minutes=1)}, "before the order began"),
    ],
)
def test_a_record_that_breaches_it_is_found(world: World, change: dict[str, Any], why: str) -> None:
    honest = world.ask("w1", "jean", "m", START + timedelta(hours=1), 2)
    assert made(world).check.count == 0
    world.worker("w1")[-1] = msgspec.structs.replace(honest, **change)
    seen = made(world)
    (breach,) = seen.check.breaches
    assert seen.check.count == 1 and why in breach.why and breach.request == honest.id
    assert seen.failures


def test_an_order_on_everybody_needs_no_name_in_the_record() -> None:
    world = lawful()
    world.enact(ORDER.replace("not us_citizen", "true"), ENACTED)
    refused = world.ask("w1", "ada", "n", START + SECOND, 2)
    served = msgspec.structs.replace(refused, outcome=Outcome.SERVE, served="n", instruments=("r",))
    world.worker("w1")[-1] = served
    assert "to everybody" in made(world).check.breaches[0].why


def test_a_worker_that_decides_as_before_after_it_acknowledged(world: World) -> None:
    world.ask("w1", "ada", "m", START + timedelta(minutes=1), 1)
    seen = made(world)
    assert [each.late for each in seen.workers] == [1, 0] and "had acknowledged" in seen.failures[0]


def test_a_worker_that_never_took_it_over(world: World) -> None:
    world.ask("w3", "jean", "m", START + timedelta(minutes=1), 1)
    seen = made(world)
    assert seen.silent == ("w3",) and "nothing shows that worker w3 ever enforced it" in seen.failures
    world.ask("w3", "jean", "m", START + timedelta(minutes=2), 2)
    assert made(world).silent == ()


def test_damage_is_a_gap_and_a_torn_end_is_not(world: World) -> None:
    world.worker("w1").append(Damage(88, 99, "frame has a checksum", False))
    world.worker("w2").append(Damage(10, 12, "cut short", True))
    seen = made(world)
    assert len(seen.gaps) == 1 and "offset 88" in seen.gaps[0] and not seen.failures
    assert len(seen.journal.torn) == 1 and len(seen.journal.open) == 2


def test_an_order_that_nobody_met() -> None:
    world = lawful()
    world.enact(ORDER, ENACTED)
    seen = made(world)
    assert seen.undecided and seen.first_refused is None and seen.cuts.last is None and seen.after is None
    assert any("Nobody asked" in each for each in seen.cannot) and any("no public log" in each for each in seen.cannot)
    assert not any("verify log" in each.line for each in seen.commands)


def test_another_clock_is_noticed() -> None:
    world = lawful()
    world.enact(ORDER, NOW)
    began = world.ask("w1", "jean", "m", START - SECOND, 2)
    world.end("w1", began, START + SECOND, "cut", (NAME,))
    world.ask("w1", "jean", "m", START + SECOND, 2)
    seen = made(world)
    assert seen.other_clock and seen.effect == START and seen.cuts.last == 1.0
    assert seen.first_withheld is not None and seen.first_withheld.since_enactment is None
    assert seen.before == Counts(served=1)


def test_what_is_no_order_is_named(world: World) -> None:
    for name in ("r", "nothing"):
        with pytest.raises(NoSuchOrder, match="the orders are: no-foreigners"):
            law_of(world.store, name)


@dataclass
class SmallLog:
    """A log in memory."""

    entries: list[bytes]

    def checkpoint(self) -> bytes:
        head = Frontier().extend([leaf_hash(each) for each in self.entries]).head
        signer = signer_from("licet.example/record", KeyKind.LOG, b"l" * 32)
        return bytes(sign(str(Checkpoint(signer.key.name, head)), signer))

    @property
    def tiles(self) -> Any:
        return folder_of([leaf_hash(each) for each in self.entries], self.entries)


def published(world: World) -> Iterator[bytes]:
    """All that PUBLISH would append, but for the acknowledgement of w2; and a segment that is not here."""
    documents = {each.digest: each for each in world.store.documents()}
    for act in world.store.enactments():
        for digest in act.documents:
            each = documents[digest]
            yield encode(instrument(each.kind, each.name, each.canonical))
        yield encode(Enacted(act.epoch, act.at, (), act.ground.value, act.documents, (), act.rulebook))
    yield encode(Acknowledged(2, "w1", ENACTED))
    for name in ("20260607T225100.000000Z-w1", "20260613T000000Z-w9"):
        yield encode(JournalSegment(name, "w1", f"{name}.parquet", START, NOW, 3, b"r" * 32, 4, digest_of(b"file")))


def test_what_the_log_holds_is_named_by_index(world: World) -> None:
    log = SmallLog([*published(world)])
    seen = made(world, log=log, place="https://record.example/")
    assert seen.logged is not None and seen.logged.size == len(log.entries)
    types = [each.type for each in seen.logged.entries]
    assert (
        types
        == ["instrument", "enactment", "instrument", "instrument", "enactment", "acknowledgement"]
        + ["journal-segment"] * 2
    )
    for entry in seen.logged.entries:
        assert f'"type":"{entry.type}"'.encode() in log.entries[entry.at]
    assert seen.logged.absent == ("the acknowledgement of epoch 2 by worker w2",)
    assert seen.journal.missing == ("20260613T000000Z-w9",) and len(seen.gaps) == 2
    assert any(each.line.startswith("licet verify log https://record.example/ ") for each in seen.commands)
    at = next(n for n, each in enumerate(log.entries) if b'"journal-segment"' in each and b"w9" in each)
    log.entries.append(encode(Correction(at, NOW, "it has another worker")))
    log.entries.append(encode(Deletion(at, "20260613T000000Z-w9", b"r" * 32, 3, NOW, "5 years")))
    seen = made(world, log=log)
    assert seen.journal.missing == () and seen.journal.deleted == ("20260613T000000Z-w9",)


def test_a_log_that_is_not_what_it_says_is_said_and_the_rest_is_there(world: World) -> None:
    log = SmallLog([*published(world)])
    forged = SmallLog([log.entries[0].replace(b"m", b"n"), *log.entries[1:]])
    seen = made(world, log=Mixed(log, forged))
    assert seen.logged is None and "the log cannot be read" in seen.gaps[0] and seen.asked.total == 12


@dataclass
class Mixed:
    """The checkpoint of one log over the files of another."""

    shown: SmallLog
    files: SmallLog

    def checkpoint(self) -> bytes:
        return self.shown.checkpoint()

    @property
    def tiles(self) -> Any:
        return self.files.tiles


def test_the_order_of_files_and_what_else_is_in_them_does_not_matter(world: World) -> None:
    seen = made(world)
    world.files = dict(reversed(world.files.items()))
    assert replace(made(world), journal=seen.journal) == seen
