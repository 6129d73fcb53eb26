"""Which properties are asked about, and of which step."""

from __future__ import annotations

from datetime import UTC, datetime
from time import monotonic

import pytest

from licet.adapters.store_memory import MemoryStore
from licet.core.proof import Answer
from licet.core.rulebook import Rulebook
from licet.engines.proofs.prover import Prover
from licet.services.prove import NotAskable, all_proved, inquire, proofs
from licet.services.rulebooks import propose
from licet.services.stored import Ground, Warrant
from licet.wire.documents import DocumentsRejectedError, SourceFile

NOW = datetime(2026, 6, 12, tzinfo=UTC)
INSTANT = "issued: 2026-06-01T00:00:00Z\nfrom: 2026-06-01T00:00:00Z\nmodels: [m]\n"
MODEL = 'model: m\nfamily: f\napis: [openai]\nupstream: {url: "http://u"}\n'
RELEASE = f"release: r\n{INSTANT}to: true\n"
ORDER = f"order: o\n{INSTANT}forbids: staff\n"
NARROWS = "property: narrows\nclaim: only-narrows\n"
STAFF = "property: staff-out\nclaim: nobody-allowed\nmodels: [m]\nwhom: staff\n"


def source(*texts: str) -> SourceFile:
    return SourceFile("d.yaml", "---\n".join(texts).encode(), lambda _: None)


def enacted(*steps: tuple[str, ...]) -> MemoryStore:
    store = MemoryStore()
    for texts in steps:
        proposal = propose(store, [source(*texts)])
        store.enact(
            proposal.documents,
            proposal.lists,
            actor="a",
            at=NOW,
            rulebook=proposal.rulebook.digest,
            expected_epoch=proposal.before.epoch,
            warrant=Warrant(Ground.NARROWS),
        )
    return store


def names(store: MemoryStore | None, *texts: str) -> list[str]:
    return [each.name for each in inquire(store, [source(*texts)] if texts else []).properties]


def test_the_properties_of_the_files_or_all_that_stand() -> None:
    store = enacted((MODEL, RELEASE, NARROWS))
    assert names(store) == ["narrows"]
    assert names(store, ORDER) == ["narrows"]
    assert names(store, ORDER, STAFF) == ["staff-out"]
    assert names(store, NARROWS, STAFF) == ["narrows", "staff-out"]
    assert names(enacted((MODEL, RELEASE, NARROWS), (STAFF,)), NARROWS) == ["narrows"], "one that stands already"
    asked = inquire(store, [], asked=source(STAFF))
    assert [each.name for each in asked.properties] == ["staff-out"]


def test_drafts_are_compared_with_what_is_enacted_and_that_with_the_epoch_before() -> None:
    store = enacted((MODEL, RELEASE, NARROWS), (ORDER,))
    stands = inquire(store, [])
    assert (stands.before.epoch, stands.after.epoch, stands.draft) == (1, 2, False)
    asked = inquire(store, [source(STAFF)])
    assert (asked.before.epoch, asked.after.epoch, asked.draft) == (1, 2, False), "a property is no draft"
    draft = inquire(store, [source(ORDER.replace(": o", ": p"), STAFF)])
    assert (draft.before.epoch, draft.after.epoch, draft.draft) == (2, 3, True)
    assert inquire(store, [], against=0).before.instruments == ()
    alone = inquire(None, [source(MODEL, RELEASE, STAFF)])
    assert (alone.before.epoch, alone.draft) == (0, True)


def test_what_cannot_be_asked() -> None:
    store = enacted((MODEL, RELEASE))
    with pytest.raises(NotAskable, match="there is no property to prove"):
        inquire(store, [source(ORDER)])
    with pytest.raises(NotAskable, match="there is no epoch 7; the newest is 1"):
        inquire(store, [source(NARROWS)], against=7)
    with pytest.raises(NotAskable, match="there is no installation here"):
        inquire(None, [source(NARROWS)], against=0)
    with pytest.raises(DocumentsRejectedError, match="unknown model `n`"):
        inquire(store, [source(STAFF.replace("[m]", "[n]"))])


def test_each_property_gets_its_answer_in_order() -> None:
    store = enacted((MODEL, RELEASE, NARROWS, STAFF))

    def prover(before: Rulebook, after: Rulebook) -> Prover:
        return Prover(before, after, now=NOW, stopwatch=monotonic, limit=60)

    heard: list[tuple[str, float]] = []
    found = tuple(proofs(inquire(store, [source(ORDER)]), prover, lambda *said: heard.append(said)))
    assert [(each.property.name, each.answer) for each in found] == [
        ("narrows", Answer.PROVED),
        ("staff-out", Answer.PROVED),
    ]
    assert found[1].rests_on == ("o",)
    assert heard == [("proving narrows", 0.0), ("proving staff-out", 0.5)]
    assert all_proved(found)
    assert not all_proved(proofs(inquire(store, []), prover, lambda *_: None))
