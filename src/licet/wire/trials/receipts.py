"""Receipts: what was scored, written down beside a log while the run goes on. `spec/trials.md`, section Receipts.

An Inspect log can be edited by anybody who can write it. A receipt is one line for each sample as it ends. It names
the sample, its scores and the receipt before it by digest, so that neither a score of the log nor a line of the
receipts can be changed, left out or put in without showing, for whoever has kept the last line's digest.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import msgspec

from licet.wire.canonical import canonical, digest
from licet.wire.trials.refusal import Problems

FORMAT = "licet-receipt/1"
LINE_LIMIT = 1 << 20
"""The longest line, in bytes."""

Digest = Annotated[str, msgspec.Meta(pattern="^sha256:[0-9a-f]{64}$")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class Receipt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One sample as it ended.

    `log` is Inspect's `eval_id`, `sample` the item's identifier, `epoch` the try from 1, `uuid` Inspect's identifier
    of this run of the sample. `scores` are the values by scorer, NaN as None; empty where nothing was scored. `at` is
    RFC 3339. `previous` is the digest of the line before it, empty in the first; `digest` that of this line: SHA-256
    over the RFC 8785 form of the other members.
    """

    receipt: str
    log: Name
    sample: Name
    epoch: Annotated[int, msgspec.Meta(ge=1)]
    uuid: str
    scores: dict[str, Any]
    error: bool
    at: str
    previous: Annotated[str, msgspec.Meta(pattern="^(sha256:[0-9a-f]{64})?$")]
    digest: Digest


def receipt(
    *,
    log: str,
    sample: str | int,
    epoch: int,
    uuid: str | None,
    scores: Mapping[str, object],
    error: bool,
    at: str,
    previous: str = "",
) -> bytes:
    """The line of one sample, with its line feed. `previous` is `digest_of` the line before it, empty in the first.

    `scores` are the values by scorer's name, as Inspect has them: numbers, strings, truth values, lists or mappings.
    """
    tree: dict[str, Any] = {
        "receipt": FORMAT,
        "log": log,
        "sample": str(sample),
        "epoch": epoch,
        "uuid": uuid or "",
        "scores": {name: plain_value(value) for name, value in scores.items()},
        "error": error,
        "at": at,
        "previous": previous,
    }
    return canonical({**tree, "digest": digest(canonical(tree))}) + b"\n"


def digest_of(line: bytes) -> str:
    """The digest in a line that `receipt` made, for the `previous` of the next."""
    return _decoder.decode(line).digest


def receipts_name(log: str) -> str:
    """The name of the file of receipts, in the log's folder, of a log with this `eval_id`.

    An identifier that is no plain file name is digested.
    """
    plain = log if log.isascii() and log.isalnum() else hashlib.sha256(log.encode()).hexdigest()[:32]
    return f"{plain}.receipts.jsonl"


def plain_value(value: object) -> object:
    """A score's value as JSON: what is not finite becomes None, whole numbers are written alike."""
    match value:
        case bool() | str() | None:
            return value
        case int() | float():
            return plain_number(value)
        case Mapping():
            return {str(key): plain_value(each) for key, each in value.items()}
        case list() | tuple():
            return [plain_value(each) for each in value]
        case _:
            return str(value)


def plain_number(value: float) -> float | int | None:
    """A finite number as a double, a whole one as an integer; None for what is not finite."""
    try:
        number = float(value)
    except OverflowError:
        return None
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def read_receipts(lines: Iterable[bytes], *, file: str) -> list[Receipt]:
    """The receipts of a file, given as its lines. Raises `TrialsRejected`: what is no receipt, or breaks the chain."""
    problems, found, previous = Problems(file), [], ""
    for number, line in enumerate(lines, start=1):
        try:
            read = _read(line)
        except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
            problems.add(number, f"this is no receipt: {error}")
            continue
        if read.previous != previous:
            problems.add(number, "the receipt before this one is not there, or was changed")
        previous = read.digest
        found.append(read)
    problems.check()
    return found


def _read(line: bytes) -> Receipt:
    if len(line) > LINE_LIMIT:
        raise ValueError(f"the line is longer than {LINE_LIMIT} bytes")
    read = _decoder.decode(line)
    if read.receipt != FORMAT:
        raise ValueError(f"its format is `{read.receipt[:40]}`, and not `{FORMAT}`")
    tree = msgspec.to_builtins(read)
    tree.pop("digest")
    if digest(canonical(tree)) != read.digest:
        raise ValueError("its digest is another: it was changed")
    return read


_decoder = msgspec.json.Decoder(Receipt)
