"""Asking witnesses for cosignatures (C2SP tlog-witness, the client), as many as a policy needs.

Each witness has one line: one thread asks at a time, and what waits behind it is replaced by what is newer. So a
witness that hangs holds up nobody who does not need it, and never more than one thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from hashlib import sha256
from http.client import HTTPException
from queue import Empty, SimpleQueue
from time import monotonic
from typing import NamedTuple
from urllib.error import URLError
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

from licet.record.refusal import RecordRefused
from licet.record.signed.checkpoint import SignedCheckpoint, read_checkpoint
from licet.record.signed.notes import Note, Signature, Verified, parse, verified
from licet.record.signed.policy import NONE, Party, Policy
from licet.record.spelling import number, shown, text
from licet.record.tree.merkle import Head
from licet.record.tree.paths import consistency_path
from licet.record.tree.tiles import TileReader
from licet.record.tree.verified import VerifiedTree
from licet.services.record.ports import LogUnavailable
from licet.services.record.watching.witnessing import SIZE, Submission

TIMEOUT_SECONDS = 5.0
"""How long the witnesses may take together."""

LINGER_SECONDS = 0.02
"""How much longer, once there are enough, for those that answer in the same moment."""

ANSWER_LIMIT = 65_536
"""The longest answer of a witness, in bytes."""

CONFLICTS = 3
"""How often a witness may name another size; more than once only if others submit to it at the same time."""


class _Failed(Exception):
    """Why a witness did not cosign, for the operator."""


class _Said(NamedTuple):
    """What became of asking one witness: its signature, or why there is none."""

    witness: str
    signature: Signature | None
    why: str = ""


class _Question(NamedTuple):
    """One checkpoint for one witness; `path` gives the proof from a size that the witness knows."""

    signed: SignedCheckpoint
    content: bytes
    old: int
    path: Callable[[int], tuple[bytes, ...]]
    until: float
    tell: Callable[[_Said], None]


class Witnesses:
    """The witnesses of a policy, as a `Cosign` for `adapters.tlog.FolderLog`. Thread-safe."""

    def __init__(self, policy: Policy, *, timeout: float = TIMEOUT_SECONDS, linger: float = LINGER_SECONDS) -> None:
        """Only witnesses with a URL are asked. Raises `LogUnavailable` where they could never be enough."""
        self._policy = policy
        self._timeout = timeout
        self._linger = linger
        self._lines = {name: _Line(name, party) for name, party in policy.witnesses.items() if party.url is not None}
        if policy.quorum != NONE and policy.quorum not in policy.met(self._lines):
            raise LogUnavailable(
                f"the quorum {shown(policy.quorum)} can never be met: {len(self._lines)} of "
                f"{len(policy.witnesses)} witnesses of the policy have a URL; add it at the end of their lines"
            )

    def __call__(self, old: Head, checkpoint: bytes, tiles: TileReader) -> bytes:
        """The checkpoint with cosignatures that meet the quorum; those that it has already are asked for no more.

        `old` is the head that the witnesses saw last, as far as the log knows; `tiles` have all of the new tree. Raises
        `LogUnavailable` that names who did not cosign, and why.
        """
        signed = read_checkpoint(checkpoint)
        there = {each.key for each in verified(signed.note, [party.key for party in self._policy.witnesses.values()])}
        cosigned = {name for name, party in self._policy.witnesses.items() if party.key in there}
        asked = [name for name in self._lines if name not in cosigned]
        said = self._ask(asked, cosigned, _Paths(tiles, signed.checkpoint.head), old, signed, checkpoint)
        signatures = [each.signature for each in said if each.signature is not None]
        cosigned |= {each.witness for each in said if each.signature is not None}
        if not self._enough(cosigned):
            raise LogUnavailable(self._told(asked, said, cosigned))
        return bytes(Note(signed.note.text, (*signed.note.signatures, *signatures)))

    def _ask(
        self, asked: list[str], cosigned: set[str], paths: _Paths, old: Head, signed: SignedCheckpoint, content: bytes
    ) -> list[_Said]:
        """What the witnesses say until enough have cosigned, all have answered, or the time is over."""
        answers: SimpleQueue[_Said] = SimpleQueue()
        end = until = monotonic() + self._timeout
        for name in asked:
            self._lines[name].ask(_Question(signed, content, old.size, paths.since, end, answers.put))
        said: list[_Said] = []
        enough = False
        while len(said) < len(asked):
            there = cosigned | {each.witness for each in said if each.signature is not None}
            if not enough and self._enough(there):
                enough, until = True, min(end, monotonic() + self._linger)
            try:
                said.append(answers.get(timeout=max(0.0, until - monotonic())))
            except Empty:
                break
        return said

    def _enough(self, cosigned: set[str]) -> bool:
        return self._policy.quorum == NONE or self._policy.quorum in self._policy.met(cosigned)

    def _told(self, asked: list[str], said: list[_Said], cosigned: set[str]) -> str:
        whys = {each.witness: each.why for each in said if each.signature is None}
        silent = {name: f"no answer within {self._timeout:g} s" for name in asked if name not in cosigned}
        listed = "; ".join(f"{shown(name)} {why}" for name, why in sorted((silent | whys).items()))
        return (
            f"the quorum {shown(self._policy.quorum)} is not met, {len(cosigned)} cosigned: {listed}. "
            "Nothing is lost: it is asked for again when the log is next published"
        )


class _Paths:
    """Consistency proofs from any older size of one tree; for several threads."""

    def __init__(self, tiles: TileReader, head: Head) -> None:
        self._tiles = tiles
        self._head = head
        self._lock = threading.Lock()
        self._known: dict[int, tuple[bytes, ...]] = {}

    def since(self, old: int) -> tuple[bytes, ...]:
        """The proof from a size to the tree's. Raises `RecordRefused`, and what the tiles raise."""
        with self._lock:
            if old not in self._known:
                needed = old not in (0, self._head.size)
                tree = VerifiedTree(self._tiles, self._head) if needed else None
                self._known[old] = tuple(consistency_path(old, self._head.size, tree)) if tree is not None else ()
            return self._known[old]


