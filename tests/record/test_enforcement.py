"""Enforcement claims: what holds, what does not and where, and what is not shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from gzip import compress
from typing import Any

import pytest
from tests.record.june_log import (
    CITIZEN,
    CLAIM,
    FIRST,
    FOREIGNER,
    LAST,
    LAW,
    ORDERED,
    SECOND,
    SEED,
    Sealed,
    decision,
    end,
    file_of,
    ordinary,
    sealed,
)

from licet.core.facts import Members
from licet.core.instruments import Operation
from licet.core.properties import Certainty
from licet.record.claims.claim import ClaimVerdict, EnforcementClaim, NotAClaim, Outcome
from licet.record.claims.enforcement import check_claim
from licet.record.log.entries import (
    Acknowledged,
    Deletion,
    Enacted,
    Entry,
    Instrument,
    JournalSegment,
    SubjectFacts,
)
from licet.record.refusal import RecordRefused
from licet.record.sealed.disclosed import DisclosedSegment
from licet.record.sealed.facts import Attested, SubjectLeaf
from licet.record.sealed.segment import block_roots

HOUR = timedelta(hours=1)
SERVED: dict[str, Any] = {"outcome": "serve", "served": "fable-5", "instruments": ("dev-fable-5-2026-06-09",)}
"""What nobody of the order's foreigners may be served."""


def verdict(world: Sealed, claim: EnforcementClaim = CLAIM) -> ClaimVerdict:
    return check_claim(claim, world.read, world.open)


def whys(found: ClaimVerdict) -> str:
    return "\n".join(map(str, (*found.violations, *found.missing)))


def moved(at: timedelta, fact: str = "us_citizen") -> SubjectLeaf:
    """A citizen of whom it is attested so long after the order that they are none."""
    attested = (
        Attested(fact, False, ORDERED + at, None),
        Attested("lpr", False, ORDERED + at, None),
        Attested("protected_individual", False, ORDERED + at, None),
    )
    return replace(CITIZEN, attested=(*CITIZEN.attested, *attested))


def test_an_ordinary_journal_shows_the_claim() -> None:
    found = verdict(sealed())
    assert found.outcome is Outcome.HOLDS, whys(found)
    assert (found.violations, found.missing) == ((), ())
    tally = found.tally
    assert tally.decisions == tally.serve + tally.substitute + tally.refuse > 20
    assert (tally.subjects, tally.segments, tally.rulebooks) == (2, 1, 1)
    assert tally.answers > 0
    assert tally.substitute > 0


def test_whoever_was_served_is_found_with_their_place() -> None:
    at = ORDERED + 5 * SECOND
    found = verdict(sealed([*ordinary(), decision(99, at, FOREIGNER, **SERVED), end(99, at + SECOND)]))
    assert found.outcome is Outcome.DOES_NOT_HOLD
    assert "(w0-99): `fable-5` was served to one of whom `foreign_person` holds" in whys(found)
    assert "recomputed is substitute `opus-4.8`" in whys(found)


def test_a_claim_about_one_operation_says_nothing_of_others() -> None:
    at = ORDERED - HOUR
    world = sealed([decision(1, at, FOREIGNER), end(1, at + SECOND)])
    claim = replace(CLAIM, since=FIRST, until=ORDERED - SECOND)
    assert verdict(world, claim).outcome is Outcome.DOES_NOT_HOLD
    about_use = replace(claim, operations=(Operation.USE,))
    assert verdict(world, about_use).outcome is Outcome.DOES_NOT_HOLD
    assert str(about_use).endswith("was served `fable-5` for `use`")
    assert verdict(world, replace(claim, operations=(Operation.TUNE, Operation.WEIGHTS))).outcome is Outcome.HOLDS
    assert about_use.is_about("something that nobody knows")
    with pytest.raises(NotAClaim, match="at least one operation"):
        replace(claim, operations=())


def test_before_the_order_the_same_answer_breaks_nothing() -> None:
    early = replace(CLAIM, since=FIRST, until=ORDERED - SECOND, models=("mythos-5",))
    assert verdict(sealed(), early).outcome is Outcome.HOLDS
    assert verdict(sealed(), replace(early, models=("fable-5",))).outcome is Outcome.DOES_NOT_HOLD


