"""One pass over a part of the cases: each is derived once, shown once, written, counted, and forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from licet.core.cases.register.places import case_place
from licet.services.cases.ports import CaseRow, Cases, StoredCase
from licet.services.cases.register.ports import Drawn, Folder, Part
from licet.services.cases.register.seeing import Sight, seen
from licet.services.cases.register.settled import Block, Mark, Memory, blocks, is_settled, stands
from licet.services.cases.register.span import Span
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


def survey_again(store: Cases, sight: Sight, memory: Memory, to: tuple[Folder, Drawn], span: Span = ALL) -> Part:
    """The same, and of settled cases only what is not remembered, so that the result is the same.

    Raises as `survey` does.
    """
    whole, written = Tally(), 0
    for after, rows in blocks(store.case_rows(), span):
        found = memory.recall(rows[0].case)
        if found is None or not stands(found, rows, to[0]):
            found, left = Block(), cases_of(store, Span(after, rows[-1].case))
        else:
            left = _named(store, [each.case for each in rows if each.case not in found.marks])
        known = len(found.marks)
        counted = _count(sight, {each.case: each for each in rows}, left, found, to)
        if len(found.marks) > known:
            memory.keep(rows[0].case, found)
        counted.tally.add(found.tally)
        counted.tally.lines.sort(key=lambda each: (len(each.case), each.case))
        whole.add(counted.tally)
        written += counted.written
    return Part(whole, written)


def _count(
    sight: Sight, rows: Mapping[str, CaseRow], cases: Iterable[StoredCase], settled: Block, to: tuple[Folder, Drawn]
) -> Part:
    """Count cases: the settled ones in their block, all others beside it."""
    (folder, drawn), tally, written = to, Tally(), 0
    for stored in cases:
        case, shown = seen(sight, stored)
        page, data = case_place(shown.id), case_place(shown.id, "json")
        written += folder.write(page, drawn.case(shown))
        written += folder.write(data, case_json(shown))
        stamps = folder.stamp(page), folder.stamp(data)
        if is_settled(case, shown) and stored.id in rows and stamps[0] is not None and stamps[1] is not None:
            settled.marks[stored.id] = Mark(rows[stored.id], stamps[0], stamps[1])
            settled.tally.count(case, shown, now=sight.now)
        else:
            tally.count(case, shown, now=sight.now)
    return Part(tally, written)


def _named(store: Cases, names: Iterable[str]) -> Iterator[StoredCase]:
    for name in names:
        found = store.case(name)
        if found is not None:
            yield found


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