class _Line:
    """One witness, with the question that it is asked now and the one that comes next."""

    def __init__(self, name: str, party: Party) -> None:
        self._name = name
        self._party = party
        self._opener = _opener()
        self._lock = threading.Lock()
        self._next: _Question | None = None
        self._busy = False

    def ask(self, question: _Question) -> None:
        """Ask it as soon as the line is free; a question that waits already is told that it was overtaken."""
        with self._lock:
            overtaken, self._next = self._next, question
            start = not self._busy
            self._busy = True
        if overtaken is not None:
            overtaken.tell(_Said(self._name, None, "still works on an older checkpoint"))
        if start:
            threading.Thread(target=self._run, name=f"witness {self._name}", daemon=True).start()

    def _run(self) -> None:
        while True:
            with self._lock:
                question, self._next = self._next, None
                if question is None:
                    self._busy = False
                    return
            question.tell(self._answered(question))

    def _answered(self, question: _Question) -> _Said:
        """Total: the line must stay usable whatever a witness does."""
        try:
            return _Said(self._name, self._cosignature(question))
        except _Failed as error:
            return _Said(self._name, None, str(error))
        except RecordRefused as error:
            return _Said(self._name, None, f"cannot be given a proof: {error}")
        except Exception as error:  # a tile reader or a socket that fails in its own way
            return _Said(self._name, None, f"could not be asked ({type(error).__name__}: {error})")

    def _cosignature(self, question: _Question) -> Signature:
        size, old = question.signed.checkpoint.head.size, question.old
        for _ in range(CONFLICTS + 1):
            body = bytes(Submission(old, question.path(old), question.content))
            status, kind, answer = self._post(body, question.until)
            match status:
                case 200:
                    return self._verified(question.signed.note, answer)
                case 409 if kind == SIZE:
                    old = _named_size(answer, size)
                case 422 if old > 0:
                    raise _Failed(f"refuses the proof from size {old} (422): it may have seen a fork of this log")
                case _:
                    raise _Failed(f"answers {status}: {_excerpt(answer)}")
        raise _Failed(f"answers 409 again and again, the last time with the size {old}")

    def _post(self, body: bytes, until: float) -> tuple[int, str, bytes]:
        left = until - monotonic()
        if left <= 0:
            raise _Failed("was not asked in time")
        url = f"{(self._party.url or '').rstrip('/')}/add-checkpoint"
        request = Request(url, body, {"Content-Type": "text/plain; charset=utf-8"}, method="POST")  # noqa: S310 - see `_opener`
        try:
            with self._opener.open(request, timeout=left) as response:
                return response.status, response.headers.get_content_type(), response.read(ANSWER_LIMIT)
        except URLError as error:
            raise _Failed(f"cannot be reached ({error.reason})") from None
        except (OSError, HTTPException, ValueError) as error:
            raise _Failed(f"cannot be reached ({error or type(error).__name__})") from None

    def _verified(self, note: Note, answer: bytes) -> Signature:
        """The witness's cosignature in its answer. Signatures by others are ignored, as C2SP wants it."""
        key = self._party.key
        try:
            joined = parse(bytes(Note(note.text, ())) + answer, "answer")
            found: tuple[Verified, ...] = verified(joined, [key], "answer")
        except RecordRefused as error:
            raise _Failed(f"answers with what is no cosignature of this: {error}") from None
        if not found or not found[0].at:
            raise _Failed("answers without a cosignature by its key in the policy")
        return next(each for each in joined.signatures if (each.name, each.key_id) == (key.name, key.id))


def seen_by(policy: Policy, origin: str, timeout: float = TIMEOUT_SECONDS) -> dict[str, bytes]:
    """What the witnesses of a policy say that they cosigned last of a log; nothing of it is verified.

    Those that do not answer, or that have nothing, are left out.
    """
    path = f"{sha256(origin.encode()).hexdigest()}/checkpoint"
    found: dict[str, bytes] = {}
    for name, party in policy.witnesses.items():
        if party.url is None:
            continue
        try:
            with _opener().open(f"{party.url.rstrip('/')}/{path}", timeout=timeout) as response:
                if response.status == 200:
                    found[name] = response.read(ANSWER_LIMIT)
        except (OSError, HTTPException, ValueError):
            continue
    return found


def _named_size(answer: bytes, size: int) -> int:
    """The size that a witness says it knows."""
    try:
        line = text(answer, "size")
        named = number(line.removesuffix("\n"), "size") if line.endswith("\n") else None
    except RecordRefused:
        named = None
    if named is None:
        raise _Failed("answers 409 without a size")
    if named > size:
        raise _Failed(
            f"has seen this log with {named} entries, and this is one with {size}: "
            "a backup was restored, or somebody else signs with the log's key"
        )
    return named


def _excerpt(answer: bytes) -> str:
    return shown(answer[:200].decode("utf-8", "replace").strip())


def _opener() -> OpenerDirector:
    """Opens `http:` and `https:` alone, follows no redirects, and takes every status as an answer."""
    opener = OpenerDirector()
    for handler in (ProxyHandler(), HTTPHandler(), HTTPSHandler(), HTTPDefaultErrorHandler(), UnknownHandler()):
        opener.add_handler(handler)
    return opener
