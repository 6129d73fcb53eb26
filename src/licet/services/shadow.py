"""Shadow: have every gate process decide by a draft too, beside the rulebook, and count what would be different.

Nothing of the draft is enforced. A shadow is a lease: whoever started it asks for its figures every second, and a
process that was not asked for `LEASE_SECONDS` drops it by itself. `spec/shadow.md` describes the exchange.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal, Protocol

import msgspec

from licet.core.change import Effect, Standing, standing
from licet.core.errors import LicetError
from licet.core.rulebook import Rulebook
from licet.services.distinct import number
from licet.services.ports import Gone, Silence, Store
from licet.services.rulebooks import Proposal
from licet.services.stored import StoredDocument, StoredList
from licet.wire.documents import rulebook_from

LEASE_SECONDS = 10.0
"""How long a gate process goes on with a shadow that nobody asks about."""

State = Literal["compiling", "running", "superseded", "failed", "none"]
"""`superseded`: the rulebook itself has changed, so the draft no longer lies on top of it. `none`: not known there."""

ANSWER_SECONDS = 5.0


class ShadowRefused(LicetError):
    """A shadow that cannot run; the message says why and what to do."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a gate process is asked to run: the draft left under `id`, with the digest of those bytes.

    `title` names the draft for people. `base` and `rulebook` are the digests of the rulebook that it lies on top of
    and of the one that results. `at`: the draft is judged as of this instant until that has come; None: as of now.
    """

    id: Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{16}\Z")]
    digest: str
    title: str
    actor: str
    base: str
    rulebook: str
    at: datetime | None


class Seen(msgspec.Struct, frozen=True):
    """So many requests for a model that would have been decided otherwise, in this way, by these instruments.

    `was` and `becomes` are the models that serve without and with the draft (None: none). `unknown`: where something
    is lost, the facts of which one would have to become known to get it back.
    """

    model: str
    was: str | None
    becomes: str | None
    effect: Effect
    by: tuple[str, ...]
    unknown: tuple[str, ...]
    requests: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What one gate process has counted in one run of a shadow.

    `compared` requests, of which `changed` would have been decided otherwise; `uncounted` of these are in no row,
    because there were too many kinds of change. `callers` and `callers_changed` are what `services.distinct` keeps.
    `cut` of the `open` answers would be ended if the draft took effect now; `streams` of those are streams.
    """

    worker: str
    run: str
    state: State
    why: str = ""
    compared: int = 0
    changed: int = 0
    uncounted: int = 0
    rows: tuple[Seen, ...] = ()
    callers: tuple[str, ...] = ()
    callers_changed: tuple[str, ...] = ()
    open: int = 0
    cut: int = 0
    streams: int = 0


class Shadows(Protocol):
    """The gate processes that run now, as those that can evaluate a draft."""

    def shadow(
        self, act: Literal["start", "report", "end"], request: Mapping[str, object], *, timeout: float
    ) -> tuple[dict[str, object] | Silence | Gone, ...]:
        """Begin, ask about, or end a shadow ; what a worker refuses is its `Silence`."""

    def leave(self, name: str, content: bytes) -> None:
        """Leave bytes where every worker, and nobody else, can read them. Raises `StoreUnavailable`."""

    def take_back(self, name: str) -> None:
        """Remove them, if they are still there."""