@pytest.mark.parametrize(
    "changed",
    [
        {"instruments": ("us-doc-2026-06-12",)},
        {"unknown": ("us_citizen",)},
        {"outcome": "refuse", "served": None, "instruments": ("dev-fable-5-2026-06-09",)},
        {"served": "opus-4.8"},
        {"rulebook": "sha256:" + "0" * 64},
        {"epoch": 1},
        {"requested": "no-such-model"},
    ],
)
def test_a_decision_that_the_reference_interpreter_does_not_make_is_found(changed: dict[str, Any]) -> None:
    at = ORDERED + 7 * SECOND
    found = verdict(sealed([decision(1, at, CITIZEN, **changed), end(1, at + SECOND)]))
    assert found.outcome is Outcome.DOES_NOT_HOLD
    assert "record 1 (w0-1)" in whys(found)


def test_a_refusal_beside_the_rulebook_is_counted_and_is_no_finding() -> None:
    refused: dict[str, Any] = {"outcome": "refuse", "served": None, "instruments": (), "unknown": ()}
    found = verdict(sealed([decision(1, ORDERED + SECOND, CITIZEN, **refused)]))
    assert found.outcome is Outcome.HOLDS, whys(found)
    assert found.tally.elsewhere == 1


def test_a_caller_who_wants_no_substitute_is_refused_by_the_order() -> None:
    found = verdict(sealed([decision(1, ORDERED + SECOND, FOREIGNER, substitution=False)]))
    assert found.outcome is Outcome.HOLDS, whys(found)
    assert (found.tally.refuse, found.tally.elsewhere) == (1, 0)


@pytest.mark.parametrize(("after", "outcome"), [(0.9, Outcome.HOLDS), (1.1, Outcome.DOES_NOT_HOLD)])
def test_a_change_of_facts_takes_a_second_to_reach_the_gate(after: float, outcome: Outcome) -> None:
    leaf = moved(HOUR)
    at = ORDERED + HOUR + timedelta(seconds=after)
    record = decision(1, at, CITIZEN)
    assert b'"outcome":"serve"' in record
    found = verdict(Sealed().seal(file_of([record, end(1, at + SECOND / 100)]), leaves=(leaf, FOREIGNER)))
    assert found.outcome is outcome, whys(found)


@pytest.mark.parametrize(("after", "outcome"), [(0.9, Outcome.HOLDS), (1.1, Outcome.DOES_NOT_HOLD)])
def test_an_answer_that_runs_on_after_a_change_of_facts_is_found(after: float, outcome: Outcome) -> None:
    leaf = moved(HOUR)
    records = [decision(1, ORDERED + HOUR - SECOND, leaf), end(1, ORDERED + HOUR + timedelta(seconds=after))]
    found = verdict(Sealed().seal(file_of(records), leaves=(leaf, FOREIGNER)))
    assert found.outcome is outcome, whys(found)
    if outcome is Outcome.DOES_NOT_HOLD:
        assert "and was still being served at" in whys(found)


@pytest.mark.parametrize(("after", "outcome"), [(0.9, Outcome.HOLDS), (1.1, Outcome.DOES_NOT_HOLD)])
def test_an_answer_that_began_before_counts_if_it_ran_on(after: float, outcome: Outcome) -> None:
    records = [decision(1, ORDERED - HOUR, FOREIGNER), end(1, ORDERED + timedelta(seconds=after), "cut")]
    assert b'"served":"fable-5"' in records[0]
    assert verdict(sealed(records)).outcome is outcome


def test_an_answer_without_an_end_is_not_shown_to_have_ended() -> None:
    found = verdict(sealed([decision(1, ORDERED - HOUR, FOREIGNER)]))
    assert found.outcome is Outcome.NOT_SHOWN
    assert "it is not recorded when this answer ended" in whys(found)


def test_an_answer_ends_with_its_worker() -> None:
    first = file_of([decision(1, ORDERED - HOUR, FOREIGNER)], FIRST, ORDERED - SECOND)
    world = Sealed().seal(first, FIRST, ORDERED - SECOND)
    world.seal(file_of([], ORDERED, LAST), ORDERED, LAST)
    found = verdict(world)
    assert found.outcome is Outcome.HOLDS, whys(found)
    assert found.tally.segments == 2


