"""Publishing: from the store and the sealed journal to entries of the public log, each exactly once.

What is in the log is read from the log itself (`published`), so it does not matter when a run ends: the next goes on
where the log is, and one that finds nothing new appends nothing. `spec/record-publish.md`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from licet.record.log.entries import Acknowledged, Act, Enacted, Entry, ListPart, PublishedList, WithheldList
from licet.record.log.entry_spelling import encode
from licet.record.log.fields import Actor
from licet.record.signed.checkpoint import read_checkpoint
from licet.services.acts.ports import StoredAct
from licet.services.ports import Store, StoreUnavailable
from licet.services.record.ports import Log, LogForked, Sealed
from licet.services.record.publishing.acts import act_entry, pseudonym
from licet.services.record.publishing.published import Published, published, step_of
from licet.services.record.publishing.withholding import (
    NotPublishable,
    Openings,
    Public,
    list_entries,
    public_of,
    withheld_list,
)
from licet.services.record.settings import Withholding
from licet.services.stored import Enactment, Event, Ground, StoredDocument

ENTRIES_AT_ONCE = 1_000
"""Entries in one append, about: what belongs together is never torn apart."""

ENACTED = "enacted"
ACKNOWLEDGED = "acknowledged"
ACT_SETTLED = "act settled"
ACTS = ("act added", ACT_SETTLED)


class GrowingLog(Log, Protocol):
    """A log that can also be begun, and finished where an append was cut short."""

    @property
    def has_begun(self) -> bool:
        """Whether a checkpoint of this log was ever signed here. Raises `LogUnavailable`."""

    def create(self) -> None:
        """Begin the log with a checkpoint of size 0. Raises `LogUnavailable` where it was begun already."""

    def publish(self) -> bytes:
        """Finish what an append could not, and publish; the published checkpoint. Raises as `append` does."""


class Desk(Protocol):
    """Where publishing is done: by one at a time, with a memory that may be lost at any time."""

    def turn(self) -> AbstractContextManager[None]:
        """Be the only one that publishes, until this ends. Raises `LogUnavailable` that names the other."""

    def load(self) -> bytes | None:
        """What was kept last; None if nothing is."""

    def keep(self, content: bytes) -> None:
        """Keep it in the place of what was."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What is published. `secret` keys the pseudonyms of officers; `segments` gives what of the journal is sealed."""

    store: Store
    secret: bytes
    openings: Openings
    withhold: tuple[Withholding, ...] = ()
    segments: Callable[[], Sequence[Sealed]] = tuple


class Appended(NamedTuple):
    """An entry that is in the log now, at this index."""

    at: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Publication:
    """What a run appended, the checkpoint that covers it, and what stopped it, if something did.

    `begun`: the log was begun by this run. What stands behind what stopped it in the store waits.
    """

    appended: tuple[Appended, ...]
    checkpoint: bytes
    stopped: NotPublishable | None = None
    begun: bool = False


@dataclass(slots=True)
class Step:
    """Entries that go into the log together; after them all events up to `read` are in it."""

    entries: list[Entry] = field(default_factory=list)
    read: int | None = None


@dataclass(slots=True)
class Waiting:
    """What would be appended next, in its order; `stopped` says why there is no more of the store."""

    steps: list[Step]
    stopped: NotPublishable | None = None

    @property
    def entries(self) -> list[Entry]:
        """All of it."""
        return [entry for step in self.steps for entry in step.entries]


def publish(log: GrowingLog, sources: Sources, desk: Desk) -> Publication:
    """Append everything that is not in the log yet; begin the log if there is none.

    Raises what the store and the log raise; `LogForked` where the store is not the one that was published from.
    """
    with desk.turn():
        begun = not log.has_begun
        if begun:
            log.create()
        before = _in_the_log(log, log.publish(), desk)
        waiting = plan(before, sources)
        appended: list[Appended] = []
        for entries in _together(waiting.steps):
            indices = log.append([encode(each) for each in entries])
            appended += map(Appended, indices, entries)
        checkpoint = log.checkpoint()
        if appended:
            _check_there(appended, after := _in_the_log(log, checkpoint, desk))
        else:
            after = before
        reads = [step.read for step in waiting.steps if step.read is not None]
        if reads:
            after.has_read(reads[-1])
        desk.keep(after.remembered())
        return Publication(tuple(appended), checkpoint, waiting.stopped, begun)


def plan(found: Published, sources: Sources) -> Waiting:
    """What is not in the log yet. Raises `LogForked`, and what the store raises."""
    _check_same_store(found, sources.store)
    planned = deepcopy(found)
    waiting = Waiting([])
    try:
        for step in _of_the_store(planned, sources):
            waiting.steps.append(step)
    except NotPublishable as error:
        waiting.stopped = error
    waiting.steps += _of_the_journal(planned, sources.segments())
    return waiting


def _of_the_store(planned: Published, sources: Sources) -> Iterator[Step]:
    """One step for each enactment, with what it needs, and for each acknowledgement and act, in the order of events."""
    enactments = {each.epoch: each for each in sources.store.enactments()}
    documents = {each.digest: each for each in sources.store.documents()}
    acts: dict[str, StoredAct] | None = None
    read = planned.read
    for event in sources.store.events(planned.read):
        read = event.seq
        if event.kind not in (ENACTED, ACKNOWLEDGED, *ACTS):
            continue
        said = json.loads(event.body)
        step = Step(read=read)
        if event.kind == ENACTED and said["epoch"] > planned.epoch:
            enactment = enactments[said["epoch"]]
            step.entries += _enacted(planned, enactment, documents, said["lists"], sources)
        elif event.kind == ACKNOWLEDGED and (said["epoch"], said["worker"]) not in planned.acknowledged:
            step.entries.append(_acknowledged(event, said["epoch"], said["worker"]))
        elif event.kind in ACTS:
            acts = acts or {each.id: each for each in sources.store.acts()}
            step.entries += _new_act(planned, event, acts.get(said["act"]), sources.secret)
        for entry in step.entries:
            planned.see(entry)
        yield step
    yield Step(read=read)


