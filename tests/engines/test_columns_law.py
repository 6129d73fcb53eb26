"""Columns, case by case: what no generated world meets often enough to be trusted with."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.engines.test_columns import Person, counted, one_by_one, stored
from tests.generated import NOON

from licet.core.change import Change
from licet.core.facts import complete
from licet.core.rulebook import Rulebook
from licet.services.population import SubjectsOfStore
from licet.wire.documents import SourceFile, read_files

SINCE = "issued: 2026-01-01T00:00:00Z\nfrom: 2026-01-01T00:00:00Z\n"
MODELS = (
    "model: strong\nfamily: big\napis: [openai]\nupstream: {url: 'https://m.example'}\nfallback: [small]\n---\n"
    "model: small\nfamily: little\napis: [openai]\nupstream: {url: 'https://m.example'}\n"
)


def book(*instruments: str) -> Rulebook:
    text = "---\n".join((MODELS, *(f"{each}\n{SINCE}" for each in instruments)))
    return read_files([SourceFile("law.yaml", text.encode(), lambda _: None)]).rulebook(1)


def compared(before: Rulebook, after: Rulebook, **known: bool) -> Counter[tuple[str, Change]]:
    """The preview of a change over one person; it is what a plain loop with the reference interpreter gives."""
    rows: list[Person] = [("ada", "person", complete(before.facts, known))]
    population = SubjectsOfStore(stored(rows), before.facts, (), {}, NOON)
    found = counted(before, after, population, NOON)
    assert found == one_by_one(before, after, rows, NOON)
    return found


def only(found: Counter[tuple[str, Change]], model: str) -> Change:
    return next(each for (_, each) in found if each.model == model)


def test_who_gets_the_model_asked_for_keeps_an_open_answer_of_its_substitute() -> None:
    """The gate looks at each open answer by itself; a preview takes a model that is not tried again to be allowed."""
    small = "release: r-small\nfamilies: [little]\nto: true"
    before = book(small)
    after = book(small, "release: r-strong\nfamilies: [big]\nto: true", "order: o\nmodels: [small]\nforbids: true")
    change = only(compared(before, after), "strong")
    assert (change.was, change.becomes, change.cuts) == ("small", "strong", False)


@pytest.mark.parametrize(("citizen", "missing"), [(True, ("staff",)), (False, ())])
def test_no_fact_is_missing_where_another_order_forbids_for_good(citizen: bool, missing: tuple[str, ...]) -> None:
    """Of two orders one definitely forbids: whatever became known of the other, the model would stay forbidden."""
    released = "release: r\nmodels: [strong, small]\nto: true"
    sure = "order: o1\nmodels: [small]\nforbids: not us_citizen"
    unsure = "order: o2\nmodels: [small]\nforbids: not staff"
    change = only(compared(book(released), book(released, sure, unsure), us_citizen=citizen), "small")
    assert (change.was, change.becomes, change.unknown) == ("small", None, missing)
