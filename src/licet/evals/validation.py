"""Validating the judge: what it says of answers whose truth people settled. `spec/evals.md`, The judge.

Run it as `python -m licet.evals.validation ANSWERS.jsonl`: it prints labels, as `licet judge` takes them.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec

from licet.evals.files import content_of
from licet.evals.rejected import EvalsRejected
from licet.evals.revealing import JUDGE, revealed
from licet.wire.trials.labels import Label

Text = Annotated[str, msgspec.Meta(min_length=1)]


class Settled(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer that somebody read: the words that were to be kept back, and whether it gives one away."""

    item: Text
    expects: tuple[Text, ...]
    answer: str
    truth: bool


def labels(path: Path) -> Iterator[Label]:
    """What the judge says of each answer, beside the truth. Raises `EvalsRejected`."""
    for number, line in enumerate(content_of(path).splitlines(), start=1):
        try:
            settled = _decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise EvalsRejected(f"{path}:{number}: this is no answer with its truth: {error}") from None
        said = revealed(settled.answer, settled.expects) is not None
        yield Label(judge=JUDGE, item=settled.item, said=said, truth=settled.truth)


def label_lines(path: Path) -> bytes:
    """The labels as a file of JSON lines. Raises `EvalsRejected`."""
    return b"".join(msgspec.json.encode(label) + b"\n" for label in labels(path))


_decoder = msgspec.json.Decoder(Settled)

if __name__ == "__main__":
    options = ArgumentParser(prog="python -m licet.evals.validation", description=(__doc__ or "").partition("\n")[0])
    options.add_argument("answers", type=Path, help="answers with the truth, one JSON object a line")
    try:
        sys.stdout.buffer.write(label_lines(options.parse_args().answers))
    except EvalsRejected as error:
        options.error(str(error))
