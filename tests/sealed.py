"""A journal, a store and a log that segments are made with, in a folder of a test's own."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path

from licet.adapters.journal_file import JournalFile
from licet.adapters.segments_sealing import SealingFolder
from licet.adapters.store_memory import MemoryStore
from licet.adapters.tlog.log import FolderLog
from licet.core.attestations import Attestation
from licet.core.decision import Outcome
from licet.record.log.entry_spelling import encode as encode_entry
from licet.record.signed.keys import KeyKind, signer_from
from licet.services.keys import pseudonym
from licet.services.record.keeping.sealing import SealReport, seal
from licet.services.stored import SubjectRecord
from licet.wire.journal import DecisionRecord, EndRecord, Record, encode

NOON = datetime(2026, 6, 12, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SECRET = b"p" * 32
PEOPLE = ("alice", "bob", "carol")


def decision(number: int, subject: str | None = "alice", **changed: object) -> DecisionRecord:
    """A decision about a subject, a second after the one before."""
    values = {
        "id": f"d{number}",
        "at": NOON + number * SECOND,
        "key": "abcd2345",
        "subject": None if subject is None else pseudonym(SECRET, subject),
        "api": "openai",
        "endpoint": "/v1/chat/completions",
        "operation": "use",
        "stream": number % 2 == 0,
        "requested": "fable-5",
        "outcome": Outcome.REFUSE,
        "served": None,
        "instruments": ("us-doc-2026-06-12",),
        "unknown": (),
        "rulebook": "sha256:00",
        "epoch": 2,
    }
    return DecisionRecord(**(values | changed))  # type: ignore[arg-type]


def ended(number: int) -> EndRecord:
    """How the answer to that decision ended."""
    return EndRecord(id=f"d{number}", at=NOON + (number + 1) * SECOND, how="done", bytes=7)


def some(first: int, size: int) -> list[Record]:
    """Decisions about everybody in turn, every third with its end."""
    found: list[Record] = []
    for number in range(first, first + size):
        found.append(decision(number, PEOPLE[number % len(PEOPLE)]))
        if number % 3 == 0:
            found.append(ended(number))
    return found


def write_journal(
    folder: Path, worker: str, records: Sequence[Record], at: datetime = NOON, *, closed: bool = True
) -> Path:
    """A journal file as a worker leaves it."""
    folder.mkdir(exist_ok=True)
    file = JournalFile.create(folder, worker, at, 0)
    file.append(b"".join(encode(each) for each in records), len(records))
    if closed:
        file.finish(max((each.at for each in records), default=at))
    else:
        file.abandon()
    return file.path


def seeds() -> Callable[[int], bytes]:
    """Random bytes that are the same in each run."""
    numbers = count()
    return lambda size: sha256(b"seed%d" % next(numbers)).digest()[:size]


@dataclass
class Place:
    """Everything below one folder."""

    folder: Path
    store: MemoryStore = field(default_factory=MemoryStore)

    def __post_init__(self) -> None:
        known = Attestation("bob", "us_citizen", True, "registry", "passport", "high", NOON, NOON + timedelta(days=9))
        people = [SubjectRecord(name, "person", (known,) if name == "bob" else ()) for name in PEOPLE]
        self.store.add_subjects(people, actor="ann", at=NOON)

    @property
    def journal(self) -> Path:
        return self.folder / "journal"

    @property
    def segments(self) -> SealingFolder:
        return SealingFolder(self.folder / "segments", self.journal, processes=1)

    @property
    def log(self) -> FolderLog:
        signer = signer_from("licet.example/record", KeyKind.LOG, b"l" * 32)
        return FolderLog(self.folder / "record", self.folder / "record-lock", self.folder / "record-staging", signer)

    def seal(self, now: datetime = NOON + timedelta(days=1)) -> SealReport:
        return seal(self.segments, self.store, [SECRET], seeds(), now)

    def publish(self) -> None:
        """Append the entries of all segments, to a log that is made for it."""
        self.log.create()
        found = self.segments.sealed()
        entries = [entry for each in found for entry in (each.entry, each.facts) if entry is not None]
        self.log.append([encode_entry(each) for each in entries])

    def files(self) -> dict[str, bytes]:
        """Every file of the segments."""
        folder = self.folder / "segments"
        return {each.name: each.read_bytes() for each in sorted(folder.glob("*"))} if folder.exists() else {}


def killed_at(step: int, folder: Path, work: Callable[[], object]) -> bool:
    """Do some work in a child that is killed before its step `step` in a folder; whether it got that far.

    A step is whatever changes the folder: a file that is opened for writing, given a name, cut or deleted.
    """
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(60)
            _kill_before(step, str(folder))
            work()
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.waitstatus_to_exitcode(status) == 0
    return False


def _kill_before(step: int, folder: str) -> None:
    steps = count()

    def look(event: str, arguments: tuple[object, ...]) -> None:
        changes = event in ("os.rename", "os.remove", "os.truncate", "os.mkdir", "os.link", "os.chmod")
        if event == "open":
            changes = bool(int(str(arguments[2])) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        # what is opened by its number was counted when it was opened by its name
        if changes and str(arguments[0]).startswith(folder) and next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(look)


@contextmanager
def changed(path: Path, content: bytes) -> Iterator[None]:
    """A file with another content, for a while."""
    kept = path.read_bytes()
    path.write_bytes(content)
    try:
        yield
    finally:
        path.write_bytes(kept)