def test_certainty_decides_whether_ignorance_counts() -> None:
    unknown = SubjectLeaf("d" * 32, "kim", "person", ())
    records = [decision(1, ORDERED - HOUR, unknown), end(1, ORDERED + HOUR)]
    world = Sealed().seal(file_of(records), leaves=(CITIZEN, unknown))
    assert verdict(world).outcome is Outcome.HOLDS
    assert verdict(world, replace(CLAIM, certainty=Certainty.POSSIBLE)).outcome is Outcome.DOES_NOT_HOLD


def test_a_worker_decides_under_what_it_acknowledged() -> None:
    late = [*LAW, Enacted(3, ORDERED + HOUR, (), "narrows", (), (), LAW[-2].rulebook)]  # type: ignore[union-attr]
    records = [decision(1, ORDERED + 3 * HOUR, CITIZEN), end(1, ORDERED + 3 * HOUR)]
    world = Sealed(list(late)).seal(file_of(records))
    found = verdict(world)
    assert found.outcome is Outcome.HOLDS, whys(found)
    assert found.tally.late == 1
    world.entries.append(Acknowledged(3, "w0", ORDERED + 2 * HOUR))
    found = verdict(world)
    assert found.outcome is Outcome.DOES_NOT_HOLD
    assert "under epoch 2, after w0 acknowledged epoch 3" in whys(found)


def test_nothing_is_decided_under_an_epoch_that_is_yet_to_come() -> None:
    early = [replace(each, at=LAST) if isinstance(each, Enacted) and each.epoch == 2 else each for each in LAW[:-1]]
    world = Sealed(list(early)).seal(file_of([decision(1, ORDERED + SECOND, CITIZEN), end(1, ORDERED + SECOND)]))
    found = verdict(world, replace(CLAIM, until=LAST))
    assert "before that was enacted" in whys(found)


def test_a_segment_that_was_not_disclosed_is_missing() -> None:
    world = sealed()
    name = next(each for each in world.files if each.endswith(".jsonl.gz"))
    del world.files[name]
    found = verdict(world)
    assert found.outcome is Outcome.NOT_SHOWN
    assert next(each.place for each in found.missing) == name


def test_a_deleted_segment_is_said_and_shows_nothing() -> None:
    world = sealed()
    segment = world.entries[-2]
    at = len(world.entries) - 2
    world.entries.append(Deletion(at, segment.segment, segment.root, segment.records, LAST, "5 years"))  # type: ignore[union-attr]
    found = verdict(world)
    assert found.outcome is Outcome.NOT_SHOWN
    assert "it was deleted at 2026-06-27T00:00:00+00:00 under the rule `5 years`" in whys(found)


def test_time_without_a_segment_is_not_shown() -> None:
    assert "no segment for the time after" in whys(verdict(sealed(), replace(CLAIM, until=LAST + HOUR)))
    assert "no segment for the time before" in whys(verdict(sealed(), replace(CLAIM, since=FIRST - HOUR)))
    assert "no segment of the journal" in whys(verdict(Sealed()))


def test_every_file_of_a_worker_is_needed() -> None:
    middle = ORDERED + HOUR
    second = file_of([], middle, LAST, segment=1)
    found = verdict(Sealed().seal(second, middle, LAST), replace(CLAIM, since=ORDERED))
    assert found.outcome is Outcome.NOT_SHOWN
    assert "it is file 1 of this start of w0, and file 0 was not disclosed" in whys(found)
    whole = Sealed().seal(file_of([], FIRST, middle), FIRST, middle).seal(second, middle, LAST)
    assert verdict(whole).outcome is Outcome.HOLDS


@pytest.mark.parametrize("cut", [slice(0, -1), slice(1, None), slice(0, 5)])
def test_records_missing_at_the_ends_of_a_file_are_missed(cut: slice) -> None:
    payloads = file_of(ordinary())[cut]
    found = verdict(Sealed().seal(payloads))
    assert found.outcome is not Outcome.HOLDS


def test_a_file_that_lost_records_is_found_by_its_count() -> None:
    payloads = file_of(ordinary())
    del payloads[5]
    assert "`closed` counts" in whys(verdict(Sealed().seal(payloads)))


