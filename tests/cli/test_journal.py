"""`journal show`: the newest records of several files, and what damage does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from licet.adapters.journal import open_journal
from licet.adapters.journal_tail import CHUNK, JournalFolder, tail_of
from licet.adapters.pseudonym_keys import PseudonymKeys
from licet.adapters.secret import read_secret
from licet.core.catalogue import Catalogue
from licet.core.decision import Outcome
from licet.core.rulebook import rulebook
from licet.gate.callers import Callers, Presented
from licet.services.admit import Admission
from licet.services.keys import pseudonym
from licet.services.stored import KeyRecord
from licet.wire.journal import DecisionRecord, EndRecord

if TYPE_CHECKING:
    from tests.cli.conftest import Command

START = datetime(2026, 6, 12, 22, 51, tzinfo=UTC)


def decision(number: int, outcome: Outcome = Outcome.SERVE, subject: str = "0" * 32) -> DecisionRecord:
    return DecisionRecord(
        id=f"r-{number}",
        at=START + timedelta(seconds=number),
        key="aaaaaaaa",
        subject=subject,
        api="openai",
        endpoint="/v1/chat/completions",
        operation="use",
        stream=False,
        requested="fable-5",
        outcome=outcome,
        served="fable-5" if outcome is Outcome.SERVE else None,
        instruments=("us-doc-2026-06-12",),
        unknown=("lpr",),
        rulebook="sha256:0",
        epoch=1,
    )


async def fill(folder: Path, worker: str, records: list[DecisionRecord | EndRecord]) -> Path:
    journal = open_journal(folder, worker, START)
    for record in records:
        await journal.append(record)
    path = journal.path
    await journal.close(START + timedelta(hours=1))
    return path


async def test_two_workers_in_the_order_of_their_instants(installed: Command, here: Path) -> None:
    folder = here / ".licet" / "journal"
    await fill(folder, "w1", [decision(number) for number in (1, 3, 5)])
    await fill(
        folder, "w2", [decision(2, Outcome.REFUSE), EndRecord(id="r-2", at=START + timedelta(seconds=4), how="cut")]
    )
    said = installed("journal", "show", "--json")
    kinds = [(each["type"], each.get("id")) for each in said.tree["records"]]
    assert kinds[:2] == [("opened", None)] * 2
    assert [each for _, each in kinds[2:7]] == ["r-1", "r-2", "r-3", "r-2", "r-5"]
    assert [each["id"] for each in installed("journal", "show", "--outcome", "refuse", "--json").tree["records"]] == [
        "r-2"
    ]
    assert [each["type"] for each in installed("journal", "show", "-n", "1", "--json").tree["records"]] == ["closed"]
    text = installed("journal", "show").out
    assert "2026-06-12T22:51:02.000Z  refuse" in text
    assert "end: cut" in text


async def test_by_subject_through_its_pseudonym(installed: Command, here: Path) -> None:
    state = here / ".licet"
    mark = pseudonym(PseudonymKeys(state, read_secret(state)).current()[1], "first")
    await fill(here / ".licet" / "journal", "w1", [decision(1), decision(2, subject=mark)])
    said = installed("journal", "show", "--subject", "first", "--json")
    assert [each["id"] for each in said.tree["records"]] == ["r-2"]
    assert "no such record" in installed("journal", "show", "--subject", "nobody").out


async def test_the_gate_gives_the_same_pseudonym() -> None:
    key = KeyRecord("aaaaaaaa", "first", (), START, "me")

    async def at_once(call: object) -> Admission:
        return Admission(key, "first", "person", {}, None)

    book = rulebook((), Catalogue(()), (), (), digest="none")
    callers = Callers(
        lambda *_: Admission(key, "first", "person", {}, None), at_once, b"pepper", partial(pseudonym, b"pepper")
    )
    caller = await callers.look_up(Presented(b"hash"), lambda: book, START)
    assert caller.pseudonym == pseudonym(b"pepper", "first")  # type: ignore[union-attr]


async def test_the_tail_of_a_long_file(tmp_path: Path) -> None:
    path = await fill(tmp_path, "w1", [decision(number) for number in range(2000)])
    assert path.stat().st_size > 4 * CHUNK
    found = [each.id for each in tail_of(path, 1001) if isinstance(each, DecisionRecord)]
    assert found == [f"r-{number}" for number in range(1000, 2000)]
    assert len(tail_of(path, 10_000)) == 2002


async def test_damage_is_told_by_status(installed: Command, here: Path) -> None:
    path = await fill(here / ".licet" / "journal", "w1", [decision(number) for number in range(50)])
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    path.with_name(f"{path.name}.torn").write_bytes(b"...")
    said = installed("status")
    assert "DAMAGED" in said.out
    assert f"journal damaged: {path.name}, offset" in said.out
    assert f"a cut-off end was put aside in {path.name}.torn" in said.out
    assert len(JournalFolder(path.parent).tail(100)) == 51, "the other records can still be read"


@pytest.mark.parametrize("lines", ["0", "-1", "many"])
def test_how_many_must_make_sense(installed: Command, lines: str) -> None:
    assert installed("journal", "show", "-n", lines).code == 2
