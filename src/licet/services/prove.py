"""Prove: which properties are asked about, of which step from one rulebook to another, and their answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from licet.core.errors import LicetError
from licet.core.proof import Answer, Proof
from licet.core.properties import Property
from licet.core.rulebook import Rulebook
from licet.services.ports import Store
from licet.services.proving import ProverOf
from licet.services.rulebooks import epoch_of, propose
from licet.wire import yaml
from licet.wire.documents import SourceFile, rulebook_from

ASKED = "asked-here"
"""The name of a property that has none, as it is asked on the command line."""


class NotAskable(LicetError):
    """There is nothing to prove, or nothing to compare with."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The properties to prove, of the rulebook `after` and of the step to it from `before`.

    `draft`: `after` is not what is enacted, but what it would be with the documents at hand.
    """

    properties: tuple[Property, ...]
    before: Rulebook
    after: Rulebook
    draft: bool


def inquire(
    store: Store | None, files: Sequence[SourceFile], *, asked: SourceFile | None = None, against: int | None = None
) -> Inquiry:
    """What some files ask about. They may hold drafts as well as properties; `asked` holds one more property.

    Proved are the properties of the files and the one that is asked for; where there are none, all that stand. The step
    is the one from what is enacted to what the drafts would make of it, or without drafts that from the epoch before;
    `against` names another epoch to compare with. Without a store, the documents stand by themselves.

    Raises `DocumentsRejectedError` with every problem of the documents, and `NotAskable`.
    """
    sources = [*files, *([asked] if asked else [])]
    proposal = propose(store, sources)
    wanted = named_in(sources)
    chosen = tuple(each for each in proposal.properties if each.name in wanted or not wanted)
    if not chosen:
        raise NotAskable("there is no property to prove: name a file that holds one, or ask with `--claim`")
    draft = proposal.rulebook.digest != proposal.before.digest
    after = proposal.rulebook if draft else proposal.before
    if store is None:
        if against is not None:
            raise NotAskable("there is no installation here, and so no epoch to compare with")
        return Inquiry(chosen, proposal.before, after, draft)
    earlier = against if against is not None else proposal.before.epoch - (not draft)
    return Inquiry(chosen, of_epoch(store, earlier), after, draft)


def named_in(sources: Iterable[SourceFile]) -> frozenset[str]:
    """The names of the properties in some files, those included that were enacted before."""
    trees = (document.tree for source in sources for document in yaml.read(source.name, source.content))
    return frozenset(str(tree["property"]) for tree in trees if isinstance(tree, dict) and "property" in tree)


def of_epoch(store: Store, epoch: int) -> Rulebook:
    """The rulebook of an epoch; the empty one for epoch 0. Raises `NotAskable` for what never was."""
    newest = epoch_of(store)
    if epoch > newest:
        raise NotAskable(f"there is no epoch {epoch}; the newest is {newest}")
    epoch = max(epoch, 0)
    return rulebook_from(store.documents(epoch) if epoch else (), store.list_content, epoch)


def proofs(inquiry: Inquiry, prover: ProverOf, report: Callable[[str, float], None]) -> Iterator[Proof]:
    """The answers, in the order of the properties. `report` hears what is being proved, and how far it is (0 to 1)."""
    made = prover(inquiry.before, inquiry.after)
    for number, each in enumerate(inquiry.properties):
        report(f"proving {each.name}", number / len(inquiry.properties))
        yield made.prove(each)


def all_proved(found: Iterable[Proof]) -> bool:
    """Whether every answer is a proof."""
    return all(each.answer is Answer.PROVED for each in found)
