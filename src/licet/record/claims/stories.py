"""What several segments say of the same subjects, as one story of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from licet.record.claims.instants import earlier
from licet.record.log.entries import JournalSegment
from licet.record.sealed.facts import BEFORE, Attested, SubjectLeaf, within


class Stories:
    """All leaves of facts that were opened, joined by subject.

    The leaf of a segment says what counted from an hour before its first record to its last, and all of that. So what a
    later one adds is later than that time, and both say the same of a time that is in both.
    """

    def __init__(self) -> None:
        self.told: dict[str, SubjectLeaf] = {}
        """Of each pseudonym, everything that was said."""
        self._until: dict[str, datetime] = {}

    def take(self, entry: JournalSegment, leaf: SubjectLeaf) -> bool:
        """What a segment says of a subject; whether that agrees with the others.

        Segments come in the order of `first`. Who is known in one and not in another makes two stories.
        """
        known, until = self.told.get(leaf.subject), self._until.get(leaf.subject)
        if known is None or until is None:
            self.told[leaf.subject], self._until[leaf.subject] = leaf, entry.last
            return True
        if (known.name, known.kind) != (leaf.name, leaf.kind):
            return False
        joined = replace(known, attested=(*known.attested, *(each for each in leaf.attested if each.at > until)))
        self.told[leaf.subject], self._until[leaf.subject] = joined, max(until, entry.last)
        time = earlier(entry.first, BEFORE), entry.last
        return _by_fact(within(joined, *time)) == _by_fact(within(leaf, *time))


def _by_fact(leaf: SubjectLeaf) -> Mapping[str, list[Attested]]:
    """Its attestations by fact: only of one fact it matters which came first."""
    found: dict[str, list[Attested]] = defaultdict(list)
    for each in leaf.attested:
        found[each.fact].append(each)
    return found
