"""Labels by which a judge is validated: what it said of answers whose truth people settled. `spec/trials.md`, Labels.

CSV with the columns `judge`, `item`, `said` and `truth`, or the same as JSON lines. `said` and `truth` are `yes` or
`no` (`true`, `false`, `1` and `0` too): whether the answer is what should have been prevented.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, NamedTuple

import msgspec

from licet.wire.sheet import MOST_PROBLEMS, Row, Sheet, SheetProblem, SheetRejected
from licet.wire.trials.naming import LONGEST_NAME
from licet.wire.trials.plain import STRUCTURE_ERRORS, lower
from licet.wire.trials.refusal import Problems

COLUMNS = ("judge", "item", "said", "truth")
ANSWERS = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}
LINE_LIMIT = 16_384

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)]


class Label(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One answer that a judge judged and people labelled."""

    judge: Name
    item: Name
    said: bool
    truth: bool


class Validation(NamedTuple):
    """A judge's counts: `(hits, positives)` and `(correct rejections, negatives)`."""

    positives: tuple[int, int]
    negatives: tuple[int, int]


def read_labels(lines: Iterable[bytes], *, file: str) -> dict[str, Validation]:
    """Each judge's counts, from a file given as its lines; JSON lines if the first begins with a brace.

    Raises `TrialsRejected` or `SheetRejected` with every problem by its line, as for an item that one judge has twice.
    """
    rest = iter(lines)
    first = next(rest, b"")
    again = _chained(first, rest)
    return _counted(_from_json(again, file) if first.lstrip().startswith(b"{") else _from_csv(again, file))


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _counted(labels: Iterable[Label]) -> dict[str, Validation]:
    counts: dict[str, list[int]] = {}
    for label in labels:
        of = counts.setdefault(label.judge, [0, 0, 0, 0])
        at = 0 if label.truth else 2
        of[at] += label.said == label.truth
        of[at + 1] += 1
    return {judge: Validation((of[0], of[1]), (of[2], of[3])) for judge, of in sorted(counts.items())}


def _from_json(lines: Iterable[bytes], file: str) -> list[Label]:
    problems, labels = Problems(file), []
    seen: set[tuple[str, str]] = set()
    for number, line in enumerate(lines, start=1):
        try:
            if len(line) > LINE_LIMIT:
                raise msgspec.DecodeError(f"the line is longer than {LINE_LIMIT} bytes")
            label = _decoder.decode(line)
        except STRUCTURE_ERRORS as error:
            problems.add(number, lower(error))
            continue
        if (label.judge, label.item) in seen:
            problems.add(number, f"`{label.judge}` judged `{label.item}` before; name each answer otherwise")
        seen.add((label.judge, label.item))
        labels.append(label)
    if not labels:
        problems.add(0, "there are no labels")
    problems.check()
    return labels


def _from_csv(lines: Iterable[bytes], file: str) -> list[Label]:
    sheet = Sheet(lines, file)
    rows = sheet.rows()
    header = next(rows, None)
    if header is None or sorted(header.cells) != sorted(COLUMNS):
        raise SheetRejected([SheetProblem(file, 1, 1, f"the first line names the columns {', '.join(COLUMNS)}")])
    places = {name: at for at, name in enumerate(header.cells)}
    labels, seen = [], set()
    for row in rows:
        label = _label(row, places, sheet)
        if label is not None and (label.judge, label.item) in seen:
            said = f"`{label.judge}` judged `{label.item}` before; name each answer otherwise"
            sheet.problems.append(row.problem(places["item"], said))
        if label is not None:
            seen.add((label.judge, label.item))
            labels.append(label)
        if len(sheet.problems) >= MOST_PROBLEMS:
            break
    if not labels and not sheet.problems:
        sheet.problems.append(SheetProblem(file, 1, 1, "there are no labels"))
    if sheet.problems:
        raise SheetRejected(sheet.problems)
    return labels


def _label(row: Row, places: Mapping[str, int], sheet: Sheet) -> Label | None:
    if len(row.cells) != len(COLUMNS):
        said = f"the row has {len(row.cells)} cells, the header has {len(COLUMNS)}"
        sheet.problems.append(row.problem(min(len(row.cells), len(COLUMNS)), said))
        return None
    cells = {name: row.cells[at] for name, at in places.items()}
    wrong = [
        *(
            (name, f"a name has 1 to {LONGEST_NAME} printable characters")
            for name in COLUMNS[:2]
            if not _named(cells[name])
        ),
        *((name, "this is `yes` or `no`") for name in COLUMNS[2:] if cells[name].lower() not in ANSWERS),
    ]
    sheet.problems += [row.problem(places[name], said) for name, said in wrong]
    if wrong:
        return None
    judged, true = ANSWERS[cells["said"].lower()], ANSWERS[cells["truth"].lower()]
    return Label(judge=cells["judge"], item=cells["item"], said=judged, truth=true)


def _named(text: str) -> bool:
    return 0 < len(text) <= LONGEST_NAME and text.isprintable()


_decoder = msgspec.json.Decoder(Label)
