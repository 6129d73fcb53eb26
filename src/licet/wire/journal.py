"""The journal's format: records, and frames that hold them with a length and a checksum. `spec/journal.md` defines it.

Bytes in, values out; files are the adapters' matter. A journal is `MAGIC`, then frames; a frame is the payload's
length (4 bytes, little-endian), the CRC-32 of those 4 bytes and the payload (4 bytes, little-endian), and the
payload: one record as a JSON object. JSON holds no zero byte and every length has two, so no payload can be mistaken
for a frame, and reading goes on after damage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from struct import Struct
from typing import Annotated, Literal, NamedTuple
from zlib import crc32

import msgspec

from licet.core.decision import Outcome
from licet.core.errors import LicetError

MAGIC = b"licet-journal/1\n"
"""The first bytes of every journal file; the digit is the format's version."""

PAYLOAD_LIMIT = 65_535
"""The longest payload, in bytes. It keeps the upper two bytes of every length zero."""

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""An instant in UTC, RFC 3339 with `Z` in the file."""

CountryCode = Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]
"""A country as two capital letters (ISO 3166-1 alpha-2)."""


Hundredths = Annotated[str, msgspec.Meta(pattern=r"^(?:0\.[0-9]{2}|1\.00)$")]
"""A score from 0 to 1 with two digits."""


class Led(StrEnum):
    """What a classifier's score led to."""

    FLAGGED = "flagged"
    CLEARED = "cleared"
    ASKED_ON = "asked on"
    """The next classifier of the cascade was asked."""

    NOT_JUDGED = "could not be judged"
    """The same as flagged."""


class Unjudged(StrEnum):
    """Why something could not be judged."""

    AWAY = "away"
    SLOW = "slow"
    NONSENSE = "nonsense"
    UNREADABLE = "unreadable"
    TOO_LONG = "too long"


