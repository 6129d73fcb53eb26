"""A log in a folder on this machine, and the one thing that appends to it: `spec/record-log.md`, crash order."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Lock

from licet.adapters.tlog.batch import Batch, grown
from licet.adapters.tlog.files import holds, make_folder, put_files, settle, write_file
from licet.adapters.tlog.known import Known
from licet.adapters.tlog.lock import LockStore
from licet.adapters.tlog.partials import drop_partials, lasting
from licet.adapters.tlog.rotation import check_signer
from licet.adapters.tlog.staging import Staging
from licet.adapters.tlog.state import PAGE, State, check_edge, check_older, forked, grown_state, read_state
from licet.adapters.tlog.step import After, Step, nothing
from licet.adapters.tlog_reader import CHECKPOINT, FolderFiles, ReadableLog
from licet.record.refusal import RecordRefused
from licet.record.signed.checkpoint import Checkpoint, read_checkpoint
from licet.record.signed.keys import Signer
from licet.record.signed.notes import sign
from licet.record.tree.merkle import EMPTY_ROOT, Head
from licet.record.tree.tiles import TileReader
from licet.services.record.ports import LogUnavailable, NotPublished

PATIENCE_SECONDS = 10.0
"""How long an append waits for another process to finish its own."""

UNSETTLED_FILES = 256
"""How many files may be in the log whose durability rests on the staged batches; then they are made durable."""

Cosign = Callable[[Head, bytes, TileReader], bytes]
"""Gets the head that was published last, the signed checkpoint, and the log's tiles, which have all of it.

