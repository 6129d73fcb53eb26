"""Differences in words and in numbers: the June letters as a lawyer reads them; counts that brute force confirms."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import HealthCheck, given, settings
from tests.engines.test_difference import diff, june_without, met, pairs

from licet.adapters.store_memory import MemoryStore
from licet.core.decision import Request
from licet.core.differences import Differences, difference_key
from licet.core.instruments import Operation
from licet.core.rulebook import Rulebook
from licet.engines.differences.diff import differences
from licet.services.diff import NoSuchSide, drafted, enacted, tally_of, with_counts
from licet.services.diff_words import sentences
from licet.services.population import SubjectsOfStore
from licet.services.subjects import facts_at, import_people
from licet.wire.documents import SourceFile
from licet.wire.people import read_people

JUNE = Path(__file__).parents[2] / "scenarios" / "june-2026"
MAY = datetime(2026, 6, 1, 4, tzinfo=UTC)
ORDER, LICENCE, LIFT = "us-doc-2026-06-12", "us-doc-2026-06-26", "us-doc-2026-06-30"
IMPORTED = datetime(2026, 6, 8, tzinfo=UTC)
NAMES = ("the one", "the other")


def people() -> MemoryStore:
    store = MemoryStore()
    book = june_without()
    with (JUNE / "people.csv").open("rb") as lines:
        import_people(store, read_people(lines, book.facts, file="people.csv"), file="p", actor="test", now=IMPORTED)
    return store


def counted(before: Rulebook, after: Rulebook, since: datetime = MAY) -> tuple[Differences, MemoryStore]:
    store = people()
    facts = {**before.facts, **after.facts}
    tally = tally_of(before, after, lambda at: SubjectsOfStore(store, facts, (), {}, at))
    return with_counts(diff(before, after, since), tally), store


def test_the_order_in_sentences() -> None:
    before, after = june_without(ORDER, LICENCE, LIFT), june_without(LICENCE, LIFT)
    found, _ = counted(before, after)
    assert sentences(found, before, after, NAMES) == (
        "From 2026-06-01 04:00:00+00:00 on, the other serves 4 classes of subjects otherwise than the one: 4 lose.",
        (
            "From 2026-06-12 22:51:00+00:00 on, whoever asks to use fable-5 and is one of whom `foreign_person`"
            " (foreign_person@15cfr772.1) holds or is not known not to hold, loses it, and is served opus-4.8 instead:"
            " the order us-doc-2026-06-12 forbids fable-5. Answers that are being streamed to them are cut. Where that"
            " is because something is not known of them, facts that are verified can change it. Of the population this"
            " is 4 subjects. For example: somebody of whom it is known that `natural_person` is false and"
            " `us_organised` is false, or somebody of whom nothing is known."
        ),
        (
            "From 2026-06-12 22:51:00+00:00 on, whoever asks to use mythos-5, may otherwise have it and is one of whom"
            " `foreign_person` (foreign_person@15cfr772.1) holds or is not known not to hold, loses it, and is refused:"
            " the order us-doc-2026-06-12 forbids mythos-5. Answers that are being streamed to them are cut. Where that"
            " is because something is not known of them, facts that are verified can change it. Of the population this"
            " is 2 subjects. For example: somebody of whom it is known that `natural_person` is false, `us_organised`"
            " is false and `staff` is true, or somebody of whom it is known that `staff` is true."
        ),
    )


def test_a_licence_that_both_sides_have_is_named() -> None:
    before, after = june_without(ORDER, LIFT), june_without(LIFT)
    said = sentences(diff(before, after, MAY), before, after, NAMES)
    assert len(said) == 4
    assert said[3].startswith("From 2026-06-27 00:30:00+00:00 on, whoever asks to use mythos-5, may otherwise have it")
    assert ", and whom the licence us-doc-2026-06-26 (`org in annex_a or staff`) does not relieve, loses it" in said[3]


def test_the_lift_gives_back_exactly_what_the_order_took() -> None:
    before, after = june_without(ORDER, LICENCE, LIFT), june_without()
    lift = after.instrument(LIFT)
    assert lift is not None
    found = diff(before, after, lift.from_)
    assert (found.differences, found.complete) == ((), True)
    assert sentences(found, before, after, NAMES) == (
        (
            "From 2026-07-01 00:00:00+00:00 on, nothing differs: whoever asks is served the same by the one and by"
            " the other."
        ),
    )
    earlier = diff(before, after, lift.from_ - timedelta(seconds=1)).differences
    assert {each.end for each in earlier} == {lift.from_}


def test_an_order_that_spares_staff_by_mistake() -> None:
    before = june_without(LICENCE, LIFT)
    text = (
        (JUNE / "instruments.yaml")
        .read_bytes()
        .replace(b"forbids: foreign_person", b"forbids: foreign_person and not staff")
    )
    files = [SourceFile("models", (JUNE / "models.yaml").read_bytes(), lambda _: None)]
    files.append(SourceFile("instruments", text, lambda name: (JUNE / name).read_bytes()))
    spared = drafted(None, files, "a draft").rulebook
    after = replace(spared, instruments=tuple(each for each in spared.instruments if each.name not in (LICENCE, LIFT)))
    found = diff(before, after, MAY).differences
    assert {(each.change.model, each.change.effect.value, each.witness.facts["staff"]) for each in found} == {
        ("fable-5", "gains", True),
        ("mythos-5", "gains", True),
    }
    said = sentences(diff(before, after, MAY), before, after, NAMES)
    assert "of whom `foreign_person` (foreign_person@15cfr772.1) holds or is not known not to hold, gains it" in said[1]
    assert "the order us-doc-2026-06-12 no longer forbids fable-5. For example: " in said[1]
    assert "`staff` is true" in said[1]


@pytest.mark.parametrize("names", [(ORDER,), (LICENCE,), (LIFT,), (ORDER, LICENCE, LIFT), ("dev-opus-4.8",)])
def test_counts_are_those_of_the_reference(names: tuple[str, ...]) -> None:
    before, after = june_without(*names), june_without()
    for books in ((before, after), (after, before)):
        found, store = counted(*books)
        assert found.differences
        for each in found.differences:
            expected: Counter[object] = Counter()
            for record in store.subjects():
                facts = {**facts_at(record, after.facts, (), {}, each.start), "subject": record.id, "stream": False}
                change = met(*books, Request(facts, each.change.model, each.operation, each.start))
                expected[difference_key(change)] += 1
            assert each.count == expected[difference_key(each.change)], each


def test_what_is_told_together_is_counted_together() -> None:
    before, after = june_without(ORDER, LICENCE, LIFT), june_without(LICENCE, LIFT)
    store = people()
    rough = differences(before, after, since=MAY, limit=60, stopwatch=perf_counter, most=2)
    tally = tally_of(before, after, lambda at: SubjectsOfStore(store, after.facts, (), {}, at))
    found = with_counts(rough, tally)
    assert [(each.change.model, each.exact, each.count) for each in found.differences] == [
        ("fable-5", False, 4),
        ("mythos-5", False, 2),
    ]
    said = sentences(found, before, after, NAMES)
    assert "a part of those who ask to use fable-5 loses it, and is served opus-4.8 instead" in said[1]
    assert "the reasons are too many to tell apart here" in said[1]


def test_only_use_is_counted() -> None:
    before, after = june_without(ORDER, LIFT, LICENCE), june_without(LIFT, LICENCE)
    found = diff(before, after, MAY)
    tuning = replace(found, differences=tuple(replace(each, operation=Operation.TUNE) for each in found.differences))
    assert all(each.count is None for each in with_counts(tuning, lambda _: {}).differences)
    assert all(each.count == 0 for each in with_counts(found, lambda _: {}).differences)


@given(pairs())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_there_are_words_for_every_difference(books: tuple[Rulebook, Rulebook]) -> None:
    found = diff(*books)
    said = sentences(found, *books, NAMES)
    text = " ".join(said)
    assert len(said) <= 1 + len(found.differences) + len(found.models)
    for each in found.differences:
        assert each.change.model in text
        assert all(name in text for name in each.change.by)
    assert all(sentence.endswith(".") and "  " not in sentence and "None" not in sentence for sentence in said)


def test_what_is_not_complete_is_said() -> None:
    before, after = june_without(ORDER), june_without()
    found = differences(before, after, since=MAY, limit=0.0, stopwatch=perf_counter)
    said = sentences(found, before, after, NAMES)
    assert said[0].endswith("no difference was found, but not everything was compared.")
    assert said[-1].startswith("This is not all that differs: the time limit of 0 s ran out")


def test_an_epoch_that_never_was() -> None:
    with pytest.raises(NoSuchSide, match="there is no epoch 1; the newest is 0"):
        enacted(MemoryStore(), 1)
    assert enacted(MemoryStore(), 0).rulebook.instruments == ()
