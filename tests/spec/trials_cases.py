"""What a case of `vectors/trials/` is compared with."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec

from licet.wire.sheet import SheetRejected
from licet.wire.trials.labels import read_labels
from licet.wire.trials.plain import read_plain
from licet.wire.trials.receipts import read_receipts
from licet.wire.trials.refusal import TrialsRejected


def reading_tree(text: str) -> Any:
    """The sources, trials and gaps of lines; or the lines that are refused, 0 for the file."""
    try:
        reading = read_plain([text.encode()], file="t.jsonl")
    except TrialsRejected as rejected:
        return {"refused": sorted({problem.line for problem in rejected.problems})}
    sources = [{**dataclasses.asdict(each), "intended": sorted(each.intended or ())} for each in reading.sources]
    trees = {
        "sources": sources,
        "trials": [dataclasses.asdict(each) for each in reading.trials],
        "gaps": [hole.gap.value for hole in reading.holes],
    }
    return msgspec.json.decode(msgspec.json.encode(trees))


def receipts_tree(text: str) -> Any:
    """The receipts; or the lines that are refused."""
    try:
        found = read_receipts(text.encode().splitlines(keepends=True), file="r.jsonl")
    except TrialsRejected as rejected:
        return {"refused": sorted({problem.line for problem in rejected.problems})}
    return msgspec.json.decode(msgspec.json.encode(found))


def labels_tree(text: str) -> Any:
    """The counts by judge; or the lines that are refused."""
    try:
        found = read_labels(text.encode().splitlines(keepends=True), file="labels")
    except (TrialsRejected, SheetRejected) as rejected:
        return {"refused": sorted({problem.line for problem in rejected.problems})}
    return {judge: [list(each.positives), list(each.negatives)] for judge, each in found.items()}