def test_a_worker_that_acknowledged_later_than_it_recorded_is_missing() -> None:
    world = sealed()
    world.entries.append(Acknowledged(2, "w1", ORDERED + HOUR))
    found = verdict(world)
    assert found.outcome is Outcome.NOT_SHOWN
    assert "worker w1: it acknowledged an epoch" in whys(found)


def test_facts_that_were_not_opened_are_missing() -> None:
    found = verdict(Sealed().seal(file_of(ordinary()), leaves=(CITIZEN,)))
    assert found.outcome is Outcome.NOT_SHOWN
    assert f"the facts of its subject `{FOREIGNER.subject}` were not opened" in whys(found)


def test_two_segments_tell_one_story_of_a_subject() -> None:
    other = replace(FOREIGNER, attested=(Attested("us_citizen", True, FIRST, None), *FOREIGNER.attested[1:]))
    world = Sealed().seal(file_of([], FIRST, ORDERED), FIRST, ORDERED)
    world.seal(file_of([], ORDERED, LAST), ORDERED, LAST, leaves=(CITIZEN, other))
    found = verdict(world)
    assert found.outcome is Outcome.DOES_NOT_HOLD
    assert "is not what another segment says" in whys(found)
    grown = replace(FOREIGNER, attested=(*FOREIGNER.attested, Attested("us_citizen", True, LAST, None)))
    world = Sealed().seal(file_of([], FIRST, ORDERED), FIRST, ORDERED)
    assert verdict(world.seal(file_of([], ORDERED, LAST), ORDERED, LAST, (CITIZEN, grown))).outcome is Outcome.HOLDS


def test_a_rulebook_that_is_not_the_enacted_one_shows_nothing() -> None:
    law: list[Entry] = [
        replace(each, rulebook="sha256:" + "0" * 64) if isinstance(each, Enacted) and each.epoch == 2 else each
        for each in LAW
    ]
    found = verdict(Sealed(law).seal(file_of(ordinary())))
    assert found.outcome is Outcome.NOT_SHOWN
    assert "rebuilt from the log" in whys(found)
    without = [each for each in LAW if not (isinstance(each, Instrument) and each.name == "us-doc-2026-06-12")]
    assert verdict(Sealed(without).seal(file_of(ordinary()))).outcome is Outcome.NOT_SHOWN


def test_a_claim_says_something() -> None:
    world = sealed()
    changed: dict[str, Any]
    for changed in (
        {"models": ("no-such",)},
        {"whom": "no_such_fact"},
        {"whom": "foreign_person", "uses": {}},
        {"uses": {"foreign_person": "foreign_person@nowhere"}},
        {"whom": "us_citizen ==="},
        {"whom": "us_citizen == 3"},
    ):
        with pytest.raises(Exception, match=r"`|condition"):
            verdict(world, replace(CLAIM, **changed))
    for changed in ({"models": ()}, {"until": CLAIM.since}, {"grace": timedelta(seconds=-1)}):
        with pytest.raises(NotAClaim):
            replace(CLAIM, **changed)


def test_a_list_of_ones_own_can_say_whom_it_is_about() -> None:
    claim = replace(CLAIM, whom="org in ours", uses={"ours": b"org\nacme.example\n"})
    assert verdict(sealed(), claim).outcome is Outcome.HOLDS


def test_a_list_of_the_instruments_is_known_by_their_name_for_it() -> None:
    found = verdict(sealed(), replace(CLAIM, whom="org in annex_a or foreign_person"))
    assert found.outcome is Outcome.HOLDS, whys(found)
    assert [name for name, _ in found.names] == ["annex_a", "foreign_person"]
    assert "as the instruments have it" in found.names[0][1]


def test_members_of_a_set_are_compared_as_sets() -> None:
    claim = replace(CLAIM, whom='"FR" in citizenships')
    found = verdict(sealed(), claim)
    assert found.outcome is Outcome.HOLDS, whys(found)
    assert Members(frozenset({"FR"}), True) == FOREIGNER.attested[-1].value


def read_all(world: Sealed) -> int:
    """Everything of the only segment of a disclosure; how many records."""
    segment, facts = world.entries[-2:]
    assert isinstance(segment, JournalSegment)
    assert isinstance(facts, SubjectFacts)
    disclosed = DisclosedSegment(segment, facts, world.open)
    return len(disclosed.subjects()) and sum(map(len, disclosed.payloads()))


