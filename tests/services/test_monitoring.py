"""Following a log: what is new, and every way in which it may not change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.record.small_log import AT, ENTRIES, LEAVES, LOG, NEXT, ONE_OF_EACH, OTHER, WITNESS, Folder, folder_of

from licet.adapters.tlog_reader import NotThere
from licet.record.log.entries import Acknowledged, Correction, Enacted, WithheldInstrument, instrument
from licet.record.log.entry_spelling import encode
from licet.record.refusal import Malformed
from licet.record.signed.checkpoint import Checkpoint
from licet.record.signed.keys import KeyKind, NoteSigner, signer_from
from licet.record.signed.notes import sign
from licet.record.signed.policy import read_policy
from licet.record.spelling import canonical
from licet.record.tree.merkle import Head, leaf_hash, root_of
from licet.record.tree.verified import LoggedEntry
from licet.services.record.ports import LogUnavailable
from licet.services.record.watching.monitoring import NEWS_LIMIT, TO_DO, Danger, Known, Look, look
from licet.services.record.watching.news import UNREADABLE, news_of

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
POLICY = read_policy(f"log {LOG.key}\nwitness w1 {WITNESS.key}\nquorum w1\n".encode())
OPEN = read_policy(f"log {LOG.key}\nwitness w1 {WITNESS.key}\nquorum none\n".encode())
ELSEWHERE = signer_from("another.example/log", KeyKind.LOG, b"e" * 32)
POLICY_OF_TWO = f"log {LOG.key}\nlog {ELSEWHERE.key}\nquorum none\n"
SEEN_AT = int((NOW - timedelta(hours=1)).timestamp())
FORK = [*ENTRIES[:100], *(encode(Acknowledged(each, "w9", AT)) for each in range(600))]


class Files(Folder):
    """Files in memory; one that is missing is refused as a folder refuses it."""

    def read(self, path: str) -> bytes:
        if path not in self:
            raise NotThere(path, "there is no such file")
        return self[path]


class Shown:
    """A log as it is shown at one moment."""

    def __init__(
        self, size: int, entries: list[bytes] = ENTRIES, signer: NoteSigner = LOG, witness: NoteSigner = WITNESS
    ) -> None:
        leaves = [leaf_hash(each) for each in entries[:size]]
        self.head = Head(size, root_of(leaves))
        self.tiles = Files(folder_of(leaves, entries[:size]))
        note = sign(str(Checkpoint(signer.key.name, self.head)), signer).and_signed(witness, SEEN_AT)
        self.note = bytes(note)

    def checkpoint(self) -> bytes:
        return self.note


class Away(Shown):
    def checkpoint(self) -> bytes:
        raise LogUnavailable("no answer")


def known_of(size: int) -> Known:
    known = look(Shown(size), POLICY, None, NOW, None).known
    assert known is not None
    return known


def the_alarm(found: Look) -> Danger:
    (alarm,) = found.alarms
    assert alarm.why
    assert TO_DO[alarm.danger]
    return alarm.danger


def test_the_first_look_reads_all_of_it() -> None:
    found = look(Shown(700), POLICY, None, NOW, DAY)
    assert found.alarms == ()
    assert found.is_new
    assert found.known is not None
    assert (found.known.origin, found.known.head, found.known.grown) == (LOG.key.name, Shown(700).head, NOW)
    assert sum(found.entries.values()) == 700
    assert found.entries["acknowledgement"] > 600
    assert [each.title for each in found.news] == [
        "order us-doc-2026-06-12",
        "order (its name is withheld), in part withheld",
        "epoch 2 was enacted",
        "entry 4 is corrected",
        "segment 20260612T225100.000000Z-w0 was deleted",
        f"the log's key changes to {NEXT.key.id.hex()}",
    ]
    assert "whoever accepts that adds this line to their policy: log " in found.news[-1].summary
    assert found.known.news == found.news
    assert found.cosigned == (("w1", SEEN_AT),)


@pytest.mark.parametrize(("old", "new"), [(1, 2), (2, 700), (255, 256), (256, 257), (256, 700), (699, 700)])
def test_only_what_is_new_is_told(old: int, new: int) -> None:
    before = known_of(old)
    found = look(Shown(new), POLICY, before, NOW + DAY, None)
    assert found.alarms == ()
    assert found.before == before.head
    assert sum(found.entries.values()) == new - old
    assert [each.entry for each in found.news] == [each for each in range(old, new) if each in (0, 1, 3, 6, 7, 8)]
    assert found.known is not None
    assert found.known.news == (*before.news, *found.news)
    assert found.known.grown == NOW + DAY


def test_nothing_new() -> None:
    before = known_of(300)
    found = look(Shown(300), POLICY, before, NOW + DAY / 2, DAY)
    assert (found.known, found.is_new, found.news, found.alarms) == (before, False, (), ())


def test_a_fork_is_an_alarm_with_both_checkpoints() -> None:
    before = known_of(300)
    for size in (300, 400, 700):
        shown = Shown(size, FORK)
        found = look(shown, POLICY, before, NOW, None)
        assert the_alarm(found) is Danger.FORK
        assert found.alarms[0].evidence == {
            "remembered.checkpoint": before.checkpoint,
            "shown.checkpoint": shown.note,
        }
        assert found.known == before


def test_a_log_that_shrank() -> None:
    before = known_of(300)
    shown = Shown(200)
    shown.tiles = Shown(300).tiles
    found = look(shown, POLICY, before, NOW, None)
    assert the_alarm(found) is Danger.SHRUNK
    assert found.alarms[0].why == "it had 300 entries, and now it is shown with 200: an older state of it"
    forked = Shown(200, FORK)
    forked.tiles = Shown(300).tiles
    assert the_alarm(look(forked, POLICY, before, NOW, None)) is Danger.FORK
    replaced = look(Shown(200), POLICY, before, NOW, None)
    assert the_alarm(replaced) is Danger.SHRUNK
    assert "cannot be told" in replaced.alarms[0].why
    assert found.known == replaced.known == before


def test_a_checkpoint_that_the_policy_refuses() -> None:
    before = known_of(300)
    damaged = Shown(400)
    damaged.note = damaged.note.replace(b"\n400\n", b"\n401\n")
    empty = Shown(400)
    empty.note = b""
    for shown in (Shown(400, signer=NEXT), Shown(400, witness=OTHER), damaged, empty):
        for known in (before, None):
            found = look(shown, POLICY, known, NOW, None)
            assert the_alarm(found) is Danger.REFUSED
            assert found.alarms[0].evidence == {"refused.checkpoint": shown.note}
            assert found.known == known


def test_another_log_is_refused() -> None:
    other = read_policy(POLICY_OF_TWO.encode())
    found = look(Shown(5, signer=ELSEWHERE), other, known_of(3), NOW, None)
    assert the_alarm(found) is Danger.REFUSED
    assert "what is remembered here is `licet.example/record`" in found.alarms[0].why


def test_damaged_files_are_named() -> None:
    before = known_of(300)
    for path in ("tile/entries/001", "tile/0/001", "tile/0/002.p/188", "tile/1/000.p/2"):
        damaged, missing = Shown(700), Shown(700)
        damaged.tiles[path] = damaged.tiles[path][:-1] + bytes([damaged.tiles[path][-1] ^ 1])
        del missing.tiles[path]
        for shown in (damaged, missing):
            found = look(shown, POLICY, before, NOW, None)
            assert the_alarm(found) is Danger.DAMAGED
            assert found.known == before
            assert path in found.alarms[0].why


def test_a_log_that_is_away_and_one_that_is_silent() -> None:
    before = known_of(300)
    assert the_alarm(look(Away(300), POLICY, before, NOW + DAY, DAY)) is Danger.UNREACHABLE
    assert the_alarm(look(Away(300), POLICY, None, NOW + DAY, DAY)) is Danger.UNREACHABLE
    late = look(Away(300), POLICY, before, NOW + DAY + timedelta(seconds=1), DAY)
    assert [each.danger for each in late.alarms] == [Danger.UNREACHABLE, Danger.SILENT]
    assert the_alarm(look(Shown(300), POLICY, before, NOW + 2 * DAY, DAY)) is Danger.SILENT
    assert (
        "nothing new since 2026-07-01T12:00:00Z" in look(Shown(300), POLICY, before, NOW + 2 * DAY, DAY).alarms[0].why
    )
    assert look(Shown(300), POLICY, before, NOW + 2 * DAY, None).alarms == ()
    assert look(Shown(301), POLICY, before, NOW + 2 * DAY, DAY).alarms == ()


def test_a_witness_that_looked_again_breaks_the_silence() -> None:
    old = replace(known_of(300), grown=NOW - 30 * DAY)
    assert look(Shown(300), POLICY, old, NOW, DAY).alarms == ()
    assert the_alarm(look(Shown(300), POLICY, old, NOW - 10 * DAY, DAY)) is Danger.SILENT


def test_an_entry_that_is_none_is_told_and_does_not_hide_the_rest() -> None:
    entries = [*ENTRIES[:5], b'{"type":"rumour"}', encode(Correction(4, AT, "why"))]
    found = look(Shown(7, entries), POLICY, known_of(5), NOW, None)
    assert the_alarm(found) is Danger.UNREADABLE
    assert [each.type for each in found.news] == [UNREADABLE, "correction"]
    assert found.known is not None
    assert found.known.head.size == 7


def test_so_much_news_is_remembered_and_no_more() -> None:
    entries = [encode(Correction(0, AT, f"{each}")) for each in range(NEWS_LIMIT + 5)]
    found = look(Shown(len(entries), entries), OPEN, None, NOW, None)
    assert len(found.news) == NEWS_LIMIT + 5
    assert found.known is not None
    assert [each.entry for each in found.known.news] == list(range(5, NEWS_LIMIT + 5))


def test_what_entries_say_in_a_line() -> None:
    lift = canonical({"lift": "l-1", "title": "Over", "ends": ["o-1"], "issued": "2026-06-30T10:00:00-04:00"})
    _, told = news_of(LoggedEntry(7, encode(instrument("lift", "l-1", lift))), NOW)
    assert told is not None
    assert (told.entry, told.type, told.title, told.seen) == (7, "instrument", "lift l-1: Over", NOW)
    assert told.summary.startswith("ends: o-1; sha256:")
    assert told.at == datetime(2026, 6, 30, 14, tzinfo=UTC)
    withheld = next(each for each in ONE_OF_EACH if isinstance(each, WithheldInstrument))
    for issued in (7, "yesterday", "2026-06-30T10:00:00", None):
        odd = replace(withheld, public=canonical({"issued": issued}))
        assert news_of(LoggedEntry(7, encode(odd)), NOW)[1].at is None  # type: ignore[union-attr]
    _, nobody = news_of(LoggedEntry(3, encode(Enacted(1, AT, (), "founding", (), (), "sha256:" + "0" * 64))), NOW)
    assert nobody is not None
    assert nobody.summary == f"0 documents; ground: founding; by: not recorded; rulebook sha256:{'0' * 64}"
    assert len(LEAVES) == 700
    with pytest.raises(Malformed):
        instrument("lift", "l-1", b"")