class Screened(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What one classifier of a safeguard said of a request or an answer; never what it said it of.

    `threshold` is the score from which it flags, as the safeguard has it. `score` is None where there was none, and
    `why` says then why not.
    """

    safeguard: str
    classifier: str
    version: str
    threshold: str
    led: Led
    score: Hundredths | None = None
    why: Unjudged | None = None


class DecisionRecord(
    msgspec.Struct, frozen=True, kw_only=True, tag="decision", forbid_unknown_fields=True, omit_defaults=True
):
    """One decision of the gate, durable before the first byte of its answer leaves.

    `id` names the request and is in its answer's headers; `key` is an API key's identifier, never the key, or `jwt-`
    and 12 digits of an access token's digest; `subject` a pseudonym (keyed hash), never a name. Both are None where no
    key was recognised. `beside` is the pseudonym of the other party where somebody acts for somebody; `ip_country` the
    country that the connection seemed to come from. Both are in the file only where there is one.
    `safeguards` is what classifiers said of the request, where some stand before the models that would have served.
    `requested` is the catalogue's name of the model that was asked for, or what the caller sent where the catalogue
    has none; `served` is None in a refusal. `instruments` and `unknown` are those of the decision; `rulebook` and
    `epoch` say which law it applied.
    """

    id: str
    at: Instant
    key: str | None
    subject: str | None
    api: Literal["openai", "anthropic"]
    endpoint: str
    operation: str
    stream: bool
    requested: str
    outcome: Outcome
    served: str | None
    instruments: tuple[str, ...]
    unknown: tuple[str, ...]
    rulebook: str
    epoch: int
    beside: str | None = None
    ip_country: CountryCode | None = None
    safeguards: tuple[Screened, ...] = ()

    @property
    def is_flagged(self) -> bool:
        """Whether a safeguard flagged the request, or could not judge it."""
        return any(each.led in (Led.FLAGGED, Led.NOT_JUDGED) for each in self.safeguards)


class EndRecord(msgspec.Struct, frozen=True, kw_only=True, tag="end", forbid_unknown_fields=True):
    """How the answer to the request `id` ended: `done`, `cut` by `instruments`, `left` by the caller, `upstream-error`.

    `bytes` counts what was passed on of the upstream's body. `safeguards` is what classifiers said of the answer, each
    the most that it said of any part; it is in the file only where some were asked. An answer that they flagged is
    `cut`, by no instrument.
    """

    id: str
    at: Instant
    how: Literal["done", "cut", "left", "upstream-error"]
    instruments: tuple[str, ...] = ()
    bytes: int = 0
    safeguards: tuple[Screened, ...] | msgspec.UnsetType = msgspec.UNSET

    @property
    def heard(self) -> tuple[Screened, ...]:
        """What classifiers said of the answer; nothing where none was asked."""
        return () if isinstance(self.safeguards, msgspec.UnsetType) else self.safeguards


class OpenedRecord(msgspec.Struct, frozen=True, kw_only=True, tag="opened", forbid_unknown_fields=True):
    """The first record of every file: which worker writes it, since when, and which of its files it is (from 0)."""

    worker: str
    at: Instant
    segment: int


class ClosedRecord(msgspec.Struct, frozen=True, kw_only=True, tag="closed", forbid_unknown_fields=True):
    """The last record of a file that nobody appends to any more.

    `by`: `worker` in an orderly end, `repair` where the worker died and a later start closed its file. `records`
    counts the frames before this one, the `opened` one included.
    """

    at: Instant
    by: Literal["worker", "repair"]
    records: int


Record = DecisionRecord | EndRecord
"""What the gate appends."""

Entry = OpenedRecord | DecisionRecord | EndRecord | ClosedRecord
"""What a file holds."""


class JournalUnavailable(LicetError):
    """The record is not durable and will not be: the request must not be answered with anything but an error."""


class RecordTooLong(LicetError):
    """A record whose payload would be longer than `PAYLOAD_LIMIT`; nothing of it was written."""


class JournalDamaged(LicetError):
    """Bytes that are not a journal, with the place."""

    def __init__(self, damage: Damage) -> None:
        super().__init__(f"{damage.why} at offset {damage.offset}")
        self.damage = damage


class Frame(NamedTuple):
    """One intact frame, at `[offset, end)` of its file."""

    offset: int
    end: int
    payload: bytes


class Damage(NamedTuple):
    """A stretch `[offset, end)` in which no frame is intact, and why its beginning is not one.

    `torn`: it reaches to the end, as an append leaves it that was interrupted; repair may cut it off. Otherwise
    intact frames follow, or the file was never a journal, and only people may touch it.
    """

    offset: int
    end: int
    why: str
    torn: bool


_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(Entry)
_length = Struct("<I")
_head = Struct("<II")
_may_begin = re.compile(rb"(?=..\0\0....\{)", re.DOTALL)


def encode(entry: Entry) -> bytes:
    """One frame. Raises `RecordTooLong`."""
    payload = _encoder.encode(entry)
    size = len(payload)
    if size > PAYLOAD_LIMIT:
        raise RecordTooLong(f"a journal record of {size} bytes is longer than {PAYLOAD_LIMIT}")
    return _head.pack(size, crc32(payload, crc32(_length.pack(size)))) + payload


def decode(frame: Frame) -> Entry:
    """The record in a frame. Raises `JournalDamaged` where an intact payload is not a record of this version."""
    try:
        entry = _decoder.decode(frame.payload)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise JournalDamaged(
            Damage(frame.offset, frame.end, f"payload is not a record: {_lower(error)}", False)
        ) from error
    if entry.at.tzinfo is not UTC and entry.at.utcoffset() != timedelta(0):
        raise JournalDamaged(Damage(frame.offset, frame.end, "payload is not a record: `at` is not in UTC", False))
    return entry


def entries(data: memoryview | bytes) -> Iterator[Entry | Damage]:
    """Every record of a whole file in its order, and every stretch that holds none; never raises."""
    for part in scan(data):
        if isinstance(part, Damage):
            yield part
            continue
        try:
            yield decode(part)
        except JournalDamaged as error:
            yield error.damage


def scan(data: memoryview | bytes) -> Iterator[Frame | Damage]:
    """Every intact frame of a whole file in its order, and every stretch that holds none; never raises."""
    view = memoryview(data)
    head = bytes(view[: len(MAGIC)])
    if head == MAGIC:
        yield from frames(view, len(MAGIC))
    elif MAGIC.startswith(head):
        yield Damage(0, len(view), f"the first line is cut short: {len(head)} of {len(MAGIC)} bytes", True)
    else:
        offset = _next_frame(view, 1)
        yield Damage(0, offset, f"the first line is not `{MAGIC.decode().rstrip()}`", False)
        yield from frames(view, offset)


def frames(view: memoryview, offset: int) -> Iterator[Frame | Damage]:
    """The same from the frame boundary `offset` on, for reading a file as it grows."""
    end = len(view)
    unpack, ahead = _head.unpack_from, _head.size
    while offset < end:
        body = offset + ahead
        size, checksum = unpack(view, offset) if body <= end else (end, 0)
        following = body + size
        if following <= end and size <= PAYLOAD_LIMIT:
            # as in `_why_broken`, on one copy of the payload: millions are read
            payload = bytes(view[body:following])
            if crc32(payload, crc32(view[offset : offset + _length.size])) == checksum:
                yield Frame(offset, following, payload)
                offset = following
                continue
        following = _next_frame(view, offset + 1)
        yield Damage(offset, following, _why_broken(view, offset) or "", torn=following == end)
        offset = following


def _why_broken(view: memoryview, offset: int) -> str | None:
    """Why no frame is intact at `offset`, or None where one is."""
    left = len(view) - offset
    if left < _head.size:
        return f"frame is cut short: {left} of the {_head.size} bytes of its head"
    size, checksum = _head.unpack_from(view, offset)
    if size > PAYLOAD_LIMIT:
        return f"frame has a length of {size}, above {PAYLOAD_LIMIT}"
    if left < _head.size + size:
        return f"frame is cut short: {left} of {_head.size + size} bytes"
    body = offset + _head.size
    computed = crc32(view[body : body + size], crc32(view[offset : offset + _length.size]))
    return None if computed == checksum else f"frame has the checksum {checksum:08x}, computed {computed:08x}"


def _next_frame(view: memoryview, offset: int) -> int:
    """Where the next intact frame begins, from `offset` on, or the end of the data."""
    for match in _may_begin.finditer(view, offset):
        if _why_broken(view, match.start()) is None:
            return match.start()
    return len(view)


def _lower(error: Exception) -> str:
    text = str(error)
    return text[:1].lower() + text[1:]
