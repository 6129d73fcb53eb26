"""What a setting withholds stands in the log as a commitment, and who is named in a document is not there at all."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.services.publishing_world import (
    HIDE,
    SECRET_ORDER,
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
    PublishedList,
    WithheldInstrument,
    WithheldList,
    digest_of,
)
from licet.record.log.entry_spelling import encode
from licet.record.sealed.commitment import Domain, check_opening
from licet.services.record.publishing.withholding import NotPublishable, PersonalData
from licet.services.record.settings import Withholding


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


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
