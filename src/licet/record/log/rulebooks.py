"""Rulebooks by epoch, rebuilt from the entries of a log alone: what decided, without asking who decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from licet.core.resolve import Documents, resolve
from licet.core.rulebook import Rulebook
from licet.core.rulebook import rulebook as assemble
from licet.core.shape import Draft, shape
from licet.record.log.entries import Enacted, Entry, Instrument, ListPart, PublishedList, WithheldInstrument, digest_of
from licet.record.log.list_parts import Joining
from licet.record.log.opening import WORDS, Opening
from licet.record.refusal import NotProven, RecordRefused
from licet.record.sealed.commitment import Domain
from licet.record.spelling import canonical, json_object, shown


class Withheld(RecordRefused):
    """Something that is withheld, and that nobody has opened: nothing is wrong, but nothing is shown either."""


class Law:
    """The documents of a log and its enactments.

    The log is one that `log_check` accepts; `NotProven` is raised for some that it does not.
    `openings` are by commitment; they are needed for what is withheld. An `Opening` is checked when it is made.
    """

    def __init__(self, entries: Iterable[tuple[int, Entry]], openings: Mapping[str, Opening] | None = None) -> None:
        self.enactments: dict[int, tuple[int, Enacted]] = {}
        """Each enactment, by epoch, after its index in the log."""
        self._openings = openings or {}
        self._places: dict[str, int] = {}
        self._documents: dict[str, bytes] = {}
        self._lists: dict[str, bytes] = {}
        self._joining = Joining()
        self._drafts: dict[str, Draft] = {}
        self._rulebooks: dict[int, Rulebook | RecordRefused] = {}
        for at, entry in entries:
            self._take(at, entry)

    def rulebook(self, epoch: int) -> Rulebook:
        """The rulebook of an epoch; of epoch 0 the empty one.

        Raises `NotProven` where the documents are not those of the rulebook that the enactment names, or make none;
        `Withheld` where one of them is not opened.
        """
        found = self._rulebooks.get(epoch)
        if found is None:
            try:
                found = self._rebuilt(epoch)
            except RecordRefused as error:
                found = error
            self._rulebooks[epoch] = found
        if isinstance(found, RecordRefused):
            raise found
        return found

    def _take(self, at: int, entry: Entry) -> None:
        match entry:
            case Instrument(digest=digest, document=document):
                self._documents[digest] = document
                self._places.setdefault(digest, at)
            case WithheldInstrument(commitment=commitment):
                self._places.setdefault(commitment, at)
            case PublishedList(digest=digest, text=text):
                self._lists[digest] = text.encode()
            case ListPart(digest=digest):
                content = self._joining.take(at, entry)
                if content is not None:
                    self._lists[digest] = content
            case Enacted(epoch=epoch):
                self.enactments.setdefault(epoch, (at, entry))
            case _:
                pass

    def _rebuilt(self, epoch: int) -> Rulebook:
        drafts = []
        lists = dict(self._lists)
        for each in range(1, epoch + 1):
            if each not in self.enactments:
                raise NotProven(f"epoch {each}", "the log has no such enactment")
            at, enacted = self.enactments[each]
            lists |= self._opened_lists(at, enacted)
            drafts += [self._draft(at, content, lists) for content in enacted.documents]
        documents, problems = resolve(drafts, lambda draft: digest_of(canonical(draft.tree)))
        if problems:
            raise NotProven(f"epoch {epoch}", f"its documents make no rulebook: {problems[0].message}")
        digest = digest_of(canonical(_content(documents)))
        if epoch:
            self._check_digest(*self.enactments[epoch], digest)
        return assemble(
            documents.facts.values(),
            documents.catalogue,
            documents.definitions.values(),
            documents.instruments,
            digest=digest,
            epoch=epoch,
            thresholds=documents.thresholds.values(),
            safeguards=documents.safeguards.values(),
        )

    def _check_digest(self, at: int, enacted: Enacted, digest: str) -> None:
        """That the rulebook is the one that the enactment names."""
        named = enacted.rulebook
        if named.startswith("salted:"):
            named = self._opened(named, Domain.RULEBOOK, f"entry {at}: `rulebook`").decode()
        if named != digest:
            why = f"the rulebook of epoch {enacted.epoch}, rebuilt from the log, has the digest {digest}, not {named}"
            raise NotProven(f"entry {at}: `rulebook`", why)

    def _draft(self, at: int, content: str, lists: Mapping[str, bytes]) -> Draft:
        found = self._drafts.get(content)
        if found is None:
            document = self._documents.get(content)
            if content.startswith("salted:"):
                document = self._opened(content, Domain.DOCUMENT, f"entry {self._places.get(content, at)}")
            if document is None:
                raise NotProven(f"entry {at}", f"the document {shown(content)} is not in the log")
            found = self._drafts[content] = _shaped(at, document, lists)
        return found

    def _opened_lists(self, at: int, enacted: Enacted) -> dict[str, bytes]:
        opened = [
            self._opened(each, Domain.DOCUMENT, f"entry {at}: `lists`")
            for each in enacted.lists
            if each.startswith("salted:")
        ]
        return {digest_of(each): each for each in opened}

    def _opened(self, commitment: str, domain: Domain, place: str) -> bytes:
        opening = self._openings.get(commitment)
        if opening is None or WORDS[opening.of] is not domain:
            raise Withheld(place, f"{commitment} is withheld, and no opening of it was given")
        return opening.content


def _shaped(at: int, document: bytes, lists: Mapping[str, bytes]) -> Draft:
    tree = json_object(document, f"entry {at}: document")
    draft, problems = shape(at, tree, lambda _, pinned: lists.get(pinned or ""))
    if draft is None:
        raise NotProven(f"entry {at}", f"a document that it names is none: {problems[0].message}")
    if canonical(draft.tree) != document:
        raise NotProven(f"entry {at}", "a document that it names is not in its canonical form")
    return draft


def _content(documents: Documents) -> dict[str, Any]:
    """What the digest of a rulebook is over: `spec/documents.md`."""
    facts = documents.facts.values()
    content: dict[str, Any] = {
        "facts": {
            each.name: {"type": each.kind.value, "about": each.about.value, "values": sorted(each.values)}
            for each in facts
        },
        "definitions": {name: each.digest for name, each in documents.definitions.items()},
        "models": {name: each.digest for name, each in documents.catalogue.models.items()},
        "instruments": {each.name: each.digest for each in documents.instruments},
    }
    if documents.thresholds:
        content["thresholds"] = {name: each.digest for name, each in documents.thresholds.items()}
    if documents.safeguards:
        content["safeguards"] = {name: each.digest for name, each in documents.safeguards.items()}
    return content