def test_every_byte_of_a_disclosure_matters() -> None:
    """Changed, it is refused and its file named. (The header of gzip has bytes that no reader looks at.)"""
    world = sealed(ordinary(6))
    assert read_all(world) > 6
    for name, content in list(world.files.items()):
        for at in range(10 if name.endswith(".gz") else 0, len(content)):
            world.files[name] = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
            with pytest.raises(RecordRefused) as refused:
                read_all(world)
            assert name.split(".facts")[0].removesuffix(".seed").removesuffix(".jsonl.gz") in refused.value.place
        for other in (content + b"\n", content[:-1], b""):
            world.files[name] = other
            with pytest.raises(RecordRefused):
                read_all(world)
        world.files[name] = content
    assert read_all(world) > 6


def test_one_byte_of_a_disclosure_changes_the_verdict() -> None:
    world = sealed(ordinary(6))
    assert verdict(world).outcome is Outcome.HOLDS
    for name, content in list(world.files.items()):
        at = len(content) // 2
        world.files[name] = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        found = verdict(world)
        assert found.outcome is Outcome.NOT_SHOWN
        assert name.split("-")[0] in found.missing[0].place
        assert "changed or damaged" in found.missing[0].why
        world.files[name] = content
    assert verdict(world).outcome is Outcome.HOLDS


def test_block_roots_beside_a_segment_say_where_it_was_changed() -> None:

    payloads = file_of(ordinary(500))
    world = Sealed().seal(payloads)
    name = next(each for each in world.files if each.endswith(".jsonl.gz"))
    changed = [*payloads[:400], payloads[400].replace(b"w0-", b"w1-"), *payloads[401:]]
    world.files[name] = compress(b"".join(each + b"\n" for each in changed))
    segment = f"segment {name.removesuffix('.jsonl.gz')}"
    assert verdict(world).missing[0].place == segment
    world.files[name.replace(".jsonl.gz", ".roots")] = block_roots(changed, SEED)
    assert verdict(world).missing[0].place == segment
    world.files[name.replace(".jsonl.gz", ".roots")] = block_roots(payloads, SEED)
    assert verdict(world).missing[0].place == f"{segment}, records 256 to 511"


@pytest.mark.parametrize("roots", [True, False])
def test_a_changed_record_is_refused_before_it_is_read(roots: bool) -> None:
    payloads = file_of(ordinary(500))
    world = Sealed().seal(payloads)
    name = next(each for each in world.files if each.endswith(".jsonl.gz"))
    if roots:
        world.files[name.replace(".jsonl.gz", ".roots")] = block_roots(payloads, SEED)
    broken = [*payloads[:55], payloads[55].replace(b'{"', b"{\x7f"), *payloads[56:]]
    world.files[name] = compress(b"".join(each + b"\n" for each in broken))
    (found,) = verdict(world).missing
    assert found.place == f"segment {name.removesuffix('.jsonl.gz')}" + (", records 0 to 255" if roots else "")
    assert found.why.startswith("it is not what the log committed to: the disclosure was changed")


def test_a_packed_byte_that_was_changed_is_named_by_what_it_unpacks_to() -> None:
    payloads = file_of(ordinary(500))
    world = Sealed().seal(payloads)
    name = next(each for each in world.files if each.endswith(".jsonl.gz"))
    world.files[name.replace(".jsonl.gz", ".roots")] = block_roots(payloads, SEED)
    content = compress(b"".join(each + b"\n" for each in payloads), 0)  # stored as it is, so only the sum is wrong
    at = content.index(b"w0-300")
    world.files[name] = content[:at] + b"w1" + content[at + 2 :]
    (found,) = verdict(world).missing
    record = next(index for index, each in enumerate(payloads) if b"w0-300" in each)
    first = record // 256 * 256
    assert found.place.endswith(f", records {first} to {min(first + 256, len(payloads)) - 1}")


def test_a_committed_record_that_is_none_is_named_exactly() -> None:
    payloads = [*file_of(ordinary(6)), b"no record"]
    (found,) = verdict(Sealed().seal(payloads)).missing
    assert found.place.endswith(f", record {len(payloads) - 1}")
    assert "JSON" in found.why