class _Content(msgspec.Struct, frozen=True):
    """A draft as it is left for the gate processes."""

    documents: tuple[StoredDocument, ...]
    lists: tuple[StoredList, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """What a shadow came to so far, over all gate processes. Names as in `Report`.

    `trouble`: what keeps processes from taking part, by their names. `rebased`: how often the rulebook itself changed
    meanwhile, after which the draft was laid on top of the new one.
    """

    seconds: float
    at: datetime | None
    rulebook: str
    epoch: int
    workers: tuple[str, ...]
    compared: int
    changed: int
    uncounted: int
    rows: tuple[Seen, ...]
    callers: int
    callers_changed: int
    open: int
    cut: int
    streams: int
    rebased: int
    trouble: tuple[tuple[str, str], ...]


def draft_bytes(proposal: Proposal) -> bytes:
    """The new documents of a proposal and their lists, for `drafted`."""
    return msgspec.json.encode(_Content(proposal.documents, proposal.lists))


def digest_of(content: bytes) -> str:
    """SHA-256, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def drafted(store: Store, epoch: int, asked: Asked, content: bytes) -> Rulebook:
    """The rulebook of an epoch with a draft on top of it, in a gate process; exactly what was asked for.

    Raises `ShadowRefused` if the bytes or the rulebook have another digest, and what the store raises.
    """
    if digest_of(content) != asked.digest:
        raise ShadowRefused("the draft's file does not have the digest that was named")
    draft = msgspec.json.decode(content, type=_Content)
    lists = {each.digest: each.content for each in draft.lists}

    def content_of(digest: str) -> bytes | None:
        return lists.get(digest) or store.list_content(digest)

    rulebook = rulebook_from([*store.documents(epoch), *draft.documents], content_of, epoch + 1)
    if rulebook.digest != asked.rulebook:
        raise ShadowRefused("the rulebook with the draft is another one here than where it was proposed")
    return rulebook


def first_difference(before: Rulebook, after: Rulebook, now: datetime) -> datetime | None:
    """The first instant from now on at which other instruments are in force; None if that is now, or never is."""
    for instant in (now, *sorted({each for each in (*before.boundaries, *after.boundaries) if each > now})):
        if _in_force(before, instant) != _in_force(after, instant):
            return None if instant == now else instant
    return None


def _in_force(rulebook: Rulebook, at: datetime) -> Standing:
    return standing(rulebook, at, rulebook.catalogue.models)


@dataclass(slots=True)
class Shadow:
    """A shadow as its owner sees it: it can be begun, asked for its tally, and ended.

    `propose` reads the draft anew on top of what is in force, for when that has changed; `id` is 16 hexadecimal
    digits that nobody else uses; `at` the instant that the draft is judged as of (None: now).
    """

    workers: Shadows
    propose: Callable[[], Proposal]
    id: str
    title: str
    actor: str
    at: datetime | None
    stopwatch: Callable[[], float]
    _proposal: Proposal = field(init=False)
    _asked: Asked = field(init=False)
    _since: float = field(init=False)
    _rebased: int = 0
    _reports: dict[tuple[str, str], Report] = field(default_factory=dict)
    _latest: tuple[Report, ...] = ()
    _trouble: tuple[tuple[str, str], ...] = ()

    def begin(self) -> None:
        """Hand the draft to every gate process. Raises `ShadowRefused` if one of them refuses, or none runs."""
        self._since = self.stopwatch()
        self._hand_over(self.propose())
        answers = self.workers.shadow("start", msgspec.to_builtins(self._asked), timeout=ANSWER_SECONDS)
        refused = [each for each in answers if isinstance(each, Silence)]
        if refused:
            self.end()
            raise ShadowRefused(_by_reason([(each.worker, each.why) for each in refused]))
        if not any(isinstance(each, dict) for each in answers):
            self.end()
            raise ShadowRefused("no gate is running; `licet serve` starts it, and then it has traffic to compare")
        self._take(answers)

    def _hand_over(self, proposal: Proposal) -> None:
        content = draft_bytes(proposal)
        self.workers.leave(self.id, content)
        self._proposal = proposal
        self._asked = Asked(
            id=self.id,
            digest=digest_of(content),
            title=self.title,
            actor=self.actor,
            base=proposal.before.digest,
            rulebook=proposal.rulebook.digest,
            at=self.at,
        )

    def ask(self) -> Tally:
        """The tally of now; it also renews the lease. A process that does not have the shadow is given it again.

        Raises `ShadowRefused` if the draft failed in a process, or no longer changes anything; the shadow is ended.
        """
        self._take(self.workers.shadow("report", {"id": self.id}, timeout=ANSWER_SECONDS))
        failed = [each for each in self._latest if each.state == "failed"]
        if failed:
            self.end()
            raise ShadowRefused("switched off by " + _by_reason([(each.worker, each.why) for each in failed]))
        if any(each.state in ("superseded", "none") for each in self._latest):
            self._again()
        return self.tally()

    def _again(self) -> None:
        """Lay the draft on top of what is in force now."""
        try:
            proposal = self.propose()
        except LicetError:
            self.end()
            raise
        if not proposal.written:
            self.end()
            raise ShadowRefused("the draft was enacted meanwhile; its shadow has ended")
        if proposal.rulebook.digest != self._asked.rulebook:
            self._rebased += 1
            self._hand_over(proposal)
        self._take(self.workers.shadow("start", msgspec.to_builtins(self._asked), timeout=ANSWER_SECONDS))

    def end(self) -> Tally | None:
        """End it everywhere, with the last figures; None if it had not begun."""
        try:
            self._take(self.workers.shadow("end", {"id": self.id}, timeout=ANSWER_SECONDS))
        finally:
            self.workers.take_back(self.id)
        return self.tally() if self._reports else None

    def _take(self, answers: Sequence[dict[str, object] | Silence | Gone]) -> None:
        trouble: list[tuple[str, str]] = []
        latest: list[Report] = []
        for answer in answers:
            match answer:
                case Silence(worker, why):
                    trouble.append((worker, why))
                case Gone(worker, pid):
                    trouble.append((worker, f"its process {pid} has ended"))
                case _:
                    latest.append(msgspec.convert(answer, Report))
        self._reports |= {(each.worker, each.run): each for each in latest if each.state != "none"}
        self._latest, self._trouble = tuple(latest), tuple(trouble)

    @property
    def is_complete(self) -> bool:
        """Whether every process that answers compares requests now."""
        return bool(self._latest) and all(each.state == "running" for each in self._latest)

    def tally(self) -> Tally:
        """What is known now."""
        reports, latest = self._reports.values(), self._latest
        return Tally(
            seconds=self.stopwatch() - self._since,
            at=self.at,
            rulebook=self._proposal.rulebook.digest,
            epoch=self._proposal.before.epoch,
            workers=tuple(sorted({each.worker for each in reports})),
            compared=sum(each.compared for each in reports),
            changed=sum(each.changed for each in reports),
            uncounted=sum(each.uncounted for each in reports),
            rows=added(reports),
            callers=number(each.callers for each in reports),
            callers_changed=number(each.callers_changed for each in reports),
            open=sum(each.open for each in latest),
            cut=sum(each.cut for each in latest),
            streams=sum(each.streams for each in latest),
            rebased=self._rebased,
            trouble=self._trouble,
        )


def _by_reason(said: Iterable[tuple[str, str]]) -> str:
    """`w1, w2: why`: what several processes say alike, once."""
    names: dict[str, list[str]] = {}
    for worker, why in said:
        names.setdefault(why, []).append(worker)
    return "; ".join(f"{', '.join(workers)}: {why}" for why, workers in names.items())


def added(reports: Iterable[Report]) -> tuple[Seen, ...]:
    """The rows of several runs as one table, most requests first."""
    requests: Counter[Seen] = Counter()
    for report in reports:
        for row in report.rows:
            requests[msgspec.structs.replace(row, requests=0)] += row.requests
    rows = [msgspec.structs.replace(row, requests=count) for row, count in requests.items()]
    return tuple(sorted(rows, key=lambda row: (-row.requests, row.model, row.effect, row.by)))
