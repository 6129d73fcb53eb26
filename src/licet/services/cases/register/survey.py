"""One pass over a part of the cases: each is derived once, shown once, written, counted, and forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from licet.core.cases.register.places import case_place
from licet.services.cases.ports import Cases, StoredCase
from licet.services.cases.register.ports import Drawn, Folder, Part, Span
from licet.services.cases.register.seeing import Sight, seen
from licet.services.cases.register.tally import Tally
from licet.wire.register import case_json

ALL = Span(None, None)


def survey(store: Cases, sight: Sight, *, span: Span = ALL, to: tuple[Folder, Drawn] | None = None) -> Part:
    """Count the cases of a part, and write their files where a folder is named.

    Raises `LawMissing`, `EntriesBroken`, `StoreUnavailable`, `RegisterUnwritable`.
    """
    tally, written = Tally(), 0
    for stored in cases_of(store, span):
        case, shown = seen(sight, stored)
        tally.count(case, shown, now=sight.now)
        if to is not None:
            folder, drawn = to
            written += folder.write(case_place(shown.id), drawn.case(shown))
            written += folder.write(case_place(shown.id, "json"), case_json(shown))
    return Part(tally, written)


def cases_of(store: Cases, span: Span) -> Iterator[StoredCase]:
    """The cases of a part, in the order in which they were opened."""
    for stored in store.stored_cases(span.after):
        yield stored
        if stored.id == span.last:
            return


def spans(names: Iterable[str], parts: int) -> tuple[Span, ...]:
    """So many parts of about the same number of cases, in their order; the last one takes what was opened since."""
    known = list(names)
    cuts = [known[len(known) * n // parts - 1] for n in range(1, parts) if len(known) * n // parts]
    edges: list[str | None] = [None, *dict.fromkeys(cuts), None]
    return tuple(Span(after, last) for after, last in pairwise(edges))
