"""Documents of procedure in the public log: every one that ships fits into an entry, and reads back."""

from __future__ import annotations

import pytest

from licet.core.schema import ENACTED
from licet.core.shape import Draft
from licet.record.log.entries import Instrument, instrument
from licet.record.log.entry_spelling import encode, read_entry
from licet.record.log.fields import KINDS
from licet.wire.canonical import canonical
from licet.wire.documents import draft_digest, shipped_cases


def test_every_kind_that_is_enacted_can_be_published() -> None:
    assert set(KINDS) == set(ENACTED)


@pytest.mark.parametrize("draft", shipped_cases(), ids=lambda draft: f"{draft.kind} {draft.name}")
def test_what_ships_fits_into_the_log(draft: Draft) -> None:
    entry = instrument(draft.kind, draft.name, canonical(draft.tree))
    again = read_entry(encode(entry))
    assert isinstance(again, Instrument)
    assert again == entry
    assert again.digest == draft_digest(draft)