Returns the checkpoint with as many cosignatures as the policy asks for. Raises `LogUnavailable` where it cannot.
"""


class FolderLog:
    """`services.record.ports.Log` in a folder; any number of threads and processes take turns.

    Nothing is opened before it is needed. Each append starts from what was last signed: where this process itself
    signed it, and nothing in the folder was touched since, that is remembered; everything else is read.
    """

    def __init__(
        self,
        folder: Path,
        lock: Path,
        staging: Path,
        signer: Signer,
        cosign: Cosign | None = None,
        *,
        after: After = nothing,
        patience: float = PATIENCE_SECONDS,
        lag: int = 0,
    ) -> None:
        """`folder` is public, `lock` and `staging` are not; `signer` has the log's key, whose name is the origin.

        `lag`: how many batches may stay staged, durably, before the files that they became are made durable themselves.
        """
        self._folder = folder
        self._lock = LockStore(lock)
        self._staging = Staging(staging)
        self._signer = signer
        self._cosign = cosign
        self._after = after
        self._patience = patience
        self._turn = Lock()
        self._log = ReadableLog(FolderFiles(folder))
        self._known: Known | None = None
        self._lag = lag

    @property
    def origin(self) -> str:
        """The log's name."""
        return self._signer.key.name

    @property
    def tiles(self) -> TileReader:
        """Its tiles and entry bundles, as far as they are applied."""
        return self._log.tiles

    def checkpoint(self) -> bytes:
        """The newest published checkpoint. Raises `LogUnavailable` where none is."""
        try:
            return self._log.checkpoint()
        except RecordRefused as error:
            raise LogUnavailable(f"the log has no checkpoint to read ({error})") from error

    @property
    def has_begun(self) -> bool:
        """Whether a checkpoint of this log was ever signed here. Raises `LogUnavailable` where it cannot be read."""
        return self._lock.exists and self._lock.read(self.origin) is not None

    def create(self) -> None:
        """Begin the log: with a checkpoint of size 0.

        Raises `LogUnavailable` where the lock store knows this origin, or the folder holds anything, already.
        """
        self._lock.make()
        with self._working(), self._lock.held(self._patience):
            if self._folder.is_dir() and any(self._folder.iterdir()):
                raise LogUnavailable(
                    f"there is something in `{self._folder}` already, and a log begins in an empty folder; "
                    f"if this log's lock store is lost, see {PAGE}"
                )
            make_folder(self._folder, 0o755)
            if not self._lock.swap(self.origin, None, self._signed(Head(0, EMPTY_ROOT))):
                raise LogUnavailable(f"the log `{self.origin}` was begun already: it cannot begin again")
            self._publish(self._recovered())

    def append(self, entries: Sequence[bytes]) -> range:
        """See the port. Raises `OutOfRange` for an entry that is too long; then none of them is appended.

        Raises `NotPublished` where the entries are in the log for good, but nobody can see it yet.
        """
        with self._working(), self._lock.held(self._patience):
            self._after(Step.LOCKED)
            state, unsettled = self._started()
            self._after(Step.READ)
            if not entries:
                return range(state.head.size, state.head.size)
            batch = grown(state.head, state.edge, state.last, entries)
            self._stage(batch, state)
            signed = self._signed(batch.new)
            self._after(Step.SIGNED)
            self._swap(state, signed)
            self._after(Step.SWAPPED)
            appended = range(batch.old.size, batch.new.size)
            with _in_the_log(appended):
                unsettled = (*unsettled, batch)
                self._put(batch)
                lags = len(unsettled) <= self._lag and sum(len(each.files) for each in unsettled) <= UNSETTLED_FILES
                if not lags:
                    self._settle(unsettled)
                state = self._publish(grown_state(state, batch, signed, entries), durable=not lags)
                if not lags:
                    unsettled = self._clean(unsettled)
            self._known = Known.of(self._folder, state, unsettled)
            self._after(Step.CLEANED)
            return appended

    def publish(self) -> bytes:
        """Finish what an append could not, if there is anything, and publish; the published checkpoint.

        After a change of the key, the checkpoint is signed with the new one. Raises `LogUnavailable`, `LogForked`.
        """
        with self._working(), self._lock.held(self._patience):
            state = self._recovered()
            if not check_signer(self._signer.key, state.signed, self.tiles):
                signed = self._signed(state.head)
                self._swap(state, signed)
                state = replace(state, signed=signed)
            if not state.is_published:
                self._publish(state)
            return self.checkpoint()

    def relock(self, newest: bytes) -> Head:
        """Make the lock store's row again where its newest state is lost, from the newest checkpoint that anybody has.

        The log in the folder must be exactly that of this checkpoint. Its head. Raises `LogUnavailable` for a
        checkpoint that is not this log's, or older than what the lock store has; `LogForked` where the folder is not
        its log, or the lock store's own is of another one.
        """
        checkpoint = self._own(newest)
        self._lock.make()
        with self._working(), self._lock.held(self._patience):
            state = read_state(self._folder, newest)
            check_signer(self._signer.key, newest, self.tiles)
            old = self._lock.read(self.origin)
            if old is not None:
                check_older(self._folder, read_checkpoint(old).checkpoint, state)
            if not self._lock.swap(self.origin, old, self._signed(checkpoint.head)):
                raise forked(self._folder, state, "the lock store was changed by another writer meanwhile")
            return checkpoint.head

    def _own(self, content: bytes) -> Checkpoint:
        try:
            checkpoint = read_checkpoint(content).checkpoint
        except RecordRefused as error:
            raise LogUnavailable(str(error)) from error
        if checkpoint.origin != self.origin:
            raise LogUnavailable(f"the checkpoint is of the log `{checkpoint.origin}`, not of `{self.origin}`")
        return checkpoint

    @contextmanager
    def _working(self) -> Iterator[None]:
        """One thread at a time; a disk that does not take or give what it should means that the log is unavailable."""
        with self._turn:
            try:
                yield
            except OSError as error:
                where = f"`{error.filename}`" if error.filename else f"the log in `{self._folder}`"
                raise LogUnavailable(f"cannot write or read {where}: {_told(error)}") from error

    def _started(self) -> tuple[State, tuple[Batch, ...]]:
        """Where the last append of this process ended, if the log is still there; else where it is now."""
        known, self._known = self._known, None
        if known is not None and known.holds(self._folder, self._lock.read(self.origin) or b""):
            return known.state, known.unsettled
        return self._recovered(), ()

    def _recovered(self) -> State:
        """The log as it was last signed; batches that won their swap are applied first, others are thrown away."""
        self._known = None
        signed = self._lock.read(self.origin)
        if signed is None:
            raise LogUnavailable(f"there is no log `{self.origin}` here yet: create it first")
        head = read_checkpoint(signed).checkpoint.head
        batches = self._staged(head)
        if batches:
            check_edge(self._folder, head, batches[0])
            for batch in batches:
                self._put(batch, mending=True)
            self._settle(batches)
        state = read_state(self._folder, signed)
        check_signer(self._signer.key, signed, self.tiles)
        self._clean(batches)
        return state

    def _staged(self, head: Head) -> tuple[Batch, ...]:
        try:
            return self._staging.chain(head)
        except RecordRefused as error:
            raise LogUnavailable(f"a batch that is in the log cannot be applied: {error}") from error

    def _stage(self, batch: Batch, state: State) -> None:
        """Nothing of the batch may be in the log's folder with other bytes: a second writer would have put it there."""
        for path, content in batch.files.items():
            if (self._folder / path).exists() and not holds(self._folder / path, content):
                raise forked(self._folder, state, f"{path} is there already, with other bytes")
        self._staging.put(batch)
        self._after(Step.STAGED)

    def _signed(self, head: Head) -> bytes:
        return bytes(sign(str(Checkpoint(self.origin, head)), self._signer))

    def _swap(self, state: State, signed: bytes) -> None:
        """The moment of truth. If it fails, the next start knows whether it was before or after it."""
        try:
            won = self._lock.swap(self.origin, state.signed, signed)
        except LogUnavailable as error:
            raise LogUnavailable(f"{error}: read the log before anything is appended again, it may be in it") from error
        if not won:
            raise forked(self._folder, state, "the lock store was changed by another writer meanwhile")

    def _put(self, batch: Batch, *, mending: bool = False) -> None:
        put_files(self._folder, batch.files, lambda: self._after(Step.FILE), mending=mending)
        self._after(Step.APPLIED)

    def _settle(self, batches: Sequence[Batch]) -> None:
        settle(self._folder, lasting(batches))
        self._after(Step.SETTLED)

    def _clean(self, batches: Sequence[Batch]) -> tuple[Batch, ...]:
        """Batches that are settled are needed no more; none is left."""
        drop_partials(self._folder, batches)
        self._staging.clear()
        return ()

    def _publish(self, state: State, *, durable: bool = True) -> State:
        """The state as it is published now. A name that is not durable yet is the older checkpoint's after a crash."""
        old = state.published.checkpoint.head if state.published is not None else Head(0, EMPTY_ROOT)
        content = state.signed if self._cosign is None else self._cosign(old, state.signed, self.tiles)
        shown = read_checkpoint(content)
        if shown.checkpoint != read_checkpoint(state.signed).checkpoint:
            raise LogUnavailable("what came back from the witnesses is another checkpoint: it is not published")
        self._after(Step.COSIGNED)
        write_file(self._folder / CHECKPOINT, content, 0o644, durable=durable)
        self._after(Step.PUBLISHED)
        return replace(state, published=shown)


@contextmanager
def _in_the_log(appended: range) -> Iterator[None]:
    """What goes wrong now cannot take the entries out of the log again."""
    try:
        yield
    except (LogUnavailable, OSError) as error:
        raise NotPublished(appended, _told(error)) from error


def _told(error: Exception) -> str:
    if not isinstance(error, OSError):
        return str(error)
    full = ": free some space, then try again" if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
    return f"{error.strerror or error}{full}"