def _acknowledged(event: Event, epoch: int, worker: str) -> Acknowledged:
    return Acknowledged(epoch, worker, event.at)


def _new_act(planned: Published, event: Event, act: StoredAct | None, secret: bytes) -> Iterator[Act]:
    """What an officer did, or what became of it, unless it is in the log."""
    if act is None:
        raise StoreUnavailable("an act that an event names is not in the store: restore a backup")
    entry = act_entry(act, secret, settled=event.kind == ACT_SETTLED)
    if step_of(entry.act, settles=entry.settles) not in planned.acts:
        yield entry


def _enacted(
    planned: Published,
    enactment: Enactment,
    documents: dict[str, StoredDocument],
    lists: Iterable[str],
    sources: Sources,
) -> list[Entry]:
    """The lists and documents of an enactment that the log does not have, and its entry. Raises `NotPublishable`."""
    public = [public_of(documents[each], sources.withhold, sources.openings) for each in enactment.documents]
    listed = [_list(each, public, sources) for each in dict.fromkeys(lists)]
    named = tuple(dict.fromkeys(each.named for each in public))
    withholds = planned.withholds or any(each.withholding for each in public)
    entries: list[Entry] = [entry for name, parts in listed if name not in planned.lists for entry in parts]
    entries += {each.named: each.entry for each in public if each.named not in planned.documents}.values()
    rulebook = enactment.rulebook
    if withholds:
        rulebook = sources.openings.of("rulebook", rulebook.encode()).commitment
    entries.append(
        Enacted(
            epoch=enactment.epoch,
            at=enactment.at,
            by=_actors(enactment, sources.secret),
            ground=enactment.ground.value,
            documents=named,
            lists=tuple(name for name, _ in listed),
            rulebook=rulebook,
        )
    )
    return entries


def _list(
    digest: str, public: Sequence[Public], sources: Sources
) -> tuple[str, tuple[PublishedList | ListPart | WithheldList, ...]]:
    """How an enactment names a list, and the entries that publish it: withheld if only withheld fields pin it."""
    content = sources.store.list_content(digest)
    if content is None:
        raise StoreUnavailable(f"the list {digest} is not in the store: restore a backup")
    hiding = next((each.withholding for each in public if digest in each.hidden), None)
    if hiding is None or any(digest in each.lists for each in public):
        return digest, list_entries(digest, content)
    entry = withheld_list(content, hiding, sources.openings)
    return entry.commitment, (entry,)


def _actors(enactment: Enactment, secret: bytes) -> tuple[Actor, ...]:
    """Who acted, by pseudonym. With two officers, one proposed and the other approved."""
    by = [("proposer" if enactment.ground is Ground.TWO_OFFICERS else "officer", enactment.actor)]
    by += [("approver", enactment.approved_by)] if enactment.approved_by else []
    return tuple(Actor(role, pseudonym(secret, actor)) for role, actor in by if actor)


def _of_the_journal(planned: Published, segments: Sequence[Sealed]) -> Iterator[Step]:
    for each in segments:
        entries: list[Entry] = [each.entry] if each.name not in planned.segments else []
        entries += [each.facts] if each.facts is not None and each.name not in planned.facts else []
        yield Step(entries)


def _together(steps: Iterable[Step]) -> Iterator[list[Entry]]:
    """Entries of successive steps for one append each."""
    batch: list[Entry] = []
    for step in steps:
        batch += step.entries
        if len(batch) >= ENTRIES_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _in_the_log(log: Log, checkpoint: bytes, desk: Desk) -> Published:
    return published(log.tiles, read_checkpoint(checkpoint).checkpoint.head, desk.load())


def _check_there(appended: Sequence[Appended], after: Published) -> None:
    """That what was appended is what the log shows, before anything of it is remembered as done."""
    last = next((each.entry for each in reversed(appended) if isinstance(each.entry, Enacted)), None)
    if appended[-1].at >= after.size or (last is not None and last.epoch != after.epoch):
        raise LogForked("what was appended is not in the log that is published: somebody else writes to its folder")


def _check_same_store(found: Published, store: Store) -> None:
    """That the store is the one that was published from: nothing that it said is undone."""
    enactments = {each.epoch: each for each in store.enactments()}
    if found.read > store.head() or (found.epoch and found.epoch not in enactments):
        raise LogForked(
            f"the store is older than the log, which has epoch {found.epoch}: a backup was restored. Nothing was "
            "appended. Restore the newest state, or say with `licet record correct` what is no longer so"
        )
    if not found.epoch:
        return
    same = enactments[found.epoch]
    plain = not found.rulebook.startswith("salted:")
    if same.at != found.at or (plain and same.rulebook != found.rulebook):
        raise LogForked(
            f"epoch {found.epoch} was enacted at {found.at} in the log, and at {same.at} with another rulebook in the "
            "store: the store is not the one that was published. Nothing was appended"
        )
