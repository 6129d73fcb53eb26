"""A dishonest operator, who holds the log's key and the journal, and wants a claim to hold that is not so."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from tests.record.june_log import (
    BOOKS,
    CITIZEN,
    CLAIM,
    FIRST,
    FOREIGNER,
    LAW,
    ORDERED,
    SECOND,
    Sealed,
    decision,
    end,
    file_of,
    sealed,
)
from tests.record.small_log import POLICY_TEXT, WITNESS

from licet.core.facts import About, Fact, Kind
from licet.core.properties import Certainty
from licet.record.claims.claim import ClaimVerdict, EnforcementClaim, NotAClaim, Outcome, whom_of
from licet.record.claims.enforcement import check_claim
from licet.record.claims.instants import BEGINNING, END, earlier, later
from licet.record.log.entries import Enacted, JournalSegment, SubjectFacts
from licet.record.refusal import Malformed, RecordRefused
from licet.record.sealed.disclosed import DisclosedSegment
from licet.record.sealed.facts import Attested, SubjectLeaf
from licet.record.sealed.journal_records import ID_LIMIT, read_record
from licet.record.signed.policy import read_policy

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TURN = FIRST + 6 * DAY
"""When the second of two segments begins."""
SERVED: dict[str, Any] = {"outcome": "serve", "served": "fable-5", "instruments": ("dev-fable-5-2026-06-09",)}


def verdict(world: Sealed, claim: EnforcementClaim = CLAIM) -> ClaimVerdict:
    return check_claim(claim, world.read, world.open)


def whys(found: ClaimVerdict) -> str:
    return "\n".join(map(str, (*found.violations, *found.missing)))


def later_foreign(at: datetime) -> SubjectLeaf:
    """A citizen of whom it is attested then that they are none."""
    facts = ("us_citizen", "lpr", "protected_individual")
    return replace(CITIZEN, attested=(*CITIZEN.attested, *(Attested(each, False, at, None) for each in facts)))


def two_segments(first: SubjectLeaf, second: SubjectLeaf, *records: bytes, end_of_first: datetime = TURN) -> Sealed:
    """A first segment with these records and a second with none, each with what it says of the same subject."""
    world = Sealed().seal(file_of(records, last=end_of_first), last=end_of_first, leaves=(first,))
    return world.seal(file_of([], first=TURN, segment=1), first=TURN, leaves=(second,))


def test_facts_that_are_made_up_afterwards_do_not_excuse_what_was_sealed() -> None:
    at = ORDERED + DAY
    made_up = replace(FOREIGNER, attested=(*FOREIGNER.attested, Attested("us_citizen", True, ORDERED - HOUR, None)))
    record = decision(1, at, FOREIGNER, **SERVED)
    found = verdict(two_segments(FOREIGNER, made_up, record, end(1, at + SECOND)))
    assert found.outcome is Outcome.DOES_NOT_HOLD
    assert "is not what another segment says" in whys(found)
    assert "(w0-1): `fable-5` was served to one of whom `foreign_person` holds" in whys(found)


def test_facts_that_are_forgotten_afterwards_are_two_stories() -> None:
    for forgetful in (replace(FOREIGNER, attested=FOREIGNER.attested[1:]), replace(FOREIGNER, name="lou")):
        found = verdict(two_segments(FOREIGNER, forgetful))
        assert found.outcome is Outcome.DOES_NOT_HOLD
        assert "is not what another segment says" in whys(found)
    nobody = SubjectLeaf(FOREIGNER.subject, None, None, ())
    assert verdict(two_segments(FOREIGNER, nobody)).outcome is Outcome.DOES_NOT_HOLD
    assert verdict(two_segments(nobody, FOREIGNER)).outcome is Outcome.DOES_NOT_HOLD


def test_what_no_longer_counted_is_not_asked_for_again() -> None:
    """An honest log: by the second segment a newer attestation of the same had long replaced the first."""
    newer = Attested("us_citizen", True, TURN - DAY, None)
    second = replace(CITIZEN, attested=(CITIZEN.attested[1], newer))
    at = ORDERED + SECOND
    records = [decision(1, at, CITIZEN), end(1, at + SECOND)]
    found = verdict(two_segments(CITIZEN, second, *records, end_of_first=TURN - 2 * DAY))
    assert found.outcome is Outcome.HOLDS, whys(found)
    assert found.tally.answers == 1


def test_an_answer_does_not_hide_another_behind_its_name() -> None:
    leaf = later_foreign(ORDERED + HOUR)
    open_ = decision(1, ORDERED + HOUR - SECOND, leaf)
    hiding = decision(1, ORDERED + HOUR - SECOND / 2, FOREIGNER, "opus-4.8")
    records = [open_, hiding, end(1, ORDERED + 20 * HOUR)]
    found = verdict(Sealed().seal(file_of(records), leaves=(leaf, FOREIGNER)))
    assert found.outcome is Outcome.DOES_NOT_HOLD
    assert "record 2 (w0-1): another answer of that name has not ended yet" in whys(found)


def test_who_is_forgotten_is_not_shown_to_be_somebody_else() -> None:
    nobody = SubjectLeaf(FOREIGNER.subject, None, None, ())
    at = FIRST + HOUR
    world = Sealed().seal(file_of([decision(1, at, nobody), end(1, at + SECOND)]), leaves=(nobody,))
    found = verdict(world, replace(CLAIM, since=FIRST, until=ORDERED - SECOND))
    assert found.outcome is Outcome.NOT_SHOWN
    assert "a subject of whom nothing is known any more" in whys(found)
    assert verdict(world, replace(CLAIM, since=FIRST, until=at - SECOND)).outcome is Outcome.HOLDS


def test_an_enactment_is_not_backdated_below_the_one_before() -> None:
    newest = next(each for each in LAW if isinstance(each, Enacted) and each.epoch == 2)
    world = sealed()
    world.entries.append(replace(newest, epoch=3, at=FIRST - 10 * DAY, documents=(), lists=()))
    found = verdict(world)
    assert found.outcome is Outcome.NOT_SHOWN
    assert "before epoch 2 was: so it is not shown which" in whys(found)


def test_what_the_grace_excuses_is_counted_and_shown() -> None:
    """Somebody who is a foreigner for 0.9 of every 1.8 seconds is never found, and always counted."""
    attested = tuple(
        Attested("us_citizen", bool(step % 2), ORDERED + HOUR + step * timedelta(seconds=0.9), None)
        for step in range(20)
    )
    others = tuple(Attested(each, False, FIRST, None) for each in ("lpr", "protected_individual"))
    leaf = replace(CITIZEN, attested=(*CITIZEN.attested, *others, *attested))
    records = []
    for number in range(5):
        at = ORDERED + HOUR + (4 * number + 1) * timedelta(seconds=0.45)
        records += [decision(number, at, CITIZEN), end(number, at + SECOND / 100)]
    found = verdict(Sealed().seal(file_of(records), leaves=(leaf,)))
    assert found.outcome is Outcome.HOLDS, whys(found)
    assert (found.tally.behind, found.tally.excused) == (5, 5)
    assert any("less than the grace" in each for each in found.limits)
    assert verdict(Sealed().seal(file_of(records), leaves=(leaf,)), replace(CLAIM, grace=SECOND / 5)).violated > 0


def test_the_ends_of_the_calendar_are_instants_like_others() -> None:
    last = (Attested("lpr", True, FIRST, END), Attested("us_citizen", False, END, None))
    leaf = replace(CITIZEN, attested=(*CITIZEN.attested, *last))
    records = [decision(1, ORDERED + SECOND, CITIZEN), end(1, ORDERED + 2 * SECOND)]
    for claim in (CLAIM, replace(CLAIM, certainty=Certainty.POSSIBLE), replace(CLAIM, grace=timedelta.max)):
        assert verdict(Sealed().seal(file_of(records), leaves=(leaf,)), claim).outcome is Outcome.HOLDS
    ancient = datetime(1, 1, 1, tzinfo=UTC)
    world = Sealed().seal(file_of([decision(1, ancient, CITIZEN)], first=ancient), first=ancient)
    assert "before that was enacted" in whys(verdict(world, replace(CLAIM, since=ancient)))
    assert (earlier(BEGINNING + SECOND, HOUR), later(END - SECOND, HOUR)) == (BEGINNING, END)
    assert (earlier(FIRST, HOUR), later(FIRST, HOUR)) == (FIRST - HOUR, FIRST + HOUR)


def test_padding_without_an_end_is_refused() -> None:
    world = sealed()
    entry = next(each for each in world.entries if isinstance(each, JournalSegment))
    packed = world.files[f"{entry.segment}.jsonl.gz"]
    for padded in (packed + b"\0" * 2_000_000, b"\x1f\x8b\x08\x08" + b"\0" * 6 + b"n" * 2_000_000 + packed):
        changed = Sealed(world.entries, {**world.files, f"{entry.segment}.jsonl.gz": padded})
        assert verdict(changed).outcome is Outcome.NOT_SHOWN
        with pytest.raises(RecordRefused, match=r"padding|more records"):
            list(DisclosedSegment(entry, None, changed.open).payloads())


def test_a_request_has_a_name_that_can_be_remembered() -> None:
    at = ORDERED + SECOND
    for record in (decision(1, at, CITIZEN), end(1, at)):
        assert read_record(record.replace(b"w0-1", b"n" * ID_LIMIT)).at == at
        for name in (b"", b"n" * (ID_LIMIT + 1), b"\\u0009" * (ID_LIMIT + 1)):
            with pytest.raises(Malformed, match="1 to 256 characters"):
                read_record(record.replace(b"w0-1", name))


def test_no_journal_makes_a_verifier_remember_everything() -> None:
    """Names of models and operations that a caller chose are not kept."""
    at = ORDERED + SECOND
    refused: dict[str, Any] = {"outcome": "refuse", "served": None, "instruments": (), "unknown": ()}
    records = [decision(each, at, CITIZEN, requested=f"model-{each}", **refused) for each in range(300)]
    records += [decision(each, at, CITIZEN, operation=f"operation-{each}") for each in range(300)]
    found = verdict(sealed(records))
    assert (found.tally.elsewhere, found.outcome) == (300, Outcome.DOES_NOT_HOLD)
    assert len(found.violations) <= 100 < found.violated


@pytest.mark.parametrize("operation", ["Use", "use ", "", "inference"])
def test_an_operation_that_nobody_knows_hides_nothing(operation: str) -> None:
    at = ORDERED + SECOND
    world = sealed([decision(1, at, FOREIGNER, operation=operation, **SERVED), end(1, at + SECOND)])
    found = verdict(world)
    assert "(w0-1): `fable-5` was served to one of whom `foreign_person` holds" in whys(found)


def test_a_file_does_not_count_twice() -> None:
    world = sealed()
    segment, facts = world.entries[-2:]
    assert isinstance(segment, JournalSegment)
    assert isinstance(facts, SubjectFacts)
    copy = f"{segment.segment[:-4]}1Z-w0"
    world.entries += [replace(segment, segment=copy), replace(facts, segment=copy)]
    world.files |= {name.replace(segment.segment, copy): content for name, content in world.files.items()}
    found = verdict(world)
    assert found.outcome is Outcome.NOT_SHOWN
    assert "one is the other's copy" in whys(found)


def test_one_witness_is_not_two() -> None:
    key = WITNESS.key
    name = "witness.example/other"
    again = sha256(name.encode() + b"\n" + bytes([key.kind]) + key.public).hexdigest()[:8]
    line = f"witness again {name}+{again}+{b64encode(bytes([key.kind]) + key.public).decode()}\n".encode()
    for more in (line, f"witness again {key}\n".encode(), b"group two 2 w1 w1\n", b"group loop 1 loop\n"):
        with pytest.raises(Malformed, match=r"already|no witness"):
            read_policy(POLICY_TEXT + more)


def test_no_fact_hides_a_definition() -> None:
    """An operator who declares a fact `foreign_person`, which nobody attests, would have it hold of nobody."""
    book = BOOKS[2]
    fact = Fact("foreign_person", Kind.BOOLEAN, About.SUBJECT, "never attested", "the operator")
    hiding = replace(book, facts={**book.facts, fact.name: fact})
    assert whom_of(CLAIM, book).names[0][0] == "foreign_person"
    for claim in (CLAIM, replace(CLAIM, uses={})):
        with pytest.raises(NotAClaim, match="is a fact in the log, beside `foreign_person@15cfr772"):
            whom_of(claim, hiding)
    other = replace(CLAIM, whom="abroad", uses={"abroad": "foreign_person@15cfr772.1"})
    assert "foreign_person@15cfr772.1" in whom_of(other, hiding).names[0][1]
